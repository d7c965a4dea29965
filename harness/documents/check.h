/* Are the documents of a version there, filled in and true?
 *
 * Checked is what can be known from the facts; docs/documents.md tells it to authors:
 *  - Each of the six is there, is readable Markdown without raw HTML (comments are let be), opens
 *    with `# Model: NAME` and `## Version: VERSION` of this version, and has its required sections,
 *    once each and not empty. Headings and comments alone are empty. A paragraph or cell that is a
 *    placeholder ("TBD", "to be written: ...", "lorem ipsum", "{limitations}") is a fault.
 *  - `MODEL@VERSION`, `MODEL-VERSION` and `MODEL/VERSION`, in text, code and links, are of this
 *    version, save in the sections about changes and history, and on a line that names this version
 *    too. A run that is named is at hand.
 *  - The section about changes holds the changelog of metadata.json and names every field of the
 *    contract that changed; in a table with a column for each of the two versions a row that names
 *    a changed field says what it was and is.
 *  - Tables of the API specification (first heading "input", "output", "setting", or "field" and
 *    the like with a known name below) name nothing that config.json does not have, and each cell
 *    below a known heading (type, unit, min, max, range, values, nullable, required, optional,
 *    default, stability) says what config.json says. All inputs, settings and the output are in
 *    these tables; in the model card it is enough that the section names them.
 *  - A table is of figures when a heading is "metric" or the name of a known metric, or its first
 *    column names one. Each figure is what metadata.json, metrics.json or a run says (of the run
 *    alone that the sentence above the table names), rounded to the digits shown: of the metric,
 *    slice and version that its row and column name; without a version of this one. So are
 *    intervals, counts of rows, and changes ("-0.284 (4.7 % better)"). Cells below "limit",
 *    "target", "unit", "note" and the like are free. "< 6" must hold. A figure that no source has
 *    is a fault.
 *  - A sentence states a metric's value as METRIC, a connector ("of", "is", "=", ":", "(" or
 *    nothing), perhaps "about", NUMBER. It is compared likewise, with slices of a column that the
 *    sentence names and with other versions that it speaks of admitted too. It is let be where it
 *    speaks of what would be or of a bound ("would", "if", "limit", "at most", ...), where the
 *    number goes on as a range, a bound or a difference ("or better", "to 6", "lower"), where a
 *    difference is in front ("a drop in RMSE of 0.2"), for other data ("training RMSE"), and for
 *    two metrics at once ("RMSE and MAE of"). A whole number must end the phrase. Code, the
 *    changelog and the section of history are let be. "Measured on N rows" is compared as well.
 *  - Every metric of metadata.json is in the performance report and the model card; a report that
 *    shows no figure that is known is not confirmed.
 *  - An example instance (a JSON object with an input in a code block, also below "instances") is
 *    one that the contract admits; below the golden example stands its golden answer.
 *  - Tables headed "hyperparameter" say what metadata.json says, below the two versions and
 *    "value"; so do "Made on DAY" and the framework's version behind its name, out of the sections
 *    about changes and history.
 *  - The history names every version of the facts with its date, and no other.
 * What is not at hand confirms nothing. Free prose beyond that is the author's. */
#ifndef MLTEST_DOCUMENTS_CHECK_H
#define MLTEST_DOCUMENTS_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/documents/document.h"
#include "harness/documents/facts.h"
#include "mltest/err.h"

struct mlt_document_fault {
    enum mlt_document_kind kind;
    const char *path; /* "docs/api.md" */
    int line;         /* 0: of the document as a whole */
    const char *what; /* one sentence without a full stop: what is wrong, what was expected */
};

/* Faults in the order of documents and lines, at most 201 of each; none: the documents are
 * complete. Their texts are safe to show and live in the arena. An error only for trouble with
 * memory: a document that cannot be read as Markdown is a fault. Time grows with the length of the
 * documents times the number of known figures. */
bool mlt_documents_check(const struct mlt_document_set *set, const struct mlt_document_facts *facts,
                         struct mlt_arena *arena, struct mlt_document_fault **out,
                         size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

#endif

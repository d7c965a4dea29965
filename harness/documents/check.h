/* Are the documents of a version there, filled in and true?
 *
 * Checked is what can be known from the facts:
 *  - each of the six is there, opens with `# Model: NAME` and `## Version: VERSION` of this
 * version, and its required sections are there, once, and not empty (a placeholder like "TBD", "to
 * be written", "{limitations}" or "lorem ipsum" counts as empty);
 *  - the sections about changes hold the changelog of metadata.json, and name every field of the
 *    contract that changed;
 *  - tables of the API specification name every input, the output and every setting, nothing else,
 *    and each cell below a known heading (type, unit, min, max, values, nullable, required,
 * default, stability) says what config.json says;
 *  - a figure beside the name of a known metric, in a table of any document or in a sentence ("RMSE
 * of 5.82"), is what metadata.json, metrics.json or a run says, rounded to the digits shown; in a
 *    column headed by another version it is that version's; every metric of metadata.json is in the
 *    performance report and the model card; a figure of a run needs a run that is at hand;
 *  - an example instance (a JSON object in a code block) is one that the contract admits;
 *  - the history names every lower registered version with its date, and no other.
 * Free prose beyond that is the author's. */
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

/* Faults in the order of documents and lines; none: the documents are complete. An error only for
 * trouble with memory: a document that cannot be read as Markdown is a fault. */
bool mlt_documents_check(const struct mlt_document_set *set, const struct mlt_document_facts *facts,
                         struct mlt_arena *arena, struct mlt_document_fault **out,
                         size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

#endif

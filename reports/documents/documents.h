/* The six documents of a version, rendered from what is known about it.
 *
 * What is known stands between `<!-- mltest: NAME -->` and `<!-- /mltest -->` and is written anew
 * each time; what a person wrote around it is kept. A section that only a person can write and
 * nobody has is carried over from the release before, or is left with the words "To be written",
 * which the check refuses. */
#ifndef MLTEST_REPORTS_DOCUMENTS_DOCUMENTS_H
#define MLTEST_REPORTS_DOCUMENTS_DOCUMENTS_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/documents/document.h"
#include "harness/documents/facts.h"
#include "mltest/err.h"

struct mlt_document_source {
    const struct mlt_document_facts *facts;
    const struct mlt_document_set *old;    /* the version's own, so far; texts may be NULL */
    const struct mlt_document_set *before; /* of the release before; NULL: none */
};

/* One of them. `*carried` and `*open` get the sections (bits 1u << enum mlt_section) that were
 * carried over and that wait for somebody to write them. Deterministic: the same source, the same
 * bytes; rendering what was rendered changes nothing. */
bool mlt_document_render(enum mlt_document_kind kind, const struct mlt_document_source *source,
                         struct mlt_arena *arena, struct mlt_buf *out, unsigned *carried,
                         unsigned *open, struct mlt_err *err) MLT_MUST_USE;

#endif

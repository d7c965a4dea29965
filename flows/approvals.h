/* `mltest approvals`, `evidence add`, `list` and `show`: what people signed, and what is missing.
 */
#ifndef MLTEST_FLOWS_APPROVALS_H
#define MLTEST_FLOWS_APPROVALS_H

#include <stdbool.h>

#include "flows/sign.h"

struct mlt_approvals_request {
    const char *dir, *registry, *ref;
    const char *format; /* "text" (or NULL) or "json" */
};
/* Approvals, rejections and waivers, each valid or void and why; what each gate still misses. */
bool mlt_flow_approvals(const struct mlt_approvals_request *request, struct mlt_arena *arena,
                        struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
/* Records: the newest of each kind that counts, and newer ones that do not. */
bool mlt_flow_evidence_list(const struct mlt_approvals_request *request, struct mlt_arena *arena,
                            struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

struct mlt_evidence_add_request {
    struct mlt_sign_request sign;
    const char *ref;
    const char *kind;    /* see mlt_record_kinds */
    const char *outcome; /* NULL: the first of its kind */
};
bool mlt_flow_evidence_add(const struct mlt_evidence_add_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

struct mlt_evidence_show_request {
    const char *dir, *registry;
    const char *digest; /* of a statement of any kind */
    const char *output; /* the record's file is written here; NULL: not */
};
/* The signed words, the signature, and whether it holds. */
bool mlt_flow_evidence_show(const struct mlt_evidence_show_request *request,
                            struct mlt_arena *arena, struct mlt_buf *out,
                            struct mlt_err *err) MLT_MUST_USE;

#endif

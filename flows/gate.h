/* `mltest gate`: may this version go there? And the same decision for those who act on it. */
#ifndef MLTEST_FLOWS_GATE_H
#define MLTEST_FLOWS_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "flows/announce.h"
#include "flows/setting.h"
#include "gates/collect/collect.h"
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/decision.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

struct mlt_gate_request {
    const char *dir, *registry, *ref; /* as in struct mlt_setting_request */
    const char *environment, *state;  /* exactly one */
    const char *cohort;               /* with an environment: those for whom; NULL: everybody */
    const char *policy;               /* a gates.yaml; NULL: pinned, else beside mltest.yaml */
    const char *const *evidence;      /* results files beside those of the registry */
    size_t evidence_count;
    const char *format; /* "console" (or NULL), "json", "markdown" */
    const char *output; /* the decision document is written here; NULL: nowhere */
    bool sign;          /* an envelope around it instead, signed by a gate's key of this user */
    bool color;
    unsigned width;
    struct mlt_announcement *announcement; /* filled for the pipeline; NULL */
};

/* Decides and appends the rendered decision to `out`. */
bool mlt_flow_gate(const struct mlt_gate_request *request, struct mlt_arena *arena,
                   struct mlt_buf *out, enum mlt_verdict *verdict,
                   struct mlt_err *err) MLT_MUST_USE;

/* The policy for a setting: `file`, else the one pinned in the registry, else (unless
 * `pinned_only`) gates.yaml beside mltest.yaml. `*advisory` is true for anything but the pinned
 * one. */
bool mlt_gate_policy(const struct mlt_setting *setting, const char *file, bool pinned_only,
                     struct mlt_arena *arena, struct mlt_policy *out, bool *advisory,
                     struct mlt_err *err) MLT_MUST_USE;

/* Reads a gates.yaml. */
bool mlt_gate_policy_file(const char *path, struct mlt_arena *arena, struct mlt_policy *out,
                          struct mlt_err *err) MLT_MUST_USE;

/* Collects for an opened setting; the request as it was made, for mlt_gate_evidence_set(). A gate
 * that the policy does not have is no error here. */
bool mlt_gate_gather(const struct mlt_setting *setting, const struct mlt_policy *policy,
                     const char *gate_kind, const char *gate, const char *const *files,
                     size_t file_count, struct mlt_arena *arena,
                     struct mlt_collect_request *request, struct mlt_evidence *evidence,
                     struct mlt_err *err) MLT_MUST_USE;

/* Collects and decides for an opened setting. */
bool mlt_gate_run(const struct mlt_setting *setting, const struct mlt_policy *policy,
                  const char *gate_kind, const char *gate, const char *const *files,
                  size_t file_count, struct mlt_arena *arena, struct mlt_decision *out,
                  struct mlt_err *err) MLT_MUST_USE;

/* The decision document as it is kept, with the clock's context. */
bool mlt_gate_document(const struct mlt_decision *decision, bool advisory, struct mlt_buf *out,
                       struct mlt_err *err) MLT_MUST_USE;

#endif

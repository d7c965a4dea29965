/* `mltest policy rehearse`: how often does this gate decide wrongly, on rows like these? */
#ifndef MLTEST_FLOWS_REHEARSE_H
#define MLTEST_FLOWS_REHEARSE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

enum { MLT_REHEARSE_REPLICATES = 2000 };

struct mlt_rehearse_request {
    const char *dir, *registry, *ref; /* as in struct mlt_setting_request */
    const char *results;              /* a results file; NULL: the newest that is stored of `ref` */
    const char *environment, *state;  /* exactly one */
    const char *policy;               /* a gates.yaml; NULL: pinned, else beside mltest.yaml */
    uint64_t replicates;
    unsigned threads; /* 0: as many as there are processors */
    const volatile sig_atomic_t *interrupted;
    const char *format; /* "console" (or NULL), "json" */
    bool color;
    unsigned width;
};

/* Appends the report to `out`. `*sound` is false when a rule cannot go red. A run that did not
 * reach its end, or that does not count for the gate, is MLT_ERR_EVIDENCE. */
bool mlt_flow_rehearse(const struct mlt_rehearse_request *request, struct mlt_arena *arena,
                       struct mlt_buf *out, bool *sound, struct mlt_err *err) MLT_MUST_USE;

#endif

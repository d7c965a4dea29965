/* What a suite is to the runner: it adds cases to the plan, and runs one case in a worker. Suites
 * measure, they never judge, and they never open the results. */
#ifndef MLTEST_RUNNER_SUITE_H
#define MLTEST_RUNNER_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/adapter/adapter.h"
#include "harness/base/arena.h"
#include "harness/base/rng.h"
#include "harness/config/config.h"
#include "harness/domain/run.h"
#include "mltest/err.h"

/* What planning sees. Everything is lent for the call; what goes into the plan lives in `arena`. */
struct mlt_plan_context {
    const struct mlt_config *config;
    const struct mlt_subject *candidate;
    const struct mlt_subject *baseline; /* NULL: none */
    const struct mlt_contract *contract; /* mltest.yaml's, else the candidate's config.json */
    struct mlt_arena *arena;
};

struct mlt_case_context;

/* Where a running case puts what it finds. Every call sends one frame to the parent; a call that fails
 * (the parent is gone) makes the worker end. */
struct mlt_sink {
    bool (*measurement)(struct mlt_sink *self, const struct mlt_measurement *m, struct mlt_err *err);
    bool (*rows)(struct mlt_sink *self, const struct mlt_paired_row *rows, size_t count,
                 struct mlt_err *err);
    bool (*series)(struct mlt_sink *self, const char *name, double x, double y, struct mlt_err *err);
    bool (*attachment)(struct mlt_sink *self, const char *name, const char *media_type,
                       const void *data, size_t len, struct mlt_err *err);
    /* share done, 0 to 1: for the progress line */
    bool (*progress)(struct mlt_sink *self, double share, struct mlt_err *err);
};

/* What a running case sees. */
struct mlt_case_context {
    const struct mlt_config *config;
    const struct mlt_subject *candidate;
    const struct mlt_subject *baseline; /* NULL: none */
    const struct mlt_contract *contract;
    const char *registry_url;           /* NULL: the versions are plain folders */
    const char *scratch_dir;            /* an empty folder of this worker's own */
    uint64_t seed;                      /* the run's; derive per case */
    struct mlt_arena *arena;            /* lives for this case */
    struct mlt_sink *sink;
    /* The opened model of a side, kept open from case to case in this worker; lent. NULL with the
     * error set when it cannot be opened (MLT_ERR_EVIDENCE with the model's own words). */
    struct mlt_adapter *(*adapter)(struct mlt_case_context *self, enum mlt_side side,
                                   struct mlt_err *err);
    /* Opens the model of a side once more, with `settings` (one JSON object) in the place of its
     * defaults; the caller's: adapter->ops->close(). What the model itself says is
     * MLT_ERR_EVIDENCE. */
    bool (*open)(struct mlt_case_context *self, enum mlt_side side, const char *settings,
                 struct mlt_adapter **out, struct mlt_err *err);
};

struct mlt_suite_ops {
    uint32_t abi; /* MLT_SUITE_ABI */
    const char *name, *doc;
    const struct mlt_schema *item; /* the shape of an entry under `suites.<name>` */
    /* Adds the cases of one section. Items were checked against `item`. Sentences of `require` lists
     * go into the case's plan. */
    bool (*plan)(const struct mlt_plan_context *context, const struct mlt_yaml *items,
                 struct mlt_plan *plan, struct mlt_err *err);
    /* Runs one case in a worker. True: `out` says how it ended (PASSED, FAILED or SKIPPED, with the
     * message in the case's arena). False: the case is broken and `err` says why. */
    bool (*run)(struct mlt_case_context *context, const struct mlt_case_plan *test,
                struct mlt_outcome *out, struct mlt_err *err);
};
enum { MLT_SUITE_ABI = 1 };

/* Convenience for a suite's run(): sets state and message (printf into the case's arena); returns
 * true, or false when memory is out. */
bool mlt_outcome_set(struct mlt_case_context *context, struct mlt_outcome *out,
                     enum mlt_outcome_state state, struct mlt_err *err, const char *fmt, ...)
    MLT_PRINTF(5, 6);

#endif

/* Ways to ask a model for predictions: one file and one table row each. */
#ifndef MLTEST_ADAPTER_ADAPTER_H
#define MLTEST_ADAPTER_ADAPTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/batch.h"
#include "harness/domain/subject.h"
#include "mltest/err.h"

struct mlt_adapter;

/* What open() gets; lent until close(). */
struct mlt_adapter_target {
    const struct mlt_adapter_spec *spec;
    const struct mlt_subject *subject;
    enum mlt_side side;
    /* What to set: a JSON object on one line (harness/domain/settings.h). NULL: the defaults of the
     * subject's own config.json. Adapters without a program to hand it to refuse any other. */
    const char *settings;
};

struct mlt_adapter_ops {
    uint32_t abi; /* MLT_ADAPTER_ABI */
    const char *name, *doc;
    /* Loads or starts the model and waits until it is ready. A model that cannot be loaded is
     * MLT_ERR_EVIDENCE and says what the model itself said. */
    bool (*open)(const struct mlt_adapter_target *target, struct mlt_adapter **out,
                 struct mlt_err *err);
    /* Answers every row of the batch: out[batch->rows] is filled with one typed answer each, whatever
     * the model does; it splits what is larger than the model takes. False only when this side
     * fails (memory). Strings and vectors of the predictions live in `arena`. Never blocks longer
     * than the spec's request timeout per request. A model process that died, hung or lost step is
     * started afresh at the next call. */
    bool (*predict)(struct mlt_adapter *self, const struct mlt_batch *batch, struct mlt_arena *arena,
                    struct mlt_prediction *out, struct mlt_err *err);
    /* The process whose tree is the model; getpid() when it lives in this one; 0: nothing runs. */
    pid_t (*pid)(struct mlt_adapter *self);
    /* Appends what the model wrote to stderr so far (bounded, the last 64 KiB). */
    void (*diagnostics)(struct mlt_adapter *self, struct mlt_buf *out);
    void (*close)(struct mlt_adapter *self);
};
enum { MLT_ADAPTER_ABI = 1 };

struct mlt_adapter {
    const struct mlt_adapter_ops *ops;
};

extern const struct mlt_adapter_ops mlt_adapter_xgboost;     /* a .ubj/.json booster in process */
extern const struct mlt_adapter_ops mlt_adapter_process;     /* any program, JSON lines over pipes */
extern const struct mlt_adapter_ops mlt_adapter_predictions; /* a file made elsewhere */

/* For adapters that hand no settings over: false, MLT_ERR_USAGE, when the target has some. */
bool mlt_adapter_without_settings(const struct mlt_adapter_target *target,
                                  struct mlt_err *err) MLT_MUST_USE;

/* The entry of that name in a NULL-terminated table; NULL when absent. */
const struct mlt_adapter_ops *mlt_adapter_find(const struct mlt_adapter_ops *const *table,
                                               const char *name);

#endif

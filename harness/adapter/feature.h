/* How the columns of a feature matrix are made of a version's declared inputs: the `features` list of
 * config.json. {"name": INPUT} is the number itself, {"name": INPUT, "equals": VALUE} is 1 where the
 * input is that value and 0 elsewhere. */
#ifndef MLTEST_ADAPTER_FEATURE_H
#define MLTEST_ADAPTER_FEATURE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/domain/batch.h"
#include "harness/domain/subject.h"
#include "mltest/err.h"

struct mlt_feature {
    const char *name;
    const char *equals; /* NULL: numeric */
};

struct mlt_features {
    struct mlt_feature *items; /* in the arena */
    size_t count;
    const struct mlt_contract *contract; /* NULL: nothing is checked; lent */
};

/* From the subject's config.json; what is wrong with it is MLT_ERR_EVIDENCE. */
bool mlt_features_decode(const struct mlt_subject *subject, struct mlt_arena *arena,
                         struct mlt_features *out, struct mlt_err *err) MLT_MUST_USE;

/* Fills `out` [features->count] for one row of the batch; an input that may be missing and is gives
 * NaN (0 for an indicator). False when the contract does not admit the row: `why` says so. */
bool mlt_features_row(const struct mlt_features *features, const struct mlt_batch *batch, size_t row,
                      float *out, char why[256]);

#endif

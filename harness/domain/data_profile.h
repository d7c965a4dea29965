/* What a training data set looks like: counts of its values in bins, column by column. The member
 * `training_data_profile` of metadata.json.
 *
 *   {"dataset_hash": "sha256:…", "rows": 900, "limit": 0.25, "columns": [
 *     {"name": "price", "missing": 3, "edges": [0.02, 0.04], "counts": [300, 299, 298]},
 *     {"name": "brand", "missing": 0, "values": ["1", "2"], "counts": [500, 398, 2]}]}
 *
 * Numbers are counted in (-inf, e1], (e1, e2], …, (ek, inf); other values by their spelling, all
 * that are not listed together in the last bin. `missing` and `counts` sum to `rows`. */
#ifndef MLTEST_DOMAIN_DATA_PROFILE_H
#define MLTEST_DOMAIN_DATA_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/codec/json.h"
#include "mltest/err.h"

enum { MLT_PROFILE_COLUMNS = 2000, MLT_PROFILE_BINS = 101, MLT_PROFILE_TEXT = 256 };

struct mlt_profile_column {
    const char *name;
    size_t bins;               /* 1 to MLT_PROFILE_BINS */
    const double *edges;       /* [bins - 1], ascending; NULL: no numbers */
    const char *const *values; /* [bins - 1]; NULL: numbers */
    const uint64_t *counts;    /* [bins] */
    uint64_t missing;
};

struct mlt_data_profile {
    const char *dataset_hash; /* as training_dataset_hash */
    uint64_t rows;            /* at least 1 */
    double limit; /* of what is not substantial (harness/compat/drift.h); NaN: not said */
    const struct mlt_profile_column *columns;
    size_t column_count;
};

/* Copies into the arena. Whatever does not fit is MLT_ERR_USAGE and names the column and the
 * member. */
bool mlt_data_profile_decode(const struct mlt_json *node, struct mlt_arena *arena,
                             struct mlt_data_profile *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_data_profile_encode(const struct mlt_data_profile *profile, struct mlt_json_out *out);
/* NULL when absent. */
const struct mlt_profile_column *mlt_data_profile_find(const struct mlt_data_profile *profile,
                                                       const char *name);

#endif

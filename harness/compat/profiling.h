/* Making a profile of a data file. */
#ifndef MLTEST_COMPAT_PROFILING_H
#define MLTEST_COMPAT_PROFILING_H

#include "harness/base/arena.h"
#include "harness/domain/data_profile.h"
#include "mltest/err.h"

struct mlt_profiling {
    const char *path;           /* CSV, TSV or JSON lines, plain, .gz or .zst; read twice */
    const char *const *columns; /* NULL: all */
    size_t column_count;
    /* Columns of the same name are counted in its bins, so that the two can be compared; NULL:
     * none. */
    const struct mlt_data_profile *like;
    const char *dataset_hash; /* "sha256:…"; NULL: the file's own */
    double limit;             /* kept in the profile; NaN: none */
};

/* Numbers are counted between their deciles (found by a sketch, so near to them), or one by one
 * where there are at most 20 different ones; other values by their spelling, the 50 most frequent
 * ones. A column of other values with more than 4,096 spellings is an id or a text: it is left out
 * and named in `out_left_out`. Memory is bounded by the number of columns, whatever the file's
 * size. The profile lives in the arena. */
bool mlt_profiling_run(const struct mlt_profiling *request, struct mlt_arena *arena,
                       struct mlt_data_profile *out, const char *const **out_left_out,
                       size_t *out_left_out_count, struct mlt_err *err) MLT_MUST_USE;

#endif

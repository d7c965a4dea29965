/* The rows that must be kept, column by column. */
#ifndef MLTEST_EVALUATE_COLUMNS_H
#define MLTEST_EVALUATE_COLUMNS_H

#include <stdint.h>

#include "harness/evaluate/evaluation.h"
#include "harness/evaluate/store.h"

/* Which columns there are, in this order; group ids of the slices come behind. */
enum mlt_column_field {
    MLT_FIELD_LABEL,
    MLT_FIELD_CANDIDATE,
    MLT_FIELD_BASELINE,
    MLT_FIELD_WEIGHT,
    MLT_FIELD_CLUSTER,
    MLT_FIELD_QUERY,
    MLT_FIELD_KEY,
    MLT_FIELD_ORDINAL, /* kept beside keys, to say which rows have the same */
    MLT_FIELD_GROUP,   /* of slice 0, 1, … */
};
enum { MLT_MAX_FIELDS = MLT_FIELD_GROUP + MLT_EVALUATION_MAX_SLICES };

struct mlt_columns {
    struct mlt_store *store;
    size_t rows, capacity, field_count;
    size_t row_bytes[MLT_MAX_FIELDS]; /* of each field; 0: not kept */
    struct mlt_region field[MLT_MAX_FIELDS];
};

void mlt_columns_init(struct mlt_columns *columns, const struct mlt_evaluation_spec *spec,
                      struct mlt_store *store);
void mlt_columns_free(struct mlt_columns *columns);
/* Makes room for `extra` more rows. */
bool mlt_columns_reserve(struct mlt_columns *columns, size_t extra,
                         struct mlt_err *err) MLT_MUST_USE;
/* The values of a field: NULL when it is not kept. */
static inline void *mlt_columns_field(const struct mlt_columns *columns, size_t field)
{
    return columns->row_bytes[field] == 0 ? NULL : columns->field[field].data;
}
/* Appends `count` values of a field behind the rows; the caller adds to `rows` when all fields are
 * there. `from` NULL: zeros. */
void mlt_columns_put(struct mlt_columns *columns, size_t field, const void *from, size_t count);
/* Moves the rows of `count` columns, one behind the other, into `into`, which is empty; column by
 * column, so that hardly more than one of them is there twice. Group ids of slice s of from[i] are
 * renamed by rename[i][s][id]. The sources are empty afterwards, also on failure. */
bool mlt_columns_gather(struct mlt_columns *into, struct mlt_columns *const *from, size_t count,
                        uint32_t *const *const *rename, struct mlt_err *err) MLT_MUST_USE;

/* For 64-bit keys of n rows their dense ids (equal keys, equal id) in id[n], and how many there
 * are. Ids follow the order of the keys, so they are the same for any order of rows. */
bool mlt_keys_dense(const uint64_t *key, size_t n, uint32_t *id, uint32_t *count,
                    struct mlt_err *err) MLT_MUST_USE;
/* The order of n keys, ascending, equal ones by index; n < 2^32. */
bool mlt_keys_order(const uint64_t *key, size_t n, uint32_t *order,
                    struct mlt_err *err) MLT_MUST_USE;

#endif

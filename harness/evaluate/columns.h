/* The rows that must be kept, column by column, in segments of some ten thousand rows.
 *
 * A segment that is full is packed (packed.h), each column in the form that fits it; its rows are
 * then in the order of the first slice's groups, so that the rows of a group lie side by side and
 * their group needs no column. No measurement depends on the order of rows. */
#ifndef MLTEST_EVALUATE_COLUMNS_H
#define MLTEST_EVALUATE_COLUMNS_H

#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/evaluate/evaluation.h"
#include "harness/evaluate/packed.h"
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

/* The rows of one group of the first slice, in a segment. */
struct mlt_run {
    uint32_t group, start, count;
};

struct mlt_segment {
    size_t first, rows; /* of all rows of the columns */
    struct mlt_region region;
    struct mlt_packed *field; /* [field_count] */
    struct mlt_run *runs;     /* [run_count], by group */
    size_t run_count;         /* 0: no slices */
    /* What its groups of the other slices are called: rename[slice][id]; NULL: as they are. */
    uint32_t *const *rename;
};

struct mlt_columns {
    struct mlt_store *store;
    size_t field_count, slice_count;
    size_t row_bytes[MLT_MAX_FIELDS]; /* of each field, as it comes; 0: not kept */
    size_t rows;                      /* in segments and open */
    struct mlt_segment *segments;
    size_t segment_count, segment_capacity;
    size_t segment_rows; /* of a full one */
    char *open;          /* rows of the segment that is not full; NULL: none yet */
    size_t open_rows;
    size_t open_at[MLT_MAX_FIELDS];
};

void mlt_columns_init(struct mlt_columns *columns, const struct mlt_evaluation_spec *spec,
                      struct mlt_store *store);
void mlt_columns_free(struct mlt_columns *columns);
/* Appends `count` rows: from[field] holds as many values of row_bytes each; NULL: zeros. */
bool mlt_columns_append(struct mlt_columns *columns, const void *const *from, size_t count,
                        struct mlt_err *err) MLT_MUST_USE;
/* Moves the rows of `count` columns, one behind the other, into `into`, which is empty. Group ids
 * of slice s of from[i] are renamed by rename[i][s][id], which must live as long as the rows. The
 * sources are empty afterwards, also on failure. */
bool mlt_columns_gather(struct mlt_columns *into, struct mlt_columns *const *from, size_t count,
                        uint32_t *const *const *rename, struct mlt_err *err) MLT_MUST_USE;

/* Which rows; of columns that were gathered, and so have no rows that are not in a segment. */
struct mlt_selection {
    const uint32_t *row;   /* [rows] row numbers; NULL: not listed one by one */
    const uint32_t *group; /* [groups] groups of the first slice; NULL: all rows */
    size_t groups, rows;
};
/* The values of a field (its row_bytes each) of the selected rows, one behind the other. Rows of
 * one selection come in one order, whatever the field. */
void mlt_columns_read(const struct mlt_columns *columns, size_t field,
                      const struct mlt_selection *selection, void *out);
/* The same of from[], which has a value for each row of the columns. */
void mlt_columns_pick(const struct mlt_columns *columns, const struct mlt_selection *selection,
                      const uint32_t *from, uint32_t *out);
/* The field's values as keys, where one map holds for all its segments. */
bool mlt_columns_map(const struct mlt_columns *columns, size_t field, struct mlt_packed_map *map);
void mlt_columns_read_keys(const struct mlt_columns *columns, size_t field,
                           const struct mlt_packed_map *map, const struct mlt_selection *selection,
                           uint32_t *out);
/* The values of a field that is bits in all segments. */
void mlt_columns_read_bits(const struct mlt_columns *columns, size_t field,
                           const struct mlt_selection *selection, uint8_t *out);
/* The same of all rows of one segment. */
void mlt_segment_read(const struct mlt_columns *columns, const struct mlt_segment *segment,
                      size_t field, void *out);
void mlt_segment_keys(const struct mlt_segment *segment, size_t field,
                      const struct mlt_packed_map *map, uint32_t *out);
void mlt_segment_bits(const struct mlt_segment *segment, size_t field, uint8_t *out);
/* The value of a field of 8 bytes in one row. */
uint64_t mlt_columns_word(const struct mlt_columns *columns, size_t field, size_t row);

#endif

/* How a slice is named: by the values of one or several columns.
 *
 *   slice_column  brand            brand,store         "net, gross",store
 *   slice_value   3                3,5                 "A, B",5
 *
 * Columns are joined as one CSV record (RFC 4180): a name with a comma, a quote or a line break
 * stands in quotes, and quotes in it are doubled. Values of several columns are joined in the same
 * way and order; the value of a single column stands as it is in the data. So a name tells how many
 * columns it is of, and two different slices never have the same two texts. What is below the
 * minimum is pooled under MLT_SLICE_OTHER, which is no record of two fields. */
#ifndef MLTEST_DOMAIN_SLICE_H
#define MLTEST_DOMAIN_SLICE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"

#define MLT_SLICE_OTHER "(other)"
enum { MLT_SLICE_MAX_COLUMNS = 8 };

/* The slice_column of `n` columns and the slice_value of their `n` values, in the arena. NULL when
 * memory is out and for n = 0. */
const char *mlt_slice_columns(const char *const *columns, size_t n, struct mlt_arena *arena);
const char *mlt_slice_values(const char *const *values, size_t n, struct mlt_arena *arena);

/* How many columns a slice_column is of; 0 for NULL and for what is no such record. */
size_t mlt_slice_count(const char *columns);
/* Takes a slice_column and its slice_value (may be NULL) apart into `n` = mlt_slice_count() plain
 * texts, in the arena. False when memory is out, for more than MLT_SLICE_MAX_COLUMNS, and when
 * there is not one value per column, as for MLT_SLICE_OTHER of several. */
bool mlt_slice_split(const char *columns, const char *value, struct mlt_arena *arena,
                     const char *column_out[MLT_SLICE_MAX_COLUMNS],
                     const char *value_out[MLT_SLICE_MAX_COLUMNS]);

/* Whether two names mean the same columns, or the same slice, in whatever order they are written.
 * NULL (all rows) equals NULL only. */
bool mlt_slice_same_columns(const char *a, const char *b);
bool mlt_slice_same(const char *columns_a, const char *value_a, const char *columns_b,
                    const char *value_b);

/* Appends "brand == 3 and store == 5" for `sign` " == " and `between` " and "; "brand == (other)"
 * for the pooled rest. The texts are the data's own: the writer that shows them escapes them. */
void mlt_slice_print(struct mlt_buf *out, const char *columns, const char *value, const char *sign,
                     const char *between);

#endif

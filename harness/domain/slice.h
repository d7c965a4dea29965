/* How slices are spelled: by one column as it is ("brand", "a, b"), by several as one line of CSV
 * ("brand,store" and "3,5"; a part that holds a comma or a double quote is quoted as RFC 4180
 * does). So different values of the same columns never have one name. What is below the minimum is
 * pooled under MLT_SLICE_OTHER, which is no name of two parts. */
#ifndef MLTEST_DOMAIN_SLICE_H
#define MLTEST_DOMAIN_SLICE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"

#define MLT_SLICE_OTHER "(other)"
/* More columns than anyone crosses: names of more are compared and shown as they are spelled. */
enum { MLT_SLICE_MAX_COLUMNS = 8 };

/* The name of `count` parts (columns or values), in the arena; NULL when memory is out. */
const char *mlt_slice_name(const char *const *part, size_t count, struct mlt_arena *arena);

/* The parts of a name of several, in the arena; `*count` of them. NULL when memory is out, or when
 * a quote is not closed (`*count` is 0 then). */
const char **mlt_slice_split(const char *name, struct mlt_arena *arena, size_t *count);

/* The columns of a crossing as people write it, "country*platform", in the arena; of what holds no *
 * the one. NULL when memory is out, or when a column has no name (`*count` is 0 then). */
const char **mlt_slice_uncross(const char *text, struct mlt_arena *arena, size_t *count);

/* Whether two names mean the same columns, or the same slice, in whatever order their columns
 * stand. NULL (all rows) equals NULL only. */
bool mlt_slice_same_columns(const char *a, const char *b);
bool mlt_slice_same(const char *columns_a, const char *value_a, const char *columns_b,
                    const char *value_b);

/* Appends "brand == 3 and store == 5" for `sign` " == " and `between` " and "; "brand,store ==
 * (other)" for the pooled rest. The texts are the data's own: the writer that shows them escapes
 * them. */
void mlt_slice_print(struct mlt_buf *out, const char *columns, const char *value, const char *sign,
                     const char *between);

#endif

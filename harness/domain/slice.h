/* How slices are spelled: by one column as it is ("brand", "a, b"), by several as one line of CSV
 * ("brand,store" and "3,5"; a part that holds a comma or a double quote is quoted as RFC 4180 does). */
#ifndef MLTEST_DOMAIN_SLICE_H
#define MLTEST_DOMAIN_SLICE_H

#include <stddef.h>

#include "harness/base/arena.h"

/* The name of `count` parts (columns or values), in the arena; NULL when memory is out. */
const char *mlt_slice_name(const char *const *part, size_t count, struct mlt_arena *arena);

/* The parts of a name of several, in the arena; `*count` of them. NULL when memory is out, or when a
 * quote is not closed (`*count` is 0 then). */
const char **mlt_slice_split(const char *name, struct mlt_arena *arena, size_t *count);

#endif

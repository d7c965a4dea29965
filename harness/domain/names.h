/* Names of fields that stand beside each other: each has to be readable, and none may be mistaken
 * for another. */
#ifndef MLTEST_DOMAIN_NAMES_H
#define MLTEST_DOMAIN_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

/* `*fault` (in the arena; NULL: nothing) says what is wrong with names[*at]: an invisible
 * character, or that it looks or normalises like another one. Equal names are somebody else's to
 * find. O(n log n). False when memory is out. */
bool mlt_names_check(const char *const *names, size_t count, struct mlt_arena *arena,
                     const char **fault, size_t *at, struct mlt_err *err) MLT_MUST_USE;
/* Do two different names look or normalise the same? Then `*text` names both with escapes:
 * "pr<U+0456>ce and price"; else it is NULL. False when memory is out. */
bool mlt_names_compare(const char *a, const char *b, struct mlt_arena *arena, const char **text,
                       struct mlt_err *err) MLT_MUST_USE;

#endif

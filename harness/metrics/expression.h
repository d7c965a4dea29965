/* A figure per row, written as an expression over columns: `if(label > score, 3, 1) * abs(label -
 * score)`. Its mean over rows is a custom metric.
 *
 *   or, and, not                     0 is false, everything else true; the result is 0 or 1
 *   < <= > >= == !=                  0 or 1; they do not chain
 *   + - * / ^                        ^ binds strongest and to the right: -2 ^ 2 is -4
 *   min(a, b) max(a, b) abs(a) log(a) exp(a) sqrt(a) if(condition, a, b)
 *   1, 2.5e-3                        numbers
 *   label, score, `a column`         names; what is not letters, digits, _ and . goes in backquotes
 *
 * Nothing can be called, read or written but these; length, depth and work per row are bounded. A
 * NaN on the way is never hidden by a comparison, min, max or a condition: it makes the result NaN
 * (the branch that `if` does not take is not looked at). Same bits on every machine. */
#ifndef MLTEST_METRICS_EXPRESSION_H
#define MLTEST_METRICS_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

enum { MLT_EXPRESSION_MAX_BYTES = 4096 };

struct mlt_expression;

/* `names`, NULL-terminated, are the columns that may be named. The result lives in the arena.
 * MLT_ERR_USAGE tells the place of the fault, counted in characters from 1, and the nearest name.
 */
bool mlt_expression_parse(const char *text, const char *const *names, struct mlt_arena *arena,
                          const struct mlt_expression **out, struct mlt_err *err) MLT_MUST_USE;

/* Whether names[name] occurs. */
bool mlt_expression_uses(const struct mlt_expression *expression, size_t name);

/* out[i] for n rows, inputs[k][i] being the value of names[k] there; inputs[k] is not looked at
 * where names[k] does not occur. A result that is not finite becomes NaN: an error of that row.
 * Returns the first such row, n when there is none. */
size_t mlt_expression_eval(const struct mlt_expression *expression, const double *const *inputs,
                           size_t n, double *out);

#endif

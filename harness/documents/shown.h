/* Numbers as documents show them, held against what they should be. */
#ifndef MLTEST_DOCUMENTS_SHOWN_H
#define MLTEST_DOCUMENTS_SHOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"

struct mlt_shown {
    double value;
    int decimals; /* digits behind the point, less the exponent */
    bool percent;
    size_t len; /* bytes read */
};

/* A copy with one spelling for each sign: "-" for the minus sign, " to " for dashes, " " for
 * no-break and thin blanks, "<=", ">=", "~" and "+-" for their signs. NULL: no memory. */
char *mlt_shown_plain(struct mlt_arena *arena, const char *text);

/* Reads the number at the start of plain text: "5.82", "-0.12", "+3", "1,234", "1 234", "0,41",
 * "1.2e-05", "78 %". A comma (or blank, "_", "'") in front of just three digits is between
 * thousands, any other comma is a decimal one. False: there is none, or it goes on as a version
 * ("1.1.0") does. */
bool mlt_shown_read(const char *text, struct mlt_shown *out);

/* Reads "[0.40, 0.43]", "(0.40 to 0.43)" or "0.40 to 0.43". */
bool mlt_shown_read_pair(const char *text, struct mlt_shown *low, struct mlt_shown *high,
                         size_t *len);

/* Whether the fact, rounded to the digits shown, is the number shown; ties may go either way. A
 * whole number must be within a tenth of the fact as well, so that 0.4 is no "0". "78 %" is 0.78,
 * or 78 where the fact is in percent (above 1). NaN is nothing. */
bool mlt_shown_is(const struct mlt_shown *shown, double fact);

/* Whether text holds a digit. */
bool mlt_shown_any(const char *text);
const char *mlt_shown_skip(const char *text); /* blanks */

#endif

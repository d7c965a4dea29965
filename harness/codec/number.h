/* Decimal text to the nearest double, ties to even: the bits that strtod gives, several times
 * faster.
 *
 * Up to 19 significant digits are gathered eight at a time. The value is then exact arithmetic
 * where digits and power both fit a double (W. D. Clinger, "How to read floating point numbers
 * accurately", 1990), else one or two 64 x 64-bit products (Eisel-Lemire: D. Lemire, "Number
 * parsing at a gigabyte per second", 2021; N. Mushtak, D. Lemire, "Fast number parsing without
 * fallback", 2023). Only a number with more digits, whose first 19 leave it undecided, goes to
 * strtod in the C locale. */
#ifndef MLTEST_CODEC_NUMBER_H
#define MLTEST_CODEC_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole string as a finite decimal double: [+-] digits [. digits] [e [+-] digits], a digit on at
 * least one side of the point, at most 1,024 characters; no hex, inf, nan or space. False for
 * anything else, overflow included; a number too small is zero or subnormal with its sign. */
bool mlt_number_parse(const char *text, size_t len, double *out);

/* As mlt_number_parse(), for text inside a larger buffer: MLT_NUMBER_BEFORE bytes in front of it
 * must be readable (what they hold does not matter). The processor must have AVX2. */
enum { MLT_NUMBER_BEFORE = 32 };
bool mlt_number_parse_avx2(const char *text, size_t len, double *out);

/* A column of numbers, one field in every `stride`: row i runs from bound[i * stride] + 1 to
 * bound[i * stride + 1] in the text (mlt_delimited_scan()). Returns the rows in front of the first
 * that is no number; MLT_NUMBER_BEFORE and MLT_NUMBER_BEHIND bytes around the text must be
 * readable. */
enum { MLT_NUMBER_BEHIND = 1 };
size_t mlt_number_column(const char *text, const uint32_t *bound, size_t stride, size_t rows,
                         bool avx2, double *out);

#endif

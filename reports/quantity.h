/* Numbers as people read them: one scale for the figures that stand together. */
#ifndef MLTEST_REPORTS_QUANTITY_H
#define MLTEST_REPORTS_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MLT_QUANTITY_CHARS = 80 };

/* How the figures of one group are printed: value / divisor, then the suffix. */
struct mlt_scale {
    double divisor;
    int decimals;
    bool exponent;   /* too large or too small for plain decimals */
    char suffix[20]; /* " ms", " %", " MiB", "/s", ""; an unknown unit as it is, cut */
};

/* The scale that shows the largest finite magnitude among `values` with `digits` significant
 * digits. Units: "s" (ns … min), "bytes" (B … TiB), "1/s", "share" and "%" (a share times 100),
 * others as they are. `unit` may be NULL. */
struct mlt_scale mlt_scale_choose(const char *unit, const double *values, size_t count, int digits);

/* "6.312 ms"; NaN is "none". With `sign`, "+" stands in front of positive numbers. */
char *mlt_scale_format(const struct mlt_scale *scale, double value, bool sign, bool suffix,
                       char out[MLT_QUANTITY_CHARS]);

/* One value with its own scale, four digits. */
char *mlt_quantity_format(double value, const char *unit, char out[MLT_QUANTITY_CHARS]);
/* "11,586" */
char *mlt_quantity_count(uint64_t count, char out[MLT_QUANTITY_CHARS]);
/* "0.0021", "< 0.0001", "none" */
char *mlt_quantity_p(double p, char out[MLT_QUANTITY_CHARS]);

#endif

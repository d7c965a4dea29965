#include "reports/quantity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"

struct step {
    double least; /* magnitudes from here on */
    double divisor;
    const char *suffix;
};

static const struct step seconds[] = {
    {120, 60, " min"}, {1, 1, " s"}, {1e-3, 1e-3, " ms"}, {1e-6, 1e-6, " µs"}, {0, 1e-9, " ns"}};
static const struct step bytes[] = {{1099511627776.0, 1099511627776.0, " TiB"},
                                    {1073741824.0, 1073741824.0, " GiB"},
                                    {1048576.0, 1048576.0, " MiB"},
                                    {1024.0, 1024.0, " KiB"},
                                    {0, 1, " B"}};
static const struct step share[] = {{0, 0.01, " %"}};
static const struct step rate[] = {{0, 1, "/s"}};

static const struct step *steps_of(const char *unit)
{
    if (mlt_str_eq(unit, "s"))
        return seconds;
    if (mlt_str_eq(unit, "bytes"))
        return bytes;
    if (mlt_str_eq(unit, "share") || mlt_str_eq(unit, "%"))
        return share;
    return mlt_str_eq(unit, "1/s") ? rate : NULL;
}

static double largest(const double *values, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(values[i]) && fabs(values[i]) > most)
            most = fabs(values[i]);
    return most;
}

struct mlt_scale mlt_scale_choose(const char *unit, const double *values, size_t count, int digits)
{
    struct mlt_scale scale = {.divisor = 1};
    double most = largest(values, count);
    const struct step *step = steps_of(unit);
    if (step) {
        /* Zero is shown in the plain unit, not in nanoseconds. */
        while (most == 0 ? step->divisor != 1 && step->least > 0 : most < step->least)
            step++;
        scale.divisor = step->divisor;
        snprintf(scale.suffix, sizeof scale.suffix, "%s", step->suffix);
    } else if (unit && *unit) {
        snprintf(scale.suffix, sizeof scale.suffix, " %s", unit);
    }
    double shown = most / scale.divisor;
    if (shown == 0)
        return scale;
    scale.exponent = shown >= 1e9 || shown < 1e-5;
    int decimals = digits - 1 - (int)floor(log10(shown));
    bool whole = strcmp(scale.suffix, " B") == 0;
    scale.decimals = decimals < 0 || whole ? 0 : decimals > 9 ? 9 : decimals;
    return scale;
}

/* A zero with a minus sign says nothing. */
static bool is_zero_text(const char *text)
{
    return text[0] == '-' && strspn(text + 1, "0.") == strlen(text + 1);
}

char *mlt_scale_format(const struct mlt_scale *scale, double value, bool sign, bool suffix,
                       char out[MLT_QUANTITY_CHARS])
{
    if (isnan(value))
        return strcpy(out, "none");
    char number[48];
    if (isinf(value))
        snprintf(number, sizeof number, "%s∞", value < 0 ? "-" : sign ? "+" : "");
    else if (scale->exponent || fabs(value / scale->divisor) >= 1e12)
        snprintf(number, sizeof number, sign ? "%+.3g" : "%.3g", value / scale->divisor);
    else
        snprintf(number, sizeof number, sign ? "%+.*f" : "%.*f", scale->decimals,
                 value / scale->divisor);
    snprintf(out, MLT_QUANTITY_CHARS, "%s%s", number + is_zero_text(number),
             suffix ? scale->suffix : "");
    return out;
}

char *mlt_quantity_format(double value, const char *unit, char out[MLT_QUANTITY_CHARS])
{
    struct mlt_scale scale = mlt_scale_choose(unit, &value, 1, 4);
    return mlt_scale_format(&scale, value, false, true, out);
}

char *mlt_quantity_count(uint64_t count, char out[MLT_QUANTITY_CHARS])
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    size_t at = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

char *mlt_quantity_p(double p, char out[MLT_QUANTITY_CHARS])
{
    if (isnan(p))
        return strcpy(out, "none");
    if (p < 0.0001)
        return strcpy(out, "< 0.0001");
    snprintf(out, MLT_QUANTITY_CHARS, p < 0.1 ? "%.4f" : "%.2f", p);
    return out;
}

#include "harness/evaluate/packed.h"

#include <math.h>
#include <string.h>

/* 10^22 is the largest power that a double holds: of a whole number below 2^53 and such a power the
 * quotient, rounded once, is the double that is nearest to the decimal, which is what reading it
 * gives. */
static const double power[MLT_PACKED_DECIMALS + 1] = {1,   1e1, 1e2, 1e3, 1e4,
                                                      1e5, 1e6, 1e7, 1e8, 1e9};

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* -0 and NaN are not the same as any whole number. */
static bool same(double a, double b)
{
    return bits_of(a) == bits_of(b);
}

static bool all_bits(const double *x, size_t n)
{
    uint64_t other = 0;
    for (size_t i = 0; i < n; i++)
        other |= (uint64_t)(bits_of(x[i]) != 0) & (uint64_t)(bits_of(x[i]) != bits_of(1));
    return other == 0;
}

static bool is_decimal(double x, double scale)
{
    double whole = rint(x * scale);
    return fabs(whole) <= INT32_MAX && same((double)(int32_t)whole / scale, x);
}

/* Rows [first, n) of so many decimals, up to the first that is not. */
static size_t count_decimals(const double *x, size_t first, size_t n, double scale,
                             struct mlt_packed *out)
{
    for (; first < n && is_decimal(x[first], scale); first++) {
        int32_t whole = (int32_t)rint(x[first] * scale);
        out->low = whole < out->low ? whole : out->low;
        out->high = whole > out->high ? whole : out->high;
    }
    return first;
}

static bool choose_decimal(const double *x, size_t n, struct mlt_packed *out)
{
    for (unsigned k = 0; k <= MLT_PACKED_DECIMALS; k++) {
        *out = (struct mlt_packed){
            .form = MLT_PACKED_DECIMAL, .decimals = k, .low = INT32_MAX, .high = INT32_MIN};
        size_t good = count_decimals(x, 0, n, power[k], out);
        if (good == n)
            return true;
        /* More decimals until there are enough for this one. */
        while (k < MLT_PACKED_DECIMALS && !is_decimal(x[good], power[k + 1]))
            k++;
    }
    return false;
}

static bool all_floats(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]) || !(fabs(x[i]) <= 0x1.fffffep127) || !same((double)(float)x[i], x[i]))
            return false;
    return true;
}

struct mlt_packed mlt_packed_choose(const double *x, size_t n)
{
    struct mlt_packed out = {.form = MLT_PACKED_BITS};
    if (all_bits(x, n) || choose_decimal(x, n, &out))
        return out;
    if (all_floats(x, n))
        return (struct mlt_packed){.form = MLT_PACKED_FLOAT};
    return (struct mlt_packed){.form = MLT_PACKED_PLAIN, .width = sizeof(double)};
}

struct mlt_packed mlt_packed_choose_whole(const uint32_t *x, size_t n)
{
    uint32_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= x[i];
    unsigned width = any < 256 ? 1 : any < 65536 ? 2 : 4;
    return (struct mlt_packed){.form = MLT_PACKED_NARROW, .width = width};
}

size_t mlt_packed_bytes(const struct mlt_packed *packed, size_t n)
{
    switch (packed->form) {
    case MLT_PACKED_BITS:
        return (n + 7) / 8;
    case MLT_PACKED_DECIMAL:
    case MLT_PACKED_FLOAT:
        return n * 4;
    case MLT_PACKED_NARROW:
    case MLT_PACKED_PLAIN:
        break;
    }
    return n * packed->width;
}

static void put_bits(const double *x, size_t n, uint8_t *to)
{
    memset(to, 0, (n + 7) / 8);
    for (size_t i = 0; i < n; i++)
        to[i / 8] = (uint8_t)(to[i / 8] | (unsigned)(x[i] != 0) << i % 8);
}

static void put_narrow(const uint32_t *x, size_t n, unsigned width, uint8_t *to)
{
    for (size_t i = 0; i < n; i++)
        memcpy(to + i * width, &x[i], width);
}

void mlt_packed_put(const struct mlt_packed *packed, const void *from, size_t n, void *to)
{
    const double *x = from;
    switch (packed->form) {
    case MLT_PACKED_BITS:
        put_bits(x, n, to);
        return;
    case MLT_PACKED_DECIMAL:
        for (size_t i = 0; i < n; i++)
            ((int32_t *)to)[i] = (int32_t)rint(x[i] * power[packed->decimals]);
        return;
    case MLT_PACKED_FLOAT:
        for (size_t i = 0; i < n; i++)
            ((float *)to)[i] = (float)x[i];
        return;
    case MLT_PACKED_NARROW:
        put_narrow(from, n, packed->width, to);
        return;
    case MLT_PACKED_PLAIN:
        break;
    }
    if (n > 0)
        memcpy(to, from, n * packed->width);
}

static void get_narrow(const uint8_t *from, size_t n, unsigned width, uint32_t *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        memcpy(&out[i], from + i * width, width);
    }
}

void mlt_packed_get(const struct mlt_packed *packed, const void *from, size_t first, size_t n,
                    void *out)
{
    const uint8_t *bytes = from;
    double *x = out;
    switch (packed->form) {
    case MLT_PACKED_BITS:
        for (size_t i = 0; i < n; i++)
            x[i] = bytes[(first + i) / 8] >> (first + i) % 8 & 1;
        return;
    case MLT_PACKED_DECIMAL:
        for (size_t i = 0; i < n; i++)
            x[i] = ((const int32_t *)from)[first + i] / power[packed->decimals];
        return;
    case MLT_PACKED_FLOAT:
        for (size_t i = 0; i < n; i++)
            x[i] = (double)((const float *)from)[first + i];
        return;
    case MLT_PACKED_NARROW:
        get_narrow(bytes + first * packed->width, n, packed->width, out);
        return;
    case MLT_PACKED_PLAIN:
        break;
    }
    if (n > 0)
        memcpy(out, bytes + first * packed->width, n * packed->width);
}

void mlt_packed_bits(const void *from, size_t first, size_t n, uint8_t *out)
{
    const uint8_t *bytes = from;
    for (size_t i = 0; i < n; i++)
        out[i] = bytes[(first + i) / 8] >> (first + i) % 8 & 1;
}

static int64_t whole_power(unsigned decimals)
{
    return (int64_t)power[decimals];
}

bool mlt_packed_map_add(struct mlt_packed_map *map, const struct mlt_packed *packed)
{
    int64_t low = 0, high = UINT32_MAX;
    bool first = map->form == MLT_PACKED_PLAIN;
    if ((packed->form != MLT_PACKED_DECIMAL && packed->form != MLT_PACKED_FLOAT &&
         packed->form != MLT_PACKED_BITS) ||
        (!first && (map->form == MLT_PACKED_FLOAT) != (packed->form == MLT_PACKED_FLOAT)))
        return false;
    unsigned decimals = packed->decimals > map->decimals ? packed->decimals : map->decimals;
    if (packed->form != MLT_PACKED_FLOAT) {
        low = packed->form == MLT_PACKED_BITS ? 0 : packed->low;
        high = packed->form == MLT_PACKED_BITS ? 1 : packed->high;
        low *= whole_power(decimals - packed->decimals);
        high *= whole_power(decimals - packed->decimals);
    }
    if (!first) {
        int64_t times = whole_power(decimals - map->decimals);
        low = low < map->low * times ? low : map->low * times;
        high = high > map->high * times ? high : map->high * times;
    }
    if (high - low > UINT32_MAX)
        return false;
    *map = (struct mlt_packed_map){packed->form == MLT_PACKED_FLOAT ? MLT_PACKED_FLOAT
                                                                    : MLT_PACKED_DECIMAL,
                                   decimals, low, high};
    return true;
}

uint64_t mlt_packed_map_keys(const struct mlt_packed_map *map)
{
    return (uint64_t)(map->high - map->low) + 1;
}

/* The bits of a float as a number in the same order; 0 and -0 are one. */
static uint32_t float_key(float x)
{
    uint32_t bits;
    x += 0.0F;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 31 ? ~bits : bits | UINT32_C(1) << 31;
}

void mlt_packed_keys(const struct mlt_packed_map *map, const struct mlt_packed *packed,
                     const void *from, size_t first, size_t n, uint32_t *out)
{
    const int64_t times = whole_power(map->decimals - packed->decimals);
    switch (packed->form) {
    case MLT_PACKED_BITS:
        for (size_t i = 0; i < n; i++) {
            int64_t bit = ((const uint8_t *)from)[(first + i) / 8] >> (first + i) % 8 & 1;
            out[i] = (uint32_t)(bit * times - map->low);
        }
        return;
    case MLT_PACKED_DECIMAL:
        for (size_t i = 0; i < n; i++)
            out[i] = (uint32_t)(((const int32_t *)from)[first + i] * times - map->low);
        return;
    case MLT_PACKED_FLOAT:
        for (size_t i = 0; i < n; i++)
            out[i] = float_key(((const float *)from)[first + i]);
        return;
    case MLT_PACKED_NARROW:
    case MLT_PACKED_PLAIN:
        break;
    }
}

#include "harness/experiment/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/rng.h"
#include "harness/stats/exact.h"

struct entry {
    const char *key;
    uint64_t hash, line;
    uint32_t len, arm;
    bool mixed;
};

/* A slot's sum as an unevaluated hi + lo, which holds it exactly for all but odd data; `hi` NaN:
 * the sum needs more bits and is spilled[lo]. A covariate's `hi` is its value, NaN before there is
 * one.
 */
struct mlt_units {
    size_t slots, count, capacity;
    enum mlt_unit_role role[MLT_UNITS_MAX_SLOTS];
    struct entry *entry;   /* [capacity] */
    struct mlt_wide *cell; /* [capacity * slots] */
    uint32_t *bucket;      /* [bucket_count], 1 + index of an entry; 0: free */
    size_t bucket_count;   /* a power of two, more than twice `count` */
    uint64_t seed;
    struct mlt_exact **spilled;
    size_t spilled_count;
    struct mlt_units_mix mix;
    struct mlt_arena keys;
};

struct mlt_units *mlt_units_new(const enum mlt_unit_role *role, size_t slots)
{
    struct mlt_units *units = slots <= MLT_UNITS_MAX_SLOTS ? calloc(1, sizeof *units) : NULL;
    if (units == NULL)
        return NULL;
    units->slots = slots;
    if (slots > 0)
        memcpy(units->role, role, slots * sizeof *role);
    /* Which bucket a key falls into shows nowhere; nobody can choose keys that all fall into one.
     */
    units->seed = mlt_rng_fresh_seed();
    units->keys = (struct mlt_arena)MLT_ARENA_INIT;
    return units;
}

void mlt_units_free(struct mlt_units *units)
{
    if (units == NULL)
        return;
    for (size_t i = 0; i < units->spilled_count; i++)
        free(units->spilled[i]);
    free(units->spilled);
    free(units->entry);
    free(units->cell);
    free(units->bucket);
    mlt_arena_free(&units->keys);
    free(units);
}

static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(const char *key, size_t len, uint64_t seed)
{
    uint64_t hash = seed ^ (len * 0x9e3779b97f4a7c15ULL), word;
    for (; len >= 8; key += 8, len -= 8) {
        memcpy(&word, key, 8);
        hash = fold(hash ^ word, 0xe7037ed1a0b428dbULL);
    }
    word = 0;
    memcpy(&word, key, len);
    return fold(hash ^ word, 0x8ebc6af09c88c6e3ULL);
}

static void put_in_bucket(struct mlt_units *units, size_t index)
{
    size_t mask = units->bucket_count - 1, at = units->entry[index].hash & mask;
    while (units->bucket[at] != 0)
        at = (at + 1) & mask;
    units->bucket[at] = (uint32_t)index + 1;
}

static bool grow_buckets(struct mlt_units *units, struct mlt_err *err)
{
    if (units->count * 2 < units->bucket_count)
        return true;
    size_t count = units->bucket_count == 0 ? 1024 : units->bucket_count * 2;
    uint32_t *bucket = calloc(count, sizeof *bucket);
    if (bucket == NULL)
        return mlt_err_oom(err);
    free(units->bucket);
    units->bucket = bucket;
    units->bucket_count = count;
    for (size_t i = 0; i < units->count; i++)
        put_in_bucket(units, i);
    return true;
}

static bool grow_entries(struct mlt_units *units, struct mlt_err *err)
{
    if (units->count < units->capacity)
        return true;
    if (units->count >= UINT32_MAX - 1)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "more than %u units", UINT32_MAX - 1);
    size_t capacity = units->capacity == 0 ? 1024 : units->capacity * 2;
    struct entry *entry = reallocarray(units->entry, capacity, sizeof *entry);
    if (entry == NULL)
        return mlt_err_oom(err);
    units->entry = entry;
    /* One slot more than needed, so that none is never a request for 0 bytes. */
    struct mlt_wide *cell = reallocarray(units->cell, capacity, (units->slots + 1) * sizeof *cell);
    if (cell == NULL)
        return mlt_err_oom(err);
    units->cell = cell;
    units->capacity = capacity;
    return true;
}

static bool add_unit(struct mlt_units *units, const struct entry *like, struct mlt_err *err)
{
    if (!grow_entries(units, err) || !grow_buckets(units, err))
        return false;
    struct entry *entry = &units->entry[units->count];
    *entry = *like;
    entry->key = mlt_arena_strndup(&units->keys, like->key, like->len);
    if (entry->key == NULL)
        return mlt_err_oom(err);
    for (size_t s = 0; s < units->slots; s++)
        units->cell[units->count * units->slots + s] =
            mlt_wide_from(units->role[s] == MLT_UNIT_COVARIATE ? NAN : 0);
    put_in_bucket(units, units->count++);
    return true;
}

static size_t find(const struct mlt_units *units, const char *key, size_t len, uint64_t hash)
{
    if (units->bucket_count == 0)
        return SIZE_MAX;
    size_t mask = units->bucket_count - 1;
    for (size_t at = hash & mask; units->bucket[at] != 0; at = (at + 1) & mask) {
        const struct entry *entry = &units->entry[units->bucket[at] - 1];
        if (entry->hash == hash && entry->len == len && memcmp(entry->key, key, len) == 0)
            return units->bucket[at] - 1;
    }
    return SIZE_MAX;
}

static void note_mix(struct mlt_units *units, size_t unit, uint32_t arm, uint64_t line)
{
    struct entry *entry = &units->entry[unit];
    if (entry->mixed)
        return;
    entry->mixed = true;
    if (units->mix.count++ == 0)
        units->mix = (struct mlt_units_mix){1, unit, {entry->arm, arm}, {entry->line, line}};
}

bool mlt_units_see(struct mlt_units *units, const char *key, size_t len, uint32_t arm,
                   uint64_t line, size_t *out_unit, struct mlt_err *err)
{
    if (len > UINT32_MAX)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "a unit's name of %zu bytes", len);
    uint64_t hash = hash_of(key, len, units->seed);
    size_t unit = find(units, key, len, hash);
    if (unit == SIZE_MAX) {
        struct entry entry = {key, hash, line, (uint32_t)len, arm, false};
        if (!add_unit(units, &entry, err))
            return false;
        unit = units->count - 1;
    } else if (units->entry[unit].arm != arm) {
        note_mix(units, unit, arm, line);
    }
    *out_unit = unit;
    return true;
}

/* Moves a sum that two doubles cannot hold into an accumulator that can. */
static bool spill(struct mlt_units *units, struct mlt_wide *cell, double value, struct mlt_err *err)
{
    struct mlt_exact **spilled =
        reallocarray(units->spilled, units->spilled_count + 1, sizeof(struct mlt_exact *));
    if (spilled == NULL)
        return mlt_err_oom(err);
    units->spilled = spilled;
    struct mlt_exact *sum = calloc(1, sizeof *sum);
    if (sum == NULL)
        return mlt_err_oom(err);
    mlt_exact_add(sum, cell->hi);
    mlt_exact_add(sum, cell->lo);
    mlt_exact_add(sum, value);
    units->spilled[units->spilled_count] = sum;
    *cell = (struct mlt_wide){NAN, (double)units->spilled_count++};
    return true;
}

static bool add_to_sum(struct mlt_units *units, struct mlt_wide *cell, double value,
                       struct mlt_err *err)
{
    if (isnan(cell->hi)) {
        mlt_exact_add(units->spilled[(size_t)cell->lo], value);
        return true;
    }
    struct mlt_wide high = mlt_wide_sum(cell->hi, value);
    struct mlt_wide low = mlt_wide_sum(cell->lo, high.lo);
    struct mlt_wide sum = mlt_wide_sum(high.hi, low.hi);
    if (low.lo != 0 || !isfinite(sum.hi))
        return spill(units, cell, value, err);
    *cell = sum;
    return true;
}

bool mlt_units_add(struct mlt_units *units, size_t unit, size_t slot, double value,
                   struct mlt_err *err)
{
    struct mlt_wide *cell = &units->cell[unit * units->slots + slot];
    switch (units->role[slot]) {
    case MLT_UNIT_ANY:
        if (value > 0)
            cell->hi = 1;
        return true;
    case MLT_UNIT_COVARIATE:
        if (!isnan(cell->hi) && cell->hi != value)
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "%.17g, but %.17g in another event of the same unit \"%.80s\": a "
                               "covariate is a property of the unit, known before the experiment",
                               value, cell->hi, units->entry[unit].key);
        cell->hi = value;
        return true;
    default:
        return add_to_sum(units, cell, value, err);
    }
}

size_t mlt_units_count(const struct mlt_units *units)
{
    return units->count;
}

const char *mlt_units_key(const struct mlt_units *units, size_t unit)
{
    return units->entry[unit].key;
}

uint32_t mlt_units_arm(const struct mlt_units *units, size_t unit)
{
    return units->entry[unit].arm;
}

bool mlt_units_mixed(const struct mlt_units *units, size_t unit)
{
    return units->entry[unit].mixed;
}

bool mlt_units_known(const struct mlt_units *units, size_t unit, size_t slot)
{
    return units->role[slot] != MLT_UNIT_COVARIATE ||
           !isnan(units->cell[unit * units->slots + slot].hi);
}

double mlt_units_value(const struct mlt_units *units, size_t unit, size_t slot)
{
    const struct mlt_wide *cell = &units->cell[unit * units->slots + slot];
    if (!isnan(cell->hi))
        return cell->hi;
    if (units->role[slot] == MLT_UNIT_COVARIATE)
        return 0;
    return mlt_exact_value(units->spilled[(size_t)cell->lo]);
}

struct mlt_units_mix mlt_units_mix(const struct mlt_units *units)
{
    return units->mix;
}

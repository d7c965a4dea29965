/* The units of an experiment, one entry each, however many events they have.
 *
 * Randomisation assigns units (people, devices, shops), so the unit is what is independent: events
 * are put together by unit before anything is averaged. Every sum is exact and rounded once, when
 * it is read, so that the order of the events does not matter to the bit. Memory grows with the
 * number of units, not of events: about 60 bytes, the key, and 16 bytes for each slot. */
#ifndef MLTEST_EXPERIMENT_UNITS_H
#define MLTEST_EXPERIMENT_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

/* What becomes of a unit's values in one slot. */
enum mlt_unit_role {
    MLT_UNIT_SUM = 0,   /* their sum; 0 without any */
    MLT_UNIT_ANY,       /* 1 when one of them is above 0, else 0 */
    MLT_UNIT_COVARIATE, /* the one value that all of them are; 0 without any */
};

enum { MLT_UNITS_MAX_SLOTS = 256 };

struct mlt_units;

/* An empty table with `slots` slots; free with mlt_units_free(). NULL when memory is out. */
struct mlt_units *mlt_units_new(const enum mlt_unit_role *role, size_t slots);
void mlt_units_free(struct mlt_units *units); /* NULL is fine */

/* Finds or adds the unit `key` of an event in `arm` on `line`. A unit that was seen in another arm
 * before is mixed from now on. False when memory is out. */
bool mlt_units_see(struct mlt_units *units, const char *key, size_t len, uint32_t arm,
                   uint64_t line, size_t *out_unit, struct mlt_err *err) MLT_MUST_USE;
/* Takes one finite value into a slot. A second, different value of a covariate is MLT_ERR_EVIDENCE.
 */
bool mlt_units_add(struct mlt_units *units, size_t unit, size_t slot, double value,
                   struct mlt_err *err) MLT_MUST_USE;

size_t mlt_units_count(const struct mlt_units *units);
const char *mlt_units_key(const struct mlt_units *units, size_t unit);
uint32_t mlt_units_arm(const struct mlt_units *units,
                       size_t unit); /* the first one it was seen in */
bool mlt_units_mixed(const struct mlt_units *units, size_t unit);
/* Whether a covariate has a value; other slots always have one. */
bool mlt_units_known(const struct mlt_units *units, size_t unit, size_t slot);
/* The double nearest to the exact value; an infinity when it is beyond the range of doubles. */
double mlt_units_value(const struct mlt_units *units, size_t unit, size_t slot);

/* The first unit that was found in two arms: `count` says how many there are, 0 for none. */
struct mlt_units_mix {
    uint64_t count;
    size_t unit;
    uint32_t arm[2];
    uint64_t line[2];
};
struct mlt_units_mix mlt_units_mix(const struct mlt_units *units);

#endif

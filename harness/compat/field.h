/* A field of a contract, whichever part it is of, as the comparison sees it. */
#ifndef MLTEST_COMPAT_FIELD_H
#define MLTEST_COMPAT_FIELD_H

#include "harness/compat/diff.h"

struct mlt_compat_field {
    enum mlt_part part;
    const char *name, *type, *unit, *stability, *fallback;
    double min, max;
    bool nullable;
    bool demanded; /* an absent value is refused */
    const char *const *values;
    size_t value_count;
    bool positional;                      /* values are read by their place */
    const struct mlt_compat_field *other; /* the same field of the other contract, NULL: none */
};

/* The fields of one part, in their order, in the arena. NULL when memory is out. */
struct mlt_compat_field *mlt_compat_fields(const struct mlt_contract *contract, enum mlt_part part,
                                           struct mlt_arena *arena, size_t *count);

/* Sets `other` on both sides: by name, then the renamed ones. */
bool mlt_compat_pair(struct mlt_compat_field *from, size_t from_count, struct mlt_compat_field *to,
                     size_t to_count, struct mlt_arena *arena, struct mlt_err *err) MLT_MUST_USE;

#endif

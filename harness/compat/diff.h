/* What a version changes for those who use it, and the version number it needs.
 *
 * The protocol: MAJOR for what breaks callers, for another architecture or for substantially other
 * data; MINOR for what is added in a compatible way and for tuning; PATCH for what changes no
 * promise. Inputs and settings come from callers: accepting more is safe, accepting less breaks.
 * Outputs go to callers: every other value, type or unit breaks, unless a converter brings the old
 * form back. Stable fields keep that promise; beta ones may break it in a MINOR version that says
 * so; experimental ones at any time. */
#ifndef MLTEST_COMPAT_DIFF_H
#define MLTEST_COMPAT_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/contract.h"
#include "mltest/err.h"

enum mlt_bump { MLT_BUMP_NONE, MLT_BUMP_PATCH, MLT_BUMP_MINOR, MLT_BUMP_MAJOR };
const char *mlt_bump_name(enum mlt_bump bump); /* "no", "PATCH", "MINOR", "MAJOR" */

enum mlt_part {
    MLT_PART_INPUT,
    MLT_PART_OUTPUT,
    MLT_PART_SETTING,
    MLT_PART_HYPERPARAMETER,
    MLT_PART_FRAMEWORK,
    MLT_PART_TRAINING_DATA,
    MLT_PART_DEPENDENCY,
};
const char *mlt_part_name(enum mlt_part part); /* "input", "training data" */

enum mlt_compat_kind {
    MLT_COMPAT_ADDED_DEMANDED, /* must be given */
    MLT_COMPAT_ADDED_OPTIONAL,
    MLT_COMPAT_REMOVED,
    MLT_COMPAT_RENAMED,
    MLT_COMPAT_TYPE_WIDENED,
    MLT_COMPAT_TYPE_NARROWED,
    MLT_COMPAT_TYPE_OTHER,
    MLT_COMPAT_UNIT_OTHER,
    MLT_COMPAT_UNIT_DECLARED,
    MLT_COMPAT_UNIT_DROPPED,
    MLT_COMPAT_RANGE_WIDENED,
    MLT_COMPAT_RANGE_TIGHTENED,
    MLT_COMPAT_NULL_ADMITTED,
    MLT_COMPAT_NULL_REFUSED,
    MLT_COMPAT_MADE_DEMANDED,
    MLT_COMPAT_MADE_OPTIONAL,
    MLT_COMPAT_VALUES_ADDED,
    MLT_COMPAT_VALUES_REMOVED,
    MLT_COMPAT_VALUES_OPENED,
    MLT_COMPAT_VALUES_CLOSED,
    MLT_COMPAT_VALUES_REORDERED,
    MLT_COMPAT_DEFAULT_ADDED,
    MLT_COMPAT_DEFAULT_OTHER,
    MLT_COMPAT_DEFAULT_REMOVED,
    MLT_COMPAT_PROMISE_RAISED, /* experimental < beta < stable */
    MLT_COMPAT_PROMISE_LOWERED,
    MLT_COMPAT_TUNED,
    MLT_COMPAT_ARCHITECTURE,
    MLT_COMPAT_FRAMEWORK,
    MLT_COMPAT_FRAMEWORK_VERSION,
    MLT_COMPAT_DATA,
    MLT_COMPAT_DATA_SUBSTANTIAL,
    MLT_COMPAT_DATA_DENIED, /* the same, though the metadata says otherwise */
    MLT_COMPAT_DEPENDENCY,
    MLT_COMPAT_KINDS,
};
/* A stable word for machines: "range-tightened". */
const char *mlt_compat_kind_name(enum mlt_compat_kind kind);

struct mlt_compat_change {
    enum mlt_part part;
    enum mlt_compat_kind kind;
    const char *field;     /* its name in the older version; where it is new, in the newer one */
    const char *from, *to; /* "max 0.2"; NULL where there is nothing to say */
    const char *stability; /* the promise it had, or for what is new has */
    enum mlt_bump needs;
    bool notice;    /* the changelog has to name the field */
    const char *detail; /* how it was found out; NULL: nothing to say */
    bool converted; /* the need is lower because a converter brings the old form back */
};

/* Everything that differs between two contracts, inputs first, then output, then settings; in the
 * order of the older version, new fields behind. Fields that only changed their place do not
 * differ. A field that went, and one of the same shape that came with a name much like it or in
 * its place, is one renamed field. With `converter` a changed output needs no more than MINOR.
 * Deterministic; the items and their texts live in the arena. */
bool mlt_compat_diff(const struct mlt_contract *from, const struct mlt_contract *to, bool converter,
                     struct mlt_arena *arena, struct mlt_compat_change **out, size_t *out_count,
                     struct mlt_err *err) MLT_MUST_USE;

/* What a change of this kind to this part needs by itself, of a field of this stability. */
enum mlt_bump mlt_compat_needs(enum mlt_part part, enum mlt_compat_kind kind, const char *stability,
                               bool *notice);

/* One sentence without a full stop: "input `price1`: max 0.2 became max 0.1: callers that send more
 * are refused". */
void mlt_compat_print(const struct mlt_compat_change *item, struct mlt_buf *out);
/* What it means for callers alone: "callers that send more are refused". */
const char *mlt_compat_meaning(enum mlt_part part, enum mlt_compat_kind kind);

#endif

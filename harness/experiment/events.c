#include "harness/experiment/events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/table/reader.h"

enum { UNIT_COLUMN, VARIANT_COLUMN, VALUE_COLUMN, MAX_SLOTS = 3 * MLT_EXPERIMENT_MAX_METRICS };

struct slot {
    const char *column;
    enum mlt_unit_role role;
    size_t index; /* among the columns wanted */
};

struct reading {
    const struct mlt_experiment *experiment;
    struct mlt_events *events;
    /* The unit, the variant (or once more the unit, where there is none), and what is measured. */
    struct mlt_reader_column column[VALUE_COLUMN + MAX_SLOTS];
    size_t columns;
    struct slot slot[MAX_SLOTS];
    size_t slots;
};

static size_t column_of(struct reading *r, const char *name)
{
    for (size_t i = VALUE_COLUMN; i < r->columns; i++)
        if (strcmp(r->column[i].name, name) == 0)
            return i;
    r->column[r->columns] = (struct mlt_reader_column){name, MLT_COLUMN_NUMBER, true};
    return r->columns++;
}

/* The slot of a column in a role, shared by all metrics that need it. */
static size_t slot_of(struct reading *r, const char *column, enum mlt_unit_role role)
{
    if (column == NULL)
        return SIZE_MAX;
    for (size_t i = 0; i < r->slots; i++)
        if (r->slot[i].role == role && strcmp(r->slot[i].column, column) == 0)
            return i;
    r->slot[r->slots] = (struct slot){column, role, column_of(r, column)};
    return r->slots++;
}

static void assign_columns(struct reading *r)
{
    const struct mlt_experiment *e = r->experiment;
    const char *variant = e->variant != NULL ? e->variant : e->unit;
    r->column[UNIT_COLUMN] = (struct mlt_reader_column){e->unit, MLT_COLUMN_TEXT, true};
    r->column[VARIANT_COLUMN] = (struct mlt_reader_column){variant, MLT_COLUMN_TEXT, true};
    r->columns = VALUE_COLUMN;
    for (size_t i = 0; i < e->metrics; i++) {
        const struct mlt_experiment_metric *m = &e->metric[i];
        enum mlt_unit_role role =
            m->kind == MLT_EXPERIMENT_PROPORTION ? MLT_UNIT_ANY : MLT_UNIT_SUM;
        r->events->slots[i].value = slot_of(r, m->value, role);
        r->events->slots[i].denominator = slot_of(r, m->denominator, MLT_UNIT_SUM);
        r->events->slots[i].covariate = slot_of(r, m->covariate, MLT_UNIT_COVARIATE);
    }
}

static bool find_arm(const struct reading *r, const struct mlt_reader_block *block, size_t row,
                     uint32_t *out, struct mlt_err *err)
{
    const struct mlt_reader_text *field = &block->columns[VARIANT_COLUMN].text[row];
    const struct mlt_experiment *e = r->experiment;
    *out = 0;
    if (e->variant == NULL)
        return true;
    if (field->text == NULL)
        return mlt_reader_fault(block, VARIANT_COLUMN, row, err, "an event without %s", e->variant);
    for (size_t i = 0; i < e->arms; i++)
        if (strlen(e->arm[i]) == field->len && memcmp(e->arm[i], field->text, field->len) == 0) {
            *out = (uint32_t)i;
            return true;
        }
    return mlt_reader_fault(block, VARIANT_COLUMN, row, err,
                            "\"%.*s\" is neither the control nor a declared treatment: name it as "
                            "one, or take its events out of the log",
                            field->len > 80 ? 80 : (int)field->len, field->text);
}

static bool add_value(struct reading *r, const struct mlt_reader_block *block, size_t row,
                      size_t unit, size_t slot, struct mlt_err *err)
{
    const struct slot *s = &r->slot[slot];
    double value = block->columns[s->index].number[row];
    if (isnan(value)) {
        /* A covariate that some events do not repeat is no gap; one that none has is, see below. */
        if (s->role == MLT_UNIT_COVARIATE)
            return true;
        if (!r->experiment->missing_is_zero)
            return mlt_reader_fault(block, s->index, row, err,
                                    "%.80s is missing: where that means 0, declare that missing "
                                    "values are zero",
                                    s->column);
        r->events->missing++;
        value = 0;
    }
    if (mlt_units_add(r->events->units, unit, slot, value, err))
        return true;
    if (err->kind != MLT_ERR_EVIDENCE)
        return false;
    struct mlt_err inner = *err;
    return mlt_reader_fault(block, s->index, row, err, "%.80s is %.600s", s->column, inner.text);
}

static bool add_event(struct reading *r, const struct mlt_reader_block *block, size_t row,
                      struct mlt_err *err)
{
    uint32_t arm = 0;
    size_t unit = 0;
    const struct mlt_reader_text *key = &block->columns[UNIT_COLUMN].text[row];
    if (key->text == NULL)
        return mlt_reader_fault(block, UNIT_COLUMN, row, err, "an event without %s",
                                r->experiment->unit);
    if (!find_arm(r, block, row, &arm, err) ||
        !mlt_units_see(r->events->units, key->text, key->len, arm, mlt_reader_line(block, row),
                       &unit, err))
        return false;
    for (size_t s = 0; s < r->slots; s++)
        if (!add_value(r, block, row, unit, s, err))
            return false;
    r->events->arm_events[arm]++;
    return true;
}

static bool add_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct reading *r = context;
    for (size_t row = 0; row < block->rows; row++)
        if (!add_event(r, block, row, err))
            return false;
    r->events->rows += block->rows;
    return true;
}

/* One thread: the table of units is not shared, and what is told first is then first in the file.
 */
static bool read_rows(struct reading *r, struct mlt_err *err)
{
    /* "NaN" is not among them: it is a number that went wrong, not one that is absent. */
    static const char *const missing[] = {"NA", "null", "None", NULL};
    struct mlt_reader_options options = {.path = r->experiment->events,
                                         .columns = r->column,
                                         .column_count = r->columns,
                                         .missing = missing};
    struct mlt_reader_summary summary;
    if (!mlt_reader_run(&options, add_block, r, &summary, err))
        return false;
    memcpy(r->events->sha256, summary.sha256, sizeof r->events->sha256);
    mlt_reader_summary_free(&summary);
    return true;
}

static bool check_mix(const struct reading *r, struct mlt_err *err)
{
    const struct mlt_experiment *e = r->experiment;
    struct mlt_units_mix mix = mlt_units_mix(r->events->units);
    if (mix.count == 0 || e->exclude_mixed)
        return true;
    return mlt_err_set(
        err, MLT_ERR_EVIDENCE,
        "%s: %llu of %zu units were seen in more than one arm, the first is \"%.80s\", "
        "in \"%.80s\" on line %llu and in \"%.80s\" on line %llu: repair the "
        "assignment, or declare that such units are left out",
        e->events, (unsigned long long)mix.count, mlt_units_count(r->events->units),
        mlt_units_key(r->events->units, mix.unit), e->arm[mix.arm[0]],
        (unsigned long long)mix.line[0], e->arm[mix.arm[1]], (unsigned long long)mix.line[1]);
}

/* Every unit has each covariate, and every sum is a number. */
static bool check_values(struct reading *r, struct mlt_err *err)
{
    struct mlt_units *units = r->events->units;
    for (size_t u = 0; u < mlt_units_count(units); u++)
        for (size_t s = 0; s < r->slots; s++) {
            bool absent = r->slot[s].role == MLT_UNIT_COVARIATE && !mlt_units_known(units, u, s);
            r->events->missing += absent;
            if (absent && !r->experiment->missing_is_zero)
                return mlt_err_set(err, MLT_ERR_EVIDENCE,
                                   "%s: unit \"%.80s\" has no %.80s in any event: where that means "
                                   "0, declare that missing values are zero",
                                   r->experiment->events, mlt_units_key(units, u),
                                   r->slot[s].column);
            if (!isfinite(mlt_units_value(units, u, s)))
                return mlt_err_set(err, MLT_ERR_EVIDENCE,
                                   "%s: the sum of %.80s of unit \"%.80s\" is beyond the range of "
                                   "numbers",
                                   r->experiment->events, r->slot[s].column,
                                   mlt_units_key(units, u));
        }
    return true;
}

bool mlt_events_read(const struct mlt_experiment *experiment, struct mlt_events *out,
                     struct mlt_err *err)
{
    struct mlt_events events = {0};
    enum mlt_unit_role role[MAX_SLOTS];
    struct reading *r = calloc(1, sizeof *r);
    if (r == NULL)
        return mlt_err_oom(err);
    r->experiment = experiment;
    r->events = &events;
    assign_columns(r);
    for (size_t i = 0; i < r->slots; i++)
        role[i] = r->slot[i].role;
    events.units = mlt_units_new(role, r->slots);
    bool ok = events.units != NULL || mlt_err_oom(err);
    ok = ok && read_rows(r, err) && check_mix(r, err) && check_values(r, err);
    free(r);
    if (ok)
        *out = events;
    else
        mlt_events_free(&events);
    return ok;
}

void mlt_events_free(struct mlt_events *events)
{
    mlt_units_free(events->units);
    events->units = NULL;
}

void mlt_events_values(const struct mlt_events *events, size_t metric, size_t unit,
                       double out[MLT_ARM_VALUES])
{
    const struct mlt_metric_slots *slots = &events->slots[metric];
    const struct mlt_units *units = events->units;
    out[MLT_ARM_Y] = mlt_units_value(units, unit, slots->value);
    out[MLT_ARM_D] =
        slots->denominator == SIZE_MAX ? 1 : mlt_units_value(units, unit, slots->denominator);
    out[MLT_ARM_X] =
        slots->covariate == SIZE_MAX ? 0 : mlt_units_value(units, unit, slots->covariate);
}

void mlt_events_add_up(const struct mlt_events *events, size_t metric, struct mlt_arm_sums *sums)
{
    double value[MLT_ARM_VALUES];
    for (size_t u = 0; u < mlt_units_count(events->units); u++) {
        if (mlt_units_mixed(events->units, u))
            continue;
        mlt_events_values(events, metric, u, value);
        mlt_arm_sums_add(&sums[mlt_units_arm(events->units, u)], value);
    }
}

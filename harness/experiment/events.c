#include "harness/experiment/events.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/csv.h"

struct slot {
    const char *column;
    enum mlt_unit_role role;
    size_t index; /* of the column in the file */
};

struct reading {
    const struct mlt_experiment *experiment;
    struct mlt_csv *csv;
    struct mlt_events *events;
    size_t unit, variant; /* columns */
    struct slot slot[3 * MLT_EXPERIMENT_MAX_METRICS];
    size_t slots;
};

/* The slot of a column in a role, shared by all metrics that need it. */
static size_t slot_of(struct reading *r, const char *column, enum mlt_unit_role role)
{
    if (column == NULL)
        return SIZE_MAX;
    for (size_t i = 0; i < r->slots; i++)
        if (r->slot[i].role == role && strcmp(r->slot[i].column, column) == 0)
            return i;
    r->slot[r->slots] = (struct slot){column, role, 0};
    return r->slots++;
}

static void assign_slots(struct reading *r)
{
    for (size_t i = 0; i < r->experiment->metrics; i++) {
        const struct mlt_experiment_metric *m = &r->experiment->metric[i];
        enum mlt_unit_role role =
            m->kind == MLT_EXPERIMENT_PROPORTION ? MLT_UNIT_ANY : MLT_UNIT_SUM;
        r->events->slots[i].value = slot_of(r, m->value, role);
        r->events->slots[i].denominator = slot_of(r, m->denominator, MLT_UNIT_SUM);
        r->events->slots[i].covariate = slot_of(r, m->covariate, MLT_UNIT_COVARIATE);
    }
}

static bool find_column(const struct reading *r, const char *name, size_t *out, struct mlt_err *err)
{
    enum { MOST = 200 };
    const char *names[MOST + 1];
    int found = mlt_csv_column_find(r->csv, name);
    if (found >= 0) {
        *out = (size_t)found;
        return true;
    }
    size_t count = mlt_csv_column_count(r->csv);
    count = count < MOST ? count : MOST;
    for (size_t i = 0; i < count; i++)
        names[i] = mlt_csv_column_name(r->csv, i);
    names[count] = NULL;
    const char *nearest = mlt_str_nearest(name, names);
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: no column \"%.100s\"; %s \"%.100s\"",
                       r->experiment->events, name, nearest ? "did you mean" : "the first one is",
                       nearest ? nearest : names[0]);
}

static bool find_columns(struct reading *r, struct mlt_err *err)
{
    if (!find_column(r, r->experiment->unit, &r->unit, err) ||
        (r->experiment->variant != NULL &&
         !find_column(r, r->experiment->variant, &r->variant, err)))
        return false;
    for (size_t i = 0; i < r->slots; i++)
        if (!find_column(r, r->slot[i].column, &r->slot[i].index, err))
            return false;
    return true;
}

/* "NaN" is not among them: it is a number that went wrong, not one that is absent. */
static bool is_missing(const struct mlt_csv_field *field)
{
    return field->len == 0 ||
           (!field->quoted && (strcmp(field->text, "NA") == 0 || strcmp(field->text, "null") == 0 ||
                               strcmp(field->text, "None") == 0));
}

static bool find_arm(const struct reading *r, const struct mlt_csv_field *field, uint32_t *out,
                     struct mlt_err *err)
{
    if (is_missing(field))
        return mlt_csv_fault(r->csv, field, err, "an event without a %s", r->experiment->variant);
    for (size_t i = 0; i < r->experiment->arms; i++)
        if (strcmp(r->experiment->arm[i], field->text) == 0) {
            *out = (uint32_t)i;
            return true;
        }
    return mlt_csv_fault(r->csv, field, err,
                         "\"%.80s\" is neither the control nor a declared treatment: name it as "
                         "one, or take its events out of the log",
                         field->text);
}

static bool add_value(struct reading *r, const struct mlt_csv_field *field, size_t unit,
                      size_t slot, struct mlt_err *err)
{
    double value = 0;
    if (is_missing(field)) {
        /* A covariate that some events do not repeat is no gap; one that none has is, see below. */
        if (r->slot[slot].role == MLT_UNIT_COVARIATE)
            return true;
        if (!r->experiment->missing_is_zero)
            return mlt_csv_fault(r->csv, field, err,
                                 "%.80s is missing: where that means 0, declare that missing "
                                 "values are zero",
                                 r->slot[slot].column);
        r->events->missing++;
        return true;
    }
    if (!mlt_str_parse_double(field->text, field->len, &value))
        return mlt_csv_fault(r->csv, field, err, "%.80s is \"%.80s\", which is not a finite number",
                             r->slot[slot].column, field->text);
    if (mlt_units_add(r->events->units, unit, slot, value, err))
        return true;
    if (err->kind != MLT_ERR_EVIDENCE)
        return false;
    struct mlt_err inner = *err;
    return mlt_csv_fault(r->csv, field, err, "%.80s is %.600s", r->slot[slot].column, inner.text);
}

static bool add_event(struct reading *r, const struct mlt_csv_field *fields, struct mlt_err *err)
{
    uint32_t arm = 0;
    size_t unit = 0;
    const struct mlt_csv_field *key = &fields[r->unit];
    if (is_missing(key))
        return mlt_csv_fault(r->csv, key, err, "an event without a %s", r->experiment->unit);
    if ((r->experiment->variant != NULL && !find_arm(r, &fields[r->variant], &arm, err)) ||
        !mlt_units_see(r->events->units, key->text, key->len, arm, mlt_csv_line(r->csv), &unit,
                       err))
        return false;
    for (size_t s = 0; s < r->slots; s++)
        if (!add_value(r, &fields[r->slot[s].index], unit, s, err))
            return false;
    r->events->rows++;
    r->events->arm_events[arm]++;
    return true;
}

static bool read_rows(struct reading *r, struct mlt_err *err)
{
    for (;;) {
        const struct mlt_csv_field *fields;
        if (!mlt_csv_next(r->csv, &fields, err))
            return false;
        if (fields == NULL)
            break;
        if (!add_event(r, fields, err))
            return false;
    }
    return r->events->rows > 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s: the event log has a header and no rows: nothing can be measured",
                       r->experiment->events);
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

static bool separator_of(const char *path, char *out, struct mlt_err *err)
{
    bool tabs = mlt_str_ends(path, ".tsv") || mlt_str_ends(path, ".tsv.gz");
    *out = tabs ? '\t' : ',';
    if (tabs || mlt_str_ends(path, ".csv") || mlt_str_ends(path, ".csv.gz"))
        return true;
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "%s: cannot tell the format of this event log from its name, expected .csv, "
                       ".tsv, .csv.gz or .tsv.gz",
                       path);
}

bool mlt_events_read(const struct mlt_experiment *experiment, struct mlt_events *out,
                     struct mlt_err *err)
{
    struct mlt_events events = {0};
    struct reading r = {.experiment = experiment, .events = &events};
    enum mlt_unit_role role[MLT_UNITS_MAX_SLOTS];
    char separator = ',';
    if (!separator_of(experiment->events, &separator, err) ||
        !mlt_csv_open(experiment->events, separator, &r.csv, err))
        return false;
    assign_slots(&r);
    for (size_t i = 0; i < r.slots; i++)
        role[i] = r.slot[i].role;
    events.units = mlt_units_new(role, r.slots);
    bool ok = events.units != NULL || mlt_err_oom(err);
    ok = ok && find_columns(&r, err) && read_rows(&r, err) && check_mix(&r, err) &&
         check_values(&r, err);
    mlt_csv_close(r.csv);
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

#include "harness/compat/diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/compat/field.h"
#include "harness/domain/names.h"

struct differ {
    struct mlt_arena *arena;
    bool converter;
    struct mlt_compat_change *items;
    size_t count, capacity;
    bool oom;
};

/* `a` is the older field, or the new one where there is no older. */
static void add(struct differ *d, const struct mlt_compat_field *a, enum mlt_compat_kind kind,
                const char *from, const char *to)
{
    struct mlt_compat_change *grown =
        d->oom ? NULL : mlt_arena_grow(d->arena, d->items, d->count, &d->capacity, sizeof *grown);
    if (!grown) {
        d->oom = true;
        return;
    }
    d->items = grown;
    struct mlt_compat_change *item = &d->items[d->count++];
    *item = (struct mlt_compat_change){
        .part = a->part,
        .kind = kind,
        .field = a->name,
        .from = from,
        .to = to,
        .stability = a->stability,
    };
    item->needs = mlt_compat_needs(a->part, kind, a->stability, &item->notice);
    if (d->converter && a->part == MLT_PART_OUTPUT && item->needs == MLT_BUMP_MAJOR) {
        item->needs = MLT_BUMP_MINOR;
        item->converted = item->notice = true;
    }
}

/* What stands there may be NULL when memory was out: the end says so. */
static const char *keep(struct differ *d, char *text)
{
    d->oom = d->oom || !text;
    return text;
}

static const char *bound_text(struct differ *d, const char *name, double bound)
{
    char digits[MLT_DOUBLE_CHARS];
    return keep(d, isnan(bound) ? mlt_arena_printf(d->arena, "no %s", name)
                                : mlt_arena_printf(d->arena, "%s %s", name,
                                                   mlt_str_format_double(bound, digits)));
}

/* `sign` 1 for a maximum, where more is wider, and -1 for a minimum. */
static void compare_bound(struct differ *d, const struct mlt_compat_field *a, const char *name,
                          double from, double to, double sign)
{
    if (from == to || (isnan(from) && isnan(to)))
        return;
    bool wider = isnan(to) || (!isnan(from) && sign * (to - from) > 0);
    add(d, a, wider ? MLT_COMPAT_RANGE_WIDENED : MLT_COMPAT_RANGE_TIGHTENED,
        bound_text(d, name, from), bound_text(d, name, to));
}

static bool is_widened(const char *from, const char *to)
{
    static const char *const wider[][2] = {{"integer", "number"},
                                           {"category", "string"},
                                           {"probability", "number"},
                                           {"label", "text"}};
    for (size_t i = 0; i < sizeof wider / sizeof *wider; i++)
        if (strcmp(from, wider[i][0]) == 0 && strcmp(to, wider[i][1]) == 0)
            return true;
    return false;
}

static void compare_type(struct differ *d, const struct mlt_compat_field *a,
                         const struct mlt_compat_field *b)
{
    if (strcmp(a->type, b->type) == 0)
        return;
    add(d, a,
        is_widened(a->type, b->type)   ? MLT_COMPAT_TYPE_WIDENED
        : is_widened(b->type, a->type) ? MLT_COMPAT_TYPE_NARROWED
                                       : MLT_COMPAT_TYPE_OTHER,
        a->type, b->type);
}

static void compare_unit(struct differ *d, const struct mlt_compat_field *a,
                         const struct mlt_compat_field *b)
{
    if (mlt_str_eq(a->unit, b->unit))
        return;
    add(d, a,
        !a->unit   ? MLT_COMPAT_UNIT_DECLARED
        : !b->unit ? MLT_COMPAT_UNIT_DROPPED
                   : MLT_COMPAT_UNIT_OTHER,
        a->unit ? a->unit : "no unit", b->unit ? b->unit : "no unit");
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char **sorted_values(struct differ *d, const struct mlt_compat_field *f)
{
    const char **sorted = mlt_arena_calloc(d->arena, f->value_count, sizeof *sorted);
    d->oom = d->oom || !sorted;
    if (!sorted || f->value_count == 0)
        return sorted;
    memcpy(sorted, f->values, f->value_count * sizeof *sorted);
    qsort(sorted, f->value_count, sizeof *sorted, by_text);
    return sorted;
}

/* The values of `a` that `sorted` lacks, "x, y and 3 more"; NULL when there are none. */
static const char *lacking(struct differ *d, const struct mlt_compat_field *a, const char **sorted,
                           size_t count)
{
    enum { SHOWN = 8 };
    struct mlt_buf text = MLT_BUF_INIT;
    size_t found = 0;
    for (size_t i = 0; i < a->value_count; i++) {
        if (bsearch(&a->values[i], sorted, count, sizeof *sorted, by_text))
            continue;
        if (found++ < SHOWN)
            mlt_buf_printf(&text, "%s%s", found > 1 ? ", " : "", a->values[i]);
    }
    if (found > SHOWN)
        mlt_buf_printf(&text, " and %zu more", found - SHOWN);
    d->oom = d->oom || text.oom;
    const char *kept = found ? keep(d, mlt_arena_strndup(d->arena, text.data, text.len)) : NULL;
    mlt_buf_free(&text);
    return kept;
}

static void compare_order(struct differ *d, const struct mlt_compat_field *a,
                          const struct mlt_compat_field *b)
{
    for (size_t i = 0; i < a->value_count; i++) {
        if (strcmp(a->values[i], b->values[i]) == 0)
            continue;
        add(d, a, MLT_COMPAT_VALUES_REORDERED,
            keep(d, mlt_arena_printf(d->arena, "\"%.80s\" in place %zu", a->values[i], i + 1)),
            keep(d, mlt_arena_printf(d->arena, "\"%.80s\" in place %zu", b->values[i], i + 1)));
        return;
    }
}

static void compare_values(struct differ *d, const struct mlt_compat_field *a,
                           const struct mlt_compat_field *b)
{
    bool closed = a->value_count > 0, closes = b->value_count > 0;
    if (!closed && !closes)
        return;
    /* A list that comes or goes with another type is told by the type. */
    if (closed != closes) {
        if (a->part != MLT_PART_OUTPUT)
            add(d, a, closed ? MLT_COMPAT_VALUES_OPENED : MLT_COMPAT_VALUES_CLOSED,
                closed ? "listed values" : "any value", closed ? "any value" : "listed values");
        return;
    }
    const char **old = sorted_values(d, a), **new = sorted_values(d, b);
    if (d->oom)
        return;
    const char *gone = lacking(d, a, new, b->value_count);
    const char *come = lacking(d, b, old, a->value_count);
    if (gone)
        add(d, a, MLT_COMPAT_VALUES_REMOVED, gone, NULL);
    if (come)
        add(d, a, MLT_COMPAT_VALUES_ADDED, NULL, come);
    if (!gone && !come && a->positional && b->positional)
        compare_order(d, a, b);
}

static void compare_default(struct differ *d, const struct mlt_compat_field *a,
                            const struct mlt_compat_field *b)
{
    if (mlt_str_eq(a->fallback, b->fallback))
        return;
    add(d, a,
        !a->fallback   ? MLT_COMPAT_DEFAULT_ADDED
        : !b->fallback ? MLT_COMPAT_DEFAULT_REMOVED
                       : MLT_COMPAT_DEFAULT_OTHER,
        a->fallback ? a->fallback : "no default", b->fallback ? b->fallback : "no default");
}

static int promise(const char *stability)
{
    return strcmp(stability, "stable") == 0 ? 2 : strcmp(stability, "beta") == 0;
}

/* A name that only looks the same is shown as what it is. */
static void rename_field(struct differ *d, const struct mlt_compat_field *a,
                         const struct mlt_compat_field *b)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *twins;
    add(d, a, MLT_COMPAT_RENAMED, a->name, b->name);
    d->oom = d->oom || !mlt_names_compare(a->name, b->name, d->arena, &twins, &err);
    if (!d->oom && twins)
        d->items[d->count - 1].detail = keep(
            d, mlt_arena_printf(d->arena, "two names that only look the same: %s", twins));
}

static void compare(struct differ *d, const struct mlt_compat_field *a,
                    const struct mlt_compat_field *b)
{
    if (strcmp(a->name, b->name) != 0)
        rename_field(d, a, b);
    compare_type(d, a, b);
    compare_unit(d, a, b);
    compare_bound(d, a, "min", a->min, b->min, -1);
    compare_bound(d, a, "max", a->max, b->max, 1);
    if (a->nullable != b->nullable)
        add(d, a, b->nullable ? MLT_COMPAT_NULL_ADMITTED : MLT_COMPAT_NULL_REFUSED,
            a->nullable ? "null admitted" : "null refused",
            b->nullable ? "null admitted" : "null refused");
    if (a->demanded != b->demanded)
        add(d, a, b->demanded ? MLT_COMPAT_MADE_DEMANDED : MLT_COMPAT_MADE_OPTIONAL,
            a->demanded ? "required" : "optional", b->demanded ? "required" : "optional");
    compare_values(d, a, b);
    compare_default(d, a, b);
    int before = promise(a->stability), after = promise(b->stability);
    if (before != after)
        add(d, a, after > before ? MLT_COMPAT_PROMISE_RAISED : MLT_COMPAT_PROMISE_LOWERED,
            a->stability, b->stability);
}

static bool diff_part(struct differ *d, enum mlt_part part, const struct mlt_contract *from,
                      const struct mlt_contract *to, struct mlt_err *err)
{
    size_t old_count, new_count;
    struct mlt_compat_field *old = mlt_compat_fields(from, part, d->arena, &old_count);
    struct mlt_compat_field *new = mlt_compat_fields(to, part, d->arena, &new_count);
    if (!old || !new)
        return mlt_err_oom(err);
    if (!mlt_compat_pair(old, old_count, new, new_count, d->arena, err))
        return false;
    for (size_t i = 0; i < old_count; i++) {
        if (old[i].other)
            compare(d, &old[i], old[i].other);
        else
            add(d, &old[i], MLT_COMPAT_REMOVED, NULL, NULL);
    }
    for (size_t i = 0; i < new_count; i++)
        if (!new[i].other)
            add(d, &new[i], new[i].demanded ? MLT_COMPAT_ADDED_DEMANDED : MLT_COMPAT_ADDED_OPTIONAL,
                NULL, NULL);
    return true;
}

bool mlt_compat_diff(const struct mlt_contract *from, const struct mlt_contract *to, bool converter,
                     struct mlt_arena *arena, struct mlt_compat_change **out, size_t *out_count,
                     struct mlt_err *err)
{
    static const enum mlt_part parts[] = {MLT_PART_INPUT, MLT_PART_OUTPUT, MLT_PART_SETTING};
    struct differ d = {.arena = arena, .converter = converter};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!diff_part(&d, parts[i], from, to, err))
            return false;
    if (d.oom)
        return mlt_err_oom(err);
    *out = d.items;
    *out_count = d.count;
    return true;
}

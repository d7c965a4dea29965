/* One figure against all that is known of its metric. */
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/documents/check_part.h"
#include "harness/documents/shown.h"

static bool has_slice(const struct mlt_figure_place *place, const struct mlt_known_figure *figure)
{
    size_t len = place->in_column ? strlen(place->in_column) : 0;
    return strcmp(place->slice, figure->slice) == 0 ||
           (len > 0 && strncmp(figure->slice, place->in_column, len) == 0 &&
            figure->slice[len] == '=');
}

static bool has_version(const struct mlt_figure_place *place, const char *version)
{
    if (place->or_others || (place->or_version && strcmp(place->or_version, version) == 0))
        return true;
    return place->version && strcmp(place->version, version) == 0;
}

bool mlt_figure_place_has(const struct mlt_figure_place *place,
                          const struct mlt_known_figure *figure)
{
    return mlt_known_means(&place->metric, figure) && has_slice(place, figure) &&
           has_version(place, figure->version) &&
           (!place->where || strcmp(place->where, figure->where) == 0) &&
           (!*place->case_text || !*figure->case_id ||
            strcmp(place->case_text, figure->case_id) == 0);
}

/* "rmse of `brand = 3`", "rmse of 1.0.0". */
static const char *subject(struct mlt_check *c, const struct mlt_figure_place *place)
{
    const char *metric = mlt_check_safe(c, place->metric_text);
    const char *slice = mlt_check_safe(c, place->slice_text);
    bool other = place->version && strcmp(place->version, c->facts->now.version) != 0;
    const char *text =
        mlt_arena_printf(c->arena, "%s%s%s%s%s%s", metric, *place->slice ? " of `" : "",
                         *place->slice ? slice : "", *place->slice ? "`" : "", other ? " of " : "",
                         other ? mlt_check_safe(c, place->version) : "");
    c->oom = c->oom || !text;
    return text ? text : "";
}

/* "5.82 in metadata.json and 5.8213 in metrics.json", at most three. */
static const char *sources(struct mlt_check *c, const struct mlt_figure_place *place)
{
    struct mlt_buf out = MLT_BUF_INIT;
    char number[MLT_DOUBLE_CHARS];
    size_t said = 0;
    for (size_t i = 0; i < c->known->count && said < 3; i++) {
        const struct mlt_known_figure *f = &c->known->figures[i];
        if (!mlt_figure_place_has(place, f))
            continue;
        mlt_buf_printf(&out, "%s%s in %s", said ? " and " : "",
                       mlt_str_format_double(f->value, number), f->where);
        said++;
    }
    const char *kept = out.oom ? NULL : mlt_arena_strndup(c->arena, out.data, out.len);
    mlt_buf_free(&out);
    c->oom = c->oom || !kept;
    return kept ? kept : "";
}

static bool any(const struct mlt_check *c, const struct mlt_figure_place *place)
{
    for (size_t i = 0; i < c->known->count; i++)
        if (mlt_figure_place_has(place, &c->known->figures[i]))
            return true;
    return false;
}

/* A figure of all rows of this version stands for every figure of its metric. */
static void mark_shown(struct mlt_check *c, const struct mlt_figure_place *place)
{
    if (*place->slice || !place->version || strcmp(place->version, c->facts->now.version) != 0)
        return;
    for (size_t i = 0; i < c->known->count; i++)
        c->shown[i] = c->shown[i] || mlt_known_means(&place->metric, &c->known->figures[i]);
}

static bool relation_holds(const char *sign, const struct mlt_shown *bound, double fact)
{
    double value = bound->percent && fabs(fact) <= 1 ? bound->value / 100 : bound->value;
    bool equal = sign[1] == '=';
    if (sign[0] == '<')
        return fact < value || (equal && fact <= value);
    return fact > value || (equal && fact >= value);
}

static bool some_relation_holds(const struct mlt_check *c, const struct mlt_figure_place *place,
                                const char *sign, const struct mlt_shown *bound)
{
    for (size_t i = 0; i < c->known->count; i++) {
        const struct mlt_known_figure *f = &c->known->figures[i];
        if (mlt_figure_place_has(place, f) && relation_holds(sign, bound, f->value))
            return true;
    }
    return false;
}

static bool some_is(const struct mlt_check *c, const struct mlt_figure_place *place,
                    const struct mlt_shown *shown)
{
    for (size_t i = 0; i < c->known->count; i++) {
        const struct mlt_known_figure *f = &c->known->figures[i];
        if (mlt_figure_place_has(place, f) && mlt_shown_is(shown, f->value))
            return true;
    }
    return false;
}

static bool is_at_hand(const struct mlt_check *c, const char *version)
{
    for (size_t i = 0; i < c->known->count; i++)
        if (strcmp(c->known->figures[i].version, version) == 0)
            return true;
    return false;
}

static void unknown(struct mlt_check *c, const struct mlt_figure_place *place, const char *text)
{
    const char *version = place->version;
    if (version && strcmp(version, c->facts->now.version) != 0 && !is_at_hand(c, version))
        mlt_check_fault(
            c, place->line,
            "%s is %s here, but nothing at hand shows it: no file of %s was found (name "
            "the registry, or the folder of the release before)",
            subject(c, place), mlt_check_safe(c, text), mlt_check_safe(c, version));
    else
        mlt_check_fault(c, place->line,
                        "%s is %s here, but nothing at hand shows it: neither metadata.json nor "
                        "metrics.json nor a run has such a figure",
                        subject(c, place), mlt_check_safe(c, text));
}

static const char *cut(struct mlt_check *c, const char *text, size_t len)
{
    const char *kept = mlt_arena_strndup(c->arena, text, len);
    c->oom = c->oom || !kept;
    return kept ? kept : "";
}

static void check_relation(struct mlt_check *c, const struct mlt_figure_place *place,
                           const char *text)
{
    size_t sign = 1 + (text[1] == '=');
    struct mlt_shown bound;
    if (!mlt_shown_read(mlt_shown_skip(text + sign), &bound)) {
        mlt_check_fault(c, place->line, "%s is `%s` here, which is no figure", subject(c, place),
                        mlt_check_safe(c, text));
    } else if (!any(c, place)) {
        unknown(c, place, text);
    } else if (!some_relation_holds(c, place, text, &bound)) {
        mlt_check_fault(c, place->line, "%s is %s here, but %s", subject(c, place),
                        mlt_check_safe(c, text), sources(c, place));
    } else {
        mark_shown(c, place);
    }
}

static const char *skip_about(const char *text)
{
    static const char *const words[] = {"about ", "around ", "roughly ", "ca. ", "approx. ", "~"};
    text = mlt_shown_skip(text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (mlt_str_starts(text, words[i]))
            return mlt_shown_skip(text + strlen(words[i]));
    return text;
}

static bool some_half_width(const struct mlt_check *c, const struct mlt_figure_place *place,
                            const struct mlt_shown *half)
{
    for (size_t i = 0; i < c->known->count; i++) {
        const struct mlt_known_figure *f = &c->known->figures[i];
        if (mlt_figure_place_has(place, f) &&
            (mlt_shown_is(half, f->high - f->value) || mlt_shown_is(half, f->value - f->low)))
            return true;
    }
    return false;
}

/* What follows a figure in its cell. */
static void check_rest(struct mlt_check *c, const struct mlt_figure_place *place, const char *text,
                       const char *rest, bool cell)
{
    struct mlt_shown low, high;
    size_t len;
    rest = mlt_shown_skip(rest);
    if (mlt_str_starts(rest, "+-")) {
        if (mlt_shown_read(mlt_shown_skip(rest + 2), &low) && !some_half_width(c, place, &low))
            mlt_check_fault(c, place->line,
                            "%s is `%s` here, but no run has an interval of that width",
                            subject(c, place), mlt_check_safe(c, text));
        return;
    }
    if ((*rest == '[' || *rest == '(') && mlt_shown_read_pair(rest, &low, &high, &len)) {
        mlt_check_interval(c, place, rest);
        rest += len;
    }
    if (cell && mlt_shown_any(rest))
        mlt_check_fault(c, place->line,
                        "%s is `%s` here, which holds more than one figure: write the figure, "
                        "with its interval in brackets if it has one",
                        subject(c, place), mlt_check_safe(c, text));
}

void mlt_check_figure(struct mlt_check *c, const struct mlt_figure_place *place, const char *text,
                      bool cell)
{
    struct mlt_shown shown;
    const char *at = skip_about(text);
    if (cell && (*at == '<' || *at == '>')) {
        check_relation(c, place, at);
        return;
    }
    if (!mlt_shown_read(at, &shown)) {
        if (mlt_shown_any(at))
            mlt_check_fault(c, place->line, "%s is `%s` here, which cannot be read as a figure",
                            subject(c, place), mlt_check_safe(c, text));
        return;
    }
    const char *said = cut(c, at, shown.len);
    if (!any(c, place)) {
        unknown(c, place, said);
        return;
    }
    mark_shown(c, place);
    if (some_is(c, place, &shown))
        c->confirmed++;
    else
        mlt_check_fault(c, place->line, "%s is %s here, but %s", subject(c, place),
                        mlt_check_safe(c, said), sources(c, place));
    check_rest(c, place, text, at + shown.len, cell);
}

void mlt_check_interval(struct mlt_check *c, const struct mlt_figure_place *place, const char *text)
{
    struct mlt_shown low, high;
    struct mlt_buf found = MLT_BUF_INIT;
    size_t len;
    bool right = false;
    char a[MLT_DOUBLE_CHARS], b[MLT_DOUBLE_CHARS];
    if (!mlt_shown_read_pair(text, &low, &high, &len)) {
        if (mlt_shown_any(text))
            mlt_check_fault(c, place->line, "the interval of %s is `%s`, which cannot be read",
                            subject(c, place), mlt_check_safe(c, text));
        return;
    }
    for (size_t i = 0; i < c->known->count; i++) {
        const struct mlt_known_figure *f = &c->known->figures[i];
        if (!mlt_figure_place_has(place, f) || isnan(f->low) || isnan(f->high))
            continue;
        right = right || (mlt_shown_is(&low, f->low) && mlt_shown_is(&high, f->high));
        if (found.len < 200)
            mlt_buf_printf(&found, "%s%s to %s in %s", found.len ? " and " : "",
                           mlt_str_format_double(f->low, a), mlt_str_format_double(f->high, b),
                           f->where);
    }
    c->oom = c->oom || found.oom;
    if (!right)
        mlt_check_fault(c, place->line, "the interval of %s is %s here, but %s", subject(c, place),
                        mlt_check_safe(c, cut(c, text, len)),
                        found.len ? found.data : "no run has one of this version");
    mlt_buf_free(&found);
}

void mlt_check_end(struct mlt_check *c, const struct mlt_figure_place *place, const char *text,
                   bool low)
{
    struct mlt_shown shown;
    if (!mlt_shown_read(mlt_shown_skip(text), &shown))
        return;
    for (size_t i = 0; i < c->known->count; i++) {
        const struct mlt_known_figure *f = &c->known->figures[i];
        if (mlt_figure_place_has(place, f) && mlt_shown_is(&shown, low ? f->low : f->high))
            return;
    }
    mlt_check_fault(c, place->line,
                    "the %s end of the interval of %s is %s here, but no run has it",
                    low ? "lower" : "upper", subject(c, place), mlt_check_safe(c, text));
}

void mlt_check_rows(struct mlt_check *c, const struct mlt_figure_place *place, const char *text)
{
    struct mlt_shown shown;
    const struct mlt_known_rows *known = NULL;
    text = skip_about(text);
    if (!mlt_shown_read(text, &shown))
        return;
    for (size_t i = 0; i < c->known->row_count; i++) {
        const struct mlt_known_rows *rows = &c->known->rows[i];
        if (strcmp(rows->slice, place->slice) != 0 || !has_version(place, rows->version))
            continue;
        if (shown.value == (double)rows->rows && !shown.percent)
            return;
        known = known ? known : rows;
    }
    const char *slice = *place->slice ? mlt_check_safe(c, place->slice_text) : "the test data";
    if (known)
        mlt_check_fault(c, place->line, "`%s` has %s rows here, but %lld in %s", slice,
                        mlt_check_safe(c, text), known->rows, known->where);
    else
        mlt_check_fault(c, place->line,
                        "`%s` has %s rows here, but neither metrics.json nor a run says how many",
                        slice, mlt_check_safe(c, text));
}

struct change {
    bool none; /* the document says that nothing changed */
    struct mlt_shown by;
    bool has_share;
    struct mlt_shown share;
    int better; /* 1 better, -1 worse, 0 not said */
};

static bool read_change(const char *text, struct change *out)
{
    *out = (struct change){0};
    text = skip_about(text);
    if (mlt_str_starts(text, "none") || mlt_str_starts(text, "no change") ||
        mlt_str_starts(text, "unchanged")) {
        out->none = true;
        return true;
    }
    if (!mlt_shown_read(text, &out->by))
        return false;
    const char *rest = mlt_shown_skip(text + out->by.len);
    out->has_share = *rest == '(' && mlt_shown_read(mlt_shown_skip(rest + 1), &out->share);
    out->better = strstr(rest, "better") ? 1 : strstr(rest, "worse") ? -1 : 0;
    return true;
}

static bool share_is(const struct mlt_shown *share, double part, bool any_sign)
{
    struct mlt_shown s = *share;
    s.percent = true;
    return isfinite(part) && (mlt_shown_is(&s, part) || (any_sign && mlt_shown_is(&s, fabs(part))));
}

static bool change_is(const struct change *said, const struct mlt_known_figure *now,
                      const struct mlt_known_figure *old)
{
    double by = now->value - old->value, part = by / fabs(old->value);
    int direction = mlt_metric_direction(now->bare);
    if (said->none)
        return fabs(by) <= 5e-4 * fabs(old->value);
    if (said->better && direction && (by > 0 ? 1 : -1) * direction != said->better)
        return false;
    if (said->has_share && !share_is(&said->share, part, true))
        return false;
    return mlt_shown_is(&said->by, by) || (said->by.percent && share_is(&said->by, part, false));
}

void mlt_check_change(struct mlt_check *c, const struct mlt_figure_place *place, const char *other,
                      const char *text)
{
    struct mlt_figure_place before = *place;
    struct change said;
    const struct mlt_known_figure *now = NULL, *old = NULL;
    char a[MLT_DOUBLE_CHARS], b[MLT_DOUBLE_CHARS];
    if (!read_change(text, &said))
        return;
    before.version = other;
    before.or_others = !other;
    for (size_t i = 0; i < c->known->count; i++) {
        const struct mlt_known_figure *f = &c->known->figures[i];
        if (!mlt_figure_place_has(place, f))
            continue;
        for (size_t k = 0; k < c->known->count; k++) {
            const struct mlt_known_figure *g = &c->known->figures[k];
            if (!mlt_figure_place_has(&before, g) || strcmp(g->version, f->version) == 0)
                continue;
            if (change_is(&said, f, g))
                return;
            if (!now) {
                now = f;
                old = g;
            }
        }
    }
    if (now)
        mlt_check_fault(
            c, place->line,
            "the change of %s is `%s` here, but from %s in %s to %s in %s it is another",
            subject(c, place), mlt_check_safe(c, text), mlt_str_format_double(old->value, a),
            old->where, mlt_str_format_double(now->value, b), now->where);
    else
        mlt_check_fault(
            c, place->line,
            "the change of %s is `%s` here, but no figure of another version is at hand",
            subject(c, place), mlt_check_safe(c, text));
}

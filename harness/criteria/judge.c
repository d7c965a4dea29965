#include "harness/criteria/judge.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/criteria/judgement.h"

static bool matches_case(const struct mlt_measurement *m, const char *case_id)
{
    return case_id == NULL || mlt_str_eq(m->case_id, case_id);
}

static bool matches(const struct mlt_sentence *s, const struct mlt_measurement *m,
                    const char *case_id)
{
    if (!matches_case(m, case_id) || !mlt_str_eq(m->metric, s->metric))
        return false;
    if (s->by_column != NULL)
        return mlt_str_eq(m->slice_column, s->by_column);
    if (s->for_column != NULL)
        return mlt_str_eq(m->slice_column, s->for_column) &&
               mlt_str_eq(m->slice_value, s->for_value);
    return m->slice_column == NULL;
}

static bool append(struct mlt_findings *out, const struct mlt_finding *finding,
                   struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_finding *items =
        mlt_arena_grow(arena, out->items, out->count, &out->capacity, sizeof *items);
    if (items == NULL)
        return mlt_err_oom(err);
    out->items = items;
    out->items[out->count++] = *finding;
    return true;
}

static enum mlt_rule choose_rule(const struct mlt_sentence *s,
                                 const struct mlt_judge_defaults *defaults)
{
    if (s->rule != MLT_RULE_DEFAULT)
        return s->rule;
    if (s->by_column != NULL)
        return defaults->slice_rule != MLT_RULE_DEFAULT ? defaults->slice_rule
                                                        : MLT_RULE_NOT_SHOWN_WORSE;
    return defaults->rule != MLT_RULE_DEFAULT ? defaults->rule : MLT_RULE_NON_INFERIOR;
}

static double choose_alpha(const struct mlt_sentence *s, const struct mlt_judge_defaults *defaults)
{
    double alpha = isnan(s->alpha) ? defaults->alpha : s->alpha;
    return alpha > 0 && alpha < 0.5 ? alpha : 0.05;
}

static struct mlt_judgement start(const struct mlt_sentence *s, const struct mlt_measurement *m,
                                  const struct mlt_judge_defaults *defaults,
                                  struct mlt_arena *arena)
{
    struct mlt_judgement j = {.sentence = s, .m = m, .arena = arena};
    j.finding = mlt_finding_none();
    j.se = j.plain = j.plain_se = j.df = NAN;
    j.alpha = choose_alpha(s, defaults);
    j.finding.criterion = s->text;
    j.finding.metric = s->metric;
    j.finding.rule = choose_rule(s, defaults);
    j.finding.alpha = j.alpha;
    j.finding.is_comparison = s->kind != MLT_SENTENCE_ABSOLUTE;
    j.finding.lower_is_better = s->upper;
    j.finding.slice_column = s->by_column != NULL ? s->by_column : s->for_column;
    j.finding.slice_value = s->for_value;
    if (m == NULL)
        return j;
    j.finding.case_id = m->case_id;
    j.finding.unit = m->unit;
    j.finding.slice_column = m->slice_column;
    j.finding.slice_value = m->slice_value;
    j.finding.definition = m->definition;
    if (j.finding.is_comparison)
        j.finding.lower_is_better = m->direction == MLT_LOWER_IS_BETTER;
    j.finding.candidate = m->candidate;
    j.finding.baseline = m->baseline;
    j.finding.rows = m->rows;
    j.finding.positives = m->positives;
    j.finding.clusters = m->clusters;
    j.finding.differing = m->differing;
    return j;
}

/* Why the sentence's number cannot be held against this measurement; NULL when it can. */
static const char *unit_conflict(const struct mlt_judgement *j)
{
    const struct mlt_sentence *s = j->sentence;
    const char *has = j->m->unit == NULL ? "" : j->m->unit, *asks = s->unit;
    if (s->kind == MLT_SENTENCE_NO_WORSE || (s->kind == MLT_SENTENCE_WITHIN && s->absolute == 0))
        return NULL;
    bool bare = has[0] == '\0' || strcmp(has, "share") == 0 || strcmp(has, "%") == 0;
    if (strcmp(asks, "share") == 0)
        return bare ? NULL : "a share (%)";
    if (asks[0] == '\0')
        return strcmp(has, "s") == 0 || strcmp(has, "bytes") == 0 ? "a number without a unit"
                                                                  : NULL;
    if (strcmp(asks, has) == 0)
        return NULL;
    return strcmp(asks, "s") == 0 ? "a time" : strcmp(asks, "bytes") == 0 ? "a size" : "a rate";
}

static const char *unit_words(const char *unit)
{
    if (unit == NULL || unit[0] == '\0')
        return "has no unit";
    if (strcmp(unit, "s") == 0)
        return "is a time (write 50ms or 2s)";
    if (strcmp(unit, "bytes") == 0)
        return "is a size (write 512MiB)";
    if (strcmp(unit, "1/s") == 0)
        return "is a rate (write 200/s)";
    return "has another unit";
}

static bool judge_number(struct mlt_judgement *j, const char *whose, double value, bool *done,
                         struct mlt_err *err)
{
    const char *metric = j->finding.metric;
    *done = true;
    if (isfinite(value)) {
        *done = false;
        return true;
    }
    if (isnan(value) && j->m->undefined != NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                                 "%s has no value for the %s: %s (%llu rows)", metric, whose,
                                 j->m->undefined, (unsigned long long)j->m->rows);
    return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "%s of the %s is %s, not a number",
                             metric, whose, isnan(value) ? "NaN" : "infinite");
}

/* Whether there is something to compare with. */
static bool judge_baseline(struct mlt_judgement *j, bool *done, struct mlt_err *err)
{
    const struct mlt_measurement *m = j->m;
    *done = true;
    if (m->direction != MLT_LOWER_IS_BETTER && m->direction != MLT_HIGHER_IS_BETTER)
        return mlt_judgement_end(
            j, err, MLT_VERDICT_INVALID,
            "%s has no worse direction, so it cannot be compared with %s; give "
            "it an absolute limit",
            j->finding.metric, j->sentence->reference);
    if (isnan(m->baseline) && m->undefined == NULL)
        return mlt_judgement_end(
            j, err, MLT_VERDICT_INVALID,
            "%s was measured without a baseline, so it cannot be compared with %s; a first release "
            "declares \"baseline: none\" and has absolute limits only",
            j->finding.metric, j->sentence->reference);
    return judge_number(j, "baseline", m->baseline, done, err);
}

static bool judge_minimum(struct mlt_judgement *j, bool *done, struct mlt_err *err)
{
    const struct mlt_measurement *m = j->m;
    const char *what = NULL;
    uint64_t has = 0, wants = 0;
    bool same = j->sentence->kind == MLT_SENTENCE_WITHIN && mlt_judgement_identical(j) &&
                m->rows >= mlt_judgement_identical_rows(j->alpha);
    if (m->clusters < m->min_clusters) {
        what = m->method == MLT_INTERVAL_BLOCKS ? "time blocks" : "clusters";
        has = m->clusters;
        wants = m->min_clusters;
    } else if (m->rows < m->min_rows && !same) {
        what = "rows";
        has = m->rows;
        wants = m->min_rows;
    } else if (m->positives < m->min_positives && !same) {
        what = "positive rows";
        has = m->positives;
        wants = m->min_positives;
    }
    *done = what != NULL;
    if (what == NULL)
        return true;
    if (has > 0 && m->rows > 0)
        j->finding.rows_needed = (m->rows * wants + has - 1) / has;
    return mlt_judgement_end(
        j, err, MLT_VERDICT_INCONCLUSIVE, "%llu %s are too few to judge %s: it needs at least %llu",
        (unsigned long long)has, what, j->finding.metric, (unsigned long long)wants);
}

/* The evidence itself, before any arithmetic: `*done` when it already decides. */
static bool judge_evidence(struct mlt_judgement *j, bool *done, struct mlt_err *err)
{
    const struct mlt_measurement *m = j->m;
    const char *conflict = unit_conflict(j);
    *done = true;
    if (conflict != NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "%s %s, but the sentence gives %s",
                                 j->finding.metric, unit_words(m->unit), conflict);
    if (!isfinite(j->sentence->limit) || !isfinite(j->sentence->relative) ||
        !isfinite(j->sentence->absolute))
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "the threshold is not a number");
    if (m->invalid != NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "%s: %s", j->finding.metric,
                                 m->invalid);
    if (m->candidate_missing > 0) {
        j->finding.p_fail = 0;
        return mlt_judgement_end(
            j, err, MLT_VERDICT_FAIL,
            "the candidate gave no usable prediction for %llu rows that can be "
            "scored (%llu were): a model must not drop the hard rows",
            (unsigned long long)m->candidate_missing, (unsigned long long)m->rows);
    }
    if (m->rows == 0)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "%s was measured on no rows",
                                 j->finding.metric);
    if (!judge_number(j, "candidate", m->candidate, done, err))
        return false;
    if (*done || !j->finding.is_comparison)
        return true;
    return judge_baseline(j, done, err);
}

static bool judge_one(struct mlt_judgement *j, struct mlt_err *err)
{
    bool done;
    if (!judge_evidence(j, &done, err))
        return false;
    if (done)
        return true;
    if (!judge_minimum(j, &done, err))
        return false;
    return done || mlt_judgement_decide(j, err);
}

enum name_of { NAME_METRIC, NAME_COLUMN, NAME_VALUE };

/* The distinct names that the case's measurements have, NULL-terminated: metrics, or the slice
 * columns of the sentence's metric, or the values of its column. NULL when memory is out. */
static const char **collect(const struct mlt_sentence *s, const char *case_id, enum name_of which,
                            const struct mlt_measurement *measurements, size_t count,
                            struct mlt_arena *arena)
{
    const char **names = mlt_arena_calloc(arena, count + 1, sizeof *names);
    size_t used = 0;
    for (size_t i = 0; names != NULL && i < count; i++) {
        const struct mlt_measurement *m = &measurements[i];
        if (!matches_case(m, case_id))
            continue;
        if (which != NAME_METRIC && !mlt_str_eq(m->metric, s->metric))
            continue;
        if (which == NAME_VALUE && !mlt_str_eq(m->slice_column, s->for_column))
            continue;
        const char *name = which == NAME_METRIC   ? m->metric
                           : which == NAME_COLUMN ? m->slice_column
                                                  : m->slice_value;
        bool seen = name == NULL;
        for (size_t k = 0; !seen && k < used; k++)
            seen = strcmp(names[k], name) == 0;
        if (!seen)
            names[used++] = name;
    }
    return names;
}

/* "; did you mean …?" or "; there are a, b and 3 more", in the arena. */
static const char *suggest(const char *word, const char *const *names, struct mlt_arena *arena)
{
    enum { MOST = 6 };
    const char *nearest = mlt_str_nearest(word, names);
    if (nearest != NULL)
        return mlt_arena_printf(arena, "; did you mean \"%s\"?", nearest);
    const char *text = names[0] == NULL ? "" : "; there is ";
    size_t i = 0;
    for (; names[i] != NULL && i < MOST && text != NULL; i++)
        text = mlt_arena_printf(arena, "%s%s%s", text, i == 0 ? "" : ", ", names[i]);
    size_t rest = 0;
    while (names[i + rest] != NULL)
        rest++;
    return rest == 0 || text == NULL ? text
                                     : mlt_arena_printf(arena, "%s and %zu more", text, rest);
}

/* No measurement fits: `invalid`, with what is nearest. */
static bool judge_absent(const struct mlt_sentence *s, const char *case_id,
                         const struct mlt_measurement *measurements, size_t count,
                         struct mlt_judgement *j, struct mlt_err *err)
{
    const char *where = case_id == NULL ? "" : " in ", *name = case_id == NULL ? "" : case_id;
    const char **metrics = collect(s, case_id, NAME_METRIC, measurements, count, j->arena);
    const char **columns = collect(s, case_id, NAME_COLUMN, measurements, count, j->arena);
    const char **values = collect(s, case_id, NAME_VALUE, measurements, count, j->arena);
    if (metrics == NULL || columns == NULL || values == NULL)
        return mlt_err_oom(err);
    j->finding.case_id = case_id;
    bool measured = false;
    for (size_t i = 0; metrics[i] != NULL; i++)
        measured = measured || strcmp(metrics[i], s->metric) == 0;
    const char *hint = !measured      ? suggest(s->metric, metrics, j->arena)
                       : s->by_column ? suggest(s->by_column, columns, j->arena)
                       : values[0] == NULL
                           ? suggest(s->for_column ? s->for_column : "", columns, j->arena)
                           : suggest(s->for_value, values, j->arena);
    if (hint == NULL)
        return mlt_err_oom(err);
    if (metrics[0] == NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "nothing was measured%s%s", where,
                                 name);
    if (!measured)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "nobody measured \"%s\"%s%s%s",
                                 s->metric, where, name, hint);
    if (s->by_column != NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "%s was not measured by \"%s\"%s%s%s",
                                 s->metric, s->by_column, where, name, hint);
    if (s->for_column != NULL && values[0] == NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "%s was not measured by \"%s\"%s%s%s",
                                 s->metric, s->for_column, where, name, hint);
    if (s->for_column != NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID,
                                 "the data has no slice %s == %s%s%s%s", s->for_column,
                                 s->for_value, where, name, hint);
    return mlt_judgement_end(j, err, MLT_VERDICT_INVALID,
                             "%s was measured on slices only, not on all rows%s%s", s->metric,
                             where, name);
}

bool mlt_judge_sentence(const struct mlt_sentence *sentence, const char *case_id,
                        const struct mlt_measurement *measurements, size_t count,
                        const struct mlt_judge_defaults *defaults, struct mlt_arena *arena,
                        struct mlt_findings *out, struct mlt_err *err)
{
    size_t before = out->count;
    for (size_t i = 0; i < count; i++) {
        if (!matches(sentence, &measurements[i], case_id))
            continue;
        struct mlt_judgement j = start(sentence, &measurements[i], defaults, arena);
        if (!judge_one(&j, err) || !append(out, &j.finding, arena, err))
            return false;
    }
    if (out->count > before)
        return true;
    struct mlt_judgement j = start(sentence, NULL, defaults, arena);
    return judge_absent(sentence, case_id, measurements, count, &j, err) &&
           append(out, &j.finding, arena, err);
}

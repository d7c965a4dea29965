#include "harness/criteria/judge.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/criteria/judgement.h"
#include "harness/domain/slice.h"

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
        return mlt_slice_same_columns(m->slice_column, s->by_column);
    if (s->for_column != NULL)
        return mlt_slice_same(m->slice_column, m->slice_value, s->for_column, s->for_value);
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

/* "Better than" is a claim of its own, and equivalence needs a margin: no default replaces them by
 * a rule that asks for less. */
static enum mlt_rule choose_rule(const struct mlt_sentence *s,
                                 const struct mlt_judge_defaults *defaults)
{
    enum mlt_rule usual = defaults->rule, milder = defaults->slice_rule;
    if (usual == MLT_RULE_DEFAULT)
        usual = MLT_RULE_NON_INFERIOR;
    if (milder == MLT_RULE_DEFAULT)
        milder = MLT_RULE_NOT_SHOWN_WORSE;
    enum mlt_rule rule = s->rule != MLT_RULE_DEFAULT ? s->rule
                         : s->by_column != NULL      ? milder
                                                     : usual;
    if (s->kind == MLT_SENTENCE_BETTER)
        return rule == MLT_RULE_POINT ? rule : MLT_RULE_SUPERIOR;
    bool fits = rule != MLT_RULE_SUPERIOR &&
                (rule != MLT_RULE_EQUIVALENT || s->kind == MLT_SENTENCE_WITHIN);
    return fits ? rule : MLT_RULE_NON_INFERIOR;
}

/* What look number `looks` may spend; see judge.h. */
static double choose_alpha(const struct mlt_sentence *s, const struct mlt_judge_defaults *defaults)
{
    double alpha = isnan(s->alpha) ? defaults->alpha : s->alpha;
    return ldexp(alpha > 0 && alpha < 0.5 ? alpha : 0.05,
                 -(int)(defaults->looks < 64 ? defaults->looks : 64));
}

static struct mlt_judgement start(const struct mlt_sentence *s, const struct mlt_measurement *m,
                                  const struct mlt_judge_defaults *defaults,
                                  struct mlt_arena *arena)
{
    struct mlt_judgement j = {.sentence = s, .m = m, .arena = arena};
    j.finding = mlt_finding_none();
    j.near = j.far = j.plain = mlt_side_none();
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
    if (m->weighting != NULL)
        j.finding.effective_rows = m->effective_rows;
    return j;
}

/* Why the sentence's number cannot be held against this measurement; NULL when it can. */
static const char *unit_conflict(const struct mlt_judgement *j)
{
    const struct mlt_sentence *s = j->sentence;
    const char *has = j->m->unit == NULL ? "" : j->m->unit, *asks = s->unit;
    if (s->kind != MLT_SENTENCE_ABSOLUTE && s->absolute == 0)
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
    if (m->direction != MLT_LOWER_IS_BETTER && m->direction != MLT_HIGHER_IS_BETTER &&
        j->finding.rule != MLT_RULE_EQUIVALENT)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID,
                                 "%s has no worse direction, so it cannot be compared with %s; "
                                 "give it an absolute limit "
                                 "or \"rule equivalent\"",
                                 j->finding.metric, j->sentence->reference);
    if (isnan(m->baseline) && m->undefined == NULL)
        return mlt_judgement_end(
            j, err, MLT_VERDICT_INVALID,
            "%s was measured without a baseline, so it cannot be compared with %s; a first release "
            "declares \"baseline: none\" and has absolute limits only",
            j->finding.metric, j->sentence->reference);
    return judge_number(j, "baseline", m->baseline, done, err);
}

/* What `count` rows are worth where rows have weights: as many as carry the same information. */
static uint64_t worth(const struct mlt_measurement *m, uint64_t count)
{
    double share = m->effective_rows / (double)m->rows;
    return m->weighting == NULL ? count : share < 1 ? (uint64_t)(share * (double)count) : count;
}

struct shortage {
    const char *what;
    uint64_t has, wants;
};

/* The first of the metric's minima that is not met; identical predictions need no spread. */
static struct shortage find_shortage(const struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    uint64_t rows = worth(m, m->rows), positives = worth(m, m->positives);
    uint64_t negatives = m->rows > m->positives ? worth(m, m->rows - m->positives) : 0;
    bool same = j->sentence->kind == MLT_SENTENCE_WITHIN && mlt_judgement_identical(j) &&
                rows >= mlt_judgement_identical_rows(j->alpha);
    if (m->clusters < m->min_clusters)
        return (struct shortage){m->method == MLT_INTERVAL_BLOCKS ? "time blocks" : "clusters",
                                 m->clusters, m->min_clusters};
    if (rows < m->min_rows && !same)
        return (struct shortage){"rows", rows, m->min_rows};
    if (positives < m->min_positives && !same)
        return (struct shortage){"positive rows", positives, m->min_positives};
    if (negatives < m->min_negatives && !same)
        return (struct shortage){"negative rows", negatives, m->min_negatives};
    if (worth(m, m->rarest) < m->min_rarest && !same)
        return (struct shortage){"rows of the rarest class", worth(m, m->rarest), m->min_rarest};
    return (struct shortage){NULL, 0, 0};
}

static bool judge_minimum(struct mlt_judgement *j, bool *done, struct mlt_err *err)
{
    const struct mlt_measurement *m = j->m;
    struct shortage lack = find_shortage(j);
    *done = lack.what != NULL;
    if (lack.what == NULL)
        return true;
    if (lack.has > 0 && m->rows > 0)
        j->finding.rows_needed = (m->rows * lack.wants + lack.has - 1) / lack.has;
    bool weighted = m->weighting != NULL && strstr(lack.what, "rows") != NULL;
    return mlt_judgement_end(
        j, err, MLT_VERDICT_INCONCLUSIVE,
        weighted ? "%llu effective %s are too few to judge %s: it needs at least %llu (%llu rows "
                   "with weights are worth %.4g)"
                 : "%llu %s are too few to judge %s: it needs at least %llu",
        (unsigned long long)lack.has, lack.what, j->finding.metric, (unsigned long long)lack.wants,
        (unsigned long long)m->rows, m->effective_rows);
}

/* Counts and weights that no data could have given. */
static const char *contradiction(const struct mlt_measurement *m)
{
    if (m->weighting != NULL && !(m->effective_rows > 0))
        return "its rows have weights, but what they are worth is not known";
    if (m->positives > m->rows && m->weighting == NULL)
        return "it has more positive rows than rows";
    return NULL;
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
    if (contradiction(m) != NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "%s: %s", j->finding.metric,
                                 contradiction(m));
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
    return mlt_judgement_absent(sentence, case_id, measurements, count, &j, err) &&
           append(out, &j.finding, arena, err);
}

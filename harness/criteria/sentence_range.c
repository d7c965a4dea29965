#include "harness/criteria/sentence_range.h"

#include <math.h>
#include <string.h>

#include "harness/stats/elementary.h"

/* What a value of the metric can be at all, without its parameter (the "@10" of "ndcg@10"). What is
 * not here may be anything. */
static const struct range {
    const char *metric;
    double least, most;
    bool higher_is_better;
} ranges[] = {
    {"accuracy", 0, 1, true},
    {"balanced_accuracy", 0, 1, true},
    {"precision", 0, 1, true},
    {"recall", 0, 1, true},
    {"specificity", 0, 1, true},
    {"f1", 0, 1, true},
    {"f", 0, 1, true},
    {"macro_f1", 0, 1, true},
    {"micro_f1", 0, 1, true},
    {"weighted_f1", 0, 1, true},
    {"token_f1", 0, 1, true},
    {"exact_match", 0, 1, true},
    {"auc", 0, 1, true},
    {"ovr_auc", 0, 1, true},
    {"pr_auc", 0, 1, true},
    {"ks", 0, 1, true},
    {"recall_at_precision", 0, 1, true},
    {"ovr_auc", 0, 1, true},
    {"top", 0, 1, true},
    {"ndcg", 0, 1, true},
    {"ndcg_linear", 0, 1, true},
    {"recall_at", 0, 1, true},
    {"precision_at", 0, 1, true},
    {"map", 0, 1, true},
    {"mrr", 0, 1, true},
    {"mcc", -1, 1, true},
    {"kappa", -1, 1, true},
    {"spearman", -1, 1, true},
    {"kendall", -1, 1, true},
    {"brier", 0, 1, false},
    {"ece", 0, 1, false},
    {"error_rate", 0, 1, false},
    {"r2", -INFINITY, 1, true},
    {"rmse", 0, INFINITY, false},
    {"mae", 0, INFINITY, false},
    {"mape", 0, INFINITY, false},
    {"pinball", 0, INFINITY, false},
    {"max_error", 0, INFINITY, false},
    {"logloss", 0, INFINITY, false},
    {"lift", 0, INFINITY, true},
};

/* Means of one figure per query, each within the range. */
static const char *const means_of_queries[] = {"ndcg",      "ndcg_linear",  "map", "mrr",
                                               "recall_at", "precision_at", NULL};

static const struct range *find(const char *metric)
{
    size_t len = strcspn(metric, "@");
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (strlen(ranges[i].metric) == len && strncmp(ranges[i].metric, metric, len) == 0)
            return &ranges[i];
    return NULL;
}

/* No two values of the range are further apart than the margin. */
static bool always_within(const struct mlt_sentence *s, const struct range *r)
{
    if (s->absolute >= r->most - r->least)
        return true;
    bool both_sides = s->rule == MLT_RULE_EQUIVALENT;
    return s->relative >= 1 && !both_sides && r->higher_is_better && r->least == 0;
}

/* No value of the range is so much better than another. */
static bool never_better(const struct mlt_sentence *s, const struct range *r)
{
    if (s->absolute >= r->most - r->least)
        return true;
    return s->relative >= 1 && !r->higher_is_better && r->least == 0;
}

/* Every value of the range on the near side of the limit. */
static bool always(const struct mlt_sentence *s, const struct range *r)
{
    if (s->kind != MLT_SENTENCE_ABSOLUTE)
        return s->kind == MLT_SENTENCE_WITHIN && always_within(s, r);
    if (s->upper)
        return s->strict ? s->limit > r->most : s->limit >= r->most;
    return s->strict ? s->limit < r->least : s->limit <= r->least;
}

static bool never(const struct mlt_sentence *s, const struct range *r)
{
    if (s->kind != MLT_SENTENCE_ABSOLUTE)
        return s->kind == MLT_SENTENCE_BETTER && never_better(s, r);
    if (s->upper)
        return s->strict ? s->limit <= r->least : s->limit < r->least;
    return s->strict ? s->limit >= r->most : s->limit > r->most;
}

const char *mlt_sentence_range_fault(const struct mlt_sentence *sentence)
{
    const struct range *range = find(sentence->metric);
    if (!range || sentence->kind == MLT_SENTENCE_NO_WORSE)
        return NULL;
    if (always(sentence, range))
        return "always holds";
    return never(sentence, range) ? "can never hold" : NULL;
}

double mlt_metric_reach(const char *metric, double minority)
{
    const struct range *range = find(metric);
    size_t len = strcspn(metric, "@");
    if (range == NULL || !isfinite(range->most - range->least))
        return NAN;
    for (size_t i = 0; means_of_queries[i] != NULL; i++)
        if (strlen(means_of_queries[i]) == len && strncmp(means_of_queries[i], metric, len) == 0)
            return range->most - range->least;
    return minority > 0 ? (range->most - range->least) / minority : NAN;
}

void mlt_metric_name_range(const char *metric, double *least, double *most)
{
    const struct range *range = find(metric);
    *least = range == NULL ? -INFINITY : range->least;
    *most = range == NULL ? INFINITY : range->most;
}

bool mlt_metric_is_maximum(const char *metric)
{
    return strcmp(metric, "ks") == 0;
}

double mlt_metric_overshoot(const char *metric, double value, double rows)
{
    if (strcmp(metric, "pr_auc") != 0 || !(rows > 1))
        return 0;
    double harmonic = mlt_log(rows) + 0.57721566490153286 + 0.5 / rows;
    return (1 - value) * (harmonic - 1) / (rows - 1);
}

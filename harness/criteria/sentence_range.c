#include "harness/criteria/sentence_range.h"

#include <math.h>
#include <string.h>

/* What a value of the metric can be at all; see harness/metrics and suites/performance. */
static const struct range {
    const char *metric;
    double least, most;
    bool higher_is_better;
} ranges[] = {
    {"accuracy", 0, 1, true},  {"balanced_accuracy", 0, 1, true}, {"precision", 0, 1, true},
    {"recall", 0, 1, true},    {"specificity", 0, 1, true},       {"f1", 0, 1, true},
    {"macro_f1", 0, 1, true},  {"auc", 0, 1, true},               {"brier", 0, 1, false},
    {"error_rate", 0, 1, false}, {"r2", -INFINITY, 1, true},      {"rmse", 0, INFINITY, false},
    {"mae", 0, INFINITY, false}, {"logloss", 0, INFINITY, false},
};

static const struct range *find(const char *metric)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (strcmp(ranges[i].metric, metric) == 0)
            return &ranges[i];
    return NULL;
}

/* Every value of the range on the near side of the limit. */
static bool always(const struct mlt_sentence *s, const struct range *r)
{
    if (s->kind == MLT_SENTENCE_WITHIN)
        return s->absolute >= r->most - r->least ||
               (s->relative >= 1 && r->higher_is_better && r->least == 0);
    if (s->upper)
        return s->strict ? s->limit > r->most : s->limit >= r->most;
    return s->strict ? s->limit < r->least : s->limit <= r->least;
}

static bool never(const struct mlt_sentence *s, const struct range *r)
{
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
    return sentence->kind == MLT_SENTENCE_ABSOLUTE && never(sentence, range) ? "can never hold" : NULL;
}

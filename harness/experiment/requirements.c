#include "harness/experiment/requirements.h"

#include <string.h>

#include "harness/base/str.h"
#include "harness/criteria/sentence.h"

static const struct mlt_experiment_metric *find_metric(const struct mlt_experiment *e,
                                                       const char *name)
{
    for (size_t i = 0; i < e->metrics; i++)
        if (mlt_str_eq(e->metric[i].name, name))
            return &e->metric[i];
    return NULL;
}

static bool unknown_metric(const struct mlt_experiment *e, const struct mlt_sentence *s,
                           struct mlt_err *err)
{
    const char *names[MLT_EXPERIMENT_MAX_METRICS + 1];
    for (size_t i = 0; i < e->metrics; i++)
        names[i] = e->metric[i].name;
    names[e->metrics] = NULL;
    const char *nearest = mlt_str_nearest(s->metric, names);
    return mlt_err_set(err, MLT_ERR_USAGE, "\"%s\": no metric is called \"%s\"; %s \"%s\"", s->text,
                       s->metric, nearest ? "did you mean" : "the first one is",
                       nearest ? nearest : names[0]);
}

static bool check_slice(const struct mlt_experiment *e, const struct mlt_sentence *s,
                        struct mlt_err *err)
{
    if (s->by_column != NULL)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%s\": an experiment has no slices; every treatment is judged anyway",
                           s->text);
    if (s->for_column == NULL)
        return true;
    if (!mlt_str_eq(s->for_column, e->variant) || e->arms == 2)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%s\": an experiment has no slices; \"for %s == …\" names one of "
                           "several treatments",
                           s->text, e->variant);
    for (size_t a = 1; a < e->arms; a++)
        if (mlt_str_eq(s->for_value, e->arm[a]))
            return true;
    return mlt_err_set(err, MLT_ERR_USAGE, "\"%s\": \"%s\" is not a treatment", s->text,
                       s->for_value);
}

static bool check_sentence(const struct mlt_experiment *e, const struct mlt_sentence *s,
                           struct mlt_err *err)
{
    const struct mlt_experiment_metric *metric = find_metric(e, s->metric);
    if (metric == NULL)
        return unknown_metric(e, s, err);
    if (s->kind != MLT_SENTENCE_ABSOLUTE && !metric->direction_declared &&
        mlt_experiment_metric_may_be_lower(metric->name))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%s\": say whether a lower or a higher %s is better: write \"%s "
                           "lower\" or \"%s higher\"",
                           s->text, metric->name, metric->text, metric->text);
    return check_slice(e, s, err);
}

/* The sentence with its treatment named behind the metric, which is its first word. */
static const char *name_treatment(const struct mlt_experiment *e, const char *sentence, size_t arm,
                                  struct mlt_arena *arena, struct mlt_err *err)
{
    const char *value = e->arm[arm], *column = e->variant;
    size_t start = strspn(sentence, " \t");
    size_t end = start + strcspn(sentence + start, " \t<>=!,");
    bool twice = (strchr(value, '"') || strchr(column, '"')) &&
                 (strchr(value, '\'') || strchr(column, '\''));
    if (twice) {
        mlt_err_set(err, MLT_ERR_USAGE, "the names \"%s\" and \"%s\" have both kinds of quotes",
                    column, value);
        return NULL;
    }
    char quote = strchr(value, '"') || strchr(column, '"') ? '\'' : '"';
    const char *text =
        mlt_arena_printf(arena, "%.*s for %c%s%c == %c%s%c%s%s", (int)(end - start),
                         sentence + start, quote, column, quote, quote, value, quote,
                         sentence[end] == ' ' || sentence[end] == '\t' ? "" : " ", sentence + end);
    if (text == NULL)
        mlt_err_oom(err);
    return text;
}

/* Names that mean something else in sentences. */
static bool check_names(const struct mlt_experiment *e, struct mlt_err *err)
{
    for (size_t i = 0; i < e->metrics; i++) {
        const char *name = e->metric[i].name;
        if (mlt_str_eq(name, "latency") || mlt_str_eq(name, "rss"))
            return mlt_err_set(
                err, MLT_ERR_USAGE,
                "\"%s\": in sentences %s is what the performance suite measures; call "
                "this metric otherwise, for example mean_%s",
                e->metric[i].text, name, name);
    }
    return true;
}

bool mlt_experiment_requirements(const struct mlt_experiment *e, const char *const *sentence,
                                 size_t count, struct mlt_arena *arena, const char *const **out,
                                 size_t *out_count, struct mlt_err *err)
{
    size_t used = 0;
    const char **text = mlt_arena_calloc(arena, count * (e->arms - 1), sizeof *text);
    if (text == NULL)
        return mlt_err_oom(err);
    if (count > 0 && !check_names(e, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct mlt_sentence parsed;
        if (!mlt_sentence_parse(sentence[i], arena, &parsed, err) ||
            !check_sentence(e, &parsed, err))
            return false;
        bool one = e->arms == 2 || parsed.for_column != NULL;
        for (size_t a = 1; a < (one ? 2 : e->arms); a++) {
            text[used] = one ? parsed.text : name_treatment(e, sentence[i], a, arena, err);
            if (text[used++] == NULL)
                return false;
        }
    }
    *out = text;
    *out_count = used;
    return true;
}

#include "harness/experiment/experiment.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "harness/base/str.h"

enum { MAX_TEXT_BYTES = 1000 };

static const char *const kind_names[] = {"mean", "proportion", "ratio", NULL};

const char *mlt_experiment_kind_name(enum mlt_experiment_kind kind)
{
    return kind_names[kind];
}

struct reader {
    const char *text, *at;
    struct mlt_arena *arena;
    struct mlt_err *err;
};

static bool fault(const struct reader *r, const char *expected, const char *hint)
{
    return mlt_err_set(r->err, MLT_ERR_USAGE, "\"%s\": column %zu: expected %s%s%s%s", r->text,
                       (size_t)(r->at - r->text) + 1, expected, hint ? "; did you mean \"" : "",
                       hint ? hint : "", hint ? "\"?" : "");
}

static void skip_spaces(struct reader *r)
{
    r->at += strspn(r->at, " \t");
}

static bool take(struct reader *r, char c)
{
    skip_spaces(r);
    if (*r->at != c)
        return false;
    r->at++;
    return true;
}

/* A word of letters, digits and "_.-"; empty when there is none. */
static bool read_word(struct reader *r, const char **out)
{
    skip_spaces(r);
    size_t len = 0;
    while (isalnum((unsigned char)r->at[len]) || (r->at[len] && strchr("_.-", r->at[len])))
        len++;
    *out = mlt_arena_strndup(r->arena, r->at, len);
    r->at += len;
    return *out != NULL || mlt_err_oom(r->err);
}

/* A column's name up to one of `ends`, without the spaces around it. */
static bool read_column(struct reader *r, const char *ends, const char **out)
{
    skip_spaces(r);
    size_t len = strcspn(r->at, ends);
    while (len > 0 && (r->at[len - 1] == ' ' || r->at[len - 1] == '\t'))
        len--;
    if (len == 0)
        return fault(r, "the name of a column", NULL);
    *out = mlt_arena_strndup(r->arena, r->at, len);
    r->at += len;
    return *out != NULL || mlt_err_oom(r->err);
}

static bool read_kind(struct reader *r, struct mlt_experiment_metric *out)
{
    const char *word, *start;
    skip_spaces(r);
    start = r->at;
    if (!read_word(r, &word))
        return false;
    size_t kind = 0;
    while (kind_names[kind] != NULL && strcmp(kind_names[kind], word) != 0)
        kind++;
    if (kind_names[kind] == NULL) {
        r->at = start;
        return fault(r, "mean(COLUMN), proportion(COLUMN) or ratio(COLUMN / COLUMN)",
                     mlt_str_nearest(word, kind_names));
    }
    out->kind = (enum mlt_experiment_kind)kind;
    if (!take(r, '('))
        return fault(r, "\"(\" and a column", NULL);
    bool ratio = out->kind == MLT_EXPERIMENT_RATIO;
    if (!read_column(r, ratio ? "/)" : "()", &out->value))
        return false;
    if (ratio && (!take(r, '/') || *r->at == ')'))
        return fault(r, "\"/\" and the column of the denominator", NULL);
    if (ratio && !read_column(r, "()", &out->denominator))
        return false;
    return take(r, ')') || fault(r, "\")\"", NULL);
}

static bool read_option(struct reader *r, struct mlt_experiment_metric *out)
{
    static const char *const options[] = {"cuped", "higher", "lower", NULL};
    const char *word, *start = r->at;
    if (!read_word(r, &word))
        return false;
    if (strcmp(word, "cuped") == 0 && out->covariate == NULL) {
        if (!take(r, '('))
            return fault(r, "\"(\" and the column of the covariate", NULL);
        return read_column(r, "()", &out->covariate) && (take(r, ')') || fault(r, "\")\"", NULL));
    }
    bool lower = strcmp(word, "lower") == 0;
    if ((lower || strcmp(word, "higher") == 0) && !out->direction_declared) {
        out->direction = lower ? MLT_LOWER_IS_BETTER : MLT_HIGHER_IS_BETTER;
        out->direction_declared = true;
        return true;
    }
    r->at = start;
    return fault(r, "cuped(COLUMN), higher, lower or the end", mlt_str_nearest(word, options));
}

bool mlt_experiment_metric_parse(const char *text, struct mlt_arena *arena,
                                 struct mlt_experiment_metric *out, struct mlt_err *err)
{
    struct mlt_experiment_metric metric = {.direction = MLT_HIGHER_IS_BETTER};
    if (strlen(text) > MAX_TEXT_BYTES)
        return mlt_err_set(err, MLT_ERR_USAGE, "a metric of %zu bytes is longer than %d",
                           strlen(text), MAX_TEXT_BYTES);
    metric.text = mlt_arena_strdup(arena, text);
    if (metric.text == NULL)
        return mlt_err_oom(err);
    struct reader r = {metric.text, metric.text, arena, err};
    if (!read_word(&r, &metric.name))
        return false;
    if (metric.name[0] == '\0')
        return fault(&r, "NAME = mean(COLUMN), proportion(COLUMN) or ratio(COLUMN / COLUMN)", NULL);
    if (!take(&r, '='))
        return fault(&r, "\"=\" behind the metric's name", NULL);
    if (!read_kind(&r, &metric))
        return false;
    for (skip_spaces(&r); *r.at != '\0'; skip_spaces(&r))
        if (!read_option(&r, &metric))
            return false;
    *out = metric;
    return true;
}

bool mlt_experiment_metric_may_be_lower(const char *name)
{
    static const char *const words[] = {
        "latency", "duration", "delay", "wait",  "error",  "fail",   "crash",    "timeout",
        "bounce",  "churn",    "cost",  "unsub", "refund", "return", "complain", "abandon",
        "cancel",  "exit",     "drop",  "miss",  "fraud",  "spam",   "time",     "memory",
        "bytes",   "ms",       "loss",  "hide",  "report"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (const char *at = name; (at = strcasestr(at, words[i])) != NULL; at++) {
            /* "ms" and "time" only where a word begins: "items" and "sometimes" say nothing. */
            if (at == name || !isalpha((unsigned char)at[-1]))
                return true;
        }
    return false;
}

bool mlt_experiment_allocation_parse(const char *text, size_t arms, struct mlt_arena *arena,
                                     const double **out, struct mlt_err *err)
{
    double *share = mlt_arena_calloc(arena, arms, sizeof *share);
    if (share == NULL)
        return mlt_err_oom(err);
    size_t count = 0;
    for (const char *at = text; count <= arms; count++) {
        size_t len = strcspn(at, ":/");
        double value = 0;
        if (!mlt_str_parse_double(at, len, &value) || !(value > 0))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "allocation \"%.100s\": expected a positive number for each arm, "
                               "as 50:50",
                               text);
        if (count < arms)
            share[count] = value;
        if (at[len] == '\0')
            break;
        at += len + 1;
    }
    if (count + 1 != arms)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "allocation \"%.100s\" does not have one number for each of %zu arms, "
                           "the control first",
                           text, arms);
    *out = share;
    return true;
}

static bool check_arms(const struct mlt_experiment *e, struct mlt_err *err)
{
    if (e->arms < 2 || e->arms > MLT_EXPERIMENT_MAX_ARMS)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "an experiment has a control and 1 to %d treatments, not %zu arms",
                           MLT_EXPERIMENT_MAX_ARMS - 1, e->arms);
    for (size_t i = 0; i < e->arms; i++)
        for (size_t j = 0; j < i; j++)
            if (mlt_str_eq(e->arm[i], e->arm[j]))
                return mlt_err_set(err, MLT_ERR_USAGE,
                                   "\"%.100s\" is named as an arm twice: an arm compared with "
                                   "itself shows nothing",
                                   e->arm[i]);
    for (size_t i = 0; e->allocation != NULL && i < e->arms; i++)
        if (!(e->allocation[i] > 0) || !isfinite(e->allocation[i]))
            return mlt_err_set(err, MLT_ERR_USAGE, "the share of \"%.100s\" must be positive",
                               e->arm[i]);
    return true;
}

bool mlt_experiment_check(const struct mlt_experiment *e, struct mlt_err *err)
{
    if (!check_arms(e, err))
        return false;
    if (e->metrics == 0)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "nothing to measure: name a metric, as conversion=proportion(converted)");
    if (e->metrics > MLT_EXPERIMENT_MAX_METRICS)
        return mlt_err_set(err, MLT_ERR_USAGE, "more than %d metrics", MLT_EXPERIMENT_MAX_METRICS);
    if (mlt_str_eq(e->unit, e->variant))
        return mlt_err_set(err, MLT_ERR_USAGE, "unit and variant are the same column \"%.100s\"",
                           e->unit);
    for (size_t i = 0; i < e->metrics; i++)
        if (mlt_str_eq(e->metric[i].value, e->unit) || mlt_str_eq(e->metric[i].value, e->variant))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "\"%s\": the column of units or arms is not what is measured",
                               e->metric[i].text);
    for (size_t i = 0; i < e->metrics; i++)
        for (size_t j = 0; j < i; j++)
            if (mlt_str_eq(e->metric[i].name, e->metric[j].name))
                return mlt_err_set(err, MLT_ERR_USAGE, "metric \"%.100s\" is given twice",
                                   e->metric[i].name);
    return true;
}

#include "harness/metrics/metric.h"

#include <math.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/str.h"
#include "harness/metrics/families.h"

const struct mlt_metric_ops *const mlt_metrics[] = {
    &mlt_metric_rmse,
    &mlt_metric_mae,
    &mlt_metric_median_ae,
    &mlt_metric_mape,
    &mlt_metric_smape,
    &mlt_metric_r2,
    &mlt_metric_bias,
    &mlt_metric_pinball,
    &mlt_metric_max_error,
    &mlt_metric_spearman,
    &mlt_metric_kendall,
    &mlt_metric_auc,
    &mlt_metric_pr_auc,
    &mlt_metric_logloss,
    &mlt_metric_brier,
    &mlt_metric_accuracy,
    &mlt_metric_balanced_accuracy,
    &mlt_metric_precision,
    &mlt_metric_recall,
    &mlt_metric_f1,
    &mlt_metric_f,
    &mlt_metric_specificity,
    &mlt_metric_mcc,
    &mlt_metric_ks,
    &mlt_metric_ece,
    &mlt_metric_ace,
    &mlt_metric_lift,
    &mlt_metric_recall_at_precision,
    &mlt_metric_class_accuracy,
    &mlt_metric_class_top,
    &mlt_metric_class_logloss,
    &mlt_metric_class_macro_f1,
    &mlt_metric_class_micro_f1,
    &mlt_metric_class_weighted_f1,
    &mlt_metric_class_balanced_accuracy,
    &mlt_metric_class_kappa,
    &mlt_metric_class_mcc,
    &mlt_metric_class_ovr_auc,
    &mlt_metric_ndcg,
    &mlt_metric_ndcg_linear,
    &mlt_metric_map,
    &mlt_metric_mrr,
    &mlt_metric_recall_at,
    &mlt_metric_precision_at,
    &mlt_metric_exact_match,
    &mlt_metric_token_f1,
    NULL,
};

static const char *const names[] = {
    "rmse",
    "mae",
    "median_ae",
    "mape",
    "smape",
    "r2",
    "bias",
    "pinball",
    "max_error",
    "spearman",
    "kendall",
    "auc",
    "pr_auc",
    "logloss",
    "brier",
    "accuracy",
    "balanced_accuracy",
    "precision",
    "recall",
    "f1",
    "f",
    "specificity",
    "mcc",
    "ks",
    "ece",
    "ace",
    "lift",
    "recall_at_precision",
    "top",
    "macro_f1",
    "micro_f1",
    "weighted_f1",
    "kappa",
    "ovr_auc",
    "ndcg",
    "ndcg_linear",
    "map",
    "mrr",
    "recall_at",
    "precision_at",
    "exact_match",
    "token_f1",
    NULL,
};

static const struct {
    const char *name;
    enum mlt_task task;
} tasks[] = {
    {"regression", MLT_TASK_REGRESSION},
    {"binary", MLT_TASK_BINARY},
    {"multiclass", MLT_TASK_MULTICLASS},
    {"ranking", MLT_TASK_RANKING},
    {"text", MLT_TASK_TEXT},
};
enum { TASKS = sizeof tasks / sizeof tasks[0] };

const char *const *mlt_metric_names(void)
{
    return names;
}

const char *mlt_task_name(enum mlt_task task)
{
    for (size_t i = 0; i < TASKS; i++)
        if (tasks[i].task == task)
            return tasks[i].name;
    return "unknown";
}

bool mlt_task_parse(const char *name, enum mlt_task *out)
{
    for (size_t i = 0; i < TASKS; i++)
        if (mlt_str_eq(tasks[i].name, name)) {
            *out = tasks[i].task;
            return true;
        }
    return false;
}

const char *const *mlt_metric_usual(enum mlt_task task)
{
    static const char *const regression[] = {"rmse", "mae", "r2", "bias", NULL};
    static const char *const binary[] = {"auc", "logloss", "brier", "accuracy", NULL};
    static const char *const multiclass[] = {"accuracy", "macro_f1", NULL};
    static const char *const ranking[] = {"ndcg@10", "map", "mrr", NULL};
    static const char *const text[] = {"exact_match", "token_f1", NULL};
    switch (task) {
    case MLT_TASK_REGRESSION:
        return regression;
    case MLT_TASK_BINARY:
        return binary;
    case MLT_TASK_MULTICLASS:
        return multiclass;
    case MLT_TASK_RANKING:
        return ranking;
    case MLT_TASK_TEXT:
        break;
    }
    return text;
}

const char *mlt_weighting_name(enum mlt_weighting weighting)
{
    return weighting == MLT_WEIGHT_FREQUENCY    ? "frequency"
           : weighting == MLT_WEIGHT_IMPORTANCE ? "importance"
                                                : "none";
}

const char *mlt_weighting_fault(enum mlt_weighting weighting, double weight)
{
    if (!(weight >= 0 && isfinite(weight)))
        return "a weight must be 0 or more";
    if (weighting == MLT_WEIGHT_FREQUENCY && (weight != floor(weight) || weight > 1e9))
        return "a frequency must be a whole number of at most 1e9";
    return NULL;
}

static const struct mlt_metric_ops *find_ops(const char *name, size_t len, unsigned of_tasks)
{
    for (size_t i = 0; mlt_metrics[i] != NULL; i++)
        if ((mlt_metrics[i]->tasks & of_tasks) != 0 && strlen(mlt_metrics[i]->name) == len &&
            memcmp(mlt_metrics[i]->name, name, len) == 0)
            return mlt_metrics[i];
    return NULL;
}

/* The nearest name among the metrics of a task; NULL when none is near. */
static const char *nearest_name(const char *name, enum mlt_task task)
{
    const char *words[sizeof names / sizeof names[0]];
    size_t count = 0;
    for (size_t i = 0; mlt_metrics[i] != NULL; i++)
        if ((mlt_metrics[i]->tasks & task) != 0)
            words[count++] = mlt_metrics[i]->name;
    words[count] = NULL;
    return mlt_str_nearest(name, words);
}

static void append_names(struct mlt_buf *out, enum mlt_task task)
{
    const char *between = "";
    for (size_t i = 0; mlt_metrics[i] != NULL; i++)
        if ((mlt_metrics[i]->tasks & task) != 0) {
            mlt_buf_printf(out, "%s%s", between, mlt_metrics[i]->name);
            between = ", ";
        }
}

static void append_tasks(struct mlt_buf *out, const char *name, size_t len)
{
    const char *between = "";
    for (size_t i = 0; i < TASKS; i++)
        if (find_ops(name, len, tasks[i].task) != NULL) {
            mlt_buf_printf(out, "%s%s", between, tasks[i].name);
            between = " and ";
        }
}

/* `word` is the name without its parameter; all of it is the user's. */
static bool unknown_metric(const char *word, enum mlt_task task, struct mlt_err *err)
{
    struct mlt_buf shown = MLT_BUF_INIT, more = MLT_BUF_INIT;
    mlt_str_append_safe(&shown, word, strlen(word), 64);
    const char *near = nearest_name(word, task);
    if (find_ops(word, strlen(word), ~0U) != NULL) {
        append_tasks(&more, word, strlen(word));
        mlt_err_set(err, MLT_ERR_USAGE, "the metric '%s' is for %s data, not for %s", shown.data,
                    more.data, mlt_task_name(task));
    } else if (near != NULL) {
        mlt_err_set(err, MLT_ERR_USAGE, "there is no metric '%s' for %s data; did you mean '%s'?",
                    shown.data, mlt_task_name(task), near);
    } else {
        append_names(&more, task);
        mlt_err_set(err, MLT_ERR_USAGE, "there is no metric '%s' for %s data; there are %s",
                    shown.data, mlt_task_name(task), more.data);
    }
    mlt_buf_free(&shown);
    mlt_buf_free(&more);
    return false;
}

static bool bad_parameter(const struct mlt_metric_ops *ops, const char *seen, struct mlt_err *err)
{
    const struct mlt_metric_parameter *p = ops->parameter;
    char least[MLT_DOUBLE_CHARS], most[MLT_DOUBLE_CHARS];
    struct mlt_buf shown = MLT_BUF_INIT;
    mlt_str_append_safe(&shown, seen, strlen(seen), 64);
    mlt_err_set(err, MLT_ERR_USAGE,
                "the metric %s wants a %snumber from %s to %s behind its @ (%s), found '%s'",
                ops->name, p->whole ? "whole " : "", mlt_str_format_double(p->min, least),
                mlt_str_format_double(p->max, most), p->doc, shown.data);
    mlt_buf_free(&shown);
    return false;
}

/* `text` is what stands behind the @, NULL without one. */
static bool parse_parameter(const struct mlt_metric_ops *ops, const char *text, double *out,
                            struct mlt_err *err)
{
    const struct mlt_metric_parameter *p = ops->parameter;
    *out = p == NULL ? NAN : p->usual;
    if (p == NULL && text != NULL)
        return mlt_err_set(err, MLT_ERR_USAGE, "the metric %s takes nothing behind an @",
                           ops->name);
    if (text == NULL && p != NULL && isnan(p->usual))
        return bad_parameter(ops, "", err);
    if (text == NULL)
        return true;
    if (!mlt_str_parse_double(text, strlen(text), out) || !(*out >= p->min && *out <= p->max) ||
        (p->whole && *out != floor(*out)))
        return bad_parameter(ops, text, err);
    return true;
}

bool mlt_metric_find(const char *name, enum mlt_task task, struct mlt_arena *arena,
                     struct mlt_metric *out, struct mlt_err *err)
{
    if (name == NULL || *name == '\0')
        return mlt_err_set(err, MLT_ERR_USAGE, "the name of a metric is empty");
    const char *at = strchr(name, '@');
    size_t len = at == NULL ? strlen(name) : (size_t)(at - name);
    char *word = mlt_arena_strndup(arena, name, len);
    char *copy = mlt_arena_strdup(arena, name);
    if (word == NULL || copy == NULL)
        return mlt_err_oom(err);
    const struct mlt_metric_ops *ops = find_ops(word, len, task);
    if (ops == NULL)
        return unknown_metric(word, task, err);
    double parameter;
    if (!parse_parameter(ops, at == NULL ? NULL : at + 1, &parameter, err))
        return false;
    *out = (struct mlt_metric){ops, copy, parameter};
    return true;
}

void mlt_metric_describe(const struct mlt_metric *metric, struct mlt_measurement *out)
{
    const struct mlt_metric_ops *ops = metric->ops;
    out->metric = metric->name;
    out->unit = "";
    out->definition = ops->definition;
    out->direction = ops->direction;
    out->method = ops->method;
    out->min_rows = ops->min_rows;
    out->min_positives = ops->min_positives;
    out->min_negatives = ops->min_negatives;
    out->min_rarest = ops->min_rarest;
    out->min_clusters = ops->min_clusters;
}

void mlt_metric_mean(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                     double *gradient, const char **why)
{
    (void)parameter;
    *value = mean[0];
    gradient[0] = 1;
    if (isfinite(mlt_wide_value(mean[0])))
        return;
    *value = mlt_wide_from(NAN);
    mlt_metric_undefined(why, "it is not a finite number on some row");
}

void mlt_metric_undefined(const char **why, const char *words)
{
    if (*why == NULL)
        *why = words;
}

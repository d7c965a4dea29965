#include "suites/target.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/metrics/text.h"

enum mlt_task mlt_target_task(const struct mlt_output *output,
                              const struct mlt_dataset_config *dataset)
{
    switch (output->type) {
    case MLT_OUTPUT_NUMBER:
        return dataset->query ? MLT_TASK_RANKING : MLT_TASK_REGRESSION;
    case MLT_OUTPUT_PROBABILITY:
        return dataset->query ? MLT_TASK_RANKING : MLT_TASK_BINARY;
    case MLT_OUTPUT_TEXT:
        return MLT_TASK_TEXT;
    case MLT_OUTPUT_LABEL:
    case MLT_OUTPUT_PROBABILITIES:
        break;
    }
    return output->label_count <= 2 ? MLT_TASK_BINARY : MLT_TASK_MULTICLASS;
}

/* "1" and "1.0" are the same class. */
static bool same_class(const char *a, const char *b)
{
    double x, y;
    return mlt_str_eq(a, b) || (mlt_str_parse_double(a, strlen(a), &x) &&
                                mlt_str_parse_double(b, strlen(b), &y) && x == y);
}

static bool find_class(const struct mlt_output *output, const char *text, size_t *out)
{
    for (size_t i = 0; i < output->label_count; i++)
        if (same_class(output->labels[i], text)) {
            *out = i;
            return true;
        }
    return false;
}

bool mlt_target_open(const struct mlt_output *output, const struct mlt_dataset_config *dataset,
                     struct mlt_target *out, struct mlt_err *err)
{
    *out = (struct mlt_target){mlt_target_task(output, dataset), 1, output, dataset->positive, 1};
    if (out->task == MLT_TASK_MULTICLASS)
        out->width = output->label_count;
    if (out->task == MLT_TASK_TEXT)
        out->width = MLT_TEXT_SCORES;
    if (dataset->query && out->task != MLT_TASK_RANKING)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "`query: %s` of data set '%s' is for scores that order rows; the "
                           "contract's output '%s' is no number; rows that belong together are a "
                           "`cluster`",
                           dataset->query, dataset->name, output->name);
    if (!dataset->positive)
        return true;
    if (out->task != MLT_TASK_BINARY)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "`positive: %s` of data set '%s' is for two classes; the contract's "
                           "output '%s' is %s",
                           dataset->positive, dataset->name, output->name,
                           out->task == MLT_TASK_MULTICLASS ? "of more classes"
                           : out->task == MLT_TASK_TEXT     ? "a text"
                           : out->task == MLT_TASK_RANKING  ? "ranked by query"
                                                            : "a number");
    if (output->label_count == 2 && !find_class(output, dataset->positive, &out->positive_index))
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "`positive: %s` of data set '%s' is neither '%s' nor '%s', the labels of "
            "output '%s'",
            dataset->positive, dataset->name, output->labels[0], output->labels[1], output->name);
    return true;
}

/* 1 for the positive class, 0 for the other. With declared labels nothing else is known; with
 * `positive` alone every other text is the other class; else labels are 0 and 1. */
static bool binary_class(const struct mlt_target *target, const char *text, double *out)
{
    size_t index;
    if (target->output->label_count == 2) {
        if (find_class(target->output, text, &index)) {
            *out = index == target->positive_index;
            return true;
        }
        /* Labels may be coded where the output's names are not: 1 is the positive one. */
        return !target->positive && mlt_str_parse_double(text, strlen(text), out) &&
               (*out == 0 || *out == 1);
    }
    if (target->positive) {
        *out = same_class(text, target->positive);
        return true;
    }
    return mlt_str_parse_double(text, strlen(text), out) && (*out == 0 || *out == 1);
}

static const char *wanted_label(const struct mlt_target *target)
{
    if (target->task == MLT_TASK_REGRESSION)
        return "a number";
    if (target->task == MLT_TASK_RANKING)
        return "a relevance grade of 0 or more";
    return target->output->label_count ? "one of the labels of the contract's output"
                                       : "0 or 1 (or set `positive:` for the data set)";
}

bool mlt_target_label(const struct mlt_target *target, const struct mlt_table *table,
                      const struct mlt_column *column, size_t row, double *out, struct mlt_err *err)
{
    const char *text = column->text[row];
    size_t index;
    bool known = false;
    switch (target->task) {
    case MLT_TASK_REGRESSION:
        known = mlt_str_parse_double(text, strlen(text), out);
        break;
    case MLT_TASK_BINARY:
        known = binary_class(target, text, out);
        break;
    case MLT_TASK_MULTICLASS:
        known = find_class(target->output, text, &index);
        *out = known ? (double)index : NAN;
        break;
    case MLT_TASK_RANKING:
        known = mlt_str_parse_double(text, strlen(text), out) && *out >= 0;
        break;
    case MLT_TASK_TEXT:
        *out = 0;
        known = true;
        break;
    }
    if (known)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:%llu: label '%s' is '%.80s', expected %s",
                       table->path, (unsigned long long)table->line[row], column->name, text,
                       wanted_label(target));
}

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

static bool multiclass_score(const struct mlt_target *target,
                             const struct mlt_prediction *prediction, double *out)
{
    char number[MLT_DOUBLE_CHARS];
    size_t index;
    if (prediction->kind == MLT_PREDICTION_VECTOR) {
        if (prediction->vector_len != target->width)
            return false;
        memcpy(out, prediction->vector, target->width * sizeof *out);
        return all_finite(out, target->width);
    }
    const char *label = prediction->kind == MLT_PREDICTION_LABEL
                            ? prediction->label
                            : mlt_str_format_double(prediction->number, number);
    if (!find_class(target->output, label, &index))
        return false;
    for (size_t i = 0; i < target->width; i++)
        out[i] = i == index;
    return true;
}

static bool binary_score(const struct mlt_target *target, const struct mlt_prediction *prediction,
                         double *out)
{
    char number[MLT_DOUBLE_CHARS];
    if (prediction->kind == MLT_PREDICTION_VECTOR) {
        if (prediction->vector_len != 2)
            return false;
        *out = prediction->vector[target->positive_index];
        return isfinite(*out);
    }
    if (prediction->kind == MLT_PREDICTION_LABEL)
        return binary_class(target, prediction->label, out);
    if (target->output->type == MLT_OUTPUT_LABEL)
        return binary_class(target, mlt_str_format_double(prediction->number, number), out);
    *out = prediction->number;
    return isfinite(*out);
}

static bool text_score(const char *label, const struct mlt_prediction *prediction, double *out,
                       bool *usable, struct mlt_err *err)
{
    *usable = prediction->kind == MLT_PREDICTION_LABEL;
    return !*usable || mlt_text_compare(label, strlen(label), prediction->label,
                                        strlen(prediction->label), out, err);
}

bool mlt_target_score(const struct mlt_target *target, const char *label,
                      const struct mlt_prediction *prediction, double *out, bool *usable,
                      struct mlt_err *err)
{
    *usable = false;
    if (prediction->answer != MLT_ANSWER_OK || prediction->kind == MLT_PREDICTION_NONE)
        return true;
    switch (target->task) {
    case MLT_TASK_TEXT:
        return text_score(label, prediction, out, usable, err);
    case MLT_TASK_MULTICLASS:
        *usable = multiclass_score(target, prediction, out);
        return true;
    case MLT_TASK_BINARY:
        *usable = binary_score(target, prediction, out);
        return true;
    case MLT_TASK_REGRESSION:
    case MLT_TASK_RANKING:
        break;
    }
    *out = prediction->number;
    *usable = prediction->kind == MLT_PREDICTION_NUMBER && isfinite(*out);
    return true;
}

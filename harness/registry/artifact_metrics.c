/* The part of artifacts.h that reads metrics.json. */
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/domain/metrics_file.h"
#include "harness/registry/artifacts.h"

/* How many decimals a figure was written with; fewer than none for 1e+30. */
static int decimals(double value)
{
    char text[MLT_DOUBLE_CHARS];
    mlt_str_format_double(value, text);
    const char *point = strchr(text, '.'), *exponent = strpbrk(text, "eE");
    size_t end = exponent ? (size_t)(exponent - text) : strlen(text);
    int count = point ? (int)(end - (size_t)(point + 1 - text)) : 0;
    double power = 0;
    if (exponent && !mlt_str_parse_double(exponent + 1 + (exponent[1] == '+'),
                                          strlen(exponent + 1 + (exponent[1] == '+')), &power))
        power = 0;
    return count - (int)power;
}

/* Whether one of the two is the other, rounded to the decimals that it has. */
static bool is_rounding(double a, double b)
{
    int x = decimals(a), y = decimals(b);
    double half = 0.5 * pow(10, -(x < y ? x : y));
    return a == b || fabs(a - b) <= half * (1 + 1e-9);
}

/* The metric that `name` of performance_metrics means, or NULL. */
static const struct mlt_metrics_value *counterpart(const struct mlt_metrics_file *metrics,
                                                   const char *name)
{
    const char *dataset = metrics->dataset ? metrics->dataset : "";
    const struct mlt_metrics_value *found = mlt_metrics_file_find(metrics, name);
    bool of_test = mlt_str_starts(dataset, "test"), of_training = mlt_str_starts(dataset, "train");
    if (found)
        return found;
    if (mlt_str_starts(name, "validation_") && !of_test && !of_training)
        return mlt_metrics_file_find(metrics, name + strlen("validation_"));
    if (mlt_str_starts(name, "test_") && of_test)
        return mlt_metrics_file_find(metrics, name + strlen("test_"));
    return NULL;
}

static bool compare(const char *file, const struct mlt_metrics_file *metrics,
                    const struct mlt_metadata *metadata, struct mlt_err *err)
{
    for (size_t i = 0; metadata && i < metadata->performance_metric_count; i++) {
        char said[MLT_DOUBLE_CHARS], measured[MLT_DOUBLE_CHARS];
        const struct mlt_metrics_value *claim = &metadata->performance_metrics[i];
        const struct mlt_metrics_value *value = counterpart(metrics, claim->name);
        if (value && !is_rounding(claim->value, value->value))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "%s: %.100s is %s, and performance_metrics of metadata.json say "
                               "%.100s is %s: one of them is not of this version",
                               file, value->name, mlt_str_format_double(value->value, measured),
                               claim->name, mlt_str_format_double(claim->value, said));
    }
    return true;
}

/* Figures in a form of their own, which is not read, are figures too. */
static bool has_number(const struct mlt_json *node)
{
    double value;
    if (mlt_json_number(node, &value))
        return true;
    for (const struct mlt_json *at = mlt_json_first(node); at; at = mlt_json_next(at))
        if (has_number(at))
            return true;
    return false;
}

static bool check_measures(const char *file, const char *text, size_t len,
                           const struct mlt_metrics_file *metrics, struct mlt_err *err)
{
    struct mlt_json *document;
    if (metrics->count)
        return true;
    if (!mlt_json_parse(file, text, len, &document, err))
        return false;
    bool ok =
        has_number(document) ||
        mlt_err_set(err, MLT_ERR_USAGE,
                    "%s measures nothing: expected figures such as {\"metrics\": {\"rmse\": 5.8}}",
                    file);
    mlt_json_free(document);
    return ok;
}

bool mlt_artifacts_check_metrics(const char *file, const char *text, size_t len, const char *model,
                                 const char *version, const struct mlt_metadata *metadata,
                                 struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_metrics_file metrics;
    return mlt_metrics_file_parse(file, text, len, model, version, arena, &metrics, err) &&
           check_measures(file, text, len, &metrics, err) && compare(file, &metrics, metadata, err);
}

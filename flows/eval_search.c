#include "flows/eval_search.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/number.h"
#include "harness/domain/slice.h"

#define MISSING "(missing)"

/* The first of the metrics that one loss per row decides. */
static bool choose_metric(const struct mlt_eval_plan *plan, struct mlt_arena *arena,
                          struct mlt_metric *out, struct mlt_err *err)
{
    for (size_t i = 0; i < plan->spec.metric_count; i++)
        if (mlt_search_suits(&plan->spec.metrics[i])) {
            *out = plan->spec.metrics[i];
            return true;
        }
    const char *const *usual = mlt_metric_usual(plan->spec.task);
    for (size_t i = 0; usual[i] != NULL; i++) {
        if (!mlt_metric_find(usual[i], plan->spec.task, arena, out, err))
            return false;
        if (mlt_search_suits(out))
            return true;
    }
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "--find-slices searches by a metric that is the mean of one loss per row, "
                       "and a %s task has none",
                       mlt_task_name(plan->spec.task));
}

bool mlt_eval_search_ask(const struct mlt_eval_request *request, struct mlt_arena *arena,
                         struct mlt_eval_plan *plan, struct mlt_err *err)
{
    struct mlt_search_spec *spec = &plan->search.spec;
    if (request->find_slices == 0)
        return true;
    if (plan->cluster != NULL)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--find-slices takes rows for independent: it does not go with "
                           "--cluster, whose rows are not");
    if (plan->weight != NULL)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--find-slices counts every row once: it does not go with --weights or "
                           "--frequencies");
    if (strcmp(plan->file, "-") == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--find-slices reads the file twice: standard input can be read only "
                           "once");
    if (!choose_metric(plan, arena, &spec->metric, err))
        return false;
    plan->search.most = (size_t)request->find_slices;
    spec->task = plan->spec.task;
    spec->width = plan->spec.width;
    spec->has_baseline = plan->spec.has_baseline;
    spec->threshold = plan->spec.threshold;
    spec->min_rows = request->min_rows;
    spec->most = plan->search.most;
    return true;
}

/* Texts in order of their bytes. */
static int compare(const char *value, const struct mlt_reader_text *text)
{
    size_t len = strlen(value), shorter = len < text->len ? len : text->len;
    int order = memcmp(value, text->text, shorter);
    return order != 0 ? order : (len > text->len) - (len < text->len);
}

static bool find_value(const struct mlt_eval_searched *column, const struct mlt_reader_text *text,
                       uint8_t *out)
{
    size_t low = 0, high = column->value_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(column->value[middle], text);
        if (order == 0) {
            *out = (uint8_t)middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool find_range(const struct mlt_eval_searched *column, const struct mlt_reader_text *text,
                       uint8_t *out)
{
    double x;
    size_t i = 0;
    if (!mlt_number_parse(text->text, text->len, &x))
        return false;
    while (i < column->end_count && x > column->end[i])
        i++;
    *out = (uint8_t)i;
    return true;
}

bool mlt_eval_search_value(const struct mlt_eval_searched *column,
                           const struct mlt_reader_text *text, uint8_t *out)
{
    size_t missing = column->value != NULL ? column->value_count : column->end_count + 1;
    if (text->text == NULL) {
        *out = (uint8_t)missing;
        return true;
    }
    return column->value != NULL ? find_value(column, text, out) : find_range(column, text, out);
}

static bool damaged(const char *name, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "what a search for slices looks at in column \"%.60s\" is damaged", name);
}

/* The last value of every column is that of rows without one. */
static bool settle_values(const char *const *part, size_t count, struct mlt_arena *arena,
                          struct mlt_search_column *shown, struct mlt_eval_searched *column,
                          struct mlt_err *err)
{
    const char **names = mlt_arena_calloc(arena, count + 1, sizeof *names);
    if (names == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        names[i] = part[i];
        if (i > 0 && strcmp(part[i - 1], part[i]) >= 0)
            return damaged(shown->name, err);
    }
    names[count] = MISSING;
    column->value = names;
    column->value_count = count;
    shown->value = names;
    shown->value_count = count + 1;
    return true;
}

static const char *range_name(const double *end, size_t count, size_t i, struct mlt_arena *arena)
{
    char low[MLT_DOUBLE_CHARS], high[MLT_DOUBLE_CHARS];
    if (i == 0)
        return mlt_arena_printf(arena, "<= %s", mlt_str_format_double(end[0], high));
    mlt_str_format_double(end[i - 1], low);
    if (i == count)
        return mlt_arena_printf(arena, "> %s", low);
    return mlt_arena_printf(arena, "(%s, %s]", low, mlt_str_format_double(end[i], high));
}

static bool settle_ranges(const char *const *part, size_t count, struct mlt_arena *arena,
                          struct mlt_search_column *shown, struct mlt_eval_searched *column,
                          struct mlt_err *err)
{
    double *end = mlt_arena_calloc(arena, count, sizeof *end);
    const char **names = mlt_arena_calloc(arena, count + 2, sizeof *names);
    if (end == NULL || names == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (!mlt_number_parse(part[i], strlen(part[i]), &end[i]) ||
            (i > 0 && !(end[i] > end[i - 1])))
            return damaged(shown->name, err);
    for (size_t i = 0; i <= count; i++) {
        names[i] = range_name(end, count, i, arena);
        if (names[i] == NULL)
            return mlt_err_oom(err);
    }
    names[count + 1] = MISSING;
    column->end = end;
    column->end_count = count;
    shown->value = names;
    shown->value_count = count + 2;
    shown->has_ranges = true;
    return true;
}

/* "tenure,ranges,9,29" or "contract,values,Month-to-month,One year". */
static bool settle_column(const char *text, struct mlt_arena *arena,
                          struct mlt_search_column *shown, struct mlt_eval_searched *column,
                          struct mlt_err *err)
{
    size_t count;
    const char **part = mlt_slice_split(text, arena, &count);
    if (part == NULL)
        return count == 0 ? damaged(text, err) : mlt_err_oom(err);
    if (count < 3 || count - 2 >= MLT_SEARCH_MAX_VALUES)
        return damaged(text, err);
    shown->name = part[0];
    if (strcmp(part[1], "values") == 0)
        return settle_values(part + 2, count - 2, arena, shown, column, err);
    if (strcmp(part[1], "ranges") == 0 && count - 2 < MLT_SEARCH_MAX_VALUES - 1)
        return settle_ranges(part + 2, count - 2, arena, shown, column, err);
    return damaged(text, err);
}

bool mlt_eval_search_settle(const struct mlt_eval_request *request, struct mlt_arena *arena,
                            struct mlt_eval_plan *plan, struct mlt_err *err)
{
    const size_t count = request->searched.count;
    struct mlt_eval_search *search = &plan->search;
    if (search->most == 0)
        return true;
    if (count > MLT_SEARCH_MAX_COLUMNS)
        return damaged("", err);
    struct mlt_search_column *shown = mlt_arena_calloc(arena, count, sizeof *shown);
    struct mlt_eval_searched *columns = mlt_arena_calloc(arena, count, sizeof *columns);
    const char **names = mlt_arena_calloc(arena, count, sizeof *names);
    if (shown == NULL || columns == NULL || names == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        if (!settle_column(request->searched.items[i], arena, &shown[i], &columns[i], err))
            return false;
        names[i] = shown[i].name;
    }
    search->columns = columns;
    search->not_searched = request->not_searched;
    search->spec.columns = shown;
    search->spec.column_count = count;
    search->spec.largest = request->largest_loss;
    plan->search_columns = names;
    plan->search_column_count = count;
    return true;
}

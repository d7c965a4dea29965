#include "suites/regression.h"

#include <string.h>

#include "harness/base/str.h"
#include "harness/domain/slice.h"
#include "harness/evaluate/evaluation.h"
#include "harness/metrics/threshold.h"
#include "harness/table/reader.h"
#include "suites/draft.h"
#include "suites/suites.h"
#include "suites/target.h"

enum { DEFAULT_BATCH = 1000, MAX_BATCH = 1000 };

static const char *const threshold_rules[] = {"best-f1", "best-j", NULL};
static const struct mlt_schema batch_shape = {
    .type = MLT_SCHEMA_INTEGER, .min = 1, .max = MAX_BATCH};
static const struct mlt_schema threshold_shape = {.type = MLT_SCHEMA_NUMBER_OR_WORD,
                                                  .words = threshold_rules};
static const struct mlt_schema min_rows_shape = {.type = MLT_SCHEMA_INTEGER, .min = 1, .max = 1e9};
static const struct mlt_schema replicates_shape = {
    .type = MLT_SCHEMA_INTEGER, .min = 1, .max = MLT_MAX_REPLICATES};
static const struct mlt_schema_key keys[] = {
    {"name", &mlt_shape_text, false, "name of the case; default: the data set's"},
    {"dataset", &mlt_shape_text, false, "default: the first data set"},
    {"metrics", &mlt_shape_texts, false, "what is measured; metrics of `require` are added"},
    {"define", &mlt_shape_texts, false,
     "metrics of your own: \"cost:lower = if(label > score, 3, 1) * abs(label - score)\""},
    {"require", &mlt_shape_sentences, false, "threshold sentences on what is measured"},
    {"slices", &mlt_shape_texts, false,
     "columns, country*platform crosses two; default: the data set's"},
    {"threshold", &threshold_shape, false,
     "binary: predicted 1 from here on; best-f1 or best-j: chosen on the baseline; default: the "
     "file's"},
    {"min_rows", &min_rows_shape, false, "smaller slices are pooled; default: as the metrics need"},
    {"replicates", &replicates_shape, false, "of a bootstrap; default 2000"},
    {"batch", &batch_shape, false, "rows per request; default 1000"},
    {NULL, NULL, false, NULL},
};
const struct mlt_schema mlt_regression_item = {
    .type = MLT_SCHEMA_OBJECT,
    .keys = keys,
    .doc = "one held-out data set: {dataset: holdout, metrics: [rmse], require: [rmse <= 0.7]}",
};

/* An item of the section while it is planned. */
struct planning {
    const struct mlt_plan_context *context;
    const struct mlt_yaml *item;
    const struct mlt_dataset_config *dataset;
    enum mlt_task task;
    struct mlt_requires requires;
    struct mlt_definitions definitions;
    struct mlt_regression_names metrics, slices;
    double threshold; /* of the item; NaN: not said */
    enum mlt_threshold_rule rule;
    struct mlt_err *err;
};

bool mlt_regression_names_make(struct mlt_arena *arena, size_t room,
                               struct mlt_regression_names *out, struct mlt_err *err)
{
    *out = (struct mlt_regression_names){mlt_arena_calloc(arena, room, sizeof *out->name), 0};
    return out->name || mlt_err_oom(err);
}

void mlt_regression_names_add(struct mlt_regression_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (mlt_str_eq(names->name[i], name))
            return;
    names->name[names->count++] = name;
}

static bool set_target(struct planning *p)
{
    const struct mlt_yaml *named = mlt_yaml_get(p->item, "dataset");
    struct mlt_target target;
    struct mlt_err fault = MLT_ERR_INIT;
    if (!mlt_draft_dataset(p->context, named, &p->dataset, p->err))
        return false;
    if (!p->dataset)
        return mlt_yaml_fault(p->item, p->err,
                              "the regression suite needs a data set under `datasets:`");
    if (!mlt_target_open(&p->context->contract->output, p->dataset, &target, &fault))
        return mlt_yaml_fault(named ? named : p->item, p->err, "%s", fault.text);
    p->task = target.task;
    return true;
}

/* Words of a definition are said at its own place. */
static bool read_definitions(struct planning *p)
{
    const struct mlt_yaml *list = mlt_yaml_get(p->item, "define");
    struct mlt_definitions *d = &p->definitions;
    struct mlt_err fault = MLT_ERR_INIT;
    size_t count = list ? list->count : 0;
    d->items = mlt_arena_calloc(p->context->arena, count, sizeof *d->items);
    if (!d->items)
        return mlt_err_oom(p->err);
    for (; d->count < count; d->count++) {
        const struct mlt_yaml *node = list->values[d->count];
        if (!mlt_definition_read(node->text, d, p->context->arena, &d->items[d->count], &fault))
            return mlt_yaml_fault(node, p->err, "%s", fault.text);
    }
    return mlt_definitions_check_task(d, p->task, &fault) ||
           mlt_yaml_fault(list, p->err, "%s", fault.text);
}

/* Against the columns that the data set has now; the case parses them again with the rows. */
static bool parse_definitions(struct planning *p)
{
    const struct mlt_yaml *list = mlt_yaml_get(p->item, "define");
    const struct mlt_reader_options options = {.path = p->dataset->path};
    const struct mlt_definition *faulty = NULL;
    const char *const *names;
    size_t count;
    struct mlt_err fault = MLT_ERR_INIT;
    if (!list)
        return true;
    if (!mlt_reader_names(&options, p->context->arena, &names, &count, p->err))
        return mlt_err_prefix(p->err, "data set '%s'", p->dataset->name);
    if (mlt_definitions_parse(&p->definitions, names, count, p->context->arena, &faulty, &fault))
        return true;
    return mlt_yaml_fault(faulty ? list->values[faulty - p->definitions.items] : list, p->err, "%s",
                          fault.text);
}

static bool add_metric(struct planning *p, const struct mlt_yaml *node, const char *name)
{
    struct mlt_metric metric;
    struct mlt_err fault = MLT_ERR_INIT;
    if (mlt_definition_find(&p->definitions, name))
        return true;
    if (!mlt_metric_find(name, p->task, p->context->arena, &metric, &fault))
        return mlt_yaml_fault(node, p->err, "%s", fault.text);
    mlt_regression_names_add(&p->metrics, name);
    return true;
}

static bool collect_metrics(struct planning *p)
{
    const struct mlt_yaml *list = mlt_yaml_get(p->item, "metrics");
    const char *const *usual = mlt_metric_usual(p->task);
    size_t count = list ? list->count : 0, usual_count = 0;
    while (usual[usual_count])
        usual_count++;
    if (!mlt_regression_names_make(p->context->arena, count + p->requires.count + usual_count,
                                   &p->metrics, p->err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_metric(p, list->values[i], list->values[i]->text))
            return false;
    for (size_t i = 0; i < p->requires.count; i++)
        if (!add_metric(p, p->requires.node[i], p->requires.sentence[i].metric))
            return false;
    /* Slices and counts are those of the task's metrics: there is one at least. */
    bool only_own = p->metrics.count == 0 && p->definitions.count > 0;
    for (size_t i = 0; only_own && i < usual_count; i++)
        mlt_regression_names_add(&p->metrics, usual[i]);
    return p->metrics.count > 0 ||
           mlt_yaml_fault(p->item, p->err,
                          "nothing to measure: `metrics` and `require` name no metric");
}

/* "a,b" and "b,a" are one: measured twice it would count twice among what is judged. */
static bool add_slice(struct planning *p, const struct mlt_yaml *node, const char *name,
                      bool is_crossing)
{
    struct mlt_arena *arena = p->context->arena;
    size_t count;
    const char **part =
        is_crossing ? mlt_slice_uncross(name, arena, &count) : mlt_slice_split(name, arena, &count);
    if (!part || count > MLT_SLICE_MAX_COLUMNS)
        return mlt_yaml_fault(node, p->err, "slices by '%.200s': expected 1 to %d columns", name,
                              (int)MLT_SLICE_MAX_COLUMNS);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(part[i], part[k]) == 0)
                return mlt_yaml_fault(node, p->err,
                                      "slices by '%.200s': the column '%.100s' is named twice",
                                      name, part[i]);
    const char *spelled = mlt_slice_name(part, count, arena);
    if (!spelled)
        return mlt_err_oom(p->err);
    for (size_t i = 0; i < p->slices.count; i++)
        if (mlt_slice_same_columns(p->slices.name[i], spelled))
            return true;
    if (p->slices.count == MLT_EVALUATION_MAX_SLICES)
        return mlt_yaml_fault(node, p->err, "more than %d slices", (int)MLT_EVALUATION_MAX_SLICES);
    mlt_regression_names_add(&p->slices, spelled);
    return true;
}

static bool collect_slices(struct planning *p)
{
    const struct mlt_yaml *list = mlt_yaml_get(p->item, "slices");
    size_t count = list ? list->count : p->dataset->slice_count;
    if (!mlt_regression_names_make(p->context->arena, count + p->requires.count, &p->slices,
                                   p->err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *text = list ? list->values[i]->text : p->dataset->slices[i];
        if (!add_slice(p, list ? list->values[i] : p->item, text, strchr(text, '*') != NULL))
            return false;
    }
    for (size_t i = 0; i < p->requires.count; i++) {
        const struct mlt_sentence *sentence = &p->requires.sentence[i];
        const char *column = sentence->by_column ? sentence->by_column : sentence->for_column;
        if (column && !add_slice(p, p->requires.node[i], column, false))
            return false;
    }
    return true;
}

static bool read_threshold(struct planning *p)
{
    const struct mlt_yaml *node = mlt_yaml_get(p->item, "threshold");
    const char *text;
    p->threshold = p->context->config->threshold;
    if (!node || mlt_schema_number(node, &p->threshold))
        return true;
    if (!mlt_schema_text(node, &text) || !mlt_threshold_rule_parse(text, &p->rule))
        return mlt_yaml_fault(node, p->err, "threshold must be a number, best-f1 or best-j");
    if (p->task != MLT_TASK_BINARY || !p->context->baseline)
        return mlt_yaml_fault(
            node, p->err, "threshold: %s is chosen on the baseline of a binary task: %s", text,
            p->context->baseline ? "this is another task" : "there is no baseline");
    return true;
}

static void write_names(struct mlt_json_out *spec, const char *key,
                        const struct mlt_regression_names *names)
{
    mlt_json_out_key(spec, key);
    mlt_json_out_array(spec);
    for (size_t i = 0; i < names->count; i++)
        mlt_json_out_string(spec, names->name[i]);
    mlt_json_out_array_end(spec);
}

static void write_texts(struct mlt_json_out *spec, const char *key, const struct mlt_yaml *list)
{
    mlt_json_out_key(spec, key);
    mlt_json_out_array(spec);
    for (size_t i = 0; list && i < list->count; i++)
        mlt_json_out_string(spec, list->values[i]->text);
    mlt_json_out_array_end(spec);
}

/* Slices that a sentence names are measured however few rows they have. */
static void write_named(struct mlt_json_out *spec, const struct mlt_requires *requires)
{
    mlt_json_out_key(spec, "named");
    mlt_json_out_array(spec);
    for (size_t i = 0; i < requires->count; i++) {
        const struct mlt_sentence *sentence = &requires->sentence[i];
        if (!sentence->for_column)
            continue;
        mlt_json_out_object(spec);
        mlt_json_out_kstring(spec, "column", sentence->for_column);
        mlt_json_out_kstring(spec, "value", sentence->for_value);
        mlt_json_out_object_end(spec);
    }
    mlt_json_out_array_end(spec);
}

static void write_spec(const struct planning *p, struct mlt_json_out *spec)
{
    int64_t batch = DEFAULT_BATCH, min_rows = 0, replicates = 0;
    (void)mlt_schema_integer(mlt_yaml_get(p->item, "batch"), &batch);
    (void)mlt_schema_integer(mlt_yaml_get(p->item, "min_rows"), &min_rows);
    (void)mlt_schema_integer(mlt_yaml_get(p->item, "replicates"), &replicates);
    mlt_json_out_kstring(spec, "dataset", p->dataset->name);
    mlt_json_out_kint(spec, "batch", batch);
    write_names(spec, "metrics", &p->metrics);
    write_texts(spec, "define", mlt_yaml_get(p->item, "define"));
    write_names(spec, "slices", &p->slices);
    write_named(spec, &p->requires);
    mlt_json_out_kint(spec, "min_rows", min_rows);
    mlt_json_out_kint(spec, "replicates", replicates);
    mlt_json_out_knumber(spec, "threshold", p->threshold);
    mlt_json_out_kstring(spec, "threshold_rule", mlt_threshold_rule_name(p->rule));
}

static bool plan_item(const struct mlt_plan_context *context, const struct mlt_yaml *item,
                      struct mlt_plan *plan, struct mlt_err *err)
{
    struct planning p = {.context = context, .item = item, .err = err};
    if (!set_target(&p) || !mlt_draft_requires(item, context->arena, &p.requires, err) ||
        !read_definitions(&p) || !collect_metrics(&p) || !collect_slices(&p) ||
        !read_threshold(&p) || !parse_definitions(&p))
        return false;
    const char *name = p.dataset->name;
    (void)mlt_schema_text(mlt_yaml_get(item, "name"), &name);
    struct mlt_draft draft;
    mlt_draft_begin(&draft, context, plan, mlt_suite_regression.name);
    write_spec(&p, &draft.spec);
    draft.test.require = p.requires.text;
    draft.test.require_count = p.requires.count;
    return mlt_draft_add(&draft, name, err);
}

bool mlt_regression_plan(const struct mlt_plan_context *context, const struct mlt_yaml *items,
                         struct mlt_plan *plan, struct mlt_err *err)
{
    for (size_t i = 0; i < items->count; i++)
        if (!plan_item(context, items->values[i], plan, err))
            return false;
    return true;
}

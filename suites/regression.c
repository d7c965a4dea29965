/* The regression suite: quality on held-out rows, whole and by slice, paired with the baseline. */
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/domain/slice.h"
#include "suites/ask.h"
#include "suites/draft.h"
#include "suites/scoring.h"
#include "suites/slices.h"
#include "suites/suites.h"

enum { DEFAULT_BATCH = 1000, MAX_BATCH = 1000 };

static const struct mlt_schema batch_shape = {
    .type = MLT_SCHEMA_INTEGER, .min = 1, .max = MAX_BATCH};
static const struct mlt_schema_key keys[] = {
    {"name", &mlt_shape_text, false, "name of the case; default: the data set's"},
    {"dataset", &mlt_shape_text, false, "default: the first data set"},
    {"metrics", &mlt_shape_texts, false, "what is measured; metrics of `require` are added"},
    {"require", &mlt_shape_sentences, false, "threshold sentences on what is measured"},
    {"slices", &mlt_shape_texts, false, "columns; default: the data set's"},
    {"batch", &batch_shape, false, "rows per request; default 1000"},
    {NULL, NULL, false, NULL},
};
static const struct mlt_schema item_shape = {
    .type = MLT_SCHEMA_OBJECT,
    .keys = keys,
    .doc = "one held-out data set: {dataset: holdout, metrics: [rmse], require: [rmse <= 0.7]}",
};

/* Names without repetition; room for all of them was made before. */
struct names {
    const char **name;
    size_t count;
};

static void add_name(struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (mlt_str_eq(names->name[i], name))
            return;
    names->name[names->count++] = name;
}

static bool add_metric(const struct mlt_plan_context *context, const struct mlt_yaml *node,
                       const char *name, struct names *names, struct mlt_err *err)
{
    struct mlt_metric metric;
    struct mlt_err fault = MLT_ERR_INIT;
    enum mlt_task task = mlt_target_task(&context->contract->output);
    if (mlt_metric_find(name, task, context->arena, &metric, &fault)) {
        add_name(names, name);
        return true;
    }
    return mlt_yaml_fault(node, err, "%s", fault.text);
}

static bool make_names(struct mlt_arena *arena, size_t room, struct names *out, struct mlt_err *err)
{
    *out = (struct names){mlt_arena_calloc(arena, room, sizeof *out->name), 0};
    return out->name || mlt_err_oom(err);
}

static bool collect_metrics(const struct mlt_plan_context *context, const struct mlt_yaml *item,
                            const struct mlt_requires *requires, struct names *out,
                            struct mlt_err *err)
{
    const struct mlt_yaml *list = mlt_yaml_get(item, "metrics");
    size_t count = list ? list->count : 0;
    if (!make_names(context->arena, count + requires->count, out, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_metric(context, list->values[i], list->values[i]->text, out, err))
            return false;
    for (size_t i = 0; i < requires->count; i++)
        if (!add_metric(context, requires->node[i], requires->sentence[i].metric, out, err))
            return false;
    return out->count > 0 ||
           mlt_yaml_fault(item, err, "nothing to measure: `metrics` and `require` name no metric");
}

static bool collect_slices(const struct mlt_plan_context *context, const struct mlt_yaml *item,
                           const struct mlt_dataset_config *dataset,
                           const struct mlt_requires *requires, struct names *out,
                           struct mlt_err *err)
{
    const struct mlt_yaml *list = mlt_yaml_get(item, "slices");
    size_t count = list ? list->count : dataset->slice_count;
    if (!make_names(context->arena, count + 2 * requires->count, out, err))
        return false;
    for (size_t i = 0; i < count; i++)
        add_name(out, list ? list->values[i]->text : dataset->slices[i]);
    for (size_t i = 0; i < requires->count; i++) {
        const struct mlt_sentence *sentence = &requires->sentence[i];
        if (sentence->by_column)
            add_name(out, sentence->by_column);
        if (sentence->for_column)
            add_name(out, sentence->for_column);
    }
    return true;
}

static void write_names(struct mlt_json_out *spec, const char *key, const struct names *names)
{
    mlt_json_out_key(spec, key);
    mlt_json_out_array(spec);
    for (size_t i = 0; i < names->count; i++)
        mlt_json_out_string(spec, names->name[i]);
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

static bool plan_item(const struct mlt_plan_context *context, const struct mlt_yaml *item,
                      struct mlt_plan *plan, struct mlt_err *err)
{
    const struct mlt_dataset_config *dataset;
    struct mlt_requires requires;
    struct names metrics, slices;
    int64_t batch = DEFAULT_BATCH;
    if (!mlt_draft_dataset(context, mlt_yaml_get(item, "dataset"), &dataset, err))
        return false;
    if (!dataset)
        return mlt_yaml_fault(item, err, "the regression suite needs a data set under `datasets:`");
    if (!mlt_draft_requires(item, context->arena, &requires, err) ||
        !collect_metrics(context, item, &requires, &metrics, err) ||
        !collect_slices(context, item, dataset, &requires, &slices, err))
        return false;
    (void)mlt_schema_integer(mlt_yaml_get(item, "batch"), &batch);
    const char *name = dataset->name;
    (void)mlt_schema_text(mlt_yaml_get(item, "name"), &name);
    struct mlt_draft draft;
    mlt_draft_begin(&draft, context, plan, mlt_suite_regression.name);
    mlt_json_out_kstring(&draft.spec, "dataset", dataset->name);
    mlt_json_out_kint(&draft.spec, "batch", batch);
    write_names(&draft.spec, "metrics", &metrics);
    write_names(&draft.spec, "slices", &slices);
    write_named(&draft.spec, &requires);
    draft.test.require = requires.text;
    draft.test.require_count = requires.count;
    return mlt_draft_add(&draft, name, err);
}

static bool plan(const struct mlt_plan_context *context, const struct mlt_yaml *items,
                 struct mlt_plan *plan, struct mlt_err *err)
{
    for (size_t i = 0; i < items->count; i++)
        if (!plan_item(context, items->values[i], plan, err))
            return false;
    return true;
}

static bool read_names(const struct mlt_json *list, struct mlt_arena *arena, struct names *out,
                       struct mlt_err *err)
{
    if (!make_names(arena, mlt_json_count(list), out, err))
        return false;
    for (const struct mlt_json *node = mlt_json_first(list); node; node = mlt_json_next(node))
        add_name(out, mlt_arena_strdup(arena, mlt_json_string(node)));
    for (size_t i = 0; i < out->count; i++)
        if (!out->name[i])
            return mlt_err_oom(err);
    return true;
}

/* Rows that only the candidate lacks, above what the data set allows, fail the case by themselves.
 */
static bool conclude(struct mlt_case_context *context, const struct mlt_scoring *scoring,
                     struct mlt_outcome *out, struct mlt_err *err)
{
    uint64_t paired = 0, missing = 0, unanswered = 0;
    double limit = scoring->inputs.dataset->max_candidate_missing;
    for (size_t r = 0; r < scoring->rows; r++) {
        paired += scoring->state[r] == MLT_ROW_PAIRED;
        missing += scoring->state[r] == MLT_ROW_CANDIDATE_MISSING;
        unanswered += scoring->state[r] == MLT_ROW_BASELINE_MISSING;
    }
    if ((double)missing > limit * (double)(paired + missing))
        return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                               "the candidate gave no usable prediction for %llu of %llu rows "
                               "(allowed: %g %%); %s",
                               (unsigned long long)missing, (unsigned long long)(paired + missing),
                               limit * 100,
                               scoring->candidate_fault ? scoring->candidate_fault : "");
    if (paired > 0) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    if (unanswered > 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the baseline gave no usable prediction for any of %llu rows; %s",
                           (unsigned long long)unanswered,
                           scoring->baseline_fault ? scoring->baseline_fault : "");
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s: every row was left out: none has label and inputs",
                       scoring->inputs.table.path);
}

/* The columns that slices are made of: of "brand,store" there are two. */
static bool columns_of(const struct names *slices, struct mlt_arena *arena, struct names *out,
                       struct mlt_err *err)
{
    if (!make_names(arena, slices->count * MLT_SLICE_MAX_COLUMNS, out, err))
        return false;
    for (size_t i = 0; i < slices->count; i++) {
        size_t parts;
        const char **part = mlt_slice_split(slices->name[i], arena, &parts);
        if (!part || parts > MLT_SLICE_MAX_COLUMNS)
            return mlt_err_set(err, MLT_ERR_USAGE, "slices by '%s': expected 1 to %d columns",
                               slices->name[i], (int)MLT_SLICE_MAX_COLUMNS);
        for (size_t p = 0; p < parts; p++)
            add_name(out, part[p]);
    }
    return true;
}

static bool run_spec(struct mlt_case_context *context, const struct mlt_case_plan *test,
                     const struct mlt_json *spec, struct mlt_outcome *out, struct mlt_err *err)
{
    const char *name;
    double batch;
    struct names metrics, slices, columns;
    struct mlt_scoring *scoring = mlt_arena_alloc(context->arena, sizeof *scoring);
    if (!scoring)
        return mlt_err_oom(err);
    if (!mlt_json_want_string(spec, "dataset", &name, err) ||
        !mlt_json_want_number(spec, "batch", &batch, err) ||
        !read_names(mlt_json_get(spec, "metrics"), context->arena, &metrics, err) ||
        !read_names(mlt_json_get(spec, "slices"), context->arena, &slices, err) ||
        !columns_of(&slices, context->arena, &columns, err))
        return false;
    const struct mlt_dataset_config *dataset = mlt_config_dataset(context->config, name);
    if (!dataset)
        return mlt_err_set(err, MLT_ERR_USAGE, "data set '%s' is unknown", name);
    struct mlt_slicing slicing = {.case_id = test->id,
                                  .scoring = scoring,
                                  .metric = metrics.name,
                                  .metric_count = metrics.count,
                                  .slice = slices.name,
                                  .slice_count = slices.count,
                                  .named = mlt_json_get(spec, "named")};
    return mlt_scoring_open(context, dataset, columns.name, columns.count, scoring, err) &&
           mlt_scoring_predict(context, scoring, (size_t)batch, err) &&
           mlt_slices_measure(context, &slicing, err) && conclude(context, scoring, out, err);
}

static bool run(struct mlt_case_context *context, const struct mlt_case_plan *test,
                struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_json *spec;
    if (!mlt_json_parse(test->id, test->spec, strlen(test->spec), &spec, err))
        return false;
    bool ok = run_spec(context, test, spec, out, err);
    mlt_json_free(spec);
    if (ok && out->state == MLT_OUTCOME_FAILED)
        out->diagnostics = mlt_ask_diagnostics(context);
    return ok;
}

const struct mlt_suite_ops mlt_suite_regression = {
    .abi = MLT_SUITE_ABI,
    .name = "regression",
    .doc = "quality on held-out rows, whole and by slice, paired with the baseline",
    .item = &item_shape,
    .plan = plan,
    .run = run,
};

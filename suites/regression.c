/* The regression suite: quality on held-out rows, whole and by slice, paired with the baseline. */
#include "suites/regression.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/domain/slice.h"
#include "suites/ask.h"
#include "suites/scoring.h"
#include "suites/slices.h"
#include "suites/suites.h"

static bool read_names(const struct mlt_json *list, struct mlt_arena *arena,
                       struct mlt_regression_names *out, struct mlt_err *err)
{
    if (!mlt_regression_names_make(arena, mlt_json_count(list), out, err))
        return false;
    for (const struct mlt_json *node = mlt_json_first(list); node; node = mlt_json_next(node))
        mlt_regression_names_add(out, mlt_arena_strdup(arena, mlt_json_string(node)));
    for (size_t i = 0; i < out->count; i++)
        if (!out->name[i])
            return mlt_err_oom(err);
    return true;
}

/* Rows by state, and the positive ones among those that are scored. */
struct counts {
    uint64_t paired, missing, unanswered, positive;
};

static struct counts count_rows(const struct mlt_scoring *s)
{
    struct counts out = {0};
    for (size_t r = 0; r < s->rows; r++) {
        out.paired += s->state[r] == MLT_ROW_PAIRED;
        out.positive += s->state[r] == MLT_ROW_PAIRED && s->label[r] == 1;
        out.missing += s->state[r] == MLT_ROW_CANDIDATE_MISSING;
        out.unanswered += s->state[r] == MLT_ROW_BASELINE_MISSING;
    }
    return out;
}

/* With a misspelt `positive` every row would be a negative one, and a model that always says no
 * perfect. */
static bool check_positive(const struct mlt_scoring *s, const struct counts *counts,
                           struct mlt_err *err)
{
    const struct mlt_dataset_config *dataset = s->inputs.dataset;
    if (s->target.task != MLT_TASK_BINARY || !dataset->positive || counts->positive > 0)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s: none of the %llu scored rows has the label '%.80s' in column '%s' "
                       "(`positive` of data set '%s')",
                       s->inputs.table.path, (unsigned long long)counts->paired, dataset->positive,
                       dataset->label, dataset->name);
}

/* Rows that only the candidate lacks, above what the data set allows, fail the case by themselves.
 */
static bool conclude(struct mlt_case_context *context, const struct mlt_scoring *scoring,
                     struct mlt_outcome *out, struct mlt_err *err)
{
    const struct counts n = count_rows(scoring);
    double limit = scoring->inputs.dataset->max_candidate_missing;
    if ((double)n.missing > limit * (double)(n.paired + n.missing))
        return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                               "the candidate gave no usable prediction for %llu of %llu rows "
                               "(allowed: %g %%); %s",
                               (unsigned long long)n.missing,
                               (unsigned long long)(n.paired + n.missing), limit * 100,
                               scoring->candidate_fault ? scoring->candidate_fault : "");
    if (n.paired > 0) {
        out->state = MLT_OUTCOME_PASSED;
        return check_positive(scoring, &n, err);
    }
    if (n.unanswered > 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the baseline gave no usable prediction for any of %llu rows; %s",
                           (unsigned long long)n.unanswered,
                           scoring->baseline_fault ? scoring->baseline_fault : "");
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s: every row was left out: none has all that it takes to be scored",
                       scoring->inputs.table.path);
}

/* The columns that slices are made of: of "brand,store" there are two. */
static bool columns_of(const char *const *slice, size_t count, struct mlt_arena *arena,
                       struct mlt_regression_names *out, struct mlt_err *err)
{
    if (!mlt_regression_names_make(arena, count * MLT_SLICE_MAX_COLUMNS, out, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t parts;
        const char **part = mlt_slice_split(slice[i], arena, &parts);
        if (!part || parts > MLT_SLICE_MAX_COLUMNS)
            return mlt_err_set(err, MLT_ERR_USAGE, "slices by '%s': expected 1 to %d columns",
                               slice[i], (int)MLT_SLICE_MAX_COLUMNS);
        for (size_t p = 0; p < parts; p++)
            mlt_regression_names_add(out, part[p]);
    }
    return true;
}

/* What the case measures, as it was planned; texts live in the arena. */
static bool read_spec(const struct mlt_json *spec, struct mlt_arena *arena,
                      struct mlt_slicing *slicing, struct mlt_definitions *definitions,
                      struct mlt_err *err)
{
    struct mlt_regression_names metrics, slices, defines;
    double min_rows, replicates;
    const char *rule = mlt_json_string(mlt_json_get(spec, "threshold_rule"));
    if (!read_names(mlt_json_get(spec, "metrics"), arena, &metrics, err) ||
        !read_names(mlt_json_get(spec, "slices"), arena, &slices, err) ||
        !read_names(mlt_json_get(spec, "define"), arena, &defines, err) ||
        !mlt_definitions_read(defines.name, defines.count, arena, definitions, err) ||
        !mlt_json_want_number(spec, "min_rows", &min_rows, err) ||
        !mlt_json_want_number(spec, "replicates", &replicates, err) ||
        !mlt_json_want_number(spec, "threshold", &slicing->threshold, err))
        return false;
    if (rule && !mlt_threshold_rule_parse(rule, &slicing->threshold_rule))
        return mlt_err_set(err, MLT_ERR_USAGE, "there is no threshold rule '%.40s'", rule);
    slicing->metric = metrics.name;
    slicing->metric_count = metrics.count;
    slicing->slice = slices.name;
    slicing->slice_count = slices.count;
    slicing->named = mlt_json_get(spec, "named");
    slicing->min_rows = (uint64_t)min_rows;
    slicing->replicates = (size_t)replicates;
    return true;
}

static bool run_spec(struct mlt_case_context *context, const struct mlt_case_plan *test,
                     const struct mlt_json *spec, struct mlt_outcome *out, struct mlt_err *err)
{
    const char *name;
    double batch;
    struct mlt_regression_names columns;
    struct mlt_definitions definitions;
    struct mlt_scoring *scoring = mlt_arena_alloc(context->arena, sizeof *scoring);
    struct mlt_slicing slicing = {.case_id = test->id, .scoring = scoring};
    if (!scoring)
        return mlt_err_oom(err);
    if (!mlt_json_want_string(spec, "dataset", &name, err) ||
        !mlt_json_want_number(spec, "batch", &batch, err) ||
        !read_spec(spec, context->arena, &slicing, &definitions, err) ||
        !columns_of(slicing.slice, slicing.slice_count, context->arena, &columns, err))
        return false;
    const struct mlt_dataset_config *dataset = mlt_config_dataset(context->config, name);
    if (!dataset)
        return mlt_err_set(err, MLT_ERR_USAGE, "data set '%s' is unknown", name);
    return mlt_scoring_open(context, dataset, columns.name, columns.count, &definitions, scoring,
                            err) &&
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
    .item = &mlt_regression_item,
    .plan = mlt_regression_plan,
    .run = run,
};

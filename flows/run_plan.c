#include "flows/run_plan.h"

#include <string.h>

#include "flows/builtins.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/table/reader.h"

static const struct mlt_suite_section *find_section(const struct mlt_config *config,
                                                    const char *suite)
{
    for (size_t i = 0; i < config->suite_count; i++)
        if (strcmp(config->suites[i].suite, suite) == 0)
            return &config->suites[i];
    return NULL;
}

static bool wanted(const struct mlt_run_request *request, const char *suite)
{
    for (size_t i = 0; i < request->suite_count; i++)
        if (strcmp(request->suites[i], suite) == 0)
            return true;
    return request->suite_count == 0;
}

static bool check_asked_suites(const struct mlt_run_request *request,
                               const struct mlt_config *config, struct mlt_err *err)
{
    for (size_t i = 0; i < request->suite_count; i++) {
        const char *name = request->suites[i];
        if (mlt_builtin_suite(name) && find_section(config, name))
            continue;
        const char *names[16];
        size_t n = 0;
        for (size_t k = 0; mlt_builtin_suites[k] && n < 15; k++)
            names[n++] = mlt_builtin_suites[k]->name;
        names[n] = NULL;
        if (mlt_builtin_suite(name))
            return mlt_err_set(err, MLT_ERR_USAGE, "%s has no suite \"%s\" under `suites:`",
                               config->path, name);
        const char *near = mlt_str_nearest(name, names);
        return mlt_err_set(err, MLT_ERR_USAGE, "there is no suite \"%.60s\"%s%s%s", name,
                           near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    return true;
}

static bool matches(const char *glob, const struct mlt_case_plan *test)
{
    return mlt_str_glob(glob, test->id) || mlt_str_glob(glob, test->name);
}

static bool apply_filter(const char *glob, struct mlt_plan *plan, struct mlt_run *run,
                         struct mlt_err *err)
{
    if (!glob)
        return true;
    size_t kept = 0, planned = plan->count;
    for (size_t i = 0; i < planned; i++)
        if (matches(glob, &plan->cases[i]))
            plan->cases[kept++] = plan->cases[i];
    plan->count = kept;
    run->filtered = kept < planned;
    if (kept == 0)
        return mlt_err_set(
            err, MLT_ERR_EVIDENCE,
            "--case \"%.80s\" matches none of the %zu planned cases: nothing would run", glob,
            planned);
    return true;
}

static bool skip_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    (void)context;
    (void)block;
    (void)err;
    return true;
}

/* Only what the file holds counts: a data set that is missing, empty or malformed stops the run
 * before anything is started. */
static bool describe_dataset(const struct mlt_dataset_config *dataset, struct mlt_run_dataset *out,
                             struct mlt_err *err)
{
    /* No column is wanted: rows are counted and checked, and the digest is made on the way. */
    static const struct mlt_reader_column none[1];
    const struct mlt_reader_options options = {
        .path = dataset->path, .columns = none, .may_have_no_rows = true};
    struct mlt_reader_summary summary;
    out->name = dataset->name;
    out->path = dataset->path;
    if (!mlt_reader_run(&options, skip_block, NULL, &summary, err))
        return mlt_err_prefix(err, "data set %s", dataset->name);
    out->rows = summary.rows;
    memcpy(out->sha256, summary.sha256, sizeof summary.sha256);
    mlt_reader_summary_free(&summary);
    if (out->rows == 0) {
        mlt_err_set(err, MLT_ERR_EVIDENCE, "%s has a header and no rows", dataset->path);
        return mlt_err_prefix(err, "data set %s", dataset->name);
    }
    return true;
}

static bool describe_datasets(const struct mlt_config *config, struct mlt_arena *arena,
                              struct mlt_run *run, struct mlt_err *err)
{
    run->datasets = mlt_arena_calloc(arena, config->dataset_count, sizeof *run->datasets);
    if (!run->datasets)
        return mlt_err_oom(err);
    for (size_t i = 0; i < config->dataset_count; i++)
        if (!describe_dataset(&config->datasets[i], &run->datasets[run->dataset_count++], err))
            return false;
    return true;
}

bool mlt_run_plan(const struct mlt_run_request *request, const struct mlt_setting *setting,
                  struct mlt_arena *arena, struct mlt_plan *plan, struct mlt_run *run,
                  struct mlt_err *err)
{
    const struct mlt_config *config = &setting->config;
    const char **suites = mlt_arena_calloc(arena, config->suite_count + 1, sizeof *suites);
    if (!suites)
        return mlt_err_oom(err);
    run->suites = suites;
    if (!check_asked_suites(request, config, err) || !describe_datasets(config, arena, run, err))
        return false;
    const struct mlt_plan_context context = {
        .config = config,
        .candidate = &setting->candidate,
        .baseline = setting->has_baseline ? &setting->baseline : NULL,
        .contract = config->has_contract ? &config->contract : setting->candidate.contract,
        .arena = arena,
    };
    for (size_t i = 0; mlt_builtin_suites[i]; i++) {
        const struct mlt_suite_ops *suite = mlt_builtin_suites[i];
        const struct mlt_suite_section *section = find_section(config, suite->name);
        if (!section || !wanted(request, suite->name))
            continue;
        size_t before = plan->count;
        if (!suite->plan(&context, section->items, plan, err))
            return mlt_err_prefix(err, "suite %s", suite->name);
        if (plan->count == before)
            return mlt_err_set(
                err, MLT_ERR_EVIDENCE,
                "suite %s of %s plans no case for this model: nothing would be tested", suite->name,
                config->path);
        suites[run->suite_count++] = suite->name;
    }
    if (plan->count == 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s plans no case: nothing would run",
                           config->path);
    return apply_filter(request->case_glob, plan, run, err);
}

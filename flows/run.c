#include "flows/run.h"

#include <string.h>
#include <unistd.h>

#include "config.h"
#include "flows/builtins.h"
#include "flows/keyring.h"
#include "flows/lifecycle.h"
#include "flows/report.h"
#include "flows/run_id.h"
#include "flows/run_plan.h"
#include "flows/run_watch.h"
#include "flows/setting.h"
#include "flows/test_result.h"
#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/rng.h"
#include "harness/results/results.h"
#include "harness/runner/pool.h"

/* A request by name, so that a misspelt format is told before the run and not after it. */
static bool check_reports(const struct mlt_run_request *request, struct mlt_err *err)
{
    struct mlt_report_target ignored;
    for (size_t i = 0; i < request->report_count; i++)
        if (!mlt_report_target_parse(request->reports[i], &ignored, err))
            return false;
    return true;
}

static void fill_side(const struct mlt_subject *subject, struct mlt_run_side *out)
{
    out->model = subject->model;
    out->version = subject->version;
    memcpy(out->digest, subject->digest, sizeof out->digest);
    memcpy(out->artifact_digest, subject->artifact_digest, sizeof out->artifact_digest);
}

static bool fill_header(const struct mlt_run_request *request, const struct mlt_setting *setting,
                        struct mlt_arena *arena, struct mlt_run *run, struct mlt_err *err)
{
    char *run_id = mlt_arena_alloc(arena, MLT_RUN_ID_CHARS);
    char *started_at = mlt_arena_alloc(arena, MLT_TIME_CHARS);
    if (!run_id || !started_at)
        return mlt_err_oom(err);
    mlt_run_id_new(run_id);
    run->run_id = run_id;
    run->started_at = mlt_clock_format(mlt_clock_wall_s(), started_at);
    run->tool_version = PACKAGE_VERSION;
    fill_side(&setting->candidate, &run->candidate);
    run->has_baseline = setting->has_baseline;
    if (setting->has_baseline)
        fill_side(&setting->baseline, &run->baseline);
    run->baseline_ref = setting->baseline_ref;
    run->config_path = setting->config.path;
    run->config_text = setting->config.text;
    memcpy(run->config_digest, setting->config.digest, sizeof run->config_digest);
    /* 53 bits, so that the seed survives every reader that keeps numbers as doubles. */
    run->seed = request->has_seed ? request->seed : mlt_rng_fresh_seed() >> 11;
    run->shard = run->shards = 1;
    return true;
}

static unsigned job_count(const struct mlt_run_request *request)
{
    if (request->jobs)
        return request->jobs;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (unsigned)online : 1;
}

/* Runs the plan into an open results file and closes it, complete or not. */
static bool execute(const struct mlt_run_request *request, const struct mlt_setting *setting,
                    const struct mlt_plan *plan, const struct mlt_run *run, const char *path,
                    struct mlt_arena *arena, struct mlt_err *err)
{
    char *worker;
    struct mlt_results *results;
    if (!mlt_pool_find_worker(arena, &worker, err) ||
        !mlt_results_create(path, run, plan, &results, err))
        return false;
    const struct mlt_job_context job = {
        .config_path = setting->config.path,
        .config_text = setting->config.text,
        .config_len = setting->config.len,
        .candidate = &setting->candidate,
        .baseline = setting->has_baseline ? &setting->baseline : NULL,
        .registry_url = setting->registry_url,
        .seed = run->seed,
        .datasets = run->datasets,
        .dataset_count = run->dataset_count,
    };
    const struct mlt_pool_options options = {
        .worker = worker,
        .jobs = job_count(request),
        .case_timeout_ns = 600ull * 1000000000,
        .grace_ns = 2ull * 1000000000,
        .fail_fast = request->fail_fast,
        .interrupted = request->interrupted,
    };
    struct mlt_run_watch watch;
    mlt_run_watch_begin(&watch, request, run, plan, results);
    bool ran = mlt_pool_run(plan, &job, &options, mlt_run_watch_observer(&watch), err);
    mlt_run_watch_end(&watch);
    if (!ran && err->kind != MLT_ERR_INTERRUPTED) {
        mlt_results_abandon(results);
        return false;
    }
    bool complete;
    struct mlt_err finish_err = MLT_ERR_INIT;
    if (!mlt_results_finish(results, ran ? NULL : strsignal(err->signal), &complete, &finish_err)) {
        *err = finish_err;
        return false;
    }
    if (!ran)
        mlt_err_prefix(err, "stopped; what had ended is in %s, which no gate accepts", path);
    return ran;
}

/* Only what is registered has its runs kept. */
static bool is_kept(const struct mlt_run_request *request, const struct mlt_setting *setting)
{
    return setting->registry && !request->no_store && setting->version.state &&
           *setting->version.state;
}

/* The key is looked for before anything runs: what is wrong with it should not show at the end. */
static bool find_key(const struct mlt_run_request *request, const struct mlt_setting *setting,
                     struct mlt_arena *arena, struct mlt_key **key, struct mlt_buf *console,
                     struct mlt_err *err)
{
    bool needed = false;
    if (!is_kept(request, setting))
        return true;
    if (!mlt_keyring_find(setting->registry, MLT_KEY_RUNNER, arena, &needed, key, err))
        return false;
    if (needed && !*key)
        mlt_buf_printf(console,
                       "stored unsigned: no runner's key that %s allows is here, and no gate there "
                       "counts this run (mltest keys new)\n\n",
                       setting->registry_url);
    return true;
}

static bool keep(const struct mlt_setting *setting, const struct mlt_run *run, const char *path,
                 const struct mlt_key *key, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_buf envelope = MLT_BUF_INIT;
    bool ok = (!key || mlt_test_result_sign(path, key, arena, &envelope, err)) &&
              mlt_buf_check(&envelope, err) &&
              mlt_registry_store_signed_run(setting->registry, run->candidate.model,
                                            run->candidate.version, run->run_id, path,
                                            key ? envelope.data : NULL, err);
    mlt_buf_free(&envelope);
    return ok;
}

static bool warn(const struct mlt_run_request *request, const struct mlt_setting *setting,
                 struct mlt_arena *arena, struct mlt_err *err)
{
    return !request->notes ||
           (mlt_lifecycle_warn(setting->registry, &setting->version, arena, request->notes, err) &&
            (!setting->has_baseline ||
             mlt_lifecycle_warn(setting->registry, &setting->baseline_version, arena,
                                request->notes, err)));
}

bool mlt_flow_run(const struct mlt_run_request *request, struct mlt_arena *arena,
                  struct mlt_buf *console, enum mlt_verdict *out, struct mlt_err *err)
{
    const struct mlt_setting_request where = {
        .dir = request->dir,
        .registry = request->registry,
        .ref = request->ref,
        .needs_config = true,
        .read_only = request->no_store,
    };
    const char *path = request->output ? request->output : "results.mlt";
    struct mlt_setting setting = {0};
    struct mlt_plan plan = {0};
    struct mlt_run run = {0};
    struct mlt_key *key = NULL;
    bool ok = check_reports(request, err) && mlt_setting_open(&where, arena, &setting, err) &&
              mlt_setting_baseline(&setting, request->baseline, arena, err) &&
              find_key(request, &setting, arena, &key, console, err) &&
              warn(request, &setting, arena, err) &&
              fill_header(request, &setting, arena, &run, err) &&
              mlt_run_plan(request, &setting, arena, &plan, &run, err) &&
              execute(request, &setting, &plan, &run, path, arena, err);
    if (ok && is_kept(request, &setting))
        ok = keep(&setting, &run, path, key, arena, err);
    mlt_key_free(key);
    mlt_setting_close(&setting);
    if (!ok)
        return false;
    const struct mlt_report_request report = {
        .results = path,
        .targets = request->reports,
        .target_count = request->report_count,
        .color = request->color,
        .width = request->width,
    };
    return mlt_flow_report(&report, arena, console, out, err);
}

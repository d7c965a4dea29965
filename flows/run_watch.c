#include "flows/run_watch.h"

#include "harness/base/clock.h"

static bool on_started(void *context, const struct mlt_case_plan *test, struct mlt_err *err)
{
    struct mlt_run_watch *watch = context;
    (void)err;
    mlt_progress_case_started(&watch->progress, test);
    return true;
}

static bool on_progress(void *context, const struct mlt_case_plan *test, double share,
                        struct mlt_err *err)
{
    struct mlt_run_watch *watch = context;
    (void)err;
    mlt_progress_case_share(&watch->progress, test, share);
    return true;
}

static bool on_measurement(void *context, const struct mlt_case_plan *test,
                           const struct mlt_measurement *m, struct mlt_err *err)
{
    struct mlt_run_watch *watch = context;
    struct mlt_measurement named = *m;
    named.case_id = test->id;
    return mlt_results_measurement(watch->results, &named, err);
}

static bool on_rows(void *context, const struct mlt_case_plan *test,
                    const struct mlt_paired_row *rows, size_t count, struct mlt_err *err)
{
    struct mlt_run_watch *watch = context;
    return mlt_results_paired_rows(watch->results, test->id, rows, count, err);
}

static bool on_series(void *context, const struct mlt_case_plan *test, const char *name, double x,
                      double y, struct mlt_err *err)
{
    struct mlt_run_watch *watch = context;
    return mlt_results_series(watch->results, test->id, name, x, y, err);
}

static bool on_attachment(void *context, const struct mlt_case_plan *test, const char *name,
                          const char *media_type, const void *data, size_t len, struct mlt_err *err)
{
    struct mlt_run_watch *watch = context;
    return mlt_results_attachment(watch->results, test->id, name, media_type, data, len, err);
}

static bool on_outcome(void *context, const struct mlt_case_plan *test,
                       const struct mlt_outcome *outcome, struct mlt_err *err)
{
    struct mlt_run_watch *watch = context;
    mlt_progress_case_ended(&watch->progress, test, outcome, mlt_clock_monotonic_ns());
    return mlt_results_outcome(watch->results, test->id, outcome, err);
}

static bool on_tick(void *context, struct mlt_err *err)
{
    struct mlt_run_watch *watch = context;
    (void)err;
    mlt_progress_tick(&watch->progress, mlt_clock_monotonic_ns());
    return true;
}

void mlt_run_watch_begin(struct mlt_run_watch *watch, const struct mlt_run_request *request,
                         const struct mlt_run *run, const struct mlt_plan *plan,
                         struct mlt_results *results)
{
    watch->results = results;
    watch->observer = (struct mlt_pool_observer){
        .context = watch,
        .started = on_started,
        .progress = on_progress,
        .measurement = on_measurement,
        .rows = on_rows,
        .series = on_series,
        .attachment = on_attachment,
        .outcome = on_outcome,
        .tick = on_tick,
    };
    if (request->progress)
        fprintf(request->progress, "run %s  %s@%s  seed %llu\n", run->run_id, run->candidate.model,
                run->candidate.version, (unsigned long long)run->seed);
    mlt_progress_start(&watch->progress, request->progress, request->progress_live,
                       request->progress_color, request->width, plan->count,
                       mlt_clock_monotonic_ns());
}

const struct mlt_pool_observer *mlt_run_watch_observer(struct mlt_run_watch *watch)
{
    return &watch->observer;
}

void mlt_run_watch_end(struct mlt_run_watch *watch)
{
    mlt_progress_stop(&watch->progress);
}

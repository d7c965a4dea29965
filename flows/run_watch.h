/* What happens while a run runs: everything that the workers say goes to the results file and to
 * the progress line. The only writer of the results. */
#ifndef MLTEST_FLOWS_RUN_WATCH_H
#define MLTEST_FLOWS_RUN_WATCH_H

#include "flows/run.h"
#include "harness/results/results.h"
#include "harness/runner/pool.h"
#include "reports/console_progress.h"

struct mlt_run_watch {
    struct mlt_results *results;
    struct mlt_progress progress;
    struct mlt_pool_observer observer;
};

void mlt_run_watch_begin(struct mlt_run_watch *watch, const struct mlt_run_request *request,
                         const struct mlt_run *run, const struct mlt_plan *plan,
                         struct mlt_results *results);
const struct mlt_pool_observer *mlt_run_watch_observer(struct mlt_run_watch *watch);
void mlt_run_watch_end(struct mlt_run_watch *watch);

#endif

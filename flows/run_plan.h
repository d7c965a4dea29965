/* From configuration to plan: which cases a run will have. */
#ifndef MLTEST_FLOWS_RUN_PLAN_H
#define MLTEST_FLOWS_RUN_PLAN_H

#include "flows/run.h"
#include "flows/setting.h"
#include "harness/domain/run.h"

/* Plans the suites asked for and applies the case filter. Fills the plan and, in `run`, suites,
 * filtered and datasets (each hashed and counted). A suite that the configuration lacks is
 * MLT_ERR_USAGE; a filter that matches nothing, or no case at all, MLT_ERR_EVIDENCE. */
bool mlt_run_plan(const struct mlt_run_request *request, const struct mlt_setting *setting,
                  struct mlt_arena *arena, struct mlt_plan *plan, struct mlt_run *run,
                  struct mlt_err *err) MLT_MUST_USE;

#endif

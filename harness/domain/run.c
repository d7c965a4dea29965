#include "harness/domain/run.h"

#include <string.h>

bool mlt_plan_add(struct mlt_plan *plan, const struct mlt_case_plan *test, struct mlt_arena *arena,
                  struct mlt_err *err)
{
    for (size_t i = 0; i < plan->count; i++)
        if (strcmp(plan->cases[i].id, test->id) == 0)
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "two test cases are named %s; give one of them another name",
                               test->id);
    struct mlt_case_plan *cases =
        mlt_arena_grow(arena, plan->cases, plan->count, &plan->capacity, sizeof *cases);
    if (!cases)
        return mlt_err_oom(err);
    plan->cases = cases;
    plan->cases[plan->count++] = *test;
    return true;
}

const struct mlt_run_case *mlt_run_case_find(const struct mlt_run *run, const char *id)
{
    for (size_t i = 0; i < run->case_count; i++)
        if (strcmp(run->cases[i].plan.id, id) == 0)
            return &run->cases[i];
    return NULL;
}

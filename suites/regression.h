/* What planning and running a regression case share. */
#ifndef MLTEST_SUITES_REGRESSION_H
#define MLTEST_SUITES_REGRESSION_H

#include "harness/evaluate/definition.h"
#include "harness/runner/suite.h"

extern const struct mlt_schema mlt_regression_item;

/* Adds the cases of the section `suites.regression`. */
bool mlt_regression_plan(const struct mlt_plan_context *context, const struct mlt_yaml *items,
                         struct mlt_plan *plan, struct mlt_err *err);

/* Texts without repetition, lent. */
struct mlt_regression_names {
    const char **name;
    size_t count;
};
/* Makes room for all that will be added. */
bool mlt_regression_names_make(struct mlt_arena *arena, size_t room,
                               struct mlt_regression_names *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_regression_names_add(struct mlt_regression_names *names, const char *name);

#endif

/* The one place where the built-in adapters, suites, metrics and writers are listed. */
#ifndef MLTEST_FLOWS_BUILTINS_H
#define MLTEST_FLOWS_BUILTINS_H

#include "harness/adapter/adapter.h"
#include "harness/config/config.h"
#include "harness/runner/suite.h"
#include "reports/report.h"

/* Each ends with NULL. */
extern const struct mlt_suite_ops *const mlt_builtin_suites[];
extern const struct mlt_adapter_ops *const mlt_builtin_adapters[];
extern const struct mlt_report_ops *const mlt_builtin_reports[];

/* The suite or writer of that name; NULL when there is none. */
const struct mlt_suite_ops *mlt_builtin_suite(const char *name);
const struct mlt_report_ops *mlt_builtin_report(const char *name);

/* What mltest.yaml may hold, made from the tables above. Strings are static; the arrays live in the
 * arena. NULL when memory is out. */
const struct mlt_config_tables *mlt_builtin_config_tables(struct mlt_arena *arena);

/* The requirement words a policy may use, NULL-terminated; the array lives in the arena. NULL when
 * memory is out. */
const char *const *mlt_builtin_requirement_words(struct mlt_arena *arena);

#endif

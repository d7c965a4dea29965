/* The cases of the suites' test program. */
#ifndef MLTEST_TESTS_UNIT_SUITES_CASES_H
#define MLTEST_TESTS_UNIT_SUITES_CASES_H

#include "tests/unit/suites/stage.h"

TCase *ab_cases(void);
TCase *unit_suite_cases(void);
TCase *performance_cases(void);
TCase *regression_cases(void);
TCase *compatibility_cases(void);
TCase *configuration_cases(void);
TCase *dependencies_cases(void);
TCase *regression_asked_cases(void);
TCase *edge_cases(void);
TCase *planning_cases(void);

#define ck_outcome(stage, wanted, phrase)                                                          \
    do {                                                                                           \
        ck_assert_int_eq((stage).outcome.state, (wanted));                                         \
        ck_assert_ptr_nonnull((stage).outcome.message);                                            \
        ck_assert_msg(strstr((stage).outcome.message, (phrase)) != NULL, "'%s' is not in '%s'",    \
                      (phrase), (stage).outcome.message);                                          \
    } while (0)
#define ck_passed(stage)                                                                           \
    ck_assert_msg((stage).outcome.state == MLT_OUTCOME_PASSED, "%s",                               \
                  (stage).outcome.message ? (stage).outcome.message : "no message")
#define ck_runs(stage, suite, name)                                                                \
    ck_assert_msg(stage_run(&(stage), &(suite), (name)), "%s", (stage).err.text)

#endif

/* A run with one case per suite, and its evidence, to be bent by each test. */
#ifndef MLTEST_TESTS_UNIT_GATES_FIXTURES_H
#define MLTEST_TESTS_UNIT_GATES_FIXTURES_H

#include "harness/domain/evidence.h"
#include "harness/domain/policy.h"
#include "harness/domain/run.h"
#include "tests/unit/suite.h"

enum { SUITES = 7 };
extern const char *const suite_names[SUITES + 1];

struct fixture {
    struct mlt_arena arena;
    struct mlt_run run;
    struct mlt_run_case cases[SUITES];   /* "<suite>/a", passed, in the order of suite_names */
    struct mlt_measurement measurements[SUITES]; /* one rmse per case */
    struct mlt_run_dataset dataset;
    struct mlt_evidence_run evidence_run;
    struct mlt_evidence_rejected rejected;
    struct mlt_evidence_deployment deployment;
    struct mlt_evidence evidence;        /* environment "e" of m@1.1.0; 1.0.0 serves */
    struct mlt_policy policy;
};

/* Every case passed and requires "rmse <= 2"; rmse is 1.0 with a standard error of 0.01. `f` is zeroed
 * or was made before. */
void fixture_make(struct fixture *f);
void fixture_free(struct fixture *f);
/* The policy of environment "e" with this YAML list of requirements. */
void fixture_policy(struct fixture *f, const char *requirements);
/* rmse of suite `index` judged by "rmse <= 2": shown, refuted, open, or not a number. */
void fixture_measure(struct fixture *f, size_t index, enum mlt_verdict wanted);

TCase *case_decide(void);
TCase *case_words(void);
TCase *case_run_judge(void);
TCase *case_collect(void);
TCase *case_people_collect(void);
TCase *case_people_decide(void);
TCase *case_replay(void);

#endif

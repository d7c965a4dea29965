/* One sentence, some measurements, what the judge says. */
#ifndef MLTEST_TESTS_UNIT_CRITERIA_BENCH_H
#define MLTEST_TESTS_UNIT_CRITERIA_BENCH_H

#include "harness/criteria/judge.h"
#include "tests/unit/suite.h"

extern struct mlt_arena arena;
extern struct mlt_err err;

void bench_setup(void);
void bench_teardown(void);

/* rmse 0.70 against 0.65, both with standard error 0.01 and no covariance, of 1000 rows. */
struct mlt_measurement bench_rmse(void);
/* The same numbers with the difference's standard error given. */
struct mlt_measurement bench_pair(double candidate, double baseline, double se);
/* The findings of a sentence on measurements, by the default rules. */
struct mlt_findings bench_judge_all(const char *sentence, const struct mlt_measurement *m,
                                    size_t count);
/* The one finding of a sentence on one measurement. */
struct mlt_finding bench_judge(const char *sentence, struct mlt_measurement m);

#define ck_verdict(finding, wanted)                                                                \
    ck_assert_msg((finding).verdict == (wanted), "%s, not %s: %s",                                 \
                  mlt_verdict_name((finding).verdict), mlt_verdict_name(wanted), (finding).reason)
#define ck_says(finding, phrase)                                                                   \
    ck_assert_msg(strstr((finding).reason, (phrase)) != NULL, "'%s' is not in '%s'", (phrase),     \
                  (finding).reason)

#endif

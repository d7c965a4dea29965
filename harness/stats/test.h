/* What a significance test says. */
#ifndef MLTEST_STATS_TEST_H
#define MLTEST_STATS_TEST_H

#include <stdbool.h>

/* Why the p-values are NaN. Zero is "nothing was computed". */
enum mlt_test_state {
    MLT_TEST_NOTHING,
    MLT_TEST_DONE,
    MLT_TEST_TOO_FEW,    /* not enough observations for this test */
    MLT_TEST_CONSTANT,   /* no spread: nothing can be tested */
    MLT_TEST_NOT_FINITE, /* NaN or infinity among the observations */
    MLT_TEST_IMPOSSIBLE, /* counts that contradict each other */
    MLT_TEST_TOO_LARGE,  /* an exact distribution was asked for beyond its limit */
    MLT_TEST_NO_MEMORY,
};

struct mlt_test {
    enum mlt_test_state state;
    bool exact; /* the p-values are exact, not a large-sample approximation */
    double statistic;
    double df;      /* degrees of freedom; NaN where there are none */
    double p_above; /* of "the effect is at most its null value": small where it is above */
    double p_below; /* of "the effect is at least its null value" */
    double p;       /* two-sided */
};

struct mlt_test mlt_test_undefined(enum mlt_test_state state);
/* From a standard normal deviate: both tails, and twice the smaller. */
struct mlt_test mlt_test_normal(double z);
/* From an exact distribution: both tails, which include what was observed, and twice the smaller.
 */
struct mlt_test mlt_test_tails(double statistic, double p_above, double p_below);

#endif

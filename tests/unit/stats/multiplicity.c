#include "harness/stats/multiplicity.h"

#include <string.h>

#include "tests/unit/stats/near.h"
#include "tests/unit/suite.h"

TCase *multiplicity_case(void);

typedef void adjust_function(double *p, size_t n, size_t planned);

static void check_adjusted(adjust_function *adjust, const double ten[10], const double fourteen[10])
{
    static const double p[10] = {0.01, 0.02, 0.03, 0.04, 0.05, 0.02, 0.8, 1, 0, 1e-10};
    double x[10];
    memcpy(x, p, sizeof x);
    adjust(x, 10, 10);
    for (int i = 0; i < 10; i++)
        ck_near(x[i], ten[i], 1e-14);
    memcpy(x, p, sizeof x);
    adjust(x, 10, 3); /* fewer planned than there are: as many as there are */
    for (int i = 0; i < 10; i++)
        ck_near(x[i], ten[i], 1e-14);
    memcpy(x, p, sizeof x);
    adjust(x, 10, 14);
    for (int i = 0; i < 10; i++)
        ck_near(x[i], fourteen[i], 1e-14);
}

/* R 4.2.2: P <- c(.01, .02, .03, .04, .05, .02, .8, 1, 0, 1e-10); p.adjust(P, method) and
 * p.adjust(c(P, 1, 1, 1, 1), method)[1:10] */
START_TEST(adjusted_p_values_match_p_adjust)
{
    check_adjusted(mlt_holm_adjust, (double[]){0.08, 0.14, 0.15, 0.16, 0.16, 0.14, 1, 1, 0, 9e-10},
                   (double[]){0.12, 0.22, 0.27, 0.32, 0.35, 0.22, 1, 1, 0, 1.3e-09});
    check_adjusted(mlt_hochberg_adjust,
                   (double[]){0.08, 0.12, 0.15, 0.15, 0.15, 0.12, 1, 1, 0, 9e-10},
                   (double[]){0.12, 0.2, 0.27, 0.32, 0.35, 0.2, 1, 1, 0, 1.3e-09});
    check_adjusted(
        mlt_benjamini_hochberg_adjust,
        (double[]){0.033333333333333333, 0.04, 0.05, 0.057142857142857148, 0.0625, 0.04,
                   0.88888888888888895, 1, 0, 5e-10},
        (double[]){0.046666666666666669, 0.056, 0.07, 0.08, 0.0875, 0.056, 1, 1, 0, 7e-10});
    check_adjusted(mlt_benjamini_yekutieli_adjust,
                   (double[]){0.097632275132275126, 0.11715873015873016, 0.14644841269841269,
                              0.16736961451247165, 0.18306051587301586, 0.11715873015873016, 1, 1,
                              0, 1.4644841269841269e-09},
                   (double[]){0.15173957523957524, 0.1820874902874903, 0.22760936285936284,
                              0.26012498612498614, 0.28451170357420358, 0.1820874902874903, 1, 1, 0,
                              2.2760936285936287e-09});
}
END_TEST

START_TEST(a_missing_p_counts_as_one)
{
    static adjust_function *const all[] = {mlt_holm_adjust, mlt_hochberg_adjust,
                                           mlt_benjamini_hochberg_adjust,
                                           mlt_benjamini_yekutieli_adjust};
    for (int i = 0; i < 4; i++) {
        double x[] = {NAN, 0.001, -0.5, 7, 0.9}, one[] = {1, 0.001, 1, 1, 0.9};
        all[i](x, 5, 5);
        all[i](one, 5, 5);
        ck_assert(x[0] == 1 && x[2] == 1 && x[3] == 1 && x[4] == 1);
        ck_assert(x[1] == one[1] && x[1] >= 0.005);
        all[i](NULL, 0, 7);
    }
}
END_TEST

TCase *multiplicity_case(void)
{
    TCase *tcase = tcase_create("multiplicity");
    tcase_add_test(tcase, adjusted_p_values_match_p_adjust);
    tcase_add_test(tcase, a_missing_p_counts_as_one);
    return tcase;
}

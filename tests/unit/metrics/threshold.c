#include "harness/metrics/threshold.h"

#include <math.h>

#include "tests/unit/suite.h"

TCase *threshold_case(void);

static struct mlt_err err;

static void setup(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
}

enum { MAX_ROWS = 12 };

static void check_chosen(const double *label, const double *score, size_t n, double best_f1,
                         double best_j)
{
    double f1 = NAN, j = NAN;
    ck_ok(mlt_threshold_choose(MLT_THRESHOLD_BEST_F1, label, score, n, &f1, &err));
    ck_ok(mlt_threshold_choose(MLT_THRESHOLD_BEST_J, label, score, n, &j, &err));
    ck_assert_double_eq(f1, best_f1);
    ck_assert_double_eq(j, best_j);
}

/* Expected, here and below: scikit-learn 1.2.1, the highest threshold of precision_recall_curve()
 * with the largest 2 p r / (p + r), and of roc_curve(drop_intermediate=False) with the largest
 * tpr - fpr. */
START_TEST(the_best_threshold_is_that_of_scikit_learn)
{
    static const struct {
        size_t n;
        double label[MAX_ROWS], score[MAX_ROWS], f1, j;
    } known[] = {
        {12,
         {0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0},
         {.10, .35, .40, .80, .55, .70, .20, .90, .60, .65, .30, .05},
         .40,
         .40},
        {12,
         {1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0},
         {.9, .85, .8, .7, .6, .5, .45, .4, .35, .3, .2, .1},
         .9,
         .9},
        {4, {0, 0, 1, 1}, {.9, .8, .2, .1}, .1, .1},
        {4, {1, 0, 1, 0}, {.9, .7, .6, .1}, .6, .9},
        {5, {0, 1, 0, 1, 1}, {-3.5, -1.25, -1e300, 2.0, 1e300}, -1.25, -1.25},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        check_chosen(known[i].label, known[i].score, known[i].n, known[i].f1, known[i].j);
}
END_TEST

START_TEST(rows_of_one_score_are_called_together)
{
    static const double label[] = {0, 1, 1, 0, 1, 0, 0, 1};
    static const double score[] = {.5, .5, .5, .5, .2, .2, .8, .8};
    check_chosen(label, score, 8, .2, .8);
}
END_TEST

START_TEST(a_constant_score_is_the_threshold)
{
    static const double label[] = {1, 0, 1, 0}, score[] = {.5, .5, .5, .5};
    check_chosen(label, score, 4, .5, .5);
}
END_TEST

enum { MANY = 1000 };

/* Uniform on [0, 1), by the linear congruences of the C standard's example, modulo 2^31. */
static double next_share(uint64_t *state)
{
    *state = (*state * 1103515245u + 12345u) % 2147483648u;
    return (double)*state / 2147483648.0;
}

static void make_many(double *label, double *score)
{
    uint64_t state = 12345;
    for (size_t i = 0; i < MANY; i++) {
        double chance = next_share(&state), noise = next_share(&state);
        label[i] = next_share(&state) < chance;
        score[i] = floor((0.5 * chance + 0.5 * noise) * 200) / 200;
    }
}

START_TEST(many_rows_with_ties_give_one_threshold_in_any_order)
{
    double label[MANY], score[MANY], turned_label[MANY], turned_score[MANY];
    make_many(label, score);
    for (size_t i = 0; i < MANY; i++) {
        size_t from = (i * 7 + 3) % MANY; /* 7 and 1,000 have no common factor */
        turned_label[i] = label[from];
        turned_score[i] = score[from];
    }
    check_chosen(label, score, MANY, .375, .445);
    check_chosen(turned_label, turned_score, MANY, .375, .445);
}
END_TEST

START_TEST(one_class_or_no_rows_choose_nothing)
{
    static const double zeros[] = {0, 0, 0}, ones[] = {1, 1, 1}, score[] = {.1, .5, .9};
    double chosen = -7;
    ck_fails(mlt_threshold_choose(MLT_THRESHOLD_BEST_F1, zeros, score, 3, &chosen, &err),
             MLT_ERR_EVIDENCE, "one class only");
    ck_fails(mlt_threshold_choose(MLT_THRESHOLD_BEST_J, ones, score, 3, &chosen, &err),
             MLT_ERR_EVIDENCE, "one class only");
    ck_fails(mlt_threshold_choose(MLT_THRESHOLD_BEST_J, ones, score, 0, &chosen, &err),
             MLT_ERR_EVIDENCE, "one class only");
    ck_assert_double_eq(chosen, -7);
}
END_TEST

START_TEST(rules_have_names)
{
    enum mlt_threshold_rule rule = MLT_THRESHOLD_FIXED;
    ck_assert(mlt_threshold_rule_parse("best-f1", &rule) && rule == MLT_THRESHOLD_BEST_F1);
    ck_assert(mlt_threshold_rule_parse("best-j", &rule) && rule == MLT_THRESHOLD_BEST_J);
    ck_assert(!mlt_threshold_rule_parse("best-mcc", &rule));
    ck_assert_str_eq(mlt_threshold_rule_name(MLT_THRESHOLD_BEST_F1), "best-f1");
    ck_assert_ptr_null(mlt_threshold_rule_name(MLT_THRESHOLD_FIXED));
}
END_TEST

TCase *threshold_case(void)
{
    TCase *test = tcase_create("threshold");
    tcase_add_checked_fixture(test, setup, NULL);
    tcase_add_test(test, the_best_threshold_is_that_of_scikit_learn);
    tcase_add_test(test, rows_of_one_score_are_called_together);
    tcase_add_test(test, a_constant_score_is_the_threshold);
    tcase_add_test(test, many_rows_with_ties_give_one_threshold_in_any_order);
    tcase_add_test(test, one_class_or_no_rows_choose_nothing);
    tcase_add_test(test, rules_have_names);
    return test;
}

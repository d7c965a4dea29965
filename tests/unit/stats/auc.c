#include "harness/stats/auc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/auc_order.h"
#include "tests/unit/suite.h"

TCase *auc_case(void);

enum { MOST = 50000 };

static uint32_t lcg(uint32_t *state)
{
    return *state = *state * 69069 + 1;
}

/* Scores of every awkward kind; kind in [0, 9). */
static double score_of(int kind, uint32_t *state, size_t i)
{
    double u = lcg(state) / 4294967296.0, v = lcg(state) / 4294967296.0;
    switch (kind) {
    case 0:
        return u;
    case 1:
        return floor(8 * u); /* large groups of equal scores */
    case 2:
        return 0.25; /* one group */
    case 3:
        return ldexp(u - 0.5, -(int)(1000 * v)); /* every size down to the denormals */
    case 4:
        return i == 7 ? -1e300 : 0.5 + 1e-12 * floor(1000 * u); /* one outlier, the rest close */
    case 5:
        return u < 0.1 ? INFINITY : u < 0.2 ? -INFINITY : u < 0.4 ? -0.0 : u < 0.6 ? 0.0 : v;
    case 6:
        return u < 0.5 ? 1.7e308 * v : -1.7e308 * v; /* the range overflows */
    case 7:
        return u < 0.5 ? INFINITY : -INFINITY;
    default:
        return exp(-30 * u); /* most in a small part of the range */
    }
}

static void fill(int kind, size_t n, double *score, uint8_t *positive)
{
    uint32_t state = 17 + (uint32_t)kind;
    for (size_t i = 0; i < n; i++) {
        score[i] = score_of(kind, &state, i);
        positive[i] = lcg(&state) >> 30 == 0 ? 1 + (uint8_t)(i % 200) : 0;
    }
}

static struct mlt_auc_counts count_pair_by_pair(const double *score, const uint8_t *positive,
                                                size_t n)
{
    struct mlt_auc_counts out = {0};
    for (size_t i = 0; i < n; i++) {
        out.positives += positive[i] != 0;
        out.negatives += positive[i] == 0;
        for (size_t j = 0; j < n && positive[i]; j++)
            if (!positive[j])
                out.doubled += (uint64_t)(score[j] < score[i]) + (score[j] <= score[i]);
    }
    return out;
}

/* From the sorted rows. */
static struct mlt_auc_counts count_in_order(const double *score, const uint8_t *positive, size_t n)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_auc_counts out = {0};
    uint32_t *entry = malloc(n * sizeof *entry);
    ck_ok(mlt_auc_order(score, positive, n, entry, &err));
    bool ordered = true;
    for (size_t first = 0, end; first < n; first = end) {
        uint64_t group[2];
        end = mlt_auc_tie_group(entry, n, first, group);
        for (size_t i = first + 1; i < end; i++)
            ordered &= score[MLT_AUC_ROW(entry[i])] == score[MLT_AUC_ROW(entry[i - 1])] &&
                       MLT_AUC_ROW(entry[i]) > MLT_AUC_ROW(entry[i - 1]);
        ordered &= end == n || score[MLT_AUC_ROW(entry[end])] > score[MLT_AUC_ROW(entry[end - 1])];
        out.doubled += group[1] * (2 * out.negatives + group[0]);
        out.negatives += group[0];
        out.positives += group[1];
    }
    ck_assert(ordered);
    free(entry);
    return out;
}

START_TEST(pairs_are_counted_as_by_hand)
{
    struct mlt_err err = MLT_ERR_INIT;
    static double score[700];
    static uint8_t positive[700];
    for (int kind = 0; kind < 9; kind++)
        for (size_t n = 1; n <= 700; n = n * 3 + 1) {
            fill(kind, n, score, positive);
            struct mlt_auc_counts want = count_pair_by_pair(score, positive, n), got;
            struct mlt_auc_counts ordered = count_in_order(score, positive, n);
            ck_ok(mlt_auc_count(score, positive, n, 1, &got, &err));
            ck_assert_mem_eq(&got, &want, sizeof got);
            ck_assert_mem_eq(&ordered, &want, sizeof got);
        }
}
END_TEST

START_TEST(pairs_do_not_depend_on_threads_or_depth)
{
    struct mlt_err err = MLT_ERR_INIT;
    static double score[MOST];
    static uint8_t positive[MOST];
    for (int kind = 0; kind < 9; kind++)
        for (unsigned threads = 0; threads <= 3; threads++) {
            fill(kind, MOST, score, positive);
            struct mlt_auc_counts want = count_in_order(score, positive, MOST), got;
            ck_ok(mlt_auc_count(score, positive, MOST, threads, &got, &err));
            ck_assert_mem_eq(&got, &want, sizeof got);
        }
}
END_TEST

START_TEST(auc_turns_with_the_labels_and_keeps_through_monotone_maps)
{
    struct mlt_err err = MLT_ERR_INIT;
    static double score[5000];
    static uint8_t positive[5000];
    struct mlt_auc_counts plain, turned, mapped;
    fill(8, 5000, score, positive);
    ck_ok(mlt_auc_count(score, positive, 5000, 1, &plain, &err));
    for (size_t i = 0; i < 5000; i++)
        score[i] = 1e6 * sqrt(score[i]) - 3; /* far apart enough to stay apart */
    ck_ok(mlt_auc_count(score, positive, 5000, 1, &mapped, &err));
    ck_assert_mem_eq(&plain, &mapped, sizeof plain);
    for (size_t i = 0; i < 5000; i++)
        positive[i] = !positive[i];
    ck_ok(mlt_auc_count(score, positive, 5000, 1, &turned, &err));
    ck_assert_uint_eq(turned.doubled, 2 * plain.positives * plain.negatives - plain.doubled);
    ck_assert_uint_eq(turned.positives, plain.negatives);
}
END_TEST

START_TEST(auc_agrees_with_scikit_learn)
{
    /* scikit-learn 1.2.1: roc_auc_score(y, score). */
    struct mlt_err err = MLT_ERR_INIT;
    const double score[] = {.1, .4, .4, .8, .35, .6, .6, .2};
    const uint8_t positive[] = {0, 1, 0, 1, 1, 0, 1, 0};
    struct mlt_auc_counts counts;
    ck_ok(mlt_auc_count(score, positive, 8, 1, &counts, &err));
    ck_assert(mlt_auc_value(&counts) == 0.75);

    static double x[20000];
    static uint8_t y[20000];
    uint32_t u = 1, v = 2;
    for (size_t i = 0; i < 20000; i++) {
        y[i] = lcg(&u) / 4294967296.0 < 0.3;
        x[i] = lcg(&v) / 4294967296.0 + 0.5 * y[i];
    }
    ck_ok(mlt_auc_count(x, y, 20000, 2, &counts, &err));
    ck_assert_uint_eq(counts.positives, 6007);
    ck_assert(fabs(mlt_auc_value(&counts) - 0.8760682155627507) <= 2e-15);
}
END_TEST

START_TEST(auc_of_one_class_is_undefined)
{
    struct mlt_err err = MLT_ERR_INIT;
    const double score[] = {1, 2, 3};
    const uint8_t none[] = {0, 0, 0}, all[] = {1, 1, 1};
    struct mlt_auc_counts counts;
    ck_ok(mlt_auc_count(score, none, 3, 1, &counts, &err));
    ck_assert(isnan(mlt_auc_value(&counts)));
    ck_assert_str_eq(mlt_auc_undefined(&counts), "one class only");
    ck_ok(mlt_auc_count(score, all, 3, 1, &counts, &err));
    ck_assert(isnan(mlt_auc_value(&counts)));
    ck_ok(mlt_auc_count(score, all, 0, 2, &counts, &err));
    ck_assert(isnan(mlt_auc_value(&counts)));
}
END_TEST

START_TEST(nan_score_is_an_error_that_names_the_row)
{
    struct mlt_err err = MLT_ERR_INIT;
    const double score[] = {1, 2, NAN, 4};
    const uint8_t positive[] = {0, 1, 0, 1};
    const double weight[] = {1, 1, 1, 1};
    struct mlt_auc_counts counts;
    uint32_t entry[4];
    double auc, quantum;
    ck_fails(mlt_auc_count(score, positive, 4, 2, &counts, &err), MLT_ERR_EVIDENCE, "row 3");
    ck_fails(mlt_auc_order(score, positive, 4, entry, &err), MLT_ERR_EVIDENCE, "row 3");
    ck_fails(mlt_auc_weighted(score, positive, weight, 4, &auc, &quantum, NULL, NULL, &err),
             MLT_ERR_EVIDENCE, "row 3");
}
END_TEST

START_TEST(quotient_is_rounded_once)
{
    /* Python: fractions.Fraction(num, den) to float. */
    unsigned __int128 huge = (unsigned __int128)1 << 120;
    ck_assert(mlt_auc_quotient(1, 3) == 1.0 / 3);
    ck_assert(mlt_auc_quotient(7, 7) == 1 && mlt_auc_quotient(0, 7) == 0);
    ck_assert(isnan(mlt_auc_quotient(0, 0)));
    ck_assert(mlt_auc_quotient(huge / 3, huge) == 1.0 / 3);
    /* Half way between two doubles, just below it and just above. */
    unsigned __int128 den = (unsigned __int128)1 << 60, num = ((unsigned __int128)1 << 59) + 64;
    ck_assert(mlt_auc_quotient(num, den) == 0.5);
    ck_assert(mlt_auc_quotient(num + 1, den) == nextafter(0.5, 1));
    ck_assert(mlt_auc_quotient(num - 1, den) == 0.5);
    ck_assert(mlt_auc_quotient(num + 128, den) == 0.5 + 0x1p-52);
    ck_assert(mlt_auc_quotient(den - 1, den) == 1);
    bool same = true;
    for (uint32_t state = 5, i = 0; i < 10000; i++) {
        /* Below 2^53 the processor rounds once as well. */
        uint64_t a = (uint64_t)lcg(&state) << 20 | lcg(&state) >> 12;
        uint64_t b = (uint64_t)lcg(&state) << 20 | lcg(&state) >> 12;
        uint64_t low = a < b ? a : b, high = a < b ? b : a;
        same &= high == 0 || mlt_auc_quotient(low, high) == (double)low / (double)high;
    }
    ck_assert(same);
}
END_TEST

START_TEST(weighted_auc_agrees_with_scikit_learn)
{
    /* scikit-learn 1.2.1: roc_auc_score(y, score, sample_weight=…). */
    struct mlt_err err = MLT_ERR_INIT;
    const double score[] = {.1, .4, .4, .8, .35, .6, .6, .2};
    const uint8_t positive[] = {0, 1, 0, 1, 1, 0, 1, 0};
    const double whole[] = {1, 2, 3, 1, 2, 1, 4, 2};
    const double real[] = {.7, 2.25, .1, 1.9, .3, 1.1, .45, 2.2};
    double auc, quantum;
    uint64_t positives, negatives;
    ck_ok(
        mlt_auc_weighted(score, positive, whole, 8, &auc, &quantum, &positives, &negatives, &err));
    ck_assert(quantum == 1 && positives == 9 && negatives == 7);
    ck_assert(fabs(auc - 0.761904761904762) <= 2e-15);
    ck_ok(mlt_auc_weighted(score, positive, real, 8, &auc, &quantum, NULL, NULL, &err));
    ck_assert(quantum == 0x1p-29); /* 2.25 is below 2^2 */
    ck_assert(fabs(auc - 0.8409656545545049) <= 2e-9);
}
END_TEST

START_TEST(weighted_auc_refuses_what_is_no_weight)
{
    struct mlt_err err = MLT_ERR_INIT;
    const double score[] = {1, 2}, none[] = {0, 1}, tiny[] = {5e-324, 1e-323};
    const uint8_t positive[] = {0, 1};
    const double bad[][2] = {{1, -1}, {1, NAN}, {1, INFINITY}};
    double auc, quantum;
    for (int i = 0; i < 3; i++)
        ck_fails(mlt_auc_weighted(score, positive, bad[i], 2, &auc, &quantum, NULL, NULL, &err),
                 MLT_ERR_EVIDENCE, "weight of row 2");
    ck_ok(mlt_auc_weighted(score, positive, none, 2, &auc, &quantum, NULL, NULL, &err));
    ck_assert(isnan(auc));
    ck_ok(mlt_auc_weighted(score, positive, tiny, 2, &auc, &quantum, NULL, NULL, &err));
    ck_assert(auc == 1 && quantum == 5e-324);
}
END_TEST

TCase *auc_case(void)
{
    TCase *tcase = tcase_create("auc");
    tcase_add_test(tcase, pairs_are_counted_as_by_hand);
    tcase_add_test(tcase, pairs_do_not_depend_on_threads_or_depth);
    tcase_add_test(tcase, auc_turns_with_the_labels_and_keeps_through_monotone_maps);
    tcase_add_test(tcase, auc_agrees_with_scikit_learn);
    tcase_add_test(tcase, auc_of_one_class_is_undefined);
    tcase_add_test(tcase, nan_score_is_an_error_that_names_the_row);
    tcase_add_test(tcase, quotient_is_rounded_once);
    tcase_add_test(tcase, weighted_auc_agrees_with_scikit_learn);
    tcase_add_test(tcase, weighted_auc_refuses_what_is_no_weight);
    return tcase;
}

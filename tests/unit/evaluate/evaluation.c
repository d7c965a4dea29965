#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/cpu.h"
#include "tests/unit/evaluate/rows.h"
#include "tests/unit/suite.h"

TCase *evaluation_case(void);

static struct rows rows;
static struct bench bench;
static struct mlt_evaluation *e;
static struct mlt_err err;

static void setup(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
    e = NULL;
    rows_make(&rows, 20260101);
}

static void teardown(void)
{
    mlt_evaluation_close(e);
    bench_close(&bench);
}

static void open_with(const char *metrics, unsigned workers)
{
    bench_open(&bench, metrics, workers);
}

static char *measure_in_order(void)
{
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    bench_add(&bench, e, 0, &rows, 0, ROWS, ROWS);
    for (unsigned w = 0; w < bench.spec.workers; w++)
        bench_name(e, w);
    return bench_text(&bench, e);
}

/* Halves, blocks and workers in another order. */
static char *measure_otherwise(void)
{
    unsigned last = bench.spec.workers - 1;
    mlt_evaluation_close(e);
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    bench_add(&bench, e, last, &rows, 1500, ROWS - 1500, 333);
    bench_add(&bench, e, 0, &rows, 700, 800, 41);
    bench_add(&bench, e, last / 2, &rows, 0, 700, 1);
    for (unsigned w = 0; w < bench.spec.workers; w++)
        bench_name(e, w);
    return bench_text(&bench, e);
}

static const char every_metric[] =
    "auc logloss brier accuracy recall f1 mcc pr_auc ks ece@10 balanced_accuracy";

START_TEST(order_blocks_and_threads_change_no_bit)
{
    open_with(every_metric, 3);
    bench.spec.has_keys = true;
    char *once = measure_in_order(), *again = measure_otherwise();
    ck_assert_str_eq(once, again);
    ck_assert_ptr_nonnull(strstr(once, "\"slice_column\":\"country,platform\""));
}
END_TEST

START_TEST(clusters_change_no_bit_either)
{
    open_with(every_metric, 2);
    bench.spec.has_keys = true;
    bench.spec.clustered = true;
    char *once = measure_in_order();
    ck_assert_str_eq(once, measure_otherwise());
    ck_assert_ptr_nonnull(strstr(once, "\"clusters\":400"));
}
END_TEST

START_TEST(weights_of_both_kinds_change_no_bit_either)
{
    for (int kind = MLT_WEIGHT_FREQUENCY; kind <= MLT_WEIGHT_IMPORTANCE; kind++) {
        open_with("auc logloss accuracy f1", 2);
        bench.spec.weighting = (enum mlt_weighting)kind;
        ck_assert_str_eq(measure_in_order(), measure_otherwise());
        mlt_evaluation_close(e);
        e = NULL;
        bench_close(&bench);
    }
    open_with("auc", 1);
}
END_TEST

START_TEST(the_plain_path_changes_no_bit_either)
{
    open_with(every_metric, 2);
    bench.spec.has_keys = true;
    char *fast = measure_in_order();
    mlt_cpu_limit(true);
    char *plain = measure_otherwise();
    mlt_cpu_limit(false);
    ck_assert_str_eq(fast, plain);
}
END_TEST

struct estimates {
    double value[2000];
    size_t count;
    bool without_intervals;
};

static bool keep_estimates(void *context, const struct mlt_measurement *m, struct mlt_err *unused)
{
    struct estimates *out = context;
    (void)unused;
    ck_assert_uint_lt(out->count + 2, 2000);
    out->value[out->count++] = m->candidate;
    out->value[out->count++] = m->baseline;
    out->without_intervals = out->without_intervals && m->method == MLT_INTERVAL_NONE &&
                             isnan(m->var_candidate) && m->replicates == 0;
    return true;
}

static void compare_estimates(enum mlt_weighting weighting)
{
    static struct estimates found[2];
    open_with(every_metric, 1);
    bench.spec.weighting = weighting;
    for (int alone = 0; alone < 2; alone++) {
        const struct mlt_evaluation_sink sink = {&found[alone], keep_estimates, NULL};
        found[alone] = (struct estimates){.without_intervals = true};
        bench.spec.estimates_only = alone;
        ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
        bench_add(&bench, e, 0, &rows, 0, ROWS, ROWS);
        bench_name(e, 0);
        ck_ok(mlt_evaluation_measure(e, &sink, &err));
        mlt_evaluation_close(e);
        e = NULL;
    }
    bench_close(&bench);
    ck_assert(found[1].without_intervals && !found[0].without_intervals);
    ck_assert_uint_eq(found[0].count, found[1].count);
    ck_assert(memcmp(found[0].value, found[1].value, found[0].count * sizeof(double)) == 0);
}

START_TEST(estimates_alone_are_the_same_numbers_without_intervals)
{
    compare_estimates(MLT_WEIGHT_NONE);
    compare_estimates(MLT_WEIGHT_FREQUENCY);
    for (size_t i = 0; i < ROWS; i++)
        rows.weight[i] /= 3;
    compare_estimates(MLT_WEIGHT_IMPORTANCE);
    open_with("auc", 1);
}
END_TEST

START_TEST(rows_that_go_to_disk_give_the_same_numbers)
{
    open_with("auc logloss", 2);
    char *in_memory = measure_in_order();
    bench.spec.memory_bytes = 1;
    ck_assert_str_eq(in_memory, measure_otherwise());
}
END_TEST

/* Sums by hand over the rows of country c0. */
START_TEST(a_slice_is_measured_on_its_own_rows)
{
    open_with("brier", 1);
    char *text = measure_in_order();
    double sum = 0, n = 0;
    for (int i = 0; i < ROWS; i++) {
        if (rows.country[i] != 0 || rows.state[i] != MLT_ROW_PAIRED)
            continue;
        double error = rows.candidate[i] - rows.label[i];
        sum += error * error;
        n++;
    }
    const char *line = strstr(text, "\"slice_column\":\"country\",\"slice_value\":\"c0\"");
    ck_assert_ptr_nonnull(line);
    double value = strtod(strstr(line, "\"candidate\":") + strlen("\"candidate\":"), NULL);
    ck_assert_double_eq_tol(value, sum / n, 1e-14);
    ck_assert(strtod(strstr(line, "\"rows\":") + strlen("\"rows\":"), NULL) == n);
}
END_TEST

START_TEST(small_values_are_pooled_and_named_ones_stand_alone)
{
    open_with("brier", 1);
    bench.spec.min_rows = 400;
    char *text = measure_in_order();
    ck_assert_ptr_nonnull(strstr(text, "\"slice_value\":\"c5,p1\""));
    ck_assert_ptr_null(strstr(text, "\"slice_value\":\"c5,p2\""));
    ck_assert_ptr_nonnull(strstr(text, "pooled country,platform c5,p2 "));
    ck_assert_ptr_nonnull(strstr(text, "\"slice_value\":\"(other)\""));
}
END_TEST

START_TEST(rows_left_out_and_missing_are_counted_by_slice)
{
    open_with("brier", 1);
    bench.spec.slice_count = 2;
    for (int i = 0; i < ROWS; i++)
        rows.state[i] = MLT_ROW_PAIRED;
    rows.state[3] = MLT_ROW_CANDIDATE_MISSING;
    rows.state[4] = MLT_ROW_BASELINE_MISSING;
    rows.state[5] = MLT_ROW_LEFT_OUT;
    rows.country[3] = 1;
    char *text = measure_in_order();
    struct mlt_evaluation_counts counts = mlt_evaluation_counts(e);
    ck_assert_uint_eq(counts.paired, ROWS - 3);
    ck_assert_uint_eq(counts.candidate_missing, 1);
    ck_assert_uint_eq(counts.baseline_missing, 1);
    ck_assert_uint_eq(counts.left_out, 1);
    ck_assert_ptr_nonnull(strstr(text, "\"excluded\":2,\"candidate_missing\":1"));
    const char *c1 = strstr(text, "\"slice_value\":\"c1\"");
    ck_assert_ptr_nonnull(c1);
    ck_assert_ptr_nonnull(strstr(c1, "\"candidate_missing\":1"));
}
END_TEST

START_TEST(a_share_of_missing_predictions_can_be_allowed)
{
    open_with("brier", 1);
    bench.spec.slice_count = 0;
    bench.spec.max_candidate_missing = 0.01;
    rows.state[3] = MLT_ROW_CANDIDATE_MISSING;
    char *text = measure_in_order();
    ck_assert_ptr_nonnull(strstr(text, "\"candidate_missing\":0"));
}
END_TEST

START_TEST(two_rows_with_one_key_are_refused)
{
    open_with("auc", 1);
    bench.spec.has_keys = true;
    rows.key[2000] = rows.key[17];
    rows.state[2000] = rows.state[17] = MLT_ROW_PAIRED;
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    bench_add(&bench, e, 0, &rows, 0, ROWS, ROWS);
    bench_name(e, 0);
    struct mlt_evaluation_sink sink = {NULL, NULL, NULL};
    ck_fails(mlt_evaluation_measure(e, &sink, &err), MLT_ERR_EVIDENCE,
             "row 2001 has that of row 18");
}
END_TEST

START_TEST(a_column_like_an_id_gives_no_slices)
{
    open_with("brier", 1);
    bench.spec.slice_count = 1;
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    for (uint32_t i = 0; i < ROWS; i++)
        rows.country[i] = i * 7;
    const uint32_t *value[] = {rows.country, rows.platform};
    const struct mlt_evaluation_block block = {.n = ROWS,
                                               .label = rows.label,
                                               .candidate = rows.candidate,
                                               .baseline = rows.baseline,
                                               .value = value};
    ck_fails(mlt_evaluation_add(e, 0, &block, &err), MLT_ERR_USAGE, "looks like an id");
}
END_TEST

START_TEST(no_rows_are_reported_as_none)
{
    open_with("auc brier", 1);
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    bench_name(e, 0);
    char *text = bench_text(&bench, e);
    ck_assert_ptr_nonnull(strstr(text, "\"undefined\":\"no rows\""));
    ck_assert_ptr_nonnull(strstr(text, "\"rows\":0"));
}
END_TEST

TCase *evaluation_case(void)
{
    TCase *tcase = tcase_create("evaluation");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, order_blocks_and_threads_change_no_bit);
    tcase_add_test(tcase, clusters_change_no_bit_either);
    tcase_add_test(tcase, weights_of_both_kinds_change_no_bit_either);
    tcase_add_test(tcase, the_plain_path_changes_no_bit_either);
    tcase_add_test(tcase, estimates_alone_are_the_same_numbers_without_intervals);
    tcase_add_test(tcase, rows_that_go_to_disk_give_the_same_numbers);
    tcase_add_test(tcase, a_slice_is_measured_on_its_own_rows);
    tcase_add_test(tcase, small_values_are_pooled_and_named_ones_stand_alone);
    tcase_add_test(tcase, rows_left_out_and_missing_are_counted_by_slice);
    tcase_add_test(tcase, a_share_of_missing_predictions_can_be_allowed);
    tcase_add_test(tcase, two_rows_with_one_key_are_refused);
    tcase_add_test(tcase, a_column_like_an_id_gives_no_slices);
    tcase_add_test(tcase, no_rows_are_reported_as_none);
    return tcase;
}

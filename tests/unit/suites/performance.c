#include <math.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/subprocess.h"
#include "suites/process_tree.h"
#include "tests/unit/suites/cases.h"

static const char config[] = STAGE_HEAD
    "suites:\n  performance:\n"
    "    - {name: single, schedule: {closed: 1, duration: 160ms, warmup: 0s},\n"
    "       require: [latency p95 < 1s]}\n"
    "    - {name: lenient, schedule: {closed: 1, duration: 80ms, warmup: 0s, batch: 4},\n"
    "       require: [error_rate < 90%]}\n";

static void slower(const struct mlt_batch *batch, size_t row, size_t calls,
                   struct mlt_prediction *out)
{
    usleep(500);
    stage_answers_x(batch, row, calls, out);
}

static void fails_every_fourth(const struct mlt_batch *batch, size_t row, size_t calls,
                               struct mlt_prediction *out)
{
    if (calls % 4 == 3)
        stage_fail(out, MLT_ANSWER_TIMEOUT, "took too long");
    else
        stage_answers_x(batch, row, calls, out);
}

static void fails_always(const struct mlt_batch *batch, size_t row, size_t calls,
                         struct mlt_prediction *out)
{
    (void)batch, (void)row, (void)calls;
    stage_fail(out, MLT_ANSWER_DIED, "killed");
}

START_TEST(both_versions_are_measured_in_interleaved_blocks)
{
    struct stage stage;
    stage_open(&stage, config, slower, stage_answers_x);
    ck_runs(stage, mlt_suite_performance, "single");
    ck_passed(stage);
    ck_assert_uint_ge(stage.switches, 8);
    const struct mlt_measurement *m = stage_measured(&stage, "latency p50", NULL);
    ck_assert_int_eq(m->method, MLT_INTERVAL_BLOCKS);
    ck_assert_uint_eq(m->clusters, 8);
    ck_assert_uint_eq(m->min_clusters, 8);
    ck_assert_double_eq(m->df, 7);
    ck_assert_uint_gt(m->rows, 0);
    ck_assert_uint_eq(m->differing, m->rows);
    ck_assert_double_ge(m->candidate, 0.0005);
    ck_assert_double_lt(m->baseline, 0.0005);
    ck_assert(isfinite(m->var_candidate) && isfinite(m->var_baseline) && isfinite(m->covariance));
    ck_assert_double_lt(stage_measured(&stage, "throughput", NULL)->candidate,
                        stage_measured(&stage, "throughput", NULL)->baseline);
    ck_assert_str_eq(stage_measured(&stage, "throughput", NULL)->unit, "1/s");
    ck_assert_uint_gt(stage.series_count, 8 * 7);
    stage_close(&stage);
}
END_TEST

START_TEST(memory_of_two_models_in_one_process_is_not_compared)
{
    struct stage stage;
    stage_open(&stage, config, stage_answers_x, stage_answers_x);
    ck_runs(stage, mlt_suite_performance, "single");
    const struct mlt_measurement *m = stage_measured(&stage, "rss peak", NULL);
    ck_assert_double_gt(m->candidate, 100000);
    ck_assert(isnan(m->baseline));
    ck_assert_ptr_nonnull(m->undefined);
    stage_close(&stage);
}
END_TEST

START_TEST(without_a_baseline_the_candidate_is_measured_alone)
{
    struct stage stage;
    stage_open(&stage, config, stage_answers_x, NULL);
    ck_runs(stage, mlt_suite_performance, "single");
    ck_passed(stage);
    ck_assert(isnan(stage_measured(&stage, "latency p99", NULL)->baseline));
    ck_assert_double_gt(stage_measured(&stage, "cpu", NULL)->candidate, 0);
    stage_close(&stage);
}
END_TEST

START_TEST(errors_are_counted_and_fail_the_case_unless_a_sentence_judges_them)
{
    struct stage stage;
    stage_open(&stage, config, fails_every_fourth, NULL);
    ck_runs(stage, mlt_suite_performance, "single");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "timed out: took too long");
    const struct mlt_measurement *m = stage_measured(&stage, "error_rate", NULL);
    ck_assert_int_eq(m->method, MLT_INTERVAL_SHARE);
    ck_assert_uint_gt(m->rows, 100);
    ck_assert_double_eq_tol(m->candidate, 0.25, 0.01);
    ck_assert_double_eq(m->candidate, (double)m->successes / (double)m->rows);
    stage_close(&stage);
}
END_TEST

START_TEST(a_request_with_one_bad_row_is_an_error)
{
    struct stage stage;
    stage_open(&stage, config, fails_every_fourth, NULL);
    ck_runs(stage, mlt_suite_performance, "lenient");
    ck_assert_double_eq(stage_measured(&stage, "error_rate", NULL)->candidate, 1);
    ck_assert_int_eq(stage.outcome.state, MLT_OUTCOME_FAILED);
    stage_close(&stage);
}
END_TEST

START_TEST(no_successful_request_has_no_latency_and_never_zero)
{
    struct stage stage;
    stage_open(&stage, config, fails_always, NULL);
    ck_runs(stage, mlt_suite_performance, "lenient");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "died: killed");
    const struct mlt_measurement *m = stage_measured(&stage, "latency p95", NULL);
    ck_assert(isnan(m->candidate));
    ck_assert_ptr_nonnull(m->undefined);
    stage_close(&stage);
}
END_TEST

START_TEST(the_whole_process_tree_is_counted)
{
    static const char *const argv[] = {"sh", "-c", "sh -c 'sleep 30; :' & sleep 30; :", NULL};
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_subprocess child = MLT_SUBPROCESS_INIT;
    struct mlt_tree_usage usage = {0};
    ck_ok(mlt_subprocess_start(&(struct mlt_subprocess_options){.argv = argv}, &child, &err));
    for (int i = 0; i < 200 && usage.processes < 4; i++) {
        usleep(10000);
        ck_assert(mlt_process_tree_usage(child.pid, &usage));
    }
    ck_assert_uint_eq(usage.processes, 4);
    ck_assert_uint_gt(usage.rss_bytes, 4 * 4096);
    ck_assert_uint_ge(usage.peak_bytes, usage.rss_bytes / 2);
    pid_t gone = child.pid;
    mlt_subprocess_stop(&child, 0);
    ck_assert(!mlt_process_tree_usage(gone, &usage));
}
END_TEST

TCase *performance_cases(void)
{
    TCase *test = tcase_create("performance");
    tcase_add_checked_fixture(test, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(test, both_versions_are_measured_in_interleaved_blocks);
    tcase_add_test(test, memory_of_two_models_in_one_process_is_not_compared);
    tcase_add_test(test, without_a_baseline_the_candidate_is_measured_alone);
    tcase_add_test(test, errors_are_counted_and_fail_the_case_unless_a_sentence_judges_them);
    tcase_add_test(test, a_request_with_one_bad_row_is_an_error);
    tcase_add_test(test, no_successful_request_has_no_latency_and_never_zero);
    tcase_add_test(test, the_whole_process_tree_is_counted);
    return test;
}

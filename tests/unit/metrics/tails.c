/* The largest squared errors, which say whether a mean of them has a standard error. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/metrics/means.h"
#include "tests/unit/metrics/rows.h"
#include "tests/unit/suite.h"

TCase *tails_case(void);

enum { N = 600, K = 24 }; /* K is the root of N, downwards */
static double label[N], candidate[N], baseline[N], weight[N];
static uint32_t cluster[N];
static struct mlt_arena arena;
static struct mlt_err err;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

/* Squared errors (i / N)^(-1 / index), in an order that is none; the baseline's are even. */
static struct mlt_metric_rows pareto(double index)
{
    for (size_t i = 0; i < N; i++) {
        size_t rank = i * 7 % N + 1;
        candidate[i] = sqrt(pow((double)rank / N, -1 / index));
        baseline[i] = 1 + (double)(i % 3);
        weight[i] = 1;
        cluster[i] = (uint32_t)(i / 10);
    }
    return (struct mlt_metric_rows){.task = MLT_TASK_REGRESSION,
                                    .n = N,
                                    .width = 1,
                                    .label = label,
                                    .candidate = candidate,
                                    .baseline = baseline};
}

static struct mlt_measurement measure(const char *name, const struct mlt_metric_rows *rows)
{
    struct mlt_metric metric;
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = "tails";
    ck_ok(mlt_metric_find(name, rows->task, &arena, &metric, &err));
    ck_ok(mlt_metric_measure(&metric, rows, &arena, &m, &err));
    return m;
}

START_TEST(the_tail_of_squared_errors_is_measured)
{
    static const char *const names[] = {"rmse", "r2"};
    for (size_t i = 0; i < N; i++)
        label[i] = 0;
    struct mlt_metric_rows rows = pareto(1.5);
    double largest = 0, all = 0;
    for (int i = 1; i <= N; i++) {
        double x = pow((double)i / N, -1 / 1.5);
        largest += i <= K ? x : 0;
        all += x;
    }
    for (size_t i = 0; i < 2; i++) {
        label[0] = i == 0 ? 0 : 1e-9; /* R2 needs a spread */
        struct mlt_measurement m = measure(names[i], &rows);
        ck_assert_uint_eq(m.tail_rows, K);
        /* Hill (1975) in closed form. */
        double index = 1.5 / (log(K + 1) - lgamma(K + 1) / K);
        ck_assert_msg(fabs(m.tail_index - index) < 1e-6, "%.17g %.17g", m.tail_index, index);
        ck_assert_msg(fabs(m.tail_share - largest / all) < 1e-6, "%.17g", m.tail_share);
    }
    label[0] = 0;
    ck_assert(measure("rmse", &rows).tail_index < 2);
    rows = pareto(4);
    ck_assert(measure("rmse", &rows).tail_index > 2);
}
END_TEST

START_TEST(few_rows_clusters_and_other_metrics_have_no_tail)
{
    struct mlt_metric_rows rows = pareto(1.5);
    ck_assert(isnan(measure("mae", &rows).tail_index));
    rows.n = 499;
    ck_assert(isnan(measure("rmse", &rows).tail_index));
    rows.n = N;
    rows.cluster = cluster;
    rows.n_clusters = N / 10;
    ck_assert(isnan(measure("rmse", &rows).tail_index));
    rows.cluster = NULL;
    rows.weight = weight;
    rows.weighting = MLT_WEIGHT_IMPORTANCE;
    ck_assert(isnan(measure("rmse", &rows).tail_index));
    /* Equal rows once each, or half of them twice. */
    for (size_t i = 0; i < N; i++) {
        candidate[i] = candidate[i - i % 2];
        weight[i] = i % 2 == 0 ? 2 : 0;
    }
    rows.weighting = MLT_WEIGHT_FREQUENCY;
    struct mlt_measurement twice = measure("rmse", &rows);
    rows.weight = NULL;
    rows.weighting = MLT_WEIGHT_NONE;
    struct mlt_measurement each = measure("rmse", &rows);
    ck_assert(twice.tail_index == each.tail_index && twice.tail_rows == each.tail_rows);
    ck_assert(twice.tail_share == each.tail_share);
}
END_TEST

START_TEST(no_error_at_all_has_no_tail)
{
    struct mlt_metric_rows rows = pareto(1.5);
    memset(candidate, 0, sizeof candidate);
    struct mlt_measurement m = measure("rmse", &rows);
    ck_assert(isnan(m.tail_index) && m.candidate == 0);
}
END_TEST

static struct mlt_means *sums_of(const struct mlt_means_plan *plan,
                                 const struct mlt_metric_rows *rows, size_t first, size_t n)
{
    struct mlt_means *state = calloc(1, mlt_means_state_bytes(plan));
    void *work = malloc(mlt_means_work_bytes(plan, n));
    struct mlt_means_block block = {.n = n,
                                    .label = rows->label + first,
                                    .candidate = rows->candidate + first,
                                    .baseline = rows->baseline + first};
    ck_assert(state != NULL && work != NULL);
    mlt_means_fill(plan, &block, work);
    mlt_means_add(plan, &block, work, NULL, state);
    free(work);
    return state;
}

START_TEST(parts_carry_their_largest_values)
{
    struct mlt_metric_rows rows = pareto(1.5);
    struct mlt_metric metric;
    struct mlt_means_options options = {
        .task = MLT_TASK_REGRESSION, .width = 1, .has_baseline = true, .with_intervals = true};
    const struct mlt_means_plan *plan;
    struct mlt_buf bytes = MLT_BUF_INIT, whole = MLT_BUF_INIT, merged = MLT_BUF_INIT;
    size_t at = 0;
    ck_ok(mlt_metric_find("rmse", MLT_TASK_REGRESSION, &arena, &metric, &err));
    ck_ok(mlt_means_plan_make(&metric, 1, &options, &arena, &plan, &err));
    struct mlt_means *all = sums_of(plan, &rows, 0, N);
    struct mlt_means *one = sums_of(plan, &rows, 0, 250);
    struct mlt_means *other = sums_of(plan, &rows, 250, N - 250);
    struct mlt_means *read = calloc(1, mlt_means_state_bytes(plan));
    ck_assert_ptr_nonnull(read);
    mlt_means_encode(plan, other, &bytes);
    const unsigned char *data = (const unsigned char *)bytes.data;
    ck_ok(mlt_means_decode(plan, data, bytes.len, &at, read, &err));
    ck_assert_uint_eq(at, bytes.len);
    mlt_means_merge(plan, read, one);
    mlt_means_encode(plan, read, &merged);
    mlt_means_encode(plan, all, &whole);
    ck_assert_uint_eq(merged.len, whole.len);
    ck_assert(memcmp(merged.data, whole.data, whole.len) == 0);
    /* The last value is of the baseline's tail: larger than the one before it, it is no order. */
    memset(bytes.data + bytes.len - 8, 0x7f, 7);
    at = 0;
    ck_assert(!mlt_means_decode(plan, data, bytes.len, &at, read, &err));
    ck_assert(err.kind == MLT_ERR_EVIDENCE);
    free(all);
    free(one);
    free(other);
    free(read);
    mlt_buf_free(&bytes);
    mlt_buf_free(&whole);
    mlt_buf_free(&merged);
}
END_TEST

START_TEST(the_rarest_class_is_counted)
{
    enum { ROWS_OF = 60, WIDTH = 4 };
    static double truth[ROWS_OF], guess[ROWS_OF * WIDTH];
    for (size_t i = 0; i < ROWS_OF; i++) {
        truth[i] = i < 40 ? 0 : i < 53 ? 1 : 2;
        guess[i * WIDTH + (size_t)truth[i]] = 1;
    }
    struct mlt_metric_rows rows = {.task = MLT_TASK_MULTICLASS,
                                   .n = ROWS_OF,
                                   .width = WIDTH,
                                   .label = truth,
                                   .candidate = guess};
    struct mlt_measurement m = measure("macro_f1", &rows);
    ck_assert_uint_eq(m.rarest, 7);
    ck_assert_uint_eq(m.min_rarest, 10);
    ck_assert_uint_eq(measure("accuracy", &rows).min_rarest, 0);
    /* A class that is guessed and is no row's label has none. */
    guess[3] = 2;
    ck_assert_uint_eq(measure("balanced_accuracy", &rows).rarest, 0);
}
END_TEST

TCase *tails_case(void)
{
    TCase *tcase = tcase_create("tails");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, the_tail_of_squared_errors_is_measured);
    tcase_add_test(tcase, few_rows_clusters_and_other_metrics_have_no_tail);
    tcase_add_test(tcase, no_error_at_all_has_no_tail);
    tcase_add_test(tcase, parts_carry_their_largest_values);
    tcase_add_test(tcase, the_rarest_class_is_counted);
    return tcase;
}

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/evaluate/rows.h"
#include "tests/unit/suite.h"

TCase *forms_case(void);

/* How kept rows are packed must not show: the same rows in parts of other forms, and in memory. */
enum { PARTS = 4, PART_ROWS = ROWS / PARTS };

static struct rows rows;
static struct bench bench;
static struct mlt_err err;

static void setup(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
    rows_make(&rows, 31);
    bench_open(&bench, "auc logloss pr_auc ks brier", PARTS);
}

static void teardown(void)
{
    bench_close(&bench);
}

/* Each part's scores in a form of its own. */
static void mix_forms(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        double x = rows.candidate[i], y = rows.baseline[i];
        switch (i / PART_ROWS) {
        case 0:
            rows.candidate[i] = rint(1e3 * x) / 1e3;
            rows.baseline[i] = x > 0.5;
            break;
        case 1:
            rows.candidate[i] = (float)x;
            rows.baseline[i] = rint(1e9 * y) / 1e9;
            break;
        case 2:
            rows.candidate[i] = x < 0.1 ? -0.0 : (float)x;
            rows.baseline[i] = (float)y;
            break;
        default:
            rows.candidate[i] = 1e-9 * x + 1e-17 * y;
            break;
        }
    }
}

static void round_all(double scale)
{
    for (size_t i = 0; i < ROWS; i++) {
        rows.candidate[i] = rint(scale * rows.candidate[i]) / scale;
        rows.baseline[i] = rint(scale * rows.baseline[i]) / scale;
    }
}

static char *measure(bool by_parts)
{
    struct mlt_evaluation *e;
    bench.spec.workers = by_parts ? PARTS : 1;
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    for (unsigned p = 0; p < PARTS; p++)
        bench_add(&bench, e, by_parts ? p : 0, &rows, p * PART_ROWS, PART_ROWS, 300);
    for (unsigned w = 0; w < bench.spec.workers; w++)
        bench_name(e, w);
    char *text = bench_text(&bench, e);
    mlt_evaluation_close(e);
    return text;
}

/* Each part through its own file, read back in another order. */
static char *measure_through_files(void)
{
    struct mlt_buf part[PARTS];
    struct mlt_evaluation *e;
    for (unsigned p = 0; p < PARTS; p++) {
        part[p] = (struct mlt_buf)MLT_BUF_INIT;
        bench.spec.workers = 1;
        ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
        bench_add(&bench, e, 0, &rows, p * PART_ROWS, PART_ROWS, 250);
        bench_name(e, 0);
        ck_ok(mlt_evaluation_encode(e, &part[p], &err));
        mlt_evaluation_close(e);
    }
    bench.spec.workers = PARTS;
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    for (unsigned p = 0; p < PARTS; p++)
        ck_ok(mlt_evaluation_decode(e, p, (const unsigned char *)part[PARTS - 1 - p].data,
                                    part[PARTS - 1 - p].len, &err));
    char *text = bench_text(&bench, e);
    mlt_evaluation_close(e);
    for (unsigned p = 0; p < PARTS; p++)
        mlt_buf_free(&part[p]);
    return text;
}

static void check_all_ways(void)
{
    char *whole = measure(false);
    ck_assert_ptr_nonnull(strstr(whole, "\"metric\":\"auc\""));
    ck_assert_str_eq(measure(true), whole);
    ck_assert_str_eq(measure_through_files(), whole);
    bench.spec.memory_bytes = 1;
    ck_assert_str_eq(measure(true), whole);
    bench.spec.memory_bytes = 0;
}

START_TEST(parts_of_other_forms_give_the_same_bytes)
{
    mix_forms();
    check_all_ways();
    bench.spec.has_keys = true;
    check_all_ways();
}
END_TEST

START_TEST(parts_of_other_forms_give_the_same_bytes_with_weights)
{
    mix_forms();
    for (size_t i = 0; i < PART_ROWS; i++)
        rows.weight[i] = 1;
    bench.spec.weighting = MLT_WEIGHT_FREQUENCY;
    check_all_ways();
    for (size_t i = 0; i < ROWS; i += 3)
        rows.weight[i] = 1 / (1.0 + (double)i);
    bench.spec.weighting = MLT_WEIGHT_IMPORTANCE;
    check_all_ways();
}
END_TEST

START_TEST(parts_of_other_forms_give_the_same_bytes_with_clusters)
{
    mix_forms();
    bench.spec.clustered = true;
    check_all_ways();
}
END_TEST

START_TEST(parts_of_few_decimals_give_the_same_bytes)
{
    round_all(1e4);
    for (size_t i = 0; i < PART_ROWS; i++) {
        rows.candidate[i] = rint(10 * rows.candidate[i]) / 10;
        rows.baseline[i] = rows.label[i];
    }
    check_all_ways();
}
END_TEST

START_TEST(parts_of_floats_give_the_same_bytes)
{
    for (size_t i = 0; i < ROWS; i++) {
        rows.candidate[i] = (float)(rows.candidate[i] + 0.003 * rows.baseline[i]);
        rows.baseline[i] = (float)rows.baseline[i];
    }
    check_all_ways();
}
END_TEST

/* A label of -0 is no bit, and 0 all the same. */
START_TEST(a_label_that_is_no_bit_gives_the_same_numbers)
{
    round_all(1e3);
    char *bits = measure(false);
    for (size_t i = 0; i < ROWS; i++)
        if (rows.label[i] == 0) {
            rows.label[i] = -0.0;
            break;
        }
    ck_assert_str_eq(measure(false), bits);
}
END_TEST

START_TEST(a_slice_without_a_row_is_reported)
{
    round_all(1e6);
    for (size_t i = 0; i < ROWS; i++)
        if (rows.country[i] == 3)
            rows.state[i] = MLT_ROW_CANDIDATE_MISSING;
    bench.spec.min_rows = 1;
    bench.named = (struct mlt_slice_named){"country", "c3"};
    char *text = measure(false);
    const char *line = strstr(text, "\"slice_value\":\"c3\"");
    ck_assert_ptr_nonnull(line);
    ck_assert_ptr_nonnull(strstr(line, "\"undefined\":\"no rows\""));
    check_all_ways();
}
END_TEST

/* The rows of a slice, all, or none, measured directly from memory. */
static bool compare(void *context, const struct mlt_measurement *m, struct mlt_err *unused)
{
    static double label[ROWS], candidate[ROWS], baseline[ROWS];
    struct mlt_measurement direct = mlt_measurement_none();
    struct mlt_metric_rows of = {.task = MLT_TASK_BINARY,
                                 .width = 1,
                                 .label = label,
                                 .candidate = candidate,
                                 .baseline = baseline,
                                 .threshold = 0.5};
    (void)unused;
    if (strcmp(m->metric, "auc") != 0 || (m->slice_value != NULL && m->slice_value[0] != 'c') ||
        (m->slice_value != NULL && strchr(m->slice_value, ',') != NULL))
        return true;
    for (size_t i = 0; i < ROWS; i++) {
        if (rows.state[i] != MLT_ROW_PAIRED ||
            (m->slice_value != NULL && rows.country[i] != (uint32_t)(m->slice_value[1] - '0')))
            continue;
        label[of.n] = rows.label[i];
        candidate[of.n] = rows.candidate[i];
        baseline[of.n++] = rows.baseline[i];
    }
    ck_ok(mlt_metric_measure(&bench.metrics[0], &of, &bench.arena, &direct, &err));
    const double want[] = {direct.candidate,    direct.baseline,   direct.var_candidate,
                           direct.var_baseline, direct.covariance, direct.df,
                           direct.third[0],     direct.third[1],   direct.third[2],
                           direct.third[3]};
    const double got[] = {m->candidate,  m->baseline, m->var_candidate, m->var_baseline,
                          m->covariance, m->df,       m->third[0],      m->third[1],
                          m->third[2],   m->third[3]};
    ck_assert_mem_eq(got, want, sizeof want);
    ck_assert_uint_eq(m->rows, direct.rows);
    ck_assert_uint_eq(m->positives, direct.positives);
    ck_assert_uint_eq(m->differing, direct.differing);
    (*(size_t *)context)++;
    return true;
}

static void check_against_memory(void)
{
    size_t compared = 0;
    const struct mlt_evaluation_sink sink = {&compared, compare, NULL};
    struct mlt_evaluation *e;
    bench.spec.workers = 1;
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    bench_add(&bench, e, 0, &rows, 0, ROWS, ROWS);
    bench_name(e, 0);
    ck_ok(mlt_evaluation_measure(e, &sink, &err));
    mlt_evaluation_close(e);
    ck_assert_uint_ge(compared, 4);
}

START_TEST(keys_give_the_bits_of_rows_in_memory)
{
    check_against_memory(); /* 17 digits */
    mix_forms();
    check_against_memory();
    rows_make(&rows, 32);
    round_all(1e2);
    check_against_memory(); /* tables of all keys */
    rows_make(&rows, 33);
    round_all(1e6);
    check_against_memory(); /* more keys than rows */
    for (size_t i = 0; i < ROWS; i++)
        rows.candidate[i] = rows.baseline[i] = (float)rows.candidate[i];
    check_against_memory();
}
END_TEST

TCase *forms_case(void)
{
    TCase *tcase = tcase_create("forms");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, parts_of_other_forms_give_the_same_bytes);
    tcase_add_test(tcase, parts_of_other_forms_give_the_same_bytes_with_weights);
    tcase_add_test(tcase, parts_of_other_forms_give_the_same_bytes_with_clusters);
    tcase_add_test(tcase, parts_of_few_decimals_give_the_same_bytes);
    tcase_add_test(tcase, parts_of_floats_give_the_same_bytes);
    tcase_add_test(tcase, a_label_that_is_no_bit_gives_the_same_numbers);
    tcase_add_test(tcase, a_slice_without_a_row_is_reported);
    tcase_add_test(tcase, keys_give_the_bits_of_rows_in_memory);
    return tcase;
}

#include <string.h>

#include "tests/unit/evaluate/rows.h"
#include "tests/unit/suite.h"

TCase *partial_case(void);

static struct rows rows;
static struct bench bench;
static struct mlt_err err;
static struct mlt_buf part[4];
static const char metrics[] = "auc logloss accuracy f1 pr_auc";

static void setup(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
    rows_make(&rows, 99);
    for (int i = 0; i < 4; i++)
        part[i] = (struct mlt_buf)MLT_BUF_INIT;
    bench_open(&bench, metrics, 1);
    bench.spec.has_keys = true;
}

static void teardown(void)
{
    for (int i = 0; i < 4; i++)
        mlt_buf_free(&part[i]);
    bench_close(&bench);
}

/* Rows [first, first + count) as bytes. */
static void encode(size_t first, size_t count, struct mlt_buf *out)
{
    struct mlt_evaluation *e;
    bench.spec.workers = 1;
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    bench_add(&bench, e, 0, &rows, first, count, 500);
    bench_name(e, 0);
    ck_ok(mlt_evaluation_encode(e, out, &err));
    mlt_evaluation_close(e);
}

static char *decode_and_measure(const int *order, unsigned count)
{
    struct mlt_evaluation *e;
    bench.spec.workers = count;
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    for (unsigned i = 0; i < count; i++)
        ck_ok(mlt_evaluation_decode(e, i, (const unsigned char *)part[order[i]].data,
                                    part[order[i]].len, &err));
    char *text = bench_text(&bench, e);
    mlt_evaluation_close(e);
    return text;
}

static char *measure_whole(void)
{
    static const int whole[] = {0};
    encode(0, ROWS, &part[0]);
    char *text = decode_and_measure(whole, 1);
    mlt_buf_clear(&part[0]);
    return text;
}

static void encode_three(void)
{
    encode(0, 1000, &part[0]);
    encode(1000, 2500, &part[1]);
    encode(3500, ROWS - 3500, &part[2]);
}

START_TEST(parts_in_any_order_decide_like_the_whole)
{
    static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
    char *whole = measure_whole();
    encode_three();
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq(decode_and_measure(orders[i], 3), whole);
}
END_TEST

START_TEST(parts_of_parts_decide_like_the_whole)
{
    static const int left[] = {2, 0}, all[] = {3, 1};
    struct mlt_evaluation *e;
    char *whole = measure_whole();
    encode_three();
    bench.spec.workers = 2;
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    for (unsigned i = 0; i < 2; i++)
        ck_ok(mlt_evaluation_decode(e, i, (const unsigned char *)part[left[i]].data,
                                    part[left[i]].len, &err));
    ck_ok(mlt_evaluation_encode(e, &part[3], &err));
    mlt_evaluation_close(e);
    ck_assert_str_eq(decode_and_measure(all, 2), whole);
}
END_TEST

START_TEST(an_empty_part_adds_nothing)
{
    static const int order[] = {0, 1};
    char *whole = measure_whole();
    encode(0, ROWS, &part[0]);
    encode(0, 0, &part[1]);
    ck_assert_str_eq(decode_and_measure(order, 2), whole);
}
END_TEST

START_TEST(a_part_that_is_cut_anywhere_is_refused)
{
    encode(0, 60, &part[0]);
    for (size_t len = 0; len < part[0].len; len += 1 + part[0].len / 500) {
        struct mlt_evaluation *e;
        err = (struct mlt_err)MLT_ERR_INIT;
        ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
        ck_assert(!mlt_evaluation_decode(e, 0, (const unsigned char *)part[0].data, len, &err));
        ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
        mlt_evaluation_close(e);
    }
}
END_TEST

/* A flipped bit may leave a valid part (a digit of a sum): never a crash, nor a read out of bounds.
 */
START_TEST(a_damaged_part_never_crashes)
{
    encode(0, 60, &part[0]);
    for (size_t at = 0; at < part[0].len; at += 1 + part[0].len / 2000) {
        struct mlt_evaluation *e;
        struct mlt_buf damaged = MLT_BUF_INIT;
        mlt_buf_append(&damaged, part[0].data, part[0].len);
        damaged.data[at] ^= (char)(1 << at % 8);
        err = (struct mlt_err)MLT_ERR_INIT;
        ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
        bool ok =
            mlt_evaluation_decode(e, 0, (const unsigned char *)damaged.data, damaged.len, &err);
        ck_assert(ok || err.kind == MLT_ERR_EVIDENCE);
        mlt_evaluation_close(e);
        mlt_buf_free(&damaged);
    }
}
END_TEST

TCase *partial_case(void)
{
    TCase *tcase = tcase_create("partial");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, parts_in_any_order_decide_like_the_whole);
    tcase_add_test(tcase, parts_of_parts_decide_like_the_whole);
    tcase_add_test(tcase, an_empty_part_adds_nothing);
    tcase_add_test(tcase, a_part_that_is_cut_anywhere_is_refused);
    tcase_add_test(tcase, a_damaged_part_never_crashes);
    return tcase;
}

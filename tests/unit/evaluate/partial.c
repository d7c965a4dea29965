#include <math.h>
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

static bool decodes(const struct mlt_buf *bytes)
{
    struct mlt_evaluation *e;
    bench.spec.workers = 1;
    err = (struct mlt_err)MLT_ERR_INIT;
    ck_ok(mlt_evaluation_open(&bench.spec, &e, &err));
    bool ok = mlt_evaluation_decode(e, 0, (const unsigned char *)bytes->data, bytes->len, &err);
    mlt_evaluation_close(e);
    return ok;
}

/* What is checked holds for all rows there can be: of every weighting, with and without clusters,
 * for scores beyond probabilities, whose squares no double holds, and for equal ones. */
START_TEST(an_honest_part_is_never_refused)
{
    static const double scales[] = {1, 0, 1e-160, 1e-300, 1e160, 1e308, -3};
    static const enum mlt_weighting weightings[] = {MLT_WEIGHT_NONE, MLT_WEIGHT_FREQUENCY,
                                                    MLT_WEIGHT_IMPORTANCE};
    bench_close(&bench);
    bench_open(&bench, "brier logloss accuracy f1 recall mcc auc", 1);
    bench.spec.weighting = weightings[_i % 3];
    bench.spec.clustered = _i / 3 % 2 == 1;
    bench.spec.has_keys = _i / 6 % 2 == 1;
    bench.spec.has_baseline = _i / 12 % 2 == 1;
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        rows_make(&rows, 17 + s);
        for (size_t i = 0; i < ROWS; i++) {
            rows.candidate[i] *= scales[s];
            rows.weight[i] = i % 5 == 0 ? 0 : rows.weight[i];
            rows.state[i] = i % 7 == 6 ? (uint8_t)(i / 7 % 4) : rows.state[i];
        }
        mlt_buf_clear(&part[0]);
        encode(3, ROWS - 3, &part[0]);
        ck_assert_msg(decodes(&part[0]), "%s (scale %g)", err.text, scales[s]);
    }
}
END_TEST

/* Little endian, as the part has it. */
static void put_number(struct mlt_buf *bytes, size_t at, uint64_t value)
{
    for (size_t i = 0; i < 8; i++)
        bytes->data[at + i] = (char)(unsigned char)(value >> (8 * i));
}

/* A part begins with the counts of all rows: the first ordinal, rows by state; then rows and
 * counted rows of the sums, positive rows, rows that differ. */
enum {
    AT_FIRST,
    AT_PAIRED,
    AT_LEFT_OUT,
    AT_CANDIDATE,
    AT_BASELINE,
    AT_ROWS,
    AT_COUNTED,
    AT_COUNTS
};

START_TEST(a_part_whose_counts_contradict_each_other_is_refused)
{
    static const uint64_t values[] = {0, 1, 777, 3959, UINT64_MAX, (uint64_t)1 << 60};
    encode(0, ROWS, &part[0]);
    for (size_t field = 0; field < AT_COUNTS + 2; field++)
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            mlt_buf_clear(&part[1]);
            mlt_buf_append(&part[1], part[0].data, part[0].len);
            put_number(&part[1], 8 * field, values[v]);
            bool same = memcmp(part[0].data, part[1].data, part[0].len) == 0;
            ck_assert_msg(same || !decodes(&part[1]), "field %zu, value %zu", field, v);
            ck_assert(same || strstr(err.text, "contradicts itself") != NULL);
        }
}
END_TEST

START_TEST(sums_that_no_so_many_rows_have_are_refused)
{
    bench_close(&bench);
    bench_open(&bench, "brier", 1);
    bench.spec.slice_count = bench.spec.named_count = 0;
    encode(0, ROWS, &part[0]);
    ck_assert(decodes(&part[0]));
    static const size_t fields[] = {AT_PAIRED, AT_ROWS, AT_COUNTED, AT_COUNTS, AT_COUNTS + 1};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        put_number(&part[0], 8 * fields[i], 5);
    ck_assert(!decodes(&part[0]));
    ck_assert_ptr_nonnull(strstr(err.text, "its counts and its sums cannot be of any rows"));
}
END_TEST

/* The columns stand at the end: labels, candidate, baseline, key, ordinal, three groups. */
START_TEST(kept_rows_that_cannot_be_are_refused)
{
    const size_t n = 50, row_bytes = 5 * 8 + 3 * 4;
    static const double half = 0.5, no_number = NAN;
    encode(0, n, &part[0]);
    size_t kept = n - 1; /* row 5 is left out */
    size_t columns = part[0].len - kept * row_bytes;
    const struct {
        size_t at;
        const void *bytes;
        size_t len;
    } changes[] = {
        {columns, &half, 8},                      /* a label of no class */
        {columns + 8 * kept, &no_number, 8},      /* no score */
        {columns + 16 * kept, &no_number, 8},     /* nor the baseline's */
        {part[0].len - 4, "\xff\xff\xff\xff", 4}, /* a group beyond all */
        {part[0].len - 4, "\x01\0\0\0", 4},       /* another group */
        {columns - 8, "\x01\0\0\0\0\0\0\0", 8},   /* fewer rows */
    };
    ck_assert(decodes(&part[0]));
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        mlt_buf_clear(&part[1]);
        mlt_buf_append(&part[1], part[0].data, part[0].len);
        memcpy(part[1].data + changes[i].at, changes[i].bytes, changes[i].len);
        if (memcmp(part[0].data, part[1].data, part[0].len) == 0)
            continue;
        ck_assert_msg(!decodes(&part[1]), "change %zu", i);
        ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
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
    tcase_add_loop_test(tcase, an_honest_part_is_never_refused, 0, 24);
    tcase_add_test(tcase, a_part_whose_counts_contradict_each_other_is_refused);
    tcase_add_test(tcase, sums_that_no_so_many_rows_have_are_refused);
    tcase_add_test(tcase, kept_rows_that_cannot_be_are_refused);
    return tcase;
}

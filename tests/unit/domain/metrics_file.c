#include <string.h>

#include "harness/domain/metrics_file.h"
#include "tests/unit/suite.h"

TCase *metrics_file_case(void);

static struct mlt_arena arena;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static bool parse(const char *text, struct mlt_metrics_file *out, struct mlt_err *err)
{
    return mlt_metrics_file_parse("metrics.json", text, strlen(text), "m", "1.1.0", &arena, out,
                                  err);
}

START_TEST(metrics_are_read_with_their_slices)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_metrics_file m;
    ck_ok(parse(
        "{\"model\": \"m\", \"version\": \"1.1.0\", \"dataset\": \"holdout\", \"rows\": 400,"
        " \"clusters\": 12, \"metrics\": {\"rmse\": 5.8, \"mae\": 4.25},"
        " \"slices\": [{\"column\": \"region\", \"value\": \"EU\", \"rows\": 100, \"rmse\": 6},"
        " {\"column\": \"year\", \"value\": 2024, \"metrics\": {\"rmse\": 7}}]}",
        &m, &err));
    ck_assert_str_eq(m.dataset, "holdout");
    ck_assert_int_eq(m.rows, 400);
    ck_assert_uint_eq(m.count, 2);
    ck_assert_str_eq(m.metrics[1].name, "mae");
    ck_assert(mlt_metrics_file_find(&m, "rmse")->value == 5.8);
    ck_assert_ptr_null(mlt_metrics_file_find(&m, "clusters"));
    ck_assert_uint_eq(m.slice_count, 2);
    ck_assert_str_eq(m.slices[0].column, "region");
    ck_assert_int_eq(m.slices[0].rows, 100);
    ck_assert_uint_eq(m.slices[0].count, 1);
    ck_assert_str_eq(m.slices[1].value, "2024");
    ck_assert_int_eq(m.slices[1].rows, -1);
    ck_assert_uint_eq(m.slices[1].count, 1);
    ck_assert(m.slices[1].metrics[0].value == 7);
}
END_TEST

START_TEST(a_flat_file_and_one_that_says_nothing_are_read)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_metrics_file m;
    ck_ok(
        parse("{\"rmse\": 5.8, \"rows\": 10, \"note\": \"x\", \"split\": {\"r2\": 1}}", &m, &err));
    ck_assert_uint_eq(m.count, 1);
    ck_assert_str_eq(m.metrics[0].name, "rmse");
    ck_assert_int_eq(m.rows, 10);
    ck_assert_ptr_null(m.dataset);
    ck_ok(parse("{\"slices\": [{\"column\": \"year\", \"value\": 1, \"rmse\": 2}]}", &m, &err));
    ck_assert_uint_eq(m.count, 0);
    ck_assert_uint_eq(m.slices[0].count, 1);
    ck_ok(parse("{}", &m, &err));
    ck_assert_uint_eq(m.count, 0);
    ck_assert_int_eq(m.rows, -1);
    ck_ok(mlt_metrics_file_parse("x", "{\"model\": \"n\", \"version\": \"2\"}", 30, NULL, NULL,
                                 &arena, &m, &err));
}
END_TEST

static const struct {
    const char *text, *phrase;
} wrong[] = {
    {"", "metrics.json:1:1"},
    {"[]", "metrics.json: expected an object, found an array"},
    {"{\"model\": \"n\"}", "model: expected \"m\", found \"n\""},
    {"{\"version\": \"1.0.0\"}", "version: expected \"1.1.0\", found \"1.0.0\""},
    {"{\"version\": 1}", "version: expected \"1.1.0\", found a number"},
    {"{\"dataset\": 1}", "dataset: expected text, found a number"},
    {"{\"rows\": -1}", "rows: expected a whole number, found -1"},
    {"{\"rows\": 1.5}", "rows: expected a whole number, found 1.5"},
    {"{\"rows\": \"10\"}", "rows: expected a whole number, found a string"},
    {"{\"metrics\": []}", "metrics: expected an object of numbers, found an array"},
    {"{\"metrics\": {\"rmse\": null}}", "metrics.rmse: expected a number, found null"},
    {"{\"metrics\": {\"rmse\": \"5.8\"}}", "metrics.rmse: expected a number, found a string"},
    {"{\"metrics\": {\"rmse\": NaN}}", "metrics.json:1:"},
    {"{\"metrics\": {\"rmse\": 1e999}}", "metrics.json:1:"},
    {"{\"metrics\": {\"rmse\": 1, \"rmse\": 2}}", "metrics.json:1:"},
    {"{\"metrics\": {\"\": 1}}", "metrics: a number has no name"},
    {"{\"\": 1}", "metrics.json: a number has no name"},
    {"{\"slices\": {}}", "slices: expected a list"},
    {"{\"slices\": [1]}", "slices[0]: expected an object"},
    {"{\"slices\": [{\"column\": \"a\", \"value\": \"b\"}, {\"value\": \"b\"}]}",
     "slices[1]: expected \"column\" and \"value\", column is missing"},
    {"{\"slices\": [{\"column\": \"a\"}]}", "value is missing"},
    {"{\"slices\": [{\"column\": \"a\", \"value\": []}]}", "slices[0].value: expected text"},
    {"{\"slices\": [{\"column\": \"a\", \"value\": \"b\", \"metrics\": {\"r\": true}}]}",
     "slices[0].metrics.r: expected a number"},
};

START_TEST(a_wrong_metrics_file_is_told_with_its_field)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_metrics_file m;
    ck_fails(parse(wrong[_i].text, &m, &err), MLT_ERR_USAGE, wrong[_i].phrase);
}
END_TEST

TCase *metrics_file_case(void)
{
    TCase *tc = tcase_create("metrics_file");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, metrics_are_read_with_their_slices);
    tcase_add_test(tc, a_flat_file_and_one_that_says_nothing_are_read);
    tcase_add_loop_test(tc, a_wrong_metrics_file_is_told_with_its_field, 0,
                        sizeof wrong / sizeof *wrong);
    return tc;
}

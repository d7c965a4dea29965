/* Profiles that are made of files. */
#include "harness/compat/profiling.h"

#include <math.h>
#include <string.h>

#include "harness/compat/drift.h"
#include "tests/unit/compat/bench.h"

TCase *profiling_case(void);

static const char *const *left_out;
static size_t left_out_count;

static struct mlt_data_profile made(const char *text, const struct mlt_data_profile *like)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_data_profile out;
    const char *path = unit_path("train.csv");
    unit_write_text(path, text);
    const struct mlt_profiling request = {.path = path, .like = like, .limit = NAN};
    ck_ok(mlt_profiling_run(&request, &bench_arena, &out, &left_out, &left_out_count, &err));
    return out;
}

static void expect(const struct mlt_data_profile *profile, const char *columns)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf out = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &out, false);
    mlt_data_profile_encode(profile, &json);
    ck_ok(mlt_json_out_finish(&json, &err));
    ck_assert_msg(strstr(out.data, columns) != NULL, "%s", out.data);
    mlt_buf_free(&out);
}

START_TEST(few_numbers_have_a_bin_each_and_words_are_counted)
{
    struct mlt_data_profile p = made("deal,brand\n1,dove\n0,tide\n1,dove\nNA,\n", NULL);
    expect(&p, "\"rows\":4,\"columns\":["
               "{\"name\":\"deal\",\"missing\":1,\"edges\":[0,1],\"counts\":[1,2,0]},"
               "{\"name\":\"brand\",\"missing\":1,\"values\":[\"dove\",\"tide\"],"
               "\"counts\":[2,1,0]}]");
    ck_assert_uint_eq(left_out_count, 0);
}
END_TEST

START_TEST(many_numbers_are_counted_between_their_deciles)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "x\n");
    for (int i = 1; i <= 1000; i++)
        mlt_buf_printf(&text, "%d\n", i * 7919 % 1000 + 1);
    struct mlt_data_profile p = made(text.data, NULL);
    ck_assert_uint_eq(p.columns[0].bins, 10);
    for (size_t i = 0; i < 9; i++) {
        double decile = 100.0 * (double)(i + 1);
        ck_assert_double_eq_tol(p.columns[0].edges[i], decile, 0.006 * decile);
        ck_assert_uint_eq(p.columns[0].counts[i],
                          (uint64_t)floor(p.columns[0].edges[i]) -
                              (i ? (uint64_t)floor(p.columns[0].edges[i - 1]) : 0));
    }
    mlt_buf_free(&text);
}
END_TEST

START_TEST(the_next_version_is_counted_in_the_bins_of_the_last)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_drift_report report;
    struct mlt_data_profile old = made("x,b\n1,u\n2,u\n3,v\n", NULL);
    struct mlt_data_profile new = made("x,b,new\n0.5,w,\n2,u,3\n9,v,4\n", &old);
    expect(&new, "{\"name\":\"x\",\"missing\":0,\"edges\":[1,2,3],\"counts\":[1,1,0,1]},"
                 "{\"name\":\"b\",\"missing\":0,\"values\":[\"u\",\"v\"],\"counts\":[1,1,1]},"
                 "{\"name\":\"new\",\"missing\":1,\"edges\":[3,4],\"counts\":[1,1,0]}");
    ck_ok(mlt_drift_compare(&old, &new, &bench_arena, &report, &err));
    ck_assert_uint_eq(report.added, 1);
    /* Numbers that are words now have no bins of the last version. */
    new = made("x,b\nlow,u\n", &old);
    expect(&new, "{\"name\":\"x\",\"missing\":0,\"values\":[\"low\"],\"counts\":[1,0]}");
    ck_ok(mlt_drift_compare(&old, &new, &bench_arena, &report, &err));
    ck_assert_int_eq(report.verdict, MLT_DRIFT_UNKNOWN);
}
END_TEST

START_TEST(ids_and_texts_are_left_out_and_rare_words_lie_together)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "id,word\n");
    for (int i = 0; i < 5000; i++)
        mlt_buf_printf(&text, "a%d,w%d\n", i, i % 60);
    struct mlt_data_profile p = made(text.data, NULL);
    ck_assert_uint_eq(left_out_count, 1);
    ck_assert_str_eq(left_out[0], "id");
    ck_assert_uint_eq(p.column_count, 1);
    ck_assert_uint_eq(p.columns[0].bins, 51);
    ck_assert_uint_eq(p.columns[0].counts[50], 830); /* ten of 60 words, 83 times each */
    mlt_buf_free(&text);
}
END_TEST

START_TEST(what_is_no_data_is_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_data_profile out;
    struct mlt_profiling request = {.path = "-", .limit = NAN};
    ck_fails(mlt_profiling_run(&request, &bench_arena, &out, &left_out, &left_out_count, &err),
             MLT_ERR_USAGE, "reads its data twice");
    request.path = unit_path("none.csv");
    err = (struct mlt_err)MLT_ERR_INIT;
    ck_assert(!mlt_profiling_run(&request, &bench_arena, &out, &left_out, &left_out_count, &err));
    static const char *const names[] = {"y"};
    request = (struct mlt_profiling){
        .path = unit_path("train.csv"), .columns = names, .column_count = 1, .limit = NAN};
    unit_write_text(request.path, "x\n1\n");
    err = (struct mlt_err)MLT_ERR_INIT;
    ck_fails(mlt_profiling_run(&request, &bench_arena, &out, &left_out, &left_out_count, &err),
             MLT_ERR_EVIDENCE, "y");
}
END_TEST

static void setup(void)
{
    bench_setup();
    unit_folder_setup();
}

static void teardown(void)
{
    unit_folder_teardown();
    bench_teardown();
}

TCase *profiling_case(void)
{
    TCase *tc = tcase_create("profiling");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, few_numbers_have_a_bin_each_and_words_are_counted);
    tcase_add_test(tc, many_numbers_are_counted_between_their_deciles);
    tcase_add_test(tc, the_next_version_is_counted_in_the_bins_of_the_last);
    tcase_add_test(tc, ids_and_texts_are_left_out_and_rare_words_lie_together);
    tcase_add_test(tc, what_is_no_data_is_refused);
    return tc;
}

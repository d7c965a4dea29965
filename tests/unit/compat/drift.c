/* How far two training data sets lie apart. */
#include "harness/compat/drift.h"

#include <math.h>
#include <string.h>

#include "harness/base/rng.h"
#include "tests/unit/compat/bench.h"

TCase *drift_case(void);

/* NumPy 1.24.2 and SciPy 1.10.1:
 *   p = (a + .5) / (n + .5 k); q = (b + .5) / (m + .5 k); ((p - q) * np.log(p / q)).sum()
 *   stats.chi2.ppf(.999, k - 1) * (1 / n + 1 / m) */
static const struct {
    size_t bins;
    uint64_t from[10], to[10];
    double psi, noise;
} references[] = {
    {10,
     {100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
     {100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
     0,
     0.05575432974251314},
    {4, {100, 200, 300, 400}, {400, 300, 200, 100}, 0.9086430387737503, 0.03253247239247626},
    {3, {10, 0, 90}, {0, 30, 70}, 1.564198848474746, 0.2763102111592855},
    {3, {5000, 3000, 2000}, {5100, 2900, 2000}, 0.0005368841896660633, 0.0027631021115928547},
    {2, {3, 4}, {5, 1}, 0.5399401703931741, 3.3513895290146554},
    {1, {1}, {7}, 0, 0},
};

START_TEST(psi_and_its_noise_are_those_of_numpy_and_scipy)
{
    double noise;
    double psi = mlt_drift_psi(references[_i].from, references[_i].to, references[_i].bins, &noise);
    ck_assert_double_eq_tol(psi, references[_i].psi, 1e-13);
    ck_assert_double_eq_tol(noise, references[_i].noise, 1e-11);
    psi = mlt_drift_psi(references[_i].to, references[_i].from, references[_i].bins, &noise);
    ck_assert_double_eq_tol(psi, references[_i].psi, 1e-13); /* the same from both sides */
}
END_TEST

START_TEST(no_rows_are_no_number)
{
    const uint64_t none[2] = {0, 0}, some[2] = {1, 2};
    double noise;
    ck_assert(isnan(mlt_drift_psi(none, some, 2, &noise)) && isnan(noise));
    ck_assert(isnan(mlt_drift_psi(some, none, 2, &noise)) && isnan(noise));
}
END_TEST

static struct mlt_data_profile profile(const char *json)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *node;
    struct mlt_data_profile out;
    ck_ok(mlt_json_parse("profile", json, strlen(json), &node, &err));
    ck_ok(mlt_data_profile_decode(node, &bench_arena, &out, &err));
    mlt_json_free(node);
    return out;
}

#define HASH                                                                                       \
    "\"dataset_hash\":\"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""
#define ROWS(n, columns) "{" HASH ",\"rows\":" n ",\"columns\":[" columns "]}"
#define LIMITED(n, limit, columns)                                                                 \
    "{" HASH ",\"rows\":" n ",\"limit\":" limit ",\"columns\":[" columns "]}"
#define X(missing, counts)                                                                         \
    "{\"name\":\"x\",\"missing\":" missing ",\"edges\":[1,2],\"counts\":[" counts "]}"
#define B(counts) "{\"name\":\"b\",\"missing\":0,\"values\":[\"u\",\"v\"],\"counts\":[" counts "]}"

static const struct {
    const char *from, *to;
    enum mlt_drift verdict;
    const char *says;
} pairs[] = {
    {ROWS("3000", X("0", "1000,1000,1000")), ROWS("3000", X("0", "1000,1000,1000")),
     MLT_DRIFT_LITTLE, "x PSI 0 (noise 0.0092); 1 of 1 columns within the limit 0.25"},
    {ROWS("3000", X("0", "1000,1000,1000")), ROWS("3000", X("0", "2000,500,500")),
     MLT_DRIFT_SUBSTANTIAL, "x PSI 0.462"},
    /* A limit that the older version declared. */
    {LIMITED("3000", "0.05", X("0", "1000,1000,1000")), ROWS("3000", X("0", "1400,800,800")),
     MLT_DRIFT_SUBSTANTIAL, "0 of 1 columns within the limit 0.05"},
    {ROWS("3000", X("0", "1000,1000,1000")), LIMITED("3000", "0.05", X("0", "1400,800,800")),
     MLT_DRIFT_LITTLE, "limit 0.25"},
    /* Missing values are a bin: from none to a third. */
    {ROWS("3000", X("0", "1000,1000,1000")), ROWS("3000", X("1002", "666,666,666")),
     MLT_DRIFT_SUBSTANTIAL, "x PSI"},
    /* A value that nobody had seen lies in the last bin. */
    {ROWS("3000", B("1500,1500,0")), ROWS("3000", B("1000,1000,1000")), MLT_DRIFT_SUBSTANTIAL,
     "b PSI"},
    {ROWS("20", X("0", "7,7,6")), ROWS("20", X("0", "2,4,14")), MLT_DRIFT_UNKNOWN,
     "there are too few rows to tell"},
    {ROWS("20", X("0", "7,7,6")), ROWS("20", X("0", "7,7,6")), MLT_DRIFT_UNKNOWN,
     "there are too few rows to tell"},
    {ROWS("3000", X("0", "1000,1000,1000") "," B("1500,1500,0")), ROWS("3000", B("1500,1500,0")),
     MLT_DRIFT_UNKNOWN, "x: it is gone, b PSI 0"},
    {ROWS("3000", B("1500,1500,0")), ROWS("3000", X("0", "1000,1000,1000") "," B("1500,1500,0")),
     MLT_DRIFT_LITTLE, "1 of 1 columns within the limit 0.25; 1 new column"},
    {ROWS("3000", X("0", "1000,1000,1000")),
     ROWS("3000", "{\"name\":\"x\",\"missing\":0,\"edges\":[1,3],\"counts\":[1000,1000,1000]}"),
     MLT_DRIFT_UNKNOWN, "x: it was counted in other bins"},
    {ROWS("3000", X("0", "1000,1000,1000")),
     ROWS("3000", "{\"name\":\"x\",\"missing\":0,\"values\":[\"1\",\"2\"],\"counts\":[1,2999,0]}"),
     MLT_DRIFT_UNKNOWN, "x: its values are of another kind"},
};

START_TEST(the_worst_columns_are_named_with_their_numbers)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_data_profile from = profile(pairs[_i].from), to = profile(pairs[_i].to);
    struct mlt_drift_report report;
    struct mlt_buf text = MLT_BUF_INIT;
    ck_ok(mlt_drift_compare(&from, &to, &bench_arena, &report, &err));
    mlt_drift_print(&report, &text);
    ck_assert_msg(report.verdict == pairs[_i].verdict, "%s", text.data);
    ck_assert_msg(strstr(text.data, pairs[_i].says) != NULL, "%s", text.data);
    mlt_buf_free(&text);
}
END_TEST

/* Pairs of samples of one population, of few rows and many, are never called substantially
 * different; their PSI is above the limit often enough to need that. */
START_TEST(noise_is_never_called_a_difference)
{
    static const uint64_t sizes[] = {10, 30, 100, 300, 1000, 10000};
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 20260726);
    unsigned above = 0;
    for (int round = 0; round < 6000; round++) {
        uint64_t from[10] = {0}, to[10] = {0};
        double noise;
        uint64_t n = sizes[round % 6], m = sizes[round / 6 % 6];
        for (uint64_t i = 0; i < n; i++)
            from[mlt_rng_below(&rng, 10)]++;
        for (uint64_t i = 0; i < m; i++)
            to[mlt_rng_below(&rng, 10)]++;
        double psi = mlt_drift_psi(from, to, 10, &noise);
        above += psi > MLT_DRIFT_LIMIT;
        ck_assert_msg(psi - noise <= MLT_DRIFT_LIMIT, "n %llu, m %llu: PSI %g, noise %g",
                      (unsigned long long)n, (unsigned long long)m, psi, noise);
    }
    ck_assert_uint_gt(above, 1000);
}
END_TEST

static const struct {
    const char *json, *phrase;
} faults[] = {
    {"[]", "expected an object"},
    {"{\"rows\":1,\"columns\":[]}", "\"dataset_hash\" must be a text"},
    {"{\"dataset_hash\":\"md5:1\",\"rows\":1,\"columns\":[]}", "sha256: and 64 hex digits"},
    {"{" HASH ",\"rows\":0,\"columns\":[]}", "\"rows\" must be at least 1"},
    {"{" HASH ",\"rows\":-3,\"columns\":[]}", "whole number"},
    {"{" HASH ",\"rows\":1e300,\"columns\":[]}", "whole number"},
    {"{" HASH ",\"rows\":3,\"limit\":0,\"columns\":[]}", "above 0 and at most 10"},
    {"{" HASH ",\"rows\":3,\"limit\":1e9,\"columns\":[]}", "above 0 and at most 10"},
    {"{" HASH ",\"rows\":3,\"limit\":null,\"columns\":[]}", "above 0 and at most 10"},
    {"{" HASH ",\"rows\":3}", "a list of 1 to 2000 columns"},
    {ROWS("3", ""), "a list of 1 to 2000 columns"},
    {ROWS("3", "7"), "columns[0]: expected an object"},
    {ROWS("3", X("0", "1,1,1") "," X("0", "1,1,1")), "the column \"x\" is there twice"},
    {ROWS("3", X("0", "1,1,2")), "a list that sums with `missing` to `rows`"},
    {ROWS("3", X("1", "1,1,1")), "a list that sums with `missing` to `rows`"},
    {ROWS("3", X("0", "1,1")), "one number more than the edges or values"},
    {ROWS("3", X("0", "4,-1,0")), "a list of whole numbers"},
    {ROWS("3", X("0", "1.5,1.5,0")), "a list of whole numbers"},
    {ROWS("3", X("0", "null,2,1")), "a list of whole numbers"},
    {ROWS("3", "{\"name\":\"x\",\"missing\":0,\"counts\":[3]}"), "there, or else \"values\""},
    {ROWS("3", "{\"name\":\"x\",\"missing\":0,\"edges\":[],\"values\":[],\"counts\":[3]}"),
     "there, or else \"values\""},
    {ROWS("3", "{\"name\":\"x\",\"missing\":0,\"edges\":[2,2],\"counts\":[1,1,1]}"),
     "ascending finite numbers"},
    {ROWS("3", "{\"name\":\"x\",\"missing\":0,\"values\":[\"a\",\"a\"],\"counts\":[1,1,1]}"),
     "none of them twice"},
    {ROWS("3", "{\"name\":\"x\",\"missing\":0,\"values\":[\"a\",7],\"counts\":[1,1,1]}"),
     "a list of texts"},
    {ROWS("3", "{\"name\":\"\",\"missing\":3,\"edges\":[],\"counts\":[0]}"), "1 to 256 bytes"},
};

START_TEST(a_profile_that_does_not_fit_is_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *node;
    struct mlt_data_profile out;
    ck_ok(mlt_json_parse("profile", faults[_i].json, strlen(faults[_i].json), &node, &err));
    ck_fails(mlt_data_profile_decode(node, &bench_arena, &out, &err), MLT_ERR_USAGE,
             faults[_i].phrase);
    mlt_json_free(node);
}
END_TEST

START_TEST(a_profile_is_written_as_it_is_read)
{
    static const char text[] = LIMITED("30", "0.1", X("3", "10,9,8") "," B("10,20,0"));
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_data_profile p = profile(text);
    struct mlt_buf out = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &out, false);
    mlt_data_profile_encode(&p, &json);
    ck_ok(mlt_json_out_finish(&json, &err));
    ck_assert_str_eq(out.data, text);
    mlt_buf_free(&out);
}
END_TEST

TCase *drift_case(void)
{
    TCase *tc = tcase_create("drift");
    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_add_loop_test(tc, psi_and_its_noise_are_those_of_numpy_and_scipy, 0,
                        sizeof references / sizeof *references);
    tcase_add_test(tc, no_rows_are_no_number);
    tcase_add_loop_test(tc, the_worst_columns_are_named_with_their_numbers, 0,
                        sizeof pairs / sizeof *pairs);
    tcase_add_test(tc, noise_is_never_called_a_difference);
    tcase_add_loop_test(tc, a_profile_that_does_not_fit_is_refused, 0,
                        sizeof faults / sizeof *faults);
    tcase_add_test(tc, a_profile_is_written_as_it_is_read);
    return tc;
}

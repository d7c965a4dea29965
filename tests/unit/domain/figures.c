/* Measurements and findings: encoded, decoded, ordered. */
#include <math.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/domain/finding.h"
#include "harness/domain/measurement.h"
#include "tests/unit/suite.h"

TCase *figures_case(void);

static struct mlt_arena arena;
static struct mlt_err err;
static struct mlt_buf text;
static struct mlt_json *document;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
    text = (struct mlt_buf)MLT_BUF_INIT;
    document = NULL;
}

static void teardown(void)
{
    mlt_json_free(document);
    mlt_buf_free(&text);
    mlt_arena_free(&arena);
}

static struct mlt_measurement sample(void)
{
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = "performance/single";
    m.metric = "latency p95";
    m.unit = "s";
    m.slice_column = "brand";
    m.slice_value = "a \"b\"";
    m.definition = "nearest rank";
    m.direction = MLT_HIGHER_IS_BETTER;
    m.method = MLT_INTERVAL_BLOCKS;
    m.candidate = 0.1 + 0.2;
    m.baseline = -1e-300;
    m.var_candidate = 5e-324;
    m.covariance = -0.25;
    m.rows = 9007199254740991;
    m.clusters = 20;
    m.candidate_missing = 3;
    return m;
}

static const struct mlt_json *encode(const struct mlt_measurement *m)
{
    struct mlt_json_out out;
    mlt_buf_clear(&text);
    mlt_json_free(document);
    document = NULL;
    mlt_json_out_init(&out, &text, false);
    mlt_measurement_encode(m, &out);
    ck_ok(mlt_json_out_finish(&out, &err));
    ck_ok(mlt_json_parse("measurement", text.data, text.len, &document, &err));
    return document;
}

START_TEST(a_measurement_survives_the_round_trip_to_the_last_bit)
{
    struct mlt_measurement m = sample(), back;
    ck_ok(mlt_measurement_decode(encode(&m), &arena, &back, &err));
    ck_assert_str_eq(back.slice_value, m.slice_value);
    ck_assert_ptr_null(back.undefined);
    ck_assert(back.candidate == m.candidate && back.baseline == m.baseline);
    ck_assert(back.var_candidate == m.var_candidate && back.covariance == m.covariance);
    ck_assert(isnan(back.var_baseline) && isnan(back.df));
    ck_assert(back.direction == m.direction && back.method == m.method);
    ck_assert(back.rows == m.rows && back.candidate_missing == 3);
    char *once = mlt_arena_strdup(&arena, text.data);
    encode(&back);
    ck_assert_str_eq(text.data, once);
}
END_TEST

START_TEST(pairs_weights_and_replicates_survive_the_round_trip)
{
    static const double ours[] = {0.1, NAN, 0.30000000000000004}, theirs[] = {1, 2, 3};
    struct mlt_measurement m = sample(), back;
    m.method = MLT_INTERVAL_SHARE;
    m.trials = 50;
    m.has_pairs = true;
    m.only_candidate = 0;
    m.only_baseline = 7;
    m.min_negatives = 10;
    m.rarest = 7;
    m.min_rarest = 10;
    m.tail_index = 1.25;
    m.tail_share = 0.5;
    m.tail_rows = 22;
    m.invalid = "sample ratio mismatch";
    m.third[1] = -2e-9;
    m.weighting = "importance";
    m.effective_rows = 40.5;
    m.replicates = 3;
    m.replicate_candidate = ours;
    m.replicate_baseline = theirs;
    ck_ok(mlt_measurement_decode(encode(&m), &arena, &back, &err));
    ck_assert(back.method == MLT_INTERVAL_SHARE && back.trials == 50 && back.has_pairs);
    ck_assert(back.only_candidate == 0 && back.only_baseline == 7 && back.min_negatives == 10);
    ck_assert(back.rarest == 7 && back.min_rarest == 10);
    ck_assert(back.tail_index == 1.25 && back.tail_share == 0.5 && back.tail_rows == 22);
    ck_assert(isnan(back.third[0]) && back.third[1] == -2e-9);
    ck_assert_str_eq(back.weighting, "importance");
    ck_assert_str_eq(back.invalid, "sample ratio mismatch");
    ck_assert(back.effective_rows == 40.5 && back.replicates == 3);
    ck_assert(back.replicate_candidate[0] == 0.1 && isnan(back.replicate_candidate[1]));
    ck_assert(back.replicate_candidate[2] == ours[2] && back.replicate_baseline[2] == 3);
}
END_TEST

START_TEST(a_measurement_from_before_paired_counts_still_reads)
{
    struct mlt_measurement m = sample(), back;
    encode(&m);
    char *at = strstr(text.data, "\"blocks\"");
    ck_assert_ptr_nonnull(at);
    char *changed = mlt_arena_printf(&arena, "%.*s\"clopper-pearson\"%s", (int)(at - text.data),
                                     text.data, at + strlen("\"blocks\""));
    mlt_json_free(document);
    document = NULL;
    ck_ok(mlt_json_parse("measurement", changed, strlen(changed), &document, &err));
    ck_ok(mlt_measurement_decode(document, &arena, &back, &err));
    ck_assert(back.method == MLT_INTERVAL_SHARE && back.trials == m.rows && !back.has_pairs);
}
END_TEST

START_TEST(replicates_of_two_lengths_are_refused)
{
    static const double ours[] = {1, 2, 3};
    struct mlt_measurement m = sample(), back;
    m.replicates = 3;
    m.replicate_candidate = ours;
    encode(&m);
    char *changed =
        mlt_arena_printf(&arena, "%.*s,\"replicate_baseline\":[1]}", (int)text.len - 1, text.data);
    mlt_json_free(document);
    document = NULL;
    ck_ok(mlt_json_parse("measurement", changed, strlen(changed), &document, &err));
    ck_fails(mlt_measurement_decode(document, &arena, &back, &err), MLT_ERR_EVIDENCE,
             "as many numbers");
}
END_TEST

static void check_refused(const char *from, const char *to, const char *phrase)
{
    struct mlt_measurement m = sample();
    encode(&m);
    char *at = strstr(text.data, from);
    ck_assert_msg(at != NULL, "%s is not in %s", from, text.data);
    char *changed = mlt_arena_printf(&arena, "%.*s%s%s", (int)(at - text.data), text.data, to,
                                     at + strlen(from));
    mlt_json_free(document);
    document = NULL;
    ck_ok(mlt_json_parse("measurement", changed, strlen(changed), &document, &err));
    ck_fails(mlt_measurement_decode(document, &arena, &m, &err), MLT_ERR_EVIDENCE, phrase);
}

START_TEST(hostile_measurements_are_refused)
{
    check_refused("\"metric\":\"latency p95\",", "", "\"metric\"");
    check_refused("\"metric\":\"latency p95\"", "\"metric\":5", "must be a text");
    check_refused("\"candidate\":", "\"candidat\":", "\"candidate\"");
    check_refused("\"covariance\":-0.25", "\"covariance\":\"nan\"", "a number or null");
    check_refused("\"clusters\":20", "\"clusters\":-1", "whole number");
    check_refused("\"clusters\":20", "\"clusters\":2.5", "whole number");
    check_refused("\"clusters\":20", "\"clusters\":1e300", "whole number");
    check_refused("\"clusters\":20", "\"clusters\":null", "whole number");
    check_refused("\"direction\":\"higher\"", "\"direction\":\"up\"", "unknown value \"up\"");
    struct mlt_measurement m;
    mlt_json_free(document);
    document = NULL;
    ck_ok(mlt_json_parse("x", "[]", 2, &document, &err));
    ck_fails(mlt_measurement_decode(document, &arena, &m, &err), MLT_ERR_EVIDENCE, "an array");
    ck_fails(mlt_measurement_decode(NULL, &arena, &m, &err), MLT_ERR_EVIDENCE, "nothing");
}
END_TEST

START_TEST(a_finding_survives_the_round_trip)
{
    struct mlt_finding f = mlt_finding_none(), back;
    struct mlt_json_out out;
    f.criterion = "rmse <= 1";
    f.metric = "rmse";
    f.reason = "µ \"quoted\"\n";
    f.verdict = MLT_VERDICT_FAIL;
    f.rule = MLT_RULE_POINT;
    f.lower_is_better = true;
    f.harm = 0.1;
    f.rows_needed = 6200;
    f.method = "Tango";
    f.effective_rows = 312.5;
    mlt_json_out_init(&out, &text, true);
    mlt_finding_encode(&f, &out);
    ck_ok(mlt_json_out_finish(&out, &err));
    ck_ok(mlt_json_parse("finding", text.data, text.len, &document, &err));
    ck_ok(mlt_finding_decode(document, &arena, &back, &err));
    ck_assert_str_eq(back.reason, f.reason);
    ck_assert(back.verdict == f.verdict && back.rule == f.rule && back.lower_is_better);
    ck_assert(back.harm == 0.1 && isnan(back.lo) && back.rows_needed == 6200);
    ck_assert_ptr_null(back.case_id);
    ck_assert_str_eq(back.method, "Tango");
    ck_assert(back.effective_rows == 312.5);
}
END_TEST

START_TEST(a_finding_from_before_methods_and_weights_is_still_read)
{
    struct mlt_finding f = mlt_finding_none(), back;
    struct mlt_json_out out;
    f.criterion = "rmse <= 1";
    mlt_json_out_init(&out, &text, false);
    mlt_finding_encode(&f, &out);
    ck_ok(mlt_json_out_finish(&out, &err));
    static const char *const later[] = {"\"method\":null,", "\"effective_rows\":null,"};
    for (size_t i = 0; i < 2; i++) {
        char *at = strstr(text.data, later[i]);
        ck_assert_ptr_nonnull(at);
        memmove(at, at + strlen(later[i]), strlen(at + strlen(later[i])) + 1);
        text.len -= strlen(later[i]);
    }
    ck_ok(mlt_json_parse("finding", text.data, text.len, &document, &err));
    ck_ok(mlt_finding_decode(document, &arena, &back, &err));
    ck_assert_ptr_null(back.method);
    ck_assert(isnan(back.effective_rows));
}
END_TEST

START_TEST(nothing_forgotten_reads_as_a_pass)
{
    struct mlt_finding zero = {0};
    ck_assert_int_eq(zero.verdict, MLT_VERDICT_INVALID);
    ck_assert_int_eq(mlt_findings_verdict(NULL, 0), MLT_VERDICT_INVALID);
    ck_assert(isnan(mlt_measurement_none().candidate) && isnan(mlt_finding_none().p_pass));
    enum mlt_rule rule;
    ck_assert(!mlt_rule_parse("default", &rule) && !mlt_rule_parse("", &rule));
    ck_assert(mlt_rule_parse("point", &rule) && rule == MLT_RULE_POINT);
}
END_TEST

static struct mlt_finding finding(enum mlt_verdict verdict, const char *metric, const char *slice,
                                  double harm, double admitted)
{
    struct mlt_finding f = mlt_finding_none();
    f.verdict = verdict;
    f.criterion = f.metric = metric;
    f.slice_column = slice == NULL ? NULL : "brand";
    f.slice_value = slice;
    f.harm = harm;
    f.margin = f.admitted = admitted;
    return f;
}

START_TEST(the_worst_comes_first_whatever_the_order_was)
{
    const struct mlt_finding sorted[] = {
        finding(MLT_VERDICT_FAIL, "mae", NULL, 3, 1),
        finding(MLT_VERDICT_FAIL, "auc", NULL, 2, 1),
        finding(MLT_VERDICT_FAIL, "rmse", NULL, 2, 1),
        finding(MLT_VERDICT_FAIL, "auc", "a", 2, 1),
        finding(MLT_VERDICT_FAIL, "auc", "b", 2, 1),
        finding(MLT_VERDICT_INVALID, "auc", NULL, NAN, NAN),
        finding(MLT_VERDICT_INCONCLUSIVE, "auc", NULL, 1, 1),
        finding(MLT_VERDICT_PASS, "auc", NULL, 0.5, 1),
        finding(MLT_VERDICT_PASS, "rmse", NULL, -5, 1),
    };
    enum { COUNT = sizeof sorted / sizeof sorted[0] };
    for (size_t step = 1; step < COUNT; step++) {
        struct mlt_finding mixed[COUNT];
        if (step % 3 == 0)
            continue; /* nine findings: i * step + 1 is a permutation without a factor of 3 */
        for (size_t i = 0; i < COUNT; i++)
            mixed[i] = sorted[(i * step + 1) % COUNT];
        ck_assert_int_eq(mlt_findings_verdict(mixed, COUNT), MLT_VERDICT_FAIL);
        mlt_findings_sort(mixed, COUNT);
        for (size_t i = 0; i < COUNT; i++) {
            ck_assert_str_eq(mixed[i].metric, sorted[i].metric);
            ck_assert_int_eq(mixed[i].verdict, sorted[i].verdict);
            ck_assert_ptr_eq(mixed[i].slice_value, sorted[i].slice_value);
        }
    }
}
END_TEST

TCase *figures_case(void)
{
    TCase *tcase = tcase_create("figures");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, pairs_weights_and_replicates_survive_the_round_trip);
    tcase_add_test(tcase, a_measurement_from_before_paired_counts_still_reads);
    tcase_add_test(tcase, replicates_of_two_lengths_are_refused);
    tcase_add_test(tcase, a_measurement_survives_the_round_trip_to_the_last_bit);
    tcase_add_test(tcase, hostile_measurements_are_refused);
    tcase_add_test(tcase, a_finding_survives_the_round_trip);
    tcase_add_test(tcase, a_finding_from_before_methods_and_weights_is_still_read);
    tcase_add_test(tcase, nothing_forgotten_reads_as_a_pass);
    tcase_add_test(tcase, the_worst_comes_first_whatever_the_order_was);
    return tcase;
}

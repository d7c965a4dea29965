#include "harness/criteria/sentence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/criteria/bench.h"

TCase *sentence_case(void);

static struct mlt_sentence parse(const char *text)
{
    struct mlt_sentence s;
    ck_ok(mlt_sentence_parse(text, &arena, &s, &err));
    ck_assert_str_eq(s.text, text);
    return s;
}

START_TEST(absolute_limits_are_kept_in_the_base_unit)
{
    static const struct {
        const char *text, *metric, *unit;
        double limit;
        bool upper, strict;
    } known[] = {
        {"rmse <= 6.0", "rmse", "", 6, true, false},
        {"auc>0.75", "auc", "", 0.75, false, true},
        {"latency p95 < 50ms", "latency p95", "s", 0.05, true, true},
        {"latency p99 < 7 us", "latency p99", "s", 7e-6, true, true},
        {"latency p50 <= 2m", "latency p50", "s", 120, true, false},
        {"error_rate < 0.1%", "error_rate", "share", 0.001, true, true},
        {"throughput >= 200/s", "throughput", "1/s", 200, false, false},
        {"rss < 512MiB", "rss peak", "bytes", 536870912, true, true},
        {"rss peak < 1.5GB", "rss peak", "bytes", 1.5e9, true, true},
        {"bias >= -1e-3", "bias", "", -0.001, false, false},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct mlt_sentence s = parse(known[i].text);
        ck_assert_int_eq(s.kind, MLT_SENTENCE_ABSOLUTE);
        ck_assert_str_eq(s.metric, known[i].metric);
        ck_assert_str_eq(s.unit, known[i].unit);
        ck_assert_msg(s.limit == known[i].limit, "%s: %.17g", known[i].text, s.limit);
        ck_assert(s.upper == known[i].upper && s.strict == known[i].strict);
        ck_assert(s.reference == NULL && s.rule == MLT_RULE_DEFAULT && isnan(s.alpha));
    }
}
END_TEST

START_TEST(margins_are_relative_absolute_or_both)
{
    struct mlt_sentence s = parse("rmse within 5% of production");
    ck_assert(s.kind == MLT_SENTENCE_WITHIN && s.relative == 0.05 && s.absolute == 0);
    ck_assert_str_eq(s.reference, "production");
    s = parse("auc within 5% or 0.002 of baseline");
    ck_assert(s.relative == 0.05 && s.absolute == 0.002);
    s = parse("latency p95 within 2ms or 10% of production");
    ck_assert(s.relative == 0.1 && s.absolute == 0.002);
    ck_assert_str_eq(s.unit, "s");
    s = parse("f1 no worse than production");
    ck_assert(s.kind == MLT_SENTENCE_NO_WORSE);
}
END_TEST

START_TEST(gains_equivalence_and_control_groups_are_asked_for)
{
    struct mlt_sentence s = parse("auc better than production");
    ck_assert(s.kind == MLT_SENTENCE_BETTER && s.relative == 0 && s.absolute == 0);
    ck_assert(s.rule == MLT_RULE_DEFAULT && strcmp(s.reference, "production") == 0);
    s = parse("rmse by brand better than baseline by 2%");
    ck_assert(s.kind == MLT_SENTENCE_BETTER && s.relative == 0.02 && s.absolute == 0);
    ck_assert_str_eq(s.by_column, "brand");
    s = parse("latency p95 better than control by 5ms, rule point, alpha 0.01");
    ck_assert(s.absolute == 0.005 && s.rule == MLT_RULE_POINT && s.alpha == 0.01);
    ck_assert_str_eq(s.reference, "control");
    ck_assert_str_eq(s.unit, "s");
    s = parse("bias within 0.1 of production, rule equivalent");
    ck_assert(s.kind == MLT_SENTENCE_WITHIN && s.rule == MLT_RULE_EQUIVALENT);
    ck_assert_str_eq(parse("conversion no worse than control").reference, "control");
}
END_TEST

START_TEST(a_metric_with_its_parameter_is_one_word)
{
    static const char *const metrics[] = {"ndcg@10", "pinball@0.9", "lift@10%", "f@2",
                                          "recall@precision0.9"};
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        char text[80];
        snprintf(text, sizeof text, "%s by brand within 5%% of production", metrics[i]);
        ck_assert_str_eq(parse(text).metric, metrics[i]);
        snprintf(text, sizeof text, "%s>=0.2", metrics[i]);
        ck_assert_str_eq(parse(text).metric, metrics[i]);
    }
}
END_TEST

START_TEST(slices_cross_several_columns)
{
    struct mlt_sentence s = parse("rmse by brand,store within 5% of production, rule point");
    ck_assert_str_eq(s.by_column, "brand,store");
    ck_assert(s.rule == MLT_RULE_POINT);
    ck_assert_str_eq(parse("rmse by brand, \"net, gross\" <= 1").by_column,
                     "brand,\"net, gross\"");
    s = parse("rmse for brand == 3 and store == 5 <= 1");
    ck_assert_str_eq(s.for_column, "brand,store");
    ck_assert_str_eq(s.for_value, "3,5");
    s = parse("rmse for brand == 'A, B' and store == \"and\" better than production");
    ck_assert_str_eq(s.for_value, "\"A, B\",and");
    ck_assert_str_eq(parse("rmse for \"a,b\" == x <= 1").for_column, "a,b");
}
END_TEST

START_TEST(slices_and_options_are_read)
{
    struct mlt_sentence s = parse("rmse by brand within 10% of production, rule point, alpha 0.01");
    ck_assert_str_eq(s.by_column, "brand");
    ck_assert(s.rule == MLT_RULE_POINT && s.alpha == 0.01);
    s = parse("rmse for brand == 7 <= 1, rule not-shown-worse");
    ck_assert_str_eq(s.for_column, "brand");
    ck_assert_str_eq(s.for_value, "7");
    s = parse("rmse for name == \"A, B\" <= 1");
    ck_assert_str_eq(s.for_value, "A, B");
}
END_TEST

START_TEST(faults_say_where_what_was_expected_and_the_nearest_word)
{
    static const char *const known[][2] = {
        {"", "the name of a metric"},
        {"rmse", "the sentence ends there"},
        {"rmse <= ", "expected a number, but the sentence ends"},
        {"rmse <= six", "column 9: expected a number, found \"six\""},
        {"rmse <= nan", "expected a number"},
        {"rmse <= 1e999", "a double can hold"},
        {"rmse <= 0x10", "unknown unit \"x10\""},
        {"rmse == 5", "expected <=, <, >= or >"},
        {"rmse witin 5% of production", "did you mean \"within\""},
        {"rmse within 5% of prodution", "did you mean \"production\""},
        {"rmse within 5% of anchor", "column 19: \"anchor\": only the margins under `anchor:`"},
        {"rmse within 5% of ancor", "\"production\", \"baseline\" or \"control\""},
        {"rmse better", "expected \"than\", but the sentence ends"},
        {"rmse bettr than production", "did you mean \"better\""},
        {"rmse better then production", "did you mean \"than\""},
        {"rmse better than controll", "did you mean \"control\""},
        {"rmse better than production by", "a margin such as 5% or 0.002"},
        {"rmse better than production by 0", "a gain must be greater than 0"},
        {"rmse better than production by -1%", "a gain must be greater than 0"},
        {"rmse better than production by 2% or 1", "the end of the sentence"},
        {"rmse better than production by 2000%", "more than 1000 %"},
        {"rmse better than production, rule non-inferior", "must be shown"},
        {"rmse better than production, rule not-shown-worse", "must be shown"},
        {"rmse better than production, rule superior", "found \"superior\""},
        {"rmse better than production, rule equivalent", "equivalence needs a margin"},
        {"rmse no worse than production, rule equivalent", "equivalence needs a margin"},
        {"rmse <= 5, rule equivalent", "equivalence needs a margin"},
        {"rmse within 5% of production, rule equivalnt", "did you mean \"equivalent\""},
        {"rmse by brand, within 5% of production", "expected a condition"},
        {"rmse by brand,brand <= 1", "named twice"},
        {"rmse by a,b,c,d,e,f,g,h,i <= 1", "more than 8 columns"},
        {"rmse for brand == 1 and brand == 2 <= 1", "named twice"},
        {"rmse for brand == 1 and <= 1", "expected the name of a column, found \"<=\""},
        {"rmse for brand == 1 and store <= 1", "\"==\""},
        {"rmse within 0 of production", "no worse than"},
        {"rmse within -5% of production", "greater than 0"},
        {"rmse within 1001% of production", "1000 %"},
        {"rmse within 5% or 6% of production", "one must be a percentage"},
        {"rmse within 5 of production or else", "end of the sentence"},
        {"rmse no better than production", "\"worse\""},
        {"latency < 5ms", "latency p95"},
        {"latency within 5% of production", "which percentile"},
        {"latency within 5% of control", "has no control: compare \"latency p95\" with production"},
        {"latency p95 < 50mss", "did you mean \"ms\""},
        {"rmse <= 5, rule nonsense", "non-inferior, not-shown-worse, point or equivalent"},
        {"rmse <= 5, rule poimt", "did you mean \"point\""},
        {"rmse <= 5, alpha 0.5", "between 0 and 0.5"},
        {"rmse <= 5, alpha 0", "between 0 and 0.5"},
        {"rmse <= 5, alpha 0.1, alpha 0.2", "twice"},
        {"rmse <= 5,", "\"rule\" or \"alpha\""},
        {"rmse for brand = 5 <= 1", "\"==\""},
        {"rmse for brand == \"x <= 1", "not closed"},
        {"root mean squared error <= 5", "a condition"},
        {"rmse <= 5\n", "control character"},
        {"rmse <= \xff", "invalid byte"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct mlt_sentence s;
        ck_assert_msg(!mlt_sentence_parse(known[i][0], &arena, &s, &err), "accepted: %s",
                      known[i][0]);
        ck_assert_int_eq(err.kind, MLT_ERR_USAGE);
        ck_assert_msg(strstr(err.text, known[i][1]) != NULL, "'%s' is not in '%s'", known[i][1],
                      err.text);
    }
}
END_TEST

START_TEST(sentences_that_cannot_go_both_ways_are_refused)
{
    static const char *const known[][2] = {
        {"auc within 5 of production", "always holds"},
        {"auc within 1% or 1 of production", "always holds"},
        {"accuracy within 100% of production", "always holds"},
        {"accuracy by brand >= 0", "always holds"},
        {"accuracy <= 1", "always holds"},
        {"brier <= 100%", "always holds"},
        {"error_rate <= 5", "always holds"},
        {"r2 <= 2", "always holds"},
        {"rmse >= 0", "always holds"},
        {"accuracy >= 95", "can never hold"},
        {"f1 > 1", "can never hold"},
        {"error_rate < 0", "can never hold"},
        {"rmse < 0", "can never hold"},
        {"auc better than production by 1", "can never hold"},
        {"rmse better than production by 100%", "can never hold"},
        {"ndcg@10 >= 0", "always holds"},
        {"pinball@0.9 < 0", "can never hold"},
        {"mcc within 2 of production, rule equivalent", "always holds"},
    };
    static const char *const fair[] = {
        "auc within 5% of production", "auc within 0.99 of production", "accuracy >= 1",
        "error_rate <= 0", "error_rate < 100%", "brier within 100% of production", "r2 >= -1000",
        "accuracy within 100% of production, rule equivalent", "auc better than production by 100%",
        "rmse better than production by 99%", "mcc better than production by 1", "f@2 >= 0.5",
        "rmse within 1000% of production", "rmse <= 0", "accuracy no worse than production",
    };
    struct mlt_sentence s;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        err = (struct mlt_err)MLT_ERR_INIT;
        ck_assert_msg(!mlt_sentence_parse(known[i][0], &arena, &s, &err), "accepted: %s",
                      known[i][0]);
        ck_assert_msg(strstr(err.text, known[i][1]) != NULL, "%s", err.text);
    }
    for (size_t i = 0; i < sizeof fair / sizeof fair[0]; i++)
        (void)parse(fair[i]);
}
END_TEST

START_TEST(long_sentences_are_bounded)
{
    char text[4000];
    struct mlt_sentence s;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_fails(mlt_sentence_parse(text, &arena, &s, &err), MLT_ERR_USAGE, "longer than");
    memset(text, ',', 900);
    text[900] = '\0';
    ck_fails(mlt_sentence_parse(text, &arena, &s, &err), MLT_ERR_USAGE, "words");
}
END_TEST

TCase *sentence_case(void)
{
    TCase *tcase = tcase_create("sentence");
    tcase_add_checked_fixture(tcase, bench_setup, bench_teardown);
    tcase_add_test(tcase, absolute_limits_are_kept_in_the_base_unit);
    tcase_add_test(tcase, margins_are_relative_absolute_or_both);
    tcase_add_test(tcase, gains_equivalence_and_control_groups_are_asked_for);
    tcase_add_test(tcase, a_metric_with_its_parameter_is_one_word);
    tcase_add_test(tcase, slices_and_options_are_read);
    tcase_add_test(tcase, slices_cross_several_columns);
    tcase_add_test(tcase, faults_say_where_what_was_expected_and_the_nearest_word);
    tcase_add_test(tcase, sentences_that_cannot_go_both_ways_are_refused);
    tcase_add_test(tcase, long_sentences_are_bounded);
    return tcase;
}

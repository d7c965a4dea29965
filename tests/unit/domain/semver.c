#include <stdio.h>
#include <string.h>

#include "harness/domain/semver.h"
#include "tests/unit/suite.h"

TCase *semver_case(void);

static struct mlt_semver version(const char *text)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_semver v;
    ck_ok(mlt_semver_parse(text, &v, &err));
    return v;
}

/* A version with any qualifier, also one that the grammar refuses. */
static struct mlt_semver qualified(const char *qualifier)
{
    struct mlt_semver v = {.major = 1};
    snprintf(v.qualifier, sizeof v.qualifier, "%s", qualifier);
    return v;
}

START_TEST(semver_orders_as_the_examples_of_semver_org)
{
    /* semver.org 2.0.0, section 11.4: 1.0.0-alpha < … < 1.0.0. */
    static const char *const order[] = {"alpha",  "alpha.1", "alpha.beta", "beta",
                                        "beta.2", "beta.11", "rc.1",       ""};
    enum { COUNT = sizeof order / sizeof *order };
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++) {
            struct mlt_semver a = qualified(order[i]), b = qualified(order[j]);
            int got = mlt_semver_compare(&a, &b);
            ck_assert_int_eq((got > 0) - (got < 0), (i > j) - (i < j));
        }
}
END_TEST

START_TEST(semver_orders_numbers_by_value)
{
    /* semver.org 2.0.0, section 11.2. */
    static const char *const order[] = {"1.0.0",  "2.0.0",  "2.1.0",  "2.1.1",
                                        "2.1.10", "2.10.0", "10.0.0", "4294967295.0.0"};
    for (size_t i = 1; i < sizeof order / sizeof *order; i++) {
        struct mlt_semver a = version(order[i - 1]), b = version(order[i]);
        ck_assert_int_lt(mlt_semver_compare(&a, &b), 0);
        ck_assert_int_gt(mlt_semver_compare(&b, &a), 0);
    }
}
END_TEST

START_TEST(semver_reads_the_stage_from_the_word_and_never_from_precedence)
{
    struct mlt_semver experiment = version("1.2.0-experiment-attention"),
                      beta = version("1.2.0-beta"), rc = version("1.2.0-rc");
    ck_assert_int_gt(mlt_semver_compare(&experiment, &beta), 0);
    ck_assert_int_lt(mlt_semver_compare(&experiment, &rc), 0);
    ck_assert_int_eq(experiment.stage, MLT_STAGE_EXPERIMENT);
    ck_assert_int_eq(rc.stage, MLT_STAGE_RC);
    ck_assert_int_eq(version("1.2.0").stage, MLT_STAGE_RELEASE);
}
END_TEST

START_TEST(semver_formats_what_it_parsed)
{
    static const char *const texts[] = {
        "0.0.0",      "1.2.3-alpha",      "1.2.3-beta.11",
        "1.2.3-rc.0", "2.1.0-experiment", "2.1.0-experiment-quantized-8bit"};
    char out[MLT_SEMVER_CHARS];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct mlt_semver v = version(texts[i]);
        ck_assert_str_eq(mlt_semver_format(&v, out), texts[i]);
    }
}
END_TEST

#define BUILD "names a build, which the protocol does not know"
#define QUALIFIER "has a qualifier that the protocol does not know"
#define LARGE "has a number above 4294967295"
#define NONE "is not a version"

static const struct {
    const char *text, *phrase;
} refused[] = {
    {"", "not a version"},
    {"v1.2.0", "did you mean 1.2.0?"},
    {"1.2", "did you mean 1.2.0?"},
    {"01.2.0", "did you mean 1.2.0?"},
    {"1.2.0+build.5", "did you mean 1.2.0?"},
    {"1.2.0-rc1", "did you mean 1.2.0-rc.1?"},
    {"1.2.0-Beta", "did you mean 1.2.0-beta?"},
    {"1.2.0-beat", "did you mean 1.2.0-beta?"},
    {"1.2.0-rc.01", "not a version"},
    {"1.2.0-rc.", "not a version"},
    {"1.2.0-alpha.beta", QUALIFIER},
    {"1.2.0-nightly", QUALIFIER},
    {"1.2.0-experiment-", QUALIFIER},
    {"1.2.0-experiment-a.b", QUALIFIER},
    {"1.2.0-experiment-a.b", QUALIFIER},
    {"1.2.0.1", "not a version"},
    {"1..0", "not a version"},
    {"4294967296.0.0", "has a number above 4294967295"},
    {"-1.2.0", "not a version"},
    {" 1.2.0", "not a version"},
    {"1.2.0 ", "not a version"},
    {"1.2.0\n", "not a version"},
    {"../1.2.0", "not a version"},
    {"latest", "not a version"},
    {"1.0.0-experiment-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "has a qualifier of more than 63 characters"},
};

START_TEST(semver_refuses_what_the_grammar_does_not_have)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        struct mlt_semver v = {.major = 7};
        ck_fails(mlt_semver_parse(refused[i].text, &v, &err), MLT_ERR_USAGE, refused[i].phrase);
        ck_assert_uint_eq(v.major, 7);
    }
}
END_TEST

/* The valid and the invalid versions that semver.org's FAQ links to, beside the expression it
 * suggests (regex101.com/r/vkijKf/1), and what is said here: NULL accepts. */
static const struct {
    const char *text, *phrase;
} published[] = {
    {"0.0.4", NULL},
    {"1.2.3", NULL},
    {"10.20.30", NULL},
    {"1.1.2-prerelease+meta", BUILD},
    {"1.1.2+meta", BUILD},
    {"1.1.2+meta-valid", BUILD},
    {"1.0.0-alpha", NULL},
    {"1.0.0-beta", NULL},
    {"1.0.0-alpha.beta", QUALIFIER},
    {"1.0.0-alpha.beta.1", QUALIFIER},
    {"1.0.0-alpha.1", NULL},
    {"1.0.0-alpha0.valid", QUALIFIER},
    {"1.0.0-alpha.0valid", QUALIFIER},
    {"1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay", BUILD},
    {"1.0.0-rc.1+build.1", BUILD},
    {"2.0.0-rc.1+build.123", BUILD},
    {"1.2.3-beta", NULL},
    {"10.2.3-DEV-SNAPSHOT", QUALIFIER},
    {"1.2.3-SNAPSHOT-123", QUALIFIER},
    {"1.0.0", NULL},
    {"2.0.0", NULL},
    {"1.1.7", NULL},
    {"2.0.0+build.1848", BUILD},
    {"2.0.1-alpha.1227", NULL},
    {"1.0.0-alpha+beta", BUILD},
    {"1.2.3----RC-SNAPSHOT.12.9.1--.12+788", BUILD},
    {"1.2.3----R-S.12.9.1--.12+meta", BUILD},
    {"1.2.3----RC-SNAPSHOT.12.9.1--.12", QUALIFIER},
    {"1.0.0+0.build.1-rc.10000aaa-kk-0.1", BUILD},
    {"99999999999999999999999.999999999999999999.99999999999999999", LARGE},
    {"1.0.0-0A.is.legal", QUALIFIER},
    {"1", NONE},
    {"1.2", NONE},
    {"1.2.3-0123", NONE},
    {"1.2.3-0123.0123", NONE},
    {"1.1.2+.123", NONE},
    {"+invalid", NONE},
    {"-invalid", NONE},
    {"-invalid+invalid", NONE},
    {"-invalid.01", NONE},
    {"alpha", NONE},
    {"alpha.beta", NONE},
    {"alpha.beta.1", NONE},
    {"alpha.1", NONE},
    {"alpha+beta", NONE},
    {"alpha_beta", NONE},
    {"alpha.", NONE},
    {"alpha..", NONE},
    {"beta", NONE},
    {"1.0.0-alpha_beta", NONE},
    {"-alpha.", NONE},
    {"1.0.0-alpha..", NONE},
    {"1.0.0-alpha..1", NONE},
    {"1.0.0-alpha...1", NONE},
    {"1.0.0-alpha....1", NONE},
    {"1.0.0-alpha.....1", NONE},
    {"1.0.0-alpha......1", NONE},
    {"1.0.0-alpha.......1", NONE},
    {"01.1.1", NONE},
    {"1.01.1", NONE},
    {"1.1.01", NONE},
    {"1.2.3.DEV", NONE},
    {"1.2-SNAPSHOT", NONE},
    {"1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788", NONE},
    {"1.2-RC-SNAPSHOT", NONE},
    {"-1.0.3-gamma+b7718", NONE},
    {"+justmeta", NONE},
    {"9.8.7+meta+meta", NONE},
    {"9.8.7-whatever+meta+meta", NONE},
    {"99999999999999999999999.999999999999999999.99999999999999999----RC-SNAPSHOT.12.09.1----------"
     "----------------------..12",
     NONE},
    /* Section 9 and 10 of the specification itself. */
    {"1.0.0-0.3.7", QUALIFIER},
    {"1.0.0-x.7.z.92", QUALIFIER},
    {"1.0.0-x-y-z.--", QUALIFIER},
    {"1.0.0-alpha+001", BUILD},
    {"1.0.0+20130313144700", BUILD},
    {"1.0.0-beta+exp.sha.5114f85", BUILD},
    {"1.0.0+21AF26D3----117B344092BD", BUILD},
    /* The protocol's examples. */
    {"1.0.1", NULL},
    {"1.1.0", NULL},
    {"1.1.0-beta", NULL},
    {"2.0.0-experiment-quantized", NULL},
    {"2.1.0-experiment-attention", NULL},
};

START_TEST(semver_says_to_each_published_version_what_it_is)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_semver v;
    char out[MLT_SEMVER_CHARS];
    const char *text = published[_i].text, *phrase = published[_i].phrase;
    if (phrase) {
        ck_fails(mlt_semver_parse(text, &v, &err), MLT_ERR_USAGE, phrase);
        ck_assert(strstr(err.text, "-alpha[.N], -beta[.N], -rc[.N], -experiment[-NAME]"));
        return;
    }
    ck_ok(mlt_semver_parse(text, &v, &err));
    ck_assert_str_eq(mlt_semver_format(&v, out), text);
}
END_TEST

/* semver.org 2.0.0, section 11.4.4, without the two that the protocol does not have, and the
 * protocol's own: each below the next. */
START_TEST(semver_orders_what_the_protocol_admits)
{
    static const char *const order[] = {
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1",
        "1.1.0-beta",
        "1.1.0",
        "2.0.0-experiment-quantized",
        "2.0.0",
        "2.1.0-experiment-attention",
    };
    enum { COUNT = sizeof order / sizeof *order };
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++) {
            struct mlt_semver a = version(order[i]), b = version(order[j]);
            int got = mlt_semver_compare(&a, &b);
            ck_assert_int_eq((got > 0) - (got < 0), (i > j) - (i < j));
        }
}
END_TEST

START_TEST(semver_refuses_long_texts)
{
    static char text[10001];
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_semver v;
    memset(text, '1', sizeof text - 1);
    ck_fails(mlt_semver_parse(text, &v, &err), MLT_ERR_USAGE, "not a version");
    ck_assert_uint_lt(strlen(err.text), 300);
    memcpy(text, "1.2.0-experiment-", 17);
    ck_fails(mlt_semver_parse(text, &v, &err), MLT_ERR_USAGE, "not a version");
}
END_TEST

static const struct {
    const char *range, *version;
    bool holds;
} ranges[] = {
    {"1.2.0", "1.2.0", true},
    {"1.2.0", "1.2.1", false},
    {"=1.2.0", "1.2.0", true},
    {"^1.2.0", "1.9.9", true},
    {"^1.2.0", "1.1.9", false},
    {"^1.2.0", "2.0.0", false},
    {"^0.2.3", "0.2.9", true},
    {"^0.2.3", "0.3.0", false},
    {"~1.2.3", "1.2.9", true},
    {"~1.2.3", "1.3.0", false},
    {"~1.2.3", "1.2.2", false},
    {">=1.0.0 <2.0.0", "1.5.0", true},
    {">=1.0.0 <2.0.0", "2.0.0", false},
    {">1.0.0", "1.0.0", false},
    {"<=1.0.0", "1.0.0", true},
    {"1.2.x", "1.2.7", true},
    {"1.2.x", "1.3.0", false},
    {"1.x", "1.9.0", true},
    {"*", "7.0.0", true},
    {"*", "7.0.0-rc.1", false},
    {"^1.2.0", "1.3.0-beta", false},
    {"^1.2.0", "2.0.0-alpha", false},
    {">=1.3.0-beta", "1.3.0-rc.1", true},
    {">=1.3.0-beta", "1.4.0-rc.1", false},
    {"1.3.0-beta", "1.3.0-beta", true},
    {"1.3.0", "1.3.0-beta", false},
    {"  ^1.2.0  ", "1.2.0", true},
};

START_TEST(semver_ranges_hold_as_documented)
{
    struct mlt_err err = MLT_ERR_INIT;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        struct mlt_semver v = version(ranges[i].version);
        bool holds = !ranges[i].holds;
        ck_ok(mlt_semver_satisfies(&v, ranges[i].range, &holds, &err));
        ck_assert_msg(holds == ranges[i].holds, "%s in %s", ranges[i].version, ranges[i].range);
    }
}
END_TEST

START_TEST(semver_ranges_refuse_what_is_none)
{
    static const char *const none[] = {"",    "   ",   "latest",    "^",     ">= 1.0.0", "1.2",
                                       "x.1", "1.x.2", "^1.2.0 ||", "1.2.X", "^v1.2.0"};
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_semver v = version("1.0.0");
    bool holds;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_fails(mlt_semver_satisfies(&v, none[i], &holds, &err), MLT_ERR_USAGE, "range");
    static char text[10001];
    memset(text, ' ', sizeof text - 1);
    ck_fails(mlt_semver_satisfies(&v, text, &holds, &err), MLT_ERR_USAGE, "too long");
}
END_TEST

START_TEST(model_ref_splits_at_the_at_sign)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_model_ref ref;
    ck_ok(mlt_model_ref_parse("ad-score-predictor@1.1.0", &ref, &err));
    ck_assert_str_eq(ref.model, "ad-score-predictor");
    ck_assert_str_eq(ref.version, "1.1.0");
    ck_ok(mlt_model_ref_parse("m", &ref, &err));
    ck_assert_str_eq(ref.version, "");
}
END_TEST

START_TEST(model_ref_refuses_names_that_are_no_folder)
{
    static const char *const bad[] = {"",    "@1.0.0",  "../m@1.0.0", "/etc/passwd",
                                      "a/b", ".hidden", "-option",    "m m",
                                      "m\n", "m@",      "\xff"};
    static char text[10001];
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_model_ref ref;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!mlt_model_ref_parse(bad[i], &ref, &err), "'%s' was accepted", bad[i]);
    memset(text, 'a', sizeof text - 1);
    ck_fails(mlt_model_ref_parse(text, &ref, &err), MLT_ERR_USAGE, "10000 characters");
    memcpy(text, "m@", 2);
    ck_fails(mlt_model_ref_parse(text, &ref, &err), MLT_ERR_USAGE, "9998 characters");
}
END_TEST

TCase *semver_case(void)
{
    TCase *tc = tcase_create("semver");
    tcase_add_test(tc, semver_orders_as_the_examples_of_semver_org);
    tcase_add_test(tc, semver_orders_numbers_by_value);
    tcase_add_test(tc, semver_reads_the_stage_from_the_word_and_never_from_precedence);
    tcase_add_test(tc, semver_formats_what_it_parsed);
    tcase_add_test(tc, semver_refuses_what_the_grammar_does_not_have);
    tcase_add_loop_test(tc, semver_says_to_each_published_version_what_it_is, 0,
                        sizeof published / sizeof *published);
    tcase_add_test(tc, semver_orders_what_the_protocol_admits);
    tcase_add_test(tc, semver_refuses_long_texts);
    tcase_add_test(tc, semver_ranges_hold_as_documented);
    tcase_add_test(tc, semver_ranges_refuse_what_is_none);
    tcase_add_test(tc, model_ref_splits_at_the_at_sign);
    tcase_add_test(tc, model_ref_refuses_names_that_are_no_folder);
    return tc;
}

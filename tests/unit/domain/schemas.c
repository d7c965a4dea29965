/* Schemas that somebody wrote to be mistaken, or to be slow. */
#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/domain/contract.h"
#include "harness/domain/metadata.h"
#include "tests/unit/suite.h"

TCase *schemas_case(void);

static struct mlt_arena arena;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static bool decode(const char *text, size_t len, struct mlt_contract *out, struct mlt_err *err)
{
    struct mlt_json *config;
    if (!mlt_json_parse("config.json", text, len, &config, err))
        return false;
    bool ok = mlt_contract_decode("config.json", config, &arena, out, err);
    mlt_json_free(config);
    return ok;
}

#define FIELD(name) "{\"name\":\"" name "\",\"type\":\"number\"}"
#define INPUTS(fields) "{\"inputs\":[" fields "],\"output\":{\"type\":\"number\"}}"
#define SETTINGS(fields)                                                                           \
    "{\"inputs\":[" FIELD("x") "],\"output\":{\"type\":\"number\"},\"settings\":[" fields "]}"

static const struct {
    const char *text, *phrase; /* NULL: it is fine */
} named[] = {
    {INPUTS(FIELD("caf\u00e9") "," FIELD("cafe\u0301")),
     "config.json: inputs: the names \"caf<U+00E9>\" and \"cafe<U+0301>\" look the same: rename "
     "one"},
    {INPUTS(FIELD("price") "," FIELD("x") "," FIELD("\uff50rice")),
     "the names \"price\" and \"<U+FF50>rice\" look the same"},
    {INPUTS(FIELD("pr\u0456ce") "," FIELD("price")),
     "the names \"pr<U+0456>ce\" and \"price\" look the same"},
    {SETTINGS(FIELD("depth") "," FIELD("d\u0435pth")),
     "config.json: settings: the names \"depth\" and \"d<U+0435>pth\" look the same"},
    {INPUTS(FIELD("pri\u200bce")), "the name \"pri<U+200B>ce\" holds U+200B, which nobody sees"},
    {INPUTS(FIELD("\u202eecirp")), "holds U+202E"},
    {INPUTS(FIELD("a\\u001b[31mb")), "holds U+001B"},
    {INPUTS(FIELD("a\\nb")), "holds U+000A"},
    /* A name in another script alone is a name. */
    {INPUTS(FIELD("\u0446\u0435\u043d\u0430") "," FIELD("price")), NULL},
    {INPUTS(FIELD("\u4fa1\u683c") "," FIELD("caf\u00e9")), NULL},
    /* An input and a setting are never mistaken for each other. */
    {SETTINGS(FIELD("x")), NULL},
    {INPUTS(FIELD("caf\u00e9") "," FIELD("caf\u00e9")), "stands there twice"},
    {INPUTS("{\"name\":\"x\",\"name\":\"y\",\"type\":\"number\"}"), "name"},
    {INPUTS("{\"name\":\"x\",\"type\":\"number\",\"max\":1e999}"), "config.json:1:"},
    {INPUTS("{\"name\":\"x\",\"type\":\"number\",\"max\":NaN}"), "config.json:1:"},
    {INPUTS("{\"name\":\"x\",\"type\":\"number\",\"min\":-1.7976931348623157e308,"
            "\"max\":1.7976931348623157e308}"),
     NULL},
    {INPUTS("{\"name\":\"x\",\"type\":\"integer\",\"max\":123456789012345678901234567890}"), NULL},
};

START_TEST(names_that_a_reader_takes_for_one_are_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_contract c;
    bool ok = decode(named[_i].text, strlen(named[_i].text), &c, &err);
    ck_assert_msg(ok == !named[_i].phrase, "%s", err.text);
    if (!ok)
        ck_assert_msg(strstr(err.text, named[_i].phrase) != NULL, "%s", err.text);
}
END_TEST

/* Names as near to each other as can be, with `tail` behind one of 10,000. */
static double decode_many(const char *letter, bool *ok, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_contract c;
    mlt_buf_puts(&text, "{\"output\":{\"type\":\"number\"},\"inputs\":[");
    for (int i = 0; i < 10000; i++)
        mlt_buf_printf(&text, "%s{\"name\":\"%s%s%d\",\"type\":\"number\"}", i ? "," : "",
                       "a_name_that_all_of_them_begin_with_", letter, i);
    mlt_buf_puts(&text, "]}");
    uint64_t start = mlt_clock_monotonic_ns();
    *ok = decode(text.data, text.len, &c, err);
    mlt_buf_free(&text);
    return (double)(mlt_clock_monotonic_ns() - start) / 1e9;
}

START_TEST(ten_thousand_fields_take_no_time)
{
    struct mlt_err err = MLT_ERR_INIT;
    bool ok;
    double ascii = decode_many("x", &ok, &err);
    ck_assert_msg(ok, "%s", err.text);
    double accents = decode_many("e\u0301", &ok, &err);
    ck_assert_msg(ok, "%s", err.text);
    ck_assert_msg(ascii < 2 && accents < 2, "%g s and %g s", ascii, accents);
}
END_TEST

START_TEST(a_hundred_thousand_values_take_no_time)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_contract c;
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "{\"output\":{\"type\":\"number\"},\"inputs\":[{\"name\":\"x\",\"type\":"
                        "\"category\",\"enum\":[");
    for (int i = 0; i < 100000; i++)
        mlt_buf_printf(&text, "%s\"value %d\"", i ? "," : "", i);
    mlt_buf_puts(&text, "]}]}");
    uint64_t start = mlt_clock_monotonic_ns();
    ck_ok(decode(text.data, text.len, &c, &err));
    ck_assert_uint_eq(c.inputs[0].category_count, 100000);
    ck_assert_uint_lt(mlt_clock_monotonic_ns() - start, 2000000000U);
    mlt_buf_free(&text);
}
END_TEST

START_TEST(a_deep_schema_is_refused_and_not_walked)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_contract c;
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "{\"inputs\":");
    for (int i = 0; i < 100000; i++)
        mlt_buf_putc(&text, '[');
    ck_fails(decode(text.data, text.len, &c, &err), MLT_ERR_USAGE, "config.json:1:");
    mlt_buf_free(&text);
}
END_TEST

static const struct {
    const char *name, *range;
    bool ok;
} selves[] = {
    {"m", "1.1.0", false}, {"m", "*", false},     {"m", "^1.0.0", false},
    {"m", "1.0.0", true},  {"m", "<1.1.0", true}, {"other", "*", true},
};

/* An earlier version of itself is one: a student has a teacher. */
START_TEST(a_version_that_depends_on_itself_is_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_metadata m;
    const char *text = mlt_arena_printf(
        &arena,
        "{\"model_name\":\"m\",\"version\":\"1.1.0\",\"created_at\":\"2026-01-01T00:00:00Z\","
        "\"created_by\":\"a\",\"framework\":\"f\",\"framework_version\":\"1\","
        "\"python_version\":\"none\",\"training_dataset\":\"d\",\"training_dataset_hash\":"
        "\"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
        "\"hyperparameters\":{},\"performance_metrics\":{},\"tags\":[],\"changelog\":\"c\","
        "\"dependencies\":[{\"name\":\"b\",\"version\":\"*\"},{\"name\":\"%s\",\"version\":\"%s\"}"
        "]}",
        selves[_i].name, selves[_i].range);
    if (selves[_i].ok)
        ck_ok(
            mlt_metadata_parse("metadata.json", text, strlen(text), NULL, NULL, &arena, &m, &err));
    else
        ck_fails(
            mlt_metadata_parse("metadata.json", text, strlen(text), NULL, NULL, &arena, &m, &err),
            MLT_ERR_USAGE, "metadata.json: dependencies[1]: m@1.1.0 -> m@1.1.0");
}
END_TEST

TCase *schemas_case(void)
{
    TCase *tc = tcase_create("schemas");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, names_that_a_reader_takes_for_one_are_refused, 0,
                        sizeof named / sizeof *named);
    tcase_add_test(tc, ten_thousand_fields_take_no_time);
    tcase_add_test(tc, a_hundred_thousand_values_take_no_time);
    tcase_add_test(tc, a_deep_schema_is_refused_and_not_walked);
    tcase_add_loop_test(tc, a_version_that_depends_on_itself_is_refused, 0,
                        sizeof selves / sizeof *selves);
    return tc;
}

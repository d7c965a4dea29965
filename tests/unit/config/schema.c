#include <string.h>

#include "harness/codec/json.h"
#include "harness/config/schema.h"
#include "tests/unit/suite.h"

static const char *const words[] = {"point", "poisson", NULL};
static const struct mlt_schema text = {.type = MLT_SCHEMA_TEXT};
static const struct mlt_schema number = {.type = MLT_SCHEMA_NUMBER, .min = 1, .max = 10};
static const struct mlt_schema integer = {.type = MLT_SCHEMA_INTEGER};
static const struct mlt_schema boolean = {.type = MLT_SCHEMA_BOOLEAN};
static const struct mlt_schema duration = {.type = MLT_SCHEMA_DURATION};
static const struct mlt_schema percent = {.type = MLT_SCHEMA_PERCENT};
static const struct mlt_schema sentence = {.type = MLT_SCHEMA_SENTENCE};
static const struct mlt_schema word = {.type = MLT_SCHEMA_WORD, .words = words};
static const struct mlt_schema either_number = {
    .type = MLT_SCHEMA_NUMBER_OR_WORD, .words = words, .min = 0, .max = 2};
static const struct mlt_schema list = {.type = MLT_SCHEMA_LIST, .item = &text};
static const struct mlt_schema either = {.type = MLT_SCHEMA_SCALAR_OR, .scalar = &text, .item = &list};
static const struct mlt_schema map = {.type = MLT_SCHEMA_MAP, .item = &number};
static const struct mlt_schema_key keys[] = {
    {"text", &text, false, NULL},         {"number", &number, false, "from 1 to 10"},
    {"integer", &integer, false, NULL},   {"boolean", &boolean, false, NULL},
    {"duration", &duration, false, NULL}, {"percent", &percent, false, NULL},
    {"sentence", &sentence, false, NULL}, {"word", &word, false, NULL},
    {"list", &list, false, NULL},         {"either", &either, false, NULL},
    {"map", &map, false, NULL},           {"at", &either_number, false, NULL},
    {0},
};
static const struct mlt_schema object = {.type = MLT_SCHEMA_OBJECT, .keys = keys};

static bool check(const char *yaml, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_yaml *root;
    bool ok = mlt_yaml_parse("f.yaml", yaml, strlen(yaml), &arena, &root, err) &&
              mlt_schema_check(&object, root, "f.yaml", err);
    mlt_arena_free(&arena);
    return ok;
}

static const char *const good[] = {
    "text: yes",      "text: '5'",          "number: 1.5",   "integer: -3",      "boolean: true",
    "duration: 250ms", "percent: 5%",       "percent: 0.05", "sentence: rmse <= 6",
    "at: 1.5",        "at: poisson",
    "word: point",    "list: [a, 'b', 3]",  "either: a",     "either: [a, b]",   "map: {a: 2, b: 3}",
};

static const struct {
    const char *yaml, *phrase;
} bad[] = {
    {"", "f.yaml:1:1: the file is empty"},
    {"- 1", "f.yaml:1:1: f.yaml must be a mapping, found a list"},
    {"txet: a", "f.yaml:1:1: unknown key 'txet' in f.yaml; did you mean 'text'?"},
    {"zzzzzzzz: a", "known are text, number"},
    {"text: [a]", "f.yaml:1:7: text must be text, found a list"},
    {"text:", "text must be text, found nothing"},
    {"number: '5'", "f.yaml:1:9: number must be a number, found '5'"},
    {"number: 11", "f.yaml:1:9: number must be from 1 to 10, found 11"},
    {"number: .nan", "f.yaml:1:9: number must be a finite number, found .nan"},
    {"number: -.inf", "must be a finite number"},
    {"number: 1e999", "number must be a number"},
    {"integer: 1.5", "integer must be a whole number, found '1.5'"},
    {"boolean: yes", "boolean must be true or false, found 'yes'; did you mean 'true'?"},
    {"boolean: off", "did you mean 'false'?"},
    {"boolean: 'true'", "boolean must be true or false"},
    {"duration: 5", "duration must be a duration such as 5s"},
    {"percent: 120%", "percent must be a percentage"},
    {"percent: nan", "percent must be a percentage"},
    {"sentence: rmse <= nan", "f.yaml:1:11: sentence: \"rmse <= nan\": column 9"},
    {"sentence: rmse witin 5% of production", "did you mean \"within\"?"},
    {"word: piont", "word must be one of point, poisson, found 'piont'; did you mean 'point'?"},
    {"at: piont", "at must be a number or one of point, poisson, found 'piont'; did you mean 'point'?"},
    {"at: 3", "f.yaml:1:5: at must be from 0 to 2, found 3"},
    {"at: [1]", "at must be a number or one of point, poisson, found a list"},
    {"at: .nan", "at must be a number or one of"},
    {"list: []", "f.yaml:1:7: list must not be an empty list"},
    {"list:\n  - a\n  - {b: c}", "f.yaml:3:5: list[1] must be text, found a mapping"},
    {"either: {a: b}", "either must be a list, found a mapping"},
    {"map: {}", "map must not be empty"},
    {"map: {a: 0.5}", "f.yaml:1:10: map.a must be from 1 to 10, found 0.5"},
    {"text: a\ntext: b", "f.yaml:2:1: the key 'text' is there twice (first on line 1)"},
    {"text: a\n---\ntext: b", "f.yaml:2:1: a second document starts here"},
    {"list: &x [*x]", "f.yaml:1:11: the alias *x contains itself"},
    {"text: !!str a", "the tag"},
};

START_TEST(schema_accepts_what_its_types_say)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(check(good[_i], &err));
}
END_TEST

START_TEST(schema_names_place_value_and_right_word)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_fails(check(bad[_i].yaml, &err), MLT_ERR_USAGE, bad[_i].phrase);
}
END_TEST

START_TEST(schema_refuses_an_explosion_of_aliases)
{
    const char *const bomb = "list: &a [x, x, x, x, x, x, x, x, x, x]\n"
                             "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
                             "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
                             "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
                             "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n";
    struct mlt_err err = MLT_ERR_INIT;
    ck_fails(check(bomb, &err), MLT_ERR_USAGE, "f.yaml:5:");
}
END_TEST

START_TEST(schema_prints_as_json_schema)
{
    struct mlt_buf out = MLT_BUF_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *json;
    ck_ok(mlt_schema_print(&object, "f.yaml", &out, &err));
    ck_ok(mlt_json_parse("schema", out.data, out.len, &json, &err));
    ck_assert_str_eq(mlt_json_string(mlt_json_get(json, "$schema")),
                     "https://json-schema.org/draft/2020-12/schema");
    const struct mlt_json *properties = mlt_json_get(json, "properties");
    ck_assert_uint_eq(mlt_json_count(properties), 12);
    double max = 0;
    ck_assert(mlt_json_number(mlt_json_get(mlt_json_get(properties, "number"), "maximum"), &max));
    ck_assert(max == 10);
    ck_assert_uint_eq(mlt_json_count(mlt_json_get(mlt_json_get(properties, "word"), "enum")), 2);
    const struct mlt_json *at = mlt_json_get(mlt_json_get(properties, "at"), "anyOf");
    ck_assert_str_eq(mlt_json_string(mlt_json_get(mlt_json_first(at), "type")), "number");
    ck_assert_uint_eq(mlt_json_count(mlt_json_get(mlt_json_next(mlt_json_first(at)), "enum")), 2);
    mlt_json_free(json);
    mlt_buf_free(&out);
}
END_TEST

TCase *case_schema(void);
TCase *case_schema(void)
{
    TCase *tc = tcase_create("schema");
    tcase_add_loop_test(tc, schema_accepts_what_its_types_say, 0, sizeof good / sizeof *good);
    tcase_add_loop_test(tc, schema_names_place_value_and_right_word, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tc, schema_refuses_an_explosion_of_aliases);
    tcase_add_test(tc, schema_prints_as_json_schema);
    return tc;
}

#include "harness/codec/yaml.h"

#include <string.h>

#include "harness/base/buf.h"
#include "tests/unit/suite.h"

TCase *yaml_case(void);

static struct mlt_arena arena;
static struct mlt_err err;
static struct mlt_yaml *root;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
    root = NULL;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static bool parse(const char *text)
{
    return mlt_yaml_parse("t.yaml", text, strlen(text), &arena, &root, &err);
}

START_TEST(yaml_keeps_text_as_written_with_its_place)
{
    ck_ok(parse("a: no\nb:\n  - 1:30\n  - 'null'\n  - ~\nc: {x: 007}\n"));
    const struct mlt_yaml *b = mlt_yaml_get(root, "b");
    ck_assert_str_eq(mlt_yaml_get(root, "a")->text, "no");
    ck_assert_uint_eq(b->count, 3);
    ck_assert_str_eq(b->values[0]->text, "1:30");
    ck_assert(b->values[0]->line == 3 && b->values[0]->column == 5);
    ck_assert(b->values[1]->quoted && !mlt_yaml_is_null(b->values[1]));
    ck_assert(mlt_yaml_is_null(b->values[2]));
    ck_assert_str_eq(mlt_yaml_get(mlt_yaml_get(root, "c"), "x")->text, "007");
    ck_assert(root->keys[2]->line == 6 && root->keys[2]->column == 1);
    ck_assert_ptr_null(mlt_yaml_get(root, "z"));
    ck_assert_ptr_null(mlt_yaml_get(NULL, "z"));
    mlt_yaml_fault(b, &err, "wanted %s", mlt_yaml_kind_name(root));
    ck_assert_str_eq(err.text, "t.yaml:3:3: wanted a mapping");
}
END_TEST

START_TEST(yaml_of_nothing_is_null)
{
    static const char *const empty[] = {"", "  \n", "# only a remark\n", "---\n", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        ck_ok(parse(empty[i]));
        ck_assert_ptr_null(root);
    }
    ck_ok(parse("\xef\xbb\xbf" "a: 1"));
    ck_assert_ptr_nonnull(mlt_yaml_get(root, "a"));
}
END_TEST

static const struct {
    const char *text, *phrase;
} faults[] = {
    {"a: 1\nb: 2\na: 3\n", "t.yaml:3:1: the key 'a' is there twice (first on line 1)"},
    {"a: {b: 1, 'b': 2}", "t.yaml:1:11: the key 'b' is there twice"},
    {"a: 1\n---\nb: 2\n", "t.yaml:2:1: a second document"},
    {"a: &x [*x]", "t.yaml:1:8: the alias *x contains itself"},
    {"a: &x {b: {c: *x}}", "contains itself"},
    {"a: *nope", "no anchor before it"},
    {"a: !!str 1", "t.yaml:1:4: the tag"},
    {"!foo {a: 1}", "the tag !foo"},
    {"- !!python/object:os.system x", "the tag"},
    {"[a, b]: 1", "a key must be plain text"},
    {"{a: 1}: 2", "a key must be plain text"},
    {"a: &k b\n*k : 1", "a key must be plain text, not an alias"},
    {"? \n: 1", "a key is missing"},
    {"a: \"x\\0y\"", "a NUL character"},
    {"a: [1, 2", "t.yaml:"},
    {"a: 'x", "t.yaml:"},
    {"a:\n\t- b", "t.yaml:2:"},
    {"a: b: c", "t.yaml:1:"},
    {"a: @x", "t.yaml:1:4"},
    {"a: \xff", "t.yaml:1:4"},
    {"a: 1\nb: \x01", "t.yaml:2:4"},
    {"%YAML 3.0\n---\na", "t.yaml:1:"},
    {"a: 1\n b: 2", "t.yaml:2:"},
};

START_TEST(yaml_refuses_with_the_place)
{
    struct mlt_yaml *before = root;
    ck_fails(parse(faults[_i].text), MLT_ERR_USAGE, faults[_i].phrase);
    ck_assert_ptr_eq(root, before);
}
END_TEST

START_TEST(yaml_shares_what_an_alias_names)
{
    ck_ok(parse("a: &x {m: 1}\nb: *x\nc: &x 2\nd: *x\n"));
    ck_assert_str_eq(mlt_yaml_get(mlt_yaml_get(root, "b"), "m")->text, "1");
    ck_assert_str_eq(mlt_yaml_get(root, "d")->text, "2");
}
END_TEST

START_TEST(yaml_refuses_a_billion_laughs)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 10; i++) {
        mlt_buf_printf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            mlt_buf_printf(&text, "%s*a%d", j ? ", " : "", i - 1);
        mlt_buf_puts(&text, "]\n");
    }
    ck_fails(parse(text.data), MLT_ERR_USAGE, "more than 100000 values");
    mlt_buf_free(&text);
}
END_TEST

START_TEST(yaml_bounds_depth_also_through_aliases)
{
    struct mlt_buf text = MLT_BUF_INIT;
    for (int i = 0; i < 20000; i++)
        mlt_buf_putc(&text, '[');
    ck_fails(parse(text.data), MLT_ERR_USAGE, "nested deeper than 32");
    mlt_buf_clear(&text);
    mlt_buf_puts(&text, "a0: &a0 [x]\n");
    for (int i = 1; i < 40; i++)
        mlt_buf_printf(&text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    ck_fails(parse(text.data), MLT_ERR_USAGE, "nested deeper than 32");
    mlt_buf_free(&text);
}
END_TEST

START_TEST(yaml_bounds_bytes_and_values)
{
    struct mlt_buf text = MLT_BUF_INIT;
    for (int i = 0; i < 100001; i++)
        mlt_buf_puts(&text, "- x\n");
    ck_fails(parse(text.data), MLT_ERR_USAGE, "more than 100000 values");
    while (text.len <= 1024 * 1024)
        mlt_buf_puts(&text, "# padding that makes the text larger than is accepted\n");
    ck_fails(parse(text.data), MLT_ERR_USAGE, "larger than 1048576 bytes");
    mlt_buf_free(&text);
}
END_TEST

START_TEST(yaml_checks_many_keys_for_duplicates_quickly)
{
    struct mlt_buf text = MLT_BUF_INIT;
    for (int i = 0; i < 40000; i++)
        mlt_buf_printf(&text, "k%d: 1\n", i);
    ck_ok(parse(text.data));
    mlt_buf_puts(&text, "k5: 2\n");
    ck_fails(parse(text.data), MLT_ERR_USAGE, "t.yaml:40001:1: the key 'k5' is there twice");
    mlt_buf_free(&text);
}
END_TEST

TCase *yaml_case(void)
{
    TCase *tc = tcase_create("yaml");
    tcase_set_timeout(tc, 20);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, yaml_keeps_text_as_written_with_its_place);
    tcase_add_test(tc, yaml_of_nothing_is_null);
    tcase_add_loop_test(tc, yaml_refuses_with_the_place, 0, sizeof faults / sizeof *faults);
    tcase_add_test(tc, yaml_shares_what_an_alias_names);
    tcase_add_test(tc, yaml_refuses_a_billion_laughs);
    tcase_add_test(tc, yaml_bounds_depth_also_through_aliases);
    tcase_add_test(tc, yaml_bounds_bytes_and_values);
    tcase_add_test(tc, yaml_checks_many_keys_for_duplicates_quickly);
    return tc;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"
#include "suites/dependencies.h"
#include "tests/unit/suites/cases.h"

static struct mlt_registry *registry;
static struct mlt_arena arena;

static void setup(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    unit_folder_setup();
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    ck_ok(mlt_registry_init(unit_path("registry"), &err));
    ck_ok(mlt_registry_open(unit_path("registry"), false, &registry, &err));
}

static void teardown(void)
{
    mlt_registry_close(registry);
    mlt_arena_free(&arena);
    unit_folder_teardown();
}

/* `needs`: "b ^1.0.0, c *". */
static const char *metadata_text(const char *model, const char *version, const char *needs)
{
    struct mlt_buf list = MLT_BUF_INIT;
    char *copy = mlt_arena_strdup(&arena, needs), *rest = NULL;
    for (char *item = strtok_r(copy, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
        item += strspn(item, " ");
        char *range = strchr(item, ' ');
        *range++ = '\0';
        mlt_buf_printf(&list, "%s{\"name\":\"%s\",\"version\":\"%s\"}", list.len ? "," : "", item,
                       range);
    }
    const char *text = mlt_arena_printf(
        &arena,
        "{\"model_name\":\"%s\",\"version\":\"%s\",\"created_at\":\"2026-01-01T00:00:00Z\","
        "\"created_by\":\"a\",\"framework\":\"f\",\"framework_version\":\"1\","
        "\"python_version\":\"none\",\"training_dataset\":\"d\",\"training_dataset_hash\":"
        "\"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
        "\"hyperparameters\":{},\"performance_metrics\":{},\"tags\":[],\"changelog\":\"c\","
        "\"dependencies\":[%s]}",
        model, version, list.data ? list.data : "");
    mlt_buf_free(&list);
    return text;
}

static void put(const char *dir, const char *name, const char *text)
{
    unit_write_text(mlt_arena_printf(&arena, "%s/%s", dir, name), text);
}

static void registered(const char *model, const char *version, const char *needs)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *dir = mlt_arena_printf(&arena, "%s-%s-%s", unit_path("source"), model, version);
    ck_ok(mlt_fs_mkdirs(mlt_arena_printf(&arena, "%s/docs", dir), &err));
    ck_ok(mlt_fs_mkdirs(mlt_arena_printf(&arena, "%s/tests", dir), &err));
    put(dir, "metadata.json", metadata_text(model, version, needs));
    put(dir, "config.json",
        "{\"inputs\":[{\"name\":\"x\",\"type\":\"number\"}],\"output\":{\"type\":\"number\"}}");
    put(dir, "metrics.json", "{\"rmse\":0.5}");
    put(dir, "model.bin", version);
    put(dir, "docs/model_card.md", "# m");
    put(dir, "tests/golden.jsonl", "{}");
    ck_ok(mlt_registry_register(registry, model, version, dir, &err));
}

/* What is wrong with model a in this version; "" when nothing is. */
static const char *faults_of(const char *version, const char *needs)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_metadata metadata;
    struct mlt_buf faults = MLT_BUF_INIT;
    const char *text = metadata_text("a", version, needs);
    ck_ok(mlt_metadata_parse("metadata.json", text, strlen(text), NULL, NULL, &arena, &metadata,
                             &err));
    ck_ok(mlt_dependencies_check(registry, &metadata, &arena, &faults, &err));
    const char *kept = mlt_arena_strdup(&arena, faults.data ? faults.data : "");
    mlt_buf_free(&faults);
    return kept;
}

START_TEST(a_way_back_to_the_version_is_printed)
{
    registered("b", "1.0.0", "");
    registered("b", "1.1.0", "a *");
    registered("c", "1.0.0", "b ^1.0.0");
    ck_assert_str_eq(faults_of("2.0.0", "b ^1.0.0"), "a cycle: a@2.0.0 -> b@1.1.0 -> a@2.0.0");
    ck_assert_str_eq(faults_of("2.0.0", "c *"),
                     "a cycle: a@2.0.0 -> c@1.0.0 -> b@1.1.0 -> a@2.0.0");
    ck_assert_str_eq(faults_of("2.0.0", "b 1.0.0"), "");
    /* A higher version of a is what b would get. */
    registered("a", "3.0.0", "");
    ck_assert_str_eq(faults_of("2.0.0", "b ^1.0.0"), "");
    ck_assert_str_eq(faults_of("3.0.1", "b ^1.0.0"), "a cycle: a@3.0.1 -> b@1.1.0 -> a@3.0.1");
}
END_TEST

START_TEST(a_cycle_among_others_is_found_and_ends)
{
    registered("b", "1.0.0", "c *");
    registered("c", "1.0.0", "b *");
    ck_assert_str_eq(faults_of("1.0.0", "b *"), "a cycle: b@1.0.0 -> c@1.0.0 -> b@1.0.0");
}
END_TEST

START_TEST(what_a_dependency_lacks_is_told_with_the_way_there)
{
    registered("b", "1.0.0", "c ^2.0.0, d *");
    registered("c", "1.0.0", "");
    ck_assert_str_eq(faults_of("1.0.0", "b *"),
                     "a@1.0.0 -> b@1.0.0: no version of 'c' satisfies '^2.0.0'; the registry holds "
                     "1.0.0; a@1.0.0 -> b@1.0.0: 'd' is not in the registry");
    ck_assert_str_eq(faults_of("1.0.0", "e *"), "'e' is not in the registry");
}
END_TEST

/* 2^20 ways through twenty pairs: each version is looked at once. */
START_TEST(many_ways_are_walked_once)
{
    registered("x0", "1.0.0", "");
    registered("y0", "1.0.0", "");
    for (int i = 1; i < 20; i++)
        for (int side = 0; side < 2; side++)
            registered(mlt_arena_printf(&arena, "%c%d", side ? 'x' : 'y', i), "1.0.0",
                       mlt_arena_printf(&arena, "x%d *, y%d *", i - 1, i - 1));
    ck_assert_str_eq(faults_of("1.0.0", "x19 *, y19 *"), "");
}
END_TEST

START_TEST(a_way_that_does_not_end_is_cut_off)
{
    registered("n0", "1.0.0", "");
    for (int i = 1; i < 70; i++)
        registered(mlt_arena_printf(&arena, "n%d", i), "1.0.0",
                   mlt_arena_printf(&arena, "n%d *", i - 1));
    ck_assert_str_eq(faults_of("1.0.0", "n60 *"), "");
    ck_assert(strstr(faults_of("1.0.0", "n69 *"), "do not end within 64 steps"));
}
END_TEST

TCase *dependencies_cases(void)
{
    TCase *tc = tcase_create("dependencies");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_way_back_to_the_version_is_printed);
    tcase_add_test(tc, a_cycle_among_others_is_found_and_ends);
    tcase_add_test(tc, what_a_dependency_lacks_is_told_with_the_way_there);
    tcase_add_test(tc, many_ways_are_walked_once);
    tcase_add_test(tc, a_way_that_does_not_end_is_cut_off);
    return tc;
}

#include "harness/registry/registry.h"

#include <string.h>
#include <sys/stat.h>

#include "harness/base/fs.h"
#include "tests/unit/registry/fixture.h"

TCase *open_case(void);
TCase *register_case(void);
TCase *move_case(void);
TCase *serve_case(void);
TCase *evidence_case(void);
TCase *verify_case(void);
TCase *documents_case(void);
TCase *keys_case(void);
TCase *log_case(void);
TCase *statements_case(void);

static TCase *(*const cases[])(void) = {documents_case,  evidence_case, keys_case,     log_case,
                                        move_case,       open_case,     register_case, serve_case,
                                        statements_case, verify_case,   NULL};
const struct unit_suite unit_suite = {"registry", cases};

START_TEST(open_names_the_command_that_makes_a_registry)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_registry *other;
    ck_fails(mlt_registry_open(unit_path("none"), false, &other, &err), MLT_ERR_USAGE,
             "does not exist: make it with `mltest registry init");
    ck_assert_int_eq(mkdir(unit_path("plain"), 0755), 0);
    ck_fails(mlt_registry_open(unit_path("plain"), false, &other, &err), MLT_ERR_USAGE,
             "is not a registry: make it with");
}
END_TEST

START_TEST(open_knows_its_urls)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_registry *other;
    char *url = mlt_arena_printf(&arena, "file://%s", unit_path("registry"));
    ck_ok(mlt_registry_open(url, true, &other, &err));
    ck_assert_str_eq(mlt_registry_url(other), mlt_registry_url(registry));
    mlt_registry_close(other);
    ck_fails(mlt_registry_open("s3://bucket/x", false, &other, &err), MLT_ERR_USAGE,
             "not built in");
    ck_fails(mlt_registry_open("http://x", false, &other, &err), MLT_ERR_USAGE, "unknown kind");
    ck_fails(mlt_registry_open("file://host/x", false, &other, &err), MLT_ERR_USAGE, "absolute");
    ck_fails(mlt_registry_open("", false, &other, &err), MLT_ERR_USAGE, "empty");
}
END_TEST

START_TEST(init_can_be_repeated_and_takes_no_folder_in_use)
{
    struct mlt_err err = MLT_ERR_INIT;
    registered("1.0.0");
    ck_ok(mlt_registry_init(unit_path("registry"), &err));
    ck_assert_str_eq(faults_of(NULL, NULL), "");
    ck_assert_int_eq(mkdir(unit_path("used"), 0755), 0);
    unit_write_text(unit_path("used/thesis.txt"), "");
    ck_fails(mlt_registry_init(unit_path("used"), &err), MLT_ERR_USAGE, "is not empty");
}
END_TEST

START_TEST(open_refuses_a_newer_format)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_registry *other;
    unit_write_text(unit_path("registry/.mltest/registry.json"), "{\"mltest_registry\": 2}");
    ck_fails(mlt_registry_open(unit_path("registry"), false, &other, &err), MLT_ERR_USAGE,
             "format 2");
    unit_write_text(unit_path("registry/.mltest/registry.json"), "{}");
    ck_fails(mlt_registry_open(unit_path("registry"), false, &other, &err), MLT_ERR_EVIDENCE,
             "format");
}
END_TEST

START_TEST(read_only_refuses_every_change)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_registry *reader;
    struct mlt_version v;
    char *path;
    registered("1.0.0");
    ck_ok(mlt_registry_open(unit_path("registry"), true, &reader, &err));
    ck_ok(mlt_registry_get(reader, "m", "1.0.0", &arena, &v, &err));
    const char *next = version_folder("next", "1.1.0", "w");
    ck_fails(mlt_registry_register(reader, "m", "1.1.0", next, &err), MLT_ERR_USAGE,
             "reading only");
    ck_fails(mlt_registry_adopt(reader, "m", "1.0.0", "x", &err), MLT_ERR_USAGE, "reading only");
    ck_fails(mlt_registry_store_run(reader, "m", "1.0.0", "r", next, &err), MLT_ERR_USAGE,
             "reading only");
    ck_fails(mlt_registry_store_decision(reader, "m", "1.0.0", "{}", 2, &arena, &path, &err),
             MLT_ERR_USAGE, "reading only");
    mlt_registry_close(reader);
}
END_TEST

TCase *open_case(void)
{
    TCase *tc = tcase_create("open");
    tcase_add_checked_fixture(tc, registry_setup, registry_teardown);
    tcase_add_test(tc, open_names_the_command_that_makes_a_registry);
    tcase_add_test(tc, open_knows_its_urls);
    tcase_add_test(tc, init_can_be_repeated_and_takes_no_folder_in_use);
    tcase_add_test(tc, open_refuses_a_newer_format);
    tcase_add_test(tc, read_only_refuses_every_change);
    return tc;
}

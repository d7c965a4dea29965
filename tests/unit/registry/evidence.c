#include <string.h>
#include <sys/stat.h>

#include "harness/base/fs.h"
#include "tests/unit/registry/fixture.h"

TCase *evidence_case(void);

START_TEST(runs_are_kept_beside_the_version_newest_first)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_stored_run *runs;
    struct mlt_version v;
    size_t count;
    registered("1.0.0");
    unit_write_text(unit_path("a.mlt"), "first run");
    unit_write_text(unit_path("b.mlt"), "second run");
    ck_ok(mlt_registry_store_run(registry, "m", "1.0.0", "01A", unit_path("a.mlt"), &err));
    ck_ok(mlt_registry_store_run(registry, "m", "1.0.0", "01B", unit_path("b.mlt"), &err));
    ck_ok(mlt_registry_store_run(registry, "m", "1.0.0", "01A", unit_path("a.mlt"), &err));
    ck_fails(mlt_registry_store_run(registry, "m", "1.0.0", "01A", unit_path("b.mlt"), &err),
             MLT_ERR_USAGE, "other content");
    ck_ok(mlt_registry_runs(registry, "m", "1.0.0", &arena, &runs, &count, &err));
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(runs[0].run_id, "01B");
    ck_assert_int_eq(mlt_fs_kind(runs[0].path), MLT_FS_FILE);
    ck_assert(mlt_hash_is_hex(runs[1].sha256));
    ck_ok(mlt_registry_get(registry, "m", "1.0.0", &arena, &v, &err));
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

START_TEST(runs_need_a_version_and_a_name)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_stored_run *runs;
    size_t count;
    registered("1.0.0");
    unit_write_text(unit_path("a.mlt"), "run");
    ck_fails(mlt_registry_store_run(registry, "m", "1.1.0", "01A", unit_path("a.mlt"), &err),
             MLT_ERR_USAGE, "no version");
    ck_fails(mlt_registry_store_run(registry, "m", "1.0.0", "../01A", unit_path("a.mlt"), &err),
             MLT_ERR_USAGE, "name of a run");
    ck_fails(mlt_registry_store_run(registry, "m", "1.0.0", "01A", unit_path("none"), &err),
             MLT_ERR_USAGE, "No such file");
    ck_ok(mlt_registry_runs(registry, "m", "1.0.0", &arena, &runs, &count, &err));
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(a_run_that_was_stored_but_not_indexed_is_finished)
{
    struct mlt_err err = MLT_ERR_INIT;
    registered("1.0.0");
    unit_write_text(unit_path("a.mlt"), "run");
    ck_ok(mlt_fs_mkdirs(unit_path("registry/m/.evidence/1.0.0/runs"), &err));
    unit_write_text(unit_path("registry/m/.evidence/1.0.0/runs/01A.mlt"), "run");
    ck_assert_ptr_nonnull(strstr(faults_of("m", "1.0.0"), "01A.mlt is an orphan"));
    ck_ok(mlt_registry_store_run(registry, "m", "1.0.0", "01A", unit_path("a.mlt"), &err));
    ck_assert_str_eq(faults_of("m", "1.0.0"), "");
}
END_TEST

START_TEST(decisions_are_named_by_their_digest)
{
    struct mlt_err err = MLT_ERR_INIT;
    char *path, *again;
    registered("1.0.0");
    ck_ok(mlt_registry_store_decision(registry, "m", "1.0.0", "{}", 2, &arena, &path, &err));
    ck_ok(mlt_registry_store_decision(registry, "m", "1.0.0", "{}", 2, &arena, &again, &err));
    ck_assert_str_eq(path, again);
    /* sha256sum of the two bytes "{}". */
    ck_assert_str_eq(mlt_fs_basename(path),
                     "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a.json");
    ck_fails(mlt_registry_store_decision(registry, "m", "1.0.0", "{", 1, &arena, &path, &err),
             MLT_ERR_USAGE, "decision");
    ck_assert_str_eq(faults_of(NULL, NULL), "");
    unit_write_text(path, "{ }");
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), ".json was altered"));
}
END_TEST

TCase *evidence_case(void)
{
    TCase *tc = tcase_create("evidence");
    tcase_add_checked_fixture(tc, registry_setup, registry_teardown);
    tcase_add_test(tc, runs_are_kept_beside_the_version_newest_first);
    tcase_add_test(tc, runs_need_a_version_and_a_name);
    tcase_add_test(tc, a_run_that_was_stored_but_not_indexed_is_finished);
    tcase_add_test(tc, decisions_are_named_by_their_digest);
    return tc;
}

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "tests/unit/registry/fixture.h"

TCase *verify_case(void);

static void overwrite(const char *path, const char *text)
{
    ck_assert_int_eq(unlink(path), 0);
    unit_write_text(path, text);
}

START_TEST(verify_and_get_find_every_kind_of_tampering)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    registered("1.0.0");
    registered("1.1.0");
    overwrite(unit_path("registry/m/1.0.0/model.bin"), "evil!");
    unit_write_text(unit_path("registry/m/1.0.0/extra"), "");
    ck_assert_int_eq(unlink(unit_path("registry/m/1.0.0/metrics.json")), 0);
    const char *faults = faults_of(NULL, NULL);
    ck_assert_ptr_nonnull(strstr(faults, "model.bin was altered"));
    ck_assert_ptr_nonnull(strstr(faults, "extra is surplus"));
    ck_assert_ptr_nonnull(strstr(faults, "metrics.json is missing"));
    ck_assert_ptr_null(strstr(faults, "1.1.0"));
    ck_fails(mlt_registry_get(registry, "m", "1.0.0", &arena, &v, &err), MLT_ERR_EVIDENCE,
             "and 2 more files");
    ck_ok(mlt_registry_get(registry, "m", "1.1.0", &arena, &v, &err));
}
END_TEST

START_TEST(a_manifest_made_to_fit_is_found_by_the_record)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_manifest forged;
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_version v;
    registered("1.0.0");
    overwrite(unit_path("registry/m/1.0.0/model.bin"), "evil!");
    ck_ok(mlt_manifest_scan(unit_path("registry/m/1.0.0"), "m", "1.0.0", &arena, &forged, &err));
    ck_ok(mlt_manifest_encode(&forged, &text, &err));
    overwrite(unit_path("registry/m/1.0.0/MANIFEST.json"), text.data);
    mlt_buf_free(&text);
    ck_fails(mlt_registry_get(registry, "m", "1.0.0", &arena, &v, &err), MLT_ERR_EVIDENCE,
             "MANIFEST.json was altered");
    ck_assert_ptr_nonnull(strstr(faults_of("m", NULL), "MANIFEST.json was altered"));
}
END_TEST

START_TEST(a_lost_folder_is_evidence_missing_and_can_be_restored)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    registered("1.0.0");
    ck_ok(mlt_fs_remove_tree(unit_path("registry/m/1.0.0"), &err));
    ck_fails(mlt_registry_get(registry, "m", "1.0.0", &arena, &v, &err), MLT_ERR_EVIDENCE,
             "1.0.0 is missing");
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "1.0.0 is missing"));
    registered("1.0.0");
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

START_TEST(verify_reports_latest_runs_and_strangers)
{
    struct mlt_err err = MLT_ERR_INIT;
    registered("1.0.0");
    ck_ok(mlt_registry_adopt(registry, "m", "1.0.0", "serves", &err));
    unit_write_text(unit_path("a.mlt"), "run");
    ck_ok(mlt_registry_store_run(registry, "m", "1.0.0", "01A", unit_path("a.mlt"), &err));
    ck_assert_str_eq(faults_of(NULL, NULL), "");
    overwrite(unit_path("registry/m/.evidence/1.0.0/runs/01A.mlt"), "better run");
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "01A.mlt was altered"));
    ck_assert_int_eq(unlink(unit_path("registry/m/.evidence/1.0.0/runs/01A.mlt")), 0);
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "01A.mlt is missing"));
    ck_assert_int_eq(unlink(unit_path("registry/m/latest")), 0);
    ck_assert_int_eq(symlink("9.9.9", unit_path("registry/m/latest")), 0);
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "points to 9.9.9"));
    unit_write_text(unit_path("registry/notes.txt"), "");
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "notes.txt is surplus"));
}
END_TEST

static void ignore(void *context, const char *what)
{
    (void)context;
    (void)what;
}

START_TEST(verify_of_something_unknown_is_an_error_and_not_nothing_checked)
{
    struct mlt_err err = MLT_ERR_INIT;
    size_t checked = 7;
    registered("1.0.0");
    ck_fails(mlt_registry_verify(registry, "n", NULL, ignore, NULL, &checked, &err), MLT_ERR_USAGE,
             "no model \"n\"");
    ck_fails(mlt_registry_verify(registry, "m", "1.0.1", ignore, NULL, &checked, &err),
             MLT_ERR_USAGE, "no version");
    ck_fails(mlt_registry_verify(registry, "../m", NULL, ignore, NULL, &checked, &err),
             MLT_ERR_USAGE, "model name");
    ck_assert_uint_eq(checked, 7);
    ck_ok(mlt_registry_verify(registry, "m", "1.0.0", ignore, NULL, &checked, &err));
    ck_assert_uint_eq(checked, 1);
}
END_TEST

TCase *verify_case(void)
{
    TCase *tc = tcase_create("verify");
    tcase_add_checked_fixture(tc, registry_setup, registry_teardown);
    tcase_add_test(tc, verify_and_get_find_every_kind_of_tampering);
    tcase_add_test(tc, a_manifest_made_to_fit_is_found_by_the_record);
    tcase_add_test(tc, a_lost_folder_is_evidence_missing_and_can_be_restored);
    tcase_add_test(tc, verify_reports_latest_runs_and_strangers);
    tcase_add_test(tc, verify_of_something_unknown_is_an_error_and_not_nothing_checked);
    return tc;
}

#include <stdio.h>
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

static bool verify(const char *model, const char *version, size_t *checked, struct mlt_err *err)
{
    const struct mlt_verify_request request = {
        .model = model, .version = version, .fault = ignore};
    return mlt_registry_verify(registry, &request, checked, err);
}

START_TEST(verify_of_something_unknown_is_an_error_and_not_nothing_checked)
{
    struct mlt_err err = MLT_ERR_INIT;
    size_t checked = 7;
    registered("1.0.0");
    ck_fails(verify("n", NULL, &checked, &err), MLT_ERR_USAGE, "no model \"n\"");
    ck_fails(verify("m", "1.0.1", &checked, &err), MLT_ERR_USAGE, "no version");
    ck_fails(verify("../m", NULL, &checked, &err), MLT_ERR_USAGE, "model name");
    ck_assert_uint_eq(checked, 7);
    ck_ok(verify("m", "1.0.0", &checked, &err));
    ck_assert_uint_eq(checked, 1);
}
END_TEST

static void append(void *context, const char *what)
{
    mlt_buf_printf(context, "%s\n", what);
}

static void count_progress(void *context, size_t done, size_t total)
{
    (void)context;
    ck_assert_uint_le(done, total);
}

/* Every third of forty versions is spoilt in its own way. */
START_TEST(faults_come_in_one_order_whatever_the_threads)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf told[4] = {MLT_BUF_INIT, MLT_BUF_INIT, MLT_BUF_INIT, MLT_BUF_INIT};
    static const unsigned threads[] = {1, 2, 5, 0};
    char path[1200], version[32];
    /* All of them first: a version is held against what the one before it says. */
    for (int i = 0; i < 40; i++) {
        snprintf(version, sizeof version, "1.0.%d", i);
        registered(version);
    }
    for (int i = 0; i < 40; i++) {
        snprintf(version, sizeof version, "1.0.%d", i);
        snprintf(path, sizeof path, "%s/m/%s/%s", unit_path("registry"), version,
                 i % 2 ? "model.bin" : "metrics.json");
        if (i % 3)
            continue;
        if (i % 4)
            ck_assert_int_eq(unlink(path), 0);
        else
            overwrite(path, "other");
    }
    for (int i = 0; i < 4; i++) {
        const struct mlt_verify_request request = {.threads = threads[i],
                                                   .fault = append,
                                                   .progress = count_progress,
                                                   .context = &told[i]};
        size_t checked;
        ck_ok(mlt_registry_verify(registry, &request, &checked, &err));
        ck_assert_uint_eq(checked, 40);
        ck_assert_str_eq(told[i].data, told[0].data);
    }
    ck_assert(strstr(told[0].data, "m/1.0.3/model.bin is missing"));
    ck_assert(strstr(told[0].data, "m/1.0.12/metrics.json was altered"));
    for (int i = 0; i < 4; i++)
        mlt_buf_free(&told[i]);
}
END_TEST

TCase *verify_case(void)
{
    TCase *tc = tcase_create("verify");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, registry_setup, registry_teardown);
    tcase_add_test(tc, verify_and_get_find_every_kind_of_tampering);
    tcase_add_test(tc, a_manifest_made_to_fit_is_found_by_the_record);
    tcase_add_test(tc, a_lost_folder_is_evidence_missing_and_can_be_restored);
    tcase_add_test(tc, verify_reports_latest_runs_and_strangers);
    tcase_add_test(tc, verify_of_something_unknown_is_an_error_and_not_nothing_checked);
    tcase_add_test(tc, faults_come_in_one_order_whatever_the_threads);
    return tc;
}

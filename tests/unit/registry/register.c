#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "tests/unit/registry/fixture.h"

TCase *register_case(void);

START_TEST(register_keeps_what_get_gives_back)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    registered("1.0.0");
    ck_ok(mlt_registry_get(registry, "m", "1.0.0", &arena, &v, &err));
    ck_assert_str_eq(v.state, "Development");
    ck_assert(!v.serving);
    ck_assert_str_eq(mlt_fs_basename(v.artifact), "model.bin");
    ck_assert_uint_eq(v.contract.input_count, 1);
    ck_assert_uint_eq(v.manifest.count, 6);
    ck_assert(mlt_hash_is_hex(v.digest) && mlt_hash_is_hex(v.artifact_digest));
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

START_TEST(register_again_changes_nothing_but_other_content_is_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    registered("1.0.0");
    registered("1.0.0");
    const char *other = version_folder("other", "1.0.0", "other weights");
    ck_fails(mlt_registry_register(registry, "m", "1.0.0", other, &err), MLT_ERR_USAGE,
             "exists already with other content");
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

START_TEST(register_names_what_is_missing)
{
    static const struct {
        const char *file, *phrase;
    } parts[] = {
        {"model.bin", "v/m-1.0.0.EXT, the model file, is missing (model.EXT will do)"},
        {"config.json", "v/config.json is missing: the model's inputs and output"},
        {"metadata.json", "v/metadata.json is missing: who made the version"},
        {"metrics.json", "v/metrics.json is missing: what its maker measured"},
        {"docs/model_card.md", "v/docs/model_card.md, the model card, is missing"},
        {"tests/golden.jsonl", "v/tests/ has no file"},
    };
    const char *dir;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        dir = version_folder("v", "1.0.0", "w");
        ck_assert_int_eq(unlink(mlt_fs_join(&arena, dir, parts[i].file)), 0);
        ck_fails(mlt_registry_register(registry, "m", "1.0.0", dir, &err), MLT_ERR_USAGE,
                 parts[i].phrase);
        ck_assert_ptr_null(strstr(err.text, "faults"));
    }
    struct mlt_err err = MLT_ERR_INIT;
    dir = version_folder("v", "1.0.0", "w");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ck_assert_int_eq(unlink(mlt_fs_join(&arena, dir, parts[i].file)), 0);
    ck_fails(mlt_registry_register(registry, "m", "1.0.0", dir, &err), MLT_ERR_USAGE,
             "v has 6 faults: (1) ");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ck_assert_msg(strstr(err.text, parts[i].phrase + 2), "%s: %s", parts[i].phrase, err.text);
}
END_TEST

START_TEST(register_refuses_wrong_and_ambiguous_model_files)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    const char *dir = version_folder("v", "1.0.0", "w");
    unit_write_text(unit_path("v/m-1.0.0.pt"), "x");
    ck_fails(mlt_registry_register(registry, "m", "1.0.0", dir, &err), MLT_ERR_USAGE,
             "two model files");
    ck_assert_int_eq(unlink(unit_path("v/model.bin")), 0);
    ck_ok(mlt_version_from_dir(dir, &arena, &v, &err));
    ck_assert_int_eq(rename(unit_path("v/m-1.0.0.pt"), unit_path("v/m-1.0.1.pt")), 0);
    ck_fails(mlt_registry_register(registry, "m", "1.0.0", dir, &err), MLT_ERR_USAGE,
             "`mv m-1.0.1.pt m-1.0.0.pt`");
}
END_TEST

/* One of the six as it must not be, with what is said of it. */
static const struct {
    const char *file, *text, *phrase;
} spoilt[] = {
    {"model.bin", "", "v/model.bin, the model file, is empty"},
    {"config.json", "", "v/config.json is empty"},
    {"metadata.json", "", "v/metadata.json is empty"},
    {"metrics.json", "", "v/metrics.json is empty"},
    {"docs/model_card.md", "", "v/docs/model_card.md, the model card, is empty"},
    {"tests/golden.jsonl", "", "v/tests/ has only empty files, such as tests/golden.jsonl"},
    {"config.json", "{", "v/config.json:1:2"},
    {"metadata.json", "{}", "v/metadata.json: model_name: this field is missing"},
    {"metrics.json", "[]", "v/metrics.json: expected an object"},
    {"metrics.json", "{\"note\": [\"good\"]}", "v/metrics.json measures nothing"},
    {"metrics.json", "{\"metrics\": {\"rmse\": null}}",
     "metrics.rmse: expected a number, found null"},
    {"metrics.json", "{\"version\": \"1.1.0\", \"rmse\": 1}",
     "expected \"1.0.0\", found \"1.1.0\""},
};

START_TEST(register_says_what_is_wrong_with_an_artifact)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *dir = version_folder("v", "1.0.0", "w");
    unit_write_text(mlt_fs_join(&arena, dir, spoilt[_i].file), spoilt[_i].text);
    ck_fails(mlt_registry_register(registry, "m", "1.0.0", dir, &err), MLT_ERR_USAGE,
             spoilt[_i].phrase);
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

static const struct {
    const char *version, *name, *phrase;
} misnamed[] = {
    {"1.0.0", "m-1.0.1.pt", "`mv m-1.0.1.pt m-1.0.0.pt`"},
    {"1.0.0", "m-1.0.0-beta.tar.gz", "`mv m-1.0.0-beta.tar.gz m-1.0.0.tar.gz`"},
    {"1.0.0-beta", "m-1.0.0.pkl", "`mv m-1.0.0.pkl m-1.0.0-beta.pkl`"},
    {"1.0.0-rc", "m-1.0.0-rc.1.pt", "`mv m-1.0.0-rc.1.pt m-1.0.0-rc.pt`"},
    {"1.0.0", "weights", "`mv weights m-1.0.0.bin`"},
    {"1.0.0", "n-1.0.0.pt", "`mv n-1.0.0.pt m-1.0.0.pt`"},
    {"1.0.0", "sub/model.pt", "`mv sub/model.pt m-1.0.0.pt`"},
    {"1.0.0", "-rf;x.pt", "if it is \"-rf;x.pt\", rename it to m-1.0.0.pt"},
};

START_TEST(register_proposes_the_name_of_a_misnamed_model_file)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *dir = version_folder("v", misnamed[_i].version, "w");
    ck_ok(mlt_fs_mkdirs(unit_path("v/sub"), &err));
    ck_assert_int_eq(rename(unit_path("v/model.bin"), mlt_fs_join(&arena, dir, misnamed[_i].name)),
                     0);
    ck_fails(mlt_registry_register(registry, "m", misnamed[_i].version, dir, &err), MLT_ERR_USAGE,
             misnamed[_i].phrase);
}
END_TEST

/* metrics.json, performance_metrics, and what is said (NULL: they agree). */
static const struct {
    const char *metrics, *performance, *phrase;
} claims[] = {
    {"{\"rmse\": 5.8234}", "{\"validation_rmse\": 5.82}", NULL},
    {"{\"rmse\": 5.82}", "{\"validation_rmse\": 5.8234}", NULL},
    {"{\"rmse\": 5.8234}", "{\"rmse\": 6}", NULL},
    {"{\"rmse\": 1e-7}", "{\"rmse\": 1.2e-7}", NULL},
    {"{\"rmse\": 5.8234}", "{\"validation_rmse\": 5.81}",
     "rmse is 5.8234, and performance_metrics of metadata.json say validation_rmse is 5.81"},
    {"{\"rmse\": 1e-7}", "{\"rmse\": 3e-7}", "rmse is 1e-07"},
    {"{\"r2\": 0.78}", "{\"r2\": 78}", "say r2 is 78"},
    {"{\"dataset\": \"test\", \"metrics\": {\"rmse\": 5}}", "{\"validation_rmse\": 7}", NULL},
    {"{\"dataset\": \"test\", \"metrics\": {\"rmse\": 5}}", "{\"test_rmse\": 7}",
     "say test_rmse is 7"},
    {"{\"split\": {\"rmse\": 5}}", "{\"rmse\": 7}", NULL},
    {"{\"rmse\": 5, \"validation_rmse\": 7}", "{\"validation_rmse\": 7}", NULL},
};

START_TEST(metadata_that_contradict_the_metrics_are_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    const char *dir = version_folder("v", "1.0.0", "w");
    ck_ok(mlt_fs_read(unit_path("v/metadata.json"), 4096, &text, &err));
    char *at = strstr(text.data, "\"performance_metrics\":{}");
    ck_assert_ptr_nonnull(at);
    at[strlen("\"performance_metrics\":")] = '\0';
    unit_write_text(unit_path("v/metadata.json"),
                    mlt_arena_printf(&arena, "%s%s%s", text.data, claims[_i].performance,
                                     at + strlen("\"performance_metrics\":{}")));
    mlt_buf_free(&text);
    unit_write_text(unit_path("v/metrics.json"), claims[_i].metrics);
    if (claims[_i].phrase)
        ck_fails(mlt_registry_register(registry, "m", "1.0.0", dir, &err), MLT_ERR_USAGE,
                 claims[_i].phrase);
    else
        ck_ok(mlt_registry_register(registry, "m", "1.0.0", dir, &err));
}
END_TEST

START_TEST(register_refuses_links_and_foreign_manifests)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    const char *dir = version_folder("v", "1.0.0", "w");
    ck_assert_int_eq(symlink("/etc/passwd", unit_path("v/tests/passwd")), 0);
    ck_fails(mlt_registry_register(registry, "m", "1.0.0", dir, &err), MLT_ERR_USAGE,
             "symbolic link");
    ck_assert_int_eq(unlink(unit_path("v/tests/passwd")), 0);
    ck_ok(mlt_registry_register(registry, "m", "1.0.0", dir, &err));
    /* The registered folder carries its manifest: it agrees. */
    ck_ok(mlt_version_from_dir(unit_path("registry/m/1.0.0"), &arena, &v, &err));
    ck_ok(mlt_registry_register(registry, "m", "1.0.0", unit_path("registry/m/1.0.0"), &err));
    ck_ok(mlt_fs_copy_file(unit_path("registry/m/1.0.0/MANIFEST.json"),
                           unit_path("v/MANIFEST.json"), &err));
    unit_write_text(unit_path("v/model.bin"), "altered");
    ck_fails(mlt_version_from_dir(dir, &arena, &v, &err), MLT_ERR_EVIDENCE,
             "model.bin was altered");
}
END_TEST

START_TEST(register_refuses_names_that_leave_the_registry)
{
    static const char *const models[] = {"../m", "/m", "", ".mltest", "a/b", "-m", "m\n", "m m"};
    static char text[10001];
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    const char *dir = version_folder("v", "1.0.0", "w");
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        ck_fails(mlt_registry_register(registry, models[i], "1.0.0", dir, &err), MLT_ERR_USAGE,
                 "model name");
        ck_fails(mlt_registry_get(registry, models[i], "1.0.0", &arena, &v, &err), MLT_ERR_USAGE,
                 "model name");
    }
    memset(text, 'a', sizeof text - 1);
    ck_fails(mlt_registry_register(registry, text, "1.0.0", dir, &err), MLT_ERR_USAGE, "10000");
    ck_fails(mlt_registry_register(registry, "m", "../1.0.0", dir, &err), MLT_ERR_USAGE,
             "not a version");
    ck_fails(mlt_registry_register(registry, "m", text, dir, &err), MLT_ERR_USAGE, "not a version");
    ck_fails(mlt_registry_register(registry, "m", "1.1.0", dir, &err), MLT_ERR_USAGE,
             "expected \"1.1.0\", found \"1.0.0\"");
}
END_TEST

/* Registers in a process of its own: 0 done, 2 refused as other content, 1 anything else. */
static void register_in_child(const char *url, const char *dir)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_registry *own;
    if (!mlt_registry_open(url, false, &own, &err))
        _exit(1);
    bool ok = mlt_registry_register(own, "m", "1.0.0", dir, &err);
    mlt_registry_close(own);
    if (!ok && !strstr(err.text, "other content"))
        fprintf(stderr, "# %s\n", err.text);
    _exit(ok ? 0 : strstr(err.text, "other content") ? 2 : 1);
}

/* How many of eight concurrent registrations succeed; the others must be clear refusals. */
static int race(const char *const dirs[8])
{
    int done = 0;
    const char *url = mlt_registry_url(registry);
    for (int i = 0; i < 8; i++)
        if (fork() == 0)
            register_in_child(url, dirs[i]);
    for (int i = 0; i < 8; i++) {
        int status;
        ck_assert_int_gt(wait(&status), 0);
        ck_assert(WIFEXITED(status));
        ck_assert_int_ne(WEXITSTATUS(status), 1);
        done += WEXITSTATUS(status) == 0;
    }
    return done;
}

START_TEST(register_of_the_same_content_succeeds_eight_times_at_once)
{
    const char *dirs[8];
    for (int i = 0; i < 8; i++)
        dirs[i] = version_folder("same", "1.0.0", "w");
    ck_assert_int_eq(race(dirs), 8);
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

START_TEST(register_of_different_contents_is_won_by_one)
{
    const char *dirs[8];
    for (int i = 0; i < 8; i++) {
        char name[16];
        snprintf(name, sizeof name, "d%d", i);
        dirs[i] = version_folder(name, "1.0.0", name);
    }
    ck_assert_int_eq(race(dirs), 1);
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

START_TEST(register_finishes_what_was_cut_off_before_the_record)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    /* Another registry's folder is what is there after the rename and before the record. */
    registered("1.0.0");
    ck_ok(mlt_registry_init(unit_path("second"), &err));
    ck_assert_int_eq(mkdir(unit_path("second/m"), 0755), 0);
    ck_assert_int_eq(rename(unit_path("registry/m/1.0.0"), unit_path("second/m/1.0.0")), 0);
    mlt_registry_close(registry);
    ck_ok(mlt_registry_open(unit_path("second"), false, &registry, &err));
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "m/1.0.0 is an orphan"));
    ck_fails(mlt_registry_get(registry, "m", "1.0.0", &arena, &v, &err), MLT_ERR_USAGE, "no model");
    const char *other = version_folder("other", "1.0.0", "other");
    ck_fails(mlt_registry_register(registry, "m", "1.0.0", other, &err), MLT_ERR_USAGE,
             "other content");
    registered("1.0.0");
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

START_TEST(register_never_reads_what_was_cut_off_before_the_rename)
{
    struct mlt_err err = MLT_ERR_INIT;
    char **models;
    size_t count;
    ck_ok(mlt_fs_mkdirs(unit_path("registry/m/.tmp-abc/tree"), &err));
    unit_write_text(unit_path("registry/m/.tmp-abc/tree/model.bin"), "half");
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), ".tmp-abc was left"));
    ck_ok(mlt_registry_models(registry, &arena, &models, &count, &err));
    ck_assert_uint_eq(count, 0);
    registered("1.0.0");
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), ".tmp-abc was left"));
}
END_TEST

START_TEST(register_on_a_full_disk_leaves_nothing_half_written)
{
    struct mlt_err err = MLT_ERR_INIT;
    char **names;
    size_t count;
    ck_assert_int_eq(mkdir(unit_path("small"), 0755), 0);
    if (mount("none", unit_path("small"), "tmpfs", 0, "size=256k") != 0) {
        printf("# a full disk was not tried: no tmpfs can be mounted here (%s)\n", strerror(errno));
        return;
    }
    char *big = mlt_arena_alloc(&arena, 400001);
    memset(big, 'w', 400000);
    const char *dir = version_folder("big", "1.0.0", big);
    mlt_registry_close(registry);
    bool ok = mlt_registry_init(unit_path("small/r"), &err) &&
              mlt_registry_open(unit_path("small/r"), false, &registry, &err);
    bool stored = ok && mlt_registry_register(registry, "m", "1.0.0", dir, &err);
    bool listed = ok && mlt_fs_list_names(unit_path("small/r"), &arena, &names, &count, &err);
    const char *faults = ok ? faults_of(NULL, NULL) : "";
    mlt_registry_close(registry);
    registry = NULL;
    ck_assert_int_eq(umount2(unit_path("small"), MNT_DETACH), 0);
    ck_assert_msg(ok && listed, "%s", err.text);
    ck_assert(!stored);
    ck_assert_int_eq(err.kind, MLT_ERR_INFRA);
    ck_assert_ptr_nonnull(strstr(err.text, "No space left"));
    ck_assert_uint_eq(count, 1); /* .mltest */
    ck_assert_str_eq(faults, "");
}
END_TEST

START_TEST(register_into_a_read_only_folder_is_an_error)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *dir = version_folder("v", "1.0.0", "w");
    const char *root = mlt_registry_url(registry);
    /* Root may write everywhere, so the child becomes nobody, who may write records but no files.
     */
    ck_assert_int_eq(chmod(unit_path(""), 0755), 0);
    ck_assert_int_eq(chmod(unit_path("registry/.mltest"), 0777), 0);
    ck_assert_int_eq(chmod(unit_path("registry/.mltest/records.db"), 0666), 0);
    ck_assert_int_eq(chmod(root, 0555), 0);
    pid_t child = fork();
    if (child == 0) {
        struct mlt_registry *own;
        if (getuid() == 0 && setuid(65534) != 0)
            _exit(3);
        bool ok = mlt_registry_open(root, false, &own, &err) &&
                  mlt_registry_register(own, "m", "1.0.0", dir, &err);
        _exit(ok ? 1 : err.kind == MLT_ERR_INFRA && strstr(err.text, "Permission denied") ? 0 : 2);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(chmod(root, 0755), 0);
    ck_assert_int_eq(status, 0);
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

static void narrow(const char *dir)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/config.json", dir);
    unit_write_text(path, "{\"model\":\"m\",\"inputs\":[{\"name\":\"x\",\"type\":\"integer\"}],"
                          "\"output\":{\"name\":\"y\",\"type\":\"number\"}}");
}

START_TEST(a_number_too_low_for_what_it_breaks_is_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    registered("1.0.0");
    const char *dir = version_folder("patch", "1.0.1", "w");
    narrow(dir);
    ck_fails(mlt_registry_register(registry, "m", "1.0.1", dir, &err), MLT_ERR_USAGE,
             "m@1.0.1 does not keep what 1.0.0 promised: input `x`: number became integer");
    ck_assert(strstr(err.text, "release it as 2.0.0"));
    ck_assert_str_eq(faults_of(NULL, NULL), "");
    err = (struct mlt_err)MLT_ERR_INIT;
    dir = version_folder("major", "2.0.0", "w");
    narrow(dir);
    ck_ok(mlt_registry_register(registry, "m", "2.0.0", dir, &err));
    /* 1.x goes on from 1.0.0, and 2.x from 2.0.0. */
    registered("1.0.2");
    dir = version_folder("minor", "2.1.0", "w");
    narrow(dir);
    ck_ok(mlt_registry_register(registry, "m", "2.1.0", dir, &err));
}
END_TEST

START_TEST(a_release_that_was_altered_is_nothing_to_compare_with)
{
    struct mlt_err err = MLT_ERR_INIT;
    registered("1.0.0");
    const char *path = unit_path("registry/m/1.0.0/config.json");
    ck_assert_int_eq(chmod(path, 0644), 0);
    unit_write_text(path, "{}");
    ck_fails(
        mlt_registry_register(registry, "m", "1.0.1", version_folder("next", "1.0.1", "w"), &err),
        MLT_ERR_EVIDENCE, "m@1.0.0, with which 1.0.1 is compared: m/1.0.0/config.json was altered");
}
END_TEST

TCase *register_case(void)
{
    TCase *tc = tcase_create("register");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, registry_setup, registry_teardown);
    tcase_add_test(tc, register_keeps_what_get_gives_back);
    tcase_add_test(tc, register_again_changes_nothing_but_other_content_is_refused);
    tcase_add_test(tc, register_names_what_is_missing);
    tcase_add_test(tc, register_refuses_wrong_and_ambiguous_model_files);
    tcase_add_loop_test(tc, register_says_what_is_wrong_with_an_artifact, 0,
                        sizeof spoilt / sizeof *spoilt);
    tcase_add_loop_test(tc, register_proposes_the_name_of_a_misnamed_model_file, 0,
                        sizeof misnamed / sizeof *misnamed);
    tcase_add_loop_test(tc, metadata_that_contradict_the_metrics_are_refused, 0,
                        sizeof claims / sizeof *claims);
    tcase_add_test(tc, register_refuses_links_and_foreign_manifests);
    tcase_add_test(tc, register_refuses_names_that_leave_the_registry);
    tcase_add_test(tc, register_of_the_same_content_succeeds_eight_times_at_once);
    tcase_add_test(tc, register_of_different_contents_is_won_by_one);
    tcase_add_test(tc, register_finishes_what_was_cut_off_before_the_record);
    tcase_add_test(tc, register_never_reads_what_was_cut_off_before_the_rename);
    tcase_add_test(tc, register_on_a_full_disk_leaves_nothing_half_written);
    tcase_add_test(tc, register_into_a_read_only_folder_is_an_error);
    tcase_add_test(tc, a_number_too_low_for_what_it_breaks_is_refused);
    tcase_add_test(tc, a_release_that_was_altered_is_nothing_to_compare_with);
    return tc;
}

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
        enum mlt_err_kind kind;
    } parts[] = {
        {"model.bin", "m-1.0.0.EXT or model.EXT", MLT_ERR_USAGE},
        {"config.json", "config.json", MLT_ERR_USAGE},
        {"metadata.json", "metadata.json", MLT_ERR_USAGE},
        {"metrics.json", "lacks metrics.json", MLT_ERR_USAGE},
        {"docs/model_card.md", "a model card in docs/", MLT_ERR_USAGE},
        {"tests/golden.jsonl", "at least one file in tests/", MLT_ERR_USAGE},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        const char *dir = version_folder("v", "1.0.0", "w");
        ck_assert_int_eq(unlink(mlt_fs_join(&arena, dir, parts[i].file)), 0);
        ck_fails(mlt_registry_register(registry, "m", "1.0.0", dir, &err), parts[i].kind,
                 parts[i].phrase);
    }
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
             "rename m-1.0.1.pt to m-1.0.0.pt");
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

#include "harness/registry/documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "tests/unit/registry/fixture.h"

TCase *documents_case(void);

#define DOCS "registry/m/.evidence/1.0.0/docs/"

static long long number;

static struct mlt_document_set with(enum mlt_document_kind kind, const char *text)
{
    struct mlt_document_set set = {0};
    set.document[kind].text = text;
    set.document[kind].len = strlen(text);
    set.document[kind].path = mlt_document_forms[kind].file;
    return set;
}

static bool put(enum mlt_document_kind kind, const char *text, struct mlt_err *err)
{
    const struct mlt_document_set set = with(kind, text);
    return mlt_registry_put_documents(registry, "m", "1.0.0", &set, "jane", "a figure was wrong",
                                      &number, err);
}

static const char *text_at(enum mlt_document_kind kind, long long revision)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_document_set set;
    struct mlt_document_revision found;
    ck_ok(mlt_registry_documents(registry, "m", "1.0.0", revision, &arena, &set, &found, &err));
    ck_assert(revision < 0 || found.number == revision);
    return set.document[kind].text;
}

START_TEST(documents_begin_with_those_of_the_folder)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_document_revision *revisions;
    struct mlt_version v;
    size_t count;
    registered("1.0.0");
    ck_ok(mlt_registry_get(registry, "m", "1.0.0", &arena, &v, &err));
    ck_ok(
        mlt_registry_document_revisions(registry, "m", "1.0.0", &arena, &revisions, &count, &err));
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(revisions[0].number, 0);
    ck_assert_str_eq(revisions[0].digest, v.digest);
    ck_assert_str_eq(revisions[0].at, v.registered_at);
    ck_assert_str_eq(revisions[0].reason, "");
    ck_assert_uint_eq(revisions[0].kinds, 1u << MLT_DOCUMENT_MODEL_CARD);
    ck_assert_str_eq(text_at(MLT_DOCUMENT_MODEL_CARD, -1), "# m");
    ck_assert_ptr_null(text_at(MLT_DOCUMENT_API, -1));
}
END_TEST

START_TEST(every_revision_stays_readable)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_document_revision *revisions;
    size_t count;
    registered("1.0.0");
    ck_ok(put(MLT_DOCUMENT_MODEL_CARD, "# m, corrected\n", &err));
    ck_assert_int_eq(number, 1);
    ck_ok(put(MLT_DOCUMENT_API, "# api\n", &err));
    ck_ok(put(MLT_DOCUMENT_MODEL_CARD, "# m\nagain\n", &err));
    ck_assert_int_eq(number, 3);
    ck_assert_str_eq(text_at(MLT_DOCUMENT_MODEL_CARD, 0), "# m");
    ck_assert_str_eq(text_at(MLT_DOCUMENT_MODEL_CARD, 1), "# m, corrected\n");
    ck_assert_str_eq(text_at(MLT_DOCUMENT_MODEL_CARD, 2), "# m, corrected\n");
    ck_assert_str_eq(text_at(MLT_DOCUMENT_MODEL_CARD, -1), "# m\nagain\n");
    ck_assert_ptr_null(text_at(MLT_DOCUMENT_API, 1));
    ck_assert_str_eq(text_at(MLT_DOCUMENT_API, 3), "# api\n");
    ck_ok(
        mlt_registry_document_revisions(registry, "m", "1.0.0", &arena, &revisions, &count, &err));
    ck_assert_uint_eq(count, 4);
    ck_assert_str_eq(revisions[2].by, "jane");
    ck_assert_str_eq(revisions[2].reason, "a figure was wrong");
    ck_assert_uint_eq(revisions[2].kinds, 1u << MLT_DOCUMENT_API);
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

START_TEST(ten_revisions_stay_in_order)
{
    struct mlt_err err = MLT_ERR_INIT;
    char text[32];
    registered("1.0.0");
    for (int i = 1; i <= 12; i++) {
        snprintf(text, sizeof text, "text %d", i);
        ck_ok(put(MLT_DOCUMENT_API, text, &err));
        ck_assert_int_eq(number, i);
    }
    ck_assert_str_eq(text_at(MLT_DOCUMENT_API, 2), "text 2");
    ck_assert_str_eq(text_at(MLT_DOCUMENT_API, 10), "text 10");
    ck_assert_str_eq(faults_of("m", "1.0.0"), "");
}
END_TEST

START_TEST(only_what_differs_is_put)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_document_set set = with(MLT_DOCUMENT_MODEL_CARD, "# m");
    registered("1.0.0");
    ck_fails(put(MLT_DOCUMENT_MODEL_CARD, "# m", &err), MLT_ERR_USAGE, "nothing to put");
    set.document[MLT_DOCUMENT_API].text = "# api";
    set.document[MLT_DOCUMENT_API].len = 5;
    ck_ok(mlt_registry_put_documents(registry, "m", "1.0.0", &set, "jane", "new", &number, &err));
    ck_assert_int_eq(mlt_fs_kind(unit_path(DOCS "1/api.md")), MLT_FS_FILE);
    ck_assert_int_eq(mlt_fs_kind(unit_path(DOCS "1/model-card.md")), MLT_FS_ABSENT);
    ck_fails(mlt_registry_put_documents(registry, "m", "1.0.0", &set, "jane", "new", &number, &err),
             MLT_ERR_USAGE, "revision 1 of m@1.0.0 already");
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

START_TEST(what_is_no_document_is_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    static char huge[4 * 1024 * 1024 + 2];
    registered("1.0.0");
    ck_fails(put(MLT_DOCUMENT_API, " \n\t\n", &err), MLT_ERR_USAGE, "api.md is empty");
    ck_fails(put(MLT_DOCUMENT_API, "# a\xff", &err), MLT_ERR_USAGE, "byte 4 is 0xff");
    ck_fails(put(MLT_DOCUMENT_API, "a\nb\x1b[2J", &err), MLT_ERR_USAGE, "api.md:2: the control");
    memset(huge, 'x', sizeof huge - 1);
    ck_fails(put(MLT_DOCUMENT_API, huge, &err), MLT_ERR_USAGE, "at most 4 MiB");
    const struct mlt_document_set none = {0};
    ck_fails(mlt_registry_put_documents(registry, "m", "1.0.0", &none, "j", "r", &number, &err),
             MLT_ERR_USAGE, "no document to put");
    struct mlt_document_set nul = with(MLT_DOCUMENT_API, "a");
    nul.document[MLT_DOCUMENT_API].text = "a\0b";
    nul.document[MLT_DOCUMENT_API].len = 3;
    ck_fails(mlt_registry_put_documents(registry, "m", "1.0.0", &nul, "j", "r", &number, &err),
             MLT_ERR_USAGE, "0x00");
    ck_assert_int_eq(mlt_fs_kind(unit_path("registry/m/.evidence/1.0.0/docs")), MLT_FS_ABSENT);
}
END_TEST

START_TEST(who_and_why_are_one_plain_line)
{
    struct mlt_err err = MLT_ERR_INIT;
    const struct mlt_document_set set = with(MLT_DOCUMENT_API, "# api");
    static const char *const bad[] = {"", "  ", "a\nb", "a\x1b[31mb", "a\xe2\x80\xae!", "a\xff"};
    char longest[2100];
    registered("1.0.0");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_fails(
            mlt_registry_put_documents(registry, "m", "1.0.0", &set, bad[i], "r", &number, &err),
            MLT_ERR_USAGE, "name");
        ck_fails(
            mlt_registry_put_documents(registry, "m", "1.0.0", &set, "j", bad[i], &number, &err),
            MLT_ERR_USAGE, "reason");
    }
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_fails(mlt_registry_put_documents(registry, "m", "1.0.0", &set, "j", longest, &number, &err),
             MLT_ERR_USAGE, "at most 2000");
    ck_fails(mlt_registry_put_documents(registry, "m", "1.0.0", &set, NULL, NULL, &number, &err),
             MLT_ERR_USAGE, "needs a reason");
    ck_ok(mlt_registry_put_documents(registry, "m", "1.0.0", &set, NULL, "r", &number, &err));
}
END_TEST

START_TEST(documents_need_a_registered_version)
{
    struct mlt_err err = MLT_ERR_INIT;
    const struct mlt_document_set set = with(MLT_DOCUMENT_API, "# api");
    struct mlt_document_set got;
    struct mlt_document_revision revision;
    struct mlt_registry *reader;
    registered("1.0.0");
    ck_fails(mlt_registry_put_documents(registry, "m", "1.0.1", &set, "j", "r", &number, &err),
             MLT_ERR_USAGE, "no version");
    ck_fails(mlt_registry_put_documents(registry, "n", "1.0.0", &set, "j", "r", &number, &err),
             MLT_ERR_USAGE, "no model \"n\"");
    ck_fails(mlt_registry_put_documents(registry, "../m", "1.0.0", &set, "j", "r", &number, &err),
             MLT_ERR_USAGE, "model name");
    ck_fails(mlt_registry_documents(registry, "m", "1.0.0", 1, &arena, &got, &revision, &err),
             MLT_ERR_USAGE, "no revision 1: the newest is 0");
    ck_ok(mlt_registry_open(unit_path("registry"), true, &reader, &err));
    ck_fails(mlt_registry_put_documents(reader, "m", "1.0.0", &set, "j", "r", &number, &err),
             MLT_ERR_USAGE, "reading only");
    mlt_registry_close(reader);
}
END_TEST

static void overwrite(const char *path, const char *text)
{
    ck_assert_int_eq(unlink(path), 0);
    unit_write_text(path, text);
}

START_TEST(tampering_with_a_revision_is_found)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_document_set set;
    struct mlt_document_revision revision;
    registered("1.0.0");
    ck_ok(put(MLT_DOCUMENT_API, "# one\n", &err));
    ck_ok(put(MLT_DOCUMENT_API, "# two\n", &err));
    overwrite(unit_path(DOCS "2/api.md"), "# 222\n");
    unit_write_text(unit_path(DOCS "1/extra.md"), "");
    const char *faults = faults_of("m", "1.0.0");
    ck_assert_ptr_nonnull(strstr(faults, "docs/2/api.md was altered"));
    ck_assert_ptr_nonnull(strstr(faults, "docs/1/extra.md is surplus"));
    ck_fails(mlt_registry_documents(registry, "m", "1.0.0", -1, &arena, &set, &revision, &err),
             MLT_ERR_EVIDENCE, "api.md was altered");
    ck_assert_str_eq(text_at(MLT_DOCUMENT_API, 1), "# one\n");
    ck_assert_int_eq(unlink(unit_path(DOCS "2/api.md")), 0);
    ck_assert_ptr_nonnull(strstr(faults_of("m", NULL), "docs/2/api.md is missing"));
    overwrite(unit_path(DOCS "1/REVISION.json"), "{}");
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "docs/1/REVISION.json was altered"));
    ck_fails(mlt_registry_documents(registry, "m", "1.0.0", 0, &arena, &set, &revision, &err),
             MLT_ERR_EVIDENCE, "REVISION.json was altered");
    ck_ok(mlt_fs_remove_tree(unit_path(DOCS "1"), &err));
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "docs/1/REVISION.json"));
    ck_fails(put(MLT_DOCUMENT_API, "# three\n", &err), MLT_ERR_EVIDENCE, "docs/1/REVISION.json");
}
END_TEST

START_TEST(an_altered_document_of_the_folder_is_found)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_document_set set;
    struct mlt_document_revision revision;
    registered("1.0.0");
    overwrite(unit_path("registry/m/1.0.0/docs/model_card.md"), "# n");
    ck_fails(mlt_registry_documents(registry, "m", "1.0.0", 0, &arena, &set, &revision, &err),
             MLT_ERR_EVIDENCE, "model_card.md was altered");
}
END_TEST

START_TEST(what_a_cut_off_put_left_is_no_revision_and_in_nobodys_way)
{
    struct mlt_err err = MLT_ERR_INIT;
    registered("1.0.0");
    ck_ok(mlt_fs_mkdirs(unit_path(DOCS "1"), &err));
    unit_write_text(unit_path(DOCS "1/REVISION.json"), "{}");
    unit_write_text(unit_path(DOCS "1/api.md"), "# never recorded\n");
    ck_assert_ptr_null(text_at(MLT_DOCUMENT_API, -1));
    ck_assert_ptr_nonnull(strstr(faults_of("m", NULL), "docs/1 is an orphan"));
    ck_ok(put(MLT_DOCUMENT_API, "# recorded\n", &err));
    ck_assert_int_eq(number, 1);
    ck_assert_str_eq(text_at(MLT_DOCUMENT_API, -1), "# recorded\n");
    const char *faults = faults_of("m", NULL);
    ck_assert_ptr_null(strstr(faults, "orphan"));
    ck_assert_ptr_nonnull(strstr(faults, "nothing reads it"));
}
END_TEST

/* Eight processes put ten revisions each: none is lost, and the numbers have no gap. */
START_TEST(concurrent_puts_get_a_number_each)
{
    enum { PROCESSES = 8, PUTS = 10 };
    struct mlt_document_revision *revisions;
    struct mlt_err err = MLT_ERR_INIT;
    size_t count;
    int status;
    registered("1.0.0");
    for (int p = 0; p < PROCESSES; p++) {
        if (fork() != 0)
            continue;
        struct mlt_registry *own;
        char text[64];
        bool ok = mlt_registry_open(unit_path("registry"), false, &own, &err);
        for (int i = 0; ok && i < PUTS; i++) {
            snprintf(text, sizeof text, "text %d of process %d", i, p);
            const struct mlt_document_set set = with(MLT_DOCUMENT_API, text);
            ok = mlt_registry_put_documents(own, "m", "1.0.0", &set, "jane", "r", &number, &err);
        }
        if (!ok)
            fprintf(stderr, "%s\n", err.text);
        _exit(ok ? 0 : 1);
    }
    for (int p = 0; p < PROCESSES; p++) {
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    ck_ok(
        mlt_registry_document_revisions(registry, "m", "1.0.0", &arena, &revisions, &count, &err));
    ck_assert_uint_eq(count, PROCESSES * PUTS + 1);
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

/* Killed at any moment, a put is there wholly or not at all, and the next one succeeds. */
START_TEST(a_killed_put_leaves_nothing_readable)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_document_revision *revisions;
    size_t count, killed = 0;
    char text[64];
    int status;
    registered("1.0.0");
    for (int i = 0; i < 40; i++) {
        snprintf(text, sizeof text, "text %d", i);
        pid_t child = fork();
        if (child == 0) {
            struct mlt_registry *own;
            _exit(mlt_registry_open(unit_path("registry"), false, &own, &err) && (registry = own) &&
                          put(MLT_DOCUMENT_API, text, &err)
                      ? 0
                      : 1);
        }
        usleep((useconds_t)(i * 250));
        kill(child, SIGKILL);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        killed += WIFSIGNALED(status) ? 1 : 0;
        ck_ok(mlt_registry_document_revisions(registry, "m", "1.0.0", &arena, &revisions, &count,
                                              &err));
        const char *now = text_at(MLT_DOCUMENT_API, -1);
        ck_assert(!now || strncmp(now, "text ", 5) == 0);
        const char *faults = faults_of("m", NULL);
        ck_assert_ptr_null(strstr(faults, "altered"));
        ck_assert_ptr_null(strstr(faults, "missing"));
    }
    ck_assert_uint_gt(killed, 0);
    ck_ok(put(MLT_DOCUMENT_API, "the last", &err));
    ck_assert_str_eq(text_at(MLT_DOCUMENT_API, -1), "the last");
}
END_TEST

START_TEST(what_a_word_means_is_known_without_reading_files)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *version;
    registered("1.0.0");
    overwrite(unit_path("registry/m/1.0.0/model.bin"), "altered");
    ck_ok(mlt_registry_resolve(registry, "m", "", &arena, &version, &err));
    ck_assert_str_eq(version, "1.0.0");
    ck_fails(mlt_registry_resolve(registry, "m", "production", &arena, &version, &err),
             MLT_ERR_USAGE, "no version of m serves");
}
END_TEST

TCase *documents_case(void)
{
    TCase *tc = tcase_create("documents");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, registry_setup, registry_teardown);
    tcase_add_test(tc, documents_begin_with_those_of_the_folder);
    tcase_add_test(tc, every_revision_stays_readable);
    tcase_add_test(tc, ten_revisions_stay_in_order);
    tcase_add_test(tc, only_what_differs_is_put);
    tcase_add_test(tc, what_is_no_document_is_refused);
    tcase_add_test(tc, who_and_why_are_one_plain_line);
    tcase_add_test(tc, documents_need_a_registered_version);
    tcase_add_test(tc, tampering_with_a_revision_is_found);
    tcase_add_test(tc, an_altered_document_of_the_folder_is_found);
    tcase_add_test(tc, what_a_cut_off_put_left_is_no_revision_and_in_nobodys_way);
    tcase_add_test(tc, concurrent_puts_get_a_number_each);
    tcase_add_test(tc, a_killed_put_leaves_nothing_readable);
    tcase_add_test(tc, what_a_word_means_is_known_without_reading_files);
    return tc;
}

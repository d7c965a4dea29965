#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "tests/unit/suite.h"

TCase *fs_case(void);

START_TEST(fs_writes_whole_files_and_leaves_nothing_beside_them)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    ck_ok(mlt_fs_write_atomic(unit_path("f"), "one", 3, &err));
    ck_ok(mlt_fs_write_atomic(unit_path("f"), "second", 6, &err));
    ck_ok(mlt_fs_read(unit_path("f"), 100, &text, &err));
    ck_assert_str_eq(text.data, "second");
    ck_assert_int_eq(unit_folder_count(), 1);
    mlt_buf_free(&text);
}
END_TEST

START_TEST(fs_keeps_the_old_file_and_no_temporary_one_when_the_disk_is_full)
{
    static char big[100000];
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    struct rlimit before, small = {4096, RLIM_INFINITY};
    ck_ok(mlt_fs_write_atomic(unit_path("f"), "old", 3, &err));
    /* EFBIG stands in for ENOSPC: both come from write(). */
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool wrote = mlt_fs_write_atomic(unit_path("f"), big, sizeof big, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_fails(wrote, MLT_ERR_INFRA, "cannot write");
    ck_ok(mlt_fs_read(unit_path("f"), 100, &text, &err));
    ck_assert_str_eq(text.data, "old");
    ck_assert_int_eq(unit_folder_count(), 1);
    mlt_buf_free(&text);
}
END_TEST

START_TEST(fs_refuses_to_write_over_a_folder_or_a_device)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_fails(mlt_fs_write_atomic(unit_path(""), "x", 1, &err), MLT_ERR_USAGE, "a folder");
    ck_assert_int_eq(mkfifo(unit_path("pipe"), 0600), 0);
    ck_fails(mlt_fs_write_atomic(unit_path("pipe"), "x", 1, &err), MLT_ERR_USAGE, "regular file");
    ck_fails(mlt_fs_write_atomic(unit_path("none/f"), "x", 1, &err), MLT_ERR_INFRA, "No such file");
    ck_assert_int_eq(unit_folder_count(), 1);
}
END_TEST

START_TEST(fs_reads_bounded_regular_files_only)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "before");
    unit_write_text(unit_path("f"), "123456");
    ck_fails(mlt_fs_read(unit_path("f"), 5, &text, &err), MLT_ERR_INFRA, "larger than 5 bytes");
    ck_fails(mlt_fs_read(unit_path("g"), 5, &text, &err), MLT_ERR_USAGE, "No such file");
    ck_assert_int_eq(mkfifo(unit_path("pipe"), 0600), 0);
    ck_fails(mlt_fs_read(unit_path("pipe"), 5, &text, &err), MLT_ERR_INFRA, "not a regular file");
    ck_assert_str_eq(text.data, "before");
    ck_ok(mlt_fs_read(unit_path("f"), 6, &text, &err));
    ck_assert_str_eq(text.data, "before123456");
    mlt_buf_free(&text);
}
END_TEST

START_TEST(fs_rename_new_never_replaces)
{
    struct mlt_err err = MLT_ERR_INIT;
    bool existed = true;
    unit_write_text(unit_path("a"), "a");
    unit_write_text(unit_path("b"), "b");
    ck_fails(mlt_fs_rename_new(unit_path("a"), unit_path("b"), &existed, &err), MLT_ERR_USAGE,
             "exists already");
    ck_assert(existed);
    ck_ok(mlt_fs_rename_new(unit_path("a"), unit_path("c"), &existed, &err));
    ck_assert(!existed);
    ck_fails(mlt_fs_rename_new(unit_path("a"), unit_path("d"), &existed, &err), MLT_ERR_INFRA,
             "cannot rename");
    ck_assert(!existed);
}
END_TEST

START_TEST(fs_removes_a_tree_without_following_links)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_fs_mkdirs(unit_path("t/a/b"), &err));
    ck_ok(mlt_fs_mkdirs(unit_path("t/a/b"), &err));
    ck_ok(mlt_fs_mkdirs(unit_path("kept"), &err));
    unit_write_text(unit_path("kept/f"), "x");
    unit_write_text(unit_path("t/a/f"), "x");
    ck_assert_int_eq(symlink(unit_path("kept"), unit_path("t/a/b/link")), 0);
    struct mlt_fs_facts facts;
    ck_ok(mlt_fs_tree_facts(unit_path("t"), &facts, &err));
    ck_assert_uint_eq(facts.bytes, 1);
    ck_assert_uint_eq(facts.files, 2); /* the link is one */
    ck_assert_int_le(facts.newest_s, time(NULL));
    ck_assert_int_gt(facts.newest_s, time(NULL) - 600);
    ck_fails(mlt_fs_tree_facts(unit_path("none"), &facts, &err), MLT_ERR_INFRA, "cannot read");
    ck_ok(mlt_fs_remove_tree(unit_path("t"), &err));
    ck_ok(mlt_fs_remove_tree(unit_path("t"), &err));
    ck_assert_int_eq(mlt_fs_kind(unit_path("t")), MLT_FS_ABSENT);
    ck_assert_int_eq(mlt_fs_kind(unit_path("kept/f")), MLT_FS_FILE);
}
END_TEST

START_TEST(fs_lists_files_sorted_and_refuses_links_when_strict)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_arena arena = MLT_ARENA_INIT;
    char **paths;
    size_t count;
    ck_ok(mlt_fs_mkdirs(unit_path("d/b"), &err));
    unit_write_text(unit_path("d/z"), "");
    unit_write_text(unit_path("d/b/y"), "");
    unit_write_text(unit_path("d/a"), "");
    ck_ok(mlt_fs_list_files(unit_path("d"), true, &arena, &paths, &count, &err));
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(paths[0], "a");
    ck_assert_str_eq(paths[1], "b/y");
    ck_assert_str_eq(paths[2], "z");
    ck_assert_int_eq(symlink("/etc/passwd", unit_path("d/b/link")), 0);
    ck_fails(mlt_fs_list_files(unit_path("d"), true, &arena, &paths, &count, &err), MLT_ERR_USAGE,
             "b/link is a symbolic link");
    ck_ok(mlt_fs_list_files(unit_path("d"), false, &arena, &paths, &count, &err));
    ck_assert_uint_eq(count, 3);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(fs_copies_only_to_new_names)
{
    struct mlt_err err = MLT_ERR_INIT;
    unit_write_text(unit_path("a"), "text");
    ck_ok(mlt_fs_copy_file(unit_path("a"), unit_path("b"), &err));
    ck_fails(mlt_fs_copy_file(unit_path("a"), unit_path("b"), &err), MLT_ERR_INFRA, "exists");
    ck_assert_int_eq(mlt_fs_kind(unit_path("b")), MLT_FS_FILE);
}
END_TEST

START_TEST(fs_knows_paths_that_leave_their_folder)
{
    ck_assert(mlt_fs_is_inside("a") && mlt_fs_is_inside("a/b.c") && mlt_fs_is_inside("..a/b"));
    static const char *const bad[] = {"", "/a", "a/", "a//b", "..", "a/..", "./a", "a/./b", "../a"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!mlt_fs_is_inside(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(fs_takes_paths_apart_and_joins_them)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    ck_assert_str_eq(mlt_fs_join(&arena, "a/", "b"), "a/b");
    ck_assert_str_eq(mlt_fs_join(&arena, "a", "/b"), "/b");
    ck_assert_str_eq(mlt_fs_dirname(&arena, "/a"), "/");
    ck_assert_str_eq(mlt_fs_dirname(&arena, "a"), ".");
    ck_assert_str_eq(mlt_fs_dirname(&arena, "a//b"), "a");
    ck_assert_str_eq(mlt_fs_basename("a/b.c"), "b.c");
    mlt_arena_free(&arena);
}
END_TEST

TCase *fs_case(void)
{
    TCase *tc = tcase_create("fs");
    tcase_add_checked_fixture(tc, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(tc, fs_writes_whole_files_and_leaves_nothing_beside_them);
    tcase_add_test(tc, fs_keeps_the_old_file_and_no_temporary_one_when_the_disk_is_full);
    tcase_add_test(tc, fs_refuses_to_write_over_a_folder_or_a_device);
    tcase_add_test(tc, fs_reads_bounded_regular_files_only);
    tcase_add_test(tc, fs_rename_new_never_replaces);
    tcase_add_test(tc, fs_removes_a_tree_without_following_links);
    tcase_add_test(tc, fs_lists_files_sorted_and_refuses_links_when_strict);
    tcase_add_test(tc, fs_copies_only_to_new_names);
    tcase_add_test(tc, fs_knows_paths_that_leave_their_folder);
    tcase_add_test(tc, fs_takes_paths_apart_and_joins_them);
    return tc;
}

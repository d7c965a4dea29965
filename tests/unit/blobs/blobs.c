#include "harness/blobs/blobs.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "tests/unit/suite.h"

TCase *blobs_case(void);

static TCase *(*const cases[])(void) = {blobs_case, NULL};
const struct unit_suite unit_suite = {"blobs", cases};

static struct mlt_arena arena;
static struct mlt_blobs *blobs;
static struct mlt_manifest manifest;
static bool existed;

static void setup(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    unit_folder_setup();
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    ck_ok(mlt_fs_mkdirs(unit_path("store"), &err));
    ck_ok(mlt_fs_mkdirs(unit_path("source/docs/deep"), &err));
    unit_write_text(unit_path("source/model.bin"), "weights");
    unit_write_text(unit_path("source/docs/deep/card.md"), "# Card");
    ck_assert_int_eq(chmod(unit_path("source/model.bin"), 0755), 0);
    ck_ok(mlt_manifest_scan(unit_path("source"), "m", "1.0.0", &arena, &manifest, &err));
    ck_ok(mlt_blobs_fs_open(unit_path("store"), &blobs, &err));
}

static void teardown(void)
{
    blobs->ops->close(blobs);
    mlt_arena_free(&arena);
    unit_folder_teardown();
}

static bool put_tree(struct mlt_err *err)
{
    return blobs->ops->put_tree(blobs, "m/1.0.0", unit_path("source"), &manifest, &existed, err);
}

START_TEST(blobs_put_a_tree_with_its_manifest_and_read_only)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    struct stat info;
    char **names, *dir;
    size_t count;
    ck_ok(put_tree(&err));
    ck_ok(blobs->ops->get(blobs, "m/1.0.0/docs/deep/card.md", 100, &text, &err));
    ck_assert_str_eq(text.data, "# Card");
    mlt_buf_free(&text);
    ck_ok(blobs->ops->list(blobs, "m/1.0.0", &arena, &names, &count, &err));
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(names[0], "MANIFEST.json");
    ck_ok(blobs->ops->local_dir(blobs, "m/1.0.0", &arena, &dir, &err));
    ck_ok(mlt_manifest_verify(dir, &manifest, &err));
    ck_assert_int_eq(stat(mlt_fs_join(&arena, dir, "model.bin"), &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0555); /* still a program */
    ck_assert_int_eq(stat(mlt_fs_join(&arena, dir, "MANIFEST.json"), &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0444);
    ck_ok(blobs->ops->leftovers(blobs, "m", &arena, &names, &count, &err));
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(blobs_never_replace_a_tree)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    ck_ok(put_tree(&err));
    unit_write_text(unit_path("source/model.bin"), "other");
    ck_ok(mlt_manifest_scan(unit_path("source"), "m", "1.0.0", &arena, &manifest, &err));
    ck_fails(put_tree(&err), MLT_ERR_USAGE, "exists already");
    ck_assert(existed);
    ck_ok(blobs->ops->get(blobs, "m/1.0.0/model.bin", 100, &text, &err));
    ck_assert_str_eq(text.data, "weights");
    mlt_buf_free(&text);
}
END_TEST

START_TEST(blobs_notice_a_folder_that_changes_under_their_hands)
{
    struct mlt_err err = MLT_ERR_INIT;
    char **names;
    size_t count;
    unit_write_text(unit_path("source/model.bin"), "changed after it was scanned");
    ck_fails(put_tree(&err), MLT_ERR_EVIDENCE, "changed while it was copied");
    ck_assert(!existed);
    ck_ok(mlt_fs_list_names(unit_path("store"), &arena, &names, &count, &err));
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(blobs_leave_nothing_when_a_file_vanishes)
{
    struct mlt_err err = MLT_ERR_INIT;
    char **names;
    size_t count;
    ck_assert_int_eq(unlink(unit_path("source/model.bin")), 0);
    ck_assert(!put_tree(&err));
    ck_ok(mlt_fs_list_names(unit_path("store"), &arena, &names, &count, &err));
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(blobs_put_texts_wholly_or_not_at_all)
{
    struct mlt_err err = MLT_ERR_INIT;
    static const struct mlt_blob_text texts[] = {{"a.md", "one", 3}, {"b.md", "two", 3}};
    static const struct mlt_blob_text outside[] = {{"a.md", "one", 3}, {"../b.md", "two", 3}};
    char **names;
    size_t count;
    ck_fails(blobs->ops->put_texts(blobs, "m/docs/1", outside, 2, &existed, &err), MLT_ERR_USAGE,
             "not a name in a store");
    ck_assert_int_eq(mlt_fs_kind(unit_path("store/m/docs")), MLT_FS_ABSENT);
    ck_ok(blobs->ops->put_texts(blobs, "m/docs/1", texts, 2, &existed, &err));
    ck_fails(blobs->ops->put_texts(blobs, "m/docs/1", texts, 1, &existed, &err), MLT_ERR_USAGE,
             "exists already");
    ck_assert(existed);
    ck_ok(blobs->ops->list(blobs, "m/docs/1", &arena, &names, &count, &err));
    ck_assert_uint_eq(count, 2);
    ck_ok(blobs->ops->set_aside(blobs, "m/docs/1", &err));
    ck_assert_int_eq(mlt_fs_kind(unit_path("store/m/docs/1")), MLT_FS_ABSENT);
    ck_ok(blobs->ops->leftovers(blobs, "m/docs", &arena, &names, &count, &err));
    ck_assert_uint_eq(count, 1);
    ck_ok(blobs->ops->put_texts(blobs, "m/docs/1", texts, 1, &existed, &err));
}
END_TEST

START_TEST(blobs_stay_inside_their_root)
{
    static const char *const keys[] = {"../x", "/etc/passwd", "a/../../x", "a//b", "."};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        struct mlt_buf text = MLT_BUF_INIT;
        bool there;
        ck_fails(blobs->ops->get(blobs, keys[i], 100, &text, &err), MLT_ERR_USAGE, "inside");
        ck_fails(blobs->ops->put(blobs, keys[i], "x", 1, &err), MLT_ERR_USAGE, "inside");
        ck_fails(blobs->ops->exists(blobs, keys[i], &there, &err), MLT_ERR_USAGE, "inside");
        ck_fails(
            blobs->ops->put_tree(blobs, keys[i], unit_path("source"), &manifest, &existed, &err),
            MLT_ERR_USAGE, "inside");
        ck_fails(blobs->ops->point(blobs, keys[i], "1.0.0", &err), MLT_ERR_USAGE, "inside");
    }
}
END_TEST

START_TEST(blobs_put_objects_whole_and_bounded)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    ck_fails(blobs->ops->get(blobs, "a/b", 100, &text, &err), MLT_ERR_EVIDENCE, "No such file");
    ck_ok(blobs->ops->put(blobs, "a/b", "one", 3, &err));
    ck_ok(blobs->ops->put(blobs, "a/b", "two", 3, &err));
    ck_ok(blobs->ops->get(blobs, "a/b", 3, &text, &err));
    ck_assert_str_eq(text.data, "two");
    mlt_buf_free(&text);
    ck_assert(!blobs->ops->get(blobs, "a/b", 2, &text, &err));
    mlt_buf_free(&text);
    ck_ok(blobs->ops->put_file(blobs, "a/c", unit_path("source/model.bin"), &existed, &err));
    ck_fails(blobs->ops->put_file(blobs, "a/c", unit_path("source/model.bin"), &existed, &err),
             MLT_ERR_USAGE, "exists");
    ck_assert(existed);
}
END_TEST

START_TEST(blobs_point_an_alias_and_move_it)
{
    struct mlt_err err = MLT_ERR_INIT;
    char *target;
    ck_ok(blobs->ops->pointed(blobs, "m/latest", &arena, &target, &err));
    ck_assert_ptr_null(target);
    ck_ok(blobs->ops->point(blobs, "m/latest", "1.0.0", &err));
    ck_ok(blobs->ops->point(blobs, "m/latest", "1.1.0", &err));
    ck_ok(blobs->ops->pointed(blobs, "m/latest", &arena, &target, &err));
    ck_assert_str_eq(target, "1.1.0");
}
END_TEST

static const struct {
    const char *name;
    bool leftover;
} names_of_leftovers[] = {
    {".tmp-abcdef", true},
    {".tmp-0123456789abcdef", true},
    {"a.mlt.tmp-0123456789abcdef", true},
    {"x.tmp-1.mlt", false},
    {"a.tmp-0123456789abcdeg", false},
    {"a.tmp-123456789abcdef", false},
    {"a.tmp-0123456789abcdef.mlt", false},
    {"1.0.0", false},
    {"tmp-abcdef", false},
    {"", false},
};

START_TEST(blobs_know_what_was_cut_off_by_its_name)
{
    ck_assert_int_eq(mlt_blobs_is_leftover(names_of_leftovers[_i].name),
                     names_of_leftovers[_i].leftover);
}
END_TEST

START_TEST(blobs_remove_old_leftovers_only)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_leftover leftover;
    bool found;
    ck_ok(put_tree(&err));
    ck_ok(mlt_fs_mkdirs(unit_path("store/m/.tmp-a/tree"), &err));
    unit_write_text(unit_path("store/m/.tmp-a/tree/f"), "four");
    ck_ok(blobs->ops->leftover(blobs, "m", ".tmp-a", 3600, true, &found, &leftover, &err));
    ck_assert(found && !leftover.is_old && !leftover.removed && !leftover.held);
    ck_assert_uint_eq(leftover.bytes, 4);
    ck_ok(blobs->ops->leftover(blobs, "m", ".tmp-a", 0, false, &found, &leftover, &err));
    ck_assert(found && leftover.is_old && !leftover.removed);
    ck_ok(blobs->ops->leftover(blobs, "m", ".tmp-a", 0, true, &found, &leftover, &err));
    ck_assert(found && leftover.removed);
    ck_ok(blobs->ops->leftover(blobs, "m", ".tmp-a", 0, true, &found, &leftover, &err));
    ck_assert(!found);
    ck_ok(blobs->ops->leftover(blobs, "m", "1.0.0", 0, true, &found, &leftover, &err));
    ck_assert(!found);
    ck_assert_int_eq(mlt_fs_kind(unit_path("store/m/1.0.0")), MLT_FS_DIR);
    ck_fails(blobs->ops->leftover(blobs, "../m", ".tmp-a", 0, true, &found, &leftover, &err),
             MLT_ERR_USAGE, "not a place inside");
}
END_TEST

TCase *blobs_case(void)
{
    TCase *tc = tcase_create("fs");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, blobs_put_a_tree_with_its_manifest_and_read_only);
    tcase_add_test(tc, blobs_never_replace_a_tree);
    tcase_add_test(tc, blobs_notice_a_folder_that_changes_under_their_hands);
    tcase_add_test(tc, blobs_leave_nothing_when_a_file_vanishes);
    tcase_add_test(tc, blobs_put_texts_wholly_or_not_at_all);
    tcase_add_test(tc, blobs_stay_inside_their_root);
    tcase_add_test(tc, blobs_put_objects_whole_and_bounded);
    tcase_add_loop_test(tc, blobs_know_what_was_cut_off_by_its_name, 0,
                        sizeof names_of_leftovers / sizeof *names_of_leftovers);
    tcase_add_test(tc, blobs_remove_old_leftovers_only);
    tcase_add_test(tc, blobs_point_an_alias_and_move_it);
    return tc;
}

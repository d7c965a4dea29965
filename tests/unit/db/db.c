#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "harness/db/sqlite.h"
#include "tests/unit/suite.h"

static const char *const migrations[] = {
    "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, value REAL, data BLOB)",
    "ALTER TABLE item ADD COLUMN unit TEXT NOT NULL DEFAULT 'ms'",
    NULL,
};
static const struct mlt_db_schema first = {0x4d4c5431, 1, "results file", migrations};
static const struct mlt_db_schema second = {0x4d4c5431, 2, "results file", migrations};
static const struct mlt_db_schema foreign = {0x12345678, 1, "record store", migrations};

static struct mlt_db *db;
static struct mlt_err err;
static const char *path;

static void setup(void)
{
    unit_folder_setup();
    db = NULL;
    err = (struct mlt_err)MLT_ERR_INIT;
    path = unit_path("run.mlt");
}

static void make(const struct mlt_db_schema *schema, bool durable, int rows)
{
    ck_ok(mlt_db_open(path, MLT_DB_CREATE, schema, durable, &db, &err));
    ck_ok(mlt_db_begin(db, &err));
    struct mlt_db_stmt *stmt;
    ck_ok(mlt_db_prepare(db, "INSERT INTO item(id, name, value, data) VALUES(?, ?, ?, ?)", &stmt,
                         &err));
    for (int i = 0; i < rows; i++) {
        mlt_db_bind_int(stmt, 0, i);
        mlt_db_bind_text(stmt, 1, i ? "name" : NULL);
        mlt_db_bind_double(stmt, 2, i ? 0.1 : NAN);
        mlt_db_bind_blob(stmt, 3, "a\0b", i ? 3 : 0);
        ck_ok(mlt_db_run(stmt, &err));
        ck_assert_int_eq(mlt_db_changes(db), 1);
    }
    mlt_db_finish(stmt);
    ck_ok(mlt_db_commit(db, &err));
    ck_ok(mlt_db_close(db, &err));
}

START_TEST(db_gives_back_what_was_stored)
{
    struct mlt_db_stmt *stmt;
    bool row;
    size_t len;
    make(&first, false, 2);
    ck_ok(mlt_db_open(path, MLT_DB_READ, &first, false, &db, &err));
    ck_ok(mlt_db_prepare(db, "SELECT name, value, data, id FROM item ORDER BY id", &stmt, &err));
    ck_ok(mlt_db_step(stmt, &row, &err));
    ck_assert(row && mlt_db_column_is_null(stmt, 0) && isnan(mlt_db_column_double(stmt, 1)));
    ck_assert_ptr_null(mlt_db_column_text(stmt, 0));
    ck_assert(!mlt_db_column_is_null(stmt, 2));
    ck_ok(mlt_db_step(stmt, &row, &err));
    ck_assert_str_eq(mlt_db_column_text(stmt, 0), "name");
    ck_assert(mlt_db_column_double(stmt, 1) == 0.1 && mlt_db_column_int(stmt, 3) == 1);
    ck_assert_mem_eq(mlt_db_column_blob(stmt, 2, &len), "a\0b", 3);
    ck_assert_uint_eq(len, 3);
    ck_ok(mlt_db_step(stmt, &row, &err));
    ck_assert(!row);
    mlt_db_finish(stmt);
    ck_ok(mlt_db_integrity(db, &err));
    ck_assert_int_eq(mlt_db_user_version(db), 1);
    ck_fails(mlt_db_exec(db, "DELETE FROM item", &err), MLT_ERR_INFRA, "read-only");
    ck_ok(mlt_db_close(db, &err));
    ck_ok(mlt_db_close(NULL, &err));
}
END_TEST

START_TEST(db_must_exist_unless_it_is_created)
{
    ck_fails(mlt_db_open(path, MLT_DB_READ, &first, false, &db, &err), MLT_ERR_USAGE, "No such file");
    ck_fails(mlt_db_open(path, MLT_DB_WRITE, &first, false, &db, &err), MLT_ERR_USAGE, "No such file");
    ck_fails(mlt_db_open(unit_path(""), MLT_DB_CREATE, &first, false, &db, &err), MLT_ERR_USAGE,
             "not a regular file");
    ck_assert_int_eq(unit_folder_count(), 0);
    unit_write_text(path, "");
    ck_fails(mlt_db_open(path, MLT_DB_READ, &first, false, &db, &err), MLT_ERR_EVIDENCE, "empty");
    ck_fails(mlt_db_open(path, MLT_DB_WRITE, &first, false, &db, &err), MLT_ERR_EVIDENCE, "empty");
}
END_TEST

START_TEST(db_refuses_a_foreign_file_and_leaves_it_alone)
{
    struct mlt_buf before = MLT_BUF_INIT, after = MLT_BUF_INIT;
    unit_write_text(path, "this is a text file of some length, and no database of anybody at all\n");
    ck_fails(mlt_db_open(path, MLT_DB_READ, &first, false, &db, &err), MLT_ERR_EVIDENCE,
             "no SQLite database");
    ck_fails(mlt_db_open(path, MLT_DB_CREATE, &first, true, &db, &err), MLT_ERR_EVIDENCE,
             "no SQLite database");
    ck_ok(mlt_fs_remove_tree(path, &err));
    make(&foreign, false, 3);
    ck_ok(mlt_fs_read(path, 1000000, &before, &err));
    ck_fails(mlt_db_open(path, MLT_DB_READ, &first, false, &db, &err), MLT_ERR_EVIDENCE,
             "not a results file: it is a database of another program");
    ck_fails(mlt_db_open(path, MLT_DB_CREATE, &first, true, &db, &err), MLT_ERR_EVIDENCE,
             "another program");
    ck_ok(mlt_fs_read(path, 1000000, &after, &err));
    ck_assert_uint_eq(before.len, after.len);
    ck_assert_mem_eq(before.data, after.data, before.len);
    ck_assert_int_eq(unit_folder_count(), 1);
    mlt_buf_free(&before);
    mlt_buf_free(&after);
}
END_TEST

START_TEST(db_refuses_a_truncated_file)
{
    struct stat info;
    make(&first, false, 5000);
    ck_assert_int_eq(stat(path, &info), 0);
    off_t cuts[] = {info.st_size - 1, info.st_size - 4096, info.st_size / 2 + 7, 4096, 512, 100, 16};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        ck_assert_int_eq(truncate(path, cuts[i]), 0);
        ck_assert_msg(!mlt_db_open(path, MLT_DB_READ, &first, false, &db, &err), "cut to %ld",
                      (long)cuts[i]);
        ck_assert_msg(err.kind == MLT_ERR_EVIDENCE, "cut to %ld: %s", (long)cuts[i], err.text);
        ck_assert(!mlt_db_open(path, MLT_DB_WRITE, &first, false, &db, &err));
        ck_assert_msg(err.kind == MLT_ERR_EVIDENCE, "cut to %ld: %s", (long)cuts[i], err.text);
    }
    ck_assert_int_eq(unit_folder_count(), 1);
}
END_TEST

START_TEST(db_integrity_finds_a_damaged_page)
{
    static char zeros[32768]; /* a page */
    make(&first, false, 5000);
    FILE *file = fopen(path, "r+b");
    ck_assert_int_eq(fseek(file, 2 * (long)sizeof zeros, SEEK_SET), 0);
    ck_assert_uint_eq(fwrite(zeros, 1, sizeof zeros, file), sizeof zeros);
    fclose(file);
    ck_ok(mlt_db_open(path, MLT_DB_READ, &first, false, &db, &err));
    ck_fails(mlt_db_integrity(db, &err), MLT_ERR_EVIDENCE, "damaged");
    ck_ok(mlt_db_close(db, &err));
}
END_TEST

START_TEST(db_migrates_an_older_file_and_reads_it_as_it_is)
{
    make(&first, false, 2);
    ck_ok(mlt_db_open(path, MLT_DB_READ, &second, false, &db, &err));
    ck_assert_int_eq(mlt_db_user_version(db), 1);
    ck_ok(mlt_db_close(db, &err));
    ck_ok(mlt_db_open(path, MLT_DB_WRITE, &second, false, &db, &err));
    ck_assert_int_eq(mlt_db_user_version(db), 2);
    struct mlt_db_stmt *stmt;
    bool row;
    ck_ok(mlt_db_prepare(db, "SELECT unit FROM item", &stmt, &err));
    ck_ok(mlt_db_step(stmt, &row, &err));
    ck_assert_str_eq(mlt_db_column_text(stmt, 0), "ms");
    mlt_db_finish(stmt);
    ck_ok(mlt_db_close(db, &err));
}
END_TEST

START_TEST(db_refuses_a_newer_file_in_a_clear_sentence)
{
    make(&second, false, 1);
    enum mlt_db_mode modes[] = {MLT_DB_READ, MLT_DB_WRITE, MLT_DB_CREATE};
    for (int i = 0; i < 3; i++)
        ck_fails(mlt_db_open(path, modes[i], &first, false, &db, &err), MLT_ERR_EVIDENCE,
                 "has format 2, this program knows formats up to 1: use a newer mltest");
}
END_TEST

START_TEST(db_undoes_a_migration_that_fails)
{
    static const char *const broken[] = {"CREATE TABLE item(id)", "CREATE TABLE extra(id)",
                                         "CREATE TABLE item(id)"};
    struct mlt_db_schema third = {first.application_id, 3, "results file", broken};
    make(&first, false, 1);
    ck_fails(mlt_db_open(path, MLT_DB_WRITE, &third, false, &db, &err), MLT_ERR_EVIDENCE, "to format 3");
    ck_ok(mlt_db_open(path, MLT_DB_READ, &first, false, &db, &err));
    ck_assert_int_eq(mlt_db_user_version(db), 1);
    ck_fails(mlt_db_exec(db, "SELECT * FROM extra", &err), MLT_ERR_EVIDENCE, "no such table");
    ck_ok(mlt_db_close(db, &err));
}
END_TEST

START_TEST(db_read_makes_no_file_beside_either_journal)
{
    for (int durable = 0; durable < 2; durable++) {
        make(&first, durable, 3);
        ck_assert_int_eq(unit_folder_count(), 1);
        ck_ok(mlt_db_open(path, MLT_DB_READ, &first, false, &db, &err));
        ck_ok(mlt_db_exec(db, "SELECT * FROM item", &err));
        ck_assert_int_eq(unit_folder_count(), 1);
        ck_ok(mlt_db_close(db, &err));
        ck_assert_int_eq(unit_folder_count(), 1);
        ck_ok(mlt_fs_remove_tree(path, &err));
    }
}
END_TEST

START_TEST(db_reads_names_that_mean_something_in_a_uri)
{
    path = unit_path("a b%20?mode=memory#x.mlt");
    make(&first, false, 1);
    ck_assert_int_eq(mlt_fs_kind(path), MLT_FS_FILE);
    ck_ok(mlt_db_open(path, MLT_DB_READ, &first, false, &db, &err));
    ck_ok(mlt_db_close(db, &err));
}
END_TEST

START_TEST(db_reads_in_a_folder_that_is_read_only)
{
    make(&first, true, 3);
    ck_assert_int_eq(chmod(unit_path(""), 0555), 0);
    uid_t user = geteuid();
    if (user == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    bool ok = mlt_db_open(path, MLT_DB_READ, &first, true, &db, &err) &&
              mlt_db_exec(db, "SELECT * FROM item", &err) && mlt_db_close(db, &err);
    if (user == 0)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(unit_path(""), 0755), 0);
    ck_ok(ok);
    ck_assert_int_eq(unit_folder_count(), 1);
}
END_TEST

START_TEST(db_says_when_the_disk_is_full)
{
    make(&first, false, 10);
    ck_ok(mlt_db_open(path, MLT_DB_WRITE, &first, false, &db, &err));
    ck_ok(mlt_db_exec(db, "PRAGMA max_page_count = 5", &err));
    ck_fails(mlt_db_exec(db, "INSERT INTO item(data) VALUES(zeroblob(1000000))", &err), MLT_ERR_INFRA,
             "full");
    ck_ok(mlt_db_close(db, &err));
}
END_TEST

START_TEST(db_close_reports_an_open_transaction)
{
    make(&first, false, 1);
    ck_ok(mlt_db_open(path, MLT_DB_WRITE, &first, false, &db, &err));
    ck_ok(mlt_db_begin(db, &err));
    ck_fails(mlt_db_close(db, &err), MLT_ERR_INFRA, "before its last transaction");
}
END_TEST

static TCase *sqlite_case(void)
{
    TCase *tc = tcase_create("sqlite");
    tcase_set_timeout(tc, 30);
    tcase_add_checked_fixture(tc, setup, unit_folder_teardown);
    tcase_add_test(tc, db_gives_back_what_was_stored);
    tcase_add_test(tc, db_must_exist_unless_it_is_created);
    tcase_add_test(tc, db_refuses_a_foreign_file_and_leaves_it_alone);
    tcase_add_test(tc, db_refuses_a_truncated_file);
    tcase_add_test(tc, db_integrity_finds_a_damaged_page);
    tcase_add_test(tc, db_migrates_an_older_file_and_reads_it_as_it_is);
    tcase_add_test(tc, db_refuses_a_newer_file_in_a_clear_sentence);
    tcase_add_test(tc, db_undoes_a_migration_that_fails);
    tcase_add_test(tc, db_read_makes_no_file_beside_either_journal);
    tcase_add_test(tc, db_reads_names_that_mean_something_in_a_uri);
    tcase_add_test(tc, db_reads_in_a_folder_that_is_read_only);
    tcase_add_test(tc, db_says_when_the_disk_is_full);
    tcase_add_test(tc, db_close_reports_an_open_transaction);
    return tc;
}

static TCase *(*const cases[])(void) = {sqlite_case, NULL};
const struct unit_suite unit_suite = {"db", cases};

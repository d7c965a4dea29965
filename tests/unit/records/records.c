#include "harness/records/records.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/suite.h"

TCase *records_case(void);

static TCase *(*const cases[])(void) = {records_case, NULL};
const struct unit_suite unit_suite = {"records", cases};

static struct mlt_arena arena;
static struct mlt_records *records;

static void setup(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    unit_folder_setup();
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    ck_ok(mlt_records_sqlite_open(unit_path("r.db"), true, false, &records, &err));
}

static void teardown(void)
{
    records->ops->close(records);
    mlt_arena_free(&arena);
    unit_folder_teardown();
}

static void put(const char *partition, const char *key, const char *value)
{
    const struct mlt_record_put one = {partition, key, value};
    struct mlt_err err = MLT_ERR_INIT;
    int conflict;
    ck_ok(records->ops->transact(records, NULL, 0, &one, 1, &conflict, &err));
    ck_assert_int_eq(conflict, -1);
}

/* The revision of a record; 0 when there is none. */
static uint64_t revision(const char *partition, const char *key)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_record record;
    bool found;
    ck_ok(records->ops->get(records, partition, key, &arena, &found, &record, &err));
    return found ? record.revision : 0;
}

START_TEST(records_count_their_revisions)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_record record;
    bool found;
    ck_assert_uint_eq(revision("m", "a"), 0);
    put("m", "a", "one");
    put("m", "a", "two");
    ck_ok(records->ops->get(records, "m", "a", &arena, &found, &record, &err));
    ck_assert_str_eq(record.value, "two");
    ck_assert_uint_eq(record.revision, 2);
    ck_assert_uint_eq(revision("n", "a"), 0);
    put("m", "a", NULL);
    ck_assert_uint_eq(revision("m", "a"), 0);
}
END_TEST

START_TEST(records_write_all_or_nothing)
{
    const struct mlt_record_condition conditions[] = {{"m", "a", 1}, {"m", "b", 0}};
    const struct mlt_record_put puts[] = {{"m", "a", "new"}, {"m", "b", "new"}};
    struct mlt_err err = MLT_ERR_INIT;
    int conflict;
    put("m", "a", "old");
    ck_ok(records->ops->transact(records, conditions, 2, puts, 2, &conflict, &err));
    ck_assert_int_eq(conflict, -1);
    ck_assert_uint_eq(revision("m", "a"), 2);
    ck_ok(records->ops->transact(records, conditions, 2, puts, 2, &conflict, &err));
    ck_assert_int_eq(conflict, 0);
    ck_ok(records->ops->transact(records, conditions + 1, 1, puts, 2, &conflict, &err));
    ck_assert_int_eq(conflict, 0);
    ck_assert_uint_eq(revision("m", "a"), 2);
    ck_assert_uint_eq(revision("m", "b"), 1);
}
END_TEST

START_TEST(records_are_listed_by_prefix_in_pages)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_record *page;
    size_t count;
    put("m", "run/1", "");
    put("m", "run/3", "");
    put("m", "run/2", "");
    put("m", "run", "");
    put("m", "rum/9", "");
    put("m", "runs", "");
    put("n", "run/4", "");
    ck_ok(records->ops->query(records, "m", "run/", NULL, 2, &arena, &page, &count, &err));
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(page[0].key, "run/1");
    ck_assert_str_eq(page[1].key, "run/2");
    ck_ok(records->ops->query(records, "m", "run/", "run/2", 2, &arena, &page, &count, &err));
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(page[0].key, "run/3");
    ck_ok(records->ops->query(records, "m", "zzz", NULL, 2, &arena, &page, &count, &err));
    ck_assert_uint_eq(count, 0);
    ck_ok(records->ops->query(records, "m", "", NULL, 100, &arena, &page, &count, &err));
    ck_assert_uint_eq(count, 6);
}
END_TEST

START_TEST(records_read_only_refuse_to_write)
{
    const struct mlt_record_put one = {"m", "a", "x"};
    struct mlt_records *reader;
    struct mlt_record record;
    struct mlt_err err = MLT_ERR_INIT;
    int conflict;
    bool found;
    put("m", "a", "kept");
    ck_ok(mlt_records_sqlite_open(unit_path("r.db"), false, true, &reader, &err));
    ck_ok(reader->ops->get(reader, "m", "a", &arena, &found, &record, &err));
    ck_assert_str_eq(record.value, "kept");
    ck_assert(!reader->ops->transact(reader, NULL, 0, &one, 1, &conflict, &err));
    reader->ops->close(reader);
    ck_assert(!mlt_records_sqlite_open(unit_path("none.db"), false, true, &reader, &err));
    unit_write_text(unit_path("text.db"), "this is no database, but it is long enough to look at");
    ck_assert(!mlt_records_sqlite_open(unit_path("text.db"), false, false, &reader, &err));
    ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
}
END_TEST

/* Adds 1 to a counter ten times, each time on the revision it read. */
static void count_up(const char *path)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_records *own;
    if (!mlt_records_sqlite_open(path, false, false, &own, &err))
        _exit(1);
    for (int done = 0; done < 10;) {
        struct mlt_arena memory = MLT_ARENA_INIT;
        struct mlt_record record = {.value = "0"};
        char value[32];
        bool found;
        int conflict, number = 0;
        if (!own->ops->get(own, "m", "n", &memory, &found, &record, &err))
            _exit(2);
        if (sscanf(record.value, "%d", &number) != 1)
            _exit(3);
        snprintf(value, sizeof value, "%d", number + 1);
        const struct mlt_record_condition same = {"m", "n", found ? record.revision : 0};
        const struct mlt_record_put next = {"m", "n", value};
        if (!own->ops->transact(own, &same, 1, &next, 1, &conflict, &err))
            _exit(4);
        done += conflict < 0;
        mlt_arena_free(&memory);
    }
    own->ops->close(own);
    _exit(0);
}

START_TEST(records_lose_no_update_of_eight_processes)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_record record;
    bool found;
    const char *path = unit_path("r.db");
    for (int i = 0; i < 8; i++)
        if (fork() == 0)
            count_up(path);
    for (int i = 0; i < 8; i++) {
        int status;
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    ck_ok(records->ops->get(records, "m", "n", &arena, &found, &record, &err));
    ck_assert_str_eq(record.value, "80");
    ck_assert_uint_eq(record.revision, 80);
}
END_TEST

TCase *records_case(void)
{
    TCase *tc = tcase_create("sqlite");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, records_count_their_revisions);
    tcase_add_test(tc, records_write_all_or_nothing);
    tcase_add_test(tc, records_are_listed_by_prefix_in_pages);
    tcase_add_test(tc, records_read_only_refuse_to_write);
    tcase_add_test(tc, records_lose_no_update_of_eight_processes);
    return tc;
}

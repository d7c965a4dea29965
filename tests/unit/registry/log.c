#include "harness/registry/log.h"

#include <stdio.h>
#include <string.h>

#include "harness/db/sqlite.h"
#include "harness/registry/log_store.h"
#include "tests/unit/registry/fixture.h"

TCase *log_case(void);

/* The entries that fit, one JSON text a line. */
static bool add_line(void *context, const struct mlt_log_entry *entry, const char *json,
                     struct mlt_err *err)
{
    (void)entry;
    (void)err;
    mlt_buf_printf(context, "%s\n", json);
    return true;
}

static const char *entries_of(struct mlt_registry *from, const struct mlt_log_filter *filter)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    ck_ok(mlt_registry_log_read(from, filter, add_line, &text, &err));
    const char *kept = mlt_arena_strdup(&arena, text.data);
    mlt_buf_free(&text);
    return kept;
}

static size_t lines_of(const struct mlt_log_filter *filter)
{
    size_t count = 0;
    for (const char *at = entries_of(registry, filter); (at = strchr(at, '\n')); at++)
        count++;
    return count;
}

static void add_fault(void *context, const char *what)
{
    mlt_buf_printf(context, "%s\n", what);
}

static const char *log_faults(uint64_t *entries)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_log_verified verified;
    const struct mlt_log_verify_request request = {.fault = add_fault, .context = &text};
    ck_ok(mlt_registry_log_verify(registry, &request, &verified, &err));
    const char *kept = mlt_arena_strdup(&arena, text.data);
    mlt_buf_free(&text);
    *entries = verified.entries;
    return kept;
}

static void change_of(const char *model, const struct mlt_log_entry *entry)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_change change;
    enum mlt_change_end end;
    ck_ok(mlt_change_begin(registry, model, &arena, &change, &err));
    ck_ok(mlt_change_log(&change, entry, &err));
    ck_ok(mlt_change_commit(&change, &end, &err));
    ck_assert_int_eq(end, MLT_CHANGE_DONE);
}

START_TEST(log_writes_every_field)
{
    const char *const approvers[] = {"ann", "bob"}, *const tickets[] = {"T-1"};
    const struct mlt_log_filter newest = {.limit = 1};
    change_of("m", &(struct mlt_log_entry){.at = "2026-01-02T03:04:05Z",
                                           .by = "jane",
                                           .what = "promote",
                                           .version = "1.0.0",
                                           .digest = "d",
                                           .reason = "a \"good\" one\n",
                                           .approvers = approvers,
                                           .approver_count = 2,
                                           .tickets = tickets,
                                           .ticket_count = 1,
                                           .previous = "Beta",
                                           .decision = "e",
                                           .details = "{\"a\":[1]}"});
    ck_assert_str_eq(
        entries_of(registry, &newest),
        "{\"n\":2,\"at\":\"2026-01-02T03:04:05Z\",\"by\":\"jane\",\"what\":\"promote\",\"model\":"
        "\"m\",\"version\":\"1.0.0\",\"digest\":\"d\",\"reason\":\"a \\\"good\\\" one\\n\","
        "\"approvers\":[\"ann\",\"bob\"],\"tickets\":[\"T-1\"],\"previous\":\"Beta\",\"decision\":"
        "\"e\",\"details\":{\"a\":[1]}}\n");
}
END_TEST

START_TEST(log_filters_by_every_field)
{
    for (int i = 0; i < 1203; i++)
        change_of(i % 2 ? "m" : "n", &(struct mlt_log_entry){.at = i < 600 ? "2026-01-01T00:00:00Z"
                                                                           : "2026-01-02T00:00:00Z",
                                                             .by = i % 3 ? "ann" : "bob",
                                                             .what = i % 5 ? "run" : "deploy",
                                                             .version = i % 7 ? "1.0.0" : "2.0.0"});
    /* 1767225600 is 2026-01-01T00:00:00Z (date -u -d @1767225600). */
    const int64_t day = 1767225600;
    ck_assert_uint_eq(lines_of(&(struct mlt_log_filter){.limit = 0}), 1204);
    ck_assert_uint_eq(lines_of(&(struct mlt_log_filter){.model = "n"}), 602);
    ck_assert_uint_eq(lines_of(&(struct mlt_log_filter){.by = "bob"}), 401);
    ck_assert_uint_eq(lines_of(&(struct mlt_log_filter){.what = "deploy"}), 241);
    ck_assert_uint_eq(lines_of(&(struct mlt_log_filter){.version = "2.0.0"}), 172);
    ck_assert_uint_eq(lines_of(&(struct mlt_log_filter){.until_s = day}), 600);
    ck_assert_uint_eq(
        lines_of(&(struct mlt_log_filter){.since_s = day + 1, .until_s = day + 86400}), 603);
    ck_assert_uint_eq(lines_of(&(struct mlt_log_filter){.model = "n", .limit = 501}), 501);
    ck_assert_uint_eq(lines_of(&(struct mlt_log_filter){.what = "deploy", .limit = 1000}), 241);
    const char *newest =
        entries_of(registry, &(struct mlt_log_filter){.what = "deploy", .limit = 1});
    ck_assert(strncmp(newest, "{\"n\":1202,", 10) == 0);
    uint64_t entries;
    ck_assert_str_eq(log_faults(&entries), "");
    ck_assert_uint_eq(entries, 1204);
}
END_TEST

START_TEST(change_refuses_details_that_are_no_json)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_change change;
    ck_ok(mlt_change_begin(registry, "m", &arena, &change, &err));
    ck_fails(mlt_change_log(&change, &(struct mlt_log_entry){.what = "x", .details = "{"}, &err),
             MLT_ERR_USAGE, "details of a log entry");
}
END_TEST

/* The model is the caller's affair, the log is not. */
START_TEST(change_of_another_model_does_not_race)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_change first, second, same;
    enum mlt_change_end end;
    const struct mlt_log_entry entry = {.what = "x"};
    ck_ok(mlt_change_begin(registry, "m", &arena, &first, &err));
    ck_ok(mlt_change_begin(registry, "n", &arena, &second, &err));
    ck_ok(mlt_change_begin(registry, "m", &arena, &same, &err));
    ck_ok(mlt_change_log(&first, &entry, &err));
    ck_ok(mlt_change_log(&second, &entry, &err));
    ck_ok(mlt_change_log(&same, &entry, &err));
    ck_ok(mlt_change_commit(&second, &end, &err));
    ck_assert_int_eq(end, MLT_CHANGE_DONE);
    ck_ok(mlt_change_commit(&first, &end, &err));
    ck_assert_int_eq(end, MLT_CHANGE_DONE);
    ck_ok(mlt_change_commit(&same, &end, &err));
    ck_assert_int_eq(end, MLT_CHANGE_RACED);
    uint64_t entries;
    ck_assert_str_eq(log_faults(&entries), "");
    ck_assert_uint_eq(entries, 3);
}
END_TEST

START_TEST(change_outside_models_keeps_its_own_conditions)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_change change;
    enum mlt_change_end end;
    for (int i = 0; i < 2; i++) {
        ck_ok(mlt_change_begin(registry, ".keys", &arena, &change, &err));
        ck_assert_uint_eq(change.number, 0);
        mlt_change_require(&change, "k", 0);
        mlt_change_put(&change, "k", "1");
        ck_ok(mlt_change_log(&change, &(struct mlt_log_entry){.what = "key"}, &err));
        ck_ok(mlt_change_commit(&change, &end, &err));
        ck_assert_int_eq(end, i == 0 ? MLT_CHANGE_DONE : MLT_CHANGE_REFUSED);
    }
    ck_assert_ptr_null(
        strstr(entries_of(registry, &(struct mlt_log_filter){.what = "key"}), "model"));
}
END_TEST

static void sql(struct mlt_db *db, const char *text)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_db_exec(db, text, &err));
}

/* A record store as format 1 had it, with the logs of two models. The entries of m are those that
 * were written then; a clock went back between its second and its third. */
static void make_old(void)
{
    static const char *const migrations[] = {
        "CREATE TABLE record ("
        " partition TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
        " revision INTEGER NOT NULL CHECK (revision > 0),"
        " PRIMARY KEY (partition, key)) WITHOUT ROWID;",
    };
    static const struct mlt_db_schema old = {.application_id = 0x4d4c5252,
                                             .user_version = 1,
                                             .what = "record store",
                                             .migrations = migrations};
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_db *db;
    mlt_registry_close(registry);
    ck_assert_int_eq(remove(unit_path("registry/.mltest/records.db")), 0);
    ck_ok(mlt_db_open(unit_path("registry/.mltest/records.db"), MLT_DB_CREATE, &old, true, &db,
                      &err));
    sql(db,
        "INSERT INTO record VALUES"
        " ('m','events','{\"last\":3}',3), ('n','events','{\"last\":2}',2),"
        " ('m','event/000000000001','{\"what\":\"register\",\"version\":\"1.0.0\",\"digest\":"
        "\"d1\",\"at\":\"2026-01-01T00:00:00Z\",\"by\":\"ann\"}',1),"
        " ('m','event/000000000002','{\"what\":\"adopt\",\"version\":\"1.0.0\",\"digest\":\"d1\","
        "\"at\":\"2026-01-03T00:00:00Z\",\"by\":\"ann\",\"reason\":\"r\",\"approvers\":[\"bob\"],"
        "\"tickets\":[\"T-1\",\"T-2\"],\"previous\":\"0.9.0\",\"decision\":\"e1\"}',1),"
        " ('m','event/000000000003','{\"what\":\"clean\",\"version\":null,\"digest\":null,\"at\":"
        "\"2026-01-02T12:00:00Z\",\"by\":\"ann\",\"reason\":\"x\"}',1),"
        " ('n','event/000000000001','{\"what\":\"register\",\"version\":\"1.0.0\",\"digest\":"
        "\"d2\",\"at\":\"2026-01-02T00:00:00Z\",\"by\":\"cid\"}',1),"
        " ('n','event/000000000002','not JSON',1)");
    ck_ok(mlt_db_close(db, &err));
}

START_TEST(log_of_format_1_is_brought_over_in_order_of_time)
{
    struct mlt_err err = MLT_ERR_INIT;
    const struct mlt_log_filter all = {.limit = 0};
    make_old();
    ck_ok(mlt_registry_open(unit_path("registry"), false, &registry, &err));
    const char *text = entries_of(registry, &all);
    static const char *const wanted[] = {
        "{\"n\":1,\"at\":\"2026-01-01T00:00:00Z\",\"by\":\"ann\",\"what\":\"register\",\"model\":"
        "\"m\",\"version\":\"1.0.0\",\"digest\":\"d1\"}\n",
        "{\"n\":2,\"at\":\"2026-01-02T00:00:00Z\",\"by\":\"cid\",\"what\":\"register\",\"model\":"
        "\"n\",\"version\":\"1.0.0\",\"digest\":\"d2\"}\n",
        "\"what\":\"unknown\",\"model\":\"n\",\"details\":{\"value\":\"not JSON\"}}\n",
        "{\"n\":4,\"at\":\"2026-01-03T00:00:00Z\",\"by\":\"ann\",\"what\":\"adopt\",\"model\":"
        "\"m\","
        "\"version\":\"1.0.0\",\"digest\":\"d1\",\"reason\":\"r\",\"approvers\":[\"bob\"],"
        "\"tickets\":[\"T-1\",\"T-2\"],\"previous\":\"0.9.0\",\"decision\":\"e1\"}\n",
        "{\"n\":5,\"at\":\"2026-01-02T12:00:00Z\",\"by\":\"ann\",\"what\":\"clean\",\"model\":"
        "\"m\","
        "\"reason\":\"x\"}\n",
        "{\"n\":6,",
        "\"what\":\"import\",\"reason\":\"the 5 entries before this one",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        text = strstr(text, wanted[i]);
        ck_assert_msg(text != NULL, "%s is missing", wanted[i]);
    }
    uint64_t entries;
    ck_assert_str_eq(log_faults(&entries), "");
    ck_assert_uint_eq(entries, 6);
    /* The counter goes on where it was, and nothing is brought over twice. */
    struct mlt_change change;
    ck_ok(mlt_change_begin(registry, "m", &arena, &change, &err));
    ck_assert_uint_eq(change.number, 4);
    struct mlt_record *left;
    size_t count;
    ck_ok(mlt_store_query(registry, "m", "event/", &arena, &left, &count, &err));
    ck_assert_uint_eq(count, 0);
    ck_ok(mlt_store_query(registry, MLT_LOG_PARTITION, "old/", &arena, &left, &count, &err));
    ck_assert_uint_eq(count, 0);
    mlt_registry_close(registry);
    ck_ok(mlt_registry_open(unit_path("registry"), false, &registry, &err));
    ck_assert_str_eq(log_faults(&entries), "");
    ck_assert_uint_eq(entries, 6);
}
END_TEST

START_TEST(log_of_format_1_is_named_to_who_only_reads)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    const struct mlt_log_filter all = {.limit = 0};
    make_old();
    const char *dir = version_folder("registry/m/1.0.0", "1.0.0", "w");
    ck_assert_ptr_nonnull(dir);
    ck_ok(mlt_registry_open(unit_path("registry"), true, &registry, &err));
    ck_fails(mlt_registry_log_read(registry, &all, add_line, &text, &err), MLT_ERR_USAGE,
             "in its old form");
    mlt_buf_free(&text);
}
END_TEST

START_TEST(log_head_that_was_set_back_writes_over_nothing)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_change change;
    enum mlt_change_end end;
    change_of("m", &(struct mlt_log_entry){.what = "x"});
    const struct mlt_record_put gone = {MLT_LOG_PARTITION, "head", NULL};
    struct mlt_records *records = mlt_store_records(registry, &err);
    int conflict;
    ck_ok(records->ops->transact(records, NULL, 0, &gone, 1, &conflict, &err));
    ck_ok(mlt_change_begin(registry, "m", &arena, &change, &err));
    ck_ok(mlt_change_log(&change, &(struct mlt_log_entry){.what = "y"}, &err));
    ck_fails(mlt_change_commit(&change, &end, &err), MLT_ERR_EVIDENCE, "behind its entries");
}
END_TEST

START_TEST(storing_a_run_is_logged_once)
{
    struct mlt_err err = MLT_ERR_INIT;
    const struct mlt_log_filter runs = {.what = "run"};
    registered("1.0.0");
    unit_write_text(unit_path("run.mlt"), "bytes");
    for (int i = 0; i < 2; i++)
        ck_ok(mlt_registry_store_run(registry, "m", "1.0.0", "01A", unit_path("run.mlt"), &err));
    ck_assert_uint_eq(lines_of(&runs), 1);
    /* sha256sum of "bytes". */
    ck_assert_ptr_nonnull(
        strstr(entries_of(registry, &runs),
               "\"version\":\"1.0.0\",\"digest\":"
               "\"277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9\",\"details\":{"
               "\"run\":\"01A\"}}"));
}
END_TEST

TCase *log_case(void)
{
    TCase *tc = tcase_create("log");
    tcase_add_checked_fixture(tc, registry_setup, registry_teardown);
    tcase_add_test(tc, log_writes_every_field);
    tcase_add_test(tc, log_filters_by_every_field);
    tcase_add_test(tc, change_refuses_details_that_are_no_json);
    tcase_add_test(tc, change_of_another_model_does_not_race);
    tcase_add_test(tc, change_outside_models_keeps_its_own_conditions);
    tcase_add_test(tc, log_of_format_1_is_brought_over_in_order_of_time);
    tcase_add_test(tc, log_of_format_1_is_named_to_who_only_reads);
    tcase_add_test(tc, log_head_that_was_set_back_writes_over_nothing);
    tcase_add_test(tc, storing_a_run_is_logged_once);
    return tc;
}

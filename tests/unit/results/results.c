#include "harness/results/results.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/results/schema.h"
#include "tests/unit/suite.h"

static struct mlt_arena arena;

static const char *const sentences[] = {"rmse <= 6.0", "mae within 5% of production"};
static const char *const suites[] = {"regression", "unit"};

static struct mlt_plan two_cases(void)
{
    struct mlt_plan plan = {0};
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_case_plan a = {.id = "regression/holdout", .suite = "regression", .name = "holdout",
                              .spec = "{\"dataset\":\"holdout\"}", .require = sentences,
                              .require_count = 2, .timeout_ns = 7, .exclusive = true};
    struct mlt_case_plan b = {.id = "unit/loads", .suite = "unit", .name = "loads", .spec = "{}",
                              .fresh = true};
    ck_ok(mlt_plan_add(&plan, &a, &arena, &err));
    ck_ok(mlt_plan_add(&plan, &b, &arena, &err));
    ck_fails(mlt_plan_add(&plan, &b, &arena, &err), MLT_ERR_USAGE, "unit/loads");
    return plan;
}

static void digest(char out[MLT_SHA256_HEX], char digit)
{
    memset(out, digit, MLT_SHA256_HEX - 1);
    out[MLT_SHA256_HEX - 1] = '\0';
}

static struct mlt_run header(void)
{
    static struct mlt_run_dataset data = {.name = "holdout", .path = "/d.csv", .rows = 12};
    struct mlt_run run = {.run_id = "01H0000000000000000000000A", .tool_version = "0.1.0",
                          .candidate = {.model = "m", .version = "1.1.0"}, .has_baseline = true,
                          .baseline = {.model = "m", .version = "1.0.0"},
                          .baseline_ref = "production", .config_path = "/c/mltest.yaml",
                          .config_text = "model: m\n", .seed = 0xfedcba9876543210u, .shard = 1,
                          .shards = 1, .suites = suites, .suite_count = 2,
                          .started_at = "2024-01-01T00:00:00Z", .datasets = &data,
                          .dataset_count = 1};
    digest(data.sha256, 'd');
    digest(run.candidate.digest, 'a');
    digest(run.candidate.artifact_digest, 'b');
    digest(run.baseline.digest, 'c');
    digest(run.baseline.artifact_digest, 'e');
    digest(run.config_digest, 'f');
    return run;
}

static struct mlt_results *created(const char *path)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_plan plan = two_cases();
    struct mlt_run run = header();
    struct mlt_results *r = NULL;
    ck_ok(mlt_results_create(path, &run, &plan, &r, &err));
    return r;
}

static void put_outcomes(struct mlt_results *r)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_outcome passed = {.state = MLT_OUTCOME_PASSED, .duration_ns = 5};
    struct mlt_outcome broken = {.state = MLT_OUTCOME_BROKEN, .message = "signal 11",
                                 .diagnostics = "last words", .duration_ns = 6};
    ck_ok(mlt_results_outcome(r, "regression/holdout", &passed, &err));
    ck_ok(mlt_results_outcome(r, "unit/loads", &broken, &err));
}

static void put_measurement(struct mlt_results *r)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = "regression/holdout";
    m.metric = "rmse";
    m.unit = "";
    m.candidate = 0.1 + 0.2;
    m.rows = 12;
    ck_ok(mlt_results_measurement(r, &m, &err));
}

static const char *finished(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *path = unit_path("run.mlt");
    struct mlt_results *r = created(path);
    bool complete = false;
    put_measurement(r);
    put_outcomes(r);
    ck_ok(mlt_results_finish(r, NULL, &complete, &err));
    ck_assert(complete);
    return path;
}

static bool collect(void *context, const struct mlt_paired_row *row, struct mlt_err *err)
{
    struct mlt_buf *out = context;
    char number[2][MLT_DOUBLE_CHARS];
    (void)err;
    mlt_buf_printf(out, "%s|%s|%s|%s|%s|%s|%s", row->id, row->cluster ? row->cluster : "-",
                   row->slices ? row->slices : "-", row->label ? row->label : "-",
                   mlt_str_format_double(row->candidate, number[0]),
                   mlt_str_format_double(row->baseline, number[1]),
                   row->candidate_text ? row->candidate_text : "-");
    mlt_buf_printf(out, "|%s|%s|%s\n", mlt_str_format_double(row->weight, number[0]),
                   row->query ? row->query : "-", row->numbers ? row->numbers : "-");
    return true;
}

START_TEST(results_come_back_as_they_were_written)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *path = unit_path("run.mlt");
    struct mlt_results *r = created(path);
    put_measurement(r);
    const struct mlt_paired_row rows[] = {
        {.id = "1", .cluster = "s1", .slices = "{\"brand\":\"3\"}", .label = "2.5",
         .candidate = 1.0 / 3, .baseline = -1.5, .weight = 0.5, .query = "q7",
         .numbers = "{\"price\":2}"},
        {.id = "2", .label = "x", .candidate = NAN, .baseline = 1, .candidate_text = "[0.1,0.9]",
         .weight = NAN},
        {.id = "3", .candidate = INFINITY, .baseline = 1, .weight = 3},
    };
    ck_ok(mlt_results_paired_rows(r, "regression/holdout", rows, 3, &err));
    ck_ok(mlt_results_series(r, "regression/holdout", "latency", 1, 2, &err));
    ck_fails(mlt_results_series(r, "regression/holdout", "latency", NAN, 2, &err), MLT_ERR_EVIDENCE,
             "without a place");
    ck_ok(mlt_results_attachment(r, "unit/loads", "log", "text/plain", "a\0b", 3, &err));
    put_outcomes(r);
    bool complete = false;
    ck_ok(mlt_results_finish(r, NULL, &complete, &err));
    ck_assert(complete);
    ck_assert_int_eq(unit_folder_count(), 1);
    struct mlt_run run;
    ck_ok(mlt_results_load(path, &arena, &run, &err));
    ck_assert(run.complete);
    ck_assert_ptr_nonnull(run.finished_at);
    ck_assert(run.seed == 0xfedcba9876543210u);
    ck_assert_uint_eq(run.case_count, 2);
    ck_assert_str_eq(run.cases[0].plan.require[1], sentences[1]);
    ck_assert(run.cases[0].plan.exclusive && run.cases[1].plan.fresh);
    ck_assert_int_eq(run.cases[1].outcome.state, MLT_OUTCOME_BROKEN);
    ck_assert_str_eq(run.cases[1].outcome.diagnostics, "last words");
    ck_assert_uint_eq(run.measurement_count, 1);
    ck_assert(run.measurements[0].candidate == 0.1 + 0.2);
    ck_assert(isnan(run.measurements[0].baseline));
    ck_assert_str_eq(run.datasets[0].name, "holdout");
    ck_assert_str_eq(run.baseline.version, "1.0.0");
    ck_assert_ptr_eq(mlt_run_case_find(&run, "unit/loads"), &run.cases[1]);
    ck_assert_ptr_null(mlt_run_case_find(&run, "unit/load"));
    struct mlt_buf text = MLT_BUF_INIT;
    ck_ok(mlt_results_each_row(path, "regression/holdout", collect, &text, &err));
    ck_assert_str_eq(text.data, "1|s1|{\"brand\":\"3\"}|2.5|0.3333333333333333|-1.5|-|0.5|q7|"
                                "{\"price\":2}\n"
                                "2|-|-|x|nan|1|[0.1,0.9]|nan|-|-\n"
                                "3|-|-|-|nan|1|Infinity|3|-|-\n");
    mlt_buf_free(&text);
    mlt_arena_free(&arena);
}
END_TEST

static void change(const char *path, const char *sql)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_db *db;
    ck_ok(mlt_db_open(path, MLT_DB_WRITE, &mlt_results_schema, false, &db, &err));
    ck_ok(mlt_db_exec(db, sql, &err));
    ck_ok(mlt_db_close(db, &err));
}

/* As a program made it that knew no weights: the columns are not there. */
START_TEST(results_of_the_format_before_are_read)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_run run;
    bool complete = false;
    const char *path = unit_path("run.mlt");
    struct mlt_results *r = created(path);
    const struct mlt_paired_row row = {.id = "1", .candidate = 1, .baseline = 2, .weight = NAN};
    ck_ok(mlt_results_paired_rows(r, "regression/holdout", &row, 1, &err));
    put_outcomes(r);
    ck_ok(mlt_results_finish(r, NULL, &complete, &err));
    change(path, "ALTER TABLE paired_row DROP COLUMN weight;"
                 "ALTER TABLE paired_row DROP COLUMN query;"
                 "ALTER TABLE paired_row DROP COLUMN numbers; PRAGMA user_version = 1");
    ck_ok(mlt_results_load(path, &arena, &run, &err));
    ck_assert(run.complete);
    struct mlt_buf text = MLT_BUF_INIT;
    ck_ok(mlt_results_each_row(path, "regression/holdout", collect, &text, &err));
    ck_assert_str_eq(text.data, "1|-|-|-|1|2|-|nan|-|-\n");
    mlt_buf_free(&text);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(results_of_a_run_that_did_not_end_say_so)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_run run;
    bool complete = true;
    const char *path = unit_path("run.mlt");
    struct mlt_outcome passed = {.state = MLT_OUTCOME_PASSED};
    struct mlt_results *r = created(path);
    ck_assert_int_eq(mlt_fs_kind(path), MLT_FS_ABSENT);
    ck_ok(mlt_results_outcome(r, "unit/loads", &passed, &err));
    ck_ok(mlt_results_finish(r, NULL, &complete, &err));
    ck_assert(!complete);
    ck_ok(mlt_results_load(path, &arena, &run, &err));
    ck_assert(!run.complete);
    ck_assert_str_eq(run.interrupted, "1 planned cases never ended");
    ck_assert_int_eq(run.cases[0].outcome.state, MLT_OUTCOME_NOT_RUN);
    r = created(path);
    put_outcomes(r);
    ck_ok(mlt_results_finish(r, "SIGINT", &complete, &err));
    ck_assert(!complete);
    ck_ok(mlt_results_load(path, &arena, &run, &err));
    ck_assert_str_eq(run.interrupted, "SIGINT");
    mlt_results_abandon(created(path));
    ck_assert_int_eq(mlt_fs_kind(unit_path("run.mlt.part")), MLT_FS_FILE);
    mlt_arena_free(&arena);
}
END_TEST

/* What a hand with sqlite3 could do to a file. */
static const struct {
    const char *sql, *phrase;
} tampering[] = {
    {"DELETE FROM outcome WHERE case_id = 'unit/loads'", "never ended"},
    {"DELETE FROM run", "0 runs"},
    {"PRAGMA foreign_keys = OFF; INSERT INTO outcome VALUES ('unit/other', 'passed', NULL, NULL, 0)", "never planned"},
    {"INSERT INTO measurement VALUES (NULL, 'unit/loads', 'rmse = 5', 'rmse', '', NULL, NULL, 5, 1, 1)", "not JSON"},
    {"INSERT INTO measurement VALUES (NULL, 'unit/loads', '{}', 'rmse', '', NULL, NULL, 5, 1, 1)", "measurement 2"},
    {"INSERT INTO paired_row VALUES (NULL, 'unit/loads', '1', NULL, NULL, NULL, 9e999, 1, NULL, NULL,"
     " NULL, NULL, NULL)",
     "no number"},
    {"INSERT INTO paired_row VALUES (NULL, 'unit/loads', '1', NULL, NULL, NULL, 1, 1, NULL, NULL,"
     " -1, NULL, NULL)",
     "a weight that is none"},
    {"INSERT INTO paired_row VALUES (NULL, 'unit/loads', '1', NULL, NULL, NULL, 1, 1, NULL, NULL,"
     " 9e999, NULL, NULL)",
     "a weight that is none"},
    {"DROP TABLE outcome; CREATE TABLE outcome (case_id, state, message, diagnostics, duration_ns);"
     "INSERT INTO outcome VALUES ('unit/loads', 'fine', NULL, NULL, 0),"
     " ('regression/holdout', 'passed', NULL, NULL, 0)",
     "a state that is none"},
    {"DROP TABLE paired_row; CREATE TABLE paired_row (row_id, case_id, candidate, baseline);"
     "INSERT INTO paired_row VALUES (1, 'unit/loads', 'good', 1)",
     "no number"},
    {"UPDATE run SET candidate_digest = 'abc'", "64 hexadecimal"},
    {"UPDATE run SET shard = 3", "shard"},
    {"UPDATE plan SET require = '{'", "list of texts"},
    {"DROP TABLE measurement", "measurement"},
    {"UPDATE measurement SET candidate = 0.1", "something else than its document"},
};

START_TEST(results_refuse_a_file_that_contradicts_itself)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_run run;
    const char *path = finished();
    change(path, tampering[_i].sql);
    ck_fails(mlt_results_load(path, &arena, &run, &err), MLT_ERR_EVIDENCE, tampering[_i].phrase);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(results_refuse_truncated_foreign_and_missing_files)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_run run;
    const char *path = finished();
    struct mlt_buf bytes = MLT_BUF_INIT;
    ck_ok(mlt_fs_read(path, 1 << 24, &bytes, &err));
    for (size_t keep = 0; keep < bytes.len; keep += 4096 + 100) {
        unit_write(path, bytes.data, keep);
        ck_assert_msg(!mlt_results_load(path, &arena, &run, &err), "loaded with %zu bytes", keep);
        ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
    }
    unit_write_text(path, "model,score\n");
    ck_fails(mlt_results_load(path, &arena, &run, &err), MLT_ERR_EVIDENCE, "results file");
    ck_fails(mlt_results_load(unit_path("no.mlt"), &arena, &run, &err), MLT_ERR_USAGE, "no.mlt");
    mlt_buf_free(&bytes);
    mlt_arena_free(&arena);
}
END_TEST

static bool count_row(void *context, const struct mlt_paired_row *row, struct mlt_err *err)
{
    size_t *count = context;
    (void)err;
    ck_assert(row->candidate == (double)*count / 7);
    ++*count;
    return true;
}

START_TEST(results_keep_every_row_of_every_block)
{
    struct mlt_err err = MLT_ERR_INIT;
    enum { N = 30000, BLOCK = 4096 };
    const char *path = unit_path("run.mlt");
    struct mlt_results *r = created(path);
    struct mlt_paired_row *rows = mlt_arena_calloc(&arena, N, sizeof *rows);
    bool complete;
    size_t count = 0;
    ck_assert_ptr_nonnull(rows);
    for (int i = 0; i < N; i++)
        rows[i] = (struct mlt_paired_row){.id = mlt_arena_printf(&arena, "2-%d-%d", i % 11, i),
                                          .slices = "{\"brand\":\"3\"}", .label = "9.018695",
                                          .candidate = i / 7.0, .baseline = i / 9.0};
    for (int at = 0; at < N; at += BLOCK)
        ck_ok(mlt_results_paired_rows(r, "regression/holdout", rows + at,
                                      N - at < BLOCK ? (size_t)(N - at) : BLOCK, &err));
    put_outcomes(r);
    ck_ok(mlt_results_finish(r, NULL, &complete, &err));
    ck_ok(mlt_results_each_row(path, "regression/holdout", count_row, &count, &err));
    ck_assert_uint_eq(count, N);
    mlt_arena_free(&arena);
}
END_TEST

static TCase *results_cases(void)
{
    TCase *tcase = tcase_create("results");
    tcase_add_checked_fixture(tcase, unit_folder_setup, unit_folder_teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, results_come_back_as_they_were_written);
    tcase_add_test(tcase, results_of_the_format_before_are_read);
    tcase_add_test(tcase, results_of_a_run_that_did_not_end_say_so);
    tcase_add_loop_test(tcase, results_refuse_a_file_that_contradicts_itself, 0,
                        sizeof tampering / sizeof *tampering);
    tcase_add_test(tcase, results_refuse_truncated_foreign_and_missing_files);
    tcase_add_test(tcase, results_keep_every_row_of_every_block);
    return tcase;
}

static TCase *(*const cases[])(void) = {results_cases, NULL};
const struct unit_suite unit_suite = {"results", cases};

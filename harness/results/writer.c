#include "harness/results/results.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/codec/json.h"
#include "harness/results/schema.h"

/* A commit costs two syncs: gather what arrives within this time, but never a great many rows. */
enum { COMMIT_AFTER_MS = 250, COMMIT_AFTER_WRITES = 100000 };

enum { OUTCOME, MEASUREMENT, PAIRED_ROW, SERIES, ATTACHMENT, STATEMENTS };

static const char *const statement_text[STATEMENTS] = {
    [OUTCOME] = "INSERT INTO outcome VALUES (?,?,?,?,?)",
    [MEASUREMENT] = "INSERT INTO measurement VALUES (NULL,?,?,?,?,?,?,?,?,?)",
    [PAIRED_ROW] = "INSERT INTO paired_row VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SERIES] = "INSERT INTO series VALUES (NULL,?,?,?,?)",
    [ATTACHMENT] = "INSERT INTO attachment VALUES (NULL,?,?,?,?)",
};

struct mlt_results {
    struct mlt_arena arena;
    const char *path, *part;
    struct mlt_db *db;
    struct mlt_db_stmt *statements[STATEMENTS];
    bool open_transaction;
    size_t writes;
    uint64_t opened_ns;
};

static bool text_list(struct mlt_arena *arena, const char *const *items, size_t count, char **out,
                      struct mlt_err *err)
{
    struct mlt_buf buf = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &buf, false);
    mlt_json_out_array(&json);
    for (size_t i = 0; i < count; i++)
        mlt_json_out_string(&json, items[i]);
    mlt_json_out_array_end(&json);
    bool ok = mlt_json_out_finish(&json, err);
    if (ok && !(*out = mlt_arena_strndup(arena, buf.data, buf.len)))
        ok = mlt_err_oom(err);
    mlt_buf_free(&buf);
    return ok;
}

/* Prepares, lets the caller bind, runs once. */
static bool run_once(struct mlt_db_stmt *statement, struct mlt_err *err)
{
    bool ok = mlt_db_run(statement, err);
    mlt_db_finish(statement);
    return ok;
}

static void bind_side(struct mlt_db_stmt *s, int first, const struct mlt_run_side *side)
{
    mlt_db_bind_text(s, first, side ? side->model : NULL);
    mlt_db_bind_text(s, first + 1, side ? side->version : NULL);
    mlt_db_bind_text(s, first + 2, side ? side->digest : NULL);
    mlt_db_bind_text(s, first + 3, side ? side->artifact_digest : NULL);
}

static bool write_header(struct mlt_results *r, const struct mlt_run *run, struct mlt_err *err)
{
    struct mlt_db_stmt *s;
    char *suites;
    if (!text_list(&r->arena, run->suites, run->suite_count, &suites, err) ||
        !mlt_db_prepare(r->db,
                        "INSERT INTO run VALUES (1,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
                        "NULL,0,NULL)",
                        &s, err))
        return false;
    mlt_db_bind_text(s, 0, run->run_id);
    mlt_db_bind_text(s, 1, run->tool_version);
    bind_side(s, 2, &run->candidate);
    bind_side(s, 6, run->has_baseline ? &run->baseline : NULL);
    mlt_db_bind_text(s, 10, run->baseline_ref);
    mlt_db_bind_text(s, 11, run->config_path);
    mlt_db_bind_text(s, 12, run->config_digest);
    mlt_db_bind_text(s, 13, run->config_text);
    mlt_db_bind_int(s, 14, (int64_t)run->seed);
    mlt_db_bind_int(s, 15, run->shard);
    mlt_db_bind_int(s, 16, run->shards);
    mlt_db_bind_int(s, 17, run->filtered);
    mlt_db_bind_text(s, 18, suites);
    mlt_db_bind_text(s, 19, run->started_at);
    return run_once(s, err);
}

static bool write_datasets(struct mlt_results *r, const struct mlt_run *run, struct mlt_err *err)
{
    for (size_t i = 0; i < run->dataset_count; i++) {
        struct mlt_db_stmt *s;
        if (!mlt_db_prepare(r->db, "INSERT INTO dataset VALUES (?,?,?,?)", &s, err))
            return false;
        mlt_db_bind_text(s, 0, run->datasets[i].name);
        mlt_db_bind_text(s, 1, run->datasets[i].path);
        mlt_db_bind_text(s, 2, run->datasets[i].sha256);
        mlt_db_bind_int(s, 3, (int64_t)run->datasets[i].rows);
        if (!run_once(s, err))
            return false;
    }
    return true;
}

static bool write_plan(struct mlt_results *r, const struct mlt_plan *plan, struct mlt_err *err)
{
    struct mlt_db_stmt *s;
    if (!mlt_db_prepare(r->db, "INSERT INTO plan VALUES (?,?,?,?,?,?,?,?,?)", &s, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < plan->count; i++) {
        const struct mlt_case_plan *test = &plan->cases[i];
        char *require;
        ok = text_list(&r->arena, test->require, test->require_count, &require, err);
        if (!ok)
            break;
        mlt_db_bind_int(s, 0, (int64_t)i);
        mlt_db_bind_text(s, 1, test->id);
        mlt_db_bind_text(s, 2, test->suite);
        mlt_db_bind_text(s, 3, test->name);
        mlt_db_bind_text(s, 4, test->spec ? test->spec : "{}");
        mlt_db_bind_text(s, 5, require);
        mlt_db_bind_int(s, 6, (int64_t)test->timeout_ns);
        mlt_db_bind_int(s, 7, test->exclusive);
        mlt_db_bind_int(s, 8, test->fresh);
        ok = mlt_db_run(s, err);
    }
    mlt_db_finish(s);
    return ok;
}

/* What a run that was killed left behind under the working name is of no use to anybody. */
static bool remove_leftovers(struct mlt_results *r, struct mlt_err *err)
{
    static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char *name = mlt_arena_printf(&r->arena, "%s%s", r->part, suffixes[i]);
        if (!name)
            return mlt_err_oom(err);
        if (unlink(name) != 0 && errno != ENOENT)
            return mlt_err_sys(err, errno, "cannot remove the old %s", name);
    }
    return true;
}

static bool create(struct mlt_results *r, const char *path, const struct mlt_run *run,
                   const struct mlt_plan *plan, struct mlt_err *err)
{
    r->path = mlt_arena_strdup(&r->arena, path);
    r->part = mlt_arena_printf(&r->arena, "%s.part", path);
    if (!r->path || !r->part)
        return mlt_err_oom(err);
    /* Renaming over a device would replace it. */
    enum mlt_fs_kind kind = mlt_fs_kind(path);
    if (kind == MLT_FS_DIR || kind == MLT_FS_OTHER)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is %s", path,
                           kind == MLT_FS_DIR ? "a folder" : "not a regular file");
    if (!remove_leftovers(r, err) ||
        !mlt_db_open(r->part, MLT_DB_CREATE, &mlt_results_schema, false, &r->db, err) ||
        !mlt_db_begin(r->db, err))
        return false;
    if (!write_header(r, run, err) || !write_datasets(r, run, err) || !write_plan(r, plan, err)) {
        mlt_db_rollback(r->db);
        return false;
    }
    if (!mlt_db_commit(r->db, err))
        return false;
    for (int i = 0; i < STATEMENTS; i++)
        if (!mlt_db_prepare(r->db, statement_text[i], &r->statements[i], err))
            return false;
    return true;
}

bool mlt_results_create(const char *path, const struct mlt_run *run, const struct mlt_plan *plan,
                        struct mlt_results **out, struct mlt_err *err)
{
    struct mlt_results *r = calloc(1, sizeof *r);
    if (!r)
        return mlt_err_oom(err);
    if (!create(r, path, run, plan, err)) {
        mlt_results_abandon(r);
        return mlt_err_prefix(err, "cannot write the results file %s", path);
    }
    *out = r;
    return true;
}

static bool begin(struct mlt_results *r, struct mlt_err *err)
{
    if (r->open_transaction)
        return true;
    if (!mlt_db_begin(r->db, err))
        return false;
    r->open_transaction = true;
    r->writes = 0;
    r->opened_ns = mlt_clock_monotonic_ns();
    return true;
}

static bool commit_when_due(struct mlt_results *r, size_t writes, struct mlt_err *err)
{
    r->writes += writes;
    uint64_t age_ns = mlt_clock_monotonic_ns() - r->opened_ns;
    if (r->writes < COMMIT_AFTER_WRITES && age_ns < COMMIT_AFTER_MS * 1000000ULL)
        return true;
    return mlt_results_flush(r, err);
}

bool mlt_results_flush(struct mlt_results *r, struct mlt_err *err)
{
    if (!r->open_transaction)
        return true;
    r->open_transaction = false;
    return mlt_db_commit(r->db, err);
}

bool mlt_results_outcome(struct mlt_results *r, const char *case_id,
                         const struct mlt_outcome *outcome, struct mlt_err *err)
{
    struct mlt_db_stmt *s = r->statements[OUTCOME];
    if (!begin(r, err))
        return false;
    mlt_db_bind_text(s, 0, case_id);
    mlt_db_bind_text(s, 1, mlt_outcome_state_name(outcome->state));
    mlt_db_bind_text(s, 2, outcome->message);
    mlt_db_bind_text(s, 3, outcome->diagnostics);
    mlt_db_bind_int(s, 4, (int64_t)outcome->duration_ns);
    return mlt_db_run(s, err) && commit_when_due(r, 1, err);
}

bool mlt_results_measurement(struct mlt_results *r, const struct mlt_measurement *m,
                             struct mlt_err *err)
{
    struct mlt_buf buf = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &buf, false);
    mlt_measurement_encode(m, &json);
    bool ok = mlt_json_out_finish(&json, err) && begin(r, err);
    if (ok) {
        struct mlt_db_stmt *s = r->statements[MEASUREMENT];
        mlt_db_bind_text(s, 0, m->case_id);
        mlt_db_bind_text(s, 1, buf.data);
        mlt_db_bind_text(s, 2, m->metric);
        mlt_db_bind_text(s, 3, m->unit);
        mlt_db_bind_text(s, 4, m->slice_column);
        mlt_db_bind_text(s, 5, m->slice_value);
        mlt_db_bind_double(s, 6, isfinite(m->candidate) ? m->candidate : NAN);
        mlt_db_bind_double(s, 7, isfinite(m->baseline) ? m->baseline : NAN);
        mlt_db_bind_int(s, 8, (int64_t)m->rows);
        ok = mlt_db_run(s, err) && commit_when_due(r, 1, err);
    }
    mlt_buf_free(&buf);
    return ok;
}

/* An infinite prediction is no number to calculate with: it is kept as text. */
static void bind_prediction(struct mlt_db_stmt *s, int number, int text, double value,
                            const char *words)
{
    mlt_db_bind_double(s, number, isinf(value) ? NAN : value);
    mlt_db_bind_text(s, text,
                     !words && isinf(value) ? (value > 0 ? "Infinity" : "-Infinity") : words);
}

bool mlt_results_paired_rows(struct mlt_results *r, const char *case_id,
                             const struct mlt_paired_row *rows, size_t count, struct mlt_err *err)
{
    struct mlt_db_stmt *s = r->statements[PAIRED_ROW];
    if (!begin(r, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct mlt_paired_row *row = &rows[i];
        mlt_db_bind_text(s, 0, case_id);
        mlt_db_bind_text(s, 1, row->id);
        mlt_db_bind_text(s, 2, row->cluster);
        mlt_db_bind_text(s, 3, row->slices);
        mlt_db_bind_text(s, 4, row->label);
        bind_prediction(s, 5, 7, row->candidate, row->candidate_text);
        bind_prediction(s, 6, 8, row->baseline, row->baseline_text);
        mlt_db_bind_double(s, 9, row->weight);
        mlt_db_bind_text(s, 10, row->query);
        mlt_db_bind_text(s, 11, row->numbers);
        if (!mlt_db_run(s, err))
            return false;
    }
    return commit_when_due(r, count, err);
}

bool mlt_results_series(struct mlt_results *r, const char *case_id, const char *name, double x,
                        double y, struct mlt_err *err)
{
    struct mlt_db_stmt *s = r->statements[SERIES];
    if (!isfinite(x))
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "series %s of %s has a point without a place",
                           name, case_id);
    if (!begin(r, err))
        return false;
    mlt_db_bind_text(s, 0, case_id);
    mlt_db_bind_text(s, 1, name);
    mlt_db_bind_double(s, 2, x);
    mlt_db_bind_double(s, 3, isfinite(y) ? y : NAN);
    return mlt_db_run(s, err) && commit_when_due(r, 1, err);
}

bool mlt_results_attachment(struct mlt_results *r, const char *case_id, const char *name,
                            const char *media_type, const void *data, size_t len,
                            struct mlt_err *err)
{
    struct mlt_db_stmt *s = r->statements[ATTACHMENT];
    if (!begin(r, err))
        return false;
    mlt_db_bind_text(s, 0, case_id);
    mlt_db_bind_text(s, 1, name);
    mlt_db_bind_text(s, 2, media_type);
    mlt_db_bind_blob(s, 3, len ? data : "", len);
    return mlt_db_run(s, err) && commit_when_due(r, 1, err);
}

static bool count_open_cases(struct mlt_results *r, int64_t *out, struct mlt_err *err)
{
    struct mlt_db_stmt *s;
    bool row = false;
    if (!mlt_db_prepare(r->db,
                        "SELECT count(*) FROM plan"
                        " WHERE case_id NOT IN (SELECT case_id FROM outcome)",
                        &s, err))
        return false;
    bool ok = mlt_db_step(s, &row, err);
    if (ok)
        *out = mlt_db_column_int(s, 0);
    mlt_db_finish(s);
    return ok;
}

static bool write_end(struct mlt_results *r, const char *interrupted, bool *complete,
                      struct mlt_err *err)
{
    char now[MLT_TIME_CHARS], reason[64];
    int64_t missing = 0;
    struct mlt_db_stmt *s;
    if (!count_open_cases(r, &missing, err))
        return false;
    if (!interrupted && missing > 0) {
        snprintf(reason, sizeof reason, "%lld planned cases never ended", (long long)missing);
        interrupted = reason;
    }
    if (!mlt_db_prepare(r->db, "UPDATE run SET finished_at = ?, complete = ?, interrupted = ?", &s,
                        err))
        return false;
    mlt_db_bind_text(s, 0, mlt_clock_format(mlt_clock_wall_s(), now));
    mlt_db_bind_int(s, 1, interrupted == NULL);
    mlt_db_bind_text(s, 2, interrupted);
    *complete = interrupted == NULL;
    return run_once(s, err);
}

static void finish_statements(struct mlt_results *r)
{
    for (int i = 0; i < STATEMENTS; i++) {
        if (r->statements[i])
            mlt_db_finish(r->statements[i]);
        r->statements[i] = NULL;
    }
}

static bool publish(struct mlt_results *r, struct mlt_err *err)
{
    int fd = open(r->part, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        mlt_err_sys(err, errno, "cannot sync %s", r->part);
        if (fd >= 0)
            close(fd);
        return false;
    }
    close(fd);
    if (rename(r->part, r->path) != 0)
        return mlt_err_sys(err, errno, "cannot rename %s to %s", r->part, r->path);
    char *dir = mlt_fs_dirname(&r->arena, r->path);
    return dir ? mlt_fs_sync_dir(dir, err) : mlt_err_oom(err);
}

bool mlt_results_finish(struct mlt_results *r, const char *interrupted, bool *complete,
                        struct mlt_err *err)
{
    bool ok =
        begin(r, err) && write_end(r, interrupted, complete, err) && mlt_results_flush(r, err);
    finish_statements(r);
    if (ok) {
        struct mlt_db *db = r->db;
        r->db = NULL;
        ok = mlt_db_close(db, err) && publish(r, err);
    }
    if (!ok)
        mlt_err_prefix(err, "cannot finish the results file %s", r->path);
    mlt_results_abandon(r);
    return ok;
}

void mlt_results_abandon(struct mlt_results *r)
{
    struct mlt_err ignored = MLT_ERR_INIT;
    if (!r)
        return;
    finish_statements(r);
    if (r->db && r->open_transaction)
        mlt_db_rollback(r->db);
    if (!mlt_db_close(r->db, &ignored)) {
        /* The failure that led here has been reported; this one adds nothing. */
    }
    mlt_arena_free(&r->arena);
    free(r);
}

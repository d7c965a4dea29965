#include "harness/results/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/results/schema.h"

/* What SQLite's own checks cannot know: references, and numbers that are none. A file made with
 * other table definitions (not STRICT) is caught by typeof(). Each query gives a sentence per
 * fault. */
static const char *const faults[] = {
    "SELECT 'it holds ' || count(*) || ' runs' FROM run HAVING count(*) <> 1",
    "SELECT 'case ' || case_id || ' has an outcome but was never planned' FROM outcome"
    " WHERE case_id NOT IN (SELECT case_id FROM plan)",
    "SELECT 'case ' || case_id || ' has measurements but was never planned' FROM measurement"
    " WHERE case_id NOT IN (SELECT case_id FROM plan)",
    "SELECT 'it says complete, yet case ' || case_id || ' never ended' FROM plan"
    " WHERE (SELECT complete FROM run) AND case_id NOT IN (SELECT case_id FROM outcome)",
    "SELECT 'it says complete, yet it has no end time' FROM run"
    " WHERE complete AND finished_at IS NULL",
    "SELECT 'a duration or time limit is no whole number' FROM plan LEFT JOIN outcome USING "
    "(case_id)"
    " WHERE typeof(timeout_ns) <> 'integer' OR timeout_ns < 0 OR ordinal < 0"
    " OR (duration_ns IS NOT NULL AND (typeof(duration_ns) <> 'integer' OR duration_ns < 0))",
};

/* The same for what grows with the data, which is read to the end. */
static const char *const row_faults[] = {
    "SELECT 'case ' || case_id || ' has rows but was never planned' FROM"
    " (SELECT DISTINCT case_id FROM paired_row) WHERE case_id NOT IN (SELECT case_id FROM plan)",
    "SELECT 'row ' || row_id || ' of ' || case_id || ' holds a prediction that is no number'"
    " FROM paired_row WHERE typeof(candidate) NOT IN ('real', 'null')"
    " OR typeof(baseline) NOT IN ('real', 'null')"
    " OR abs(candidate) > 1.7976931348623157e308 OR abs(baseline) > 1.7976931348623157e308",
    "SELECT 'series ' || name || ' of ' || case_id || ' holds a point that is no number'"
    " FROM series WHERE typeof(x) <> 'real' OR typeof(y) NOT IN ('real', 'null')"
    " OR abs(x) > 1.7976931348623157e308 OR abs(y) > 1.7976931348623157e308",
};

/* Rows have weights since format 2. */
static const char *const weight_faults[] = {
    "SELECT 'row ' || row_id || ' of ' || case_id || ' holds a weight that is none' FROM paired_row"
    " WHERE typeof(weight) NOT IN ('real', 'null')"
    " OR NOT weight BETWEEN 0 AND 1.7976931348623157e308",
};

struct reader {
    const char *path;
    struct mlt_db *db;
    struct mlt_arena *arena;
    bool recorded; /* the caller knows every byte by its digest */
    bool oom;
};

static bool damaged(const struct reader *r, struct mlt_err *err, const char *what)
{
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is not a sound results file: %s", r->path, what);
}

static bool check_faults(const struct reader *r, const char *const *queries, size_t count,
                         struct mlt_err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct mlt_db_stmt *s;
        bool row;
        if (!mlt_db_prepare(r->db, queries[i], &s, err))
            return false;
        bool ok = mlt_db_step(s, &row, err);
        if (ok && row) {
            const char *text = mlt_db_column_text(s, 0);
            ok = damaged(r, err, text ? text : "its rows contradict each other");
        }
        mlt_db_finish(s);
        if (!ok)
            return false;
    }
    return true;
}

static bool check(const struct reader *r, struct mlt_err *err)
{
    if (!r->recorded && (!mlt_db_integrity(r->db, err) ||
                         !check_faults(r, row_faults, sizeof row_faults / sizeof *row_faults, err)))
        return false;
    if (!r->recorded && mlt_db_user_version(r->db) >= 2 &&
        !check_faults(r, weight_faults, sizeof weight_faults / sizeof *weight_faults, err))
        return false;
    return check_faults(r, faults, sizeof faults / sizeof *faults, err);
}

static const char *text_or_null(struct reader *r, struct mlt_db_stmt *s, int index)
{
    const char *text = mlt_db_column_text(s, index);
    char *copy = text ? mlt_arena_strdup(r->arena, text) : NULL;
    if (text && !copy)
        r->oom = true;
    return copy;
}

static const char *text_or_empty(struct reader *r, struct mlt_db_stmt *s, int index)
{
    const char *text = text_or_null(r, s, index);
    return text ? text : "";
}

static bool read_digest(const struct reader *r, struct mlt_db_stmt *s, int index,
                        char out[MLT_SHA256_HEX], struct mlt_err *err)
{
    const char *text = mlt_db_column_text(s, index);
    if (!text || !mlt_hash_is_hex(text))
        return damaged(r, err, "a digest is not 64 hexadecimal digits");
    memcpy(out, text, MLT_SHA256_HEX);
    return true;
}

static bool read_texts(struct reader *r, const char *text, const char *const **out, size_t *count,
                       struct mlt_err *err)
{
    struct mlt_json *json;
    if (!text || !mlt_json_parse(r->path, text, strlen(text), &json, err))
        return damaged(r, err, "a list of texts is not JSON");
    size_t n = mlt_json_count(json), i = 0;
    const char **items = mlt_arena_calloc(r->arena, n, sizeof *items);
    bool ok = items || mlt_err_oom(err);
    for (const struct mlt_json *node = mlt_json_first(json); ok && node;
         node = mlt_json_next(node)) {
        const char *item = mlt_json_string(node);
        if (!item)
            ok = damaged(r, err, "a list of texts holds something else");
        else if (!(items[i++] = mlt_arena_strdup(r->arena, item)))
            ok = mlt_err_oom(err);
    }
    mlt_json_free(json);
    *out = items;
    *count = n;
    return ok;
}

static bool read_side(struct reader *r, struct mlt_db_stmt *s, int first, struct mlt_run_side *out,
                      struct mlt_err *err)
{
    out->model = text_or_empty(r, s, first);
    out->version = text_or_empty(r, s, first + 1);
    return read_digest(r, s, first + 2, out->digest, err) &&
           read_digest(r, s, first + 3, out->artifact_digest, err);
}

static bool read_run_row(struct reader *r, struct mlt_db_stmt *s, struct mlt_run *run,
                         struct mlt_err *err)
{
    run->run_id = text_or_empty(r, s, 0);
    run->tool_version = text_or_empty(r, s, 1);
    run->has_baseline = !mlt_db_column_is_null(s, 6);
    run->baseline_ref = text_or_null(r, s, 10);
    run->config_path = text_or_null(r, s, 11);
    run->config_text = text_or_null(r, s, 13);
    run->seed = (uint64_t)mlt_db_column_int(s, 14);
    int64_t shard = mlt_db_column_int(s, 15), shards = mlt_db_column_int(s, 16);
    if (shard < 1 || shards < shard || shards > UINT32_MAX)
        return damaged(r, err, "its shard numbers are impossible");
    run->shard = (uint32_t)shard;
    run->shards = (uint32_t)shards;
    run->filtered = mlt_db_column_int(s, 17) != 0;
    run->started_at = text_or_empty(r, s, 19);
    run->finished_at = text_or_null(r, s, 20);
    run->complete = mlt_db_column_int(s, 21) == 1;
    run->interrupted = text_or_null(r, s, 22);
    return read_side(r, s, 2, &run->candidate, err) &&
           (!run->has_baseline || read_side(r, s, 6, &run->baseline, err)) &&
           read_digest(r, s, 12, run->config_digest, err) &&
           read_texts(r, mlt_db_column_text(s, 18), &run->suites, &run->suite_count, err);
}

/* Calls `one` for each row of a query. */
static bool each(struct reader *r, const char *sql,
                 bool (*one)(struct reader *r, struct mlt_db_stmt *s, struct mlt_run *run,
                             struct mlt_err *err),
                 struct mlt_run *run, struct mlt_err *err)
{
    struct mlt_db_stmt *s;
    bool row = false;
    if (!mlt_db_prepare(r->db, sql, &s, err))
        return false;
    bool ok;
    while ((ok = mlt_db_step(s, &row, err)) && row) {
        ok = one(r, s, run, err);
        if (ok && r->oom)
            ok = mlt_err_oom(err);
        if (!ok)
            break;
    }
    mlt_db_finish(s);
    return ok;
}

static bool count(struct reader *r, const char *sql, size_t *out, struct mlt_err *err)
{
    struct mlt_db_stmt *s;
    bool row = false;
    if (!mlt_db_prepare(r->db, sql, &s, err))
        return false;
    bool ok = mlt_db_step(s, &row, err);
    if (ok)
        *out = (size_t)mlt_db_column_int(s, 0);
    mlt_db_finish(s);
    return ok;
}

static bool read_dataset(struct reader *r, struct mlt_db_stmt *s, struct mlt_run *run,
                         struct mlt_err *err)
{
    struct mlt_run_dataset *d = &run->datasets[run->dataset_count];
    d->name = text_or_empty(r, s, 0);
    d->path = text_or_empty(r, s, 1);
    d->rows = (uint64_t)mlt_db_column_int(s, 3);
    run->dataset_count++;
    return read_digest(r, s, 2, d->sha256, err);
}

static bool read_case(struct reader *r, struct mlt_db_stmt *s, struct mlt_run *run,
                      struct mlt_err *err)
{
    struct mlt_run_case *c = &run->cases[run->case_count];
    c->plan.id = text_or_empty(r, s, 0);
    c->plan.suite = text_or_empty(r, s, 1);
    c->plan.name = text_or_empty(r, s, 2);
    c->plan.spec = text_or_empty(r, s, 3);
    c->plan.timeout_ns = (uint64_t)mlt_db_column_int(s, 5);
    c->plan.exclusive = mlt_db_column_int(s, 6) != 0;
    c->plan.fresh = mlt_db_column_int(s, 7) != 0;
    const char *state = mlt_db_column_text(s, 8);
    if (state && !mlt_outcome_state_parse(state, &c->outcome.state))
        return damaged(r, err, "an outcome has a state that is none");
    c->outcome.message = text_or_null(r, s, 9);
    c->outcome.diagnostics = text_or_null(r, s, 10);
    c->outcome.duration_ns = (uint64_t)mlt_db_column_int(s, 11);
    run->case_count++;
    return read_texts(r, mlt_db_column_text(s, 4), &c->plan.require, &c->plan.require_count, err);
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool columns_agree(const struct mlt_measurement *m, struct mlt_db_stmt *s)
{
    return mlt_str_eq(m->case_id, mlt_db_column_text(s, 0)) &&
           mlt_str_eq(m->metric, mlt_db_column_text(s, 2)) &&
           mlt_str_eq(m->slice_column, mlt_db_column_text(s, 3)) &&
           mlt_str_eq(m->slice_value, mlt_db_column_text(s, 4)) &&
           same_number(m->candidate, mlt_db_column_double(s, 5)) &&
           same_number(m->baseline, mlt_db_column_double(s, 6)) &&
           (int64_t)m->rows == mlt_db_column_int(s, 7);
}

static bool read_measurement(struct reader *r, struct mlt_db_stmt *s, struct mlt_run *run,
                             struct mlt_err *err)
{
    struct mlt_measurement *m = &run->measurements[run->measurement_count];
    const char *text = mlt_db_column_text(s, 1);
    struct mlt_json *json;
    if (!text || !mlt_json_parse("measurement", text, strlen(text), &json, err))
        return damaged(r, err, "a measurement is not JSON");
    bool ok = mlt_measurement_decode(json, r->arena, m, err);
    mlt_json_free(json);
    if (!ok) {
        err->kind = MLT_ERR_EVIDENCE;
        return mlt_err_prefix(err, "%s: measurement %zu", r->path, run->measurement_count + 1);
    }
    if (!columns_agree(m, s))
        return damaged(r, err, "the columns of a measurement say something else than its document");
    run->measurement_count++;
    return true;
}

static bool allocate(struct reader *r, struct mlt_run *run, struct mlt_err *err)
{
    size_t datasets = 0, cases = 0, measurements = 0;
    if (!count(r, "SELECT count(*) FROM dataset", &datasets, err) ||
        !count(r, "SELECT count(*) FROM plan", &cases, err) ||
        !count(r, "SELECT count(*) FROM measurement", &measurements, err))
        return false;
    run->datasets = mlt_arena_calloc(r->arena, datasets, sizeof *run->datasets);
    run->cases = mlt_arena_calloc(r->arena, cases, sizeof *run->cases);
    run->measurements = mlt_arena_calloc(r->arena, measurements, sizeof *run->measurements);
    return (run->datasets && run->cases && run->measurements) || mlt_err_oom(err);
}

static bool load_header(struct reader *r, struct mlt_run *run, struct mlt_err *err)
{
    return allocate(r, run, err) &&
           each(r,
                "SELECT run_id, tool_version, candidate_model, candidate_version, candidate_digest,"
                " candidate_artifact_digest, baseline_model, baseline_version, baseline_digest,"
                " baseline_artifact_digest, baseline_ref, config_path, config_digest, config_text,"
                " seed, shard, shards, filtered, suites, started_at, finished_at, complete,"
                " interrupted FROM run",
                read_run_row, run, err) &&
           each(r, "SELECT name, path, sha256, rows FROM dataset ORDER BY rowid", read_dataset, run,
                err);
}

static bool load(struct reader *r, struct mlt_run *run, struct mlt_err *err)
{
    return check(r, err) && load_header(r, run, err) &&
           each(r,
                "SELECT p.case_id, suite, name, spec, require, timeout_ns, exclusive, fresh, state,"
                " message, diagnostics, duration_ns FROM plan p LEFT JOIN outcome o"
                " ON o.case_id = p.case_id ORDER BY ordinal",
                read_case, run, err) &&
           each(r,
                "SELECT m.case_id, document, metric, slice_column, slice_value, candidate,"
                " baseline, rows FROM measurement m JOIN plan p"
                " ON p.case_id = m.case_id ORDER BY p.ordinal, m.ordinal",
                read_measurement, run, err);
}

/* What SQLite finds wrong inside a file is a fault of the evidence, whatever it was found by. */
static bool close_after(struct reader *r, bool ok, struct mlt_err *err)
{
    struct mlt_err second = MLT_ERR_INIT;
    if (mlt_db_close(r->db, &second))
        return ok;
    if (ok)
        *err = second;
    return false;
}

static bool load_file(const char *path, bool recorded,
                      bool (*load_from)(struct reader *, struct mlt_run *, struct mlt_err *),
                      struct mlt_arena *arena, struct mlt_run *out, struct mlt_err *err)
{
    struct reader r = {.path = path, .arena = arena, .recorded = recorded};
    struct mlt_run run = {0};
    if (!mlt_db_open(path, MLT_DB_READ, &mlt_results_schema, false, &r.db, err))
        return false;
    if (!close_after(&r, load_from(&r, &run, err), err))
        return false;
    *out = run;
    return true;
}

bool mlt_results_load(const char *path, struct mlt_arena *arena, struct mlt_run *out,
                      struct mlt_err *err)
{
    return load_file(path, false, load, arena, out, err);
}

bool mlt_results_load_recorded(const char *path, struct mlt_arena *arena, struct mlt_run *out,
                               struct mlt_err *err)
{
    return load_file(path, true, load, arena, out, err);
}

bool mlt_results_load_header(const char *path, struct mlt_arena *arena, struct mlt_run *out,
                             struct mlt_err *err)
{
    return load_file(path, true, load_header, arena, out, err);
}

static bool give_rows(struct reader *r, struct mlt_db_stmt *s,
                      bool (*row)(void *context, const struct mlt_paired_row *row,
                                  struct mlt_err *err),
                      void *context, struct mlt_err *err)
{
    bool more, ok;
    while ((ok = mlt_db_step(s, &more, err)) && more) {
        struct mlt_paired_row one = {
            .id = mlt_db_column_text(s, 0),
            .cluster = mlt_db_column_text(s, 1),
            .slices = mlt_db_column_text(s, 2),
            .label = mlt_db_column_text(s, 3),
            .candidate = mlt_db_column_double(s, 4),
            .baseline = mlt_db_column_double(s, 5),
            .candidate_text = mlt_db_column_text(s, 6),
            .baseline_text = mlt_db_column_text(s, 7),
            .weight = mlt_db_column_double(s, 9),
            .query = mlt_db_column_text(s, 10),
            .numbers = mlt_db_column_text(s, 11),
        };
        if (!one.id || mlt_db_column_int(s, 8) == 0 || isinf(one.candidate) || isinf(one.baseline))
            return damaged(r, err, "a paired row holds a prediction that is no number");
        if (isinf(one.weight) || one.weight < 0)
            return damaged(r, err, "a paired row holds a weight that is none");
        if (!row(context, &one, err))
            return false;
    }
    return ok;
}

#define ROW_COLUMNS                                                                                \
    "SELECT row_id, cluster, slices, label, candidate, baseline, candidate_text, baseline_text,"   \
    " typeof(candidate) IN ('real', 'null') AND typeof(baseline) IN ('real', 'null'),"
#define ROW_ORDER " FROM paired_row WHERE case_id = ? ORDER BY ordinal"
static const char rows_of_format_1[] = ROW_COLUMNS " NULL, NULL, NULL" ROW_ORDER;
static const char rows[] = ROW_COLUMNS " weight, query, numbers" ROW_ORDER;

bool mlt_results_each_row(const char *path, const char *case_id,
                          bool (*row)(void *context, const struct mlt_paired_row *row,
                                      struct mlt_err *err),
                          void *context, struct mlt_err *err)
{
    struct reader r = {.path = path};
    struct mlt_db_stmt *s;
    if (!mlt_db_open(path, MLT_DB_READ, &mlt_results_schema, false, &r.db, err))
        return false;
    bool ok =
        mlt_db_prepare(r.db, mlt_db_user_version(r.db) < 2 ? rows_of_format_1 : rows, &s, err);
    if (ok) {
        mlt_db_bind_text(s, 0, case_id);
        ok = give_rows(&r, s, row, context, err);
        mlt_db_finish(s);
    }
    return close_after(&r, ok, err);
}

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/db/sqlite.h"
#include "harness/records/records.h"

static const char *const migrations[] = {
    "CREATE TABLE record ("
    " partition TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
    " revision INTEGER NOT NULL CHECK (revision > 0),"
    " PRIMARY KEY (partition, key)) WITHOUT ROWID;",
    /* Each model had a log of its own, event/<n>. They become one, in order of time, and within a
     * model in order of their numbers; what is hashed needs more than SQL, so they wait under
     * old/<n>. */
    "INSERT INTO record (partition, key, value, revision)"
    " SELECT '.log', printf('old/%012d', row_number() OVER (ORDER BY at, partition, key)),"
    " json_object('model', partition, 'value', value), 1"
    " FROM (SELECT partition, key, value, max(CASE WHEN json_valid(value)"
    " THEN coalesce(json_extract(value, '$.at'), '') ELSE '' END)"
    " OVER (PARTITION BY partition ORDER BY key) AS at FROM record"
    " WHERE key GLOB 'event/*');"
    "DELETE FROM record WHERE key GLOB 'event/*';",
};

static const struct mlt_db_schema schema = {
    .application_id = 0x4d4c5252, /* "MLRR" */
    .user_version = 2,
    .what = "record store",
    .migrations = migrations,
};

struct sqlite_records {
    struct mlt_records base;
    struct mlt_db *db;
};

static struct mlt_db *db_of(struct mlt_records *self)
{
    return ((struct sqlite_records *)self)->db;
}

/* The columns key, value, revision of the row the statement stands on. */
static bool read_row(struct mlt_db_stmt *stmt, const char *partition, struct mlt_arena *arena,
                     struct mlt_record *out, struct mlt_err *err)
{
    struct mlt_record record = {
        .partition = mlt_arena_strdup(arena, partition),
        .key = mlt_arena_strdup(arena, mlt_db_column_text(stmt, 0)),
        .value = mlt_arena_strdup(arena, mlt_db_column_text(stmt, 1)),
        .revision = (uint64_t)mlt_db_column_int(stmt, 2),
    };
    if (!record.partition || !record.key || !record.value)
        return mlt_err_oom(err);
    *out = record;
    return true;
}

static bool get(struct mlt_records *self, const char *partition, const char *key,
                struct mlt_arena *arena, bool *found, struct mlt_record *out, struct mlt_err *err)
{
    struct mlt_db_stmt *stmt;
    if (!mlt_db_prepare(db_of(self),
                        "SELECT key, value, revision FROM record WHERE partition = ? AND key = ?",
                        &stmt, err))
        return false;
    mlt_db_bind_text(stmt, 0, partition);
    mlt_db_bind_text(stmt, 1, key);
    bool row, ok = mlt_db_step(stmt, &row, err);
    if (ok && row)
        ok = read_row(stmt, partition, arena, out, err);
    if (ok)
        *found = row;
    mlt_db_finish(stmt);
    return ok;
}

static bool collect(struct mlt_db_stmt *stmt, const char *partition, const char *prefix,
                    struct mlt_arena *arena, struct mlt_record **out, size_t *out_count,
                    struct mlt_err *err)
{
    struct mlt_record *records = NULL;
    size_t count = 0, capacity = 0;
    for (;;) {
        bool row;
        if (!mlt_db_step(stmt, &row, err))
            return false;
        /* Keys with the prefix stand together: the first other key ends them. */
        if (!row || !mlt_str_starts(mlt_db_column_text(stmt, 0), prefix))
            break;
        records = mlt_arena_grow(arena, records, count, &capacity, sizeof *records);
        if (!records)
            return mlt_err_oom(err);
        if (!read_row(stmt, partition, arena, &records[count++], err))
            return false;
    }
    *out = records;
    *out_count = count;
    return true;
}

static bool query(struct mlt_records *self, const char *partition, const char *prefix,
                  const char *after, size_t limit, struct mlt_arena *arena, struct mlt_record **out,
                  size_t *out_count, struct mlt_err *err)
{
    struct mlt_db_stmt *stmt;
    /* One bound only: of two, SQLite seeks to one and steps over all that the other excludes. */
    bool behind = after && strcmp(after, prefix) >= 0;
    if (!mlt_db_prepare(db_of(self),
                        behind ? "SELECT key, value, revision FROM record"
                                 " WHERE partition = ? AND key > ? ORDER BY key LIMIT ?"
                               : "SELECT key, value, revision FROM record"
                                 " WHERE partition = ? AND key >= ? ORDER BY key LIMIT ?",
                        &stmt, err))
        return false;
    mlt_db_bind_text(stmt, 0, partition);
    mlt_db_bind_text(stmt, 1, behind ? after : prefix);
    mlt_db_bind_int(stmt, 2, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    bool ok = collect(stmt, partition, prefix, arena, out, out_count, err);
    mlt_db_finish(stmt);
    return ok;
}

/* The index of the first condition that does not hold, or -1. */
static bool check(struct mlt_db *db, const struct mlt_record_condition *conditions, size_t count,
                  int *conflict, struct mlt_err *err)
{
    struct mlt_db_stmt *stmt;
    if (!mlt_db_prepare(db, "SELECT revision FROM record WHERE partition = ? AND key = ?", &stmt,
                        err))
        return false;
    bool ok = true;
    *conflict = -1;
    for (size_t i = 0; ok && i < count && *conflict < 0; i++) {
        bool row;
        mlt_db_bind_text(stmt, 0, conditions[i].partition);
        mlt_db_bind_text(stmt, 1, conditions[i].key);
        ok = mlt_db_step(stmt, &row, err);
        if (!ok)
            break;
        uint64_t revision = row ? (uint64_t)mlt_db_column_int(stmt, 0) : 0;
        if (revision != conditions[i].revision)
            *conflict = (int)i;
        else if (row)
            ok = mlt_db_run(stmt, err); /* to the end, so that it can be bound again */
    }
    mlt_db_finish(stmt);
    return ok;
}

static bool put_all(struct mlt_db *db, const struct mlt_record_put *puts, size_t count,
                    struct mlt_err *err)
{
    struct mlt_db_stmt *write, *remove;
    if (!mlt_db_prepare(db,
                        "INSERT INTO record (partition, key, value, revision) VALUES (?, ?, ?, 1)"
                        " ON CONFLICT (partition, key) DO UPDATE"
                        " SET value = excluded.value, revision = revision + 1",
                        &write, err))
        return false;
    bool ok =
        mlt_db_prepare(db, "DELETE FROM record WHERE partition = ? AND key = ?", &remove, err);
    if (!ok)
        remove = NULL;
    for (size_t i = 0; ok && i < count; i++) {
        struct mlt_db_stmt *stmt = puts[i].value ? write : remove;
        mlt_db_bind_text(stmt, 0, puts[i].partition);
        mlt_db_bind_text(stmt, 1, puts[i].key);
        if (puts[i].value)
            mlt_db_bind_text(stmt, 2, puts[i].value);
        ok = mlt_db_run(stmt, err);
    }
    mlt_db_finish(write);
    mlt_db_finish(remove);
    return ok;
}

static bool transact(struct mlt_records *self, const struct mlt_record_condition *conditions,
                     size_t condition_count, const struct mlt_record_put *puts, size_t put_count,
                     int *conflict, struct mlt_err *err)
{
    struct mlt_db *db = db_of(self);
    int first = -1;
    if (!mlt_db_begin(db, err))
        return false;
    bool ok = check(db, conditions, condition_count, &first, err);
    bool write = ok && first < 0;
    if (write)
        ok = put_all(db, puts, put_count, err) && mlt_db_commit(db, err);
    if (!write || !ok)
        mlt_db_rollback(db);
    if (ok)
        *conflict = first;
    return ok;
}

static void close_records(struct mlt_records *self)
{
    struct sqlite_records *records = (struct sqlite_records *)self;
    struct mlt_err ignored = MLT_ERR_INIT;
    /* Every transaction was durable when it returned: closing has nothing to lose. */
    if (!mlt_db_close(records->db, &ignored))
        records->db = NULL;
    free(records);
}

static const struct mlt_records_ops sqlite_ops = {
    .abi = MLT_RECORDS_ABI,
    .name = "sqlite",
    .get = get,
    .query = query,
    .transact = transact,
    .close = close_records,
};

bool mlt_records_sqlite_open(const char *path, bool create, bool read_only,
                             struct mlt_records **out, struct mlt_err *err)
{
    enum mlt_db_mode mode = read_only ? MLT_DB_READ : create ? MLT_DB_CREATE : MLT_DB_WRITE;
    struct sqlite_records *records = calloc(1, sizeof *records);
    if (!records)
        return mlt_err_oom(err);
    records->base.ops = &sqlite_ops;
    if (!mlt_db_open(path, mode, &schema, true, &records->db, err)) {
        free(records);
        return false;
    }
    *out = &records->base;
    return true;
}

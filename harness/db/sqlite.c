#include "harness/db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"

enum { BUSY_MS = 10000 };

struct mlt_db {
    sqlite3 *handle;
    char *path;
    const struct mlt_db_schema *schema;
};

struct mlt_db_stmt {
    struct mlt_db *db;
    sqlite3_stmt *handle;
    int bind_error; /* the first one; said by the next step */
};

/* Whose fault a result code is. */
static enum mlt_err_kind kind_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_MISMATCH:
    case SQLITE_SCHEMA:
    case SQLITE_ERROR: /* a table or column is missing: not a file that we wrote */
    case SQLITE_CONSTRAINT:
        /* A short read is a file that ends too early, not a disk in trouble. */
        return MLT_ERR_EVIDENCE;
    case SQLITE_IOERR:
        return code == SQLITE_IOERR_SHORT_READ ? MLT_ERR_EVIDENCE : MLT_ERR_INFRA;
    default:
        return MLT_ERR_INFRA;
    }
}

static bool fault(const struct mlt_db *db, int code, struct mlt_err *err)
{
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return mlt_err_oom(err);
    case SQLITE_NOTADB:
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is not a %s: it is no SQLite database",
                           db->path, db->schema->what);
    case SQLITE_CORRUPT:
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the %s %s is damaged or truncated (%s)",
                           db->schema->what, db->path, sqlite3_errmsg(db->handle));
    case SQLITE_READONLY:
        if (code == SQLITE_READONLY_ROLLBACK)
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "the %s %s is incomplete: its last write was cut off and cannot be "
                               "undone while reading",
                               db->schema->what, db->path);
        return mlt_err_set(err, MLT_ERR_INFRA, "the %s %s is read-only", db->schema->what,
                           db->path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return mlt_err_set(err, MLT_ERR_INFRA,
                           "the %s %s is locked by another process for more than %d s",
                           db->schema->what, db->path, BUSY_MS / 1000);
    default:
        return mlt_err_set(err, kind_of(code), "%s: %s", db->path, sqlite3_errmsg(db->handle));
    }
}

bool mlt_db_exec(struct mlt_db *db, const char *sql, struct mlt_err *err)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || fault(db, code, err);
}

static bool exec_number(struct mlt_db *db, const char *fmt, int64_t value, struct mlt_err *err)
{
    char sql[96];
    snprintf(sql, sizeof sql, "%s%lld", fmt, (long long)value);
    return mlt_db_exec(db, sql, err);
}

static bool pragma_number(struct mlt_db *db, const char *sql, int64_t *out, struct mlt_err *err)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
    if (code != SQLITE_OK)
        return fault(db, code, err);
    code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    if (code == SQLITE_ROW)
        return true;
    return code == SQLITE_DONE
               ? mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: %s gives no row", db->path, sql)
               : fault(db, code, err);
}

/* The header tells the size in pages: a shorter file has lost its end, even where no query would
 * touch it. A file whose pages are still in a write-ahead log beside it is not judged. */
static bool check_length(struct mlt_db *db, struct mlt_err *err)
{
    int64_t pages, page_bytes;
    struct stat info;
    if (!pragma_number(db, "PRAGMA page_count", &pages, err) ||
        !pragma_number(db, "PRAGMA page_size", &page_bytes, err))
        return false;
    struct mlt_buf wal = MLT_BUF_INIT;
    mlt_buf_printf(&wal, "%s-wal", db->path);
    bool has_wal = !wal.oom && access(wal.data, F_OK) == 0;
    mlt_buf_free(&wal);
    if (has_wal || stat(db->path, &info) != 0 || info.st_size >= pages * page_bytes)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "the %s %s is truncated: it has %lld bytes of %lld", db->schema->what,
                       db->path, (long long)info.st_size, (long long)(pages * page_bytes));
}

/* Reads the marks; `*empty` for a database that nobody has written to yet. */
static bool check_identity(struct mlt_db *db, bool *empty, int *version, struct mlt_err *err)
{
    int64_t id, user_version, tables;
    if (!pragma_number(db, "PRAGMA application_id", &id, err) ||
        !pragma_number(db, "PRAGMA user_version", &user_version, err) ||
        !pragma_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err))
        return false;
    *empty = id == 0 && user_version == 0 && tables == 0;
    *version = (int)user_version;
    if (*empty)
        return true;
    if ((uint32_t)id != db->schema->application_id)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s is not a %s: it is a database of another program", db->path,
                           db->schema->what);
    if (user_version > db->schema->user_version)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the %s %s has format %lld, this program knows formats up to %d: use a "
                           "newer mltest",
                           db->schema->what, db->path, (long long)user_version,
                           db->schema->user_version);
    if (user_version < 1)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the %s %s has no format version",
                           db->schema->what, db->path);
    return check_length(db, err);
}

/* Under the write lock, so that two processes that open a new store do not both fill it. */
static bool migrate(struct mlt_db *db, bool create, struct mlt_err *err)
{
    bool empty;
    int version;
    if (!mlt_db_begin(db, err))
        return false;
    if (!check_identity(db, &empty, &version, err))
        goto undo;
    if (empty && !create) {
        mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is not a %s: it is empty", db->path,
                    db->schema->what);
        goto undo;
    }
    if (empty && !exec_number(db, "PRAGMA application_id = ", db->schema->application_id, err))
        goto undo;
    for (int i = empty ? 0 : version; i < db->schema->user_version; i++) {
        if (!mlt_db_exec(db, db->schema->migrations[i], err)) {
            mlt_err_prefix(err, "cannot bring the %s %s to format %d", db->schema->what, db->path,
                           i + 1);
            goto undo;
        }
    }
    if (version < db->schema->user_version &&
        !exec_number(db, "PRAGMA user_version = ", db->schema->user_version, err))
        goto undo;
    return mlt_db_commit(db, err);
undo:
    mlt_db_rollback(db);
    return false;
}

/* Changing the journal does not wait for a lock in every case, whatever the busy timeout says. */
static bool set_journal(struct mlt_db *db, bool durable, struct mlt_err *err)
{
    const char *sql = durable ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = DELETE";
    uint64_t deadline = mlt_clock_monotonic_ns() + BUSY_MS * (uint64_t)1000000;
    int code;
    while ((code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL)) != SQLITE_OK) {
        if ((code & 0xff) != SQLITE_BUSY || mlt_clock_monotonic_ns() > deadline)
            return fault(db, code, err);
        sqlite3_sleep(5);
    }
    return true;
}

static bool open_for_writing(struct mlt_db *db, enum mlt_db_mode mode, bool durable,
                             struct mlt_err *err)
{
    bool empty;
    int version;
    /* Before anything is set: a file that is not ours must stay as it is. */
    if (!check_identity(db, &empty, &version, err))
        return false;
    /* One writer fills a file in large strokes and readers take it whole: large pages, few reads. */
    if (empty && !durable && !mlt_db_exec(db, "PRAGMA page_size = 32768", err))
        return false;
    if (!mlt_db_exec(db, "PRAGMA foreign_keys = ON", err) || !set_journal(db, durable, err) ||
        !mlt_db_exec(db, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err))
        return false;
    if (!empty && version == db->schema->user_version)
        return true;
    return migrate(db, mode == MLT_DB_CREATE, err);
}

static bool open_for_reading(struct mlt_db *db, struct mlt_err *err)
{
    bool empty;
    int version;
    if (!check_identity(db, &empty, &version, err))
        return false;
    if (empty)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is not a %s: it is empty", db->path,
                           db->schema->what);
    return true;
}

/* A URI, because only there can a file be called immutable; every byte that has a meaning in one is
 * escaped. */
static void put_uri(struct mlt_buf *uri, const char *path, const char *query)
{
    mlt_buf_puts(uri, path[0] == '/' ? "file://" : "file:");
    for (; *path; path++) {
        if (strchr("%?#", *path))
            mlt_buf_printf(uri, "%%%02X", (unsigned char)*path);
        else
            mlt_buf_putc(uri, *path);
    }
    mlt_buf_puts(uri, query);
}

static bool has_beside(const char *path, const char *suffix)
{
    struct stat info;
    struct mlt_buf name = MLT_BUF_INIT;
    mlt_buf_printf(&name, "%s%s", path, suffix);
    bool has = !name.oom && stat(name.data, &info) == 0 && info.st_size > 0;
    mlt_buf_free(&name);
    return has;
}

/* Bytes 18 and 19 of the header: 2 means that the file is in write-ahead mode. */
static bool is_wal_file(const char *path)
{
    unsigned char header[20] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    ssize_t got = pread(fd, header, sizeof header, 0);
    close(fd);
    return got == (ssize_t)sizeof header && header[18] == 2;
}

static bool folder_is_writable(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct mlt_buf dir = MLT_BUF_INIT;
    mlt_buf_append(&dir, path, slash ? (size_t)(slash - path) + 1 : 0);
    mlt_buf_puts(&dir, ".");
    bool writable = !dir.oom && faccessat(AT_FDCWD, dir.data, W_OK, AT_EACCESS) == 0;
    mlt_buf_free(&dir);
    return writable;
}

/* A reader of a write-ahead database makes a log and an index beside it. Where no log waits there,
 * the file alone is the whole truth and can be read as it lies, also in a folder that is read-only.
 * A shared store is read so only when it must be: a writer may come while we read. */
static const char *read_query(const char *path, bool durable)
{
    bool alone = is_wal_file(path) && !has_beside(path, "-wal");
    return alone && !(durable && folder_is_writable(path)) ? "?mode=ro&immutable=1" : "?mode=ro";
}

static bool open_handle(struct mlt_db *db, enum mlt_db_mode mode, bool durable, struct mlt_err *err)
{
    struct mlt_buf uri = MLT_BUF_INIT;
    int flags = mode == MLT_DB_READ    ? SQLITE_OPEN_READONLY
                : mode == MLT_DB_WRITE ? SQLITE_OPEN_READWRITE
                                       : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    put_uri(&uri, db->path, mode == MLT_DB_READ ? read_query(db->path, durable) : "");
    if (!mlt_buf_check(&uri, err)) {
        mlt_buf_free(&uri);
        return false;
    }
    int code = sqlite3_open_v2(uri.data, &db->handle,
                               flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    mlt_buf_free(&uri);
    if (!db->handle)
        return mlt_err_oom(err);
    sqlite3_extended_result_codes(db->handle, 1);
    if (code != SQLITE_OK)
        return mlt_err_set(err, kind_of(code), "cannot open %s: %s", db->path,
                           sqlite3_errmsg(db->handle));
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    /* The file is hostile: no functions from its schema, no double-quoted strings, checked cells. */
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    return mlt_db_exec(db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", err);
}

static bool check_path(const char *path, enum mlt_db_mode mode, const struct mlt_db_schema *schema,
                       struct mlt_err *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        if (mode == MLT_DB_CREATE && errno == ENOENT)
            return true;
        int reason = errno;
        mlt_err_sys(err, reason, "cannot open the %s %s", schema->what, path);
        if (reason == ENOENT || reason == ENOTDIR)
            err->kind = MLT_ERR_USAGE;
        return false;
    }
    if (!S_ISREG(info.st_mode))
        return mlt_err_set(err, MLT_ERR_USAGE, "cannot open the %s %s: not a regular file",
                           schema->what, path);
    return true;
}

static void discard(struct mlt_db *db)
{
    sqlite3_close_v2(db->handle);
    free(db->path);
    free(db);
}

bool mlt_db_open(const char *path, enum mlt_db_mode mode, const struct mlt_db_schema *schema,
                 bool durable, struct mlt_db **out, struct mlt_err *err)
{
    if (!check_path(path, mode, schema, err))
        return false;
    struct mlt_db *db = calloc(1, sizeof *db);
    if (!db)
        return mlt_err_oom(err);
    db->schema = schema;
    db->path = strdup(path);
    if (!db->path) {
        discard(db);
        return mlt_err_oom(err);
    }
    bool ok = open_handle(db, mode, durable, err) && (mode == MLT_DB_READ
                                                 ? open_for_reading(db, err)
                                                 : open_for_writing(db, mode, durable, err));
    if (!ok) {
        discard(db);
        return false;
    }
    *out = db;
    return true;
}

bool mlt_db_close(struct mlt_db *db, struct mlt_err *err)
{
    if (!db)
        return true;
    bool ok = sqlite3_get_autocommit(db->handle);
    if (!ok)
        mlt_err_set(err, MLT_ERR_INFRA, "%s: closed before its last transaction was committed",
                    db->path);
    int code = sqlite3_close(db->handle);
    if (code != SQLITE_OK) {
        if (ok)
            fault(db, code, err);
        ok = false;
        sqlite3_close_v2(db->handle);
    }
    free(db->path);
    free(db);
    return ok;
}

bool mlt_db_integrity(struct mlt_db *db, struct mlt_err *err)
{
    struct mlt_db_stmt *stmt;
    bool row;
    if (!mlt_db_prepare(db, "PRAGMA integrity_check(1)", &stmt, err))
        return false;
    bool ok = mlt_db_step(stmt, &row, err);
    if (ok) {
        const char *text = row ? mlt_db_column_text(stmt, 0) : NULL;
        ok = text && strcmp(text, "ok") == 0;
        if (!ok)
            mlt_err_set(err, MLT_ERR_EVIDENCE, "the %s %s is damaged: %s", db->schema->what,
                        db->path, text ? text : "the check gave no answer");
    }
    mlt_db_finish(stmt);
    return ok;
}

int mlt_db_user_version(struct mlt_db *db)
{
    struct mlt_err ignored = MLT_ERR_INIT;
    int64_t version = 0;
    return pragma_number(db, "PRAGMA user_version", &version, &ignored) ? (int)version : 0;
}

bool mlt_db_begin(struct mlt_db *db, struct mlt_err *err)
{
    return mlt_db_exec(db, "BEGIN IMMEDIATE", err);
}

bool mlt_db_commit(struct mlt_db *db, struct mlt_err *err)
{
    return mlt_db_exec(db, "COMMIT", err);
}

void mlt_db_rollback(struct mlt_db *db)
{
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

bool mlt_db_prepare(struct mlt_db *db, const char *sql, struct mlt_db_stmt **out,
                    struct mlt_err *err)
{
    struct mlt_db_stmt *stmt = calloc(1, sizeof *stmt);
    if (!stmt)
        return mlt_err_oom(err);
    stmt->db = db;
    int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle,
                                  NULL);
    if (code != SQLITE_OK) {
        free(stmt);
        return fault(db, code, err);
    }
    *out = stmt;
    return true;
}

void mlt_db_finish(struct mlt_db_stmt *stmt)
{
    if (!stmt)
        return;
    sqlite3_finalize(stmt->handle);
    free(stmt);
}

static void note_bind(struct mlt_db_stmt *stmt, int code)
{
    if (code != SQLITE_OK && stmt->bind_error == SQLITE_OK)
        stmt->bind_error = code;
}

void mlt_db_bind_text(struct mlt_db_stmt *stmt, int index, const char *text)
{
    note_bind(stmt, sqlite3_bind_text(stmt->handle, index + 1, text, -1, SQLITE_TRANSIENT));
}

void mlt_db_bind_blob(struct mlt_db_stmt *stmt, int index, const void *data, size_t len)
{
    /* An empty blob is not NULL. */
    note_bind(stmt, sqlite3_bind_blob64(stmt->handle, index + 1, len ? data : "", len,
                                        SQLITE_TRANSIENT));
}

void mlt_db_bind_int(struct mlt_db_stmt *stmt, int index, int64_t value)
{
    note_bind(stmt, sqlite3_bind_int64(stmt->handle, index + 1, value));
}

void mlt_db_bind_double(struct mlt_db_stmt *stmt, int index, double value)
{
    note_bind(stmt, sqlite3_bind_double(stmt->handle, index + 1, value));
}

void mlt_db_bind_null(struct mlt_db_stmt *stmt, int index)
{
    note_bind(stmt, sqlite3_bind_null(stmt->handle, index + 1));
}

bool mlt_db_step(struct mlt_db_stmt *stmt, bool *row, struct mlt_err *err)
{
    if (stmt->bind_error != SQLITE_OK) {
        int code = stmt->bind_error;
        stmt->bind_error = SQLITE_OK;
        return mlt_err_set(err, MLT_ERR_INFRA, "%s: cannot bind a value: %s", stmt->db->path,
                           sqlite3_errstr(code));
    }
    int code = sqlite3_step(stmt->handle);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return true;
    bool ok = code == SQLITE_DONE || fault(stmt->db, code, err);
    sqlite3_reset(stmt->handle);
    return ok;
}

bool mlt_db_run(struct mlt_db_stmt *stmt, struct mlt_err *err)
{
    bool row;
    if (!mlt_db_step(stmt, &row, err))
        return false;
    if (!row)
        return true;
    sqlite3_reset(stmt->handle);
    return mlt_err_set(err, MLT_ERR_INFRA, "%s: a statement gave a row where none was expected",
                       stmt->db->path);
}

int64_t mlt_db_changes(struct mlt_db *db)
{
    return sqlite3_changes64(db->handle);
}

bool mlt_db_column_is_null(struct mlt_db_stmt *stmt, int index)
{
    return sqlite3_column_type(stmt->handle, index) == SQLITE_NULL;
}

const char *mlt_db_column_text(struct mlt_db_stmt *stmt, int index)
{
    return (const char *)sqlite3_column_text(stmt->handle, index);
}

const void *mlt_db_column_blob(struct mlt_db_stmt *stmt, int index, size_t *out_len)
{
    const void *data = sqlite3_column_blob(stmt->handle, index);
    *out_len = (size_t)sqlite3_column_bytes(stmt->handle, index);
    return data;
}

int64_t mlt_db_column_int(struct mlt_db_stmt *stmt, int index)
{
    return sqlite3_column_int64(stmt->handle, index);
}

double mlt_db_column_double(struct mlt_db_stmt *stmt, int index)
{
    return mlt_db_column_is_null(stmt, index) ? NAN : sqlite3_column_double(stmt->handle, index);
}

/* SQLite behind a narrow door: the only user of sqlite3.h.
 *
 * Every database this project makes has application_id and user_version set and checked. A database
 * that is not ours, is truncated or fails SQLite's own checks is MLT_ERR_EVIDENCE; disk trouble and
 * locks that do not clear within 10 s are MLT_ERR_INFRA. */
#ifndef MLTEST_DB_SQLITE_H
#define MLTEST_DB_SQLITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

struct mlt_db;
struct mlt_db_stmt;

struct mlt_db_schema {
    uint32_t application_id;
    int user_version;      /* what this program writes */
    const char *what;      /* "results file", "record store": for messages */
    const char *const *migrations; /* user_version SQL scripts: [0] makes version 1, [1] 1 -> 2, … */
};

enum mlt_db_mode {
    MLT_DB_READ,   /* must exist; nothing is written, not even a journal; older versions accepted */
    MLT_DB_WRITE,  /* must exist; migrated in one transaction */
    MLT_DB_CREATE, /* made when missing, else as MLT_DB_WRITE */
};

/* `durable`: WAL journal with synchronous=FULL (shared record stores); else a rollback journal, for
 * files that one process writes and that must stay one file. A durable MLT_DB_READ in a writable
 * folder lets SQLite put its -wal and -shm beside the store, since a writer may come meanwhile. A
 * missing file is MLT_ERR_USAGE. A handle serves one thread at a time. */
bool mlt_db_open(const char *path, enum mlt_db_mode mode, const struct mlt_db_schema *schema,
                 bool durable, struct mlt_db **out, struct mlt_err *err) MLT_MUST_USE;
/* Closes; false when the last writes could not be finished. NULL is fine. */
bool mlt_db_close(struct mlt_db *db, struct mlt_err *err) MLT_MUST_USE;
/* PRAGMA integrity_check; a fault is MLT_ERR_EVIDENCE. */
bool mlt_db_integrity(struct mlt_db *db, struct mlt_err *err) MLT_MUST_USE;
int mlt_db_user_version(struct mlt_db *db);

bool mlt_db_exec(struct mlt_db *db, const char *sql, struct mlt_err *err) MLT_MUST_USE;
/* BEGIN IMMEDIATE / COMMIT; rollback never fails visibly. */
bool mlt_db_begin(struct mlt_db *db, struct mlt_err *err) MLT_MUST_USE;
bool mlt_db_commit(struct mlt_db *db, struct mlt_err *err) MLT_MUST_USE;
void mlt_db_rollback(struct mlt_db *db);

/* Statements are the caller's: mlt_db_finish(). Parameters and columns count from 0. */
bool mlt_db_prepare(struct mlt_db *db, const char *sql, struct mlt_db_stmt **out,
                    struct mlt_err *err) MLT_MUST_USE;
void mlt_db_finish(struct mlt_db_stmt *stmt);
/* Text and blobs are copied. NULL text and NaN bind NULL. */
void mlt_db_bind_text(struct mlt_db_stmt *stmt, int index, const char *text);
void mlt_db_bind_blob(struct mlt_db_stmt *stmt, int index, const void *data, size_t len);
void mlt_db_bind_int(struct mlt_db_stmt *stmt, int index, int64_t value);
void mlt_db_bind_double(struct mlt_db_stmt *stmt, int index, double value);
void mlt_db_bind_null(struct mlt_db_stmt *stmt, int index);
/* Advances: `*row` says whether there is one. After the last row, and after an INSERT or UPDATE, the
 * statement is reset and can be bound again. */
bool mlt_db_step(struct mlt_db_stmt *stmt, bool *row, struct mlt_err *err) MLT_MUST_USE;
/* A step that must give no row. */
bool mlt_db_run(struct mlt_db_stmt *stmt, struct mlt_err *err) MLT_MUST_USE;
/* Rows changed by the last INSERT, UPDATE or DELETE. */
int64_t mlt_db_changes(struct mlt_db *db);

bool mlt_db_column_is_null(struct mlt_db_stmt *stmt, int index);
const char *mlt_db_column_text(struct mlt_db_stmt *stmt, int index); /* lent until step; NULL for NULL */
const void *mlt_db_column_blob(struct mlt_db_stmt *stmt, int index, size_t *out_len);
int64_t mlt_db_column_int(struct mlt_db_stmt *stmt, int index);
double mlt_db_column_double(struct mlt_db_stmt *stmt, int index); /* NaN for NULL */

#endif

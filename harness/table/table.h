/* Rows from a file as columns in memory, and their slices.
 *
 * Shape: `rows` rows, `columns` columns, every column both as text and, where every non-missing
 * value is a number, as doubles. Missing is an empty field or one of NA, NaN, null, None (unquoted); in
 * JSON lines it is null or an absent key. */
#ifndef MLTEST_TABLE_TABLE_H
#define MLTEST_TABLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

struct mlt_column {
    const char *name;
    const char **text;   /* [rows]; NULL where missing */
    double *number;      /* [rows], NaN where missing; NULL when a value is not a number */
    size_t missing;      /* how many */
};

struct mlt_table {
    const char *path;
    size_t rows, columns;
    struct mlt_column *column;
    uint64_t *line; /* [rows] line in the file, for messages */
    char digest[65]; /* SHA-256 of the file's bytes */
};

/* Reads a file (.csv, .tsv, .jsonl, .ndjson, each also .gz and .zst) whole into the arena. The columns
 * of JSON lines are the keys of the first line; strings are unescaped, other values as they stand. An
 * empty data set is MLT_ERR_EVIDENCE. */
bool mlt_table_read(const char *path, struct mlt_arena *arena, struct mlt_table *out,
                    struct mlt_err *err) MLT_MUST_USE;
/* NULL when absent. */
const struct mlt_column *mlt_table_find(const struct mlt_table *table, const char *name);
/* As find; absent is MLT_ERR_EVIDENCE naming file, column and the nearest right word. */
const struct mlt_column *mlt_table_want(const struct mlt_table *table, const char *name,
                                        struct mlt_err *err);

/* Dense group ids of a text column: id[rows] in [0, groups), numbered by first appearance; the values
 * by id. A missing value is the group "(missing)". */
struct mlt_groups {
    uint32_t *id;
    uint32_t groups;
    const char **value; /* [groups] */
    uint64_t *rows;     /* [groups] */
};
bool mlt_table_group(const struct mlt_column *column, size_t rows, struct mlt_arena *arena,
                     struct mlt_groups *out, struct mlt_err *err) MLT_MUST_USE;

#endif

/* Rows of a file, only the columns that are wanted, block by block and over threads: CSV, TSV and
 * JSON lines, plain, gzip or zstd, from a file or standard input.
 *
 * Memory is bounded by the blocks in flight (512 KiB of text a thread, and its values) and the
 * dictionaries of the category columns, whatever the file's size. The values, ordinals, line
 * numbers, category ids and the fault that is reported are the same for any number of threads. */
#ifndef MLTEST_TABLE_READER_H
#define MLTEST_TABLE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

enum mlt_column_type {
    MLT_COLUMN_NUMBER,   /* finite doubles; JSON true and false are 1 and 0 */
    MLT_COLUMN_CATEGORY, /* ids of distinct spellings, by first appearance in the file */
    MLT_COLUMN_TEXT,     /* the bytes themselves */
};
struct mlt_reader_column {
    const char *name;
    enum mlt_column_type type;
    bool may_be_missing; /* else a missing value is a fault */
};

enum mlt_format { MLT_FORMAT_AUTO, MLT_FORMAT_CSV, MLT_FORMAT_TSV, MLT_FORMAT_JSONL };

struct mlt_reader_options {
    const char *path; /* "-": standard input */
    /* AUTO: by the name (.csv, .tsv, .jsonl, .ndjson, each also .gz or .zst); standard input is
     * JSON lines when its first byte is '{', else CSV. */
    enum mlt_format format;
    /* NULL: every column of the header (of the first line's keys), as TEXT that may be missing; a
     * later line of JSON must not have other keys then. */
    const struct mlt_reader_column *columns;
    size_t column_count;
    /* The unquoted spellings of missing, ended by NULL; NULL: NA, NaN, null, None. An empty field
     * is missing always, quoted too. In JSON lines missing is null or an absent key, nothing else.
     */
    const char *const *missing;
    unsigned threads; /* 0 or 1: in the caller's thread */
    unsigned shard,
        shards;     /* 1-based i of n; 0, 0: all. Every n-th block of the file's text (cut at
                     * fixed places, so that all shards agree) is parsed and delivered. */
    bool portable;  /* no SIMD beyond what the compiler may assume */
    bool may_have_no_rows;  /* a header and nothing below it is no fault */
    bool no_digest; /* leave summary.sha256 empty: saves a fifth to a half of the time */
    /* Called for every block that is read, from one thread at a time; total 0: not known. False
     * stops with MLT_ERR_INTERRUPTED. May be NULL. */
    bool (*progress)(void *context, uint64_t done_bytes, uint64_t total_bytes);
    void *progress_context;
};

/* The id of a missing value in a category column. */
#define MLT_CATEGORY_MISSING UINT32_MAX
/* A category column with more distinct values looks like an id: MLT_ERR_EVIDENCE. */
enum { MLT_CATEGORY_MAX = 1 << 20 };

struct mlt_reader_text {
    const char *text; /* not NUL-terminated; NULL where missing. JSON: strings are unescaped;
                       * numbers, true, false and arrays are as they stand */
    uint32_t len;
    bool quoted; /* in CSV; in JSON: it is a string */
};

/* One wanted column of a block; the array of its type has block.rows elements, the others are NULL.
 */
struct mlt_reader_values {
    const double *number;     /* NaN where missing, and only there */
    const uint32_t *category; /* MLT_CATEGORY_MISSING where missing */
    const struct mlt_reader_text *text;
    size_t missing; /* how many of the rows */
};

/* Rows that follow each other in the file; everything is lent for the call. */
struct mlt_reader_block {
    size_t rows;
    uint64_t first_ordinal; /* of the whole file, from 0: the rows in front of this one */
    const struct mlt_reader_column *wanted;
    const struct mlt_reader_values *columns; /* [column_count], in the order wanted */
    size_t column_count;
    unsigned worker; /* which thread calls: 0 .. threads - 1 */
    struct mlt_reader_worker *inside;
};
/* Line on which a row of the block starts, from 1. */
uint64_t mlt_reader_line(const struct mlt_reader_block *block, size_t row);
/* Sets MLT_ERR_EVIDENCE "file:line:column: …" for a value of the block. Returns false. */
bool mlt_reader_fault(const struct mlt_reader_block *block, size_t column, size_t row,
                      struct mlt_err *err, const char *fmt, ...) MLT_PRINTF(5, 6);

struct mlt_reader_dictionary {
    uint32_t count;
    const char *const *value; /* [count], by id; NUL-terminated */
};

struct mlt_reader_summary {
    struct mlt_arena arena; /* holds the rest; freed by mlt_reader_summary_free() */
    uint64_t rows;          /* delivered */
    uint64_t file_rows;     /* of the whole file; more than `rows` only with shards */
    uint64_t bytes;         /* of the file as stored */
    char sha256[65];        /* of the file as stored; "" with no_digest */
    enum mlt_format format;
    size_t column_count;
    const struct mlt_reader_column *wanted;
    uint64_t *missing;                        /* [column_count] */
    struct mlt_reader_dictionary *dictionary; /* [column_count]; empty unless CATEGORY */
};

/* Calls `block` for every block, from `threads` threads at once, in any order unless there is one.
 * The first fault in the order of the file wins, a fault of `block` in its block's place; blocks
 * behind it may have been delivered. No header, or no rows below it, is MLT_ERR_EVIDENCE. An absent
 * column is too, and names the nearest one that is there. */
bool mlt_reader_run(const struct mlt_reader_options *options,
                    bool (*block)(void *context, const struct mlt_reader_block *block,
                                  struct mlt_err *err),
                    void *context, struct mlt_reader_summary *out,
                    struct mlt_err *err) MLT_MUST_USE;
void mlt_reader_summary_free(struct mlt_reader_summary *summary);

/* Only the names: those of the header, or the keys of the first line, in their order; in the arena.
 */
bool mlt_reader_names(const struct mlt_reader_options *options, struct mlt_arena *arena,
                      const char *const **out_names, size_t *out_count,
                      struct mlt_err *err) MLT_MUST_USE;

/* The format that a name tells, .gz and .zst left aside; MLT_FORMAT_AUTO when it tells none. */
enum mlt_format mlt_format_of(const char *path);

#endif

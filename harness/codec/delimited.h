/* CSV and TSV (RFC 4180) in blocks: where records end, where their fields stand, and what is wrong.
 *
 * A text is cut behind whole records by mlt_delimited_cut(), which follows the quotes and nothing
 * else. mlt_delimited_scan() then finds every separator and record end of the block, 64 bytes a
 * step, and tells whether anything in it needs a closer look; mlt_delimited_check() takes that
 * look, byte by byte, and names the first fault with file:line:column. The rules are those of
 * harness/codec/csv.h. */
#ifndef MLTEST_CODEC_DELIMITED_H
#define MLTEST_CODEC_DELIMITED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

/* Bytes that must be readable (not meaningful) behind every text given to _cut and _scan. */
enum { MLT_DELIMITED_PAD = 64 };
enum { MLT_DELIMITED_FIELD_MAX = 1024 * 1024, MLT_DELIMITED_ROW_MAX = 64 * 1024 * 1024 };

struct mlt_delimited_cut {
    bool inside;      /* in: the text starts between quotes; out: it ends there */
    uint64_t records; /* line feeds outside quotes are added */
    uint64_t lines;   /* all line feeds are added */
    size_t end;       /* out: behind the last record end in this text; 0: there is none */
};
/* `quotes` false: every line feed ends a record (JSON lines). `avx2`: the processor has it. */
void mlt_delimited_cut(const char *text, size_t len, bool quotes, bool avx2,
                       struct mlt_delimited_cut *cut);

/* The fields of a block of whole records, each ended by a line feed. Field i runs from
 * bound[i] + 1 to bound[i + 1]; bound[0] is UINT32_MAX, which + 1 is 0. Zeroed is empty; reused by
 * the next scan; freed by mlt_delimited_index_free(). */
struct mlt_delimited_index {
    uint32_t *bound;
    size_t fields, capacity;
    bool quotes, returns; /* there are quotes, carriage returns */
    bool fault;           /* quotes, carriage returns or NUL bytes stand where they must not */
};
/* `len` is below 2^32. Ragged rows are the caller's to see: `columns` fields to a row. */
bool mlt_delimited_scan(const char *text, size_t len, char separator, bool avx2,
                        struct mlt_delimited_index *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_delimited_index_free(struct mlt_delimited_index *index);

/* A text of records for the closer look. */
struct mlt_delimited_text {
    const char *name; /* the file, for messages */
    const char *text;
    size_t len;
    uint64_t first_line;
    char separator;
    size_t columns; /* 0: not known yet */
};
/* True when every record is well-formed. Else the first fault is in `err` (MLT_ERR_EVIDENCE) and
 * `*good` is how many bytes of whole, sound records stand in front of it. A quote that is never
 * closed is no fault when `more` text may follow. */
bool mlt_delimited_check(const struct mlt_delimited_text *in, bool more, size_t *good,
                         struct mlt_err *err) MLT_MUST_USE;
/* The names of the header, the first record of `in`, unquoted and copied into the arena. A name
 * that is empty or there twice is a fault. */
bool mlt_delimited_header(const struct mlt_delimited_text *in, struct mlt_arena *arena,
                          const char ***out_names, size_t *out_count,
                          struct mlt_err *err) MLT_MUST_USE;

/* Removes the doubling of quotes in place; the new length. */
size_t mlt_delimited_unquote(char *text, size_t len);

#endif

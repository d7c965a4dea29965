/* JSON lines: one object a line, of which only the wanted keys are kept. No tree is built, and yet
 * the whole line is checked: grammar and numbers of RFC 8259, UTF-8, escapes (no \u0000, no half of
 * a surrogate pair), depth <= 64, wanted keys that are there twice, text behind the object. */
#ifndef MLTEST_CODEC_JSONL_H
#define MLTEST_CODEC_JSONL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

/* Bytes that must be readable (not meaningful) behind the line feed that ends a line. */
enum { MLT_JSONL_PAD = 32 };

enum mlt_jsonl_kind {
    MLT_JSONL_ABSENT,
    MLT_JSONL_NULL,
    MLT_JSONL_FALSE,
    MLT_JSONL_TRUE,
    MLT_JSONL_NUMBER,
    MLT_JSONL_STRING,
    MLT_JSONL_ARRAY,
    MLT_JSONL_OBJECT,
};

struct mlt_jsonl_value {
    const char *text; /* in the line; a string's without its quotes */
    uint32_t len;
    uint8_t kind; /* enum mlt_jsonl_kind */
    bool escaped; /* a string with backslashes: mlt_jsonl_unescape() */
};

/* Where in the line, from 0, and what is wrong. */
struct mlt_jsonl_fault {
    size_t offset;
    char what[160];
};

/* The wanted keys, and what was learnt from the lines before. One thread at a time. */
struct mlt_jsonl;
/* The keys are lent for its life. With `strict` any other key is a fault. NULL when memory is out.
 */
struct mlt_jsonl *mlt_jsonl_new(const char *const *keys, size_t count, bool strict);
void mlt_jsonl_free(struct mlt_jsonl *jsonl);

/* One line: `len` bytes without the line feed, which must be there. `out` has one value for each
 * key. False on a fault. */
bool mlt_jsonl_line(struct mlt_jsonl *jsonl, const char *text, size_t len,
                    struct mlt_jsonl_value *out, struct mlt_jsonl_fault *fault);
/* The keys of a line in their order, copied into the arena; one that is there twice is a fault.
 * False with `fault->what` empty: out of memory. */
bool mlt_jsonl_keys(const char *text, size_t len, struct mlt_arena *arena, const char ***out_names,
                    size_t *out_count, struct mlt_jsonl_fault *fault);

/* A checked string's escapes resolved into `to`, which has room for `len` bytes; the length. */
size_t mlt_jsonl_unescape(const char *text, size_t len, char *to);
/* The numbers of a checked array into `out`; false when it holds anything else, more than `max`, or
 * a number that overflows. */
bool mlt_jsonl_numbers(const char *text, size_t len, size_t max, double *out, size_t *count);

#endif

/* Text: numbers with units, nearest words, globs, safe printing. All input is hostile. */
#ifndef MLTEST_BASE_STR_H
#define MLTEST_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"

/* Equality that accepts NULL on either side (NULL equals NULL only). */
bool mlt_str_eq(const char *a, const char *b);
bool mlt_str_starts(const char *text, const char *prefix);
bool mlt_str_ends(const char *text, const char *suffix);

/* The candidate nearest to `word` by Damerau-Levenshtein distance (optimal string alignment), or
 * NULL when none is near enough (distance at most a third of the word's length, at least 1) to be
 * worth suggesting. `words` ends with NULL. */
const char *mlt_str_nearest(const char *word, const char *const *words);

/* Whole-string match of a shell glob: '*', '?', '[a-z]', no escape. '/' is an ordinary character. */
bool mlt_str_glob(const char *pattern, const char *text);

/* A whole string as a finite decimal double (no hex, no inf, no nan, no surrounding space; exponent
 * allowed). False when it is anything else, overflow included. */
bool mlt_str_parse_double(const char *text, size_t len, double *out);
/* A whole string as an unsigned decimal integer of at most `max`. */
bool mlt_str_parse_uint(const char *text, uint64_t max, uint64_t *out);

/* The shortest decimal form that parses back to the same double ("0.1", "1e+300"). NaN and the
 * infinities give "nan", "inf", "-inf" and are the caller's to keep out of JSON. `out` holds at
 * least MLT_DOUBLE_CHARS bytes; returns `out`. */
enum { MLT_DOUBLE_CHARS = 32 };
char *mlt_str_format_double(double value, char out[MLT_DOUBLE_CHARS]);

/* "14d", "48h", "10m", "5s", "1.5ms", "20us", "3ns": a duration in nanoseconds, not negative. */
bool mlt_str_parse_duration_ns(const char *text, uint64_t *out_ns);

/* True when the bytes are valid UTF-8 (RFC 3629: no surrogates, no overlong forms). On failure
 * `*bad_offset` (may be NULL) is the first offending byte. */
bool mlt_str_utf8_valid(const char *text, size_t len, size_t *bad_offset);

/* The valid character that starts at `text`: its length in bytes and its code point; 0 when the bytes
 * there are none (RFC 3629) or `len` is 0. */
size_t mlt_str_utf8_char(const char *text, size_t len, uint32_t *code);

/* Appends text as it may be shown on a terminal or in a log: valid printable UTF-8 stays, control
 * characters (C0, DEL, C1), bidirectional overrides and invalid bytes become \xNN or \u{NNNN}; at
 * most `max_bytes` bytes of input, then "…". A newline becomes "\n" (two characters). */
void mlt_str_append_safe(struct mlt_buf *out, const char *text, size_t len, size_t max_bytes);

/* A name that is safe as one path component: [A-Za-z0-9._-]+, not starting with '.' or '-', at most
 * 128 bytes. */
bool mlt_str_is_name(const char *text);

#endif

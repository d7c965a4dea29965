/* Strict JSON (RFC 8259): the only user of cJSON.
 *
 * cJSON alone accepts malformed texts, loses digits and truncates at \u0000, so every text is
 * checked first (UTF-8, grammar, depth <= 64, no duplicate keys, no trailing text, no number that
 * overflows a double, no \u0000), and printing is our own: doubles in the shortest form that parses
 * back, and NaN or an infinity is never printed as null: the writer refuses it. */
#ifndef MLTEST_CODEC_JSON_H
#define MLTEST_CODEC_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

enum mlt_json_type {
    MLT_JSON_NULL,
    MLT_JSON_BOOL,
    MLT_JSON_NUMBER,
    MLT_JSON_STRING,
    MLT_JSON_ARRAY,
    MLT_JSON_OBJECT,
};

/* A node; lent until the document is freed. */
struct mlt_json;

/* Parses a whole text. `name` names it in messages ("metadata.json", "answer of the model"); a
 * fault is MLT_ERR_USAGE with name:line:column. The document is the caller's: mlt_json_free(). */
bool mlt_json_parse(const char *name, const char *text, size_t len, struct mlt_json **out,
                    struct mlt_err *err) MLT_MUST_USE;
/* The same of a text that mltest wrote itself (a record, a manifest): a fault is MLT_ERR_EVIDENCE. */
bool mlt_json_parse_kept(const char *name, const char *text, size_t len, struct mlt_json **out,
                         struct mlt_err *err) MLT_MUST_USE;
void mlt_json_free(struct mlt_json *document);
/* Only the check, no tree. */
bool mlt_json_check(const char *name, const char *text, size_t len, struct mlt_err *err) MLT_MUST_USE;

enum mlt_json_type mlt_json_type(const struct mlt_json *node);
const char *mlt_json_type_name(enum mlt_json_type type); /* "an object", "a number", … */

/* The member of an object, case-sensitive; NULL when absent or when `object` is NULL or no object. */
const struct mlt_json *mlt_json_get(const struct mlt_json *object, const char *key);
/* First child of an array or object, and the next sibling; NULL at the end. */
const struct mlt_json *mlt_json_first(const struct mlt_json *node);
const struct mlt_json *mlt_json_next(const struct mlt_json *node);
/* The key under which a child of an object stands. */
const char *mlt_json_key(const struct mlt_json *node);
size_t mlt_json_count(const struct mlt_json *node); /* children */

/* Values of a node; false (and `out` untouched) for NULL or another type. Strings are lent and
 * NUL-terminated. */
bool mlt_json_number(const struct mlt_json *node, double *out);
bool mlt_json_bool(const struct mlt_json *node, bool *out);
const char *mlt_json_string(const struct mlt_json *node); /* NULL for NULL or another type */

/* Members read in one go: absent, or of another type, is an error that names the key. */
bool mlt_json_want_string(const struct mlt_json *object, const char *key, const char **out,
                          struct mlt_err *err) MLT_MUST_USE;
bool mlt_json_want_number(const struct mlt_json *object, const char *key, double *out,
                          struct mlt_err *err) MLT_MUST_USE;

/* A string field copied into the arena; NULL where there is none, and when memory is out. */
const char *mlt_json_text(const struct mlt_json *object, const char *key, struct mlt_arena *arena);

/* Streaming writer. Commas and nesting are its business; misuse is an assertion. With `indent` it
 * writes two-space indented text, else one line. Keys appear in the order written: documents whose
 * bytes matter are written in one fixed order. */
struct mlt_json_out {
    struct mlt_buf *buf;
    int indent;
    int depth;
    bool after_key;
    bool not_finite; /* a NaN or infinity was offered */
    bool too_deep;   /* nested deeper than 64 */
    uint64_t has_items; /* bit per depth */
};

void mlt_json_out_init(struct mlt_json_out *out, struct mlt_buf *buf, bool indent);
void mlt_json_out_object(struct mlt_json_out *out);
void mlt_json_out_object_end(struct mlt_json_out *out);
void mlt_json_out_array(struct mlt_json_out *out);
void mlt_json_out_array_end(struct mlt_json_out *out);
void mlt_json_out_key(struct mlt_json_out *out, const char *key);
/* NULL text gives null. Invalid UTF-8 is replaced by U+FFFD. */
void mlt_json_out_string(struct mlt_json_out *out, const char *text);
void mlt_json_out_string_len(struct mlt_json_out *out, const char *text, size_t len);
void mlt_json_out_number(struct mlt_json_out *out, double value);
void mlt_json_out_int(struct mlt_json_out *out, int64_t value);
void mlt_json_out_bool(struct mlt_json_out *out, bool value);
void mlt_json_out_null(struct mlt_json_out *out);
/* Text that is JSON already (checked by the caller). */
void mlt_json_out_raw(struct mlt_json_out *out, const char *json, size_t len);
/* Re-prints a parsed node. */
void mlt_json_out_node(struct mlt_json_out *out, const struct mlt_json *node);
/* The node on one line, in the arena; NULL with the error set. */
const char *mlt_json_node_text(const struct mlt_json *node, struct mlt_arena *arena,
                               struct mlt_err *err);
/* key + value in one call. */
void mlt_json_out_kstring(struct mlt_json_out *out, const char *key, const char *text);
/* Neither key nor value where the text is NULL. */
void mlt_json_out_kstring_if(struct mlt_json_out *out, const char *key, const char *text);
void mlt_json_out_kstrings(struct mlt_json_out *out, const char *key, const char *const *texts,
                           size_t count);
void mlt_json_out_knumber(struct mlt_json_out *out, const char *key, double value);
/* A number when finite, else null: for optional figures whose absence the reader knows. */
void mlt_json_out_koptional(struct mlt_json_out *out, const char *key, double value);
void mlt_json_out_kint(struct mlt_json_out *out, const char *key, int64_t value);
void mlt_json_out_kbool(struct mlt_json_out *out, const char *key, bool value);
/* False when memory was out, a number was not finite or the nesting too deep. Call once, at the end. */
bool mlt_json_out_finish(const struct mlt_json_out *out, struct mlt_err *err) MLT_MUST_USE;

#endif

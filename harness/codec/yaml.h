/* YAML as plain nodes with line and column: the only user of libyaml.
 *
 * Bounded: 1 MiB of text, depth 32, 100,000 nodes after alias expansion. Duplicate keys, a second
 * document, cyclic aliases, tags and non-scalar keys are errors. Scalars stay text: the schema that
 * reads them decides the type, so `no` and `1:30` are what the reader expects them to be. */
#ifndef MLTEST_CODEC_YAML_H
#define MLTEST_CODEC_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

enum mlt_yaml_kind { MLT_YAML_SCALAR, MLT_YAML_SEQUENCE, MLT_YAML_MAPPING };

struct mlt_yaml {
    enum mlt_yaml_kind kind;
    const char *file; /* as named by the caller */
    int line, column; /* from 1 */
    /* scalar */
    const char *text; /* NUL-terminated; embedded NUL is an error */
    bool quoted;      /* 'x', "x", | and > : never null, number or boolean */
    /* mapping and sequence, in the order written; keys NULL for a sequence */
    size_t count;
    struct mlt_yaml **keys, **values;
};

/* Parses one document; everything lives in the arena. An empty document gives `*out = NULL`. Faults
 * are MLT_ERR_USAGE with file:line:column. */
bool mlt_yaml_parse(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                    struct mlt_yaml **out, struct mlt_err *err) MLT_MUST_USE;

/* The value under `key` of a mapping; NULL when absent, or when `node` is NULL or no mapping. */
const struct mlt_yaml *mlt_yaml_get(const struct mlt_yaml *node, const char *key);
/* Unquoted empty, ~ or null. */
bool mlt_yaml_is_null(const struct mlt_yaml *node);
/* "a mapping", "a list", "text". */
const char *mlt_yaml_kind_name(const struct mlt_yaml *node);
/* Sets MLT_ERR_USAGE "file:line:column: …". Always returns false. */
bool mlt_yaml_fault(const struct mlt_yaml *node, struct mlt_err *err, const char *fmt, ...)
    MLT_PRINTF(3, 4);

#endif

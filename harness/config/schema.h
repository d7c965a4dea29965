/* Shapes of YAML sections: one const table validates a file, reads like documentation, and is printed
 * as JSON Schema for editors. */
#ifndef MLTEST_CONFIG_SCHEMA_H
#define MLTEST_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/codec/yaml.h"
#include "mltest/err.h"

enum mlt_schema_type {
    MLT_SCHEMA_ANY,
    MLT_SCHEMA_TEXT,     /* any scalar but null */
    MLT_SCHEMA_INTEGER,  /* in [min, max] */
    MLT_SCHEMA_NUMBER,   /* finite, in [min, max] */
    MLT_SCHEMA_BOOLEAN,  /* true | false, nothing else */
    MLT_SCHEMA_DURATION, /* "5s", "250ms" */
    MLT_SCHEMA_PERCENT,  /* "5%" or a share in [0, 1] */
    MLT_SCHEMA_SENTENCE, /* parsed by harness/criteria */
    MLT_SCHEMA_WORD,     /* one of `words` */
    MLT_SCHEMA_NUMBER_OR_WORD, /* as NUMBER, or one of `words` */
    MLT_SCHEMA_LIST,     /* of `item`; a list may be empty only with MLT_SCHEMA_EMPTY_OK */
    MLT_SCHEMA_MAP,      /* free keys, values as `item` */
    MLT_SCHEMA_OBJECT,   /* the keys of `keys` */
    MLT_SCHEMA_SCALAR_OR, /* a scalar as `scalar`, or a list/mapping as `item` */
};

struct mlt_schema;

struct mlt_schema_key {
    const char *name; /* NULL ends the table */
    const struct mlt_schema *schema;
    bool required;
    const char *doc;
};

struct mlt_schema {
    enum mlt_schema_type type;
    const char *doc;
    double min, max; /* INTEGER, NUMBER, NUMBER_OR_WORD; both 0: no bound */
    bool empty_ok;   /* LIST, MAP, OBJECT */
    const char *const *words;          /* WORD, NUMBER_OR_WORD; NULL-terminated */
    const struct mlt_schema *item;     /* LIST, MAP, SCALAR_OR */
    const struct mlt_schema *scalar;   /* SCALAR_OR */
    const struct mlt_schema_key *keys; /* OBJECT */
};

/* Checks a node (NULL: an empty document) against a shape: unknown keys (with the nearest right one),
 * missing keys, wrong types, bad values; MLT_ERR_USAGE with file:line:column. `where` names the place
 * in words ("mltest.yaml", "suites.regression[0]"). */
bool mlt_schema_check(const struct mlt_schema *schema, const struct mlt_yaml *node,
                      const char *where, struct mlt_err *err) MLT_MUST_USE;

/* JSON Schema (draft 2020-12) of the same shape. */
bool mlt_schema_print(const struct mlt_schema *schema, const char *title, struct mlt_buf *out,
                      struct mlt_err *err) MLT_MUST_USE;

/* Reading what was checked. Each leaves `out` untouched for NULL (absent) and returns whether a value
 * was there. */
bool mlt_schema_text(const struct mlt_yaml *node, const char **out);
bool mlt_schema_number(const struct mlt_yaml *node, double *out);
bool mlt_schema_integer(const struct mlt_yaml *node, int64_t *out);
bool mlt_schema_boolean(const struct mlt_yaml *node, bool *out);
bool mlt_schema_duration_ns(const struct mlt_yaml *node, uint64_t *out);
bool mlt_schema_share(const struct mlt_yaml *node, double *out); /* "5%" gives 0.05 */

#endif

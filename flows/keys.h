/* `mltest keys …`: keys on this machine, and keys that a registry allows. */
#ifndef MLTEST_FLOWS_KEYS_H
#define MLTEST_FLOWS_KEYS_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_keys_request {
    const char *registry; /* URL; NULL: environment or configuration */
    const char *name;     /* of the key; allow: NULL for the file's name */
    const char *role;     /* "runner" (or NULL), "gate", "both" */
    const char *file;     /* allow: a public key */
    const char *format;   /* list: "text" (or NULL) or "json" */
};

/* Makes a pair and, where a registry is named, allows its public half there. */
bool mlt_flow_keys_new(const struct mlt_keys_request *request, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_keys_list(const struct mlt_keys_request *request, struct mlt_arena *arena,
                        struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
/* A new pair in the place of the old one, which is retired in the same transaction. */
bool mlt_flow_keys_rotate(const struct mlt_keys_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_keys_retire(const struct mlt_keys_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_keys_allow(const struct mlt_keys_request *request, struct mlt_arena *arena,
                         struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif

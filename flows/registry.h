/* `mltest registry …`: each flow resolves the registry, does one thing, and writes what it has to
 * say into a text. */
#ifndef MLTEST_FLOWS_REGISTRY_H
#define MLTEST_FLOWS_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_registry_request {
    const char *registry;        /* URL; NULL: environment or configuration */
    const char *ref;             /* MODEL[@VERSION]; NULL where it may be left out */
    const char *folder;          /* register: the version's folder */
    const char *reason;          /* adopt */
    const char *format;          /* "text" (or NULL) or "json" */
    const char *const *policies; /* init: "[MODEL=]FILE" */
    size_t policy_count;
    bool unsigned_only; /* init: allow no key, so that nothing needs a signature */
    bool all;       /* verify: the whole registry, in so many words */
    FILE *progress; /* verify: a terminal for a progress line; NULL: none */
    struct mlt_buf *notes; /* get, show: what is to be said beside the answer, line by line; NULL */
};

/* The version that the request means, checked, in a registry opened for reading that the caller closes.
 */
bool mlt_flow_registry_version(const struct mlt_registry_request *request,
                               const char *default_version, struct mlt_arena *arena,
                               struct mlt_registry **registry, struct mlt_version *out,
                               struct mlt_err *err) MLT_MUST_USE;

bool mlt_flow_registry_init(const struct mlt_registry_request *request, struct mlt_arena *arena,
                            struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_registry_register(const struct mlt_registry_request *request, struct mlt_arena *arena,
                                struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_registry_adopt(const struct mlt_registry_request *request, struct mlt_arena *arena,
                             struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_registry_get(const struct mlt_registry_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_registry_list(const struct mlt_registry_request *request, struct mlt_arena *arena,
                            struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_registry_show(const struct mlt_registry_request *request, struct mlt_arena *arena,
                            struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
/* Faults are listed in `out`; any fault makes the result false with MLT_ERR_EVIDENCE. */
bool mlt_flow_registry_verify(const struct mlt_registry_request *request, struct mlt_arena *arena,
                              struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_registry_latest(const struct mlt_registry_request *request, struct mlt_arena *arena,
                              struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif

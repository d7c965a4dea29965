/* What a command is about: the configuration, the registry, the candidate and its baseline.
 *
 * Registry: the request's, else MLTEST_REGISTRY, else `registry:` of mltest.yaml. Configuration: the
 * request's folder, else mltest.yaml in this folder or above, else in the version's tests/. */
#ifndef MLTEST_FLOWS_TARGET_H
#define MLTEST_FLOWS_TARGET_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/config/config.h"
#include "harness/domain/subject.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_target_request {
    const char *dir;      /* -C; NULL: here */
    const char *registry; /* --registry; NULL */
    const char *ref;      /* MODEL[@VERSION] or a version's folder; NULL: the configuration's model */
    bool read_only;       /* the registry is only read */
    bool needs_config;
    bool needs_registry;
};

struct mlt_target {
    bool has_config;
    struct mlt_config config;
    struct mlt_registry *registry; /* NULL: versions are plain folders */
    const char *registry_url;
    struct mlt_version version;    /* the candidate */
    struct mlt_subject candidate;
    bool has_baseline;
    struct mlt_version baseline_version;
    struct mlt_subject baseline;
    const char *baseline_ref;      /* as asked; "none" */
};

/* Resolves everything but the baseline. Close with mlt_target_close(), also after a failure. */
bool mlt_target_open(const struct mlt_target_request *request, struct mlt_arena *arena,
                     struct mlt_target *out, struct mlt_err *err) MLT_MUST_USE;
/* Resolves the baseline: `ref` or else the configuration's. "none" must be said in so many words. A
 * baseline equal to the candidate by digest is MLT_ERR_USAGE. */
bool mlt_target_baseline(struct mlt_target *target, const char *ref, struct mlt_arena *arena,
                         struct mlt_err *err) MLT_MUST_USE;
void mlt_target_close(struct mlt_target *target);

/* The registry a command without a model works on (request, environment, configuration). */
bool mlt_target_registry(const char *registry, const char *dir, bool read_only,
                         struct mlt_arena *arena, struct mlt_registry **out,
                         struct mlt_err *err) MLT_MUST_USE;

#endif

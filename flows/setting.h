/* What a command is about: the configuration, the registry, the candidate and its baseline.
 *
 * Registry: the request's, else MLTEST_REGISTRY, else `registry:` of mltest.yaml. Configuration:
 * the request's folder, else mltest.yaml in this folder or above, else in the version's tests/. */
#ifndef MLTEST_FLOWS_SETTING_H
#define MLTEST_FLOWS_SETTING_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/config/config.h"
#include "harness/domain/subject.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

/* A version's folder is told from MODEL@VERSION by its '/': names hold none. */
bool mlt_setting_is_folder(const char *ref);

struct mlt_setting_request {
    const char *dir;      /* -C; NULL: here */
    const char *registry; /* --registry; NULL */
    const char *ref; /* MODEL[@VERSION] or a version's folder; NULL: the configuration's model */
    bool read_only;  /* the registry is only read */
    bool needs_config;
    bool needs_registry;
};

struct mlt_setting {
    bool has_config;
    struct mlt_config config;
    struct mlt_registry *registry; /* NULL: versions are plain folders */
    const char *registry_url;
    struct mlt_version version; /* the candidate */
    struct mlt_subject candidate;
    bool has_baseline;
    struct mlt_version baseline_version;
    struct mlt_subject baseline;
    const char *baseline_ref; /* as asked; "none" */
};

/* Resolves everything but the baseline. Close with mlt_setting_close(), also after a failure. */
bool mlt_setting_open(const struct mlt_setting_request *request, struct mlt_arena *arena,
                      struct mlt_setting *out, struct mlt_err *err) MLT_MUST_USE;
/* Resolves the baseline: `ref` or else the configuration's. "none" must be said in so many words. A
 * baseline equal to the candidate by digest is MLT_ERR_USAGE. */
bool mlt_setting_baseline(struct mlt_setting *setting, const char *ref, struct mlt_arena *arena,
                          struct mlt_err *err) MLT_MUST_USE;
void mlt_setting_close(struct mlt_setting *setting);

/* The registry a command without a model works on (request, environment, configuration).
 * _if_named: `*out` is NULL when none of them names one. */
bool mlt_setting_registry_if_named(const char *registry, const char *dir, bool read_only,
                                   struct mlt_arena *arena, struct mlt_registry **out,
                                   struct mlt_err *err) MLT_MUST_USE;
bool mlt_setting_registry(const char *registry, const char *dir, bool read_only,
                          struct mlt_arena *arena, struct mlt_registry **out,
                          struct mlt_err *err) MLT_MUST_USE;

#endif

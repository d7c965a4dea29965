#include <stdarg.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/registry/policy.h"
#include "harness/registry/revision.h"
#include "harness/registry/statements.h"
#include "harness/registry/store.h"
#include "harness/registry/verify_files.h"

#define ENVELOPE ".dsse.json"
#define ATTESTATIONS ".intoto.jsonl"

struct verification {
    struct mlt_registry *registry;
    struct mlt_arena *arena;
    void (*fault)(void *context, const char *what);
    void *context;
};

/* Models with their records, and the versions whose files are read. */
struct scope {
    struct model {
        const char *name;
        const struct mlt_version_record *records;
        size_t count;
        bool whole; /* not one version alone */
    } * models;
    size_t count, capacity;
    struct mlt_verify_job *jobs;
    size_t job_count, job_capacity;
};

static bool tell(const struct verification *v, struct mlt_err *err, const char *fmt, ...)
    MLT_PRINTF(3, 4);

static bool tell(const struct verification *v, struct mlt_err *err, const char *fmt, ...)
{
    struct mlt_buf text = MLT_BUF_INIT;
    va_list args;
    va_start(args, fmt);
    mlt_buf_vprintf(&text, fmt, args);
    va_end(args);
    bool ok = mlt_buf_check(&text, err);
    if (ok)
        v->fault(v->context, text.data);
    mlt_buf_free(&text);
    return ok;
}

/* Wrong evidence is what verification looks for: a fault, and it goes on. */
static bool tell_error(const struct verification *v, struct mlt_err *err)
{
    if (err->kind != MLT_ERR_EVIDENCE && err->kind != MLT_ERR_USAGE)
        return false;
    v->fault(v->context, err->text);
    return true;
}

static bool verify_leftovers(const struct verification *v, const char *prefix, struct mlt_err *err)
{
    struct mlt_blobs *blobs = v->registry->blobs;
    char **names;
    size_t count;
    if (!blobs->ops->leftovers(blobs, prefix, v->arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tell(
                v, err,
                "%s/%s/%s was left by something that was cut off (or runs now): nothing reads it; "
                "`mltest registry clean` tells when it may go",
                v->registry->root, prefix, names[i]))
            return false;
    return true;
}

static bool verify_run(const struct verification *v, const struct mlt_stored_run *run,
                       struct mlt_err *err)
{
    char sha256[MLT_SHA256_HEX];
    if (mlt_fs_kind(run->path) == MLT_FS_ABSENT)
        return tell(v, err, "%s is missing", run->path);
    if (!mlt_hash_file(run->path, sha256, NULL, err))
        return tell_error(v, err);
    return strcmp(sha256, run->sha256) == 0 ||
           tell(v, err, "%s was altered: its SHA-256 is %.12s…, stored was %.12s…", run->path,
                sha256, run->sha256);
}

/* The copy of a signed run's envelope says what the index says. */
static bool verify_envelope(const struct verification *v, const struct mlt_stored_run *run,
                            struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char *path = run->envelope
                     ? mlt_arena_printf(v->arena, "%.*s" ENVELOPE,
                                        (int)(strlen(run->path) - strlen(".mlt")), run->path)
                     : NULL;
    if (!run->envelope)
        return true;
    if (!path)
        return mlt_err_oom(err);
    if (mlt_fs_kind(path) == MLT_FS_ABSENT)
        return tell(v, err, "%s is missing", path);
    bool ok = mlt_fs_read(path, 16 << 20, &text, err) ? true : tell_error(v, err);
    if (ok && strcmp(text.data, run->envelope) != 0)
        ok = tell(v, err, "%s was altered: it is not the envelope that the index holds", path);
    mlt_buf_free(&text);
    return ok;
}

static bool is_run(const struct mlt_stored_run *runs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(runs[i].run_id);
        if (strncmp(name, runs[i].run_id, len) == 0 &&
            (strcmp(name + len, ".mlt") == 0 ||
             (runs[i].envelope && strcmp(name + len, ENVELOPE) == 0)))
            return true;
    }
    return false;
}

static bool verify_runs(const struct verification *v, const char *model, const char *version,
                        struct mlt_err *err)
{
    struct mlt_blobs *blobs = v->registry->blobs;
    struct mlt_stored_run *runs;
    size_t count, names_count;
    char **names;
    char *prefix = mlt_arena_printf(v->arena, "%s/.evidence/%s/runs", model, version);
    if (!prefix)
        return mlt_err_oom(err);
    if (!mlt_registry_runs(v->registry, model, version, v->arena, &runs, &count, err))
        return tell_error(v, err);
    for (size_t i = 0; i < count; i++)
        if (!verify_run(v, &runs[i], err) || !verify_envelope(v, &runs[i], err))
            return false;
    if (!blobs->ops->list(blobs, prefix, v->arena, &names, &names_count, err))
        return false;
    for (size_t i = 0; i < names_count; i++)
        if (!mlt_blobs_is_leftover(names[i]) && !is_run(runs, count, names[i]) &&
            !tell(v, err, "%s/%s/%s is an orphan: no record names it", v->registry->root, prefix,
                  names[i]))
            return false;
    return verify_leftovers(v, prefix, err);
}

/* What goes with a signed decision is told by its name alone: each of its lines is signed. */
static bool is_beside_decision(const struct verification *v, const char *path, bool *out,
                               struct mlt_err *err)
{
    size_t stem = strlen(path) - strlen(ATTESTATIONS);
    *out = false;
    if (!mlt_str_ends(path, ATTESTATIONS))
        return true;
    char *decision = mlt_arena_printf(v->arena, "%.*s" ENVELOPE, (int)stem, path);
    if (!decision)
        return mlt_err_oom(err);
    *out = mlt_fs_kind(decision) == MLT_FS_FILE;
    return true;
}

/* Decisions carry their digest as their name. */
static bool verify_decisions(const struct verification *v, const char *model, const char *version,
                             struct mlt_err *err)
{
    struct mlt_blobs *blobs = v->registry->blobs;
    char **names;
    size_t count;
    char *prefix = mlt_arena_printf(v->arena, "%s/.evidence/%s/decisions", model, version);
    if (!prefix)
        return mlt_err_oom(err);
    if (!blobs->ops->list(blobs, prefix, v->arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        char sha256[MLT_SHA256_HEX];
        bool beside;
        char *path = mlt_arena_printf(v->arena, "%s/%s/%s", v->registry->root, prefix, names[i]);
        if (!path)
            return mlt_err_oom(err);
        if (!is_beside_decision(v, path, &beside, err))
            return false;
        if (mlt_blobs_is_leftover(names[i]) || beside)
            continue;
        if (mlt_str_ends(path, ATTESTATIONS)) {
            if (!tell(v, err, "%s was left by something that was cut off, or its decision is gone",
                      path))
                return false;
            continue;
        }
        if (!mlt_hash_file(path, sha256, NULL, err)) {
            if (!tell_error(v, err))
                return false;
        } else if ((!mlt_str_starts(names[i], sha256) ||
                    (strcmp(names[i] + strlen(sha256), ".json") != 0 &&
                     strcmp(names[i] + strlen(sha256), ENVELOPE) != 0)) &&
                   !tell(v, err, "%s was altered: its SHA-256 is %.12s…", path, sha256)) {
            return false;
        }
    }
    return verify_leftovers(v, prefix, err);
}

/* Every deployment rests on a decision that is kept. */
static bool verify_deployments(const struct verification *v, const char *model, const char *version,
                               struct mlt_err *err)
{
    struct mlt_deployment *deployments;
    size_t count;
    if (!mlt_registry_deployments(v->registry, model, version, v->arena, &deployments, &count, err))
        return tell_error(v, err);
    for (size_t i = 0; i < count; i++) {
        const struct mlt_deployment *d = &deployments[i];
        if (!d->decision_digest)
            continue;
        char *path = mlt_arena_printf(v->arena, "%s/%s/.evidence/%s/decisions/%s.json",
                                      v->registry->root, model, version, d->decision_digest);
        char *signed_path = mlt_arena_printf(v->arena, "%s/%s/.evidence/%s/decisions/%s" ENVELOPE,
                                             v->registry->root, model, version, d->decision_digest);
        if (!path || !signed_path)
            return mlt_err_oom(err);
        if (mlt_fs_kind(path) != MLT_FS_FILE && mlt_fs_kind(signed_path) != MLT_FS_FILE &&
            !tell(v, err, "%s is missing: %s@%s was deployed to %s by it", path, model, version,
                  d->environment))
            return false;
    }
    return true;
}

static bool verify_policy(const struct verification *v, const char *model, struct mlt_err *err)
{
    struct mlt_pinned_policy pinned;
    return mlt_registry_policy(v->registry, model, v->arena, &pinned, err) ||
           tell_error(v, err);
}

static bool verify_latest(const struct verification *v, const char *model,
                          const struct mlt_version_record *records, size_t count,
                          struct mlt_err *err)
{
    struct mlt_blobs *blobs = v->registry->blobs;
    char *alias = mlt_arena_printf(v->arena, "%s/latest", model), *pointed;
    long latest = mlt_version_record_latest(records, count);
    const char *wanted = latest >= 0 ? records[latest].version : NULL;
    if (!alias)
        return mlt_err_oom(err);
    if (!blobs->ops->pointed(blobs, alias, v->arena, &pointed, err))
        return tell_error(v, err);
    /* The last that was in Production may be archived: the link then stays, and resolves nothing. */
    for (size_t i = 0; !wanted && pointed && i < count; i++)
        if (strcmp(pointed, records[i].version) == 0 &&
            mlt_state_parse(records[i].state) == MLT_STATE_ARCHIVED)
            return true;
    return mlt_str_eq(pointed, wanted) ||
           tell(v, err, "%s/%s points to %.100s, but the records say %s", v->registry->root, alias,
                pointed ? pointed : "nothing", wanted ? wanted : "there is no latest version");
}

static bool verify_serving(const struct verification *v, const char *model,
                           const struct mlt_version_record *records, size_t count,
                           struct mlt_err *err)
{
    char serving[MLT_SEMVER_CHARS];
    if (!mlt_registry_serving(v->registry, model, serving, err))
        return tell_error(v, err);
    for (size_t i = 0; i < count; i++)
        if (strcmp(records[i].version, serving) == 0)
            return true;
    return serving[0] == '\0' ||
           tell(v, err, "%s@%s serves in production, but is not registered", model, serving);
}

/* Folders of versions that no record names. */
static bool verify_folders(const struct verification *v, const char *model,
                           const struct mlt_version_record *records, size_t count,
                           struct mlt_err *err)
{
    struct mlt_blobs *blobs = v->registry->blobs;
    char **names;
    size_t names_count;
    if (!blobs->ops->list(blobs, model, v->arena, &names, &names_count, err))
        return false;
    for (size_t i = 0; i < names_count; i++) {
        size_t j = 0;
        while (j < count && strcmp(records[j].version, names[i]) != 0)
            j++;
        if (j == count && strcmp(names[i], "latest") != 0 && !mlt_blobs_is_leftover(names[i]) &&
            !tell(v, err,
                  "%s/%s/%s is an orphan: no record names it; registering the same folder again "
                  "finishes what was cut off",
                  v->registry->root, model, names[i]))
            return false;
    }
    return verify_leftovers(v, model, err);
}

static bool add_model(const struct verification *v, struct scope *scope, const char *name,
                      const struct mlt_version_record *records, size_t count, bool whole,
                      struct mlt_err *err)
{
    struct model *grown =
        mlt_arena_grow(v->arena, scope->models, scope->count, &scope->capacity, sizeof *grown);
    if (!grown)
        return mlt_err_oom(err);
    scope->models = grown;
    scope->models[scope->count++] = (struct model){name, records, count, whole};
    for (size_t i = 0; i < count; i++) {
        const char *prefix = mlt_arena_printf(v->arena, "%s/%s", name, records[i].version);
        struct mlt_verify_job *jobs = mlt_arena_grow(v->arena, scope->jobs, scope->job_count,
                                                     &scope->job_capacity, sizeof *jobs);
        if (!prefix || !jobs)
            return mlt_err_oom(err);
        scope->jobs = jobs;
        scope->jobs[scope->job_count++] = (struct mlt_verify_job){prefix, records[i].digest};
    }
    return true;
}

static bool add_whole_model(const struct verification *v, struct scope *scope, const char *name,
                            struct mlt_err *err)
{
    struct mlt_version_record *records;
    size_t count;
    if (!mlt_version_record_list(v->registry, name, v->arena, &records, &count, err))
        return tell_error(v, err);
    return add_model(v, scope, name, records, count, true, err);
}

static bool add_version(const struct verification *v, struct scope *scope, const char *name,
                        const char *version, struct mlt_err *err)
{
    struct mlt_version_record *only = mlt_arena_alloc(v->arena, sizeof *only);
    if (!only)
        return mlt_err_oom(err);
    return mlt_version_record_want(v->registry, name, version, v->arena, only, err) &&
           add_model(v, scope, name, only, 1, false, err);
}

static bool add_all(const struct verification *v, struct scope *scope, struct mlt_err *err)
{
    char **names;
    size_t count;
    if (!v->registry->blobs->ops->list(v->registry->blobs, "", v->arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        char *path = mlt_fs_join(v->arena, v->registry->root, names[i]);
        if (!path)
            return mlt_err_oom(err);
        bool model = mlt_str_is_name(names[i]) && mlt_fs_kind(path) == MLT_FS_DIR;
        if (!(model ? add_whole_model(v, scope, names[i], err)
                    : tell(v, err, "%s is surplus: a registry holds the folders of models", path)))
            return false;
    }
    return true;
}

/* What lies around the versions' own files. */
static bool verify_model(const struct verification *v, const struct model *m, struct mlt_err *err)
{
    for (size_t i = 0; i < m->count; i++)
        if (!verify_runs(v, m->name, m->records[i].version, err) ||
            !verify_decisions(v, m->name, m->records[i].version, err) ||
            !verify_deployments(v, m->name, m->records[i].version, err) ||
            !mlt_revision_verify(v->registry, m->name, &m->records[i], v->arena, v->fault,
                                 v->context, err) ||
            !mlt_statements_verify(v->registry, m->name, m->records[i].version, v->arena, v->fault,
                                   v->context, err))
            return false;
    if (!verify_policy(v, m->name, err))
        return false;
    return !m->whole || (verify_folders(v, m->name, m->records, m->count, err) &&
                         verify_latest(v, m->name, m->records, m->count, err) &&
                         verify_serving(v, m->name, m->records, m->count, err));
}

/* A model that has neither records nor folders is an unknown one. */
static bool check_known(const struct verification *v, const char *model, struct mlt_err *err)
{
    struct mlt_version_record *records, record;
    char **names;
    size_t count, names_count;
    struct mlt_blobs *blobs = v->registry->blobs;
    if (!mlt_model_name_check(model, err) ||
        !mlt_version_record_list(v->registry, model, v->arena, &records, &count, err) ||
        !blobs->ops->list(blobs, model, v->arena, &names, &names_count, err))
        return false;
    return count || names_count ||
           mlt_version_record_want(v->registry, model, "", v->arena, &record, err);
}

static bool add(const struct verification *v, const struct mlt_verify_request *request,
                struct scope *scope, struct mlt_err *err)
{
    if (!request->model)
        return add_all(v, scope, err);
    if (!check_known(v, request->model, err))
        return false;
    return request->version && request->version[0]
               ? add_version(v, scope, request->model, request->version, err)
               : add_whole_model(v, scope, request->model, err);
}

static bool verify_log(const struct verification *v, struct mlt_err *err)
{
    const struct mlt_log_verify_request request = {.fault = v->fault, .context = v->context};
    struct mlt_log_verified verified;
    return mlt_registry_log_verify(v->registry, &request, &verified, err) || tell_error(v, err);
}

bool mlt_registry_verify(struct mlt_registry *registry, const struct mlt_verify_request *request,
                         size_t *checked, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    const struct verification v = {registry, &arena, request->fault, request->context};
    struct scope scope = {0};
    bool ok = add(&v, request, &scope, err) &&
              mlt_verify_files(registry, scope.jobs, scope.job_count, request, err);
    for (size_t i = 0; ok && i < scope.count; i++)
        ok = verify_model(&v, &scope.models[i], err);
    if (ok && !request->model)
        ok = verify_log(&v, err);
    if (ok)
        *checked = scope.job_count;
    mlt_arena_free(&arena);
    return ok;
}

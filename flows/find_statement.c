#include "flows/find_statement.h"

#include <string.h>

#include "harness/base/str.h"

enum { FEWEST_DIGITS = 8 };

struct finding {
    const char *digest;
    struct mlt_found_statement *out;
    size_t count;
};

static void look(struct finding *f, const char *model, const char *version,
                 const struct mlt_stored_statement *stored, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mlt_str_starts(stored[i].digest, f->digest)) {
            f->count++;
            *f->out = (struct mlt_found_statement){.model = model,
                                                   .version = version,
                                                   .digest = "",
                                                   .artifact_digest = "",
                                                   .stored = stored[i]};
        }
}

static bool look_at_policies(struct mlt_registry *registry, const char *model, struct finding *f,
                             struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_stored_statement *stored;
    size_t count;
    if (!mlt_registry_policy_statements(registry, model, arena, &stored, &count, err))
        return false;
    look(f, model, "", stored, count);
    return true;
}

static bool look_at_model(struct mlt_registry *registry, const char *model, struct finding *f,
                          struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_version_entry *versions;
    struct mlt_stored_statement *stored;
    size_t version_count, count;
    if (!mlt_registry_versions(registry, model, arena, &versions, &version_count, err))
        return false;
    for (size_t i = 0; i < version_count; i++) {
        if (!mlt_registry_statements(registry, model, versions[i].version, arena, &stored, &count,
                                     err))
            return false;
        look(f, model, versions[i].version, stored, count);
    }
    return look_at_policies(registry, model, f, arena, err);
}

/* The version's digests, which the list of versions does not tell. */
static bool fill_digests(struct mlt_registry *registry, struct mlt_arena *arena,
                         struct mlt_found_statement *out, struct mlt_err *err)
{
    struct mlt_version *version = mlt_arena_alloc(arena, sizeof *version);
    if (!version)
        return mlt_err_oom(err);
    if (!*out->version)
        return true;
    if (!mlt_registry_get(registry, out->model, out->version, arena, version, err))
        return false;
    out->digest = version->digest;
    out->artifact_digest = version->artifact_digest;
    return true;
}

bool mlt_find_statement(struct mlt_registry *registry, const char *digest, struct mlt_arena *arena,
                        struct mlt_found_statement *out, struct mlt_err *err)
{
    struct finding f = {.digest = digest, .out = out};
    char **models;
    size_t count;
    if (strlen(digest) < FEWEST_DIGITS || strspn(digest, "0123456789abcdef") != strlen(digest))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a statement is named by its digest, or the first 8 digits of it or "
                           "more, found \"%.80s\" (mltest approvals MODEL@VERSION lists them)",
                           digest);
    if (!mlt_registry_models(registry, arena, &models, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!look_at_model(registry, models[i], &f, arena, err))
            return false;
    if (!look_at_policies(registry, "*", &f, arena, err))
        return false;
    if (f.count != 1)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s statement has a digest that begins with %.80s%s",
                           f.count ? "more than one" : "no", digest,
                           f.count ? ": give more of it" : "");
    return fill_digests(registry, arena, out, err);
}

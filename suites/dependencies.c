#include "suites/dependencies.h"

#include <string.h>

#include "harness/base/str.h"
#include "harness/domain/semver.h"

enum { LONGEST_WAY = 64, MOST_VERSIONS = 1000, SHOWN = 10 };

struct node {
    const char *model, *version;
};

struct walk {
    struct mlt_registry *registry;
    struct mlt_arena *arena;
    struct mlt_buf *faults;
    const struct mlt_metadata *root;
    struct mlt_semver root_version;
    struct node way[LONGEST_WAY + 1];
    size_t depth;
    struct node seen[MOST_VERSIONS];
    size_t seen_count;
};

static bool same(const struct node *a, const char *model, const char *version)
{
    return strcmp(a->model, model) == 0 && strcmp(a->version, version) == 0;
}

/* From way[first] on: "a@1 -> b@2". */
static void print_way(const struct walk *w, size_t first)
{
    for (size_t i = first; i < w->depth; i++)
        mlt_buf_printf(w->faults, "%s%s@%s", i > first ? " -> " : "", w->way[i].model,
                       w->way[i].version);
}

/* The start of a fault; what is not asked for by the version itself says by whom. */
static void begin_fault(const struct walk *w)
{
    mlt_buf_puts(w->faults, w->faults->len ? "; " : "");
    if (w->depth > 1) {
        print_way(w, 0);
        mlt_buf_puts(w->faults, ": ");
    }
}

/* The highest version in the range that was not rolled back; NULL when there is none. */
static bool best_version(const struct mlt_dependency *dependency,
                         const struct mlt_version_entry *versions, size_t count, const char **out,
                         struct mlt_err *err)
{
    *out = NULL;
    for (size_t i = count; i-- > 0 && !*out;) {
        struct mlt_semver version;
        bool satisfies;
        if (!mlt_semver_parse(versions[i].version, &version, err) ||
            !mlt_semver_satisfies(&version, dependency->version, &satisfies, err))
            return mlt_err_prefix(err, "dependency '%s'", dependency->name);
        if (satisfies && !mlt_str_eq(versions[i].state, "rolled-back"))
            *out = versions[i].version;
    }
    return true;
}

/* The version under test, where it is the highest in the range: it may not be registered yet. */
static bool prefer_root(const struct walk *w, const struct mlt_dependency *dependency,
                        const char **out, struct mlt_err *err)
{
    struct mlt_semver best;
    bool within;
    if (strcmp(dependency->name, w->root->model_name) != 0)
        return true;
    if (!mlt_semver_satisfies(&w->root_version, dependency->version, &within, err) ||
        (*out && !mlt_semver_parse(*out, &best, err)))
        return false;
    if (within && (!*out || mlt_semver_compare(&w->root_version, &best) >= 0))
        *out = w->root->version;
    return true;
}

/* `*out` NULL: a fault was told. */
static bool choose(struct walk *w, const struct mlt_dependency *dependency, const char **out,
                   struct mlt_err *err)
{
    struct mlt_version_entry *versions;
    size_t count;
    *out = NULL;
    if (!mlt_registry_versions(w->registry, dependency->name, w->arena, &versions, &count, err) ||
        !best_version(dependency, versions, count, out, err) ||
        !prefer_root(w, dependency, out, err))
        return false;
    if (*out)
        return true;
    begin_fault(w);
    if (count == 0) {
        mlt_buf_printf(w->faults, "'%s' is not in the registry", dependency->name);
        return true;
    }
    mlt_buf_printf(w->faults, "no version of '%s' satisfies '%s'; the registry holds",
                   dependency->name, dependency->version);
    for (size_t i = 0; i < count && i < SHOWN; i++)
        mlt_buf_printf(w->faults, "%s %s", i ? "," : "", versions[i].version);
    return true;
}

static void tell_cycle(const struct walk *w, size_t first)
{
    mlt_buf_puts(w->faults, w->faults->len ? "; " : "");
    mlt_buf_puts(w->faults, "a cycle: ");
    print_way(w, first);
    mlt_buf_printf(w->faults, " -> %s@%s", w->way[first].model, w->way[first].version);
}

static bool visit(struct walk *w, const char *model, const char *version,
                  const struct mlt_metadata *metadata, struct mlt_err *err);

/* A version that was chosen: a way round, one that was seen already, or a new one. */
static bool enter(struct walk *w, const struct mlt_dependency *dependency, const char *version,
                  struct mlt_err *err)
{
    struct mlt_version *found = mlt_arena_alloc(w->arena, sizeof *found);
    if (!found)
        return mlt_err_oom(err);
    for (size_t i = 0; i < w->depth; i++)
        if (same(&w->way[i], dependency->name, version)) {
            tell_cycle(w, i);
            return true;
        }
    for (size_t i = 0; i < w->seen_count; i++)
        if (same(&w->seen[i], dependency->name, version))
            return true;
    if (w->depth == LONGEST_WAY || w->seen_count == MOST_VERSIONS) {
        begin_fault(w);
        mlt_buf_printf(w->faults, "the dependencies do not end within %d steps and %d versions",
                       (int)LONGEST_WAY, (int)MOST_VERSIONS);
        return true;
    }
    w->seen[w->seen_count++] = (struct node){dependency->name, version};
    if (mlt_registry_get(w->registry, dependency->name, version, w->arena, found, err))
        return visit(w, dependency->name, version, &found->metadata, err);
    if (err->kind == MLT_ERR_INFRA)
        return false;
    begin_fault(w);
    mlt_buf_printf(w->faults, "%s@%s: %s", dependency->name, version, err->text);
    *err = (struct mlt_err)MLT_ERR_INIT;
    return true;
}

static bool visit(struct walk *w, const char *model, const char *version,
                  const struct mlt_metadata *metadata, struct mlt_err *err)
{
    w->way[w->depth++] = (struct node){model, version};
    for (size_t i = 0; i < metadata->dependency_count; i++) {
        const struct mlt_dependency *dependency = &metadata->dependencies[i];
        const char *best;
        if (!choose(w, dependency, &best, err) || (best && !enter(w, dependency, best, err)))
            return false;
    }
    w->depth--;
    return true;
}

bool mlt_dependencies_check(struct mlt_registry *registry, const struct mlt_metadata *metadata,
                            struct mlt_arena *arena, struct mlt_buf *faults, struct mlt_err *err)
{
    struct walk *w = mlt_arena_alloc(arena, sizeof *w);
    if (!w)
        return mlt_err_oom(err);
    *w = (struct walk){.registry = registry, .arena = arena, .faults = faults, .root = metadata};
    return mlt_semver_parse(metadata->version, &w->root_version, err) &&
           visit(w, metadata->model_name, metadata->version, metadata, err);
}

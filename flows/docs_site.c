#include "flows/docs_site.h"

#include <string.h>

#include "flows/docs_evidence.h"
#include "harness/base/fs.h"

/* Changes since the release before, which stands among the versions gathered so far. */
static bool gather_changes(struct mlt_registry *registry, const struct mlt_site_version *lower,
                           size_t lower_count, struct mlt_arena *arena,
                           struct mlt_site_version *out, struct mlt_err *err)
{
    const struct mlt_version_entry *now = out->entry;
    if (!mlt_registry_predecessor(registry, now->model, now->version, arena, &out->before, err))
        return false;
    if (!out->before)
        return true;
    for (size_t i = 0; i < lower_count; i++) {
        const struct mlt_site_version *before = &lower[i];
        if (strcmp(before->entry->version, out->before) != 0)
            continue;
        const struct mlt_release from = {out->before, &before->words->contract,
                                         &before->words->metadata};
        const struct mlt_release to = {now->version, &out->words->contract, &out->words->metadata};
        struct mlt_compat_report *report = mlt_arena_alloc(arena, sizeof *report);
        out->changes = report;
        return report ? mlt_compat_compare(&from, &to, arena, report, err) : mlt_err_oom(err);
    }
    return mlt_err_set(err, MLT_ERR_INFRA,
                       "the versions of %s are being changed by others: try "
                       "again",
                       now->model);
}

/* What stands in a version's history below it, from what was gathered. */
static struct mlt_document_past *past_of(const struct mlt_site_version *lower, size_t count,
                                         struct mlt_arena *arena)
{
    struct mlt_document_past *past = mlt_arena_calloc(arena, count, sizeof *past);
    for (size_t i = 0; past && i < count; i++) {
        const struct mlt_metadata *m = &lower[i].words->metadata;
        past[i] = (struct mlt_document_past){m->version, m->created_at, m->changelog,
                                             lower[i].entry->state};
    }
    return past;
}

/* The version is read whole: what it says about itself is compared with what was registered. */
static bool gather_faults(struct mlt_registry *registry, const struct mlt_site_version *lower,
                          size_t lower_count, struct mlt_arena *arena, struct mlt_site_version *out,
                          struct mlt_err *err)
{
    struct mlt_arena local = MLT_ARENA_INIT;
    struct mlt_version version;
    struct mlt_evidence_documents documents;
    const struct mlt_docs_facts_request request = {.registry = registry,
                                                   .version = &version,
                                                   .past = past_of(lower, lower_count, &local),
                                                   .past_count = lower_count};
    bool ok = request.past ? mlt_registry_get(registry, out->entry->model, out->entry->version,
                                              &local, &version, err) &&
                                 mlt_docs_evidence(&request, arena, &documents, err)
                           : mlt_err_oom(err);
    mlt_arena_free(&local);
    if (!ok)
        return false;
    out->documents = documents.fault_count ? MLT_SITE_FAULTY : MLT_SITE_COMPLETE;
    out->faults = documents.faults;
    out->fault_count = documents.fault_count;
    return true;
}

static bool gather_version(struct mlt_registry *registry, const struct mlt_version_entry *entry,
                           const struct mlt_site_version *lower, size_t lower_count,
                           struct mlt_arena *arena, struct mlt_site_version *out,
                           struct mlt_err *err)
{
    struct mlt_version_words *words = mlt_arena_alloc(arena, sizeof *words);
    struct mlt_document_revision *revisions;
    struct mlt_deployment *deployments;
    if (!words)
        return mlt_err_oom(err);
    out->entry = entry;
    out->words = words;
    if (!mlt_registry_words(registry, entry->model, entry->version, arena, words, err) ||
        !gather_changes(registry, lower, lower_count, arena, out, err) ||
        !mlt_registry_document_revisions(registry, entry->model, entry->version, arena, &revisions,
                                         &out->revision_count, err) ||
        !mlt_registry_deployments(registry, entry->model, entry->version, arena, &deployments,
                                  &out->deployment_count, err) ||
        !gather_faults(registry, lower, lower_count, arena, out, err))
        return false;
    out->revisions = revisions;
    out->deployments = deployments;
    return true;
}

/* A model without a version that ever reached production has no latest one. */
static bool find_latest(struct mlt_registry *registry, const char *model, struct mlt_arena *arena,
                        const char **out, struct mlt_err *err)
{
    *out = NULL;
    if (mlt_registry_resolve(registry, model, "latest", arena, out, err))
        return true;
    if (err->kind != MLT_ERR_USAGE)
        return false;
    *err = (struct mlt_err)MLT_ERR_INIT;
    return true;
}

static bool gather_model(struct mlt_registry *registry, const char *name, struct mlt_arena *arena,
                         struct mlt_site_model *out, struct mlt_err *err)
{
    struct mlt_version_entry *entries;
    const char *latest, *any;
    size_t count;
    if (!mlt_registry_versions(registry, name, arena, &entries, &count, err))
        return false;
    if (count == 0) /* says so, with the nearest model */
        return mlt_registry_resolve(registry, name, "", arena, &any, err);
    struct mlt_site_version *versions = mlt_arena_calloc(arena, count, sizeof *versions);
    if (!versions)
        return mlt_err_oom(err);
    if (!find_latest(registry, name, arena, &latest, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        /* The highest first, gathered from the lowest: each is held against one below it. */
        struct mlt_site_version *version = &versions[count - 1 - i];
        if (!gather_version(registry, &entries[i], version + 1, i, arena, version, err))
            return false;
        version->latest = latest && strcmp(latest, entries[i].version) == 0;
    }
    *out = (struct mlt_site_model){name, versions, count};
    return true;
}

bool mlt_docs_site_gather(struct mlt_registry *registry, const char *const *models, size_t count,
                          struct mlt_arena *arena, struct mlt_site *out, struct mlt_err *err)
{
    char **all = NULL;
    if (count == 0 && !mlt_registry_models(registry, arena, &all, &count, err))
        return false;
    struct mlt_site_model *gathered = mlt_arena_calloc(arena, count, sizeof *gathered);
    if (!gathered)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        const char *name = all ? all[i] : models[i];
        for (size_t k = 0; k < i; k++)
            if (strcmp(gathered[k].name, name) == 0)
                return mlt_err_set(err, MLT_ERR_USAGE, "%s is named twice", name);
        if (!gather_model(registry, name, arena, &gathered[i], err))
            return false;
    }
    *out = (struct mlt_site){gathered, count};
    return true;
}

struct writing {
    struct mlt_registry *registry;
    const char *dir;
    struct mlt_arena *arena;
    struct mlt_buf page;
    const char **paths;
    size_t count, capacity;
};

/* Writes the page that was filled, and empties it. */
static bool keep(struct writing *w, struct mlt_err *err, const char *fmt, ...) MLT_PRINTF(3, 4);

static bool keep(struct writing *w, struct mlt_err *err, const char *fmt, ...)
{
    struct mlt_buf relative = MLT_BUF_INIT;
    va_list args;
    va_start(args, fmt);
    mlt_buf_vprintf(&relative, fmt, args);
    va_end(args);
    const char *path = mlt_arena_strdup(w->arena, relative.data);
    bool oom = relative.oom || !path;
    mlt_buf_free(&relative);
    const char **paths = mlt_arena_grow(w->arena, w->paths, w->count, &w->capacity, sizeof *paths);
    if (oom || !paths)
        return mlt_err_oom(err);
    w->paths = paths;
    w->paths[w->count++] = path;
    struct mlt_arena local = MLT_ARENA_INIT;
    char *full = mlt_fs_join(&local, w->dir, path);
    char *parent = full ? mlt_fs_dirname(&local, full) : NULL;
    bool ok = parent ? mlt_fs_mkdirs(parent, err) &&
                           mlt_fs_write_new(full, w->page.data, w->page.len, err)
                     : mlt_err_oom(err);
    mlt_arena_free(&local);
    mlt_buf_clear(&w->page);
    return ok;
}

static bool write_page(struct writing *w, const struct mlt_site_page *page, struct mlt_err *err)
{
    const char *word = mlt_document_forms[page->kind].word;
    if (!mlt_site_print_document(page, &w->page, err))
        return false;
    if (page->permanent)
        return keep(w, err, "%s/%s/revisions/%lld/%s.html", page->model->name,
                    page->version->entry->version, page->revision, word);
    return keep(w, err, "%s/%s/%s.html", page->model->name, page->version->entry->version, word);
}

/* The documents as they stood after one revision: those that it brought, and for the last one
 * (`newest`) the six pages of today. */
static bool write_revision(struct writing *w, const struct mlt_site_model *model,
                           const struct mlt_site_version *v, size_t number, bool newest,
                           struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_document_set set;
    struct mlt_document_revision revision;
    bool ok = mlt_registry_documents(w->registry, model->name, v->entry->version, (long long)number,
                                     &arena, &set, &revision, err);
    for (int kind = 0; ok && kind < MLT_DOCUMENT_KINDS; kind++) {
        struct mlt_site_page page = {.model = model,
                                     .version = v,
                                     .kind = (enum mlt_document_kind)kind,
                                     .text = set.document[kind].text,
                                     .len = set.document[kind].len,
                                     .permanent = true};
        page.revision = (long long)number;
        while (page.revision >= 0 && !(v->revisions[page.revision].kinds & 1u << kind))
            page.revision--;
        if (page.revision == (long long)number)
            ok = write_page(w, &page, err);
        page.permanent = false;
        if (ok && newest)
            ok = write_page(w, &page, err);
    }
    mlt_arena_free(&arena);
    return ok;
}

static bool write_version(struct writing *w, const struct mlt_site_model *model,
                          const struct mlt_site_version *v, struct mlt_err *err)
{
    if (!mlt_site_print_version(model, v, &w->page, err) ||
        !keep(w, err, "%s/%s/index.html", model->name, v->entry->version))
        return false;
    for (size_t i = 0; i < v->revision_count; i++)
        if (!write_revision(w, model, v, i, i + 1 == v->revision_count, err))
            return false;
    return true;
}

/* The addresses of `alias`, which lead to the version's. */
static bool write_alias(struct writing *w, const struct mlt_site_model *model,
                        const struct mlt_site_version *v, const char *alias, struct mlt_err *err)
{
    for (int kind = -1; kind < MLT_DOCUMENT_KINDS; kind++) {
        struct mlt_arena arena = MLT_ARENA_INIT;
        const char *word = kind < 0 ? "index" : mlt_document_forms[kind].word;
        char *target = mlt_arena_printf(&arena, "../%s/%s.html", v->entry->version, word);
        char *title =
            mlt_arena_printf(&arena, "%s %s%s%s", model->name, v->entry->version,
                             kind < 0 ? "" : ": ", kind < 0 ? "" : mlt_document_forms[kind].title);
        bool ok = target && title ? mlt_site_print_redirect(target, title, &w->page, err) &&
                                        keep(w, err, "%s/%s/%s.html", model->name, alias, word)
                                  : mlt_err_oom(err);
        mlt_arena_free(&arena);
        if (!ok)
            return false;
    }
    return true;
}

static bool write_model(struct writing *w, const struct mlt_site_model *model, struct mlt_err *err)
{
    if (strcmp(model->name, "index.html") == 0 || strcmp(model->name, "contents.html") == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "the model %s has the name of a page of the site: publish the others by "
                           "name",
                           model->name);
    if (!mlt_site_print_model(model, &w->page, err) || !keep(w, err, "%s/index.html", model->name))
        return false;
    for (size_t i = 0; i < model->count; i++) {
        const struct mlt_site_version *v = &model->versions[i];
        if (!write_version(w, model, v, err) ||
            (v->latest && !write_alias(w, model, v, "latest", err)) ||
            (v->entry->serving && !write_alias(w, model, v, "production", err)))
            return false;
    }
    return true;
}

bool mlt_docs_site_write(struct mlt_registry *registry, const struct mlt_site *site,
                         const char *dir, struct mlt_arena *arena, const char ***out_paths,
                         size_t *out_count, struct mlt_err *err)
{
    struct writing w = {.registry = registry, .dir = dir, .arena = arena, .page = MLT_BUF_INIT};
    bool ok = mlt_site_print_home(site, &w.page, err) && keep(&w, err, "index.html") &&
              mlt_site_print_contents(site, &w.page, err) && keep(&w, err, "contents.html");
    for (size_t i = 0; ok && i < site->count; i++)
        ok = write_model(&w, &site->models[i], err);
    mlt_buf_free(&w.page);
    if (ok) {
        *out_paths = w.paths;
        *out_count = w.count;
    }
    return ok;
}

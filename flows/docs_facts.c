#include "flows/docs_facts.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/codec/json.h"

enum { FILE_BYTES = 64 << 20 };

struct gathering {
    const struct mlt_docs_facts_request *request;
    struct mlt_arena *arena;
    struct mlt_document_facts *out;
};

/* NULL where the text says no figure that could be read: the format is the maker's own. */
static bool read_metrics(const char *text, struct mlt_arena *arena,
                         const struct mlt_metrics_file **out, struct mlt_err *err)
{
    struct mlt_err fault = MLT_ERR_INIT;
    struct mlt_metrics_file *metrics = mlt_arena_alloc(arena, sizeof *metrics);
    *out = NULL;
    if (!metrics)
        return mlt_err_oom(err);
    if (mlt_metrics_file_parse("metrics.json", text, strlen(text), NULL, NULL, arena, metrics,
                               &fault))
        *out = metrics->count + metrics->slice_count > 0 ? metrics : NULL;
    if (fault.kind == MLT_ERR_INFRA)
        *err = fault;
    return fault.kind != MLT_ERR_INFRA;
}

static bool read_metrics_of(const char *dir, struct mlt_arena *arena,
                            const struct mlt_metrics_file **out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    const char *path = mlt_fs_join(arena, dir, "metrics.json");
    *out = NULL;
    if (!path)
        return mlt_err_oom(err);
    bool ok = mlt_fs_kind(path) != MLT_FS_FILE || (mlt_fs_read(path, FILE_BYTES, &text, err) &&
                                                   read_metrics(text.data, arena, out, err));
    mlt_buf_free(&text);
    return ok;
}

static bool fill_now(struct gathering *g, struct mlt_err *err)
{
    const struct mlt_version *v = g->request->version;
    g->out->model = v->model;
    g->out->artifact = mlt_fs_basename(v->artifact);
    g->out->now.version = v->version;
    g->out->now.metadata = &v->metadata;
    g->out->now.contract = &v->contract;
    return read_metrics_of(v->dir, g->arena, &g->out->now.metrics, err);
}

static bool before_from_folder(struct gathering *g, struct mlt_document_side *side,
                               struct mlt_err *err)
{
    struct mlt_version *v = mlt_arena_alloc(g->arena, sizeof *v);
    if (!v)
        return mlt_err_oom(err);
    if (!mlt_docs_read_version(g->request->previous_dir, g->arena, v, err))
        return false;
    if (strcmp(v->model, g->out->model) != 0)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s holds %s, not %s", g->request->previous_dir,
                           v->model, g->out->model);
    *side = (struct mlt_document_side){v->version, &v->metadata, &v->contract, NULL};
    return read_metrics_of(v->dir, g->arena, &side->metrics, err);
}

static bool before_from_registry(struct gathering *g, const char *version,
                                 struct mlt_document_side *side, struct mlt_err *err)
{
    struct mlt_version_words *words = mlt_arena_alloc(g->arena, sizeof *words);
    if (!words)
        return mlt_err_oom(err);
    if (!mlt_registry_words(g->request->registry, g->out->model, version, g->arena, words, err))
        return mlt_err_prefix(err, "%s@%s, the release before %s", g->out->model, version,
                              g->out->now.version);
    *side = (struct mlt_document_side){version, &words->metadata, &words->contract, NULL};
    return read_metrics(words->metrics_json, g->arena, &side->metrics, err);
}

static bool compare(struct gathering *g, const struct mlt_document_side *before,
                    struct mlt_err *err)
{
    struct mlt_compat_report *report = mlt_arena_alloc(g->arena, sizeof *report);
    const struct mlt_document_side *now = &g->out->now;
    const struct mlt_release from = {before->version, before->contract, before->metadata};
    const struct mlt_release to = {now->version, now->contract, now->metadata};
    if (!report)
        return mlt_err_oom(err);
    g->out->before = before;
    g->out->changes = report;
    return mlt_compat_compare(&from, &to, g->arena, report, err);
}

static bool fill_before(struct gathering *g, struct mlt_err *err)
{
    const struct mlt_docs_facts_request *r = g->request;
    struct mlt_document_side *side = mlt_arena_alloc(g->arena, sizeof *side);
    const char *version = NULL;
    if (!side)
        return mlt_err_oom(err);
    if (r->previous_dir)
        return before_from_folder(g, side, err) && compare(g, side, err);
    if (r->registry && !mlt_registry_predecessor(r->registry, g->out->model, g->out->now.version,
                                                 g->arena, &version, err))
        return false;
    return !version || (before_from_registry(g, version, side, err) && compare(g, side, err));
}

static struct mlt_document_past past_of(const struct mlt_metadata *m, const char *state)
{
    return (struct mlt_document_past){m->version, m->created_at, m->changelog, state};
}

/* The lower ones of the registry, highest first. */
static bool add_registered(struct gathering *g, const struct mlt_version_entry *entries,
                           size_t count, struct mlt_err *err)
{
    struct mlt_semver limit, at;
    if (!mlt_semver_parse(g->out->now.version, &limit, err))
        return false;
    for (size_t i = count; i-- > 0;) {
        struct mlt_version_words words;
        if (!mlt_semver_parse(entries[i].version, &at, err))
            return false;
        if (mlt_semver_compare(&at, &limit) >= 0)
            continue;
        if (!mlt_registry_words(g->request->registry, g->out->model, entries[i].version, g->arena,
                                &words, err))
            return false;
        g->out->history[g->out->history_count++] = past_of(&words.metadata, entries[i].state);
    }
    return true;
}

/* A release that is only a folder so far stands where its number belongs. */
static void add_previous(struct gathering *g)
{
    struct mlt_document_facts *f = g->out;
    struct mlt_semver one, other;
    struct mlt_err ignored = MLT_ERR_INIT;
    size_t at = 1;
    if (!f->before || !mlt_semver_parse(f->before->version, &one, &ignored))
        return;
    while (at < f->history_count && mlt_semver_parse(f->history[at].version, &other, &ignored) &&
           mlt_semver_compare(&other, &one) > 0)
        at++;
    if (at < f->history_count && strcmp(f->history[at].version, f->before->version) == 0)
        return;
    memmove(&f->history[at + 1], &f->history[at], (f->history_count - at) * sizeof *f->history);
    f->history[at] = past_of(f->before->metadata, "");
    f->history_count++;
}

static bool fill_history(struct gathering *g, struct mlt_err *err)
{
    const struct mlt_docs_facts_request *r = g->request;
    struct mlt_version_entry *entries = NULL;
    size_t count = 0;
    if (r->registry && !r->past &&
        !mlt_registry_versions(r->registry, g->out->model, g->arena, &entries, &count, err))
        return false;
    g->out->history =
        mlt_arena_calloc(g->arena, count + r->past_count + 2, sizeof *g->out->history);
    if (!g->out->history)
        return mlt_err_oom(err);
    g->out->history[g->out->history_count++] = past_of(&r->version->metadata, r->version->state);
    for (size_t i = 0; i < r->past_count; i++)
        g->out->history[g->out->history_count++] = r->past[i];
    if (!add_registered(g, entries, count, err))
        return false;
    add_previous(g);
    return true;
}

/* The first golden example. A file that is not one is told by the unit suite, not here. */
static bool fill_example(struct gathering *g, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_err ignored = MLT_ERR_INIT;
    struct mlt_json *example = NULL;
    const char *path = mlt_fs_join(g->arena, g->request->version->dir, "tests/golden.jsonl");
    if (!path)
        return mlt_err_oom(err);
    bool ok = mlt_fs_kind(path) != MLT_FS_FILE || mlt_fs_read(path, FILE_BYTES, &text, err);
    size_t len = strcspn(text.data, "\n");
    if (ok && len > 0 && mlt_json_parse("golden.jsonl", text.data, len, &example, &ignored)) {
        const struct mlt_json *instance = mlt_json_get(example, "instance");
        const struct mlt_json *prediction = mlt_json_get(example, "prediction");
        if (instance && prediction && mlt_json_type(instance) == MLT_JSON_OBJECT)
            ok = (g->out->instance = mlt_json_node_text(instance, g->arena, err)) &&
                 (g->out->prediction = mlt_json_node_text(prediction, g->arena, err));
        mlt_json_free(example);
    }
    mlt_buf_free(&text);
    return ok;
}

static bool read_command(const struct mlt_json *list, struct gathering *g, struct mlt_err *err)
{
    size_t count = 0;
    const char **words = mlt_arena_calloc(g->arena, mlt_json_count(list) + 1, sizeof *words);
    if (!words)
        return mlt_err_oom(err);
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at)) {
        const char *word = mlt_json_string(at);
        if (!word)
            return true;
        words[count] = mlt_arena_strdup(g->arena, word);
        if (!words[count++])
            return mlt_err_oom(err);
    }
    g->out->command = count > 0 ? words : NULL;
    return true;
}

static bool fill_adapter(struct gathering *g, struct mlt_err *err)
{
    const char *text = g->request->version->config_json;
    struct mlt_json *config;
    if (!mlt_json_parse("config.json", text, strlen(text), &config, err))
        return false;
    const struct mlt_json *adapter = mlt_json_get(config, "adapter");
    const struct mlt_json *command = mlt_json_get(adapter, "command");
    const char *type = mlt_json_string(mlt_json_get(adapter, "type"));
    g->out->adapter = mlt_arena_strdup(g->arena, type ? type : "");
    bool ok =
        (g->out->adapter || mlt_err_oom(err)) &&
        (!command || mlt_json_type(command) != MLT_JSON_ARRAY || read_command(command, g, err));
    mlt_json_free(config);
    return ok;
}

static bool fill_runs(struct gathering *g, struct mlt_err *err)
{
    struct mlt_document_run *runs;
    const struct mlt_version *v = g->request->version;
    if (!g->request->registry || !v->digest[0])
        return true;
    if (!mlt_docs_runs(g->request->registry, v, g->arena, &runs, &g->out->run_count, err))
        return false;
    g->out->runs = runs;
    return true;
}

bool mlt_docs_facts_gather(const struct mlt_docs_facts_request *request, struct mlt_arena *arena,
                           struct mlt_document_facts *out, struct mlt_err *err)
{
    *out = (struct mlt_document_facts){0};
    struct gathering g = {request, arena, out};
    return fill_now(&g, err) && fill_before(&g, err) && fill_history(&g, err) &&
           fill_example(&g, err) && fill_adapter(&g, err) && fill_runs(&g, err);
}

/* A version's folder as far as its documents need it. */
#include <string.h>

#include "flows/docs_facts.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"

enum { JSON_BYTES = 16 << 20, DOCUMENT_BYTES = 4 << 20 };

static bool read_text(const char *path, size_t most, struct mlt_arena *arena, const char **out,
                      size_t *out_len, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    bool ok = path ? mlt_fs_read(path, most, &text, err) : mlt_err_oom(err);
    if (ok) {
        *out = mlt_arena_strndup(arena, text.data, text.len);
        *out_len = text.len;
        ok = *out || mlt_err_oom(err);
    }
    mlt_buf_free(&text);
    return ok;
}

/* The file that config.json names, else the one that is named after the version. */
static bool find_artifact(const struct mlt_json *config, struct mlt_arena *arena,
                          struct mlt_version *v, struct mlt_err *err)
{
    const char *named = mlt_json_string(mlt_json_get(mlt_json_get(config, "adapter"), "artifact"));
    char **names;
    size_t count;
    if (!named) {
        const char *start = mlt_arena_printf(arena, "%s-%s.", v->model, v->version);
        if (!start)
            return mlt_err_oom(err);
        if (!mlt_fs_list_names(v->dir, arena, &names, &count, err))
            return false;
        for (size_t i = 0; i < count && !named; i++)
            if (mlt_str_starts(names[i], start) || mlt_str_starts(names[i], "model."))
                named = names[i];
    }
    v->artifact = named ? mlt_arena_printf(arena, "%s/%s", v->dir, named) : "";
    return v->artifact || mlt_err_oom(err);
}

static bool read_config(struct mlt_arena *arena, struct mlt_version *v, struct mlt_err *err)
{
    struct mlt_json *config;
    size_t len;
    const char *path = mlt_fs_join(arena, v->dir, "config.json");
    if (!read_text(path, JSON_BYTES, arena, &v->config_json, &len, err) ||
        !mlt_json_parse(path, v->config_json, len, &config, err))
        return false;
    bool ok = mlt_contract_decode(path, config, arena, &v->contract, err) &&
              find_artifact(config, arena, v, err);
    mlt_json_free(config);
    return ok;
}

bool mlt_docs_read_version(const char *dir, struct mlt_arena *arena, struct mlt_version *out,
                           struct mlt_err *err)
{
    struct mlt_version v = {.state = "", .registered_at = ""};
    const char *text;
    size_t len;
    v.dir = mlt_fs_absolute(arena, dir, err);
    if (!v.dir)
        return false;
    if (mlt_fs_kind(v.dir) != MLT_FS_DIR)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is not a folder", dir);
    const char *path = mlt_fs_join(arena, v.dir, "metadata.json");
    if (!read_text(path, JSON_BYTES, arena, &text, &len, err) ||
        !mlt_metadata_parse(path, text, len, NULL, NULL, arena, &v.metadata, err))
        return false;
    v.model = v.metadata.model_name;
    v.version = v.metadata.version;
    if (!read_config(arena, &v, err))
        return false;
    *out = v;
    return true;
}

bool mlt_docs_read_documents(const char *docs, struct mlt_arena *arena,
                             struct mlt_document_set *out, struct mlt_err *err)
{
    *out = (struct mlt_document_set){0};
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        const char *names[] = {mlt_document_forms[kind].file, mlt_document_forms[kind].other};
        const char *name = names[0];
        for (size_t i = 0; i < 2; i++) {
            const char *path = mlt_arena_printf(arena, "%s/%s", docs, names[i]);
            if (!path)
                return mlt_err_oom(err);
            if (mlt_fs_kind(path) != MLT_FS_FILE)
                continue;
            name = names[i];
            if (!read_text(path, DOCUMENT_BYTES, arena, &out->document[kind].text,
                           &out->document[kind].len, err))
                return false;
            break;
        }
        out->document[kind].path = mlt_arena_printf(arena, "docs/%s", name);
        if (!out->document[kind].path)
            return mlt_err_oom(err);
    }
    return true;
}

bool mlt_docs_read_folder(const char *dir, struct mlt_arena *arena, struct mlt_document_set *out,
                          struct mlt_err *err)
{
    const char *docs = mlt_fs_join(arena, dir, "docs");
    return docs ? mlt_docs_read_documents(docs, arena, out, err) : mlt_err_oom(err);
}

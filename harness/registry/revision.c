#include "harness/registry/revision.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"

enum { FORMAT = 1, REVISION_BYTES = 64 * 1024 };

bool mlt_revision_encode(const struct mlt_revision *r, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, true);
    mlt_json_out_object(&json);
    mlt_json_out_kint(&json, "revision", FORMAT);
    mlt_json_out_kstring(&json, "model", r->model);
    mlt_json_out_kstring(&json, "version", r->version);
    mlt_json_out_kint(&json, "number", r->number);
    mlt_json_out_kstring(&json, "of", r->of);
    mlt_json_out_kstring(&json, "before", r->before);
    mlt_json_out_key(&json, "files");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < r->count; i++) {
        mlt_json_out_object(&json);
        mlt_json_out_kstring(&json, "path", mlt_document_forms[r->files[i].kind].file);
        mlt_json_out_kint(&json, "bytes", (int64_t)r->files[i].bytes);
        mlt_json_out_kstring(&json, "sha256", r->files[i].sha256);
        mlt_json_out_object_end(&json);
    }
    mlt_json_out_array_end(&json);
    mlt_json_out_kstring(&json, "by", r->by);
    mlt_json_out_kstring(&json, "reason", r->reason);
    mlt_json_out_kstring(&json, "at", r->at);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err) && mlt_buf_check(out, err);
}

static bool broken(struct mlt_err *err, const char *file, const char *what)
{
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is no revision of documents: %s", file, what);
}

static bool whole_number(const struct mlt_json *node, double most, double *out)
{
    return mlt_json_number(node, out) && *out >= 0 && *out <= most && *out == floor(*out);
}

static bool decode_file(const char *name, const struct mlt_json *node, struct mlt_revision *out,
                        struct mlt_err *err)
{
    const char *path = mlt_json_string(mlt_json_get(node, "path"));
    const char *sha256 = mlt_json_string(mlt_json_get(node, "sha256"));
    int kind = path ? mlt_document_find(path) : -1;
    double bytes;
    if (kind < 0 || strcmp(path, mlt_document_forms[kind].file) != 0)
        return broken(err, name, "a file is none of the six documents");
    if (out->count && out->files[out->count - 1].kind >= (enum mlt_document_kind)kind)
        return broken(err, name, "its files are not in order, or one is named twice");
    if (!sha256 || !mlt_hash_is_hex(sha256))
        return broken(err, name, "a file's sha256 is not 64 lower-case hex digits");
    if (!whole_number(mlt_json_get(node, "bytes"), 1e9, &bytes))
        return broken(err, name, "a file's size is not a whole number");
    struct mlt_revision_file *file = &out->files[out->count++];
    file->kind = (enum mlt_document_kind)kind;
    file->bytes = (uint64_t)bytes;
    strcpy(file->sha256, sha256);
    return true;
}

static bool decode_files(const char *name, const struct mlt_json *list, struct mlt_revision *out,
                         struct mlt_err *err)
{
    if (!list || mlt_json_type(list) != MLT_JSON_ARRAY || mlt_json_count(list) == 0)
        return broken(err, name, "\"files\" is not a list with documents");
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at))
        if (!decode_file(name, at, out, err))
            return false;
    return true;
}

/* A copy in the arena; NULL for a member that is no text, or when memory was out. */
static bool decode(const char *name, const struct mlt_json *document, struct mlt_arena *arena,
                   struct mlt_revision *out, struct mlt_err *err)
{
    struct mlt_revision r = {.count = 0};
    double format, number;
    int64_t when;
    const char *of = mlt_json_string(mlt_json_get(document, "of"));
    const char *before = mlt_json_string(mlt_json_get(document, "before"));
    if (!mlt_json_number(mlt_json_get(document, "revision"), &format) || format != FORMAT)
        return broken(err, name, "it does not begin with \"revision\": 1");
    if (!whole_number(mlt_json_get(document, "number"), MLT_REVISIONS_MAX, &number) || number < 1)
        return broken(err, name, "\"number\" is not one");
    if (!of || !before || !mlt_hash_is_hex(of) || !mlt_hash_is_hex(before))
        return broken(err, name, "\"of\" or \"before\" is not 64 lower-case hex digits");
    r.number = (long long)number;
    strcpy(r.of, of);
    strcpy(r.before, before);
    r.model = mlt_json_text(document, "model", arena);
    r.version = mlt_json_text(document, "version", arena);
    r.by = mlt_json_text(document, "by", arena);
    r.reason = mlt_json_text(document, "reason", arena);
    r.at = mlt_json_text(document, "at", arena);
    if (!r.model || !r.version || !r.by || !r.reason || !r.at || !mlt_clock_parse(r.at, &when))
        return broken(err, name, "a member is missing, or its time is not one");
    if (!decode_files(name, mlt_json_get(document, "files"), &r, err))
        return false;
    *out = r;
    return true;
}

bool mlt_revision_decode(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                         struct mlt_revision *out, struct mlt_err *err)
{
    struct mlt_json *document;
    if (!mlt_json_parse_kept(file, text, len, &document, err))
        return false;
    bool ok = decode(file, document, arena, out, err);
    mlt_json_free(document);
    return ok;
}

char *mlt_revision_prefix(const char *model, const char *version, long long number,
                          struct mlt_arena *arena)
{
    return mlt_arena_printf(arena, "%s/.evidence/%s/docs/%lld", model, version, number);
}

/* The digest that a record holds, put where its number says. */
static bool place_digest(const struct mlt_record *record, size_t count, struct mlt_arena *arena,
                         const char **digests, struct mlt_err *err)
{
    struct mlt_json *document;
    uint64_t number;
    if (!mlt_str_parse_uint(mlt_fs_basename(record->key), MLT_REVISIONS_MAX, &number) ||
        number < 1 || number > count || digests[number - 1])
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the record %s of %s is out of order: revisions are numbered from 1 "
                           "without a gap, and there are %zu",
                           record->key, record->partition, count);
    if (!mlt_json_parse_kept(record->key, record->value, strlen(record->value), &document, err))
        return false;
    const char *digest = mlt_json_string(mlt_json_get(document, "digest"));
    bool ok = true;
    if (!digest || !mlt_hash_is_hex(digest))
        ok = mlt_err_set(err, MLT_ERR_EVIDENCE, "the record %s of %s is not one of a revision",
                         record->key, record->partition);
    else if (!(digests[number - 1] = mlt_arena_strdup(arena, digest)))
        ok = mlt_err_oom(err);
    mlt_json_free(document);
    return ok;
}

bool mlt_revision_digests(struct mlt_registry *registry, const char *model, const char *version,
                          struct mlt_arena *arena, const char ***out, size_t *out_count,
                          struct mlt_err *err)
{
    struct mlt_record *records;
    size_t count;
    char *prefix = mlt_arena_printf(arena, "documents/%s/", version);
    if (!prefix)
        return mlt_err_oom(err);
    if (!mlt_store_query(registry, model, prefix, arena, &records, &count, err))
        return false;
    const char **digests = mlt_arena_calloc(arena, count, sizeof *digests);
    if (!digests)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (!place_digest(&records[i], count, arena, digests, err))
            return false;
    *out = digests;
    *out_count = count;
    return true;
}

static bool check_identity(const struct mlt_revision *r, const char *path, const char *model,
                           const struct mlt_version_record *version, long long number,
                           const char *before, struct mlt_err *err)
{
    if (strcmp(r->model, model) != 0 || strcmp(r->version, version->version) != 0 ||
        strcmp(r->of, version->digest) != 0 || r->number != number)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s belongs to revision %lld of %s@%s (%.12s…), not to this one", path,
                           r->number, r->model, r->version, r->of);
    if (strcmp(r->before, before) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s follows a revision with the digest %.12s…, but the one before it "
                           "has %.12s…: one of them was exchanged",
                           path, r->before, before);
    return true;
}

bool mlt_revision_load(struct mlt_registry *registry, const char *model,
                       const struct mlt_version_record *version, long long number,
                       const char *digest, const char *before, struct mlt_arena *arena,
                       struct mlt_revision *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_revision r;
    char *prefix = mlt_revision_prefix(model, version->version, number, arena);
    char *key = prefix ? mlt_arena_printf(arena, "%s/REVISION.json", prefix) : NULL;
    char *path = key ? mlt_fs_join(arena, registry->root, key) : NULL;
    char found[MLT_SHA256_HEX];
    bool ok = path ? registry->blobs->ops->get(registry->blobs, key, REVISION_BYTES, &text, err) &&
                         mlt_hash_bytes(text.data, text.len, found, err)
                   : mlt_err_oom(err);
    if (ok && strcmp(found, digest) != 0)
        ok = mlt_err_set(err, MLT_ERR_EVIDENCE,
                         "%s was altered: its SHA-256 is %.12s…, recorded was %.12s…", path, found,
                         digest);
    ok = ok && mlt_revision_decode(path, text.data, text.len, arena, &r, err) &&
         check_identity(&r, path, model, version, number, before, err);
    mlt_buf_free(&text);
    if (!ok)
        return false;
    strcpy(r.digest, digest);
    *out = r;
    return true;
}

struct verification {
    struct mlt_registry *registry;
    const char *model;
    const struct mlt_version_record *version;
    struct mlt_arena *arena;
    void (*fault)(void *context, const char *what);
    void *context;
};

/* Wrong evidence is what verification looks for: a fault, and it goes on. */
static bool tell_error(const struct verification *v, struct mlt_err *err)
{
    if (err->kind != MLT_ERR_EVIDENCE && err->kind != MLT_ERR_USAGE)
        return false;
    v->fault(v->context, err->text);
    return true;
}

/* The files of a revision, as a manifest that the folder is compared with. */
static bool verify_files(const struct verification *v, const struct mlt_revision *r,
                         const char *prefix, struct mlt_err *err)
{
    struct mlt_manifest_file files[MLT_DOCUMENT_KINDS + 1];
    struct mlt_manifest manifest = {.files = files};
    struct mlt_buf text = MLT_BUF_INIT;
    char *dir = mlt_fs_join(v->arena, v->registry->root, prefix);
    bool ok = dir ? mlt_revision_encode(r, &text, err) : mlt_err_oom(err);
    size_t bytes = text.len;
    mlt_buf_free(&text);
    if (!ok)
        return false;
    /* Bytewise order, as a manifest has it: capitals come first. */
    files[manifest.count] = (struct mlt_manifest_file){.path = "REVISION.json", .bytes = bytes};
    strcpy(files[manifest.count++].sha256, r->digest);
    for (size_t i = 0; i < r->count; i++) {
        const char *path = mlt_document_forms[r->files[i].kind].file;
        size_t at = manifest.count++;
        for (; at > 1 && strcmp(files[at - 1].path, path) > 0; at--)
            files[at] = files[at - 1];
        files[at] = (struct mlt_manifest_file){.path = path, .bytes = r->files[i].bytes};
        strcpy(files[at].sha256, r->files[i].sha256);
    }
    return mlt_manifest_compare(dir, &manifest, v->fault, v->context, err);
}

/* Folders that no record names, and what a put left that was cut off. */
static bool verify_names(const struct verification *v, size_t count, struct mlt_err *err)
{
    struct mlt_blobs *blobs = v->registry->blobs;
    char **names;
    size_t names_count;
    char *prefix =
        mlt_arena_printf(v->arena, "%s/.evidence/%s/docs", v->model, v->version->version);
    if (!prefix)
        return mlt_err_oom(err);
    if (!blobs->ops->list(blobs, prefix, v->arena, &names, &names_count, err))
        return false;
    for (size_t i = 0; i < names_count; i++) {
        uint64_t number;
        if (mlt_str_parse_uint(names[i], MLT_REVISIONS_MAX, &number) && number >= 1 &&
            number <= count && names[i][0] != '0')
            continue;
        char *what = mlt_arena_printf(
            v->arena,
            "%s/%s/%.200s is an orphan: no record names it; the next docs put moves it aside",
            v->registry->root, prefix, names[i]);
        if (!what)
            return mlt_err_oom(err);
        v->fault(v->context, what);
    }
    if (!blobs->ops->leftovers(blobs, prefix, v->arena, &names, &names_count, err))
        return false;
    for (size_t i = 0; i < names_count; i++) {
        char *what = mlt_arena_printf(
            v->arena,
            "%s/%s/%.200s was left by something that was cut off (or runs now): nothing reads it; "
            "remove it when nothing runs",
            v->registry->root, prefix, names[i]);
        if (!what)
            return mlt_err_oom(err);
        v->fault(v->context, what);
    }
    return true;
}

bool mlt_revision_verify(struct mlt_registry *registry, const char *model,
                         const struct mlt_version_record *version, struct mlt_arena *arena,
                         void (*fault)(void *context, const char *what), void *context,
                         struct mlt_err *err)
{
    const struct verification v = {registry, model, version, arena, fault, context};
    const char **digests;
    size_t count;
    if (!mlt_revision_digests(registry, model, version->version, arena, &digests, &count, err))
        return tell_error(&v, err);
    for (size_t i = 0; i < count; i++) {
        struct mlt_revision r;
        long long number = (long long)i + 1;
        char *prefix = mlt_revision_prefix(model, version->version, number, arena);
        if (!prefix)
            return mlt_err_oom(err);
        bool ok = mlt_revision_load(registry, model, version, number, digests[i],
                                    i ? digests[i - 1] : version->digest, arena, &r, err);
        if (!(ok ? verify_files(&v, &r, prefix, err) : tell_error(&v, err)))
            return false;
    }
    return verify_names(&v, count, err);
}

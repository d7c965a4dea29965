#include "harness/registry/documents.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/registry/revision.h"

enum { DOCUMENT_BYTES = 4 * 1024 * 1024, REASON_BYTES = 2000, NAME_BYTES = 200 };

/* A name that no model can have; one put at a time, so that a folder without a record is one that
 * was cut off, never one that is on its way. */
#define LOCK "/.mltest/documents.lock"

/* A version with its chain of revisions. */
struct chain {
    const char *model;
    struct mlt_version_record version;
    const char **digests;
    struct mlt_revision *revisions;
    size_t count;
};

/* Where the text of a document stands; `key` NULL: there is none. */
struct place {
    const char *key, *path;
    uint64_t bytes;
    char sha256[MLT_SHA256_HEX];
};

static bool read_chain(struct mlt_registry *registry, const char *model, const char *version,
                       struct mlt_arena *arena, struct chain *out, struct mlt_err *err)
{
    struct mlt_semver semver;
    struct chain c = {.model = model};
    if (!mlt_model_name_check(model, err) || !mlt_semver_parse(version, &semver, err) ||
        !mlt_version_record_want(registry, model, version, arena, &c.version, err) ||
        !mlt_revision_digests(registry, model, version, arena, &c.digests, &c.count, err))
        return false;
    c.revisions = mlt_arena_calloc(arena, c.count, sizeof *c.revisions);
    if (!c.revisions)
        return mlt_err_oom(err);
    for (size_t i = 0; i < c.count; i++)
        if (!mlt_revision_load(registry, model, &c.version, (long long)i + 1, c.digests[i],
                               i ? c.digests[i - 1] : c.version.digest, arena, &c.revisions[i],
                               err))
            return false;
    *out = c;
    return true;
}

/* The documents of the version's folder, as its manifest names them. Where one stands under both of
 * its names, the first name counts. */
static bool find_registered(struct mlt_registry *registry, const struct chain *c,
                            struct mlt_arena *arena, struct place places[MLT_DOCUMENT_KINDS],
                            struct mlt_err *err)
{
    struct mlt_manifest manifest;
    char digest[MLT_SHA256_HEX];
    char *prefix = mlt_arena_printf(arena, "%s/%s", c->model, c->version.version);
    if (!prefix)
        return mlt_err_oom(err);
    if (!mlt_store_manifest(registry, prefix, arena, &manifest, digest, err))
        return false;
    if (strcmp(digest, c->version.digest) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s/%s/MANIFEST.json was altered: its SHA-256 is %.12s…, registered was "
                           "%.12s…",
                           registry->root, prefix, digest, c->version.digest);
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        const struct mlt_document_form *form = &mlt_document_forms[kind];
        const char *const names[] = {form->other, form->file};
        for (int i = 0; i < 2; i++) {
            char *path = mlt_arena_printf(arena, "docs/%s", names[i]);
            const struct mlt_manifest_file *file = path ? mlt_manifest_find(&manifest, path) : NULL;
            if (!path)
                return mlt_err_oom(err);
            if (!file)
                continue;
            places[kind].key = mlt_arena_printf(arena, "%s/%s", prefix, path);
            places[kind].path = path;
            places[kind].bytes = file->bytes;
            strcpy(places[kind].sha256, file->sha256);
            if (!places[kind].key)
                return mlt_err_oom(err);
        }
    }
    return true;
}

/* Where the six stand after revision `number`. */
static bool find_places(struct mlt_registry *registry, const struct chain *c, size_t number,
                        struct mlt_arena *arena, struct place places[MLT_DOCUMENT_KINDS],
                        struct mlt_err *err)
{
    memset(places, 0, MLT_DOCUMENT_KINDS * sizeof *places);
    if (!find_registered(registry, c, arena, places, err))
        return false;
    for (size_t i = 0; i < number; i++) {
        const struct mlt_revision *r = &c->revisions[i];
        const char *prefix = mlt_revision_prefix(c->model, c->version.version, r->number, arena);
        if (!prefix)
            return mlt_err_oom(err);
        for (size_t k = 0; k < r->count; k++) {
            struct place *place = &places[r->files[k].kind];
            const char *file = mlt_document_forms[r->files[k].kind].file;
            place->key = mlt_arena_printf(arena, "%s/%s", prefix, file);
            place->path = mlt_arena_printf(arena, "docs/%s", file);
            place->bytes = r->files[k].bytes;
            strcpy(place->sha256, r->files[k].sha256);
            if (!place->key || !place->path)
                return mlt_err_oom(err);
        }
    }
    return true;
}

static bool read_place(struct mlt_registry *registry, const struct place *place,
                       struct mlt_arena *arena, const char **out_text, size_t *out_len,
                       struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char found[MLT_SHA256_HEX];
    if (place->bytes > DOCUMENT_BYTES)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s/%s has %llu bytes: a document has at most 4 MiB", registry->root,
                           place->key, (unsigned long long)place->bytes);
    bool ok = registry->blobs->ops->get(registry->blobs, place->key, DOCUMENT_BYTES, &text, err) &&
              mlt_hash_bytes(text.data, text.len, found, err);
    if (ok && strcmp(found, place->sha256) != 0)
        ok = mlt_err_set(err, MLT_ERR_EVIDENCE,
                         "%s/%s was altered: its SHA-256 is %.12s…, recorded was %.12s…",
                         registry->root, place->key, found, place->sha256);
    if (ok) {
        *out_len = text.len;
        *out_text = mlt_arena_memdup(arena, text.data, text.len);
        ok = *out_text || mlt_err_oom(err);
    }
    mlt_buf_free(&text);
    return ok;
}

/* What stands in a chain as number `number`; the first is made of the version's record. */
static void describe(const struct chain *c, size_t number,
                     const struct place registered[MLT_DOCUMENT_KINDS],
                     struct mlt_document_revision *out)
{
    *out = (struct mlt_document_revision){.number = (long long)number};
    if (number == 0) {
        strcpy(out->digest, c->version.digest);
        out->at = c->version.registered_at;
        out->by = c->version.registered_by;
        out->reason = "";
        for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++)
            out->kinds |= registered[kind].key ? 1u << kind : 0;
        return;
    }
    const struct mlt_revision *r = &c->revisions[number - 1];
    strcpy(out->digest, r->digest);
    out->at = r->at;
    out->by = r->by;
    out->reason = r->reason;
    for (size_t i = 0; i < r->count; i++)
        out->kinds |= 1u << r->files[i].kind;
}

bool mlt_registry_document_revisions(struct mlt_registry *registry, const char *model,
                                     const char *version, struct mlt_arena *arena,
                                     struct mlt_document_revision **out, size_t *out_count,
                                     struct mlt_err *err)
{
    struct chain c;
    struct place registered[MLT_DOCUMENT_KINDS];
    if (!read_chain(registry, model, version, arena, &c, err) ||
        !find_places(registry, &c, 0, arena, registered, err))
        return false;
    struct mlt_document_revision *revisions =
        mlt_arena_calloc(arena, c.count + 1, sizeof *revisions);
    if (!revisions)
        return mlt_err_oom(err);
    for (size_t i = 0; i <= c.count; i++)
        describe(&c, i, registered, &revisions[i]);
    *out = revisions;
    *out_count = c.count + 1;
    return true;
}

bool mlt_registry_documents(struct mlt_registry *registry, const char *model, const char *version,
                            long long number, struct mlt_arena *arena, struct mlt_document_set *out,
                            struct mlt_document_revision *revision, struct mlt_err *err)
{
    struct chain c;
    struct place places[MLT_DOCUMENT_KINDS];
    struct mlt_document_set set = {0};
    if (!read_chain(registry, model, version, arena, &c, err))
        return false;
    if (number < -1 || number > (long long)c.count)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "the documents of %s@%s have no revision %lld: the newest is %zu", model,
                           version, number, c.count);
    size_t wanted = number < 0 ? c.count : (size_t)number;
    if (!find_places(registry, &c, wanted, arena, places, err))
        return false;
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        set.document[kind].path = places[kind].path;
        if (!places[kind].path)
            set.document[kind].path =
                mlt_arena_printf(arena, "docs/%s", mlt_document_forms[kind].file);
        if (!set.document[kind].path)
            return mlt_err_oom(err);
        if (places[kind].key && !read_place(registry, &places[kind], arena,
                                            &set.document[kind].text, &set.document[kind].len, err))
            return false;
    }
    describe(&c, wanted, places, revision);
    *out = set;
    return true;
}

/* One line that a terminal and a page show as it is. */
static bool check_line(const char *what, const char *text, size_t most, struct mlt_err *err)
{
    struct mlt_buf safe = MLT_BUF_INIT;
    size_t len = text ? strlen(text) : 0, blanks = 0;
    while (blanks < len && isspace((unsigned char)text[blanks]))
        blanks++;
    if (blanks == len)
        return mlt_err_set(err, MLT_ERR_USAGE, "a revision of documents needs %s", what);
    if (len > most)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s has %zu bytes: at most %zu are kept", what, len,
                           most);
    mlt_str_append_safe(&safe, text, len, most);
    bool ok = mlt_buf_check(&safe, err);
    if (ok && strcmp(safe.data, text) != 0)
        ok =
            mlt_err_set(err, MLT_ERR_USAGE,
                        "%s is not one line of plain text (it reads \"%.200s\"): leave out control "
                        "characters",
                        what, safe.data);
    mlt_buf_free(&safe);
    return ok;
}

static bool check_text(const char *path, const char *text, size_t len, struct mlt_err *err)
{
    size_t bad, line = 1, blanks = 0;
    if (len > DOCUMENT_BYTES)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s has %zu bytes: a document has at most 4 MiB",
                           path, len);
    while (blanks < len && isspace((unsigned char)text[blanks]))
        blanks++;
    if (blanks == len)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is empty: a document says something", path);
    if (!mlt_str_utf8_valid(text, len, &bad))
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is not UTF-8: byte %zu is 0x%02x", path, bad + 1,
                           (unsigned char)text[bad]);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "%s:%zu: the control character 0x%02x: a document is plain text",
                               path, line, c);
        line += c == '\n';
    }
    return true;
}

/* The documents that differ from those in `places`, with their digests. */
static bool find_changes(const struct mlt_document_set *set,
                         const struct place places[MLT_DOCUMENT_KINDS], struct mlt_revision *out,
                         struct mlt_err *err)
{
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        struct mlt_revision_file file = {.kind = (enum mlt_document_kind)kind,
                                         .bytes = set->document[kind].len};
        const char *text = set->document[kind].text;
        if (!text)
            continue;
        if (!mlt_hash_bytes(text, set->document[kind].len, file.sha256, err))
            return false;
        if (!places[kind].key || strcmp(places[kind].sha256, file.sha256) != 0)
            out->files[out->count++] = file;
    }
    return true;
}

static bool put_record(struct mlt_registry *registry, const struct chain *c,
                       const struct mlt_revision *r, struct mlt_arena *arena,
                       enum mlt_change_end *end, struct mlt_err *err)
{
    struct mlt_change change;
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    char *key = mlt_arena_printf(arena, "documents/%s/%lld", c->version.version, r->number);
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "digest", r->digest);
    mlt_json_out_kstring(&json, "at", r->at);
    mlt_json_out_kstring(&json, "by", r->by);
    mlt_json_out_object_end(&json);
    char *value = mlt_store_json(&json, arena, err);
    if (!value)
        return false;
    if (!key)
        return mlt_err_oom(err);
    if (!mlt_change_begin(registry, c->model, arena, &change, err))
        return false;
    mlt_change_require(&change, key, 0);
    mlt_change_put(&change, key, value);
    return mlt_change_log(&change,
                          &(struct mlt_log_entry){.what = "documents",
                                                  .version = c->version.version,
                                                  .digest = r->digest,
                                                  .reason = r->reason},
                          err) &&
           mlt_change_commit(&change, end, err);
}

/* The files under the revision's number. A folder that stands there has no record: it was left by a
 * put that was cut off. */
static bool put_files(struct mlt_registry *registry, const struct chain *c, struct mlt_revision *r,
                      const struct mlt_document_set *set, struct mlt_arena *arena,
                      struct mlt_err *err)
{
    struct mlt_blobs *blobs = registry->blobs;
    struct mlt_blob_text texts[MLT_DOCUMENT_KINDS + 1];
    struct mlt_buf head = MLT_BUF_INIT;
    char *prefix = mlt_revision_prefix(c->model, c->version.version, r->number, arena);
    bool there = false;
    bool ok = prefix ? mlt_revision_encode(r, &head, err) &&
                           mlt_hash_bytes(head.data, head.len, r->digest, err) &&
                           blobs->ops->exists(blobs, prefix, &there, err)
                     : mlt_err_oom(err);
    if (ok && there)
        ok = blobs->ops->set_aside(blobs, prefix, err);
    texts[0] = (struct mlt_blob_text){"REVISION.json", head.data, head.len};
    for (size_t i = 0; i < r->count; i++) {
        enum mlt_document_kind kind = r->files[i].kind;
        texts[i + 1] = (struct mlt_blob_text){mlt_document_forms[kind].file,
                                              set->document[kind].text, set->document[kind].len};
    }
    ok = ok && blobs->ops->put_texts(blobs, prefix, texts, r->count + 1, &there, err);
    mlt_buf_free(&head);
    return ok;
}

static bool put(struct mlt_registry *registry, const char *model, const char *version,
                const struct mlt_document_set *set, const char *by, const char *reason,
                struct mlt_arena *arena, long long *number, struct mlt_err *err)
{
    struct chain c;
    struct place places[MLT_DOCUMENT_KINDS];
    struct mlt_revision r = {.model = model, .by = by, .reason = reason};
    enum mlt_change_end end = MLT_CHANGE_RACED;
    if (!read_chain(registry, model, version, arena, &c, err) ||
        !find_places(registry, &c, c.count, arena, places, err) ||
        !find_changes(set, places, &r, err))
        return false;
    if (r.count == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "these documents are those of revision %zu of %s@%s already: nothing to "
                           "put",
                           c.count, model, version);
    if (c.count >= MLT_REVISIONS_MAX)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s@%s has %zu revisions: no more are kept", model,
                           version, c.count);
    r.version = c.version.version;
    r.number = (long long)c.count + 1;
    r.at = mlt_store_now(arena);
    strcpy(r.of, c.version.digest);
    strcpy(r.before, c.count ? c.digests[c.count - 1] : c.version.digest);
    if (!r.at)
        return mlt_err_oom(err);
    /* The files come first: what has a record is whole. */
    if (!put_files(registry, &c, &r, set, arena, err))
        return false;
    for (int i = 0; end == MLT_CHANGE_RACED && i < MLT_CHANGE_TRIES; i++)
        if (!put_record(registry, &c, &r, arena, &end, err))
            return false;
    if (end != MLT_CHANGE_DONE)
        return mlt_change_busy(model, err);
    *number = r.number;
    return true;
}

static bool check(const struct mlt_registry *registry, const struct mlt_document_set *set,
                  const char *by, const char *reason, struct mlt_err *err)
{
    bool any = false;
    if (!mlt_store_writable(registry, err) || !check_line("a name (--by)", by, NAME_BYTES, err) ||
        !check_line("a reason (--reason)", reason, REASON_BYTES, err))
        return false;
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        const char *text = set->document[kind].text, *path = set->document[kind].path;
        any = any || text;
        if (text && !check_text(path ? path : mlt_document_forms[kind].file, text,
                                set->document[kind].len, err))
            return false;
    }
    return any || mlt_err_set(err, MLT_ERR_USAGE, "there is no document to put");
}

bool mlt_registry_put_documents(struct mlt_registry *registry, const char *model,
                                const char *version, const struct mlt_document_set *set,
                                const char *by, const char *reason, long long *number,
                                struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    int lock = -1;
    const char *name = by ? by : mlt_store_user(&arena);
    if (!check(registry, set, name, reason, err)) {
        mlt_arena_free(&arena);
        return false;
    }
    char *path = mlt_arena_printf(&arena, "%s" LOCK, registry->root);
    bool ok = path ? mlt_fs_lock(path, &lock, err) : mlt_err_oom(err);
    if (ok) {
        ok = put(registry, model, version, set, name, reason, &arena, number, err);
        close(lock);
    }
    mlt_arena_free(&arena);
    return ok;
}

#include "flows/docs_store.h"

#include <string.h>
#include <sys/stat.h>

#include "flows/format.h"
#include "flows/setting.h"
#include "harness/base/fs.h"
#include "harness/base/lines.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/registry/documents.h"

enum { MOST_BYTES = 4 * 1024 * 1024 };

/* The document that a file's name names, not the word for it; -1: none. */
static int kind_of_file(const char *name)
{
    int kind = mlt_document_find(name);
    return kind >= 0 && mlt_str_ends(name, ".md") ? kind : -1;
}

static bool no_document(const char *path, struct mlt_err *err)
{
    const char *names[MLT_DOCUMENT_KINDS + 1] = {NULL};
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++)
        names[kind] = mlt_document_forms[kind].file;
    const char *near = mlt_str_nearest(mlt_fs_basename(path), names);
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "%s is not named like one of the six documents%s%s%s: expected %s, %s, %s, "
                       "%s, %s or %s",
                       path, near ? "; did you mean " : "", near ? near : "", near ? "?" : "",
                       names[0], names[1], names[2], names[3], names[4], names[5]);
}

static bool add_file(const char *path, struct mlt_arena *arena, struct mlt_document_set *set,
                     struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct stat info;
    int kind = kind_of_file(mlt_fs_basename(path));
    if (kind < 0)
        return no_document(path, err);
    if (set->document[kind].text)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s and %s are one document: name only one of them",
                           set->document[kind].path, path);
    bool there = lstat(path, &info) == 0;
    if (there && !S_ISREG(info.st_mode))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is not a plain file (a link, a folder or a device): name the file "
                           "itself",
                           path);
    if (there && info.st_size > MOST_BYTES)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s has %lld bytes: a document has at most 4 MiB",
                           path, (long long)info.st_size);
    if (!mlt_fs_read(path, MOST_BYTES, &text, err))
        return false;
    set->document[kind].path = path;
    set->document[kind].len = text.len;
    set->document[kind].text = mlt_arena_memdup(arena, text.data, text.len);
    mlt_buf_free(&text);
    return set->document[kind].text || mlt_err_oom(err);
}

static bool add_folder(const char *dir, struct mlt_arena *arena, struct mlt_document_set *set,
                       struct mlt_err *err)
{
    char **names;
    size_t count, found = 0;
    if (!mlt_fs_list_names(dir, arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        char *path = mlt_fs_join(arena, dir, names[i]);
        if (!path)
            return mlt_err_oom(err);
        if (kind_of_file(names[i]) < 0)
            continue;
        found++;
        if (!add_file(path, arena, set, err))
            return false;
    }
    return found || mlt_err_set(err, MLT_ERR_USAGE,
                                "%s holds none of the six documents: expected %s and the like", dir,
                                mlt_document_forms[0].file);
}

static bool read_paths(const struct mlt_docs_put_request *request, struct mlt_arena *arena,
                       struct mlt_document_set *set, struct mlt_err *err)
{
    for (size_t i = 0; i < request->path_count; i++) {
        const char *path = request->paths[i];
        if (!(mlt_fs_kind(path) == MLT_FS_DIR ? add_folder(path, arena, set, err)
                                              : add_file(path, arena, set, err)))
            return false;
    }
    return true;
}

/* "api.md: 3 lines changed" for each that a revision brought, held against what stood before. */
static bool print_changes(const struct mlt_document_set *before, const struct mlt_document_set *now,
                          unsigned kinds, struct mlt_buf *out, struct mlt_err *err)
{
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        struct mlt_line_count count;
        const char *old = before->document[kind].text;
        if (!(kinds & 1u << kind))
            continue;
        if (!mlt_lines_compare(old ? old : "", old ? before->document[kind].len : 0,
                               now->document[kind].text, now->document[kind].len, &count, err))
            return false;
        mlt_buf_printf(out, "  %s: %s", mlt_document_forms[kind].file, old ? "" : "new, ");
        mlt_lines_print(&count, out);
        mlt_buf_putc(out, '\n');
    }
    return true;
}

static bool put(struct mlt_registry *registry, const struct mlt_docs_put_request *request,
                const struct mlt_model_ref *ref, struct mlt_arena *arena, struct mlt_buf *out,
                struct mlt_err *err)
{
    struct mlt_document_set set = {0}, before, now;
    struct mlt_document_revision revision;
    const char *version;
    long long number;
    if (!mlt_registry_resolve(registry, ref->model, ref->version, arena, &version, err) ||
        !read_paths(request, arena, &set, err) ||
        !mlt_registry_put_documents(registry, ref->model, version, &set, request->by,
                                    request->reason, &number, err) ||
        !mlt_registry_documents(registry, ref->model, version, number - 1, arena, &before,
                                &revision, err) ||
        !mlt_registry_documents(registry, ref->model, version, number, arena, &now, &revision, err))
        return false;
    mlt_buf_printf(out, "%s@%s: revision %lld, signed off by %s\n", ref->model, version, number,
                   revision.by);
    return print_changes(&before, &now, revision.kinds, out, err);
}

bool mlt_flow_docs_put(const struct mlt_docs_put_request *request, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_model_ref ref;
    struct mlt_registry *registry;
    if (!request->reason)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "docs put needs --reason TEXT: it is kept with the revision");
    if (!mlt_model_ref_parse(request->ref, &ref, err))
        return false;
    if (!ref.version[0])
        return mlt_err_set(err, MLT_ERR_USAGE, "which version of %s? Write %s@VERSION", ref.model,
                           ref.model);
    if (!mlt_setting_registry(request->registry, NULL, false, arena, &registry, err))
        return false;
    bool ok = put(registry, request, &ref, arena, out, err);
    mlt_registry_close(registry);
    return ok;
}

/* What `docs show` is about. */
struct shown {
    const char *model, *version;
    int kind;         /* -1: all */
    long long number; /* of the revision looked at */
    struct mlt_document_set set;
    struct mlt_document_revision *revisions;
    size_t count; /* of all, later ones included */
};

/* The last revision up to `number` that brought the document; -1: none did. */
static long long brought_by(const struct shown *s, int kind, long long number)
{
    for (long long i = number; i >= 0; i--)
        if (s->revisions[i].kinds & 1u << kind)
            return i;
    return -1;
}

/* The next revision that brought the document; -1: the one looked at is the newest. */
static long long superseded_by(const struct shown *s, int kind)
{
    for (size_t i = (size_t)s->number + 1; i < s->count; i++)
        if (s->revisions[i].kinds & 1u << kind)
            return (long long)i;
    return -1;
}

static void print_kinds(unsigned kinds, struct mlt_buf *out)
{
    const char *comma = "";
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        if (kinds & 1u << kind) {
            mlt_buf_printf(out, "%s%s", comma, mlt_document_forms[kind].word);
            comma = ", ";
        }
    }
}

static void print_list(const struct shown *s, struct mlt_buf *out)
{
    mlt_buf_printf(out, "%s@%s\n", s->model, s->version);
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        long long by = brought_by(s, kind, s->number);
        if (s->kind >= 0 && s->kind != kind)
            continue;
        if (by < 0)
            mlt_buf_printf(out, "  %-18s  missing\n", mlt_document_forms[kind].word);
        else
            mlt_buf_printf(out, "  %-18s  revision %-3lld  %s\n", mlt_document_forms[kind].word, by,
                           s->revisions[by].at);
    }
    mlt_buf_puts(out, "revisions\n");
    for (size_t i = 0; i < s->count; i++) {
        const struct mlt_document_revision *r = &s->revisions[i];
        if (s->kind >= 0 && !(r->kinds & 1u << s->kind))
            continue;
        mlt_buf_printf(out, "  %-3lld  %s  %s  ", r->number, r->at, r->by);
        print_kinds(r->kinds, out);
        mlt_buf_printf(out, "\n       %s\n", r->number ? r->reason : "as registered");
    }
}

static void put_kinds(unsigned kinds, struct mlt_json_out *j)
{
    mlt_json_out_key(j, "documents");
    mlt_json_out_array(j);
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++)
        if (kinds & 1u << kind)
            mlt_json_out_string(j, mlt_document_forms[kind].word);
    mlt_json_out_array_end(j);
}

static void put_revision(const struct mlt_document_revision *r, struct mlt_json_out *j)
{
    mlt_json_out_kint(j, "number", r->number);
    mlt_json_out_kstring(j, "digest", r->digest);
    mlt_json_out_kstring(j, "at", r->at);
    mlt_json_out_kstring(j, "by", r->by);
    mlt_json_out_kstring(j, "reason", r->reason);
    put_kinds(r->kinds, j);
}

static void put_document(const struct shown *s, int kind, bool with_text, struct mlt_json_out *j)
{
    long long by = brought_by(s, kind, s->number), next = superseded_by(s, kind);
    mlt_json_out_kstring(j, "document", mlt_document_forms[kind].word);
    mlt_json_out_key(j, "revision");
    if (by < 0)
        mlt_json_out_null(j);
    else
        mlt_json_out_int(j, by);
    if (next >= 0)
        mlt_json_out_kint(j, "superseded_by", next);
    if (with_text) {
        mlt_json_out_key(j, "text");
        mlt_json_out_string_len(j, s->set.document[kind].text, s->set.document[kind].len);
    }
}

static bool print_json(const struct shown *s, bool list, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_json_out j;
    mlt_json_out_init(&j, out, true);
    mlt_json_out_object(&j);
    mlt_json_out_kstring(&j, "model", s->model);
    mlt_json_out_kstring(&j, "version", s->version);
    if (list) {
        mlt_json_out_key(&j, "documents");
        mlt_json_out_array(&j);
        for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
            if (s->kind >= 0 && s->kind != kind)
                continue;
            mlt_json_out_object(&j);
            put_document(s, kind, false, &j);
            mlt_json_out_object_end(&j);
        }
        mlt_json_out_array_end(&j);
        mlt_json_out_key(&j, "revisions");
        mlt_json_out_array(&j);
        for (size_t i = 0; i < s->count; i++) {
            if (s->kind >= 0 && !(s->revisions[i].kinds & 1u << s->kind))
                continue;
            mlt_json_out_object(&j);
            put_revision(&s->revisions[i], &j);
            mlt_json_out_object_end(&j);
        }
        mlt_json_out_array_end(&j);
    } else {
        put_document(s, s->kind, true, &j);
    }
    mlt_json_out_object_end(&j);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&j, err);
}

/* Line by line, so that the text keeps its lines. */
static void append_harmless(const char *text, size_t len, struct mlt_buf *out)
{
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t size = end ? (size_t)(end - text) - at : len - at;
        mlt_str_append_safe(out, text + at, size, size);
        if (end)
            mlt_buf_putc(out, '\n');
        at += size + 1;
    }
}

static bool print_text(const struct shown *s, bool terminal, struct mlt_buf *out)
{
    const char *text = s->set.document[s->kind].text;
    if (terminal)
        append_harmless(text, s->set.document[s->kind].len, out);
    else
        mlt_buf_append(out, text, s->set.document[s->kind].len);
    return true;
}

static bool render(const struct shown *s, const struct mlt_docs_show_request *request, bool json,
                   struct mlt_buf *out, struct mlt_err *err)
{
    bool list = request->list || s->kind < 0;
    if (!list && !s->set.document[s->kind].text)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s@%s has no %s at revision %lld", s->model,
                           s->version, mlt_document_forms[s->kind].file, s->number);
    if (json)
        return print_json(s, list, out, err);
    if (!list)
        return print_text(s, request->terminal, out);
    print_list(s, out);
    return true;
}

static bool parse_request(const struct mlt_docs_show_request *request, struct shown *s, bool *json,
                          struct mlt_err *err)
{
    const char *words[MLT_DOCUMENT_KINDS + 1] = {NULL};
    uint64_t number;
    if (!mlt_format_is_json(request->format, json, err))
        return false;
    s->kind = request->document ? mlt_document_find(request->document) : -1;
    if (request->document && s->kind < 0) {
        for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++)
            words[kind] = mlt_document_forms[kind].word;
        const char *near = mlt_str_nearest(request->document, words);
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "there is no document \"%.60s\"%s%s%s: expected %s, %s, %s, %s, %s or "
                           "%s",
                           request->document, near ? "; did you mean " : "", near ? near : "",
                           near ? "?" : "", words[0], words[1], words[2], words[3], words[4],
                           words[5]);
    }
    s->number = -1;
    if (request->revision) {
        if (!mlt_str_parse_uint(request->revision, 1000000, &number))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "--revision is a number from 0 (as registered), got \"%.40s\"",
                               request->revision);
        s->number = (long long)number;
    }
    return true;
}

static bool show(struct mlt_registry *registry, const struct mlt_docs_show_request *request,
                 struct shown *s, const struct mlt_model_ref *ref, bool json,
                 struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_document_revision revision;
    s->model = ref->model;
    if (!mlt_registry_resolve(registry, ref->model, ref->version, arena, &s->version, err) ||
        !mlt_registry_document_revisions(registry, ref->model, s->version, arena, &s->revisions,
                                         &s->count, err) ||
        !mlt_registry_documents(registry, ref->model, s->version, s->number, arena, &s->set,
                                &revision, err))
        return false;
    s->number = revision.number;
    /* A put may have ended between the two readings. */
    if ((size_t)s->number >= s->count)
        return mlt_err_set(err, MLT_ERR_INFRA,
                           "the documents of %s@%s are being changed by others: try again",
                           s->model, s->version);
    return render(s, request, json, out, err);
}

bool mlt_flow_docs_show(const struct mlt_docs_show_request *request, struct mlt_arena *arena,
                        struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_model_ref ref;
    struct mlt_registry *registry;
    struct shown s = {0};
    bool json;
    if (!parse_request(request, &s, &json, err) || !mlt_model_ref_parse(request->ref, &ref, err) ||
        !mlt_setting_registry(request->registry, NULL, true, arena, &registry, err))
        return false;
    bool ok = show(registry, request, &s, &ref, json, arena, out, err);
    mlt_registry_close(registry);
    return ok;
}

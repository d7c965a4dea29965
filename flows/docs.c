#include "flows/docs.h"

#include <string.h>

#include "flows/docs_facts.h"
#include "flows/setting.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "reports/documents/documents.h"
#include "reports/summary.h"

struct written {
    const char *name; /* "api.md" */
    bool changed;
    unsigned carried, open;
};

struct writing {
    const struct mlt_docs_request *request;
    struct mlt_arena *arena;
    struct mlt_docs_subject *subject;
    struct mlt_document_set old, before;
    const char *docs;  /* the folder that is written to */
    const char *shown; /* as the command line would name it */
    struct written written[MLT_DOCUMENT_KINDS];
};

static bool resolve(const struct mlt_docs_request *request, struct mlt_arena *arena,
                    struct mlt_docs_subject *s, struct mlt_err *err)
{
    struct mlt_model_ref ref;
    if (mlt_setting_is_folder(request->ref))
        return mlt_setting_registry_if_named(request->registry, NULL, true, arena, &s->registry,
                                             err) &&
               mlt_docs_read_version(request->ref, arena, &s->version, err) &&
               mlt_docs_read_folder(s->version.dir, arena, &s->set, err);
    s->is_registered = true;
    return mlt_model_ref_parse(request->ref, &ref, err) &&
           mlt_setting_registry(request->registry, NULL, true, arena, &s->registry, err) &&
           mlt_registry_get(s->registry, ref.model, ref.version, arena, &s->version, err) &&
           mlt_registry_documents(s->registry, s->version.model, s->version.version, -1, arena,
                                  &s->set, &s->revision, err);
}

bool mlt_docs_subject_open(const struct mlt_docs_request *request, struct mlt_arena *arena,
                           struct mlt_docs_subject *out, struct mlt_err *err)
{
    *out = (struct mlt_docs_subject){0};
    if (!resolve(request, arena, out, err))
        return false;
    const struct mlt_docs_facts_request facts = {.registry = out->registry,
                                                 .version = &out->version,
                                                 .previous_dir = request->previous};
    return mlt_docs_facts_gather(&facts, arena, &out->facts, err);
}

void mlt_docs_subject_close(struct mlt_docs_subject *subject)
{
    mlt_registry_close(subject->registry);
    subject->registry = NULL;
}

static bool read_before(struct writing *w, struct mlt_err *err)
{
    const struct mlt_document_side *before = w->subject->facts.before;
    struct mlt_document_revision revision;
    if (w->request->previous)
        return mlt_docs_read_folder(w->request->previous, w->arena, &w->before, err);
    return !before ||
           mlt_registry_documents(w->subject->registry, w->subject->facts.model, before->version,
                                  -1, w->arena, &w->before, &revision, err);
}

/* What somebody has changed in the folder that is written to must not be lost. */
static bool read_old(struct writing *w, struct mlt_err *err)
{
    struct mlt_document_set there;
    w->old = w->subject->set;
    if (!w->request->output)
        return true;
    if (!mlt_docs_read_documents(w->docs, w->arena, &there, err))
        return false;
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++)
        if (there.document[kind].text)
            w->old.document[kind] = there.document[kind];
    return true;
}

static bool choose_folder(struct writing *w, struct mlt_err *err)
{
    const struct mlt_docs_subject *s = w->subject;
    if (!w->request->output && s->is_registered)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "%s@%s is registered, and its folder never changes: name another with -o DIR, and keep "
            "what is written there with mltest docs put",
            s->version.model, s->version.version);
    w->docs =
        w->request->output ? w->request->output : mlt_fs_join(w->arena, s->version.dir, "docs");
    w->shown =
        w->request->output ? w->request->output : mlt_fs_join(w->arena, w->request->ref, "docs");
    return (w->docs && w->shown) || mlt_err_oom(err);
}

static bool is_same(const char *path, const struct mlt_buf *text)
{
    struct mlt_buf there = MLT_BUF_INIT;
    struct mlt_err ignored = MLT_ERR_INIT;
    bool same = mlt_fs_kind(path) == MLT_FS_FILE &&
                mlt_fs_read(path, text->len + 1, &there, &ignored) && there.len == text->len &&
                memcmp(there.data, text->data, text->len) == 0;
    mlt_buf_free(&there);
    return same;
}

static bool write_one(struct writing *w, enum mlt_document_kind kind, struct mlt_err *err)
{
    struct written *done = &w->written[kind];
    const struct mlt_document_source source = {&w->subject->facts, &w->old,
                                               w->subject->facts.before ? &w->before : NULL};
    struct mlt_buf text = MLT_BUF_INIT;
    done->name = mlt_fs_basename(w->old.document[kind].path);
    const char *path = mlt_fs_join(w->arena, w->docs, done->name);
    bool ok =
        path ? mlt_document_render(kind, &source, w->arena, &text, &done->carried, &done->open, err)
             : mlt_err_oom(err);
    if (ok && !is_same(path, &text)) {
        done->changed = true;
        ok = mlt_fs_write_atomic(path, text.data, text.len, err);
    }
    mlt_buf_free(&text);
    return ok;
}

static void print_sections(const struct writing *w, const char *what, bool open,
                           struct mlt_buf *out)
{
    bool headed = false;
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        unsigned sections = open ? w->written[kind].open : w->written[kind].carried;
        const char *between = "";
        if (!sections)
            continue;
        mlt_buf_printf(out, "%s  %-24s ", headed ? "" : what, w->written[kind].name);
        headed = true;
        for (int i = 0; i < MLT_SECTIONS; i++) {
            if (!(sections & 1u << i))
                continue;
            mlt_buf_printf(out, "%s%s", between, mlt_section_title((enum mlt_section)i));
            between = ", ";
        }
        mlt_buf_putc(out, '\n');
    }
}

static void print_next(const struct writing *w, struct mlt_buf *out)
{
    mlt_buf_puts(out, "\nnext: mltest docs ");
    mlt_buf_puts(out, w->subject->is_registered ? "put " : "check ");
    mlt_report_shell_word(out, w->request->ref);
    if (w->subject->is_registered) {
        mlt_buf_putc(out, ' ');
        mlt_report_shell_word(out, w->request->output);
        mlt_buf_puts(out, " --reason TEXT");
    } else if (w->request->previous) {
        mlt_buf_puts(out, " --previous ");
        mlt_report_shell_word(out, w->request->previous);
    }
    mlt_buf_putc(out, '\n');
}

static void print_all(const struct writing *w, struct mlt_buf *out)
{
    const struct mlt_document_facts *f = &w->subject->facts;
    mlt_buf_printf(out, "%s@%s, ", f->model, f->now.version);
    if (f->before)
        mlt_buf_printf(out, "after %s", f->before->version);
    else if (w->subject->registry)
        mlt_buf_puts(out, "the first release");
    else
        mlt_buf_puts(out, "taken for the first release (no registry is named, nor --previous)");
    mlt_buf_puts(out, "; in ");
    mlt_str_append_safe(out, w->shown, strlen(w->shown), 4096);
    mlt_buf_puts(out, ":\n");
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++)
        mlt_buf_printf(out, "  %-24s %s\n", w->written[kind].name,
                       w->written[kind].changed ? "written" : "as it was");
    print_sections(w, "\ncarried over from the release before, read it again:\n", false, out);
    print_sections(w, "\nwaits to be written:\n", true, out);
    print_next(w, out);
}

static bool write_all(struct writing *w, struct mlt_err *err)
{
    if (!mlt_fs_mkdirs(w->docs, err))
        return false;
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++)
        if (!write_one(w, (enum mlt_document_kind)kind, err))
            return false;
    return true;
}

bool mlt_flow_docs_new(const struct mlt_docs_request *request, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_docs_subject subject;
    struct writing w = {.request = request, .arena = arena, .subject = &subject};
    bool ok = mlt_docs_subject_open(request, arena, &subject, err) && choose_folder(&w, err) &&
              read_before(&w, err) && read_old(&w, err) && write_all(&w, err);
    if (ok)
        print_all(&w, out);
    mlt_docs_subject_close(&subject);
    return ok;
}

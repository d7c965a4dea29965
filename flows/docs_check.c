#include <stdlib.h>
#include <string.h>

#include "flows/docs.h"
#include "flows/docs_facts.h"
#include "flows/format.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "reports/summary.h"

enum { WHAT_BYTES = 2000 };

bool mlt_docs_check(const struct mlt_docs_facts_request *request, struct mlt_arena *arena,
                    struct mlt_document_set *set, struct mlt_document_revision *revision,
                    struct mlt_document_fault **faults, size_t *count, struct mlt_err *err)
{
    const struct mlt_version *version = request->version;
    struct mlt_document_facts facts;
    *revision = (struct mlt_document_revision){0};
    return (request->registry && version->registered_at[0]
                ? mlt_registry_documents(request->registry, version->model, version->version, -1,
                                         arena, set, revision, err)
                : mlt_docs_read_folder(version->dir, arena, set, err)) &&
           mlt_docs_facts_gather(request, arena, &facts, err) &&
           mlt_documents_check(set, &facts, arena, faults, count, err);
}

struct checked {
    const struct mlt_docs_request *request;
    const struct mlt_docs_subject *subject;
    struct mlt_document_fault *faults;
    size_t count;
    size_t of[MLT_DOCUMENT_KINDS]; /* faults of each document */
    int order[MLT_DOCUMENT_KINDS]; /* the worst first */
};

/* Few enough to be put in order one by one; of equals the first stays first. */
static void put_in_order(struct checked *c)
{
    for (size_t i = 0; i < c->count; i++)
        c->of[c->faults[i].kind]++;
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        int at = kind;
        for (; at > 0 && c->of[c->order[at - 1]] < c->of[kind]; at--)
            c->order[at] = c->order[at - 1];
        c->order[at] = kind;
    }
}

static void print_place(const struct mlt_document_fault *fault, struct mlt_buf *out)
{
    mlt_str_append_safe(out, fault->path, strlen(fault->path), WHAT_BYTES);
    if (fault->line > 0)
        mlt_buf_printf(out, ":%d", fault->line);
}

static void print_repair(const struct checked *c, struct mlt_buf *out)
{
    const struct mlt_docs_subject *s = c->subject;
    mlt_buf_puts(out, "repair: mltest docs new ");
    mlt_report_shell_word(out, c->request->ref);
    if (c->request->previous) {
        mlt_buf_puts(out, " --previous ");
        mlt_report_shell_word(out, c->request->previous);
    }
    mlt_buf_puts(out, s->is_registered ? " -o DIR" : "");
    mlt_buf_puts(out, " writes anew what is known; what remains is yours to write");
    if (s->is_registered) {
        mlt_buf_puts(out, ", then mltest docs put ");
        mlt_report_shell_word(out, c->request->ref);
        mlt_buf_puts(out, " DIR --reason TEXT");
    }
    mlt_buf_putc(out, '\n');
}

static void print_text(const struct checked *c, struct mlt_buf *out)
{
    const struct mlt_docs_subject *s = c->subject;
    size_t documents = 0;
    for (int i = 0; i < MLT_DOCUMENT_KINDS; i++) {
        documents += c->of[c->order[i]] > 0;
        for (size_t k = 0; k < c->count; k++) {
            if ((int)c->faults[k].kind != c->order[i])
                continue;
            print_place(&c->faults[k], out);
            mlt_buf_puts(out, ": ");
            mlt_str_append_safe(out, c->faults[k].what, strlen(c->faults[k].what), WHAT_BYTES);
            mlt_buf_putc(out, '\n');
        }
    }
    mlt_buf_printf(out, "%s%s@%s", c->count ? "\n" : "", s->facts.model, s->facts.now.version);
    if (s->revision.number > 0)
        mlt_buf_printf(out, ", revision %lld", s->revision.number);
    if (c->count == 0) {
        mlt_buf_puts(out, ": the six documents are complete and say what is known\n");
        return;
    }
    mlt_buf_printf(out, ": %zu fault%s in %zu document%s\n", c->count, c->count == 1 ? "" : "s",
                   documents, documents == 1 ? "" : "s");
    print_repair(c, out);
}

static bool print_json(const struct checked *c, struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_docs_subject *s = c->subject;
    struct mlt_json_out j;
    mlt_json_out_init(&j, out, true);
    mlt_json_out_object(&j);
    mlt_json_out_kstring(&j, "model", s->facts.model);
    mlt_json_out_kstring(&j, "version", s->facts.now.version);
    mlt_json_out_key(&j, "revision");
    if (s->is_registered)
        mlt_json_out_int(&j, s->revision.number);
    else
        mlt_json_out_null(&j);
    mlt_json_out_kbool(&j, "complete", c->count == 0);
    mlt_json_out_key(&j, "faults");
    mlt_json_out_array(&j);
    for (size_t i = 0; i < c->count; i++) {
        mlt_json_out_object(&j);
        mlt_json_out_kstring(&j, "document", mlt_document_forms[c->faults[i].kind].word);
        mlt_json_out_kstring(&j, "path", c->faults[i].path);
        mlt_json_out_key(&j, "line");
        if (c->faults[i].line > 0)
            mlt_json_out_int(&j, c->faults[i].line);
        else
            mlt_json_out_null(&j);
        mlt_json_out_kstring(&j, "what", c->faults[i].what);
        mlt_json_out_object_end(&j);
    }
    mlt_json_out_array_end(&j);
    mlt_json_out_object_end(&j);
    bool ok = mlt_json_out_finish(&j, err);
    mlt_buf_putc(out, '\n');
    return ok;
}

bool mlt_flow_docs_check(const struct mlt_docs_request *request, struct mlt_arena *arena,
                         struct mlt_buf *out, bool *complete, struct mlt_err *err)
{
    struct mlt_docs_subject subject = {0};
    struct checked c = {.request = request, .subject = &subject};
    bool json;
    if (!mlt_format_is_json(request->format, &json, err))
        return false;
    bool ok = mlt_docs_subject_open(request, arena, &subject, err) &&
              mlt_documents_check(&subject.set, &subject.facts, arena, &c.faults, &c.count, err);
    if (ok) {
        put_in_order(&c);
        *complete = c.count == 0;
        if (json)
            ok = print_json(&c, out, err);
        else
            print_text(&c, out);
    }
    mlt_docs_subject_close(&subject);
    return ok;
}

/* Pages that tell of models and versions. */
#include <string.h>

#include "reports/documents/site_frame.h"

/* More would hide what else the page has. */
enum { MOST_FAULTS = 20 };

static void put_model_summary(const struct mlt_site_model *model, struct mlt_buf *out)
{
    const struct mlt_site_version *serving = NULL, *latest = NULL;
    for (size_t i = 0; i < model->count; i++) {
        serving = model->versions[i].entry->serving ? &model->versions[i] : serving;
        latest = model->versions[i].latest ? &model->versions[i] : latest;
    }
    const struct mlt_site_version *const columns[] = {serving, latest, &model->versions[0]};
    mlt_buf_puts(out, "<tr><th scope=\"row\"><a href=\"");
    mlt_site_put_attribute(out, model->name);
    mlt_buf_puts(out, "/index.html\">");
    mlt_site_put_text(out, model->name);
    mlt_buf_puts(out, "</a></th>");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (!columns[i]) {
            mlt_buf_puts(out, "<td>none</td>");
            continue;
        }
        mlt_buf_puts(out, "<td><a href=\"");
        mlt_site_put_attribute(out, model->name);
        mlt_buf_puts(out, "/");
        mlt_site_put_attribute(out, columns[i]->entry->version);
        mlt_buf_puts(out, "/index.html\">");
        mlt_site_put_text(out, columns[i]->entry->version);
        mlt_buf_puts(out, "</a></td>");
    }
    mlt_buf_printf(out, "<td class=\"right\">%zu</td></tr>\n", model->count);
}

bool mlt_site_print_home(const struct mlt_site *site, struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_site_place place = {.depth = 0};
    if (!mlt_site_open_page(&place, "Models", out, err))
        return false;
    mlt_buf_puts(out, "<h1>Models</h1>\n<p class=\"lead\">Every version of every model in the "
                      "registry, with its documents and each revision of them.</p>\n");
    if (site->count == 0)
        mlt_buf_puts(out, "<p>No model is registered yet.</p>\n");
    else
        mlt_buf_puts(out, "<section class=\"scroll\" aria-label=\"Models\" "
                          "tabindex=\"0\">\n<table>\n<thead><tr><th scope=\"col\">Model</th>"
                          "<th scope=\"col\">Serves production</th><th scope=\"col\">Latest</th>"
                          "<th scope=\"col\">Highest</th><th scope=\"col\" "
                          "class=\"right\">Versions</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < site->count; i++)
        put_model_summary(&site->models[i], out);
    if (site->count)
        mlt_buf_puts(out, "</tbody>\n</table>\n</section>\n<p class=\"soft\">Latest is the highest "
                          "version without a qualifier that ever reached production; highest is "
                          "that of all registered ones.</p>\n");
    mlt_site_close_page(out);
    return mlt_buf_check(out, err);
}

/* Links to the six, `folder` before each. */
static void put_pages(const struct mlt_site_version *v, const char *folder, struct mlt_buf *out)
{
    mlt_buf_puts(out, "<ul class=\"pages\">\n");
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        const struct mlt_document_form *form = &mlt_document_forms[kind];
        bool there = mlt_site_revision_of(v, (enum mlt_document_kind)kind,
                                          (long long)v->revision_count - 1) >= 0;
        if (there) {
            mlt_buf_puts(out, "<li><a href=\"");
            mlt_site_put_attribute(out, folder);
            mlt_buf_printf(out, "%s.html\">%s</a></li>\n", form->word, form->title);
        } else {
            mlt_buf_printf(out, "<li><span class=\"absent\">%s: missing</span></li>\n",
                           form->title);
        }
    }
    mlt_buf_puts(out, "</ul>\n");
}

static void put_state_of_documents(const struct mlt_site_version *v, struct mlt_buf *out)
{
    switch (v->documents) {
    case MLT_SITE_NOT_CHECKED:
        mlt_buf_puts(out, "<span class=\"badge\">documents not checked</span>");
        return;
    case MLT_SITE_COMPLETE:
        mlt_buf_puts(out, "<span class=\"badge good\">documents complete</span>");
        return;
    case MLT_SITE_FAULTY:
        mlt_buf_printf(out, "<span class=\"badge bad\">documents: %zu fault%s</span>",
                       v->fault_count, v->fault_count == 1 ? "" : "s");
        return;
    }
}

bool mlt_site_print_contents(const struct mlt_site *site, struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_site_place place = {.depth = 0, .here = "All documents"};
    if (!mlt_site_open_page(&place, "All documents", out, err))
        return false;
    mlt_buf_puts(out, "<h1>All documents</h1>\n");
    for (size_t i = 0; i < site->count; i++) {
        const struct mlt_site_model *model = &site->models[i];
        mlt_buf_puts(out, "<h2><a href=\"");
        mlt_site_put_attribute(out, model->name);
        mlt_buf_puts(out, "/index.html\">");
        mlt_site_put_text(out, model->name);
        mlt_buf_puts(out, "</a></h2>\n");
        for (size_t k = 0; k < model->count; k++) {
            const struct mlt_site_version *v = &model->versions[k];
            struct mlt_buf folder = MLT_BUF_INIT;
            mlt_buf_printf(&folder, "%s/%s/", model->name, v->entry->version);
            mlt_buf_puts(out, "<h3><a href=\"");
            mlt_site_put_attribute(out, folder.data);
            mlt_buf_puts(out, "index.html\">");
            mlt_site_put_text(out, v->entry->version);
            mlt_buf_puts(out, "</a> ");
            mlt_site_put_badges(out, v);
            mlt_buf_puts(out, "</h3>\n");
            put_pages(v, folder.data, out);
            out->oom = out->oom || folder.oom;
            mlt_buf_free(&folder);
        }
    }
    mlt_site_close_page(out);
    return mlt_buf_check(out, err);
}

/* "MINOR input `x`: …", the gravest first. */
static void put_changes(const struct mlt_site_version *v, struct mlt_buf *out)
{
    const struct mlt_compat_report *r = v->changes;
    if (!r) {
        mlt_buf_puts(out, "<p class=\"soft\">The first release: nothing to compare with.</p>\n");
        return;
    }
    mlt_buf_puts(out, "<p class=\"soft\">Compared with ");
    mlt_site_put_text(out, v->before);
    mlt_buf_printf(out, ": needs a %s version and is a %s one.</p>\n", mlt_bump_name(r->needs),
                   mlt_bump_name(r->given));
    if (r->count == 0) {
        mlt_buf_puts(out, "<p>Nothing that callers could see.</p>\n");
        return;
    }
    mlt_buf_puts(out, "<ul>\n");
    for (int level = MLT_BUMP_MAJOR; level >= MLT_BUMP_NONE; level--) {
        for (size_t i = 0; i < r->count; i++) {
            struct mlt_buf sentence = MLT_BUF_INIT;
            if ((int)r->changes[i].needs != level)
                continue;
            mlt_compat_print(&r->changes[i], &sentence);
            mlt_buf_printf(out, "<li><span class=\"badge plain\">%s</span> ",
                           mlt_bump_name((enum mlt_bump)level));
            mlt_site_put_sentence(out, sentence.data);
            mlt_buf_puts(out, "</li>\n");
            out->oom = out->oom || sentence.oom;
            mlt_buf_free(&sentence);
        }
    }
    mlt_buf_puts(out, "</ul>\n");
}

/* Revision 0 tells of the registration. */
static void put_who(const struct mlt_site_version *v, struct mlt_buf *out)
{
    mlt_buf_puts(out, "<p class=\"soft\">Created ");
    mlt_site_put_day(out, v->words->metadata.created_at);
    mlt_buf_puts(out, " by ");
    mlt_site_put_text(out, v->words->metadata.created_by);
    mlt_buf_puts(out, "; registered ");
    mlt_site_put_day(out, v->entry->registered_at);
    mlt_buf_puts(out, " by ");
    mlt_site_put_text(out, v->revisions[0].by);
    if (v->revision_count > 1)
        mlt_buf_printf(out, "; documents corrected %zu time%s", v->revision_count - 1,
                       v->revision_count == 2 ? "" : "s");
    mlt_buf_puts(out, "</p>\n");
}

static void put_release(const struct mlt_site_version *v, struct mlt_buf *out)
{
    struct mlt_buf folder = MLT_BUF_INIT;
    mlt_buf_printf(&folder, "%s/", v->entry->version);
    mlt_buf_puts(out, "<section class=\"release\">\n<h2><a href=\"");
    mlt_site_put_attribute(out, folder.data);
    mlt_buf_puts(out, "index.html\">");
    mlt_site_put_text(out, v->entry->version);
    mlt_buf_puts(out, "</a></h2>\n<p>");
    mlt_site_put_badges(out, v);
    mlt_buf_putc(out, ' ');
    put_state_of_documents(v, out);
    mlt_buf_puts(out, "</p>\n");
    put_who(v, out);
    mlt_buf_puts(out, "<p class=\"lead\">");
    mlt_site_put_text(out, v->words->metadata.changelog);
    mlt_buf_puts(out, "</p>\n<h3>For callers</h3>\n");
    put_changes(v, out);
    put_pages(v, folder.data, out);
    mlt_buf_puts(out, "</section>\n");
    out->oom = out->oom || folder.oom;
    mlt_buf_free(&folder);
}

bool mlt_site_print_model(const struct mlt_site_model *model, struct mlt_buf *out,
                          struct mlt_err *err)
{
    const struct mlt_site_place place = {.depth = 1, .model = model->name};
    bool serves = false, latest = false;
    if (!mlt_site_open_page(&place, model->name, out, err))
        return false;
    for (size_t i = 0; i < model->count; i++) {
        serves = serves || model->versions[i].entry->serving;
        latest = latest || model->versions[i].latest;
    }
    mlt_buf_puts(out, "<h1>");
    mlt_site_put_text(out, model->name);
    mlt_buf_printf(out, "</h1>\n<p class=\"lead\">%zu version%s, the highest first. ", model->count,
                   model->count == 1 ? "" : "s");
    if (serves)
        mlt_buf_puts(out, "<a href=\"production/index.html\">The one that serves production</a>");
    if (serves && latest)
        mlt_buf_puts(out, " and ");
    if (latest)
        mlt_buf_printf(out, "<a href=\"latest/index.html\">%s latest one</a>",
                       serves ? "the" : "The");
    mlt_buf_puts(out, serves && latest   ? " have addresses of their own.</p>\n"
                      : serves || latest ? " has an address of its own.</p>\n"
                                         : "None serves production.</p>\n");
    for (size_t i = 0; i < model->count; i++)
        put_release(&model->versions[i], out);
    mlt_site_close_page(out);
    return mlt_buf_check(out, err);
}

static void put_fact(const char *name, const char *value, const char *more, struct mlt_buf *out)
{
    mlt_buf_printf(out, "<dt>%s</dt><dd>", name);
    mlt_site_put_text(out, value);
    if (more) {
        mlt_buf_putc(out, ' ');
        mlt_site_put_text(out, more);
    }
    mlt_buf_puts(out, "</dd>\n");
}

static void put_code(const char *name, const char *value, struct mlt_buf *out)
{
    mlt_buf_printf(out, "<dt>%s</dt><dd><code>", name);
    mlt_site_put_text(out, value);
    mlt_buf_puts(out, "</code></dd>\n");
}

static void put_facts(const struct mlt_site_version *v, struct mlt_buf *out)
{
    const struct mlt_metadata *m = &v->words->metadata;
    mlt_buf_puts(out, "<h2>Made of</h2>\n<dl class=\"facts\">\n");
    put_fact("Framework", m->framework, m->framework_version, out);
    put_fact("Trained on", m->training_dataset, NULL, out);
    put_code("Data digest", m->training_dataset_hash, out);
    put_code("Hyperparameters", m->hyperparameters, out);
    for (size_t i = 0; i < m->dependency_count; i++)
        put_fact("Needs", m->dependencies[i].name, m->dependencies[i].version, out);
    put_code("Digest of the version", v->entry->digest, out);
    for (size_t i = 0; i < v->deployment_count; i++) {
        mlt_buf_puts(out, "<dt>Deployed</dt><dd>to ");
        mlt_site_put_text(out, v->deployments[i].environment);
        mlt_buf_puts(out, " on ");
        mlt_site_put_day(out, v->deployments[i].at);
        mlt_buf_puts(out, " by ");
        mlt_site_put_text(out, v->deployments[i].by ? v->deployments[i].by : "nobody named");
        mlt_buf_puts(out, "</dd>\n");
    }
    mlt_buf_puts(out, "</dl>\n");
}

static void put_faults(const struct mlt_site_model *model, const struct mlt_site_version *v,
                       struct mlt_buf *out)
{
    size_t shown = v->fault_count < MOST_FAULTS ? v->fault_count : MOST_FAULTS;
    if (v->documents != MLT_SITE_FAULTY)
        return;
    mlt_buf_puts(out, "<h2>What is wrong with the documents</h2>\n<ul>\n");
    for (size_t i = 0; i < shown; i++) {
        mlt_buf_puts(out, "<li>");
        mlt_site_put_sentence(out, v->faults[i]);
        mlt_buf_puts(out, "</li>\n");
    }
    mlt_buf_puts(out, "</ul>\n<p class=\"soft\">");
    if (shown < v->fault_count)
        mlt_buf_printf(out, "And %zu more. ", v->fault_count - shown);
    mlt_buf_puts(out, "<code>mltest docs check ");
    mlt_site_put_text(out, model->name);
    mlt_buf_putc(out, '@');
    mlt_site_put_text(out, v->entry->version);
    mlt_buf_puts(out, "</code> lists all of them.</p>\n");
}

static void put_revisions(const struct mlt_site_version *v, struct mlt_buf *out)
{
    mlt_buf_puts(out, "<h2>Revisions of the documents</h2>\n<section class=\"scroll\" "
                      "aria-label=\"Revisions\" tabindex=\"0\">\n<table>\n<thead><tr><th "
                      "scope=\"col\">Revision</th><th scope=\"col\">Of</th><th "
                      "scope=\"col\">By</th><th scope=\"col\">Why</th><th "
                      "scope=\"col\">Documents</th></tr></thead>\n<tbody>\n");
    for (size_t i = v->revision_count; i-- > 0;) {
        const struct mlt_document_revision *r = &v->revisions[i];
        mlt_buf_printf(out, "<tr><td>%lld</td><td>", r->number);
        mlt_site_put_day(out, r->at);
        mlt_buf_puts(out, "</td><td>");
        mlt_site_put_text(out, r->by);
        mlt_buf_puts(out, "</td><td>");
        mlt_site_put_text(out, r->number ? r->reason : "as registered");
        mlt_buf_puts(out, "</td><td>");
        for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++)
            if (r->kinds & 1u << kind)
                mlt_buf_printf(out, "<a href=\"revisions/%lld/%s.html\">%s</a><br>", r->number,
                               mlt_document_forms[kind].word, mlt_document_forms[kind].title);
        mlt_buf_puts(out, "</td></tr>\n");
    }
    mlt_buf_puts(out, "</tbody>\n</table>\n</section>\n");
}

bool mlt_site_print_version(const struct mlt_site_model *model, const struct mlt_site_version *v,
                            struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_site_place place = {
        .depth = 2, .model = model->name, .version = v->entry->version};
    struct mlt_buf title = MLT_BUF_INIT;
    mlt_buf_printf(&title, "%s %s", model->name, v->entry->version);
    bool ok = mlt_buf_check(&title, err) && mlt_site_open_page(&place, title.data, out, err);
    if (ok) {
        mlt_buf_puts(out, "<h1>");
        mlt_site_put_text(out, title.data);
        mlt_buf_puts(out, "</h1>\n<p>");
        mlt_site_put_badges(out, v);
        mlt_buf_putc(out, ' ');
        put_state_of_documents(v, out);
        mlt_buf_puts(out, "</p>\n");
        put_who(v, out);
        mlt_buf_puts(out, "<p class=\"lead\">");
        mlt_site_put_text(out, v->words->metadata.changelog);
        mlt_buf_puts(out, "</p>\n");
        put_pages(v, "", out);
        mlt_buf_puts(out, "<h2>For callers</h2>\n");
        put_changes(v, out);
        put_faults(model, v, out);
        put_facts(v, out);
        put_revisions(v, out);
        mlt_site_close_page(out);
        ok = mlt_buf_check(out, err);
    }
    mlt_buf_free(&title);
    return ok;
}

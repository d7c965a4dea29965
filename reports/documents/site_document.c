#include <string.h>

#include "reports/documents/site_frame.h"

static const struct mlt_document_form *form_of(const struct mlt_site_page *page)
{
    return &mlt_document_forms[page->kind];
}

/* The six, this one marked. */
static void put_tabs(const struct mlt_site_page *page, struct mlt_buf *out)
{
    mlt_buf_puts(out, "<nav aria-label=\"Documents of this version\"><ul class=\"pages\">\n");
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        const struct mlt_document_form *form = &mlt_document_forms[kind];
        bool there = mlt_site_revision_of(page->version, (enum mlt_document_kind)kind,
                                          (long long)page->version->revision_count - 1) >= 0;
        if (kind == (int)page->kind)
            mlt_buf_printf(out, "<li><span aria-current=\"page\">%s</span></li>\n", form->title);
        else if (there)
            mlt_buf_printf(out, "<li><a href=\"%s%s.html\">%s</a></li>\n",
                           page->permanent ? "../../" : "", form->word, form->title);
        else
            mlt_buf_printf(out, "<li><span class=\"absent\">%s: missing</span></li>\n",
                           form->title);
    }
    mlt_buf_puts(out, "</ul></nav>\n");
}

/* The next revision that brought this document; NULL: the page shows the newest. */
static const struct mlt_document_revision *successor(const struct mlt_site_page *page)
{
    for (size_t i = (size_t)(page->revision + 1); i < page->version->revision_count; i++)
        if (page->version->revisions[i].kinds & 1u << page->kind)
            return &page->version->revisions[i];
    return NULL;
}

static void put_superseded(const struct mlt_site_page *page, struct mlt_buf *out)
{
    const struct mlt_document_revision *next = successor(page);
    if (!next || !page->permanent)
        return;
    mlt_buf_printf(out,
                   "<div class=\"banner old\" role=\"note\"><p><strong>Superseded by <a "
                   "href=\"../%lld/%s.html\">revision %lld</a></strong> of ",
                   next->number, form_of(page)->word, next->number);
    mlt_site_put_day(out, next->at);
    mlt_buf_puts(out, ", signed off by ");
    mlt_site_put_text(out, next->by);
    mlt_buf_puts(out, ": ");
    mlt_site_put_text(out, next->reason);
    mlt_buf_printf(out, "</p><p><a href=\"../../%s.html\">Read the newest revision</a></p></div>\n",
                   form_of(page)->word);
}

/* What the page of the newest revision says of it. */
static void put_revision(const struct mlt_site_page *page, struct mlt_buf *out)
{
    const struct mlt_document_revision *r = &page->version->revisions[page->revision];
    mlt_buf_printf(out, "<p class=\"soft\">%s ", r->number ? "Corrected" : "As registered");
    mlt_site_put_day(out, r->at);
    mlt_buf_puts(out, " by ");
    mlt_site_put_text(out, r->by);
    if (r->number) {
        mlt_buf_printf(out, " (revision %lld): ", r->number);
        mlt_site_put_text(out, r->reason);
    }
    mlt_buf_puts(out, ". <a href=\"#site-revisions\">All revisions</a></p>\n");
}

/* Where another version serves, readers of this one should know. */
static void put_serving(const struct mlt_site_page *page, struct mlt_buf *out)
{
    if (page->version->entry->serving)
        return;
    for (size_t i = 0; i < page->model->count; i++) {
        const struct mlt_version_entry *other = page->model->versions[i].entry;
        if (!other->serving)
            continue;
        mlt_buf_puts(out, "<div class=\"banner\" role=\"note\"><p>This is version ");
        mlt_site_put_text(out, page->version->entry->version);
        mlt_buf_printf(out, ". <a href=\"%s../", page->permanent ? "../../" : "");
        mlt_site_put_attribute(out, other->version);
        mlt_buf_printf(out, "/%s.html\">Version ", form_of(page)->word);
        mlt_site_put_text(out, other->version);
        mlt_buf_puts(out, "</a> serves production.</p></div>\n");
        return;
    }
}

static void put_revision_row(const struct mlt_site_page *page,
                             const struct mlt_document_revision *r, struct mlt_buf *out)
{
    bool this_one = page->permanent && r->number == page->revision;
    mlt_buf_puts(out, "<tr><td>");
    if (this_one)
        mlt_buf_printf(out, "<strong>%lld</strong> (this page)", r->number);
    else
        mlt_buf_printf(out, "<a href=\"%s%lld/%s.html\">%lld</a>",
                       page->permanent ? "../" : "revisions/", r->number, form_of(page)->word,
                       r->number);
    mlt_buf_puts(out, "</td><td>");
    mlt_site_put_day(out, r->at);
    mlt_buf_puts(out, "</td><td>");
    mlt_site_put_text(out, r->by);
    mlt_buf_puts(out, "</td><td>");
    mlt_site_put_text(out, r->number ? r->reason : "as registered");
    mlt_buf_puts(out, "</td></tr>\n");
}

static void put_history(const struct mlt_site_page *page, struct mlt_buf *out)
{
    const struct mlt_site_version *v = page->version;
    mlt_buf_puts(out, "<hr>\n<section class=\"history\">\n<h2 id=\"site-revisions\">Revisions of "
                      "this document</h2>\n<section class=\"scroll\" "
                      "aria-label=\"Revisions\" tabindex=\"0\">\n<table>\n<thead><tr><th "
                      "scope=\"col\">Revision</th><th scope=\"col\">Of</th><th "
                      "scope=\"col\">By</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
    for (size_t i = v->revision_count; i-- > 0;)
        if (v->revisions[i].kinds & 1u << page->kind)
            put_revision_row(page, &v->revisions[i], out);
    mlt_buf_puts(out, "</tbody>\n</table>\n</section>\n</section>\n");
}

static bool put_body(const struct mlt_site_page *page, struct mlt_buf *out, struct mlt_err *err)
{
    put_tabs(page, out);
    put_superseded(page, out);
    put_serving(page, out);
    if (page->revision < 0) {
        mlt_buf_printf(out, "<h1>%s</h1>\n<p>This version has no such document: %s.</p>\n",
                       form_of(page)->title, form_of(page)->about);
        return true;
    }
    if (!page->permanent)
        put_revision(page, out);
    mlt_buf_puts(out, "<article>\n");
    if (!mlt_site_put_markdown(form_of(page)->file, page->text, page->len,
                               page->permanent ? "../../" : "", out, err))
        return false;
    mlt_buf_puts(out, "</article>\n");
    put_history(page, out);
    return true;
}

bool mlt_site_print_document(const struct mlt_site_page *page, struct mlt_buf *out,
                             struct mlt_err *err)
{
    const char *version = page->version->entry->version, *name = page->model->name;
    const struct mlt_site_place place = {.depth = page->permanent ? 4 : 2,
                                         .model = name,
                                         .version = version,
                                         .here = form_of(page)->title};
    struct mlt_buf title = MLT_BUF_INIT;
    mlt_buf_printf(&title, "%s of %s %s", form_of(page)->title, name, version);
    if (page->permanent)
        mlt_buf_printf(&title, ", revision %lld", page->revision);
    bool ok = mlt_buf_check(&title, err) && mlt_site_open_page(&place, title.data, out, err) &&
              put_body(page, out, err);
    if (ok) {
        mlt_site_close_page(out);
        ok = mlt_buf_check(out, err);
    }
    mlt_buf_free(&title);
    return ok;
}

bool mlt_site_print_redirect(const char *target, const char *title, struct mlt_buf *out,
                             struct mlt_err *err)
{
    mlt_buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "base-uri 'none'; form-action 'none'\">\n"
                      "<meta http-equiv=\"refresh\" content=\"0; url=");
    mlt_site_put_attribute(out, target);
    mlt_buf_puts(out, "\">\n<meta name=\"viewport\" content=\"width=device-width, "
                      "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
                      "<title>");
    mlt_site_put_text(out, title);
    mlt_buf_puts(out, "</title>\n</head>\n<body>\n<p><a href=\"");
    mlt_site_put_attribute(out, target);
    mlt_buf_puts(out, "\">");
    mlt_site_put_text(out, title);
    mlt_buf_puts(out, "</a></p>\n</body>\n</html>\n");
    return mlt_buf_check(out, err);
}

#include "reports/documents/site_frame.h"

#include <string.h>

#include "harness/base/hash.h"
#include "harness/base/str.h"
#include "harness/codec/xml.h"

enum { TEXT_BYTES = 8000 };

static void put_safe(struct mlt_buf *out, const char *text, size_t len, bool attribute)
{
    struct mlt_buf safe = MLT_BUF_INIT;
    mlt_str_append_safe(&safe, text, len, TEXT_BYTES);
    if (safe.oom)
        out->oom = true;
    else if (attribute)
        mlt_xml_append_attribute(out, safe.data, safe.len);
    else
        mlt_xml_append_text(out, safe.data, safe.len);
    mlt_buf_free(&safe);
}

void mlt_site_put_text(struct mlt_buf *out, const char *text)
{
    for (const char *at = text;;) {
        size_t len = strcspn(at, "\n");
        put_safe(out, at, len, false);
        if (!at[len] || !at[len + 1])
            return;
        mlt_buf_puts(out, "<br>");
        at += len + 1;
    }
}

void mlt_site_put_sentence(struct mlt_buf *out, const char *text)
{
    for (const char *at = text; *at;) {
        size_t len = strcspn(at, "`");
        const char *close = at[len] ? strchr(at + len + 1, '`') : NULL;
        put_safe(out, at, close ? len : strlen(at), false);
        if (!close)
            return;
        mlt_buf_puts(out, "<code>");
        put_safe(out, at + len + 1, (size_t)(close - at) - len - 1, false);
        mlt_buf_puts(out, "</code>");
        at = close + 1;
    }
}

void mlt_site_put_attribute(struct mlt_buf *out, const char *text)
{
    put_safe(out, text, strlen(text), true);
}

void mlt_site_put_day(struct mlt_buf *out, const char *at)
{
    char day[11] = "";
    strncat(day, at, 10);
    mlt_buf_puts(out, "<time datetime=\"");
    mlt_site_put_attribute(out, at);
    mlt_buf_puts(out, "\">");
    mlt_site_put_text(out, day);
    mlt_buf_puts(out, "</time>");
}

/* RFC 4648, section 4, of the digest that these hex digits spell. */
static void put_base64(struct mlt_buf *out, const char *hex)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, have = 0, written = 0;
    for (; *hex; hex++) {
        unsigned digit = (unsigned)(*hex <= '9' ? *hex - '0' : *hex - 'a' + 10);
        bits = bits << 4 | digit;
        have += 4;
        if (have >= 6) {
            mlt_buf_putc(out, digits[bits >> (have - 6) & 63]);
            written++;
            have -= 6;
        }
    }
    if (have) {
        mlt_buf_putc(out, digits[bits << (6 - have) & 63]);
        written++;
    }
    for (; written % 4; written++)
        mlt_buf_putc(out, '=');
}

/* The style is named by its digest: a style that came in with a document is not it. */
static bool put_head(struct mlt_buf *out, const char *title, struct mlt_err *err)
{
    char digest[MLT_SHA256_HEX];
    if (!mlt_hash_bytes(mlt_site_style, strlen(mlt_site_style), digest, err))
        return false;
    mlt_buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'sha256-");
    put_base64(out, digest);
    mlt_buf_puts(out, "'; base-uri 'none'; form-action 'none'\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta name=\"referrer\" content=\"no-referrer\">\n"
                      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    mlt_site_put_text(out, title);
    mlt_buf_printf(out, "</title>\n<style>%s</style>\n</head>\n", mlt_site_style);
    return true;
}

static void put_up(struct mlt_buf *out, int depth)
{
    for (int i = 0; i < depth; i++)
        mlt_buf_puts(out, "../");
}

static void put_step(struct mlt_buf *out, int up, bool last, const char *name)
{
    mlt_buf_puts(out, "<li>");
    if (last) {
        mlt_buf_puts(out, "<span aria-current=\"page\">");
    } else {
        mlt_buf_puts(out, "<a href=\"");
        put_up(out, up);
        mlt_buf_puts(out, "index.html\">");
    }
    mlt_site_put_text(out, name);
    mlt_buf_puts(out, last ? "</span></li>\n" : "</a></li>\n");
}

bool mlt_site_open_page(const struct mlt_site_place *p, const char *title, struct mlt_buf *out,
                        struct mlt_err *err)
{
    if (!put_head(out, title, err))
        return false;
    mlt_buf_puts(out, "<body>\n<a class=\"skip\" href=\"#site-main\">To the text</a>\n"
                      "<header class=\"site-head\">\n<nav aria-label=\"Place\"><ol>\n");
    put_step(out, p->depth, !p->model && !p->here, "Models");
    if (p->model)
        put_step(out, p->depth - 1, !p->version && !p->here, p->model);
    if (p->version)
        put_step(out, p->depth - 2, !p->here, p->version);
    if (p->here)
        put_step(out, 0, true, p->here);
    mlt_buf_puts(out, "</ol></nav>\n");
    if (p->depth || !p->here) {
        mlt_buf_puts(out, "<a href=\"");
        put_up(out, p->depth);
        mlt_buf_puts(out, "contents.html\">All documents</a>\n");
    }
    mlt_buf_puts(out, "</header>\n<main id=\"site-main\">\n");
    return true;
}

void mlt_site_close_page(struct mlt_buf *out)
{
    mlt_buf_puts(out, "</main>\n<footer class=\"site-foot\"><p>Published by <code>mltest docs "
                      "publish</code> from the registry. Registered versions and their earlier "
                      "documents never change.</p></footer>\n</body>\n</html>\n");
}

void mlt_site_put_badges(struct mlt_buf *out, const struct mlt_site_version *v)
{
    mlt_buf_puts(out, "<span class=\"badge\">");
    mlt_site_put_text(out, v->entry->state);
    mlt_buf_puts(out, "</span>");
    if (v->entry->serving)
        mlt_buf_puts(out, " <span class=\"badge good\">serves production</span>");
    if (v->latest)
        mlt_buf_puts(out, " <span class=\"badge note\">latest</span>");
    if (v->changes)
        mlt_buf_printf(out, " <span class=\"badge plain\">%s</span>",
                       mlt_bump_name(v->changes->given));
}

long long mlt_site_revision_of(const struct mlt_site_version *v, enum mlt_document_kind kind,
                               long long number)
{
    for (long long i = number; i >= 0; i--)
        if ((size_t)i < v->revision_count && v->revisions[i].kinds & 1u << kind)
            return i;
    return -1;
}

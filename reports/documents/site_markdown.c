/* From the HTML of cmark-gfm, in which every "<" of the text is escaped, to that of the site. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "harness/base/str.h"
#include "harness/codec/markdown.h"
#include "harness/codec/xml.h"
#include "reports/documents/site_frame.h"

/* Headings beyond that many have no anchor: each is held against all others. */
enum { MOST_ANCHORS = 500, ANCHOR_BYTES = 60 };

struct rewriting {
    const char *prefix;
    struct mlt_buf *out;
    char (*anchors)[ANCHOR_BYTES + 1];
    size_t anchor_count, table_count;
};

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

/* HTML has no control characters but those that part words and lines. */
static void append_text(struct mlt_buf *out, const char *at, const char *end)
{
    while (at < end) {
        const char *stop = at;
        while (stop < end && !is_control(*stop))
            stop++;
        mlt_buf_append(out, at, (size_t)(stop - at));
        if (stop < end)
            mlt_buf_puts(out, "\xef\xbf\xbd");
        at = stop + 1;
    }
}

static bool is_document_address(const char *url, size_t len, int *kind, const char **rest)
{
    char name[64] = "";
    if (len > 2 && strncmp(url, "./", 2) == 0) {
        url += 2;
        len -= 2;
    }
    size_t end = 0;
    while (end < len && url[end] != '#')
        end++;
    if (end == 0 || end >= sizeof name)
        return false;
    memcpy(name, url, end);
    *kind = mlt_str_ends(name, ".md") ? mlt_document_find(name) : -1;
    *rest = url + end;
    return *kind >= 0;
}

static bool is_outside(const char *url, size_t len)
{
    static const char *const schemes[] = {"http://", "https://", "mailto:"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t size = strlen(schemes[i]);
        if (len > size && strncasecmp(url, schemes[i], size) == 0)
            return true;
    }
    return false;
}

/* Behind `<a href="`: writes the tag anew and returns what follows it. */
static const char *rewrite_link(struct rewriting *r, const char *url, const char *end)
{
    const char *quote = memchr(url, '"', (size_t)(end - url));
    const char *close = quote ? memchr(quote, '>', (size_t)(end - quote)) : NULL;
    const char *rest;
    int kind;
    if (!close)
        return end;
    size_t len = (size_t)(quote - url);
    if (is_document_address(url, len, &kind, &rest)) {
        mlt_buf_printf(r->out, "<a href=\"%s%s.html", r->prefix, mlt_document_forms[kind].word);
        mlt_buf_append(r->out, rest, (size_t)(quote - rest));
        mlt_buf_puts(r->out, "\">");
    } else if (len > 1 && *url == '#') {
        mlt_buf_puts(r->out, "<a href=\"");
        mlt_buf_append(r->out, url, len);
        mlt_buf_puts(r->out, "\">");
    } else if (is_outside(url, len)) {
        mlt_buf_puts(r->out, "<a rel=\"noopener noreferrer\" href=\"");
        mlt_buf_append(r->out, url, len);
        mlt_buf_puts(r->out, "\">");
    } else {
        mlt_buf_puts(r->out, "<a>");
    }
    return close + 1;
}

/* Behind `<img src="`: its words stand for the picture, which the site does not hold. */
static const char *rewrite_image(struct rewriting *r, const char *at, const char *end)
{
    static const char alt[] = " alt=\"";
    const char *quote = memchr(at, '"', (size_t)(end - at));
    const char *close = quote ? memchr(quote, '>', (size_t)(end - quote)) : NULL;
    if (!close)
        return end;
    mlt_buf_puts(r->out, "<em>[picture: ");
    if (strncmp(quote + 1, alt, strlen(alt)) == 0) {
        const char *words = quote + 1 + strlen(alt);
        const char *stop = memchr(words, '"', (size_t)(end - words));
        if (stop) {
            append_text(r->out, words, stop);
            close = memchr(stop, '>', (size_t)(end - stop));
        }
    }
    mlt_buf_puts(r->out, "]</em>");
    return close ? close + 1 : end;
}

/* Letters and digits of a heading, joined by dashes; "" when there are none. Tags and references
 * are no letters. */
static void make_anchor(const char *at, const char *end, char out[ANCHOR_BYTES + 1])
{
    size_t len = 0;
    bool gap = false;
    while (at < end && len < ANCHOR_BYTES - 6) {
        if (*at == '<' || *at == '&') {
            const char *stop = memchr(at, *at == '<' ? '>' : ';', (size_t)(end - at));
            at = stop ? stop + 1 : end;
            gap = true;
            continue;
        }
        if (isalnum((unsigned char)*at)) {
            if (gap && len)
                out[len++] = '-';
            out[len++] = (char)tolower((unsigned char)*at);
            gap = false;
        } else {
            gap = true;
        }
        at++;
    }
    out[len] = '\0';
}

static bool is_taken(const struct rewriting *r, const char *anchor)
{
    for (size_t i = 0; i < r->anchor_count; i++)
        if (strcmp(r->anchors[i], anchor) == 0)
            return true;
    return false;
}

/* Behind "<hN>" of a heading that ends before `end`. */
static void rewrite_heading(struct rewriting *r, const char *tag, const char *text, const char *end)
{
    const char *close = memmem(text, (size_t)(end - text), "</h", 3);
    char anchor[ANCHOR_BYTES + 1], *next = r->anchors[r->anchor_count];
    make_anchor(text, close ? close : end, anchor);
    if (!anchor[0] || r->anchor_count == MOST_ANCHORS) {
        mlt_buf_append(r->out, tag, 4);
        return;
    }
    strcpy(next, anchor);
    for (unsigned n = 1; is_taken(r, next); n++)
        snprintf(next, ANCHOR_BYTES + 1, "%.*s-%u", ANCHOR_BYTES - 6, anchor, n);
    mlt_buf_append(r->out, tag, 3);
    mlt_buf_printf(r->out, " id=\"%s\">", next);
    r->anchor_count++;
}

static bool starts(const char *at, const char *end, const char *word)
{
    size_t len = strlen(word);
    return (size_t)(end - at) >= len && memcmp(at, word, len) == 0;
}

/* At a "<": writes what it becomes and returns what follows. */
static const char *rewrite_tag(struct rewriting *r, const char *at, const char *end)
{
    static const char link[] = "<a href=\"", image[] = "<img src=\"";
    static const char table[] = "<table>", table_end[] = "</table>";
    static const char comment[] = "<!-- raw HTML omitted -->";
    /* The attribute is not of HTML 5 any more. */
    static const struct {
        const char *from, *to;
    } cells[] = {
        {"<th align=\"right\">", "<th class=\"right\">"},
        {"<td align=\"right\">", "<td class=\"right\">"},
        {"<th align=\"center\">", "<th class=\"center\">"},
        {"<td align=\"center\">", "<td class=\"center\">"},
        {"<th align=\"left\">", "<th>"},
        {"<td align=\"left\">", "<td>"},
    };
    if (starts(at, end, link))
        return rewrite_link(r, at + strlen(link), end);
    if (starts(at, end, image))
        return rewrite_image(r, at + strlen(image), end);
    if (starts(at, end, comment))
        return at + strlen(comment);
    if (starts(at, end, table)) {
        mlt_buf_printf(r->out,
                       "<section class=\"scroll\" aria-label=\"Table %zu\" "
                       "tabindex=\"0\">\n<table>",
                       ++r->table_count);
        return at + strlen(table);
    }
    if (starts(at, end, table_end)) {
        mlt_buf_puts(r->out, "</table>\n</section>");
        return at + strlen(table_end);
    }
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        if (starts(at, end, cells[i].from)) {
            mlt_buf_puts(r->out, cells[i].to);
            return at + strlen(cells[i].from);
        }
    }
    if (end - at > 4 && at[1] == 'h' && at[2] >= '1' && at[2] <= '6' && at[3] == '>') {
        rewrite_heading(r, at, at + 4, end);
        return at + 4;
    }
    mlt_buf_putc(r->out, '<');
    return at + 1;
}

static bool rewrite(const struct mlt_buf *html, const char *prefix, struct mlt_buf *out,
                    struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct rewriting r = {.prefix = prefix, .out = out};
    r.anchors = mlt_arena_calloc(&arena, MOST_ANCHORS + 1, sizeof *r.anchors);
    if (!r.anchors)
        return mlt_err_oom(err);
    strcpy(r.anchors[r.anchor_count++], "site-main"); /* the frame has these */
    strcpy(r.anchors[r.anchor_count++], "site-revisions");
    const char *at = html->data, *end = html->data + html->len;
    while (at < end) {
        const char *tag = memchr(at, '<', (size_t)(end - at));
        append_text(out, at, tag ? tag : end);
        at = tag ? rewrite_tag(&r, tag, end) : end;
    }
    mlt_arena_free(&arena);
    return true;
}

/* Text that is no readable Markdown is shown as it is, and why. */
static void put_plain(const char *text, size_t len, const char *why, struct mlt_buf *out)
{
    mlt_buf_puts(out, "<div class=\"banner old\"><p>This document is shown as plain text: ");
    mlt_site_put_text(out, why);
    mlt_buf_puts(out, "</p></div>\n<pre class=\"text\">");
    for (size_t at = 0; at < len;) {
        const char *stop = memchr(text + at, '\n', len - at);
        size_t size = stop ? (size_t)(stop - text) - at : len - at;
        struct mlt_buf safe = MLT_BUF_INIT;
        mlt_str_append_safe(&safe, text + at, size, size);
        out->oom = out->oom || safe.oom;
        mlt_xml_append_text(out, safe.data, safe.len);
        mlt_buf_free(&safe);
        mlt_buf_putc(out, '\n');
        at += size + 1;
    }
    mlt_buf_puts(out, "</pre>\n");
}

bool mlt_site_put_markdown(const char *file, const char *text, size_t len, const char *prefix,
                           struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_buf html = MLT_BUF_INIT;
    struct mlt_err why = MLT_ERR_INIT;
    bool ok = true;
    if (mlt_markdown_to_html(file, text, len, &html, &why))
        ok = rewrite(&html, prefix, out, err);
    else if (why.kind == MLT_ERR_USAGE)
        put_plain(text, len, why.text, out);
    else
        ok = mlt_err_set(err, why.kind, "%s", why.text);
    mlt_buf_free(&html);
    return ok;
}

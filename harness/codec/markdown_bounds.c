/* cmark-gfm 0.29.0.gfm.6 takes quadratic time, or memory, for some shapes of text: deep nesting
 * above many lines, open images before many links, "<?" that nothing ends, a delimiter row below a
 * long paragraph, wide tables with empty rows, long link targets that are referred to often. Each
 * has a product of counts here that its cost grows with; the limits keep each below about a second
 * and are a hundred times what documents written by people come to. */
#include "harness/codec/markdown_bounds.h"

#include <string.h>

#include "harness/base/str.h"

enum { MAX_NESTING = 1000, MAX_COLUMNS = 1000 };

struct shape {
    size_t lines;
    size_t nesting;      /* bytes that can open containers in front of a line, the most */
    size_t bars;         /* "|" in a line, the most */
    size_t brackets;     /* "[" */
    size_t images;       /* "![" */
    size_t declarations; /* "<!" and "<?" */
    size_t definitions;  /* "]:" */
    size_t run;          /* bytes between blank lines, the most */
    double rescans;      /* of all delimiter rows: lines times bytes before it since a blank line */
};

static bool can_open(char c)
{
    return c == ' ' || c == '\t' || (c && strchr(">*+-.)0123456789", c));
}

/* Only what a delimiter row of a table is made of, behind what opens containers. */
static bool is_delimiter(const char *line, size_t len)
{
    bool dash = memchr(line, '-', len) != NULL;
    for (size_t i = 0; i < len && dash; i++)
        dash = can_open(line[i]) || line[i] == '|' || line[i] == ':' || line[i] == '\r';
    return dash;
}

static void see_line(struct shape *s, const char *line, size_t len)
{
    size_t opening = 0, columns = 0, bars = 0;
    while (opening < len && can_open(line[opening])) {
        columns += line[opening] == '\t' ? 4 : 1;
        opening++;
    }
    if (columns > s->nesting)
        s->nesting = columns;
    for (size_t i = 0; i < len; i++) {
        char next = i + 1 < len ? line[i + 1] : '\0';
        bars += line[i] == '|';
        s->brackets += line[i] == '[';
        s->images += line[i] == '!' && next == '[';
        s->declarations += line[i] == '<' && (next == '!' || next == '?');
        s->definitions += line[i] == ']' && next == ':';
    }
    if (bars > s->bars)
        s->bars = bars;
    s->lines++;
}

static bool is_blank(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    return true;
}

static struct shape see(const char *text, size_t len)
{
    struct shape s = {0};
    size_t run = 0, run_lines = 0;
    for (size_t at = 0; at < len;) {
        size_t rest = 0;
        while (at + rest < len && text[at + rest] != '\n' && text[at + rest] != '\r')
            rest++;
        const char *line = text + at;
        see_line(&s, line, rest);
        if (is_blank(line, rest))
            run = run_lines = 0;
        if (is_delimiter(line, rest))
            s.rescans += (double)(run_lines + 1) * (double)(run + 1);
        run += rest + 1;
        run_lines++;
        if (run > s.run)
            s.run = run;
        at += rest + 1;
        if (at < len && text[at - 1] == '\r' && text[at] == '\n')
            at++;
    }
    return s;
}

static bool refuse(const char *file, const char *what, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_USAGE, "%s: %s; no document needs that: shorten or split it",
                       file, what);
}

static bool shape_ok(const char *file, const struct shape *s, size_t len, struct mlt_err *err)
{
    double lines = (double)s->lines, size = (double)len;
    if (s->nesting > MAX_NESTING || (double)s->nesting * lines > 1 << 24)
        return refuse(file, "lists and quotations are nested too deep", err);
    if (s->bars > MAX_COLUMNS || (double)(s->bars + 1) * lines > 1 << 19)
        return refuse(file, "there are tables with too many cells", err);
    if (s->rescans > 1 << 29)
        return refuse(file, "there are delimiter rows of tables below very long paragraphs", err);
    if ((double)s->images * (double)s->brackets > 1 << 24)
        return refuse(file, "there are too many images and links", err);
    if ((double)s->declarations * size > 1 << 27)
        return refuse(file, "there are too many comments", err);
    if (s->definitions && (double)s->run * (double)s->brackets > 1 << 26)
        return refuse(file, "link targets are too long and referred to too often", err);
    return true;
}

bool mlt_markdown_bounds_check(const char *file, const char *text, size_t len, struct mlt_err *err)
{
    size_t bad;
    if (len > MLT_MARKDOWN_MAX_BYTES)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s: %zu bytes are more than the 1 MiB of a document", file, len);
    const char *nul = memchr(text, '\0', len);
    if (nul)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s: byte %zu is a NUL, which no text holds", file,
                           (size_t)(nul - text) + 1);
    if (!mlt_str_utf8_valid(text, len, &bad))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s: byte %zu (0x%02x) is not UTF-8; save it as UTF-8", file, bad + 1,
                           (unsigned char)text[bad]);
    struct shape s = see(text, len);
    return shape_ok(file, &s, len, err);
}

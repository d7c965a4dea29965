#include "reports/markdown_text.h"

#include <ctype.h>
#include <string.h>

#include "harness/base/str.h"

/* Parts what GitHub turns into links after it has read the entities: mentions, issues, addresses.
 * "::" is broken as well: a report that a job prints to its log must hold no command. */
static const char parting[] = "&#8203;";

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x80 || isalnum((unsigned char)c) || strchr(" .,%=/()+-;?", c);
}

static void one(struct mlt_buf *out, const char *safe, size_t at)
{
    char c = safe[at];
    bool www = strncasecmp(safe + at, "www.", 4) == 0;
    if (c == '@' || c == '#')
        mlt_buf_printf(out, "%c%s", c, parting);
    else if (c == ':' && safe[at + 1] == ':')
        mlt_buf_puts(out, "&#58;");
    else if (c == ':' && safe[at + 1] == '/')
        mlt_buf_printf(out, ":%s", parting);
    else if (c == ':')
        mlt_buf_putc(out, c);
    else if (c == '_' && at > 0 && isalnum((unsigned char)safe[at - 1]) &&
             isalnum((unsigned char)safe[at + 1]))
        mlt_buf_putc(out, c);
    else if (is_plain(c))
        mlt_buf_putc(out, c);
    else
        mlt_buf_printf(out, "&#%d;", c);
    if (www)
        mlt_buf_puts(out, parting);
}

void mlt_markdown_text(struct mlt_buf *out, const char *text, size_t max_bytes)
{
    if (!text)
        return;
    struct mlt_buf safe = MLT_BUF_INIT;
    mlt_str_append_safe(&safe, text, strlen(text), max_bytes);
    for (size_t at = 0; at < safe.len; at++)
        one(out, safe.data, at);
    out->oom |= safe.oom;
    mlt_buf_free(&safe);
}

static void pre_line(struct mlt_buf *out, const char *line, size_t len, size_t max_bytes)
{
    struct mlt_buf safe = MLT_BUF_INIT;
    mlt_str_append_safe(&safe, line, len, max_bytes);
    for (const char *at = safe.data; *at; at++) {
        if (strchr("&<>@#[]", *at) || (at[0] == ':' && at[1] == ':'))
            mlt_buf_printf(out, "&#%d;", *at);
        else
            mlt_buf_putc(out, *at);
    }
    mlt_buf_putc(out, '\n');
    out->oom |= safe.oom;
    mlt_buf_free(&safe);
}

void mlt_markdown_pre(struct mlt_buf *out, const char *text, unsigned max_lines, size_t line_bytes)
{
    mlt_buf_puts(out, "<pre>\n");
    for (unsigned lines = 0; *text; lines++) {
        size_t len = strcspn(text, "\n");
        if (lines == max_lines) {
            mlt_buf_puts(out, "…\n");
            break;
        }
        pre_line(out, text, len, line_bytes);
        text += len + (text[len] == '\n');
    }
    mlt_buf_puts(out, "</pre>\n");
}

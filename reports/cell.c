#include "reports/cell.h"

#include <stdint.h>
#include <string.h>

#include "harness/base/str.h"

struct range {
    uint32_t first, last;
};

/* Unicode 15, EastAsianWidth W and F, the blocks that names are written in. */
static const struct range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},  {0x3041, 0xa4cf},
                                    {0xac00, 0xd7a3},   {0xf900, 0xfaff},  {0xfe30, 0xfe6f},
                                    {0xff00, 0xff60},   {0xffe0, 0xffe6},  {0x1f300, 0x1f64f},
                                    {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
static const struct range zero[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},
                                    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f},
                                    {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};

static bool within(const struct range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

/* Bytes of the character at `text`, whose columns go to `*columns`. The text is valid UTF-8. */
static size_t step(const char *text, size_t len, size_t *columns)
{
    unsigned char lead = (unsigned char)*text;
    size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (size > len)
        size = len;
    uint32_t code = size == 1 ? lead : lead & (0x7fu >> size);
    for (size_t i = 1; i < size; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    *columns = within(zero, sizeof zero / sizeof *zero, code)   ? 0
               : within(wide, sizeof wide / sizeof *wide, code) ? 2
                                                                : 1;
    return size;
}

/* Copies safe text, breaking what a log reader would take for a command of its own. */
static void append_guarded(struct mlt_buf *out, const char *safe)
{
    for (const char *at = safe; *at; at++) {
        bool word = at == safe || at[-1] == ' ' || at[-1] == '\\';
        if ((word && at[0] == ':' && at[1] == ':') || (at > safe && at[-1] == '#' && at[0] == '#'))
            mlt_buf_putc(out, '\\');
        mlt_buf_putc(out, *at);
    }
}

void mlt_cell_safe(struct mlt_buf *out, const char *text, size_t max_bytes)
{
    if (!text)
        return;
    struct mlt_buf safe = MLT_BUF_INIT;
    mlt_str_append_safe(&safe, text, strlen(text), max_bytes);
    append_guarded(out, safe.data);
    out->oom |= safe.oom;
    mlt_buf_free(&safe);
}

size_t mlt_cell_columns(const char *safe, size_t len)
{
    size_t total = 0, columns;
    for (size_t at = 0; at < len; total += columns)
        at += step(safe + at, len - at, &columns);
    return total;
}

void mlt_cell_spaces(struct mlt_buf *out, size_t count)
{
    while (count-- > 0)
        mlt_buf_putc(out, ' ');
}

/* The bytes of the longest start of `text` that fits into `columns`; its own columns in `*used`. */
static size_t fit(const char *text, size_t len, size_t columns, size_t *used)
{
    size_t at = 0, width;
    *used = 0;
    while (at < len) {
        size_t size = step(text + at, len - at, &width);
        if (*used + width > columns)
            break;
        *used += width;
        at += size;
    }
    return at;
}

void mlt_cell_put(struct mlt_buf *out, const char *safe, unsigned columns, enum mlt_align align)
{
    size_t len = strlen(safe), used;
    size_t whole = fit(safe, len, columns, &used);
    if (whole < len && columns > 0)
        whole = fit(safe, len, columns - 1, &used);
    bool cut = whole < len && columns > 0;
    size_t pad = columns - used - cut;
    if (align == MLT_ALIGN_RIGHT)
        mlt_cell_spaces(out, pad);
    mlt_buf_append(out, safe, whole);
    if (cut)
        mlt_buf_puts(out, "…");
    if (align == MLT_ALIGN_LEFT)
        mlt_cell_spaces(out, pad);
}

void mlt_cell_text(struct mlt_buf *out, const char *text, unsigned columns, enum mlt_align align)
{
    struct mlt_buf safe = MLT_BUF_INIT;
    mlt_cell_safe(&safe, text, 4 * (size_t)columns + 4);
    mlt_cell_put(out, safe.data, columns, align);
    out->oom |= safe.oom;
    mlt_buf_free(&safe);
}

void mlt_cell_wrap(struct mlt_buf *out, const char *safe, const char *indent, unsigned columns)
{
    size_t indented = mlt_cell_columns(indent, strlen(indent));
    size_t room = columns > indented + 20 ? columns - indented : 20;
    const char *at = safe;
    for (;;) {
        at += strspn(at, " ");
        size_t len = strlen(at), used;
        if (len == 0)
            return;
        size_t take = fit(at, len, room, &used);
        if (take < len && at[take] != ' ') {
            size_t word = take;
            while (word > 0 && at[word - 1] != ' ')
                word--;
            if (word > 0)
                take = word;
        }
        size_t shown = take;
        while (shown > 0 && at[shown - 1] == ' ')
            shown--;
        mlt_buf_puts(out, indent);
        /* A word cut apart can begin a line with what stood in its middle. */
        if (at[0] == ':' && at[1] == ':')
            mlt_buf_putc(out, '\\');
        mlt_buf_append(out, at, shown);
        mlt_buf_putc(out, '\n');
        at += take;
    }
}

#include "reports/documents/phrase.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/metrics/metric.h"
#include "reports/quantity.h"

enum { TEXT_BYTES = 64 << 10, FIGURE_DIGITS = 4 };

static bool is_word(const char *text, size_t at)
{
    return isalnum((unsigned char)text[at]) != 0;
}

/* Whether the character means nothing but itself where it stands. */
static bool is_plain(const char *text, size_t at)
{
    char c = text[at];
    bool inner = at > 0 && is_word(text, at - 1) && is_word(text, at + 1);
    if (c == '_' || c == '@') /* of a name, of an address */
        return inner;
    if (c == ':') /* not of a link, nor of what log readers take for a command */
        return text[at + 1] != '/' && text[at + 1] != ':';
    return (unsigned char)c >= 0x80 || isalnum((unsigned char)c) ||
           strchr(" .,%=/()+-;?!'\"{}^", c);
}

/* What is markup only at the beginning of a line: a list, a heading's underline. */
static bool opens_line(const char *text, size_t at)
{
    size_t digits = strspn(text, "0123456789");
    return (at == 0 && strchr("+-=", text[0])) ||
           (digits > 0 && at == digits && (text[at] == '.' || text[at] == ')'));
}

static void put_line(struct mlt_buf *out, const char *text, size_t len, bool is_first)
{
    struct mlt_buf safe = MLT_BUF_INIT;
    mlt_str_append_safe(&safe, text, len, TEXT_BYTES);
    for (size_t at = 0; at < safe.len; at++) {
        if (is_plain(safe.data, at) && !(is_first && opens_line(safe.data, at)))
            mlt_buf_putc(out, safe.data[at]);
        else
            mlt_buf_printf(out, "&#%d;", safe.data[at]);
    }
    out->oom |= safe.oom;
    mlt_buf_free(&safe);
}

void mlt_phrase_text(struct mlt_buf *out, const char *text)
{
    if (text)
        put_line(out, text, strlen(text), false);
}

void mlt_phrase_prose(struct mlt_buf *out, const char *text)
{
    const char *between = "";
    while (*text) {
        size_t skip = strspn(text, " \t\r\n"), len = strcspn(text + skip, "\r\n");
        if (len > 0) {
            mlt_buf_puts(out, between);
            put_line(out, text + skip, len, false);
            between = " ";
        }
        text += skip + len;
    }
}

void mlt_phrase_paragraphs(struct mlt_buf *out, const char *text)
{
    const char *between = "";
    while (text && *text) {
        size_t len = strcspn(text, "\n"), skip = strspn(text, " \t\r");
        size_t end = len;
        while (end > skip && strchr(" \t\r", text[end - 1]))
            end--;
        if (skip < end) {
            mlt_buf_puts(out, between);
            put_line(out, text + skip, end - skip, true);
            mlt_buf_putc(out, '\n');
            between = "\n";
        }
        text += len + (text[len] == '\n');
    }
}

void mlt_phrase_code(struct mlt_buf *out, const char *text)
{
    struct mlt_buf safe = MLT_BUF_INIT;
    size_t len = strlen(text);
    mlt_str_append_safe(&safe, text, len, TEXT_BYTES);
    bool fits = len > 0 && strcmp(safe.data, text) == 0 && !strpbrk(text, "`|\\") &&
                text[0] != ' ' && text[len - 1] != ' ';
    if (fits)
        mlt_buf_printf(out, "`%s`", text);
    else
        put_line(out, text, len, false);
    out->oom |= safe.oom;
    mlt_buf_free(&safe);
}

void mlt_phrase_address(struct mlt_buf *out, const char *url)
{
    static const char safe[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~/%?&=:+-";
    bool is_web = mlt_str_starts(url, "https://") || mlt_str_starts(url, "http://");
    if (is_web && url[strspn(url, safe)] == '\0')
        mlt_buf_printf(out, "<%s>", url);
    else
        mlt_phrase_text(out, url);
}

void mlt_phrase_number(struct mlt_buf *out, double value)
{
    char number[MLT_DOUBLE_CHARS];
    if (!isnan(value))
        mlt_buf_puts(out, mlt_str_format_double(value, number));
}

void mlt_phrase_day(struct mlt_buf *out, const char *time)
{
    mlt_buf_append(out, time, strcspn(time, "T"));
}

void mlt_phrase_figures(struct mlt_buf *out, const double *values, size_t count)
{
    char text[MLT_QUANTITY_CHARS];
    struct mlt_scale scale = mlt_scale_choose("", values, count, FIGURE_DIGITS);
    for (size_t i = 0; i < count; i++)
        mlt_buf_printf(out, " %s |",
                       isnan(values[i]) ? ""
                                        : mlt_scale_format(&scale, values[i], false, false, text));
}

static enum mlt_direction direction_of(const char *name)
{
    for (const char *at = name; at; at = strchr(at, '_') ? strchr(at, '_') + 1 : NULL) {
        size_t len = strcspn(at, "@");
        for (size_t i = 0; mlt_metrics[i]; i++)
            if (strlen(mlt_metrics[i]->name) == len && memcmp(mlt_metrics[i]->name, at, len) == 0)
                return mlt_metrics[i]->direction;
    }
    return MLT_DIRECTION_NONE;
}

void mlt_phrase_change(struct mlt_buf *out, const char *metric, double now, double before)
{
    char text[MLT_QUANTITY_CHARS];
    double change = now - before, share = 100 * fabs(change / before);
    if (isnan(change)) {
        mlt_buf_puts(out, " |");
        return;
    }
    const double pair[] = {now, before};
    struct mlt_scale scale = mlt_scale_choose("", pair, 2, FIGURE_DIGITS);
    enum mlt_direction direction = direction_of(metric);
    bool better = (change > 0) == (direction == MLT_HIGHER_IS_BETTER);
    if (change == 0) {
        mlt_buf_puts(out, " none |");
        return;
    }
    mlt_buf_printf(out, " %s", mlt_scale_format(&scale, change, true, false, text));
    if (direction != MLT_DIRECTION_NONE && isfinite(share) && share < 1e4)
        mlt_buf_printf(out, share < 99.5 ? " (%.2g %% %s)" : " (%.0f %% %s)", share,
                       better ? "better" : "worse");
    mlt_buf_puts(out, " |");
}

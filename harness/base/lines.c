#include "harness/base/lines.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CELLS = 16 * 1024 * 1024 };

struct line {
    const char *text;
    size_t len;
};

struct lines {
    struct line *line;
    size_t count;
};

static bool split(const char *text, size_t len, struct lines *out, struct mlt_err *err)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += text[i] == '\n';
    count += len && text[len - 1] != '\n';
    out->count = 0;
    out->line = calloc(count ? count : 1, sizeof *out->line);
    if (!out->line)
        return mlt_err_oom(err);
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t size = end ? (size_t)(end - text) - at : len - at;
        out->line[out->count++] = (struct line){text + at, size};
        at += size + 1;
    }
    return true;
}

static bool same(const struct line *a, const struct line *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->text, b->text, a->len) == 0);
}

/* The length of a longest common subsequence, by rows of the table (Wagner and Fischer 1974). */
static bool common_lines(const struct line *a, size_t a_count, const struct line *b, size_t b_count,
                         size_t *out, struct mlt_err *err)
{
    uint32_t *row = calloc(b_count + 1, sizeof *row);
    if (!row)
        return mlt_err_oom(err);
    for (size_t i = 0; i < a_count; i++) {
        uint32_t diagonal = 0;
        for (size_t j = 0; j < b_count; j++) {
            uint32_t above = row[j + 1];
            if (same(&a[i], &b[j]))
                row[j + 1] = diagonal + 1;
            else if (row[j] > above)
                row[j + 1] = row[j];
            diagonal = above;
        }
    }
    *out = row[b_count];
    free(row);
    return true;
}

static bool compare(const struct lines *from, const struct lines *to, struct mlt_line_count *out,
                    struct mlt_err *err)
{
    size_t start = 0, from_end = from->count, to_end = to->count, common = 0;
    while (start < from_end && start < to_end && same(&from->line[start], &to->line[start]))
        start++;
    while (from_end > start && to_end > start &&
           same(&from->line[from_end - 1], &to->line[to_end - 1])) {
        from_end--;
        to_end--;
    }
    size_t removed = from_end - start, added = to_end - start;
    if (removed && added && removed <= MOST_CELLS / added &&
        !common_lines(from->line + start, removed, to->line + start, added, &common, err))
        return false;
    *out = (struct mlt_line_count){added - common, removed - common};
    return true;
}

bool mlt_lines_compare(const char *from, size_t from_len, const char *to, size_t to_len,
                       struct mlt_line_count *out, struct mlt_err *err)
{
    struct lines old = {NULL, 0}, new = {NULL, 0};
    bool ok = split(from, from_len, &old, err) && split(to, to_len, &new, err) &&
              compare(&old, &new, out, err);
    free(old.line);
    free(new.line);
    return ok;
}

void mlt_lines_print(const struct mlt_line_count *count, struct mlt_buf *out)
{
    size_t changed = count->added < count->removed ? count->added : count->removed;
    size_t added = count->added - changed, removed = count->removed - changed;
    if (changed)
        mlt_buf_printf(out, "%zu line%s changed", changed, changed == 1 ? "" : "s");
    if (added)
        mlt_buf_printf(out, "%s%zu%s added", changed ? ", " : "", added,
                       changed      ? ""
                       : added == 1 ? " line"
                                    : " lines");
    if (removed)
        mlt_buf_printf(out, "%s%zu%s removed", changed ? ", " : "", removed,
                       changed        ? ""
                       : removed == 1 ? " line"
                                      : " lines");
    if (!changed && !added && !removed)
        mlt_buf_puts(out, "nothing changed");
}

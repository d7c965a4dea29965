#include "reports/documents/outline.h"

#include <string.h>

#include "harness/base/str.h"
#include "harness/documents/document.h"

struct line {
    const char *text, *next; /* without its line end; where the next one begins */
    size_t len;
};

#define MARKER "<!-- mltest: "

enum { MOST_FENCE = 100 };

struct cutting {
    struct mlt_arena *arena;
    struct mlt_outline *out;
    const char *end;
    const char *from; /* where the piece that is being read begins */
    /* What was searched for in vain is not searched for again: before `until`, fences of ` and of ~
     * at least that long have no end, and before `unended` no generated part has one. */
    struct {
        size_t count;
        const char *until;
    } endless[2];
    const char *unended;
};

static struct line line_at(const char *at, const char *end)
{
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    struct line line = {at, stop ? stop + 1 : end, (size_t)((stop ? stop : end) - at)};
    while (line.len > 0 && strchr(" \t\r", line.text[line.len - 1]))
        line.len--;
    return line;
}

static bool starts(const struct line *line, const char *prefix)
{
    return line->len >= strlen(prefix) && memcmp(line->text, prefix, strlen(prefix)) == 0;
}

/* The fence that a line is: its character, and how often it stands there; 0: none. */
static size_t fence_of(const struct line *line, char *mark)
{
    size_t indent = 0, count = 0;
    while (indent < line->len && indent < 4 && line->text[indent] == ' ')
        indent++;
    if (indent > 3 || indent == line->len || !strchr("`~", line->text[indent]))
        return 0;
    *mark = line->text[indent];
    while (indent + count < line->len && line->text[indent + count] == *mark)
        count++;
    bool inline_code =
        *mark == '`' && memchr(line->text + indent + count, '`', line->len - indent - count);
    return count >= 3 && count <= MOST_FENCE && !inline_code ? count : 0;
}

/* The name in "<!-- mltest: NAME -->"; NULL: the line is something else. */
static const char *marker_name(const struct line *line, struct mlt_arena *arena)
{
    static const char shut[] = " -->";
    const size_t around = strlen(MARKER) + strlen(shut);
    if (!starts(line, MARKER) || line->len <= around ||
        memcmp(line->text + line->len - strlen(shut), shut, strlen(shut)) != 0)
        return NULL;
    return mlt_arena_strndup(arena, line->text + strlen(MARKER), line->len - around);
}

static bool is_end_marker(const struct line *line)
{
    return line->len == strlen("<!-- /mltest -->") && starts(line, "<!-- /mltest -->");
}

/* Behind the fenced code that begins with this line; NULL: none begins, or it does not end before
 * the next generated part: what a person left open must not swallow that. */
static const char *behind_fence(struct cutting *c, const struct line *opening)
{
    char mark, other;
    size_t count = fence_of(opening, &mark);
    if (count == 0)
        return NULL;
    const bool tilde = mark == '~';
    const char *at = opening->next;
    if (at <= c->endless[tilde].until && count >= c->endless[tilde].count)
        return NULL;
    while (at < c->end) {
        struct line line = line_at(at, c->end);
        if (is_end_marker(&line) || starts(&line, MARKER))
            break;
        size_t closing = fence_of(&line, &other);
        size_t indent =
            closing ? (size_t)((const char *)memchr(line.text, other, line.len) - line.text) : 0;
        if (closing >= count && other == mark && line.len == indent + closing)
            return line.next;
        at = line.next;
    }
    c->endless[tilde].count = count;
    c->endless[tilde].until = at;
    return NULL;
}

/* The level of the heading that a line is, from 1 to 3; 0: it is none. */
static int heading_level(const struct line *line)
{
    size_t indent = 0;
    int level = 0;
    while (indent < line->len && indent < 3 && line->text[indent] == ' ')
        indent++;
    while (indent + (size_t)level < line->len && line->text[indent + (size_t)level] == '#')
        level++;
    size_t behind = indent + (size_t)level;
    return level <= 3 && behind < line->len && line->text[behind] == ' ' ? level : 0;
}

/* Behind the end marker; NULL: a heading or the document's end comes first. */
static const char *behind_generated(struct cutting *c, const char *at)
{
    const char *from = at;
    if (c->unended && at < c->unended)
        return NULL;
    while (at < c->end) {
        struct line line = line_at(at, c->end);
        if (is_end_marker(&line))
            return line.next;
        if (heading_level(&line))
            break;
        const char *behind = behind_fence(c, &line);
        at = behind ? behind : line.next;
    }
    c->unended = at > from ? at : c->unended;
    return NULL;
}

static bool add_section(struct cutting *c, int section, const char *heading, int level,
                        struct mlt_err *err)
{
    struct mlt_outline *o = c->out;
    struct mlt_outline_section *grown =
        mlt_arena_grow(c->arena, o->sections, o->count, &o->capacity, sizeof *grown);
    if (!grown)
        return mlt_err_oom(err);
    o->sections = grown;
    o->sections[o->count++] =
        (struct mlt_outline_section){.section = section, .heading = heading, .level = level};
    return true;
}

static bool add_piece(struct cutting *c, const char *generated, const char *text, size_t len,
                      struct mlt_err *err)
{
    struct mlt_outline_section *s = &c->out->sections[c->out->count - 1];
    struct mlt_outline_piece *grown =
        mlt_arena_grow(c->arena, s->pieces, s->count, &s->capacity, sizeof *grown);
    if (!grown)
        return mlt_err_oom(err);
    s->pieces = grown;
    s->pieces[s->count++] = (struct mlt_outline_piece){generated, text, len};
    return true;
}

/* What stands before `to` and is nobody's yet was written by a person. */
static bool end_piece(struct cutting *c, const char *to, struct mlt_err *err)
{
    const char *from = c->from;
    while (from < to) {
        struct line line = line_at(from, to);
        if (line.len > 0)
            break;
        from = line.next;
    }
    while (to > from && strchr(" \t\r\n", to[-1]))
        to--;
    return from == to || add_piece(c, NULL, from, (size_t)(to - from), err);
}

static bool begin_section(struct cutting *c, const struct line *line, int level,
                          struct mlt_err *err)
{
    const char *title = (const char *)memchr(line->text, '#', line->len) + level;
    const char *end = line->text + line->len;
    while (title < end && *title == ' ')
        title++;
    const char *hashes = end;
    while (hashes > title && hashes[-1] == '#')
        hashes--;
    if (hashes == title || hashes[-1] == ' ')
        end = hashes;
    while (end > title && end[-1] == ' ')
        end--;
    char *heading = mlt_arena_strndup(c->arena, title, (size_t)(end - title));
    if (!heading)
        return mlt_err_oom(err);
    if ((level == 1 && mlt_str_starts(heading, "Model:")) ||
        (level == 2 && mlt_str_starts(heading, "Version:")))
        return true;
    int section = mlt_section_find(heading);
    return section < 0 ? add_section(c, -1, heading, level, err)
                       : add_section(c, section, mlt_section_title(section), 3, err);
}

/* One line that is not fenced; `*next` may lie further on. */
static bool cut_line(struct cutting *c, const struct line *line, const char **next,
                     struct mlt_err *err)
{
    const char *name = marker_name(line, c->arena);
    int level = heading_level(line);
    if (!name && !level && !is_end_marker(line))
        return true;
    if (!end_piece(c, line->text, err))
        return false;
    if (name) {
        const char *behind = behind_generated(c, line->next);
        if (behind && !add_piece(c, name, NULL, 0, err))
            return false;
        *next = behind ? behind : line->next;
    }
    c->from = *next;
    return !level || begin_section(c, line, level, err);
}

bool mlt_outline_make(const char *text, size_t len, struct mlt_arena *arena,
                      struct mlt_outline *out, struct mlt_err *err)
{
    struct cutting c = {.arena = arena, .out = out, .end = text ? text + len : NULL, .from = text};
    *out = (struct mlt_outline){0};
    if (!add_section(&c, -1, NULL, 0, err))
        return false;
    for (const char *at = text; at < c.end;) {
        struct line line = line_at(at, c.end);
        const char *behind = behind_fence(&c, &line), *next = behind ? behind : line.next;
        if (!behind && !cut_line(&c, &line, &next, err))
            return false;
        at = next;
    }
    return !text || end_piece(&c, c.end, err);
}

const struct mlt_outline_section *mlt_outline_find(const struct mlt_outline *outline, int section,
                                                   const char *title)
{
    for (size_t i = 0; i < outline->count; i++) {
        const struct mlt_outline_section *s = &outline->sections[i];
        if (s->heading && s->section == section && (section >= 0 || mlt_str_eq(s->heading, title)))
            return s;
    }
    return NULL;
}

bool mlt_outline_is_open(const struct mlt_outline_piece *piece)
{
    return !piece->generated && piece->len >= strlen(MLT_OUTLINE_OPEN) &&
           memcmp(piece->text, MLT_OUTLINE_OPEN, strlen(MLT_OUTLINE_OPEN)) == 0 &&
           !memchr(piece->text, '\n', piece->len);
}

bool mlt_outline_is_written(const struct mlt_outline_section *section)
{
    for (size_t i = 0; section && i < section->count; i++)
        if (!section->pieces[i].generated && !mlt_outline_is_open(&section->pieces[i]))
            return true;
    return false;
}

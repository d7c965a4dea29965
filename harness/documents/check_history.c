/* The version history: every version with its date, and none that there is not. */
#include <string.h>

#include "harness/documents/check_part.h"

enum { DAY_CHARS = 10 };

struct entry {
    const struct mlt_document_past *past; /* NULL: no such version is known */
    char *text;                           /* all that is said of it */
    int line;
};

struct history {
    struct mlt_check *c;
    struct entry *entries;
    size_t count, capacity;
};

static const struct mlt_document_past *past_of(const struct mlt_check *c, const char *version,
                                               size_t len)
{
    for (size_t i = 0; i < c->facts->history_count; i++) {
        const struct mlt_document_past *past = &c->facts->history[i];
        if (strlen(past->version) == len && strncmp(past->version, version, len) == 0)
            return past;
    }
    return NULL;
}

/* The version that a cell, item or heading starts with; its bytes. */
static size_t starts_with_version(const char *text, const char **version)
{
    if (strncmp(text, "Version ", 8) == 0 || strncmp(text, "version ", 8) == 0)
        text += 8;
    *version = text + (*text == 'v');
    return mlt_check_version(*version);
}

static void add(struct history *h, const char *text, int line, const char *more)
{
    struct mlt_check *c = h->c;
    const char *version;
    size_t len = starts_with_version(text, &version);
    if (len == 0)
        return;
    struct entry *entries =
        mlt_arena_grow(c->arena, h->entries, h->count, &h->capacity, sizeof *entries);
    char *kept = mlt_arena_strdup(c->arena, more);
    if (!entries || !kept) {
        c->oom = true;
        return;
    }
    h->entries = entries;
    entries[h->count++] = (struct entry){past_of(c, version, len), kept, line};
    if (!entries[h->count - 1].past)
        mlt_check_fault(c, line,
                        "%.*s is in the history, but nothing at hand shows such a version below %s "
                        "(name the registry if it is kept there)",
                        (int)len, version, c->facts->now.version);
}

static void add_row(struct history *h, const struct mlt_table_row *row)
{
    struct mlt_buf text = MLT_BUF_INIT;
    const char *version;
    for (size_t i = 0; i < row->count; i++) {
        mlt_buf_puts(&text, row->cells[i].text);
        mlt_buf_putc(&text, '\n');
    }
    for (size_t i = 0; i < row->count && i < 2; i++) {
        if (starts_with_version(row->cells[i].text, &version)) {
            add(h, row->cells[i].text, row->line, text.data);
            break;
        }
    }
    h->c->oom = h->c->oom || text.oom;
    mlt_buf_free(&text);
}

/* A heading speaks for what is below it. */
static void add_heading(struct history *h, size_t at, size_t end)
{
    const struct mlt_block *blocks = h->c->text.blocks;
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, blocks[at].text);
    for (size_t i = at + 1; i < end && blocks[i].kind != MLT_BLOCK_HEADING; i++) {
        mlt_buf_putc(&text, '\n');
        mlt_buf_puts(&text, blocks[i].text);
    }
    add(h, blocks[at].text, blocks[at].line, text.data);
    h->c->oom = h->c->oom || text.oom;
    mlt_buf_free(&text);
}

static void gather(struct history *h)
{
    const struct mlt_check_section *s = &h->c->section[MLT_SECTION_HISTORY];
    for (size_t i = s->from; i < s->to && !h->c->oom; i++) {
        const struct mlt_block *b = &h->c->text.blocks[i];
        for (size_t k = 1; k < b->row_count; k++)
            add_row(h, &b->rows[k]);
        if (b->kind == MLT_BLOCK_PARAGRAPH)
            add(h, b->text, b->line, b->text);
        else if (b->kind == MLT_BLOCK_HEADING)
            add_heading(h, i, s->to);
    }
}

static void check_past(struct history *h, const struct mlt_document_past *past)
{
    struct mlt_check *c = h->c;
    char day[DAY_CHARS + 1] = "";
    const struct entry *found = NULL;
    strncat(day, past->created_at ? past->created_at : "", DAY_CHARS);
    for (size_t i = 0; i < h->count; i++) {
        if (h->entries[i].past != past)
            continue;
        found = &h->entries[i];
        if (strstr(found->text, day))
            return;
    }
    if (found)
        mlt_check_fault(c, found->line,
                        "%s was made on %s (metadata.json), which its entry does not say",
                        past->version, day);
    else
        mlt_check_fault(c, c->section[MLT_SECTION_HISTORY].line,
                        "version %s of %s is not in the history", past->version, day);
}

void mlt_check_history(struct mlt_check *c)
{
    struct history h = {.c = c};
    if (!c->section[MLT_SECTION_HISTORY].found)
        return;
    if (c->facts->history_count == 0)
        mlt_check_fault(c, c->section[MLT_SECTION_HISTORY].line,
                        "no version is known that the history could be held against");
    gather(&h);
    for (size_t i = 0; i < c->facts->history_count && !c->oom; i++)
        check_past(&h, &c->facts->history[i]);
}

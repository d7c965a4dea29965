/* What changed: the changelog, every changed field of the contract, and tables of before and now.
 */
#include <ctype.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/documents/check_part.h"

/* Signs that Markdown may take for markup, and that a writer escapes or leaves out. */
static bool is_sign(char c)
{
    return c && strchr("`*_\\<>", c) != NULL;
}

char *mlt_check_squeeze(struct mlt_check *c, const char *text)
{
    char *out = mlt_arena_alloc(c->arena, strlen(text) + 1);
    size_t len = 0;
    if (!out) {
        c->oom = true;
        return NULL;
    }
    for (; *text; text++) {
        if (is_sign(*text))
            continue;
        if (!isspace((unsigned char)*text))
            out[len++] = *text;
        else if (len > 0 && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    while (len > 0 && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
    return out;
}

static void append_block(struct mlt_buf *out, const struct mlt_block *block)
{
    if (block->kind == MLT_BLOCK_HTML)
        return;
    mlt_buf_puts(out, block->text);
    mlt_buf_putc(out, '\n');
    for (size_t i = 0; i < block->row_count; i++) {
        for (size_t k = 0; k < block->rows[i].count; k++) {
            mlt_buf_puts(out, block->rows[i].cells[k].text);
            mlt_buf_putc(out, '\n');
        }
    }
}

static char *section_text(struct mlt_check *c, enum mlt_section section)
{
    struct mlt_buf text = MLT_BUF_INIT;
    for (size_t i = c->section[section].from; i < c->section[section].to; i++)
        append_block(&text, &c->text.blocks[i]);
    char *kept = text.oom ? NULL : mlt_check_squeeze(c, text.data);
    c->oom = c->oom || text.oom;
    mlt_buf_free(&text);
    return kept;
}

/* As its text, or as the Markdown that its author may have meant. */
static bool holds_changelog(struct mlt_check *c, const char *text, const char *changelog)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_markdown meant;
    struct mlt_buf plain = MLT_BUF_INIT;
    char *squeezed = mlt_check_squeeze(c, changelog);
    if (!squeezed || strstr(text, squeezed))
        return true;
    if (!mlt_markdown_parse("changelog", changelog, strlen(changelog), c->arena, &meant, &err))
        return false;
    for (size_t i = 0; i < meant.count; i++)
        append_block(&plain, &meant.blocks[i]);
    squeezed = plain.oom ? NULL : mlt_check_squeeze(c, plain.data);
    c->oom = c->oom || plain.oom;
    mlt_buf_free(&plain);
    return !squeezed || (*squeezed && strstr(text, squeezed));
}

static bool is_field(enum mlt_part part)
{
    return part == MLT_PART_INPUT || part == MLT_PART_OUTPUT || part == MLT_PART_SETTING;
}

static bool is_named_before(const struct mlt_compat_report *report, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (report->changes[i].part == report->changes[at].part &&
            strcmp(report->changes[i].field, report->changes[at].field) == 0)
            return true;
    return false;
}

static void check_fields(struct mlt_check *c)
{
    const struct mlt_compat_report *report = c->facts->changes;
    int line = c->section[MLT_SECTION_CHANGES].line;
    for (size_t i = 0; report && i < report->count; i++) {
        const struct mlt_compat_change *change = &report->changes[i];
        const char *name = change->kind == MLT_COMPAT_RENAMED ? change->to : NULL;
        if (!is_field(change->part) || is_named_before(report, i))
            continue;
        if (!mlt_check_section_names(c, MLT_SECTION_CHANGES, change->field))
            mlt_check_fault(c, line,
                            "%s `%s` changed since %s, but \"%s\" does not name it (by config.json "
                            "of both)",
                            mlt_part_name(change->part), mlt_check_safe(c, change->field),
                            c->facts->before->version, mlt_section_title(MLT_SECTION_CHANGES));
        if (name && !mlt_check_section_names(c, MLT_SECTION_CHANGES, name))
            mlt_check_fault(c, line, "%s `%s` is now `%s`, but \"%s\" does not name that",
                            mlt_part_name(change->part), mlt_check_safe(c, change->field),
                            mlt_check_safe(c, name), mlt_section_title(MLT_SECTION_CHANGES));
    }
}

/* The column headed by a version; the count of columns: none is. */
static size_t column_of(const struct mlt_block *table, const char *version)
{
    const struct mlt_table_row *head = &table->rows[0];
    size_t i = 0;
    while (i < head->count) {
        const char *text = head->cells[i].text;
        text += *text == 'v';
        if (strcmp(text, version) == 0)
            break;
        i++;
    }
    return i;
}

/* "0.2" where the fact is "max 0.2" too. */
static bool says(struct mlt_check *c, const char *cell, const char *fact)
{
    char *a = mlt_check_squeeze(c, cell), *b = fact ? mlt_check_squeeze(c, fact) : NULL;
    if (!fact)
        return true;
    if (!a || !b)
        return true;
    size_t more = strlen(b) - (strlen(b) >= strlen(a) ? strlen(a) : 0);
    return strcmp(a, b) == 0 ||
           (*a && strlen(a) < strlen(b) && strcmp(b + more, a) == 0 && b[more - 1] == ' ');
}

static void check_change_row(struct mlt_check *c, const struct mlt_table_row *row, size_t from,
                             size_t to)
{
    const struct mlt_compat_change *first = NULL;
    for (size_t i = 0; i < c->facts->changes->count; i++) {
        const struct mlt_compat_change *change = &c->facts->changes->changes[i];
        if (!change->field || !mlt_check_names(row->cells[0].text, change->field) ||
            (is_field(change->part) &&
             !mlt_check_names(row->cells[0].text, mlt_part_name(change->part))))
            continue;
        if (says(c, row->cells[from].text, change->from) &&
            says(c, row->cells[to].text, change->to))
            return;
        first = first ? first : change;
    }
    if (first)
        mlt_check_fault(c, row->line,
                        "`%s` is said to have been `%s` and to be `%s`, but by both versions' own "
                        "files it was %s and is %s",
                        mlt_check_safe(c, row->cells[0].text),
                        mlt_check_safe(c, row->cells[from].text),
                        mlt_check_safe(c, row->cells[to].text),
                        mlt_check_safe(c, first->from ? first->from : "not there"),
                        mlt_check_safe(c, first->to ? first->to : "not there"));
}

static void check_change_tables(struct mlt_check *c)
{
    const struct mlt_check_section *s = &c->section[MLT_SECTION_CHANGES];
    for (size_t i = s->from; c->facts->changes && i < s->to; i++) {
        const struct mlt_block *b = &c->text.blocks[i];
        if (b->kind != MLT_BLOCK_TABLE || b->row_count == 0 || b->rows[0].count < 3)
            continue;
        size_t from = column_of(b, c->facts->before->version);
        size_t to = column_of(b, c->facts->now.version);
        for (size_t k = 1; k < b->row_count; k++)
            if (from < b->rows[k].count && to < b->rows[k].count && from > 0 && to > 0)
                check_change_row(c, &b->rows[k], from, to);
    }
}

void mlt_check_changes(struct mlt_check *c)
{
    const struct mlt_metadata *m = c->facts->now.metadata;
    if (!c->section[MLT_SECTION_CHANGES].found)
        return;
    char *text = section_text(c, MLT_SECTION_CHANGES);
    if (!text)
        return;
    if (m && m->changelog && *m->changelog && !holds_changelog(c, text, m->changelog))
        mlt_check_fault(c, c->section[MLT_SECTION_CHANGES].line,
                        "\"%s\" does not hold the changelog of metadata.json: `%s`",
                        mlt_section_title(MLT_SECTION_CHANGES), mlt_check_safe(c, m->changelog));
    check_fields(c);
    check_change_tables(c);
}

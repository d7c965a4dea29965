/* How the version was made, as documents tell it: tables of hyperparameters, the day, the
 * framework. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "harness/base/str.h"
#include "harness/documents/check_part.h"
#include "harness/documents/shown.h"

struct making {
    struct mlt_check *c;
    struct mlt_json *now, *before; /* objects; NULL: nothing is known */
};

static bool parse(struct making *m, const struct mlt_metadata *metadata, struct mlt_json **out)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *text = metadata ? metadata->hyperparameters : NULL;
    *out = NULL;
    if (!text || mlt_json_parse("hyperparameters", text, strlen(text), out, &err))
        return true;
    *out = NULL;
    m->c->oom = m->c->oom || err.kind == MLT_ERR_INFRA;
    return false;
}

static const char *text_of(struct making *m, const struct mlt_json *value)
{
    struct mlt_buf out = MLT_BUF_INIT;
    struct mlt_json_out json;
    if (!value)
        return "none";
    if (mlt_json_string(value))
        return mlt_json_string(value);
    mlt_json_out_init(&json, &out, false);
    mlt_json_out_node(&json, value);
    const char *kept = out.oom ? NULL : mlt_arena_strndup(m->c->arena, out.data, out.len);
    mlt_buf_free(&out);
    m->c->oom = m->c->oom || !kept;
    return kept ? kept : "";
}

static bool is_value(struct making *m, const struct mlt_json *value, const char *cell)
{
    double number;
    struct mlt_shown shown;
    if (!value)
        return mlt_check_is_nothing(cell);
    if (mlt_json_number(value, &number) && mlt_shown_read(cell, &shown) && !cell[shown.len])
        return shown.value == number && !shown.percent;
    char *said = mlt_check_squeeze(m->c, cell), *want = mlt_check_squeeze(m->c, text_of(m, value));
    return !said || !want || strcasecmp(said, want) == 0;
}

/* Whose values the column holds; false: none that is known. */
static bool side_of(const struct making *m, const char *head, const struct mlt_json **object,
                    const char **where)
{
    const struct mlt_document_facts *f = m->c->facts;
    head += *head == 'v' && isdigit((unsigned char)head[1]);
    if (strcmp(head, f->now.version) == 0 || strcasecmp(head, "value") == 0) {
        *object = m->now;
        *where = "metadata.json";
        return true;
    }
    *object = m->before;
    *where = "metadata.json of the release before";
    return f->before && strcmp(head, f->before->version) == 0;
}

static void check_row(struct making *m, const struct mlt_table_row *head,
                      const struct mlt_table_row *row)
{
    struct mlt_check *c = m->c;
    const char *name = row->cells[0].text;
    if (!mlt_json_get(m->now, name) && !mlt_json_get(m->before, name)) {
        mlt_check_fault(c, row->line, "metadata.json has no hyperparameter `%s`",
                        mlt_check_safe(c, name));
        return;
    }
    for (size_t i = 1; i < row->count; i++) {
        const struct mlt_json *object;
        const char *where;
        if (!side_of(m, head->cells[i].text, &object, &where))
            continue;
        const struct mlt_json *value = mlt_json_get(object, name);
        if (!is_value(m, value, row->cells[i].text))
            mlt_check_fault(c, row->line, "hyperparameter `%s` is `%s` here, but `%s` in %s",
                            mlt_check_safe(c, name), mlt_check_safe(c, row->cells[i].text),
                            mlt_check_safe(c, text_of(m, value)), where);
    }
}

static void check_tables(struct making *m)
{
    for (size_t i = 0; i < m->c->text.count && !m->c->oom; i++) {
        const struct mlt_block *b = &m->c->text.blocks[i];
        const char *head = b->row_count && b->rows[0].count ? b->rows[0].cells[0].text : "";
        if (strcasecmp(head, "hyperparameter") != 0 && strcasecmp(head, "hyperparameters") != 0)
            continue;
        for (size_t k = 1; k < b->row_count && !m->c->oom; k++)
            check_row(m, &b->rows[0], &b->rows[k]);
    }
}

/* "xgboost 1.7.4". */
static void check_framework(struct mlt_check *c, const struct mlt_block *block)
{
    const struct mlt_metadata *m = c->facts->now.metadata;
    size_t len = m->framework ? strlen(m->framework) : 0;
    if (len == 0 || !m->framework_version)
        return;
    for (const char *at = block->text; (at = strstr(at, m->framework)) != NULL; at += len) {
        const char *version = mlt_shown_skip(at + len);
        size_t bytes = version > at + len ? mlt_check_version(version) : 0;
        if (bytes == 0 || (at > block->text && isalnum((unsigned char)at[-1])) ||
            (strlen(m->framework_version) == bytes &&
             strncmp(m->framework_version, version, bytes) == 0))
            continue;
        mlt_check_fault(c, mlt_check_line(block, at),
                        "the version was made with %s %.*s here, but with %s in metadata.json",
                        mlt_check_safe(c, m->framework), (int)bytes, version,
                        mlt_check_safe(c, m->framework_version));
    }
}

/* "Made on 2024-03-01". */
static void check_day(struct mlt_check *c, const struct mlt_block *block)
{
    static const char opening[] = "Made on ";
    const struct mlt_metadata *m = c->facts->now.metadata;
    const char *day = block->text + strlen(opening);
    if (!mlt_str_starts(block->text, opening) || !isdigit((unsigned char)*day) || !m->created_at)
        return;
    if (strncmp(day, m->created_at, 10) != 0)
        mlt_check_fault(c, block->line,
                        "the version was made on %.10s here, but on %.10s in "
                        "metadata.json",
                        mlt_check_safe(c, day), mlt_check_safe(c, m->created_at));
}

void mlt_check_making(struct mlt_check *c)
{
    struct making m = {.c = c};
    const struct mlt_document_facts *f = c->facts;
    if (!f->now.metadata)
        return;
    if (parse(&m, f->now.metadata, &m.now) &&
        parse(&m, f->before ? f->before->metadata : NULL, &m.before))
        check_tables(&m);
    mlt_json_free(m.now);
    mlt_json_free(m.before);
    for (size_t i = 0; i < c->text.count && !c->oom; i++) {
        const struct mlt_block *b = &c->text.blocks[i];
        int section = mlt_check_section_of(c, i);
        if (b->kind != MLT_BLOCK_PARAGRAPH || section == MLT_SECTION_CHANGES ||
            section == MLT_SECTION_HISTORY)
            continue;
        check_framework(c, b);
        check_day(c, b);
    }
}

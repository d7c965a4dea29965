#include "harness/documents/check.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/documents/check_part.h"

enum { MAX_FAULTS = 200, SAFE_BYTES = 120 };

void mlt_check_fault(struct mlt_check *c, int line, const char *fmt, ...)
{
    struct mlt_buf text = MLT_BUF_INIT;
    va_list args;
    if (c->count - c->first >= MAX_FAULTS) {
        c->left_off++;
        return;
    }
    va_start(args, fmt);
    mlt_buf_vprintf(&text, fmt, args);
    va_end(args);
    struct mlt_document_fault *faults =
        mlt_arena_grow(c->arena, c->faults, c->count, &c->capacity, sizeof *faults);
    const char *kept = text.oom ? NULL : mlt_arena_strndup(c->arena, text.data, text.len);
    mlt_buf_free(&text);
    if (!faults || !kept) {
        c->oom = true;
        return;
    }
    /* By line; of one line in the order found. */
    size_t at = c->count++;
    for (; at > c->first && faults[at - 1].line > line; at--)
        faults[at] = faults[at - 1];
    faults[at] = (struct mlt_document_fault){c->kind, c->path, line, kept};
    c->faults = faults;
}

const char *mlt_check_safe(struct mlt_check *c, const char *text)
{
    struct mlt_buf out = MLT_BUF_INIT;
    mlt_str_append_safe(&out, text, strlen(text), SAFE_BYTES);
    const char *kept = out.oom ? NULL : mlt_arena_strndup(c->arena, out.data, out.len);
    mlt_buf_free(&out);
    c->oom = c->oom || !kept;
    return kept ? kept : "";
}

int mlt_check_section_of(const struct mlt_check *c, size_t block)
{
    int best = -1;
    for (int i = 0; i < MLT_SECTIONS; i++) {
        const struct mlt_check_section *s = &c->section[i];
        if (s->found && block >= s->from && block < s->to &&
            (best < 0 || s->from > c->section[best].from))
            best = i;
    }
    return best;
}

int mlt_check_line(const struct mlt_block *block, const char *at)
{
    int line = block->text_line;
    for (const char *p = block->text; p < at; p++)
        line += *p == '\n';
    return line;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

bool mlt_check_names(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = text; len > 0 && (at = strstr(at, name)) != NULL; at++)
        if ((at == text || !is_word(at[-1])) && !is_word(at[len]))
            return true;
    return false;
}

bool mlt_check_section_names(const struct mlt_check *c, enum mlt_section section, const char *name)
{
    for (size_t i = c->section[section].from; i < c->section[section].to; i++) {
        const struct mlt_block *b = &c->text.blocks[i];
        if (b->kind != MLT_BLOCK_HTML && mlt_check_names(b->text, name))
            return true;
        for (size_t k = 0; k < b->row_count; k++)
            for (size_t j = 0; j < b->rows[k].count; j++)
                if (mlt_check_names(b->rows[k].cells[j].text, name))
                    return true;
    }
    return false;
}

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

size_t mlt_check_version(const char *text)
{
    size_t len = 0;
    for (int i = 0; i < 3; i++) {
        size_t part = digits(text + len);
        if (part == 0 || part > 9)
            return 0;
        len += part;
        if (i < 2 && text[len++] != '.')
            return 0;
    }
    if (text[len] == '.' && isdigit((unsigned char)text[len + 1]))
        return 0;
    if (text[len] != '-' || !isalpha((unsigned char)text[len + 1]))
        return isalpha((unsigned char)text[len]) || text[len] == '_' ? 0 : len;
    size_t end = len + 1;
    while (isalnum((unsigned char)text[end]) ||
           (strchr("-.", text[end]) && text[end] && isalnum((unsigned char)text[end + 1]) &&
            (text[end] == '-' || isdigit((unsigned char)text[end + 1]))))
        end++;
    return end;
}

bool mlt_check_is_nothing(const char *cell)
{
    static const char *const words[] = {"", "-", "–", "—", "none", "n/a", "no", "null", NULL};
    for (const char *const *word = words; *word; word++)
        if (strcasecmp(cell, *word) == 0)
            return true;
    return false;
}

/* The metrics of metadata.json, which who reads the card must find; and something that is right. */
static void check_shown(struct mlt_check *c)
{
    int line = c->section[MLT_SECTION_METRICS].line;
    char number[MLT_DOUBLE_CHARS];
    bool report = c->kind == MLT_DOCUMENT_PERFORMANCE_REPORT;
    if (!report && c->kind != MLT_DOCUMENT_MODEL_CARD)
        return;
    if (c->known->nameless)
        mlt_check_fault(
            c, line,
            "`%s` in metadata.json cannot be found in a document: name the metric in at "
            "most %d letters and digits of ASCII",
            mlt_check_safe(c, c->known->nameless), MLT_FOLD_CHARS - 1);
    for (size_t i = 0; i < c->known->count; i++) {
        const struct mlt_known_figure *f = &c->known->figures[i];
        if (f->required && !c->shown[i])
            mlt_check_fault(c, line, "`%s` is nowhere in this document, but %s in %s",
                            mlt_check_safe(c, f->metric), mlt_str_format_double(f->value, number),
                            f->where);
    }
    if (report && c->known->count == 0)
        mlt_check_fault(c, line,
                        "no figure is known that the report could be held against: neither "
                        "metadata.json nor metrics.json has one, and no run is at hand");
    else if (report && c->confirmed == 0)
        mlt_check_fault(c, line, "no figure of the report is one that is known");
}

static bool parse(struct mlt_check *c, const char *text, size_t len, struct mlt_err *err)
{
    struct mlt_err fault = MLT_ERR_INIT;
    if (mlt_markdown_parse(c->path, text, len, c->arena, &c->text, &fault))
        return true;
    if (fault.kind != MLT_ERR_USAGE) {
        *err = fault;
        return false;
    }
    c->text = (struct mlt_markdown){0};
    size_t name = strlen(c->path);
    bool named = strncmp(fault.text, c->path, name) == 0 && fault.text[name] == ':';
    mlt_check_fault(c, 0, "%s", mlt_check_safe(c, named ? fault.text + name + 2 : fault.text));
    return true;
}

static void check_parts(struct mlt_check *c)
{
    mlt_check_sections(c);
    mlt_check_words(c);
    mlt_check_changes(c);
    mlt_check_api(c);
    mlt_check_figures(c);
    mlt_check_prose(c);
    mlt_check_history(c);
    mlt_check_examples(c);
    mlt_check_making(c);
    check_shown(c);
}

static bool check_document(struct mlt_check *c, const struct mlt_document_set *set,
                           enum mlt_document_kind kind, struct mlt_err *err)
{
    const struct mlt_document_form *form = &mlt_document_forms[kind];
    const char *text = set->document[kind].text, *path = set->document[kind].path;
    c->kind = kind;
    c->path = path ? path : mlt_arena_printf(c->arena, "docs/%s", form->file);
    c->first = c->count;
    c->left_off = c->confirmed = 0;
    memset(c->section, 0, sizeof c->section);
    c->shown = mlt_arena_calloc(c->arena, c->known->count, sizeof *c->shown);
    if (!c->path || !c->shown)
        return mlt_err_oom(err);
    if (!text) {
        mlt_check_fault(c, 0, "the %s is missing: write it, or let `mltest docs new` write it",
                        form->title);
    } else {
        size_t before = c->count;
        if (!parse(c, text, set->document[kind].len, err))
            return false;
        if (c->count == before)
            check_parts(c);
    }
    if (c->left_off > 0) {
        c->first = c->count;
        mlt_check_fault(c, 0, "and %zu more", c->left_off);
    }
    return !c->oom || mlt_err_oom(err);
}

bool mlt_documents_check(const struct mlt_document_set *set, const struct mlt_document_facts *facts,
                         struct mlt_arena *arena, struct mlt_document_fault **out,
                         size_t *out_count, struct mlt_err *err)
{
    struct mlt_known known;
    struct mlt_check check = {.facts = facts, .known = &known, .arena = arena};
    if (!mlt_known_gather(facts, arena, &known, err))
        return false;
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++)
        if (!check_document(&check, set, kind, err))
            return false;
    *out = check.faults;
    *out_count = check.count;
    return true;
}

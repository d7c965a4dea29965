#include "reports/documents/documents.h"

#include <string.h>

#include "harness/base/str.h"
#include "reports/documents/outline.h"
#include "reports/documents/template.h"

static const struct mlt_template *const templates[MLT_DOCUMENT_KINDS] = {
    [MLT_DOCUMENT_MODEL_CARD] = &mlt_template_model_card,
    [MLT_DOCUMENT_API] = &mlt_template_api,
    [MLT_DOCUMENT_VERSION_HISTORY] = &mlt_template_version_history,
    [MLT_DOCUMENT_PERFORMANCE_REPORT] = &mlt_template_performance_report,
    [MLT_DOCUMENT_LIMITATIONS] = &mlt_template_limitations,
    [MLT_DOCUMENT_INTEGRATION_GUIDE] = &mlt_template_integration_guide,
};

/* What somebody has to write where a section says nothing. */
static const char *const asked[MLT_SECTIONS] = {
    [MLT_SECTION_OVERVIEW] = "what the model predicts, what it is meant for and what it is not",
    [MLT_SECTION_CHANGES] = "what changed",
    [MLT_SECTION_API] = "what goes in and what comes out",
    [MLT_SECTION_METRICS] = "how good it is (metrics.json holds no figure, and no run is kept)",
    [MLT_SECTION_LIMITATIONS] = "where the model must not be trusted, and why",
    [MLT_SECTION_EXAMPLES] = "how it is asked (tests/golden.jsonl holds no example)",
    [MLT_SECTION_HISTORY] = "the versions before",
    [MLT_SECTION_EDGE_CASES] = "what it does with inputs that are rare, extreme or missing",
};

struct rendering {
    enum mlt_document_kind kind;
    const struct mlt_document_source *source;
    const struct mlt_template *template;
    struct mlt_arena *arena;
    struct mlt_outline outline; /* of the document that it is to be like */
    struct mlt_buf *out;
    unsigned carried, open;
};

static bool is_same(const struct mlt_outline_section *a, const struct mlt_template_section *t)
{
    return a->heading && a->section == t->section &&
           (t->section >= 0 || strcmp(a->heading, t->title) == 0);
}

static const struct mlt_template_block *block_named(const struct rendering *r, const char *name)
{
    for (size_t i = 0; i < r->template->count; i++)
        for (int k = 0; k < MLT_TEMPLATE_BLOCKS && r->template->sections[i].blocks[k].name; k++)
            if (strcmp(r->template->sections[i].blocks[k].name, name) == 0)
                return &r->template->sections[i].blocks[k];
    return NULL;
}

static bool has_block(const struct mlt_outline *outline, const char *name)
{
    for (size_t i = 0; i < outline->count; i++)
        for (size_t k = 0; k < outline->sections[i].count; k++)
            if (mlt_str_eq(outline->sections[i].pieces[k].generated, name))
                return true;
    return false;
}

static bool print_block(struct rendering *r, const struct mlt_template_block *block, size_t *said,
                        struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    bool ok = block->print(r->source, r->arena, &text, err) && mlt_buf_check(&text, err);
    if (ok && text.len > 0) {
        mlt_buf_printf(r->out, "\n<!-- mltest: %s -->\n", block->name);
        mlt_buf_append(r->out, text.data, text.len);
        mlt_buf_puts(r->out, "<!-- /mltest -->\n");
        ++*said;
    }
    mlt_buf_free(&text);
    return ok;
}

/* What is generated is printed anew, and of a name that nobody knows nothing. `said` counts what
 * was printed. */
static bool print_piece(struct rendering *r, const struct mlt_outline_piece *piece, size_t *said,
                        struct mlt_err *err)
{
    const struct mlt_template_block *block =
        piece->generated ? block_named(r, piece->generated) : NULL;
    if (block)
        return print_block(r, block, said, err);
    if (piece->generated || mlt_outline_is_open(piece))
        return true;
    mlt_buf_putc(r->out, '\n');
    mlt_buf_append(r->out, piece->text, piece->len);
    mlt_buf_putc(r->out, '\n');
    ++*said;
    return true;
}

static void print_heading(struct rendering *r, int level, const char *title)
{
    mlt_buf_printf(r->out, "\n%.*s%s%s\n", level, "###", *title ? " " : "", title);
}

static bool section_has(const struct mlt_outline_section *section, const char *name)
{
    for (size_t i = 0; i < section->count; i++)
        if (mlt_str_eq(section->pieces[i].generated, name))
            return true;
    return false;
}

struct body {
    const struct mlt_template_section *section;
    const struct mlt_outline_section *from;
    unsigned lacking; /* bits of the blocks that are still to be printed */
    size_t said;
};

/* Blocks that the document lacks, from `first` on, up to the next that the section has. */
static bool print_lacking(struct rendering *r, struct body *body, int first, struct mlt_err *err)
{
    const struct mlt_template_block *blocks = body->section->blocks;
    for (int k = first; k < MLT_TEMPLATE_BLOCKS && blocks[k].name; k++) {
        if (section_has(body->from, blocks[k].name))
            return true;
        if (!(body->lacking & 1u << k))
            continue;
        body->lacking &= ~(1u << k);
        if (!print_block(r, &blocks[k], &body->said, err))
            return false;
    }
    return true;
}

static unsigned lacking_of(const struct rendering *r, const struct body *body)
{
    const bool written = mlt_outline_is_written(body->from);
    unsigned lacking = 0;
    for (int k = 0; k < MLT_TEMPLATE_BLOCKS && body->section->blocks[k].name; k++) {
        const struct mlt_template_block *block = &body->section->blocks[k];
        if (!section_has(body->from, block->name) && !has_block(&r->outline, block->name) &&
            !(block->unless_written && written))
            lacking |= 1u << k;
    }
    return lacking;
}

static int index_of(const struct mlt_template_section *t, const char *name)
{
    for (int k = 0; name && k < MLT_TEMPLATE_BLOCKS && t->blocks[k].name; k++)
        if (strcmp(t->blocks[k].name, name) == 0)
            return k;
    return -1;
}

/* The pieces in their order, and behind each generated one those that follow it in the template and
 * are new. What precedes all that are there stands at the end. */
static bool print_body(struct rendering *r, struct body *body, struct mlt_err *err)
{
    body->lacking = lacking_of(r, body);
    for (size_t i = 0; i < body->from->count; i++) {
        const struct mlt_outline_piece *piece = &body->from->pieces[i];
        int k = index_of(body->section, piece->generated);
        if (!print_piece(r, piece, &body->said, err) ||
            (k >= 0 && !print_lacking(r, body, k + 1, err)))
            return false;
    }
    return print_lacking(r, body, 0, err);
}

static bool print_template_section(struct rendering *r, const struct mlt_template_section *t,
                                   struct mlt_err *err)
{
    struct body body = {.section = t};
    const char *title = t->title ? t->title : mlt_section_title((enum mlt_section)t->section);
    bool carried;
    if (!mlt_template_read(r->source, r->kind, t->section, t->title, r->arena, &body.from, &carried,
                           err))
        return false;
    const bool waits = t->by_hand && !mlt_outline_is_written(body.from);
    print_heading(r, 3, title);
    if (waits)
        mlt_buf_printf(r->out, "\n" MLT_OUTLINE_OPEN ": %s.\n", asked[t->section]);
    if (!print_body(r, &body, err))
        return false;
    if (body.said == 0 && !t->by_hand && t->section >= 0)
        mlt_buf_printf(r->out, "\n" MLT_OUTLINE_OPEN ": %s.\n", asked[t->section]);
    if (t->section >= 0 && carried)
        r->carried |= 1u << t->section;
    if (t->section >= 0 && (body.said == 0 || waits))
        r->open |= 1u << t->section;
    return true;
}

/* The place of a template's section among those that the document has: behind the nearest one
 * that stands before it in the template. -1: before all. */
static int place_of(const struct rendering *r, size_t index)
{
    while (index-- > 0)
        for (size_t i = r->outline.count; i-- > 0;)
            if (is_same(&r->outline.sections[i], &r->template->sections[index]))
                return (int)i;
    return 0;
}

static bool is_missing(const struct rendering *r, const struct mlt_template_section *t)
{
    return !mlt_outline_find(&r->outline, t->section, t->title);
}

static bool print_missing(struct rendering *r, int behind, struct mlt_err *err)
{
    for (size_t i = 0; i < r->template->count; i++)
        if (is_missing(r, &r->template->sections[i]) && place_of(r, i) == behind &&
            !print_template_section(r, &r->template->sections[i], err))
            return false;
    return true;
}

static bool print_own(struct rendering *r, const struct mlt_outline_section *own,
                      struct mlt_err *err)
{
    size_t said = 0;
    for (size_t i = 0; i < r->template->count; i++)
        if (own == mlt_outline_find(&r->outline, r->template->sections[i].section,
                                    r->template->sections[i].title))
            return print_template_section(r, &r->template->sections[i], err);
    if (own->heading)
        print_heading(r, own->level, own->heading);
    for (size_t i = 0; i < own->count; i++)
        if (!print_piece(r, &own->pieces[i], &said, err))
            return false;
    return true;
}

static bool render_once(enum mlt_document_kind kind, const struct mlt_document_source *source,
                        struct mlt_arena *arena, struct mlt_buf *out, unsigned *carried,
                        unsigned *open, struct mlt_err *err)
{
    struct rendering r = {
        .kind = kind, .source = source, .template = templates[kind], .arena = arena, .out = out};
    /* A document that is not there yet has the form of that of the release before. */
    const struct mlt_document_set *like =
        source->old && source->old->document[kind].text ? source->old : source->before;
    if (!mlt_outline_make(like ? like->document[kind].text : NULL,
                          like ? like->document[kind].len : 0, arena, &r.outline, err))
        return false;
    mlt_buf_printf(out, "# Model: %s\n## Version: %s\n", source->facts->model,
                   source->facts->now.version);
    for (size_t i = 0; i < r.outline.count; i++)
        if (!print_own(&r, &r.outline.sections[i], err) || !print_missing(&r, (int)i, err))
            return false;
    *carried = r.carried;
    *open = r.open;
    return mlt_buf_check(out, err);
}

/* A code block that a person left open ends elsewhere once a part was taken away: what came out is
 * read again until nothing moves, so that the next rendering changes nothing. */
enum { MOST_READINGS = 8 };

bool mlt_document_render(enum mlt_document_kind kind, const struct mlt_document_source *source,
                         struct mlt_arena *arena, struct mlt_buf *out, unsigned *carried,
                         unsigned *open, struct mlt_err *err)
{
    struct mlt_document_set set = source->old ? *source->old : (struct mlt_document_set){0};
    struct mlt_document_source again = *source;
    const size_t start = out->len;
    unsigned ignored;
    again.old = &set;
    if (!render_once(kind, source, arena, out, carried, open, err))
        return false;
    for (int i = 1; i < MOST_READINGS; i++) {
        size_t len = out->len - start;
        const char *text = mlt_arena_strndup(arena, out->data + start, len);
        if (!text)
            return mlt_err_oom(err);
        if (set.document[kind].text && set.document[kind].len == len &&
            memcmp(set.document[kind].text, text, len) == 0)
            return true;
        set.document[kind].text = text;
        set.document[kind].len = len;
        out->len = start;
        if (!render_once(kind, &again, arena, out, &ignored, open, err))
            return false;
    }
    return true;
}

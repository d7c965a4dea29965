/* The title, the version, and the sections that a document must have, filled in. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "harness/base/str.h"
#include "harness/documents/check_part.h"

static bool is_comment(const char *html)
{
    html += strspn(html, " \t\n");
    while (mlt_str_starts(html, "<!--")) {
        const char *end = strstr(html, "-->");
        if (!end)
            return false;
        html = end + 3 + strspn(end + 3, " \t\n");
    }
    return *html == '\0';
}

static const struct mlt_block *next_block(const struct mlt_check *c, size_t *at)
{
    while (*at < c->text.count && c->text.blocks[*at].kind == MLT_BLOCK_HTML &&
           is_comment(c->text.blocks[*at].text))
        (*at)++;
    return *at < c->text.count ? &c->text.blocks[(*at)++] : NULL;
}

static void check_heading(struct mlt_check *c, size_t *at, int level, const char *word,
                          const char *value)
{
    const struct mlt_block *block = next_block(c, at);
    const char *sign = level == 1 ? "#" : "##";
    const char *want = mlt_arena_printf(c->arena, "%s: %s", word, value);
    if (!want)
        c->oom = true;
    else if (!block)
        mlt_check_fault(c, 0, "the heading `%s %s` is missing", sign, want);
    else if (block->kind != MLT_BLOCK_HEADING || block->level != level)
        mlt_check_fault(c, block->line, "expected the heading `%s %s` here", sign, want);
    else if (strcmp(block->text, want) != 0)
        mlt_check_fault(c, block->line, "the heading is `%s %s`, but this is `%s %s`", sign,
                        mlt_check_safe(c, block->text), sign, want);
}

static void check_headings(struct mlt_check *c)
{
    size_t at = 0;
    check_heading(c, &at, 1, "Model", c->facts->model);
    check_heading(c, &at, 2, "Version", c->facts->now.version);
    for (; at < c->text.count; at++) {
        const struct mlt_block *b = &c->text.blocks[at];
        bool model = b->kind == MLT_BLOCK_HEADING && strncasecmp(b->text, "Model:", 6) == 0;
        bool version = b->kind == MLT_BLOCK_HEADING && strncasecmp(b->text, "Version:", 8) == 0;
        if (model || version)
            mlt_check_fault(c, b->line, "a second heading `%s`: a document is of one version",
                            mlt_check_safe(c, b->text));
    }
}

static bool is_content(const struct mlt_block *block)
{
    switch (block->kind) {
    case MLT_BLOCK_PARAGRAPH:
    case MLT_BLOCK_CODE:
        return block->text[strspn(block->text, " \t\n")] != '\0';
    case MLT_BLOCK_TABLE:
        return block->row_count > 1;
    case MLT_BLOCK_HEADING:
    case MLT_BLOCK_HTML:
        break;
    }
    return false;
}

static void find_sections(struct mlt_check *c)
{
    int level[MLT_SECTIONS] = {0};
    for (size_t i = 0; i < c->text.count; i++) {
        const struct mlt_block *b = &c->text.blocks[i];
        int section = b->kind == MLT_BLOCK_HEADING ? mlt_section_find(b->text) : -1;
        if (section < 0 || b->level == 1)
            continue;
        struct mlt_check_section *s = &c->section[section];
        if (s->found && b->level == level[section])
            mlt_check_fault(c, b->line, "the section \"%s\" is there twice: first on line %d",
                            mlt_section_title(section), s->line);
        if (s->found && b->level >= level[section])
            continue;
        *s = (struct mlt_check_section){true, b->line, i + 1, i + 1};
        level[section] = b->level;
        while (s->to < c->text.count && (c->text.blocks[s->to].kind != MLT_BLOCK_HEADING ||
                                         c->text.blocks[s->to].level > b->level))
            s->to++;
    }
}

/* A heading that was perhaps meant. */
static const struct mlt_block *nearest_heading(const struct mlt_check *c, const char *title)
{
    for (size_t i = 0; i < c->text.count; i++) {
        const struct mlt_block *b = &c->text.blocks[i];
        const char *const words[] = {title, NULL};
        if (b->kind == MLT_BLOCK_HEADING && strlen(b->text) < 100 &&
            mlt_section_find(b->text) < 0 && mlt_str_nearest(b->text, words))
            return b;
    }
    return NULL;
}

static void check_section(struct mlt_check *c, enum mlt_section section)
{
    const struct mlt_check_section *s = &c->section[section];
    const char *title = mlt_section_title(section);
    if (!s->found) {
        const struct mlt_block *near = nearest_heading(c, title);
        if (near)
            mlt_check_fault(c, near->line, "the section \"%s\" is missing: is `%s` meant to be it?",
                            title, mlt_check_safe(c, near->text));
        else
            mlt_check_fault(c, 0, "the section \"%s\" is missing: add `### %s`", title, title);
        return;
    }
    for (size_t i = s->from; i < s->to; i++)
        if (is_content(&c->text.blocks[i]))
            return;
    mlt_check_fault(c, s->line, "the section \"%s\" is empty", title);
}

void mlt_check_sections(struct mlt_check *c)
{
    check_headings(c);
    find_sections(c);
    for (int i = 0; i < MLT_SECTIONS; i++)
        if (mlt_document_forms[c->kind].sections & (1u << i))
            check_section(c, i);
}

/* The whole of a paragraph or cell that nobody has filled in yet, in small letters. */
static const char *const placeholders[] = {"tbd",
                                           "tba",
                                           "todo",
                                           "fixme",
                                           "xxx",
                                           "to be written",
                                           "to be done",
                                           "to be added",
                                           "to be defined",
                                           "to be determined",
                                           "to do",
                                           "fill in",
                                           "fill me in",
                                           "coming soon",
                                           "placeholder",
                                           "write me",
                                           "work in progress",
                                           "wip",
                                           "...",
                                           "…",
                                           "?",
                                           "???",
                                           NULL};
/* What such a one starts with. */
static const char *const openings[] = {
    "todo:", "tbd:", "fixme:", "to be written:", "lorem ipsum", "to be written.", NULL};
static const char *const places[] = {"{model_name}",  "{version}",       "{model_description}",
                                     "{changelog}",   "{api_details}",   "{metrics_table}",
                                     "{limitations}", "{code_examples}", NULL};

static bool is_placeholder(const char *text)
{
    char small[64];
    size_t len = 0, end = strlen(text);
    text += strspn(text, " \t\n(<[");
    for (const char *const *opening = openings; *opening; opening++)
        if (strncasecmp(text, *opening, strlen(*opening)) == 0)
            return true;
    end = strlen(text);
    while (end > 0 && strchr(" \t\n)>].!", text[end - 1]) && strspn(text, ".") < end)
        end--;
    if (end == 0 || end >= sizeof small)
        return false;
    for (; len < end; len++)
        small[len] = (char)tolower((unsigned char)text[len]);
    small[len] = '\0';
    for (const char *const *word = placeholders; *word; word++)
        if (strcmp(small, *word) == 0)
            return true;
    return false;
}

static const char *place_in(const char *text)
{
    for (const char *const *place = places; *place; place++)
        if (strstr(text, *place))
            return *place;
    return NULL;
}

static void check_open(struct mlt_check *c, int line, const char *text)
{
    const char *place = place_in(text);
    if (place)
        mlt_check_fault(c, line, "`%s` is a place of the template that nobody has filled in",
                        place);
    else if (is_placeholder(text))
        mlt_check_fault(c, line, "`%s` waits for somebody to write it", mlt_check_safe(c, text));
}

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A version of this model that the text goes on with behind the model's name; its bytes. */
static size_t version_behind(const struct mlt_check *c, const char *at, const char **version)
{
    size_t model = strlen(c->facts->model);
    if (strncmp(at, c->facts->model, model) != 0 || !at[model] || !strchr("@/-", at[model]))
        return 0;
    *version = at + model + 1;
    if (**version == 'v')
        (*version)++;
    return mlt_check_version(*version);
}

static bool is_this_version(const struct mlt_check *c, const char *at)
{
    size_t len = strlen(c->facts->now.version);
    char next = strncmp(at, c->facts->now.version, len) == 0 ? at[len] : 'x';
    return !isalnum((unsigned char)next) && next != '-' &&
           (next != '.' || !isdigit((unsigned char)at[len + 1]));
}

/* "MODEL@1.0.0", "MODEL-1.0.0.ubj" and ".../MODEL/v1.0.0" are of this version, but on a line that
 * names this version's too: there two versions are spoken of. */
static void check_line_versions(struct mlt_check *c, int line, const char *text, size_t len)
{
    const char *version, *other = NULL;
    size_t other_len = 0;
    for (size_t i = 0; i < len; i++) {
        size_t bytes = version_behind(c, text + i, &version);
        if (bytes == 0 || version >= text + len)
            continue;
        if (is_this_version(c, version))
            return;
        other = text + i;
        other_len = (size_t)(version - other) + bytes;
    }
    if (!other)
        return;
    const char *said = mlt_arena_strndup(c->arena, other, other_len);
    c->oom = c->oom || !said;
    mlt_check_fault(c, line, "`%s` is another version than %s, which this document is of",
                    mlt_check_safe(c, said ? said : ""), c->facts->now.version);
}

static void check_versions(struct mlt_check *c, int line, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        check_line_versions(c, line++, text, len);
        text += len + min_size(1, strlen(text + len));
    }
}

static bool is_run_id(const char *at)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    return strspn(at, alphabet) == 26 && !isalnum((unsigned char)at[26]) && at[26] != '_';
}

static void check_runs(struct mlt_check *c, const struct mlt_block *block)
{
    for (const char *at = block->text; *at; at++) {
        bool known = false;
        if ((at > block->text && isalnum((unsigned char)at[-1])) || !is_run_id(at))
            continue;
        for (size_t i = 0; i < c->facts->run_count; i++)
            known = known || strncmp(c->facts->runs[i].run_id, at, 26) == 0;
        if (!known)
            mlt_check_fault(c, mlt_check_line(block, at),
                            "run `%.26s` is not at hand, so that nothing shows its figures: name a "
                            "run of this version that the registry keeps",
                            at);
        at += 25;
    }
}

static void check_block_words(struct mlt_check *c, size_t at)
{
    const struct mlt_block *b = &c->text.blocks[at];
    int section = mlt_check_section_of(c, at);
    bool past = section == MLT_SECTION_CHANGES || section == MLT_SECTION_HISTORY;
    if (b->kind == MLT_BLOCK_HTML && !is_comment(b->text))
        mlt_check_fault(c, b->line,
                        "raw HTML is neither checked nor published: write Markdown (a comment "
                        "ends with -->)");
    if (b->kind == MLT_BLOCK_PARAGRAPH || b->kind == MLT_BLOCK_HEADING)
        check_open(c, b->line, b->text);
    if (b->kind != MLT_BLOCK_HTML && !past) {
        check_versions(c, b->text_line, b->text);
        for (size_t i = 0; i < b->link_count; i++)
            check_versions(c, b->line, b->links[i]);
    }
    if (b->kind == MLT_BLOCK_PARAGRAPH && !past)
        check_runs(c, b);
    for (size_t i = 0; i < b->row_count; i++) {
        for (size_t k = 0; k < b->rows[i].count; k++) {
            check_open(c, b->rows[i].line, b->rows[i].cells[k].text);
            if (!past)
                check_versions(c, b->rows[i].line, b->rows[i].cells[k].text);
        }
    }
}

void mlt_check_words(struct mlt_check *c)
{
    for (size_t i = 0; i < c->text.count && !c->oom; i++)
        check_block_words(c, i);
}

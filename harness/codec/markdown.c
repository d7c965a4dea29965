#include "harness/codec/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/base/str.h"
#include "harness/codec/markdown_bounds.h"

/* The library keeps its extensions in a list of the process, which it fills on the first call
 * without any lock. So that call is made before there are threads. Of the extensions only tables
 * are used: parsing with one that has characters of its own would write to tables of the process.
 */
__attribute__((constructor)) static void register_extensions(void)
{
    cmark_gfm_core_extensions_ensure_registered();
}

struct reading {
    struct mlt_arena *arena;
    struct mlt_buf text; /* scratch */
    size_t block_capacity;
    size_t link_capacity; /* of the block at hand */
    struct mlt_markdown *out;
};

static bool parse_tree(const char *file, const char *text, size_t len, cmark_parser **parser,
                       cmark_node **root, struct mlt_err *err)
{
    if (!mlt_markdown_bounds_check(file, text, len, err))
        return false;
    cmark_syntax_extension *tables = cmark_find_syntax_extension("table");
    *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    if (!*parser || !tables || !cmark_parser_attach_syntax_extension(*parser, tables)) {
        if (*parser)
            cmark_parser_free(*parser);
        return mlt_err_oom(err);
    }
    cmark_parser_feed(*parser, text, len);
    *root = cmark_parser_finish(*parser);
    if (*root)
        return true;
    cmark_parser_free(*parser);
    return mlt_err_oom(err);
}

static bool is_a(cmark_node *node, const char *type)
{
    return strcmp(cmark_node_get_type_string(node), type) == 0;
}

static void append_inline(cmark_node *node, struct mlt_buf *out)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
    case CMARK_NODE_CODE:
        mlt_buf_puts(out, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
        mlt_buf_putc(out, '\n');
        break;
    default:
        break;
    }
}

static bool add_link(struct reading *r, cmark_node *node, struct mlt_block *block)
{
    const char *url = cmark_node_get_url(node);
    char *kept = mlt_arena_strdup(r->arena, url ? url : "");
    const char **links = mlt_arena_grow(r->arena, (void *)block->links, block->link_count,
                                        &r->link_capacity, sizeof *links);
    if (!kept || !links)
        return false;
    block->links = links;
    block->links[block->link_count++] = kept;
    return true;
}

/* The text below a node, trimmed, in the arena; its links go to the block. NULL: no memory. */
static char *text_below(struct reading *r, cmark_node *root, struct mlt_block *block)
{
    bool ok = true;
    mlt_buf_clear(&r->text);
    /* An iterator, as emphasis may be nested deeper than a stack is. */
    cmark_iter *iter = cmark_iter_new(root);
    if (!iter)
        return NULL;
    for (cmark_event_type event; ok && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (event != CMARK_EVENT_ENTER)
            continue;
        cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
            ok = add_link(r, node, block);
        append_inline(node, &r->text);
    }
    cmark_iter_free(iter);
    if (!ok || r->text.oom)
        return NULL;
    const char *start = r->text.data, *end = start + r->text.len;
    while (start < end && (*start == ' ' || *start == '\t'))
        start++;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return mlt_arena_strndup(r->arena, start, (size_t)(end - start));
}

static size_t children(cmark_node *node)
{
    size_t count = 0;
    for (cmark_node *at = cmark_node_first_child(node); at; at = cmark_node_next(at))
        count++;
    return count;
}

static bool read_row(struct reading *r, cmark_node *node, struct mlt_block *block)
{
    struct mlt_table_row *row = &block->rows[block->row_count++];
    row->line = cmark_node_get_start_line(node);
    row->cells = mlt_arena_calloc(r->arena, children(node), sizeof *row->cells);
    if (!row->cells)
        return false;
    for (cmark_node *at = cmark_node_first_child(node); at; at = cmark_node_next(at)) {
        char *text = text_below(r, at, block);
        if (!text)
            return false;
        row->cells[row->count++].text = text;
    }
    return true;
}

static bool read_table(struct reading *r, cmark_node *node, struct mlt_block *block)
{
    block->rows = mlt_arena_calloc(r->arena, children(node), sizeof *block->rows);
    if (!block->rows)
        return false;
    for (cmark_node *at = cmark_node_first_child(node); at; at = cmark_node_next(at))
        if (!read_row(r, at, block))
            return false;
    return true;
}

static bool block_kind(cmark_node *node, enum mlt_block_kind *kind)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
        *kind = MLT_BLOCK_HEADING;
        return true;
    case CMARK_NODE_PARAGRAPH:
        *kind = MLT_BLOCK_PARAGRAPH;
        return true;
    case CMARK_NODE_CODE_BLOCK:
        *kind = MLT_BLOCK_CODE;
        return true;
    case CMARK_NODE_HTML_BLOCK:
        *kind = MLT_BLOCK_HTML;
        return true;
    default:
        *kind = MLT_BLOCK_TABLE;
        return is_a(node, "table");
    }
}

static bool read_block(struct reading *r, cmark_node *node, enum mlt_block_kind kind)
{
    struct mlt_markdown *out = r->out;
    struct mlt_block *blocks =
        mlt_arena_grow(r->arena, out->blocks, out->count, &r->block_capacity, sizeof *blocks);
    if (!blocks)
        return false;
    out->blocks = blocks;
    struct mlt_block *block = &blocks[out->count++];
    *block = (struct mlt_block){.kind = kind, .text = "", .info = ""};
    block->line = block->text_line = cmark_node_get_start_line(node);
    block->level = cmark_node_get_heading_level(node);
    r->link_capacity = 0;
    if (kind == MLT_BLOCK_TABLE)
        return read_table(r, node, block);
    if (kind == MLT_BLOCK_HEADING || kind == MLT_BLOCK_PARAGRAPH)
        return (block->text = text_below(r, node, block)) != NULL;
    if (kind == MLT_BLOCK_CODE) {
        int fence_length, fence_offset;
        char fence;
        if (cmark_node_get_fenced(node, &fence_length, &fence_offset, &fence))
            block->text_line++;
        block->info = mlt_arena_strdup(r->arena, cmark_node_get_fence_info(node));
    }
    block->text = mlt_arena_strdup(r->arena, cmark_node_get_literal(node));
    return block->text && block->info;
}

static bool read_tree(struct reading *r, cmark_node *root, struct mlt_err *err)
{
    bool ok = true;
    cmark_iter *iter = cmark_iter_new(root);
    if (!iter)
        return mlt_err_oom(err);
    for (cmark_event_type event; ok && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(iter);
        enum mlt_block_kind kind;
        if (event == CMARK_EVENT_ENTER && block_kind(node, &kind))
            ok = read_block(r, node, kind);
    }
    cmark_iter_free(iter);
    return ok || mlt_err_oom(err);
}

bool mlt_markdown_parse(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                        struct mlt_markdown *out, struct mlt_err *err)
{
    cmark_parser *parser;
    cmark_node *root;
    struct mlt_markdown read = {0};
    struct reading r = {.arena = arena, .text = MLT_BUF_INIT, .out = &read};
    if (!parse_tree(file, text, len, &parser, &root, err))
        return false;
    bool ok = read_tree(&r, root, err);
    mlt_buf_free(&r.text);
    cmark_node_free(root);
    cmark_parser_free(parser);
    if (ok)
        *out = read;
    return ok;
}

/* A list of what is known to be harmless; what runs code has many spellings. */
static bool url_is_safe(const char *url)
{
    size_t scheme = strcspn(url, ":/?#");
    if (url[scheme] != ':')
        return true;
    return (scheme == 4 && strncasecmp(url, "http", scheme) == 0) ||
           (scheme == 5 && strncasecmp(url, "https", scheme) == 0) ||
           (scheme == 6 && strncasecmp(url, "mailto", scheme) == 0);
}

static bool drop_unsafe_links(cmark_node *root)
{
    cmark_iter *iter = cmark_iter_new(root);
    if (!iter)
        return false;
    bool ok = true;
    for (cmark_event_type event; ok && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        if (event != CMARK_EVENT_ENTER || (type != CMARK_NODE_LINK && type != CMARK_NODE_IMAGE))
            continue;
        const char *url = cmark_node_get_url(node);
        if (url && !url_is_safe(url))
            ok = cmark_node_set_url(node, "");
    }
    cmark_iter_free(iter);
    return ok;
}

bool mlt_markdown_to_html(const char *file, const char *text, size_t len, struct mlt_buf *out,
                          struct mlt_err *err)
{
    cmark_parser *parser;
    cmark_node *root;
    if (!parse_tree(file, text, len, &parser, &root, err))
        return false;
    char *html = NULL;
    if (drop_unsafe_links(root))
        html =
            cmark_render_html(root, CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(parser));
    if (html)
        mlt_buf_puts(out, html);
    free(html);
    cmark_node_free(root);
    cmark_parser_free(parser);
    return html ? mlt_buf_check(out, err) : mlt_err_oom(err);
}

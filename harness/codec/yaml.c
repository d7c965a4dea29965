#include "harness/codec/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "harness/base/buf.h"
#include "harness/base/str.h"

enum { TEXT_MAX = 1024 * 1024, DEPTH_MAX = 32, NODES_MAX = 100000, ANCHORS_MAX = 1000 };

/* What the bounds need to know beside what the reader sees. */
struct node {
    struct mlt_yaml yaml;
    size_t size; /* nodes below and including this one, aliases expanded */
    int height;  /* 1 for a scalar */
};

struct anchor {
    const char *name;
    struct node *node;
    bool whole; /* its last child has been read */
};

struct loader {
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event;
    const char *file, *text;
    size_t len;
    struct mlt_arena *arena;
    struct anchor *anchors;
    size_t anchor_count, anchor_capacity;
    size_t nodes;
    struct mlt_err *err;
};

static bool parse_node(struct loader *l, int depth, struct node **out);

static bool fault_at(struct loader *l, yaml_mark_t mark, const char *fmt, ...) MLT_PRINTF(3, 4);

static bool fault_at(struct loader *l, yaml_mark_t mark, const char *fmt, ...)
{
    char what[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return mlt_err_set(l->err, MLT_ERR_USAGE, "%s:%zu:%zu: %s", l->file, mark.line + 1,
                       mark.column + 1, what);
}

/* The reader of libyaml knows only a byte offset. */
static yaml_mark_t mark_of_offset(const struct loader *l, size_t offset)
{
    yaml_mark_t mark = {offset, 0, 0};
    for (size_t i = 0; i < offset && i < l->len; i++) {
        mark.column++;
        if (l->text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

static bool parser_fault(struct loader *l)
{
    const yaml_parser_t *p = &l->parser;
    const char *problem = p->problem ? p->problem : "not valid YAML";
    if (p->error == YAML_MEMORY_ERROR)
        return mlt_err_oom(l->err);
    if (p->error == YAML_READER_ERROR)
        return fault_at(l, mark_of_offset(l, p->problem_offset), "%s", problem);
    if (p->context)
        return fault_at(l, p->problem_mark, "%s (%s)", problem, p->context);
    return fault_at(l, p->problem_mark, "%s", problem);
}

static void drop_event(struct loader *l)
{
    if (l->has_event)
        yaml_event_delete(&l->event);
    l->has_event = false;
}

static bool next_event(struct loader *l)
{
    drop_event(l);
    l->has_event = yaml_parser_parse(&l->parser, &l->event) == 1;
    return l->has_event || parser_fault(l);
}

static bool count_nodes(struct loader *l, size_t more)
{
    l->nodes += more;
    return l->nodes <= NODES_MAX ||
           fault_at(l, l->event.start_mark, "more than %d values, aliases expanded", NODES_MAX);
}

static struct node *new_node(struct loader *l, enum mlt_yaml_kind kind)
{
    struct node *node = mlt_arena_alloc(l->arena, sizeof *node);
    if (!node) {
        mlt_err_oom(l->err);
        return NULL;
    }
    node->yaml.kind = kind;
    node->yaml.file = l->file;
    node->yaml.line = (int)l->event.start_mark.line + 1;
    node->yaml.column = (int)l->event.start_mark.column + 1;
    node->size = 1;
    node->height = 1;
    return node;
}

/* `index` is where the anchor stands, for its end; anchor NULL: none. */
static bool add_anchor(struct loader *l, const yaml_char_t *name, struct node *node, size_t *index)
{
    *index = l->anchor_count;
    if (!name)
        return true;
    if (l->anchor_count == ANCHORS_MAX)
        return fault_at(l, l->event.start_mark, "more than %d anchors", ANCHORS_MAX);
    struct anchor *grown = mlt_arena_grow(l->arena, l->anchors, l->anchor_count,
                                          &l->anchor_capacity, sizeof *l->anchors);
    char *copy = mlt_arena_strdup(l->arena, (const char *)name);
    if (!grown || !copy)
        return mlt_err_oom(l->err);
    l->anchors = grown;
    l->anchors[l->anchor_count++] = (struct anchor){copy, node, false};
    return true;
}

static void close_anchor(struct loader *l, size_t index, const struct node *node)
{
    if (index < l->anchor_count && l->anchors[index].node == node)
        l->anchors[index].whole = true;
}

static bool parse_alias(struct loader *l, int depth, struct node **out)
{
    const char *name = (const char *)l->event.data.alias.anchor;
    /* A later anchor of the same name replaces an earlier one. */
    for (size_t i = l->anchor_count; i-- > 0;) {
        const struct anchor *anchor = &l->anchors[i];
        if (strcmp(anchor->name, name) != 0)
            continue;
        if (!anchor->whole)
            return fault_at(l, l->event.start_mark, "the alias *%.64s contains itself", name);
        if (depth + anchor->node->height - 1 > DEPTH_MAX)
            return fault_at(l, l->event.start_mark, "nested deeper than %d", DEPTH_MAX);
        *out = anchor->node;
        return count_nodes(l, anchor->node->size);
    }
    return fault_at(l, l->event.start_mark, "the alias *%.64s has no anchor before it", name);
}

static bool refuse_tag(struct loader *l, const yaml_char_t *tag)
{
    return !tag || fault_at(l, l->event.start_mark, "the tag %.64s is not accepted: write plain YAML",
                            (const char *)tag);
}

static bool parse_scalar(struct loader *l, struct node **out)
{
    const char *text = (const char *)l->event.data.scalar.value;
    size_t len = l->event.data.scalar.length, index;
    if (!refuse_tag(l, l->event.data.scalar.tag))
        return false;
    if (strlen(text) != len)
        return fault_at(l, l->event.start_mark, "a NUL character in a text is not accepted");
    struct node *node = new_node(l, MLT_YAML_SCALAR);
    if (!node)
        return false;
    node->yaml.text = mlt_arena_strndup(l->arena, text, len);
    node->yaml.quoted = l->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (!node->yaml.text)
        return mlt_err_oom(l->err);
    if (!add_anchor(l, l->event.data.scalar.anchor, node, &index))
        return false;
    close_anchor(l, index, node);
    *out = node;
    return count_nodes(l, 1);
}

static bool add_child(struct loader *l, struct node *parent, size_t *capacity, struct node *key,
                      struct node *value)
{
    struct mlt_yaml *yaml = &parent->yaml;
    size_t keys_capacity = *capacity;
    struct mlt_yaml **values =
        mlt_arena_grow(l->arena, yaml->values, yaml->count, capacity, sizeof *values);
    if (!values)
        return mlt_err_oom(l->err);
    yaml->values = values;
    if (key) {
        struct mlt_yaml **keys =
            mlt_arena_grow(l->arena, yaml->keys, yaml->count, &keys_capacity, sizeof *keys);
        if (!keys)
            return mlt_err_oom(l->err);
        keys[yaml->count] = &key->yaml;
        yaml->keys = keys;
    }
    yaml->values[yaml->count++] = &value->yaml;
    parent->size += value->size + (key ? 1 : 0);
    if (value->height + 1 > parent->height)
        parent->height = value->height + 1;
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    const struct mlt_yaml *x = *(struct mlt_yaml *const *)a, *y = *(struct mlt_yaml *const *)b;
    int order = strcmp(x->text, y->text);
    if (order == 0)
        order = (x->line > y->line) - (x->line < y->line);
    return order ? order : (x->column > y->column) - (x->column < y->column);
}

static bool refuse_duplicates(struct loader *l, const struct mlt_yaml *mapping)
{
    if (mapping->count < 2)
        return true;
    size_t bytes = mapping->count * sizeof *mapping->keys;
    struct mlt_yaml **sorted = malloc(bytes);
    if (!sorted)
        return mlt_err_oom(l->err);
    memcpy(sorted, mapping->keys, bytes);
    qsort(sorted, mapping->count, sizeof *sorted, compare_keys);
    const struct mlt_yaml *first = NULL, *again = NULL;
    for (size_t i = 1; i < mapping->count && !again; i++) {
        if (strcmp(sorted[i]->text, sorted[i - 1]->text) == 0) {
            first = sorted[i - 1];
            again = sorted[i];
        }
    }
    free(sorted);
    if (!again)
        return true;
    struct mlt_buf shown = MLT_BUF_INIT;
    mlt_str_append_safe(&shown, again->text, strlen(again->text), 64);
    mlt_yaml_fault(again, l->err, "the key '%s' is there twice (first on line %d)", shown.data,
                   first->line);
    mlt_buf_free(&shown);
    return false;
}

static bool parse_key(struct loader *l, struct node **out)
{
    if (l->event.type != YAML_SCALAR_EVENT)
        return fault_at(l, l->event.start_mark, "a key must be plain text, not %s",
                        l->event.type == YAML_ALIAS_EVENT ? "an alias" : "a mapping or a list");
    if (!parse_scalar(l, out))
        return false;
    const struct mlt_yaml *key = &(*out)->yaml;
    return key->text[0] || key->quoted || mlt_yaml_fault(key, l->err, "a key is missing before ':'");
}

/* A sequence or a mapping, at its start event; `end` is the event that closes it. */
static bool parse_children(struct loader *l, int depth, bool mapping, struct node **out)
{
    yaml_event_type_t end = mapping ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    const yaml_event_t *start = &l->event;
    const yaml_char_t *anchor =
        mapping ? start->data.mapping_start.anchor : start->data.sequence_start.anchor;
    const yaml_char_t *tag = mapping ? start->data.mapping_start.tag : start->data.sequence_start.tag;
    size_t index, capacity = 0;
    if (!refuse_tag(l, tag))
        return false;
    struct node *node = new_node(l, mapping ? MLT_YAML_MAPPING : MLT_YAML_SEQUENCE);
    if (!node || !add_anchor(l, anchor, node, &index) || !count_nodes(l, 1))
        return false;
    while (next_event(l)) {
        struct node *key = NULL, *value;
        if (l->event.type == end) {
            close_anchor(l, index, node);
            *out = node;
            return !mapping || refuse_duplicates(l, &node->yaml);
        }
        if (mapping && (!parse_key(l, &key) || !next_event(l)))
            return false;
        if (!parse_node(l, depth + 1, &value) || !add_child(l, node, &capacity, key, value))
            return false;
    }
    return false;
}

/* At the node's first event. */
static bool parse_node(struct loader *l, int depth, struct node **out)
{
    if (depth > DEPTH_MAX)
        return fault_at(l, l->event.start_mark, "nested deeper than %d", DEPTH_MAX);
    switch (l->event.type) {
    case YAML_ALIAS_EVENT:
        return parse_alias(l, depth, out);
    case YAML_SCALAR_EVENT:
        return parse_scalar(l, out);
    case YAML_SEQUENCE_START_EVENT:
        return parse_children(l, depth, false, out);
    case YAML_MAPPING_START_EVENT:
        return parse_children(l, depth, true, out);
    default:
        return fault_at(l, l->event.start_mark, "expected a value");
    }
}

static bool parse_stream(struct loader *l, struct node **out)
{
    *out = NULL;
    if (!next_event(l) || !next_event(l)) /* the stream's start, then a document or the end */
        return false;
    if (l->event.type == YAML_STREAM_END_EVENT)
        return true;
    if (!next_event(l) || !parse_node(l, 1, out))
        return false;
    if (!next_event(l) || !next_event(l)) /* the document's end, then the stream's */
        return false;
    if (l->event.type != YAML_STREAM_END_EVENT)
        return fault_at(l, l->event.start_mark, "a second document starts here; one is accepted");
    return true;
}

bool mlt_yaml_parse(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                    struct mlt_yaml **out, struct mlt_err *err)
{
    struct loader l = {.text = text, .len = len, .arena = arena, .err = err};
    struct node *root;
    if (len > TEXT_MAX)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s: larger than %d bytes", file, TEXT_MAX);
    l.file = mlt_arena_strdup(arena, file);
    if (!l.file || !yaml_parser_initialize(&l.parser))
        return mlt_err_oom(err);
    yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
    /* With the encoding set, libyaml takes a byte order mark for text. */
    size_t mark = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    yaml_parser_set_input_string(&l.parser, (const unsigned char *)text + mark, len - mark);
    bool ok = parse_stream(&l, &root);
    drop_event(&l);
    yaml_parser_delete(&l.parser);
    /* A document of one empty value, as "---" gives, is as empty as no document. */
    if (ok)
        *out = root && !(root->yaml.kind == MLT_YAML_SCALAR && !root->yaml.quoted &&
                         root->yaml.text[0] == '\0')
                   ? &root->yaml
                   : NULL;
    return ok;
}

const struct mlt_yaml *mlt_yaml_get(const struct mlt_yaml *node, const char *key)
{
    if (!node || node->kind != MLT_YAML_MAPPING)
        return NULL;
    for (size_t i = 0; i < node->count; i++)
        if (strcmp(node->keys[i]->text, key) == 0)
            return node->values[i];
    return NULL;
}

bool mlt_yaml_is_null(const struct mlt_yaml *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    if (!node || node->kind != MLT_YAML_SCALAR || node->quoted)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(node->text, words[i]) == 0)
            return true;
    return false;
}

const char *mlt_yaml_kind_name(const struct mlt_yaml *node)
{
    switch (node->kind) {
    case MLT_YAML_MAPPING:
        return "a mapping";
    case MLT_YAML_SEQUENCE:
        return "a list";
    case MLT_YAML_SCALAR:
        break;
    }
    return "text";
}

bool mlt_yaml_fault(const struct mlt_yaml *node, struct mlt_err *err, const char *fmt, ...)
{
    char what[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return mlt_err_set(err, MLT_ERR_USAGE, "%s:%d:%d: %s", node->file, node->line, node->column,
                       what);
}

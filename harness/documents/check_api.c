/* Tables of the API specification against the contract. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "harness/base/str.h"
#include "harness/documents/check_part.h"
#include "harness/documents/shown.h"

/* An input, a setting or the output, by what a table may say of it. */
struct field {
    const char *what; /* "input" */
    const char *name, *type, *unit, *fallback, *stability;
    const char *const *type_words;
    double min, max;
    bool nullable, required, is_output, is_share;
    const char *const *values;
    size_t value_count;
    bool seen;
};

struct api {
    struct mlt_check *c;
    struct field *fields;
    size_t count;
};

enum head {
    HEAD_OTHER, /* not looked at */
    HEAD_NAME,
    HEAD_TYPE,
    HEAD_UNIT,
    HEAD_MIN,
    HEAD_MAX,
    HEAD_RANGE,
    HEAD_VALUES,
    HEAD_NULLABLE,
    HEAD_REQUIRED,
    HEAD_OPTIONAL,
    HEAD_DEFAULT,
    HEAD_STABILITY,
};

static const struct {
    const char *word;
    enum head head;
} heads[] = {
    {"type", HEAD_TYPE},         {"datatype", HEAD_TYPE},
    {"unit", HEAD_UNIT},         {"units", HEAD_UNIT},
    {"min", HEAD_MIN},           {"minimum", HEAD_MIN},
    {"max", HEAD_MAX},           {"maximum", HEAD_MAX},
    {"range", HEAD_RANGE},       {"bounds", HEAD_RANGE},
    {"values", HEAD_VALUES},     {"enum", HEAD_VALUES},
    {"oneof", HEAD_VALUES},      {"allowedvalues", HEAD_VALUES},
    {"categories", HEAD_VALUES}, {"labels", HEAD_VALUES},
    {"nullable", HEAD_NULLABLE}, {"null", HEAD_NULLABLE},
    {"required", HEAD_REQUIRED}, {"optional", HEAD_OPTIONAL},
    {"default", HEAD_DEFAULT},   {"stability", HEAD_STABILITY},
};

/* Heads of the column of names, and what they say of it. */
static const struct {
    const char *word, *what;
} names[] = {
    {"input", "input"},    {"inputs", "input"},    {"feature", "input"},    {"output", "output"},
    {"outputs", "output"}, {"setting", "setting"}, {"settings", "setting"}, {"field", NULL},
    {"fields", NULL},      {"name", NULL},         {"parameter", NULL},     {"option", NULL},
    {"key", NULL},
};

static const char *const number_words[] = {"number", "float", "double", "real", "decimal", NULL};
static const char *const integer_words[] = {"integer", "int", NULL};
static const char *const string_words[] = {"string", "text", "str", NULL};
static const char *const category_words[] = {"category", "categorical", "enum", NULL};
static const char *const boolean_words[] = {"boolean", "bool", NULL};
static const char *const *const input_types[] = {
    [MLT_INPUT_NUMBER] = number_words,   [MLT_INPUT_INTEGER] = integer_words,
    [MLT_INPUT_STRING] = string_words,   [MLT_INPUT_CATEGORY] = category_words,
    [MLT_INPUT_BOOLEAN] = boolean_words,
};
static const char *const probability_words[] = {"probability", NULL};
static const char *const label_words[] = {"label", "class", NULL};
static const char *const probabilities_words[] = {"probabilities", NULL};
static const char *const *const output_types[] = {
    [MLT_OUTPUT_NUMBER] = number_words, [MLT_OUTPUT_PROBABILITY] = probability_words,
    [MLT_OUTPUT_LABEL] = label_words,   [MLT_OUTPUT_PROBABILITIES] = probabilities_words,
    [MLT_OUTPUT_TEXT] = string_words,
};

static struct field field_of(const char *what, const struct mlt_input *in)
{
    return (struct field){.what = what,
                          .name = in->name,
                          .type_words = input_types[in->type],
                          .unit = in->unit,
                          .min = in->min,
                          .max = in->max,
                          .nullable = in->nullable,
                          .required = in->required,
                          .values = in->categories,
                          .value_count = in->categories ? in->category_count : 0,
                          .fallback = in->fallback,
                          .stability = in->stability ? in->stability : "stable"};
}

static struct field field_of_output(const struct mlt_output *out)
{
    return (struct field){.what = "output",
                          .is_output = true,
                          .is_share = out->type == MLT_OUTPUT_PROBABILITY ||
                                      out->type == MLT_OUTPUT_PROBABILITIES,
                          .name = out->name ? out->name : "",
                          .type_words = output_types[out->type],
                          .unit = out->unit,
                          .min = out->min,
                          .max = out->max,
                          .values = out->labels,
                          .value_count = out->labels ? out->label_count : 0,
                          .stability = out->stability ? out->stability : "stable"};
}

static bool list_fields(struct api *api)
{
    const struct mlt_contract *contract = api->c->facts->now.contract;
    size_t count = contract->input_count + contract->setting_count + 1;
    api->fields = mlt_arena_calloc(api->c->arena, count, sizeof *api->fields);
    if (!api->fields) {
        api->c->oom = true;
        return false;
    }
    for (size_t i = 0; i < contract->input_count; i++)
        api->fields[api->count++] = field_of("input", &contract->inputs[i]);
    api->fields[api->count++] = field_of_output(&contract->output);
    for (size_t i = 0; i < contract->setting_count; i++)
        api->fields[api->count++] = field_of("setting", &contract->settings[i]);
    return true;
}

static struct field *find(const struct api *api, const char *what, const char *name)
{
    for (size_t i = 0; i < api->count; i++)
        if (strcmp(api->fields[i].name, name) == 0 &&
            (!what || strcmp(api->fields[i].what, what) == 0))
            return &api->fields[i];
    return NULL;
}

static const char *nearest(const struct api *api, const char *what, const char *name)
{
    const char **words = mlt_arena_calloc(api->c->arena, api->count + 1, sizeof *words);
    size_t count = 0;
    for (size_t i = 0; words && i < api->count; i++)
        if (!what || strcmp(api->fields[i].what, what) == 0)
            words[count++] = api->fields[i].name;
    api->c->oom = api->c->oom || !words;
    return words && strlen(name) < 200 ? mlt_str_nearest(name, words) : NULL;
}

/* Where a cell stands, for the sentence. */
struct place {
    struct mlt_check *c;
    const struct field *field;
    int line;
    const char *head, *cell;
};

static void differs(const struct place *p, const char *want)
{
    mlt_check_fault(p->c, p->line, "%s `%s`: %s is `%s` here, but %s in config.json",
                    p->field->what, mlt_check_safe(p->c, p->field->name),
                    mlt_check_safe(p->c, p->head), mlt_check_safe(p->c, p->cell), want);
}

static const char *quoted(const struct place *p, const char *text)
{
    const char *kept = mlt_arena_printf(p->c->arena, "`%s`", mlt_check_safe(p->c, text));
    p->c->oom = p->c->oom || !kept;
    return kept ? kept : "";
}

static void check_type(const struct place *p)
{
    size_t len = strcspn(p->cell, " ,;(|");
    for (const char *const *word = p->field->type_words; *word; word++)
        if (strlen(*word) == len && strncasecmp(p->cell, *word, len) == 0)
            return;
    differs(p, quoted(p, p->field->type_words[0]));
}

/* An absent text may be shown as nothing, in several ways. */
static void check_text(const struct place *p, const char *want)
{
    double a, b;
    if (want && strcmp(p->cell, want) == 0)
        return;
    if (!want && mlt_check_is_nothing(p->cell))
        return;
    if (want && mlt_str_parse_double(p->cell, strlen(p->cell), &a) &&
        mlt_str_parse_double(want, strlen(want), &b) && a == b)
        return;
    differs(p, want ? quoted(p, want) : "none");
}

static const char *bound_text(const struct place *p, double bound)
{
    char number[MLT_DOUBLE_CHARS];
    if (isnan(bound))
        return "none";
    const char *kept = mlt_arena_strdup(p->c->arena, mlt_str_format_double(bound, number));
    p->c->oom = p->c->oom || !kept;
    return kept ? kept : "";
}

static void check_bound(const struct place *p, double bound, double of_share)
{
    struct mlt_shown shown;
    const char *at = mlt_shown_skip(p->cell);
    bool number = mlt_shown_read(at, &shown) && !at[shown.len];
    if (isnan(bound) && p->field->is_share && number && shown.value == of_share)
        return;
    if (isnan(bound) ? mlt_check_is_nothing(p->cell) || strcmp(at, "any") == 0
                     : number && shown.value == bound && !shown.percent)
        return;
    differs(p, bound_text(p, bound));
}

/* "0 to 1", "[0, 1]", ">= 0", "at most 1". */
static void check_range(const struct place *p)
{
    const struct field *f = p->field;
    struct mlt_shown low, high;
    size_t len;
    const char *at = mlt_shown_skip(p->cell);
    double min = isnan(f->min) && f->is_share ? 0 : f->min;
    double max = isnan(f->max) && f->is_share ? 1 : f->max;
    bool right = false;
    if (mlt_shown_read_pair(at, &low, &high, &len)) {
        right = low.value == min && high.value == max;
    } else if (!mlt_shown_any(at)) {
        right = isnan(min) && isnan(max);
    } else {
        bool below = *at == '<' || strncasecmp(at, "at most", 7) == 0 ||
                     strncasecmp(at, "max", 3) == 0 || strncasecmp(at, "up to", 5) == 0;
        at += strcspn(at, "-+.0123456789");
        right = mlt_shown_read(at, &low) &&
                (below ? isnan(min) && low.value == max : isnan(max) && low.value == min);
    }
    const char *a = bound_text(p, min), *b = bound_text(p, max);
    const char *want = mlt_arena_printf(p->c->arena, "min %s and max %s", a, b);
    p->c->oom = p->c->oom || !want;
    if (!right)
        differs(p, want ? want : "");
}

static const char *all_values(const struct place *p)
{
    struct mlt_buf out = MLT_BUF_INIT;
    for (size_t i = 0; i < p->field->value_count && out.len < 200; i++)
        mlt_buf_printf(&out, "%s%s", i ? ", " : "", p->field->values[i]);
    const char *kept = out.oom ? NULL : quoted(p, out.data);
    p->c->oom = p->c->oom || out.oom;
    mlt_buf_free(&out);
    return kept ? kept : "";
}

/* "1 to 11" for every whole number between. */
static bool is_run_of_values(const struct place *p)
{
    struct mlt_shown low, high;
    size_t len;
    double value;
    const struct field *f = p->field;
    if (!mlt_shown_read_pair(p->cell, &low, &high, &len) || p->cell[len] || strchr(p->cell, ',') ||
        high.value - low.value + 1 != (double)f->value_count)
        return false;
    for (size_t i = 0; i < f->value_count; i++)
        if (!mlt_str_parse_double(f->values[i], strlen(f->values[i]), &value) ||
            value != floor(value) || value < low.value || value > high.value)
            return false;
    return true;
}

/* Which value the text is; the count of values: none. */
static size_t value_at(const struct field *f, const char *text, size_t len)
{
    size_t i = 0;
    while (i < f->value_count &&
           (strlen(f->values[i]) != len || strncmp(f->values[i], text, len) != 0))
        i++;
    return i;
}

/* Every part between commas (or "/", "|", ";") is a value, each value is one, none is twice. */
static bool are_the_values(const struct place *p)
{
    const struct field *f = p->field;
    size_t found = 0;
    bool *seen = mlt_arena_calloc(p->c->arena, f->value_count, sizeof *seen);
    p->c->oom = p->c->oom || !seen;
    for (const char *at = p->cell; seen && *at;) {
        at += strspn(at, " ,;|/\"'[]");
        if (strncmp(at, "or ", 3) == 0)
            at += 3;
        size_t len = strcspn(at, ",;|/\"'[]"), trimmed = len;
        while (trimmed > 0 && at[trimmed - 1] == ' ')
            trimmed--;
        size_t value = value_at(f, at, trimmed);
        if (trimmed > 0 && (value == f->value_count || seen[value]))
            return false;
        if (trimmed > 0) {
            seen[value] = true;
            found++;
        }
        at += len;
    }
    return seen && found == f->value_count;
}

/* Values that hold such signs themselves are compared as one list. */
static bool is_the_list(const struct place *p)
{
    struct mlt_buf list = MLT_BUF_INIT;
    for (size_t i = 0; i < p->field->value_count; i++)
        mlt_buf_printf(&list, "%s%s", i ? ", " : "", p->field->values[i]);
    p->c->oom = p->c->oom || list.oom;
    char *want = mlt_check_squeeze(p->c, list.data), *said = mlt_check_squeeze(p->c, p->cell);
    bool is = want && said && strcmp(want, said) == 0;
    mlt_buf_free(&list);
    return is;
}

static void check_values(const struct place *p)
{
    if (p->field->value_count == 0) {
        if (!mlt_check_is_nothing(p->cell) && strcmp(p->cell, "any") != 0 && !p->field->is_share)
            differs(p, "none");
        return;
    }
    if (!are_the_values(p) && !is_the_list(p) && !is_run_of_values(p))
        differs(p, all_values(p));
}

static int yes_or_no(const char *cell)
{
    static const char *const yes[] = {"yes", "true", "y", "✓", "x", "required", "nullable", NULL};
    static const char *const no[] = {"no", "false", "n",        "",      "-",
                                     "–",  "✗",     "optional", "never", NULL};
    for (const char *const *word = yes; *word; word++)
        if (strcasecmp(cell, *word) == 0)
            return 1;
    for (const char *const *word = no; *word; word++)
        if (strcasecmp(cell, *word) == 0)
            return 0;
    return -1;
}

static void check_flag(const struct place *p, bool want, bool opposite)
{
    int said = yes_or_no(p->cell);
    if (opposite && said >= 0 && strcasecmp(p->cell, "optional") != 0 &&
        strcasecmp(p->cell, "required") != 0)
        said = !said;
    if (!p->field->is_output && said != want)
        differs(p, opposite ? (want ? "no" : "yes") : (want ? "yes" : "no"));
}

static void check_stability(const struct place *p)
{
    if (strcasecmp(p->cell, p->field->stability) != 0 &&
        !(mlt_check_is_nothing(p->cell) && strcmp(p->field->stability, "stable") == 0))
        differs(p, quoted(p, p->field->stability));
}

static void check_cell(const struct place *p, enum head head)
{
    switch (head) {
    case HEAD_TYPE:
        check_type(p);
        break;
    case HEAD_UNIT:
        check_text(p, p->field->unit);
        break;
    case HEAD_MIN:
        check_bound(p, p->field->min, 0);
        break;
    case HEAD_MAX:
        check_bound(p, p->field->max, 1);
        break;
    case HEAD_RANGE:
        check_range(p);
        break;
    case HEAD_VALUES:
        check_values(p);
        break;
    case HEAD_NULLABLE:
        check_flag(p, p->field->nullable, false);
        break;
    case HEAD_REQUIRED:
        check_flag(p, p->field->required, false);
        break;
    case HEAD_OPTIONAL:
        check_flag(p, p->field->required, true);
        break;
    case HEAD_DEFAULT:
        check_text(p, p->field->fallback);
        break;
    case HEAD_STABILITY:
        check_stability(p);
        break;
    case HEAD_OTHER:
    case HEAD_NAME:
        break;
    }
}

static enum head head_of(const char *text)
{
    char folded[MLT_FOLD_CHARS];
    for (size_t i = 0; mlt_fold_name(text, folded) && i < sizeof heads / sizeof *heads; i++)
        if (strcmp(folded, heads[i].word) == 0)
            return heads[i].head;
    return HEAD_OTHER;
}

/* The column of names; the count of columns: none. */
static size_t name_column(const struct mlt_table_row *head, const char **what, bool *sure)
{
    char folded[MLT_FOLD_CHARS];
    for (size_t i = 0; i < head->count; i++) {
        if (!mlt_fold_name(head->cells[i].text, folded))
            continue;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            if (strcmp(folded, names[k].word) != 0)
                continue;
            *what = names[k].what;
            *sure = names[k].what != NULL;
            return i;
        }
    }
    return head->count;
}

static void check_row(struct api *api, const struct mlt_table_row *head,
                      const struct mlt_table_row *row, size_t name, const char *what)
{
    struct mlt_check *c = api->c;
    const char *text = row->cells[name].text;
    struct field *field = find(api, what, text);
    if (!field && *text) {
        const char *near = nearest(api, what, text);
        mlt_check_fault(c, row->line, "config.json has no %s `%s`%s%s%s", what ? what : "field",
                        mlt_check_safe(c, text), near ? "; perhaps `" : "",
                        near ? mlt_check_safe(c, near) : "", near ? "` is meant" : "");
    }
    if (!field)
        return;
    field->seen = true;
    for (size_t i = 0; i < row->count && i < head->count && !c->oom; i++) {
        char *plain = mlt_shown_plain(c->arena, row->cells[i].text);
        struct place p = {c, field, row->line, head->cells[i].text, row->cells[i].text};
        enum head is = head_of(p.head);
        c->oom = c->oom || !plain;
        if (plain && (is == HEAD_MIN || is == HEAD_MAX || is == HEAD_RANGE || is == HEAD_VALUES))
            p.cell = mlt_check_is_nothing(p.cell) ? p.cell : plain;
        check_cell(&p, is);
    }
}

static bool is_any_known(const struct api *api, const struct mlt_block *table, size_t name)
{
    for (size_t i = 1; i < table->row_count; i++)
        if (find(api, NULL, table->rows[i].cells[name].text))
            return true;
    return false;
}

static void check_table(struct api *api, const struct mlt_block *table)
{
    const struct mlt_table_row *head = &table->rows[0];
    const char *what = NULL;
    bool sure = false;
    size_t name = name_column(head, &what, &sure);
    if (name == head->count || (!sure && !is_any_known(api, table, name)))
        return;
    for (size_t i = 1; i < table->row_count && !api->c->oom; i++)
        check_row(api, head, &table->rows[i], name, what);
}

void mlt_check_api(struct mlt_check *c)
{
    const struct mlt_check_section *s = &c->section[MLT_SECTION_API];
    struct api api = {.c = c};
    if (!s->found || !c->facts->now.contract || !list_fields(&api))
        return;
    for (size_t i = s->from; i < s->to && !c->oom; i++)
        if (c->text.blocks[i].kind == MLT_BLOCK_TABLE && c->text.blocks[i].row_count > 0)
            check_table(&api, &c->text.blocks[i]);
    for (size_t i = 0; i < api.count && !c->oom; i++) {
        const struct field *f = &api.fields[i];
        bool named =
            f->seen || !*f->name ||
            (c->kind != MLT_DOCUMENT_API && mlt_check_section_names(c, MLT_SECTION_API, f->name));
        if (!named)
            mlt_check_fault(c, s->line, "%s `%s` of config.json is in no table of \"%s\"", f->what,
                            mlt_check_safe(c, f->name), mlt_section_title(MLT_SECTION_API));
    }
}

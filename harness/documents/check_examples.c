/* Example instances in code blocks against the contract, and the golden example with its answer. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "harness/base/str.h"
#include "harness/documents/check_part.h"
#include "harness/documents/shown.h"

struct examples {
    struct mlt_check *c;
    struct mlt_json *golden, *answer; /* NULL: none */
    bool was_golden;                  /* the last example was the golden one */
};

static bool equal(const struct mlt_json *a, const struct mlt_json *b)
{
    double x, y;
    bool p, q;
    if (mlt_json_type(a) != mlt_json_type(b) || mlt_json_count(a) != mlt_json_count(b))
        return false;
    if (mlt_json_number(a, &x) && mlt_json_number(b, &y))
        return x == y;
    if (mlt_json_bool(a, &p) && mlt_json_bool(b, &q))
        return p == q;
    if (mlt_json_string(a))
        return strcmp(mlt_json_string(a), mlt_json_string(b)) == 0;
    const struct mlt_json *other = mlt_json_first(b);
    for (const struct mlt_json *at = mlt_json_first(a); at; at = mlt_json_next(at)) {
        if (mlt_json_type(a) == MLT_JSON_OBJECT)
            other = mlt_json_get(b, mlt_json_key(at));
        if (!other || !equal(at, other))
            return false;
        other = mlt_json_next(other);
    }
    return true;
}

static struct mlt_value value_of(const struct mlt_json *node)
{
    struct mlt_value value = {.kind = MLT_VALUE_ABSENT};
    if (!node)
        return value;
    switch (mlt_json_type(node)) {
    case MLT_JSON_NULL:
        value.kind = MLT_VALUE_NULL;
        break;
    case MLT_JSON_BOOL:
        value.kind = MLT_VALUE_BOOL;
        mlt_json_bool(node, &value.boolean);
        break;
    case MLT_JSON_NUMBER:
        value.kind = MLT_VALUE_NUMBER;
        mlt_json_number(node, &value.number);
        break;
    case MLT_JSON_STRING:
        value.kind = MLT_VALUE_TEXT;
        value.text = mlt_json_string(node);
        value.len = strlen(value.text);
        break;
    case MLT_JSON_ARRAY:
    case MLT_JSON_OBJECT:
        value.kind = MLT_VALUE_JSON;
        value.text = "a list or an object";
        value.len = strlen(value.text);
        break;
    }
    return value;
}

static void check_instance(struct examples *e, const struct mlt_json *instance, int line)
{
    struct mlt_check *c = e->c;
    const struct mlt_contract *contract = c->facts->now.contract;
    char why[256];
    if (mlt_json_type(instance) != MLT_JSON_OBJECT)
        return;
    for (const struct mlt_json *at = mlt_json_first(instance); at; at = mlt_json_next(at))
        if (!mlt_contract_find(contract, mlt_json_key(at)))
            mlt_check_fault(c, line, "the example has `%s`, which is no input in config.json",
                            mlt_check_safe(c, mlt_json_key(at)));
    for (size_t i = 0; i < contract->input_count; i++) {
        const struct mlt_input *input = &contract->inputs[i];
        struct mlt_value value = value_of(mlt_json_get(instance, input->name));
        if (!mlt_contract_admits(input, &value, why))
            mlt_check_fault(c, line, "the example's `%s` is none that config.json admits: %s",
                            mlt_check_safe(c, input->name), mlt_check_safe(c, why));
    }
    e->was_golden = e->golden && equal(instance, e->golden);
}

static bool has_input(const struct mlt_check *c, const struct mlt_json *object)
{
    for (const struct mlt_json *at = mlt_json_first(object); at; at = mlt_json_next(at))
        if (mlt_contract_find(c->facts->now.contract, mlt_json_key(at)))
            return true;
    return false;
}

static void wrong_answer(struct examples *e, const char *said, int line)
{
    mlt_check_fault(e->c, line,
                    "the example is answered with `%s` here, but with `%s` in tests/golden.jsonl",
                    mlt_check_safe(e->c, said), mlt_check_safe(e->c, e->c->facts->prediction));
}

/* Numbers may be rounded to the digits shown, which are those of the text. */
static bool answer_is(const struct examples *e, const char *text)
{
    struct mlt_shown shown;
    double number;
    const char *word = mlt_json_string(e->answer);
    if (mlt_json_number(e->answer, &number))
        return mlt_shown_read(text, &shown) &&
               (mlt_shown_is(&shown, number) || shown.value == number);
    return !word || mlt_check_names(text, word);
}

static void check_predictions(struct examples *e, const struct mlt_json *list, const char *text,
                              int line)
{
    struct mlt_check *c = e->c;
    const struct mlt_json *first = mlt_json_first(list);
    const char *at = strstr(text, "\"predictions\"");
    at = at ? strchr(at, '[') : NULL;
    if (!e->was_golden || !e->answer || !first || !at || mlt_json_count(list) != 1)
        return;
    bool scalar =
        mlt_json_type(e->answer) == MLT_JSON_NUMBER || mlt_json_type(e->answer) == MLT_JSON_STRING;
    if (scalar ? !answer_is(e, mlt_shown_skip(at + 1)) : !equal(first, e->answer))
        wrong_answer(e, mlt_arena_strdup(c->arena, mlt_shown_skip(at + 1)), line);
}

static void check_object(struct examples *e, const struct mlt_json *object, const char *text,
                         int line)
{
    const struct mlt_json *instances = mlt_json_get(object, "instances");
    const struct mlt_json *predictions = mlt_json_get(object, "predictions");
    if (e->was_golden && e->answer && equal(object, e->answer))
        return;
    if (instances && mlt_json_type(instances) == MLT_JSON_ARRAY) {
        for (const struct mlt_json *at = mlt_json_first(instances); at; at = mlt_json_next(at))
            check_instance(e, at, line);
    } else if (predictions && mlt_json_type(predictions) == MLT_JSON_ARRAY) {
        check_predictions(e, predictions, text, line);
    } else if (has_input(e->c, object)) {
        check_instance(e, object, line);
    }
}

/* Lines of JSON, one object each. */
static bool check_lines(struct examples *e, const struct mlt_block *block, const char *text)
{
    int line = block->text_line;
    bool any = false;
    for (const char *at = text; *at; line++) {
        size_t len = strcspn(at, "\n");
        const char *start = at + strspn(at, " \t");
        struct mlt_err err = MLT_ERR_INIT;
        struct mlt_json *json;
        const char *own = mlt_arena_strndup(e->c->arena, at, len);
        e->c->oom = e->c->oom || !own;
        if (own && *start == '{' && mlt_json_parse("example", own, len, &json, &err)) {
            check_object(e, json, own, line);
            mlt_json_free(json);
            any = true;
        }
        at += len + (at[len] == '\n');
    }
    return any;
}

static void check_code(struct examples *e, const struct mlt_block *block)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *json;
    const char *start = mlt_shown_skip(block->text);
    bool says_json = strncasecmp(block->info, "json", 4) == 0;
    if (*start != '{' && !says_json)
        return;
    if (mlt_json_parse("example", block->text, strlen(block->text), &json, &err)) {
        if (mlt_json_type(json) == MLT_JSON_OBJECT)
            check_object(e, json, block->text, block->text_line);
        mlt_json_free(json);
    } else if (!check_lines(e, block, block->text) && says_json) {
        mlt_check_fault(e->c, block->text_line, "this is no JSON: %s",
                        mlt_check_safe(e->c, err.text));
    }
}

/* "is answered with 3.52 (six digits)", "Answer: 3.52": right below the golden example. */
static void check_answer(struct examples *e, const struct mlt_block *block)
{
    static const char *const starts[] = {"is answered with", "answer:", "prediction:", "output:",
                                         "the answer is",    "gives",   "must give",   NULL};
    const char *text = block->text;
    for (const char *const *start = starts; e->answer && *start; start++) {
        size_t len = strlen(*start);
        if (strncasecmp(text, *start, len) != 0)
            continue;
        const char *said = mlt_shown_skip(text + len);
        if (*said && *said != ':' && !answer_is(e, said))
            wrong_answer(e, said, block->line);
        return;
    }
}

static void check_all(struct examples *e)
{
    for (size_t i = 0; i < e->c->text.count && !e->c->oom; i++) {
        const struct mlt_block *block = &e->c->text.blocks[i];
        if (block->kind == MLT_BLOCK_CODE)
            check_code(e, block);
        else if (block->kind == MLT_BLOCK_PARAGRAPH && e->was_golden)
            check_answer(e, block);
        else if (block->kind == MLT_BLOCK_HEADING)
            e->was_golden = false;
    }
}

static bool read_golden(struct examples *e, const char *text, struct mlt_json **out)
{
    struct mlt_err err = MLT_ERR_INIT;
    if (!text || mlt_json_parse("golden example", text, strlen(text), out, &err))
        return true;
    *out = NULL;
    e->c->oom = e->c->oom || err.kind == MLT_ERR_INFRA;
    return false;
}

void mlt_check_examples(struct mlt_check *c)
{
    struct examples e = {.c = c};
    if (!c->facts->now.contract)
        return;
    if (read_golden(&e, c->facts->instance, &e.golden) &&
        read_golden(&e, c->facts->prediction, &e.answer))
        check_all(&e);
    mlt_json_free(e.golden);
    mlt_json_free(e.answer);
}

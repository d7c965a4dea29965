#include "harness/evaluate/definition.h"

#include <ctype.h>
#include <string.h>

#include "harness/base/str.h"

const struct mlt_definition *mlt_definition_find(const struct mlt_definitions *definitions,
                                                 const char *name)
{
    for (size_t i = 0; i < definitions->count; i++)
        if (mlt_str_eq(definitions->items[i].metric.name, name))
            return &definitions->items[i];
    return NULL;
}

static bool refuse(const char *text, const char *why, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "\"%.200s\": %s; write NAME:lower = EXPRESSION, NAME:higher = EXPRESSION or "
                       "NAME = EXPRESSION",
                       text, why);
}

static bool is_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_')
            return false;
    return len > 0 && len <= 60 && isalpha((unsigned char)text[0]);
}

static bool is_metric(const char *name)
{
    for (const char *const *known = mlt_metric_names(); *known != NULL; known++)
        if (strcmp(*known, name) == 0)
            return true;
    return false;
}

static bool read_direction(const char *word, size_t len, enum mlt_direction *out)
{
    if (len == 5 && memcmp(word, "lower", 5) == 0)
        *out = MLT_LOWER_IS_BETTER;
    else if (len == 6 && memcmp(word, "higher", 6) == 0)
        *out = MLT_HIGHER_IS_BETTER;
    else
        return false;
    return true;
}

bool mlt_definition_read(const char *text, const struct mlt_definitions *others,
                         struct mlt_arena *arena, struct mlt_definition *out, struct mlt_err *err)
{
    enum mlt_direction direction = MLT_DIRECTION_NONE;
    size_t head = strcspn(text, "=");
    if (text[head] != '=' || text[head + 1] == '=')
        return refuse(text, "there is no = behind a name", err);
    *out = (struct mlt_definition){.text = text + head + 1 + strspn(text + head + 1, " ")};
    while (head > 0 && text[head - 1] == ' ')
        head--;
    size_t len = strcspn(text, ":=");
    len = len > head ? head : len;
    if (len < head && !read_direction(text + len + 1, head - len - 1, &direction))
        return refuse(text, "the direction is lower or higher", err);
    if (!is_name(text, len))
        return refuse(text, "a name has letters, digits and _", err);
    const char *name = mlt_arena_strndup(arena, text, len);
    if (name == NULL)
        return mlt_err_oom(err);
    if (is_metric(name))
        return refuse(text, "there is a metric of that name already", err);
    if (mlt_definition_find(others, name) != NULL)
        return refuse(text, "the name is given twice", err);
    return mlt_metric_custom(name, direction, out->text, arena, &out->metric, err);
}

bool mlt_definitions_read(const char *const *texts, size_t count, struct mlt_arena *arena,
                          struct mlt_definitions *out, struct mlt_err *err)
{
    *out = (struct mlt_definitions){.items = mlt_arena_calloc(arena, count, sizeof *out->items)};
    if (out->items == NULL)
        return mlt_err_oom(err);
    for (; out->count < count; out->count++)
        if (!mlt_definition_read(texts[out->count], out, arena, &out->items[out->count], err))
            return false;
    return true;
}

bool mlt_definitions_check_task(const struct mlt_definitions *definitions, enum mlt_task task,
                                struct mlt_err *err)
{
    if (definitions->count == 0 || task == MLT_TASK_REGRESSION || task == MLT_TASK_BINARY)
        return true;
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "own metrics are for regression and binary tasks, where label and score are "
                       "numbers; this is %s",
                       mlt_task_name(task));
}

static bool parse_against(struct mlt_definitions *d, const char *const *names,
                          struct mlt_arena *arena, const struct mlt_definition **faulty,
                          struct mlt_err *err)
{
    for (size_t i = 0; i < d->count; i++) {
        struct mlt_definition *own = &d->items[i];
        *faulty = own;
        if (!mlt_expression_parse(own->text, names, arena, &own->expression, err))
            return false;
        if (!mlt_expression_uses(own->expression, MLT_DEFINITION_SCORE))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "\"%s\" does not look at score, so it is the same for every model",
                               own->text);
    }
    *faulty = NULL;
    return true;
}

static bool is_used(const struct mlt_definitions *d, size_t name)
{
    for (size_t i = 0; i < d->count; i++)
        if (mlt_expression_uses(d->items[i].expression, name))
            return true;
    return false;
}

bool mlt_definitions_parse(struct mlt_definitions *d, const char *const *names, size_t count,
                           struct mlt_arena *arena, const struct mlt_definition **out_faulty,
                           struct mlt_err *err)
{
    const char **known = mlt_arena_calloc(arena, MLT_DEFINITION_COLUMNS + count + 1, sizeof *known);
    const char **used = mlt_arena_calloc(arena, MLT_DEFINITION_COLUMNS + count + 1, sizeof *used);
    size_t used_count = 0;
    *out_faulty = NULL;
    if (known == NULL || used == NULL)
        return mlt_err_oom(err);
    used[MLT_DEFINITION_LABEL] = known[MLT_DEFINITION_LABEL] = "label";
    used[MLT_DEFINITION_SCORE] = known[MLT_DEFINITION_SCORE] = "score";
    for (size_t i = 0; i < count; i++)
        known[MLT_DEFINITION_COLUMNS + i] = names[i];
    if (!parse_against(d, known, arena, out_faulty, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (is_used(d, MLT_DEFINITION_COLUMNS + i))
            used[MLT_DEFINITION_COLUMNS + used_count++] = names[i];
    d->columns = used + MLT_DEFINITION_COLUMNS;
    d->column_count = used_count;
    /* Again, so that the columns are numbered as they will be read. */
    return parse_against(d, used, arena, out_faulty, err);
}

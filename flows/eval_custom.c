#include "flows/eval_custom.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flows/eval_read.h"
#include "harness/base/str.h"

/* The names that every expression knows; the file's columns come behind. */
enum { NAME_LABEL, NAME_SCORE, NAME_COLUMNS };

bool mlt_eval_is_custom(const struct mlt_eval_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->custom_count; i++)
        if (mlt_str_eq(plan->custom[i].metric.name, name))
            return true;
    return false;
}

static bool bad_define(const char *text, const char *why, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "--define \"%.200s\": %s; write NAME:lower = EXPRESSION, NAME:higher = "
                       "EXPRESSION or NAME = EXPRESSION",
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

/* "cost:lower = …" into name, direction and expression. */
static bool parse_define(const char *text, struct mlt_arena *arena, struct mlt_eval_custom *out,
                         struct mlt_err *err)
{
    size_t head = strcspn(text, "=");
    if (text[head] != '=' || text[head + 1] == '=')
        return bad_define(text, "there is no = behind a name", err);
    out->text = text + head + 1 + strspn(text + head + 1, " ");
    while (head > 0 && text[head - 1] == ' ')
        head--;
    size_t len = strcspn(text, ":=");
    len = len > head ? head : len;
    enum mlt_direction direction = MLT_DIRECTION_NONE;
    if (len < head) {
        const char *word = text + len + 1;
        size_t word_len = head - len - 1;
        if (word_len == 5 && memcmp(word, "lower", 5) == 0)
            direction = MLT_LOWER_IS_BETTER;
        else if (word_len == 6 && memcmp(word, "higher", 6) == 0)
            direction = MLT_HIGHER_IS_BETTER;
        else
            return bad_define(text, "the direction is lower or higher", err);
    }
    if (!is_name(text, len))
        return bad_define(text, "a name has letters, digits and _", err);
    const char *name = mlt_arena_strndup(arena, text, len);
    if (name == NULL)
        return mlt_err_oom(err);
    if (is_metric(name))
        return bad_define(text, "there is a metric of that name already", err);
    return mlt_metric_custom(name, direction, out->text, arena, &out->metric, err);
}

bool mlt_eval_customs_make(const struct mlt_eval_request *request, struct mlt_arena *arena,
                           struct mlt_eval_plan *plan, struct mlt_err *err)
{
    plan->custom = mlt_arena_calloc(arena, request->defines.count, sizeof *plan->custom);
    if (plan->custom == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < request->defines.count; i++) {
        struct mlt_eval_custom *custom = &plan->custom[i];
        if (!parse_define(request->defines.items[i], arena, custom, err))
            return false;
        if (mlt_eval_is_custom(plan, custom->metric.name))
            return bad_define(request->defines.items[i], "the name is given twice", err);
        plan->custom_count++;
    }
    return true;
}

static bool check_task(const struct mlt_eval_plan *plan, struct mlt_err *err)
{
    if (plan->spec.task == MLT_TASK_REGRESSION || plan->spec.task == MLT_TASK_BINARY)
        return true;
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "--define is for --task regression and binary, where label and score are "
                       "numbers");
}

/* "label", "score", then the columns of the file. */
static bool names_of(const struct mlt_eval_plan *plan, struct mlt_arena *arena,
                     const char *const **out, size_t *count, struct mlt_err *err)
{
    const char *const *columns = NULL;
    size_t column_count = 0;
    struct mlt_reader_options options = {.path = plan->file};
    if (strcmp(plan->file, "-") != 0 &&
        (!mlt_eval_format(plan->format, &options.format, err) ||
         !mlt_reader_names(&options, arena, &columns, &column_count, err)))
        return false;
    const char **names = mlt_arena_calloc(arena, NAME_COLUMNS + column_count + 1, sizeof *names);
    if (names == NULL)
        return mlt_err_oom(err);
    names[NAME_LABEL] = "label";
    names[NAME_SCORE] = "score";
    for (size_t i = 0; i < column_count; i++)
        names[NAME_COLUMNS + i] = columns[i];
    *out = names;
    *count = NAME_COLUMNS + column_count;
    return true;
}

/* Every column that some expression names, and the expressions parsed again against just those. */
static bool parse_all(struct mlt_eval_plan *plan, const char *const *names, size_t count,
                      struct mlt_arena *arena, struct mlt_err *err)
{
    const char **used = mlt_arena_calloc(arena, count + 1, sizeof *used);
    size_t used_count = NAME_COLUMNS;
    if (used == NULL)
        return mlt_err_oom(err);
    memcpy(used, names, NAME_COLUMNS * sizeof *used);
    for (size_t i = 0; i < plan->custom_count; i++)
        if (!mlt_expression_parse(plan->custom[i].text, names, arena, &plan->custom[i].expression,
                                  err))
            return mlt_err_prefix(err, "--define %s", plan->custom[i].metric.name);
    for (size_t i = 0; i < plan->custom_count; i++)
        if (!mlt_expression_uses(plan->custom[i].expression, NAME_SCORE))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "--define %s: \"%s\" does not look at score, so it is the same for "
                               "every model",
                               plan->custom[i].metric.name, plan->custom[i].text);
    for (size_t k = NAME_COLUMNS; k < count; k++) {
        bool needed = false;
        for (size_t i = 0; i < plan->custom_count; i++)
            needed = needed || mlt_expression_uses(plan->custom[i].expression, k);
        if (needed)
            used[used_count++] = names[k];
    }
    for (size_t i = 0; i < plan->custom_count; i++)
        if (!mlt_expression_parse(plan->custom[i].text, used, arena, &plan->custom[i].expression,
                                  err))
            return false;
    plan->custom_columns = used + NAME_COLUMNS;
    plan->custom_column_count = used_count - NAME_COLUMNS;
    return true;
}

bool mlt_eval_customs_parse(struct mlt_eval_plan *plan, struct mlt_arena *arena,
                            struct mlt_err *err)
{
    const char *const *names = NULL;
    size_t count = 0;
    if (plan->custom_count == 0)
        return true;
    return check_task(plan, err) && names_of(plan, arena, &names, &count, err) &&
           parse_all(plan, names, count, arena, err);
}

/* What one block's expressions are computed in. */
struct scratch {
    const double **inputs; /* [2 + columns] */
    double *candidate, *baseline, *zero;
};

static bool check_values(const struct mlt_eval_custom *custom,
                         const struct mlt_eval_customs_block *in, const double *value,
                         struct mlt_err *err)
{
    for (size_t i = 0; i < in->rows->n; i++) {
        if (in->rows->state != NULL && in->rows->state[i] != MLT_ROW_PAIRED)
            continue;
        if (isnan(value[i]))
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "line %llu: \"%s\" (%s) is no finite number there",
                               (unsigned long long)mlt_reader_line(in->block, i),
                               custom->metric.name, custom->text);
    }
    return true;
}

static bool compute(const struct mlt_eval_custom *custom, const struct mlt_eval_customs_block *in,
                    const double *score, const struct scratch *s, double *out, struct mlt_err *err)
{
    s->inputs[NAME_SCORE] = score;
    (void)mlt_expression_eval(custom->expression, s->inputs, in->rows->n, out);
    return check_values(custom, in, out, err);
}

static bool add_custom(const struct mlt_eval_custom *custom, struct mlt_evaluation *evaluation,
                       const struct mlt_eval_customs_block *in, const struct scratch *s,
                       struct mlt_err *err)
{
    struct mlt_evaluation_block rows = *in->rows;
    if (!compute(custom, in, in->rows->candidate, s, s->candidate, err) ||
        (custom->spec.has_baseline &&
         !compute(custom, in, in->rows->baseline, s, s->baseline, err)))
        return false;
    rows.label = s->zero;
    rows.candidate = s->candidate;
    rows.baseline = custom->spec.has_baseline ? s->baseline : NULL;
    return mlt_evaluation_add(evaluation, in->block->worker, &rows, err);
}

bool mlt_eval_customs_add(const struct mlt_eval_plan *plan, const struct mlt_eval_set *set,
                          const struct mlt_eval_customs_block *in, struct mlt_err *err)
{
    size_t n = in->rows->n, columns = plan->custom_column_count;
    if (plan->custom_count == 0)
        return true;
    struct scratch s = {.inputs = calloc(NAME_COLUMNS + columns, sizeof *s.inputs),
                        .candidate = calloc(n + 1, sizeof *s.candidate),
                        .baseline = calloc(n + 1, sizeof *s.baseline),
                        .zero = calloc(n + 1, sizeof *s.zero)};
    bool ok = s.inputs != NULL && s.candidate != NULL && s.baseline != NULL && s.zero != NULL;
    if (!ok)
        mlt_err_oom(err);
    else
        s.inputs[NAME_LABEL] = in->rows->label;
    for (size_t c = 0; ok && c < columns; c++)
        s.inputs[NAME_COLUMNS + c] = in->block->columns[in->first_column + c].number;
    for (size_t i = 0; ok && i < plan->custom_count; i++)
        ok = add_custom(&plan->custom[i], set->custom[i], in, &s, err);
    free(s.inputs);
    free(s.candidate);
    free(s.baseline);
    free(s.zero);
    return ok;
}

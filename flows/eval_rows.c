#include "flows/eval_rows.h"

#include <math.h>
#include <string.h>

#include "harness/codec/json.h"
#include "harness/metrics/text.h"

/* Labels are texts where a class has a name. */
static enum mlt_column_type label_type(const struct mlt_eval_plan *plan)
{
    bool text = plan->spec.task == MLT_TASK_TEXT || plan->spec.task == MLT_TASK_MULTICLASS ||
                (plan->spec.task == MLT_TASK_BINARY && plan->positive != NULL);
    return text ? MLT_COLUMN_TEXT : MLT_COLUMN_NUMBER;
}

static enum mlt_column_type score_type(const struct mlt_eval_plan *plan)
{
    bool text = plan->spec.task == MLT_TASK_TEXT ||
                (plan->spec.task == MLT_TASK_MULTICLASS && plan->scores.count == 1);
    return text ? MLT_COLUMN_TEXT : MLT_COLUMN_NUMBER;
}

static int want(struct mlt_reader_column *columns, struct mlt_eval_places *at, const char *name,
                enum mlt_column_type type, bool may_be_missing)
{
    if (name == NULL)
        return -1;
    columns[at->count] = (struct mlt_reader_column){name, type, may_be_missing};
    return (int)at->count++;
}

size_t mlt_eval_column_room(const struct mlt_eval_plan *plan)
{
    return 5 + plan->scores.count + plan->baselines.count + plan->spec.column_count +
           plan->definitions.column_count + plan->search_column_count;
}

void mlt_eval_want_baseline(const struct mlt_eval_plan *plan, struct mlt_reader_column *columns,
                            struct mlt_eval_places *at)
{
    at->label = at->weight = at->cluster = at->query = -1;
    at->id = want(columns, at, plan->id, MLT_COLUMN_TEXT, false);
    at->score = at->baseline = at->count;
    at->score_count = plan->baselines.count;
    for (size_t i = 0; i < plan->baselines.count; i++)
        want(columns, at, plan->baselines.items[i], score_type(plan), true);
}

void mlt_eval_want_columns(const struct mlt_eval_plan *plan, struct mlt_reader_column *columns,
                           struct mlt_eval_places *at)
{
    bool drop = plan->drop_missing;
    at->label = want(columns, at, plan->label, label_type(plan), drop);
    at->weight = want(columns, at, plan->weight, MLT_COLUMN_NUMBER, drop);
    at->cluster = want(columns, at, plan->cluster, MLT_COLUMN_TEXT, drop);
    at->query = want(columns, at, plan->query, MLT_COLUMN_TEXT, drop);
    at->id = want(columns, at, plan->id, MLT_COLUMN_TEXT, false);
    at->score = at->count;
    at->score_count = plan->scores.count;
    for (size_t i = 0; i < plan->scores.count; i++)
        want(columns, at, plan->scores.items[i], score_type(plan), true);
    at->baseline = at->count;
    for (size_t i = 0; plan->baseline_file == NULL && i < plan->baselines.count; i++)
        want(columns, at, plan->baselines.items[i], score_type(plan), true);
    at->slice = at->count;
    for (size_t i = 0; i < plan->spec.column_count; i++)
        want(columns, at, plan->spec.columns[i], MLT_COLUMN_CATEGORY, true);
    at->custom = at->count;
    for (size_t i = 0; i < plan->definitions.column_count; i++)
        want(columns, at, plan->definitions.columns[i], MLT_COLUMN_NUMBER, true);
    at->search = at->count;
    for (size_t i = 0; i < plan->search_column_count; i++)
        want(columns, at, plan->search_columns[i], MLT_COLUMN_TEXT, true);
}

static bool text_is(const struct mlt_reader_text *text, const char *word)
{
    size_t len = strlen(word);
    return text->len == len && memcmp(text->text, word, len) == 0;
}

static bool class_of(const struct mlt_eval_plan *plan, const struct mlt_reader_text *text,
                     double *out)
{
    const struct mlt_texts *classes = &plan->classes;
    for (size_t k = 0; k < classes->count; k++)
        if (text_is(text, classes->items[k])) {
            *out = (double)k;
            return true;
        }
    return false;
}

/* What a number must be to be a label of the task. */
bool mlt_eval_check_label(const struct mlt_eval_plan *plan, const struct mlt_eval_places *at,
                          const struct mlt_reader_block *block, size_t row, double label,
                          struct mlt_err *err)
{
    if (plan->spec.task == MLT_TASK_RANKING && !(label >= 0))
        return mlt_reader_fault(block, (size_t)at->label, row, err,
                                "a relevance grade must be 0 or more, found %g", label);
    if (plan->spec.task == MLT_TASK_BINARY && label != 0 && label != 1)
        return mlt_reader_fault(block, (size_t)at->label, row, err,
                                "the label %g is neither 0 nor 1; say which label is the positive "
                                "one with --positive, or give another --task",
                                label);
    return true;
}

bool mlt_eval_read_label(const struct mlt_eval_plan *plan, const struct mlt_eval_places *at,
                         const struct mlt_reader_block *block, size_t row, double *out,
                         struct mlt_err *err)
{
    const struct mlt_reader_values *column = &block->columns[at->label];
    if (column->number != NULL) {
        *out = column->number[row];
        return mlt_eval_check_label(plan, at, block, row, *out, err);
    }
    const struct mlt_reader_text *text = &column->text[row];
    if (plan->spec.task == MLT_TASK_BINARY)
        *out = text_is(text, plan->positive);
    else if (plan->spec.task == MLT_TASK_MULTICLASS && !class_of(plan, text, out))
        return mlt_reader_fault(block, (size_t)at->label, row, err,
                                "the label \"%.*s\" is not among --classes",
                                text->len > 60 ? 60 : (int)text->len, text->text);
    return true;
}

/* "[0.1, 0.7, 0.2]" from JSON lines; whether it is such a list, and whether without a null. */
static bool read_vector(const struct mlt_reader_text *text, size_t width, double *out,
                        bool *is_list, bool *usable, struct mlt_err *err)
{
    struct mlt_json *list;
    struct mlt_err fault = MLT_ERR_INIT;
    *is_list = false;
    if (!mlt_json_parse("score", text->text, text->len, &list, &fault))
        return fault.kind == MLT_ERR_INFRA ? mlt_err_oom(err) : true;
    size_t count = 0;
    bool ok = mlt_json_type(list) == MLT_JSON_ARRAY && mlt_json_count(list) == width;
    for (const struct mlt_json *node = ok ? mlt_json_first(list) : NULL; node;
         node = mlt_json_next(node)) {
        bool null = mlt_json_type(node) == MLT_JSON_NULL;
        *usable = *usable && !null;
        ok = ok && (null || mlt_json_number(node, &out[count]));
        count++;
    }
    mlt_json_free(list);
    *is_list = ok;
    return true;
}

static bool read_text(const struct mlt_eval_plan *plan, const struct mlt_eval_places *at,
                      const struct mlt_reader_block *block, size_t column, size_t row, double *out,
                      bool *usable, struct mlt_err *err)
{
    const struct mlt_reader_text *text = &block->columns[column].text[row];
    const size_t width = plan->spec.width;
    double best;
    *usable = text->text != NULL;
    if (!*usable)
        return true;
    if (plan->spec.task == MLT_TASK_TEXT) {
        const struct mlt_reader_text *truth = &block->columns[at->label].text[row];
        *usable = truth->text != NULL;
        return !*usable ||
               mlt_text_compare(truth->text, truth->len, text->text, text->len, out, err);
    }
    if (text->len > 0 && text->text[0] == '[') {
        bool is_list;
        if (!read_vector(text, width, out, &is_list, usable, err))
            return false;
        return is_list || mlt_reader_fault(block, column, row, err,
                                           "column \"%s\": expected a list of %zu probabilities, "
                                           "one per class, found %.*s",
                                           block->wanted[column].name, width,
                                           text->len > 60 ? 60 : (int)text->len, text->text);
    }
    if (!class_of(plan, text, &best))
        return mlt_reader_fault(block, column, row, err,
                                "column \"%s\": the prediction \"%.*s\" is not among --classes",
                                block->wanted[column].name, text->len > 60 ? 60 : (int)text->len,
                                text->text);
    for (size_t k = 0; k < width; k++)
        out[k] = k == (size_t)best;
    return true;
}

/* The scores of one version on one row; not `*usable` when one is missing. */
bool mlt_eval_read_scores(const struct mlt_eval_plan *plan, const struct mlt_eval_places *at,
                          const struct mlt_reader_block *block, size_t first, size_t row,
                          double *out, bool *usable, struct mlt_err *err)
{
    const struct mlt_reader_values *columns = &block->columns[first];
    if (columns->number == NULL)
        return read_text(plan, at, block, first, row, out, usable, err);
    *usable = true;
    for (size_t k = 0; k < at->score_count; k++) {
        out[k] = columns[k].number[row];
        *usable = *usable && !isnan(out[k]);
    }
    return true;
}

bool mlt_eval_read_weight(const struct mlt_eval_plan *plan, const struct mlt_eval_places *at,
                          const struct mlt_reader_block *block, size_t row, double *out,
                          struct mlt_err *err)
{
    *out = block->columns[at->weight].number[row];
    if (isnan(*out))
        return true;
    const char *fault = mlt_weighting_fault(plan->spec.weighting, *out);
    return fault == NULL ||
           mlt_reader_fault(block, (size_t)at->weight, row, err, "%s, found %g", fault, *out);
}

static bool is_missing(const struct mlt_reader_values *column, size_t row)
{
    return column->number != NULL ? isnan(column->number[row]) : column->text[row].text == NULL;
}

static bool is_absent(const struct mlt_reader_block *block, int column, size_t row)
{
    return column >= 0 && is_missing(&block->columns[column], row);
}

bool mlt_eval_lacks(const struct mlt_eval_places *at, const struct mlt_reader_block *block,
                    size_t row)
{
    return is_absent(block, at->label, row) || is_absent(block, at->weight, row) ||
           is_absent(block, at->cluster, row) || is_absent(block, at->query, row);
}

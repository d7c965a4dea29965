#include <ctype.h>
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "suites/ask.h"
#include "suites/edge.h"
#include "suites/rows.h"

enum { MAX_ROWS = 1000 };

static const char *trimmed(struct mlt_arena *arena, const char *start, const char *end)
{
    while (start < end && isspace((unsigned char)*start))
        start++;
    while (end > start && isspace((unsigned char)end[-1]))
        end--;
    if (end - start >= 2 && (*start == '"' || *start == '\'') && end[-1] == *start) {
        start++;
        end--;
    }
    return end > start ? mlt_arena_strndup(arena, start, (size_t)(end - start)) : NULL;
}

bool mlt_edge_parse_where(const char *text, struct mlt_arena *arena, const char **column,
                          const char **value)
{
    const char *equals = strstr(text, "==");
    if (!equals)
        return false;
    *column = trimmed(arena, text, equals);
    *value = trimmed(arena, equals + 2, text + strlen(text));
    return *column && *value;
}

bool mlt_edge_parse_change(const char *text, double *out, bool *relative)
{
    size_t len = strlen(text);
    double sign = *text == '-' ? -1 : 1;
    if ((*text != '+' && *text != '-') || len < 2)
        return false;
    *relative = text[len - 1] == '%';
    if (!isdigit((unsigned char)text[1]) ||
        !mlt_str_parse_double(text + 1, len - 1 - *relative, out) || *out == 0)
        return false;
    *out *= *relative ? sign / 100 : sign;
    return true;
}

struct directional {
    struct mlt_case_context *context;
    struct mlt_inputs inputs;
    const char *expect, *change_text;
    size_t field;
    double change;
    bool relative;
    size_t *row; /* those asked for */
    size_t count, left_out;
    size_t held;
    double worst;
    const char *worst_text;
};

static double moved(const struct directional *d, double value)
{
    return d->relative ? value + d->change * fabs(value) : value + d->change;
}

/* Rows that the condition chooses, and whose changed value the contract still admits. */
static bool choose_rows(struct directional *d, const char *where, struct mlt_err *err)
{
    const struct mlt_table *table = &d->inputs.table;
    const struct mlt_column *column = NULL, *field = d->inputs.column[d->field];
    const struct mlt_input *input = &d->inputs.contract->inputs[d->field];
    const char *name, *wanted = NULL;
    char why[256];
    if (where && (!mlt_edge_parse_where(where, d->context->arena, &name, &wanted) ||
                  !(column = mlt_table_want(table, name, err))))
        return mlt_err_prefix(err, "`where: %s`", where);
    d->row = mlt_arena_calloc(d->context->arena, table->rows, sizeof *d->row);
    if (!d->row)
        return mlt_err_oom(err);
    for (size_t r = 0; r < table->rows && d->count < MAX_ROWS; r++) {
        struct mlt_value value = {.kind = MLT_VALUE_NUMBER};
        if (column && !mlt_str_eq(column->text[r], wanted))
            continue;
        if (!field || !field->text[r] || mlt_inputs_lacking(&d->inputs, r) ||
            !mlt_str_parse_double(field->text[r], strlen(field->text[r]), &value.number)) {
            d->left_out++;
            continue;
        }
        bool moves = moved(d, value.number) != value.number;
        value.number = moved(d, value.number);
        if (moves && mlt_contract_admits(input, &value, why))
            d->row[d->count++] = r;
        else
            d->left_out++;
    }
    if (d->count > 0)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "no row of data set '%s' can be changed by %s within the contract%s%s",
                       d->inputs.dataset->name, d->change_text, where ? " where " : "",
                       where ? where : "");
}

/* By how much the answer moved the wrong way; 0 or less: as expected. */
static double violation(const char *expect, double before, double after)
{
    if (mlt_str_eq(expect, "not_higher"))
        return after - before;
    if (mlt_str_eq(expect, "not_lower"))
        return before - after;
    double gain = mlt_str_eq(expect, "higher") ? after - before : before - after;
    return gain > 0 ? 0 : fmax(-gain, 5e-324);
}

static bool note_worst(struct directional *d, size_t row, double off,
                       const struct mlt_prediction *before, const struct mlt_prediction *after,
                       struct mlt_err *err)
{
    if (d->worst_text && !(off > d->worst))
        return true;
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "row '%.80s' goes from ", d->inputs.ids[row]);
    mlt_ask_print_prediction(&text, before);
    mlt_buf_puts(&text, " to ");
    mlt_ask_print_prediction(&text, after);
    d->worst = off;
    d->worst_text = mlt_ask_keep(&text, d->context->arena, err);
    return d->worst_text != NULL;
}

static bool is_number(const struct mlt_prediction *answer)
{
    return answer->answer == MLT_ANSWER_OK && answer->kind == MLT_PREDICTION_NUMBER;
}

static bool ask_rows(struct directional *d, struct mlt_err *err)
{
    struct mlt_arena *arena = d->context->arena;
    struct mlt_batch before, after;
    struct mlt_prediction *first, *second;
    if (!mlt_inputs_batch(&d->inputs, d->row, d->count, arena, &before, err) ||
        !mlt_inputs_batch(&d->inputs, d->row, d->count, arena, &after, err))
        return false;
    struct mlt_value *cells =
        mlt_arena_memdup(arena, after.cells, after.rows * after.field_count * sizeof *cells);
    if (!cells)
        return mlt_err_oom(err);
    for (size_t r = 0; r < after.rows; r++) {
        struct mlt_value *cell = &cells[r * after.field_count + d->field];
        cell->number = moved(d, cell->number);
    }
    after.cells = cells;
    if (!mlt_ask(d->context, MLT_CANDIDATE, &before, arena, &first, err) ||
        !mlt_ask(d->context, MLT_CANDIDATE, &after, arena, &second, err))
        return false;
    for (size_t r = 0; r < d->count; r++) {
        bool answered = is_number(&first[r]) && is_number(&second[r]);
        double off = answered ? violation(d->expect, first[r].number, second[r].number) : INFINITY;
        d->held += off <= 0;
        if (!(off <= 0) && !note_worst(d, d->row[r], off, &first[r], &second[r], err))
            return false;
    }
    return true;
}

static bool open_rows(struct directional *d, const struct mlt_json *spec, struct mlt_err *err)
{
    const char *dataset_name, *field;
    const struct mlt_contract *contract = d->context->contract;
    if (!mlt_json_want_string(spec, "dataset", &dataset_name, err) ||
        !mlt_json_want_string(spec, "field", &field, err) ||
        !mlt_json_want_string(spec, "change", &d->change_text, err) ||
        !mlt_json_want_string(spec, "expect", &d->expect, err))
        return false;
    const struct mlt_dataset_config *dataset = mlt_config_dataset(d->context->config, dataset_name);
    if (!dataset || !mlt_contract_find(contract, field) ||
        !mlt_edge_parse_change(d->change_text, &d->change, &d->relative))
        return mlt_err_set(err, MLT_ERR_USAGE, "the case does not fit mltest.yaml any more");
    while (strcmp(contract->inputs[d->field].name, field) != 0)
        d->field++;
    return mlt_inputs_open(dataset, contract, d->context->arena, &d->inputs, err) &&
           choose_rows(d, mlt_json_string(mlt_json_get(spec, "where")), err) && ask_rows(d, err);
}

bool mlt_edge_directional(struct mlt_case_context *context, const struct mlt_json *spec,
                          struct mlt_outcome *out, struct mlt_err *err)
{
    struct directional *d = mlt_arena_alloc(context->arena, sizeof *d);
    double at_least;
    if (!d)
        return mlt_err_oom(err);
    *d = (struct directional){.context = context};
    if (!mlt_json_want_number(spec, "at_least", &at_least, err) || !open_rows(d, spec, err))
        return false;
    if ((double)d->held >= at_least * (double)d->count) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                           "'%s' %s: the answer is %s for %zu of %zu rows (%.3g %%), expected "
                           "%.3g %%; %s; %zu rows were left out",
                           d->inputs.fields[d->field], d->change_text, d->expect, d->held, d->count,
                           100 * (double)d->held / (double)d->count, 100 * at_least,
                           d->worst_text ? d->worst_text : "", d->left_out);
}

#include "suites/ask.h"
#include "suites/rows.h"
#include "suites/unit_checks.h"

enum { ROWS_ASKED = 64 };

static bool failed(struct mlt_case_context *context, struct mlt_outcome *out, struct mlt_err *err,
                   const char *what)
{
    if (!mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "%s", what))
        return false;
    out->diagnostics = mlt_ask_diagnostics(context);
    return true;
}

bool mlt_unit_loads(struct mlt_case_context *context, const struct mlt_json *spec,
                    struct mlt_outcome *out, struct mlt_err *err)
{
    (void)spec;
    if (context->adapter(context, MLT_CANDIDATE, err)) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    if (err->kind != MLT_ERR_EVIDENCE)
        return false;
    struct mlt_err said = *err;
    *err = (struct mlt_err)MLT_ERR_INIT;
    return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "%s", said.text);
}

static const char *row_name(struct mlt_arena *arena, const struct mlt_batch *batch, size_t row)
{
    const char *name = batch->ids ? mlt_arena_printf(arena, "row '%s'", batch->ids[row])
                                  : mlt_arena_printf(arena, "generated row %zu", row + 1);
    return name ? name : "a row";
}

/* The first row that is not answered within the contract fails the check. */
static bool answers_within(struct mlt_case_context *context, size_t rows, struct mlt_outcome *out,
                           struct mlt_err *err)
{
    struct mlt_batch batch;
    struct mlt_prediction *answers;
    if (!mlt_rows_for_model(context, NULL, rows, &batch, err) ||
        !mlt_ask(context, MLT_CANDIDATE, &batch, context->arena, &answers, err))
        return false;
    const char *first = NULL;
    size_t faults = 0, first_row = 0;
    for (size_t r = 0; r < batch.rows; r++) {
        const char *fault = mlt_ask_fault(&context->contract->output, &answers[r], context->arena);
        if (fault && faults++ == 0) {
            first = fault;
            first_row = r;
        }
    }
    if (faults == 0) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    const char *what =
        mlt_arena_printf(context->arena, "%s: %s; %zu of %zu rows",
                         row_name(context->arena, &batch, first_row), first, faults, batch.rows);
    return what ? failed(context, out, err, what) : mlt_err_oom(err);
}

bool mlt_unit_predicts(struct mlt_case_context *context, const struct mlt_json *spec,
                       struct mlt_outcome *out, struct mlt_err *err)
{
    (void)spec;
    return answers_within(context, 1, out, err);
}

bool mlt_unit_output_contract(struct mlt_case_context *context, const struct mlt_json *spec,
                              struct mlt_outcome *out, struct mlt_err *err)
{
    (void)spec;
    return answers_within(context, ROWS_ASKED, out, err);
}

static const char *difference(struct mlt_case_context *context, const struct mlt_batch *batch,
                              size_t row, const struct mlt_prediction *first,
                              const struct mlt_prediction *second, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "%s is answered with ", row_name(context->arena, batch, row));
    mlt_ask_print_prediction(&text, first);
    mlt_buf_puts(&text, ", and asked again with ");
    mlt_ask_print_prediction(&text, second);
    return mlt_ask_keep(&text, context->arena, err);
}

bool mlt_unit_deterministic(struct mlt_case_context *context, const struct mlt_json *spec,
                            struct mlt_outcome *out, struct mlt_err *err)
{
    (void)spec;
    struct mlt_batch batch;
    struct mlt_prediction *first, *second;
    if (!mlt_rows_for_model(context, NULL, ROWS_ASKED, &batch, err) ||
        !mlt_ask(context, MLT_CANDIDATE, &batch, context->arena, &first, err) ||
        !mlt_ask(context, MLT_CANDIDATE, &batch, context->arena, &second, err))
        return false;
    size_t differing = 0;
    const char *shown = NULL;
    for (size_t r = 0; r < batch.rows; r++)
        if (!mlt_prediction_same(&first[r], &second[r]) && differing++ == 0) {
            shown = difference(context, &batch, r, &first[r], &second[r], err);
            if (!shown)
                return false;
        }
    if (differing == 0) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    const char *what = mlt_arena_printf(context->arena, "%s; %zu of %zu rows differ", shown,
                                        differing, batch.rows);
    return what ? failed(context, out, err, what) : mlt_err_oom(err);
}

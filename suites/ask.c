#include "suites/ask.h"

#include <string.h>

#include "harness/base/str.h"

enum { SHOWN_BYTES = 60, SHOWN_WORDS = 300, SHOWN_VECTOR = 8 };

bool mlt_ask(struct mlt_case_context *context, enum mlt_side side, const struct mlt_batch *batch,
             struct mlt_arena *arena, struct mlt_prediction **out, struct mlt_err *err)
{
    struct mlt_adapter *adapter = context->adapter(context, side, err);
    if (!adapter)
        return false;
    *out = mlt_arena_calloc(arena, batch->rows, sizeof **out);
    if (!*out)
        return mlt_err_oom(err);
    return adapter->ops->predict(adapter, batch, arena, *out, err);
}

const char *mlt_ask_keep(struct mlt_buf *text, struct mlt_arena *arena, struct mlt_err *err)
{
    const char *kept =
        mlt_buf_check(text, err) ? mlt_arena_strndup(arena, text->data, text->len) : NULL;
    mlt_buf_free(text);
    if (!kept)
        mlt_err_oom(err);
    return kept;
}

static const char *words_of(const struct mlt_prediction *prediction, struct mlt_arena *arena)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    mlt_buf_puts(&text, mlt_answer_name(prediction->answer));
    if (prediction->error) {
        mlt_buf_puts(&text, ": ");
        mlt_str_append_safe(&text, prediction->error, strlen(prediction->error), SHOWN_WORDS);
    }
    const char *kept = mlt_ask_keep(&text, arena, &err);
    return kept ? kept : mlt_answer_name(prediction->answer);
}

const char *mlt_ask_fault(const struct mlt_output *output, const struct mlt_prediction *prediction,
                          struct mlt_arena *arena)
{
    if (prediction->answer != MLT_ANSWER_OK)
        return words_of(prediction, arena);
    char why[256];
    if (mlt_contract_output_ok(output, prediction, why))
        return NULL;
    const char *kept = mlt_arena_strdup(arena, why);
    return kept ? kept : "outside the contract";
}

const char *mlt_ask_unclean(const struct mlt_output *output,
                            const struct mlt_prediction *prediction, struct mlt_arena *arena)
{
    if (prediction->answer == MLT_ANSWER_REFUSED)
        return NULL;
    return mlt_ask_fault(output, prediction, arena);
}

const char *mlt_ask_diagnostics(struct mlt_case_context *context)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_adapter *adapter = context->adapter(context, MLT_CANDIDATE, &err);
    if (!adapter)
        return NULL;
    struct mlt_buf text = MLT_BUF_INIT;
    adapter->ops->diagnostics(adapter, &text);
    if (text.len == 0) {
        mlt_buf_free(&text);
        return NULL;
    }
    return mlt_ask_keep(&text, context->arena, &err);
}

static void print_quoted(struct mlt_buf *out, const char *text, size_t len)
{
    mlt_buf_putc(out, '"');
    mlt_str_append_safe(out, text, len, SHOWN_BYTES);
    mlt_buf_putc(out, '"');
    if (len > SHOWN_BYTES)
        mlt_buf_printf(out, " (%zu bytes)", len);
}

static void print_number(struct mlt_buf *out, double number)
{
    char text[MLT_DOUBLE_CHARS];
    mlt_buf_puts(out, mlt_str_format_double(number, text));
}

void mlt_ask_print_value(struct mlt_buf *out, const struct mlt_value *value)
{
    switch (value->kind) {
    case MLT_VALUE_ABSENT:
        mlt_buf_puts(out, "missing");
        break;
    case MLT_VALUE_NULL:
        mlt_buf_puts(out, "null");
        break;
    case MLT_VALUE_NUMBER:
        print_number(out, value->number);
        break;
    case MLT_VALUE_TEXT:
        print_quoted(out, value->text, value->len);
        break;
    case MLT_VALUE_BOOL:
        mlt_buf_puts(out, value->boolean ? "true" : "false");
        break;
    case MLT_VALUE_JSON:
        mlt_str_append_safe(out, value->text, value->len, SHOWN_BYTES);
        break;
    }
}

void mlt_ask_print_prediction(struct mlt_buf *out, const struct mlt_prediction *prediction)
{
    switch (prediction->kind) {
    case MLT_PREDICTION_NONE:
        mlt_buf_printf(out, "no answer (%s)", mlt_answer_name(prediction->answer));
        if (prediction->error) {
            mlt_buf_puts(out, ": ");
            mlt_str_append_safe(out, prediction->error, strlen(prediction->error), SHOWN_WORDS);
        }
        break;
    case MLT_PREDICTION_NUMBER:
        print_number(out, prediction->number);
        break;
    case MLT_PREDICTION_LABEL:
        print_quoted(out, prediction->label, strlen(prediction->label));
        break;
    case MLT_PREDICTION_VECTOR:
        mlt_buf_putc(out, '[');
        for (size_t i = 0; i < prediction->vector_len && i < SHOWN_VECTOR; i++) {
            mlt_buf_puts(out, i ? ", " : "");
            print_number(out, prediction->vector[i]);
        }
        mlt_buf_puts(out, prediction->vector_len > SHOWN_VECTOR ? ", …]" : "]");
        break;
    }
}

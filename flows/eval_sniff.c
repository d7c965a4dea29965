#include <string.h>

#include "flows/eval_read.h"
#include "harness/base/buf.h"
#include "harness/base/str.h"

static bool text_is(const struct mlt_reader_text *text, const char *word)
{
    size_t len = strlen(word);
    return text->len == len && memcmp(text->text, word, len) == 0;
}

/* 0 or 1, in figures or as JSON's false and true. */
static bool zero_or_one(const struct mlt_reader_text *text, double *out)
{
    static const char *const zeros[] = {"0", "0.0", "false", "False"};
    static const char *const ones[] = {"1", "1.0", "true", "True"};
    for (int i = 0; i < 4; i++) {
        if (text_is(text, zeros[i]) || text_is(text, ones[i])) {
            *out = text_is(text, ones[i]);
            return true;
        }
    }
    return false;
}

/* What the first block's labels look like. */
struct sniff {
    bool any, text, other_number, done;
};

static bool sniff_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct sniff *seen = context;
    const struct mlt_reader_text *text = block->columns[0].text;
    for (size_t i = 0; i < block->rows; i++) {
        double value;
        if (text[i].text == NULL)
            continue;
        seen->any = true;
        if (zero_or_one(&text[i], &value))
            continue;
        char number[64];
        size_t len = text[i].len < sizeof number - 1 ? text[i].len : 0;
        memcpy(number, text[i].text, len);
        number[len] = '\0';
        if (len > 0 && mlt_str_parse_double(number, len, &value))
            seen->other_number = true;
        else
            seen->text = true;
    }
    seen->done = true;
    return mlt_err_set(err, MLT_ERR_INTERRUPTED, "seen enough");
}

bool mlt_eval_sniff_task(const struct mlt_eval_request *request, const char **out_task,
                         struct mlt_err *err)
{
    struct sniff seen = {0};
    struct mlt_reader_summary summary;
    const struct mlt_reader_column label = {request->label, MLT_COLUMN_TEXT, true};
    struct mlt_reader_options options = {
        .path = request->file, .columns = &label, .column_count = 1, .no_digest = true};
    if (strcmp(request->file, "-") == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "standard input can be read only once: say what the labels are with "
                           "--task regression, binary, multiclass, ranking or text, or name "
                           "--metrics");
    if (!mlt_eval_format(request->format, &options.format, err))
        return false;
    if (mlt_reader_run(&options, sniff_block, &seen, &summary, err))
        mlt_reader_summary_free(&summary);
    else if (!seen.done)
        return false;
    *err = (struct mlt_err)MLT_ERR_INIT;
    if (!seen.any)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: column '%s' has no label in its first rows",
                           request->file, request->label);
    if (seen.text)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s: the labels in '%s' are texts: say which is the positive one "
                           "(--positive YES), or list them (--classes A,B,C), or compare texts "
                           "(--task text)",
                           request->file, request->label);
    *out_task = seen.other_number ? "regression" : "binary";
    return true;
}

void mlt_eval_explain_labels(const struct mlt_eval_plan *plan, struct mlt_err *err)
{
    const struct mlt_eval_request request = {
        .file = plan->file, .format = plan->format, .label = plan->label};
    struct mlt_err better = MLT_ERR_INIT;
    const char *task;
    if (plan->spec.task != MLT_TASK_BINARY || plan->positive != NULL ||
        strcmp(plan->file, "-") == 0)
        return;
    if (!mlt_eval_sniff_task(&request, &task, &better) && better.kind == MLT_ERR_USAGE)
        *err = better;
}

/* The first few different labels of the first block. */
struct label_words {
    struct mlt_arena *arena;
    const char *word[9]; /* NULL behind the last */
    size_t count;
};

static bool note_label(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct label_words *seen = context;
    const struct mlt_reader_text *text = block->columns[0].text;
    const size_t most = sizeof seen->word / sizeof seen->word[0] - 1;
    for (size_t i = 0; i < block->rows && seen->count < most; i++) {
        bool known = text[i].text == NULL;
        for (size_t k = 0; !known && k < seen->count; k++)
            known = text_is(&text[i], seen->word[k]);
        if (known)
            continue;
        seen->word[seen->count] = mlt_arena_strndup(seen->arena, text[i].text, text[i].len);
        if (seen->word[seen->count] == NULL)
            return mlt_err_oom(err);
        seen->count++;
    }
    return mlt_err_set(err, MLT_ERR_INTERRUPTED, "seen enough");
}

void mlt_eval_explain_positive(const struct mlt_eval_plan *plan, struct mlt_arena *arena,
                               struct mlt_err *err)
{
    struct label_words seen = {.arena = arena};
    struct mlt_reader_summary summary;
    struct mlt_err ignored = MLT_ERR_INIT;
    const struct mlt_reader_column label = {plan->label, MLT_COLUMN_TEXT, true};
    struct mlt_reader_options options = {
        .path = plan->file, .columns = &label, .column_count = 1, .no_digest = true};
    if (strcmp(plan->file, "-") == 0 || !mlt_eval_format(plan->format, &options.format, &ignored))
        return;
    if (mlt_reader_run(&options, note_label, &seen, &summary, &ignored))
        mlt_reader_summary_free(&summary);
    const char *nearest = mlt_str_nearest(plan->positive, seen.word);
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "%s; ", err->text);
    if (nearest != NULL)
        mlt_buf_printf(&text, "did you mean \"%s\"?", nearest);
    else
        mlt_buf_puts(&text, "the first labels are ");
    for (size_t i = 0; nearest == NULL && i < seen.count; i++)
        mlt_buf_printf(&text, "%s\"%.40s\"", i > 0 ? ", " : "", seen.word[i]);
    if (seen.count > 0 && !text.oom)
        mlt_err_set(err, err->kind, "%s", text.data);
    mlt_buf_free(&text);
}

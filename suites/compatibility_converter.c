/* The declared converter, run on the candidate's golden outputs. */
#include <string.h>
#include <sys/wait.h>

#include "harness/base/str.h"
#include "harness/base/subprocess.h"
#include "suites/ask.h"
#include "suites/compatibility.h"

enum { OUTPUT_BYTES = 64 << 20, TIMEOUT_S = 60, TAIL_BYTES = 500 };
#define NS_PER_S UINT64_C(1000000000)

struct conversion {
    struct mlt_case_context *context;
    const struct mlt_output *output; /* the baseline's */
    struct mlt_buf input;
    const char **places;
    size_t count, capacity;
};

/* A line for the converter: {"instance": …, "prediction": …}. */
static bool collect(void *self, const char *place, const struct mlt_json *instance,
                    const struct mlt_json *prediction, struct mlt_err *err)
{
    struct conversion *c = self;
    struct mlt_json_out line;
    const char **grown =
        mlt_arena_grow(c->context->arena, c->places, c->count, &c->capacity, sizeof *grown);
    if (!grown)
        return mlt_err_oom(err);
    c->places = grown;
    c->places[c->count++] = place;
    mlt_json_out_init(&line, &c->input, false);
    mlt_json_out_object(&line);
    mlt_json_out_key(&line, "instance");
    mlt_json_out_node(&line, instance);
    mlt_json_out_key(&line, "prediction");
    mlt_json_out_node(&line, prediction);
    mlt_json_out_object_end(&line);
    bool ok = mlt_json_out_finish(&line, err);
    mlt_buf_putc(&c->input, '\n');
    return ok;
}

/* NULL when the line is an answer in the old form. */
static const char *fault_of(const struct conversion *c, const char *text, size_t len)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_arena *arena = c->context->arena;
    struct mlt_json *document;
    struct mlt_prediction prediction = {0};
    char why[256];
    if (!mlt_json_parse("its answer", text, len, &document, &err))
        return mlt_arena_strdup(arena, err.text);
    const struct mlt_json *node = mlt_json_get(document, "prediction");
    bool ok = node ? mlt_prediction_decode(node, c->output->name, arena, &prediction, &err)
                   : mlt_err_set(&err, MLT_ERR_EVIDENCE, "its answer has no `prediction`");
    mlt_json_free(document);
    if (!ok)
        return mlt_arena_strdup(arena, err.text);
    prediction.answer = MLT_ANSWER_OK;
    return mlt_contract_output_ok(c->output, &prediction, why) ? NULL
                                                               : mlt_arena_strdup(arena, why);
}

static bool judge_lines(const struct conversion *c, const struct mlt_buf *text,
                        struct mlt_outcome *out, struct mlt_err *err)
{
    size_t lines = 0;
    for (size_t start = 0; start < text->len;) {
        const char *at = text->data + start;
        const char *end = memchr(at, '\n', text->len - start);
        size_t len = end ? (size_t)(end - at) : text->len - start;
        start += len + 1;
        if (strspn(at, " \t\r") >= len)
            continue;
        if (lines == c->count)
            return mlt_outcome_set(c->context, out, MLT_OUTCOME_FAILED, err,
                                   "the converter gives more lines than the %zu it was given",
                                   c->count);
        const char *fault = fault_of(c, at, len);
        if (fault)
            return mlt_outcome_set(c->context, out, MLT_OUTCOME_FAILED, err,
                                   "the converter does not give the form of %s: %s: %s",
                                   c->context->baseline->version, c->places[lines], fault);
        lines++;
    }
    if (lines < c->count)
        return mlt_outcome_set(c->context, out, MLT_OUTCOME_FAILED, err,
                               "the converter gives %zu lines for the %zu it was given", lines,
                               c->count);
    return mlt_outcome_set(c->context, out, MLT_OUTCOME_PASSED, err,
                           "%zu outputs come out in the form of %s", lines,
                           c->context->baseline->version);
}

static bool judge(const struct conversion *c, const struct mlt_subprocess_result *result,
                  const struct mlt_buf *text, const struct mlt_buf *errors, struct mlt_outcome *out,
                  struct mlt_err *err)
{
    struct mlt_buf said = MLT_BUF_INIT;
    char status[64];
    size_t skip = errors->len > TAIL_BYTES ? errors->len - TAIL_BYTES : 0;
    mlt_str_append_safe(&said, errors->data + skip, errors->len - skip, TAIL_BYTES);
    out->diagnostics = mlt_ask_keep(&said, c->context->arena, err);
    if (!out->diagnostics)
        return false;
    if (result->timed_out)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the converter did not end within %d s",
                           (int)TIMEOUT_S);
    if (!WIFEXITED(result->status))
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the converter ended with %s",
                           mlt_subprocess_status_text(result->status, status));
    if (WEXITSTATUS(result->status) != 0)
        return mlt_outcome_set(
            c->context, out, MLT_OUTCOME_FAILED, err, "the converter ended with %s: %s",
            mlt_subprocess_status_text(result->status, status), out->diagnostics);
    if (result->out_truncated)
        return mlt_outcome_set(c->context, out, MLT_OUTCOME_FAILED, err,
                               "the converter's output does not end");
    return judge_lines(c, text, out, err);
}

static bool run(struct conversion *c, const char *const *command, struct mlt_outcome *out,
                struct mlt_err *err)
{
    const struct mlt_subject *subject = c->context->candidate;
    const char *env[] = {mlt_arena_printf(c->context->arena, "MLTEST_VERSION_DIR=%s", subject->dir),
                         "PYTHONDONTWRITEBYTECODE=1", NULL};
    const struct mlt_subprocess_options options = {command, subject->dir, env};
    struct mlt_subprocess_result result;
    struct mlt_buf text = MLT_BUF_INIT, errors = MLT_BUF_INIT;
    if (!env[0])
        return mlt_err_oom(err);
    bool ok = mlt_subprocess_run(&options, &c->input, TIMEOUT_S * NS_PER_S, OUTPUT_BYTES, &text,
                                 &errors, &result, err) &&
              judge(c, &result, &text, &errors, out, err);
    mlt_buf_free(&text);
    mlt_buf_free(&errors);
    return ok;
}

static bool output_changed(const struct mlt_compat_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->changes[i].part == MLT_PART_OUTPUT &&
            mlt_compat_needs(MLT_PART_OUTPUT, report->changes[i].kind, "stable", &(bool){false}) ==
                MLT_BUMP_MAJOR)
            return true;
    return false;
}

bool mlt_compatibility_converter(struct mlt_case_context *context,
                                 const struct mlt_compatibility *c, const char *file,
                                 struct mlt_outcome *out, struct mlt_err *err)
{
    struct conversion work = {.context = context, .output = &c->from.output, .input = MLT_BUF_INIT};
    size_t count;
    if (!c->to.converter)
        return output_changed(&c->report) && c->report.given != MLT_BUMP_MAJOR
                   ? mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                                     "the output changed and config.json declares no converter")
                   : mlt_outcome_set(
                         context, out, MLT_OUTCOME_PASSED, err, "%s",
                         output_changed(&c->report)
                             ? "no converter is declared, and a MAJOR version needs none"
                             : "the output keeps its form");
    bool ok = mlt_compatibility_examples(context->candidate->dir, file, context->arena, collect,
                                         &work, &count, err) &&
              mlt_buf_check(&work.input, err) && run(&work, c->to.converter, out, err);
    mlt_buf_free(&work.input);
    return ok;
}

/* What callers of the baseline send, as its golden examples have it, goes to the candidate. */
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "suites/ask.h"
#include "suites/compatibility.h"

enum { FILE_BYTES = 64 << 20, SHOWN = 50 };

typedef bool each_example(void *self, const char *place, const struct mlt_json *instance,
                          const struct mlt_json *prediction, struct mlt_err *err);

static bool read_line(const char *place, const char *text, size_t len, each_example *each,
                      void *self, struct mlt_err *err)
{
    struct mlt_json *example;
    if (!mlt_json_parse(place, text, len, &example, err))
        return false;
    const struct mlt_json *instance = mlt_json_get(example, "instance");
    const struct mlt_json *prediction = mlt_json_get(example, "prediction");
    bool ok = instance && prediction ? each(self, place, instance, prediction, err)
                                     : mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: `%s` is missing",
                                                   place, instance ? "prediction" : "instance");
    mlt_json_free(example);
    return ok;
}

static bool read_lines(const char *name, const struct mlt_buf *text, struct mlt_arena *arena,
                       each_example *each, void *self, size_t *count, struct mlt_err *err)
{
    size_t line = 1;
    for (size_t start = 0; start < text->len; line++) {
        const char *at = text->data + start;
        const char *end = memchr(at, '\n', text->len - start);
        size_t len = end ? (size_t)(end - at) : text->len - start;
        start += len + 1;
        if (strspn(at, " \t\r") >= len)
            continue;
        const char *place = mlt_arena_printf(arena, "%s:%zu", name, line);
        if (!place)
            return mlt_err_oom(err);
        if (!read_line(place, at, len, each, self, err))
            return false;
        ++*count;
    }
    return *count > 0 || mlt_err_set(err, MLT_ERR_EVIDENCE, "%s holds no examples", name);
}

bool mlt_compatibility_examples(const char *dir, const char *file, struct mlt_arena *arena,
                                each_example *each, void *self, size_t *count, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    const char *path = mlt_fs_join(arena, dir, file);
    *count = 0;
    if (!path)
        return mlt_err_oom(err);
    bool ok = mlt_fs_read(path, FILE_BYTES, &text, err) &&
              read_lines(file, &text, arena, each, self, count, err);
    mlt_buf_free(&text);
    return ok;
}

struct golden {
    struct mlt_case_context *context;
    const struct mlt_output *output;
    struct mlt_buf list;
    const char *first;
    size_t refused; /* or answered wrongly */
    size_t broken;  /* of these not cleanly refused: a crash, NaN, no answer */
};

static bool ask(void *self, const char *place, const struct mlt_json *instance,
                const struct mlt_json *prediction, struct mlt_err *err)
{
    struct golden *golden = self;
    struct mlt_case_context *context = golden->context;
    struct mlt_batch batch;
    struct mlt_prediction *answer;
    (void)prediction;
    if (!mlt_batch_decode_row(instance, context->arena, &batch, err))
        return mlt_err_prefix(err, "%s", place);
    if (!mlt_ask(context, MLT_CANDIDATE, &batch, context->arena, &answer, err))
        return false;
    const char *fault = mlt_ask_fault(golden->output, answer, context->arena);
    if (!fault)
        return true;
    golden->broken += answer->answer != MLT_ANSWER_REFUSED;
    const char *text = mlt_arena_printf(context->arena, "%s: %s", place, fault);
    if (!text)
        return mlt_err_oom(err);
    if (golden->refused++ == 0)
        golden->first = text;
    if (golden->refused <= SHOWN)
        mlt_buf_printf(&golden->list, "%s\n", text);
    return true;
}

bool mlt_compatibility_golden(struct mlt_case_context *context, const struct mlt_compatibility *c,
                              const char *file, struct mlt_outcome *out, struct mlt_err *err)
{
    struct golden golden = {.context = context, .output = &c->to.output, .list = MLT_BUF_INIT};
    size_t count;
    const char *version = context->baseline->version;
    if (!mlt_compatibility_examples(context->baseline->dir, file, context->arena, ask, &golden,
                                    &count, err)) {
        mlt_buf_free(&golden.list);
        return mlt_err_prefix(err, "the examples of %s", version);
    }
    out->diagnostics = mlt_ask_keep(&golden.list, context->arena, err);
    if (!out->diagnostics)
        return false;
    if (golden.refused == 0)
        return mlt_outcome_set(context, out, MLT_OUTCOME_PASSED, err,
                               "all %zu examples of %s are answered", count, version);
    if (c->report.given == MLT_BUMP_MAJOR && golden.broken == 0)
        return mlt_outcome_set(
            context, out, MLT_OUTCOME_PASSED, err,
            "%zu of %zu examples of %s are no longer answered, as a MAJOR version "
            "may: %s",
            golden.refused, count, version, golden.first);
    return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                           "%zu of %zu examples of %s are no longer answered: %s", golden.refused,
                           count, version, golden.first);
}

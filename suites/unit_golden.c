/* Golden examples: one JSON object a line, {"instance": {…}, "prediction": …, "tolerance": 1e-5}.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "suites/ask.h"
#include "suites/unit_checks.h"

enum { FILE_BYTES = 64 << 20, SHOWN_MISMATCHES = 50 };

struct mismatch {
    size_t line;
    double excess; /* how far beyond the tolerance; infinite where there is no distance */
    const char *text;
};

struct golden {
    struct mlt_case_context *context;
    const char *name; /* of the file, for messages */
    double tolerance;
    size_t examples;
    struct mismatch *mismatches;
    size_t count, capacity;
};

/* The version's own file first, then the one beside mltest.yaml. */
static bool find_file(struct mlt_case_context *context, const char *name, const char **out,
                      struct mlt_err *err)
{
    const char *own = mlt_fs_join(context->arena, context->candidate->dir, name);
    const char *beside = mlt_fs_join(context->arena, context->config->dir, name);
    if (!own || !beside)
        return mlt_err_oom(err);
    *out = mlt_fs_kind(own) == MLT_FS_FILE ? own : beside;
    if (mlt_fs_kind(*out) == MLT_FS_FILE)
        return true;
    return mlt_err_set(err, MLT_ERR_USAGE, "golden examples '%s' are neither in %s nor in %s", name,
                       context->candidate->dir, context->config->dir);
}

static double number_distance(double expected, double got, double tolerance)
{
    if (expected == got)
        return 0;
    double off = fabs(expected - got);
    return off <= tolerance ? 0 : isnan(off) ? INFINITY : off;
}

/* 0 when equal within the tolerance, else how far off. */
static double distance(const struct mlt_prediction *expected, const struct mlt_prediction *got,
                       double tolerance)
{
    if (got->answer != MLT_ANSWER_OK || expected->kind != got->kind)
        return INFINITY;
    if (expected->kind == MLT_PREDICTION_NUMBER)
        return number_distance(expected->number, got->number, tolerance);
    if (expected->kind == MLT_PREDICTION_LABEL)
        return mlt_str_eq(expected->label, got->label) ? 0 : INFINITY;
    if (expected->vector_len != got->vector_len)
        return INFINITY;
    double worst = 0;
    for (size_t i = 0; i < got->vector_len; i++)
        worst = fmax(worst, number_distance(expected->vector[i], got->vector[i], tolerance));
    return worst;
}

static bool note_mismatch(struct golden *golden, size_t line, double off,
                          const struct mlt_prediction *expected, const struct mlt_prediction *got,
                          double tolerance, struct mlt_err *err)
{
    struct mlt_arena *arena = golden->context->arena;
    char number[MLT_DOUBLE_CHARS];
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "%s:%zu: expected ", golden->name, line);
    mlt_ask_print_prediction(&text, expected);
    mlt_buf_puts(&text, ", got ");
    mlt_ask_print_prediction(&text, got);
    if (isfinite(off)) {
        mlt_buf_printf(&text, ", off by %s", mlt_str_format_double(off, number));
        mlt_buf_printf(&text, " with tolerance %s", mlt_str_format_double(tolerance, number));
    }
    struct mismatch found = {line, off - tolerance, mlt_ask_keep(&text, arena, err)};
    if (!found.text)
        return false;
    struct mismatch *grown =
        mlt_arena_grow(arena, golden->mismatches, golden->count, &golden->capacity, sizeof *grown);
    if (!grown)
        return mlt_err_oom(err);
    golden->mismatches = grown;
    golden->mismatches[golden->count++] = found;
    return true;
}

static bool check_keys(const struct mlt_json *example, const char *place, struct mlt_err *err)
{
    static const char *const known[] = {"instance", "prediction", "tolerance", "comment", NULL};
    if (mlt_json_type(example) != MLT_JSON_OBJECT)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s: an example is an object, not %s", place,
                           mlt_json_type_name(mlt_json_type(example)));
    for (const struct mlt_json *child = mlt_json_first(example); child;
         child = mlt_json_next(child)) {
        const char *key = mlt_json_key(child);
        size_t i = 0;
        while (known[i] && strcmp(known[i], key) != 0)
            i++;
        const char *nearest = known[i] ? NULL : mlt_str_nearest(key, known);
        if (!known[i])
            return mlt_err_set(err, MLT_ERR_USAGE, "%s: unknown key '%s'%s%s%s", place, key,
                               nearest ? "; did you mean '" : "", nearest ? nearest : "",
                               nearest ? "'?" : "");
    }
    return true;
}

static bool check_example(struct golden *golden, const struct mlt_json *example, size_t line,
                          const char *place, struct mlt_err *err)
{
    struct mlt_case_context *context = golden->context;
    const struct mlt_json *instance = mlt_json_get(example, "instance");
    const struct mlt_json *wanted = mlt_json_get(example, "prediction");
    const struct mlt_json *allowed = mlt_json_get(example, "tolerance");
    double tolerance = golden->tolerance;
    struct mlt_batch batch;
    struct mlt_prediction expected = {0}, *got;
    if (!check_keys(example, place, err))
        return false;
    if (!instance || !wanted)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s: `%s` is missing", place,
                           instance ? "prediction" : "instance");
    if (allowed && (!mlt_json_number(allowed, &tolerance) || !(tolerance >= 0)))
        return mlt_err_set(err, MLT_ERR_USAGE, "%s: `tolerance` is not a number from 0", place);
    if (!mlt_batch_decode_row(instance, context->arena, &batch, err) ||
        !mlt_prediction_decode(wanted, context->contract->output.name, context->arena, &expected,
                               err))
        return mlt_err_prefix(err, "%s", place);
    if (!mlt_ask(context, MLT_CANDIDATE, &batch, context->arena, &got, err))
        return false;
    golden->examples++;
    double off = distance(&expected, got, tolerance);
    return off == 0 || note_mismatch(golden, line, off, &expected, got, tolerance, err);
}

static bool is_blank(const char *text, size_t len)
{
    return strspn(text, " \t\r") >= len;
}

static bool check_line(struct golden *golden, const char *text, size_t len, size_t line,
                       struct mlt_err *err)
{
    if (is_blank(text, len))
        return true;
    const char *place = mlt_arena_printf(golden->context->arena, "%s:%zu", golden->name, line);
    struct mlt_json *example;
    if (!place)
        return mlt_err_oom(err);
    if (!mlt_json_parse(place, text, len, &example, err))
        return false;
    bool ok = check_example(golden, example, line, place, err);
    mlt_json_free(example);
    return ok;
}

static bool check_all(struct golden *golden, const struct mlt_buf *text, struct mlt_err *err)
{
    size_t line = 1, start = 0;
    while (start < text->len) {
        const char *end = memchr(text->data + start, '\n', text->len - start);
        size_t len = end ? (size_t)(end - text->data) - start : text->len - start;
        if (!check_line(golden, text->data + start, len, line++, err))
            return false;
        start += len + 1;
    }
    return golden->examples > 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE, "%s holds no examples", golden->name);
}

static int by_excess(const void *a, const void *b)
{
    const struct mismatch *x = a, *y = b;
    if (x->excess != y->excess)
        return x->excess > y->excess ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static bool conclude(struct golden *golden, struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_case_context *context = golden->context;
    if (golden->count == 0) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    qsort(golden->mismatches, golden->count, sizeof *golden->mismatches, by_excess);
    if (!mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "%s; %zu of %zu examples differ",
                         golden->mismatches[0].text, golden->count, golden->examples))
        return false;
    struct mlt_buf list = MLT_BUF_INIT;
    for (size_t i = 0; i < golden->count && i < SHOWN_MISMATCHES; i++)
        mlt_buf_printf(&list, "%s\n", golden->mismatches[i].text);
    if (golden->count > SHOWN_MISMATCHES)
        mlt_buf_printf(&list, "and %zu more\n", golden->count - SHOWN_MISMATCHES);
    out->diagnostics = mlt_ask_keep(&list, context->arena, err);
    return out->diagnostics != NULL;
}

bool mlt_unit_examples(struct mlt_case_context *context, const struct mlt_json *spec,
                       struct mlt_outcome *out, struct mlt_err *err)
{
    struct golden golden = {.context = context};
    const char *path = NULL;
    struct mlt_buf text = MLT_BUF_INIT;
    if (!mlt_json_want_string(spec, "file", &golden.name, err) ||
        !mlt_json_want_number(spec, "tolerance", &golden.tolerance, err) ||
        !find_file(context, golden.name, &path, err))
        return false;
    bool ok = mlt_fs_read(path, FILE_BYTES, &text, err) && check_all(&golden, &text, err) &&
              conclude(&golden, out, err);
    mlt_buf_free(&text);
    return ok;
}

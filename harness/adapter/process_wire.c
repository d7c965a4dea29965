#include "harness/adapter/process_wire.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"

enum { SHOWN_BYTES = 120, REASON_BYTES = 1000, MAX_BATCH = 65536, MAX_WINDOW = 1024 };

static void show(const char *text, size_t len, char out[256])
{
    struct mlt_buf buf = MLT_BUF_INIT;
    mlt_str_append_safe(&buf, text, len, SHOWN_BYTES);
    snprintf(out, 256, "%s", buf.data);
    mlt_buf_free(&buf);
}

static bool decode_size(const struct mlt_json *object, const char *key, size_t max, size_t *out,
                        struct mlt_err *err)
{
    const struct mlt_json *node = mlt_json_get(object, key);
    double value;
    *out = 1;
    if (!node)
        return true;
    if (!mlt_json_number(node, &value) || !(value >= 1) || value != (double)(uint64_t)value)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the model's hello has a %s that is no whole number of at least 1", key);
    *out = value > (double)max ? max : (size_t)value;
    return true;
}

static bool same_subject(const struct mlt_json *hello, const char *key, const char *expected,
                         struct mlt_err *err)
{
    const char *said = mlt_json_string(mlt_json_get(hello, key));
    if (!said || !*said || !expected || strcmp(said, expected) == 0)
        return true;
    char shown[256];
    show(said, strlen(said), shown);
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "the model says its %s is \"%s\", expected \"%s\"", key,
                       shown, expected);
}

bool mlt_process_hello_decode(const char *line, size_t len, const struct mlt_subject *subject,
                              struct mlt_process_hello *out, struct mlt_err *err)
{
    struct mlt_json *json = NULL;
    struct mlt_err fault = MLT_ERR_INIT;
    double protocol;
    char shown[256];
    bool parsed = mlt_json_parse("hello", line, len, &json, &fault);
    bool ok = parsed && mlt_json_number(mlt_json_get(json, "mltest"), &protocol) && protocol == 1;
    if (!ok) {
        show(line, len, shown);
        mlt_err_set(err, MLT_ERR_EVIDENCE,
                    "the model's first line is not the hello {\"mltest\":1,…} but \"%s\"; print "
                    "anything else to stderr",
                    shown);
    }
    ok = ok && same_subject(json, "model", subject->model, err) &&
         same_subject(json, "version", subject->version, err) &&
         decode_size(json, "max_batch", MAX_BATCH, &out->max_batch, err) &&
         decode_size(json, "window", MAX_WINDOW, &out->window, err);
    if (parsed)
        mlt_json_free(json);
    return ok;
}

bool mlt_process_request_encode(uint64_t id, const struct mlt_batch *batch, size_t first,
                                size_t rows, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_json_out json;
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, id);
    mlt_json_out_init(&json, out, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "id", text);
    mlt_json_out_key(&json, "instances");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < rows; i++)
        mlt_batch_encode_row(batch, first + i, &json);
    mlt_json_out_array_end(&json);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err);
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && isspace((unsigned char)*at))
        at++;
    return at;
}

/* {"id": "17" at the start of a line that is no JSON (Python prints NaN there): whose answer it was. */
static bool salvage_id(const char *line, size_t len, uint64_t *out)
{
    static const char *const tokens[] = {"{", "\"id\"", ":", "\""};
    const char *at = line, *end = line + len;
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        size_t n = strlen(tokens[i]);
        at = skip_space(at, end);
        if ((size_t)(end - at) < n || memcmp(at, tokens[i], n) != 0)
            return false;
        at += n;
    }
    char digits[24];
    size_t n = 0;
    while (at + n < end && n < sizeof digits - 1 && isdigit((unsigned char)at[n])) {
        digits[n] = at[n];
        n++;
    }
    digits[n] = '\0';
    return at + n < end && at[n] == '"' && mlt_str_parse_uint(digits, UINT64_MAX, out);
}

enum mlt_process_line mlt_process_line_read(const char *line, size_t len,
                                            struct mlt_process_reply *out)
{
    struct mlt_err fault = MLT_ERR_INIT;
    char shown[256];
    *out = (struct mlt_process_reply){0};
    if (!mlt_json_parse("answer", line, len, &out->document, &fault)) {
        show(line, len, shown);
        snprintf(out->why, sizeof out->why, "the line \"%s\" is not JSON (%.120s)", shown,
                 fault.text);
        out->document = NULL;
        out->has_id = salvage_id(line, len, &out->id);
        return MLT_PROCESS_LINE_BROKEN;
    }
    const char *id = mlt_json_string(mlt_json_get(out->document, "id"));
    char back[24];
    bool ours = id && mlt_str_parse_uint(id, UINT64_MAX, &out->id);
    snprintf(back, sizeof back, "%" PRIu64, out->id);
    if (ours && strcmp(back, id) == 0) {
        out->has_id = true;
        return MLT_PROCESS_LINE_ANSWER;
    }
    mlt_json_free(out->document);
    out->document = NULL;
    if (id) {
        show(id, strlen(id), shown);
        snprintf(out->why, sizeof out->why, "it answered id \"%s\", which was never asked", shown);
        return MLT_PROCESS_LINE_FOREIGN;
    }
    show(line, len, shown);
    snprintf(out->why, sizeof out->why, "the line \"%s\" has no \"id\" text", shown);
    return MLT_PROCESS_LINE_BROKEN;
}

static bool answer_all(struct mlt_prediction *out, size_t rows, enum mlt_answer answer,
                       const char *why, struct mlt_err *err)
{
    if (!why)
        return mlt_err_oom(err);
    for (size_t i = 0; i < rows; i++)
        out[i] = (struct mlt_prediction){.answer = answer, .error = why};
    return true;
}

static bool decode_refusal(const struct mlt_json *node, size_t rows, struct mlt_arena *arena,
                           struct mlt_prediction *out, struct mlt_err *err)
{
    const char *words = mlt_json_string(node);
    if (!words)
        return answer_all(out, rows, MLT_ANSWER_MALFORMED, "its \"error\" is not text", err);
    struct mlt_buf buf = MLT_BUF_INIT;
    mlt_str_append_safe(&buf, words, strlen(words), REASON_BYTES);
    const char *why = buf.oom ? NULL : mlt_arena_strndup(arena, buf.data, buf.len);
    mlt_buf_free(&buf);
    return answer_all(out, rows, MLT_ANSWER_REFUSED, why, err);
}

bool mlt_process_answer_decode(const struct mlt_json *document, const char *output_name, size_t rows,
                               struct mlt_arena *arena, struct mlt_prediction *out, bool *refused,
                               struct mlt_err *err)
{
    const struct mlt_json *list = mlt_json_get(document, "predictions");
    const struct mlt_json *error = mlt_json_get(document, "error");
    *refused = false;
    if (error && mlt_json_type(error) != MLT_JSON_NULL) {
        *refused = mlt_json_string(error) != NULL;
        return decode_refusal(error, rows, arena, out, err);
    }
    if (!list || mlt_json_type(list) != MLT_JSON_ARRAY)
        return answer_all(out, rows, MLT_ANSWER_MALFORMED,
                          "its answer has neither a list \"predictions\" nor an \"error\"", err);
    if (mlt_json_count(list) != rows)
        return answer_all(out, rows, MLT_ANSWER_MALFORMED,
                          mlt_arena_printf(arena, "it gave %zu predictions for %zu instances",
                                           mlt_json_count(list), rows),
                          err);
    const struct mlt_json *node = mlt_json_first(list);
    for (size_t i = 0; i < rows; i++, node = mlt_json_next(node)) {
        struct mlt_err fault = MLT_ERR_INIT;
        out[i] = (struct mlt_prediction){0};
        if (mlt_prediction_decode(node, output_name, arena, &out[i], &fault)) {
            out[i].answer = MLT_ANSWER_OK;
            continue;
        }
        const char *why = mlt_arena_strdup(arena, fault.text);
        if (!answer_all(&out[i], 1, MLT_ANSWER_MALFORMED, why, err))
            return false;
    }
    return true;
}

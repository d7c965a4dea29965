/* A request as JSON: one table for both directions. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "flows/eval_plan.h"
#include "harness/domain/field.h"

enum kind { TEXT, TEXTS, NUMBER, COUNT, FLAG };

struct member {
    const char *key;
    enum kind kind;
    size_t at;
};

#define MEMBER(key, kind, name)                                                                    \
    {                                                                                              \
        key, kind, offsetof(struct mlt_eval_request, name)                                         \
    }

static const struct member members[] = {
    MEMBER("file", TEXT, file),
    MEMBER("baseline_file", TEXT, baseline_file),
    MEMBER("format", TEXT, format),
    MEMBER("label", TEXT, label),
    MEMBER("positive", TEXT, positive),
    MEMBER("weights", TEXT, weights),
    MEMBER("frequencies", TEXT, frequencies),
    MEMBER("cluster", TEXT, cluster),
    MEMBER("query", TEXT, query),
    MEMBER("id", TEXT, id),
    MEMBER("threshold_rule", TEXT, threshold_rule),
    MEMBER("missing", TEXT, missing),
    MEMBER("rule", TEXT, rule),
    MEMBER("correction", TEXT, correction),
    MEMBER("scores", TEXTS, scores),
    MEMBER("baselines", TEXTS, baselines),
    MEMBER("classes", TEXTS, classes),
    MEMBER("slices", TEXTS, slices),
    MEMBER("metrics", TEXTS, metrics),
    MEMBER("requires", TEXTS, requires),
    MEMBER("defines", TEXTS, defines),
    MEMBER("searched", TEXTS, searched),
    MEMBER("not_searched", TEXTS, not_searched),
    MEMBER("threshold", NUMBER, threshold),
    MEMBER("alpha", NUMBER, alpha),
    MEMBER("max_candidate_missing", NUMBER, max_candidate_missing),
    MEMBER("min_rows", COUNT, min_rows),
    MEMBER("largest_loss", NUMBER, largest_loss),
    MEMBER("replicates", COUNT, replicates),
    MEMBER("find_slices", COUNT, find_slices),
    MEMBER("estimates_only", FLAG, estimates_only),
};
enum { MEMBERS = sizeof members / sizeof members[0] };

static void encode_texts(const struct mlt_texts *texts, struct mlt_json_out *out)
{
    mlt_json_out_array(out);
    for (size_t i = 0; i < texts->count; i++)
        mlt_json_out_string(out, texts->items[i]);
    mlt_json_out_array_end(out);
}

void mlt_eval_request_encode(const struct mlt_eval_request *request, enum mlt_task task,
                             struct mlt_json_out *out)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "task", mlt_task_name(task));
    for (size_t i = 0; i < MEMBERS; i++) {
        const void *value = (const char *)request + members[i].at;
        mlt_json_out_key(out, members[i].key);
        switch (members[i].kind) {
        case TEXT:
            mlt_json_out_string(out, *(const char *const *)value);
            break;
        case TEXTS:
            encode_texts(value, out);
            break;
        case NUMBER:
            isnan(*(const double *)value) ? mlt_json_out_null(out)
                                          : mlt_json_out_number(out, *(const double *)value);
            break;
        case COUNT:
            mlt_json_out_int(out, (int64_t) * (const uint64_t *)value);
            break;
        case FLAG:
            mlt_json_out_bool(out, *(const bool *)value);
            break;
        }
    }
    mlt_json_out_object_end(out);
}

static struct mlt_texts decode_texts(struct mlt_field_reader *in, const char *key)
{
    struct mlt_texts texts = {0};
    const struct mlt_json *list = in->failed ? NULL : mlt_json_get(in->object, key);
    size_t count = list == NULL ? 0 : mlt_json_count(list);
    const char **items = mlt_arena_calloc(in->arena, count, sizeof *items);
    if (list == NULL || mlt_json_type(list) != MLT_JSON_ARRAY || items == NULL) {
        mlt_field_fault(in, key, "a list of texts");
        return texts;
    }
    for (const struct mlt_json *node = mlt_json_first(list); node; node = mlt_json_next(node)) {
        items[texts.count] = mlt_arena_strdup(in->arena, mlt_json_string(node));
        if (items[texts.count++] == NULL)
            mlt_field_fault(in, key, "a list of texts");
    }
    texts.items = items;
    return texts;
}

bool mlt_eval_request_text(const struct mlt_eval_request *request, enum mlt_task task,
                           struct mlt_arena *arena, const char **out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_eval_request_encode(request, task, &json);
    bool ok = mlt_json_out_finish(&json, err);
    if (ok) {
        *out = mlt_arena_strdup(arena, text.data);
        ok = *out != NULL || mlt_err_oom(err);
    }
    mlt_buf_free(&text);
    return ok;
}

bool mlt_eval_request_decode(const struct mlt_json *node, struct mlt_arena *arena,
                             struct mlt_eval_request *out, struct mlt_err *err)
{
    struct mlt_field_reader in = mlt_field_reader(node, "request", arena, err);
    *out = (struct mlt_eval_request){.task = mlt_field_text(&in, "task")};
    for (size_t i = 0; i < MEMBERS; i++) {
        void *value = (char *)out + members[i].at;
        const char *key = members[i].key;
        switch (members[i].kind) {
        case TEXT:
            *(const char **)value = mlt_field_optional_text(&in, key);
            break;
        case TEXTS:
            *(struct mlt_texts *)value = decode_texts(&in, key);
            break;
        case NUMBER:
            *(double *)value = mlt_field_number(&in, key);
            break;
        case COUNT:
            *(uint64_t *)value = mlt_field_count(&in, key);
            break;
        case FLAG:
            *(bool *)value = mlt_field_bool(&in, key);
            break;
        }
    }
    return mlt_field_finish(&in);
}

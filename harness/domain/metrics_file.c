#include "harness/domain/metrics_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/json.h"

struct reading {
    const char *file;
    struct mlt_arena *arena;
    struct mlt_err *err;
};

static bool wrong(const struct reading *r, const char *where, const char *expected,
                  const struct mlt_json *found)
{
    return mlt_err_set(r->err, MLT_ERR_USAGE, "%s: %.150s: expected %s, found %s", r->file, where,
                       expected, mlt_json_type_name(mlt_json_type(found)));
}

/* The member of `object`, for messages: "rows", "slices[2].rows". */
static const char *place(const char *prefix, const char *key, char out[160])
{
    snprintf(out, 160, "%s%s%.100s", prefix, prefix[0] ? "." : "", key);
    return out;
}

static bool read_text(const struct reading *r, const struct mlt_json *object, const char *prefix,
                      const char *key, const char **out)
{
    char where[160];
    const struct mlt_json *node = mlt_json_get(object, key);
    const char *text = mlt_json_string(node);
    if (!node || mlt_json_type(node) == MLT_JSON_NULL)
        return true;
    if (!text)
        return wrong(r, place(prefix, key, where), "text", node);
    *out = mlt_arena_strdup(r->arena, text);
    return *out || mlt_err_oom(r->err);
}

static bool read_rows(const struct reading *r, const struct mlt_json *object, const char *prefix,
                      long long *out)
{
    char where[160], shown[MLT_DOUBLE_CHARS];
    double rows;
    const struct mlt_json *node = mlt_json_get(object, "rows");
    if (!node || mlt_json_type(node) == MLT_JSON_NULL)
        return true;
    if (!mlt_json_number(node, &rows))
        return wrong(r, place(prefix, "rows", where), "a whole number", node);
    if (!(rows >= 0) || rows > 9007199254740992.0 || rows != floor(rows))
        return mlt_err_set(r->err, MLT_ERR_USAGE, "%s: %s: expected a whole number, found %s",
                           r->file, place(prefix, "rows", where),
                           mlt_str_format_double(rows, shown));
    *out = (long long)rows;
    return true;
}

/* The numbers among the members of `object`. When all of them are metrics, one that is no number is
 * refused; otherwise others may stand between them, and "rows" is none. */
static bool read_values(const struct reading *r, const struct mlt_json *object, const char *prefix,
                        bool all, struct mlt_metrics_value **out, size_t *out_count)
{
    char where[160];
    struct mlt_metrics_value *values =
        mlt_arena_calloc(r->arena, mlt_json_count(object), sizeof *values);
    size_t count = 0;
    if (!values)
        return mlt_err_oom(r->err);
    for (const struct mlt_json *at = mlt_json_first(object); at; at = mlt_json_next(at)) {
        const char *key = mlt_json_key(at);
        double value;
        if (!mlt_json_number(at, &value) || !isfinite(value)) {
            if (all)
                return wrong(r, place(prefix, key, where), "a number", at);
            continue;
        }
        if (!all && strcmp(key, "rows") == 0)
            continue;
        if (key[0] == '\0')
            return mlt_err_set(r->err, MLT_ERR_USAGE, "%s: %.100s%sa number has no name", r->file,
                               prefix, prefix[0] ? ": " : "");
        values[count].name = mlt_arena_strdup(r->arena, key);
        if (!values[count].name)
            return mlt_err_oom(r->err);
        values[count++].value = value;
    }
    *out = values;
    *out_count = count;
    return true;
}

/* From "metrics", or from the object itself where it has none. */
static bool read_metrics(const struct reading *r, const struct mlt_json *object, const char *prefix,
                         struct mlt_metrics_value **out, size_t *out_count)
{
    char where[160];
    const struct mlt_json *node = mlt_json_get(object, "metrics");
    if (!node)
        return read_values(r, object, prefix, false, out, out_count);
    place(prefix, "metrics", where);
    if (mlt_json_type(node) != MLT_JSON_OBJECT)
        return wrong(r, where, "an object of numbers", node);
    return read_values(r, node, where, true, out, out_count);
}

/* A slice of a numeric column may have its value as a number. */
static bool read_slice_value(const struct reading *r, const struct mlt_json *slice,
                             const char *prefix, const char **out)
{
    char shown[MLT_DOUBLE_CHARS];
    double number;
    if (!mlt_json_number(mlt_json_get(slice, "value"), &number))
        return read_text(r, slice, prefix, "value", out);
    *out = mlt_arena_strdup(r->arena, mlt_str_format_double(number, shown));
    return *out || mlt_err_oom(r->err);
}

static bool read_slice_metrics(const struct reading *r, const struct mlt_json *node,
                               const char *prefix, struct mlt_metrics_slice *slice)
{
    if (!read_metrics(r, node, prefix, &slice->metrics, &slice->count))
        return false;
    /* A value that is a number names the slice; it measures nothing. */
    size_t kept = 0;
    bool flat = !mlt_json_get(node, "metrics");
    for (size_t i = 0; i < slice->count; i++)
        if (!flat || strcmp(slice->metrics[i].name, "value") != 0)
            slice->metrics[kept++] = slice->metrics[i];
    slice->count = kept;
    return true;
}

static bool read_slice(const struct reading *r, const struct mlt_json *node, size_t number,
                       struct mlt_metrics_slice *out)
{
    char prefix[64];
    struct mlt_metrics_slice slice = {.rows = -1};
    snprintf(prefix, sizeof prefix, "slices[%zu]", number);
    if (mlt_json_type(node) != MLT_JSON_OBJECT)
        return wrong(r, prefix, "an object with column, value and numbers", node);
    if (!read_text(r, node, prefix, "column", &slice.column) ||
        !read_slice_value(r, node, prefix, &slice.value) ||
        !read_rows(r, node, prefix, &slice.rows) || !read_slice_metrics(r, node, prefix, &slice))
        return false;
    if (!slice.column || !slice.value)
        return mlt_err_set(r->err, MLT_ERR_USAGE,
                           "%s: %s: expected \"column\" and \"value\", %s is missing", r->file,
                           prefix, slice.column ? "value" : "column");
    *out = slice;
    return true;
}

static bool read_slices(const struct reading *r, const struct mlt_json *document,
                        struct mlt_metrics_file *out)
{
    const struct mlt_json *list = mlt_json_get(document, "slices");
    if (!list || mlt_json_type(list) == MLT_JSON_NULL)
        return true;
    if (mlt_json_type(list) != MLT_JSON_ARRAY)
        return wrong(r, "slices", "a list of {\"column\", \"value\", NAME: NUMBER}", list);
    out->slices = mlt_arena_calloc(r->arena, mlt_json_count(list), sizeof *out->slices);
    if (!out->slices)
        return mlt_err_oom(r->err);
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at)) {
        if (!read_slice(r, at, out->slice_count, &out->slices[out->slice_count]))
            return false;
        out->slice_count++;
    }
    return true;
}

static bool check_says(const struct reading *r, const struct mlt_json *document, const char *key,
                       const char *wanted)
{
    const struct mlt_json *node = mlt_json_get(document, key);
    const char *text = mlt_json_string(node);
    if (!node || !wanted || mlt_str_eq(text, wanted))
        return true;
    return mlt_err_set(r->err, MLT_ERR_USAGE, "%s: %s: expected \"%.140s\", found %s%.140s%s",
                       r->file, key, wanted, text ? "\"" : "",
                       text ? text : mlt_json_type_name(mlt_json_type(node)), text ? "\"" : "");
}

static bool read(const struct reading *r, const struct mlt_json *document, const char *model,
                 const char *version, struct mlt_metrics_file *out)
{
    struct mlt_metrics_file metrics = {.rows = -1};
    if (mlt_json_type(document) != MLT_JSON_OBJECT)
        return mlt_err_set(r->err, MLT_ERR_USAGE, "%s: expected an object, found %s", r->file,
                           mlt_json_type_name(mlt_json_type(document)));
    if (!check_says(r, document, "model", model) || !check_says(r, document, "version", version) ||
        !read_text(r, document, "", "dataset", &metrics.dataset) ||
        !read_rows(r, document, "", &metrics.rows) ||
        !read_metrics(r, document, "", &metrics.metrics, &metrics.count) ||
        !read_slices(r, document, &metrics))
        return false;
    *out = metrics;
    return true;
}

bool mlt_metrics_file_parse(const char *file, const char *text, size_t len, const char *model,
                            const char *version, struct mlt_arena *arena,
                            struct mlt_metrics_file *out, struct mlt_err *err)
{
    struct mlt_json *document;
    const struct reading reading = {file, arena, err};
    if (!mlt_json_parse(file, text, len, &document, err))
        return false;
    bool ok = read(&reading, document, model, version, out);
    mlt_json_free(document);
    return ok;
}

const struct mlt_metrics_value *mlt_metrics_file_find(const struct mlt_metrics_file *metrics,
                                                      const char *name)
{
    for (size_t i = 0; i < metrics->count; i++)
        if (strcmp(metrics->metrics[i].name, name) == 0)
            return &metrics->metrics[i];
    return NULL;
}

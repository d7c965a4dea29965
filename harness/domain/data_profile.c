#include "harness/domain/data_profile.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/hash.h"
#include "harness/base/str.h"
#include "harness/domain/field.h"

#define MOST_COUNT 9007199254740992.0 /* 2^53 */

const struct mlt_profile_column *mlt_data_profile_find(const struct mlt_data_profile *profile,
                                                       const char *name)
{
    for (size_t i = 0; i < profile->column_count; i++)
        if (strcmp(profile->columns[i].name, name) == 0)
            return &profile->columns[i];
    return NULL;
}

static void read_edges(struct mlt_field_reader *r, struct mlt_profile_column *out)
{
    size_t count;
    out->edges = mlt_field_numbers(r, "edges", MLT_PROFILE_BINS - 1, &count);
    for (size_t i = 0; i < count && out->edges; i++)
        if (!isfinite(out->edges[i]) || (i > 0 && out->edges[i] <= out->edges[i - 1]))
            mlt_field_fault(r, "edges", "a list of ascending finite numbers");
    out->bins = count + 1;
}

static void read_values(struct mlt_field_reader *r, struct mlt_profile_column *out)
{
    const struct mlt_json *list = mlt_json_get(r->object, "values");
    size_t size = mlt_json_count(list), count = 0;
    const char **values = mlt_arena_calloc(r->arena, size, sizeof *values);
    if (mlt_json_type(list) != MLT_JSON_ARRAY || size > MLT_PROFILE_BINS - 1)
        mlt_field_fault(r, "values", "a list of at most 100 texts");
    for (const struct mlt_json *at = mlt_json_first(list); at && !r->failed && values;
         at = mlt_json_next(at)) {
        const char *text = mlt_json_string(at);
        values[count] = text ? mlt_arena_strdup(r->arena, text) : NULL;
        for (size_t i = 0; i < count && values[count]; i++)
            if (strcmp(values[i], values[count]) == 0)
                text = NULL;
        if (!text)
            mlt_field_fault(r, "values", "a list of texts, none of them twice");
        else if (!values[count])
            values = NULL;
        if (values)
            count++;
    }
    if (!values && !r->failed)
        r->failed = mlt_err_oom(r->err) || true;
    out->values = values;
    out->bins = count + 1;
}

static void read_counts(struct mlt_field_reader *r, uint64_t rows, struct mlt_profile_column *out)
{
    size_t count;
    double sum = (double)out->missing;
    const double *numbers = mlt_field_numbers(r, "counts", MLT_PROFILE_BINS, &count);
    uint64_t *counts = mlt_arena_calloc(r->arena, count, sizeof *counts);
    if (!r->failed && !counts)
        r->failed = mlt_err_oom(r->err) || true;
    if (!r->failed && count != out->bins)
        mlt_field_fault(r, "counts", "a list with one number more than the edges or values");
    for (size_t i = 0; i < count && !r->failed; i++) {
        if (!(numbers[i] >= 0) || numbers[i] > MOST_COUNT || numbers[i] != floor(numbers[i]))
            mlt_field_fault(r, "counts", "a list of whole numbers");
        else
            counts[i] = (uint64_t)numbers[i];
        sum += numbers[i];
    }
    if (!r->failed && sum != (double)rows)
        mlt_field_fault(r, "counts", "a list that sums with `missing` to `rows`");
    out->counts = counts;
}

static bool decode_column(const struct mlt_json *node, size_t index, uint64_t rows,
                          struct mlt_arena *arena, struct mlt_profile_column *out,
                          struct mlt_err *err)
{
    char record[64];
    snprintf(record, sizeof record, "columns[%zu]", index);
    struct mlt_field_reader r = mlt_field_reader(node, record, arena, err);
    out->name = mlt_field_text(&r, "name");
    if (out->name && (!*out->name || strlen(out->name) > MLT_PROFILE_TEXT))
        mlt_field_fault(&r, "name", "a text of 1 to 256 bytes");
    out->missing = mlt_field_count(&r, "missing");
    if (mlt_field_has(&r, "edges") == mlt_field_has(&r, "values"))
        mlt_field_fault(&r, "edges", "there, or else \"values\"");
    else if (mlt_field_has(&r, "edges"))
        read_edges(&r, out);
    else
        read_values(&r, out);
    read_counts(&r, rows, out);
    return mlt_field_finish(&r);
}

static bool decode_columns(const struct mlt_json *list, struct mlt_arena *arena,
                           struct mlt_data_profile *out, struct mlt_err *err)
{
    size_t count = mlt_json_count(list), i = 0;
    if (!list || mlt_json_type(list) != MLT_JSON_ARRAY || count == 0 || count > MLT_PROFILE_COLUMNS)
        return mlt_err_set(err, MLT_ERR_USAGE, "\"columns\" must be a list of 1 to %d columns",
                           (int)MLT_PROFILE_COLUMNS);
    struct mlt_profile_column *columns = mlt_arena_calloc(arena, count, sizeof *columns);
    if (!columns)
        return mlt_err_oom(err);
    out->columns = columns;
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at), i++) {
        if (!decode_column(at, i, out->rows, arena, &columns[i], err))
            return false;
        if (mlt_data_profile_find(out, columns[i].name))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "columns[%zu]: the column \"%.60s\" is there twice", i,
                               columns[i].name);
        out->column_count = i + 1;
    }
    return true;
}

bool mlt_data_profile_decode(const struct mlt_json *node, struct mlt_arena *arena,
                             struct mlt_data_profile *out, struct mlt_err *err)
{
    struct mlt_data_profile profile = {.limit = NAN};
    struct mlt_field_reader r = mlt_field_reader(node, "the profile", arena, err);
    profile.dataset_hash = mlt_field_text(&r, "dataset_hash");
    profile.rows = mlt_field_count(&r, "rows");
    if (mlt_field_has(&r, "limit"))
        profile.limit = mlt_field_number(&r, "limit");
    if (!r.failed && (!mlt_str_starts(profile.dataset_hash, "sha256:") ||
                      !mlt_hash_is_hex(profile.dataset_hash + strlen("sha256:"))))
        mlt_field_fault(&r, "dataset_hash", "sha256: and 64 hex digits");
    if (!r.failed && profile.rows == 0)
        mlt_field_fault(&r, "rows", "at least 1");
    if (!r.failed && mlt_field_has(&r, "limit") && !(profile.limit > 0 && profile.limit <= 10))
        mlt_field_fault(&r, "limit", "above 0 and at most 10");
    bool ok =
        mlt_field_finish(&r) && decode_columns(mlt_json_get(node, "columns"), arena, &profile, err);
    if (!ok && err->kind == MLT_ERR_EVIDENCE)
        err->kind = MLT_ERR_USAGE;
    if (ok)
        *out = profile;
    return ok;
}

static void encode_column(const struct mlt_profile_column *column, struct mlt_json_out *out)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "name", column->name);
    mlt_json_out_kint(out, "missing", (int64_t)column->missing);
    mlt_json_out_key(out, column->values ? "values" : "edges");
    mlt_json_out_array(out);
    for (size_t i = 0; i + 1 < column->bins; i++)
        if (column->values)
            mlt_json_out_string(out, column->values[i]);
        else
            mlt_json_out_number(out, column->edges[i]);
    mlt_json_out_array_end(out);
    mlt_json_out_key(out, "counts");
    mlt_json_out_array(out);
    for (size_t i = 0; i < column->bins; i++)
        mlt_json_out_int(out, (int64_t)column->counts[i]);
    mlt_json_out_array_end(out);
    mlt_json_out_object_end(out);
}

void mlt_data_profile_encode(const struct mlt_data_profile *profile, struct mlt_json_out *out)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "dataset_hash", profile->dataset_hash);
    mlt_json_out_kint(out, "rows", (int64_t)profile->rows);
    if (!isnan(profile->limit))
        mlt_json_out_knumber(out, "limit", profile->limit);
    mlt_json_out_key(out, "columns");
    mlt_json_out_array(out);
    for (size_t i = 0; i < profile->column_count; i++)
        encode_column(&profile->columns[i], out);
    mlt_json_out_array_end(out);
    mlt_json_out_object_end(out);
}

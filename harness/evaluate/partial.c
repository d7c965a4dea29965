#include <stdlib.h>
#include <string.h>

#include "harness/evaluate/worker.h"

/* Little-endian numbers, texts with their length in front; columns as they lie in memory, which is
 * little-endian as well. */
static void put(struct mlt_buf *out, uint64_t value, size_t bytes)
{
    unsigned char raw[8];
    for (size_t i = 0; i < bytes; i++)
        raw[i] = (unsigned char)(value >> (8 * i));
    mlt_buf_append(out, raw, bytes);
}

static void put_counts(struct mlt_buf *out, const struct mlt_group_counts *counts)
{
    put(out, counts->first_ordinal, 8);
    for (size_t s = 0; s < 4; s++)
        put(out, counts->state[s], 8);
}

static void put_group(const struct mlt_evaluation *e, const struct mlt_group_set *set, size_t g,
                      struct mlt_buf *out)
{
    put_counts(out, &set->counts[g]);
    mlt_means_encode(e->plan, mlt_group_state(e, set, g), out);
}

/* Values as they came, however they are packed: the parts of one data set need not agree on that.
 */
static bool put_columns(const struct mlt_columns *columns, struct mlt_buf *out, struct mlt_err *err)
{
    put(out, columns->rows, 8);
    for (size_t f = 0; f < columns->field_count; f++)
        for (size_t i = 0; columns->row_bytes[f] > 0 && i < columns->segment_count; i++) {
            const struct mlt_segment *segment = &columns->segments[i];
            size_t bytes = segment->rows * columns->row_bytes[f];
            void *values = malloc(bytes);
            if (values == NULL)
                return mlt_err_oom(err);
            mlt_segment_read(columns, segment, f, values);
            mlt_buf_append(out, values, bytes);
            free(values);
        }
    return true;
}

bool mlt_evaluation_encode(struct mlt_evaluation *e, struct mlt_buf *out, struct mlt_err *err)
{
    if (!mlt_evaluation_gather(e, err))
        return false;
    const struct mlt_worker *all = &e->gathered;
    put_group(e, &all->all, 0, out);
    for (size_t s = 0; s < e->spec->slice_count; s++) {
        const struct mlt_group_set *set = &all->slices[s];
        put(out, set->count, 4);
        for (size_t g = 0; g < set->count; g++) {
            size_t len = strlen(set->name[g]);
            put(out, len, 4);
            mlt_buf_append(out, set->name[g], len);
            put_group(e, set, g, out);
        }
    }
    return put_columns(&all->columns, out, err) && mlt_buf_check(out, err);
}

/* The bytes of a part while they are read; `ok` stays false after the first fault. */
struct reader {
    const unsigned char *data;
    size_t len, at;
    bool ok;
};

static uint64_t get(struct reader *in, size_t bytes)
{
    if (!in->ok || in->len - in->at < bytes) {
        in->ok = false;
        return 0;
    }
    uint64_t out = 0;
    for (size_t i = 0; i < bytes; i++)
        out |= (uint64_t)in->data[in->at + i] << (8 * i);
    in->at += bytes;
    return out;
}

static void get_counts(struct reader *in, struct mlt_group_counts *out)
{
    out->first_ordinal = get(in, 8);
    for (size_t s = 0; s < 4; s++)
        out->state[s] = get(in, 8);
}

static bool get_group(const struct mlt_evaluation *e, struct reader *in, struct mlt_group_set *set,
                      size_t g, struct mlt_err *err)
{
    get_counts(in, &set->counts[g]);
    return in->ok &&
           mlt_means_decode(e->plan, in->data, in->len, &in->at, mlt_group_state(e, set, g), err);
}

static bool get_slice(const struct mlt_evaluation *e, struct mlt_worker *worker, size_t s,
                      struct reader *in, struct mlt_err *err)
{
    struct mlt_group_set *set = &worker->slices[s];
    size_t count = (size_t)get(in, 4);
    if (!in->ok || count > MLT_MAX_GROUPS)
        return in->ok = false;
    set->name = mlt_arena_calloc(&worker->names, count, sizeof *set->name);
    if (set->name == NULL)
        return mlt_err_oom(err);
    if (!mlt_group_set_grow(set, count, e->state_bytes, err))
        return false;
    for (size_t g = 0; g < count; g++) {
        size_t len = (size_t)get(in, 4);
        if (!in->ok || in->len - in->at < len || memchr(in->data + in->at, 0, len) != NULL)
            return in->ok = false;
        set->name[g] = mlt_arena_strndup(&worker->names, (const char *)in->data + in->at, len);
        in->at += len;
        if (set->name[g] == NULL)
            return mlt_err_oom(err);
        if (!get_group(e, in, set, g, err))
            return false;
    }
    return true;
}

static bool get_columns(const struct mlt_evaluation *e, struct mlt_worker *worker,
                        struct reader *in, struct mlt_err *err)
{
    struct mlt_columns *columns = &worker->columns;
    const unsigned char *from[MLT_MAX_FIELDS] = {NULL};
    uint64_t rows = get(in, 8), row_bytes = 0;
    for (size_t f = 0; f < columns->field_count; f++)
        row_bytes += columns->row_bytes[f];
    if (!in->ok || rows > (in->len - in->at) / row_bytes || rows * row_bytes != in->len - in->at)
        return in->ok = false;
    for (size_t f = 0; f < columns->field_count; f++) {
        from[f] = in->data + in->at;
        in->at += (size_t)rows * columns->row_bytes[f];
    }
    return mlt_worker_check(e, worker, from, (size_t)rows, err) &&
           mlt_columns_append(columns, (const void *const *)from, (size_t)rows, err);
}

bool mlt_evaluation_decode(struct mlt_evaluation *e, unsigned number, const unsigned char *data,
                           size_t len, struct mlt_err *err)
{
    struct mlt_worker *worker = &e->workers[number];
    struct reader in = {data, len, 0, true};
    bool ok = get_group(e, &in, &worker->all, 0, err);
    for (size_t s = 0; ok && s < e->spec->slice_count; s++)
        ok = get_slice(e, worker, s, &in, err);
    ok = ok && get_columns(e, worker, &in, err);
    /* All rows are in the slices already, where there are any, and would be counted twice. */
    if (ok && e->spec->slice_count > 0) {
        worker->all.count = 0;
        ok = mlt_group_set_grow(&worker->all, 1, e->state_bytes, err);
    }
    if (ok || err->kind != MLT_ERR_NONE)
        return ok;
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "the partial result is damaged at byte %zu", in.at);
}

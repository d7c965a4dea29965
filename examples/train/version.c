#include "examples/train/version.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"

enum { GOLDEN_ROWS = 20, MAX_JSON_BYTES = 1 << 20 };

struct mlt_json *mlt_train_read_json(struct mlt_arena *arena, const char *dir, const char *name,
                                     struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json *document = NULL;
    const char *path = mlt_fs_join(arena, dir, name);
    bool ok = path ? mlt_fs_read(path, MAX_JSON_BYTES, &text, err) : mlt_err_oom(err);
    ok = ok && mlt_json_parse(path, text.data, text.len, &document, err);
    mlt_buf_free(&text);
    return ok ? document : NULL;
}

bool mlt_train_write_file(struct mlt_arena *arena, const char *dir, const char *name,
                          const struct mlt_buf *text, struct mlt_err *err)
{
    const char *path = mlt_fs_join(arena, dir, name);
    if (!path)
        return mlt_err_oom(err);
    return mlt_buf_check(text, err) && mlt_fs_write_atomic(path, text->data, text->len, err);
}

/* Ends a JSON document and writes it with a last newline. */
static bool finish(const struct mlt_train_version *v, const char *name, struct mlt_json_out *out,
                   struct mlt_err *err)
{
    bool ok = mlt_json_out_finish(out, err);
    mlt_buf_putc(out->buf, '\n');
    ok = ok && mlt_train_write_file(v->arena, v->out_dir, name, out->buf, err);
    mlt_buf_free(out->buf);
    return ok;
}

static void print_quality(const struct mlt_train_quality *q, const char *prefix,
                          struct mlt_json_out *out)
{
    char name[64];
    for (size_t i = 0; i < q->metrics; i++) {
        if (!isfinite(q->metric[i].value))
            continue;
        snprintf(name, sizeof name, "%s%s", prefix, q->metric[i].name);
        mlt_json_out_knumber(out, name, q->metric[i].value);
    }
}

static void print_slices(const struct mlt_train_version *v, struct mlt_json_out *out)
{
    mlt_json_out_key(out, "slices");
    mlt_json_out_array(out);
    for (size_t i = 0; i < v->slice_count; i++) {
        const struct mlt_train_slice *s = &v->slices[i];
        mlt_json_out_object(out);
        mlt_json_out_kstring(out, "column", s->column);
        mlt_json_out_kstring(out, "value", s->value);
        mlt_json_out_kint(out, "rows", (int64_t)s->quality.rows);
        print_quality(&s->quality, "", out);
        mlt_json_out_object_end(out);
    }
    mlt_json_out_array_end(out);
}

bool mlt_train_write_metrics(const struct mlt_train_version *v, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out out;
    mlt_json_out_init(&out, &text, true);
    mlt_json_out_object(&out);
    mlt_json_out_kstring(&out, "model", v->model->name);
    mlt_json_out_kstring(&out, "version", v->version);
    mlt_json_out_kstring(&out, "dataset", "holdout");
    mlt_json_out_kint(&out, "rows", (int64_t)v->quality.rows);
    if (v->model->cluster) {
        mlt_json_out_kstring(&out, "cluster", v->model->cluster);
        mlt_json_out_kint(&out, "clusters", (int64_t)v->cluster_count);
    }
    if (v->model->task == MLT_TRAIN_BINARY)
        mlt_json_out_kint(&out, "positives", (int64_t)v->quality.positives);
    mlt_json_out_key(&out, "metrics");
    mlt_json_out_object(&out);
    print_quality(&v->quality, "", &out);
    mlt_json_out_object_end(&out);
    print_slices(v, &out);
    mlt_json_out_object_end(&out);
    return finish(v, "metrics.json", &out, err);
}

/* The committed fields in their order; what only training knows is put in its place. */
bool mlt_train_write_metadata(const struct mlt_train_version *v, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out out;
    char hash[80];
    snprintf(hash, sizeof hash, "sha256:%s", v->data_sha256);
    mlt_json_out_init(&out, &text, true);
    mlt_json_out_object(&out);
    for (const struct mlt_json *n = mlt_json_first(v->metadata); n; n = mlt_json_next(n)) {
        const char *key = mlt_json_key(n);
        mlt_json_out_key(&out, key);
        if (strcmp(key, "performance_metrics") == 0) {
            mlt_json_out_object(&out);
            print_quality(&v->quality, "validation_", &out);
            mlt_json_out_object_end(&out);
        } else if (strcmp(key, "training_dataset_hash") == 0) {
            mlt_json_out_string(&out, hash);
        } else if (strcmp(key, "hyperparameters") == 0) {
            mlt_json_out_node(&out, mlt_json_get(v->config, "parameters"));
        } else {
            mlt_json_out_node(&out, n);
        }
    }
    mlt_json_out_object_end(&out);
    return finish(v, "metadata.json", &out, err);
}

/* The inputs of a held-out row as a JSON object. */
static void print_instance(const struct mlt_train_version *v, size_t row, struct mlt_json_out *out)
{
    const struct mlt_json *input = mlt_json_first(mlt_json_get(v->config, "inputs"));
    mlt_json_out_object(out);
    for (; input; input = mlt_json_next(input)) {
        const char *name = mlt_json_string(mlt_json_get(input, "name"));
        const char *type = mlt_json_string(mlt_json_get(input, "type"));
        if (!name || !type)
            continue;
        int column = mlt_train_rows_column(v->holdout, name);
        const char *cell = mlt_train_rows_cell(v->holdout, row, column);
        bool is_number = strcmp(type, "number") == 0 || strcmp(type, "integer") == 0;
        mlt_json_out_key(out, name);
        if (!*cell && is_number)
            mlt_json_out_null(out);
        else if (is_number)
            mlt_json_out_number(out, mlt_train_rows_number(v->holdout, row, column));
        else
            mlt_json_out_string(out, cell);
    }
    mlt_json_out_object_end(out);
}

bool mlt_train_write_golden(const struct mlt_train_version *v, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    bool ok = true;
    for (size_t i = 0; i < GOLDEN_ROWS && ok; i++) {
        size_t row = i * v->holdout->count / GOLDEN_ROWS;
        struct mlt_json_out out;
        mlt_json_out_init(&out, &text, false);
        mlt_json_out_object(&out);
        mlt_json_out_key(&out, "instance");
        print_instance(v, row, &out);
        mlt_json_out_knumber(&out, "prediction", v->scores[row]);
        mlt_json_out_knumber(&out, "tolerance", 1e-5);
        mlt_json_out_object_end(&out);
        ok = mlt_json_out_finish(&out, err);
        mlt_buf_putc(&text, '\n');
    }
    ok = ok && mlt_train_write_file(v->arena, v->out_dir, "tests/golden.jsonl", &text, err);
    mlt_buf_free(&text);
    return ok;
}

bool mlt_train_write_predictions(const struct mlt_train_version *v, const char *path,
                                 struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char number[MLT_DOUBLE_CHARS];
    mlt_buf_puts(&text, "id,score\n");
    for (size_t i = 0; i < v->holdout->count; i++)
        mlt_buf_printf(&text, "%s,%s\n", mlt_train_rows_cell(v->holdout, i, 0),
                       mlt_str_format_double(v->scores[i], number));
    bool ok = mlt_buf_check(&text, err) && mlt_fs_write_atomic(path, text.data, text.len, err);
    mlt_buf_free(&text);
    return ok;
}

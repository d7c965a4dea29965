/* Documents are templates with @NAME@ places; a place that nobody knows is an error, so that no
 * document is ever written with a hole in it. */
#include <math.h>
#include <string.h>

#include "examples/train/version.h"
#include "harness/base/fs.h"

enum { MAX_TEMPLATE_BYTES = 1 << 20 };

static const char *const documents[] = {"model-card.md",         "api.md",         "version-history.md",
                                        "performance-report.md", "limitations.md", "integration-guide.md",
                                        NULL};

static void print_text(const struct mlt_json *node, struct mlt_buf *out)
{
    const char *text = mlt_json_string(node);
    struct mlt_json_out json;
    if (text) {
        mlt_buf_puts(out, text);
    } else if (node) {
        mlt_json_out_init(&json, out, false);
        mlt_json_out_node(&json, node);
    }
}

static void print_member(const struct mlt_json *object, const char *key, struct mlt_buf *out)
{
    print_text(mlt_json_get(object, key), out);
}

static void print_framework(const struct mlt_train_version *v, struct mlt_buf *out)
{
    print_member(v->metadata, "framework", out);
    mlt_buf_putc(out, ' ');
    print_member(v->metadata, "framework_version", out);
}

static void print_inputs(const struct mlt_train_version *v, struct mlt_buf *out)
{
    static const char *const keys[] = {"name", "type", "unit", "min", "max", "enum", "nullable",
                                       "stability", NULL};
    const struct mlt_json *input = mlt_json_first(mlt_json_get(v->config, "inputs"));
    mlt_buf_puts(out, "| input | type | unit | min | max | values | nullable | stability |\n"
                      "|---|---|---|---|---|---|---|---|\n");
    for (; input; input = mlt_json_next(input)) {
        for (const char *const *key = keys; *key; key++) {
            mlt_buf_puts(out, "| ");
            print_member(input, *key, out);
            mlt_buf_putc(out, ' ');
        }
        mlt_buf_puts(out, "|\n");
    }
}

static void print_pairs(const struct mlt_json *object, const char *head, struct mlt_buf *out)
{
    mlt_buf_printf(out, "| %s | value |\n|---|---|\n", head);
    for (const struct mlt_json *n = mlt_json_first(object); n; n = mlt_json_next(n)) {
        mlt_buf_printf(out, "| %s | ", mlt_json_key(n));
        print_text(n, out);
        mlt_buf_puts(out, " |\n");
    }
}

static void print_features(const struct mlt_train_version *v, struct mlt_buf *out)
{
    const struct mlt_json *f = mlt_json_first(mlt_json_get(v->config, "features"));
    const char *last = "";
    for (; f; f = mlt_json_next(f)) {
        const char *name = mlt_json_string(mlt_json_get(f, "name"));
        if (!name || strcmp(name, last) == 0)
            continue;
        mlt_buf_printf(out, "%s`%s`%s", *last ? ", " : "", name,
                       mlt_json_get(f, "equals") ? " (one-hot)" : "");
        last = name;
    }
}

static void print_metrics(const struct mlt_train_version *v, struct mlt_buf *out)
{
    mlt_buf_puts(out, "| metric | held-out value |\n|---|---|\n");
    for (size_t i = 0; i < v->quality.metrics; i++)
        mlt_buf_printf(out, "| %s | %.4f |\n", v->quality.metric[i].name, v->quality.metric[i].value);
}

static void print_slices(const struct mlt_train_version *v, struct mlt_buf *out)
{
    mlt_buf_puts(out, "| slice | rows |");
    for (size_t i = 0; i < v->quality.metrics; i++)
        mlt_buf_printf(out, " %s |", v->quality.metric[i].name);
    mlt_buf_puts(out, "\n|---|---|");
    for (size_t i = 0; i < v->quality.metrics; i++)
        mlt_buf_puts(out, "---|");
    for (size_t i = 0; i < v->slice_count; i++) {
        const struct mlt_train_slice *s = &v->slices[i];
        mlt_buf_printf(out, "\n| %s = %s | %zu |", s->column, s->value, s->quality.rows);
        for (size_t k = 0; k < s->quality.metrics; k++)
            mlt_buf_printf(out, isfinite(s->quality.metric[k].value) ? " %.4f |" : " undefined |",
                           s->quality.metric[k].value);
    }
    mlt_buf_putc(out, '\n');
}

static const char *version_dir(const struct mlt_train_version *v, const char *version)
{
    return mlt_arena_printf(v->arena, "%s/%s/versions/%s", v->source_dir, v->model->name, version);
}

/* This version and those before it, newest first. */
static bool print_history(const struct mlt_train_version *v, struct mlt_buf *out, struct mlt_err *err)
{
    size_t last = 0;
    while (strcmp(v->model->versions[last], v->version) != 0)
        last++;
    for (size_t i = last + 1; i-- > 0;) {
        const char *dir = version_dir(v, v->model->versions[i]);
        struct mlt_json *metadata = dir ? mlt_train_read_json(v->arena, dir, "metadata.in.json", err) : NULL;
        if (!metadata)
            return dir ? false : mlt_err_oom(err);
        mlt_buf_printf(out, "- **%s** (", v->model->versions[i]);
        print_member(metadata, "created_at", out);
        mlt_buf_puts(out, "): ");
        print_member(metadata, "changelog", out);
        mlt_buf_putc(out, '\n');
        mlt_json_free(metadata);
    }
    return true;
}

static bool print_notes(const struct mlt_train_version *v, struct mlt_buf *out, struct mlt_err *err)
{
    const char *dir = version_dir(v, v->version);
    const char *path = dir ? mlt_fs_join(v->arena, dir, "notes.md") : NULL;
    return path ? mlt_fs_read(path, MAX_TEMPLATE_BYTES, out, err) : mlt_err_oom(err);
}

static void print_instance(const struct mlt_train_version *v, struct mlt_buf *out)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, false);
    mlt_train_print_instance(v, 0, &json);
}

static bool print_place(const struct mlt_train_version *v, const char *place, struct mlt_buf *out,
                        struct mlt_err *err)
{
    if (strcmp(place, "MODEL") == 0)
        mlt_buf_puts(out, v->model->name);
    else if (strcmp(place, "VERSION") == 0)
        mlt_buf_puts(out, v->version);
    else if (strcmp(place, "CREATED_AT") == 0)
        print_member(v->metadata, "created_at", out);
    else if (strcmp(place, "CHANGELOG") == 0)
        print_member(v->metadata, "changelog", out);
    else if (strcmp(place, "FRAMEWORK") == 0)
        print_framework(v, out);
    else if (strcmp(place, "ARTIFACT") == 0)
        print_member(mlt_json_get(v->config, "adapter"), "artifact", out);
    else if (strcmp(place, "INPUTS") == 0)
        print_inputs(v, out);
    else if (strcmp(place, "OUTPUT") == 0)
        print_pairs(mlt_json_get(v->config, "output"), "output", out);
    else if (strcmp(place, "PARAMETERS") == 0)
        print_pairs(mlt_json_get(v->config, "parameters"), "parameter", out);
    else if (strcmp(place, "FEATURES") == 0)
        print_features(v, out);
    else if (strcmp(place, "METRICS") == 0)
        print_metrics(v, out);
    else if (strcmp(place, "SLICES") == 0)
        print_slices(v, out);
    else if (strcmp(place, "TRAIN_ROWS") == 0)
        mlt_buf_printf(out, "%zu", v->train->count);
    else if (strcmp(place, "ROWS") == 0)
        mlt_buf_printf(out, "%zu", v->holdout->count);
    else if (strcmp(place, "CLUSTERS") == 0)
        mlt_buf_printf(out, "%zu", v->cluster_count);
    else if (strcmp(place, "INSTANCE") == 0)
        print_instance(v, out);
    else if (strcmp(place, "PREDICTION") == 0)
        mlt_buf_printf(out, "%.6f", v->scores[0]);
    else if (strcmp(place, "HISTORY") == 0)
        return print_history(v, out, err);
    else if (strcmp(place, "NOTES") == 0)
        return print_notes(v, out, err);
    else
        return mlt_err_set(err, MLT_ERR_USAGE, "unknown place @%s@", place);
    return true;
}

/* A place is @, capitals and underscores, @; any other @ is text. */
static bool fill(const struct mlt_train_version *v, const char *text, struct mlt_buf *out,
                 struct mlt_err *err)
{
    while (*text) {
        char place[32];
        size_t len = *text == '@' ? strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") : 0;
        if (len == 0 || len >= sizeof place || text[1 + len] != '@') {
            mlt_buf_putc(out, *text++);
            continue;
        }
        memcpy(place, text + 1, len);
        place[len] = '\0';
        if (!print_place(v, place, out, err))
            return false;
        text += len + 2;
    }
    return true;
}

bool mlt_train_write_documents(const struct mlt_train_version *v, struct mlt_err *err)
{
    for (const char *const *name = documents; *name; name++) {
        struct mlt_buf template = MLT_BUF_INIT, text = MLT_BUF_INIT;
        const char *from = mlt_arena_printf(v->arena, "%s/%s/docs/%s", v->source_dir, v->model->name, *name);
        const char *to = mlt_arena_printf(v->arena, "docs/%s", *name);
        bool ok = from && to ? mlt_fs_read(from, MAX_TEMPLATE_BYTES, &template, err) : mlt_err_oom(err);
        ok = ok && (fill(v, template.data, &text, err) || mlt_err_prefix(err, "%s", from)) &&
             mlt_train_write_file(v->arena, v->out_dir, to, &text, err);
        mlt_buf_free(&template);
        mlt_buf_free(&text);
        if (!ok)
            return false;
    }
    return true;
}

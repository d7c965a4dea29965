#include "harness/adapter/adapter.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/csv.h"

struct entry {
    const char *id; /* NULL: a free place */
    const char *score;
};

struct predictions {
    struct mlt_adapter base;
    struct mlt_arena arena;
    const char *path;
    const struct mlt_contract *contract;
    struct entry *table; /* open addressing, a power of two, at most half full */
    size_t places, count;
};

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return h;
}

static struct entry *place_of(struct entry *table, size_t places, const char *id)
{
    size_t i = (size_t)hash(id) & (places - 1);
    while (table[i].id && strcmp(table[i].id, id) != 0)
        i = (i + 1) & (places - 1);
    return &table[i];
}

static bool grow(struct predictions *p, struct mlt_err *err)
{
    size_t places = p->places ? p->places * 2 : 1024;
    struct entry *table = calloc(places, sizeof *table);
    if (!table)
        return mlt_err_oom(err);
    for (size_t i = 0; i < p->places; i++)
        if (p->table[i].id)
            *place_of(table, places, p->table[i].id) = p->table[i];
    free(p->table);
    p->table = table;
    p->places = places;
    return true;
}

static bool add(struct predictions *p, const struct mlt_csv *csv, const struct mlt_csv_field *id,
                const struct mlt_csv_field *score, struct mlt_err *err)
{
    if (id->len == 0)
        return mlt_csv_fault(csv, id, err, "a prediction has no id");
    if ((p->count + 1) * 2 > p->places && !grow(p, err))
        return false;
    struct entry *entry = place_of(p->table, p->places, id->text);
    if (entry->id)
        return mlt_csv_fault(csv, id, err, "id %.100s stands there twice", id->text);
    entry->id = mlt_arena_strndup(&p->arena, id->text, id->len);
    entry->score = mlt_arena_strndup(&p->arena, score->text, score->len);
    p->count++;
    return (entry->id && entry->score) || mlt_err_oom(err);
}

static bool find_column(const struct mlt_csv *csv, const char *path, const char *name, size_t *out,
                        struct mlt_err *err)
{
    int index = mlt_csv_column_find(csv, name);
    if (index >= 0) {
        *out = (size_t)index;
        return true;
    }
    struct mlt_buf names = MLT_BUF_INIT;
    for (size_t i = 0; i < mlt_csv_column_count(csv) && names.len < 300; i++) {
        const char *column = mlt_csv_column_name(csv, i);
        mlt_buf_puts(&names, i ? ", " : "");
        mlt_str_append_safe(&names, column, strlen(column), 60);
    }
    mlt_err_set(err, MLT_ERR_EVIDENCE, "%s has no column %s; its columns are %s", path, name,
                names.data);
    mlt_buf_free(&names);
    return false;
}

static bool read_rows(struct predictions *p, struct mlt_csv *csv,
                      const struct mlt_adapter_spec *spec, struct mlt_err *err)
{
    size_t id = 0, score = 0;
    const struct mlt_csv_field *fields;
    if (!find_column(csv, p->path, spec->id_column ? spec->id_column : "id", &id, err) ||
        !find_column(csv, p->path, spec->score_column ? spec->score_column : "score", &score, err))
        return false;
    bool ok;
    while ((ok = mlt_csv_next(csv, &fields, err)) && fields)
        if (!add(p, csv, &fields[id], &fields[score], err))
            return false;
    if (ok && p->count == 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s holds no predictions", p->path);
    return ok;
}

static void close_file(struct mlt_adapter *self)
{
    struct predictions *p = (struct predictions *)self;
    free(p->table);
    mlt_arena_free(&p->arena);
    free(p);
}

static bool load(struct predictions *p, const struct mlt_adapter_target *target,
                 struct mlt_err *err)
{
    const struct mlt_adapter_spec *spec = target->spec;
    const char *path =
        target->side == MLT_BASELINE ? spec->baseline_file : spec->candidate_file;
    struct mlt_csv *csv;
    if (!path)
        return mlt_err_set(err, MLT_ERR_USAGE, "the predictions adapter was given no %s file",
                           target->side == MLT_BASELINE ? "baseline" : "candidate");
    p->contract = target->subject ? target->subject->contract : NULL;
    p->path = mlt_arena_strdup(&p->arena, path);
    if (!p->path || !grow(p, err))
        return mlt_err_oom(err);
    char separator = mlt_str_ends(path, ".tsv") || mlt_str_ends(path, ".tsv.gz") ? '\t' : ',';
    if (!mlt_csv_open(path, separator, &csv, err))
        return false;
    bool ok = read_rows(p, csv, spec, err);
    mlt_csv_close(csv);
    return ok;
}

static bool open_file(const struct mlt_adapter_target *target, struct mlt_adapter **out,
                      struct mlt_err *err)
{
    struct predictions *p = calloc(1, sizeof *p);
    if (!p)
        return mlt_err_oom(err);
    p->base.ops = &mlt_adapter_predictions;
    if (!load(p, target, err)) {
        close_file(&p->base);
        return false;
    }
    *out = &p->base;
    return true;
}

static struct mlt_prediction without(enum mlt_answer answer, const char *why)
{
    return (struct mlt_prediction){.answer = answer, .error = why};
}

/* The score as the contract's output wants it. `name` is the output's, for JSON vectors. */
static bool answer_one(struct predictions *p, const char *id, struct mlt_arena *arena,
                       struct mlt_prediction *out, struct mlt_err *err)
{
    const struct entry *entry = place_of(p->table, p->places, id);
    enum mlt_output_type type = p->contract ? p->contract->output.type : MLT_OUTPUT_NUMBER;
    *out = (struct mlt_prediction){0};
    if (!entry->id) {
        *out = without(MLT_ANSWER_MISSING, "the predictions file has no row with this id");
    } else if (entry->score[0] == '\0') {
        *out = without(MLT_ANSWER_MALFORMED, "the score in the predictions file is empty");
    } else if (entry->score[0] == '[') {
        struct mlt_json *json;
        struct mlt_err fault = MLT_ERR_INIT;
        if (!mlt_json_parse("score", entry->score, strlen(entry->score), &json, &fault)) {
            *out = without(MLT_ANSWER_MALFORMED, mlt_arena_strdup(arena, fault.text));
            return out->error || mlt_err_oom(err);
        }
        bool ok = mlt_prediction_decode(json, NULL, arena, out, &fault);
        mlt_json_free(json);
        *out = ok ? *out : without(MLT_ANSWER_MALFORMED, mlt_arena_strdup(arena, fault.text));
        return ok || out->error || mlt_err_oom(err);
    } else if (type == MLT_OUTPUT_LABEL) {
        out->kind = MLT_PREDICTION_LABEL;
        out->label = mlt_arena_strdup(arena, entry->score);
        out->answer = MLT_ANSWER_OK;
        return out->label || mlt_err_oom(err);
    } else if (mlt_str_parse_double(entry->score, strlen(entry->score), &out->number)) {
        out->kind = MLT_PREDICTION_NUMBER;
        out->answer = MLT_ANSWER_OK;
    } else {
        const char *why = mlt_arena_printf(arena, "the score \"%.60s\" is not a number", entry->score);
        *out = without(MLT_ANSWER_MALFORMED, why);
        return why || mlt_err_oom(err);
    }
    return true;
}

static bool predict(struct mlt_adapter *self, const struct mlt_batch *batch, struct mlt_arena *arena,
                    struct mlt_prediction *out, struct mlt_err *err)
{
    struct predictions *p = (struct predictions *)self;
    for (size_t row = 0; row < batch->rows; row++) {
        if (!batch->ids)
            out[row] = without(MLT_ANSWER_REFUSED,
                               "a predictions file answers only rows of its data set, by their id");
        else if (!answer_one(p, batch->ids[row], arena, &out[row], err))
            return false;
    }
    return true;
}

static pid_t no_pid(struct mlt_adapter *self)
{
    (void)self;
    return 0;
}

static void no_diagnostics(struct mlt_adapter *self, struct mlt_buf *out)
{
    (void)self;
    (void)out;
}

const struct mlt_adapter_ops mlt_adapter_predictions = {
    .abi = MLT_ADAPTER_ABI,
    .name = "predictions",
    .doc = "a CSV file of predictions made elsewhere, by row id",
    .open = open_file,
    .predict = predict,
    .pid = no_pid,
    .diagnostics = no_diagnostics,
    .close = close_file,
};

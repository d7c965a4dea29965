#include "harness/adapter/adapter.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/table/reader.h"

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

static bool add(struct predictions *p, const struct mlt_reader_block *block, size_t row,
                struct mlt_err *err)
{
    const struct mlt_reader_text *id = &block->columns[0].text[row];
    const struct mlt_reader_text *score = &block->columns[1].text[row];
    if (id->text == NULL || id->len == 0)
        return mlt_reader_fault(block, 0, row, err, "a prediction has no id");
    char *copy = mlt_arena_strndup(&p->arena, id->text, id->len);
    if (!copy)
        return mlt_err_oom(err);
    if ((p->count + 1) * 2 > p->places && !grow(p, err))
        return false;
    struct entry *entry = place_of(p->table, p->places, copy);
    if (entry->id)
        return mlt_reader_fault(block, 0, row, err, "id %.100s stands there twice", copy);
    entry->id = copy;
    entry->score = mlt_arena_strndup(&p->arena, score->text ? score->text : "", score->len);
    p->count++;
    return entry->score || mlt_err_oom(err);
}

static bool add_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    for (size_t row = 0; row < block->rows; row++)
        if (!add(context, block, row, err))
            return false;
    return true;
}

static bool set_absent(const char *path, const char *name, const char *const *columns, size_t count,
                       struct mlt_err *err)
{
    struct mlt_buf names = MLT_BUF_INIT;
    for (size_t i = 0; i < count && names.len < 300; i++) {
        mlt_buf_puts(&names, i ? ", " : "");
        mlt_str_append_safe(&names, columns[i], strlen(columns[i]), 60);
    }
    mlt_err_set(err, MLT_ERR_EVIDENCE, "%s has no column %s; its columns are %s", path, name,
                names.data);
    mlt_buf_free(&names);
    return false;
}

/* Both columns are there: said here, in the words of predictions, before anything is read. */
static bool check_columns(const struct mlt_reader_options *options, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    const char *const *names;
    size_t count;
    bool ok = mlt_reader_names(options, &arena, &names, &count, err);
    for (size_t c = 0; ok && c < options->column_count; c++) {
        size_t i = 0;
        while (i < count && strcmp(names[i], options->columns[c].name) != 0)
            i++;
        if (i == count)
            ok = set_absent(options->path, options->columns[c].name, names, count, err);
    }
    mlt_arena_free(&arena);
    return ok;
}

static bool read_rows(struct predictions *p, const struct mlt_adapter_spec *spec,
                      struct mlt_err *err)
{
    /* What a word like NA means is for the judge of the score to say. A text has no such judge: there
     * it means what it means everywhere. */
    static const char *const no_words[] = {NULL};
    bool is_text = p->contract && p->contract->output.type == MLT_OUTPUT_TEXT;
    const struct mlt_reader_column columns[] = {
        {spec->id_column ? spec->id_column : "id", MLT_COLUMN_TEXT, true},
        {spec->score_column ? spec->score_column : "score", MLT_COLUMN_TEXT, true}};
    struct mlt_reader_options options = {.path = p->path,
                                         .format = mlt_format_of(p->path),
                                         .columns = columns,
                                         .column_count = 2,
                                         .missing = is_text ? NULL : no_words,
                                         .may_have_no_rows = true,
                                         .no_digest = true};
    struct mlt_reader_summary summary;
    if (options.format == MLT_FORMAT_AUTO)
        options.format = MLT_FORMAT_CSV;
    if (!check_columns(&options, err))
        return false;
    if (!mlt_reader_run(&options, add_block, p, &summary, err))
        return false;
    mlt_reader_summary_free(&summary);
    return p->count > 0 || mlt_err_set(err, MLT_ERR_EVIDENCE, "%s holds no predictions", p->path);
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
    const char *path = target->side == MLT_BASELINE ? spec->baseline_file : spec->candidate_file;
    if (!mlt_adapter_without_settings(target, err))
        return false;
    if (!path)
        return mlt_err_set(err, MLT_ERR_USAGE, "the predictions adapter was given no %s file",
                           target->side == MLT_BASELINE ? "baseline" : "candidate");
    p->contract = target->subject ? target->subject->contract : NULL;
    p->path = mlt_arena_strdup(&p->arena, path);
    if (!p->path || !grow(p, err))
        return mlt_err_oom(err);
    return read_rows(p, spec, err);
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
    } else if (entry->score[0] == '[' && type != MLT_OUTPUT_TEXT) {
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
    } else if (type == MLT_OUTPUT_LABEL || type == MLT_OUTPUT_TEXT) {
        out->kind = MLT_PREDICTION_LABEL;
        out->label = mlt_arena_strdup(arena, entry->score);
        out->answer = MLT_ANSWER_OK;
        return out->label || mlt_err_oom(err);
    } else if (mlt_str_parse_double(entry->score, strlen(entry->score), &out->number)) {
        out->kind = MLT_PREDICTION_NUMBER;
        out->answer = MLT_ANSWER_OK;
    } else {
        const char *why =
            mlt_arena_printf(arena, "the score \"%.60s\" is not a number", entry->score);
        *out = without(MLT_ANSWER_MALFORMED, why);
        return why || mlt_err_oom(err);
    }
    return true;
}

static bool predict(struct mlt_adapter *self, const struct mlt_batch *batch,
                    struct mlt_arena *arena, struct mlt_prediction *out, struct mlt_err *err)
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
    .doc = "a file of predictions made elsewhere (CSV, TSV or JSON lines), by row id",
    .open = open_file,
    .predict = predict,
    .pid = no_pid,
    .diagnostics = no_diagnostics,
    .close = close_file,
};

#include "flows/eval_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/siphash.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/metrics/text.h"

/* Where the plan's columns stand among those that are read; -1: not read. */
struct places {
    int label, weight, cluster, query, id;
    size_t score, baseline, slice; /* first of so many */
    size_t score_count;            /* per version */
    size_t count;
};

/* Room for one block of a thread. */
struct room {
    size_t rows;
    uint8_t *state;
    double *label, *candidate, *baseline, *weight;
    uint64_t *cluster, *query, *id;
    const uint32_t **values; /* [columns] */
};

struct reading {
    const struct mlt_eval_plan *plan;
    struct mlt_evaluation *evaluation;
    struct places at;
    struct room *rooms; /* [threads] */
};

bool mlt_eval_format(const char *name, enum mlt_format *out, struct mlt_err *err)
{
    static const char *const names[] = {"csv", "tsv", "jsonl", NULL};
    *out = MLT_FORMAT_AUTO;
    if (name == NULL)
        return true;
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum mlt_format)(MLT_FORMAT_CSV + i);
            return true;
        }
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "there is no data format \"%.40s\"; there are csv, tsv "
                       "and jsonl",
                       name);
}

/* Labels are texts where a class has a name. */
static enum mlt_column_type label_type(const struct mlt_eval_plan *plan)
{
    bool text = plan->spec.task == MLT_TASK_TEXT || plan->spec.task == MLT_TASK_MULTICLASS ||
                (plan->spec.task == MLT_TASK_BINARY && plan->positive != NULL);
    return text ? MLT_COLUMN_TEXT : MLT_COLUMN_NUMBER;
}

static enum mlt_column_type score_type(const struct mlt_eval_plan *plan)
{
    bool text = plan->spec.task == MLT_TASK_TEXT ||
                (plan->spec.task == MLT_TASK_MULTICLASS && plan->scores.count == 1);
    return text ? MLT_COLUMN_TEXT : MLT_COLUMN_NUMBER;
}

static int want(struct mlt_reader_column *columns, struct places *at, const char *name,
                enum mlt_column_type type, bool may_be_missing)
{
    if (name == NULL)
        return -1;
    columns[at->count] = (struct mlt_reader_column){name, type, may_be_missing};
    return (int)at->count++;
}

static void want_columns(const struct mlt_eval_plan *plan, struct mlt_reader_column *columns,
                         struct places *at)
{
    bool drop = plan->drop_missing;
    at->label = want(columns, at, plan->label, label_type(plan), drop);
    at->weight = want(columns, at, plan->weight, MLT_COLUMN_NUMBER, drop);
    at->cluster = want(columns, at, plan->cluster, MLT_COLUMN_TEXT, drop);
    at->query = want(columns, at, plan->query, MLT_COLUMN_TEXT, drop);
    at->id = want(columns, at, plan->id, MLT_COLUMN_TEXT, false);
    at->score = at->count;
    at->score_count = plan->scores.count;
    for (size_t i = 0; i < plan->scores.count; i++)
        want(columns, at, plan->scores.items[i], score_type(plan), true);
    at->baseline = at->count;
    for (size_t i = 0; i < plan->baselines.count; i++)
        want(columns, at, plan->baselines.items[i], score_type(plan), true);
    at->slice = at->count;
    for (size_t i = 0; i < plan->spec.column_count; i++)
        want(columns, at, plan->spec.columns[i], MLT_COLUMN_CATEGORY, true);
}

static void free_room(struct room *room)
{
    free(room->state);
    free(room->label);
    free(room->candidate);
    free(room->baseline);
    free(room->weight);
    free(room->cluster);
    free(room->query);
    free(room->id);
    free(room->values);
    *room = (struct room){0};
}

static bool make_room(struct room *room, const struct mlt_eval_plan *plan, size_t rows,
                      struct mlt_err *err)
{
    if (rows <= room->rows)
        return true;
    free_room(room);
    size_t width = plan->spec.width, columns = plan->spec.column_count;
    room->state = malloc(rows);
    room->label = calloc(rows, sizeof *room->label);
    room->candidate = calloc(rows * width, sizeof *room->candidate);
    room->baseline = calloc(rows * width, sizeof *room->baseline);
    room->weight = calloc(rows, sizeof *room->weight);
    room->cluster = calloc(rows, sizeof *room->cluster);
    room->query = calloc(rows, sizeof *room->query);
    room->id = calloc(rows, sizeof *room->id);
    room->values = calloc(columns + 1, sizeof *room->values);
    if (!room->state || !room->label || !room->candidate || !room->baseline || !room->weight ||
        !room->cluster || !room->query || !room->id || !room->values)
        return mlt_err_oom(err);
    room->rows = rows;
    return true;
}

static bool text_is(const struct mlt_reader_text *text, const char *word)
{
    size_t len = strlen(word);
    return text->len == len && memcmp(text->text, word, len) == 0;
}

static bool class_of(const struct reading *r, const struct mlt_reader_text *text, double *out)
{
    const struct mlt_texts *classes = &r->plan->classes;
    for (size_t k = 0; k < classes->count; k++)
        if (text_is(text, classes->items[k])) {
            *out = (double)k;
            return true;
        }
    return false;
}

/* What a number must be to be a label of the task. */
static bool check_label(const struct reading *r, const struct mlt_reader_block *block, size_t row,
                        double label, struct mlt_err *err)
{
    if (r->plan->spec.task == MLT_TASK_RANKING && !(label >= 0))
        return mlt_reader_fault(block, (size_t)r->at.label, row, err,
                                "a relevance grade must be 0 or more, found %g", label);
    if (r->plan->spec.task == MLT_TASK_BINARY && label != 0 && label != 1)
        return mlt_reader_fault(block, (size_t)r->at.label, row, err,
                                "the label %g is neither 0 nor 1; say which label is the positive "
                                "one with --positive, or give another --task",
                                label);
    return true;
}

static bool read_label(const struct reading *r, const struct mlt_reader_block *block, size_t row,
                       double *out, struct mlt_err *err)
{
    const struct mlt_reader_values *column = &block->columns[r->at.label];
    if (column->number != NULL) {
        *out = column->number[row];
        return check_label(r, block, row, *out, err);
    }
    const struct mlt_reader_text *text = &column->text[row];
    if (r->plan->spec.task == MLT_TASK_BINARY)
        *out = text_is(text, r->plan->positive);
    else if (r->plan->spec.task == MLT_TASK_MULTICLASS && !class_of(r, text, out))
        return mlt_reader_fault(block, (size_t)r->at.label, row, err,
                                "the label \"%.*s\" is not among --classes",
                                text->len > 60 ? 60 : (int)text->len, text->text);
    return true;
}

/* "[0.1, 0.7, 0.2]" from JSON lines. */
static bool read_vector(const struct mlt_reader_text *text, size_t width, double *out)
{
    struct mlt_json *list;
    struct mlt_err fault = MLT_ERR_INIT;
    if (!mlt_json_parse("score", text->text, text->len, &list, &fault))
        return false;
    size_t count = 0;
    bool ok = mlt_json_type(list) == MLT_JSON_ARRAY && mlt_json_count(list) == width;
    for (const struct mlt_json *node = ok ? mlt_json_first(list) : NULL; node;
         node = mlt_json_next(node))
        ok = ok && mlt_json_number(node, &out[count++]);
    mlt_json_free(list);
    return ok;
}

static bool read_text(const struct reading *r, const struct mlt_reader_block *block,
                      const struct mlt_reader_text *text, size_t row, double *out, bool *usable,
                      struct mlt_err *err)
{
    const size_t width = r->plan->spec.width;
    double best;
    *usable = text->text != NULL;
    if (!*usable)
        return true;
    if (r->plan->spec.task == MLT_TASK_TEXT) {
        const struct mlt_reader_text *truth = &block->columns[r->at.label].text[row];
        *usable = truth->text != NULL;
        return !*usable ||
               mlt_text_compare(truth->text, truth->len, text->text, text->len, out, err);
    }
    if (text->len > 0 && text->text[0] == '[') {
        *usable = read_vector(text, width, out);
        return true;
    }
    *usable = class_of(r, text, &best);
    for (size_t k = 0; *usable && k < width; k++)
        out[k] = k == (size_t)best;
    return true;
}

/* The scores of one version on one row; not `*usable` when one is missing, or is no score at all.
 */
static bool read_scores(const struct reading *r, const struct mlt_reader_block *block, size_t first,
                        size_t row, double *out, bool *usable, struct mlt_err *err)
{
    const struct mlt_reader_values *columns = &block->columns[first];
    if (columns->number == NULL)
        return read_text(r, block, &columns->text[row], row, out, usable, err);
    *usable = true;
    for (size_t k = 0; k < r->at.score_count; k++) {
        out[k] = columns[k].number[row];
        *usable = *usable && !isnan(out[k]);
    }
    return true;
}

static bool read_weight(const struct reading *r, const struct mlt_reader_block *block, size_t row,
                        double *out, struct mlt_err *err)
{
    *out = block->columns[r->at.weight].number[row];
    if (isnan(*out))
        return true;
    if (!(*out >= 0))
        return mlt_reader_fault(block, (size_t)r->at.weight, row, err,
                                "a weight must be 0 or more, found %g", *out);
    if (r->plan->spec.weighting == MLT_WEIGHT_FREQUENCY && (*out != floor(*out) || *out > 1e9))
        return mlt_reader_fault(block, (size_t)r->at.weight, row, err,
                                "a frequency must be a whole number of at most 1e9, found %g",
                                *out);
    return true;
}

static bool is_missing(const struct mlt_reader_values *column, size_t row)
{
    return column->number != NULL ? isnan(column->number[row]) : column->text[row].text == NULL;
}

static bool lacks(const struct mlt_reader_block *block, int column, size_t row)
{
    return column >= 0 && is_missing(&block->columns[column], row);
}

static bool read_row(const struct reading *r, const struct mlt_reader_block *block, size_t row,
                     struct room *room, struct mlt_err *err)
{
    const size_t width = r->plan->spec.width;
    if (r->at.weight >= 0 && !read_weight(r, block, row, &room->weight[row], err))
        return false;
    if (lacks(block, r->at.label, row) || lacks(block, r->at.weight, row) ||
        lacks(block, r->at.cluster, row) || lacks(block, r->at.query, row)) {
        room->state[row] = MLT_ROW_LEFT_OUT;
        return true;
    }
    if (!read_label(r, block, row, &room->label[row], err))
        return false;
    bool baseline = true, candidate;
    if (r->plan->spec.has_baseline &&
        !read_scores(r, block, r->at.baseline, row, room->baseline + row * width, &baseline, err))
        return false;
    if (!read_scores(r, block, r->at.score, row, room->candidate + row * width, &candidate, err))
        return false;
    room->state[row] = !baseline    ? MLT_ROW_BASELINE_MISSING
                       : !candidate ? MLT_ROW_CANDIDATE_MISSING
                                    : MLT_ROW_PAIRED;
    return true;
}

static void read_keys(const struct mlt_reader_block *block, int column, uint64_t *out)
{
    if (column < 0)
        return;
    const struct mlt_reader_text *text = block->columns[column].text;
    for (size_t i = 0; i < block->rows; i++)
        out[i] = text[i].text == NULL ? 0 : mlt_siphash_name(text[i].text, text[i].len);
}

/* Whether the block's numbers can be taken as they stand: one number a score, none missing. */
static bool is_plain(const struct reading *r, const struct mlt_reader_block *block)
{
    size_t needed = r->at.baseline + (r->plan->spec.has_baseline ? 1 : 0);
    if (r->plan->spec.width != 1 || r->at.weight >= 0)
        return false;
    for (size_t c = 0; c < needed; c++)
        if (block->columns[c].missing > 0)
            return false;
    return block->columns[r->at.label].number != NULL && block->columns[r->at.score].number != NULL;
}

static bool lend_rows(const struct reading *r, const struct mlt_reader_block *block,
                      struct mlt_evaluation_block *out, struct mlt_err *err)
{
    out->label = block->columns[r->at.label].number;
    out->candidate = block->columns[r->at.score].number;
    out->baseline = r->plan->spec.has_baseline ? block->columns[r->at.baseline].number : NULL;
    for (size_t i = 0; r->plan->spec.task != MLT_TASK_REGRESSION && i < block->rows; i++)
        if (!check_label(r, block, i, out->label[i], err))
            return false;
    return true;
}

static bool read_rows(const struct reading *r, const struct mlt_reader_block *block,
                      struct room *room, struct mlt_evaluation_block *out, struct mlt_err *err)
{
    for (size_t i = 0; i < block->rows; i++)
        if (!read_row(r, block, i, room, err))
            return false;
    out->state = room->state;
    out->label = room->label;
    out->candidate = room->candidate;
    out->baseline = room->baseline;
    out->weight = r->at.weight >= 0 ? room->weight : NULL;
    return true;
}

static bool add_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    const struct reading *r = context;
    struct room *room = &r->rooms[block->worker];
    if (!make_room(room, r->plan, block->rows, err))
        return false;
    struct mlt_evaluation_block rows = {.n = block->rows, .first_ordinal = block->first_ordinal};
    if (is_plain(r, block) ? !lend_rows(r, block, &rows, err)
                           : !read_rows(r, block, room, &rows, err))
        return false;
    read_keys(block, r->at.cluster, room->cluster);
    read_keys(block, r->at.query, room->query);
    read_keys(block, r->at.id, room->id);
    for (size_t c = 0; c < r->plan->spec.column_count; c++)
        room->values[c] = block->columns[r->at.slice + c].category;
    rows.value = room->values;
    rows.cluster = r->at.cluster >= 0 ? room->cluster : NULL;
    rows.query = r->at.query >= 0 ? room->query : NULL;
    rows.key = r->at.id >= 0 ? room->id : NULL;
    return mlt_evaluation_add(r->evaluation, block->worker, &rows, err);
}

/* The dictionaries are of the whole file and shared by all workers. */
static bool name_values(const struct reading *r, unsigned threads,
                        const struct mlt_reader_summary *summary, struct mlt_err *err)
{
    for (size_t c = 0; c < r->plan->spec.column_count; c++) {
        const struct mlt_reader_dictionary *d = &summary->dictionary[r->at.slice + c];
        for (unsigned w = 0; w < threads; w++)
            if (!mlt_evaluation_name(r->evaluation, w, c, d->value, d->count, err))
                return false;
    }
    return true;
}

static bool check_slices(const struct reading *r, const struct mlt_reader_summary *summary,
                         struct mlt_err *err)
{
    for (size_t c = 0; c < r->plan->spec.column_count; c++)
        if (summary->rows > 0 && summary->missing[r->at.slice + c] == summary->rows &&
            summary->rows == summary->file_rows)
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "%s: slices by '%s': no row has a value in that column",
                               r->plan->file, r->plan->spec.columns[c]);
    return true;
}

bool mlt_eval_read(const struct mlt_eval_plan *plan, const struct mlt_eval_reading *reading,
                   struct mlt_evaluation *evaluation, struct mlt_reader_summary *out,
                   struct mlt_err *err)
{
    unsigned threads = reading->threads > 0 ? reading->threads : 1;
    size_t most = 5 + plan->scores.count + plan->baselines.count + plan->spec.column_count;
    struct reading r = {.plan = plan, .evaluation = evaluation};
    struct mlt_reader_column *columns = calloc(most, sizeof *columns);
    r.rooms = calloc(threads, sizeof *r.rooms);
    struct mlt_reader_options options = {.path = plan->file,
                                         .columns = columns,
                                         .threads = threads,
                                         .shard = reading->shard,
                                         .shards = reading->shards,
                                         .progress = reading->progress,
                                         .progress_context = reading->progress_context};
    bool ok = columns != NULL && r.rooms != NULL ? true : mlt_err_oom(err);
    if (ok) {
        want_columns(plan, columns, &r.at);
        options.column_count = r.at.count;
        ok = mlt_eval_format(plan->format, &options.format, err) &&
             mlt_reader_run(&options, add_block, &r, out, err);
    }
    if (ok && !(name_values(&r, threads, out, err) && check_slices(&r, out, err))) {
        mlt_reader_summary_free(out);
        ok = false;
    }
    for (unsigned w = 0; r.rooms != NULL && w < threads; w++)
        free_room(&r.rooms[w]);
    free(r.rooms);
    free(columns);
    return ok;
}

/* 0 or 1, in figures or as JSON's false and true. */
static bool zero_or_one(const struct mlt_reader_text *text, double *out)
{
    static const char *const zeros[] = {"0", "0.0", "false", "False"};
    static const char *const ones[] = {"1", "1.0", "true", "True"};
    for (int i = 0; i < 4; i++) {
        if (text_is(text, zeros[i]) || text_is(text, ones[i])) {
            *out = text_is(text, ones[i]);
            return true;
        }
    }
    return false;
}

/* What the first block's labels look like. */
struct sniff {
    bool any, text, other_number, done;
};

static bool sniff_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct sniff *seen = context;
    const struct mlt_reader_text *text = block->columns[0].text;
    for (size_t i = 0; i < block->rows; i++) {
        double value;
        if (text[i].text == NULL)
            continue;
        seen->any = true;
        if (zero_or_one(&text[i], &value))
            continue;
        char number[64];
        size_t len = text[i].len < sizeof number - 1 ? text[i].len : 0;
        memcpy(number, text[i].text, len);
        number[len] = '\0';
        if (len > 0 && mlt_str_parse_double(number, len, &value))
            seen->other_number = true;
        else
            seen->text = true;
    }
    seen->done = true;
    return mlt_err_set(err, MLT_ERR_INTERRUPTED, "seen enough");
}

bool mlt_eval_sniff_task(const struct mlt_eval_request *request, const char **out_task,
                         struct mlt_err *err)
{
    struct sniff seen = {0};
    struct mlt_reader_summary summary;
    const struct mlt_reader_column label = {request->label, MLT_COLUMN_TEXT, true};
    struct mlt_reader_options options = {
        .path = request->file, .columns = &label, .column_count = 1, .no_digest = true};
    if (strcmp(request->file, "-") == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "standard input can be read only once: say what the labels are with "
                           "--task regression, binary, multiclass, ranking or text, or name "
                           "--metrics");
    if (!mlt_eval_format(request->format, &options.format, err))
        return false;
    if (mlt_reader_run(&options, sniff_block, &seen, &summary, err))
        mlt_reader_summary_free(&summary);
    else if (!seen.done)
        return false;
    *err = (struct mlt_err)MLT_ERR_INIT;
    if (!seen.any)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: column '%s' has no label in its first rows",
                           request->file, request->label);
    if (seen.text)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s: the labels in '%s' are texts: say which is the positive one "
                           "(--positive YES), or list them (--classes A,B,C), or compare texts "
                           "(--task text)",
                           request->file, request->label);
    *out_task = seen.other_number ? "regression" : "binary";
    return true;
}

void mlt_eval_explain_labels(const struct mlt_eval_plan *plan, struct mlt_err *err)
{
    const struct mlt_eval_request request = {
        .file = plan->file, .format = plan->format, .label = plan->label};
    struct mlt_err better = MLT_ERR_INIT;
    const char *task;
    if (plan->spec.task != MLT_TASK_BINARY || plan->positive != NULL ||
        strcmp(plan->file, "-") == 0)
        return;
    if (!mlt_eval_sniff_task(&request, &task, &better) && better.kind == MLT_ERR_USAGE)
        *err = better;
}

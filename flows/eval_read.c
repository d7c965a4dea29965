#include "flows/eval_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flows/eval_rows.h"
#include "flows/eval_search.h"
#include "harness/base/siphash.h"

/* Room for one block of a thread. */
struct room {
    size_t rows;
    uint8_t *state;
    double *label, *candidate, *baseline, *weight;
    uint64_t *cluster, *query, *id;
    const uint32_t **values; /* [columns] */
    const double **numbers;  /* [columns that definitions name] */
    uint8_t *searched;       /* [searched columns][rows] */
    const uint8_t **search;  /* [searched columns] */
};

struct reading {
    const struct mlt_eval_plan *plan;
    const struct mlt_evaluation_set *set;
    struct mlt_eval_places at;
    struct mlt_eval_join *join; /* the baseline's own file; NULL: there is none */
    struct mlt_eval_survey *survey;
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
    free(room->numbers);
    free(room->searched);
    free(room->search);
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
    room->numbers = calloc(plan->definitions.column_count + 1, sizeof *room->numbers);
    room->searched = calloc(rows + 1, plan->search.spec.column_count + 1);
    room->search = calloc(plan->search.spec.column_count + 1, sizeof *room->search);
    if (!room->state || !room->label || !room->candidate || !room->baseline || !room->weight ||
        !room->cluster || !room->query || !room->id || !room->values || !room->numbers ||
        !room->searched || !room->search)
        return mlt_err_oom(err);
    room->rows = rows;
    return true;
}

/* From the same file, or from the row of another one that has the same id. */
static bool read_baseline(const struct reading *r, const struct mlt_reader_block *block, size_t row,
                          double *out, bool *usable, struct mlt_err *err)
{
    if (r->join == NULL)
        return mlt_eval_read_scores(r->plan, &r->at, block, r->at.baseline, row, out, usable, err);
    const struct mlt_reader_text *id = &block->columns[r->at.id].text[row];
    return mlt_eval_join_find(r->join, id, mlt_reader_line(block, row), out, usable, err);
}

static bool read_row(const struct reading *r, const struct mlt_reader_block *block, size_t row,
                     struct room *room, struct mlt_err *err)
{
    const struct mlt_eval_plan *plan = r->plan;
    const size_t width = plan->spec.width;
    if (r->at.weight >= 0 &&
        !mlt_eval_read_weight(plan, &r->at, block, row, &room->weight[row], err))
        return false;
    if (mlt_eval_lacks(&r->at, block, row)) {
        room->state[row] = MLT_ROW_LEFT_OUT;
        return true;
    }
    if (!mlt_eval_read_label(plan, &r->at, block, row, &room->label[row], err))
        return false;
    bool baseline = true, candidate;
    if (plan->spec.has_baseline &&
        !read_baseline(r, block, row, room->baseline + row * width, &baseline, err))
        return false;
    if (!mlt_eval_read_scores(plan, &r->at, block, r->at.score, row, room->candidate + row * width,
                              &candidate, err))
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
    if (r->plan->spec.width != 1 || r->at.weight >= 0 || r->join != NULL)
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
        if (!mlt_eval_check_label(r->plan, &r->at, block, i, out->label[i], err))
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

static bool add_rows(const struct reading *r, const struct mlt_reader_block *block,
                     const struct mlt_evaluation_block *rows, const double **numbers,
                     struct mlt_err *err)
{
    size_t row;
    for (size_t c = 0; c < r->plan->definitions.column_count; c++)
        numbers[c] = block->columns[r->at.custom + c].number;
    if (mlt_evaluation_set_add(r->set, block->worker, rows, numbers, &row, err))
        return true;
    const char *file = strcmp(r->plan->file, "-") == 0 ? "standard input" : r->plan->file;
    return row == block->rows ? false
                              : mlt_err_prefix(err, "%s:%llu", file,
                                               (unsigned long long)mlt_reader_line(block, row));
}

/* The survey saw every value: another one was not there then. */
static bool changed(const struct mlt_reader_block *block, size_t column, size_t row,
                    struct mlt_err *err)
{
    return mlt_reader_fault(block, column, row, err,
                            "column \"%s\": a value that was not there a moment ago: the file "
                            "changed while it was read",
                            block->wanted[column].name);
}

static bool add_to_search(const struct reading *r, const struct mlt_reader_block *block,
                          const struct mlt_evaluation_block *rows, struct room *room,
                          struct mlt_err *err)
{
    const struct mlt_eval_search *search = &r->plan->search;
    const struct mlt_search_block in = {rows->n,         rows->state,    rows->label,
                                        rows->candidate, rows->baseline, room->search};
    if (r->set->search == NULL)
        return true;
    for (size_t c = 0; c < search->spec.column_count; c++) {
        uint8_t *out = room->searched + c * room->rows;
        const struct mlt_reader_text *text = block->columns[r->at.search + c].text;
        for (size_t i = 0; i < block->rows; i++)
            if (!mlt_eval_search_value(&search->columns[c], &text[i], &out[i]))
                return changed(block, r->at.search + c, i, err);
        room->search[c] = out;
    }
    return mlt_search_add(r->set->search, block->worker, &in, err);
}

/* Labels, scores and weights of a block, and the room of its thread. */
static bool take_block(const struct reading *r, const struct mlt_reader_block *block,
                       struct mlt_evaluation_block *rows, struct mlt_err *err)
{
    struct room *room = &r->rooms[block->worker];
    *rows = (struct mlt_evaluation_block){.n = block->rows, .first_ordinal = block->first_ordinal};
    return make_room(room, r->plan, block->rows, err) &&
           (is_plain(r, block) ? lend_rows(r, block, rows, err)
                               : read_rows(r, block, room, rows, err));
}

static bool look_at_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    const struct reading *r = context;
    struct mlt_evaluation_block rows;
    if (!take_block(r, block, &rows, err))
        return false;
    const struct mlt_search_block in = {rows.n,         rows.state,    rows.label,
                                        rows.candidate, rows.baseline, NULL};
    return mlt_eval_survey_add(r->survey, block, &in, r->at.search, err);
}

static bool add_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    const struct reading *r = context;
    struct room *room = &r->rooms[block->worker];
    struct mlt_evaluation_block rows;
    if (!take_block(r, block, &rows, err))
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
    return add_rows(r, block, &rows, room->numbers, err) &&
           add_to_search(r, block, &rows, room, err);
}

/* The dictionaries are of the whole file and shared by all workers. */
static bool name_values(const struct reading *r, unsigned threads,
                        const struct mlt_reader_summary *summary, struct mlt_err *err)
{
    for (size_t c = 0; c < r->plan->spec.column_count; c++) {
        const struct mlt_reader_dictionary *d = &summary->dictionary[r->at.slice + c];
        for (unsigned w = 0; w < threads; w++)
            if (!mlt_evaluation_set_name(r->set, w, c, d->value, d->count, err))
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

/* The rows of the plan's file through `block`. */
static bool run(struct reading *r, const struct mlt_eval_reading *reading, unsigned threads,
                bool (*block)(void *, const struct mlt_reader_block *, struct mlt_err *),
                struct mlt_reader_summary *out, struct mlt_err *err)
{
    const struct mlt_eval_plan *plan = r->plan;
    struct mlt_reader_column *columns = calloc(mlt_eval_column_room(plan), sizeof *columns);
    r->rooms = calloc(threads, sizeof *r->rooms);
    struct mlt_reader_options options = {.path = plan->file,
                                         .columns = columns,
                                         .threads = threads,
                                         .shard = reading->shard,
                                         .shards = reading->shards,
                                         .no_digest = r->survey != NULL,
                                         .progress = reading->progress,
                                         .progress_context = reading->progress_context};
    bool ok = columns != NULL && r->rooms != NULL ? true : mlt_err_oom(err);
    if (ok) {
        mlt_eval_want_columns(plan, columns, &r->at);
        options.column_count = r->at.count;
        ok = mlt_eval_format(plan->format, &options.format, err) &&
             mlt_reader_run(&options, block, r, out, err);
    }
    for (unsigned w = 0; r->rooms != NULL && w < threads; w++)
        free_room(&r->rooms[w]);
    free(r->rooms);
    free(columns);
    return ok;
}

bool mlt_eval_read(const struct mlt_eval_plan *plan, const struct mlt_eval_reading *reading,
                   const struct mlt_evaluation_set *set, struct mlt_reader_summary *out,
                   struct mlt_err *err)
{
    unsigned threads = reading->threads > 0 ? reading->threads : 1;
    struct reading r = {.plan = plan, .set = set, .join = reading->join};
    if (!run(&r, reading, threads, add_block, out, err))
        return false;
    bool ok = name_values(&r, threads, out, err) && check_slices(&r, out, err) &&
              (r.join == NULL || mlt_eval_join_finish(r.join, err));
    if (!ok)
        mlt_reader_summary_free(out);
    return ok;
}

bool mlt_eval_look(const struct mlt_eval_plan *plan, const struct mlt_eval_reading *reading,
                   struct mlt_eval_survey *survey, struct mlt_err *err)
{
    struct reading r = {.plan = plan, .join = reading->join, .survey = survey};
    struct mlt_reader_summary summary;
    if (!run(&r, reading, 1, look_at_block, &summary, err))
        return false;
    mlt_reader_summary_free(&summary);
    return true;
}

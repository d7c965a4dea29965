#include "flows/eval_join.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "flows/eval_read.h"
#include "flows/eval_rows.h"
#include "harness/table/join.h"

struct mlt_eval_join {
    const struct mlt_eval_plan *plan;
    struct mlt_eval_places at;
    struct mlt_join *join;
    double *scores; /* [rows * width]; NaN first: not usable */
    size_t rows, capacity;
    pthread_mutex_t lock;
};

void mlt_eval_join_close(struct mlt_eval_join *join)
{
    if (join == NULL)
        return;
    mlt_join_free(join->join);
    pthread_mutex_destroy(&join->lock);
    free(join->scores);
    free(join);
}

static bool make_room(struct mlt_eval_join *join, size_t extra, struct mlt_err *err)
{
    const size_t width = join->plan->spec.width;
    if (join->capacity - join->rows >= extra)
        return true;
    size_t capacity =
        join->capacity * 2 > join->rows + extra ? join->capacity * 2 : join->rows + extra;
    double *scores = realloc(join->scores, capacity * width * sizeof *scores);
    if (scores == NULL)
        return mlt_err_oom(err);
    join->scores = scores;
    join->capacity = capacity;
    return true;
}

static bool keep_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct mlt_eval_join *join = context;
    const size_t width = join->plan->spec.width;
    if (!make_room(join, block->rows, err))
        return false;
    for (size_t i = 0; i < block->rows; i++) {
        const struct mlt_reader_text *id = &block->columns[join->at.id].text[i];
        const struct mlt_join_part key = {id->text, id->len};
        double *scores = join->scores + join->rows * width;
        bool usable;
        if (!mlt_eval_read_scores(join->plan, &join->at, block, join->at.baseline, i, scores,
                                  &usable, err) ||
            !mlt_join_left(join->join, &key, (uint32_t)join->rows, mlt_reader_line(block, i), err))
            return false;
        if (!usable)
            scores[0] = NAN;
        if (++join->rows == UINT32_MAX)
            return mlt_err_set(err, MLT_ERR_USAGE, "%s: more than 2^32 rows",
                               join->plan->baseline_file);
    }
    return true;
}

static bool read_file(struct mlt_eval_join *join, char sha256[65], struct mlt_err *err)
{
    struct mlt_reader_summary summary;
    struct mlt_reader_column *columns = calloc(mlt_eval_column_room(join->plan), sizeof *columns);
    struct mlt_reader_options options = {.path = join->plan->baseline_file, .columns = columns};
    if (columns == NULL)
        return mlt_err_oom(err);
    mlt_eval_want_baseline(join->plan, columns, &join->at);
    options.column_count = join->at.count;
    bool ok = mlt_reader_run(&options, keep_block, join, &summary, err);
    if (ok) {
        memcpy(sha256, summary.sha256, sizeof summary.sha256);
        mlt_reader_summary_free(&summary);
    }
    free(columns);
    return ok;
}

bool mlt_eval_join_open(const struct mlt_eval_plan *plan, struct mlt_eval_join **out,
                        char sha256[65], struct mlt_err *err)
{
    struct mlt_eval_join *join = calloc(1, sizeof *join);
    if (join == NULL)
        return mlt_err_oom(err);
    join->plan = plan;
    pthread_mutex_init(&join->lock, NULL);
    join->join = mlt_join_new(plan->baseline_file, plan->file, 1, 0);
    bool ok = join->join != NULL ? read_file(join, sha256, err) : mlt_err_oom(err);
    if (ok)
        *out = join;
    else
        mlt_eval_join_close(join);
    return ok;
}

bool mlt_eval_join_find(struct mlt_eval_join *join, const struct mlt_reader_text *id, uint64_t line,
                        double *out, bool *usable, struct mlt_err *err)
{
    const size_t width = join->plan->spec.width;
    const struct mlt_join_part key = {id->text, id->len};
    uint32_t row;
    pthread_mutex_lock(&join->lock);
    bool ok = mlt_join_right(join->join, &key, line, &row, err);
    pthread_mutex_unlock(&join->lock);
    if (!ok)
        return false;
    *usable = row != UINT32_MAX && !isnan(join->scores[row * width]);
    if (*usable)
        memcpy(out, join->scores + row * width, width * sizeof *out);
    return true;
}

bool mlt_eval_join_finish(struct mlt_eval_join *join, struct mlt_err *err)
{
    return mlt_join_finish(join->join, err);
}

#include "flows/eval_threshold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flows/eval_rows.h"

struct scores {
    const struct mlt_eval_plan *plan;
    const struct mlt_eval_reading *reading;
    struct mlt_eval_places at;
    double *label, *score;
    size_t count, capacity;
};

static bool make_room(struct scores *s, size_t extra, struct mlt_err *err)
{
    if (s->capacity - s->count >= extra)
        return true;
    size_t capacity = s->capacity * 2 > s->count + extra ? s->capacity * 2 : s->count + extra;
    double *label = realloc(s->label, capacity * sizeof *label);
    if (label != NULL)
        s->label = label;
    double *score = realloc(s->score, capacity * sizeof *score);
    if (score != NULL)
        s->score = score;
    if (label == NULL || score == NULL)
        return mlt_err_oom(err);
    s->capacity = capacity;
    return true;
}

static bool keep_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct scores *s = context;
    if (!make_room(s, block->rows, err))
        return false;
    for (size_t i = 0; i < block->rows; i++) {
        bool usable;
        if (mlt_eval_lacks(&s->at, block, i))
            continue;
        if (!mlt_eval_read_label(s->plan, &s->at, block, i, &s->label[s->count], err) ||
            !mlt_eval_read_scores(s->plan, &s->at, block, s->at.baseline, i, &s->score[s->count],
                                  &usable, err))
            return false;
        s->count += usable;
    }
    return true;
}

static bool read_scores(struct scores *s, struct mlt_err *err)
{
    struct mlt_reader_summary summary;
    struct mlt_reader_column *columns = calloc(mlt_eval_column_room(s->plan), sizeof *columns);
    struct mlt_reader_options options = {.path = s->plan->file,
                                         .columns = columns,
                                         .no_digest = true,
                                         .progress = s->reading->progress,
                                         .progress_context = s->reading->progress_context};
    if (columns == NULL)
        return mlt_err_oom(err);
    mlt_eval_want_columns(s->plan, columns, &s->at);
    options.column_count = s->at.count;
    bool ok = mlt_eval_format(s->plan->format, &options.format, err) &&
              mlt_reader_run(&options, keep_block, s, &summary, err);
    if (ok)
        mlt_reader_summary_free(&summary);
    free(columns);
    return ok;
}

bool mlt_eval_choose_threshold(struct mlt_eval_plan *plan, const struct mlt_eval_reading *reading,
                               struct mlt_err *err)
{
    struct scores s = {.plan = plan, .reading = reading};
    if (plan->threshold_rule == MLT_THRESHOLD_FIXED)
        return true;
    bool ok = read_scores(&s, err) && mlt_threshold_choose(plan->threshold_rule, s.label, s.score,
                                                           s.count, &plan->spec.threshold, err);
    free(s.label);
    free(s.score);
    return ok ? true
              : mlt_err_prefix(err, "--threshold %s",
                               mlt_threshold_rule_name(plan->threshold_rule));
}

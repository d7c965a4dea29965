#include "harness/metrics/confusion.h"

#include <stdlib.h>

#include "harness/metrics/families.h"
#include "harness/stats/exact.h"

static size_t cell_of(const struct mlt_metric_input *in, size_t width, size_t row)
{
    size_t truth = (size_t)in->label[row];
    size_t guess = in->task == MLT_TASK_BINARY
                       ? in->score[row] >= in->threshold
                       : mlt_metric_guess(in->score + row * in->width, in->width);
    return truth * width + guess;
}

/* One cell after the other, so that one exact sum does for all: rows are listed by cell first. */
static bool sum_weights(const struct mlt_metric_input *in, size_t width, const uint64_t *count,
                        double *weight)
{
    size_t cells = width * width;
    size_t *next = calloc(cells + 1, sizeof *next);
    size_t *row = calloc(in->n + 1, sizeof *row);
    bool good = next != NULL && row != NULL;
    for (size_t c = 0; good && c < cells; c++)
        next[c + 1] = next[c] + count[c];
    for (size_t i = 0; good && i < in->n; i++)
        row[next[cell_of(in, width, i)]++] = i;
    size_t at = 0;
    for (size_t c = 0; good && c < cells; c++) {
        struct mlt_exact sum = MLT_EXACT_INIT;
        for (size_t k = 0; k < count[c]; k++)
            mlt_exact_add(&sum, in->weight[row[at++]]);
        weight[c] = mlt_exact_value(&sum);
    }
    free(next);
    free(row);
    return good;
}

bool mlt_confusion_make(const struct mlt_metric_input *in, struct mlt_arena *arena,
                        struct mlt_confusion *out, struct mlt_err *err)
{
    size_t width = in->task == MLT_TASK_BINARY ? 2 : in->width;
    uint64_t *count = mlt_arena_calloc(arena, width * width, sizeof *count);
    if (count == NULL)
        return mlt_err_oom(err);
    *out = (struct mlt_confusion){width, count, NULL};
    for (size_t i = 0; i < in->n; i++)
        count[cell_of(in, width, i)]++;
    if (in->weight == NULL)
        return true;
    double *weight = mlt_arena_calloc(arena, width * width, sizeof *weight);
    if (weight == NULL || !sum_weights(in, width, count, weight))
        return mlt_err_oom(err);
    out->weight = weight;
    return true;
}

#include <math.h>
#include <string.h>

#include "harness/metrics/families.h"

static void fill_score(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    if (in->n > 0)
        memcpy(out, in->score, in->n * sizeof *out);
}

static const struct mlt_term score_term = {.name = "score", .fill = fill_score};
static const struct mlt_term *const score_terms[] = {&score_term, NULL};

bool mlt_metric_custom(const char *name, enum mlt_direction direction, const char *definition,
                       struct mlt_arena *arena, struct mlt_metric *out, struct mlt_err *err)
{
    struct mlt_metric_ops *ops = mlt_arena_alloc(arena, sizeof *ops);
    if (ops == NULL)
        return mlt_err_oom(err);
    *ops = (struct mlt_metric_ops){
        .abi = MLT_METRIC_ABI,
        .name = name,
        .doc = "mean of an expression",
        .definition = definition,
        .interval = "a mean: Student's t",
        .tasks = MLT_TASK_REGRESSION,
        .direction = direction,
        .method = MLT_INTERVAL_INFLUENCE,
        .least = -INFINITY,
        .most = INFINITY,
        .min_rows = MLT_MIN_ROWS,
        .min_clusters = MLT_MIN_CLUSTERS,
        .kind = MLT_METRIC_OF_MEANS,
        .terms = score_terms,
        .combine = mlt_metric_mean,
    };
    *out = (struct mlt_metric){ops, name, NAN};
    return true;
}

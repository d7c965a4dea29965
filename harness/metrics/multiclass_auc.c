#include <math.h>
#include <stdlib.h>

#include "harness/metrics/families.h"
#include "harness/metrics/roc.h"

/* Each class that occurs against all others. */
struct one_vs_rest {
    size_t n, count;
    struct mlt_classes *classes; /* [count] */
};

static void close_one_vs_rest(void *state)
{
    struct one_vs_rest *o = state;
    for (size_t k = 0; o != NULL && k < o->count; k++)
        mlt_classes_free(&o->classes[k]);
    if (o != NULL)
        free(o->classes);
    free(o);
}

/* Whether class k weighs something. */
static bool occurs(const struct mlt_metric_input *in, size_t k)
{
    for (size_t i = 0; i < in->n; i++)
        if (in->label[i] == (double)k && (in->weight == NULL || in->weight[i] > 0))
            return true;
    return false;
}

static bool add_class(struct one_vs_rest *o, const struct mlt_metric_input *in, size_t k,
                      uint8_t *positive, double *score, struct mlt_err *err)
{
    for (size_t i = 0; i < in->n; i++) {
        positive[i] = in->label[i] == (double)k;
        score[i] = in->score[i * in->width + k];
    }
    if (!mlt_classes_make(score, positive, in->weight, in->n, &o->classes[o->count], err))
        return false;
    o->count++;
    return true;
}

static bool open_one_vs_rest(const struct mlt_metric_input *in, double parameter, void **state,
                             const char **why, struct mlt_err *err)
{
    (void)parameter;
    *state = NULL;
    struct one_vs_rest *o = calloc(1, sizeof *o);
    uint8_t *positive = calloc(in->n + 1, sizeof *positive);
    double *score = calloc(in->n + 1, sizeof *score);
    if (o != NULL)
        o->classes = calloc(in->width + 1, sizeof *o->classes);
    bool good = o != NULL && o->classes != NULL && positive != NULL && score != NULL;
    if (!good)
        (void)mlt_err_oom(err);
    for (size_t k = 0; good && k < in->width; k++)
        if (occurs(in, k))
            good = add_class(o, in, k, positive, score, err);
    free(positive);
    free(score);
    if (!good) {
        close_one_vs_rest(o);
        return false;
    }
    o->n = in->n;
    if (o->count < 2)
        mlt_metric_undefined(why, "one class only");
    *state = o;
    return true;
}

static double mean_area(const void *state, const uint32_t *times)
{
    const struct one_vs_rest *o = state;
    double sum = 0;
    for (size_t k = 0; k < o->count; k++)
        sum += mlt_roc_area(&o->classes[k], times);
    return sum / (double)o->count;
}

static bool mean_area_influence(const void *state, double value, double *out)
{
    const struct one_vs_rest *o = state;
    const double scale[2] = {1, 1};
    (void)value;
    for (size_t i = 0; i < o->n; i++)
        out[i] = 0;
    for (size_t k = 0; k < o->count; k++)
        mlt_roc_influence(&o->classes[k], mlt_roc_area(&o->classes[k], NULL), 1 / (double)o->count,
                          scale, out);
    return true;
}

const struct mlt_metric_ops mlt_metric_class_ovr_auc = {
    .abi = MLT_METRIC_ABI,
    .name = "ovr_auc",
    .doc = "mean over classes of the AUC of the class against all others",
    .reference = "Fawcett 2006, Pattern Recognition Letters 27(8), section 9.2, unweighted",
    .definition = "macro mean over the classes that occur as label; ties count one half",
    .interval = "placement values of each class, added up: influence function",
    .tasks = MLT_TASK_MULTICLASS,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_rarest = MLT_MIN_CLASS_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_one_vs_rest,
    .value = mean_area,
    .influence = mean_area_influence,
    .close = close_one_vs_rest,
};

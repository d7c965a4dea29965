#include <math.h>
#include <stdlib.h>

#include "harness/metrics/families.h"

static size_t label_of(const struct mlt_metric_input *in, size_t row)
{
    return (size_t)in->label[row];
}

/* The first of the largest. */
static size_t predicted_of(const struct mlt_metric_input *in, size_t row)
{
    const double *score = in->score + row * in->width;
    size_t best = 0;
    for (size_t k = 1; k < in->width; k++)
        if (score[k] > score[best])
            best = k;
    return best;
}

static uint64_t correct_rows(const struct mlt_metric_input *in)
{
    uint64_t correct = 0;
    for (size_t i = 0; i < in->n; i++)
        correct += label_of(in, i) == predicted_of(in, i);
    return correct;
}

static bool accuracy(const struct mlt_metric_input *in, double *out, double *influence,
                     const char **why, struct mlt_err *err)
{
    (void)why, (void)err;
    double share = (double)correct_rows(in) / (double)in->n;
    for (size_t i = 0; i < in->n; i++)
        influence[i] = (label_of(in, i) == predicted_of(in, i)) - share;
    *out = share;
    return true;
}

static bool is_distribution(const double *score, size_t width)
{
    double sum = 0;
    for (size_t k = 0; k < width; k++) {
        if (!(score[k] >= 0 && score[k] <= 1))
            return false;
        sum += score[k];
    }
    /* Single-precision models give sums this far from 1. */
    return fabs(sum - 1) <= 1e-3;
}

static bool logloss(const struct mlt_metric_input *in, double *out, double *influence,
                    const char **why, struct mlt_err *err)
{
    (void)err;
    for (size_t i = 0; i < in->n; i++) {
        const double *score = in->score + i * in->width;
        if (!is_distribution(score, in->width)) {
            *why = "scores are not class probabilities that sum to 1";
            *out = NAN;
            return true;
        }
        influence[i] = mlt_metric_surprise(score[label_of(in, i)]);
    }
    *out = mlt_metric_center(influence, in->n);
    return true;
}

struct tally {
    double hits, sum; /* true positives; labelled plus predicted */
    double f1;
};

/* Mean of the classes' F1, over the classes that occur as label or prediction. With
 * F_k = 2 TP_k / S_k the influence of a row is the mean over k of (2 tp_ik - F_k s_ik) / (S_k / n).
 */
static bool macro_f1(const struct mlt_metric_input *in, double *out, double *influence,
                     const char **why, struct mlt_err *err)
{
    (void)why;
    struct tally *tally = calloc(in->width, sizeof *tally);
    if (tally == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < in->n; i++) {
        size_t truth = label_of(in, i), guess = predicted_of(in, i);
        tally[truth].hits += truth == guess;
        tally[truth].sum++;
        tally[guess].sum++;
    }
    double total = 0, classes = 0;
    for (size_t k = 0; k < in->width; k++) {
        if (tally[k].sum == 0)
            continue;
        tally[k].f1 = 2 * tally[k].hits / tally[k].sum;
        total += tally[k].f1;
        classes++;
    }
    double rows = (double)in->n;
    for (size_t i = 0; i < in->n; i++) {
        const struct tally *truth = &tally[label_of(in, i)], *guess = &tally[predicted_of(in, i)];
        double moved = truth == guess ? 2 * rows / truth->sum : 0;
        moved -= truth->f1 * rows / truth->sum + guess->f1 * rows / guess->sum;
        influence[i] = moved / classes;
    }
    free(tally);
    *out = total / classes;
    return true;
}

const struct mlt_metric_ops mlt_metric_class_accuracy = {
    .abi = MLT_METRIC_ABI,
    .name = "accuracy",
    .doc = "share of rows whose most probable class is the label",
    .reference = "Sokolova & Lapalme 2009, Inf. Processing & Management 45(4), table 3",
    .definition = "the first of the most probable classes",
    .tasks = MLT_TASK_MULTICLASS,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_SHARE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = accuracy,
    .successes = correct_rows,
};

const struct mlt_metric_ops mlt_metric_class_logloss = {
    .abi = MLT_METRIC_ABI,
    .name = "logloss",
    .doc = "mean of -log of the probability given to the label",
    .reference = "Good 1952, J. Royal Statistical Society B 14(1)",
    .definition = "natural logarithm, probabilities clipped at 1e-15",
    .tasks = MLT_TASK_MULTICLASS,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = logloss,
};

const struct mlt_metric_ops mlt_metric_class_macro_f1 = {
    .abi = MLT_METRIC_ABI,
    .name = "macro_f1",
    .doc = "mean of the F1 of each class",
    .reference =
        "Sokolova & Lapalme 2009, Inf. Processing & Management 45(4); mean of F1, not F1 of "
        "means (Opitz & Burst 2019)",
    .definition = "mean over the classes that occur as label or prediction",
    .tasks = MLT_TASK_MULTICLASS,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = macro_f1,
};

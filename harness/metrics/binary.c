#include <math.h>
#include <stdlib.h>

#include "harness/metrics/families.h"
#include "harness/stats/elementary.h"
#include "harness/stats/quantile.h"
#include "harness/stats/sum.h"

/* With fewer rows of a class than this, a share within that class says nothing. */
enum { MIN_CLASS_ROWS = 10 };

static const char *const few_negatives = "fewer than 10 rows of the negative class";

static bool is_positive(const struct mlt_metric_input *in, size_t row)
{
    return in->label[row] == 1;
}

static bool is_predicted(const struct mlt_metric_input *in, size_t row)
{
    return in->score[row] >= in->threshold;
}

static size_t count_positives(const struct mlt_metric_input *in)
{
    size_t count = 0;
    for (size_t i = 0; i < in->n; i++)
        count += is_positive(in, i);
    return count;
}

static bool undefined(double *out, const char **why, const char *words)
{
    *out = NAN;
    *why = words;
    return true;
}

/* One class of the AUC. `order` lists its rows; V of a row is its share of the other class on the
 * right side of it. The factor makes the variance that of DeLong, which divides by m - 1 within
 * each class, and not by n - 1 over all. */
static double place_class(const size_t *order, size_t m, size_t n, double others, bool positive,
                          const double *rank_all, const double *score, double *within,
                          double *values, double *influence, bool *oom)
{
    for (size_t i = 0; i < m; i++)
        values[i] = score[order[i]];
    if (!mlt_midranks(values, m, within)) {
        *oom = true;
        return NAN;
    }
    for (size_t i = 0; i < m; i++) {
        double below = (rank_all[order[i]] - within[i]) / others;
        values[i] = positive ? below : 1 - below;
    }
    double mean = mlt_metric_center(values, m);
    double rows = (double)n, size = (double)m;
    double factor = rows / size;
    if (m > 1)
        factor *= sqrt(size / (size - 1) * ((rows - 1) / rows));
    for (size_t i = 0; i < m; i++)
        influence[order[i]] = factor * values[i];
    return mean;
}

/* Mann-Whitney by midranks, with the placement values of DeLong, DeLong & Clarke-Pearson (1988) in
 * the form of Sun & Xu (2014). */
static bool auc(const struct mlt_metric_input *in, double *out, double *influence, const char **why,
                struct mlt_err *err)
{
    size_t n = in->n, positives = count_positives(in), negatives = n - positives;
    if (positives == 0 || negatives == 0)
        return undefined(out, why, "one class only");
    if (negatives < MIN_CLASS_ROWS)
        return undefined(out, why, few_negatives);
    size_t *order = calloc(n, sizeof *order);
    double *work = calloc(n, 3 * sizeof *work);
    bool oom = order == NULL || work == NULL || !mlt_midranks(in->score, n, work);
    if (!oom) {
        size_t next_positive = 0, next_negative = positives;
        for (size_t i = 0; i < n; i++)
            order[is_positive(in, i) ? next_positive++ : next_negative++] = i;
        *out = place_class(order, positives, n, (double)negatives, true, work, in->score, work + n,
                           work + 2 * n, influence, &oom);
        if (!oom)
            (void)place_class(order + positives, negatives, n, (double)positives, false, work,
                              in->score, work + n, work + 2 * n, influence, &oom);
    }
    free(order);
    free(work);
    return oom ? mlt_err_oom(err) : true;
}

static bool are_probabilities(const struct mlt_metric_input *in)
{
    for (size_t i = 0; i < in->n; i++)
        if (!(in->score[i] >= 0 && in->score[i] <= 1))
            return false;
    return true;
}

static bool logloss(const struct mlt_metric_input *in, double *out, double *influence,
                    const char **why, struct mlt_err *err)
{
    (void)err;
    if (!are_probabilities(in))
        return undefined(out, why, "scores are not probabilities in 0 to 1");
    for (size_t i = 0; i < in->n; i++)
        influence[i] = mlt_metric_surprise(is_positive(in, i) ? in->score[i] : 1 - in->score[i]);
    *out = mlt_metric_center(influence, in->n);
    return true;
}

static bool brier(const struct mlt_metric_input *in, double *out, double *influence,
                  const char **why, struct mlt_err *err)
{
    (void)err;
    if (!are_probabilities(in))
        return undefined(out, why, "scores are not probabilities in 0 to 1");
    for (size_t i = 0; i < in->n; i++) {
        double error = in->score[i] - in->label[i];
        influence[i] = error * error;
    }
    *out = mlt_metric_center(influence, in->n);
    return true;
}

static uint64_t correct_rows(const struct mlt_metric_input *in)
{
    uint64_t correct = 0;
    for (size_t i = 0; i < in->n; i++)
        correct += is_positive(in, i) == is_predicted(in, i);
    return correct;
}

static bool accuracy(const struct mlt_metric_input *in, double *out, double *influence,
                     const char **why, struct mlt_err *err)
{
    (void)why, (void)err;
    double share = (double)correct_rows(in) / (double)in->n;
    for (size_t i = 0; i < in->n; i++)
        influence[i] = (is_positive(in, i) == is_predicted(in, i)) - share;
    *out = share;
    return true;
}

/* A ratio of two counts: per row what it adds above and below the line. */
struct part {
    double above, below;
};

static struct part precision_part(bool positive, bool predicted)
{
    return (struct part){positive && predicted, predicted};
}

static struct part recall_part(bool positive, bool predicted)
{
    return (struct part){positive && predicted, positive};
}

static struct part specificity_part(bool positive, bool predicted)
{
    return (struct part){!positive && !predicted, !positive};
}

static struct part f1_part(bool positive, bool predicted)
{
    return (struct part){positive && predicted ? 2 : 0, (double)positive + predicted};
}

/* A / B with influence (a_i - (A / B) b_i) / mean(b), added to `influence` times `weight`. NaN when
 * nothing is below the line. */
static double ratio(const struct mlt_metric_input *in, struct part (*part)(bool, bool),
                    double weight, double *influence)
{
    double above = 0, below = 0; /* whole numbers: exact */
    for (size_t i = 0; i < in->n; i++) {
        struct part p = part(is_positive(in, i), is_predicted(in, i));
        above += p.above;
        below += p.below;
    }
    if (below == 0)
        return NAN;
    double value = above / below, mean = below / (double)in->n;
    for (size_t i = 0; i < in->n; i++) {
        struct part p = part(is_positive(in, i), is_predicted(in, i));
        influence[i] += weight * (p.above - value * p.below) / mean;
    }
    return value;
}

static void clear(double *influence, size_t n)
{
    for (size_t i = 0; i < n; i++)
        influence[i] = 0;
}

static bool precision(const struct mlt_metric_input *in, double *out, double *influence,
                      const char **why, struct mlt_err *err)
{
    (void)err;
    clear(influence, in->n);
    *out = ratio(in, precision_part, 1, influence);
    if (isnan(*out))
        *why = "no row is predicted positive";
    return true;
}

static bool recall(const struct mlt_metric_input *in, double *out, double *influence,
                   const char **why, struct mlt_err *err)
{
    (void)err;
    clear(influence, in->n);
    *out = ratio(in, recall_part, 1, influence);
    if (isnan(*out))
        *why = "no row is positive";
    return true;
}

static bool f1(const struct mlt_metric_input *in, double *out, double *influence, const char **why,
               struct mlt_err *err)
{
    (void)err;
    if (count_positives(in) == 0)
        return undefined(out, why, "no row is positive");
    clear(influence, in->n);
    *out = ratio(in, f1_part, 1, influence);
    return true;
}

static bool specificity(const struct mlt_metric_input *in, double *out, double *influence,
                        const char **why, struct mlt_err *err)
{
    (void)err;
    if (in->n - count_positives(in) < MIN_CLASS_ROWS)
        return undefined(out, why, few_negatives);
    clear(influence, in->n);
    *out = ratio(in, specificity_part, 1, influence);
    return true;
}

static bool balanced_accuracy(const struct mlt_metric_input *in, double *out, double *influence,
                              const char **why, struct mlt_err *err)
{
    (void)err;
    size_t positives = count_positives(in);
    if (positives == 0 || positives == in->n)
        return undefined(out, why, "one class only");
    if (in->n - positives < MIN_CLASS_ROWS)
        return undefined(out, why, few_negatives);
    clear(influence, in->n);
    double sensitivity = ratio(in, recall_part, 0.5, influence);
    *out = 0.5 * (sensitivity + ratio(in, specificity_part, 0.5, influence));
    return true;
}

const struct mlt_metric_ops mlt_metric_auc = {
    .abi = MLT_METRIC_ABI,
    .name = "auc",
    .doc = "area under the ROC curve: how often a positive row scores above a negative one",
    .reference = "DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44(3); Sun & Xu 2014",
    .definition = "ties count one half",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_positives = MIN_CLASS_ROWS,
    .min_clusters = 20,
    .estimate = auc,
};

const struct mlt_metric_ops mlt_metric_logloss = {
    .abi = MLT_METRIC_ABI,
    .name = "logloss",
    .doc = "mean of -log of the probability given to what happened",
    .reference = "Good 1952, J. Royal Statistical Society B 14(1)",
    .definition = "natural logarithm, probabilities clipped at 1e-15",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = logloss,
};

const struct mlt_metric_ops mlt_metric_brier = {
    .abi = MLT_METRIC_ABI,
    .name = "brier",
    .doc = "mean squared distance of the probability from what happened",
    .reference = "Brier 1950, Monthly Weather Review 78(1), for the positive class alone",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = brier,
};

const struct mlt_metric_ops mlt_metric_accuracy = {
    .abi = MLT_METRIC_ABI,
    .name = "accuracy",
    .doc = "share of rows decided right",
    .reference = "Sokolova & Lapalme 2009, Inf. Processing & Management 45(4), table 2",
    .definition = "positive when score >= threshold",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_SHARE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = accuracy,
    .successes = correct_rows,
};

const struct mlt_metric_ops mlt_metric_precision = {
    .abi = MLT_METRIC_ABI,
    .name = "precision",
    .doc = "share of the rows called positive that are",
    .reference = "Sokolova & Lapalme 2009, Inf. Processing & Management 45(4), table 2",
    .definition = "positive when score >= threshold",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_positives = MIN_CLASS_ROWS,
    .min_clusters = 20,
    .estimate = precision,
};

const struct mlt_metric_ops mlt_metric_recall = {
    .abi = MLT_METRIC_ABI,
    .name = "recall",
    .doc = "share of the positive rows that are found",
    .reference = "Sokolova & Lapalme 2009, Inf. Processing & Management 45(4), table 2",
    .definition = "positive when score >= threshold",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_positives = MIN_CLASS_ROWS,
    .min_clusters = 20,
    .estimate = recall,
};

const struct mlt_metric_ops mlt_metric_f1 = {
    .abi = MLT_METRIC_ABI,
    .name = "f1",
    .doc = "harmonic mean of precision and recall",
    .reference = "van Rijsbergen 1979, Information Retrieval, chapter 7",
    .definition = "positive when score >= threshold; 2 TP / (2 TP + FP + FN)",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_positives = MIN_CLASS_ROWS,
    .min_clusters = 20,
    .estimate = f1,
};

const struct mlt_metric_ops mlt_metric_balanced_accuracy = {
    .abi = MLT_METRIC_ABI,
    .name = "balanced_accuracy",
    .doc = "mean of recall and specificity",
    .reference = "Brodersen et al. 2010, ICPR, section II",
    .definition = "positive when score >= threshold",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_positives = MIN_CLASS_ROWS,
    .min_clusters = 20,
    .estimate = balanced_accuracy,
};

const struct mlt_metric_ops mlt_metric_specificity = {
    .abi = MLT_METRIC_ABI,
    .name = "specificity",
    .doc = "share of the negative rows that are left alone",
    .reference = "Sokolova & Lapalme 2009, Inf. Processing & Management 45(4), table 2",
    .definition = "positive when score >= threshold",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = specificity,
};

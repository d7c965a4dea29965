#include <math.h>
#include <stdlib.h>

#include "harness/metrics/families.h"
#include "harness/metrics/ranked.h"
#include "harness/stats/exact.h"

/* Metrics of the confusion matrix alone: a smooth function T of the shares P[t][g] of rows with
 * truth t and guess g, so that the influence of a row of cell (t, g) is dT/dP[t][g] less its mean.
 */
struct table {
    size_t n, width;
    uint32_t *cell; /* [n] truth * width + guess */
    mlt_mass *mass; /* [n] */
    double (*evaluate)(const struct table *table, const mlt_mass *count, double *gradient);
};

static void close_table(void *state)
{
    struct table *table = state;
    if (table == NULL)
        return;
    free(table->cell);
    free(table->mass);
    free(table);
}

static bool open_table(const struct mlt_metric_input *in,
                       double (*evaluate)(const struct table *, const mlt_mass *, double *),
                       const char *words, void **state, const char **why, struct mlt_err *err)
{
    *state = NULL;
    struct table *table = calloc(1, sizeof *table);
    mlt_mass *count = calloc(in->width * in->width + 1, sizeof *count);
    if (table != NULL)
        table->cell = calloc(in->n + 1, sizeof *table->cell);
    if (table == NULL || count == NULL || table->cell == NULL ||
        !mlt_mass_make(in->weight, in->n, &table->mass)) {
        close_table(table);
        free(count);
        return mlt_err_oom(err);
    }
    table->n = in->n;
    table->width = in->width;
    table->evaluate = evaluate;
    for (size_t i = 0; i < in->n; i++) {
        size_t guess = mlt_metric_guess(in->score + i * in->width, in->width);
        table->cell[i] = (uint32_t)((size_t)in->label[i] * in->width + guess);
        count[table->cell[i]] += mlt_mass_at(table->mass, NULL, i);
    }
    if (isnan(evaluate(table, count, NULL)))
        mlt_metric_undefined(why, words);
    free(count);
    *state = table;
    return true;
}

static mlt_mass *count_cells(const struct table *table, const uint32_t *times)
{
    mlt_mass *count = calloc(table->width * table->width + 1, sizeof *count);
    for (size_t i = 0; count != NULL && i < table->n; i++)
        count[table->cell[i]] += mlt_mass_at(table->mass, times, i);
    return count;
}

static double value_of_table(const void *state, const uint32_t *times)
{
    const struct table *table = state;
    mlt_mass *count = count_cells(table, times);
    double value = count == NULL ? NAN : table->evaluate(table, count, NULL);
    free(count);
    return value;
}

/* The mean of the slopes over the rows. Exact, so that equal slopes have that mean, and a model
 * without an error the influence values 0. */
static double mean_slope(const mlt_mass *count, const double *gradient, size_t cells)
{
    struct mlt_exact sum = MLT_EXACT_INIT, total = MLT_EXACT_INIT;
    for (size_t c = 0; c < cells; c++) {
        if (count[c] == 0)
            continue;
        mlt_exact_add_product(&sum, gradient[c], mlt_mass_value(count[c]));
        mlt_exact_add(&total, mlt_mass_value(count[c]));
    }
    return mlt_wide_value(mlt_wide_div(mlt_exact_wide(&sum), mlt_exact_wide(&total)));
}

static bool influence_of_table(const void *state, double value, double *out)
{
    const struct table *table = state;
    size_t cells = table->width * table->width;
    mlt_mass *count = count_cells(table, NULL);
    double *gradient = calloc(cells + 1, sizeof *gradient);
    bool good = count != NULL && gradient != NULL;
    (void)value;
    if (good) {
        (void)table->evaluate(table, count, gradient);
        double mean = mean_slope(count, gradient, cells);
        for (size_t i = 0; i < table->n; i++)
            out[i] = gradient[table->cell[i]] - mean;
    }
    free(count);
    free(gradient);
    return good;
}

/* What the row and the column of a class add up to. */
struct margins {
    mlt_mass truth, guess, both;
};

static struct margins margins_of(const struct table *table, const mlt_mass *count, size_t k)
{
    struct margins out = {0, 0, count[k * table->width + k]};
    for (size_t j = 0; j < table->width; j++) {
        out.truth += count[k * table->width + j];
        out.guess += count[j * table->width + k];
    }
    return out;
}

static mlt_mass total_of(const struct table *table, const mlt_mass *count)
{
    mlt_mass total = 0;
    for (size_t c = 0; c < table->width * table->width; c++)
        total += count[c];
    return total;
}

/* gradient += by a change of class k's F1 = 2 both / (truth + guess), times `factor`. */
static void add_f1_slopes(const struct table *table, const struct margins *m, mlt_mass total,
                          size_t k, double factor, double *gradient)
{
    double sum = mlt_mass_ratio(m->truth + m->guess, total);
    double f1 = mlt_mass_ratio(2 * m->both, m->truth + m->guess);
    for (size_t j = 0; j < table->width; j++) {
        gradient[k * table->width + j] -= factor * f1 / sum;
        gradient[j * table->width + k] -= factor * f1 / sum;
    }
    gradient[k * table->width + k] += factor * 2 / sum;
}

static double macro_f1(const struct table *table, const mlt_mass *count, double *gradient)
{
    mlt_mass total = total_of(table, count);
    double sum = 0, classes = 0;
    for (size_t k = 0; k < table->width; k++) {
        struct margins m = margins_of(table, count, k);
        if (m.truth + m.guess == 0)
            continue;
        sum += mlt_mass_ratio(2 * m.both, m.truth + m.guess);
        classes++;
    }
    for (size_t k = 0; gradient != NULL && k < table->width; k++) {
        struct margins m = margins_of(table, count, k);
        if (m.truth + m.guess != 0)
            add_f1_slopes(table, &m, total, k, 1 / classes, gradient);
    }
    return sum / classes;
}

static double weighted_f1(const struct table *table, const mlt_mass *count, double *gradient)
{
    mlt_mass total = total_of(table, count);
    double sum = 0;
    for (size_t k = 0; k < table->width; k++) {
        struct margins m = margins_of(table, count, k);
        if (m.truth == 0)
            continue;
        double f1 = mlt_mass_ratio(2 * m.both, m.truth + m.guess);
        sum += (double)m.truth * f1;
        if (gradient == NULL)
            continue;
        add_f1_slopes(table, &m, total, k, mlt_mass_ratio(m.truth, total), gradient);
        for (size_t j = 0; j < table->width; j++)
            gradient[k * table->width + j] += f1;
    }
    return sum / (double)total;
}

static double balanced_accuracy(const struct table *table, const mlt_mass *count, double *gradient)
{
    mlt_mass total = total_of(table, count);
    double sum = 0, classes = 0;
    for (size_t k = 0; k < table->width; k++) {
        struct margins m = margins_of(table, count, k);
        sum += m.truth == 0 ? 0 : mlt_mass_ratio(m.both, m.truth);
        classes += m.truth != 0;
    }
    for (size_t k = 0; gradient != NULL && k < table->width; k++) {
        struct margins m = margins_of(table, count, k);
        if (m.truth == 0)
            continue;
        double factor = 1 / classes / mlt_mass_ratio(m.truth, total);
        for (size_t j = 0; j < table->width; j++)
            gradient[k * table->width + j] -= factor * mlt_mass_ratio(m.both, m.truth);
        gradient[k * table->width + k] += factor;
    }
    return sum / classes;
}

/* What kappa and the correlation are made of. */
struct agreement {
    double seen, chance;               /* sum of P[k][k]; of truth[k] guess[k] */
    double truth_square, guess_square; /* sums of squares of the margins */
};

static struct agreement agreement_of(const struct table *table, const mlt_mass *count)
{
    mlt_mass total = total_of(table, count), diagonal = 0;
    struct agreement out = {0, 0, 0, 0};
    for (size_t k = 0; k < table->width; k++) {
        struct margins m = margins_of(table, count, k);
        double truth = mlt_mass_ratio(m.truth, total), guess = mlt_mass_ratio(m.guess, total);
        diagonal += m.both;
        out.chance += truth * guess;
        out.truth_square += truth * truth;
        out.guess_square += guess * guess;
    }
    out.seen = mlt_mass_ratio(diagonal, total);
    return out;
}

/* How many classes weigh anything as truth, or as guess. */
static size_t classes_of(const struct table *table, const mlt_mass *count, bool truth)
{
    size_t classes = 0;
    for (size_t k = 0; k < table->width; k++) {
        struct margins m = margins_of(table, count, k);
        classes += (truth ? m.truth : m.guess) != 0;
    }
    return classes;
}

static double kappa(const struct table *table, const mlt_mass *count, double *gradient)
{
    struct agreement a = agreement_of(table, count);
    mlt_mass total = total_of(table, count);
    if (!(a.chance < 1) || (classes_of(table, count, true) == 1 &&
                            classes_of(table, count, false) == 1 && a.seen == 1))
        return NAN;
    double left = 1 - a.chance, value = (a.seen - a.chance) / left;
    for (size_t k = 0; gradient != NULL && k < table->width; k++) {
        struct margins m = margins_of(table, count, k);
        double slope = (value - 1) / left;
        for (size_t j = 0; j < table->width; j++) {
            gradient[k * table->width + j] += slope * mlt_mass_ratio(m.guess, total);
            gradient[j * table->width + k] += slope * mlt_mass_ratio(m.truth, total);
        }
        gradient[k * table->width + k] += 1 / left;
    }
    return value;
}

/* Gorodkin's R_K: the covariance of truth and guess by the root of the product of their variances.
 */
static double correlation(const struct table *table, const mlt_mass *count, double *gradient)
{
    if (classes_of(table, count, true) < 2 || classes_of(table, count, false) < 2)
        return NAN;
    struct agreement a = agreement_of(table, count);
    mlt_mass total = total_of(table, count);
    double truth_spread = 1 - a.truth_square, guess_spread = 1 - a.guess_square;
    double under = sqrt(truth_spread * guess_spread);
    double value = (a.seen - a.chance) / under;
    for (size_t k = 0; gradient != NULL && k < table->width; k++) {
        struct margins m = margins_of(table, count, k);
        double truth = mlt_mass_ratio(m.truth, total), guess = mlt_mass_ratio(m.guess, total);
        for (size_t j = 0; j < table->width; j++) {
            gradient[k * table->width + j] += value * truth / truth_spread - guess / under;
            gradient[j * table->width + k] += value * guess / guess_spread - truth / under;
        }
        gradient[k * table->width + k] += 1 / under;
    }
    return value;
}

static bool open_macro_f1(const struct mlt_metric_input *in, double parameter, void **state,
                          const char **why, struct mlt_err *err)
{
    (void)parameter;
    return open_table(in, macro_f1, "no class occurs", state, why, err);
}

static bool open_weighted_f1(const struct mlt_metric_input *in, double parameter, void **state,
                             const char **why, struct mlt_err *err)
{
    (void)parameter;
    return open_table(in, weighted_f1, "no class occurs", state, why, err);
}

static bool open_balanced_accuracy(const struct mlt_metric_input *in, double parameter,
                                   void **state, const char **why, struct mlt_err *err)
{
    (void)parameter;
    return open_table(in, balanced_accuracy, "no class occurs", state, why, err);
}

static bool open_kappa(const struct mlt_metric_input *in, double parameter, void **state,
                       const char **why, struct mlt_err *err)
{
    (void)parameter;
    return open_table(in, kappa, "one class only", state, why, err);
}

static bool open_correlation(const struct mlt_metric_input *in, double parameter, void **state,
                             const char **why, struct mlt_err *err)
{
    (void)parameter;
    return open_table(in, correlation, "labels or guesses are of one class only", state, why, err);
}

/* What all of this family share; the rest of an entry follows. */
#define OF_TABLE                                                                                   \
    .abi = MLT_METRIC_ABI, .tasks = MLT_TASK_MULTICLASS, .direction = MLT_HIGHER_IS_BETTER,        \
    .method = MLT_INTERVAL_INFLUENCE,                                                              \
    .interval = "a smooth function of the shares of the confusion matrix: delta method",           \
    .kind = MLT_METRIC_OF_COLUMNS, .min_rows = MLT_MIN_ROWS, .min_clusters = MLT_MIN_CLUSTERS,     \
    .value = value_of_table, .influence = influence_of_table, .close = close_table, .most = 1

const struct mlt_metric_ops mlt_metric_class_macro_f1 = {
    OF_TABLE,
    .min_rarest = MLT_MIN_CLASS_ROWS,
    .name = "macro_f1",
    .doc = "mean of the F1 of each class",
    .reference =
        "Sokolova & Lapalme 2009, Inf. Processing & Management 45(4); mean of F1, not F1 of "
        "means (Opitz & Burst 2019)",
    .definition = "mean over the classes that occur as label or prediction",
    .open = open_macro_f1,
};

const struct mlt_metric_ops mlt_metric_class_weighted_f1 = {
    OF_TABLE,
    .name = "weighted_f1",
    .doc = "mean of the F1 of each class, by how often it is the label",
    .reference = "scikit-learn 1.2, sklearn.metrics.f1_score, average='weighted'",
    .definition = "F1 of each class times its share of the labels",
    .open = open_weighted_f1,
};

const struct mlt_metric_ops mlt_metric_class_balanced_accuracy = {
    OF_TABLE,
    .min_rarest = MLT_MIN_CLASS_ROWS,
    .name = "balanced_accuracy",
    .doc = "mean of the recall of each class",
    .reference = "Brodersen et al. 2010, ICPR, section II",
    .definition = "mean over the classes that occur as label",
    .open = open_balanced_accuracy,
};

const struct mlt_metric_ops mlt_metric_class_kappa = {
    OF_TABLE,
    .name = "kappa",
    .doc = "agreement of guess and label beyond that of chance",
    .reference = "Cohen 1960, Educational and Psychological Measurement 20(1)",
    .definition = "without weights for distance; undefined where both are of one class",
    .least = -1,
    .open = open_kappa,
};

const struct mlt_metric_ops mlt_metric_class_mcc = {
    OF_TABLE,
    .name = "mcc",
    .doc = "correlation of guess and label",
    .reference = "Gorodkin 2004, Computational Biology and Chemistry 28(5), R_K",
    .definition = "undefined where either is of one class only",
    .least = -1,
    .open = open_correlation,
};

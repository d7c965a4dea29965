#include <math.h>
#include <stdlib.h>

#include "harness/metrics/families.h"
#include "harness/metrics/ranked.h"
#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"

enum { MOST_BINS = 1000, USUAL_BINS = 15, UNIT_BITS = 84 };

struct bin {
    mlt_mass mass, positive, score, square;
};

struct calibration {
    struct mlt_classes classes;
    size_t bins;
    bool equal_mass;
    int scale, score_scale; /* of masses and of scores */
    mlt_mass *score;        /* [n] by place: weight times score */
    mlt_mass *square;       /* [n] by place: (weight / most)^2, importance weights only */
    bool has_squares;       /* weights of importance */
    double most;            /* the largest weight */
    uint16_t *bin;          /* [groups], equal width only */
    struct bin *sums;       /* [bins] of all rows, which are then not ranked; NULL: they are */
};

static void close_calibration(void *state)
{
    struct calibration *c = state;
    if (c == NULL)
        return;
    mlt_classes_free(&c->classes);
    free(c->score);
    free(c->square);
    free(c->bin);
    free(c->sums);
    free(c);
}

/* The bin of a score: (0, 1/B], (1/B, 2/B] ... with 0 in the first (Guo et al. 2017). */
static uint16_t bin_of_score(double score, size_t bins)
{
    double bin = ceil(score * (double)bins) - 1;
    return bin < 0 ? 0 : (uint16_t)(bin >= (double)bins ? (double)bins - 1 : bin);
}

static void choose_scales(struct calibration *c, const struct mlt_metric_input *in)
{
    c->scale = in->weight == NULL ? 0 : mlt_mass_scale(in->weight, in->n);
    c->score_scale = in->weight == NULL ? UNIT_BITS : c->scale;
    for (size_t i = 0; in->weight != NULL && i < in->n; i++)
        c->most = in->weight[i] > c->most ? in->weight[i] : c->most;
}

static bool has_squares(const struct mlt_metric_input *in)
{
    return in->weighting == MLT_WEIGHT_IMPORTANCE && in->weight != NULL;
}

static mlt_mass score_mass(const struct calibration *c, const struct mlt_metric_input *in,
                           size_t row)
{
    double weight = in->weight == NULL ? 1 : in->weight[row];
    return mlt_mass_of(weight * in->score[row], c->score_scale);
}

static mlt_mass square_mass(const struct calibration *c, const struct mlt_metric_input *in,
                            size_t row)
{
    double weight = in->weight[row];
    return c->most > 0 ? mlt_mass_of(weight / c->most * (weight / c->most), UNIT_BITS) : 0;
}

/* Bins of equal width do not ask for the order of rows. */
static void sum_weighted(struct calibration *c, const struct mlt_metric_input *in)
{
    choose_scales(c, in);
    for (size_t i = 0; i < in->n; i++) {
        struct bin *bin = &c->sums[bin_of_score(in->score[i], c->bins)];
        mlt_mass mass = mlt_mass_of(in->weight[i], c->scale);
        bin->mass += mass;
        bin->positive += in->label[i] == 1 ? mass : 0;
        bin->score += score_mass(c, in, i);
        bin->square += c->has_squares ? square_mass(c, in, i) : 0;
    }
}

/* A row of frequency w is w rows, as it is to the bootstrap. */
static void sum_counts(struct calibration *c, const struct mlt_metric_input *in)
{
    c->score_scale = UNIT_BITS;
    for (size_t i = 0; i < in->n; i++) {
        struct bin *bin = &c->sums[bin_of_score(in->score[i], c->bins)];
        uint64_t times = in->weight == NULL ? 1 : (uint64_t)in->weight[i];
        bin->mass += times;
        bin->positive += in->label[i] == 1 ? times : 0;
        bin->score += mlt_mass_of(in->score[i], UNIT_BITS) * times;
    }
}

/* So many rows that a sum of scores of UNIT_BITS each fits a mass. */
static bool is_countable(const struct mlt_metric_input *in)
{
    double rows = (double)in->n;
    if (in->weight == NULL)
        return true;
    for (size_t i = 0; i < in->n; i++)
        rows += in->weight[i];
    return in->weighting == MLT_WEIGHT_FREQUENCY && rows < 0x1p40;
}

static bool sum_bins(struct calibration *c, const struct mlt_metric_input *in)
{
    c->sums = calloc(c->bins, sizeof *c->sums);
    c->has_squares = has_squares(in);
    if (c->sums == NULL)
        return false;
    if (is_countable(in))
        sum_counts(c, in);
    else
        sum_weighted(c, in);
    return true;
}

static bool fill_calibration(struct calibration *c, const struct mlt_metric_input *in)
{
    size_t n = in->n;
    c->has_squares = has_squares(in);
    c->score = calloc(n + 1, sizeof *c->score);
    c->bin = calloc(c->classes.ranked.groups + 1, sizeof *c->bin);
    if (c->has_squares)
        c->square = calloc(n + 1, sizeof *c->square);
    if (c->score == NULL || c->bin == NULL || (c->has_squares && c->square == NULL))
        return false;
    choose_scales(c, in);
    for (size_t p = 0; p < n; p++) {
        uint32_t row = c->classes.ranked.row[p];
        c->score[p] = score_mass(c, in, row);
        if (c->square != NULL)
            c->square[p] = square_mass(c, in, row);
    }
    for (size_t g = 0; g < c->classes.ranked.groups; g++) {
        uint32_t row = c->classes.ranked.row[c->classes.ranked.start[g]];
        c->bin[g] = bin_of_score(in->score[row], c->bins);
    }
    return true;
}

static bool rank_rows(struct calibration *c, const struct mlt_metric_input *in, struct mlt_err *err)
{
    uint8_t *positive = calloc(in->n + 1, sizeof *positive);
    if (positive == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < in->n; i++)
        positive[i] = in->label[i] == 1;
    bool good = mlt_classes_make(in->score, positive, in->weight, in->n, &c->classes, err);
    free(positive);
    return good && (fill_calibration(c, in) || mlt_err_oom(err));
}

static bool open_calibration(const struct mlt_metric_input *in, size_t bins, bool equal_mass,
                             void **state, const char **why, struct mlt_err *err)
{
    *state = NULL;
    for (size_t i = 0; i < in->n; i++)
        if (!(in->score[i] >= 0 && in->score[i] <= 1)) {
            mlt_metric_undefined(why, "scores are not probabilities in 0 to 1");
            return true;
        }
    struct calibration *c = calloc(1, sizeof *c);
    if (c == NULL)
        return mlt_err_oom(err);
    c->bins = bins;
    c->equal_mass = equal_mass;
    bool good =
        in->once && !equal_mass ? sum_bins(c, in) || mlt_err_oom(err) : rank_rows(c, in, err);
    if (good)
        *state = c;
    else
        close_calibration(c);
    return good;
}

static bool open_equal_width(const struct mlt_metric_input *in, double parameter, void **state,
                             const char **why, struct mlt_err *err)
{
    return open_calibration(in, (size_t)parameter, false, state, why, err);
}

static bool open_equal_mass(const struct mlt_metric_input *in, double parameter, void **state,
                            const char **why, struct mlt_err *err)
{
    return open_calibration(in, (size_t)parameter, true, state, why, err);
}

static struct bin bin_of_group(const struct calibration *c, const uint32_t *times, size_t g)
{
    const struct mlt_ranked *ranked = &c->classes.ranked;
    struct bin out = {0, 0, 0, 0};
    for (size_t p = ranked->start[g]; p < ranked->start[g + 1]; p++) {
        uint32_t often = times == NULL ? 1 : times[ranked->row[p]];
        mlt_mass mass = mlt_mass_at(c->classes.mass, NULL, p) * often;
        out.mass += mass;
        out.positive += c->classes.positive[p] ? mass : 0;
        out.score += c->score[p] * often;
        out.square += c->square != NULL ? c->square[p] * often : 0;
    }
    return out;
}

/* E |x| of a normal x: the folded normal distribution (Leone, Nelson & Nottingham 1961). */
static double folded_mean(double mean, double sd)
{
    const double root = 0.79788456080286536; /* sqrt(2 / pi) */
    double size = fabs(mean);
    if (!(sd > 0))
        return size;
    double z = size / sd;
    return sd * root * mlt_exp(-z * z / 2) + size * (1 - 2 * mlt_normal_cdf(-z));
}

/* How far a bin's mean score is from its share of positives, less what sampling alone would add to
 * a distance of that size. Of a perfectly calibrated model's error, with 5,000 rows in 15 bins,
 * 0.018 becomes 0.010; of a true 0.0520, 0.0546 becomes 0.0520. */
static double bin_distance(const struct calibration *c, const struct bin *bin)
{
    double mass = ldexp(mlt_mass_value(bin->mass), -c->scale);
    double share = mlt_mass_ratio(bin->positive, bin->mass);
    double distance = (ldexp(mlt_mass_value(bin->score), -c->score_scale) -
                       ldexp(mlt_mass_value(bin->positive), -c->scale)) /
                      mass;
    double rows = mass;
    if (c->has_squares) /* (sum w)^2 / sum w^2, Kish 1965 */
        rows = mass / c->most * (mass / c->most) / ldexp(mlt_mass_value(bin->square), -UNIT_BITS);
    return 2 * fabs(distance) - folded_mean(distance, sqrt(share * (1 - share) / rows));
}

static double error_of_bins(const struct calibration *c, const struct bin *bins)
{
    mlt_mass total = 0;
    for (size_t b = 0; b < c->bins; b++)
        total += bins[b].mass;
    if (total == 0)
        return NAN;
    double sum = 0;
    for (size_t b = 0; b < c->bins; b++)
        if (bins[b].mass > 0)
            sum += mlt_mass_ratio(bins[b].mass, total) * bin_distance(c, &bins[b]);
    return sum > 0 ? sum : 0;
}

static double calibration_error(const void *state, const uint32_t *times)
{
    const struct calibration *c = state;
    if (c->sums != NULL)
        return error_of_bins(c, c->sums);
    struct bin bins[MOST_BINS] = {{0, 0, 0, 0}};
    mlt_mass total = 0, below = 0;
    if (c->equal_mass) {
        struct mlt_class_mass all = mlt_classes_total(&c->classes, times);
        total = all.positive + all.negative;
    }
    for (size_t g = 0; g < c->classes.ranked.groups; g++) {
        struct bin here = bin_of_group(c, times, g);
        size_t at = c->bin[g];
        if (here.mass == 0)
            continue;
        if (c->equal_mass) {
            double middle = mlt_mass_ratio(2 * below + here.mass, 2 * total);
            double bin = middle * (double)c->bins;
            at = bin >= (double)c->bins ? c->bins - 1 : (size_t)bin;
        }
        below += here.mass;
        bins[at].mass += here.mass;
        bins[at].positive += here.positive;
        bins[at].score += here.score;
        bins[at].square += here.square;
    }
    return error_of_bins(c, bins);
}

static const struct mlt_metric_parameter bins_parameter = {
    .doc = "bins", .min = 1, .max = MOST_BINS, .usual = USUAL_BINS, .whole = true};

#define DEBIASED                                                                                   \
    "less the bias of each bin by a normal approximation (Kumar et al. 2019), not below 0"

const struct mlt_metric_ops mlt_metric_ece = {
    .abi = MLT_METRIC_ABI,
    .name = "ece",
    .doc = "expected calibration error: how far scores are from shares of positives, in bins of "
           "equal width",
    .reference = "Guo et al. 2017, ICML, section 2; Kumar, Liang & Ma 2019, NeurIPS",
    .definition = "bins (a, b] of equal width, absolute distances, " DEBIASED,
    .interval = "absolute distances are not smooth at 0: bootstrap",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_BOOTSTRAP,
    .least = 0,
    .most = 1,
    .min_rows = 100,
    .min_clusters = MLT_MIN_CLUSTERS,
    .parameter = &bins_parameter,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_equal_width,
    .value = calibration_error,
    .close = close_calibration,
};

const struct mlt_metric_ops mlt_metric_ace = {
    .abi = MLT_METRIC_ABI,
    .name = "ace",
    .doc = "adaptive calibration error: how far scores are from shares of positives, in bins of "
           "equal weight",
    .reference = "Nixon et al. 2019, CVPR workshops; Kumar, Liang & Ma 2019, NeurIPS",
    .definition = "bins of equal weight, equal scores in one bin, absolute distances, " DEBIASED,
    .interval = "absolute distances are not smooth at 0: bootstrap",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_BOOTSTRAP,
    .least = 0,
    .most = 1,
    .min_rows = 100,
    .min_clusters = MLT_MIN_CLUSTERS,
    .parameter = &bins_parameter,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_equal_mass,
    .value = calibration_error,
    .close = close_calibration,
};

#include <math.h>

#include "harness/metrics/families.h"
#include "harness/stats/elementary.h"

/* Rows of equal score have no order: every metric here is its expected value over all orders of
 * them (McSherry & Najork 2008, ECIR). Grades above 0 are relevant. */

/* Rows [*end, ...) have a lower score than those of [first, *end). */
static size_t tie_end(const double *score, size_t n, size_t first)
{
    size_t end = first + 1;
    while (end < n && score[end] == score[first])
        end++;
    return end;
}

/* Grades come sorted within a tie. */
static size_t relevant_in(const double *grade, size_t first, size_t end)
{
    size_t count = 0;
    while (first + count < end && grade[first + count] > 0)
        count++;
    return count;
}

static double discount(size_t place)
{
    const double log_two = 0.69314718055994531;
    return log_two / mlt_log((double)place + 2);
}

static double gain(double grade, bool linear)
{
    const double log_two = 0.69314718055994531;
    if (linear)
        return grade;
    return grade == floor(grade) && grade < 1024 ? ldexp(1, (int)grade) - 1
                                                 : mlt_exp(grade * log_two) - 1;
}

static size_t limit(double parameter, size_t n)
{
    return parameter < (double)n ? (size_t)parameter : n;
}

static double discounted(const double *grade, const double *score, size_t n, size_t top,
                         bool linear)
{
    double sum = 0;
    for (size_t first = 0, end; first < top; first = end) {
        end = tie_end(score, n, first);
        double gains = 0;
        for (size_t i = first; i < end; i++)
            gains += gain(grade[i], linear);
        /* Of equal grades no order matters, and the sum is that of the best order to the bit. */
        bool equal = grade[first] == grade[end - 1];
        double each = equal ? gain(grade[first], linear) : gains / (double)(end - first);
        for (size_t i = first; i < end && i < top; i++)
            sum += each * discount(i);
    }
    return sum;
}

static double normalised(const double *grade, const double *score, const double *ideal, size_t n,
                         double parameter, bool linear)
{
    size_t top = limit(parameter, n);
    if (n == 0 || !(ideal[0] > 0))
        return NAN;
    double best = 0;
    for (size_t i = 0; i < top; i++)
        best += gain(ideal[i], linear) * discount(i);
    return discounted(grade, score, n, top, linear) / best;
}

static double ndcg(const double *grade, const double *score, const double *ideal, size_t n,
                   double parameter)
{
    return normalised(grade, score, ideal, n, parameter, false);
}

static double ndcg_linear(const double *grade, const double *score, const double *ideal, size_t n,
                          double parameter)
{
    return normalised(grade, score, ideal, n, parameter, true);
}

/* In a tie of m rows with r relevant ones, the j-th place holds one with probability r / m, and
 * then (j - 1)(r - 1) / (m - 1) relevant ones are before it in the tie, on average. */
static double average_precision(const double *grade, const double *score, const double *ideal,
                                size_t n, double parameter)
{
    (void)parameter;
    if (n == 0 || !(ideal[0] > 0))
        return NAN;
    double sum = 0, above = 0;
    for (size_t first = 0, end; first < n; first = end) {
        end = tie_end(score, n, first);
        double m = (double)(end - first), r = (double)relevant_in(grade, first, end);
        for (size_t i = first; r > 0 && i < end; i++) {
            double earlier = m > 1 ? (double)(i - first) * (r - 1) / (m - 1) : 0;
            sum += r / m * (above + 1 + earlier) / (double)(i + 1);
        }
        above += r;
    }
    return sum / above;
}

/* The first relevant row lies in the first tie that has one: at its j-th place with probability
 * r / (m - j + 1) when it was at none before. */
static double reciprocal_rank(const double *grade, const double *score, const double *ideal,
                              size_t n, double parameter)
{
    (void)parameter;
    if (n == 0 || !(ideal[0] > 0))
        return NAN;
    size_t first = 0, end = tie_end(score, n, 0);
    while (relevant_in(grade, first, end) == 0) {
        first = end;
        end = tie_end(score, n, first);
    }
    double r = (double)relevant_in(grade, first, end), none_yet = 1, sum = 0;
    for (size_t i = first; i < end && none_yet > 0; i++) {
        double here = r / (double)(end - i);
        here = here > 1 ? 1 : here;
        sum += none_yet * here / (double)(i + 1);
        none_yet *= 1 - here;
    }
    return sum;
}

/* Relevant rows among the first `top`, expected. */
static double found_in_top(const double *grade, const double *score, size_t n, size_t top)
{
    double found = 0;
    for (size_t first = 0, end; first < top; first = end) {
        end = tie_end(score, n, first);
        double r = (double)relevant_in(grade, first, end);
        double in = end <= top ? 1 : (double)(top - first) / (double)(end - first);
        found += r * in;
    }
    return found;
}

static double recall_at(const double *grade, const double *score, const double *ideal, size_t n,
                        double parameter)
{
    if (n == 0 || !(ideal[0] > 0))
        return NAN;
    return found_in_top(grade, score, n, limit(parameter, n)) / (double)relevant_in(ideal, 0, n);
}

static double precision_at(const double *grade, const double *score, const double *ideal, size_t n,
                           double parameter)
{
    if (n == 0 || !(ideal[0] > 0))
        return NAN;
    return found_in_top(grade, score, n, limit(parameter, n)) / parameter;
}

static const struct mlt_metric_parameter ranks_or_all = {
    .doc = "ranks that count", .min = 1, .max = 1e6, .usual = INFINITY, .whole = true};
static const struct mlt_metric_parameter ranks = {
    .doc = "ranks that count", .min = 1, .max = 1e6, .usual = NAN, .whole = true};

#define TIES "expected value over the orders of equal scores"
/* What all of this family share; the rest of an entry follows. */
#define OF_QUERIES                                                                                 \
    .abi = MLT_METRIC_ABI, .tasks = MLT_TASK_RANKING, .direction = MLT_HIGHER_IS_BETTER,           \
    .method = MLT_INTERVAL_INFLUENCE, .kind = MLT_METRIC_OF_QUERIES,                               \
    .interval = "a mean over queries, which are the clusters: Student's t",                        \
    .min_rows = MLT_MIN_ROWS, .min_clusters = MLT_MIN_CLUSTERS, .most = 1

const struct mlt_metric_ops mlt_metric_ndcg = {
    OF_QUERIES,
    .name = "ndcg",
    .doc = "discounted gain of the ranking, by that of the best one",
    .reference = "Jarvelin & Kekalainen 2002, ACM TOIS 20(4); gain of Burges et al. 2005, ICML",
    .definition = "gain 2^grade - 1, discount log2(rank + 1), " TIES,
    .parameter = &ranks_or_all,
    .of_query = ndcg,
};

const struct mlt_metric_ops mlt_metric_ndcg_linear = {
    OF_QUERIES,
    .name = "ndcg_linear",
    .doc = "discounted gain of the ranking, by that of the best one",
    .reference = "Jarvelin & Kekalainen 2002, ACM TOIS 20(4); discount of Burges et al. 2005",
    .definition = "gain is the grade, discount log2(rank + 1), " TIES,
    .parameter = &ranks_or_all,
    .of_query = ndcg_linear,
};

const struct mlt_metric_ops mlt_metric_map = {
    OF_QUERIES,
    .name = "map",
    .doc = "mean average precision: precision at every relevant row",
    .reference = "Manning, Raghavan & Schuetze 2008, Information Retrieval, section 8.4",
    .definition = "relevant is a grade above 0; " TIES,
    .of_query = average_precision,
};

const struct mlt_metric_ops mlt_metric_mrr = {
    OF_QUERIES,
    .name = "mrr",
    .doc = "mean reciprocal rank of the first relevant row",
    .reference = "Voorhees 1999, TREC-8",
    .definition = "relevant is a grade above 0; " TIES,
    .of_query = reciprocal_rank,
};

const struct mlt_metric_ops mlt_metric_recall_at = {
    OF_QUERIES,
    .name = "recall_at",
    .doc = "share of the relevant rows among the first k",
    .reference = "Manning, Raghavan & Schuetze 2008, Information Retrieval, section 8.4",
    .definition = "relevant is a grade above 0; " TIES,
    .parameter = &ranks,
    .of_query = recall_at,
};

const struct mlt_metric_ops mlt_metric_precision_at = {
    OF_QUERIES,
    .name = "precision_at",
    .doc = "share of relevant rows among the first k",
    .reference = "Manning, Raghavan & Schuetze 2008, Information Retrieval, section 8.4",
    .definition =
        "relevant is a grade above 0; divided by k even where there are fewer rows; " TIES,
    .parameter = &ranks,
    .of_query = precision_at,
};

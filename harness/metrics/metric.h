/* Metrics: one file per family, each metric a const table entry.
 *
 * A metric is of one of three kinds. Of *means*: a smooth function of the means of a few terms per
 * row (RMSE, log loss, F1, R2): measured from sums in one pass, without keeping a row. Of
 * *columns*: it needs the rows in order or all at once (AUC, a median, a confusion matrix). Of
 * *queries*: a value per query, and their mean (NDCG). From every kind come the estimate of both
 * versions and their joint sampling covariance, row-wise or by cluster; of columns without an
 * influence function come bootstrap replicates. */
#ifndef MLTEST_METRICS_METRIC_H
#define MLTEST_METRICS_METRIC_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/domain/measurement.h"
#include "harness/stats/wide.h"
#include "mltest/err.h"

enum mlt_task {
    MLT_TASK_REGRESSION = 1, /* label and score are numbers */
    MLT_TASK_BINARY = 2,     /* label 0 or 1; score is the probability (or score) of 1 */
    MLT_TASK_MULTICLASS = 4, /* label is a class index; scores: one probability per class */
    MLT_TASK_RANKING = 8,    /* label is a relevance grade >= 0; score orders the rows of a query */
    MLT_TASK_TEXT = 16, /* scores are what mlt_text_compare() makes of two texts; label unused */
};

enum mlt_weighting {
    MLT_WEIGHT_NONE = 0,
    MLT_WEIGHT_FREQUENCY,  /* whole numbers: the row stands for that many equal rows */
    MLT_WEIGHT_IMPORTANCE, /* the row counts that much more; its error does not shrink with it */
};

/* `n` rows of one version. label[i] as the task says. score holds n * width values, row by row;
 * width is 1 but for MLT_TASK_MULTICLASS (number of classes) and MLT_TASK_TEXT (MLT_TEXT_SCORES).
 * No NaN. */
struct mlt_metric_input {
    enum mlt_task task;
    size_t n, width;
    const double *label;
    const double *score;
    const double *weight; /* [n], finite and >= 0; NULL: 1 each */
    enum mlt_weighting weighting;
    double threshold; /* binary decisions: predicted 1 when score >= threshold */
    bool once;        /* the value is asked for rows as they are only: `times` is NULL */
};

/* A figure per row, of which a mean is taken. */
struct mlt_term {
    const char *name;
    bool of_label; /* of the label alone: the same for both versions */
    bool whole;    /* whole numbers of at most 2^20 in size: summed as integers */
    bool watched;  /* its largest values can hold most of its spread: they are kept */
    /* out[i] for all rows of `in`; NaN where the term is not defined (a probability of 1.2). */
    void (*fill)(const struct mlt_metric_input *in, double parameter, double *out);
};
enum { MLT_METRIC_MAX_TERMS = 4 };

/* The number behind the @ of "ndcg@10", "pinball@0.9", "f@2". */
struct mlt_metric_parameter {
    const char *doc; /* "ranks that count" */
    double min, max; /* inclusive */
    double usual;    /* when the name has no @ (infinity: no limit); NaN: it must have one */
    bool whole;
};

/* Scores as keys: whole numbers in the same order, equal where the scores are; each version has its
 * own. Rows come in blocks and can be asked for again. */
struct mlt_key_block {
    size_t n;
    const uint32_t *candidate, *baseline; /* [n]; NULL: no baseline */
    const uint8_t *positive;              /* [n] 0 or 1 */
};
struct mlt_key_rows {
    size_t keys[2]; /* exclusive bounds of the keys of candidate and baseline; 0: no baseline */
    void *context;
    /* The index-th block, lent until the next one is asked for; false past the last. */
    bool (*block)(void *context, size_t index, struct mlt_key_block *out);
    bool estimates_only;
};

enum mlt_metric_kind { MLT_METRIC_OF_MEANS = 1, MLT_METRIC_OF_COLUMNS, MLT_METRIC_OF_QUERIES };

struct mlt_metric_ops {
    uint32_t abi; /* MLT_METRIC_ABI */
    const char *name;
    const char *doc;        /* one line */
    const char *reference;  /* where the definition is from */
    const char *definition; /* the variant, NULL when there is just one */
    const char *interval;   /* why this interval method, one line */
    unsigned tasks;         /* mlt_task bits */
    enum mlt_direction direction;
    enum mlt_interval_method method;
    double least, most; /* range of the value; may be infinite */
    uint64_t min_rows, min_positives, min_negatives, min_clusters;
    uint64_t min_rarest;                          /* rows of every class that is a label */
    const struct mlt_metric_parameter *parameter; /* NULL: takes none */
    enum mlt_metric_kind kind;

    /* Of means: at most MLT_METRIC_MAX_TERMS, NULL-terminated. */
    const struct mlt_term *const *terms;
    /* From the means of the terms (sums of weight times term over sum of weights) the value, and
     * its derivative by each mean. Undefined: value NaN and *why set to static words. */
    void (*combine)(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                    double *gradient, const char **why);
    /* MLT_INTERVAL_SHARE: terms[0], 0 or 1, counts successes among all rows, or among those where
     * terms[1] (of_label, 0 or 1) is 1. */

    /* Of columns: `open` sorts and counts once; false when memory is out. Undefined: *why is set.
     */
    bool (*open)(const struct mlt_metric_input *in, double parameter, void **state,
                 const char **why, struct mlt_err *err);
    /* The value when row i counts times[i] times (its weight that often); NULL: once each. NaN when
     * it is not defined for these counts. Called from several threads on one state. */
    double (*value)(const void *state, const uint32_t *times);
    /* Influence values [n] of `value`: its derivative by the share of rows like row i (Hampel
     * 1974), weighted mean zero; the row's weight is not in it. NULL: there is none; needed but for
     * the methods BOOTSTRAP (where it gives third moments) and NONE. False when memory is out. */
    bool (*influence)(const void *state, double value, double *out);
    void (*close)(void *state);

    /* Of columns where only the order of scores counts: both versions at once from their keys, for
     * rows that are independent and count once each: fills what mlt_metric_measure() does but for
     * the counts. The numbers of the functions above, rounded less. NULL: there is no such way. */
    bool (*of_keys)(const struct mlt_key_rows *rows, struct mlt_measurement *out,
                    struct mlt_err *err);

    /* Of queries: of one query's n rows, sorted by descending score and, where scores are equal, by
     * descending grade; `ideal` holds the grades in descending order. NaN when the query has no
     * value (no relevant row): it is left out and counted. */
    double (*of_query)(const double *grade, const double *score, const double *ideal, size_t n,
                       double parameter);
};
enum { MLT_METRIC_ABI = 3 };

/* A metric as asked for: "ndcg@10". */
struct mlt_metric {
    const struct mlt_metric_ops *ops;
    const char *name; /* as written, in the arena given to mlt_metric_find() */
    double parameter; /* NaN: takes none */
};

/* Every metric, ending with NULL, in the order of docs/metrics.md. */
extern const struct mlt_metric_ops *const mlt_metrics[];

/* The metric of that name for that task, its parameter read. MLT_ERR_USAGE names the nearest right
 * word, the tasks it is for, or the range of its parameter. */
bool mlt_metric_find(const char *name, enum mlt_task task, struct mlt_arena *arena,
                     struct mlt_metric *out, struct mlt_err *err) MLT_MUST_USE;
/* A metric of means that takes the mean of the scores themselves: of the values of an expression.
 * Texts are lent; it lives in the arena. */
bool mlt_metric_custom(const char *name, enum mlt_direction direction, const char *definition,
                       struct mlt_arena *arena, struct mlt_metric *out,
                       struct mlt_err *err) MLT_MUST_USE;
/* What a measurement says of its metric: name, definition, direction, method, minima; no numbers.
 */
void mlt_metric_describe(const struct mlt_metric *metric, struct mlt_measurement *out);
/* Names for messages and schemas (without parameters), NULL-terminated, static storage. */
const char *const *mlt_metric_names(void);
/* Those that are measured of a task when nobody names one; NULL-terminated, static storage. */
const char *const *mlt_metric_usual(enum mlt_task task);
/* Words for a task: "regression", "binary", ... */
const char *mlt_task_name(enum mlt_task task);
bool mlt_task_parse(const char *name, enum mlt_task *out);

const char *mlt_weighting_name(enum mlt_weighting weighting);
/* What a weight must be and is not, in words: "a weight must be 0 or more"; NULL when it is fit. */
const char *mlt_weighting_fault(enum mlt_weighting weighting, double weight);

enum { MLT_METRIC_REPLICATES = 2000 };

/* The rows of one subset, of both versions. `baseline` NULL: no baseline. `cluster` NULL:
 * independent rows; else ids in [0, n_clusters). `key` identifies a row (or, with clusters, its
 * cluster: the same for all rows of one) independent of its place in the file; it and `seed` draw
 * the bootstrap. */
struct mlt_metric_rows {
    enum mlt_task task;
    size_t n, width;
    const double *label, *candidate, *baseline;
    const double *weight; /* NULL: MLT_WEIGHT_NONE */
    enum mlt_weighting weighting;
    const uint32_t *cluster;
    uint32_t n_clusters; /* upper bound of ids; the number that occurs is counted */
    const uint32_t *query;
    uint32_t n_queries;
    const uint64_t *key; /* NULL: the row's index */
    uint64_t seed;
    size_t replicates; /* of a bootstrap; 0: MLT_METRIC_REPLICATES */
    unsigned threads;  /* of a bootstrap; 0: 1 */
    double threshold;
    /* Set by a signal handler: a bootstrap stops with MLT_ERR_INTERRUPTED once it is not 0; NULL:
     * never. */
    const volatile sig_atomic_t *interrupted;
    bool estimates_only; /* metrics of columns get method NONE: no influence, no replicates */
};

/* Whether a signal asks to stop; then `err` says so. */
static inline bool mlt_interrupted(const volatile sig_atomic_t *signal, struct mlt_err *err)
{
    if (signal == NULL || *signal == 0)
        return false;
    (void)mlt_err_set(err, MLT_ERR_INTERRUPTED, "measuring was stopped");
    err->signal = (int)*signal;
    return true;
}

/* Measures one metric on rows in memory: fills numbers, counts, minimums, method, definition and
 * `undefined`; leaves case_id, slice, `excluded` and `candidate_missing` alone. The result does not
 * depend on the order of rows. A variance of exactly zero is reported as zero: the judge decides.
 */
bool mlt_metric_measure(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                        struct mlt_arena *arena, struct mlt_measurement *out,
                        struct mlt_err *err) MLT_MUST_USE;

/* The same from keys, for a metric that has `of_keys`; *out says how many rows and positives there
 * are and how many predictions differ. Fewer than 2^29 rows. */
bool mlt_metric_measure_keys(const struct mlt_metric *metric, const struct mlt_key_rows *rows,
                             struct mlt_measurement *out, struct mlt_err *err) MLT_MUST_USE;

#endif

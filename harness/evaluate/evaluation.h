/* From rows with both versions' scores to measurements: every metric, on all rows and on every
 * slice, in one pass, over threads, shards and files alike.
 *
 * What needs only sums is summed and forgotten; what needs order, clusters or queries keeps its
 * rows as compact columns, on disk beyond a bound. Neither the order of rows, nor the number of
 * threads, nor how the rows were divided over partial results changes a bit of the measurements. */
#ifndef MLTEST_EVALUATE_EVALUATION_H
#define MLTEST_EVALUATE_EVALUATION_H

#include <signal.h>

#include "harness/base/buf.h"
#include "harness/domain/slice.h"
#include "harness/metrics/metric.h"

enum { MLT_EVALUATION_MAX_SLICES = 64 };

/* Rows told apart by one column, or by several together. */
struct mlt_slice_spec {
    size_t column[MLT_SLICE_MAX_COLUMNS]; /* indices into the specification's columns */
    size_t column_count;
};

/* A slice that is measured however few rows it has. */
struct mlt_slice_named {
    const char *column, *value; /* as mlt_measurement has them */
};

struct mlt_evaluation_spec {
    enum mlt_task task;
    size_t width; /* scores a row: 1, or the number of classes */
    bool has_baseline;
    enum mlt_weighting weighting;
    bool clustered, has_keys; /* blocks carry cluster keys; row keys */
    double threshold;
    const struct mlt_metric *metrics;
    size_t metric_count;
    const char *const *columns; /* names of the category columns that slices are made of */
    size_t column_count;
    const struct mlt_slice_spec *slices;
    size_t slice_count;
    const struct mlt_slice_named *named;
    size_t named_count;
    uint64_t min_rows; /* of a slice found by column; 0: the metrics' own, at least 20 */
    /* Share of the rows that may lack only the candidate's score; beyond it such rows are counted
     * against the candidate. */
    double max_candidate_missing;
    bool estimates_only; /* no intervals, at a third of the cost */
    uint64_t seed;       /* of the bootstrap */
    size_t replicates;   /* 0: 2,000 */
    unsigned workers;    /* threads, or partial results, that add rows; at least 1 */
    unsigned threads;    /* that measure; 0: as many as workers */
    /* Of kept rows, packed, before they go to a file; what a worker has not packed yet, up to 4
     * MiB, and work space come on top. 0: 1 GiB. */
    uint64_t memory_bytes;
    /* Set by a signal handler: measuring stops with MLT_ERR_INTERRUPTED once it is not 0. NULL:
     * never. */
    const volatile sig_atomic_t *interrupted;
};

struct mlt_evaluation;

/* `spec` and what it points to must outlive the evaluation. More than MLT_EVALUATION_MAX_SLICES are
 * MLT_ERR_USAGE. Close with mlt_evaluation_close(). */
bool mlt_evaluation_open(const struct mlt_evaluation_spec *spec, struct mlt_evaluation **out,
                         struct mlt_err *err) MLT_MUST_USE;
void mlt_evaluation_close(struct mlt_evaluation *evaluation);

enum mlt_row_state {
    MLT_ROW_PAIRED = 0,        /* label and every score that is asked for */
    MLT_ROW_LEFT_OUT,          /* label or input missing, dropped by the data set's policy */
    MLT_ROW_CANDIDATE_MISSING, /* only the candidate gave no usable score */
    MLT_ROW_BASELINE_MISSING,  /* the baseline gave none (the candidate perhaps neither) */
};

struct mlt_evaluation_block {
    size_t n;
    uint64_t first_ordinal; /* of the whole data; rows follow each other */
    const uint8_t *state;   /* [n] enum mlt_row_state; NULL: all are paired */
    const double *label;    /* [n]; anything where the row is not paired, as all below */
    const double *candidate, *baseline; /* [n * width] */
    const double *weight;               /* [n] >= 0; whole numbers for MLT_WEIGHT_FREQUENCY */
    /* [column_count][n] the worker's own ids of the columns' values; UINT32_MAX: missing */
    const uint32_t *const *value;
    const uint64_t *cluster, *query, *key; /* [n], where the specification has them (a key is
                                              mlt_siphash_name() of its text); else NULL */
};

/* Adds rows. Workers may do so at once, each with its own number in [0, workers). */
bool mlt_evaluation_add(struct mlt_evaluation *evaluation, unsigned worker,
                        const struct mlt_evaluation_block *block, struct mlt_err *err) MLT_MUST_USE;

/* Says what the worker's ids of a column stand for: values[0..count), copied. A missing
 * value is "(missing)". Once per worker and column, when all of its rows were added. */
bool mlt_evaluation_name(struct mlt_evaluation *evaluation, unsigned worker, size_t column,
                         const char *const *values, size_t count, struct mlt_err *err) MLT_MUST_USE;

/* Rows seen, by state. */
struct mlt_evaluation_counts {
    uint64_t paired, left_out, candidate_missing, baseline_missing;
};
struct mlt_evaluation_counts mlt_evaluation_counts(struct mlt_evaluation *evaluation);
/* The same of one worker, before anything is measured; `*out_first` is the ordinal of its first row,
 * UINT64_MAX when it has none. */
struct mlt_evaluation_counts mlt_evaluation_worker_counts(const struct mlt_evaluation *evaluation,
                                                          unsigned worker, uint64_t *out_first);

/* Values of a column that were pooled as "(other)". */
struct mlt_evaluation_pooled {
    const char *column, *value;
    uint64_t rows;
};

/* A digest of the kept rows, the same in whatever order they came: keys, labels, scores, weights. 0
 * where no row is kept. */
bool mlt_evaluation_digest(struct mlt_evaluation *evaluation, uint64_t *out,
                           struct mlt_err *err) MLT_MUST_USE;

struct mlt_evaluation_sink {
    void *context;
    /* In this order: all rows, then slice by slice, each value by first appearance, "(other)" last.
     * Lent for the call; case_id is NULL. */
    bool (*measurement)(void *context, const struct mlt_measurement *m, struct mlt_err *err);
    bool (*pooled)(void *context, const struct mlt_evaluation_pooled *pooled, struct mlt_err *err);
};

/* Measures everything. No rows at all is reported by measurements with rows 0. Twice the same row
 * key is MLT_ERR_EVIDENCE with the ordinals of the first such pair; so is a column of more than
 * 1,000 slices. */
bool mlt_evaluation_measure(struct mlt_evaluation *evaluation,
                            const struct mlt_evaluation_sink *sink,
                            struct mlt_err *err) MLT_MUST_USE;

/* Everything added so far as bytes, from which another process goes on; and back, as the rows of a
 * worker that added nothing yet, for an evaluation of the same specification. Damaged bytes are
 * MLT_ERR_EVIDENCE, and so are those that contradict themselves: counts, sums and kept rows that
 * cannot be of the same rows. */
bool mlt_evaluation_encode(struct mlt_evaluation *evaluation, struct mlt_buf *out,
                           struct mlt_err *err) MLT_MUST_USE;
bool mlt_evaluation_decode(struct mlt_evaluation *evaluation, unsigned worker,
                           const unsigned char *data, size_t len, struct mlt_err *err) MLT_MUST_USE;

#endif

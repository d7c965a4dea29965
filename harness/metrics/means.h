/* Sums of a subset of rows, from which every metric of means is measured: one pass, no row kept,
 * merged in any order to the same bits.
 *
 * A plan says which terms the metrics ask for (each once, however many metrics share it) and which
 * products of two terms their variances need. A state holds the exact sums of one subset of rows.
 */
#ifndef MLTEST_METRICS_MEANS_H
#define MLTEST_METRICS_MEANS_H

#include "harness/base/buf.h"
#include "harness/metrics/metric.h"

enum { MLT_MEANS_MAX_GROUPS = 10000 };

struct mlt_means_plan;
struct mlt_means; /* a state */

struct mlt_means_options {
    enum mlt_task task;
    size_t width;
    bool has_baseline;
    enum mlt_weighting weighting;
    double threshold;
    bool with_intervals; /* false: only estimates, at a third of the cost; variances stay NaN */
};

/* Plans for the metrics of means among metrics[0..count); others are passed over. Lives in the
 * arena. */
bool mlt_means_plan_make(const struct mlt_metric *metrics, size_t count,
                         const struct mlt_means_options *options, struct mlt_arena *arena,
                         const struct mlt_means_plan **out, struct mlt_err *err) MLT_MUST_USE;

/* Bytes of one state, and of the work space that mlt_means_fill() wants for blocks of n rows. */
size_t mlt_means_state_bytes(const struct mlt_means_plan *plan);
size_t mlt_means_work_bytes(const struct mlt_means_plan *plan, size_t n);

/* The rows of a block; label, scores, weights as in struct mlt_metric_rows. */
struct mlt_means_block {
    size_t n;
    const double *label, *candidate, *baseline, *weight;
};
/* Computes the terms of every row of the block into `work`. */
void mlt_means_fill(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                    void *work);
/* Adds row i of the block filled last to the state of its group: states + group[i] *
 * mlt_means_state_bytes(), with group[i] < MLT_MEANS_MAX_GROUPS; `group` NULL: all rows to the
 * first. States start zeroed. */
void mlt_means_add(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                   void *work, const uint32_t *group, struct mlt_means *states);

/* Associative and commutative to the bit. */
void mlt_means_merge(const struct mlt_means_plan *plan, struct mlt_means *into,
                     const struct mlt_means *from);

/* The i-th state of an array. */
struct mlt_means *mlt_means_at(const struct mlt_means_plan *plan, struct mlt_means *states,
                               size_t i);

/* Rows added so far. */
uint64_t mlt_means_rows(const struct mlt_means *state);

/* Fills rows, positives, differing, weighting and effective_rows, whatever the metric. */
void mlt_means_counts(const struct mlt_means_plan *plan, const struct mlt_means *state,
                      struct mlt_measurement *out);

/* As mlt_metric_measure(), for metrics[index] of the plan's list, which must be of means. */
void mlt_means_measure(const struct mlt_means_plan *plan, const struct mlt_means *state,
                       size_t index, struct mlt_measurement *out);

/* Whether a state can be that of any rows: its counts agree with each other, and its sums obey what
 * sums of products obey (Cauchy and Schwarz). For states that were read from a file. */
bool mlt_means_plausible(const struct mlt_means_plan *plan, const struct mlt_means *state);

/* Canonical bytes of a state: equal sums give equal bytes. Decoding checks everything; damage is
 * MLT_ERR_EVIDENCE. `*at` advances. */
void mlt_means_encode(const struct mlt_means_plan *plan, const struct mlt_means *state,
                      struct mlt_buf *out);
bool mlt_means_decode(const struct mlt_means_plan *plan, const unsigned char *data, size_t len,
                      size_t *at, struct mlt_means *out, struct mlt_err *err) MLT_MUST_USE;

#endif

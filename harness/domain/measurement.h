/* One measured figure, with everything a judge needs and nothing about who judges.
 *
 * A measurement compares the candidate with the baseline on the same rows (or the same interleaved
 * time blocks). It carries the joint sampling covariance of the two estimates, so that any margin,
 * absolute or relative, can be judged later without the model and without the rows. */
#ifndef MLTEST_DOMAIN_MEASUREMENT_H
#define MLTEST_DOMAIN_MEASUREMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/codec/json.h"
#include "mltest/err.h"

enum mlt_direction {
    MLT_DIRECTION_NONE = 0, /* descriptive: no side is worse, a comparison cannot be judged */
    MLT_LOWER_IS_BETTER,
    MLT_HIGHER_IS_BETTER,
};

/* How an interval comes from the numbers of a measurement. */
enum mlt_interval_method {
    MLT_INTERVAL_NONE = 0,  /* an estimate only: judged by rule `point` or inconclusive */
    MLT_INTERVAL_INFLUENCE, /* t interval from influence values (delta method), df given */
    /* A share of rows: alone by Clopper & Pearson from `successes` of `trials`; a difference by
     * Tango from the discordant rows; a share of the baseline by influence. */
    MLT_INTERVAL_SHARE,
    MLT_INTERVAL_BLOCKS,    /* t interval over independent time blocks, df = blocks - 1 */
    MLT_INTERVAL_DELONG,    /* as INFLUENCE, from the placement values of DeLong et al. (1988) */
    MLT_INTERVAL_BOOTSTRAP, /* bias-corrected and accelerated, from paired replicates */
};

enum { MLT_THIRD_MOMENTS = 4, MLT_MAX_REPLICATES = 100000 };

struct mlt_measurement {
    const char *case_id;      /* "regression/holdout" */
    const char *metric;       /* "rmse", "latency p95" */
    const char *unit;         /* "" when it has none, else "s", "bytes", "1/s", "cores" */
    const char *slice_column; /* NULL: all rows */
    const char *slice_value;  /* "(other)": pooled values below the minimum */
    const char
        *definition;       /* the variant in words ("nearest rank", "threshold 0.5"); may be NULL */
    const char *undefined; /* why there is no number ("one class only"); NULL when there is one */
    const char *invalid; /* why nothing may be concluded from it ("sample ratio mismatch"); NULL */
    enum mlt_direction direction;
    enum mlt_interval_method method;
    double candidate, baseline;         /* estimates; NaN: undefined, or there is no baseline */
    double var_candidate, var_baseline; /* sampling variances of the estimates; NaN unknown */
    double covariance;                  /* of the two estimates; NaN unknown */
    double df;                          /* degrees of freedom; NaN unknown */
    uint64_t rows;                      /* paired rows (requests, for the performance suite) */
    uint64_t positives;                 /* rows of the positive class; 0 where that means nothing */
    uint64_t clusters; /* groups of dependent rows, or time blocks; 0: rows are independent */
    /* Rows on which the two versions do not give identical predictions (but for the last bits),
     * also where the metric sees no difference: the same decisions or the same order are another
     * model. */
    uint64_t differing;
    /* SHARE: successes of the candidate among the `trials` (rows that the share is of), and the
     * trials in which only one version succeeds; `has_pairs` says whether the last two are known.
     */
    uint64_t successes, trials, only_candidate, only_baseline;
    bool has_pairs;
    uint64_t rarest; /* rows of the class that the fewest have, of several; 0 where unknown */
    uint64_t min_rows, min_positives, min_negatives, min_rarest,
        min_clusters;           /* the metric's own, to be judged */
    uint64_t excluded;          /* rows left out by the data set's declared policy */
    uint64_t candidate_missing; /* rows only the candidate gave no usable prediction for */
    /* Third central moments of the two estimates (candidate c, baseline b): ccc, ccb, cbb, bbb,
     * that is the sum over rows or clusters of products of influence values, by n^3. NaN: unknown.
     */
    double third[MLT_THIRD_MOMENTS];
    /* Of the candidate's squared errors, where the metric is of them and there are enough rows: how
     * many of the largest were looked at, their share of the sum, and the index of their tail
     * (harness/stats/tail.h). NaN and 0: unknown. */
    double tail_index, tail_share;
    uint64_t tail_rows;
    const char *weighting; /* "frequency", "importance"; NULL: rows have no weights */
    double effective_rows; /* (sum w)^2 / (sum w^2), Kish 1965; NaN without weights */
    /* BOOTSTRAP: paired replicates of both estimates (NaN where one is not defined), lent; the
     * baseline's NULL where there is none. */
    size_t replicates;
    const double *replicate_candidate, *replicate_baseline;
};

/* A measurement with every number unknown (NaN) and every count 0. */
struct mlt_measurement mlt_measurement_none(void);

/* A copy whose texts and replicates live in the arena. Memory is MLT_ERR_INFRA. */
bool mlt_measurement_copy(const struct mlt_measurement *m, struct mlt_arena *arena,
                          struct mlt_measurement *out, struct mlt_err *err) MLT_MUST_USE;

const char *mlt_direction_name(enum mlt_direction direction); /* "lower", "higher", "none" */
const char *mlt_interval_method_name(enum mlt_interval_method method);

/* The one encoding, used by the wire, the store and the reports. NaN is null; what a measurement
 * does not have (weights, replicates, third moments) is left out, as it was before it existed. */
void mlt_measurement_encode(const struct mlt_measurement *m, struct mlt_json_out *out);
/* Strings are copied into the arena. A missing or mistyped field is MLT_ERR_EVIDENCE. */
bool mlt_measurement_decode(const struct mlt_json *node, struct mlt_arena *arena,
                            struct mlt_measurement *out, struct mlt_err *err) MLT_MUST_USE;

#endif

/* Made rows, and an evaluation's measurements as text, to compare whole results to the byte. */
#ifndef MLTEST_TESTS_UNIT_EVALUATE_ROWS_H
#define MLTEST_TESTS_UNIT_EVALUATE_ROWS_H

#include "harness/evaluate/evaluation.h"

enum { ROWS = 4000, VALUES = 6 };

/* Row i of both versions: a binary label, two scores with ties, weights, the values of two columns
 * ("c0" … "c5" seldom to often; "p0" … "p2"), a cluster of about ten rows, a key. */
struct rows {
    double label[ROWS], candidate[ROWS], baseline[ROWS], weight[ROWS];
    uint8_t state[ROWS];
    uint32_t country[ROWS], platform[ROWS];
    uint64_t cluster[ROWS], query[ROWS], key[ROWS];
};
void rows_make(struct rows *out, uint64_t seed);

/* A binary evaluation with the metrics named ("auc logloss"), sliced by country, platform and both.
 */
struct bench {
    struct mlt_arena arena;
    struct mlt_evaluation_spec spec;
    struct mlt_metric metrics[16];
    struct mlt_slice_spec slices[3];
    struct mlt_slice_named named;
};
void bench_open(struct bench *bench, const char *metrics, unsigned workers);
void bench_close(struct bench *bench);

/* Adds rows[order[first]], … in blocks of `block` rows, each with its own ordinal, by one worker.
 */
void bench_add(const struct bench *bench, struct mlt_evaluation *e, unsigned worker,
               const struct rows *rows, size_t first, size_t count, size_t block);
/* Names the values for a worker. */
void bench_name(struct mlt_evaluation *e, unsigned worker);
/* Measures; every measurement and pooled value as a line of text, in the arena. */
char *bench_text(struct bench *bench, struct mlt_evaluation *e);

#endif

/* Sixty rows by formula, so that other programs can make the same ones, and random ones. */
#ifndef MLTEST_TESTS_UNIT_METRICS_ROWS_H
#define MLTEST_TESTS_UNIT_METRICS_ROWS_H

#include "harness/metrics/metric.h"

enum { ROWS = 60, CLASSES = 4 };

/* label y = ((37 i) mod 101) / 10; candidate y + (((53 i) mod 29) - 14) / 20; baseline
 * y + (((71 i) mod 31) - 13) / 18. */
struct mlt_metric_rows rows_regression(void);
/* label ((7 i) mod 11) < 5; candidate ((29 i) mod 41) / 50 + 0.2 y ((3 i) mod 5) / 4; baseline
 * ((17 i) mod 37) / 45 + 0.15 y; threshold 0.5. */
struct mlt_metric_rows rows_binary(void);
/* label ((5 i^2 + i) mod 7) mod 3; weight of class j is 1 + ((i a + j b) mod 13), and 6 more for
 * the label unless 4 divides i, divided by the row's sum; (a, b) is (5, 11) and (7, 3). */
struct mlt_metric_rows rows_multiclass(void);
/* query i / 6; grade ((5 i) mod 7) mod 4, 0 in query 4; candidate (2 grade + (11 i) mod 5) / 2,
 * baseline floor((grade + (7 i) mod 5) / 2). */
struct mlt_metric_rows rows_ranking(void);
/* i / 3: twenty clusters. Storage of all of these is static. */
const uint32_t *rows_clusters(void);

/* Random rows of any task, with importance weights, queries of five rows and keys; `ties`: of few
 * different scores. In the arena. */
struct mlt_metric_rows rows_random(enum mlt_task task, size_t n, uint64_t seed, bool ties,
                                   struct mlt_arena *arena);
/* The names of all metrics of a task, with parameters where they need one; NULL-terminated. */
const char *const *rows_metrics(enum mlt_task task);

#endif

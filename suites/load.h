/* A closed loop on one model: time blocks of requests, one in flight. */
#ifndef MLTEST_SUITES_LOAD_H
#define MLTEST_SUITES_LOAD_H

#include "harness/runner/suite.h"

enum { MLT_LOAD_PERCENTILES = 3 }; /* p50, p95, p99 */

/* What one block of one side measured. */
struct mlt_load_block {
    double at_s;                            /* when it began, after the first block of the case */
    double latency_s[MLT_LOAD_PERCENTILES]; /* nearest rank, of successes; NaN: there was none */
    uint64_t requests, errors, rows;        /* rows: in requests that succeeded */
    double throughput;                      /* rows per second of request time */
    double cpu_cores;                       /* CPU seconds by wall seconds; NaN unknown */
    double rss_bytes;                       /* highest of the process tree; NaN unknown */
};

/* The rows that are sent again and again, and memory for the latencies of a block. */
struct mlt_load {
    struct mlt_case_context *context;
    struct mlt_batch rows;
    size_t batch_rows; /* rows per request */
    double *latency_s;
    size_t capacity;
    uint64_t began_ns; /* of the first block */
};

struct mlt_load_side {
    struct mlt_adapter *adapter;
    struct mlt_load_block *blocks;
    size_t count;
    const char *first_fault; /* in the case's arena; NULL: every request succeeded */
};

/* Sends requests for `duration_ns`, at least one, and describes them. `first` says with which
 * request to begin, so that both sides of a pair get the same. A request is an error when any of
 * its rows is not answered within the contract. */
bool mlt_load_run(struct mlt_load *load, struct mlt_load_side *side, uint64_t duration_ns,
                  size_t first, struct mlt_load_block *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_load_release(struct mlt_load *load);

#endif

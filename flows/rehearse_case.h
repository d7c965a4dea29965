/* The paired rows of one case, read back as numbers. */
#ifndef MLTEST_FLOWS_REHEARSE_CASE_H
#define MLTEST_FLOWS_REHEARSE_CASE_H

#include "flows/rehearse_rows.h"
#include "harness/metrics/metric.h"

/* Rows that both versions answered (without a baseline: the candidate), one behind the other. */
struct mlt_rehearse_case {
    const struct mlt_run_case *test;
    enum mlt_task task;
    size_t n, width;
    double *label, *candidate, *baseline; /* baseline NULL: none */
    double *weight;                       /* NULL: rows have none */
    enum mlt_weighting weighting;
    double threshold;
    uint64_t *key;  /* [n] of the row, or of its cluster */
    uint32_t *unit; /* [n] its unit: the row, or its cluster */
    size_t units;
    bool clustered;
    const char **slices; /* [n] JSON of the row's slices; NULL: none */
};

/* Reads the rows of a case and makes numbers of them. `*why` is set, in words, where that cannot
 * be. MLT_ERR_EVIDENCE for a file that cannot be read. */
bool mlt_rehearse_case_read(const struct mlt_rehearse_source *source,
                            const struct mlt_run_case *test, struct mlt_arena *arena,
                            struct mlt_rehearse_case *out, const char **why,
                            struct mlt_err *err) MLT_MUST_USE;

#endif

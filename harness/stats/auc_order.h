/* Rows in the order of their scores. */
#ifndef MLTEST_STATS_AUC_ORDER_H
#define MLTEST_STATS_AUC_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

/* An entry of the order is a row number and two flags. */
#define MLT_AUC_ROWS_MAX (UINT32_C(1) << 29)
#define MLT_AUC_ROW(entry) ((entry) & (MLT_AUC_ROWS_MAX - 1))
#define MLT_AUC_POSITIVE (UINT32_C(1) << 31)
#define MLT_AUC_TIED (UINT32_C(1) << 30) /* the same score as the entry before */

/* entry[0 … n) are the rows by ascending score, equal scores (0 and -0 are equal) by ascending row;
 * positive[i] is 0 or not. Radix sort, 16 bytes a row while it runs. MLT_ERR_EVIDENCE for a NaN
 * score or from 2^29 rows on. */
bool mlt_auc_order(const double *score, const uint8_t *positive, size_t n, uint32_t *entry,
                   struct mlt_err *err) MLT_MUST_USE;

/* The end of the group of equal scores that starts at place `first` of the order, and how many
 * negatives and positives it holds. */
size_t mlt_auc_tie_group(const uint32_t *entry, size_t n, size_t first, uint64_t group[2]);

/* The bits of a score as an unsigned number in the same order; 0 and -0 are one number. */
uint64_t mlt_auc_score_key(double score);

/* MLT_ERR_EVIDENCE that names the first row whose score is NaN. */
bool mlt_auc_check_scores(const double *score, size_t n, struct mlt_err *err) MLT_MUST_USE;

#endif

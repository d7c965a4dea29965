/* What a metric can be, and so which sentences no model could fail, or none could meet. */
#ifndef MLTEST_CRITERIA_SENTENCE_RANGE_H
#define MLTEST_CRITERIA_SENTENCE_RANGE_H

#include "harness/criteria/sentence.h"

/* "always holds" or "can never hold"; NULL for a sentence that can do both. */
const char *mlt_sentence_range_fault(const struct mlt_sentence *sentence);

/* How far a metric can move when a small share of its rows (queries, for those of queries) changes,
 * per such share: the width of its range, over the share of the rarer class where it looks at the
 * classes apart. `minority` is that share, 0 where it is not known. NaN: no bound is known. */
double mlt_metric_reach(const char *metric, double minority);
/* What a value of the metric (with or without its parameter) can be, as far as is known: else
 * anything. */
void mlt_metric_name_range(const char *metric, double *least, double *most);
/* Whether a metric is the largest of many distances, and so biased upwards. */
bool mlt_metric_is_maximum(const char *metric);
/* By how much a figure of so many rows is above the truth on average, as far as a formula is known;
 * else 0. */
double mlt_metric_overshoot(const char *metric, double value, double rows);

#endif

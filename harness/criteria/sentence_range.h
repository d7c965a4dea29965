/* What a metric can be, and so which sentences no model could fail, or none could meet. */
#ifndef MLTEST_CRITERIA_SENTENCE_RANGE_H
#define MLTEST_CRITERIA_SENTENCE_RANGE_H

#include "harness/criteria/sentence.h"

/* "always holds" or "can never hold"; NULL for a sentence that can do both. */
const char *mlt_sentence_range_fault(const struct mlt_sentence *sentence);

/* What a value of the metric (with or without its parameter) can be, as far as is known: else
 * anything. */
void mlt_metric_name_range(const char *metric, double *least, double *most);

#endif

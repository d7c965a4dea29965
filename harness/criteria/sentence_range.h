/* Sentences that no model could fail, or none could meet, because of what their metric can be. */
#ifndef MLTEST_CRITERIA_SENTENCE_RANGE_H
#define MLTEST_CRITERIA_SENTENCE_RANGE_H

#include "harness/criteria/sentence.h"

/* "always holds" or "can never hold"; NULL for a sentence that can do both. */
const char *mlt_sentence_range_fault(const struct mlt_sentence *sentence);

#endif

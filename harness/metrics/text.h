/* Two texts compared as question answering does: Rajpurkar, Zhang, Lopyrev & Liang 2016, "SQuAD:
 * 100,000+ Questions for Machine Comprehension of Text", EMNLP, model evaluation. */
#ifndef MLTEST_METRICS_TEXT_H
#define MLTEST_METRICS_TEXT_H

#include <stddef.h>

#include "mltest/err.h"

/* The third is no score: which answer it was, so that two wrong ones are told apart. */
enum { MLT_TEXT_EXACT_MATCH, MLT_TEXT_TOKEN_F1, MLT_TEXT_ANSWER, MLT_TEXT_SCORES };

/* Scores of an answer against its reference, 0 to 1: whether they are the same words in the same
 * order, and the harmonic mean of the shares of words they have in common, words counted as often
 * as they occur (1 where neither has a word, 0 where one has none, as in SQuAD 2.0). And a digest of
 * the answer's bytes as a whole number below 2^53.
 *
 * Words: lower case; without the ASCII punctuation; without the articles a, an, the; split at white
 * space. Letters with a lower case are those of ASCII, Latin-1, Latin Extended-A, Greek and
 * Cyrillic; white space is Unicode's. Bytes that are not UTF-8 are kept as they are. MLT_ERR_INFRA
 * when memory is out. */
bool mlt_text_compare(const char *reference, size_t reference_len, const char *answer,
                      size_t answer_len, double out[MLT_TEXT_SCORES],
                      struct mlt_err *err) MLT_MUST_USE;

#endif

/* Two files' rows matched by key: predictions of candidate and baseline that come in separate
 * files.
 *
 * A key is one or more columns of text; two rows match when all of them are the same bytes. Every
 * row of the left file must have exactly one match on the right, and every right row be matched:
 * keys that are there twice, and rows without a partner, are MLT_ERR_EVIDENCE with how many they
 * are and the first ones. Memory for each left row: the bytes of its key, and 61 to 122 of the
 * table around it. Keyed hashing: a hostile file cannot make it slow. */
#ifndef MLTEST_TABLE_JOIN_H
#define MLTEST_TABLE_JOIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

/* A part of a key; a NULL text is a missing value, which is no key. */
struct mlt_join_part {
    const char *text;
    size_t len;
};

struct mlt_join;
/* `parts` of a key, and the names of the two files for messages (lent for the join's life). More
 * than about `max_bytes` for the left rows is MLT_ERR_INFRA (0: no bound). NULL when memory is out.
 */
struct mlt_join *mlt_join_new(const char *left, const char *right, size_t parts,
                              uint64_t max_bytes);
void mlt_join_free(struct mlt_join *join);

/* The rows of the left file in any order, each with the number by which it is known, below 2^32
 * - 1. `line` is for messages. False only when memory is out or the key is missing; a key that is
 * there twice is told at the end. Not thread-safe. */
bool mlt_join_left(struct mlt_join *join, const struct mlt_join_part *key, uint32_t row,
                   uint64_t line, struct mlt_err *err) MLT_MUST_USE;
/* Behind all left rows, the rows of the right file: `*row` is the left one that matches, UINT32_MAX
 * for none and for one that was matched before. */
bool mlt_join_right(struct mlt_join *join, const struct mlt_join_part *key, uint64_t line,
                    uint32_t *row, struct mlt_err *err) MLT_MUST_USE;
/* Behind both: true when every row had its one partner; else MLT_ERR_EVIDENCE with the counts. */
bool mlt_join_finish(struct mlt_join *join, struct mlt_err *err) MLT_MUST_USE;

#endif

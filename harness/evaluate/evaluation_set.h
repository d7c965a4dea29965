/* The evaluations of one request: that of its task's metrics, and one for each metric that the user
 * defined as an expression, which see the same rows and the same slices; and the search for weak
 * slices, which sees the same rows. */
#ifndef MLTEST_EVALUATE_EVALUATION_SET_H
#define MLTEST_EVALUATE_EVALUATION_SET_H

#include "harness/evaluate/definition.h"
#include "harness/evaluate/search.h"

struct mlt_evaluation_set {
    struct mlt_evaluation *task;
    struct mlt_evaluation **custom; /* [definitions->count] */
    size_t custom_count;
    bool has_baseline;
    const struct mlt_definitions *definitions;
    struct mlt_search *search; /* NULL: no weak slices are searched for */
};

/* The fewest rows of a slice that stands alone when the specification leaves it open (0): what the
 * neediest metric asks for, so that all evaluations pool the same values. Without definitions, or
 * with a number given, that of the specification. */
uint64_t mlt_evaluation_set_min_rows(const struct mlt_evaluation_spec *spec,
                                     const struct mlt_definitions *definitions);

/* Opens all of them with `spec`, which must outlive the set, as `definitions` must; what else they
 * need lives in the arena. Close with mlt_evaluation_set_close(). */
bool mlt_evaluation_set_open(const struct mlt_evaluation_spec *spec,
                             const struct mlt_definitions *definitions, struct mlt_arena *arena,
                             struct mlt_evaluation_set *out, struct mlt_err *err) MLT_MUST_USE;
/* Opens the search too; `spec` must outlive the set. */
bool mlt_evaluation_set_search(struct mlt_evaluation_set *set, const struct mlt_search_spec *spec,
                               unsigned workers, struct mlt_err *err) MLT_MUST_USE;
void mlt_evaluation_set_close(struct mlt_evaluation_set *set);

/* As mlt_evaluation_add() to all: `column[k]` holds the numbers [block->n] of the k-th column that
 * the definitions name. An expression that is no finite number on a row that is scored is
 * MLT_ERR_EVIDENCE without a place, and `*out_row` the first such row; else it is block->n. */
bool mlt_evaluation_set_add(const struct mlt_evaluation_set *set, unsigned worker,
                            const struct mlt_evaluation_block *block, const double *const *column,
                            size_t *out_row, struct mlt_err *err) MLT_MUST_USE;
/* As mlt_evaluation_name(), of all. */
bool mlt_evaluation_set_name(const struct mlt_evaluation_set *set, unsigned worker, size_t column,
                             const char *const *values, size_t count,
                             struct mlt_err *err) MLT_MUST_USE;
/* As mlt_evaluation_encode() and _decode(), of all, the search included. */
bool mlt_evaluation_set_encode(const struct mlt_evaluation_set *set, struct mlt_buf *out,
                               struct mlt_err *err) MLT_MUST_USE;
bool mlt_evaluation_set_decode(const struct mlt_evaluation_set *set, unsigned worker,
                               const unsigned char *data, size_t len,
                               struct mlt_err *err) MLT_MUST_USE;
/* As mlt_evaluation_measure(): for each subset the task's metrics, then those of the user. */
bool mlt_evaluation_set_measure(const struct mlt_evaluation_set *set,
                                const struct mlt_evaluation_sink *sink,
                                struct mlt_err *err) MLT_MUST_USE;

#endif

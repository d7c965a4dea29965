/* A kept decision, explained: why, with the numbers, what would flip it, what to do next. Nothing
 * is judged again: the writers show what was decided. */
#ifndef MLTEST_REPORTS_EXPLAIN_H
#define MLTEST_REPORTS_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"
#include "harness/domain/kept_decision.h"
#include "mltest/err.h"

struct mlt_explain_input {
    const struct mlt_kept_decision *kept;
    /* Only this criterion of the decision (its position); negative: all, worst first. */
    long criterion;
    bool color;       /* console */
    unsigned width;   /* console: columns; 0: 100 */
    size_t max_bytes; /* markdown: budget; 0: 60,000 */
};

/* Each appends a whole explanation; the only error is memory (MLT_ERR_INFRA). */
bool mlt_explain_console(const struct mlt_explain_input *in, struct mlt_buf *out,
                         struct mlt_err *err) MLT_MUST_USE;
bool mlt_explain_markdown(const struct mlt_explain_input *in, struct mlt_buf *out,
                          struct mlt_err *err) MLT_MUST_USE;
bool mlt_explain_json(const struct mlt_explain_input *in, struct mlt_buf *out,
                      struct mlt_err *err) MLT_MUST_USE;

#endif

/* A gate's decision for people. Its JSON is the decision itself (mlt_decision_encode). */
#ifndef MLTEST_REPORTS_DECISION_H
#define MLTEST_REPORTS_DECISION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"
#include "harness/domain/decision.h"
#include "mltest/err.h"

struct mlt_report_decision_input {
    const struct mlt_decision *decision;
    const struct mlt_decision_context *context; /* NULL: neither time nor advisory is shown */
    const char *decision_path; /* where the document lies, for the commands shown; NULL: not kept */
    bool acting;               /* the caller acts on it: what to do next is not said */
    bool color;                /* console */
    unsigned width;            /* console: columns; 0: 100 */
    size_t max_bytes;          /* markdown: budget; 0: 60,000 */
};

/* Both append a whole report: worst first, the console's last line is the verdict and what to do
 * next. MLT_ERR_EVIDENCE for a decision that is milder than its own criteria; memory is
 * MLT_ERR_INFRA. */
bool mlt_report_decision_console(const struct mlt_report_decision_input *in, struct mlt_buf *out,
                                 struct mlt_err *err) MLT_MUST_USE;
bool mlt_report_decision_markdown(const struct mlt_report_decision_input *in, struct mlt_buf *out,
                                  struct mlt_err *err) MLT_MUST_USE;

#endif

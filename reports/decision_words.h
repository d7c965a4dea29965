/* What both reports of a decision say in words. */
#ifndef MLTEST_REPORTS_DECISION_WORDS_H
#define MLTEST_REPORTS_DECISION_WORDS_H

#include "harness/base/arena.h"
#include "reports/decision.h"

/* A verdict milder than the worst criterion, or a pass of no criteria, is MLT_ERR_EVIDENCE. */
bool mlt_decision_check(const struct mlt_decision *decision, struct mlt_err *err) MLT_MUST_USE;

/* Plain text, hostile parts not made safe. */
/* "gate to state beta: model@1.1.0 against 1.0.0" */
void mlt_decision_title(const struct mlt_decision *decision, struct mlt_buf *out);
/* "1 of 4 criteria fails, 1 of 4 criteria is inconclusive" */
void mlt_decision_words(const struct mlt_decision *decision, struct mlt_buf *out);
void mlt_decision_next(const struct mlt_report_decision_input *in, struct mlt_buf *out);
/* "policy gates.yaml (sha256 1f2e…), 2 runs count, 1 rejected, mltest 0.1.0" */
void mlt_decision_basis(const struct mlt_report_decision_input *in, struct mlt_buf *out);

/* The order in which criteria are shown. */
enum { MLT_DECISION_ORDER = 4 };
extern const enum mlt_verdict mlt_decision_order[MLT_DECISION_ORDER];
/* A criterion that is one threshold sentence is shown by its findings alone. */
bool mlt_criterion_is_sentence(const struct mlt_criterion_result *criterion);
/* All findings of all criteria, worst first; lent strings. NULL when memory is out. */
struct mlt_finding *mlt_decision_findings(const struct mlt_decision *decision,
                                          struct mlt_arena *arena, size_t *count);

#endif

/* What all explanations of a decision say in words. */
#ifndef MLTEST_REPORTS_EXPLAIN_WORDS_H
#define MLTEST_REPORTS_EXPLAIN_WORDS_H

#include "reports/explain.h"

/* What an interval's method means, in one sentence; NULL for a method that is not known. Static. */
const char *mlt_explain_method(const char *method);
/* What a rule asks for, in one sentence; NULL for the default. Static. */
const char *mlt_explain_rule(enum mlt_rule rule);

/* How far a finding is from the other verdict, as a share of the figure it is held against (the
 * baseline's, or the limit); NaN: none. */
double mlt_explain_flip_share(const struct mlt_finding *finding);

/* Plain sentences; hostile parts not made safe. Each appends nothing when there is nothing to say.
 */
/* "It fails by 0.0042 (0.6 % of the baseline): that much better, and it would no longer fail" */
void mlt_explain_flip(struct mlt_buf *out, const struct mlt_finding *finding);
/* "About 48,000 rows would decide it, four times in five; 11,586 were used" */
void mlt_explain_rows(struct mlt_buf *out, const struct mlt_finding *finding);
/* "p of a pass 0.03, p of a fail 0.9, after the correction 1: …" */
void mlt_explain_p(struct mlt_buf *out, const struct mlt_finding *finding);
/* The command that a person runs next for one criterion: "mltest docs check m@1.0.0"; nothing where
 * no command would change it. */
void mlt_explain_next(struct mlt_buf *out, const struct mlt_decision *decision,
                      const struct mlt_criterion_result *criterion);
/* The same for the whole decision, one sentence. */
void mlt_explain_next_step(struct mlt_buf *out, const struct mlt_explain_input *in);
/* "run 01HZX3 of 2026-03-01T10:00:00Z, newest for unit, regression; data holdout (11,586 rows)" */
void mlt_explain_run(struct mlt_buf *out, const struct mlt_evidence_run *run);
/* "approval production by alice at …: does not count: …" */
void mlt_explain_paper(struct mlt_buf *out, const struct mlt_kept_paper *paper);
/* What the document says about itself: not by the pinned policy, or silent about it; NULL when
 * there is nothing to warn of. Static. */
const char *mlt_explain_standing(const struct mlt_kept_decision *kept);

#endif

/* The criteria by kind, one file each, and what they share. Every one of them sets verdict and
 * reason of its work and may append findings; false only when memory is out. */
#ifndef MLTEST_GATES_WORDS_H
#define MLTEST_GATES_WORDS_H

#include "gates/decide/judging.h"

/* Sets both; a NULL reason is memory that was out. */
bool mlt_criterion_set(struct mlt_criterion_work *w, enum mlt_verdict verdict, const char *reason,
                       struct mlt_err *err);

/* suites.c. `about` names suites with a blank between them. */
bool mlt_word_suites(struct mlt_criterion_work *w, const char *about, struct mlt_err *err);
bool mlt_decide_suites(struct mlt_criterion_work *w, const char *const *suites, size_t count,
                       struct mlt_err *err);
/* The run that counts for a suite; NULL, with verdict and reason set, when none does or a file that
 * might be newer cannot be trusted. */
const struct mlt_evidence_run *mlt_decide_run(struct mlt_criterion_work *w, const char *suite,
                                              struct mlt_err *err);
/* The untrustworthy file that may have been the newest run of this suite; NULL when there is none.
 */
const struct mlt_evidence_rejected *mlt_decide_tampered(const struct mlt_evidence *evidence,
                                                        const char *suite);
/* What a run is judged with: the policy's defaults, and how often its held-out sets were looked at.
 */
struct mlt_judge_defaults mlt_decide_defaults(const struct mlt_criterion_work *w,
                                              const struct mlt_run *run);

/* sentences.c */
bool mlt_decide_sentence(struct mlt_criterion_work *w, struct mlt_err *err);

/* metrics.c: the regression run held against its own limits and against production. */
bool mlt_word_initial_metrics(struct mlt_criterion_work *w, const char *about, struct mlt_err *err);
bool mlt_word_within_5_percent(struct mlt_criterion_work *w, const char *about,
                               struct mlt_err *err);
bool mlt_word_no_worse(struct mlt_criterion_work *w, const char *about, struct mlt_err *err);
/* True for a word that judges every metric of the regression suite. */
bool mlt_word_judges_metrics(const char *word);

/* deployed.c, documented.c */
bool mlt_word_deployed(struct mlt_criterion_work *w, const char *about, struct mlt_err *err);
bool mlt_word_documented(struct mlt_criterion_work *w, const char *about, struct mlt_err *err);

/* usage.c: whether a version may be withdrawn. */
bool mlt_word_successor(struct mlt_criterion_work *w, const char *about, struct mlt_err *err);
bool mlt_word_no_users(struct mlt_criterion_work *w, const char *about, struct mlt_err *err);
bool mlt_word_migrated(struct mlt_criterion_work *w, const char *about, struct mlt_err *err);

/* signed.c: what people signed. `about` names records with a blank between them. */
bool mlt_word_records(struct mlt_criterion_work *w, const char *about, struct mlt_err *err);
bool mlt_word_approved(struct mlt_criterion_work *w, const char *about, struct mlt_err *err);

/* anchor.c */
bool mlt_decide_anchor(struct mlt_criterion_work *w, struct mlt_err *err);

#endif

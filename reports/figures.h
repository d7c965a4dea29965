/* The numbers of one finding, in the words and the scale in which they are shown. */
#ifndef MLTEST_REPORTS_FIGURES_H
#define MLTEST_REPORTS_FIGURES_H

#include <stdbool.h>

#include "harness/base/buf.h"
#include "harness/domain/finding.h"

/* A finding on the axis that people think in: how much worse than the reference, in the metric's
 * unit. A relative margin is judged on d = h - r|b|; here it is moved back by r|b|, so that `worse`
 * is the difference itself and `allowed` what the sentence admits of it. */
struct mlt_figures {
    double worse, lo, hi; /* NaN: none */
    double allowed;       /* NaN: none; 0: no worse than the reference */
    double limit;         /* of a sentence about a constant, in the metric's unit; NaN */
    double candidate_lo, candidate_hi; /* interval of the candidate itself, for a constant; NaN */
    bool has_axis;           /* `allowed` is positive: the three below are shares of the margin */
    double at, at_lo, at_hi; /* worse / allowed: 0 is equal, 1 the margin */
};

struct mlt_figures mlt_figures_of(const struct mlt_finding *finding);

/* Plain sentences (hostile parts not made safe: the writer escapes). Each appends nothing when
 * there is nothing to say. */
/* "candidate 6.312, baseline 5.821: worse by 0.491 (8.4 %), 90 % interval [0.312, 0.670], admits
 * 0.291" */
void mlt_figures_facts(struct mlt_buf *out, const struct mlt_finding *finding);
/* "rule non-inferior, alpha 0.05, rows 11,586, clusters 52, p(fail) 0.0003, adjusted 0.0021" */
void mlt_figures_basis(struct mlt_buf *out, const struct mlt_finding *finding);
/* "about 20,000 rows would give a verdict; this sample could show …; 0.0042 short of a pass" */
void mlt_figures_need(struct mlt_buf *out, const struct mlt_finding *finding);
/* "candidate", and "baseline" or "limit", as short cells of a table. */
void mlt_figures_cells(const struct mlt_finding *finding, struct mlt_buf *candidate,
                       struct mlt_buf *reference);
/* "41 %": the share of the margin, or of an upper limit, that the interval's bad end uses (the
 * estimate, by rule point or without an interval); empty when there is no such share. */
void mlt_figures_used(struct mlt_buf *out, const struct mlt_finding *finding);
/* "brand = 3"; nothing for all rows. */
void mlt_figures_slice(struct mlt_buf *out, const struct mlt_finding *finding);

/* A picture of `columns` columns: 0 and the margin marked, the interval and the estimate between
 * -1 and 3 margins. Spaces when the finding has no axis. */
void mlt_figures_strip(struct mlt_buf *out, const struct mlt_finding *finding, unsigned columns);

#endif

/* p-values adjusted for being many.
 *
 * All work in place on p[0 ... n-1]: each value becomes the smallest level at which its hypothesis
 * is rejected by the procedure, at most 1. `planned` (at least n) counts the hypotheses of the
 * family; those without a p-value count with p = 1, so that nothing missing can help. NaN, and what
 * is no probability, counts as 1. Ties get the same adjusted value. When memory is out all become
 * 1: nothing is shown. */
#ifndef MLTEST_STATS_MULTIPLICITY_H
#define MLTEST_STATS_MULTIPLICITY_H

#include <stddef.h>

/* Family-wise error, any dependence: Holm (1979), step-down. */
void mlt_holm_adjust(double *p, size_t n, size_t planned);
/* Family-wise error for independent or positively dependent p-values: Hochberg (1988), step-up. */
void mlt_hochberg_adjust(double *p, size_t n, size_t planned);
/* False discovery rate, independent or positively dependent: Benjamini & Hochberg (1995). */
void mlt_benjamini_hochberg_adjust(double *p, size_t n, size_t planned);
/* False discovery rate, any dependence: Benjamini & Yekutieli (2001), the former times
 * 1 + 1/2 + ... + 1/planned. */
void mlt_benjamini_yekutieli_adjust(double *p, size_t n, size_t planned);

#endif

/* One picture: every comparison's difference with its interval, as a share of the margin it is
 * judged against, so that metrics of any unit stand on one axis. Drawn by gnuplot, a program that
 * is run without a shell. */
#ifndef MLTEST_REPORTS_PLOT_H
#define MLTEST_REPORTS_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"
#include "harness/domain/finding.h"
#include "mltest/err.h"

/* How many findings the picture would show: comparisons with a positive margin and a number. */
size_t mlt_plot_rows(const struct mlt_finding *findings, size_t count);

/* Appends an SVG with the worst at the top (60 rows at most; what is left out is said in the
 * caption). `title` is hostile text. The same input and gnuplot give the same bytes. No row to draw
 * is MLT_ERR_USAGE; a gnuplot that is missing, fails or hangs is MLT_ERR_USAGE or MLT_ERR_INFRA and
 * says so. */
bool mlt_plot_svg(const struct mlt_finding *findings, size_t count, const char *title,
                  struct mlt_buf *svg, struct mlt_err *err) MLT_MUST_USE;

#endif

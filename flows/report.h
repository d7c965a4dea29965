/* `mltest report`: a results file, judged and rendered. */
#ifndef MLTEST_FLOWS_REPORT_H
#define MLTEST_FLOWS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

/* "FORMAT=FILE" */
struct mlt_report_target {
    char format[32];
    const char *file;
};
/* MLT_ERR_USAGE names an unknown format with the nearest right one. `file` points into `text`. */
bool mlt_report_target_parse(const char *text, struct mlt_report_target *out,
                             struct mlt_err *err) MLT_MUST_USE;

struct mlt_report_request {
    const char *results;
    const char *format;         /* what goes to `out`; NULL: console */
    const char *const *targets; /* "FORMAT=FILE", each written atomically */
    size_t target_count;
    bool color;
    unsigned width;
};

/* Loads, judges with the run's own defaults, renders `format` into `out` and every target into its
 * file; beside a Markdown file the forest plot of differences is written as SVG when there is
 * anything to plot. */
bool mlt_flow_report(const struct mlt_report_request *request, struct mlt_arena *arena,
                     struct mlt_buf *out, enum mlt_verdict *verdict,
                     struct mlt_err *err) MLT_MUST_USE;

#endif

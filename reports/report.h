/* Writers of a run and of a gate's decision, for people and for machines.
 *
 * A writer only shows: it opens no file, judges nothing and reads no clock, so the same input gives
 * the same bytes. Names, messages and diagnostics come from models and data: every writer bounds
 * and escapes them for its own format. The headline of every format is `verdict`, and a writer
 * refuses an input whose verdict is milder than what its own cases and findings show. */
#ifndef MLTEST_REPORTS_REPORT_H
#define MLTEST_REPORTS_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/domain/finding.h"
#include "harness/domain/run.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

struct mlt_report_input {
    const struct mlt_run *run;
    const struct mlt_finding *findings; /* any order; writers show the worst first */
    size_t finding_count;
    enum mlt_verdict verdict; /* the headline, as the exit code gives it */
    const char *results_path; /* the results file, for the commands shown; NULL: not kept */
    const char *plot_path;    /* relative name of an SVG beside the report; NULL: none */
    bool color;       /* console: ANSI colours (the caller knows NO_COLOR and the terminal) */
    unsigned width;   /* console: columns; 0: 100 */
    size_t max_bytes; /* markdown: budget; 0: 60,000 (a GitHub comment holds 65,536 characters) */
};

struct mlt_report_ops {
    uint32_t abi;
    const char *name, *doc, *media_type;
    /* Appends the whole report. MLT_ERR_EVIDENCE when mlt_report_check() refuses the input; memory
     * is MLT_ERR_INFRA. */
    bool (*write)(const struct mlt_report_input *in, struct mlt_buf *out, struct mlt_err *err);
};
enum { MLT_REPORT_ABI = 1 };

extern const struct mlt_report_ops mlt_report_console, mlt_report_json, mlt_report_junit,
    mlt_report_markdown;

/* The mildest headline that the run and its findings admit, fail closed: a failed case is `fail`; a
 * broken or unfinished case, an incomplete run, no cases and no findings, or nothing but skipped
 * cases is `invalid`; then the worst finding. */
enum mlt_verdict mlt_report_shown_verdict(const struct mlt_run *run,
                                          const struct mlt_finding *findings, size_t count);

/* Refuses a verdict milder than mlt_report_shown_verdict(): no report may be greener than its own
 * contents. A stricter one is the caller's right. */
bool mlt_report_check(const struct mlt_report_input *in, struct mlt_err *err) MLT_MUST_USE;

#endif

/* Writers of an experiment's analysis. As the other writers they only show. */
#ifndef MLTEST_REPORTS_EXPERIMENT_H
#define MLTEST_REPORTS_EXPERIMENT_H

#include "harness/base/buf.h"
#include "harness/domain/finding.h"
#include "harness/experiment/analysis.h"
#include "mltest/verdict.h"

struct mlt_experiment_report {
    const struct mlt_experiment_result *result;
    const struct mlt_finding *findings; /* worst first */
    size_t finding_count;
    bool judged;              /* sentences were given */
    enum mlt_verdict verdict; /* when judged */
    bool color;
    unsigned width; /* 0: 100 */
};

/* Sample ratio first, then a table of effects, what CUPED bought, what to beware of, findings. */
bool mlt_experiment_report_console(const struct mlt_experiment_report *report, struct mlt_buf *out,
                                   struct mlt_err *err) MLT_MUST_USE;
bool mlt_experiment_report_json(const struct mlt_experiment_report *report, struct mlt_buf *out,
                                struct mlt_err *err) MLT_MUST_USE;

#endif

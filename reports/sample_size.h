/* Writers of an experiment's plan. */
#ifndef MLTEST_REPORTS_SAMPLE_SIZE_H
#define MLTEST_REPORTS_SAMPLE_SIZE_H

#include "harness/base/buf.h"
#include "harness/experiment/sample_size.h"

/* One line of the plan. */
struct mlt_sample_row {
    double effect; /* absolute; with a margin the truth that is assumed */
    double margin; /* absolute; 0: superiority */
    double units;  /* in all arms; INFINITY: no number suffices */
    double power;  /* what these units have */
};

struct mlt_sample_report {
    struct mlt_sample_question
        question; /* alpha divided already; the rows have their own margins */
    const struct mlt_sample_baseline *from; /* read from a log; NULL: given */
    const double *share;                    /* [arms] of all units, between 0 and 1 */
    size_t arms;
    double alpha; /* as given, before division over metrics and tails */
    uint64_t metrics;
    bool two_sided;
    double per_day; /* units that come in a day; 0: not said */
    const struct mlt_sample_row *row;
    size_t rows;
    bool color;
    unsigned width;
};

bool mlt_sample_report_console(const struct mlt_sample_report *report, struct mlt_buf *out,
                               struct mlt_err *err) MLT_MUST_USE;
bool mlt_sample_report_json(const struct mlt_sample_report *report, struct mlt_buf *out,
                            struct mlt_err *err) MLT_MUST_USE;

#endif

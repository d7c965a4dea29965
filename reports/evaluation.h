/* An evaluation of a file, shown: a table for people, JSON for programs. As every writer, these
 * open nothing, judge nothing and know no clock. */
#ifndef MLTEST_REPORTS_EVALUATION_H
#define MLTEST_REPORTS_EVALUATION_H

#include "harness/base/buf.h"
#include "harness/domain/finding.h"
#include "harness/evaluate/evaluation.h"
#include "harness/evaluate/search.h"

/* A measurement with the interval that a judge would use on it. */
struct mlt_evaluation_figure {
    struct mlt_measurement m;
    double lo, hi; /* (1 - 2 alpha) interval of the candidate's own value; NaN: none */
    double worse;  /* how much worse than the baseline, in the metric's unit; NaN */
    double worse_lo, worse_hi;
    const char *method; /* of the interval that is shown; NULL: there is none */
};

struct mlt_evaluation_report {
    const char *data; /* the file as named */
    const char *sha256;
    const char *baseline_data, *baseline_sha256; /* the baseline's own file; NULL: none */
    uint64_t rows;                               /* of the file */
    const char *task, *label;
    const char *candidate, *baseline; /* columns; baseline NULL: none */
    struct mlt_evaluation_counts counts;
    double threshold;           /* binary task; NaN */
    const char *threshold_rule; /* it was chosen so on the baseline; NULL: given */
    double alpha;
    const struct mlt_evaluation_figure *figures; /* all rows first, then slice by slice */
    size_t figure_count;
    const struct mlt_evaluation_pooled *pooled;
    size_t pooled_count;
    const struct mlt_finding *findings; /* sorted, the worst first */
    size_t finding_count;
    const struct mlt_search_result *search; /* for weak slices; NULL: not asked for */
    const char *const *not_searched;        /* [not_searched_count] what, and why, in words */
    size_t not_searched_count;
    bool is_judged;           /* there was at least one sentence */
    enum mlt_verdict verdict; /* when it is judged */
    const char *request_json; /* what was asked, for whoever wants to ask again */
    bool color;
    unsigned width;
};

void mlt_evaluation_write_console(const struct mlt_evaluation_report *report, struct mlt_buf *out);
bool mlt_evaluation_write_json(const struct mlt_evaluation_report *report, struct mlt_buf *out,
                               struct mlt_err *err) MLT_MUST_USE;

#endif

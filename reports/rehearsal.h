/* Writers of a rehearsal: how often a gate decides wrongly, and whether its rules can go red. */
#ifndef MLTEST_REPORTS_REHEARSAL_H
#define MLTEST_REPORTS_REHEARSAL_H

#include "harness/base/buf.h"
#include "harness/evaluate/rehearsal_rates.h"

/* A sentence of the gate; its rates stand in rates->sentences at the same place. */
struct mlt_rehearsal_line {
    const char *requirement; /* of the policy: the sentence itself, or the word of its suite */
    const char *sentence, *case_id;
    enum mlt_rule rule;
    const char *why; /* why not, or how else, it is rehearsed; of the first such slice; NULL */
};

/* A requirement without sentences: it is taken to hold. */
struct mlt_rehearsal_assumed {
    const char *requirement, *why;
};

/* What a fault that was put into good evidence did to the rules that it concerns. */
struct mlt_rehearsal_fault {
    const char *name;  /* "a prediction is NaN" */
    size_t rules, red; /* that it concerns; of them that went red */
};

/* A rule that stayed green, in words. */
struct mlt_rehearsal_green {
    const char *rule, *fault, *why;
};

struct mlt_rehearsal_report {
    const char *model, *version, *baseline_version; /* baseline NULL: none */
    const char *gate_kind, *gate, *policy, *policy_digest;
    const char *run_id;
    uint64_t rows; /* most rows of any cell that is rehearsed on rows; 0: none is */
    double alpha;
    const struct mlt_rehearsal *rehearsal;
    const struct mlt_rehearsal_line *lines;
    const struct mlt_rehearsal_rates *rates;
    const struct mlt_rehearsal_assumed *assumed;
    size_t assumed_count;
    const struct mlt_rehearsal_fault *faults;
    size_t fault_count;
    const struct mlt_rehearsal_green *greens; /* errors */
    size_t green_count;
    const struct mlt_rehearsal_green *untested; /* rules that are red on the best evidence */
    size_t untested_count;
    const struct mlt_rehearsal_green *weak; /* slices too small to be shown anything */
    size_t weak_count;
    bool color;
    unsigned width; /* 0: 100 */
};

/* The answer first, then a table of sentences, the whole gate, what the self-test found. */
bool mlt_rehearsal_report_console(const struct mlt_rehearsal_report *report, struct mlt_buf *out,
                                  struct mlt_err *err) MLT_MUST_USE;
bool mlt_rehearsal_report_json(const struct mlt_rehearsal_report *report, struct mlt_buf *out,
                               struct mlt_err *err) MLT_MUST_USE;

#endif

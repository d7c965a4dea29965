/* What every format says first: counts, the order of things, the headline, what to do next. */
#ifndef MLTEST_REPORTS_SUMMARY_H
#define MLTEST_REPORTS_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "reports/report.h"

enum { MLT_OUTCOME_STATES = 5, MLT_VERDICTS = 4 };

struct mlt_report_suite {
    const char *name;
    size_t cases, states[MLT_OUTCOME_STATES]; /* by enum mlt_outcome_state */
    uint64_t time_ns;
};

struct mlt_report_summary {
    struct mlt_arena arena;
    struct mlt_report_suite
        *suites; /* in plan order of their first case; suites without cases last */
    size_t suite_count, suite_capacity;
    size_t states[MLT_OUTCOME_STATES];
    size_t verdicts[MLT_VERDICTS]; /* of the findings, by enum mlt_verdict */
    /* A sorted copy, worst first, without those that only repeat that a case did not pass; strings
     * lent from the input. */
    struct mlt_finding *findings;
    size_t finding_count;
    uint64_t time_ns; /* of all cases */
};

/* Checks the input (mlt_report_check) and sums it up. Free it with mlt_report_summary_free(). */
bool mlt_report_summary_make(const struct mlt_report_input *in, struct mlt_report_summary *out,
                             struct mlt_err *err) MLT_MUST_USE;
void mlt_report_summary_free(struct mlt_report_summary *summary);

/* "2 of 17 criteria fail, 1 of 34 cases is broken": what the verdict rests on. */
void mlt_report_summary_words(const struct mlt_report_input *in,
                              const struct mlt_report_summary *summary, struct mlt_buf *out);
/* One sentence on what to do next; plain text, hostile parts not made safe. */
void mlt_report_summary_next(const struct mlt_report_input *in,
                             const struct mlt_report_summary *summary, struct mlt_buf *out);

/* "mltest run MODEL@VERSION --suite S --case NAME --seed N" that a person can paste into a shell:
 * words are quoted, and what a terminal or a shell could take amiss stands as '?' in the case's
 * glob. */
void mlt_report_reproduce(const struct mlt_run *run, const struct mlt_case_plan *test,
                          struct mlt_buf *out);
/* The same quoting for one word. */
void mlt_report_shell_word(struct mlt_buf *out, const char *word);

/* "model@1.1.0 against 1.0.0 (production)"; "…, no baseline". Hostile parts not made safe. */
void mlt_report_title(const struct mlt_run *run, struct mlt_buf *out);

#endif

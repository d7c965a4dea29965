/* Runs to report on: one per verdict and per way to get there, and one whose every name is hostile.
 */
#ifndef TESTS_UNIT_REPORTS_FIXTURES_H
#define TESTS_UNIT_REPORTS_FIXTURES_H

#include "reports/report.h"

enum { FIXTURE_CASES = 40, FIXTURE_FINDINGS = 40 };

struct fixture {
    const char *name;
    struct mlt_run run;
    struct mlt_run_case cases[FIXTURE_CASES];
    struct mlt_finding findings[FIXTURE_FINDINGS];
    struct mlt_measurement measurement;
    struct mlt_run_dataset dataset;
    const char *suites[3];
    struct mlt_report_input in;
};

enum fixture_kind {
    FIXTURE_PASS,
    FIXTURE_FAIL_CRITERION,
    FIXTURE_FAIL_CASE,
    FIXTURE_BROKEN,
    FIXTURE_INVALID_FINDING,
    FIXTURE_INCONCLUSIVE,
    FIXTURE_EVERYTHING, /* all verdicts and all end states at once */
    FIXTURE_NOTHING_RAN,
    FIXTURE_ALL_SKIPPED,
    FIXTURE_INCOMPLETE,
    FIXTURE_NOT_RUN,
    FIXTURE_NO_BASELINE, /* a first release, absolute sentences only */
    FIXTURE_STRICTER,    /* a verdict that the caller made stricter than the contents */
    FIXTURE_HOSTILE,
    FIXTURE_KINDS
};

/* Fills the fixture; it must not be moved afterwards. Strings are static. */
void fixture_make(enum fixture_kind kind, struct fixture *out);

/* A comparison within a relative margin of 5 %: baseline 100 units, harm as a share of the margin.
 */
struct mlt_finding fixture_comparison(const char *criterion, enum mlt_verdict verdict, double at,
                                      double half_width);
/* Names that try to become markup, commands, escapes, or simply too much. NULL-terminated. */
extern const char *const fixture_hostile[];
/* 10,000 letters. */
const char *fixture_long_name(void);

#endif

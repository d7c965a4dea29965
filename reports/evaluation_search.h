/* Weak slices that a search found, as parts of an evaluation's report. */
#ifndef MLTEST_REPORTS_EVALUATION_SEARCH_H
#define MLTEST_REPORTS_EVALUATION_SEARCH_H

#include "harness/codec/json.h"
#include "reports/console_findings.h"
#include "reports/evaluation.h"

/* Nothing where no search was asked for. */
void mlt_evaluation_search_console(const struct mlt_console *c,
                                   const struct mlt_evaluation_report *r);
void mlt_evaluation_search_json(const struct mlt_evaluation_report *r, struct mlt_json_out *json);

#endif

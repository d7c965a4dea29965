/* What is happening, while it happens: one live line on a terminal, one plain line per ended case
 * in CI. */
#ifndef MLTEST_REPORTS_CONSOLE_PROGRESS_H
#define MLTEST_REPORTS_CONSOLE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/domain/run.h"

enum { MLT_PROGRESS_RUNNING = 8, MLT_PROGRESS_NAME_BYTES = 80 };

/* Fields are private. No memory of its own: it never fails, and a write that fails is ignored, for
 * progress is no result. */
struct mlt_progress {
    FILE *stream; /* lent; NULL: silent */
    bool live, color, shown;
    unsigned width;
    size_t total, ended, troubled;
    uint64_t started_ns;
    struct {
        char id[MLT_PROGRESS_NAME_BYTES]; /* "" when free; cut ids match by their cut form */
        double share;                     /* of the case done; NaN unknown */
    } running[MLT_PROGRESS_RUNNING];
};

/* `live`: the stream is a terminal that understands \r (the caller asks isatty() and TERM).
 * `now_ns` is mlt_clock_monotonic_ns(), here and below. */
void mlt_progress_start(struct mlt_progress *progress, FILE *stream, bool live, bool color,
                        unsigned width, size_t total, uint64_t now_ns);
void mlt_progress_case_started(struct mlt_progress *progress, const struct mlt_case_plan *test);
void mlt_progress_case_share(struct mlt_progress *progress, const struct mlt_case_plan *test,
                             double share);
/* In CI: prints the case's line. Live: failed and broken cases leave a line behind. */
void mlt_progress_case_ended(struct mlt_progress *progress, const struct mlt_case_plan *test,
                             const struct mlt_outcome *outcome, uint64_t now_ns);
/* Redraws the live line; nothing in CI. */
void mlt_progress_tick(struct mlt_progress *progress, uint64_t now_ns);
/* Erases the live line. Call it before anything else is printed, errors included. */
void mlt_progress_stop(struct mlt_progress *progress);

#endif

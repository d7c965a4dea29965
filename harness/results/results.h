/* One run = one SQLite file (*.mlt): documented in docs/results.md, readable with the sqlite3 shell.
 *
 * Written under `<path>.part` and renamed by mlt_results_finish(), complete or not: what is found
 * under the final name is a whole database, and whether the run reached its end is a column. A gate
 * refuses a run that is not complete. Only one writer. */
#ifndef MLTEST_RESULTS_RESULTS_H
#define MLTEST_RESULTS_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/domain/run.h"
#include "mltest/err.h"

struct mlt_results;

/* Creates the file with the run's header, datasets and the whole plan, committed before anything
 * runs. Of `run` the cases and measurements are ignored. */
bool mlt_results_create(const char *path, const struct mlt_run *run, const struct mlt_plan *plan,
                        struct mlt_results **out, struct mlt_err *err) MLT_MUST_USE;
/* Writes are gathered in small transactions; mlt_results_flush() commits now. */
bool mlt_results_outcome(struct mlt_results *results, const char *case_id,
                         const struct mlt_outcome *outcome, struct mlt_err *err) MLT_MUST_USE;
bool mlt_results_measurement(struct mlt_results *results, const struct mlt_measurement *m,
                             struct mlt_err *err) MLT_MUST_USE;
bool mlt_results_paired_rows(struct mlt_results *results, const char *case_id,
                             const struct mlt_paired_row *rows, size_t count,
                             struct mlt_err *err) MLT_MUST_USE;
/* One point of a series (latency per second, …). */
bool mlt_results_series(struct mlt_results *results, const char *case_id, const char *name,
                        double x, double y, struct mlt_err *err) MLT_MUST_USE;
bool mlt_results_attachment(struct mlt_results *results, const char *case_id, const char *name,
                            const char *media_type, const void *data, size_t len,
                            struct mlt_err *err) MLT_MUST_USE;
bool mlt_results_flush(struct mlt_results *results, struct mlt_err *err) MLT_MUST_USE;
/* Marks the run complete (interrupted NULL) or names why not, syncs, renames, closes. `*complete` is
 * set by what the file holds: false when any planned case has no end state. */
bool mlt_results_finish(struct mlt_results *results, const char *interrupted, bool *complete,
                        struct mlt_err *err) MLT_MUST_USE;
/* Closes after a failure; the `.part` file stays for inspection. NULL is fine. */
void mlt_results_abandon(struct mlt_results *results);

/* Reads a run whole (not the paired rows) into the arena. No such file is MLT_ERR_USAGE; truncated,
 * foreign or inconsistent files are MLT_ERR_EVIDENCE. An incomplete run loads, and says so. Every
 * number is checked to be one or NULL. */
bool mlt_results_load(const char *path, struct mlt_arena *arena, struct mlt_run *out,
                      struct mlt_err *err) MLT_MUST_USE;

/* The same for a file whose bytes were just found to be what a trusted record says: what would
 * read the paired rows and every page again, most of the time it takes to load, is left out. */
bool mlt_results_load_recorded(const char *path, struct mlt_arena *arena, struct mlt_run *out,
                               struct mlt_err *err) MLT_MUST_USE;

/* Only who was tested when, on which data: no cases and no measurements. What it says was not checked
 * against the rest of the file. */
bool mlt_results_load_header(const char *path, struct mlt_arena *arena, struct mlt_run *out,
                             struct mlt_err *err) MLT_MUST_USE;

/* Calls `row` for each paired row of a case in id order of insertion; a false from it stops (the
 * result is then false with the error it set). Strings are lent for the call. */
bool mlt_results_each_row(const char *path, const char *case_id,
                          bool (*row)(void *context, const struct mlt_paired_row *row,
                                      struct mlt_err *err),
                          void *context, struct mlt_err *err) MLT_MUST_USE;

#endif

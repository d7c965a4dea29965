/* Options that eval and merge share. */
#ifndef MLTEST_CLI_EVAL_OPTIONS_H
#define MLTEST_CLI_EVAL_OPTIONS_H

#include "cli/opt.h"
#include "flows/eval.h"

/* --format, --output, --threads, --memory, --quiet and the surroundings. MLT_ERR_USAGE names what
 * is wrong. */
bool mlt_eval_settings_read(const struct mlt_cli *cli, struct mlt_eval_settings *out,
                            struct mlt_err *err) MLT_MUST_USE;
/* Whole number of an option; absent leaves `*out`. */
bool mlt_eval_option_count(const struct mlt_cli *cli, const char *name, uint64_t max, uint64_t *out,
                           struct mlt_err *err) MLT_MUST_USE;
/* Prints the report, and turns the outcome into the exit code. */
int mlt_eval_exit(const struct mlt_buf *report, const struct mlt_eval_outcome *outcome);

#endif

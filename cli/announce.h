/* What run, gate, promote and deploy have in common at their end: their report on standard output,
 * then the pipeline around them and whoever listens. */
#ifndef MLTEST_CLI_ANNOUNCE_H
#define MLTEST_CLI_ANNOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/opt.h"
#include "flows/announce.h"
#include "flows/notify.h"

/* Rows of a command's table of options. */
/* clang-format off */
#define MLT_ANNOUNCE_OPTIONS \
    {"github", 0, MLT_OPT_FLAG, NULL, "tell GitHub Actions (default where GITHUB_ACTIONS is set)"}, \
    {"gitlab", 0, MLT_OPT_FLAG, NULL, "tell GitLab CI (default where GITLAB_CI is set)"}, \
    {"jenkins", 0, MLT_OPT_FLAG, NULL, "tell Jenkins (default where JENKINS_URL is set)"}, \
    {"no-ci", 0, MLT_OPT_FLAG, NULL, "tell none of them"}, \
    {"notify", 0, MLT_OPT_MANY, "URL", "send events there (default: MLTEST_NOTIFY)"}, \
    {"require-publish", 0, MLT_OPT_FLAG, NULL, "exit 5 when an event could not be delivered"}
/* clang-format on */

struct mlt_cli_announce {
    struct mlt_announce_to to;
    struct mlt_notify_to notify;
    bool require_publish;
    struct mlt_announcement announcement; /* for the flow to fill */
    int64_t started_s;
};

/* Before anything is done: reads the options. */
bool mlt_cli_announce_begin(const struct mlt_cli *cli, const char *command,
                            struct mlt_cli_announce *out, struct mlt_err *err) MLT_MUST_USE;

/* After everything is done. `ok`: the flow's result, `report` what it has to print. Prints, tells,
 * and returns what a command returns: the verdict's exit code, negative with `err` set when the
 * flow failed. A pipeline that could not be told turns 0 into 5 and nothing else; events that were
 * not delivered change nothing, but with --require-publish the code is 5. */
int mlt_cli_announce_end(struct mlt_cli *cli, struct mlt_cli_announce *announce, bool ok,
                         enum mlt_verdict verdict, const struct mlt_buf *report,
                         struct mlt_err *err);

#endif

/* What a command came to, told to the pipeline it runs in. Comes after everything else: whatever
 * happens here, what was decided, recorded and written before stays as it is. */
#ifndef MLTEST_FLOWS_ANNOUNCE_H
#define MLTEST_FLOWS_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/domain/decision.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

struct mlt_announcement {
    const char *command; /* "run", "gate", "promote", "deploy" */
    enum mlt_verdict verdict;
    const struct mlt_decision *decision;  /* all but run; NULL until it is decided */
    bool advisory;                        /* nothing acts on the decision */
    bool acted;                           /* the version was moved or deployed */
    const char *decision_path;            /* NULL: not kept */
    char decision_digest[MLT_SHA256_HEX]; /* of the kept document; "": not kept */
    const char *results;                  /* run: the results file */
    const char *const *reports;           /* run: "FORMAT=FILE" */
    size_t report_count;
};

/* Takes a decision into an announcement (NULL: nobody listens): the decision and its policy are
 * copied into the arena, where their strings live already. */
bool mlt_announcement_decided(struct mlt_announcement *announcement,
                              const struct mlt_decision *decision, bool advisory,
                              struct mlt_arena *arena, struct mlt_err *err) MLT_MUST_USE;
/* The same of where the document is kept. */
bool mlt_announcement_kept(struct mlt_announcement *announcement, const char *path,
                           const char digest[MLT_SHA256_HEX], struct mlt_arena *arena,
                           struct mlt_err *err) MLT_MUST_USE;

struct mlt_announce_to {
    bool github, gitlab, jenkins;
};

/* Chooses by flags, else by GITHUB_ACTIONS, GITLAB_CI and JENKINS_URL; `none` chooses nothing and
 * excludes the others (MLT_ERR_USAGE). */
bool mlt_announce_choose(bool none, struct mlt_announce_to *to, struct mlt_err *err) MLT_MUST_USE;

/* Tells them. `failure`: why the command ended without a verdict; NULL when it reached one. Lines
 * for standard error are appended to `said`. MLT_ERR_INFRA when a file could not be written. */
bool mlt_flow_announce(const struct mlt_announce_to *to, const struct mlt_announcement *what,
                       const struct mlt_err *failure, struct mlt_arena *arena, struct mlt_buf *said,
                       struct mlt_err *err) MLT_MUST_USE;

#endif

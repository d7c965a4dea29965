/* A decision read back from its document, to be shown. What is read is what was decided: no results
 * file is opened and nothing is judged again. */
#ifndef MLTEST_DOMAIN_KEPT_DECISION_H
#define MLTEST_DOMAIN_KEPT_DECISION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/codec/json.h"
#include "harness/domain/decision.h"
#include "mltest/err.h"

/* A signed paper that was looked at: a record, an approval, a waiver. */
struct mlt_kept_paper {
    const char *what;        /* "record", "approval", "rejection", "waiver" */
    const char *about;       /* kind of record, stage of an approval, criterion of a waiver; "" */
    const char *person, *at; /* NULL: not said */
    const char *fault;       /* why it does not count; NULL when it does */
};

struct mlt_kept_decision {
    /* `policy` has no requirements, and runs only what names them: id, start, configuration, data
     * sets. */
    struct mlt_decision decision;
    struct mlt_policy policy;
    struct mlt_evidence evidence;
    struct mlt_decision_context context;
    bool has_context; /* a document without one does not say whether it is advisory */
    struct mlt_kept_paper *papers;
    size_t paper_count;
    /* What else was looked at, a sentence each: how often a held-out set was used, where the
     * version stands, the run against the anchor. */
    const char **facts;
    size_t fact_count;
};

/* Reads `decided` and `context` (NULL: none) into the arena. Members that a newer version added are
 * passed over; one that is missing, of another type, or a verdict milder than its own criteria is
 * MLT_ERR_EVIDENCE. `out` must not be moved afterwards. */
bool mlt_kept_decision_decode(const struct mlt_json *decided, const struct mlt_json *context,
                              struct mlt_arena *arena, struct mlt_kept_decision *out,
                              struct mlt_err *err) MLT_MUST_USE;

#endif

/* Events for other systems: CloudEvents 1.0 in structured JSON, with the types and data of CDEvents
 * 0.4.1 where it has one, else types of our own (dev.mltest.*). */
#ifndef MLTEST_REPORTS_EVENT_H
#define MLTEST_REPORTS_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"
#include "mltest/err.h"
#include "mltest/verdict.h"
#include "reports/ci.h"

enum mlt_event_kind {
    MLT_EVENT_RUN_FINISHED,     /* dev.cdevents.testsuiterun.finished.0.2.0 */
    MLT_EVENT_GATE_DECIDED,     /* dev.mltest.gate.decided.v1 */
    MLT_EVENT_VERSION_PROMOTED, /* dev.mltest.version.promoted.v1 */
    MLT_EVENT_SERVICE_DEPLOYED, /* dev.cdevents.service.deployed.0.2.0 */
};

struct mlt_event {
    enum mlt_event_kind kind;
    const char *id;   /* unique: a receiver that sees it twice drops one */
    const char *time; /* RFC 3339 */
    const char *tool_version;
    const char *model, *version, *digest, *artifact_digest;
    enum mlt_verdict verdict;
    const char *words;               /* one sentence */
    const struct mlt_ci_note *notes; /* what does not pass; at most 50 are told */
    size_t note_count;
    const char *run_id;        /* RUN_FINISHED */
    const char *const *suites; /* RUN_FINISHED */
    size_t suite_count;
    const char *gate_kind, *gate; /* all others: "environment", "staging" */
    const char *decision_digest;  /* NULL: not kept */
    bool advisory;
};

const char *mlt_event_type(enum mlt_event_kind kind);
/* The media type of what is written. */
#define MLT_EVENT_MEDIA_TYPE "application/cloudevents+json; charset=UTF-8"
/* Appends the event as one JSON object. */
bool mlt_event_write(const struct mlt_event *event, struct mlt_buf *out,
                     struct mlt_err *err) MLT_MUST_USE;

#endif

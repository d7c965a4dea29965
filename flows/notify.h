/* Events by webhook, after everything local is done. */
#ifndef MLTEST_FLOWS_NOTIFY_H
#define MLTEST_FLOWS_NOTIFY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flows/announce.h"
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_notify_to {
    const char *const *urls;
    size_t count;
    const char *token; /* sent as a bearer's; NULL */
    const char
        *secret; /* key of an HMAC-SHA-256 over the body, sent as X-Hub-Signature-256; NULL */
    uint64_t budget_ms; /* for one event to one address, attempts and waits together */
    const volatile sig_atomic_t *interrupted;
};

/* Reads what was not given from the environment: MLTEST_NOTIFY (addresses, parted by blanks),
 * MLTEST_NOTIFY_TOKEN, MLTEST_NOTIFY_SECRET, MLTEST_NOTIFY_TIMEOUT (seconds, 30). MLT_ERR_USAGE,
 * before anything is done, for an address that is none, for a secret that would go in the clear to
 * another machine, and for no address where `required`. No message shows a secret. */
bool mlt_notify_prepare(const char *const *urls, size_t count, bool required,
                        struct mlt_arena *arena, struct mlt_notify_to *out,
                        struct mlt_err *err) MLT_MUST_USE;

/* Sends the events of an announcement to every address: of a run that it finished, of a gate that
 * it decided, and that a version was promoted or deployed. Tries again, with growing pauses, where
 * nobody answers or the answer is 429, 502, 503 or 504; a Retry-After beyond the budget ends it.
 * What could not be delivered is appended to `said`, and `*delivered` is false then. False with the
 * error set: the events could not be made. */
bool mlt_flow_notify(const struct mlt_notify_to *to, const struct mlt_announcement *what,
                     struct mlt_arena *arena, struct mlt_buf *said, bool *delivered,
                     struct mlt_err *err) MLT_MUST_USE;

#endif

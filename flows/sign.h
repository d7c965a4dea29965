/* Signing a statement about a version: what approve, reject, waive, evidence add and revoke share.
 *
 * Three ways: with a key at hand; only written down (`statement_only`), to be signed elsewhere with
 * `ssh-keygen -Y sign -n mltest-statement -f KEY FILE`; or brought back signed (`signature`, beside
 * which lies the statement, under the same name without ".sig"). */
#ifndef MLTEST_FLOWS_SIGN_H
#define MLTEST_FLOWS_SIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "flows/setting.h"
#include "gates/collect/collect.h"
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/statement.h"
#include "mltest/err.h"

struct mlt_sign_request {
    const char *dir, *registry; /* as in struct mlt_setting_request */
    const char *reason;
    const char *const *tickets;
    size_t ticket_count;
    const char *person; /* --as; NULL: whose the key is */
    const char *key;    /* --key; NULL: the agent's, or ~/.ssh/id_ed25519 */
    bool statement_only;
    const char *output;    /* of statement_only */
    const char *signature; /* NULL: sign now */
    const char *file;      /* of a record */
    /* Asks whether what is shown shall be signed; false with the error set: no. */
    bool (*confirm)(void *context, const char *shown, struct mlt_err *err);
    void *context;
};

/* Who signs what is opened for. */
struct mlt_signing {
    struct mlt_setting setting;
    struct mlt_policy policy;
    struct mlt_collect_request request;
    struct mlt_evidence evidence;
};
/* Opens MODEL@VERSION, which must be registered, with the pinned policy and its evidence for the
 * transition `gate`. Close with mlt_setting_close(&out->setting), also after a failure. */
bool mlt_signing_open(const struct mlt_sign_request *request, const char *ref, const char *gate,
                      bool read_only, struct mlt_arena *arena, struct mlt_signing *out,
                      struct mlt_err *err) MLT_MUST_USE;
/* A statement about the opened version; policy and evidence where `stage` is not NULL. */
bool mlt_signing_start(const struct mlt_signing *signing, enum mlt_statement_kind kind,
                       const char *stage, struct mlt_arena *arena, struct mlt_statement *out,
                       struct mlt_err *err) MLT_MUST_USE;

/* Fills in person, reason, tickets and time, shows `shown`, signs, and keeps the statement in the
 * registry. Appends what was done. */
bool mlt_sign_statement(const struct mlt_sign_request *request, struct mlt_registry *registry,
                        const struct mlt_policy *policy, struct mlt_statement *statement,
                        const char *shown, struct mlt_arena *arena, struct mlt_buf *out,
                        struct mlt_err *err) MLT_MUST_USE;

#endif

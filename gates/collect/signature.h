/* Whether a run and a decision are signed by whom the registry lets sign. As long as it allows no
 * keys nothing needs a signature. */
#ifndef MLTEST_GATES_COLLECT_SIGNATURE_H
#define MLTEST_GATES_COLLECT_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/registry/keys.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

/* The predicates that are signed: of a run, and of a decision (the decision document itself). */
#define MLT_PREDICATE_TEST_RESULT "https://in-toto.io/attestation/test-result/v0.1"
#define MLT_PREDICATE_DECISION "https://mltest.dev/attestation/decision/v1"

struct mlt_signing_keys {
    const struct mlt_registry_key *keys;
    size_t count; /* 0: nothing needs a signature */
};
bool mlt_signing_keys_read(struct mlt_registry *registry, struct mlt_arena *arena,
                           struct mlt_signing_keys *out, struct mlt_err *err) MLT_MUST_USE;

struct mlt_signature {
    const char *by;    /* id of the key; NULL where nothing needs a signature or none counts */
    const char *fault; /* why it does not count; NULL: it does */
    bool tampered;     /* the signature does not hold */
};
/* The signature of a stored run, over exactly the file that was stored. */
bool mlt_signature_of_run(const struct mlt_signing_keys *keys, const struct mlt_stored_run *run,
                          struct mlt_arena *arena, struct mlt_signature *out,
                          struct mlt_err *err) MLT_MUST_USE;
/* The signature of the decision behind a deployment: a pass, acted on, about these files. */
bool mlt_signature_of_deployment(struct mlt_registry *registry, const struct mlt_signing_keys *keys,
                                 const struct mlt_deployment *deployment, struct mlt_arena *arena,
                                 struct mlt_signature *out, struct mlt_err *err) MLT_MUST_USE;

#endif

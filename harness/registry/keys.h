/* The keys whose signatures count in this registry: of runners, who sign runs, and of gates, which
 * sign decisions.
 *
 * Records (partition ".keys"): key/<id> {"name","roles":[…],"public_key","added_at","added_by",
 * "retired_at","retired_by"}. A key is never removed: retired ones still verify what was logged
 * before. As long as there is none, nothing needs a signature. */
#ifndef MLTEST_REGISTRY_KEYS_H
#define MLTEST_REGISTRY_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/ledger/dsse.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

enum mlt_key_role {
    MLT_KEY_RUNNER = 1,
    MLT_KEY_GATE = 2,
};

struct mlt_registry_key {
    char id[MLT_SHA256_HEX];
    const char *name;
    unsigned roles;         /* of enum mlt_key_role, or'ed */
    const char *public_key; /* PEM */
    const char *added_at, *added_by;
    const char *retired_at, *retired_by; /* NULL: in use */
};

/* "runner", "gate", "both"; 0 for anything else. */
unsigned mlt_key_roles_parse(const char *text);
const char *mlt_key_roles_name(unsigned roles);

/* Allows a public key (PEM, or the line of an SSH key) from now on; logged. A key that is allowed
 * already with this name and these roles changes nothing. One that was retired, is known by another
 * name, or whose name an unretired key has, is MLT_ERR_USAGE. `out_id` is the key's. */
bool mlt_registry_key_allow(struct mlt_registry *registry, const char *name, unsigned roles,
                            const char *public_key, size_t len, char out_id[MLT_SHA256_HEX],
                            struct mlt_err *err) MLT_MUST_USE;
/* Retires the key of this name and allows another in its place, in one transaction; logged. With
 * `public_key` NULL it is only retired. */
bool mlt_registry_key_rotate(struct mlt_registry *registry, const char *name,
                             const char *public_key, size_t len, char out_id[MLT_SHA256_HEX],
                             struct mlt_err *err) MLT_MUST_USE;
/* All, retired ones too, by the time when they were added. A record that is not what its id says is
 * MLT_ERR_EVIDENCE. */
bool mlt_registry_keys(struct mlt_registry *registry, struct mlt_arena *arena,
                       struct mlt_registry_key **out, size_t *out_count,
                       struct mlt_err *err) MLT_MUST_USE;

/* An envelope, and who signed it. */
struct mlt_signed {
    struct mlt_dsse envelope;          /* in the arena; empty when it cannot be read */
    const struct mlt_registry_key *by; /* one of the keys; NULL: of none that the registry knows */
    const char *fault;                 /* why it does not count, in the arena; NULL: it does */
    bool broken;                       /* the fault is one of the envelope itself: it was altered */
};
/* Whether an envelope counts: signed by a key with this role that was not retired before `at` (RFC
 * 3339, as the registry logged it; NULL: now), spelled as it was written but for a newline at its
 * end. `what` names it in faults ("the run's envelope"). False only for trouble. */
bool mlt_registry_key_check(const struct mlt_registry_key *keys, size_t count, const char *what,
                            const char *text, size_t len, enum mlt_key_role role, const char *at,
                            struct mlt_arena *arena, struct mlt_signed *out,
                            struct mlt_err *err) MLT_MUST_USE;

#endif

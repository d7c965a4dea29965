/* The policy that acts: pinned in the registry, so that no candidate brings its own judge. */
#ifndef MLTEST_REGISTRY_POLICY_H
#define MLTEST_REGISTRY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

/* The records of pinned policies; no model can have this name. */
#define MLT_POLICY_PARTITION ".policy"

struct mlt_pinned_policy {
    const char *text;            /* of gates.yaml; NULL: none is pinned */
    const char *signers;         /* of its signers' file; NULL: it names none */
    char digest[MLT_SHA256_HEX]; /* mlt_policy_digest() of both */
    const char *of;              /* the model, or "*" for every model without its own */
    const char *at, *by;
    uint64_t revision; /* of the record */
};

/* Pins the text of a gates.yaml and of its signers' file (NULL: it names none) for `model`, or for
 * every model without its own ("*"), and logs it. Only the first pin is free: the same texts again
 * change nothing, others are MLT_ERR_USAGE, and so is a model's own where one for every model is
 * pinned, which it would escape. The texts are not interpreted here. */
bool mlt_registry_pin_policy(struct mlt_registry *registry, const char *model, const char *text,
                             size_t len, const char *signers, struct mlt_err *err) MLT_MUST_USE;

/* Another policy in the place of the one in force. */
struct mlt_policy_change {
    const char *model; /* or "*" */
    const char *text, *signers;
    const char *reason;
    const char *const *approvers, *const *tickets;
    size_t approver_count, ticket_count;
    /* Whose rules the approvers were held against: that one must still be in force; NULL text: none
     * is. */
    const struct mlt_pinned_policy *in_force;
};
/* One transaction with its log entry; the policy before it stays readable by its digest. Whether it
 * was approved is the caller's to know. MLT_ERR_USAGE when another policy is in force by now. */
bool mlt_registry_put_policy(struct mlt_registry *registry, const struct mlt_policy_change *change,
                             struct mlt_err *err) MLT_MUST_USE;

/* A policy that is or was pinned, by its whole digest; `out->text` NULL: none was. */
bool mlt_registry_policy_by_digest(struct mlt_registry *registry, const char *digest,
                                   struct mlt_arena *arena, struct mlt_pinned_policy *out,
                                   struct mlt_err *err) MLT_MUST_USE;

/* The policy pinned for this model, else the one for every model. Texts that do not match their
 * recorded digest are MLT_ERR_EVIDENCE. */
bool mlt_registry_policy(struct mlt_registry *registry, const char *model, struct mlt_arena *arena,
                         struct mlt_pinned_policy *out, struct mlt_err *err) MLT_MUST_USE;

#endif

/* The policy that acts: pinned in the registry, so that no candidate brings its own judge. */
#ifndef MLTEST_REGISTRY_POLICY_H
#define MLTEST_REGISTRY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

/* Pins the text of a gates.yaml for `model`, or for every model without its own ("*"). Only the
 * first pin is free: the same text again changes nothing, another text is MLT_ERR_USAGE. The text
 * is not interpreted here. */
bool mlt_registry_pin_policy(struct mlt_registry *registry, const char *model, const char *text,
                             size_t len, struct mlt_err *err) MLT_MUST_USE;

/* The policy pinned for this model, else the one for every model; `*out_text` NULL when none is. A
 * text that does not match its recorded digest is MLT_ERR_EVIDENCE. */
bool mlt_registry_policy(struct mlt_registry *registry, const char *model, struct mlt_arena *arena,
                         const char **out_text, char out_digest[MLT_SHA256_HEX],
                         struct mlt_err *err) MLT_MUST_USE;

#endif

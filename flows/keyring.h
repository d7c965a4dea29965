/* The private keys of this machine's user: `${MLTEST_KEYS}/<name>.pem`, without that variable
 * `${XDG_CONFIG_HOME:-~/.config}/mltest/keys/<name>.pem`. MLTEST_KEY names one file instead of all
 * of them. */
#ifndef MLTEST_FLOWS_KEYRING_H
#define MLTEST_FLOWS_KEYRING_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/ledger/key.h"
#include "harness/registry/keys.h"
#include "mltest/err.h"

/* The folder; it may not be there yet. */
bool mlt_keyring_folder(struct mlt_arena *arena, char **out, struct mlt_err *err) MLT_MUST_USE;
/* "<folder>/<name>.pem"; a bad name is MLT_ERR_USAGE. */
bool mlt_keyring_path(const char *name, struct mlt_arena *arena, char **out,
                      struct mlt_err *err) MLT_MUST_USE;

/* Makes a pair and keeps it: the private half in `path` (never over another file), the public one
 * beside it as NAME.pub. The folder is made where it is missing, for its owner alone. */
bool mlt_keyring_make(const char *path, struct mlt_arena *arena, struct mlt_key **out,
                      struct mlt_err *err) MLT_MUST_USE;
/* Where the public half of the key in `path` lies. NULL when memory is out. */
char *mlt_keyring_public_path(const char *path, struct mlt_arena *arena);

/* A key of this user that the registry allows for `role` now. `*out` NULL: the registry allows
 * keys, but none of them is here, or it allows none at all (`*needed` tells them apart); then
 * MLTEST_KEY, where it is set, signs all the same. A MLTEST_KEY that the registry does not allow is
 * MLT_ERR_USAGE. */
bool mlt_keyring_find(struct mlt_registry *registry, enum mlt_key_role role,
                      struct mlt_arena *arena, bool *needed, struct mlt_key **out,
                      struct mlt_err *err) MLT_MUST_USE;

/* For a new registry: this user's own key, made where there is none yet. Without a folder that can
 * be written to MLT_ERR_USAGE says what to do. `*name` is the user's, `*path` the key's file. */
bool mlt_keyring_own(struct mlt_arena *arena, struct mlt_key **out, const char **name,
                     const char **path, struct mlt_err *err) MLT_MUST_USE;

#endif

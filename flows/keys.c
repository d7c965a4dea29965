#include "flows/keys.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "flows/format.h"
#include "flows/keyring.h"
#include "flows/setting.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"

enum { PUBLIC_BYTES = 16 * 1024 };

static bool parse_roles(const char *text, unsigned *out, struct mlt_err *err)
{
    *out = text ? mlt_key_roles_parse(text) : MLT_KEY_RUNNER;
    return *out || mlt_err_set(err, MLT_ERR_USAGE,
                               "--role %.40s: a key is for a runner, a gate or both", text);
}

/* Allows a key and says so; the first one changes what counts. */
static bool allow(struct mlt_registry *registry, const char *name, unsigned roles, const char *text,
                  size_t len, struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry_key *keys;
    char id[MLT_SHA256_HEX];
    size_t count;
    if (!mlt_registry_keys(registry, arena, &keys, &count, err) ||
        !mlt_registry_key_allow(registry, name, roles, text, len, id, err))
        return false;
    mlt_buf_printf(out, "%s allows key %.12s (%s, role %s)\n", mlt_registry_url(registry), id, name,
                   mlt_key_roles_name(roles));
    if (count == 0)
        mlt_buf_puts(out, "it is the first one: from now on only signed runs and decisions count "
                          "there, and runs stored before do not\n");
    return true;
}

/* Takes back what was made for a registry that did not allow it. */
static void unmake(const char *path, struct mlt_arena *arena)
{
    const char *public_path = mlt_keyring_public_path(path, arena);
    (void)unlink(path);
    if (public_path)
        (void)unlink(public_path);
}

bool mlt_flow_keys_new(const struct mlt_keys_request *request, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry = NULL;
    struct mlt_key *key = NULL;
    struct mlt_buf pem = MLT_BUF_INIT;
    unsigned roles;
    char *path;
    if (!parse_roles(request->role, &roles, err) ||
        !mlt_keyring_path(request->name, arena, &path, err) ||
        !mlt_setting_registry_if_named(request->registry, NULL, false, arena, &registry, err))
        return false;
    bool ok = mlt_keyring_make(path, arena, &key, err);
    if (ok) {
        mlt_buf_printf(out, "key %.12s\n  private: %s\n  public:  %s\n", mlt_key_id(key), path,
                       mlt_keyring_public_path(path, arena));
        ok = mlt_key_public_pem(key, &pem, err) &&
             (!registry ||
              allow(registry, request->name, roles, pem.data, pem.len, arena, out, err));
        if (!ok)
            unmake(path, arena);
        else if (!registry)
            mlt_buf_puts(out, "no registry is named: allow it in one with `mltest keys allow`\n");
    }
    if (!ok)
        mlt_buf_clear(out);
    mlt_buf_free(&pem);
    mlt_key_free(key);
    mlt_registry_close(registry);
    return ok;
}

static void list_key(const struct mlt_registry_key *key, bool json, struct mlt_json_out *j,
                     struct mlt_buf *out)
{
    if (!json) {
        mlt_buf_printf(out, "%.12s  %-7s %-20s added %s by %s", key->id,
                       mlt_key_roles_name(key->roles), key->name, key->added_at,
                       key->added_by ? key->added_by : "?");
        if (key->retired_at)
            mlt_buf_printf(out, ", retired %s by %s", key->retired_at,
                           key->retired_by ? key->retired_by : "?");
        mlt_buf_putc(out, '\n');
        return;
    }
    mlt_json_out_object(j);
    mlt_json_out_kstring(j, "id", key->id);
    mlt_json_out_kstring(j, "name", key->name);
    mlt_json_out_kstring(j, "role", mlt_key_roles_name(key->roles));
    mlt_json_out_kstring(j, "added_at", key->added_at);
    mlt_json_out_kstring(j, "added_by", key->added_by);
    mlt_json_out_kstring(j, "retired_at", key->retired_at);
    mlt_json_out_kstring(j, "retired_by", key->retired_by);
    mlt_json_out_kstring(j, "public_key", key->public_key);
    mlt_json_out_object_end(j);
}

bool mlt_flow_keys_list(const struct mlt_keys_request *request, struct mlt_arena *arena,
                        struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    struct mlt_registry_key *keys;
    struct mlt_json_out j;
    size_t count;
    bool json;
    if (!mlt_format_is_json(request->format, &json, err) ||
        !mlt_setting_registry(request->registry, NULL, true, arena, &registry, err))
        return false;
    bool ok = mlt_registry_keys(registry, arena, &keys, &count, err);
    mlt_json_out_init(&j, out, true);
    if (ok && json)
        mlt_json_out_array(&j);
    for (size_t i = 0; ok && i < count; i++)
        list_key(&keys[i], json, &j, out);
    if (ok && json) {
        mlt_json_out_array_end(&j);
        mlt_buf_putc(out, '\n');
        ok = mlt_json_out_finish(&j, err);
    } else if (ok && count == 0)
        mlt_buf_puts(out, "(no key is allowed: nothing needs a signature here)\n");
    mlt_registry_close(registry);
    return ok;
}

/* Moves the old private key out of the way and the new one to its place. */
static bool exchange(const char *path, const char *next, const char *name, struct mlt_arena *arena,
                     struct mlt_err *err)
{
    bool existed;
    char *old = mlt_arena_printf(arena, "%s.retired", path);
    char *public_path = mlt_keyring_public_path(path, arena);
    char *next_public = mlt_keyring_public_path(next, arena);
    if (!old || !public_path || !next_public)
        return mlt_err_oom(err);
    (void)unlink(old);
    if (mlt_fs_kind(path) != MLT_FS_ABSENT && !mlt_fs_rename_new(path, old, &existed, err))
        return false;
    (void)unlink(public_path);
    return (mlt_fs_rename_new(next, path, &existed, err) &&
            mlt_fs_rename_new(next_public, public_path, &existed, err)) ||
           mlt_err_prefix(err, "%s was rotated, its new private key is in %s", name, next);
}

static bool rotate(struct mlt_registry *registry, const char *name, const char *path,
                   struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_key *key = NULL;
    struct mlt_buf pem = MLT_BUF_INIT;
    char id[MLT_SHA256_HEX];
    char *next = mlt_arena_printf(arena, "%s.next", path);
    if (!next)
        return mlt_err_oom(err);
    unmake(next, arena);
    bool ok = mlt_keyring_make(next, arena, &key, err) && mlt_key_public_pem(key, &pem, err);
    if (ok && !mlt_registry_key_rotate(registry, name, pem.data, pem.len, id, err)) {
        ok = false;
        unmake(next, arena);
    }
    ok = ok && exchange(path, next, name, arena, err);
    if (ok)
        mlt_buf_printf(out,
                       "key %.12s (%s) is in use from now on\n  private: %s\n"
                       "the one before is retired; what it signed and was logged still verifies\n",
                       id, name, path);
    mlt_buf_free(&pem);
    mlt_key_free(key);
    return ok;
}

bool mlt_flow_keys_rotate(const struct mlt_keys_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    char *path;
    if (!mlt_keyring_path(request->name, arena, &path, err) ||
        !mlt_setting_registry(request->registry, NULL, false, arena, &registry, err))
        return false;
    bool ok = rotate(registry, request->name, path, arena, out, err);
    mlt_registry_close(registry);
    return ok;
}

bool mlt_flow_keys_retire(const struct mlt_keys_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    char id[MLT_SHA256_HEX];
    if (!mlt_setting_registry(request->registry, NULL, false, arena, &registry, err))
        return false;
    bool ok = mlt_registry_key_rotate(registry, request->name, NULL, 0, id, err);
    if (ok)
        mlt_buf_printf(out, "key %.12s (%s) is retired: nothing that it signs from now on counts\n",
                       id, request->name);
    mlt_registry_close(registry);
    return ok;
}

/* "ci" from "keys/ci.pub". NULL when memory is out. */
static const char *name_of(const char *file, struct mlt_arena *arena)
{
    const char *base = mlt_fs_basename(file), *dot = strrchr(base, '.');
    return mlt_arena_strndup(arena, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
}

bool mlt_flow_keys_allow(const struct mlt_keys_request *request, struct mlt_arena *arena,
                         struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    struct mlt_buf text = MLT_BUF_INIT;
    unsigned roles;
    const char *name = request->name ? request->name : name_of(request->file, arena);
    if (!name)
        return mlt_err_oom(err);
    if (!parse_roles(request->role, &roles, err) ||
        !mlt_setting_registry(request->registry, NULL, false, arena, &registry, err))
        return false;
    bool ok = mlt_fs_read(request->file, PUBLIC_BYTES, &text, err);
    if (ok && !allow(registry, name, roles, text.data, text.len, arena, out, err)) {
        ok = false;
        if (err->kind == MLT_ERR_EVIDENCE) {
            err->kind = MLT_ERR_USAGE;
            mlt_err_prefix(err, "%s", request->file);
        }
    }
    mlt_buf_free(&text);
    mlt_registry_close(registry);
    return ok;
}

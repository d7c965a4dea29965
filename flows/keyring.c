#include "flows/keyring.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"

#define SUFFIX ".pem"

/* What the environment says, unless it says nothing. */
static const char *named(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value ? value : NULL;
}

bool mlt_keyring_folder(struct mlt_arena *arena, char **out, struct mlt_err *err)
{
    const char *own = named("MLTEST_KEYS"), *config = named("XDG_CONFIG_HOME");
    const char *home = named("HOME");
    struct passwd entry, *found = NULL;
    char memory[4096];
    if (!home && getpwuid_r(getuid(), &entry, memory, sizeof memory, &found) == 0 && found)
        home = found->pw_dir;
    if (!own && !config && !home)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "there is no folder for keys: this user has no home; set MLTEST_KEYS to "
                           "a folder of yours");
    *out = own      ? mlt_arena_strdup(arena, own)
           : config ? mlt_arena_printf(arena, "%s/mltest/keys", config)
                    : mlt_arena_printf(arena, "%s/.config/mltest/keys", home);
    return *out ? true : mlt_err_oom(err);
}

bool mlt_keyring_path(const char *name, struct mlt_arena *arena, char **out, struct mlt_err *err)
{
    char *folder;
    if (!mlt_str_is_name(name))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%.60s\" is no name of a key: letters, digits, '.', '_' and '-'",
                           name);
    if (!mlt_keyring_folder(arena, &folder, err))
        return false;
    *out = mlt_arena_printf(arena, "%s/%s" SUFFIX, folder, name);
    return *out ? true : mlt_err_oom(err);
}

char *mlt_keyring_public_path(const char *path, struct mlt_arena *arena)
{
    size_t stem = strlen(path) - (mlt_str_ends(path, SUFFIX) ? strlen(SUFFIX) : 0);
    return mlt_arena_printf(arena, "%.*s.pub", (int)stem, path);
}

/* Only the last folder is closed to others: those above it belong to other programs too. */
static bool make_folder(const char *folder, struct mlt_err *err)
{
    if (mlt_fs_kind(folder) == MLT_FS_DIR)
        return true;
    if (!mlt_fs_mkdirs(folder, err))
        return false;
    return chmod(folder, 0700) == 0 || mlt_err_sys(err, errno, "cannot close %s to others", folder);
}

bool mlt_keyring_make(const char *path, struct mlt_arena *arena, struct mlt_key **out,
                      struct mlt_err *err)
{
    struct mlt_key *key;
    struct mlt_buf pem = MLT_BUF_INIT;
    char *folder = mlt_fs_dirname(arena, path);
    char *public_path = mlt_keyring_public_path(path, arena);
    if (!folder || !public_path)
        return mlt_err_oom(err);
    if (!make_folder(folder, err) || !mlt_key_new(&key, err))
        return false;
    bool ok = mlt_key_public_pem(key, &pem, err) && mlt_key_store(key, path, err) &&
              mlt_fs_write_atomic(public_path, pem.data, pem.len, err);
    mlt_buf_free(&pem);
    if (ok)
        *out = key;
    else
        mlt_key_free(key);
    return ok;
}

/* The key in use with this id and role; NULL. */
static const struct mlt_registry_key *allowed(const struct mlt_registry_key *keys, size_t count,
                                              const char *id, enum mlt_key_role role)
{
    for (size_t i = 0; i < count; i++)
        if (!keys[i].retired_at && (keys[i].roles & role) && strcmp(keys[i].id, id) == 0)
            return &keys[i];
    return NULL;
}

static bool find_named(const char *path, const struct mlt_registry_key *keys, size_t count,
                       enum mlt_key_role role, const char *url, struct mlt_key **out,
                       struct mlt_err *err)
{
    struct mlt_key *key;
    if (!mlt_key_load(path, &key, err))
        return mlt_err_prefix(err, "MLTEST_KEY");
    if (count == 0 || allowed(keys, count, mlt_key_id(key), role)) {
        *out = key;
        return true;
    }
    mlt_err_set(err, MLT_ERR_USAGE,
                "MLTEST_KEY names key %.12s…, which %s does not allow for the role %s (mltest keys "
                "list)",
                mlt_key_id(key), url, mlt_key_roles_name(role));
    mlt_key_free(key);
    return false;
}

/* Is `file` named like a key that would do? Then what is wrong with it has to be told. */
static bool is_awaited(const char *file, const struct mlt_registry_key *keys, size_t count,
                       enum mlt_key_role role)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(keys[i].name);
        if (!keys[i].retired_at && (keys[i].roles & role) &&
            strncmp(file, keys[i].name, len) == 0 && strcmp(file + len, SUFFIX) == 0)
            return true;
    }
    return false;
}

static bool search_folder(const struct mlt_registry_key *keys, size_t count, enum mlt_key_role role,
                          struct mlt_arena *arena, struct mlt_key **out, struct mlt_err *err)
{
    char *folder, **names;
    size_t name_count;
    struct mlt_err wrong = MLT_ERR_INIT;
    if (!mlt_keyring_folder(arena, &folder, err))
        return false;
    if (mlt_fs_kind(folder) != MLT_FS_DIR)
        return true;
    if (!mlt_fs_list_names(folder, arena, &names, &name_count, err))
        return false;
    for (size_t i = 0; i < name_count; i++) {
        struct mlt_err load_err = MLT_ERR_INIT;
        struct mlt_key *key;
        char *path = mlt_str_ends(names[i], SUFFIX) ? mlt_fs_join(arena, folder, names[i]) : NULL;
        if (!path)
            continue;
        if (!mlt_key_load(path, &key, &load_err)) {
            if (is_awaited(names[i], keys, count, role))
                wrong = load_err;
            continue;
        }
        if (allowed(keys, count, mlt_key_id(key), role)) {
            *out = key;
            return true;
        }
        mlt_key_free(key);
    }
    if (wrong.kind == MLT_ERR_NONE)
        return true;
    *err = wrong;
    return false;
}

bool mlt_keyring_find(struct mlt_registry *registry, enum mlt_key_role role,
                      struct mlt_arena *arena, bool *needed, struct mlt_key **out,
                      struct mlt_err *err)
{
    struct mlt_registry_key *keys;
    const char *path = named("MLTEST_KEY");
    size_t count;
    *out = NULL;
    if (!mlt_registry_keys(registry, arena, &keys, &count, err))
        return false;
    *needed = count > 0;
    if (path)
        return find_named(path, keys, count, role, mlt_registry_url(registry), out, err);
    return !*needed || search_folder(keys, count, role, arena, out, err);
}

bool mlt_keyring_own(struct mlt_arena *arena, struct mlt_key **out, const char **name,
                     const char **path, struct mlt_err *err)
{
    const char *given = named("MLTEST_KEY");
    struct passwd entry, *found = NULL;
    char memory[4096], *file = NULL;
    bool known = getpwuid_r(getuid(), &entry, memory, sizeof memory, &found) == 0 && found;
    *name = mlt_arena_strdup(arena,
                             known && mlt_str_is_name(found->pw_name) ? found->pw_name : "owner");
    if (!*name)
        return mlt_err_oom(err);
    if (given) {
        *path = given;
        return mlt_key_load(given, out, err);
    }
    if (!mlt_keyring_path(*name, arena, &file, err))
        return false;
    *path = file;
    if (mlt_fs_kind(file) != MLT_FS_ABSENT)
        return mlt_key_load(file, out, err);
    if (mlt_keyring_make(file, arena, out, err))
        return true;
    if (err->kind == MLT_ERR_INFRA)
        err->kind = MLT_ERR_USAGE;
    return mlt_err_prefix(err,
                          "a new registry allows a key of whoever makes it, and it cannot be kept "
                          "(set MLTEST_KEYS to a folder of yours, or use --unsigned)");
}

#include "harness/registry/keys.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/ledger/key.h"
#include "harness/registry/store.h"

/* No model can have this name: names do not start with a dot. */
static const char partition[] = ".keys";
/* Counts the changes: whoever changes keys requires that nobody else did meanwhile. */
static const char counter_key[] = "changes";

/* The keys as they are while one change is made. */
struct keys {
    struct mlt_registry_key *all;
    size_t count;
    uint64_t counter_revision;
};

unsigned mlt_key_roles_parse(const char *text)
{
    if (strcmp(text, "both") == 0)
        return MLT_KEY_RUNNER | MLT_KEY_GATE;
    return strcmp(text, "runner") == 0 ? MLT_KEY_RUNNER
           : strcmp(text, "gate") == 0 ? MLT_KEY_GATE
                                       : 0;
}

const char *mlt_key_roles_name(unsigned roles)
{
    return roles == MLT_KEY_RUNNER ? "runner" : roles == MLT_KEY_GATE ? "gate" : "both";
}

static char *encode(const struct mlt_registry_key *key, struct mlt_arena *arena,
                    struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "name", key->name);
    mlt_json_out_kstring(&json, "roles", mlt_key_roles_name(key->roles));
    mlt_json_out_kstring(&json, "public_key", key->public_key);
    mlt_json_out_kstring(&json, "added_at", key->added_at);
    mlt_json_out_kstring(&json, "added_by", key->added_by);
    if (key->retired_at) {
        mlt_json_out_kstring(&json, "retired_at", key->retired_at);
        mlt_json_out_kstring(&json, "retired_by", key->retired_by);
    }
    mlt_json_out_object_end(&json);
    return mlt_store_json(&json, arena, err);
}

static bool decode(const struct mlt_record *record, struct mlt_arena *arena,
                   struct mlt_registry_key *out, struct mlt_err *err)
{
    struct mlt_json *document;
    struct mlt_key *key = NULL;
    const char *id = mlt_fs_basename(record->key);
    if (!mlt_json_parse_kept(record->key, record->value, strlen(record->value), &document, err))
        return false;
    const char *roles = mlt_json_string(mlt_json_get(document, "roles"));
    *out = (struct mlt_registry_key){
        .name = mlt_json_text(document, "name", arena),
        .roles = roles ? mlt_key_roles_parse(roles) : 0,
        .public_key = mlt_json_text(document, "public_key", arena),
        .added_at = mlt_json_text(document, "added_at", arena),
        .added_by = mlt_json_text(document, "added_by", arena),
        .retired_at = mlt_json_text(document, "retired_at", arena),
        .retired_by = mlt_json_text(document, "retired_by", arena),
    };
    mlt_json_free(document);
    if (!out->name || !out->roles || !out->public_key || !out->added_at)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the record %s of %s is not one of a key",
                           record->key, partition);
    if (!mlt_key_public_parse(out->public_key, strlen(out->public_key), &key, err))
        return mlt_err_prefix(err, "the key %.80s of the registry", out->name);
    memcpy(out->id, mlt_key_id(key), sizeof out->id);
    mlt_key_free(key);
    return strcmp(out->id, id) == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "the record of key %.12s… holds another one (%.12s…): it was altered", id,
                       out->id);
}

static int by_time(const void *pa, const void *pb)
{
    const struct mlt_registry_key *a = pa, *b = pb;
    int order = strcmp(a->added_at, b->added_at);
    return order ? order : strcmp(a->id, b->id);
}

bool mlt_registry_keys(struct mlt_registry *registry, struct mlt_arena *arena,
                       struct mlt_registry_key **out, size_t *out_count, struct mlt_err *err)
{
    struct mlt_record *records;
    size_t count;
    if (!mlt_store_query(registry, partition, "key/", arena, &records, &count, err))
        return false;
    struct mlt_registry_key *keys = mlt_arena_calloc(arena, count, sizeof *keys);
    if (!keys)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (!decode(&records[i], arena, &keys[i], err))
            return false;
    if (count)
        qsort(keys, count, sizeof *keys, by_time);
    *out = keys;
    *out_count = count;
    return true;
}

/* The counter is read first: what changes behind it makes the commit fail. */
static bool read_keys(struct mlt_registry *registry, struct mlt_arena *arena, struct keys *out,
                      struct mlt_err *err)
{
    struct mlt_record counter = {.revision = 0};
    bool found;
    if (!mlt_store_get(registry, partition, counter_key, arena, &found, &counter, err) ||
        !mlt_registry_keys(registry, arena, &out->all, &out->count, err))
        return false;
    out->counter_revision = found ? counter.revision : 0;
    return true;
}

static struct mlt_registry_key *find_by_id(const struct keys *keys, const char *id)
{
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->all[i].id, id) == 0)
            return &keys->all[i];
    return NULL;
}

static struct mlt_registry_key *find_in_use(const struct keys *keys, const char *name)
{
    for (size_t i = 0; i < keys->count; i++)
        if (!keys->all[i].retired_at && strcmp(keys->all[i].name, name) == 0)
            return &keys->all[i];
    return NULL;
}

/* One transaction of up to two keys with its entry in the log. */
static bool commit(struct mlt_registry *registry, const struct keys *keys, const char *what,
                   const struct mlt_registry_key *const *changed, size_t count,
                   struct mlt_arena *arena, enum mlt_change_end *end, struct mlt_err *err)
{
    struct mlt_change change;
    const struct mlt_registry_key *last = changed[count - 1];
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    if (!mlt_change_begin(registry, partition, arena, &change, err))
        return false;
    mlt_change_require(&change, counter_key, keys->counter_revision);
    mlt_change_put(&change, counter_key, "{}");
    for (size_t i = 0; i < count; i++) {
        char *key = mlt_arena_printf(arena, "key/%s", changed[i]->id);
        char *value = encode(changed[i], arena, err);
        if (!value)
            return false;
        if (!key)
            return mlt_err_oom(err);
        mlt_change_put(&change, key, value);
    }
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "name", last->name);
    mlt_json_out_kstring(&json, "roles", mlt_key_roles_name(last->roles));
    if (count > 1)
        mlt_json_out_kstring(&json, "retired", changed[0]->id);
    mlt_json_out_object_end(&json);
    const char *details = mlt_store_json(&json, arena, err);
    return details &&
           mlt_change_log(
               &change,
               &(struct mlt_log_entry){.what = what, .digest = last->id, .details = details},
               err) &&
           mlt_change_commit(&change, end, err);
}

/* A public key as the records keep it: PEM, whatever form it came in. */
static bool read_public(const char *text, size_t len, const char *name, unsigned roles,
                        struct mlt_arena *arena, struct mlt_registry_key *out, struct mlt_err *err)
{
    struct mlt_key *key;
    struct mlt_buf pem = MLT_BUF_INIT;
    if (!mlt_key_public_parse(text, len, &key, err))
        return false;
    *out = (struct mlt_registry_key){
        .name = name,
        .roles = roles,
        .added_at = mlt_store_now(arena),
        .added_by = mlt_store_user(arena),
    };
    memcpy(out->id, mlt_key_id(key), sizeof out->id);
    bool ok = mlt_key_public_pem(key, &pem, err);
    out->public_key = ok ? mlt_arena_strdup(arena, pem.data) : NULL;
    if (ok && (!out->public_key || !out->added_at || !out->added_by))
        ok = mlt_err_oom(err);
    mlt_buf_free(&pem);
    mlt_key_free(key);
    return ok;
}

/* `*known`: the key is allowed already, just so. */
static bool check_new(const struct keys *keys, const struct mlt_registry_key *wanted, bool *known,
                      struct mlt_err *err)
{
    const struct mlt_registry_key *same = find_by_id(keys, wanted->id);
    const struct mlt_registry_key *namesake = find_in_use(keys, wanted->name);
    *known = same && !same->retired_at && strcmp(same->name, wanted->name) == 0 &&
             same->roles == wanted->roles;
    if (*known)
        return true;
    if (same && same->retired_at)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "key %.12s… was retired at %s and stays so: make a new one", same->id,
                           same->retired_at);
    if (same)
        return mlt_err_set(err, MLT_ERR_USAGE, "key %.12s… is allowed already as \"%s\" (%s)",
                           same->id, same->name, mlt_key_roles_name(same->roles));
    if (namesake)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%s\" is the name of key %.12s… already: another name, or "
                           "`mltest keys rotate %s`",
                           wanted->name, namesake->id, wanted->name);
    return true;
}

static bool check_request(const struct mlt_registry *registry, const char *name,
                          struct mlt_err *err)
{
    if (!mlt_str_is_name(name))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%.60s\" is no name of a key: letters, digits, '.', '_' and '-'",
                           name);
    return mlt_store_writable(registry, err);
}

bool mlt_registry_key_allow(struct mlt_registry *registry, const char *name, unsigned roles,
                            const char *public_key, size_t len, char out_id[MLT_SHA256_HEX],
                            struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_registry_key wanted;
    const struct mlt_registry_key *const changed[] = {&wanted};
    enum mlt_change_end end = MLT_CHANGE_RACED;
    bool known = false;
    bool ok = check_request(registry, name, err) &&
              read_public(public_key, len, name, roles, &arena, &wanted, err);
    for (int i = 0; ok && !known && end != MLT_CHANGE_DONE && i < MLT_CHANGE_TRIES; i++) {
        struct keys keys;
        ok = read_keys(registry, &arena, &keys, err) && check_new(&keys, &wanted, &known, err) &&
             (known || commit(registry, &keys, "key-allow", changed, 1, &arena, &end, err));
    }
    if (ok && !known && end != MLT_CHANGE_DONE)
        ok = mlt_change_busy("the registry's keys", err);
    if (ok)
        memcpy(out_id, wanted.id, sizeof wanted.id);
    mlt_arena_free(&arena);
    return ok;
}

static bool rotate_once(struct mlt_registry *registry, const char *name, const char *public_key,
                        size_t len, struct mlt_arena *arena, char out_id[MLT_SHA256_HEX],
                        enum mlt_change_end *end, struct mlt_err *err)
{
    struct keys keys;
    struct mlt_registry_key wanted;
    if (!read_keys(registry, arena, &keys, err))
        return false;
    struct mlt_registry_key *old = find_in_use(&keys, name);
    if (!old)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "the registry allows no key \"%s\" (mltest keys list)", name);
    old->retired_at = mlt_store_now(arena);
    old->retired_by = mlt_store_user(arena);
    if (!old->retired_at || !old->retired_by)
        return mlt_err_oom(err);
    if (!public_key) {
        const struct mlt_registry_key *const changed[] = {old};
        memcpy(out_id, old->id, sizeof old->id);
        return commit(registry, &keys, "key-retire", changed, 1, arena, end, err);
    }
    if (!read_public(public_key, len, name, old->roles, arena, &wanted, err))
        return false;
    if (find_by_id(&keys, wanted.id))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "key %.12s… was allowed before: rotation needs a new one", wanted.id);
    const struct mlt_registry_key *const changed[] = {old, &wanted};
    memcpy(out_id, wanted.id, sizeof wanted.id);
    return commit(registry, &keys, "key-rotate", changed, 2, arena, end, err);
}

bool mlt_registry_key_rotate(struct mlt_registry *registry, const char *name,
                             const char *public_key, size_t len, char out_id[MLT_SHA256_HEX],
                             struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    enum mlt_change_end end = MLT_CHANGE_RACED;
    bool ok = check_request(registry, name, err);
    for (int i = 0; ok && end != MLT_CHANGE_DONE && i < MLT_CHANGE_TRIES; i++)
        ok = rotate_once(registry, name, public_key, len, &arena, out_id, &end, err);
    if (ok && end != MLT_CHANGE_DONE)
        ok = mlt_change_busy("the registry's keys", err);
    mlt_arena_free(&arena);
    return ok;
}

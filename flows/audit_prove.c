#include <inttypes.h>
#include <string.h>

#include "flows/audit.h"
#include "flows/keyring.h"
#include "flows/setting.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/registry/keys.h"
#include "harness/registry/log.h"

enum { PROOF_BYTES = 4 * 1024 * 1024, PROOF_HASHES = MLT_MERKLE_LEVELS + 1 };

/* A proof as it travels. */
struct proof {
    bool growth;
    uint64_t number;        /* inclusion: of the entry */
    const char *entry;      /* inclusion: the bytes of its leaf */
    const char *from;       /* growth: the older checkpoint */
    const char *checkpoint; /* the tree that it is about */
    const char *public_key; /* of the key that signed the checkpoint */
    struct mlt_merkle_hash *hashes;
    size_t count;
};

/* Where the registry allows keys, only those of gates sign its log. */
static bool check_allowed(struct mlt_registry *registry, const struct mlt_key *key,
                          const char *file, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_registry_key *keys;
    size_t count;
    bool allowed = false;
    if (!mlt_registry_keys(registry, arena, &keys, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        allowed = allowed || ((keys[i].roles & MLT_KEY_GATE) && !keys[i].retired_at &&
                              strcmp(keys[i].id, mlt_key_id(key)) == 0);
    return allowed || !count ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "%s is no key that this registry allows to gates, and only those sign its "
                       "log: see `mltest keys`",
                       file);
}

/* The key of a file, or, without one, this user's that the registry allows. */
static bool find_key(struct mlt_registry *registry, const char *file, struct mlt_arena *arena,
                     struct mlt_key **out, struct mlt_err *err)
{
    bool needed;
    if (!file)
        return mlt_keyring_find(registry, MLT_KEY_GATE, arena, &needed, out, err) &&
               (*out || mlt_err_set(err, MLT_ERR_USAGE,
                                    "a checkpoint needs --key FILE: this user has no key that the "
                                    "registry allows to gates"));
    if (!mlt_key_load(file, out, err))
        return false;
    if (check_allowed(registry, *out, file, arena, err))
        return true;
    mlt_key_free(*out);
    return false;
}

static bool sign_now(struct mlt_registry *registry, const char *key_file, struct mlt_arena *arena,
                     struct mlt_checkpoint *out, const char **public_key, struct mlt_err *err)
{
    struct mlt_key *key;
    struct mlt_buf pem = MLT_BUF_INIT;
    if (!find_key(registry, key_file, arena, &key, err))
        return false;
    bool ok =
        mlt_registry_log_sign(registry, key, arena, out, err) && mlt_key_public_pem(key, &pem, err);
    if (ok) {
        *public_key = mlt_arena_strdup(arena, pem.data);
        ok = *public_key || mlt_err_oom(err);
    }
    mlt_buf_free(&pem);
    mlt_key_free(key);
    return ok;
}

bool mlt_audit_sign(struct mlt_registry *registry, struct mlt_arena *arena, struct mlt_buf *out,
                    struct mlt_err *err)
{
    struct mlt_err trouble = MLT_ERR_INIT;
    struct mlt_checkpoint checkpoint;
    struct mlt_key *key = NULL;
    bool needed;
    bool ok = mlt_keyring_find(registry, MLT_KEY_GATE, arena, &needed, &key, &trouble);
    if (ok && key)
        ok = mlt_registry_log_sign(registry, key, arena, &checkpoint, &trouble);
    if (!ok)
        mlt_buf_printf(out, "warning: the audit log was not signed: %s\n", trouble.text);
    else if (key)
        mlt_buf_printf(out, "checkpoint: the audit log of %" PRIu64 " entries is signed\n",
                       checkpoint.size);
    mlt_key_free(key);
    return mlt_buf_check(out, err);
}

/* The newest checkpoint that is kept, or a new one where a key is given. */
static bool find_checkpoint(const struct mlt_audit_request *r, struct mlt_registry *registry,
                            uint64_t least, struct mlt_arena *arena, struct mlt_checkpoint *out,
                            const char **public_key, struct mlt_err *err)
{
    struct mlt_log_checkpoint *kept;
    size_t count;
    if (r->key)
        return sign_now(registry, r->key, arena, out, public_key, err);
    if (!mlt_registry_log_checkpoints(registry, arena, &kept, &count, err))
        return false;
    if (!count || kept[count - 1].checkpoint.size < least)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "no checkpoint covers entry %" PRIu64
                           " yet: sign one with --key FILE, or by `mltest audit checkpoint`",
                           least);
    *out = kept[count - 1].checkpoint;
    *public_key = kept[count - 1].public_key;
    return true;
}

static bool write_proof(const struct proof *p, const char *output, struct mlt_buf *out,
                        struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    char hex[MLT_SHA256_HEX];
    mlt_json_out_init(&json, &text, true);
    mlt_json_out_object(&json);
    mlt_json_out_kint(&json, "mltest_proof", 1);
    mlt_json_out_kstring(&json, "kind", p->growth ? "consistency" : "inclusion");
    if (p->growth) {
        mlt_json_out_kstring(&json, "from", p->from);
    } else {
        mlt_json_out_kint(&json, "number", (int64_t)p->number);
        mlt_json_out_kstring(&json, "entry", p->entry);
    }
    mlt_json_out_key(&json, "proof");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < p->count; i++) {
        mlt_hash_to_hex(p->hashes[i].bytes, hex);
        mlt_json_out_string(&json, hex);
    }
    mlt_json_out_array_end(&json);
    mlt_json_out_kstring(&json, "checkpoint", p->checkpoint);
    mlt_json_out_kstring(&json, "public_key", p->public_key);
    mlt_json_out_object_end(&json);
    bool ok = mlt_json_out_finish(&json, err);
    mlt_buf_putc(&text, '\n');
    ok = ok && mlt_buf_check(&text, err);
    if (ok && output)
        ok = mlt_fs_write_atomic(output, text.data, text.len, err);
    else if (ok)
        mlt_buf_append(out, text.data, text.len);
    mlt_buf_free(&text);
    return ok;
}

static bool read_checkpoint(const char *file, struct mlt_arena *arena, struct mlt_checkpoint *out,
                            struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    bool ok = mlt_fs_read(file, MLT_CHECKPOINT_MAX_BYTES, &text, err) &&
              mlt_checkpoint_parse(file, text.data, text.len, arena, out, err);
    mlt_buf_free(&text);
    return ok;
}

static bool prove_growth(const struct mlt_audit_request *r, struct mlt_registry *registry,
                         struct mlt_arena *arena, struct proof *p, struct mlt_err *err)
{
    struct mlt_checkpoint old, now;
    const char *origin;
    if (!read_checkpoint(r->from, arena, &old, err) ||
        !mlt_registry_log_origin(registry, arena, &origin, err))
        return false;
    if (strcmp(old.origin, origin) != 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is a checkpoint of the log %.100s, and this one is %s", r->from,
                           old.origin, origin);
    if (!find_checkpoint(r, registry, old.size, arena, &now, &p->public_key, err) ||
        !mlt_registry_log_prove_growth(registry, old.size, now.size, arena, &p->hashes, &p->count,
                                       err))
        return false;
    p->growth = true;
    p->from = old.note;
    p->checkpoint = now.note;
    return true;
}

static bool prove_entry(const struct mlt_audit_request *r, struct mlt_registry *registry,
                        struct mlt_arena *arena, struct proof *p, struct mlt_err *err)
{
    struct mlt_checkpoint now;
    if (!mlt_str_parse_uint(r->entry, 999999999999, &p->number) || !p->number)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "expected the number of an entry, as `mltest audit log` shows it, got "
                           "\"%.40s\"",
                           r->entry);
    if (!mlt_registry_log_get(registry, p->number, arena, &p->entry, err) ||
        !find_checkpoint(r, registry, p->number, arena, &now, &p->public_key, err) ||
        !mlt_registry_log_prove_entry(registry, p->number, now.size, arena, &p->hashes, &p->count,
                                      err))
        return false;
    p->checkpoint = now.note;
    return true;
}

bool mlt_flow_audit_prove(const struct mlt_audit_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err)
{
    struct proof proof = {.growth = false};
    struct mlt_registry *registry;
    if (!request->entry == !request->from)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "say what to prove: the number of an entry, or --from an older "
                           "checkpoint");
    if (!mlt_setting_registry(request->registry, request->dir, !request->key, arena, &registry,
                              err))
        return false;
    bool ok = request->from ? prove_growth(request, registry, arena, &proof, err)
                            : prove_entry(request, registry, arena, &proof, err);
    mlt_registry_close(registry);
    return ok && write_proof(&proof, request->output, out, err);
}

bool mlt_flow_audit_checkpoint(const struct mlt_audit_request *request, struct mlt_arena *arena,
                               struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    struct mlt_checkpoint checkpoint;
    const char *public_key;
    if (!mlt_setting_registry(request->registry, request->dir, false, arena, &registry, err))
        return false;
    bool ok = sign_now(registry, request->key, arena, &checkpoint, &public_key, err);
    mlt_registry_close(registry);
    if (!ok)
        return false;
    if (request->output)
        return mlt_fs_write_atomic(request->output, checkpoint.note, checkpoint.note_len, err);
    mlt_buf_append(out, checkpoint.note, checkpoint.note_len);
    return true;
}

static bool parse_hashes(const struct mlt_json *list, struct mlt_arena *arena, struct proof *out)
{
    size_t count = mlt_json_count(list), i = 0;
    if (mlt_json_type(list) != MLT_JSON_ARRAY || count > PROOF_HASHES)
        return false;
    out->hashes = mlt_arena_calloc(arena, count, sizeof *out->hashes);
    for (const struct mlt_json *at = mlt_json_first(list); out->hashes && at;
         at = mlt_json_next(at)) {
        const char *hex = mlt_json_string(at);
        if (!hex || !mlt_hash_from_hex(hex, out->hashes[i++].bytes))
            return false;
    }
    out->count = count;
    return out->hashes != NULL;
}

static bool parse_proof(const char *file, const struct mlt_json *json, struct mlt_arena *arena,
                        struct proof *out, struct mlt_err *err)
{
    double format = 0, number = 0;
    const char *kind = mlt_json_string(mlt_json_get(json, "kind"));
    (void)mlt_json_number(mlt_json_get(json, "number"), &number);
    if (!mlt_json_number(mlt_json_get(json, "mltest_proof"), &format) || format != 1 || !kind)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is no proof of format 1", file);
    out->growth = strcmp(kind, "consistency") == 0;
    out->number = number >= 1 && number < 1e12 ? (uint64_t)number : 0;
    out->entry = mlt_arena_strdup(arena, mlt_json_string(mlt_json_get(json, "entry")));
    out->from = mlt_arena_strdup(arena, mlt_json_string(mlt_json_get(json, "from")));
    out->checkpoint = mlt_arena_strdup(arena, mlt_json_string(mlt_json_get(json, "checkpoint")));
    out->public_key = mlt_arena_strdup(arena, mlt_json_string(mlt_json_get(json, "public_key")));
    bool ok = out->checkpoint && out->public_key &&
              (out->growth ? out->from != NULL
                           : strcmp(kind, "inclusion") == 0 && out->entry && out->number) &&
              parse_hashes(mlt_json_get(json, "proof"), arena, out);
    return ok ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s is no proof of format 1: a part is missing or of another type", file);
}

static bool read_proof(const char *file, struct mlt_arena *arena, struct proof *out,
                       struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json *json = NULL;
    bool ok = mlt_fs_read(file, PROOF_BYTES, &text, err) &&
              mlt_json_parse_kept(file, text.data, text.len, &json, err) &&
              parse_proof(file, json, arena, out, err);
    mlt_json_free(json);
    mlt_buf_free(&text);
    return ok;
}

/* Signed by one of the keys that count, or, where none is named, by the one in the proof. */
static bool check_signed(const struct mlt_audit_request *r, const struct proof *p,
                         const struct mlt_checkpoint *checkpoint, const char *what,
                         struct mlt_arena *arena, const char **key_id, struct mlt_err *err)
{
    struct mlt_key **keys, *own = NULL;
    size_t count = r->public_key_count, by = 0;
    bool good = false;
    if (!mlt_audit_keys(r->public_keys, count, arena, &keys, err))
        return false;
    bool ok = count || mlt_key_public_parse(p->public_key, strlen(p->public_key), &own, err);
    ok = ok &&
         mlt_checkpoint_verify(checkpoint, count ? keys : &own, count ? count : 1, &good, &by, err);
    if (ok && good)
        *key_id = mlt_arena_strdup(arena, mlt_key_id(count ? keys[by] : own));
    mlt_audit_keys_free(keys, count);
    mlt_key_free(own);
    if (!ok)
        return false;
    if (!good)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: its %s is not signed by %s", r->proof, what,
                           count ? "a key that was given" : "the key in the proof");
    return *key_id || mlt_err_oom(err);
}

static bool check_inclusion(const struct proof *p, const struct mlt_checkpoint *now, bool *good,
                            struct mlt_err *err)
{
    struct mlt_merkle_hash leaf;
    return mlt_merkle_leaf(p->entry, strlen(p->entry), &leaf, err) &&
           mlt_merkle_verify_inclusion(&leaf, p->number - 1, now->size, p->hashes, p->count,
                                       &now->root, good, err);
}

static bool check_growth(const struct mlt_audit_request *r, const struct proof *p,
                         const struct mlt_checkpoint *now, struct mlt_arena *arena,
                         struct mlt_checkpoint *old, bool *good, struct mlt_err *err)
{
    const char *ignored;
    if (!mlt_checkpoint_parse("the older checkpoint of the proof", p->from, strlen(p->from), arena,
                              old, err))
        return false;
    if (r->public_key_count && !check_signed(r, p, old, "older checkpoint", arena, &ignored, err))
        return false;
    if (strcmp(old->origin, now->origin) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: its checkpoints are of two logs", r->proof);
    return mlt_merkle_verify_consistency(old->size, &old->root, now->size, &now->root, p->hashes,
                                         p->count, good, err);
}

bool mlt_flow_audit_verify_proof(const struct mlt_audit_request *request, struct mlt_arena *arena,
                                 struct mlt_buf *out, struct mlt_err *err)
{
    struct proof p = {.growth = false};
    struct mlt_checkpoint now, old = {.size = 0};
    const char *key_id = NULL;
    bool good = false;
    if (!read_proof(request->proof, arena, &p, err) ||
        !mlt_checkpoint_parse("the checkpoint of the proof", p.checkpoint, strlen(p.checkpoint),
                              arena, &now, err) ||
        !check_signed(request, &p, &now, "checkpoint", arena, &key_id, err) ||
        !(p.growth ? check_growth(request, &p, &now, arena, &old, &good, err)
                   : check_inclusion(&p, &now, &good, err)))
        return false;
    if (!good)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: the proof does not hold", request->proof);
    if (p.growth)
        mlt_buf_printf(out,
                       "the log %s of %" PRIu64 " entries has grown to %" PRIu64
                       ", and none of the older was changed\n",
                       now.origin, old.size, now.size);
    else
        mlt_buf_printf(out, "entry %" PRIu64 " is in the log %s of %" PRIu64 " entries:\n%s\n",
                       p.number, now.origin, now.size, p.entry);
    mlt_buf_printf(out, "signed by the key %s%s\n", key_id,
                   request->public_key_count
                       ? ""
                       : ", which came with the proof: compare its id, or give --public-key");
    return true;
}

#include "harness/registry/policy.h"

#include <string.h>

#include "harness/domain/policy.h"
#include "harness/registry/store.h"

static const char partition[] = MLT_POLICY_PARTITION;

static char *encode(const char *text, size_t len, const char *signers, const char *digest,
                    struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_buf buf = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &buf, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "sha256", digest);
    mlt_json_out_kstring(&json, "pinned_at", mlt_store_now(arena));
    mlt_json_out_kstring(&json, "pinned_by", mlt_store_user(arena));
    mlt_json_out_key(&json, "text");
    mlt_json_out_string_len(&json, text, len);
    if (signers)
        mlt_json_out_kstring(&json, "signers", signers);
    mlt_json_out_object_end(&json);
    return mlt_store_json(&json, arena, err);
}

static bool keep(const struct mlt_json *json, const char *key, struct mlt_arena *arena,
                 const char **out, struct mlt_err *err)
{
    const char *text = mlt_json_string(mlt_json_get(json, key));
    *out = text ? mlt_arena_strdup(arena, text) : NULL;
    return !text || *out ? true : mlt_err_oom(err);
}

static bool decode(const struct mlt_json *json, const char *key, struct mlt_arena *arena,
                   struct mlt_pinned_policy *out, struct mlt_err *err)
{
    const char *text, *digest;
    if (!mlt_json_want_string(json, "text", &text, err) ||
        !mlt_json_want_string(json, "sha256", &digest, err) ||
        !keep(json, "text", arena, &out->text, err) ||
        !keep(json, "signers", arena, &out->signers, err) ||
        !keep(json, "pinned_at", arena, &out->at, err) ||
        !keep(json, "pinned_by", arena, &out->by, err) ||
        !mlt_policy_digest(text, strlen(text), out->signers, out->digest, err))
        return false;
    return strcmp(digest, out->digest) == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "the pinned policy \"%s\" is not what was pinned: its digest differs", key);
}

/* `out->text` NULL when nothing is pinned under exactly this key. */
static bool read_pinned(struct mlt_registry *registry, const char *key, struct mlt_arena *arena,
                        struct mlt_pinned_policy *out, struct mlt_err *err)
{
    struct mlt_record record;
    struct mlt_json *json;
    bool found;
    *out = (struct mlt_pinned_policy){.of = mlt_arena_strdup(arena, key)};
    if (!out->of)
        return mlt_err_oom(err);
    if (!mlt_store_get(registry, partition, key, arena, &found, &record, err))
        return false;
    if (!found)
        return true;
    if (!mlt_json_parse("pinned policy", record.value, strlen(record.value), &json, err))
        return false;
    out->revision = record.revision;
    bool ok = decode(json, key, arena, out, err);
    mlt_json_free(json);
    return ok;
}

bool mlt_registry_pin_policy(struct mlt_registry *registry, const char *model, const char *text,
                             size_t len, const char *signers, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    char digest[MLT_SHA256_HEX];
    struct mlt_pinned_policy pinned;
    struct mlt_records *records = mlt_store_records(registry, err);
    bool ok = records && mlt_store_writable(registry, err) &&
              mlt_policy_digest(text, len, signers, digest, err) &&
              read_pinned(registry, model, &arena, &pinned, err);
    if (ok && pinned.text && strcmp(digest, pinned.digest) != 0)
        ok = mlt_err_set(err, MLT_ERR_USAGE,
                         "a policy is pinned already for %s, and another one is not pinned over it",
                         strcmp(model, "*") == 0 ? "every model without its own" : model);
    if (ok && !pinned.text) {
        char *value = encode(text, len, signers, digest, &arena, err);
        const struct mlt_record_condition absent = {partition, model, 0};
        const struct mlt_record_put put = {partition, model, value};
        int conflict = -1;
        ok = value && records->ops->transact(records, &absent, 1, &put, 1, &conflict, err);
        if (ok && conflict >= 0)
            ok = mlt_err_set(err, MLT_ERR_USAGE, "somebody else has just pinned a policy for %s",
                             model);
    }
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_registry_policy(struct mlt_registry *registry, const char *model, struct mlt_arena *arena,
                         struct mlt_pinned_policy *out, struct mlt_err *err)
{
    if (!read_pinned(registry, model, arena, out, err))
        return false;
    return out->text ? true : read_pinned(registry, "*", arena, out, err);
}

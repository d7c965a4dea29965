#include "harness/registry/policy.h"

#include <string.h>

#include "harness/base/clock.h"
#include "harness/domain/policy.h"
#include "harness/registry/store.h"

static const char partition[] = MLT_POLICY_PARTITION;

static char *encode(const char *text, size_t len, const char *signers, const char *digest,
                    struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_buf buf = MLT_BUF_INIT;
    struct mlt_json_out json;
    char now[MLT_TIME_CHARS];
    /* The true clock: approvals are held against it. */
    mlt_clock_format(mlt_clock_true_s(), now);
    mlt_json_out_init(&json, &buf, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "sha256", digest);
    mlt_json_out_kstring(&json, "pinned_at", now);
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

static const char *whose(const char *model)
{
    return strcmp(model, "*") == 0 ? "every model without its own" : model;
}

static bool put_once(struct mlt_registry *registry, const struct mlt_policy_change *request,
                     const struct mlt_pinned_policy *own, const struct mlt_pinned_policy *common,
                     const char *digest, struct mlt_arena *arena, enum mlt_change_end *end,
                     struct mlt_err *err)
{
    const struct mlt_pinned_policy *before = request->in_force;
    struct mlt_change change;
    char *value =
        encode(request->text, strlen(request->text), request->signers, digest, arena, err);
    char *kept = mlt_arena_printf(arena, "kept/%s", digest);
    const struct mlt_log_entry entry = {.what = "policy",
                                        .model = request->model,
                                        .digest = digest,
                                        .reason = request->reason,
                                        .approvers = request->approvers,
                                        .approver_count = request->approver_count,
                                        .tickets = request->tickets,
                                        .ticket_count = request->ticket_count,
                                        .previous = before->text ? before->digest : NULL};
    if (!value || !kept)
        return value ? mlt_err_oom(err) : false;
    if (!mlt_change_begin(registry, partition, arena, &change, err))
        return false;
    mlt_change_require(&change, request->model, own->revision);
    if (strcmp(request->model, "*") != 0)
        mlt_change_require(&change, "*", common->revision);
    mlt_change_put(&change, request->model, value);
    mlt_change_put(&change, kept, value);
    if (before->text) {
        char *old =
            encode(before->text, strlen(before->text), before->signers, before->digest, arena, err);
        char *old_key = mlt_arena_printf(arena, "kept/%s", before->digest);
        if (!old || !old_key)
            return old ? mlt_err_oom(err) : false;
        mlt_change_put(&change, old_key, old);
    }
    return mlt_change_log(&change, &entry, err) && mlt_change_commit(&change, end, err);
}

/* Is what the caller took for the policy in force still that? */
static bool put_policy(struct mlt_registry *registry, const struct mlt_policy_change *request,
                       struct mlt_arena *arena, struct mlt_err *err)
{
    char digest[MLT_SHA256_HEX];
    struct mlt_pinned_policy own, common;
    enum mlt_change_end end = MLT_CHANGE_RACED;
    if (!mlt_store_writable(registry, err) ||
        !mlt_policy_digest(request->text, strlen(request->text), request->signers, digest, err))
        return false;
    for (int i = 0; i < MLT_CHANGE_TRIES && end == MLT_CHANGE_RACED; i++) {
        if (!read_pinned(registry, request->model, arena, &own, err) ||
            !read_pinned(registry, "*", arena, &common, err))
            return false;
        const struct mlt_pinned_policy *now = own.text ? &own : &common;
        const struct mlt_pinned_policy *then = request->in_force;
        if (!now->text != !then->text || (now->text && strcmp(now->digest, then->digest) != 0))
            break;
        if (!put_once(registry, request, &own, &common, digest, arena, &end, err))
            return false;
    }
    return end == MLT_CHANGE_DONE ||
           mlt_err_set(
               err, MLT_ERR_USAGE,
               "somebody else has just pinned another policy for %s: look at it with mltest "
               "policy show",
               whose(request->model));
}

bool mlt_registry_put_policy(struct mlt_registry *registry, const struct mlt_policy_change *change,
                             struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    bool ok = put_policy(registry, change, &arena, err);
    mlt_arena_free(&arena);
    return ok;
}

static bool pin(struct mlt_registry *registry, struct mlt_policy_change *change,
                struct mlt_arena *arena, struct mlt_err *err)
{
    char digest[MLT_SHA256_HEX];
    struct mlt_pinned_policy own, pinned;
    if (!mlt_policy_digest(change->text, strlen(change->text), change->signers, digest, err) ||
        !read_pinned(registry, change->model, arena, &own, err) ||
        !mlt_registry_policy(registry, change->model, arena, &pinned, err))
        return false;
    if (own.text && strcmp(digest, own.digest) == 0)
        return true;
    if (own.text)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a policy is pinned already for %s, and another one is not pinned over "
                           "it: mltest policy put puts an approved one in its place",
                           whose(change->model));
    if (pinned.text)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s has the policy of every model without its own, which one of its own "
                           "would escape: mltest policy put puts an approved one in its place",
                           change->model);
    change->in_force = &pinned;
    return put_policy(registry, change, arena, err);
}

bool mlt_registry_pin_policy(struct mlt_registry *registry, const char *model, const char *text,
                             size_t len, const char *signers, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_policy_change change = {.model = model,
                                       .text = mlt_arena_strndup(&arena, text, len),
                                       .signers = signers,
                                       .reason = "the first policy"};
    bool ok = change.text ? mlt_store_writable(registry, err) && pin(registry, &change, &arena, err)
                          : mlt_err_oom(err);
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_registry_policy_by_digest(struct mlt_registry *registry, const char *digest,
                                   struct mlt_arena *arena, struct mlt_pinned_policy *out,
                                   struct mlt_err *err)
{
    char *key = mlt_arena_printf(arena, "kept/%s", digest);
    if (!key)
        return mlt_err_oom(err);
    if (!read_pinned(registry, key, arena, out, err))
        return false;
    return !out->text || strcmp(out->digest, digest) == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "the policy kept as %.12s… is another one: its digest differs", digest);
}

bool mlt_registry_policy(struct mlt_registry *registry, const char *model, struct mlt_arena *arena,
                         struct mlt_pinned_policy *out, struct mlt_err *err)
{
    if (!read_pinned(registry, model, arena, out, err))
        return false;
    return out->text ? true : read_pinned(registry, "*", arena, out, err);
}

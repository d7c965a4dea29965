#include <inttypes.h>
#include <string.h>

#include "flows/audit.h"
#include "flows/setting.h"
#include "harness/base/fs.h"
#include "harness/registry/keys.h"
#include "harness/registry/log.h"

enum { KEY_BYTES = 16 * 1024 };

void mlt_audit_keys_free(struct mlt_key **keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mlt_key_free(keys[i]);
}

static bool read_key(const char *file, struct mlt_key **out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    bool ok =
        mlt_fs_read(file, KEY_BYTES, &text, err) &&
        (mlt_key_public_parse(text.data, text.len, out, err) || mlt_err_prefix(err, "%s", file));
    mlt_buf_free(&text);
    return ok;
}

bool mlt_audit_keys(const char *const *files, size_t count, struct mlt_arena *arena,
                    struct mlt_key ***out, struct mlt_err *err)
{
    struct mlt_key **keys = mlt_arena_calloc(arena, count, sizeof(struct mlt_key *));
    if (!keys)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (!read_key(files[i], &keys[i], err)) {
            mlt_audit_keys_free(keys, i);
            return false;
        }
    *out = keys;
    return true;
}

static bool read_checkpoints(const struct mlt_audit_request *r, struct mlt_arena *arena,
                             struct mlt_log_checkpoint **out, struct mlt_err *err)
{
    struct mlt_log_checkpoint *all = mlt_arena_calloc(arena, r->checkpoint_count, sizeof *all);
    if (!all)
        return mlt_err_oom(err);
    for (size_t i = 0; i < r->checkpoint_count; i++) {
        struct mlt_buf text = MLT_BUF_INIT;
        all[i].name = r->checkpoints[i];
        bool ok = mlt_fs_read(r->checkpoints[i], MLT_CHECKPOINT_MAX_BYTES, &text, err) &&
                  mlt_checkpoint_parse(r->checkpoints[i], text.data, text.len, arena,
                                       &all[i].checkpoint, err);
        mlt_buf_free(&text);
        if (!ok)
            return false;
    }
    *out = all;
    return true;
}

static void tell(void *context, const char *what)
{
    mlt_buf_printf(context, "  %s\n", what);
}

/* The keys that count: those that were given, else those that the registry allows to gates or did,
 * else none. */
struct keys {
    struct mlt_key **keys;
    size_t count;
};

static bool find_keys(const struct mlt_audit_request *request, struct mlt_registry *registry,
                      struct mlt_arena *arena, struct keys *out, struct mlt_err *err)
{
    struct mlt_registry_key *known;
    size_t count;
    *out = (struct keys){.count = request->public_key_count};
    if (out->count)
        return mlt_audit_keys(request->public_keys, out->count, arena, &out->keys, err);
    if (!mlt_registry_keys(registry, arena, &known, &count, err))
        return false;
    out->keys = mlt_arena_calloc(arena, count, sizeof(struct mlt_key *));
    if (!out->keys)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        if (!(known[i].roles & MLT_KEY_GATE))
            continue;
        if (!mlt_key_public_parse(known[i].public_key, strlen(known[i].public_key),
                                  &out->keys[out->count], err)) {
            mlt_audit_keys_free(out->keys, out->count);
            return false;
        }
        out->count++;
    }
    return true;
}

static bool verify(const struct mlt_audit_request *request, struct mlt_registry *registry,
                   struct mlt_arena *arena, struct mlt_buf *out, struct mlt_log_verified *verified,
                   struct mlt_err *err)
{
    struct mlt_log_checkpoint *elsewhere = NULL;
    struct keys keys;
    if (!read_checkpoints(request, arena, &elsewhere, err) ||
        !find_keys(request, registry, arena, &keys, err))
        return false;
    const struct mlt_log_verify_request what = {.fault = tell,
                                                .context = out,
                                                .elsewhere = elsewhere,
                                                .elsewhere_count = request->checkpoint_count,
                                                .keys = keys.keys,
                                                .key_count = keys.count};
    bool ok = mlt_registry_log_verify(registry, &what, verified, err);
    mlt_audit_keys_free(keys.keys, keys.count);
    return ok;
}

bool mlt_flow_audit_verify(const struct mlt_audit_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_log_verified verified;
    struct mlt_registry *registry;
    char root[MLT_SHA256_HEX];
    if (!mlt_setting_registry(request->registry, request->dir, true, arena, &registry, err))
        return false;
    bool ok = verify(request, registry, arena, out, &verified, err);
    mlt_registry_close(registry);
    if (!ok)
        return false;
    mlt_hash_to_hex(verified.root.bytes, root);
    mlt_buf_printf(out, "%" PRIu64 " entries checked, %zu checkpoint%s, %zu fault%s\n",
                   verified.entries, verified.checkpoints, verified.checkpoints == 1 ? "" : "s",
                   verified.faults, verified.faults == 1 ? "" : "s");
    if (!verified.faults) {
        mlt_buf_printf(out, "root %s\n", root);
        if (!verified.checkpoints)
            mlt_buf_puts(out, "no checkpoint is kept: a log that was rewritten as a whole would "
                              "look like this one; see `mltest audit checkpoint`\n");
    }
    return verified.faults == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE, "the audit log has %zu fault%s", verified.faults,
                       verified.faults == 1 ? "" : "s");
}

/* Checkpoints of the log, and proofs that it holds an entry and has only grown. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/registry/log_store.h"

enum { PAGE = 1000 };

/* Calls for each leaf's hash from number `from` to `to`; a gap is MLT_ERR_EVIDENCE. */
static bool each_leaf(struct mlt_registry *registry, uint64_t from, uint64_t to,
                      bool (*take)(void *context, const struct mlt_merkle_hash *leaf,
                                   struct mlt_err *err),
                      void *context, struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(registry, err);
    bool ok = records != NULL;
    while (ok && from <= to) {
        struct mlt_arena arena = MLT_ARENA_INIT;
        struct mlt_record *page;
        size_t count = 0, wanted = to - from < PAGE ? (size_t)(to - from) + 1 : PAGE;
        const char *after = mlt_log_key("leaf", from - 1, &arena);
        ok = after ? records->ops->query(records, MLT_LOG_PARTITION, "leaf/", after, wanted, &arena,
                                         &page, &count, err)
                   : mlt_err_oom(err);
        if (ok && count < wanted)
            ok = mlt_err_set(err, MLT_ERR_EVIDENCE,
                             "the audit log lacks digests behind entry %" PRIu64
                             ": see `mltest audit verify`",
                             from - 1);
        for (size_t i = 0; ok && i < count; i++, from++) {
            struct mlt_merkle_hash leaf;
            uint64_t number;
            ok = (mlt_log_key_number(page[i].key, &number) && number == from &&
                  mlt_hash_from_hex(page[i].value, leaf.bytes)) ||
                 mlt_err_set(err, MLT_ERR_EVIDENCE,
                             "the digest of entry %" PRIu64
                             " of the audit log is missing or none: see `mltest audit verify`",
                             from);
            ok = ok && take(context, &leaf, err);
        }
        mlt_arena_free(&arena);
    }
    return ok;
}

bool mlt_registry_log_origin(struct mlt_registry *registry, struct mlt_arena *arena,
                             const char **out, struct mlt_err *err)
{
    struct mlt_record record;
    bool found;
    if (!mlt_log_settled(registry, err) ||
        !mlt_store_get(registry, MLT_LOG_PARTITION, "leaf/000000000001", arena, &found, &record,
                       err))
        return false;
    if (!found)
        return mlt_err_set(err, MLT_ERR_USAGE, "the audit log of %s has no entry yet",
                           registry->root);
    if (!mlt_hash_is_hex(record.value))
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the digest of entry 1 of the audit log is none: see `mltest audit "
                           "verify`");
    *out = mlt_arena_printf(arena, "mltest-registry/%.16s", record.value);
    return *out || mlt_err_oom(err);
}

static bool decode_checkpoint(const struct mlt_record *record, struct mlt_arena *arena,
                              struct mlt_log_checkpoint *out, struct mlt_merkle_frontier *frontier,
                              struct mlt_err *err)
{
    struct mlt_json *document;
    if (!mlt_json_parse_kept(record->key, record->value, strlen(record->value), &document, err))
        return false;
    const char *note = mlt_json_string(mlt_json_get(document, "note"));
    out->public_key =
        mlt_json_text(document, "public_key", arena);
    out->at = mlt_json_text(document, "at", arena);
    out->by = mlt_json_text(document, "by", arena);
    out->name = record->key;
    bool ok = (note && out->public_key && out->at && out->by) ||
              mlt_err_set(err, MLT_ERR_EVIDENCE, "the record %s of the audit log is no checkpoint",
                          record->key);
    ok = ok && mlt_checkpoint_parse(record->key, note, strlen(note), arena, &out->checkpoint, err);
    if (ok && frontier) {
        size_t i = 0, count = (size_t)__builtin_popcountll(out->checkpoint.size);
        const struct mlt_json *roots = mlt_json_get(document, "frontier");
        frontier->size = out->checkpoint.size;
        ok = mlt_json_count(roots) == count;
        for (const struct mlt_json *at = mlt_json_first(roots); ok && at; at = mlt_json_next(at)) {
            const char *hex = mlt_json_string(at);
            ok = hex && mlt_hash_from_hex(hex, frontier->roots[i++].bytes);
        }
        if (!ok)
            mlt_err_set(err, MLT_ERR_EVIDENCE, "the record %s of the audit log was altered",
                        record->key);
    }
    mlt_json_free(document);
    return ok;
}

bool mlt_registry_log_checkpoints(struct mlt_registry *registry, struct mlt_arena *arena,
                                  struct mlt_log_checkpoint **out, size_t *out_count,
                                  struct mlt_err *err)
{
    struct mlt_record *records;
    size_t count;
    if (!mlt_store_query(registry, MLT_LOG_PARTITION, "checkpoint/", arena, &records, &count, err))
        return false;
    struct mlt_log_checkpoint *all = mlt_arena_calloc(arena, count, sizeof *all);
    if (!all)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (!decode_checkpoint(&records[i], arena, &all[i], NULL, err))
            return false;
    *out = all;
    *out_count = count;
    return true;
}

static bool take_append(void *context, const struct mlt_merkle_hash *leaf, struct mlt_err *err)
{
    return mlt_merkle_append(context, leaf, err);
}

/* The last checkpoint's tree with the digests that came since must be the head's. */
static bool check_growth(struct mlt_registry *registry, const struct mlt_log_head *head,
                         struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_record *records;
    struct mlt_log_checkpoint last;
    struct mlt_merkle_frontier frontier;
    struct mlt_merkle_hash root;
    size_t count;
    if (!mlt_store_query(registry, MLT_LOG_PARTITION, "checkpoint/", arena, &records, &count, err))
        return false;
    memset(&frontier, 0, sizeof frontier);
    if (count && !decode_checkpoint(&records[count - 1], arena, &last, &frontier, err))
        return false;
    if (!mlt_merkle_root(&frontier, &root, err))
        return false;
    bool ok = !count || memcmp(root.bytes, last.checkpoint.root.bytes, sizeof root.bytes) == 0;
    if (ok && frontier.size <= head->frontier.size) {
        if (!each_leaf(registry, frontier.size + 1, head->frontier.size, take_append, &frontier,
                       err) ||
            !mlt_merkle_root(&frontier, &root, err))
            return false;
        ok = memcmp(root.bytes, head->root.bytes, sizeof root.bytes) == 0;
    } else {
        ok = false;
    }
    return ok ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "the audit log of %s has not grown out of its last checkpoint, so that "
                       "it is not signed: see `mltest audit verify`",
                       registry->root);
}

static const char *encode_checkpoint(const struct mlt_log_head *head, const char *note,
                                     const struct mlt_key *key, struct mlt_arena *arena,
                                     struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT, pem = MLT_BUF_INIT;
    struct mlt_json_out json;
    char hex[MLT_SHA256_HEX];
    if (!mlt_key_public_pem(key, &pem, err)) {
        mlt_buf_free(&pem);
        return NULL;
    }
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "note", note);
    mlt_json_out_kstring(&json, "public_key", pem.data);
    mlt_json_out_kstring(&json, "at", mlt_store_now(arena));
    mlt_json_out_kstring(&json, "by", mlt_store_user(arena));
    mlt_json_out_key(&json, "frontier");
    mlt_json_out_array(&json);
    for (int i = 0; i < __builtin_popcountll(head->frontier.size); i++) {
        mlt_hash_to_hex(head->frontier.roots[i].bytes, hex);
        mlt_json_out_string(&json, hex);
    }
    mlt_json_out_array_end(&json);
    mlt_json_out_object_end(&json);
    mlt_buf_free(&pem);
    return mlt_store_json(&json, arena, err);
}

static bool keep(struct mlt_registry *registry, const struct mlt_log_head *head, const char *note,
                 const struct mlt_key *key, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(registry, err);
    const char *value = encode_checkpoint(head, note, key, arena, err);
    const char *name = mlt_arena_printf(arena, "checkpoint/%012" PRIu64 "/%.16s",
                                        head->frontier.size, mlt_key_id(key));
    int conflict;
    if (!records || !value)
        return false;
    if (!name)
        return mlt_err_oom(err);
    const struct mlt_record_condition absent = {MLT_LOG_PARTITION, name, 0};
    const struct mlt_record_put put = {MLT_LOG_PARTITION, name, value};
    /* Ed25519 signs the same text the same way: who came first kept the same note. */
    return records->ops->transact(records, &absent, 1, &put, 1, &conflict, err);
}

bool mlt_registry_log_sign(struct mlt_registry *registry, const struct mlt_key *key,
                           struct mlt_arena *arena, struct mlt_checkpoint *out, struct mlt_err *err)
{
    struct mlt_log_head head;
    struct mlt_buf note = MLT_BUF_INIT;
    const char *origin;
    if (!mlt_store_writable(registry, err) ||
        !mlt_registry_log_origin(registry, arena, &origin, err) ||
        !mlt_log_head_read(registry, arena, &head, err) ||
        !check_growth(registry, &head, arena, err))
        return false;
    bool ok = mlt_checkpoint_sign(origin, head.frontier.size, &head.root, key, &note, err) &&
              mlt_checkpoint_parse("checkpoint", note.data, note.len, arena, out, err) &&
              keep(registry, &head, note.data, key, arena, err);
    mlt_buf_free(&note);
    return ok;
}

struct leaves {
    struct mlt_merkle_hash *hashes;
    uint64_t count;
};

static bool take_leaf(void *context, const struct mlt_merkle_hash *leaf, struct mlt_err *err)
{
    struct leaves *leaves = context;
    (void)err;
    leaves->hashes[leaves->count++] = *leaf;
    return true;
}

/* The hashes of the first `size` leaves; the caller's to free. */
static bool load(struct mlt_registry *registry, uint64_t size, struct mlt_arena *arena,
                 struct leaves *out, struct mlt_err *err)
{
    struct mlt_log_head head;
    if (!mlt_log_settled(registry, err) || !mlt_log_head_read(registry, arena, &head, err))
        return false;
    if (size > head.frontier.size)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the audit log has %" PRIu64 " entries, not %" PRIu64
                           ": see `mltest audit verify`",
                           head.frontier.size, size);
    *out = (struct leaves){.hashes = calloc(size ? size : 1, sizeof *out->hashes)};
    if (!out->hashes)
        return mlt_err_oom(err);
    if (each_leaf(registry, 1, size, take_leaf, out, err))
        return true;
    free(out->hashes);
    return false;
}

bool mlt_registry_log_prove_entry(struct mlt_registry *registry, uint64_t number, uint64_t size,
                                  struct mlt_arena *arena, struct mlt_merkle_hash **out,
                                  size_t *out_count, struct mlt_err *err)
{
    struct leaves leaves;
    if (number == 0 || number > size)
        return mlt_err_set(err, MLT_ERR_USAGE, "entry %" PRIu64 " is not among the first %" PRIu64,
                           number, size);
    if (!load(registry, size, arena, &leaves, err))
        return false;
    bool ok =
        mlt_merkle_prove_inclusion(leaves.hashes, size, number - 1, arena, out, out_count, err);
    free(leaves.hashes);
    return ok;
}

bool mlt_registry_log_prove_growth(struct mlt_registry *registry, uint64_t old_size, uint64_t size,
                                   struct mlt_arena *arena, struct mlt_merkle_hash **out,
                                   size_t *out_count, struct mlt_err *err)
{
    struct leaves leaves;
    if (!load(registry, size, arena, &leaves, err))
        return false;
    bool ok =
        mlt_merkle_prove_consistency(leaves.hashes, size, old_size, arena, out, out_count, err);
    free(leaves.hashes);
    return ok;
}

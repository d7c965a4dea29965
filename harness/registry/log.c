/* The log's head and its entries as records. */
#include <inttypes.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/registry/log_store.h"

char *mlt_log_key(const char *kind, uint64_t number, struct mlt_arena *arena)
{
    return mlt_arena_printf(arena, "%s/%012" PRIu64, kind, number);
}

bool mlt_log_key_number(const char *key, uint64_t *out)
{
    const char *digits = strchr(key, '/');
    return digits && strlen(digits + 1) == 12 &&
           mlt_str_parse_uint(digits + 1, 999999999999, out) && *out > 0;
}

static bool read_frontier(const struct mlt_json *document, struct mlt_log_head *out)
{
    double size;
    const struct mlt_json *roots = mlt_json_get(document, "frontier");
    const char *root = mlt_json_string(mlt_json_get(document, "root"));
    if (!mlt_json_number(mlt_json_get(document, "size"), &size) || size < 1 || size >= 1e12 ||
        size != (double)(uint64_t)size || mlt_json_type(roots) != MLT_JSON_ARRAY || !root ||
        !mlt_hash_from_hex(root, out->root.bytes))
        return false;
    out->frontier.size = (uint64_t)size;
    if (mlt_json_count(roots) != (size_t)__builtin_popcountll(out->frontier.size))
        return false;
    size_t i = 0;
    for (const struct mlt_json *at = mlt_json_first(roots); at; at = mlt_json_next(at)) {
        const char *text = mlt_json_string(at);
        if (!text || !mlt_hash_from_hex(text, out->frontier.roots[i++].bytes))
            return false;
    }
    return true;
}

bool mlt_log_head_read(struct mlt_registry *registry, struct mlt_arena *arena,
                       struct mlt_log_head *out, struct mlt_err *err)
{
    struct mlt_record record;
    struct mlt_json *document;
    struct mlt_merkle_hash root;
    bool found;
    memset(out, 0, sizeof *out);
    if (!mlt_store_get(registry, MLT_LOG_PARTITION, "head", arena, &found, &record, err))
        return false;
    if (!found)
        return mlt_merkle_root(&out->frontier, &out->root, err);
    out->revision = record.revision;
    if (!mlt_json_parse_kept("the head of the audit log", record.value, strlen(record.value),
                             &document, err))
        return false;
    bool ok = read_frontier(document, out);
    mlt_json_free(document);
    if (!ok)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the head of the audit log of %s is not one: it was altered",
                           registry->root);
    return mlt_merkle_root(&out->frontier, &root, err) &&
           (memcmp(root.bytes, out->root.bytes, sizeof root.bytes) == 0 ||
            mlt_err_set(err, MLT_ERR_EVIDENCE,
                        "the head of the audit log of %s was altered: its root is not that of its "
                        "parts",
                        registry->root));
}

static char *encode_head(const struct mlt_log_head *head, struct mlt_arena *arena,
                         struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    char hex[MLT_SHA256_HEX];
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kint(&json, "size", (int64_t)head->frontier.size);
    mlt_hash_to_hex(head->root.bytes, hex);
    mlt_json_out_kstring(&json, "root", hex);
    mlt_json_out_key(&json, "frontier");
    mlt_json_out_array(&json);
    for (int i = 0; i < __builtin_popcountll(head->frontier.size); i++) {
        mlt_hash_to_hex(head->frontier.roots[i].bytes, hex);
        mlt_json_out_string(&json, hex);
    }
    mlt_json_out_array_end(&json);
    mlt_json_out_object_end(&json);
    return mlt_store_json(&json, arena, err);
}

static char *encode(const struct mlt_log_entry *entry, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kint(&json, "n", (int64_t)entry->number);
    mlt_json_out_kstring(&json, "at", entry->at);
    mlt_json_out_kstring(&json, "by", entry->by);
    mlt_json_out_kstring(&json, "what", entry->what);
    mlt_json_out_kstring_if(&json, "model", entry->model);
    mlt_json_out_kstring_if(&json, "version", entry->version);
    mlt_json_out_kstring_if(&json, "digest", entry->digest);
    mlt_json_out_kstring_if(&json, "reason", entry->reason);
    if (entry->approver_count)
        mlt_json_out_kstrings(&json, "approvers", entry->approvers, entry->approver_count);
    if (entry->ticket_count)
        mlt_json_out_kstrings(&json, "tickets", entry->tickets, entry->ticket_count);
    mlt_json_out_kstring_if(&json, "previous", entry->previous);
    mlt_json_out_kstring_if(&json, "decision", entry->decision);
    if (entry->details) {
        mlt_json_out_key(&json, "details");
        mlt_json_out_raw(&json, entry->details, strlen(entry->details));
    }
    mlt_json_out_object_end(&json);
    return mlt_store_json(&json, arena, err);
}

bool mlt_log_append(struct mlt_log_head *head, const struct mlt_log_entry *entry,
                    struct mlt_arena *arena, struct mlt_record_put puts[MLT_LOG_PUTS],
                    struct mlt_err *err)
{
    struct mlt_log_entry numbered = *entry;
    struct mlt_merkle_hash leaf;
    char hex[MLT_SHA256_HEX];
    numbered.number = head->frontier.size + 1;
    char *text = encode(&numbered, arena, err);
    if (!text || !mlt_merkle_leaf(text, strlen(text), &leaf, err) ||
        !mlt_merkle_append(&head->frontier, &leaf, err) ||
        !mlt_merkle_root(&head->frontier, &head->root, err))
        return false;
    mlt_hash_to_hex(leaf.bytes, hex);
    const char *key = mlt_log_key("entry", numbered.number, arena);
    const char *leaf_key = mlt_log_key("leaf", numbered.number, arena);
    const char *digest = mlt_arena_strdup(arena, hex);
    const char *moved = encode_head(head, arena, err);
    if (!moved)
        return false;
    if (!key || !leaf_key || !digest)
        return mlt_err_oom(err);
    puts[0] = (struct mlt_record_put){MLT_LOG_PARTITION, key, text};
    puts[1] = (struct mlt_record_put){MLT_LOG_PARTITION, leaf_key, digest};
    puts[2] = (struct mlt_record_put){MLT_LOG_PARTITION, "head", moved};
    return true;
}

static bool copy_texts(const char *const *texts, size_t count, struct mlt_arena *arena,
                       const char *const **out, struct mlt_err *err)
{
    const char **copies = mlt_arena_calloc(arena, count, sizeof *copies);
    bool ok = copies != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        copies[i] = mlt_arena_strdup(arena, texts[i]);
        ok = copies[i] != NULL;
    }
    *out = copies;
    return ok || mlt_err_oom(err);
}

bool mlt_log_entry_copy(const struct mlt_log_entry *entry, struct mlt_arena *arena,
                        struct mlt_log_entry *out, struct mlt_err *err)
{
    struct mlt_log_entry copy = *entry;
    const char **const texts[] = {&copy.at,       &copy.by,     &copy.what,   &copy.model,
                                  &copy.version,  &copy.digest, &copy.reason, &copy.previous,
                                  &copy.decision, &copy.details};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!*texts[i])
            continue;
        *texts[i] = mlt_arena_strdup(arena, *texts[i]);
        if (!*texts[i])
            return mlt_err_oom(err);
    }
    if (!copy_texts(entry->approvers, entry->approver_count, arena, &copy.approvers, err) ||
        !copy_texts(entry->tickets, entry->ticket_count, arena, &copy.tickets, err))
        return false;
    *out = copy;
    return true;
}

static bool decode_texts(const struct mlt_json *list, struct mlt_arena *arena,
                         const char *const **out, size_t *out_count)
{
    size_t count = mlt_json_count(list), i = 0;
    const char **texts = mlt_arena_calloc(arena, count, sizeof *texts);
    if (!texts || (list && mlt_json_type(list) != MLT_JSON_ARRAY))
        return false;
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at)) {
        texts[i] = mlt_arena_strdup(arena, mlt_json_string(at));
        if (!texts[i++])
            return false;
    }
    *out = texts;
    *out_count = count;
    return true;
}

bool mlt_log_entry_decode(const char *name, const struct mlt_json *document,
                          struct mlt_arena *arena, struct mlt_log_entry *out, struct mlt_err *err)
{
    double number = 0;
    const struct mlt_json *details = mlt_json_get(document, "details");
    (void)mlt_json_number(mlt_json_get(document, "n"), &number);
    struct mlt_log_entry entry = {
        .number = number >= 0 && number < 1e12 ? (uint64_t)number : 0,
        .at = mlt_json_text(document, "at", arena),
        .by = mlt_json_text(document, "by", arena),
        .what = mlt_json_text(document, "what", arena),
        .model = mlt_json_text(document, "model", arena),
        .version = mlt_json_text(document, "version", arena),
        .digest = mlt_json_text(document, "digest", arena),
        .reason = mlt_json_text(document, "reason", arena),
        .previous = mlt_json_text(document, "previous", arena),
        .decision = mlt_json_text(document, "decision", arena),
    };
    if (details && !(entry.details = mlt_json_node_text(details, arena, err)))
        return false;
    if (!entry.at || !entry.by || !entry.what ||
        !decode_texts(mlt_json_get(document, "approvers"), arena, &entry.approvers,
                      &entry.approver_count) ||
        !decode_texts(mlt_json_get(document, "tickets"), arena, &entry.tickets,
                      &entry.ticket_count))
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is no entry of an audit log", name);
    *out = entry;
    return true;
}

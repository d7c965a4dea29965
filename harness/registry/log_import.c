/* From format 1 of the record store, which kept a log by model, to the one log of the registry. */
#include <inttypes.h>
#include <string.h>

#include "harness/registry/log_store.h"

/* An entry that says what the old one said. What cannot be read is kept as it is, in the details.
 */
static bool bring_over(const struct mlt_record *record, struct mlt_arena *arena,
                       struct mlt_log_entry *out, struct mlt_err *err)
{
    struct mlt_json *document, *old = NULL;
    struct mlt_err ignored = MLT_ERR_INIT;
    if (!mlt_json_parse_kept(record->key, record->value, strlen(record->value), &document, err))
        return false;
    const char *model = mlt_json_string(mlt_json_get(document, "model"));
    const char *value = mlt_json_string(mlt_json_get(document, "value"));
    bool ok = (model && value) ||
              mlt_err_set(err, MLT_ERR_EVIDENCE, "the record %s of the audit log is no old entry",
                          record->key);
    if (ok && mlt_json_parse(record->key, value, strlen(value), &old, &ignored) &&
        mlt_log_entry_decode(record->key, old, arena, out, &ignored)) {
        out->details = NULL;
    } else if (ok) {
        struct mlt_buf text = MLT_BUF_INIT;
        struct mlt_json_out json;
        mlt_json_out_init(&json, &text, false);
        mlt_json_out_object(&json);
        mlt_json_out_kstring(&json, "value", value);
        mlt_json_out_object_end(&json);
        *out = (struct mlt_log_entry){.what = "unknown",
                                      .at = mlt_store_now(arena),
                                      .by = mlt_store_user(arena),
                                      .details = mlt_store_json(&json, arena, err)};
        ok = out->details != NULL;
    }
    mlt_json_free(old);
    if (ok)
        out->model = mlt_arena_strdup(arena, model);
    mlt_json_free(document);
    return ok && ((out->at && out->by && out->model) || mlt_err_oom(err));
}

static bool import_all(struct mlt_registry *registry, const struct mlt_record *old, size_t count,
                       struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(registry, err);
    struct mlt_log_head head;
    struct mlt_record_put *puts =
        mlt_arena_calloc(arena, count + 1, (MLT_LOG_PUTS + 1) * sizeof *puts);
    size_t n = 0;
    if (!puts)
        return mlt_err_oom(err);
    if (!records || !mlt_log_head_read(registry, arena, &head, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct mlt_log_entry entry;
        if (!bring_over(&old[i], arena, &entry, err) ||
            !mlt_log_append(&head, &entry, arena, &puts[n], err))
            return false;
        n += MLT_LOG_PUTS;
        puts[n++] = (struct mlt_record_put){MLT_LOG_PARTITION, old[i].key, NULL};
    }
    /* The tree vouches for these entries from now on, not from their own time. */
    const struct mlt_log_entry last = {
        .what = "import",
        .at = mlt_store_now(arena),
        .by = mlt_store_user(arena),
        .reason = mlt_arena_printf(arena,
                                   "the %zu entries before this one come from the logs by model "
                                   "of format 1",
                                   count)};
    if (!last.at || !last.by || !last.reason)
        return mlt_err_oom(err);
    if (!mlt_log_append(&head, &last, arena, &puts[n], err))
        return false;
    const struct mlt_record_condition begun = {MLT_LOG_PARTITION, "head", 0};
    int conflict;
    /* Who came first has brought over the same. */
    return records->ops->transact(records, &begun, 1, puts, n + MLT_LOG_PUTS, &conflict, err);
}

bool mlt_log_import(struct mlt_registry *registry, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_record head, *old;
    size_t count = 0;
    bool begun = false;
    bool ok = mlt_store_get(registry, MLT_LOG_PARTITION, "head", &arena, &begun, &head, err);
    if (ok && !begun)
        ok = mlt_store_query(registry, MLT_LOG_PARTITION, "old/", &arena, &old, &count, err) &&
             (!count || import_all(registry, old, count, &arena, err));
    mlt_arena_free(&arena);
    return ok || mlt_err_prefix(err, "cannot bring over the log");
}

/* Whether any record of the partition has a key that begins so. */
static bool holds(struct mlt_registry *registry, const char *partition, const char *prefix,
                  struct mlt_arena *arena, bool *out, struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(registry, err);
    struct mlt_record *found;
    size_t count;
    if (!records ||
        !records->ops->query(records, partition, prefix, NULL, 1, arena, &found, &count, err))
        return false;
    *out = count > 0;
    return true;
}

bool mlt_log_settled(struct mlt_registry *registry, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_record head;
    char **models;
    size_t count = 0;
    bool begun = false, waits = false;
    bool ok = mlt_store_get(registry, MLT_LOG_PARTITION, "head", &arena, &begun, &head, err);
    if (ok && !begun)
        ok = holds(registry, MLT_LOG_PARTITION, "old/", &arena, &waits, err) &&
             registry->blobs->ops->list(registry->blobs, "", &arena, &models, &count, err);
    for (size_t i = 0; ok && !waits && i < count; i++)
        ok = holds(registry, models[i], "event/", &arena, &waits, err);
    mlt_arena_free(&arena);
    if (ok && waits)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "the log of %s is in its old form: any command that writes brings it "
                           "over, for example `mltest registry init %s`",
                           registry->root, registry->root);
    return ok;
}

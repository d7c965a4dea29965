#include <assert.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/registry/store.h"

enum { PAGE = 500 };

bool mlt_store_get(struct mlt_registry *registry, const char *model, const char *key,
                   struct mlt_arena *arena, bool *found, struct mlt_record *out,
                   struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(registry, err);
    return records && records->ops->get(records, model, key, arena, found, out, err);
}

bool mlt_store_query(struct mlt_registry *registry, const char *model, const char *prefix,
                     struct mlt_arena *arena, struct mlt_record **out, size_t *out_count,
                     struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(registry, err);
    struct mlt_record *all = NULL;
    size_t count = 0, capacity = 0, got;
    const char *after = NULL;
    if (!records)
        return false;
    do {
        struct mlt_record *page;
        if (!records->ops->query(records, model, prefix, after, PAGE, arena, &page, &got, err))
            return false;
        for (size_t i = 0; i < got; i++) {
            all = mlt_arena_grow(arena, all, count, &capacity, sizeof *all);
            if (!all)
                return mlt_err_oom(err);
            all[count++] = page[i];
        }
        after = count ? all[count - 1].key : NULL;
    } while (got == PAGE);
    *out = all;
    *out_count = count;
    return true;
}

const char *mlt_store_user(struct mlt_arena *arena)
{
    struct passwd entry, *found = NULL;
    char memory[4096];
    if (getpwuid_r(getuid(), &entry, memory, sizeof memory, &found) == 0 && found)
        return mlt_arena_strdup(arena, entry.pw_name);
    return mlt_arena_printf(arena, "uid %lu", (unsigned long)getuid());
}

const char *mlt_store_now(struct mlt_arena *arena)
{
    char text[MLT_TIME_CHARS];
    return mlt_arena_strdup(arena, mlt_clock_format(mlt_clock_wall_s(), text));
}

char *mlt_store_json(struct mlt_json_out *json, struct mlt_arena *arena, struct mlt_err *err)
{
    char *text = NULL;
    if (mlt_json_out_finish(json, err)) {
        text = mlt_arena_strndup(arena, json->buf->data, json->buf->len);
        if (!text)
            mlt_err_oom(err);
    }
    mlt_buf_free(json->buf);
    return text;
}

static bool read_counter(const struct mlt_record *record, uint64_t *out, struct mlt_err *err)
{
    struct mlt_json *document;
    double last;
    if (!mlt_json_parse("record events", record->value, strlen(record->value), &document, err))
        return false;
    bool ok = mlt_json_number(mlt_json_get(document, "last"), &last) && last >= 0 && last < 1e12;
    mlt_json_free(document);
    if (!ok)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the record \"events\" of %s holds no number",
                           record->partition);
    *out = (uint64_t)last;
    return true;
}

bool mlt_change_begin(struct mlt_registry *registry, const char *model, struct mlt_arena *arena,
                      struct mlt_change *out, struct mlt_err *err)
{
    struct mlt_change change = {.registry = registry, .arena = arena, .model = model};
    struct mlt_record counter = {.revision = 0};
    uint64_t last = 0;
    bool found;
    if (!mlt_store_get(registry, model, "events", arena, &found, &counter, err) ||
        (found && !read_counter(&counter, &last, err)))
        return false;
    change.number = last + 1;
    char *value = mlt_arena_printf(arena, "{\"last\":%" PRIu64 "}", change.number);
    if (!value)
        return mlt_err_oom(err);
    mlt_change_require(&change, "events", counter.revision);
    mlt_change_put(&change, "events", value);
    *out = change;
    return true;
}

void mlt_change_require(struct mlt_change *change, const char *key, uint64_t revision)
{
    assert(change->condition_count < sizeof change->conditions / sizeof *change->conditions);
    change->conditions[change->condition_count++] =
        (struct mlt_record_condition){change->model, key, revision};
}

void mlt_change_put(struct mlt_change *change, const char *key, const char *value)
{
    assert(change->put_count < sizeof change->puts / sizeof *change->puts);
    change->puts[change->put_count++] = (struct mlt_record_put){change->model, key, value};
}

static void put_texts(struct mlt_json_out *json, const char *key, const char *const *texts,
                      size_t count)
{
    if (!count)
        return;
    mlt_json_out_key(json, key);
    mlt_json_out_array(json);
    for (size_t i = 0; i < count; i++)
        mlt_json_out_string(json, texts[i]);
    mlt_json_out_array_end(json);
}

static void put_text(struct mlt_json_out *json, const char *key, const char *text)
{
    if (text)
        mlt_json_out_kstring(json, key, text);
}

bool mlt_change_log(struct mlt_change *change, const struct mlt_log_entry *entry,
                    struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    char *key = mlt_arena_printf(change->arena, "event/%012" PRIu64, change->number);
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "what", entry->what);
    mlt_json_out_kstring(&json, "version", entry->version);
    mlt_json_out_kstring(&json, "digest", entry->digest);
    mlt_json_out_kstring(&json, "at", entry->at ? entry->at : mlt_store_now(change->arena));
    mlt_json_out_kstring(&json, "by", entry->by ? entry->by : mlt_store_user(change->arena));
    put_text(&json, "reason", entry->reason);
    put_texts(&json, "approvers", entry->approvers, entry->approver_count);
    put_texts(&json, "tickets", entry->tickets, entry->ticket_count);
    put_text(&json, "previous", entry->previous);
    put_text(&json, "decision", entry->decision);
    mlt_json_out_object_end(&json);
    char *value = mlt_store_json(&json, change->arena, err);
    if (!value)
        return false;
    if (!key)
        return mlt_err_oom(err);
    mlt_change_put(change, key, value);
    return true;
}

bool mlt_change_commit(struct mlt_change *change, enum mlt_change_end *end, struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(change->registry, err);
    int conflict = -1;
    if (!records || !records->ops->transact(records, change->conditions, change->condition_count,
                                            change->puts, change->put_count, &conflict, err))
        return false;
    /* Condition 0 is the log's counter: that is nobody's fault, and the caller tries again. */
    *end = conflict < 0 ? MLT_CHANGE_DONE : conflict == 0 ? MLT_CHANGE_RACED : MLT_CHANGE_REFUSED;
    if (*end == MLT_CHANGE_RACED) {
        const struct timespec pause = {0, 1000000 + (long)(change->number % 7) * 1000000};
        nanosleep(&pause, NULL);
    }
    return true;
}

bool mlt_change_busy(const char *model, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_INFRA,
                       "the records of %s are being changed by others: try again", model);
}

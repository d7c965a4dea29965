#include <assert.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/rng.h"
#include "harness/registry/log_store.h"

enum {
    PAGE = 500,
    CONDITIONS_MAX =
        sizeof((struct mlt_change *)0)->conditions / sizeof(struct mlt_record_condition),
    PUTS_MAX = sizeof((struct mlt_change *)0)->puts / sizeof(struct mlt_record_put),
};
/* As long as twenty writers that never pause may keep one of them waiting. */
static const uint64_t HEAD_WAIT_NS = 30000000000u;

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
    *out = change;
    if (model[0] == '.')
        return true;
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
    assert(change->condition_count < CONDITIONS_MAX);
    change->conditions[change->condition_count++] =
        (struct mlt_record_condition){change->model, key, revision};
}

void mlt_change_put(struct mlt_change *change, const char *key, const char *value)
{
    assert(change->put_count < PUTS_MAX);
    change->puts[change->put_count++] = (struct mlt_record_put){change->model, key, value};
}

bool mlt_change_log(struct mlt_change *change, const struct mlt_log_entry *entry,
                    struct mlt_err *err)
{
    assert(!change->entry.what);
    if (entry->details &&
        !mlt_json_check("details of a log entry", entry->details, strlen(entry->details), err))
        return false;
    if (!mlt_log_entry_copy(entry, change->arena, &change->entry, err))
        return false;
    if (!change->entry.model && change->model[0] != '.')
        change->entry.model = change->model;
    if (!change->entry.by)
        change->entry.by = mlt_store_user(change->arena);
    return change->entry.by || mlt_err_oom(err);
}

/* From the head as it is now to one with this entry more. The time is taken here, so that entries
 * are in order of time even when the log had to be waited for. `*conflict` as of transact. */
static bool commit_once(const struct mlt_change *change, struct mlt_arena *arena, int *conflict,
                        struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(change->registry, err);
    struct mlt_log_head head;
    struct mlt_log_entry entry = change->entry;
    struct mlt_record_condition conditions[CONDITIONS_MAX + 2];
    struct mlt_record_put puts[PUTS_MAX + MLT_LOG_PUTS];
    size_t n = change->condition_count;
    if (!records || !mlt_log_head_read(change->registry, arena, &head, err))
        return false;
    const uint64_t revision = head.revision;
    if (!entry.at)
        entry.at = mlt_store_now(arena);
    if (!entry.at)
        return mlt_err_oom(err);
    memcpy(conditions, change->conditions, sizeof change->conditions);
    memcpy(puts, change->puts, sizeof change->puts);
    if (!mlt_log_append(&head, &entry, arena, &puts[change->put_count], err))
        return false;
    conditions[n++] = (struct mlt_record_condition){MLT_LOG_PARTITION, "head", revision};
    /* A head that was set back must not write over what it has forgotten. */
    conditions[n++] =
        (struct mlt_record_condition){MLT_LOG_PARTITION, puts[change->put_count].key, 0};
    return records->ops->transact(records, conditions, n, puts, change->put_count + MLT_LOG_PUTS,
                                  conflict, err);
}

/* Those who met once should not meet again. */
static void pause_ms(uint64_t least, struct mlt_rng *rng)
{
    const struct timespec pause = {0, (long)((least + mlt_rng_below(rng, 8)) * 1000000)};
    nanosleep(&pause, NULL);
}

bool mlt_change_commit(struct mlt_change *change, enum mlt_change_end *end, struct mlt_err *err)
{
    const uint64_t deadline = mlt_clock_monotonic_ns() + HEAD_WAIT_NS;
    struct mlt_rng rng;
    int conflict, head_index = (int)change->condition_count;
    assert(change->entry.what);
    mlt_rng_seed(&rng, mlt_rng_fresh_seed());
    for (;;) {
        struct mlt_arena arena = MLT_ARENA_INIT;
        bool ok = commit_once(change, &arena, &conflict, err);
        mlt_arena_free(&arena);
        if (!ok)
            return false;
        if (conflict != head_index || mlt_clock_monotonic_ns() > deadline)
            break;
        pause_ms(0, &rng);
    }
    if (conflict == head_index)
        return mlt_err_set(err, MLT_ERR_INFRA,
                           "the audit log is being written by others without a pause: try again");
    if (conflict > head_index)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the head of the audit log is behind its entries: see `mltest audit "
                           "verify`");
    /* Condition 0 is the model's counter: that is nobody's fault, and the caller tries again. */
    *end = conflict < 0                      ? MLT_CHANGE_DONE
           : conflict == 0 && change->number ? MLT_CHANGE_RACED
                                             : MLT_CHANGE_REFUSED;
    if (*end == MLT_CHANGE_RACED)
        pause_ms(1, &rng);
    return true;
}

bool mlt_change_busy(const char *model, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_INFRA,
                       "the records of %s are being changed by others: try again", model);
}

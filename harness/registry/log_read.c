/* The log as people read it: by filters, a page at a time. */
#include <inttypes.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "harness/registry/log_store.h"

enum { PAGE = 500 };

static bool fits(const struct mlt_log_filter *f, const struct mlt_log_entry *e)
{
    int64_t at;
    if ((f->model && !mlt_str_eq(f->model, e->model)) ||
        (f->version && !mlt_str_eq(f->version, e->version)) ||
        (f->what && !mlt_str_eq(f->what, e->what)) || (f->by && !mlt_str_eq(f->by, e->by)))
        return false;
    if (!f->since_s && !f->until_s)
        return true;
    return mlt_clock_parse(e->at, &at) && (!f->since_s || at >= f->since_s) &&
           (!f->until_s || at <= f->until_s);
}

static bool decode(const struct mlt_record *record, struct mlt_arena *arena,
                   struct mlt_log_entry *out, struct mlt_err *err)
{
    struct mlt_json *document;
    if (!mlt_json_parse_kept(record->key, record->value, strlen(record->value), &document, err))
        return false;
    bool ok = mlt_log_entry_decode(record->key, document, arena, out, err);
    mlt_json_free(document);
    return ok;
}

/* At most a page of entries behind number `after`. */
static bool read_page(struct mlt_registry *registry, uint64_t after, size_t limit,
                      struct mlt_arena *arena, struct mlt_record **out, size_t *out_count,
                      struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(registry, err);
    const char *key = mlt_log_key("entry", after, arena);
    if (!records)
        return false;
    return key ? records->ops->query(records, MLT_LOG_PARTITION, "entry/", key, limit, arena, out,
                                     out_count, err)
               : mlt_err_oom(err);
}

/* Back from the end, until enough entries fit: the number before the first of them. */
static bool find_start(struct mlt_registry *registry, const struct mlt_log_filter *filter,
                       uint64_t size, uint64_t *start, struct mlt_err *err)
{
    uint64_t wanted = filter->limit, to = size;
    bool ok = true;
    while (ok && to > 0 && wanted > 0) {
        struct mlt_arena arena = MLT_ARENA_INIT;
        uint64_t from = to > PAGE ? to - PAGE : 0;
        struct mlt_record *page;
        size_t count;
        ok = read_page(registry, from, (size_t)(to - from), &arena, &page, &count, err);
        for (size_t i = ok ? count : 0; ok && wanted > 0 && i-- > 0;) {
            struct mlt_log_entry entry;
            ok = decode(&page[i], &arena, &entry, err);
            if (ok && mlt_log_key_number(page[i].key, &to) && fits(filter, &entry))
                wanted--;
            to--;
        }
        if (wanted > 0)
            to = from;
        mlt_arena_free(&arena);
    }
    *start = to;
    return ok;
}

/* One page; `*after` moves to its last entry, `*more` when it was full. */
static bool visit_page(struct mlt_registry *registry, const struct mlt_log_filter *filter,
                       mlt_log_visit *visit, void *context, uint64_t *after, bool *more,
                       struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_record *page;
    size_t count;
    bool ok = read_page(registry, *after, PAGE, &arena, &page, &count, err);
    for (size_t i = 0; ok && i < count; i++) {
        struct mlt_log_entry entry;
        ok = decode(&page[i], &arena, &entry, err) &&
             (mlt_log_key_number(page[i].key, after) ||
              mlt_err_set(err, MLT_ERR_EVIDENCE, "%.60s is no entry of an audit log",
                          page[i].key)) &&
             (!fits(filter, &entry) || visit(context, &entry, page[i].value, err));
    }
    *more = ok && count == PAGE;
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_registry_log_read(struct mlt_registry *registry, const struct mlt_log_filter *filter,
                           mlt_log_visit *visit, void *context, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_log_head head;
    uint64_t after = 0;
    bool more = true;
    bool ok = mlt_log_settled(registry, err) && mlt_log_head_read(registry, &arena, &head, err) &&
              (!filter->limit || find_start(registry, filter, head.frontier.size, &after, err));
    mlt_arena_free(&arena);
    while (ok && more)
        ok = visit_page(registry, filter, visit, context, &after, &more, err);
    return ok;
}

bool mlt_registry_log_get(struct mlt_registry *registry, uint64_t number, struct mlt_arena *arena,
                          const char **out_json, struct mlt_err *err)
{
    struct mlt_record record;
    struct mlt_log_head head;
    bool found;
    const char *key = mlt_log_key("entry", number, arena);
    if (!key)
        return mlt_err_oom(err);
    if (!mlt_log_settled(registry, err) || !mlt_log_head_read(registry, arena, &head, err))
        return false;
    if (number == 0 || number > head.frontier.size)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "there is no entry %" PRIu64 ": the audit log has %" PRIu64, number,
                           head.frontier.size);
    if (!mlt_store_get(registry, MLT_LOG_PARTITION, key, arena, &found, &record, err))
        return false;
    if (!found)
        return mlt_err_set(
            err, MLT_ERR_EVIDENCE,
            "entry %" PRIu64 " of the audit log is missing: see `mltest audit verify`", number);
    *out_json = record.value;
    return true;
}

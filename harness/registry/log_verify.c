/* The log held against its digests, its head and its checkpoints. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/registry/log_store.h"

enum { PAGE = 1000, TOLD_MAX = 100 };

/* The records of one kind in the order of their numbers, a page in memory. */
struct cursor {
    struct mlt_registry *registry;
    const char *kind; /* "entry/" */
    struct mlt_arena arena;
    struct mlt_record *page;
    size_t count, at;
    char last[64]; /* key */
    bool ended;
    uint64_t number; /* of the record it stands on; UINT64_MAX at the end */
};

struct audit {
    struct mlt_registry *registry;
    const struct mlt_log_verify_request *request;
    struct mlt_arena arena;
    struct mlt_log_checkpoint *checkpoints; /* smallest first */
    size_t checkpoint_count, next_checkpoint;
    bool has_head, broken; /* broken: a leaf is unknown, and no root behind it can be computed */
    struct mlt_log_head head;
    struct mlt_merkle_frontier tree;
    uint64_t held; /* the size of the last checkpoint that holds */
    struct mlt_log_verified *out;
};

static bool tell(struct audit *a, struct mlt_err *err, const char *format, ...) MLT_PRINTF(3, 4);
static bool tell(struct audit *a, struct mlt_err *err, const char *format, ...)
{
    struct mlt_buf text = MLT_BUF_INIT;
    va_list args;
    if (a->out->faults++ >= TOLD_MAX)
        return true;
    va_start(args, format);
    mlt_buf_vprintf(&text, format, args);
    va_end(args);
    bool ok = mlt_buf_check(&text, err);
    if (ok)
        a->request->fault(a->request->context, text.data);
    mlt_buf_free(&text);
    return ok;
}

/* An error about evidence is a fault to be told; any other ends the audit. */
static bool tell_error(struct audit *a, struct mlt_err *err)
{
    if (err->kind != MLT_ERR_EVIDENCE)
        return false;
    struct mlt_err told = *err;
    *err = (struct mlt_err)MLT_ERR_INIT;
    return tell(a, err, "%s", told.text);
}

static bool turn_page(struct cursor *c, struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(c->registry, err);
    mlt_arena_free(&c->arena);
    c->at = 0;
    if (!records ||
        !records->ops->query(records, MLT_LOG_PARTITION, c->kind, c->last[0] ? c->last : NULL, PAGE,
                             &c->arena, &c->page, &c->count, err))
        return false;
    c->ended = c->count == 0;
    return true;
}

/* To the next record; keys that are no numbers, and none of ours, are told. */
static bool advance(struct cursor *c, struct audit *a, struct mlt_err *err)
{
    for (;;) {
        if (c->page)
            c->at++;
        if ((!c->page || c->at >= c->count) && !c->ended && !turn_page(c, err))
            return false;
        if (c->ended) {
            c->number = UINT64_MAX;
            return true;
        }
        const char *key = c->page[c->at].key;
        bool numbered = strlen(key) < sizeof c->last && mlt_log_key_number(key, &c->number);
        if (strlen(key) < sizeof c->last)
            strcpy(c->last, key);
        if (numbered)
            return true;
        if (!tell(a, err, "the record %.100s of the audit log is surplus: it is no number", key))
            return false;
        if (strlen(key) >= sizeof c->last)
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "the audit log has a record with a name of %zu bytes", strlen(key));
    }
}

/* The number that an entry gives itself, which every entry begins with; 0: none. */
static uint64_t own_number(const char *json)
{
    static const char begin[] = "{\"n\":";
    uint64_t number = 0;
    if (!mlt_str_starts(json, begin))
        return 0;
    for (const char *at = json + strlen(begin); *at >= '0' && *at <= '9' && number < 1000000000000;
         at++)
        number = number * 10 + (uint64_t)(*at - '0');
    return number;
}

/* Where no leaf is known. */
static bool gap(struct audit *a, uint64_t from, uint64_t to, struct mlt_err *err)
{
    a->broken = true;
    return from == to
               ? tell(a, err, "entry %" PRIu64 " of the audit log is missing", from)
               : tell(a, err, "entries %" PRIu64 " to %" PRIu64 " of the audit log are missing",
                      from, to);
}

/* Entry n against its digest; `leaf` becomes what was logged, where that is known. */
static bool check_entry(struct audit *a, uint64_t n, const char *json, const char *digest,
                        struct mlt_merkle_hash *leaf, struct mlt_err *err)
{
    struct mlt_merkle_hash actual;
    bool known = digest && mlt_hash_from_hex(digest, leaf->bytes);
    if (!json)
        return (known || (a->broken = true)) &&
               tell(a, err, "entry %" PRIu64 " of the audit log is missing", n);
    if (!mlt_merkle_leaf(json, strlen(json), &actual, err))
        return false;
    uint64_t says = own_number(json);
    bool same = known && memcmp(actual.bytes, leaf->bytes, sizeof actual.bytes) == 0;
    if (!known)
        *leaf = actual;
    if (says && says != n)
        return tell(a, err,
                    "entry %" PRIu64 " of the audit log is out of place: in its place is what says "
                    "that it is entry %" PRIu64,
                    n, says);
    if (!known)
        return tell(a, err, "the digest of entry %" PRIu64 " of the audit log is missing", n);
    return same ||
           tell(a, err,
                "entry %" PRIu64 " of the audit log was altered: its digest is %02x%02x%02x"
                "%02x…, and %.8s… was logged",
                n, actual.bytes[0], actual.bytes[1], actual.bytes[2], actual.bytes[3], digest);
}

/* What a root that differs means, as far as it can be told. */
static bool tell_rewritten(struct audit *a, const struct mlt_log_checkpoint *c, struct mlt_err *err)
{
    return tell(a, err,
                "the first %" PRIu64
                " entries of the audit log are not those that %s knew%s%s: one "
                "of the entries %" PRIu64 " to %" PRIu64 " was altered, and its digest with it",
                c->checkpoint.size, c->name, c->at ? ", signed at " : "", c->at ? c->at : "",
                a->held + 1, c->checkpoint.size);
}

/* The tree has `tree.size` entries now: whoever knows this size knows its root. */
static bool check_roots(struct audit *a, struct mlt_err *err)
{
    struct mlt_merkle_hash root;
    uint64_t size = a->tree.size;
    bool due = a->has_head && size == a->head.frontier.size;
    bool asked = a->next_checkpoint < a->checkpoint_count &&
                 a->checkpoints[a->next_checkpoint].checkpoint.size == size;
    if (a->broken || (!due && !asked))
        return true;
    if (!mlt_merkle_root(&a->tree, &root, err))
        return false;
    if (due && memcmp(root.bytes, a->head.root.bytes, sizeof root.bytes) != 0 &&
        !tell(a, err,
              "the head of the audit log has another root than its %" PRIu64
              " entries: an entry was altered together with its digest, or the head was",
              size))
        return false;
    for (; a->next_checkpoint < a->checkpoint_count; a->next_checkpoint++) {
        const struct mlt_log_checkpoint *c = &a->checkpoints[a->next_checkpoint];
        if (c->checkpoint.size != size)
            break;
        if (memcmp(root.bytes, c->checkpoint.root.bytes, sizeof root.bytes) == 0)
            a->held = size;
        else if (!tell_rewritten(a, c, err))
            return false;
    }
    return true;
}

static bool walk(struct audit *a, struct cursor *entries, struct cursor *leaves,
                 struct mlt_err *err)
{
    uint64_t n = 1;
    if (!advance(entries, a, err) || !advance(leaves, a, err))
        return false;
    for (;; n++) {
        uint64_t nearest = entries->number < leaves->number ? entries->number : leaves->number;
        if (nearest == UINT64_MAX)
            break;
        if (nearest > n && !gap(a, n, nearest - 1, err))
            return false;
        n = nearest;
        const char *json = entries->number == n ? entries->page[entries->at].value : NULL;
        const char *digest = leaves->number == n ? leaves->page[leaves->at].value : NULL;
        struct mlt_merkle_hash leaf = {{0}};
        if (!check_entry(a, n, json, digest, &leaf, err))
            return false;
        a->out->entries = n;
        if (!a->broken && (!mlt_merkle_append(&a->tree, &leaf, err) || !check_roots(a, err)))
            return false;
        if ((json && !advance(entries, a, err)) || (digest && !advance(leaves, a, err)))
            return false;
    }
    return true;
}

/* What the head and the checkpoints know behind the last entry that is there. */
static bool check_end(struct audit *a, struct mlt_err *err)
{
    uint64_t last = a->out->entries;
    /* Others may have logged since the head was read. */
    if (a->has_head && last > a->head.frontier.size &&
        !mlt_log_head_read(a->registry, &a->arena, &a->head, err) && !tell_error(a, err))
        return false;
    uint64_t size = a->has_head ? a->head.frontier.size : last;
    if (last < size && !gap(a, last + 1, size, err))
        return false;
    if (last > size && !tell(a, err,
                             "entries %" PRIu64 " to %" PRIu64
                             " of the audit log are surplus: its head counts only %" PRIu64,
                             size + 1, last, size))
        return false;
    for (size_t i = a->next_checkpoint; i < a->checkpoint_count; i++) {
        const struct mlt_log_checkpoint *c = &a->checkpoints[i];
        if (c->checkpoint.size > last && c->checkpoint.size > size &&
            !tell(a, err,
                  "the audit log was cut: it ends at entry %" PRIu64 ", and %s%s%s knew %" PRIu64
                  " entries",
                  last, c->name, c->at ? ", signed at " : "", c->at ? c->at : "",
                  c->checkpoint.size))
            return false;
    }
    return true;
}

/* Whether the key beside a checkpoint has signed it, or one of those that count. */
static bool check_signature(struct audit *a, const struct mlt_log_checkpoint *c,
                            struct mlt_err *err)
{
    struct mlt_key *own = NULL;
    bool good = false;
    if (a->request->key_count) {
        if (!mlt_checkpoint_verify(&c->checkpoint, a->request->keys, a->request->key_count, &good,
                                   NULL, err))
            return false;
        return good || tell(a, err, "%s is signed by no key that counts", c->name);
    }
    if (!c->public_key)
        return true;
    bool ok = mlt_key_public_parse(c->public_key, strlen(c->public_key), &own, err) &&
              mlt_checkpoint_verify(&c->checkpoint, &own, 1, &good, NULL, err);
    mlt_key_free(own);
    if (!ok)
        return tell_error(a, err);
    return good || tell(a, err, "%s was altered: its signature does not hold", c->name);
}

static int by_size(const void *left, const void *right)
{
    const struct mlt_log_checkpoint *a = left, *b = right;
    return (a->checkpoint.size > b->checkpoint.size) - (a->checkpoint.size < b->checkpoint.size);
}

static bool collect(struct audit *a, struct mlt_err *err)
{
    const struct mlt_log_verify_request *r = a->request;
    struct mlt_log_checkpoint *kept = NULL;
    size_t count = 0;
    if (!mlt_registry_log_checkpoints(a->registry, &a->arena, &kept, &count, err) &&
        !tell_error(a, err))
        return false;
    a->checkpoints = mlt_arena_calloc(&a->arena, count + r->elsewhere_count, sizeof *kept);
    if (!a->checkpoints)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        a->checkpoints[a->checkpoint_count++] = kept[i];
    for (size_t i = 0; i < r->elsewhere_count; i++)
        a->checkpoints[a->checkpoint_count++] = r->elsewhere[i];
    if (a->checkpoint_count)
        qsort(a->checkpoints, a->checkpoint_count, sizeof *a->checkpoints, by_size);
    a->out->checkpoints = a->checkpoint_count;
    for (size_t i = 0; i < a->checkpoint_count; i++)
        if (!check_signature(a, &a->checkpoints[i], err))
            return false;
    return true;
}

/* Each checkpoint must be one of this log. */
static bool check_origins(struct audit *a, struct mlt_err *err)
{
    const char *origin;
    if (!a->checkpoint_count)
        return true;
    if (!mlt_registry_log_origin(a->registry, &a->arena, &origin, err)) {
        if (err->kind != MLT_ERR_USAGE)
            return tell_error(a, err);
        *err = (struct mlt_err)MLT_ERR_INIT; /* no first digest: told by the walk */
        return true;
    }
    for (size_t i = 0; i < a->checkpoint_count; i++)
        if (strcmp(a->checkpoints[i].checkpoint.origin, origin) != 0 &&
            !tell(a, err, "%s is of the log %.100s, and this one is %s", a->checkpoints[i].name,
                  a->checkpoints[i].checkpoint.origin, origin))
            return false;
    return true;
}

bool mlt_registry_log_verify(struct mlt_registry *registry,
                             const struct mlt_log_verify_request *request,
                             struct mlt_log_verified *out, struct mlt_err *err)
{
    struct audit a = {.registry = registry, .request = request, .out = out};
    struct cursor entries = {.registry = registry, .kind = "entry/"};
    struct cursor leaves = {.registry = registry, .kind = "leaf/"};
    memset(out, 0, sizeof *out);
    /* The checkpoints come before the head: what they know it knows, also while others write. */
    bool ok = mlt_log_settled(registry, err) && collect(&a, err) && check_origins(&a, err);
    if (ok) {
        a.has_head = mlt_log_head_read(registry, &a.arena, &a.head, err);
        ok = a.has_head || tell_error(&a, err);
    }
    ok = ok && walk(&a, &entries, &leaves, err) && check_end(&a, err) &&
         mlt_merkle_root(&a.tree, &out->root, err);
    if (ok && out->faults > TOLD_MAX) {
        struct mlt_buf text = MLT_BUF_INIT;
        mlt_buf_printf(&text, "and %zu more faults of the audit log", out->faults - TOLD_MAX);
        request->fault(request->context, text.data);
        mlt_buf_free(&text);
    }
    mlt_arena_free(&entries.arena);
    mlt_arena_free(&leaves.arena);
    mlt_arena_free(&a.arena);
    return ok;
}

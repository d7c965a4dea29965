#include "harness/compat/lineage.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/compat/drift.h"

/* One hyperparameter, nested ones with their path: "tree.depth". */
struct entry {
    const char *name, *value;
};

struct entries {
    struct entry *items;
    size_t count, capacity;
};

struct lineage {
    struct mlt_arena *arena;
    struct mlt_compat_change *items;
    size_t count, capacity;
};

static bool add(struct lineage *l, enum mlt_part part, enum mlt_compat_kind kind, const char *field,
                const char *from, const char *to, struct mlt_err *err)
{
    struct mlt_compat_change *grown =
        mlt_arena_grow(l->arena, l->items, l->count, &l->capacity, sizeof *grown);
    if (!grown)
        return mlt_err_oom(err);
    l->items = grown;
    l->items[l->count] = (struct mlt_compat_change){
        .part = part, .kind = kind, .field = field, .from = from, .to = to};
    struct mlt_compat_change *item = &l->items[l->count++];
    item->needs = mlt_compat_needs(part, kind, NULL, &item->notice);
    return true;
}

static bool put(struct entries *entries, const char *name, const char *value,
                struct mlt_arena *arena, struct mlt_err *err)
{
    struct entry *grown =
        mlt_arena_grow(arena, entries->items, entries->count, &entries->capacity, sizeof *grown);
    if (!name || !value || !grown)
        return mlt_err_oom(err);
    entries->items = grown;
    entries->items[entries->count++] = (struct entry){name, value};
    return true;
}

static bool flatten(const struct mlt_json *node, const char *name, struct mlt_arena *arena,
                    struct entries *out, struct mlt_err *err)
{
    if (mlt_json_type(node) == MLT_JSON_OBJECT && mlt_json_count(node)) {
        for (const struct mlt_json *at = mlt_json_first(node); at; at = mlt_json_next(at)) {
            const char *path = name ? mlt_arena_printf(arena, "%s.%s", name, mlt_json_key(at))
                                    : mlt_arena_strdup(arena, mlt_json_key(at));
            if (!path)
                return mlt_err_oom(err);
            if (!flatten(at, path, arena, out, err))
                return false;
        }
        return true;
    }
    if (!name)
        return true;
    const char *text = mlt_json_node_text(node, arena, err);
    return text && put(out, name, text, arena, err);
}

static int by_name(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static bool read_entries(const char *text, struct mlt_arena *arena, struct entries *out,
                         struct mlt_err *err)
{
    struct mlt_json *document;
    if (!mlt_json_parse("hyperparameters", text, strlen(text), &document, err))
        return false;
    bool ok = flatten(document, NULL, arena, out, err);
    mlt_json_free(document);
    if (ok && out->count)
        qsort(out->items, out->count, sizeof *out->items, by_name);
    return ok;
}

static enum mlt_compat_kind kind_of(const char *name)
{
    return strcmp(name, "architecture") == 0 ? MLT_COMPAT_ARCHITECTURE : MLT_COMPAT_TUNED;
}

static bool hyperparameters(struct lineage *l, const struct mlt_metadata *from,
                            const struct mlt_metadata *to, struct mlt_err *err)
{
    struct entries old = {0}, new = {0};
    if (!read_entries(from->hyperparameters, l->arena, &old, err) ||
        !read_entries(to->hyperparameters, l->arena, &new, err))
        return false;
    for (size_t i = 0, k = 0; i < old.count || k < new.count;) {
        int order = i == old.count   ? 1
                    : k == new.count ? -1
                                     : strcmp(old.items[i].name, new.items[k].name);
        const struct entry *a = order <= 0 ? &old.items[i++] : NULL;
        const struct entry *b = order >= 0 ? &new.items[k++] : NULL;
        const char *name = a ? a->name : b->name;
        if (a && b && strcmp(a->value, b->value) == 0)
            continue;
        if (!add(l, MLT_PART_HYPERPARAMETER, kind_of(name), name, a ? a->value : "nothing",
                 b ? b->value : "nothing", err))
            return false;
    }
    return true;
}

static bool framework(struct lineage *l, const struct mlt_metadata *from,
                      const struct mlt_metadata *to, struct mlt_err *err)
{
    if (strcmp(from->framework, to->framework) != 0)
        return add(l, MLT_PART_FRAMEWORK, MLT_COMPAT_FRAMEWORK, NULL, from->framework,
                   to->framework, err);
    return strcmp(from->framework_version, to->framework_version) == 0 ||
           add(l, MLT_PART_FRAMEWORK, MLT_COMPAT_FRAMEWORK_VERSION, from->framework,
               from->framework_version, to->framework_version, err);
}

/* What the two profiles say; "" where one of them is missing. */
static bool measure(struct lineage *l, const struct mlt_metadata *from,
                    const struct mlt_metadata *to, enum mlt_drift *verdict, const char **text,
                    struct mlt_err *err)
{
    struct mlt_drift_report report;
    struct mlt_buf words = MLT_BUF_INIT;
    *verdict = MLT_DRIFT_UNKNOWN;
    *text = "not measured: both versions need a training_data_profile";
    if (!from->data_profile || !to->data_profile)
        return true;
    if (!mlt_drift_compare(from->data_profile, to->data_profile, l->arena, &report, err))
        return false;
    mlt_buf_puts(&words, report.verdict == MLT_DRIFT_UNKNOWN ? "cannot be told: " : "measured: ");
    mlt_drift_print(&report, &words);
    *verdict = report.verdict;
    *text = words.oom ? NULL : mlt_arena_strndup(l->arena, words.data, words.len);
    mlt_buf_free(&words);
    return *text || mlt_err_oom(err);
}

/* A measurement beats a declaration, unless the declaration is the graver one. */
static enum mlt_compat_kind data_kind(const struct mlt_metadata *to, enum mlt_drift measured)
{
    bool declared = to->data_change_because;
    if (measured == MLT_DRIFT_SUBSTANTIAL)
        return declared && !to->data_change_substantial ? MLT_COMPAT_DATA_DENIED
                                                        : MLT_COMPAT_DATA_SUBSTANTIAL;
    bool little = declared ? !to->data_change_substantial : measured == MLT_DRIFT_LITTLE;
    return little ? MLT_COMPAT_DATA : MLT_COMPAT_DATA_SUBSTANTIAL;
}

static bool training_data(struct lineage *l, const struct mlt_metadata *from,
                          const struct mlt_metadata *to, struct mlt_err *err)
{
    enum mlt_drift measured;
    const char *said = to->data_change_because, *detail;
    if (strcmp(from->training_dataset_hash, to->training_dataset_hash) == 0)
        return true;
    if (!measure(l, from, to, &measured, &detail, err))
        return false;
    bool silent = !said && measured == MLT_DRIFT_UNKNOWN;
    const char *before = mlt_arena_printf(l->arena, "%s %.15s…", from->training_dataset,
                                          from->training_dataset_hash);
    const char *after = mlt_arena_printf(l->arena, "%s %.15s…%s%s%s", to->training_dataset,
                                         to->training_dataset_hash,
                                         said     ? " (declared: "
                                         : silent ? " (training_data_change does not say how much"
                                                  : "",
                                         said ? said : "", said || silent ? ")" : "");
    if (!before || !after)
        return mlt_err_oom(err);
    if (!add(l, MLT_PART_TRAINING_DATA, data_kind(to, measured), NULL, before, after, err))
        return false;
    l->items[l->count - 1].detail = detail;
    return true;
}

static const char *range_of(const struct mlt_metadata *metadata, const char *name)
{
    for (size_t i = 0; i < metadata->dependency_count; i++)
        if (strcmp(metadata->dependencies[i].name, name) == 0)
            return metadata->dependencies[i].version;
    return NULL;
}

static bool dependencies(struct lineage *l, const struct mlt_metadata *from,
                         const struct mlt_metadata *to, struct mlt_err *err)
{
    for (size_t i = 0; i < from->dependency_count; i++) {
        const struct mlt_dependency *d = &from->dependencies[i];
        const char *now = range_of(to, d->name);
        if (!mlt_str_eq(now, d->version) && !add(l, MLT_PART_DEPENDENCY, MLT_COMPAT_DEPENDENCY,
                                                 d->name, d->version, now ? now : "nothing", err))
            return false;
    }
    for (size_t i = 0; i < to->dependency_count; i++) {
        const struct mlt_dependency *d = &to->dependencies[i];
        if (!range_of(from, d->name) && !add(l, MLT_PART_DEPENDENCY, MLT_COMPAT_DEPENDENCY, d->name,
                                             "nothing", d->version, err))
            return false;
    }
    return true;
}

bool mlt_compat_lineage(const struct mlt_metadata *from, const struct mlt_metadata *to,
                        struct mlt_arena *arena, struct mlt_compat_change **out, size_t *out_count,
                        struct mlt_err *err)
{
    struct lineage l = {.arena = arena};
    if (!hyperparameters(&l, from, to, err) || !framework(&l, from, to, err) ||
        !training_data(&l, from, to, err) || !dependencies(&l, from, to, err))
        return false;
    *out = l.items;
    *out_count = l.count;
    return true;
}

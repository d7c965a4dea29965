#include "harness/domain/metadata.h"

#include <stdio.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/hash.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/domain/semver.h"

/* The first fault in full, of the others the fields. */
struct faults {
    const char *file;
    char first[1024];
    struct mlt_buf others;
    size_t count;
};

static void fault(struct faults *faults, const char *field, const char *fmt, ...) MLT_PRINTF(3, 4);

static void fault(struct faults *faults, const char *field, const char *fmt, ...)
{
    struct mlt_buf text = MLT_BUF_INIT;
    va_list args;
    va_start(args, fmt);
    mlt_buf_vprintf(&text, fmt, args);
    va_end(args);
    if (faults->count++ == 0)
        snprintf(faults->first, sizeof faults->first, "%s: %.60s: %s", faults->file, field,
                 text.data);
    else
        mlt_buf_printf(&faults->others, "%s%.60s", faults->count > 2 ? ", " : "", field);
    mlt_buf_free(&text);
}

static bool report(struct faults *faults, struct mlt_err *err)
{
    bool ok = faults->count == 0;
    if (faults->count == 1)
        mlt_err_set(err, MLT_ERR_USAGE, "%s", faults->first);
    else if (!ok)
        mlt_err_set(err, MLT_ERR_USAGE, "%s; and %zu more: %.700s", faults->first,
                    faults->count - 1, faults->others.data);
    mlt_buf_free(&faults->others);
    return ok;
}

static const char *type_of(const struct mlt_json *node)
{
    return mlt_json_type_name(mlt_json_type(node));
}

static void check_text(struct faults *faults, const char *field, const struct mlt_json *node)
{
    const char *text = mlt_json_string(node);
    if (!text)
        fault(faults, field, "expected text, found %s", type_of(node));
    else if (text[strspn(text, " \t\r\n")] == '\0')
        fault(faults, field, "expected text, found nothing but spaces");
}

static void check_time(struct faults *faults, const char *field, const struct mlt_json *node)
{
    const char *text = mlt_json_string(node);
    int64_t when;
    if (!text)
        fault(faults, field, "expected a time such as 2023-04-15T14:32:00Z, found %s",
              type_of(node));
    else if (!mlt_clock_parse(text, &when))
        fault(faults, field, "expected a time such as 2023-04-15T14:32:00Z, found \"%.60s\"", text);
}

static void check_hash(struct faults *faults, const char *field, const struct mlt_json *node)
{
    const char *text = mlt_json_string(node);
    if (!text)
        fault(faults, field, "expected sha256: and 64 hex digits, found %s", type_of(node));
    else if (!mlt_str_starts(text, "sha256:") || !mlt_hash_is_hex(text + 7))
        fault(faults, field, "expected sha256: and 64 lower-case hex digits, found \"%.80s\"",
              text);
}

static void check_object(struct faults *faults, const char *field, const struct mlt_json *node)
{
    if (mlt_json_type(node) != MLT_JSON_OBJECT)
        fault(faults, field, "expected an object, found %s", type_of(node));
}

static void check_figures(struct faults *faults, const char *field, const struct mlt_json *node)
{
    double value;
    check_object(faults, field, node);
    if (mlt_json_type(node) != MLT_JSON_OBJECT)
        return;
    for (const struct mlt_json *at = mlt_json_first(node); at; at = mlt_json_next(at))
        if (!mlt_json_number(at, &value))
            fault(faults, field, "expected a number for \"%.60s\", found %s", mlt_json_key(at),
                  type_of(at));
}

static void check_texts(struct faults *faults, const char *field, const struct mlt_json *node)
{
    if (mlt_json_type(node) != MLT_JSON_ARRAY) {
        fault(faults, field, "expected a list of texts, found %s", type_of(node));
        return;
    }
    for (const struct mlt_json *at = mlt_json_first(node); at; at = mlt_json_next(at))
        if (!mlt_json_string(at))
            fault(faults, field, "expected a list of texts, found %s in it", type_of(at));
}

static void check_version(struct faults *faults, const char *field, const struct mlt_json *node)
{
    struct mlt_semver v;
    struct mlt_err err = MLT_ERR_INIT;
    const char *text = mlt_json_string(node);
    if (!text)
        fault(faults, field, "expected a version, found %s", type_of(node));
    else if (!mlt_semver_parse(text, &v, &err))
        fault(faults, field, "%s", err.text);
}

static void check_name(struct faults *faults, const char *field, const struct mlt_json *node)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *text = mlt_json_string(node);
    if (!text)
        fault(faults, field, "expected a model's name, found %s", type_of(node));
    else if (!mlt_model_name_check(text, &err))
        fault(faults, field, "%s", err.text);
}

static void check_dependency(struct faults *faults, const char *field, const struct mlt_json *node)
{
    static const char *const keys[] = {"name", "version", NULL};
    static const struct mlt_semver any = {.major = 1};
    struct mlt_err err = MLT_ERR_INIT;
    bool ok;
    if (mlt_json_type(node) != MLT_JSON_OBJECT) {
        fault(faults, field, "expected {\"name\", \"version\"}, found %s", type_of(node));
        return;
    }
    for (const struct mlt_json *at = mlt_json_first(node); at; at = mlt_json_next(at))
        if (strcmp(mlt_json_key(at), "name") != 0 && strcmp(mlt_json_key(at), "version") != 0) {
            const char *nearest = mlt_str_nearest(mlt_json_key(at), keys);
            fault(faults, field, "unknown field \"%.60s\"%s%s%s", mlt_json_key(at),
                  nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                  nearest ? "\"?" : ": expected name and version");
        }
    const char *name = mlt_json_string(mlt_json_get(node, "name"));
    const char *range = mlt_json_string(mlt_json_get(node, "version"));
    if (!name || !range)
        fault(faults, field, "expected {\"name\": TEXT, \"version\": RANGE}, %s is missing",
              name ? "version" : "name");
    else if (!mlt_model_name_check(name, &err) || !mlt_semver_satisfies(&any, range, &ok, &err))
        fault(faults, field, "%s", err.text);
}

static void check_dependencies(struct faults *faults, const char *field,
                               const struct mlt_json *node)
{
    size_t i = 0;
    char name[64];
    if (mlt_json_type(node) != MLT_JSON_ARRAY) {
        fault(faults, field, "expected a list, found %s", type_of(node));
        return;
    }
    for (const struct mlt_json *at = mlt_json_first(node); at; at = mlt_json_next(at)) {
        snprintf(name, sizeof name, "%s[%zu]", field, i++);
        check_dependency(faults, name, at);
    }
}

/* Text says where it is from, an object so that it can be checked. */
static void check_source(struct faults *faults, const char *field, const struct mlt_json *node)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_source source;
    enum mlt_json_type type = mlt_json_type(node);
    if (type != MLT_JSON_STRING && type != MLT_JSON_OBJECT)
        fault(faults, field, "expected text or an object, found %s", type_of(node));
    else if (type == MLT_JSON_OBJECT && !mlt_source_decode(node, &arena, &source, &err))
        fault(faults, field, "%s", err.text);
    mlt_arena_free(&arena);
}

static void check_data_change(struct faults *faults, const char *field, const struct mlt_json *node)
{
    bool substantial;
    const char *because = mlt_json_string(mlt_json_get(node, "because"));
    if (!mlt_json_bool(mlt_json_get(node, "substantial"), &substantial) || !because ||
        because[strspn(because, " \t\r\n")] == '\0' || mlt_json_count(node) != 2)
        fault(faults, field,
              "expected {\"substantial\": true or false, \"because\": TEXT}, found %s",
              type_of(node));
}

static const struct field {
    const char *name;
    bool required;
    void (*check)(struct faults *faults, const char *field, const struct mlt_json *node);
} fields[] = {
    {"model_name", true, check_name},
    {"version", true, check_version},
    {"created_at", true, check_time},
    {"created_by", true, check_text},
    {"framework", true, check_text},
    {"framework_version", true, check_text},
    {"python_version", true, check_text},
    {"training_dataset", true, check_text},
    {"training_dataset_hash", true, check_hash},
    {"hyperparameters", true, check_object},
    {"performance_metrics", true, check_figures},
    {"dependencies", true, check_dependencies},
    {"tags", true, check_texts},
    {"changelog", true, check_text},
    {"approval_status", false, check_text},
    {"approval_date", false, check_time},
    {"approved_by", false, check_text},
    {"deployment_environments", false, check_texts},
    {"documentation_url", false, check_text},
    {"source", false, check_source},
    {"training_data_change", false, check_data_change},
    {"training_data_profile", false, check_object},
};
enum { FIELD_COUNT = sizeof fields / sizeof *fields };

static void check_known(struct faults *faults, const struct mlt_json *document)
{
    const char *names[FIELD_COUNT + 1] = {NULL};
    for (size_t i = 0; i < FIELD_COUNT; i++)
        names[i] = fields[i].name;
    for (const struct mlt_json *at = mlt_json_first(document); at; at = mlt_json_next(at)) {
        const char *key = mlt_json_key(at);
        size_t i = 0;
        while (i < FIELD_COUNT && strcmp(fields[i].name, key) != 0)
            i++;
        if (i < FIELD_COUNT)
            continue;
        const char *nearest = mlt_str_nearest(key, names);
        fault(faults, key, "unknown field%s%s%s", nearest ? "; did you mean \"" : "",
              nearest ? nearest : "", nearest ? "\"?" : "");
    }
}

static void check_is(struct faults *faults, const struct mlt_json *document, const char *field,
                     const char *wanted)
{
    const char *text = mlt_json_string(mlt_json_get(document, field));
    if (wanted && text && strcmp(text, wanted) != 0)
        fault(faults, field, "expected \"%.140s\", found \"%.140s\"", wanted, text);
}

/* A version whose own number is in the range it asks for. An earlier version of the same model is a
 * dependency like any other. */
static void check_itself(struct faults *faults, const struct mlt_json *document)
{
    const char *model = mlt_json_string(mlt_json_get(document, "model_name"));
    const char *version = mlt_json_string(mlt_json_get(document, "version"));
    const struct mlt_json *at = mlt_json_first(mlt_json_get(document, "dependencies"));
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_semver v;
    char field[64];
    if (!model || !version || !mlt_semver_parse(version, &v, &err))
        return;
    for (size_t i = 0; at; at = mlt_json_next(at), i++) {
        const char *range = mlt_json_string(mlt_json_get(at, "version"));
        bool within;
        if (!range || !mlt_str_eq(mlt_json_string(mlt_json_get(at, "name")), model) ||
            !mlt_semver_satisfies(&v, range, &within, &err) || !within)
            continue;
        snprintf(field, sizeof field, "dependencies[%zu]", i);
        fault(faults, field,
              "%s@%s -> %s@%s: it would need itself, which is in the range \"%.60s\"", model,
              version, model, version, range);
    }
}

static bool check(const char *file, const struct mlt_json *document, const char *model,
                  const char *version, struct mlt_err *err)
{
    struct faults faults = {file, "", MLT_BUF_INIT, 0};
    if (mlt_json_type(document) != MLT_JSON_OBJECT)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s: expected an object, found %s", file,
                           type_of(document));
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct mlt_json *node = mlt_json_get(document, fields[i].name);
        if (node)
            fields[i].check(&faults, fields[i].name, node);
        else if (fields[i].required)
            fault(&faults, fields[i].name, "this field is missing");
    }
    check_is(&faults, document, "model_name", model);
    check_is(&faults, document, "version", version);
    check_known(&faults, document);
    check_itself(&faults, document);
    return report(&faults, err);
}

static const char *copy(const struct mlt_json *object, const char *key, struct mlt_arena *arena,
                        bool *ok)
{
    const char *text = mlt_json_string(mlt_json_get(object, key));
    const char *copied = mlt_arena_strdup(arena, text);
    if (text && !copied)
        *ok = false;
    return copied;
}

static bool extract_figures(const struct mlt_json *object, struct mlt_arena *arena,
                            struct mlt_metadata *out, struct mlt_err *err)
{
    bool ok = true;
    out->performance_metrics =
        mlt_arena_calloc(arena, mlt_json_count(object), sizeof *out->performance_metrics);
    if (!out->performance_metrics)
        return mlt_err_oom(err);
    for (const struct mlt_json *at = mlt_json_first(object); at; at = mlt_json_next(at)) {
        struct mlt_metrics_value *v = &out->performance_metrics[out->performance_metric_count];
        v->name = mlt_arena_strdup(arena, mlt_json_key(at));
        ok = ok && v->name;
        if (mlt_json_number(at, &v->value))
            out->performance_metric_count++;
    }
    return ok || mlt_err_oom(err);
}

static bool extract_source(const struct mlt_json *node, struct mlt_arena *arena,
                           struct mlt_metadata *out, struct mlt_err *err)
{
    if (mlt_json_type(node) != MLT_JSON_OBJECT)
        return true;
    struct mlt_source *source = mlt_arena_alloc(arena, sizeof *source);
    out->source = source;
    return source ? mlt_source_decode(node, arena, source, err) : mlt_err_oom(err);
}

/* NULL where there is none. A profile that was copied from another version's metadata would make
 * any data look alike: it says of which data it is. */
static bool read_profile(const char *file, const struct mlt_json *node, const char *dataset_hash,
                         struct mlt_arena *arena, const struct mlt_data_profile **out,
                         struct mlt_err *err)
{
    struct mlt_data_profile *profile = mlt_arena_alloc(arena, sizeof *profile);
    if (!profile)
        return mlt_err_oom(err);
    *out = node ? profile : NULL;
    if (!node)
        return true;
    if (!mlt_data_profile_decode(node, arena, profile, err))
        return mlt_err_prefix(err, "%s: training_data_profile", file);
    return strcmp(profile->dataset_hash, dataset_hash) == 0 ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "%s: training_data_profile is of the data %.15s…, and "
                       "training_dataset_hash names %.15s…: make it anew with mltest registry "
                       "profile",
                       file, profile->dataset_hash, dataset_hash);
}

static bool extract(const struct mlt_json *document, struct mlt_arena *arena,
                    struct mlt_metadata *out, struct mlt_err *err)
{
    bool ok = true;
    struct mlt_metadata m = {
        .model_name = copy(document, "model_name", arena, &ok),
        .version = copy(document, "version", arena, &ok),
        .created_at = copy(document, "created_at", arena, &ok),
        .created_by = copy(document, "created_by", arena, &ok),
        .framework = copy(document, "framework", arena, &ok),
        .framework_version = copy(document, "framework_version", arena, &ok),
        .training_dataset = copy(document, "training_dataset", arena, &ok),
        .training_dataset_hash = copy(document, "training_dataset_hash", arena, &ok),
        .changelog = copy(document, "changelog", arena, &ok),
        .documentation_url = copy(document, "documentation_url", arena, &ok),
        .hyperparameters =
            mlt_json_node_text(mlt_json_get(document, "hyperparameters"), arena, err),
    };
    const struct mlt_json *change = mlt_json_get(document, "training_data_change");
    m.data_change_because = copy(change, "because", arena, &ok);
    (void)mlt_json_bool(mlt_json_get(change, "substantial"), &m.data_change_substantial);
    const struct mlt_json *source = mlt_json_get(document, "source");
    if (source && !extract_source(source, arena, &m, err))
        return false;
    const struct mlt_json *list = mlt_json_get(document, "dependencies");
    m.dependencies = mlt_arena_calloc(arena, mlt_json_count(list), sizeof *m.dependencies);
    if (!ok || !m.dependencies || !m.hyperparameters)
        return mlt_err_oom(err);
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at)) {
        struct mlt_dependency *dependency = &m.dependencies[m.dependency_count++];
        dependency->name = copy(at, "name", arena, &ok);
        dependency->version = copy(at, "version", arena, &ok);
    }
    if (!ok)
        return mlt_err_oom(err);
    *out = m;
    return extract_figures(mlt_json_get(document, "performance_metrics"), arena, out, err);
}

bool mlt_metadata_parse(const char *file, const char *text, size_t len, const char *model,
                        const char *version, struct mlt_arena *arena, struct mlt_metadata *out,
                        struct mlt_err *err)
{
    struct mlt_json *document;
    struct mlt_metadata m;
    if (!mlt_json_parse(file, text, len, &document, err))
        return false;
    bool ok = check(file, document, model, version, err) && extract(document, arena, &m, err) &&
              read_profile(file, mlt_json_get(document, "training_data_profile"),
                           m.training_dataset_hash, arena, &m.data_profile, err);
    if (ok)
        *out = m;
    mlt_json_free(document);
    return ok;
}

#include "gates/collect/usage.h"

#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "harness/domain/field.h"
#include "harness/domain/semver.h"

enum { DAY_S = 86400, SKEW_S = 300, CLIENTS_MAX = 100000, NAME_BYTES = 200 };

static bool has_only(struct mlt_field_reader *r, size_t count)
{
    if (!r->failed && mlt_json_count(r->object) != count) {
        r->failed = true;
        return mlt_err_set(r->err, MLT_ERR_EVIDENCE, "%s has other fields than it should",
                           r->record);
    }
    return !r->failed;
}

static int64_t read_time(struct mlt_field_reader *r, const char *key)
{
    int64_t when = 0;
    const char *text = mlt_field_text(r, key);
    if (text && !mlt_clock_parse(text, &when))
        mlt_field_fault(r, key, "a time such as 2026-01-31T00:00:00Z");
    return when;
}

static bool read_client(const struct mlt_json *node, const struct mlt_semver *subject,
                        struct mlt_arena *arena, struct mlt_usage *out, struct mlt_err *err)
{
    struct mlt_field_reader r = mlt_field_reader(node, "a client", arena, err);
    struct mlt_err ignored = MLT_ERR_INIT;
    struct mlt_semver version;
    const char *name = mlt_field_text(&r, "name"), *text = mlt_field_text(&r, "version");
    if (!has_only(&r, 2))
        return false;
    if (!*name || strlen(name) > NAME_BYTES)
        mlt_field_fault(&r, "name", "a text of 1 to 200 bytes");
    else if (!mlt_semver_parse(text, &version, &ignored))
        mlt_field_fault(&r, "version", "a version such as 1.1.0");
    if (!mlt_field_finish(&r))
        return false;
    out->clients++;
    out->clients_behind += mlt_semver_compare(&version, subject) <= 0;
    return true;
}

static bool read_clients(struct mlt_field_reader *r, const struct mlt_semver *subject,
                         struct mlt_usage *out)
{
    const struct mlt_json *list = mlt_json_get(r->object, "clients");
    if (!list || mlt_json_type(list) != MLT_JSON_ARRAY || mlt_json_count(list) > CLIENTS_MAX) {
        mlt_field_fault(r, "clients", "a list of at most 100,000 clients");
        return false;
    }
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at))
        if (!read_client(at, subject, r->arena, out, r->err))
            return false;
    return true;
}

static bool check_times(const struct mlt_usage_request *request, int64_t as_of, int64_t last_active,
                        struct mlt_err *err)
{
    if (as_of - request->now_s > SKEW_S)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "\"as_of\" lies in the future");
    if (last_active > as_of)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "\"last_active_at\" lies after \"as_of\"");
    if (request->max_age_s > 0 && request->now_s - as_of > request->max_age_s)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "\"as_of\" is longer ago than the policy's max_age of %lld days",
                           (long long)request->max_age_s / DAY_S);
    return true;
}

static bool read_document(const struct mlt_usage_request *request, const struct mlt_json *document,
                          struct mlt_arena *arena, struct mlt_usage *out, struct mlt_err *err)
{
    struct mlt_field_reader r = mlt_field_reader(document, "usage figures", arena, err);
    struct mlt_semver subject;
    int64_t as_of = read_time(&r, "as_of");
    int64_t last_active = request->registered_at_s;
    out->active_users = (long long)mlt_field_count(&r, "active_users");
    const struct mlt_json *last = mlt_json_get(r.object, "last_active_at");
    if (!last || mlt_json_type(last) != MLT_JSON_NULL)
        last_active = read_time(&r, "last_active_at");
    else if (last_active <= 0)
        mlt_field_fault(&r, "last_active_at",
                        "a time, since nobody knows from when on the version could be used");
    else if (last_active > as_of)
        last_active = as_of;
    if (!has_only(&r, 4) || !mlt_semver_parse(request->version, &subject, err) ||
        !read_clients(&r, &subject, out) || !mlt_field_finish(&r) ||
        !check_times(request, as_of, last_active, err))
        return false;
    int64_t until = as_of < request->now_s ? as_of : request->now_s;
    out->idle_days = until > last_active ? (until - last_active) / DAY_S : 0;
    return true;
}

bool mlt_usage_parse(const struct mlt_usage_request *request, const char *text, size_t len,
                     struct mlt_arena *arena, struct mlt_usage *out, const char **fault,
                     struct mlt_err *err)
{
    struct mlt_json *document = NULL;
    struct mlt_err why = MLT_ERR_INIT;
    struct mlt_usage usage = {0};
    bool ok = mlt_json_parse_kept("usage figures", text, len, &document, &why) &&
              read_document(request, document, arena, &usage, &why);
    mlt_json_free(document);
    *fault = NULL;
    if (ok) {
        *out = usage;
        return true;
    }
    if (why.kind == MLT_ERR_INFRA) {
        *err = why;
        return false;
    }
    *fault = mlt_arena_strdup(arena, why.text);
    return *fault || mlt_err_oom(err);
}

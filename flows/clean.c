#include "flows/clean.h"

#include <string.h>

#include "flows/format.h"
#include "flows/setting.h"
#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/registry/clean.h"

static const char default_age[] = "1h";

struct listing {
    struct mlt_buf *out;
    struct mlt_json_out j;
    bool json;
    size_t count, old, removed;
};

static const char *what_of(const struct mlt_leftover *leftover)
{
    if (leftover->removed)
        return "removed";
    if (leftover->is_old)
        return "would be removed";
    return leftover->held ? "is being filled now" : "too young";
}

static void tell_json(struct listing *l, const char *key, const struct mlt_leftover *leftover)
{
    mlt_json_out_object(&l->j);
    mlt_json_out_kstring(&l->j, "path", key);
    mlt_json_out_kstring(&l->j, "what", what_of(leftover));
    mlt_json_out_kint(&l->j, "files", (int64_t)leftover->files);
    mlt_json_out_kint(&l->j, "bytes", (int64_t)leftover->bytes);
    mlt_json_out_kint(&l->j, "age_s", leftover->age_s);
    mlt_json_out_object_end(&l->j);
}

static void tell(void *context, const char *key, const struct mlt_leftover *leftover)
{
    struct listing *l = context;
    char age[32];
    l->count++;
    l->old += leftover->is_old;
    l->removed += leftover->removed;
    if (l->json) {
        tell_json(l, key, leftover);
        return;
    }
    uint64_t seconds = leftover->age_s > 0 ? (uint64_t)leftover->age_s : 0;
    mlt_buf_printf(l->out, "%-19s ", what_of(leftover));
    mlt_str_append_safe(l->out, key, strlen(key), 4096);
    mlt_buf_printf(l->out, "  (%zu file%s, %llu bytes, last changed %s ago)\n", leftover->files,
                   leftover->files == 1 ? "" : "s", (unsigned long long)leftover->bytes,
                   mlt_clock_format_duration(seconds * UINT64_C(1000000000), age));
}

static bool parse(const struct mlt_registry_clean_request *request, bool *json, uint64_t *age_ns,
                  struct mlt_err *err)
{
    const char *age = request->older_than ? request->older_than : default_age;
    if (!mlt_format_is_json(request->format, json, err))
        return false;
    return mlt_str_parse_duration_ns(age, age_ns) ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "--older-than: expected a duration such as 1h or 2d, got \"%.40s\"", age);
}

bool mlt_flow_registry_clean(const struct mlt_registry_clean_request *request,
                             struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct listing listing = {.out = out};
    struct mlt_registry *registry;
    uint64_t age_ns;
    if (!parse(request, &listing.json, &age_ns, err) ||
        !mlt_setting_registry(request->registry, NULL, !request->yes, arena, &registry, err))
        return false;
    const struct mlt_clean_request what = {
        .model = request->model,
        .older_than_s = (int64_t)(age_ns / UINT64_C(1000000000)),
        .remove = request->yes,
        .tell = tell,
        .context = &listing,
    };
    mlt_json_out_init(&listing.j, out, true);
    if (listing.json)
        mlt_json_out_array(&listing.j);
    bool ok = mlt_registry_clean(registry, &what, err);
    if (listing.json) {
        mlt_json_out_array_end(&listing.j);
        mlt_buf_putc(out, '\n');
    } else {
        mlt_buf_printf(out, "%zu leftover%s, %zu %s%s\n", listing.count,
                       listing.count == 1 ? "" : "s", request->yes ? listing.removed : listing.old,
                       request->yes ? "removed" : "to remove",
                       !request->yes && listing.old ? ": say --yes" : "");
    }
    mlt_registry_close(registry);
    return ok && (!listing.json || mlt_json_out_finish(&listing.j, err));
}

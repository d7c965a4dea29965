#include "flows/profile.h"

#include <math.h>
#include <string.h>

#include "flows/setting.h"
#include "harness/base/hash.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/compat/profiling.h"
#include "harness/registry/registry.h"

enum { SHOWN = 10 };

static bool get_version(const struct mlt_profile_request *request, struct mlt_arena *arena,
                        struct mlt_version *out, struct mlt_err *err)
{
    struct mlt_model_ref ref;
    struct mlt_registry *registry = NULL;
    if (mlt_setting_is_folder(request->like))
        return mlt_version_from_dir(request->like, arena, out, err);
    bool ok = mlt_model_ref_parse(request->like, &ref, err) &&
              mlt_setting_registry(request->registry, NULL, true, arena, &registry, err) &&
              mlt_registry_get(registry, ref.model, ref.version, arena, out, err);
    mlt_registry_close(registry);
    return ok;
}

static bool read_like(const struct mlt_profile_request *request, struct mlt_arena *arena,
                      const struct mlt_data_profile **out, struct mlt_err *err)
{
    struct mlt_version version;
    *out = NULL;
    if (!request->like)
        return true;
    if (!get_version(request, arena, &version, err))
        return false;
    *out = version.metadata.data_profile;
    return *out || mlt_err_set(err, MLT_ERR_USAGE,
                               "%s@%s has no training_data_profile in its metadata.json: leave "
                               "--like out, this will be the first",
                               version.model, version.version);
}

static bool read_limit(const struct mlt_profile_request *request,
                       const struct mlt_data_profile *like, double *out, struct mlt_err *err)
{
    *out = like ? like->limit : NAN;
    if (!request->limit)
        return true;
    return (mlt_str_parse_double(request->limit, strlen(request->limit), out) && *out > 0 &&
            *out <= 10) ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "--limit must be a number above 0 and at most 10 such as 0.1, got \"%.40s\"",
                       request->limit);
}

/* "a,b" in the arena; a name that holds a comma cannot be chosen. */
static bool read_columns(const char *text, struct mlt_arena *arena, const char *const **out,
                         size_t *count, struct mlt_err *err)
{
    size_t most = 1, made = 0;
    *out = NULL;
    *count = 0;
    if (!text)
        return true;
    for (const char *at = text; *at; at++)
        most += *at == ',';
    const char **names = mlt_arena_calloc(arena, most, sizeof *names);
    if (!names)
        return mlt_err_oom(err);
    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ",");
        names[made] = mlt_arena_strndup(arena, at, len);
        if (!names[made])
            return mlt_err_oom(err);
        for (size_t i = 0; i < made; i++)
            if (strcmp(names[i], names[made]) == 0)
                return mlt_err_set(err, MLT_ERR_USAGE, "--columns names \"%.60s\" twice", names[i]);
        made++;
        at += len;
        if (!*at)
            break;
    }
    *out = names;
    *count = made;
    return true;
}

static void note(const char *const *names, size_t count, struct mlt_buf *out)
{
    mlt_buf_printf(out, "left out, as ids or texts of more than 4,096 spellings: ");
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        mlt_buf_puts(out, i ? ", " : "");
        mlt_str_append_safe(out, names[i], strlen(names[i]), 60);
    }
    mlt_buf_puts(out, count > SHOWN ? ", …\n" : "\n");
}

bool mlt_flow_profile(const struct mlt_profile_request *request, struct mlt_arena *arena,
                      struct mlt_buf *out, struct mlt_buf *notes, struct mlt_err *err)
{
    struct mlt_profiling work = {.path = request->data, .dataset_hash = request->hash};
    struct mlt_data_profile profile;
    struct mlt_json_out json;
    const char *const *left_out;
    size_t left_out_count;
    if (request->hash && (!mlt_str_starts(request->hash, "sha256:") ||
                          !mlt_hash_is_hex(request->hash + strlen("sha256:"))))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--hash must be sha256: and 64 lower-case hex digits, got \"%.80s\"",
                           request->hash);
    if (!read_columns(request->columns, arena, &work.columns, &work.column_count, err) ||
        !read_like(request, arena, &work.like, err) ||
        !read_limit(request, work.like, &work.limit, err) ||
        !mlt_profiling_run(&work, arena, &profile, &left_out, &left_out_count, err))
        return false;
    mlt_json_out_init(&json, out, false);
    mlt_data_profile_encode(&profile, &json);
    mlt_buf_putc(out, '\n');
    if (left_out_count)
        note(left_out, left_out_count, notes);
    return mlt_json_out_finish(&json, err) && mlt_buf_check(notes, err);
}

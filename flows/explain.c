#include "flows/explain.h"

#include <string.h>

#include "flows/decision_file.h"
#include "harness/base/str.h"
#include "reports/explain.h"

/* What was decided, and its surroundings, signed or not: no signature is looked at. */
static bool read_decision(const char *path, struct mlt_arena *arena, struct mlt_kept_decision *out,
                          struct mlt_err *err)
{
    struct mlt_decision_file file = {0};
    bool ok = mlt_decision_file_read(path, arena, &file, err) &&
              mlt_kept_decision_decode(file.decided, mlt_json_get(file.document, "context"), arena,
                                       out, err);
    mlt_decision_file_free(&file);
    return ok ? true : mlt_err_prefix(err, "%s", path);
}

/* The position of the criterion that is asked for; -1: all. */
static bool find_criterion(const struct mlt_decision *decision, const char *name,
                           struct mlt_arena *arena, long *out, struct mlt_err *err)
{
    *out = -1;
    if (!name)
        return true;
    const char **names = mlt_arena_calloc(arena, decision->criterion_count + 1, sizeof *names);
    if (!names)
        return mlt_err_oom(err);
    for (size_t i = 0; i < decision->criterion_count; i++) {
        names[i] = decision->criteria[i].criterion;
        if (strcmp(names[i], name) == 0) {
            *out = (long)i;
            return true;
        }
    }
    const char *near = mlt_str_nearest(name, names);
    return mlt_err_set(
        err, MLT_ERR_USAGE,
        "the decision has no criterion \"%.80s\"%s%.200s%s; without one, all %zu are "
        "explained",
        name, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "",
        decision->criterion_count);
}

typedef bool writer(const struct mlt_explain_input *in, struct mlt_buf *out, struct mlt_err *err);

static writer *want_format(const char *name, struct mlt_err *err)
{
    static const char *const names[] = {"console", "markdown", "json", NULL};
    static writer *const writers[] = {mlt_explain_console, mlt_explain_markdown, mlt_explain_json};
    for (size_t i = 0; names[i]; i++)
        if (strcmp(name, names[i]) == 0)
            return writers[i];
    const char *near = mlt_str_nearest(name, names);
    mlt_err_set(err, MLT_ERR_USAGE,
                "there is no format \"%.40s\"%s%s%s; there are console, markdown, json", name,
                near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return NULL;
}

bool mlt_flow_explain(const struct mlt_explain_request *request, struct mlt_arena *arena,
                      struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_explain_input in = {.color = request->color, .width = request->width};
    struct mlt_kept_decision *kept = mlt_arena_alloc(arena, sizeof *kept);
    writer *write = want_format(request->format ? request->format : "console", err);
    if (!write)
        return false;
    if (!kept)
        return mlt_err_oom(err);
    in.kept = kept;
    return read_decision(request->decision, arena, kept, err) &&
           find_criterion(&kept->decision, request->criterion, arena, &in.criterion, err) &&
           write(&in, out, err);
}

#include "flows/compat.h"

#include <string.h>

#include "flows/format.h"
#include "flows/setting.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/compat/release.h"
#include "harness/registry/registry.h"

struct pair {
    struct mlt_registry *registry; /* NULL: not needed so far */
    struct mlt_version from, to;
};

static bool want_registry(const struct mlt_compat_request *request, struct mlt_arena *arena,
                          struct pair *pair, struct mlt_err *err)
{
    return pair->registry ||
           mlt_setting_registry(request->registry, NULL, true, arena, &pair->registry, err);
}

static bool read_version(const struct mlt_compat_request *request, const char *ref,
                         struct mlt_arena *arena, struct pair *pair, struct mlt_version *out,
                         struct mlt_err *err)
{
    struct mlt_model_ref parsed;
    if (mlt_setting_is_folder(ref))
        return mlt_version_from_dir(ref, arena, out, err);
    return mlt_model_ref_parse(ref, &parsed, err) && want_registry(request, arena, pair, err) &&
           mlt_registry_get(pair->registry, parsed.model, parsed.version, arena, out, err);
}

static bool read_release(const struct mlt_compat_request *request, const char *model,
                         const char *before, struct mlt_arena *arena, struct pair *pair,
                         struct mlt_err *err)
{
    const char *version;
    if (!want_registry(request, arena, pair, err) ||
        !mlt_registry_predecessor(pair->registry, model, before, arena, &version, err))
        return false;
    if (!version)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "no release of %s is registered%s%s: there is nothing to compare with",
                           model, before ? " below " : "", before ? before : "");
    return mlt_registry_get(pair->registry, model, version, arena, &pair->from, err);
}

static bool read_pair(const struct mlt_compat_request *request, struct mlt_arena *arena,
                      struct pair *pair, struct mlt_err *err)
{
    if (!read_version(request, request->to, arena, pair, &pair->to, err))
        return false;
    if (!request->from)
        return read_release(request, pair->to.model, pair->to.version, arena, pair, err);
    if (!read_version(request, request->from, arena, pair, &pair->from, err))
        return false;
    return strcmp(pair->from.model, pair->to.model) == 0 ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "%s and %s are two models: their versions have nothing "
                       "to promise each other",
                       pair->from.model, pair->to.model);
}

static bool compare(const struct pair *pair, bool numbered, struct mlt_arena *arena,
                    struct mlt_compat_report *out, struct mlt_err *err)
{
    const struct mlt_release from = {pair->from.version, &pair->from.contract,
                                     &pair->from.metadata};
    const struct mlt_release to = {numbered ? pair->to.version : NULL, &pair->to.contract,
                                   &pair->to.metadata};
    return mlt_compat_compare(&from, &to, arena, out, err);
}

/* The gravest first; "!" before what is more than the number allows. */
static void print_changes(const struct mlt_compat_report *report, enum mlt_bump allowed,
                          struct mlt_buf *out)
{
    for (int level = MLT_BUMP_MAJOR; level > MLT_BUMP_NONE; level--) {
        for (size_t i = 0; i < report->count; i++) {
            const struct mlt_compat_change *change = &report->changes[i];
            if ((int)change->needs != level)
                continue;
            mlt_buf_printf(out, "%s %-6s", change->needs > allowed ? "!" : " ",
                           mlt_bump_name(change->needs));
            mlt_compat_print(change, out);
            if (change->converted)
                mlt_buf_puts(out, "; the declared converter gives them the old form");
            mlt_buf_putc(out, '\n');
        }
    }
    if (report->count == 0)
        mlt_buf_puts(out, "  nothing that callers could see\n");
}

static void print_refusal(const struct pair *pair, const struct mlt_compat_report *report,
                          struct mlt_buf *out)
{
    char next[MLT_SEMVER_CHARS];
    if (report->denied)
        mlt_buf_printf(out, "! %s\n", report->denied);
    for (size_t i = 0; i < report->notice_count; i++)
        mlt_buf_printf(out, "! the changelog is silent: %s\n", report->notices[i]);
    if (report->needs > report->given)
        mlt_buf_printf(
            out,
            "%s is a %s version and needs to be a %s one: release it as %s, or take back "
            "what is marked\n",
            pair->to.version, mlt_bump_name(report->given), mlt_bump_name(report->needs),
            mlt_semver_format(&report->next, next));
    else
        mlt_buf_printf(out, "the number is high enough: %s in metadata.json\n",
                       !report->denied ? "complete `changelog`"
                       : report->notice_count
                           ? "correct `training_data_change`, complete `changelog`"
                           : "correct `training_data_change`");
}

static void print_check(const struct pair *pair, const struct mlt_compat_report *report,
                        struct mlt_buf *out)
{
    mlt_buf_printf(out, "%s %s -> %s: %s\n\n", pair->from.model, pair->from.version,
                   pair->to.version, report->accepted ? "compatible" : "REFUSED");
    print_changes(report, report->no_promise ? MLT_BUMP_MAJOR : report->given, out);
    mlt_buf_putc(out, '\n');
    if (report->no_promise)
        mlt_buf_printf(out, "%s is a pre-release: what it said was no promise\n",
                       pair->from.version);
    else if (report->accepted)
        mlt_buf_printf(out, "needs a %s version and is a %s one\n", mlt_bump_name(report->needs),
                       mlt_bump_name(report->given));
    else
        print_refusal(pair, report, out);
}

static void json_change(const struct mlt_compat_change *change, struct mlt_json_out *j,
                        struct mlt_buf *text)
{
    mlt_buf_clear(text);
    mlt_compat_print(change, text);
    mlt_json_out_object(j);
    mlt_json_out_kstring(j, "part", mlt_part_name(change->part));
    mlt_json_out_kstring(j, "field", change->field);
    mlt_json_out_kstring(j, "kind", mlt_compat_kind_name(change->kind));
    mlt_json_out_kstring(j, "from", change->from);
    mlt_json_out_kstring(j, "to", change->to);
    mlt_json_out_kstring(j, "stability", change->stability);
    mlt_json_out_kstring(j, "detail", change->detail);
    mlt_json_out_kstring(j, "needs", mlt_bump_name(change->needs));
    mlt_json_out_kbool(j, "notice", change->notice);
    mlt_json_out_kbool(j, "converted", change->converted);
    mlt_json_out_kstring(j, "sentence", text->data);
    mlt_json_out_object_end(j);
}

static bool json_report(const struct pair *pair, const struct mlt_compat_report *report,
                        bool numbered, struct mlt_buf *out, struct mlt_err *err)
{
    char next[MLT_SEMVER_CHARS];
    struct mlt_json_out j;
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_json_out_init(&j, out, true);
    mlt_json_out_object(&j);
    mlt_json_out_kstring(&j, "model", pair->from.model);
    mlt_json_out_kstring(&j, "from", pair->from.version);
    mlt_json_out_kstring(&j, "to", numbered ? pair->to.version : NULL);
    if (numbered) {
        mlt_json_out_kbool(&j, "accepted", report->accepted);
        mlt_json_out_kstring(&j, "given", mlt_bump_name(report->given));
    }
    mlt_json_out_kstring(&j, "needs", mlt_bump_name(report->needs));
    mlt_json_out_kstring(&j, "next", mlt_semver_format(&report->next, next));
    mlt_json_out_key(&j, "reasons");
    mlt_json_out_array(&j);
    for (size_t i = 0; i < report->reason_count; i++)
        mlt_json_out_string(&j, report->reasons[i]);
    mlt_json_out_array_end(&j);
    mlt_json_out_key(&j, "changes");
    mlt_json_out_array(&j);
    for (size_t i = 0; i < report->count; i++)
        json_change(&report->changes[i], &j, &text);
    mlt_json_out_array_end(&j);
    mlt_json_out_object_end(&j);
    bool ok = mlt_json_out_finish(&j, err) && mlt_buf_check(&text, err);
    mlt_buf_putc(out, '\n');
    mlt_buf_free(&text);
    return ok;
}

bool mlt_flow_compat_check(const struct mlt_compat_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, bool *accepted, struct mlt_err *err)
{
    struct pair pair = {0};
    struct mlt_compat_report report;
    bool json;
    bool ok = mlt_format_is_json(request->format, &json, err) &&
              read_pair(request, arena, &pair, err) && compare(&pair, true, arena, &report, err);
    if (ok && json)
        ok = json_report(&pair, &report, true, out, err);
    else if (ok)
        print_check(&pair, &report, out);
    if (ok)
        *accepted = report.accepted;
    mlt_registry_close(pair.registry);
    return ok;
}

bool mlt_flow_compat_bump(const struct mlt_compat_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err)
{
    struct pair pair = {0};
    struct mlt_compat_report report;
    char next[MLT_SEMVER_CHARS];
    bool json;
    bool ok = mlt_format_is_json(request->format, &json, err) &&
              mlt_version_from_dir(request->to, arena, &pair.to, err) &&
              mlt_model_name_check(request->model, err);
    if (ok && strcmp(pair.to.model, request->model) != 0)
        ok = mlt_err_set(err, MLT_ERR_USAGE, "%s holds %s, not %s", request->to, pair.to.model,
                         request->model);
    ok = ok && read_release(request, request->model, NULL, arena, &pair, err) &&
         compare(&pair, false, arena, &report, err);
    if (ok && json) {
        ok = json_report(&pair, &report, false, out, err);
    } else if (ok) {
        mlt_buf_printf(out, "%s\n", mlt_semver_format(&report.next, next));
        if (request->explain) {
            mlt_buf_printf(out, "\na %s version after %s, because it changes\n",
                           mlt_bump_name(report.needs), pair.from.version);
            print_changes(&report, MLT_BUMP_MAJOR, out);
        }
    }
    mlt_registry_close(pair.registry);
    return ok;
}

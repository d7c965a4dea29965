#include "flows/registry.h"

#include <stdio.h>
#include <string.h>

#include "flows/format.h"
#include "flows/gate.h"
#include "flows/keyring.h"
#include "flows/lifecycle.h"
#include "flows/setting.h"
#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/registry/policy.h"

static bool open_for(const struct mlt_registry_request *request, bool read_only,
                     struct mlt_arena *arena, struct mlt_registry **out, struct mlt_err *err)
{
    return mlt_setting_registry(request->registry, NULL, read_only, arena, out, err);
}

static bool parse_exact(const char *ref, struct mlt_model_ref *out, struct mlt_err *err)
{
    if (!mlt_model_ref_parse(ref, out, err))
        return false;
    if (!out->version[0])
        return mlt_err_set(err, MLT_ERR_USAGE, "which version of %s? Write %s@VERSION", out->model,
                           out->model);
    return true;
}

/* "[MODEL=]FILE"; `model` is "*" when none is named. */
static bool split_policy(const char *argument, char model[129], const char **file,
                         struct mlt_err *err)
{
    const char *equals = strchr(argument, '=');
    snprintf(model, 129, "*");
    *file = argument;
    if (equals) {
        if ((size_t)(equals - argument) >= 129)
            return mlt_err_set(err, MLT_ERR_USAGE, "--policy %.60s…: that is no model name",
                               argument);
        snprintf(model, 129, "%.*s", (int)(equals - argument), argument);
        *file = equals + 1;
        if (!mlt_str_is_name(model))
            return mlt_err_set(err, MLT_ERR_USAGE, "--policy: \"%s\" is no model name", model);
    }
    return true;
}

/* A policy that could not decide is refused before the registry is made. */
static bool check_policies(const struct mlt_registry_request *request, struct mlt_arena *arena,
                           struct mlt_err *err)
{
    for (size_t i = 0; i < request->policy_count; i++) {
        char model[129];
        const char *file;
        struct mlt_policy policy;
        if (!split_policy(request->policies[i], model, &file, err) ||
            !mlt_gate_policy_file(file, arena, &policy, err))
            return false;
    }
    return true;
}

static bool pin_policy(struct mlt_registry *registry, const char *argument, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err)
{
    char model[129];
    const char *file;
    struct mlt_policy policy;
    if (!split_policy(argument, model, &file, err) ||
        !mlt_gate_policy_file(file, arena, &policy, err) ||
        !mlt_registry_pin_policy(registry, model, policy.text, strlen(policy.text),
                                 policy.people.signers_text, err))
        return false;
    mlt_buf_printf(out, "pinned %s as the policy of %s\n", file,
                   *model == '*' ? "every model without its own" : model);
    if (!policy.people.owner)
        mlt_buf_printf(
            out,
            "note: %s names no owner (approvers: owner: ROLE), so that nobody can approve "
            "another policy: this one stays for ever\n",
            file);
    return true;
}

/* Those of models before the one for all, which they would seem to escape. */
static bool pin_policies(struct mlt_registry *registry, const struct mlt_registry_request *request,
                         struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    for (int common = 0; common < 2; common++)
        for (size_t i = 0; i < request->policy_count; i++)
            if ((strchr(request->policies[i], '=') == NULL) == common &&
                !pin_policy(registry, request->policies[i], arena, out, err))
                return false;
    return true;
}

/* Whoever makes a registry may sign in it. */
static bool allow_maker(struct mlt_registry *registry, const char *user, const struct mlt_key *key,
                        const char *path, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_buf pem = MLT_BUF_INIT;
    char id[MLT_SHA256_HEX];
    bool ok = mlt_key_public_pem(key, &pem, err) &&
              mlt_registry_key_allow(registry, user, MLT_KEY_RUNNER | MLT_KEY_GATE, pem.data,
                                     pem.len, id, err);
    if (ok)
        mlt_buf_printf(out, "key %.12s (%s) may sign runs and decisions; its private half is %s\n",
                       id, user, path);
    mlt_buf_free(&pem);
    return ok;
}

static bool make(const struct mlt_registry_request *request, const char *user,
                 const struct mlt_key *key, const char *path, struct mlt_arena *arena,
                 struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    if (!mlt_registry_init(request->registry, err) ||
        !mlt_registry_open(request->registry, false, &registry, err))
        return false;
    mlt_buf_printf(out, "registry %s\n", mlt_registry_url(registry));
    bool ok = (!key || allow_maker(registry, user, key, path, out, err)) &&
              pin_policies(registry, request, arena, out, err);
    mlt_registry_close(registry);
    return ok;
}

/* Keys are a new registry's business: one that is there already keeps what counts in it. */
static bool is_there(const char *url)
{
    struct mlt_registry *registry;
    struct mlt_err ignored = MLT_ERR_INIT;
    if (!mlt_registry_open(url, true, &registry, &ignored))
        return false;
    mlt_registry_close(registry);
    return true;
}

bool mlt_flow_registry_init(const struct mlt_registry_request *request, struct mlt_arena *arena,
                            struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_key *key = NULL;
    const char *path = NULL, *user = NULL;
    bool ok = check_policies(request, arena, err) &&
              (request->unsigned_only || is_there(request->registry) ||
               mlt_keyring_own(arena, &key, &user, &path, err)) &&
              make(request, user, key, path, arena, out, err);
    mlt_key_free(key);
    return ok;
}

bool mlt_flow_registry_register(const struct mlt_registry_request *request, struct mlt_arena *arena,
                                struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_model_ref ref;
    struct mlt_registry *registry;
    if (!parse_exact(request->ref, &ref, err) || !open_for(request, false, arena, &registry, err))
        return false;
    struct mlt_version version;
    bool ok = mlt_registry_register(registry, ref.model, ref.version, request->folder, err) &&
              mlt_registry_get(registry, ref.model, ref.version, arena, &version, err);
    if (ok)
        mlt_buf_printf(out, "registered %s@%s: %zu files, digest %.12s\n", ref.model, ref.version,
                       version.manifest.count, version.digest);
    mlt_registry_close(registry);
    return ok;
}

bool mlt_flow_registry_adopt(const struct mlt_registry_request *request, struct mlt_arena *arena,
                             struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_model_ref ref;
    struct mlt_registry *registry;
    if (!request->reason)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "adopt needs --reason TEXT: it is kept with the import");
    if (!parse_exact(request->ref, &ref, err) || !open_for(request, false, arena, &registry, err))
        return false;
    bool ok = mlt_registry_adopt(registry, ref.model, ref.version, request->reason, err);
    if (ok)
        mlt_buf_printf(out, "%s@%s serves production (imported, not gated)\n", ref.model,
                       ref.version);
    mlt_registry_close(registry);
    return ok;
}

bool mlt_flow_registry_version(const struct mlt_registry_request *request,
                               const char *default_version, struct mlt_arena *arena,
                               struct mlt_registry **registry, struct mlt_version *out,
                               struct mlt_err *err)
{
    struct mlt_model_ref ref;
    if (!mlt_model_ref_parse(request->ref, &ref, err) ||
        !open_for(request, true, arena, registry, err))
        return false;
    if (mlt_registry_get(*registry, ref.model, ref.version[0] ? ref.version : default_version,
                         arena, out, err))
        return true;
    mlt_registry_close(*registry);
    *registry = NULL;
    return false;
}

bool mlt_flow_registry_get(const struct mlt_registry_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    struct mlt_version version;
    if (!mlt_flow_registry_version(request, "", arena, &registry, &version, err))
        return false;
    mlt_buf_printf(out, "%s\n", version.dir);
    bool ok = !request->notes || mlt_lifecycle_warn(registry, &version, arena, request->notes, err);
    mlt_registry_close(registry);
    return ok;
}

bool mlt_flow_registry_latest(const struct mlt_registry_request *request, struct mlt_arena *arena,
                              struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    struct mlt_version version;
    if (!mlt_flow_registry_version(request, "latest", arena, &registry, &version, err))
        return false;
    mlt_buf_printf(out, "%s\n", version.version);
    mlt_registry_close(registry);
    return true;
}

static void list_entry(const struct mlt_version_entry *entry, bool json, struct mlt_json_out *j,
                       struct mlt_buf *out)
{
    if (!json) {
        char name[256];
        snprintf(name, sizeof name, "%s@%s", entry->model, entry->version);
        mlt_buf_printf(out, "%-48s %-12s %s%s", name, entry->state, entry->registered_at,
                       entry->serving ? "  serves production" : "");
        if (entry->removal_date) {
            mlt_buf_puts(out, "  until ");
            mlt_str_append_safe(out, entry->removal_date, strlen(entry->removal_date), 40);
        }
        mlt_buf_putc(out, '\n');
        return;
    }
    mlt_json_out_object(j);
    mlt_json_out_kstring(j, "model", entry->model);
    mlt_json_out_kstring(j, "version", entry->version);
    mlt_json_out_kstring(j, "state", entry->state);
    if (entry->state_since)
        mlt_json_out_kstring(j, "state_since", entry->state_since);
    if (entry->removal_date)
        mlt_json_out_kstring(j, "removal_date", entry->removal_date);
    mlt_json_out_kbool(j, "serving", entry->serving);
    mlt_json_out_kstring(j, "registered_at", entry->registered_at);
    mlt_json_out_kstring(j, "digest", entry->digest);
    mlt_json_out_object_end(j);
}

static bool list_model(struct mlt_registry *registry, const char *model, bool must_exist, bool json,
                       struct mlt_json_out *j, struct mlt_buf *out, struct mlt_arena *arena,
                       struct mlt_err *err)
{
    struct mlt_version_entry *entries;
    size_t count;
    if (!mlt_registry_versions(registry, model, arena, &entries, &count, err))
        return false;
    if (count == 0 && must_exist)
        return mlt_err_set(err, MLT_ERR_USAGE, "the registry %s has no version of %s",
                           mlt_registry_url(registry), model);
    for (size_t i = 0; i < count; i++)
        list_entry(&entries[i], json, j, out);
    return true;
}

static bool list_all(struct mlt_registry *registry, bool json, struct mlt_json_out *j,
                     struct mlt_buf *out, struct mlt_arena *arena, struct mlt_err *err)
{
    char **models;
    size_t count;
    if (!mlt_registry_models(registry, arena, &models, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!list_model(registry, models[i], false, json, j, out, arena, err))
            return false;
    if (count == 0 && !json)
        mlt_buf_puts(out, "(no model is registered yet)\n");
    return true;
}

bool mlt_flow_registry_list(const struct mlt_registry_request *request, struct mlt_arena *arena,
                            struct mlt_buf *out, struct mlt_err *err)
{
    bool json;
    struct mlt_model_ref ref;
    struct mlt_registry *registry;
    if (!mlt_format_is_json(request->format, &json, err) ||
        (request->ref && !mlt_model_ref_parse(request->ref, &ref, err)) ||
        !open_for(request, true, arena, &registry, err))
        return false;
    struct mlt_json_out j;
    mlt_json_out_init(&j, out, true);
    if (json)
        mlt_json_out_array(&j);
    bool ok = request->ref ? list_model(registry, ref.model, true, json, &j, out, arena, err)
                           : list_all(registry, json, &j, out, arena, err);
    if (json) {
        mlt_json_out_array_end(&j);
        mlt_buf_putc(out, '\n');
    }
    mlt_registry_close(registry);
    return ok;
}

enum { PROGRESS_EVERY_NS = 100000000, PROGRESS_AFTER_NS = 500000000 };

struct fault_list {
    struct mlt_buf *out;
    size_t count;
    FILE *progress;
    uint64_t started_ns, shown_ns;
};

static void add_fault(void *context, const char *what)
{
    struct fault_list *list = context;
    list->count++;
    mlt_buf_puts(list->out, "  ");
    mlt_str_append_safe(list->out, what, strlen(what), 4096);
    mlt_buf_putc(list->out, '\n');
}

static void show_progress(void *context, size_t done, size_t total)
{
    struct fault_list *list = context;
    uint64_t now = mlt_clock_monotonic_ns();
    if (!list->progress || now - list->started_ns < PROGRESS_AFTER_NS ||
        (now - list->shown_ns < PROGRESS_EVERY_NS && done < total))
        return;
    double seconds = (double)(now - list->started_ns) / 1e9;
    fprintf(list->progress, "\r\x1b[K%zu of %zu versions, %zu faults, %.0f s left", done, total,
            list->count, seconds / (double)done * (double)(total - done));
    if (done == total)
        fputs("\r\x1b[K", list->progress);
    fflush(list->progress);
    list->shown_ns = now;
}

bool mlt_flow_registry_verify(const struct mlt_registry_request *request, struct mlt_arena *arena,
                              struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_model_ref ref = {{0}, {0}};
    struct mlt_registry *registry;
    if (request->ref && request->all)
        return mlt_err_set(err, MLT_ERR_USAGE, "--all is the whole registry: leave out %s",
                           request->ref);
    if ((request->ref && !mlt_model_ref_parse(request->ref, &ref, err)) ||
        !open_for(request, true, arena, &registry, err))
        return false;
    struct fault_list faults = {
        .out = out, .progress = request->progress, .started_ns = mlt_clock_monotonic_ns()};
    const struct mlt_verify_request what = {
        .model = request->ref ? ref.model : NULL,
        .version = ref.version[0] ? ref.version : NULL,
        .fault = add_fault,
        .progress = show_progress,
        .context = &faults,
    };
    size_t checked = 0;
    bool ok = mlt_registry_verify(registry, &what, &checked, err);
    if (ok)
        mlt_buf_printf(out, "%zu version%s checked, %zu fault%s\n", checked,
                       checked == 1 ? "" : "s", faults.count, faults.count == 1 ? "" : "s");
    mlt_registry_close(registry);
    if (ok && faults.count)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the registry has %zu fault%s", faults.count,
                           faults.count == 1 ? "" : "s");
    if (ok && checked == 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "nothing is registered: nothing was verified");
    return ok;
}

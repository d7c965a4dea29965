#include "flows/gate.h"

#include <string.h>

#include "config.h"
#include "flows/attest.h"
#include "flows/builtins.h"
#include "flows/docs_evidence.h"
#include "flows/lifecycle.h"
#include "gates/collect/collect.h"
#include "gates/collect/lifecycle.h"
#include "gates/collect/people.h"
#include "gates/decide/decide.h"
#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/config/gates.h"
#include "harness/registry/policy.h"
#include "reports/decision.h"

static bool parse(const char *name, const char *text, size_t len, const char *signers,
                  struct mlt_arena *arena, struct mlt_policy *out, struct mlt_err *err)
{
    const char *const *words = mlt_builtin_requirement_words(arena);
    return words ? mlt_gates_parse(name, text, len, signers, words, arena, out, err)
                 : mlt_err_oom(err);
}

/* Beside gates.yaml, unless the path is absolute. */
static bool read_signers(const char *path, const struct mlt_policy *policy, struct mlt_arena *arena,
                         struct mlt_buf *out, struct mlt_err *err)
{
    const char *name = policy->people.signers_file;
    char *folder = mlt_arena_strndup(arena, path, strlen(path) - strlen(mlt_fs_basename(path)));
    char *file = folder && *folder && *name != '/' ? mlt_fs_join(arena, folder, name)
                                                   : mlt_arena_strdup(arena, name);
    if (!folder || !file)
        return mlt_err_oom(err);
    if (!mlt_fs_read(file, 1 << 20, out, err))
        return mlt_err_prefix(err, "%s: approvers.allowed_signers", path);
    /* As text it ends at the first NUL: what stood behind it would be pinned unseen. */
    return !memchr(out->data, '\0', out->len) ||
           mlt_err_set(err, MLT_ERR_USAGE, "%s: %s holds a NUL byte", path, file);
}

bool mlt_gate_policy_file(const char *path, struct mlt_arena *arena, struct mlt_policy *out,
                          struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT, signers = MLT_BUF_INIT;
    bool ok = mlt_fs_read(path, 1 << 20, &text, err) &&
              parse(path, text.data, text.len, NULL, arena, out, err);
    if (ok && out->people.signers_file)
        ok = read_signers(path, out, arena, &signers, err) &&
             parse(path, text.data, text.len, signers.data, arena, out, err);
    mlt_buf_free(&text);
    mlt_buf_free(&signers);
    return ok;
}

bool mlt_gate_policy(const struct mlt_setting *setting, const char *file, bool pinned_only,
                     struct mlt_arena *arena, struct mlt_policy *out, bool *advisory,
                     struct mlt_err *err)
{
    *advisory = file != NULL;
    if (file)
        return mlt_gate_policy_file(file, arena, out, err);
    struct mlt_pinned_policy pinned = {.text = NULL};
    if (setting->registry &&
        !mlt_registry_policy(setting->registry, setting->version.model, arena, &pinned, err))
        return false;
    if (pinned.text) {
        char *name = mlt_arena_printf(arena, "the policy pinned for %s", setting->version.model);
        return name ? parse(name, pinned.text, strlen(pinned.text), pinned.signers, arena, out, err)
                    : mlt_err_oom(err);
    }
    if (pinned_only)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "no policy is pinned for %s in %s: acting commands use only a pinned one "
            "(mltest registry init --policy)",
            setting->version.model, setting->registry_url);
    *advisory = true;
    char *path = setting->has_config ? mlt_fs_join(arena, setting->config.dir, "gates.yaml") : NULL;
    if (setting->has_config && !path)
        return mlt_err_oom(err);
    if (!path || mlt_fs_kind(path) != MLT_FS_FILE)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "there is no policy for %s: none is pinned in the registry, and no gates.yaml "
            "stands beside mltest.yaml; use --policy FILE",
            setting->version.model);
    return mlt_gate_policy_file(path, arena, out, err);
}

static void fill_side(const struct mlt_version *version, struct mlt_run_side *out)
{
    out->model = version->model;
    out->version = version->version;
    memcpy(out->digest, version->digest, sizeof out->digest);
    memcpy(out->artifact_digest, version->artifact_digest, sizeof out->artifact_digest);
}

/* The version that serves, unless it is the subject itself. */
static bool fill_baseline(const struct mlt_setting *setting, struct mlt_arena *arena,
                          struct mlt_collect_request *request, struct mlt_err *err)
{
    char serving[MLT_SEMVER_CHARS] = "";
    struct mlt_version version;
    if (!setting->registry)
        return true;
    if (!mlt_registry_serving(setting->registry, setting->version.model, serving, err))
        return false;
    if (!serving[0] || strcmp(serving, setting->version.version) == 0)
        return true;
    if (!mlt_registry_get(setting->registry, setting->version.model, serving, arena, &version, err))
        return mlt_err_prefix(err, "the version that serves");
    request->has_baseline = true;
    fill_side(&version, &request->baseline);
    return true;
}

static bool asks_for(const struct mlt_policy_gate *gates, size_t count, const char *name,
                     const char *word)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < gates[i].count; k++)
            if (strcmp(gates[i].name, name) == 0 &&
                gates[i].requirements[k].kind == MLT_REQUIREMENT_WORD &&
                strcmp(gates[i].requirements[k].text, word) == 0)
                return true;
    return false;
}

/* The documents are read only where a gate asks for them: that takes longer than to decide. */
static bool look_at_documents(const struct mlt_setting *setting, const struct mlt_policy *policy,
                              const char *gate_kind, const char *gate, struct mlt_arena *arena,
                              struct mlt_evidence *evidence, struct mlt_err *err)
{
    const struct mlt_docs_facts_request request = {.registry = setting->registry,
                                                   .version = &setting->version};
    bool to_state = strcmp(gate_kind, "state") == 0;
    return !asks_for(to_state ? policy->transitions : policy->environments,
                     to_state ? policy->transition_count : policy->environment_count, gate,
                     "documentation_complete") ||
           mlt_docs_evidence(&request, arena, &evidence->documents, err);
}

bool mlt_gate_gather(const struct mlt_setting *setting, const struct mlt_policy *policy,
                     const char *gate_kind, const char *gate, const char *const *files,
                     size_t file_count, struct mlt_arena *arena,
                     struct mlt_collect_request *request, struct mlt_evidence *evidence,
                     struct mlt_err *err)
{
    *request = (struct mlt_collect_request){
        .registry = setting->registry,
        .policy = policy,
        .gate_kind = gate_kind,
        .gate = gate,
        .files = files,
        .file_count = file_count,
        .now_s = mlt_clock_true_s(),
    };
    fill_side(&setting->version, &request->subject);
    return fill_baseline(setting, arena, request, err) &&
           mlt_gate_collect(request, arena, evidence, err) &&
           mlt_gate_collect_lifecycle(request, setting->version.metadata.created_by, arena,
                                      evidence, err) &&
           mlt_gate_collect_people(request, arena, evidence, err) &&
           look_at_documents(setting, policy, gate_kind, gate, arena, evidence, err);
}

bool mlt_gate_run(const struct mlt_setting *setting, const struct mlt_policy *policy,
                  const char *gate_kind, const char *gate, const char *const *files,
                  size_t file_count, struct mlt_arena *arena, struct mlt_decision *out,
                  struct mlt_err *err)
{
    struct mlt_collect_request request;
    struct mlt_evidence *evidence = mlt_arena_alloc(arena, sizeof *evidence);
    if (!evidence)
        return mlt_err_oom(err);
    return mlt_gate_gather(setting, policy, gate_kind, gate, files, file_count, arena, &request,
                           evidence, err) &&
           mlt_gate_decide(policy, evidence, PACKAGE_VERSION, arena, out, err);
}

bool mlt_gate_document(const struct mlt_decision *decision, bool advisory, struct mlt_buf *out,
                       struct mlt_err *err)
{
    char now[MLT_TIME_CHARS];
    const struct mlt_decision_context context = {
        .decided_at = mlt_clock_format(mlt_clock_wall_s(), now),
        .advisory = advisory,
    };
    return mlt_decision_encode(decision, &context, out, err) && mlt_buf_check(out, err);
}

static bool check_format(const char *format, struct mlt_err *err)
{
    static const char *const formats[] = {"console", "json", "markdown", NULL};
    for (size_t i = 0; format && formats[i]; i++)
        if (strcmp(format, formats[i]) == 0)
            return true;
    if (!format)
        return true;
    const char *near = mlt_str_nearest(format, formats);
    return mlt_err_set(err, MLT_ERR_USAGE, "a decision has no format \"%.40s\"%s%s%s", format,
                       near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static bool render(const struct mlt_gate_request *request, const struct mlt_decision *decision,
                   bool advisory, const struct mlt_buf *document, struct mlt_buf *out,
                   struct mlt_err *err)
{
    const struct mlt_decision_context context = {.advisory = advisory};
    const struct mlt_report_decision_input input = {
        .decision = decision,
        .context = &context,
        .decision_path = request->output,
        .color = request->color,
        .width = request->width,
    };
    if (mlt_str_eq(request->format, "json")) {
        mlt_buf_append(out, document->data, document->len);
        return mlt_buf_check(out, err);
    }
    return mlt_str_eq(request->format, "markdown") ? mlt_report_decision_markdown(&input, out, err)
                                                   : mlt_report_decision_console(&input, out, err);
}

/* Whether the lifecycle has this step; `*gate` is its name in the policy, NULL where there is none.
 */
static bool check_legal(const struct mlt_gate_request *request, const struct mlt_setting *setting,
                        const struct mlt_policy *policy, struct mlt_arena *arena, const char **gate,
                        struct mlt_err *err)
{
    enum mlt_state to = request->state ? mlt_state_parse(request->state) : MLT_STATE_NONE;
    *gate = request->environment ? request->environment : mlt_state_key(to);
    if (request->environment)
        return mlt_lifecycle_check_environment(setting, policy, request->environment,
                                               request->cohort, arena, err);
    if (!mlt_lifecycle_check_state(setting, request->state, arena, &to, err))
        return false;
    return *gate || mlt_err_set(err, MLT_ERR_USAGE,
                                "going back to Development needs no gate (mltest promote --to "
                                "development --reason TEXT)");
}

/* A step that the lifecycle does not have never passes, but what else stands against it is told. */
static bool decide(const struct mlt_gate_request *request, const struct mlt_setting *setting,
                   const struct mlt_policy *policy, struct mlt_arena *arena,
                   struct mlt_decision *decision, struct mlt_err *illegal, struct mlt_err *err)
{
    const char *gate;
    bool legal = check_legal(request, setting, policy, arena, &gate, illegal);
    if (!legal && (illegal->kind != MLT_ERR_USAGE || !gate)) {
        *err = *illegal;
        return false;
    }
    if (!mlt_gate_run(setting, policy, request->environment ? "environment" : "state", gate,
                      request->evidence, request->evidence_count, arena, decision, err))
        return false;
    if (legal || decision->verdict != MLT_VERDICT_PASS)
        return true;
    *err = *illegal;
    return false;
}

static bool announce(const struct mlt_gate_request *request, const struct mlt_decision *decision,
                     bool advisory, const struct mlt_buf *document, struct mlt_arena *arena,
                     struct mlt_err *err)
{
    char digest[MLT_SHA256_HEX];
    if (!mlt_announcement_decided(request->announcement, decision, advisory, arena, err))
        return false;
    return !request->output ||
           (mlt_hash_bytes(document->data, document->len, digest, err) &&
            mlt_announcement_kept(request->announcement, request->output, digest, arena, err));
}

static bool write_output(const struct mlt_gate_request *request, const struct mlt_setting *setting,
                         const struct mlt_decision *decision, const struct mlt_buf *document,
                         struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_buf envelope = MLT_BUF_INIT;
    const struct mlt_buf *text = request->sign ? &envelope : document;
    if (!request->output)
        return true;
    bool ok = (!request->sign ||
               mlt_attest_document(setting, decision, document, arena, &envelope, err)) &&
              mlt_fs_write_atomic(request->output, text->data, text->len, err);
    mlt_buf_free(&envelope);
    return ok;
}

bool mlt_flow_gate(const struct mlt_gate_request *request, struct mlt_arena *arena,
                   struct mlt_buf *out, enum mlt_verdict *verdict, struct mlt_err *err)
{
    if (!request->environment == !request->state)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "say where the version should go: --env ENVIRONMENT or --to STATE");
    if (request->cohort && !request->environment)
        return mlt_err_set(err, MLT_ERR_USAGE, "--cohort goes with --env production");
    if (request->sign && !request->output)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--sign writes an envelope: say where, with -o FILE");
    const struct mlt_setting_request where = {
        .dir = request->dir, .registry = request->registry, .ref = request->ref, .read_only = true};
    struct mlt_setting setting = {0};
    struct mlt_policy policy;
    struct mlt_decision decision;
    struct mlt_buf document = MLT_BUF_INIT;
    /* Nobody vouches for a file that the registry did not store. */
    const bool by_hand = request->evidence_count > 0;
    struct mlt_err illegal = MLT_ERR_INIT;
    bool advisory;
    bool ok = check_format(request->format, err) &&
              mlt_setting_open(&where, arena, &setting, err) &&
              mlt_gate_policy(&setting, request->policy, false, arena, &policy, &advisory, err) &&
              decide(request, &setting, &policy, arena, &decision, &illegal, err) &&
              mlt_gate_document(&decision, advisory || by_hand, &document, err) &&
              write_output(request, &setting, &decision, &document, arena, err) &&
              render(request, &decision, advisory || by_hand, &document, out, err) &&
              announce(request, &decision, advisory || by_hand, &document, arena, err);
    if (ok && illegal.text[0] && !mlt_str_eq(request->format, "json"))
        mlt_buf_printf(out, "\nand the lifecycle does not have this step: %s\n", illegal.text);
    if (ok)
        *verdict = decision.verdict;
    mlt_buf_free(&document);
    mlt_setting_close(&setting);
    return ok;
}

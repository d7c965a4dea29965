#include "flows/policy.h"

#include <string.h>

#include "flows/builtins.h"
#include "flows/gate.h"
#include "flows/setting.h"
#include "gates/decide/decide.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/config/gates.h"
#include "harness/config/gates_default.h"
#include "harness/criteria/sentence.h"
#include "harness/registry/policy.h"

static bool built_in(struct mlt_arena *arena, struct mlt_policy *out, struct mlt_err *err)
{
    const char *const *words = mlt_builtin_requirement_words(arena);
    return words ? mlt_gates_parse("the built-in policy", "policy: 1\n", 10, NULL, words, arena,
                                   out, err)
                 : mlt_err_oom(err);
}

static const char *origin(const struct mlt_requirement *it)
{
    return it->built_in ? "built in" : it->kind == MLT_REQUIREMENT_ANCHOR ? "anchor" : "policy";
}

static void put_people(const struct mlt_policy *policy, const struct mlt_requirement *it,
                       struct mlt_buf *out)
{
    if (!it->stage)
        return;
    mlt_buf_printf(out, ": %u of", it->quorum);
    for (size_t i = 0; i < it->role_count; i++) {
        const struct mlt_policy_role *role = mlt_policy_role_find(&policy->people, it->roles[i]);
        mlt_buf_printf(out, "%s %s (", i ? ", and of" : "", it->roles[i]);
        for (size_t k = 0; role && k < role->count; k++)
            mlt_buf_printf(out, "%s%s", k ? ", " : "", role->people[k]);
        mlt_buf_puts(out, role ? ")" : "nobody)");
    }
}

static void put_gate(const struct mlt_policy *policy, const char *kind,
                     const struct mlt_policy_gate *gate, struct mlt_buf *out)
{
    mlt_buf_printf(out, "\n%s %s\n", kind, gate->name);
    for (size_t i = 0; i < gate->count; i++) {
        const struct mlt_requirement *it = &gate->requirements[i];
        mlt_buf_puts(out, "  ");
        mlt_str_append_safe(out, it->text, strlen(it->text), 200);
        put_people(policy, it, out);
        if (it->kind == MLT_REQUIREMENT_ANCHOR || it->built_in)
            mlt_buf_printf(out, "  [%s]\n", origin(it));
        else
            mlt_buf_printf(out, "  [line %d]\n", it->line);
    }
}

static void put_gates(const struct mlt_policy *policy, struct mlt_buf *out)
{
    for (size_t i = 0; i < policy->transition_count; i++)
        put_gate(policy, "to", &policy->transitions[i], out);
    for (size_t i = 0; i < policy->environment_count; i++)
        put_gate(policy, "environment", &policy->environments[i], out);
}

static void encode_gates(struct mlt_json_out *out, const char *key,
                         const struct mlt_policy_gate *gates, size_t count)
{
    mlt_json_out_key(out, key);
    mlt_json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        mlt_json_out_object(out);
        mlt_json_out_kstring(out, "name", gates[i].name);
        mlt_json_out_key(out, "criteria");
        mlt_json_out_array(out);
        for (size_t k = 0; k < gates[i].count; k++) {
            const struct mlt_requirement *it = &gates[i].requirements[k];
            mlt_json_out_object(out);
            mlt_json_out_kstring(out, "criterion", it->text);
            mlt_json_out_kstring(out, "from", origin(it));
            mlt_json_out_kint(out, "line", it->line);
            if (it->stage) {
                mlt_json_out_kstring(out, "stage", it->stage);
                mlt_json_out_key(out, "roles");
                mlt_json_out_array(out);
                for (size_t r = 0; r < it->role_count; r++)
                    mlt_json_out_string(out, it->roles[r]);
                mlt_json_out_array_end(out);
                mlt_json_out_kint(out, "quorum", it->quorum);
            }
            mlt_json_out_object_end(out);
        }
        mlt_json_out_array_end(out);
        mlt_json_out_object_end(out);
    }
    mlt_json_out_array_end(out);
}

static bool encode(const struct mlt_policy *policy, const char *from, struct mlt_buf *out,
                   struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, true);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "policy", from);
    mlt_json_out_kstring(&json, "sha256", policy->digest);
    if (policy->people.owner)
        mlt_json_out_kstring(&json, "owner", policy->people.owner);
    encode_gates(&json, "transitions", policy->transitions, policy->transition_count);
    encode_gates(&json, "environments", policy->environments, policy->environment_count);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err);
}

static bool render(const struct mlt_policy_request *request, const struct mlt_policy *policy,
                   const char *text, struct mlt_buf *out, struct mlt_err *err)
{
    static const char *const formats[] = {"console", "yaml", "json", NULL};
    const char *format = request->format ? request->format : "console";
    if (strcmp(format, "json") == 0)
        return encode(policy, policy->file, out, err);
    if (strcmp(format, "yaml") == 0) {
        mlt_buf_puts(out, text);
        return true;
    }
    if (strcmp(format, "console") != 0) {
        const char *near = mlt_str_nearest(format, formats);
        return mlt_err_set(
            err, MLT_ERR_USAGE, "a policy is shown as console, yaml or json, found \"%.40s\"%s%s%s",
            format, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    mlt_buf_printf(out, "%s, digest %.12s\n", policy->file, policy->digest);
    if (policy->people.owner)
        mlt_buf_printf(out, "another one is approved by: %s\n", policy->people.owner);
    put_gates(policy, out);
    return true;
}

static bool show_pinned(const struct mlt_policy_request *request, struct mlt_registry *registry,
                        struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_setting setting = {.registry = registry, .registry_url = mlt_registry_url(registry)};
    struct mlt_policy policy;
    bool advisory;
    setting.version.model = request->model ? request->model : "*";
    return mlt_gate_policy(&setting, NULL, true, arena, &policy, &advisory, err) &&
           render(request, &policy, policy.text, out, err);
}

bool mlt_flow_policy_show(const struct mlt_policy_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    struct mlt_policy policy;
    if (request->built_in)
        return built_in(arena, &policy, err) &&
               render(request, &policy, mlt_gates_default, out, err);
    if (request->model && !mlt_model_name_check(request->model, err))
        return false;
    if (!mlt_setting_registry(request->registry, request->dir, true, arena, &registry, err))
        return false;
    bool ok = show_pinned(request, registry, arena, out, err);
    mlt_registry_close(registry);
    return ok;
}

struct checking {
    const struct mlt_policy *policy;
    struct mlt_arena *arena;
    struct mlt_buf *out;
    size_t warnings;
};

static void warn(struct checking *c, const char *kind, const char *gate, const char *what)
{
    mlt_buf_printf(c->out, "%s%s%s%s: %s\n", c->warnings++ ? "" : "\nweak spots\n", kind,
                   *gate ? " " : "", gate, what);
}

static bool compares(const struct mlt_policy_gate *gate, struct mlt_arena *arena)
{
    static const char *const words[] = {"metrics_within_5_percent_of_production",
                                        "no_worse_than_production", "ab_tests_passed", NULL};
    for (size_t i = 0; i < gate->count; i++) {
        const struct mlt_requirement *it = &gate->requirements[i];
        struct mlt_sentence sentence;
        struct mlt_err ignored = MLT_ERR_INIT;
        for (size_t k = 0; it->kind == MLT_REQUIREMENT_WORD && words[k]; k++)
            if (strcmp(it->text, words[k]) == 0)
                return true;
        if (it->kind == MLT_REQUIREMENT_SENTENCE &&
            mlt_sentence_parse(it->text, arena, &sentence, &ignored) && sentence.reference)
            return true;
    }
    return false;
}

/* Every slice is one more chance for harm to pass unseen, where a pass needs nothing to be shown.
 */
static void check_slices(struct checking *c, const char *kind, const struct mlt_policy_gate *gate)
{
    size_t lenient = 0;
    for (size_t i = 0; i < gate->count; i++) {
        const struct mlt_requirement *it = &gate->requirements[i];
        struct mlt_sentence s;
        struct mlt_err ignored = MLT_ERR_INIT;
        if (it->kind != MLT_REQUIREMENT_SENTENCE ||
            !mlt_sentence_parse(it->text, c->arena, &s, &ignored) || !s.by_column)
            continue;
        enum mlt_rule rule = s.rule != MLT_RULE_DEFAULT ? s.rule : c->policy->slice_rule;
        lenient += rule == MLT_RULE_DEFAULT || rule == MLT_RULE_NOT_SHOWN_WORSE;
    }
    if (lenient)
        warn(c, kind, gate->name,
             "slices are judged by not-shown-worse: the more there are, the likelier one that is "
             "worse passes; mltest policy rehearse prints by how much");
}

static void check_gate(struct checking *c, const char *kind, const struct mlt_policy_gate *gate)
{
    for (size_t i = 0; i < gate->count; i++)
        for (size_t k = 0; k < gate->requirements[i].role_count; k++)
            if (!mlt_policy_role_find(&c->policy->people, gate->requirements[i].roles[k])) {
                char *what =
                    mlt_arena_printf(c->arena,
                                     "nobody holds the role %s that \"%s\" asks for: it "
                                     "stays invalid",
                                     gate->requirements[i].roles[k], gate->requirements[i].text);
                warn(c, kind, gate->name, what ? what : "a role is held by nobody");
            }
    bool late = strcmp(gate->name, "production") == 0 || strcmp(gate->name, "beta") == 0;
    if (late && strcmp(kind, "to") == 0 && !compares(gate, c->arena))
        warn(c, kind, gate->name, "nothing is compared with production");
    check_slices(c, kind, gate);
}

bool mlt_flow_policy_check(const struct mlt_policy_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_policy policy;
    struct checking c = {.policy = &policy, .arena = arena, .out = out};
    const char *dir = request->dir ? request->dir : ".";
    char *beside = mlt_fs_join(arena, dir, "gates.yaml");
    if (!beside)
        return mlt_err_oom(err);
    const char *file = request->file ? request->file : beside;
    if (!mlt_gate_policy_file(file, arena, &policy, err))
        return false;
    mlt_buf_printf(out, "%s is a policy, digest %.12s\n", file, policy.digest);
    put_gates(&policy, out);
    for (size_t i = 0; i < policy.transition_count; i++)
        check_gate(&c, "to", &policy.transitions[i]);
    for (size_t i = 0; i < policy.environment_count; i++)
        check_gate(&c, "environment", &policy.environments[i]);
    if (!policy.people.owner)
        warn(&c, "approvers", "", "no owner: once pinned, nobody can approve another policy");
    if (!policy.people.signers_file)
        warn(&c, "approvers", "",
             "no allowed_signers: nobody can sign an approval, a review or a "
             "record");
    if (policy.no_correction)
        warn(&c, "defaults", "",
             "correction: none lets a gate of many metrics fail equal candidates often");
    return mlt_buf_check(out, err);
}

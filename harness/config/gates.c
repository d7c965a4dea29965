#include "harness/config/gates.h"

#include <string.h>

#include "harness/base/str.h"
#include "harness/config/gates_approvers.h"
#include "harness/config/gates_default.h"
#include "harness/config/gates_reader.h"
#include "harness/config/gates_shape.h"
#include "harness/criteria/sentence.h"
#include "harness/domain/semver.h"

/* 30 days: evidence goes stale even where the policy says nothing. */
enum { MAX_AGE_S = 30 * 24 * 3600 };

/* The list that a gate's own mapping gives; `*built_in` is kept only where it is to be extended. */
static bool own_list(const struct mlt_yaml *node, const char *key, const char *name,
                     const struct mlt_yaml **built_in, const struct mlt_yaml **own,
                     struct mlt_err *err)
{
    const struct mlt_yaml *instead = mlt_yaml_get(node, key), *also = mlt_yaml_get(node, "also");
    if (!instead == !also)
        return mlt_yaml_fault(node, err,
                              "'%.60s' needs either '%s' (instead of what is built in) or 'also' "
                              "(beside it), found %s",
                              name, key, also ? "both" : "neither");
    if (also && !*built_in)
        return mlt_yaml_fault(
            node, err, "nothing is built in for '%.60s' that 'also' could extend: write '%s'", name,
            key);
    if (instead)
        *built_in = NULL;
    *own = instead ? instead : also;
    return true;
}

/* What is built in for an environment; NULL when there is none of this name. */
static const struct mlt_yaml *built_in_environment(const struct mlt_yaml *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(mlt_yaml_get(list->values[i], "name")->text, name) == 0)
            return mlt_yaml_get(list->values[i], "requirements");
    return NULL;
}

static bool read_environment(struct mlt_gates_reader *r, const struct mlt_yaml *built_in, size_t i,
                             struct mlt_policy_gate *gates)
{
    const struct mlt_yaml *node = r->environments->values[i], *name = mlt_yaml_get(node, "name");
    const struct mlt_yaml *base = built_in_environment(built_in, name->text), *own = NULL;
    if (!mlt_str_is_name(name->text))
        return mlt_yaml_fault(name, r->err,
                              "an environment's name has letters, digits, '.', '_' and '-', "
                              "found '%.60s'",
                              name->text);
    for (size_t k = 0; k < i; k++)
        if (strcmp(gates[k].name, name->text) == 0)
            return mlt_yaml_fault(name, r->err, "the environment '%s' is there twice", name->text);
    if (r->environments != built_in &&
        !own_list(node, "requirements", name->text, &base, &own, r->err))
        return false;
    return mlt_gates_read_gate(r, name->text, base, own, i, &gates[i]);
}

static bool read_environments(struct mlt_gates_reader *r, const struct mlt_yaml *built_in)
{
    const size_t count = r->environments->count;
    struct mlt_policy_gate *gates = mlt_arena_calloc(r->arena, count, sizeof *gates);
    if (!gates)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < count; i++)
        if (!read_environment(r, built_in, i, gates))
            return false;
    r->out->environments = gates;
    r->out->environment_count = count;
    r->out->built_in_environments = r->environments == built_in;
    return true;
}

/* Every transition that is built in, in the order of the lifecycle: the shape knows no other. */
static bool read_transitions(struct mlt_gates_reader *r, const struct mlt_yaml *map,
                             const struct mlt_yaml *built_in)
{
    struct mlt_policy_gate *gates = mlt_arena_calloc(r->arena, built_in->count, sizeof *gates);
    if (!gates)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < built_in->count; i++) {
        const char *name = built_in->keys[i]->text;
        const struct mlt_yaml *base = mlt_yaml_get(built_in->values[i], "require"), *own = NULL;
        const struct mlt_yaml *node = mlt_yaml_get(map, name);
        if ((node && !own_list(node, "require", name, &base, &own, r->err)) ||
            !mlt_gates_read_gate(r, name, base, own, r->environments->count, &gates[i]))
            return false;
    }
    r->out->transitions = gates;
    r->out->transition_count = built_in->count;
    return true;
}

static bool read_anchor(struct mlt_gates_reader *r)
{
    const struct mlt_yaml *version = mlt_yaml_get(r->anchor, "version");
    const struct mlt_yaml *list = mlt_yaml_get(r->anchor, "require");
    struct mlt_policy_anchor *out = &r->out->anchor;
    struct mlt_sentence sentence;
    struct mlt_semver number;
    if (!r->anchor)
        return true;
    if (!mlt_semver_parse(version->text, &number, r->err))
        return mlt_err_prefix(r->err, "%s:%d:%d: anchor.version", version->file, version->line,
                              version->column);
    const char **require = mlt_arena_calloc(r->arena, list->count, sizeof *require);
    if (!require)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < list->count; i++) {
        const struct mlt_yaml *node = list->values[i];
        require[i] = node->text;
        if (!mlt_sentence_parse_anchored(node->text, r->arena, &sentence, r->err))
            return mlt_err_prefix(r->err, "%s:%d:%d", node->file, node->line, node->column);
        for (size_t k = 0; k < i; k++)
            if (strcmp(require[k], require[i]) == 0)
                return mlt_yaml_fault(node, r->err, "the margin '%.100s' is there twice",
                                      require[i]);
    }
    *out = (struct mlt_policy_anchor){version->text, require, list->count};
    return true;
}

static void read_defaults(const struct mlt_yaml *node, struct mlt_policy *out)
{
    const char *text;
    uint64_t ns;
    out->max_age_s = MAX_AGE_S;
    if (mlt_schema_text(mlt_yaml_get(node, "rule"), &text))
        (void)mlt_rule_parse(text, &out->rule);
    if (mlt_schema_text(mlt_yaml_get(node, "slice_rule"), &text))
        (void)mlt_rule_parse(text, &out->slice_rule);
    if (mlt_schema_text(mlt_yaml_get(node, "correction"), &text))
        out->no_correction = strcmp(text, "none") == 0;
    mlt_schema_number(mlt_yaml_get(node, "alpha"), &out->alpha);
    if (mlt_schema_duration_ns(mlt_yaml_get(node, "max_age"), &ns))
        out->max_age_s = (int64_t)(ns / 1000000000);
}

static bool check_canary(struct mlt_gates_reader *r, const struct mlt_yaml *canary)
{
    const struct mlt_yaml *steps = mlt_yaml_get(canary, "steps"), *traffic = NULL;
    double before = 0, share = 0;
    for (size_t i = 0; steps && i < steps->count; i++, before = share) {
        traffic = mlt_yaml_get(steps->values[i], "traffic");
        if (!mlt_schema_share(traffic, &share) || !(share > before))
            return mlt_yaml_fault(
                traffic, r->err,
                "canary.steps[%zu].traffic must be above the step before it, found "
                "%s",
                i, traffic->text);
    }
    if (traffic && share < 1)
        return mlt_yaml_fault(traffic, r->err, "the last canary step must be 100%%, found %s",
                              traffic->text);
    return true;
}

static bool read_all(struct mlt_gates_reader *r, const struct mlt_yaml *root,
                     const struct mlt_yaml *built_in)
{
    const struct mlt_yaml *environments =
        mlt_yaml_get(mlt_yaml_get(root, "deployment"), "environments");
    const struct mlt_yaml *base =
        mlt_yaml_get(mlt_yaml_get(built_in, "deployment"), "environments");
    bool alone = root->count == 1 && environments;
    if (!mlt_yaml_get(root, "policy") && !alone)
        return mlt_yaml_fault(root, r->err, "the key 'policy' is missing: write 'policy: 1'");
    r->anchor = mlt_yaml_get(root, "anchor");
    r->environments = environments ? environments : base;
    read_defaults(mlt_yaml_get(root, "defaults"), r->out);
    if (r->out->max_age_s <= 0)
        return mlt_yaml_fault(mlt_yaml_get(mlt_yaml_get(root, "defaults"), "max_age"), r->err,
                              "defaults.max_age must be at least 1s");
    const struct mlt_yaml *approvers = mlt_yaml_get(root, "approvers");
    return read_anchor(r) && mlt_gates_read_approvers(r, approvers) && read_environments(r, base) &&
           read_transitions(r, mlt_yaml_get(root, "transitions"),
                            mlt_yaml_get(built_in, "transitions")) &&
           mlt_gates_check_quorums(r, approvers) && check_canary(r, mlt_yaml_get(root, "canary"));
}

bool mlt_gates_parse(const char *file, const char *text, size_t len, const char *signers,
                     const char *const *words, struct mlt_arena *arena, struct mlt_policy *out,
                     struct mlt_err *err)
{
    struct mlt_policy policy = {.file = mlt_arena_strdup(arena, file),
                                .text = mlt_arena_strndup(arena, text, len)};
    struct mlt_gates_reader r = {.words = words, .arena = arena, .out = &policy, .err = err};
    struct mlt_yaml *root, *built_in;
    if (signers)
        policy.people.signers_text = mlt_arena_strdup(arena, signers);
    if (!policy.file || !policy.text || (signers && !policy.people.signers_text))
        return mlt_err_oom(err);
    if (!mlt_policy_digest(text, len, signers, policy.digest, err) ||
        !mlt_yaml_parse("the built-in policy", mlt_gates_default, strlen(mlt_gates_default), arena,
                        &built_in, err) ||
        !mlt_yaml_parse(file, text, len, arena, &root, err) ||
        !mlt_schema_check(&mlt_gates_shape, root, file, err) || !read_all(&r, root, built_in))
        return false;
    *out = policy;
    return true;
}

#include "harness/config/gates.h"

#include <string.h>

#include "harness/base/str.h"
#include "harness/config/gates_shape.h"
#include "harness/criteria/sentence.h"

/* Of the protocol, whether built or not: a suite that is not built never passes. */
static const char *const suite_words[] = {"unit",      "integration", "performance",   "regression",
                                          "edge-case", "ab",          "compatibility", NULL};

/* 30 days: evidence goes stale even where the policy says nothing. */
enum { MAX_AGE_S = 30 * 24 * 3600 };

static const char *const deployed = "_deployment_successful";

struct reader {
    const char *const *words;
    struct mlt_arena *arena;
    struct mlt_policy *out;
    const struct mlt_yaml *anchor; /* NULL */
    bool compares;                 /* the gate being read compares with production */
    struct mlt_err *err;
};

static bool is_word(const char *text)
{
    return *text &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] ==
               '\0';
}

static bool among(const char *word, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static bool unknown(struct reader *r, const struct mlt_yaml *node, const char *what,
                    const char *word, const char *const *words)
{
    const char *nearest = mlt_str_nearest(word, words);
    if (nearest)
        return mlt_yaml_fault(node, r->err, "unknown %s '%.60s'; did you mean '%s%s'?", what, word,
                              *nearest == '*' ? "ENVIRONMENT" : "", nearest + (*nearest == '*'));
    struct mlt_buf known = MLT_BUF_INIT;
    for (size_t i = 0; words[i]; i++)
        mlt_buf_printf(&known, "%s%s", i ? ", " : "", words[i]);
    mlt_yaml_fault(node, r->err, "unknown %s '%.60s'; known are %s", what, word, known.data);
    mlt_buf_free(&known);
    return false;
}

/* ENVIRONMENT_deployment_successful asks for one of the environments that come earlier; a
 * transition may ask for any. Without a `deployment:` block those of the protocol are known. */
static bool check_deployment(struct reader *r, const struct mlt_yaml *node, const char *word,
                             const struct mlt_yaml *environments, size_t earlier)
{
    static const char *const protocol[] = {"development", "staging", "shadow", "production", NULL};
    size_t count = environments ? earlier : 0;
    const char **names = mlt_arena_calloc(r->arena, count + 1, sizeof *names);
    char *name = mlt_arena_strndup(r->arena, word, strlen(word) - strlen(deployed));
    if (!names || !name)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < count; i++)
        names[i] = mlt_yaml_get(environments->values[i], "name")->text;
    const char *const *known = environments ? names : protocol;
    if (among(name, known))
        return true;
    if (count == 0 && environments)
        return mlt_yaml_fault(node, r->err,
                              "'%.60s' asks for a deployment to '%.60s', but no environment stands "
                              "before this one",
                              word, name);
    return unknown(r, node, environments ? "or later environment" : "environment", name, known);
}

static bool read_word(struct reader *r, const struct mlt_yaml *node,
                      const struct mlt_yaml *environments, size_t earlier,
                      struct mlt_requirement *out)
{
    const char *word = node->text;
    out->kind = MLT_REQUIREMENT_WORD;
    r->compares = r->compares || strcmp(word, "regression_tests_passed") == 0;
    if (among(word, r->words) && word[0] != '*')
        return true;
    if (mlt_str_ends(word, deployed) && strlen(word) > strlen(deployed))
        return check_deployment(r, node, word, environments, earlier);
    return unknown(r, node, "requirement", word, r->words);
}

/* "unit tests passed" is a slip in a word, not a sentence. */
static bool hint_word(struct reader *r, const struct mlt_yaml *node)
{
    char *word = mlt_arena_strdup(r->arena, node->text);
    if (!word)
        return mlt_err_oom(r->err);
    for (char *c = word; *c; c++)
        if (*c == ' ')
            *c = '_';
    const char *nearest = is_word(word) ? mlt_str_nearest(word, r->words) : NULL;
    if (nearest)
        return mlt_yaml_fault(node, r->err, "unknown requirement '%.60s'; did you mean '%s'?",
                              node->text, nearest);
    return mlt_err_prefix(r->err, "%s:%d:%d", node->file, node->line, node->column);
}

static bool read_sentence(struct reader *r, const struct mlt_yaml *node,
                          struct mlt_requirement *out)
{
    struct mlt_sentence sentence;
    out->kind = MLT_REQUIREMENT_SENTENCE;
    if (!mlt_sentence_parse(node->text, r->arena, &sentence, r->err))
        return hint_word(r, node);
    r->compares = r->compares || sentence.reference;
    return true;
}

/* "[a, b]" */
static char *list_text(struct reader *r, const struct mlt_yaml *list)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_putc(&text, '[');
    for (size_t i = 0; i < list->count; i++)
        mlt_buf_printf(&text, "%s%s", i ? ", " : "", list->values[i]->text);
    mlt_buf_putc(&text, ']');
    char *copy = text.oom ? NULL : mlt_arena_strdup(r->arena, text.data);
    mlt_buf_free(&text);
    return copy;
}

static bool read_suites(struct reader *r, const struct mlt_yaml *list, struct mlt_requirement *out)
{
    const char **suites = mlt_arena_calloc(r->arena, list->count + 1, sizeof *suites);
    out->kind = MLT_REQUIREMENT_SUITES;
    if (!suites)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < list->count; i++) {
        char *name = mlt_arena_strdup(r->arena, list->values[i]->text);
        if (!name)
            return mlt_err_oom(r->err);
        for (char *c = name; *c; c++)
            if (*c == '_')
                *c = '-';
        if (!among(name, suite_words))
            return unknown(r, list->values[i], "suite", list->values[i]->text, suite_words);
        if (among(name, suites))
            return mlt_yaml_fault(list->values[i], r->err, "the suite '%s' is there twice", name);
        r->compares = r->compares || strcmp(name, "regression") == 0;
        suites[i] = name;
    }
    out->suites = suites;
    out->suite_count = list->count;
    const char *text = list_text(r, list);
    out->text = text ? mlt_arena_printf(r->arena, "suites passed: %s", text) : NULL;
    return out->text || mlt_err_oom(r->err);
}

static bool read_other(struct reader *r, const char *key, const struct mlt_yaml *value,
                       struct mlt_requirement *out)
{
    out->kind = MLT_REQUIREMENT_OTHER;
    out->key = key;
    if (value->kind == MLT_YAML_SCALAR) {
        out->text = mlt_arena_printf(r->arena, "%s: %s", key, value->text);
        return out->text || mlt_err_oom(r->err);
    }
    const struct mlt_yaml *quorum = mlt_yaml_get(value, "quorum");
    char *roles = list_text(r, mlt_yaml_get(value, "roles"));
    if (roles)
        out->text = mlt_arena_printf(r->arena, "%s: {stage: %s, roles: %s, quorum: %s}", key,
                                     mlt_yaml_get(value, "stage")->text, roles,
                                     quorum ? quorum->text : "1");
    return out->text || mlt_err_oom(r->err);
}

static bool read_requirement(struct reader *r, const struct mlt_yaml *node,
                             const struct mlt_yaml *environments, size_t earlier,
                             struct mlt_requirement *out)
{
    if (node->kind == MLT_YAML_SCALAR) {
        out->text = node->text;
        return is_word(node->text) ? read_word(r, node, environments, earlier, out)
                                   : read_sentence(r, node, out);
    }
    if (node->count != 1)
        return mlt_yaml_fault(
            node, r->err,
            "a requirement has one key (suites passed, record or approval), found "
            "%zu",
            node->count);
    const char *key = node->keys[0]->text;
    return strcmp(key, "suites passed") == 0 ? read_suites(r, node->values[0], out)
                                             : read_other(r, key, node->values[0], out);
}

/* One requirement for every margin against the anchor, where the gate compares at all. */
static bool add_anchor(struct reader *r, struct mlt_policy_gate *gate)
{
    const struct mlt_yaml *sentences = mlt_yaml_get(r->anchor, "require");
    if (!r->compares || !sentences)
        return true;
    for (size_t i = 0; i < sentences->count; i++) {
        struct mlt_requirement *out = &gate->requirements[gate->count++];
        out->kind = MLT_REQUIREMENT_OTHER;
        out->key = "anchor";
        out->text =
            mlt_arena_printf(r->arena, "anchor %s: %s", mlt_yaml_get(r->anchor, "version")->text,
                             sentences->values[i]->text);
        if (!out->text)
            return mlt_err_oom(r->err);
    }
    return true;
}

static bool read_gate(struct reader *r, const char *name, const struct mlt_yaml *list,
                      const struct mlt_yaml *environments, size_t earlier,
                      struct mlt_policy_gate *out)
{
    const struct mlt_yaml *anchored = mlt_yaml_get(r->anchor, "require");
    size_t room = list->count + (anchored ? anchored->count : 0);
    out->name = name;
    out->requirements = mlt_arena_calloc(r->arena, room, sizeof *out->requirements);
    if (!out->requirements)
        return mlt_err_oom(r->err);
    r->compares = false;
    for (; out->count < list->count; out->count++) {
        struct mlt_requirement *it = &out->requirements[out->count];
        if (!read_requirement(r, list->values[out->count], environments, earlier, it))
            return false;
        for (size_t i = 0; i < out->count; i++)
            if (strcmp(out->requirements[i].text, it->text) == 0)
                return mlt_yaml_fault(list->values[out->count], r->err,
                                      "the requirement '%.100s' of '%.60s' is there twice",
                                      it->text, name);
    }
    return add_anchor(r, out);
}

static bool read_environments(struct reader *r, const struct mlt_yaml *list)
{
    size_t count = list ? list->count : 0;
    struct mlt_policy_gate *gates = mlt_arena_calloc(r->arena, count, sizeof *gates);
    if (!gates)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < count; i++) {
        const struct mlt_yaml *name = mlt_yaml_get(list->values[i], "name");
        if (!mlt_str_is_name(name->text))
            return mlt_yaml_fault(name, r->err,
                                  "an environment's name has letters, digits, '.', '_' and '-', "
                                  "found '%.60s'",
                                  name->text);
        for (size_t k = 0; k < i; k++)
            if (strcmp(gates[k].name, name->text) == 0)
                return mlt_yaml_fault(name, r->err, "the environment '%s' is there twice",
                                      name->text);
        if (!read_gate(r, name->text, mlt_yaml_get(list->values[i], "requirements"), list, i,
                       &gates[i]))
            return false;
    }
    r->out->environments = gates;
    r->out->environment_count = count;
    return true;
}

static bool read_transitions(struct reader *r, const struct mlt_yaml *map,
                             const struct mlt_yaml *environments)
{
    size_t count = map ? map->count : 0;
    struct mlt_policy_gate *gates = mlt_arena_calloc(r->arena, count, sizeof *gates);
    if (!gates)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < count; i++)
        if (!read_gate(r, map->keys[i]->text, mlt_yaml_get(map->values[i], "require"), environments,
                       environments ? environments->count : 0, &gates[i]))
            return false;
    r->out->transitions = gates;
    r->out->transition_count = count;
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

static bool check_canary(struct reader *r, const struct mlt_yaml *canary)
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

static bool read_all(struct reader *r, const struct mlt_yaml *root)
{
    const struct mlt_yaml *environments =
        mlt_yaml_get(mlt_yaml_get(root, "deployment"), "environments");
    const struct mlt_yaml *transitions = mlt_yaml_get(root, "transitions");
    bool alone = root->count == 1 && environments;
    if (!mlt_yaml_get(root, "policy") && !alone)
        return mlt_yaml_fault(root, r->err, "the key 'policy' is missing: write 'policy: 1'");
    if (!environments && (!transitions || transitions->count == 0))
        return mlt_yaml_fault(root, r->err,
                              "the policy has no requirements: write transitions or deployment");
    r->anchor = mlt_yaml_get(root, "anchor");
    read_defaults(mlt_yaml_get(root, "defaults"), r->out);
    if (r->out->max_age_s <= 0)
        return mlt_yaml_fault(mlt_yaml_get(mlt_yaml_get(root, "defaults"), "max_age"), r->err,
                              "defaults.max_age must be at least 1s");
    return read_environments(r, environments) && read_transitions(r, transitions, environments) &&
           check_canary(r, mlt_yaml_get(root, "canary"));
}

bool mlt_gates_parse(const char *file, const char *text, size_t len, const char *const *words,
                     struct mlt_arena *arena, struct mlt_policy *out, struct mlt_err *err)
{
    struct mlt_policy policy = {.file = mlt_arena_strdup(arena, file),
                                .text = mlt_arena_strndup(arena, text, len)};
    struct reader r = {words, arena, &policy, NULL, false, err};
    struct mlt_yaml *root;
    if (!policy.file || !policy.text)
        return mlt_err_oom(err);
    if (!mlt_hash_bytes(text, len, policy.digest, err) ||
        !mlt_yaml_parse(file, text, len, arena, &root, err) ||
        !mlt_schema_check(&mlt_gates_shape, root, file, err) || !read_all(&r, root))
        return false;
    *out = policy;
    return true;
}

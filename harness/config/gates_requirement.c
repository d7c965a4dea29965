#include <string.h>

#include "harness/base/str.h"
#include "harness/config/gates_reader.h"
#include "harness/config/schema.h"
#include "harness/criteria/sentence.h"

/* Of the protocol, whether built or not: a suite that is not built never passes. */
static const char *const suite_words[] = {"unit",      "integration", "performance",   "regression",
                                          "edge-case", "ab",          "compatibility", NULL};

/* Words that hold the candidate against production, beside the sentences that do. */
static const char *const comparing_words[] = {
    "regression_tests_passed",  "extended_validation_completed",
    "all_tests_passed",         "metrics_within_5_percent_of_production",
    "no_worse_than_production", NULL};

static const char deployed[] = "_deployment_successful";

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

bool mlt_gates_unknown(const struct mlt_gates_reader *r, const struct mlt_yaml *node,
                       const char *what, const char *word, const char *const *words)
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
 * transition may ask for any. */
static bool check_deployment(struct mlt_gates_reader *r, const struct mlt_yaml *node,
                             const char *word, size_t earlier)
{
    const char **names = mlt_arena_calloc(r->arena, earlier + 1, sizeof *names);
    char *name = mlt_arena_strndup(r->arena, word, strlen(word) - strlen(deployed));
    if (!names || !name)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < earlier; i++)
        names[i] = mlt_yaml_get(r->environments->values[i], "name")->text;
    if (among(name, names))
        return true;
    if (earlier == 0)
        return mlt_yaml_fault(node, r->err,
                              "'%.60s' asks for a deployment to '%.60s', but no environment stands "
                              "before this one",
                              word, name);
    return mlt_gates_unknown(r, node, "or later environment", name, names);
}

/* Who approves, where the word asks for people. */
static bool fill_stage(struct mlt_gates_reader *r, struct mlt_requirement *out)
{
    const struct mlt_policy_stage *stage = mlt_policy_stage_of_word(out->text);
    if (!stage)
        return true;
    const char **roles = mlt_arena_calloc(r->arena, 1, sizeof *roles);
    if (!roles)
        return mlt_err_oom(r->err);
    roles[0] = stage->role;
    out->stage = stage->stage;
    out->roles = roles;
    out->role_count = 1;
    out->quorum = mlt_policy_quorum(&r->out->people, stage->stage);
    return true;
}

static bool read_word(struct mlt_gates_reader *r, const struct mlt_yaml *node, size_t earlier,
                      struct mlt_requirement *out)
{
    const char *word = node->text;
    out->kind = MLT_REQUIREMENT_WORD;
    r->compares = r->compares || among(word, comparing_words);
    /* The words of the built-in policy are held against those that there are by its test. */
    if (word[0] != '*' && (among(word, r->words) || (r->built_in && !mlt_str_ends(word, deployed))))
        return fill_stage(r, out);
    if (mlt_str_ends(word, deployed) && strlen(word) > strlen(deployed))
        return check_deployment(r, node, word, earlier);
    return mlt_gates_unknown(r, node, "requirement", word, r->words);
}

/* "unit tests passed" is a slip in a word, not a sentence. */
static bool hint_word(struct mlt_gates_reader *r, const struct mlt_yaml *node)
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

static bool read_sentence(struct mlt_gates_reader *r, const struct mlt_yaml *node,
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
static char *list_text(struct mlt_gates_reader *r, const struct mlt_yaml *list)
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

static bool read_suites(struct mlt_gates_reader *r, const struct mlt_yaml *list,
                        struct mlt_requirement *out)
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
            return mlt_gates_unknown(r, list->values[i], "suite", list->values[i]->text,
                                     suite_words);
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

/* The texts of a list; NULL when memory is out. */
static const char **texts(struct mlt_gates_reader *r, const struct mlt_yaml *list)
{
    const char **out = mlt_arena_calloc(r->arena, list->count, sizeof *out);
    for (size_t i = 0; out && i < list->count; i++)
        out[i] = list->values[i]->text;
    return out;
}

static bool read_approval(struct mlt_gates_reader *r, const struct mlt_yaml *value,
                          struct mlt_requirement *out)
{
    const struct mlt_yaml *roles = mlt_yaml_get(value, "roles");
    int64_t quorum = 0;
    out->kind = MLT_REQUIREMENT_APPROVAL;
    out->stage = mlt_yaml_get(value, "stage")->text;
    if (!mlt_str_is_name(out->stage))
        return mlt_yaml_fault(mlt_yaml_get(value, "stage"), r->err,
                              "a stage's name has letters, digits, '.', '_' and '-', found '%.60s'",
                              out->stage);
    for (size_t i = 0; i < roles->count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(roles->values[i]->text, roles->values[k]->text) == 0)
                return mlt_yaml_fault(roles->values[i], r->err, "the role '%.60s' is there twice",
                                      roles->values[i]->text);
    char *list = list_text(r, roles);
    out->roles = texts(r, roles);
    out->role_count = roles->count;
    out->quorum = mlt_schema_integer(mlt_yaml_get(value, "quorum"), &quorum)
                      ? (unsigned)quorum
                      : mlt_policy_quorum(&r->out->people, out->stage);
    if (list && out->roles)
        out->text = mlt_arena_printf(r->arena, "approval: {stage: %s, roles: %s, quorum: %u}",
                                     out->stage, list, out->quorum);
    return out->text || mlt_err_oom(r->err);
}

static bool read_record(struct mlt_gates_reader *r, const struct mlt_yaml *value,
                        struct mlt_requirement *out)
{
    out->kind = MLT_REQUIREMENT_RECORD;
    out->record = value->text;
    out->text = mlt_arena_printf(r->arena, "record: %s", value->text);
    return out->text || mlt_err_oom(r->err);
}

static bool read_requirement(struct mlt_gates_reader *r, const struct mlt_yaml *node,
                             size_t earlier, struct mlt_requirement *out)
{
    out->built_in = r->built_in;
    out->line = node->line;
    if (node->kind == MLT_YAML_SCALAR) {
        out->text = node->text;
        return is_word(node->text) ? read_word(r, node, earlier, out) : read_sentence(r, node, out);
    }
    if (node->count != 1)
        return mlt_yaml_fault(
            node, r->err,
            "a requirement has one key (suites passed, record or approval), found "
            "%zu",
            node->count);
    const char *key = node->keys[0]->text;
    const struct mlt_yaml *value = node->values[0];
    return strcmp(key, "suites passed") == 0 ? read_suites(r, value, out)
           : strcmp(key, "record") == 0      ? read_record(r, value, out)
                                             : read_approval(r, value, out);
}

static bool read_list(struct mlt_gates_reader *r, const struct mlt_yaml *list, size_t earlier,
                      struct mlt_policy_gate *out)
{
    for (size_t i = 0; list && i < list->count; i++) {
        struct mlt_requirement *it = &out->requirements[out->count];
        if (!read_requirement(r, list->values[i], earlier, it))
            return false;
        for (size_t k = 0; k < out->count; k++)
            if (strcmp(out->requirements[k].text, it->text) == 0)
                return mlt_yaml_fault(
                    list->values[i], r->err, "the requirement '%.100s' of '%.60s' is there twice%s",
                    it->text, out->name, out->requirements[k].built_in ? ": it is built in" : "");
        out->count++;
    }
    return true;
}

/* One requirement for every margin against the anchor, where the gate compares at all. */
static bool add_anchor(struct mlt_gates_reader *r, struct mlt_policy_gate *gate)
{
    const struct mlt_policy_anchor *anchor = &r->out->anchor;
    for (size_t i = 0; r->compares && i < anchor->count; i++) {
        struct mlt_requirement *out = &gate->requirements[gate->count++];
        out->kind = MLT_REQUIREMENT_ANCHOR;
        out->sentence = anchor->require[i];
        out->line = mlt_yaml_get(r->anchor, "require")->values[i]->line;
        out->text =
            mlt_arena_printf(r->arena, "anchor %s: %s", anchor->version, anchor->require[i]);
        if (!out->text)
            return mlt_err_oom(r->err);
    }
    return true;
}

bool mlt_gates_read_gate(struct mlt_gates_reader *r, const char *name,
                         const struct mlt_yaml *built_in, const struct mlt_yaml *own,
                         size_t earlier, struct mlt_policy_gate *out)
{
    size_t room = (built_in ? built_in->count : 0) + (own ? own->count : 0) + r->out->anchor.count;
    out->name = name;
    out->requirements = mlt_arena_calloc(r->arena, room, sizeof *out->requirements);
    if (!out->requirements)
        return mlt_err_oom(r->err);
    r->compares = false;
    r->built_in = true;
    if (!read_list(r, built_in, earlier, out))
        return false;
    r->built_in = false;
    return read_list(r, own, earlier, out) && add_anchor(r, out);
}

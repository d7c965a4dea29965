/* The unit suite: is this version whole, and does its model answer as it says? */
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "suites/draft.h"
#include "suites/suites.h"
#include "suites/unit_checks.h"

static const struct {
    const char *name;
    mlt_unit_check *run;
} checks[] = {
    {"artifacts", mlt_unit_artifacts},
    {"digests", mlt_unit_digests},
    {"metadata", mlt_unit_metadata},
    {"config", mlt_unit_config},
    {"loads", mlt_unit_loads},
    {"predicts", mlt_unit_predicts},
    {"deterministic", mlt_unit_deterministic},
    {"output-contract", mlt_unit_output_contract},
    {"examples", mlt_unit_examples},
    {"command", mlt_unit_command},
};

static const char *const words[] = {
    "artifacts", "digests",       "metadata",        "config", "loads",
    "predicts",  "deterministic", "output-contract", NULL,
};
static const struct mlt_schema word = {
    .type = MLT_SCHEMA_WORD,
    .words = words,
    .doc = "a built-in check",
};
static const struct mlt_schema tolerance = {.type = MLT_SCHEMA_NUMBER, .min = 0, .max = 1e300};
static const struct mlt_schema_key keys[] = {
    {"examples", &mlt_shape_text, false, "JSONL file of golden examples"},
    {"tolerance", &tolerance, false, "for examples that name none; default 1e-6"},
    {"command", &mlt_shape_texts, false, "program and arguments; its exit code is judged"},
    {"timeout", &mlt_shape_duration, false, "for the command; default 5m"},
    {"name", &mlt_shape_text, false, "name of the case"},
    {NULL, NULL, false, NULL},
};
static const struct mlt_schema object = {.type = MLT_SCHEMA_OBJECT, .keys = keys};
static const struct mlt_schema item_shape = {
    .type = MLT_SCHEMA_SCALAR_OR,
    .scalar = &word,
    .item = &object,
    .doc = "a built-in check by name, golden examples, or a command",
};

enum { COMMAND_TIMEOUT_S = 300, GRACE_S = 30 };
#define NS_PER_S UINT64_C(1000000000)

static const char *stem_of(struct mlt_arena *arena, const char *path)
{
    const char *base = mlt_fs_basename(path), *dot = strrchr(base, '.');
    return mlt_arena_strndup(arena, base, dot && dot != base ? (size_t)(dot - base) : strlen(base));
}

static const char *name_of(const struct mlt_yaml *item, struct mlt_arena *arena, const char *kind,
                           const char *subject)
{
    const char *name = NULL;
    if (mlt_schema_text(mlt_yaml_get(item, "name"), &name))
        return name;
    const char *stem = stem_of(arena, subject);
    return stem ? mlt_arena_printf(arena, "%s-%s", kind, stem) : NULL;
}

static bool plan_examples(struct mlt_draft *draft, const struct mlt_yaml *item, const char **name,
                          struct mlt_err *err)
{
    const struct mlt_yaml *file = mlt_yaml_get(item, "examples");
    double allowed = 1e-6;
    (void)mlt_schema_number(mlt_yaml_get(item, "tolerance"), &allowed);
    mlt_json_out_kstring(&draft->spec, "check", "examples");
    mlt_json_out_kstring(&draft->spec, "file", file->text);
    mlt_json_out_knumber(&draft->spec, "tolerance", allowed);
    *name = name_of(item, draft->context->arena, "examples", file->text);
    return *name || mlt_err_oom(err);
}

static bool plan_command(struct mlt_draft *draft, const struct mlt_yaml *item, const char **name,
                         struct mlt_err *err)
{
    const struct mlt_yaml *command = mlt_yaml_get(item, "command");
    uint64_t timeout_ns = COMMAND_TIMEOUT_S * NS_PER_S;
    (void)mlt_schema_duration_ns(mlt_yaml_get(item, "timeout"), &timeout_ns);
    if (command->values[0]->text[0] == '\0')
        return mlt_yaml_fault(command->values[0], err, "`command` names no program");
    mlt_json_out_kstring(&draft->spec, "check", "command");
    mlt_json_out_key(&draft->spec, "argv");
    mlt_json_out_array(&draft->spec);
    for (size_t i = 0; i < command->count; i++)
        mlt_json_out_string(&draft->spec, command->values[i]->text);
    mlt_json_out_array_end(&draft->spec);
    mlt_json_out_knumber(&draft->spec, "timeout_s", (double)timeout_ns / (double)NS_PER_S);
    draft->test.timeout_ns = timeout_ns + GRACE_S * NS_PER_S;
    *name = name_of(item, draft->context->arena, "command", command->values[0]->text);
    return *name || mlt_err_oom(err);
}

static bool plan_item(struct mlt_draft *draft, const struct mlt_yaml *item, const char **name,
                      struct mlt_err *err)
{
    if (item->kind == MLT_YAML_SCALAR) {
        *name = item->text;
        mlt_json_out_kstring(&draft->spec, "check", item->text);
        return true;
    }
    bool examples = mlt_yaml_get(item, "examples"), command = mlt_yaml_get(item, "command");
    if (examples == command)
        return mlt_yaml_fault(item, err, "an item of `suites.unit` has %s `examples` %s `command`",
                              examples ? "either" : "neither", examples ? "or" : "nor");
    if (examples && mlt_yaml_get(item, "timeout"))
        return mlt_yaml_fault(mlt_yaml_get(item, "timeout"), err, "`timeout` is for a `command`");
    if (command && mlt_yaml_get(item, "tolerance"))
        return mlt_yaml_fault(mlt_yaml_get(item, "tolerance"), err,
                              "`tolerance` is for `examples`");
    return examples ? plan_examples(draft, item, name, err) : plan_command(draft, item, name, err);
}

static bool plan(const struct mlt_plan_context *context, const struct mlt_yaml *items,
                 struct mlt_plan *plan, struct mlt_err *err)
{
    for (size_t i = 0; i < items->count; i++) {
        struct mlt_draft draft;
        const char *name = NULL;
        mlt_draft_begin(&draft, context, plan, mlt_suite_unit.name);
        if (!plan_item(&draft, items->values[i], &name, err)) {
            mlt_draft_drop(&draft);
            return false;
        }
        if (!mlt_draft_add(&draft, name, err))
            return false;
    }
    return true;
}

static bool run(struct mlt_case_context *context, const struct mlt_case_plan *test,
                struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_json *spec;
    if (!mlt_json_parse(test->id, test->spec, strlen(test->spec), &spec, err))
        return false;
    const char *check = mlt_json_string(mlt_json_get(spec, "check"));
    bool known = false, ok = false;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (mlt_str_eq(check, checks[i].name)) {
            known = true;
            ok = checks[i].run(context, spec, out, err);
        }
    mlt_json_free(spec);
    return known ? ok
                 : mlt_err_set(err, MLT_ERR_USAGE, "the unit suite has no check '%s'",
                               check ? check : "");
}

const struct mlt_suite_ops mlt_suite_unit = {
    .abi = MLT_SUITE_ABI,
    .name = "unit",
    .doc = "the version's files, its model's answers, golden examples and commands",
    .item = &item_shape,
    .plan = plan,
    .run = run,
};

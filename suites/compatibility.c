/* The compatibility suite: does the candidate keep what the version in production promised? */
#include "suites/compatibility.h"

#include <string.h>

#include "harness/base/str.h"
#include "suites/ask.h"
#include "suites/draft.h"
#include "suites/suites.h"

static const char *const words[] = {"schema", "golden", "converter", "configuration", NULL};
static const struct mlt_schema word = {
    .type = MLT_SCHEMA_WORD,
    .words = words,
    .doc = "a built-in check",
};
static const struct mlt_schema_key keys[] = {
    {"golden", &mlt_shape_text, false,
     "JSONL file of examples in the baseline's folder (default tests/golden.jsonl)"},
    {"converter", &mlt_shape_text, false,
     "JSONL file of examples in the candidate's folder (default tests/golden.jsonl)"},
    {"configuration", &mlt_shape_text, false,
     "JSONL file of configurations in the baseline's folder (default tests/settings.jsonl, if it is "
     "there)"},
    {NULL, NULL, false, NULL},
};
static const struct mlt_schema object = {.type = MLT_SCHEMA_OBJECT, .keys = keys};
static const struct mlt_schema item_shape = {
    .type = MLT_SCHEMA_SCALAR_OR,
    .scalar = &word,
    .item = &object,
    .doc = "schema, golden, converter or configuration; the last three with a file",
};

static bool plan_item(struct mlt_draft *draft, const struct mlt_yaml *item, const char **name,
                      struct mlt_err *err)
{
    const char *file = NULL;
    *name = item->text;
    if (item->kind != MLT_YAML_SCALAR) {
        if (item->count != 1)
            return mlt_yaml_fault(item, err,
                                  "an item of `suites.compatibility` has either `golden`, "
                                  "`converter` or `configuration`");
        *name = item->keys[0]->text;
        file = item->values[0]->text;
    }
    mlt_json_out_kstring(&draft->spec, "check", *name);
    if (file)
        mlt_json_out_kstring(&draft->spec, "file", file);
    return true;
}

static bool plan(const struct mlt_plan_context *context, const struct mlt_yaml *items,
                 struct mlt_plan *plan, struct mlt_err *err)
{
    for (size_t i = 0; i < items->count; i++) {
        struct mlt_draft draft;
        const char *name;
        mlt_draft_begin(&draft, context, plan, mlt_suite_compatibility.name);
        if (!plan_item(&draft, items->values[i], &name, err)) {
            mlt_draft_drop(&draft);
            return false;
        }
        if (!mlt_draft_add(&draft, name, err))
            return false;
    }
    return true;
}

static bool read_side(const struct mlt_subject *subject, struct mlt_arena *arena,
                      struct mlt_contract *contract, struct mlt_metadata *metadata,
                      struct mlt_err *err)
{
    struct mlt_json *config;
    if (!subject->config_json || !subject->metadata_json)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s has no %s", subject->dir,
                           subject->config_json ? "metadata.json" : "config.json");
    if (!mlt_json_parse("config.json", subject->config_json, strlen(subject->config_json), &config,
                        err))
        return false;
    bool ok = mlt_contract_decode("config.json", config, arena, contract, err);
    mlt_json_free(config);
    return ok &&
           mlt_metadata_parse("metadata.json", subject->metadata_json,
                              strlen(subject->metadata_json), NULL, NULL, arena, metadata, err);
}

static bool compare(struct mlt_case_context *context, struct mlt_compatibility *out,
                    struct mlt_err *err)
{
    const struct mlt_subject *old = context->baseline, *new = context->candidate;
    if (!read_side(old, context->arena, &out->from, &out->from_metadata, err) ||
        !read_side(new, context->arena, &out->to, &out->to_metadata, err))
        return false;
    const struct mlt_release from = {old->version, &out->from, &out->from_metadata};
    const struct mlt_release to = {new->version, &out->to, &out->to_metadata};
    return mlt_compat_compare(&from, &to, context->arena, &out->report, err);
}

static bool run_schema(struct mlt_case_context *context, const struct mlt_compatibility *c,
                       struct mlt_outcome *out, struct mlt_err *err)
{
    const struct mlt_compat_report *report = &c->report;
    struct mlt_buf list = MLT_BUF_INIT;
    char next[MLT_SEMVER_CHARS];
    for (size_t i = 0; i < report->count; i++) {
        mlt_buf_printf(&list, "%-6s", mlt_bump_name(report->changes[i].needs));
        mlt_compat_print(&report->changes[i], &list);
        mlt_buf_putc(&list, '\n');
    }
    out->diagnostics = mlt_ask_keep(&list, context->arena, err);
    if (!out->diagnostics)
        return false;
    if (report->accepted)
        return mlt_outcome_set(context, out, MLT_OUTCOME_PASSED, err,
                               "%zu changes since %s, which need a %s version", report->count,
                               context->baseline->version, mlt_bump_name(report->needs));
    return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                           "%s%s (against %s; it would have to be %s)", report->reasons[0],
                           report->reason_count > 1 ? ", and more" : "", context->baseline->version,
                           report->needs > report->given ? mlt_semver_format(&report->next, next)
                                                         : "told in the changelog");
}

static bool run_check(struct mlt_case_context *context, const struct mlt_json *spec,
                      struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_compatibility c = {0};
    const char *check, *file;
    if (!mlt_json_want_string(spec, "check", &check, err))
        return false;
    file = mlt_json_string(mlt_json_get(spec, "file"));
    /* Said in so many words, or there would be no run. */
    if (!context->baseline)
        return mlt_outcome_set(context, out, MLT_OUTCOME_PASSED, err,
                               "the first release: nothing was promised to anybody yet");
    if (!compare(context, &c, err))
        return false;
    if (strcmp(check, "schema") == 0)
        return run_schema(context, &c, out, err);
    if (strcmp(check, "configuration") == 0)
        return mlt_compatibility_configuration(context, &c, file, out, err);
    file = file ? file : "tests/golden.jsonl";
    return strcmp(check, "golden") == 0 ? mlt_compatibility_golden(context, &c, file, out, err)
                                        : mlt_compatibility_converter(context, &c, file, out, err);
}

static bool run(struct mlt_case_context *context, const struct mlt_case_plan *test,
                struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_json *spec;
    if (!mlt_json_parse(test->id, test->spec, strlen(test->spec), &spec, err))
        return false;
    bool ok = run_check(context, spec, out, err);
    mlt_json_free(spec);
    return ok;
}

const struct mlt_suite_ops mlt_suite_compatibility = {
    .abi = MLT_SUITE_ABI,
    .name = "compatibility",
    .doc = "does it keep what the version in production promised?",
    .item = &item_shape,
    .plan = plan,
    .run = run,
};

/* The integration suite: does this version fit what stands around it? */
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/registry/registry.h"
#include "suites/ask.h"
#include "suites/dependencies.h"
#include "suites/draft.h"
#include "suites/rows.h"
#include "suites/suites.h"

static const char *const words[] = {"dependencies", "configuration", "fresh-process", NULL};
static const struct mlt_schema item_shape = {
    .type = MLT_SCHEMA_WORD,
    .words = words,
    .doc = "a built-in check by name",
};

static bool plan(const struct mlt_plan_context *context, const struct mlt_yaml *items,
                 struct mlt_plan *plan, struct mlt_err *err)
{
    for (size_t i = 0; i < items->count; i++) {
        struct mlt_draft draft;
        mlt_draft_begin(&draft, context, plan, mlt_suite_integration.name);
        const char *check = items->values[i]->text;
        mlt_json_out_kstring(&draft.spec, "check", check);
        draft.test.fresh = mlt_str_eq(check, "fresh-process");
        if (!mlt_draft_add(&draft, check, err))
            return false;
    }
    return true;
}

static bool fails(struct mlt_case_context *context, struct mlt_outcome *out, struct mlt_err *err)
{
    if (err->kind == MLT_ERR_INFRA || err->kind == MLT_ERR_INTERRUPTED)
        return false;
    struct mlt_err said = *err;
    *err = (struct mlt_err)MLT_ERR_INIT;
    return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "%s", said.text);
}

static bool resolve_all(struct mlt_case_context *context, const struct mlt_metadata *metadata,
                        struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    struct mlt_buf faults = MLT_BUF_INIT;
    if (!mlt_registry_open(context->registry_url, true, &registry, err))
        return false;
    bool ok = mlt_dependencies_check(registry, metadata, context->arena, &faults, err);
    mlt_registry_close(registry);
    ok = ok && mlt_buf_check(&faults, err);
    if (ok && faults.len)
        ok =
            mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "dependencies: %s", faults.data);
    else if (ok)
        out->state = MLT_OUTCOME_PASSED;
    else if (err->kind == MLT_ERR_USAGE)
        ok = fails(context, out, err);
    mlt_buf_free(&faults);
    return ok;
}

static bool run_dependencies(struct mlt_case_context *context, struct mlt_outcome *out,
                             struct mlt_err *err)
{
    const struct mlt_subject *subject = context->candidate;
    struct mlt_metadata metadata;
    if (!subject->metadata_json)
        return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "%s/metadata.json is missing",
                               subject->dir);
    if (!mlt_metadata_parse("metadata.json", subject->metadata_json, strlen(subject->metadata_json),
                            subject->model, subject->version, context->arena, &metadata, err))
        return fails(context, out, err);
    if (metadata.dependency_count == 0) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    if (!context->registry_url)
        return mlt_outcome_set(context, out, MLT_OUTCOME_SKIPPED, err,
                               "no registry is configured in which %zu dependencies could be found",
                               metadata.dependency_count);
    return resolve_all(context, &metadata, out, err);
}

static const char *type_name(enum mlt_input_type type)
{
    static const char *const names[] = {"number", "integer", "string", "category", "boolean"};
    return names[type];
}

/* What mltest.yaml and the version's own config.json declare must be one contract. */
static bool compare_contracts(struct mlt_case_context *context, const struct mlt_contract *own,
                              struct mlt_outcome *out, struct mlt_err *err)
{
    const struct mlt_contract *tested = &context->config->contract;
    for (size_t i = 0; i < tested->input_count; i++) {
        const struct mlt_input *input = &tested->inputs[i];
        const struct mlt_input *other = mlt_contract_find(own, input->name);
        if (!other)
            return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                                   "mltest.yaml declares input '%s', config.json does not",
                                   input->name);
        if (other->type != input->type)
            return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                                   "input '%s' is of type %s in config.json and %s in mltest.yaml",
                                   input->name, type_name(other->type), type_name(input->type));
    }
    for (size_t i = 0; i < own->input_count; i++)
        if (own->inputs[i].required && !mlt_contract_find(tested, own->inputs[i].name))
            return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                                   "config.json requires input '%s', mltest.yaml does not name it",
                                   own->inputs[i].name);
    out->state = MLT_OUTCOME_PASSED;
    return true;
}

static bool run_configuration(struct mlt_case_context *context, struct mlt_outcome *out,
                              struct mlt_err *err)
{
    const char *text = context->candidate->config_json;
    struct mlt_json *config;
    struct mlt_contract own;
    if (!text)
        return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "%s/config.json is missing",
                               context->candidate->dir);
    if (!mlt_json_parse("config.json", text, strlen(text), &config, err))
        return fails(context, out, err);
    bool declares = mlt_json_get(config, "inputs") || mlt_json_get(config, "output");
    bool is_object = mlt_json_type(config) == MLT_JSON_OBJECT;
    bool ok = is_object;
    if (!is_object)
        mlt_err_set(err, MLT_ERR_EVIDENCE, "config.json is no object");
    else if (declares || !context->config->has_contract)
        ok = mlt_contract_decode("config.json", config, context->arena, &own, err);
    mlt_json_free(config);
    if (!ok)
        return fails(context, out, err);
    if (declares && context->config->has_contract)
        return compare_contracts(context, &own, out, err);
    out->state = MLT_OUTCOME_PASSED;
    return true;
}

/* The case is planned `fresh`: this worker has run nothing before, and opens the model anew. */
static bool run_fresh_process(struct mlt_case_context *context, struct mlt_outcome *out,
                              struct mlt_err *err)
{
    struct mlt_batch batch;
    struct mlt_prediction *answer;
    if (!mlt_rows_for_model(context, NULL, 1, &batch, err))
        return false;
    if (!mlt_ask(context, MLT_CANDIDATE, &batch, context->arena, &answer, err))
        return err->kind == MLT_ERR_EVIDENCE && fails(context, out, err);
    const char *fault = mlt_ask_fault(&context->contract->output, answer, context->arena);
    if (!fault) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    out->diagnostics = mlt_ask_diagnostics(context);
    return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                           "a model just started does not answer: %s", fault);
}

static bool run(struct mlt_case_context *context, const struct mlt_case_plan *test,
                struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_json *spec;
    if (!mlt_json_parse(test->id, test->spec, strlen(test->spec), &spec, err))
        return false;
    const char *check = mlt_json_string(mlt_json_get(spec, "check"));
    bool ok;
    if (mlt_str_eq(check, "dependencies"))
        ok = run_dependencies(context, out, err);
    else if (mlt_str_eq(check, "configuration"))
        ok = run_configuration(context, out, err);
    else if (mlt_str_eq(check, "fresh-process"))
        ok = run_fresh_process(context, out, err);
    else
        ok = mlt_err_set(err, MLT_ERR_USAGE, "the integration suite has no check '%s'",
                         check ? check : "");
    mlt_json_free(spec);
    return ok;
}

const struct mlt_suite_ops mlt_suite_integration = {
    .abi = MLT_SUITE_ABI,
    .name = "integration",
    .doc = "declared dependencies, the configuration, and an answer from a fresh process",
    .item = &item_shape,
    .plan = plan,
    .run = run,
};

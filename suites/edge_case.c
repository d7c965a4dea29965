/* The edge-case suite: the model answers within its contract or refuses cleanly, and goes on
 * serving. */
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "suites/ask.h"
#include "suites/draft.h"
#include "suites/edge.h"
#include "suites/rows.h"
#include "suites/suites.h"

enum { MAX_TIMEOUTS = 3, LISTED = 50 };

static const char *const generate_words[] = {
    "all",      "missing-field", "null",        "nan",          "infinity",    "zero",
    "negative", "extreme",       "wrong-type",  "empty-string", "long-string", "control-characters",
    "non-bmp",  "extra-field",   "empty-batch", "large-batch",  NULL,
};
static const char *const expect_words[] = {"not_higher", "not_lower", "higher", "lower", NULL};
static const struct mlt_schema family_word = {.type = MLT_SCHEMA_WORD, .words = generate_words};
static const struct mlt_schema family_list = {.type = MLT_SCHEMA_LIST, .item = &family_word};
static const struct mlt_schema generate_shape = {
    .type = MLT_SCHEMA_SCALAR_OR, .scalar = &family_word, .item = &family_list};
static const struct mlt_schema expect_shape = {.type = MLT_SCHEMA_WORD, .words = expect_words};
static const struct mlt_schema share_shape = {.type = MLT_SCHEMA_PERCENT};
static const struct mlt_schema_key directional_keys[] = {
    {"field", &mlt_shape_text, true, "a number among the inputs"},
    {"change", &mlt_shape_text, true, "+10%, -5%, +3"},
    {"expect", &expect_shape, true, "how the answer moves"},
    {"where", &mlt_shape_text, false, "rows with COLUMN == VALUE; default: all"},
    {"at_least", &share_shape, false, "share of rows; default 100%"},
    {"dataset", &mlt_shape_text, false, "default: the first data set"},
    {NULL, NULL, false, NULL},
};
static const struct mlt_schema directional_shape = {.type = MLT_SCHEMA_OBJECT,
                                                    .keys = directional_keys};
static const struct mlt_schema_key keys[] = {
    {"generate", &generate_shape, false, "all, or a list of families"},
    {"directional", &directional_shape, false, "one field is changed, the answer must follow"},
    {"name", &mlt_shape_text, false, "name of a directional case"},
    {NULL, NULL, false, NULL},
};
static const struct mlt_schema item_shape = {
    .type = MLT_SCHEMA_OBJECT,
    .keys = keys,
    .doc = "{generate: all}, or {directional: {field: price, change: +10%, expect: not_higher}}",
};

static bool is_chosen(const struct mlt_yaml *chosen, const char *family)
{
    if (chosen->kind == MLT_YAML_SCALAR)
        return mlt_str_eq(chosen->text, "all") || mlt_str_eq(chosen->text, family);
    for (size_t i = 0; i < chosen->count; i++)
        if (mlt_str_eq(chosen->values[i]->text, "all") ||
            mlt_str_eq(chosen->values[i]->text, family))
            return true;
    return false;
}

static bool applies(const struct mlt_edge_family *family, const struct mlt_contract *contract,
                    bool *out, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_edge_probes probes = {0};
    bool ok = !family->probes || family->probes(contract, &arena, &probes, err);
    *out = !family->probes || probes.count > 0;
    mlt_arena_free(&arena);
    return ok;
}

static bool plan_families(const struct mlt_plan_context *context, const struct mlt_yaml *chosen,
                          struct mlt_plan *plan, struct mlt_err *err)
{
    for (const struct mlt_edge_family *family = mlt_edge_families; family->name; family++) {
        bool wanted = is_chosen(chosen, family->name);
        if (wanted && !applies(family, context->contract, &wanted, err))
            return false;
        if (!wanted)
            continue;
        struct mlt_draft draft;
        mlt_draft_begin(&draft, context, plan, mlt_suite_edge_case.name);
        mlt_json_out_kstring(&draft.spec, "family", family->name);
        if (!mlt_draft_add(&draft, family->name, err))
            return false;
    }
    return true;
}

static bool check_directional(const struct mlt_plan_context *context, const struct mlt_yaml *node,
                              struct mlt_err *err)
{
    const struct mlt_yaml *field = mlt_yaml_get(node, "field");
    const struct mlt_yaml *change = mlt_yaml_get(node, "change");
    const struct mlt_yaml *where = mlt_yaml_get(node, "where");
    const struct mlt_input *input = mlt_contract_find(context->contract, field->text);
    const char *column, *value;
    double amount;
    bool relative;
    if (!input)
        return mlt_yaml_fault(field, err, "the contract has no input '%s'", field->text);
    if (input->type != MLT_INPUT_NUMBER && input->type != MLT_INPUT_INTEGER)
        return mlt_yaml_fault(
            field, err, "input '%s' is no number, so it cannot be moved up or down", field->text);
    if (context->contract->output.type != MLT_OUTPUT_NUMBER &&
        context->contract->output.type != MLT_OUTPUT_PROBABILITY)
        return mlt_yaml_fault(node, err,
                              "the output '%s' is no number, so it is not higher or lower",
                              context->contract->output.name);
    if (!mlt_edge_parse_change(change->text, &amount, &relative))
        return mlt_yaml_fault(
            change, err, "`change` is '%s', expected a step like +10%%, -5%% or +3", change->text);
    if (where && !mlt_edge_parse_where(where->text, context->arena, &column, &value))
        return mlt_yaml_fault(where, err, "`where` is '%s', expected COLUMN == VALUE", where->text);
    return true;
}

static bool plan_directional(const struct mlt_plan_context *context, const struct mlt_yaml *item,
                             const struct mlt_yaml *node, struct mlt_plan *plan,
                             struct mlt_err *err)
{
    const struct mlt_dataset_config *dataset;
    const char *where = NULL, *name = NULL;
    double at_least = 1;
    if (!check_directional(context, node, err) ||
        !mlt_draft_dataset(context, mlt_yaml_get(node, "dataset"), &dataset, err))
        return false;
    if (!dataset)
        return mlt_yaml_fault(node, err, "`directional` needs a data set under `datasets:`");
    (void)mlt_schema_text(mlt_yaml_get(node, "where"), &where);
    (void)mlt_schema_share(mlt_yaml_get(node, "at_least"), &at_least);
    const char *field = mlt_yaml_get(node, "field")->text;
    if (!mlt_schema_text(mlt_yaml_get(item, "name"), &name) &&
        !(name = mlt_arena_printf(context->arena, "directional-%s", field)))
        return mlt_err_oom(err);
    struct mlt_draft draft;
    mlt_draft_begin(&draft, context, plan, mlt_suite_edge_case.name);
    mlt_json_out_kstring(&draft.spec, "dataset", dataset->name);
    mlt_json_out_kstring(&draft.spec, "field", field);
    mlt_json_out_kstring(&draft.spec, "change", mlt_yaml_get(node, "change")->text);
    mlt_json_out_kstring(&draft.spec, "expect", mlt_yaml_get(node, "expect")->text);
    mlt_json_out_kstring(&draft.spec, "where", where);
    mlt_json_out_knumber(&draft.spec, "at_least", at_least);
    return mlt_draft_add(&draft, name, err);
}

static bool plan(const struct mlt_plan_context *context, const struct mlt_yaml *items,
                 struct mlt_plan *plan, struct mlt_err *err)
{
    for (size_t i = 0; i < items->count; i++) {
        const struct mlt_yaml *item = items->values[i];
        const struct mlt_yaml *generate = mlt_yaml_get(item, "generate");
        const struct mlt_yaml *directional = mlt_yaml_get(item, "directional");
        if (!generate == !directional)
            return mlt_yaml_fault(item, err,
                                  "an item of `suites.edge-case` has either `generate` or "
                                  "`directional`");
        if (generate ? !plan_families(context, generate, plan, err)
                     : !plan_directional(context, item, directional, plan, err))
            return false;
    }
    return true;
}

/* What went wrong in one family. */
struct tally {
    struct mlt_case_context *context;
    size_t probes, faults, timeouts;
    const char *first;
    struct mlt_buf list;
};

static void note(struct tally *tally, const char *what)
{
    if (tally->faults++ == 0)
        tally->first = what;
    if (tally->faults <= LISTED)
        mlt_buf_printf(&tally->list, "%s\n", what);
}

static bool note_probe(struct tally *tally, const struct mlt_edge_probe *probe, const char *fault,
                       struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "field '%s' = ", probe->field);
    mlt_ask_print_value(&text, &probe->value);
    mlt_buf_printf(&text, ": %s", fault);
    const char *kept = mlt_ask_keep(&text, tally->context->arena, err);
    if (kept)
        note(tally, kept);
    return kept != NULL;
}

/* The good row with one field replaced, or with one field more. */
static bool build_row(const struct mlt_batch *good, const struct mlt_edge_probe *probe,
                      struct mlt_arena *arena, struct mlt_batch *out, struct mlt_err *err)
{
    size_t fields = good->field_count, at = 0;
    while (at < fields && strcmp(good->fields[at], probe->field) != 0)
        at++;
    struct mlt_value *cells = mlt_arena_calloc(arena, fields + 1, sizeof *cells);
    const char **names = mlt_arena_calloc(arena, fields + 1, sizeof *names);
    if (!cells || !names)
        return mlt_err_oom(err);
    for (size_t f = 0; f < fields; f++) {
        cells[f] = good->cells[f];
        names[f] = good->fields[f];
    }
    cells[at] = probe->value;
    names[at] = probe->field;
    *out = (struct mlt_batch){1, at == fields ? fields + 1 : fields, good->ids, names, cells};
    return true;
}

static bool send_probe(struct tally *tally, const struct mlt_batch *good,
                       const struct mlt_edge_probe *probe, struct mlt_err *err)
{
    struct mlt_case_context *context = tally->context;
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_batch row;
    struct mlt_prediction *answer;
    bool ok = build_row(good, probe, &arena, &row, err) &&
              mlt_ask(context, MLT_CANDIDATE, &row, &arena, &answer, err);
    if (ok) {
        const char *fault = mlt_ask_unclean(&context->contract->output, answer, &arena);
        tally->probes++;
        tally->timeouts += answer->answer == MLT_ANSWER_TIMEOUT;
        ok = !fault || note_probe(tally, probe, fault, err);
    }
    mlt_arena_free(&arena);
    return ok;
}

static bool send_probes(struct tally *tally, const struct mlt_edge_family *family,
                        const struct mlt_batch *good, struct mlt_err *err)
{
    struct mlt_edge_probes probes = {0};
    if (!family->probes(tally->context->contract, tally->context->arena, &probes, err))
        return false;
    for (size_t i = 0; i < probes.count; i++) {
        if (!send_probe(tally, good, &probes.items[i], err))
            return false;
        if (tally->timeouts == MAX_TIMEOUTS && i + 1 < probes.count) {
            note(tally, "after three time-outs the rest of the family was not sent");
            return true;
        }
    }
    return true;
}

/* The rows of `some` over and over. */
static bool repeat_rows(const struct mlt_batch *some, size_t count, struct mlt_arena *arena,
                        struct mlt_batch *out, struct mlt_err *err)
{
    size_t fields = some->field_count;
    if (fields && count > SIZE_MAX / fields)
        return mlt_err_oom(err);
    struct mlt_value *cells = mlt_arena_calloc(arena, count * fields, sizeof *cells);
    const char **ids = mlt_arena_calloc(arena, count, sizeof *ids);
    if (!cells || !ids)
        return mlt_err_oom(err);
    for (size_t r = 0; r < count; r++) {
        size_t from = r % some->rows;
        if (fields)
            memcpy(cells + r * fields, some->cells + from * fields, fields * sizeof *cells);
        ids[r] = some->ids ? some->ids[from] : NULL;
    }
    *out = (struct mlt_batch){count, fields, some->ids ? ids : NULL, some->fields, cells};
    return true;
}

static bool send_batch(struct tally *tally, size_t count, struct mlt_err *err)
{
    struct mlt_case_context *context = tally->context;
    struct mlt_batch some, batch;
    struct mlt_prediction *answers;
    if (!mlt_rows_for_model(context, NULL, count ? count : 1, &some, err) ||
        !repeat_rows(&some, count, context->arena, &batch, err) ||
        !mlt_ask(context, MLT_CANDIDATE, &batch, context->arena, &answers, err))
        return false;
    tally->probes += count ? count : 1;
    for (size_t r = 0; r < count; r++) {
        const char *fault =
            mlt_ask_unclean(&context->contract->output, &answers[r], context->arena);
        const char *what =
            fault ? mlt_arena_printf(context->arena, "row %zu of %zu: %s", r + 1, count, fault)
                  : NULL;
        if (fault)
            note(tally, what ? what : fault);
    }
    return true;
}

/* A plain row that must be answered. */
static bool ask_good(struct tally *tally, const struct mlt_batch *good, const char *when,
                     struct mlt_err *err)
{
    struct mlt_case_context *context = tally->context;
    struct mlt_prediction *answer;
    if (!mlt_ask(context, MLT_CANDIDATE, good, context->arena, &answer, err))
        return false;
    const char *fault = mlt_ask_fault(&context->contract->output, answer, context->arena);
    const char *what =
        fault ? mlt_arena_printf(context->arena, "a plain row within the contract, %s: %s", when,
                                 fault)
              : NULL;
    if (fault)
        note(tally, what ? what : fault);
    return true;
}

static bool conclude(struct tally *tally, struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_case_context *context = tally->context;
    if (tally->faults == 0) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    const char *said = mlt_ask_diagnostics(context);
    if (tally->faults > LISTED)
        mlt_buf_printf(&tally->list, "and %zu more\n", tally->faults - LISTED);
    if (said)
        mlt_buf_printf(&tally->list, "stderr of the model:\n%s", said);
    if (!mlt_buf_check(&tally->list, err))
        return false;
    out->diagnostics = mlt_arena_strndup(context->arena, tally->list.data, tally->list.len);
    if (!out->diagnostics)
        return mlt_err_oom(err);
    return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "%s; faults: %zu, probes: %zu",
                           tally->first, tally->faults, tally->probes);
}

static bool run_family(struct mlt_case_context *context, const struct mlt_edge_family *family,
                       struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_batch good;
    struct tally tally = {.context = context, .list = MLT_BUF_INIT};
    if (!mlt_rows_for_model(context, NULL, 1, &good, err))
        return false;
    bool ok = ask_good(&tally, &good, "before anything else", err);
    if (ok && tally.faults == 0)
        ok = (family->probes ? send_probes(&tally, family, &good, err)
                             : send_batch(&tally, family->batch_rows, err)) &&
             ask_good(&tally, &good, "afterwards", err);
    ok = ok && conclude(&tally, out, err);
    mlt_buf_free(&tally.list);
    return ok;
}

static bool run(struct mlt_case_context *context, const struct mlt_case_plan *test,
                struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_json *spec;
    if (mlt_str_eq(context->config->adapter.type, "predictions"))
        return mlt_outcome_set(context, out, MLT_OUTCOME_SKIPPED, err,
                               "predictions come from a file: there is no model to ask");
    if (!mlt_json_parse(test->id, test->spec, strlen(test->spec), &spec, err))
        return false;
    const char *name = mlt_json_string(mlt_json_get(spec, "family"));
    const struct mlt_edge_family *family = mlt_edge_family_find(name);
    bool ok = family ? run_family(context, family, out, err)
              : name ? mlt_err_set(err, MLT_ERR_USAGE, "there is no family '%s'", name)
                     : mlt_edge_directional(context, spec, out, err);
    mlt_json_free(spec);
    return ok;
}

const struct mlt_suite_ops mlt_suite_edge_case = {
    .abi = MLT_SUITE_ABI,
    .name = "edge-case",
    .doc = "odd inputs generated from the contract, and how answers follow a change",
    .item = &item_shape,
    .plan = plan,
    .run = run,
};

/* The ab suite: an experiment with randomised arms, from its event log, at the end it was planned
 * for. */
#include <inttypes.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/hash.h"
#include "harness/base/str.h"
#include "harness/experiment/analysis.h"
#include "harness/experiment/requirements.h"
#include "suites/draft.h"
#include "suites/suites.h"

static const char *const mixed_words[] = {"error", "exclude", NULL};
static const char *const missing_words[] = {"error", "zero", NULL};
static const struct mlt_schema mixed_shape = {.type = MLT_SCHEMA_WORD, .words = mixed_words};
static const struct mlt_schema missing_shape = {.type = MLT_SCHEMA_WORD, .words = missing_words};
static const struct mlt_schema treatment_shape = {
    .type = MLT_SCHEMA_SCALAR_OR, .scalar = &mlt_shape_text, .item = &mlt_shape_texts};
static const struct mlt_schema metrics_shape = {
    .type = MLT_SCHEMA_LIST,
    .item = &mlt_shape_text,
    .doc = "NAME = mean(COLUMN) | proportion(COLUMN) | ratio(COLUMN / COLUMN) [cuped(COLUMN)] "
           "[higher | lower]",
};
static const struct mlt_schema_key keys[] = {
    {"name", &mlt_shape_text, false, "name of the case; default: the event log's"},
    {"events", &mlt_shape_text, true, "event log, one row per event or per unit"},
    {"unit", &mlt_shape_text, true, "column: who was randomised; events are summed by it"},
    {"variant", &mlt_shape_text, true, "column: the arm of the unit"},
    {"control", &mlt_shape_text, true, "the arm that is compared against"},
    {"treatment", &treatment_shape, true, "the arm that is tried, or a list"},
    {"allocation", &mlt_shape_text, false, "planned shares, control first: 50:50; default: equal"},
    {"measure", &metrics_shape, true, "metrics, as mltest ab analyze has them"},
    {"require", &mlt_shape_sentences, false, "threshold sentences on what is measured"},
    {"mixed_units", &mixed_shape, false, "units in two arms: error (default) or exclude"},
    {"missing", &missing_shape, false, "missing values: error (default) or zero"},
    {NULL, NULL, false, NULL},
};
static const struct mlt_schema item_shape = {
    .type = MLT_SCHEMA_OBJECT,
    .keys = keys,
    .doc =
        "an experiment: {events: log.csv, unit: user_id, variant: arm, control: A, treatment: B, "
        "measure: [conversion = proportion(converted)]}",
};

/* An experiment as texts, as the configuration and the plan have it. */
struct declaration {
    const char *events, *unit, *variant, *allocation;
    const char **arm; /* the control first */
    size_t arms;
    const char **metric;
    size_t metrics;
    bool exclude_mixed, missing_is_zero;
};

static bool declare(const struct declaration *d, struct mlt_arena *arena,
                    struct mlt_experiment *out, struct mlt_err *err)
{
    struct mlt_experiment_metric *metric = mlt_arena_calloc(arena, d->metrics, sizeof *metric);
    struct mlt_experiment e = {.events = d->events,
                               .unit = d->unit,
                               .variant = d->variant,
                               .arm = d->arm,
                               .arms = d->arms,
                               .metric = metric,
                               .metrics = d->metrics,
                               .exclude_mixed = d->exclude_mixed,
                               .missing_is_zero = d->missing_is_zero};
    if (metric == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < d->metrics; i++)
        if (!mlt_experiment_metric_parse(d->metric[i], arena, &metric[i], err))
            return false;
    if (!mlt_experiment_check(&e, err))
        return false;
    if (d->allocation != NULL &&
        !mlt_experiment_allocation_parse(d->allocation, e.arms, arena, &e.allocation, err))
        return false;
    *out = e;
    return true;
}

/* The texts of a list, or the one text, behind the first `kept` of a new array. */
static const char **texts_of(const struct mlt_yaml *node, size_t kept, size_t *count,
                             struct mlt_arena *arena)
{
    const char *one = NULL;
    bool single = mlt_schema_text(node, &one);
    *count = kept + (single ? 1 : node->count);
    const char **texts = mlt_arena_calloc(arena, *count, sizeof *texts);
    for (size_t i = kept; texts != NULL && i < *count; i++)
        texts[i] = single ? one : node->values[i - kept]->text;
    return texts;
}

static bool is_word(const struct mlt_yaml *item, const char *key, const char *word)
{
    const char *text = NULL;
    return mlt_schema_text(mlt_yaml_get(item, key), &text) && mlt_str_eq(text, word);
}

static bool read_item(const struct mlt_plan_context *context, const struct mlt_yaml *item,
                      struct declaration *out, struct mlt_err *err)
{
    struct declaration d = {.exclude_mixed = is_word(item, "mixed_units", "exclude"),
                            .missing_is_zero = is_word(item, "missing", "zero")};
    const char *events = NULL, *control = NULL;
    (void)mlt_schema_text(mlt_yaml_get(item, "events"), &events);
    (void)mlt_schema_text(mlt_yaml_get(item, "unit"), &d.unit);
    (void)mlt_schema_text(mlt_yaml_get(item, "variant"), &d.variant);
    (void)mlt_schema_text(mlt_yaml_get(item, "control"), &control);
    (void)mlt_schema_text(mlt_yaml_get(item, "allocation"), &d.allocation);
    d.arm = texts_of(mlt_yaml_get(item, "treatment"), 1, &d.arms, context->arena);
    d.metric = texts_of(mlt_yaml_get(item, "measure"), 0, &d.metrics, context->arena);
    d.events = mlt_fs_join(context->arena, context->config->dir, events);
    if (d.arm == NULL || d.metric == NULL || d.events == NULL)
        return mlt_err_oom(err);
    d.arm[0] = control;
    *out = d;
    return true;
}

static void write_texts(struct mlt_json_out *spec, const char *key, const char *const *texts,
                        size_t count)
{
    mlt_json_out_key(spec, key);
    mlt_json_out_array(spec);
    for (size_t i = 0; i < count; i++)
        mlt_json_out_string(spec, texts[i]);
    mlt_json_out_array_end(spec);
}

static void write_spec(struct mlt_json_out *spec, const struct declaration *d, const char *digest)
{
    mlt_json_out_kstring(spec, "events", d->events);
    mlt_json_out_kstring(spec, "sha256", digest);
    mlt_json_out_kstring(spec, "unit", d->unit);
    mlt_json_out_kstring(spec, "variant", d->variant);
    mlt_json_out_kstring(spec, "allocation", d->allocation);
    mlt_json_out_kbool(spec, "exclude_mixed", d->exclude_mixed);
    mlt_json_out_kbool(spec, "missing_is_zero", d->missing_is_zero);
    write_texts(spec, "arms", d->arm, d->arms);
    write_texts(spec, "metrics", d->metric, d->metrics);
}

/* "log" for "/data/log.csv.gz" */
static const char *stem_of(const char *path, struct mlt_arena *arena)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash == NULL ? path : slash + 1;
    return mlt_arena_strndup(arena, file, strcspn(file, "."));
}

static bool plan_item(const struct mlt_plan_context *context, const struct mlt_yaml *item,
                      struct mlt_plan *plan, struct mlt_err *err)
{
    struct declaration d;
    struct mlt_experiment experiment;
    struct mlt_requires requires;
    const char *const *require = NULL;
    size_t count = 0;
    char digest[MLT_SHA256_HEX];
    if (!read_item(context, item, &d, err) ||
        !mlt_draft_requires(item, context->arena, &requires, err))
        return false;
    if (!declare(&d, context->arena, &experiment, err) ||
        !mlt_experiment_requirements(&experiment, requires.text, requires.count, context->arena,
                                     &require, &count, err))
        return mlt_err_prefix(err, "%s:%d:%d", item->file, item->line, item->column);
    if (!mlt_hash_file(d.events, digest, NULL, err))
        return false;
    const char *name = stem_of(d.events, context->arena);
    if (name == NULL)
        return mlt_err_oom(err);
    (void)mlt_schema_text(mlt_yaml_get(item, "name"), &name);
    struct mlt_draft draft;
    mlt_draft_begin(&draft, context, plan, mlt_suite_ab.name);
    write_spec(&draft.spec, &d, digest);
    draft.test.require = require;
    draft.test.require_count = count;
    return mlt_draft_add(&draft, name, err);
}

static bool plan(const struct mlt_plan_context *context, const struct mlt_yaml *items,
                 struct mlt_plan *plan, struct mlt_err *err)
{
    for (size_t i = 0; i < items->count; i++)
        if (!plan_item(context, items->values[i], plan, err))
            return false;
    return true;
}

/* Texts that outlive the document they stand in: measurements lend them. */
static bool read_texts(const struct mlt_json *list, struct mlt_arena *arena, const char ***out,
                       size_t *count, struct mlt_err *err)
{
    const char **texts = mlt_arena_calloc(arena, mlt_json_count(list), sizeof *texts);
    size_t n = 0;
    if (texts == NULL)
        return mlt_err_oom(err);
    for (const struct mlt_json *node = mlt_json_first(list); node; node = mlt_json_next(node)) {
        texts[n] = mlt_arena_strdup(arena, mlt_json_string(node));
        if (texts[n++] == NULL)
            return mlt_err_oom(err);
    }
    *out = texts;
    *count = n;
    return true;
}

static bool read_text(const struct mlt_json *spec, const char *key, struct mlt_arena *arena,
                      const char **out, struct mlt_err *err)
{
    const char *text;
    if (!mlt_json_want_string(spec, key, &text, err))
        return false;
    *out = mlt_arena_strdup(arena, text);
    return *out != NULL || mlt_err_oom(err);
}

static bool read_spec(const struct mlt_json *spec, struct mlt_arena *arena, struct declaration *out,
                      const char **digest, struct mlt_err *err)
{
    struct declaration d = {.allocation = mlt_json_string(mlt_json_get(spec, "allocation"))};
    (void)mlt_json_bool(mlt_json_get(spec, "exclude_mixed"), &d.exclude_mixed);
    (void)mlt_json_bool(mlt_json_get(spec, "missing_is_zero"), &d.missing_is_zero);
    if (!read_texts(mlt_json_get(spec, "arms"), arena, &d.arm, &d.arms, err) ||
        !read_texts(mlt_json_get(spec, "metrics"), arena, &d.metric, &d.metrics, err) ||
        !read_text(spec, "events", arena, &d.events, err) ||
        !read_text(spec, "unit", arena, &d.unit, err) ||
        !read_text(spec, "variant", arena, &d.variant, err) ||
        !read_text(spec, "sha256", arena, digest, err))
        return false;
    *out = d;
    return true;
}

static bool check_digest(const struct mlt_experiment_result *r, const char *planned,
                         struct mlt_err *err)
{
    return strcmp(r->sha256, planned) == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: the event log changed after the run was planned",
                       r->experiment->events);
}

/* What a reader must know before the numbers. */
static void describe(const struct mlt_experiment_result *r, struct mlt_buf *out)
{
    for (size_t a = 0; a < r->experiment->arms; a++)
        mlt_buf_printf(out, "%s: %" PRIu64 " units (planned %.4g %%), %" PRIu64 " events\n",
                       r->arm[a].name, r->arm[a].units, 100 * r->arm[a].share, r->arm[a].events);
    mlt_buf_printf(out, "sample ratio: chi-squared %.4g, p = %.3g\n", r->allocation.statistic,
                   r->allocation.p);
    if (r->mixed > 0)
        mlt_buf_printf(out, "left out, seen in more than one arm: %" PRIu64 " units\n", r->mixed);
    if (r->missing > 0)
        mlt_buf_printf(out, "missing values that count as 0: %" PRIu64 "\n", r->missing);
    for (size_t i = 0; i < r->effects; i++) {
        const struct mlt_experiment_effect *e = &r->effect[i];
        if (e->metric->covariate != NULL)
            mlt_buf_printf(out, "%s against %s: CUPED took %.3g %% off the variance\n",
                           e->metric->name, r->arm[e->arm].name, 100 * e->saved);
        for (size_t k = 0; k < e->warnings; k++)
            mlt_buf_printf(out, "warning: %s\n", e->warning[k]);
    }
}

static bool send(struct mlt_case_context *context, const struct mlt_experiment_result *r,
                 struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    for (size_t i = 0; i < r->effects; i++)
        if (!context->sink->measurement(context->sink, &r->effect[i].m, err))
            return false;
    describe(r, &text);
    bool ok = mlt_buf_check(&text, err) &&
              context->sink->attachment(context->sink, "experiment.txt", "text/plain", text.data,
                                        text.len, err);
    mlt_buf_free(&text);
    return ok;
}

static bool run_spec(struct mlt_case_context *context, const struct mlt_case_plan *test,
                     const struct mlt_json *spec, struct mlt_outcome *out, struct mlt_err *err)
{
    struct declaration d;
    struct mlt_experiment experiment;
    struct mlt_experiment_result result;
    const char *digest;
    double alpha = context->config->defaults.alpha;
    if (!read_spec(spec, context->arena, &d, &digest, err) ||
        !declare(&d, context->arena, &experiment, err) ||
        !mlt_experiment_analyze(&experiment, test->id, alpha > 0 && alpha < 0.5 ? alpha : 0.05,
                                context->arena, &result, err) ||
        !check_digest(&result, digest, err) || !send(context, &result, err))
        return false;
    /* Whatever the sentences ask, an experiment that cannot be trusted is no passing case. */
    if (result.invalid != NULL)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: %s", experiment.events, result.invalid);
    out->state = MLT_OUTCOME_PASSED;
    return true;
}

static bool run(struct mlt_case_context *context, const struct mlt_case_plan *test,
                struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_json *spec;
    if (!mlt_json_parse(test->id, test->spec, strlen(test->spec), &spec, err))
        return false;
    bool ok = run_spec(context, test, spec, out, err);
    mlt_json_free(spec);
    return ok;
}

const struct mlt_suite_ops mlt_suite_ab = {
    .abi = MLT_SUITE_ABI,
    .name = "ab",
    .doc = "an experiment with randomised arms, at the end it was planned for",
    .item = &item_shape,
    .plan = plan,
    .run = run,
};

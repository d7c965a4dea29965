#include "flows/rehearse_case.h"

#include <math.h>
#include <string.h>

#include "harness/base/siphash.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/metrics/threshold.h"
#include "harness/results/results.h"
#include "suites/target.h"

/* Rows as the file has them. */
struct reading {
    struct mlt_arena *arena;
    struct mlt_paired_row *row;
    size_t n, capacity;
};

static bool keep_text(struct mlt_arena *arena, const char **text, struct mlt_err *err)
{
    const char *copy = mlt_arena_strdup(arena, *text);
    if (*text && !copy)
        return mlt_err_oom(err);
    *text = copy;
    return true;
}

static bool keep_row(void *context, const struct mlt_paired_row *row, struct mlt_err *err)
{
    struct reading *to = context;
    struct mlt_paired_row *rows =
        mlt_arena_grow(to->arena, to->row, to->n, &to->capacity, sizeof *rows);
    if (!rows)
        return mlt_err_oom(err);
    to->row = rows;
    rows[to->n] = *row;
    struct mlt_paired_row *kept = &rows[to->n++];
    return keep_text(to->arena, &kept->id, err) && keep_text(to->arena, &kept->cluster, err) &&
           keep_text(to->arena, &kept->slices, err) && keep_text(to->arena, &kept->label, err) &&
           keep_text(to->arena, &kept->candidate_text, err) &&
           keep_text(to->arena, &kept->baseline_text, err);
}

/* What the case says of itself. */
struct spec {
    const char *dataset;
    const char *metric; /* the first one; NULL */
    double threshold;
    enum mlt_threshold_rule rule;
};

static bool read_spec(const struct mlt_run_case *test, struct mlt_arena *arena, struct spec *out)
{
    struct mlt_json *json;
    struct mlt_err ignored = MLT_ERR_INIT;
    if (!mlt_json_parse(test->plan.id, test->plan.spec, strlen(test->plan.spec), &json, &ignored))
        return false;
    const char *rule = mlt_json_string(mlt_json_get(json, "threshold_rule"));
    *out = (struct spec){.threshold = 0.5};
    out->dataset = mlt_arena_strdup(arena, mlt_json_string(mlt_json_get(json, "dataset")));
    out->metric =
        mlt_arena_strdup(arena, mlt_json_string(mlt_json_first(mlt_json_get(json, "metrics"))));
    (void)mlt_json_number(mlt_json_get(json, "threshold"), &out->threshold);
    bool good = out->dataset && (!rule || mlt_threshold_rule_parse(rule, &out->rule));
    mlt_json_free(json);
    return good;
}

/* An answer as it was given; NONE where there is none. */
static struct mlt_prediction answer_of(double number, const char *text, struct mlt_arena *arena)
{
    struct mlt_prediction out = {.answer = MLT_ANSWER_OK};
    struct mlt_json *json;
    struct mlt_err ignored = MLT_ERR_INIT;
    if (!text) {
        out.kind = isfinite(number) ? MLT_PREDICTION_NUMBER : MLT_PREDICTION_NONE;
        out.number = number;
        return out;
    }
    if (!mlt_json_parse("answer", text, strlen(text), &json, &ignored))
        return out;
    struct mlt_prediction read = {0};
    if (mlt_prediction_decode(json, "", arena, &read, &ignored))
        out = read;
    out.answer = MLT_ANSWER_OK;
    mlt_json_free(json);
    return out;
}

/* The output that the candidate declares, else the one that fits numbers and the metrics. */
static struct mlt_output output_of(const struct mlt_rehearse_source *source,
                                   const struct spec *spec, struct mlt_arena *arena)
{
    struct mlt_metric metric;
    struct mlt_err ignored = MLT_ERR_INIT;
    if (source->contract)
        return source->contract->output;
    if (source->config && source->config->has_contract)
        return source->config->contract.output;
    bool regression = spec->metric &&
                      mlt_metric_find(spec->metric, MLT_TASK_REGRESSION, arena, &metric, &ignored);
    return (struct mlt_output){.name = "",
                               .type = regression ? MLT_OUTPUT_NUMBER : MLT_OUTPUT_PROBABILITY,
                               .min = NAN,
                               .max = NAN};
}

static bool make_room(struct mlt_rehearse_case *c, size_t n, bool has_baseline,
                      struct mlt_arena *arena, struct mlt_err *err)
{
    if (n > SIZE_MAX / c->width)
        return mlt_err_oom(err);
    c->label = mlt_arena_calloc(arena, n, sizeof *c->label);
    c->candidate = mlt_arena_calloc(arena, n * c->width, sizeof *c->candidate);
    c->baseline = has_baseline ? mlt_arena_calloc(arena, n * c->width, sizeof *c->baseline) : NULL;
    c->weight =
        c->weighting != MLT_WEIGHT_NONE ? mlt_arena_calloc(arena, n, sizeof *c->weight) : NULL;
    c->key = mlt_arena_calloc(arena, n, sizeof *c->key);
    c->unit = mlt_arena_calloc(arena, n, sizeof *c->unit);
    c->slices = mlt_arena_calloc(arena, n, sizeof *c->slices);
    bool good = c->label && c->candidate && c->key && c->unit && c->slices &&
                (c->baseline || !has_baseline) && (c->weight || c->weighting == MLT_WEIGHT_NONE);
    return good ? true : mlt_err_oom(err);
}

/* One row into its place; not `*usable` when it was not scored. */
static bool add_row(struct mlt_rehearse_case *c, const struct mlt_target *target,
                    const struct mlt_paired_row *row, uint64_t salt, struct mlt_arena *arena,
                    bool *usable, struct mlt_err *err)
{
    const char *text = row->label;
    struct mlt_column column = {.name = "label", .text = &text};
    uint64_t line = 0;
    const struct mlt_table table = {.path = "", .rows = 1, .line = &line};
    struct mlt_err unfit = MLT_ERR_INIT;
    *usable = text != NULL;
    if (!*usable || !mlt_target_label(target, &table, &column, 0, &c->label[c->n], &unfit)) {
        *usable = false;
        return true;
    }
    struct mlt_prediction candidate = answer_of(row->candidate, row->candidate_text, arena);
    struct mlt_prediction baseline = answer_of(row->baseline, row->baseline_text, arena);
    if (!mlt_target_score(target, text, &candidate, c->candidate + c->n * c->width, usable, err))
        return false;
    if (*usable && c->baseline &&
        !mlt_target_score(target, text, &baseline, c->baseline + c->n * c->width, usable, err))
        return false;
    if (c->weight)
        c->weight[c->n] = row->weight;
    *usable = *usable && (!c->weight || (isfinite(row->weight) && row->weight >= 0)) &&
              (!c->clustered || row->cluster);
    const char *name = c->clustered ? row->cluster : row->id;
    if (*usable)
        c->key[c->n] = mlt_siphash_name(name, strlen(name)) ^ salt;
    c->slices[c->n] = row->slices;
    return true;
}

struct place {
    uint64_t key;
    uint32_t unit; /* plus one; 0: empty */
};

/* Numbers the units by first appearance: rows of one key are one. */
static bool number_units(struct mlt_rehearse_case *c, struct mlt_arena *arena, struct mlt_err *err)
{
    size_t size = 16;
    while (size < 2 * c->n)
        size *= 2;
    struct place *places = mlt_arena_calloc(arena, size, sizeof *places);
    if (!places)
        return mlt_err_oom(err);
    c->units = 0;
    for (size_t i = 0; i < c->n; i++) {
        size_t at = c->key[i] & (size - 1);
        while (places[at].unit && places[at].key != c->key[i])
            at = (at + 1) & (size - 1);
        if (!places[at].unit)
            places[at] = (struct place){c->key[i], (uint32_t)++c->units};
        c->unit[i] = places[at].unit - 1;
    }
    return true;
}

static bool choose_threshold(const struct spec *spec, struct mlt_rehearse_case *c, const char **why,
                             struct mlt_err *err)
{
    struct mlt_err none = MLT_ERR_INIT;
    c->threshold = spec->threshold;
    if (spec->rule == MLT_THRESHOLD_FIXED || c->task != MLT_TASK_BINARY)
        return true;
    if (c->baseline &&
        mlt_threshold_choose(spec->rule, c->label, c->baseline, c->n, &c->threshold, &none))
        return true;
    if (none.kind == MLT_ERR_INFRA) {
        *err = none;
        return false;
    }
    *why = "the threshold cannot be chosen again on its rows";
    return true;
}

static bool fill(const struct reading *rows, const struct mlt_target *target, uint64_t salt,
                 struct mlt_rehearse_case *c, struct mlt_arena *arena, struct mlt_err *err)
{
    for (size_t i = 0; i < rows->n; i++) {
        bool usable;
        if (!add_row(c, target, &rows->row[i], salt, arena, &usable, err))
            return false;
        c->n += usable;
    }
    return number_units(c, arena, err);
}

bool mlt_rehearse_case_read(const struct mlt_rehearse_source *source,
                            const struct mlt_run_case *test, struct mlt_arena *arena,
                            struct mlt_rehearse_case *out, const char **why, struct mlt_err *err)
{
    struct reading rows = {.arena = arena};
    struct spec spec;
    struct mlt_target target;
    struct mlt_err unfit = MLT_ERR_INIT;
    *out = (struct mlt_rehearse_case){.test = test};
    *why = NULL;
    if (!mlt_results_each_row(source->path, test->plan.id, keep_row, &rows, err))
        return false;
    const struct mlt_dataset_config *dataset = NULL;
    if (rows.n == 0)
        *why = "the file keeps no rows of it";
    else if (!read_spec(test, arena, &spec))
        *why = "its case does not say what was measured";
    else if (!source->config || !(dataset = mlt_config_dataset(source->config, spec.dataset)))
        *why = "the configuration that the run carries does not have its data set";
    if (*why)
        return true;
    struct mlt_output output = output_of(source, &spec, arena);
    if (!mlt_target_open(&output, dataset, &target, &unfit)) {
        *why = "its labels do not fit the model's output";
        return true;
    }
    out->task = target.task;
    out->width = target.width;
    out->clustered = dataset->cluster != NULL;
    out->weighting = dataset->weights       ? MLT_WEIGHT_IMPORTANCE
                     : dataset->frequencies ? MLT_WEIGHT_FREQUENCY
                                            : MLT_WEIGHT_NONE;
    if (out->task == MLT_TASK_RANKING)
        *why = "its rows are ranked by query";
    else if (out->weighting == MLT_WEIGHT_FREQUENCY)
        *why = "its rows stand for several each";
    if (*why)
        return true;
    uint64_t salt = mlt_siphash_name(spec.dataset, strlen(spec.dataset));
    return make_room(out, rows.n, source->run->has_baseline, arena, err) &&
           fill(&rows, &target, salt, out, arena, err) && choose_threshold(&spec, out, why, err);
}

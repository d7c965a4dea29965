/* The performance suite: how fast one stream of requests is answered, and at what price.
 *
 * Candidate and baseline are measured in one case, in pairs of time blocks whose order is drawn at
 * random, so that a drift of the machine falls on both. */
#include "suites/performance.h"

#include <string.h>
#include <unistd.h>

#include "harness/base/str.h"
#include "suites/draft.h"
#include "suites/rows.h"
#include "suites/suites.h"

enum { MIN_PAIRS = 8, MAX_PAIRS = 40, ROWS_SENT = 1024, ALONE_BLOCKS = 8, SPARE_S = 600 };
#define NS_PER_S UINT64_C(1000000000)
#define BLOCK_NS (NS_PER_S / 4)

static const struct mlt_schema whole = {.type = MLT_SCHEMA_INTEGER, .min = 1, .max = 1e6};
static const struct mlt_schema_key schedule_keys[] = {
    {"closed", &whole, false, "requests in flight; 1"},
    {"duration", &mlt_shape_duration, false, "measured time per version; default 5s"},
    {"warmup", &mlt_shape_duration, false, "before it, per version; default 1s"},
    {"batch", &whole, false, "rows per request; default 1"},
    {"rate", &mlt_shape_text, false, "not available yet"},
    {"arrivals", &mlt_shape_text, false, "not available yet"},
    {NULL, NULL, false, NULL},
};
static const struct mlt_schema schedule_shape = {.type = MLT_SCHEMA_OBJECT, .keys = schedule_keys};
static const struct mlt_schema_key keys[] = {
    {"name", &mlt_shape_text, true, "name of the case"},
    {"schedule", &schedule_shape, true, "how requests are sent"},
    {"dataset", &mlt_shape_text, false, "rows to send; default: the first data set"},
    {"require", &mlt_shape_sentences, false, "threshold sentences on what is measured"},
    {NULL, NULL, false, NULL},
};
static const struct mlt_schema item_shape = {
    .type = MLT_SCHEMA_OBJECT,
    .keys = keys,
    .doc = "one load: {name: single, schedule: {closed: 1, duration: 5s, warmup: 1s}}",
};

struct schedule {
    uint64_t duration_ns, warmup_ns;
    int64_t batch;
};

static bool read_schedule(const struct mlt_yaml *node, struct schedule *out, struct mlt_err *err)
{
    static const char *const open_loop[] = {"rate", "arrivals", NULL};
    int64_t closed = 1;
    *out = (struct schedule){5 * NS_PER_S, NS_PER_S, 1};
    for (size_t i = 0; open_loop[i]; i++)
        if (mlt_yaml_get(node, open_loop[i]))
            return mlt_yaml_fault(mlt_yaml_get(node, open_loop[i]), err,
                                  "schedules with `%s` (open loop) are not available yet; use "
                                  "{closed: 1, duration: 5s}",
                                  open_loop[i]);
    (void)mlt_schema_integer(mlt_yaml_get(node, "closed"), &closed);
    (void)mlt_schema_integer(mlt_yaml_get(node, "batch"), &out->batch);
    (void)mlt_schema_duration_ns(mlt_yaml_get(node, "duration"), &out->duration_ns);
    (void)mlt_schema_duration_ns(mlt_yaml_get(node, "warmup"), &out->warmup_ns);
    if (closed != 1)
        return mlt_yaml_fault(mlt_yaml_get(node, "closed"), err,
                              "`closed: %lld` is not available yet; one request is in flight at a "
                              "time (closed: 1)",
                              (long long)closed);
    if (out->duration_ns == 0 || out->duration_ns > 86400 * NS_PER_S)
        return mlt_yaml_fault(mlt_yaml_get(node, "duration"), err,
                              "`duration` is longer than 0 and at most 24h");
    if (out->warmup_ns > 86400 * NS_PER_S)
        return mlt_yaml_fault(mlt_yaml_get(node, "warmup"), err, "`warmup` is at most 24h");
    return true;
}

static bool check_sentences(const struct mlt_requires *requires, struct mlt_err *err)
{
    for (size_t i = 0; i < requires->count; i++) {
        const struct mlt_sentence *s = &requires->sentence[i];
        size_t k = 0;
        while (mlt_performance_metrics[k] && !mlt_str_eq(mlt_performance_metrics[k], s->metric))
            k++;
        const char *nearest = mlt_str_nearest(s->metric, mlt_performance_metrics);
        if (!mlt_performance_metrics[k])
            return mlt_yaml_fault(requires->node[i], err,
                                  "the performance suite does not measure '%s'; %s '%s'", s->metric,
                                  nearest ? "did you mean" : "it measures, for example,",
                                  nearest ? nearest : mlt_performance_metrics[0]);
        if (s->by_column || s->for_column)
            return mlt_yaml_fault(
                requires->node[i], err, "the performance suite has no slices; leave out '%s %s'",
                s->by_column ? "by" : "for", s->by_column ? s->by_column : s->for_column);
    }
    return true;
}

static bool names_error_rate(const struct mlt_requires *requires)
{
    for (size_t i = 0; i < requires->count; i++)
        if (mlt_str_eq(requires->sentence[i].metric, "error_rate"))
            return true;
    return false;
}

static bool plan_item(const struct mlt_plan_context *context, const struct mlt_yaml *item,
                      struct mlt_plan *plan, struct mlt_err *err)
{
    struct schedule schedule;
    struct mlt_requires requires;
    const struct mlt_dataset_config *dataset;
    if (!read_schedule(mlt_yaml_get(item, "schedule"), &schedule, err) ||
        !mlt_draft_requires(item, context->arena, &requires, err) ||
        !check_sentences(&requires, err) ||
        !mlt_draft_dataset(context, mlt_yaml_get(item, "dataset"), &dataset, err))
        return false;
    struct mlt_draft draft;
    mlt_draft_begin(&draft, context, plan, mlt_suite_performance.name);
    mlt_json_out_kstring(&draft.spec, "dataset", dataset ? dataset->name : NULL);
    mlt_json_out_kint(&draft.spec, "batch", schedule.batch);
    mlt_json_out_knumber(&draft.spec, "duration_s", (double)schedule.duration_ns / 1e9);
    mlt_json_out_knumber(&draft.spec, "warmup_s", (double)schedule.warmup_ns / 1e9);
    mlt_json_out_kbool(&draft.spec, "errors_judged", names_error_rate(&requires));
    draft.test.require = requires.text;
    draft.test.require_count = requires.count;
    draft.test.exclusive = true;
    draft.test.fresh = true; /* memory of earlier cases would be counted as this one's */
    draft.test.timeout_ns = 2 * (schedule.duration_ns + schedule.warmup_ns) + SPARE_S * NS_PER_S;
    return mlt_draft_add(&draft, mlt_yaml_get(item, "name")->text, err);
}

static bool plan(const struct mlt_plan_context *context, const struct mlt_yaml *items,
                 struct mlt_plan *plan, struct mlt_err *err)
{
    for (size_t i = 0; i < items->count; i++)
        if (!plan_item(context, items->values[i], plan, err))
            return false;
    return true;
}

struct job {
    struct mlt_case_context *context;
    struct mlt_load load;
    struct schedule schedule;
    size_t pairs;
    struct mlt_performance found;
};

static bool open_side(struct job *job, enum mlt_side which, struct mlt_load_side *side,
                      struct mlt_err *err)
{
    side->adapter = job->context->adapter(job->context, which, err);
    if (!side->adapter)
        return mlt_err_prefix(err, "the %s", which == MLT_BASELINE ? "baseline" : "candidate");
    side->blocks = mlt_arena_calloc(job->context->arena, job->pairs, sizeof *side->blocks);
    return side->blocks || mlt_err_oom(err);
}

/* Faults of the warm-up are no errors of the measured time. */
static bool warm_up(struct job *job, struct mlt_load_side *side, uint64_t duration_ns,
                    struct mlt_load_block *out, struct mlt_err *err)
{
    struct mlt_load_side warming = *side;
    return mlt_load_run(&job->load, &warming, duration_ns, 0, out, err);
}

static bool warm_up_candidate(struct job *job, struct mlt_err *err)
{
    struct mlt_performance *found = &job->found;
    struct mlt_load_block dropped;
    struct mlt_adapter *adapter = found->candidate.adapter;
    found->shared_memory = adapter->ops->pid(adapter) == getpid();
    if (!found->shared_memory || !job->context->baseline)
        return warm_up(job, &found->candidate, job->schedule.warmup_ns, &dropped, err);
    struct mlt_load_block *alone =
        mlt_arena_calloc(job->context->arena, ALONE_BLOCKS, sizeof *alone);
    if (!alone)
        return mlt_err_oom(err);
    for (size_t i = 0; i < ALONE_BLOCKS; i++)
        if (!warm_up(job, &found->candidate, job->schedule.warmup_ns / ALONE_BLOCKS, &alone[i],
                     err))
            return false;
    found->alone = alone;
    found->alone_count = ALONE_BLOCKS;
    return true;
}

static bool measure_pair(struct job *job, bool baseline_first, struct mlt_err *err)
{
    struct mlt_performance *found = &job->found;
    size_t pair = found->candidate.count;
    for (int turn = 0; turn < 2; turn++) {
        bool is_baseline = (turn == 0) == baseline_first;
        struct mlt_load_side *side = is_baseline ? &found->baseline : &found->candidate;
        if (!side->blocks)
            continue;
        if (!mlt_load_run(&job->load, side, job->schedule.duration_ns / job->pairs, pair,
                          &side->blocks[pair], err))
            return false;
        side->count++;
    }
    return true;
}

static bool measure(struct job *job, struct mlt_err *err)
{
    struct mlt_rng rng;
    struct mlt_sink *sink = job->context->sink;
    mlt_rng_seed(&rng, mlt_rows_seed(job->context, job->found.case_id));
    job->load.began_ns = 0;
    for (size_t i = 0; i < job->pairs; i++)
        if (!measure_pair(job, mlt_rng_below(&rng, 2) == 1, err) ||
            !sink->progress(sink, (double)(i + 1) / (double)job->pairs, err))
            return false;
    return true;
}

/* Requests of whole batches only: the rows are repeated where the data set has fewer than one. */
static bool fill_rows(struct job *job, struct mlt_batch *rows, struct mlt_err *err)
{
    size_t fields = rows->field_count, want = job->load.batch_rows;
    if (rows->rows >= want) {
        job->load.rows = *rows;
        return true;
    }
    struct mlt_arena *arena = job->context->arena;
    struct mlt_value *cells = fields && want > SIZE_MAX / fields
                                  ? NULL
                                  : mlt_arena_calloc(arena, want * fields, sizeof *cells);
    const char **ids = mlt_arena_calloc(arena, want, sizeof *ids);
    if (!cells || !ids)
        return mlt_err_oom(err);
    for (size_t r = 0; r < want; r++) {
        size_t from = r % rows->rows;
        if (fields)
            memcpy(cells + r * fields, rows->cells + from * fields, fields * sizeof *cells);
        ids[r] = rows->ids ? rows->ids[from] : NULL;
    }
    job->load.rows = (struct mlt_batch){want, fields, rows->ids ? ids : NULL, rows->fields, cells};
    return true;
}

static bool prepare(struct job *job, const struct mlt_json *spec, struct mlt_err *err)
{
    double batch, duration_s, warmup_s;
    struct mlt_batch rows;
    if (!mlt_json_want_number(spec, "batch", &batch, err) ||
        !mlt_json_want_number(spec, "duration_s", &duration_s, err) ||
        !mlt_json_want_number(spec, "warmup_s", &warmup_s, err))
        return false;
    job->schedule =
        (struct schedule){(uint64_t)(duration_s * 1e9), (uint64_t)(warmup_s * 1e9), (int64_t)batch};
    uint64_t pairs = job->schedule.duration_ns / BLOCK_NS;
    job->pairs = pairs < MIN_PAIRS ? MIN_PAIRS : pairs > MAX_PAIRS ? MAX_PAIRS : (size_t)pairs;
    job->load.context = job->context;
    job->load.batch_rows = (size_t)batch;
    size_t want = job->load.batch_rows > ROWS_SENT ? job->load.batch_rows : ROWS_SENT;
    return mlt_rows_for_model(job->context, mlt_json_string(mlt_json_get(spec, "dataset")), want,
                              &rows, err) &&
           fill_rows(job, &rows, err);
}

/* Errors that no sentence judges must not hide behind the latency of the rest. */
static bool conclude(struct job *job, bool errors_judged, struct mlt_outcome *out,
                     struct mlt_err *err)
{
    const struct mlt_load_side *side = &job->found.candidate;
    uint64_t requests = 0, errors = 0;
    for (size_t i = 0; i < side->count; i++) {
        requests += side->blocks[i].requests;
        errors += side->blocks[i].errors;
    }
    if (errors == 0 || (errors_judged && errors < requests)) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    return mlt_outcome_set(job->context, out, MLT_OUTCOME_FAILED, err,
                           "%llu of %llu requests failed%s; the first: %s",
                           (unsigned long long)errors, (unsigned long long)requests,
                           errors_judged ? "" : ", and no sentence on error_rate allows any",
                           side->first_fault ? side->first_fault : "out of memory");
}

static bool run_job(struct job *job, const struct mlt_json *spec, struct mlt_outcome *out,
                    struct mlt_err *err)
{
    struct mlt_load_block dropped;
    bool errors_judged = false;
    (void)mlt_json_bool(mlt_json_get(spec, "errors_judged"), &errors_judged);
    if (!prepare(job, spec, err) || !open_side(job, MLT_CANDIDATE, &job->found.candidate, err) ||
        !warm_up_candidate(job, err))
        return false;
    if (job->context->baseline &&
        (!open_side(job, MLT_BASELINE, &job->found.baseline, err) ||
         !warm_up(job, &job->found.baseline, job->schedule.warmup_ns, &dropped, err)))
        return false;
    return measure(job, err) && mlt_performance_report(job->context, &job->found, err) &&
           conclude(job, errors_judged, out, err);
}

static bool run(struct mlt_case_context *context, const struct mlt_case_plan *test,
                struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_json *spec;
    if (mlt_str_eq(context->config->adapter.type, "predictions"))
        return mlt_outcome_set(context, out, MLT_OUTCOME_SKIPPED, err,
                               "predictions come from a file: there is no model to time");
    if (!mlt_json_parse(test->id, test->spec, strlen(test->spec), &spec, err))
        return false;
    struct job job = {.context = context, .found.case_id = test->id};
    bool ok = run_job(&job, spec, out, err);
    mlt_load_release(&job.load);
    mlt_json_free(spec);
    return ok;
}

const struct mlt_suite_ops mlt_suite_performance = {
    .abi = MLT_SUITE_ABI,
    .name = "performance",
    .doc = "latency, throughput, errors, CPU and memory, candidate and baseline interleaved",
    .item = &item_shape,
    .plan = plan,
    .run = run,
};

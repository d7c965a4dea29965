#include "tests/unit/suites/stage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/str.h"
#include "harness/metrics/metric.h"

double stage_number(const struct mlt_batch *batch, size_t row, const char *field)
{
    const struct mlt_value *cell = stage_cell(batch, row, field);
    return cell && cell->kind == MLT_VALUE_NUMBER ? cell->number : NAN;
}

const struct mlt_value *stage_cell(const struct mlt_batch *batch, size_t row, const char *field)
{
    for (size_t f = 0; f < batch->field_count; f++)
        if (strcmp(batch->fields[f], field) == 0)
            return &batch->cells[row * batch->field_count + f];
    return NULL;
}

void stage_say(struct mlt_prediction *out, double number)
{
    *out = (struct mlt_prediction){
        .answer = MLT_ANSWER_OK, .kind = MLT_PREDICTION_NUMBER, .number = number};
}

void stage_fail(struct mlt_prediction *out, enum mlt_answer answer, const char *words)
{
    *out = (struct mlt_prediction){.answer = answer, .error = words};
}

void stage_answers_x(const struct mlt_batch *batch, size_t row, size_t calls,
                     struct mlt_prediction *out)
{
    (void)calls;
    double x = stage_number(batch, row, "x");
    if (isfinite(x) && fabs(x) <= 100)
        stage_say(out, x);
    else
        stage_fail(out, MLT_ANSWER_REFUSED, "x is no number I know");
}

static bool predict(struct mlt_adapter *self, const struct mlt_batch *batch,
                    struct mlt_arena *arena, struct mlt_prediction *out, struct mlt_err *err)
{
    (void)arena, (void)err;
    struct stage_model *model = (struct stage_model *)self;
    model->stage->switches += model->stage->last_side != model->side;
    model->stage->last_side = model->side;
    for (size_t r = 0; r < batch->rows; r++)
        model->answer(batch, r, model->calls++, &out[r]);
    return true;
}

static pid_t pid(struct mlt_adapter *self)
{
    (void)self;
    return getpid();
}

static void diagnostics(struct mlt_adapter *self, struct mlt_buf *out)
{
    (void)self;
    mlt_buf_puts(out, "the model's own stderr");
}

static void close_model(struct mlt_adapter *self)
{
    ((struct stage_model *)self)->stage->closes_count++;
}

static const struct mlt_adapter_ops pretended = {
    .abi = MLT_ADAPTER_ABI,
    .name = "pretended",
    .predict = predict,
    .pid = pid,
    .diagnostics = diagnostics,
    .close = close_model,
};

static struct mlt_adapter *open_model(struct mlt_case_context *context, enum mlt_side side,
                                      struct mlt_err *err)
{
    struct stage *stage = (struct stage *)((char *)context - offsetof(struct stage, context));
    if (stage->model[side].answer)
        return &stage->model[side].base;
    mlt_err_set(err, MLT_ERR_EVIDENCE, "the model does not load: no such file");
    return NULL;
}

static bool open_with(struct mlt_case_context *context, enum mlt_side side, const char *settings,
                      struct mlt_adapter **out, struct mlt_err *err)
{
    struct stage *stage = (struct stage *)((char *)context - offsetof(struct stage, context));
    snprintf(stage->settings, sizeof stage->settings, "%s", settings);
    if (stage->starts && !stage->starts(settings))
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the model ended before its hello, with %s",
                           stage->dies ? "signal 11" : "exit status 1");
    stage->starts_count++;
    *out = &stage->model[side].base;
    return true;
}

static struct stage *stage_of(struct mlt_sink *sink)
{
    return (struct stage *)((char *)sink - offsetof(struct stage, sink));
}

static bool keep_measurement(struct mlt_sink *sink, const struct mlt_measurement *m,
                             struct mlt_err *err)
{
    struct stage *stage = stage_of(sink);
    ck_assert_uint_lt(stage->measurement_count, 64);
    struct mlt_measurement *kept = &stage->measurements[stage->measurement_count++];
    return mlt_measurement_copy(m, &stage->arena, kept, err);
}

static bool keep_rows(struct mlt_sink *sink, const struct mlt_paired_row *rows, size_t count,
                      struct mlt_err *err)
{
    (void)err;
    struct stage *stage = stage_of(sink);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_lt(stage->row_count, 64);
        struct mlt_paired_row *kept = &stage->rows[stage->row_count++];
        *kept = rows[i];
        kept->slices = mlt_arena_strdup(&stage->arena, rows[i].slices);
        kept->numbers = mlt_arena_strdup(&stage->arena, rows[i].numbers);
        kept->candidate_text = mlt_arena_strdup(&stage->arena, rows[i].candidate_text);
    }
    return true;
}

static bool count_series(struct mlt_sink *sink, const char *name, double x, double y,
                         struct mlt_err *err)
{
    (void)name, (void)x, (void)err;
    ck_assert(isfinite(y));
    stage_of(sink)->series_count++;
    return true;
}

static bool keep_attachment(struct mlt_sink *sink, const char *name, const char *media_type,
                            const void *data, size_t len, struct mlt_err *err)
{
    (void)name, (void)media_type, (void)err;
    struct stage *stage = stage_of(sink);
    snprintf(stage->attachment, sizeof stage->attachment, "%.*s", (int)len, (const char *)data);
    return true;
}

static bool ignore_progress(struct mlt_sink *sink, double share, struct mlt_err *err)
{
    (void)sink, (void)err;
    ck_assert(share >= 0 && share <= 1);
    return true;
}

static void read_config(struct stage *stage, const char *yaml)
{
    static const char *const adapters[] = {"process", "xgboost", "predictions", NULL};
    const struct mlt_suite_shape suites[] = {
        {mlt_suite_unit.name, mlt_suite_unit.item},
        {mlt_suite_integration.name, mlt_suite_integration.item},
        {mlt_suite_performance.name, mlt_suite_performance.item},
        {mlt_suite_regression.name, mlt_suite_regression.item},
        {mlt_suite_edge_case.name, mlt_suite_edge_case.item},
        {mlt_suite_ab.name, mlt_suite_ab.item},
        {mlt_suite_compatibility.name, mlt_suite_compatibility.item},
        {NULL, NULL},
    };
    const struct mlt_config_tables tables = {suites, adapters, mlt_metric_names()};
    ck_assert_msg(mlt_config_parse(unit_path("mltest.yaml"), yaml, strlen(yaml), &tables,
                                   &stage->arena, &stage->config, &stage->err),
                  "%s", stage->err.text);
}

static struct mlt_subject subject(struct stage *stage, const char *version)
{
    return (struct mlt_subject){
        .model = "demo",
        .version = version,
        .dir = mlt_arena_strdup(&stage->arena, stage->config.dir),
        .artifact = mlt_arena_strdup(&stage->arena, unit_path("model.bin")),
        .contract = &stage->config.contract,
    };
}

void stage_open(struct stage *stage, const char *yaml, stage_answer *candidate,
                stage_answer *baseline)
{
    *stage = (struct stage){.arena = MLT_ARENA_INIT};
    read_config(stage, yaml);
    stage->candidate = subject(stage, "1.1.0");
    stage->baseline = subject(stage, "1.0.0");
    stage->model[0] = (struct stage_model){{&pretended}, stage, MLT_CANDIDATE, candidate, 0};
    stage->model[1] = (struct stage_model){{&pretended}, stage, MLT_BASELINE, baseline, 0};
    stage->sink = (struct mlt_sink){keep_measurement, keep_rows, count_series, keep_attachment,
                                    ignore_progress};
    stage->context = (struct mlt_case_context){
        .config = &stage->config,
        .candidate = &stage->candidate,
        .baseline = baseline ? &stage->baseline : NULL,
        .contract = &stage->config.contract,
        .seed = 7,
        .arena = &stage->arena,
        .sink = &stage->sink,
        .adapter = open_model,
        .open = open_with,
    };
}

void stage_close(struct stage *stage)
{
    mlt_arena_free(&stage->arena);
}

bool stage_plan(struct stage *stage, const struct mlt_suite_ops *suite)
{
    const struct mlt_plan_context context = {&stage->config, &stage->candidate,
                                             stage->context.baseline, stage->context.contract,
                                             &stage->arena};
    stage->plan = (struct mlt_plan){0};
    for (size_t i = 0; i < stage->config.suite_count; i++)
        if (strcmp(stage->config.suites[i].suite, suite->name) == 0)
            return suite->plan(&context, stage->config.suites[i].items, &stage->plan, &stage->err);
    ck_abort_msg("the configuration has no suite %s", suite->name);
}

const struct mlt_case_plan *stage_case(const struct stage *stage, const char *name)
{
    for (size_t i = 0; i < stage->plan.count; i++)
        if (strcmp(stage->plan.cases[i].name, name) == 0)
            return &stage->plan.cases[i];
    return NULL;
}

bool stage_run(struct stage *stage, const struct mlt_suite_ops *suite, const char *name)
{
    ck_assert_msg(stage_plan(stage, suite), "%s", stage->err.text);
    const struct mlt_case_plan *test = stage_case(stage, name);
    ck_assert_msg(test != NULL, "no case %s was planned", name);
    stage->outcome = (struct mlt_outcome){0};
    return suite->run(&stage->context, test, &stage->outcome, &stage->err);
}

const struct mlt_measurement *stage_measured(const struct stage *stage, const char *metric,
                                             const char *slice_value)
{
    for (size_t i = 0; i < stage->measurement_count; i++)
        if (mlt_str_eq(stage->measurements[i].metric, metric) &&
            mlt_str_eq(stage->measurements[i].slice_value, slice_value))
            return &stage->measurements[i];
    ck_abort_msg("%s of %s was not measured", metric, slice_value ? slice_value : "all rows");
}

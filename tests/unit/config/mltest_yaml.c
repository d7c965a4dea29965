#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/codec/json.h"
#include "harness/config/config.h"
#include "tests/unit/suite.h"

static const struct mlt_schema text = {.type = MLT_SCHEMA_TEXT};
static const struct mlt_schema texts = {.type = MLT_SCHEMA_LIST, .item = &text};
static const struct mlt_schema sentence = {.type = MLT_SCHEMA_SENTENCE};
static const struct mlt_schema sentences = {.type = MLT_SCHEMA_LIST, .item = &sentence};
static const struct mlt_schema_key regression_keys[] = {
    {"dataset", &text, true, "a data set"},
    {"metrics", &texts, false, NULL},
    {"require", &sentences, false, NULL},
    {0},
};
static const struct mlt_schema regression = {.type = MLT_SCHEMA_OBJECT, .keys = regression_keys};
static const struct mlt_suite_shape suites[] = {
    {"unit", &text}, {"regression", &regression}, {"edge-case", &text}, {NULL, NULL}};
static const char *const adapters[] = {"xgboost", "process", "predictions", NULL};
static const char *const metrics[] = {"rmse", "mae", "r2", NULL};
static const struct mlt_config_tables tables = {suites, adapters, metrics};

static const char whole[] =
    "model: ad-score-predictor\n"
    "registry: ./registry\n"
    "baseline: '@1.0.0'\n"
    "adapter:\n"
    "  type: process\n"
    "  command: [python3, serve.py]\n"
    "  env: {A: b}\n"
    "  request_timeout: 250ms\n"
    "contract:\n"
    "  inputs:\n"
    "    - {name: price1, type: number, unit: USD/oz, min: 0, max: 1}\n"
    "    - {name: brand, type: integer, enum: [1, 2], stability: beta, required: false}\n"
    "  output: {name: score, type: label, labels: [no, yes]}\n"
    "datasets:\n"
    "  holdout: {path: data/holdout.csv.gz, label: logmove, id: [store, week], slices: [brand],\n"
    "            missing: drop, max_candidate_missing: 1%, cluster: store}\n"
    "suites:\n"
    "  unit: [artifacts]\n"
    "  regression:\n"
    "    - dataset: holdout\n"
    "      metrics: [rmse, mae]\n"
    "      require: [rmse <= 0.7]\n"
    "defaults: {rule: point, alpha: 0.1, correction: none}\n"
    "threshold: 0.3\n";

static bool parse(const char *yaml, struct mlt_arena *arena, struct mlt_config *out,
                  struct mlt_err *err)
{
    return mlt_config_parse("/p/mltest.yaml", yaml, strlen(yaml), &tables, arena, out, err);
}

START_TEST(config_reads_every_section)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_config c;
    ck_ok(parse(whole, &arena, &c, &err));
    ck_assert_str_eq(c.dir, "/p");
    ck_assert_str_eq(c.registry, "/p/./registry");
    ck_assert_str_eq(c.baseline, "1.0.0");
    ck_assert_str_eq(c.adapter.command[1], "serve.py");
    ck_assert_ptr_null(c.adapter.command[2]);
    ck_assert_str_eq(c.adapter.env[0], "A=b");
    ck_assert(c.adapter.request_timeout_s == 0.25 && c.adapter.start_timeout_s == 60);
    ck_assert_uint_eq(c.contract.input_count, 2);
    ck_assert(isnan(c.contract.inputs[1].min) && c.contract.inputs[0].max == 1);
    ck_assert(c.contract.inputs[0].required && !c.contract.inputs[1].required);
    ck_assert_str_eq(c.contract.inputs[1].stability, "beta");
    ck_assert_str_eq(c.contract.inputs[1].categories[1], "2");
    ck_assert_str_eq(c.contract.output.labels[0], "no");
    const struct mlt_dataset_config *d = mlt_config_dataset(&c, "holdout");
    ck_assert_str_eq(d->path, "/p/data/holdout.csv.gz");
    ck_assert_str_eq(d->id, "store,week");
    ck_assert_str_eq(d->slices[0], "brand");
    ck_assert(d->drop_missing && d->max_candidate_missing == 0.01);
    ck_assert_uint_eq(c.suite_count, 2);
    ck_assert_str_eq(c.suites[1].suite, "regression");
    ck_assert(c.defaults.rule == MLT_RULE_POINT && c.defaults.alpha == 0.1);
    ck_assert_int_eq(c.defaults.correction, MLT_CORRECTION_NONE);
    ck_assert(c.threshold == 0.3);
    mlt_arena_free(&arena);
}
END_TEST

#define HEAD "model: m\nadapter: {type: xgboost}\n"
#define DATA "datasets:\n  holdout: {path: a.csv, label: y}\n"
#define UNIT "suites: {unit: [artifacts]}\n"

static const struct {
    const char *yaml, *phrase;
} bad[] = {
    {"", "/p/mltest.yaml:1:1: the file is empty"},
    {"model: m\n" UNIT, "/p/mltest.yaml:1:1: the key 'adapter' is missing in /p/mltest.yaml"},
    {HEAD, "the key 'suites' is missing"},
    {HEAD UNIT "datasetts: {}\n", "/p/mltest.yaml:4:1: unknown key 'datasetts' in "},
    {HEAD UNIT "datasetts: {}\n", "did you mean 'datasets'?"},
    {HEAD "suites: {edge_case: [all]}\n",
     "/p/mltest.yaml:3:10: unknown key 'edge_case' in suites; did you mean 'edge-case'?"},
    {HEAD "suites: {}\n", "nothing would be tested"},
    {HEAD "suites: {unit: []}\n", "suites.unit must not be an empty list"},
    {"model: a/b\nadapter: {type: xgboost}\n" UNIT, "/p/mltest.yaml:1:8: model must be a name"},
    {"model: m\nadapter: {type: xgbost}\n" UNIT,
     "/p/mltest.yaml:2:17: adapter.type must be one of xgboost, process, predictions, found "
     "'xgbost'; did you mean 'xgboost'?"},
    {"model: m\nadapter: {type: process}\n" UNIT, "the key 'command' is missing in adapter"},
    {"model: m\nadapter: {type: xgboost, command: [a]}\n" UNIT,
     "/p/mltest.yaml:2:35: adapter.command belongs to the adapter process, not to xgboost"},
    {"model: m\nadapter: {type: xgboost, artifact: ../x}\n" UNIT, "inside the version's folder"},
    {HEAD "baseline: prodution\n" UNIT,
     "/p/mltest.yaml:3:11: baseline must be production, latest, none or a version such as 1.0.0, "
     "found 'prodution'; did you mean 'production'?"},
    {HEAD DATA "suites:\n  regression:\n    - dataset: holdot\n",
     "/p/mltest.yaml:7:16: there is no data set 'holdot' under datasets; did you mean 'holdout'?"},
    {HEAD DATA "suites:\n  regression:\n    - {dataset: holdout, metrics: [rmsee]}\n",
     "/p/mltest.yaml:7:36: there is no metric 'rmsee'; did you mean 'rmse'?"},
    {HEAD DATA "suites:\n  regression:\n    - dataset: holdout\n      require: [rmse <= nan]\n",
     "/p/mltest.yaml:8:17: suites.regression[0].require[0]: \"rmse <= nan\": column 9"},
    {HEAD "datasets: {h: {path: a.csv}}\n" UNIT, "the key 'label' is missing in datasets.h"},
    {HEAD "datasets: {h: {path: a, label: y, missing: skip}}\n" UNIT,
     "datasets.h.missing must be one of error, drop"},
    {HEAD "datasets: {h: {path: a, label: y, weights: w, frequencies: n}}\n" UNIT,
     "/p/mltest.yaml:3:60: weights (importance) and frequencies are two things: give one"},
    {HEAD "datasets: {h: {path: a, label: y, wieghts: w}}\n" UNIT, "did you mean 'weights'?"},
    {HEAD UNIT "contract: {inputs: [{name: a, type: number, min: 2, max: 1}], output: {type: number}}\n",
     "/p/mltest.yaml:4:50: min 2 is above max 1"},
    {HEAD UNIT "contract: {inputs: [{name: a, type: number}, {name: a, type: number}], output: {type: "
               "number}}\n",
     "the input 'a' is there twice"},
    {HEAD UNIT "contract:\n  inputs:\n    - {name: price, type: number}\n"
               "    - {name: pr\u0456ce, type: number}\n  output: {type: number}\n",
     "/p/mltest.yaml:7:14: the names \"price\" and \"pr<U+0456>ce\" look the same"},
    {HEAD UNIT "contract: {inputs: [{name: a, type: numbr}], output: {type: number}}\n",
     "contract.inputs[0].type must be one of"},
    {HEAD UNIT "contract: {inputs: [{name: a, type: number}], output: {type: label}}\n",
     "the key 'labels' is missing in contract.output"},
    {HEAD UNIT "threshold: .nan\n", "/p/mltest.yaml:4:12: threshold must be a percentage"},
    {HEAD UNIT "defaults: {alpha: .nan}\n", "/p/mltest.yaml:4:19: defaults.alpha must be a finite"},
    {HEAD UNIT "defaults: {alpha: 0.5}\n", "defaults.alpha must be from"},
    {HEAD UNIT "model: m\n", "/p/mltest.yaml:4:1: the key 'model' is there twice (first on line 1)"},
    {HEAD UNIT "---\nmodel: m\n", "/p/mltest.yaml:4:1: a second document starts here"},
};

START_TEST(config_names_place_and_right_word)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_config c;
    ck_fails(parse(bad[_i].yaml, &arena, &c, &err), MLT_ERR_USAGE, bad[_i].phrase);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(config_load_names_a_missing_data_file_where_it_is_written)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_config c;
    const char *path = unit_path("mltest.yaml");
    unit_write_text(path, HEAD DATA UNIT);
    ck_fails(mlt_config_load(path, &tables, &arena, &c, &err), MLT_ERR_USAGE,
             "mltest.yaml:4:19: there is no file");
    unit_write_text(unit_path("a.csv"), "y\n1\n");
    err = (struct mlt_err)MLT_ERR_INIT;
    ck_ok(mlt_config_load(path, &tables, &arena, &c, &err));
    ck_fails(mlt_config_load(unit_path("other.yaml"), &tables, &arena, &c, &err), MLT_ERR_USAGE,
             "other.yaml");
    char *found = mlt_config_find(c.dir, &arena);
    ck_assert_str_eq(found, c.path);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(config_schema_lists_the_suites_there_are)
{
    struct mlt_buf out = MLT_BUF_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *json;
    ck_ok(mlt_config_schema_print(&tables, &out, &err));
    ck_ok(mlt_json_parse("schema", out.data, out.len, &json, &err));
    const struct mlt_json *sections = mlt_json_get(
        mlt_json_get(mlt_json_get(json, "properties"), "suites"), "properties");
    ck_assert_uint_eq(mlt_json_count(sections), 3);
    ck_assert_ptr_nonnull(mlt_json_get(sections, "edge-case"));
    mlt_json_free(json);
    mlt_buf_free(&out);
}
END_TEST

TCase *case_mltest_yaml(void);
TCase *case_mltest_yaml(void)
{
    TCase *tc = tcase_create("mltest.yaml");
    tcase_add_checked_fixture(tc, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(tc, config_reads_every_section);
    tcase_add_loop_test(tc, config_names_place_and_right_word, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tc, config_load_names_a_missing_data_file_where_it_is_written);
    tcase_add_test(tc, config_schema_lists_the_suites_there_are);
    return tc;
}

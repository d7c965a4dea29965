#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/adapter/adapter.h"
#include "tests/unit/suite.h"

TCase *xgboost_cases(void);

#ifdef HAVE_XGBOOST

#include <dlfcn.h>
#include <xgboost/c_api.h>

#define XGB(name) ((__typeof__(&name))symbol(#name))

enum { TRAINING_ROWS = 200, WIDTH = 2 };

static struct mlt_arena arena;
static struct mlt_adapter_spec spec;
static struct mlt_subject subject;
static struct mlt_contract contract;
static struct mlt_input inputs[2];

static void *symbol(const char *name)
{
    static void *library;
    if (!library)
        library = dlopen("libxgboost.so.0", RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(library != NULL, "libxgboost.so.0 is missing");
    void *found = dlsym(library, name);
    ck_assert_ptr_nonnull(found);
    return found;
}

static BoosterHandle trained(const char *path)
{
    float x[TRAINING_ROWS * WIDTH], y[TRAINING_ROWS];
    for (int i = 0; i < TRAINING_ROWS; i++) {
        x[i * WIDTH] = (float)i / TRAINING_ROWS;
        x[i * WIDTH + 1] = (float)(i % 2);
        y[i] = 3 * x[i * WIDTH] + x[i * WIDTH + 1];
    }
    DMatrixHandle matrix;
    BoosterHandle booster;
    ck_assert_int_eq(XGB(XGDMatrixCreateFromMat)(x, TRAINING_ROWS, WIDTH, NAN, &matrix), 0);
    ck_assert_int_eq(XGB(XGDMatrixSetFloatInfo)(matrix, "label", y, TRAINING_ROWS), 0);
    ck_assert_int_eq(XGB(XGBoosterCreate)(&matrix, 1, &booster), 0);
    ck_assert_int_eq(XGB(XGBoosterSetParam)(booster, "nthread", "1"), 0);
    ck_assert_int_eq(XGB(XGBoosterSetParam)(booster, "max_depth", "3"), 0);
    for (int round = 0; round < 8; round++)
        ck_assert_int_eq(XGB(XGBoosterUpdateOneIter)(booster, round, matrix), 0);
    ck_assert_int_eq(XGB(XGBoosterSaveModel)(booster, path), 0);
    XGB(XGDMatrixFree)(matrix);
    return booster;
}

static double direct(BoosterHandle booster, float price, float is_three)
{
    const float row[WIDTH] = {price, is_three}, *scores;
    DMatrixHandle matrix;
    bst_ulong len;
    ck_assert_int_eq(XGB(XGDMatrixCreateFromMat)(row, 1, WIDTH, NAN, &matrix), 0);
    ck_assert_int_eq(XGB(XGBoosterPredict)(booster, matrix, 0, 0, 0, &len, &scores), 0);
    double score = (double)scores[0];
    XGB(XGDMatrixFree)(matrix);
    return score;
}

static struct mlt_adapter *opened(const char *model, const char *features, struct mlt_err *err)
{
    struct mlt_adapter *adapter = NULL;
    inputs[0] = (struct mlt_input){
        .name = "price", .type = MLT_INPUT_NUMBER, .min = 0, .max = 1, .required = true};
    inputs[1] = (struct mlt_input){
        .name = "brand", .type = MLT_INPUT_INTEGER, .min = NAN, .max = NAN, .required = true};
    contract = (struct mlt_contract){
        .inputs = inputs, .input_count = 2, .output = {.name = "score", .min = NAN, .max = NAN}};
    spec = (struct mlt_adapter_spec){.type = "xgboost"};
    subject = (struct mlt_subject){.model = "m",
                                   .version = "1.0.0",
                                   .dir = "/",
                                   .artifact = model,
                                   .config_json = features,
                                   .contract = &contract};
    struct mlt_adapter_target target = {&spec, &subject, MLT_CANDIDATE, NULL};
    return mlt_adapter_xgboost.open(&target, &adapter, err) ? adapter : NULL;
}

static const char features_json[] =
    "{\"features\":[{\"name\":\"price\"},{\"name\":\"brand\",\"equals\":\"3\"}]}";

static struct mlt_value number(double value)
{
    return (struct mlt_value){.kind = MLT_VALUE_NUMBER, .number = value};
}

START_TEST(xgboost_predicts_what_the_library_predicts)
{
    struct mlt_err err = MLT_ERR_INIT;
    BoosterHandle booster = trained(unit_path("m.json"));
    struct mlt_adapter *a = opened(unit_path("m.json"), features_json, &err);
    ck_assert_msg(a != NULL, "%s", err.text);
    /* The fields stand in another order than the features. */
    static const char *const fields[] = {"brand", "price"};
    enum { N = 40 };
    struct mlt_value cells[N * 2];
    struct mlt_prediction out[N];
    for (int i = 0; i < N; i++) {
        cells[2 * i] = number(i % 5);
        cells[2 * i + 1] = number(i / (double)N);
    }
    struct mlt_batch batch = {.rows = N, .field_count = 2, .fields = fields, .cells = cells};
    ck_ok(a->ops->predict(a, &batch, &arena, out, &err));
    for (int i = 0; i < N; i++) {
        ck_assert_int_eq(out[i].answer, MLT_ANSWER_OK);
        ck_assert_int_eq(out[i].kind, MLT_PREDICTION_NUMBER);
        double expected = direct(booster, (float)(i / (double)N), i % 5 == 3 ? 1.0f : 0.0f);
        ck_assert_msg(out[i].number == expected, "row %d: %.17g, expected %.17g", i, out[i].number,
                      expected);
    }
    a->ops->close(a);
    XGB(XGBoosterFree)(booster);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(xgboost_refuses_only_the_rows_that_the_contract_does_not_admit)
{
    struct mlt_err err = MLT_ERR_INIT;
    BoosterHandle booster = trained(unit_path("m.ubj"));
    struct mlt_adapter *a = opened(unit_path("m.ubj"), features_json, &err);
    ck_assert_msg(a != NULL, "%s", err.text);
    static const char *const fields[] = {"price", "brand"};
    const struct mlt_value text = {.kind = MLT_VALUE_TEXT, .text = "cheap", .len = 5};
    const struct mlt_value cells[] = {
        number(0.25),
        number(3),
        number(NAN),
        number(3),
        text,
        number(3),
        number(7),
        number(3),
        number(INFINITY),
        number(3),
        {.kind = MLT_VALUE_NULL},
        number(3),
        {.kind = MLT_VALUE_ABSENT},
        number(3),
        number(0.75),
        number(1),
    };
    enum { N = sizeof cells / sizeof *cells / 2 };
    struct mlt_prediction out[N];
    struct mlt_batch batch = {.rows = N, .field_count = 2, .fields = fields, .cells = cells};
    ck_ok(a->ops->predict(a, &batch, &arena, out, &err));
    ck_assert_double_eq(out[0].number, direct(booster, 0.25f, 1));
    for (int i = 1; i < N - 1; i++) {
        ck_assert_msg(out[i].answer == MLT_ANSWER_REFUSED, "row %d", i);
        ck_assert_msg(strstr(out[i].error, "price") != NULL, "row %d: %s", i, out[i].error);
    }
    ck_assert_double_eq(out[N - 1].number, direct(booster, 0.75f, 0));
    a->ops->close(a);
    XGB(XGBoosterFree)(booster);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(xgboost_says_what_is_wrong_with_a_model)
{
    struct mlt_err err = MLT_ERR_INIT;
    XGB(XGBoosterFree)(trained(unit_path("m.json")));
    unit_write_text(unit_path("broken.json"), "{\"learner\": [");
    ck_fails(opened(unit_path("broken.json"), features_json, &err), MLT_ERR_EVIDENCE,
             "XGBoost says");
    ck_assert_ptr_null(strchr(err.text, '\n'));
    ck_fails(opened(unit_path("absent.json"), features_json, &err), MLT_ERR_EVIDENCE,
             "absent.json");
    ck_fails(opened(unit_path("m.json"), "{\"features\":[{\"name\":\"price\"}]}", &err),
             MLT_ERR_EVIDENCE, "takes 2 features, but config.json lists 1");
    ck_fails(
        opened(unit_path("m.json"), "{\"features\":[{\"name\":\"prize\"},{\"name\":\"x\"}]}", &err),
        MLT_ERR_EVIDENCE, "prize is not among the declared inputs");
    ck_fails(opened(unit_path("m.json"), "{}", &err), MLT_ERR_EVIDENCE, "`features` is missing");
}
END_TEST

#else

START_TEST(xgboost_says_how_to_get_it)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_adapter_target target = {0};
    struct mlt_adapter *a;
    ck_fails(mlt_adapter_xgboost.open(&target, &a, &err), MLT_ERR_USAGE, "libxgboost-dev");
}
END_TEST

#endif

TCase *xgboost_cases(void)
{
    TCase *tcase = tcase_create("xgboost");
    tcase_add_checked_fixture(tcase, unit_folder_setup, unit_folder_teardown);
    tcase_set_timeout(tcase, 60);
#ifdef HAVE_XGBOOST
    tcase_add_test(tcase, xgboost_predicts_what_the_library_predicts);
    tcase_add_test(tcase, xgboost_refuses_only_the_rows_that_the_contract_does_not_admit);
    tcase_add_test(tcase, xgboost_says_what_is_wrong_with_a_model);
#else
    tcase_add_test(tcase, xgboost_says_how_to_get_it);
#endif
    return tcase;
}

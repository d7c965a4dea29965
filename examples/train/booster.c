#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xgboost/c_api.h>

#include "examples/train/learn.h"
#include "examples/train/matrix.h"
#include "examples/train/quantise.h"
#include "harness/base/str.h"

static bool check(int code, const char *what, struct mlt_err *err)
{
    return code == 0 || mlt_err_set(err, MLT_ERR_INFRA, "XGBoost: %s: %.500s", what, XGBGetLastError());
}

/* Parameters that are ours, not the library's. */
static bool is_own(const char *key)
{
    return strcmp(key, "rounds") == 0 || strcmp(key, "quantize_leaves") == 0;
}

static bool set_parameters(BoosterHandle booster, const struct mlt_json *config, struct mlt_err *err)
{
    const char *objective;
    if (!mlt_json_want_string(mlt_json_get(config, "adapter"), "objective", &objective, err))
        return mlt_err_prefix(err, "config.json: adapter");
    if (!check(XGBoosterSetParam(booster, "objective", objective), "objective", err) ||
        !check(XGBoosterSetParam(booster, "nthread", "1"), "nthread", err))
        return false;
    const struct mlt_json *p = mlt_json_first(mlt_json_get(config, "parameters"));
    for (; p; p = mlt_json_next(p)) {
        char number[MLT_DOUBLE_CHARS];
        double value;
        const char *text = mlt_json_string(p);
        if (is_own(mlt_json_key(p)))
            continue;
        if (!text && mlt_json_number(p, &value))
            text = mlt_str_format_double(value, number);
        if (!text)
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "config.json: parameters.%s is %s, expected a number or text",
                               mlt_json_key(p), mlt_json_type_name(mlt_json_type(p)));
        if (!check(XGBoosterSetParam(booster, mlt_json_key(p), text), mlt_json_key(p), err))
            return false;
    }
    return true;
}

static bool make_dmatrix(const struct mlt_train_task_input *input, const struct mlt_train_rows *rows,
                         DMatrixHandle *out, struct mlt_err *err)
{
    struct mlt_train_matrix matrix;
    if (!mlt_train_matrix_build(mlt_json_get(input->config, "features"), rows, &matrix, err))
        return false;
    bool ok = check(XGDMatrixCreateFromMat(matrix.values, matrix.rows, matrix.columns, NAN, out),
                    "building the matrix", err);
    mlt_train_matrix_release(&matrix);
    if (!ok)
        return false;
    float *labels = mlt_arena_calloc(input->arena, rows->count, sizeof *labels);
    if (!labels) {
        XGDMatrixFree(*out);
        return mlt_err_oom(err);
    }
    for (size_t i = 0; i < rows->count; i++)
        labels[i] = (float)mlt_train_rows_label(rows, input->model, i);
    ok = check(XGDMatrixSetFloatInfo(*out, "label", labels, rows->count), "labels", err);
    if (!ok)
        XGDMatrixFree(*out);
    return ok;
}

static bool quantise(BoosterHandle booster, double step, struct mlt_err *err)
{
    bst_ulong len;
    const char *json;
    struct mlt_buf rounded = MLT_BUF_INIT;
    bool ok = check(XGBoosterSaveModelToBuffer(booster, "{\"format\": \"json\"}", &len, &json),
                    "printing the booster", err) &&
              mlt_train_quantise(json, len, step, &rounded, err) &&
              check(XGBoosterLoadModelFromBuffer(booster, rounded.data, rounded.len),
                    "reading the rounded booster", err);
    mlt_buf_free(&rounded);
    return ok;
}

static bool predict(BoosterHandle booster, DMatrixHandle rows, size_t count, double *scores,
                    struct mlt_err *err)
{
    const bst_ulong *shape;
    bst_ulong dimensions;
    const float *result;
    const char *options = "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, "
                          "\"iteration_end\": 0, \"strict_shape\": false}";
    if (!check(XGBoosterPredictFromDMatrix(booster, rows, options, &shape, &dimensions, &result),
               "predicting", err))
        return false;
    if (dimensions != 1 || shape[0] != count)
        return mlt_err_set(err, MLT_ERR_INFRA, "XGBoost gave predictions of an unexpected shape");
    for (size_t i = 0; i < count; i++)
        scores[i] = (double)result[i];
    return true;
}

static bool learn(const struct mlt_train_task_input *input, BoosterHandle booster, DMatrixHandle train,
                  DMatrixHandle holdout, double *scores, struct mlt_err *err)
{
    const struct mlt_json *parameters = mlt_json_get(input->config, "parameters");
    double rounds, step;
    if (!set_parameters(booster, input->config, err))
        return false;
    if (!mlt_json_want_number(parameters, "rounds", &rounds, err))
        return mlt_err_prefix(err, "config.json: parameters");
    for (int i = 0; i < (int)rounds; i++)
        if (!check(XGBoosterUpdateOneIter(booster, i, train), "training", err))
            return false;
    if (mlt_json_number(mlt_json_get(parameters, "quantize_leaves"), &step) &&
        !quantise(booster, step, err))
        return false;
    return check(XGBoosterSaveModel(booster, input->artifact), "saving the booster", err) &&
           predict(booster, holdout, input->holdout->count, scores, err);
}

bool mlt_train_booster(const struct mlt_train_task_input *input, double *scores, struct mlt_err *err)
{
    DMatrixHandle train, holdout;
    BoosterHandle booster;
    if (!make_dmatrix(input, input->train, &train, err))
        return false;
    bool ok = make_dmatrix(input, input->holdout, &holdout, err);
    if (ok) {
        ok = check(XGBoosterCreate(&train, 1, &booster), "creating the booster", err);
        if (ok) {
            ok = learn(input, booster, train, holdout, scores, err);
            XGBoosterFree(booster);
        }
        XGDMatrixFree(holdout);
    }
    XGDMatrixFree(train);
    return ok;
}

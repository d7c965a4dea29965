#include "config.h"

#include "harness/adapter/adapter.h"

#ifdef HAVE_XGBOOST

#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xgboost/c_api.h>

#include "harness/adapter/feature.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"

#define LIBRARY "libxgboost.so.0"

/* Loaded on use: the library and what it pulls in would cost every `mltest --version` its start. The
 * types are those of the installed header, so a mismatch is a compile error. */
struct library {
    void *handle;
    __typeof__(&XGBGetLastError) last_error;
    __typeof__(&XGBoosterCreate) booster_create;
    __typeof__(&XGBoosterFree) booster_free;
    __typeof__(&XGBoosterLoadModel) load_model;
    __typeof__(&XGBoosterSetParam) set_param;
    __typeof__(&XGBoosterGetNumFeature) feature_count;
    __typeof__(&XGBoosterPredict) predict;
    __typeof__(&XGDMatrixCreateFromMat) matrix_create;
    __typeof__(&XGDMatrixFree) matrix_free;
};

struct xgboost {
    struct mlt_adapter base;
    struct mlt_arena arena;
    struct library lib;
    BoosterHandle booster;
    struct mlt_features features;
    enum mlt_output_type output;
    float *matrix; /* [matrix_rows * features.count] */
    size_t *row_of; /* [matrix_rows] row of the batch that a matrix row stands for */
    size_t matrix_rows;
};

static bool load_library(struct library *lib, struct mlt_err *err)
{
    const struct {
        const char *name;
        void *slot;
    } symbols[] = {
        {"XGBGetLastError", &lib->last_error},
        {"XGBoosterCreate", &lib->booster_create},
        {"XGBoosterFree", &lib->booster_free},
        {"XGBoosterLoadModel", &lib->load_model},
        {"XGBoosterSetParam", &lib->set_param},
        {"XGBoosterGetNumFeature", &lib->feature_count},
        {"XGBoosterPredict", &lib->predict},
        {"XGDMatrixCreateFromMat", &lib->matrix_create},
        {"XGDMatrixFree", &lib->matrix_free},
    };
    lib->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!lib->handle)
        return mlt_err_set(err, MLT_ERR_INFRA,
                           "the xgboost adapter cannot load %s (%s); on Debian: apt-get install "
                           "libxgboost0",
                           LIBRARY, dlerror());
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *found = dlsym(lib->handle, symbols[i].name);
        if (!found)
            return mlt_err_set(err, MLT_ERR_INFRA, "%s has no %s", LIBRARY, symbols[i].name);
        memcpy(symbols[i].slot, &found, sizeof found);
    }
    return true;
}

/* XGBoost's first line, without its clock and the stack trace behind it. Returns false. */
static bool refuse(const struct xgboost *x, struct mlt_err *err, const char *what)
{
    struct mlt_buf words = MLT_BUF_INIT;
    const char *text = x->lib.last_error();
    if (text[0] == '[' && strstr(text, "] "))
        text = strstr(text, "] ") + 2;
    mlt_str_append_safe(&words, text, strcspn(text, "\r\n"), 400);
    mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: XGBoost says: %s", what, words.data);
    mlt_buf_free(&words);
    return false;
}

static bool check_width(const struct xgboost *x, const char *artifact, struct mlt_err *err)
{
    bst_ulong width = 0;
    if (x->lib.feature_count(x->booster, &width) != 0)
        return refuse(x, err, artifact);
    if (width != x->features.count)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s takes %llu features, but config.json lists %zu", artifact,
                           (unsigned long long)width, x->features.count);
    return true;
}

static bool load(struct xgboost *x, const struct mlt_adapter_target *target, struct mlt_err *err)
{
    const struct mlt_subject *subject = target->subject;
    const char *artifact = subject->artifact;
    if (!mlt_adapter_without_settings(target, err))
        return false;
    if (target->spec->artifact)
        artifact = mlt_fs_join(&x->arena, subject->dir, target->spec->artifact);
    if (!artifact)
        return mlt_err_oom(err);
    if (mlt_fs_kind(artifact) != MLT_FS_FILE)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s@%s has no model file %s", subject->model,
                           subject->version, artifact);
    if (!mlt_features_decode(subject, &x->arena, &x->features, err) ||
        !load_library(&x->lib, err))
        return false;
    x->output = subject->contract ? subject->contract->output.type : MLT_OUTPUT_NUMBER;
    /* One thread: workers run beside each other, and one order of additions gives one result. */
    if (x->lib.booster_create(NULL, 0, &x->booster) != 0 ||
        x->lib.set_param(x->booster, "nthread", "1") != 0 ||
        x->lib.load_model(x->booster, artifact) != 0 ||
        x->lib.set_param(x->booster, "nthread", "1") != 0)
        return refuse(x, err, artifact);
    return check_width(x, artifact, err);
}

static void close_booster(struct mlt_adapter *self)
{
    struct xgboost *x = (struct xgboost *)self;
    if (x->booster)
        x->lib.booster_free(x->booster);
    /* The library itself stays: its OpenMP threads do not survive being unmapped. */
    mlt_arena_free(&x->arena);
    free(x->matrix);
    free(x->row_of);
    free(x);
}

static bool open_booster(const struct mlt_adapter_target *target, struct mlt_adapter **out,
                         struct mlt_err *err)
{
    struct xgboost *x = calloc(1, sizeof *x);
    if (!x)
        return mlt_err_oom(err);
    x->base.ops = &mlt_adapter_xgboost;
    if (!load(x, target, err)) {
        close_booster(&x->base);
        return false;
    }
    *out = &x->base;
    return true;
}

static bool reserve(struct xgboost *x, size_t rows, struct mlt_err *err)
{
    size_t cells;
    if (rows <= x->matrix_rows)
        return true;
    if (__builtin_mul_overflow(rows, x->features.count, &cells))
        return mlt_err_oom(err);
    float *matrix = reallocarray(x->matrix, cells, sizeof *matrix);
    if (!matrix)
        return mlt_err_oom(err);
    x->matrix = matrix;
    size_t *row_of = reallocarray(x->row_of, rows, sizeof *row_of);
    if (!row_of)
        return mlt_err_oom(err);
    x->row_of = row_of;
    x->matrix_rows = rows;
    return true;
}

static bool answer_one(const struct xgboost *x, const float *scores, size_t width,
                       struct mlt_arena *arena, struct mlt_prediction *out)
{
    for (size_t i = 0; i < width; i++)
        if (!isfinite(scores[i])) {
            *out = (struct mlt_prediction){.answer = MLT_ANSWER_MALFORMED,
                                           .error = "the model's prediction is not a number"};
            return true;
        }
    if (width == 1 && x->output != MLT_OUTPUT_PROBABILITIES) {
        *out = (struct mlt_prediction){.answer = MLT_ANSWER_OK,
                                       .kind = MLT_PREDICTION_NUMBER,
                                       .number = (double)scores[0]};
        return true;
    }
    double *vector = mlt_arena_calloc(arena, width, sizeof *vector);
    if (!vector)
        return false;
    for (size_t i = 0; i < width; i++)
        vector[i] = (double)scores[i];
    *out = (struct mlt_prediction){.answer = MLT_ANSWER_OK,
                                   .kind = MLT_PREDICTION_VECTOR,
                                   .vector = vector,
                                   .vector_len = width};
    return true;
}

/* XGBoost's own fault on these rows: every one of them is answered with its words. */
static bool refuse_rows(const struct xgboost *x, size_t rows, struct mlt_arena *arena,
                        struct mlt_prediction *out, struct mlt_err *err)
{
    struct mlt_err words = MLT_ERR_INIT;
    refuse(x, &words, "cannot predict");
    const char *text = mlt_arena_strdup(arena, words.text);
    if (!text)
        return mlt_err_oom(err);
    for (size_t i = 0; i < rows; i++)
        out[x->row_of[i]] =
            (struct mlt_prediction){.answer = MLT_ANSWER_REFUSED, .error = text};
    return true;
}

static bool ask(const struct xgboost *x, size_t rows, struct mlt_arena *arena,
                struct mlt_prediction *out, struct mlt_err *err)
{
    DMatrixHandle matrix;
    bst_ulong len = 0;
    const float *scores = NULL;
    if (x->lib.matrix_create(x->matrix, rows, x->features.count, NAN, &matrix) != 0)
        return refuse_rows(x, rows, arena, out, err);
    bool ok = true;
    if (x->lib.predict(x->booster, matrix, 0, 0, 0, &len, &scores) != 0 || len % rows != 0 || len == 0)
        ok = refuse_rows(x, rows, arena, out, err);
    else
        for (size_t i = 0; ok && i < rows; i++) {
            size_t width = len / rows;
            ok = answer_one(x, scores + i * width, width, arena, &out[x->row_of[i]]) ||
                 mlt_err_oom(err);
        }
    x->lib.matrix_free(matrix);
    return ok;
}

static bool predict(struct mlt_adapter *self, const struct mlt_batch *batch, struct mlt_arena *arena,
                    struct mlt_prediction *out, struct mlt_err *err)
{
    struct xgboost *x = (struct xgboost *)self;
    size_t taken = 0;
    char why[256];
    if (!reserve(x, batch->rows, err))
        return false;
    for (size_t row = 0; row < batch->rows; row++) {
        if (mlt_features_row(&x->features, batch, row, x->matrix + taken * x->features.count, why)) {
            x->row_of[taken++] = row;
            continue;
        }
        out[row] = (struct mlt_prediction){.answer = MLT_ANSWER_REFUSED,
                                           .error = mlt_arena_strdup(arena, why)};
        if (!out[row].error)
            return mlt_err_oom(err);
    }
    return taken == 0 || ask(x, taken, arena, out, err);
}

static pid_t own_pid(struct mlt_adapter *self)
{
    (void)self;
    return getpid();
}

#else

static bool open_booster(const struct mlt_adapter_target *target, struct mlt_adapter **out,
                         struct mlt_err *err)
{
    (void)target;
    (void)out;
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "this mltest was built without the xgboost adapter; on Debian: apt-get "
                       "install libxgboost-dev, then configure and make again (without "
                       "--without-xgboost)");
}

static bool predict(struct mlt_adapter *self, const struct mlt_batch *batch, struct mlt_arena *arena,
                    struct mlt_prediction *out, struct mlt_err *err)
{
    (void)self;
    (void)batch;
    (void)arena;
    (void)out;
    return mlt_err_set(err, MLT_ERR_INFRA, "no xgboost model can be open");
}

static pid_t own_pid(struct mlt_adapter *self)
{
    (void)self;
    return 0;
}

static void close_booster(struct mlt_adapter *self)
{
    (void)self;
}

#endif

/* XGBoost shares this process's stderr: it has no words of its own. */
static void no_diagnostics(struct mlt_adapter *self, struct mlt_buf *out)
{
    (void)self;
    (void)out;
}

const struct mlt_adapter_ops mlt_adapter_xgboost = {
    .abi = MLT_ADAPTER_ABI,
    .name = "xgboost",
    .doc = "an XGBoost booster (.ubj, .json), in process",
    .open = open_booster,
    .predict = predict,
    .pid = own_pid,
    .diagnostics = no_diagnostics,
    .close = close_booster,
};

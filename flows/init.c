#include "flows/init.h"

#include <string.h>

#include "flows/setting.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/table/reader.h"

/* YAML text in double quotes, which are also JSON's: any text is safe in them. */
static void put_text(struct mlt_buf *yaml, const char *text)
{
    struct mlt_json_out out;
    mlt_json_out_init(&out, yaml, false);
    mlt_json_out_string(&out, text);
}

static bool put_adapter(const struct mlt_version *version, struct mlt_buf *yaml,
                        struct mlt_err *err)
{
    struct mlt_json *config;
    if (!mlt_json_parse("config.json", version->config_json, strlen(version->config_json), &config,
                        err))
        return false;
    const struct mlt_json *adapter = mlt_json_get(config, "adapter");
    const char *type = mlt_json_string(mlt_json_get(adapter, "type"));
    mlt_buf_puts(yaml, "adapter:\n  type: ");
    put_text(yaml, type ? type : "xgboost");
    mlt_buf_putc(yaml, '\n');
    const struct mlt_json *command = mlt_json_get(adapter, "command");
    if (mlt_json_first(command)) {
        mlt_buf_puts(yaml, "  command: [");
        for (const struct mlt_json *word = mlt_json_first(command); word;
             word = mlt_json_next(word)) {
            if (word != mlt_json_first(command))
                mlt_buf_puts(yaml, ", ");
            put_text(yaml, mlt_json_string(word) ? mlt_json_string(word) : "");
        }
        mlt_buf_puts(yaml, "]\n");
    }
    mlt_json_free(config);
    return true;
}

static bool has_column(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* The file is opened as a run opens it: what is written here must run. */
static bool check_data(const struct mlt_init_request *request, const struct mlt_contract *contract,
                       struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_reader_options options = {.path = request->data};
    const char *const *names;
    size_t count;
    if (!request->label)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--data needs --label COLUMN, the column to predict");
    if (!mlt_reader_names(&options, arena, &names, &count, err))
        return false;
    if (!has_column(names, count, request->label))
        return mlt_err_set(err, MLT_ERR_USAGE, "%s has no column \"%s\" (--label)", request->data,
                           request->label);
    for (size_t i = 0; i < contract->input_count; i++)
        if (contract->inputs[i].required && !has_column(names, count, contract->inputs[i].name))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "%s lacks the column \"%s\", which the model needs as an input",
                               request->data, contract->inputs[i].name);
    return true;
}

static const char *usual_metrics(enum mlt_output_type type)
{
    switch (type) {
    case MLT_OUTPUT_NUMBER:
        return "rmse, mae, r2";
    case MLT_OUTPUT_PROBABILITY:
        return "auc, logloss, accuracy";
    case MLT_OUTPUT_TEXT:
        return "exact_match, token_f1";
    case MLT_OUTPUT_LABEL:
    case MLT_OUTPUT_PROBABILITIES:
        break;
    }
    return "accuracy";
}

static void put_metrics(const struct mlt_contract *contract, struct mlt_buf *yaml)
{
    const char *metrics = usual_metrics(contract->output.type);
    mlt_buf_printf(yaml, "  regression:\n    - dataset: holdout\n      metrics: [%s]\n", metrics);
}

static const char *main_metric(const struct mlt_contract *contract)
{
    return contract->output.type == MLT_OUTPUT_NUMBER        ? "rmse"
           : contract->output.type == MLT_OUTPUT_PROBABILITY ? "logloss"
           : contract->output.type == MLT_OUTPUT_TEXT        ? "token_f1"
                                                             : "accuracy";
}

static bool has_golden(const struct mlt_version *version)
{
    for (size_t i = 0; i < version->manifest.count; i++)
        if (strcmp(version->manifest.files[i].path, "tests/golden.jsonl") == 0)
            return true;
    return false;
}

static void put_suites(const struct mlt_init_request *request, const struct mlt_setting *setting,
                       bool compares, struct mlt_buf *yaml)
{
    mlt_buf_puts(yaml, "\nsuites:\n  unit:\n"
                       "    - artifacts\n    - digests\n    - metadata\n    - config\n    - loads\n"
                       "    - predicts\n    - deterministic\n    - output-contract\n");
    if (has_golden(&setting->version))
        mlt_buf_puts(yaml, "    - examples: tests/golden.jsonl\n");
    mlt_buf_puts(yaml, "  integration:\n    - configuration\n    - fresh-process\n");
    if (setting->registry)
        mlt_buf_puts(yaml, "    - dependencies\n");
    mlt_buf_puts(yaml, "  performance:\n    - name: single\n"
                       "      schedule: {closed: 1, duration: 2s, warmup: 200ms}\n"
                       "      require:\n        - error_rate < 1%\n");
    if (compares)
        mlt_buf_puts(yaml, "        - latency p95 within 50% or 5ms of production\n");
    if (request->data) {
        put_metrics(&setting->version.contract, yaml);
        if (compares)
            mlt_buf_printf(yaml, "      require:\n        - %s within 5%% of production\n",
                           main_metric(&setting->version.contract));
    }
    mlt_buf_puts(yaml, "  edge-case:\n    - generate: all\n");
}

static bool serves_another(struct mlt_setting *setting, bool *out, struct mlt_err *err)
{
    char serving[MLT_SEMVER_CHARS] = "";
    *out = false;
    if (setting->registry &&
        !mlt_registry_serving(setting->registry, setting->version.model, serving, err))
        return false;
    *out = serving[0] && strcmp(serving, setting->version.version) != 0;
    return true;
}

static bool compose(const struct mlt_init_request *request, struct mlt_setting *setting,
                    struct mlt_arena *arena, struct mlt_buf *yaml, struct mlt_err *err)
{
    bool compares;
    if (!serves_another(setting, &compares, err))
        return false;
    mlt_buf_puts(yaml,
                 "# What is tested and how. `mltest schema config` describes every key.\nmodel: ");
    put_text(yaml, setting->version.model);
    if (setting->registry_url) {
        mlt_buf_puts(yaml, "\nregistry: ");
        put_text(yaml, setting->registry_url);
    }
    mlt_buf_printf(yaml, "\nbaseline: %s\n\n",
                   compares ? "production"
                            : "none            # a first release; later: production");
    if (!put_adapter(&setting->version, yaml, err))
        return false;
    if (request->data) {
        char *path = mlt_fs_absolute(arena, request->data, err);
        if (!path || !check_data(request, &setting->version.contract, arena, err))
            return false;
        mlt_buf_puts(yaml, "\ndatasets:\n  holdout:\n    path: ");
        put_text(yaml, path);
        mlt_buf_puts(yaml, "\n    label: ");
        put_text(yaml, request->label);
        mlt_buf_putc(yaml, '\n');
    }
    put_suites(request, setting, compares, yaml);
    return mlt_buf_check(yaml, err);
}

bool mlt_flow_init(const struct mlt_init_request *request, struct mlt_arena *arena,
                   struct mlt_buf *out, struct mlt_err *err)
{
    if (mlt_fs_kind(request->output) != MLT_FS_ABSENT)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is there already: move it away first, nothing was "
                           "changed",
                           request->output);
    const struct mlt_setting_request where = {
        /* A mltest.yaml further up belongs to something else. */
        .dir = mlt_fs_kind("mltest.yaml") == MLT_FS_ABSENT ? "." : NULL,
        .registry = request->registry,
        .ref = request->ref ? request->ref : ".",
        .read_only = true,
    };
    struct mlt_setting setting;
    struct mlt_buf yaml = MLT_BUF_INIT;
    bool ok = mlt_setting_open(&where, arena, &setting, err) &&
              compose(request, &setting, arena, &yaml, err) &&
              mlt_fs_write_atomic(request->output, yaml.data, yaml.len, err);
    if (ok)
        mlt_buf_printf(out, "wrote %s for %s@%s\nnext: mltest run %s%s%s\n", request->output,
                       setting.version.model, setting.version.version,
                       setting.registry ? setting.version.model : where.ref,
                       setting.registry ? "@" : "",
                       setting.registry ? setting.version.version : "");
    mlt_buf_free(&yaml);
    mlt_setting_close(&setting);
    return ok;
}

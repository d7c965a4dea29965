#include "cli/commands.h"

#include "flows/init.h"

static const struct mlt_opt options[] = {
    {"data", 0, MLT_OPT_VALUE, "FILE", "held-out rows: adds the regression suite"},
    {"label", 0, MLT_OPT_VALUE, "COLUMN", "the column of FILE to predict"},
    {"output", 'o', MLT_OPT_VALUE, "FILE", "where to write (default: mltest.yaml)"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY)"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int init(struct mlt_cli *cli, struct mlt_err *err)
{
    const char *output = mlt_opt_value(cli, "output");
    const struct mlt_init_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->argument_count ? cli->arguments[0] : NULL,
        .data = mlt_opt_value(cli, "data"),
        .label = mlt_opt_value(cli, "label"),
        .output = output ? output : "mltest.yaml",
    };
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = mlt_flow_init(&request, cli->arena, &out, err);
    fputs(out.data, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_init = {
    .name = "init",
    .summary = "make a mltest.yaml that runs",
    .arguments = "[MODEL[@VERSION] | FOLDER]",
    .examples = "  mltest init ad-score-predictor@1.1.0 --data holdout.csv --label logmove\n"
                "  mltest init ./my-model/1.0.0\n",
    .options = options,
    .max_arguments = 1,
    .run = init,
};

#include "cli/commands.h"

#include "flows/compat.h"
#include "mltest/verdict.h"

static const struct mlt_opt check_options[] = {
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "text (default) or json"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};
static const struct mlt_opt bump_options[] = {
    {"explain", 'e', MLT_OPT_FLAG, NULL, "also say which change needs it"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "text (default) or json"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int check(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_compat_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .from = cli->argument_count > 1 ? cli->arguments[0] : NULL,
        .to = cli->arguments[cli->argument_count > 1],
        .format = mlt_opt_value(cli, "format"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    bool accepted = false;
    bool ok = mlt_flow_compat_check(&request, cli->arena, &out, &accepted, err) &&
              mlt_buf_check(&out, err);
    fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? mlt_verdict_exit_code(accepted ? MLT_VERDICT_PASS : MLT_VERDICT_FAIL) : -1;
}

static int bump(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_compat_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .model = cli->arguments[0],
        .to = cli->argument_count > 1 ? cli->arguments[1] : ".",
        .format = mlt_opt_value(cli, "format"),
        .explain = mlt_opt_flag(cli, "explain"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = mlt_flow_compat_bump(&request, cli->arena, &out, err) && mlt_buf_check(&out, err);
    fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_registry_check_compat = {
    .name = "registry check-compat",
    .summary = "say what a version changes for its callers, and whether its number allows it",
    .arguments = "[OLD] NEW",
    .examples =
        "  mltest registry check-compat ad-score-predictor@1.1.0\n"
        "  mltest registry check-compat ad-score-predictor@1.0.0 ./ad-score-predictor/1.1.0\n",
    .details = "OLD and NEW are MODEL@VERSION or a version's folder. Without OLD it is the highest "
               "release below NEW.\n"
               "Exit code 0: the number of NEW is high enough; 1: it is not, or its changelog is "
               "silent.\n",
    .options = check_options,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = check,
};
const struct mlt_command mlt_command_registry_bump = {
    .name = "registry bump",
    .summary = "print the version that a folder's content has to be released as",
    .arguments = "MODEL [FOLDER]",
    .examples = "  mltest registry bump ad-score-predictor ./candidate --explain\n",
    .details = "The folder (default: this one) is compared with the highest registered release.\n",
    .options = bump_options,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = bump,
};

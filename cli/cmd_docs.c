#include "cli/commands.h"

#include "flows/docs.h"
#include "mltest/verdict.h"

static const struct mlt_opt new_options[] = {
    {"previous", 0, MLT_OPT_VALUE, "FOLDER",
     "the release before (default: the highest one below it in the registry)"},
    {"output", 'o', MLT_OPT_VALUE, "DIR", "write here (default: docs/ of the folder)"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static const struct mlt_opt check_options[] = {
    {"previous", 0, MLT_OPT_VALUE, "FOLDER",
     "the release before (default: the highest one below it in the registry)"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "text (default) or json"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int write_new(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_docs_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->arguments[0],
        .previous = mlt_opt_value(cli, "previous"),
        .output = mlt_opt_value(cli, "output"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = mlt_flow_docs_new(&request, cli->arena, &out, err) && mlt_buf_check(&out, err);
    fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_docs_new = {
    .name = "docs new",
    .summary = "write the model card and the five other documents of a version from what is known",
    .arguments = "(MODEL@VERSION | FOLDER)",
    .examples =
        "  mltest docs new ./ad-score-predictor/1.1.0 --previous ./ad-score-predictor/1.0.0\n"
        "  mltest docs new ad-score-predictor@1.1.0 -o ./corrected\n",
    .details =
        "What stands between <!-- mltest: NAME --> and <!-- /mltest --> is written anew from "
        "metadata.json,\nmetrics.json, config.json, the release before and the last run; "
        "everything else is kept.\nWhat only a person can write is carried over from the release "
        "before, or waits as \"To be written\".\n",
    .options = new_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = write_new,
};

static int check(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_docs_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->arguments[0],
        .previous = mlt_opt_value(cli, "previous"),
        .format = mlt_opt_value(cli, "format"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    bool complete = false;
    bool ok =
        mlt_flow_docs_check(&request, cli->arena, &out, &complete, err) && mlt_buf_check(&out, err);
    fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? mlt_verdict_exit_code(complete ? MLT_VERDICT_PASS : MLT_VERDICT_FAIL) : -1;
}

const struct mlt_command mlt_command_docs_check = {
    .name = "docs check",
    .summary = "say whether the documents of a version are complete and true",
    .arguments = "(MODEL@VERSION | FOLDER)",
    .examples = "  mltest docs check ad-score-predictor@1.1.0\n"
                "  mltest docs check ./ad-score-predictor/1.1.0 --previous "
                "./ad-score-predictor/1.0.0\n",
    .details = "Sections that are empty, figures, fields and dates that are not what metadata.json,"
               "\nmetrics.json, config.json, the registry and the runs say are listed with their "
               "lines.\nExit code 0: there are none; 1: there are.\n",
    .options = check_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = check,
};

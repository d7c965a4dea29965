#include "cli/commands.h"

#include "cli/announce.h"
#include "flows/deploy.h"

static const struct mlt_opt options[] = {
    {"env", 'e', MLT_OPT_VALUE, "ENVIRONMENT", "where to (required)"},
    {"cohort", 0, MLT_OPT_VALUE, "NAME", "of a -beta version in production: for whom it is"},
    {"reason", 0, MLT_OPT_VALUE, "TEXT", "why, for the record"},
    {"ticket", 0, MLT_OPT_MANY, "ID", "a ticket it belongs to, for the record"},
    {"directory", 'C', MLT_OPT_VALUE, "DIR", "folder of mltest.yaml (default: here or above)"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    MLT_ANNOUNCE_OPTIONS,
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int deploy(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_cli_announce announce;
    if (!mlt_cli_announce_begin(cli, "deploy", &announce, err))
        return -1;
    struct mlt_deploy_request request = {
        .dir = mlt_opt_value(cli, "directory"),
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->arguments[0],
        .environment = mlt_opt_value(cli, "env"),
        .cohort = mlt_opt_value(cli, "cohort"),
        .reason = mlt_opt_value(cli, "reason"),
        .color = cli->color_out,
        .width = cli->width,
        .announcement = &announce.announcement,
    };
    struct mlt_buf out = MLT_BUF_INIT, notes = MLT_BUF_INIT;
    enum mlt_verdict verdict = MLT_VERDICT_INVALID;
    request.tickets = mlt_opt_values(cli, "ticket", &request.ticket_count);
    bool ok = request.tickets ? mlt_flow_deploy(&request, cli->arena, &out, &notes, &verdict, err)
                              : mlt_err_oom(err);
    fwrite(notes.data, 1, notes.len, stderr);
    int code = mlt_cli_announce_end(cli, &announce, ok, verdict, &out, err);
    mlt_buf_free(&out);
    mlt_buf_free(&notes);
    return code;
}

const struct mlt_command mlt_command_deploy = {
    .name = "deploy",
    .summary = "gate, then record the deployment",
    .arguments = "MODEL@VERSION",
    .examples =
        "  mltest deploy ad-score-predictor@1.1.0 --env development\n"
        "  mltest deploy ad-score-predictor@1.1.0 --env production --reason \"release\" --ticket "
        "ML-7\n"
        "  mltest deploy ad-score-predictor@2.0.0-beta --env production --cohort first-clients\n",
    .details =
        "Uses only the policy pinned in the registry and the registry's own evidence. "
        "Environments are reached\n"
        "in the order of the policy; production takes versions in state Production only (see "
        "mltest promote).\n"
        "The deployer is `ledger`: the deployment is recorded, moving traffic is left to "
        "your platform.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = deploy,
};

#include "cli/commands.h"
#include "cli/sign_options.h"
#include "flows/approve.h"

static const struct mlt_opt approve_options[] = {
    {"stage", 0, MLT_OPT_VALUE, "STAGE",
     "design, alpha, beta, production, or one of the policy's own"},
    {"policy", 0, MLT_OPT_VALUE, "FILE", "approve this gates.yaml instead, to be put in force"},
    MLT_SIGN_OPTIONS};
static const struct mlt_opt reject_options[] = {
    {"stage", 0, MLT_OPT_VALUE, "STAGE",
     "design, alpha, beta, production, or one of the policy's own (required)"},
    MLT_SIGN_OPTIONS};
static const struct mlt_opt waive_options[] = {
    {"criterion", 0, MLT_OPT_VALUE, "TEXT", "which, as the policy writes it (required)"},
    {"expires", 0, MLT_OPT_VALUE, "TIME", "until when, or for how long: 30d (required)"},
    MLT_SIGN_OPTIONS};
static const struct mlt_opt revoke_options[] = {MLT_SIGN_OPTIONS};

static int run_approve(struct mlt_cli *cli, bool reject, struct mlt_err *err)
{
    const struct mlt_approve_request request = {
        .sign = mlt_sign_options(cli),
        .ref = cli->argument_count ? cli->arguments[0] : NULL,
        .stage = mlt_opt_value(cli, "stage"),
        .policy = reject ? NULL : mlt_opt_value(cli, "policy"),
        .reject = reject,
    };
    struct mlt_buf out = MLT_BUF_INIT;
    return mlt_sign_print(&out, mlt_flow_approve(&request, cli->arena, &out, err), err);
}

static int approve(struct mlt_cli *cli, struct mlt_err *err)
{
    return run_approve(cli, false, err);
}

static int reject(struct mlt_cli *cli, struct mlt_err *err)
{
    return run_approve(cli, true, err);
}

static int waive(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_waive_request request = {
        .sign = mlt_sign_options(cli),
        .ref = cli->arguments[0],
        .criterion = mlt_opt_value(cli, "criterion"),
        .expires = mlt_opt_value(cli, "expires"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    return mlt_sign_print(&out, mlt_flow_waive(&request, cli->arena, &out, err), err);
}

static int take_back(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_revoke_request request = {.sign = mlt_sign_options(cli),
                                               .digest = cli->arguments[0]};
    struct mlt_buf out = MLT_BUF_INIT;
    return mlt_sign_print(&out, mlt_flow_revoke(&request, cli->arena, &out, err), err);
}

const struct mlt_command mlt_command_approve = {
    .name = "approve",
    .summary = "approve a version for a stage, signed with your SSH key",
    .arguments = "(MODEL@VERSION --stage STAGE | [MODEL] --policy FILE)",
    .examples =
        "  mltest approve ad-score-predictor@1.1.0 --stage beta --reason \"figures hold\"\n"
        "  mltest approve ad-score-predictor@1.1.0 --stage production --reason \"board of May 5\" "
        "--ticket ML-12\n"
        "  mltest approve --policy gates.yaml --reason \"stricter margin\"\n",
    .details = "Signed are the version, the digests of its files, the stage, the policy and the "
               "evidence that counts now:\nwhen any of it changes, the approval is void. What is "
               "signed is shown first.\n",
    .options = approve_options,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = approve,
};
const struct mlt_command mlt_command_reject = {
    .name = "reject",
    .summary = "reject a version for a stage, signed with your SSH key",
    .arguments = "MODEL@VERSION --stage STAGE",
    .examples =
        "  mltest reject ad-score-predictor@1.1.0 --stage beta --reason \"drops rare brands\"\n",
    .details = "A rejection stands until it is revoked or its author approves that stage.\n",
    .options = reject_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = reject,
};
const struct mlt_command mlt_command_waive = {
    .name = "waive",
    .summary = "excuse one criterion of a version for some time, signed with your SSH key",
    .arguments = "MODEL@VERSION --criterion TEXT --expires TIME",
    .examples = "  mltest waive ad-score-predictor@1.1.0 --criterion \"latency p95 < 50ms\" "
                "--expires 30d \\\n    --reason \"new hardware in June\" --ticket ML-12\n",
    .details = "It excuses a fail or an inconclusive on the evidence of now; never an invalid.\n",
    .options = waive_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = waive,
};
const struct mlt_command mlt_command_approvals_revoke = {
    .name = "approvals revoke",
    .summary = "take back an approval, a rejection, a waiver or a record, signed with your SSH key",
    .arguments = "DIGEST",
    .examples = "  mltest approvals revoke 3f5a9c0d17e2 --reason \"the figures were wrong\"\n",
    .details =
        "Your own, or anybody's if you hold the role that owns the policy. DIGEST is that of "
        "the statement,\nor its first 8 digits or more.\n",
    .options = revoke_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = take_back,
};

#include "cli/commands.h"

#include "cli/announce.h"
#include "flows/gate.h"
#include "flows/replay.h"
#include "flows/verify.h"

static const struct mlt_opt options[] = {
    {"env", 'e', MLT_OPT_VALUE, "ENVIRONMENT", "may it be deployed there?"},
    {"to", 0, MLT_OPT_VALUE, "STATE", "may it move to this state?"},
    {"cohort", 0, MLT_OPT_VALUE, "NAME", "of a -beta version to production: for whom it is"},
    {"evidence", 0, MLT_OPT_MANY, "FILE",
     "a results file not from the registry; the decision is advisory"},
    {"policy", 0, MLT_OPT_VALUE, "FILE", "a gates.yaml; the decision is then advisory"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "console (default), json, markdown"},
    {"output", 'o', MLT_OPT_VALUE, "FILE", "also write the decision document (JSON)"},
    {"replay", 0, MLT_OPT_VALUE, "DECISION",
     "decide again from a decision, signed or not; compare the bytes"},
    {"sign", 0, MLT_OPT_FLAG, NULL,
     "with -o: an envelope around the document, signed by a gate's key"},
    {"verify", 0, MLT_OPT_VALUE, "DECISION",
     "check a signed decision: its signature, what it is about, its verdict again"},
    {"public-key", 0, MLT_OPT_VALUE, "FILE",
     "with --verify: the only key to trust (default: those that the registry allows)"},
    {"directory", 'C', MLT_OPT_VALUE, "DIR", "folder of mltest.yaml (default: here or above)"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    MLT_ANNOUNCE_OPTIONS,
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static bool replay(struct mlt_cli *cli, struct mlt_buf *out, enum mlt_verdict *verdict,
                   struct mlt_err *err)
{
    struct mlt_replay_request request = {
        .decision = mlt_opt_value(cli, "replay"),
    };
    if (cli->argument_count)
        return mlt_err_set(err, MLT_ERR_USAGE, "--replay takes no model: the decision names it");
    request.evidence = mlt_opt_values(cli, "evidence", &request.evidence_count);
    return request.evidence ? mlt_flow_replay(&request, cli->arena, out, verdict, err)
                            : mlt_err_oom(err);
}

static bool decide(struct mlt_cli *cli, struct mlt_announcement *announcement, struct mlt_buf *out,
                   enum mlt_verdict *verdict, struct mlt_err *err)
{
    struct mlt_gate_request request = {
        .dir = mlt_opt_value(cli, "directory"),
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->argument_count ? cli->arguments[0] : NULL,
        .environment = mlt_opt_value(cli, "env"),
        .state = mlt_opt_value(cli, "to"),
        .cohort = mlt_opt_value(cli, "cohort"),
        .policy = mlt_opt_value(cli, "policy"),
        .format = mlt_opt_value(cli, "format"),
        .output = mlt_opt_value(cli, "output"),
        .sign = mlt_opt_flag(cli, "sign"),
        .color = cli->color_out,
        .width = cli->width,
        .announcement = announcement,
    };
    request.evidence = mlt_opt_values(cli, "evidence", &request.evidence_count);
    return request.evidence ? mlt_flow_gate(&request, cli->arena, out, verdict, err)
                            : mlt_err_oom(err);
}

static bool verify(struct mlt_cli *cli, struct mlt_buf *out, enum mlt_verdict *verdict,
                   struct mlt_err *err)
{
    struct mlt_verify_decision_request request = {
        .decision = mlt_opt_value(cli, "verify"),
        .public_key = mlt_opt_value(cli, "public-key"),
        .registry = mlt_opt_value(cli, "registry"),
        .dir = mlt_opt_value(cli, "directory"),
        .ref = cli->argument_count ? cli->arguments[0] : NULL,
    };
    request.evidence = mlt_opt_values(cli, "evidence", &request.evidence_count);
    return request.evidence ? mlt_flow_verify_decision(&request, cli->arena, out, verdict, err)
                            : mlt_err_oom(err);
}

static int gate(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_buf out = MLT_BUF_INIT;
    enum mlt_verdict verdict = MLT_VERDICT_INVALID;
    struct mlt_cli_announce announce;
    if (!mlt_cli_announce_begin(cli, "gate", &announce, err))
        return -1;
    bool ok = mlt_opt_value(cli, "verify") ? verify(cli, &out, &verdict, err)
              : mlt_opt_value(cli, "replay")
                  ? replay(cli, &out, &verdict, err)
                  : decide(cli, &announce.announcement, &out, &verdict, err);
    int code = mlt_cli_announce_end(cli, &announce, ok, verdict, &out, err);
    mlt_buf_free(&out);
    return code;
}

const struct mlt_command mlt_command_gate = {
    .name = "gate",
    .summary = "decide by policy whether a version may go somewhere",
    .arguments = "[MODEL[@VERSION]]",
    .examples =
        "  mltest gate ad-score-predictor@1.1.0 --env staging\n"
        "  mltest gate ad-score-predictor@1.1.0 --env staging --format json -o decision.json\n"
        "  mltest gate --replay decision.json\n"
        "  mltest gate ad-score-predictor@1.1.0 --verify decision.dsse.json --public-key "
        "release.pub\n",
    .details = "The policy is the one pinned in the registry, else gates.yaml beside mltest.yaml. "
               "The newest run that\n"
               "counts decides, never the best one.",
    .options = options,
    .max_arguments = 1,
    .run = gate,
};

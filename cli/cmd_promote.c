#include "cli/commands.h"

#include "cli/announce.h"
#include "flows/promote.h"

static const struct mlt_opt options[] = {
    {"to", 0, MLT_OPT_VALUE, "STATE",
     "alpha, beta, rc, production, deprecated, archived; or development, to go back (required)"},
    {"reason", 0, MLT_OPT_VALUE, "TEXT", "why, for the audit log (required)"},
    {"ticket", 0, MLT_OPT_MANY, "ID", "a ticket it belongs to, for the record"},
    {"removal", 0, MLT_OPT_VALUE, "YYYY-MM-DD", "to deprecated: the day on which it goes"},
    {"directory", 'C', MLT_OPT_VALUE, "DIR", "folder of mltest.yaml (default: here or above)"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    MLT_ANNOUNCE_OPTIONS,
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int promote(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_cli_announce announce;
    if (!mlt_cli_announce_begin(cli, "promote", &announce, err))
        return -1;
    struct mlt_promote_request request = {
        .dir = mlt_opt_value(cli, "directory"),
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->arguments[0],
        .state = mlt_opt_value(cli, "to"),
        .reason = mlt_opt_value(cli, "reason"),
        .removal = mlt_opt_value(cli, "removal"),
        .color = cli->color_out,
        .width = cli->width,
        .announcement = &announce.announcement,
    };
    struct mlt_buf out = MLT_BUF_INIT;
    enum mlt_verdict verdict = MLT_VERDICT_INVALID;
    request.tickets = mlt_opt_values(cli, "ticket", &request.ticket_count);
    bool ok = request.tickets ? mlt_flow_promote(&request, cli->arena, &out, &verdict, err)
                              : mlt_err_oom(err);
    int code = mlt_cli_announce_end(cli, &announce, ok, verdict, &out, err);
    mlt_buf_free(&out);
    return code;
}

const struct mlt_command mlt_command_promote = {
    .name = "promote",
    .summary = "gate, then move the version to its next state",
    .arguments = "MODEL@VERSION",
    .examples =
        "  mltest promote ad-score-predictor@1.1.0 --to alpha --reason \"first tests are done\"\n"
        "  mltest promote ad-score-predictor@1.0.0 --to deprecated --reason \"1.1.0 took over\" "
        "--removal 2027-06-30\n"
        "  mltest promote ad-score-predictor@1.1.0 --to development --reason \"leaks on brand\" "
        "--ticket ML-12\n",
    .details =
        "Development, Alpha, Beta, RC, Production, Deprecated, Archived: one step at a time, "
        "each by the gate that\n"
        "the pinned policy has for it. Back to Development there is no gate. Which version "
        "serves is another\n"
        "thing: see mltest deploy.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = promote,
};

#include "cli/commands.h"

#include "flows/policy.h"

#define WHERE_OPTIONS                                                                              \
    {"directory", 'C', MLT_OPT_VALUE, "DIR", "folder of mltest.yaml (default: here or above)"},    \
        {"registry", 0, MLT_OPT_VALUE, "URL",                                                      \
         "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},                                 \
    {                                                                                              \
        NULL, 0, MLT_OPT_FLAG, NULL, NULL                                                          \
    }

static const struct mlt_opt show_options[] = {
    {"default", 0, MLT_OPT_FLAG, NULL, "what is built in, where no policy says anything else"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "console (default), yaml, json"},
    WHERE_OPTIONS};
static const struct mlt_opt check_options[] = {
    {"directory", 'C', MLT_OPT_VALUE, "DIR", "folder of gates.yaml (default: here)"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL}};
static const struct mlt_opt put_options[] = {
    {"model", 0, MLT_OPT_VALUE, "MODEL", "for this model (default: every model without its own)"},
    {"reason", 0, MLT_OPT_VALUE, "TEXT", "why; it is logged (required)"},
    {"ticket", 0, MLT_OPT_MANY, "ID", "a ticket that it belongs to"},
    WHERE_OPTIONS};

static int finish(bool ok, struct mlt_buf *out)
{
    if (ok)
        fwrite(out->data, 1, out->len, stdout);
    mlt_buf_free(out);
    return ok ? 0 : -1;
}

static int show(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_policy_request request = {
        .dir = mlt_opt_value(cli, "directory"),
        .registry = mlt_opt_value(cli, "registry"),
        .model = cli->argument_count ? cli->arguments[0] : NULL,
        .built_in = mlt_opt_flag(cli, "default"),
        .format = mlt_opt_value(cli, "format"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    return finish(mlt_flow_policy_show(&request, cli->arena, &out, err), &out);
}

static int check(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_policy_request request = {
        .dir = mlt_opt_value(cli, "directory"),
        .file = cli->argument_count ? cli->arguments[0] : NULL,
    };
    struct mlt_buf out = MLT_BUF_INIT;
    return finish(mlt_flow_policy_check(&request, cli->arena, &out, err), &out);
}

static int put(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_policy_request request = {
        .dir = mlt_opt_value(cli, "directory"),
        .registry = mlt_opt_value(cli, "registry"),
        .model = mlt_opt_value(cli, "model"),
        .file = cli->arguments[0],
        .reason = mlt_opt_value(cli, "reason"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    request.tickets = mlt_opt_values(cli, "ticket", &request.ticket_count);
    if (!request.tickets) {
        mlt_err_oom(err);
        return -1;
    }
    return finish(mlt_flow_policy_put(&request, cli->arena, &out, err), &out);
}

const struct mlt_command mlt_command_policy_show = {
    .name = "policy show",
    .summary = "show what each gate asks for, and where that comes from",
    .arguments = "[MODEL]",
    .examples = "  mltest policy show ad-score-predictor\n  mltest policy show --default --format "
                "yaml >gates.yaml\n",
    .options = show_options,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = show,
};
const struct mlt_command mlt_command_policy_check = {
    .name = "policy check",
    .summary = "check a gates.yaml, and say what is weak about it",
    .arguments = "[FILE]",
    .examples = "  mltest policy check gates.yaml\n",
    .details =
        "Prints what each gate will ask, whether written or built in. Weak spots are said and "
        "block nothing.\n",
    .options = check_options,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = check,
};
const struct mlt_command mlt_command_policy_put = {
    .name = "policy put",
    .summary = "put an approved policy in force",
    .arguments = "FILE",
    .examples = "  mltest approve --policy gates.yaml --reason \"stricter margin\" --key "
                "~/.ssh/id_ed25519\n"
                "  mltest policy put gates.yaml --reason \"stricter margin\" --ticket ML-17\n",
    .details =
        "The first policy is free. Another one needs the approval of exactly its text by the "
        "role that\nowns the one in force (approvers: owner).\n",
    .options = put_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = put,
};

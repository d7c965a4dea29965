#include "cli/commands.h"
#include "cli/eval_options.h"

static const struct mlt_opt options[] = {
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "console (default) or json"},
    {"output", 'o', MLT_OPT_VALUE, "FILE",
     "write the merged partial result there instead of a report"},
    {"report", 0, MLT_OPT_VALUE, "FILE", "write the report there instead of standard output"},
    {"threads", 'j', MLT_OPT_VALUE, "N", "default: one per processor"},
    {"memory", 0, MLT_OPT_VALUE, "SIZE",
     "of rows that must be kept, before they go to disk (1GiB)"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int merge(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_eval_settings settings;
    struct mlt_eval_outcome outcome;
    struct mlt_buf out = MLT_BUF_INIT;
    if (!mlt_eval_settings_read(cli, &settings, err))
        return -1;
    settings.partial = mlt_opt_value(cli, "output");
    settings.output = mlt_opt_value(cli, "report");
    if (settings.partial != NULL && (settings.output != NULL || settings.format != NULL)) {
        mlt_err_set(err, MLT_ERR_USAGE,
                    "--output writes what is merged so far instead of a report: leave --%s out, or "
                    "merge again for it",
                    settings.output != NULL ? "report" : "format");
        return -1;
    }
    bool ok = mlt_flow_merge(cli->arguments, (size_t)cli->argument_count, &settings, cli->arena,
                             &out, &outcome, err);
    int code = ok ? mlt_eval_exit(&out, &outcome) : -1;
    mlt_buf_free(&out);
    return code;
}

const struct mlt_command mlt_command_merge = {
    .name = "merge",
    .summary = "put partial results together: the same report, to the byte, as of the whole",
    .arguments = "PARTS...",
    .examples =
        "  mltest merge 1.mlp 2.mlp 3.mlp\n"
        "  mltest merge 1.mlp 2.mlp -o left.mlp && mltest merge left.mlp 3.mlp --format json\n",
    .details =
        "Parts are made by mltest eval --shard I/N --partial FILE, of the same data with the same\n"
        "options. The exit code is that of the evaluation; parts that do not fit are refused (4).",
    .options = options,
    .min_arguments = 1,
    .max_arguments = -1,
    .run = merge,
};

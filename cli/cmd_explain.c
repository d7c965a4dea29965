#include "cli/commands.h"

#include "flows/explain.h"

static const struct mlt_opt options[] = {
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "console (default), markdown, json"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int explain(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_explain_request request = {
        .decision = cli->arguments[0],
        .criterion = cli->argument_count > 1 ? cli->arguments[1] : NULL,
        .format = mlt_opt_value(cli, "format"),
        .color = cli->color_out,
        .width = cli->width,
    };
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = mlt_flow_explain(&request, cli->arena, &out, err);
    if (ok)
        fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_explain = {
    .name = "explain",
    .summary = "say why a gate decided so, with the numbers, and what would flip it",
    .arguments = "DECISION [CRITERION]",
    .examples =
        "  mltest explain decision.json\n"
        "  mltest explain decision.json \"rmse within 5% of production\"\n"
        "  mltest explain decision.json --format json | jq '.criteria[0].findings[0].flip_means'\n",
    .details =
        "Shows what was decided and judges nothing again (`mltest gate --replay` does). Exits "
        "0 when the document\n"
        "could be explained, whatever it decided.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = explain,
};

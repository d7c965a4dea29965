#include "cli/commands.h"

#include "flows/report.h"

static const struct mlt_opt options[] = {
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "console (default), json, junit, markdown"},
    {"output", 'o', MLT_OPT_VALUE, "FILE", "write there instead of standard output"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

/* `report` shows; it judges again only to show. Its exit code speaks of the report, not of the
 * model: a script that renders a failed run has not failed. */
static int report(struct mlt_cli *cli, struct mlt_err *err)
{
    const char *format = mlt_opt_value(cli, "format"), *file = mlt_opt_value(cli, "output");
    struct mlt_report_request request = {.results = cli->arguments[0],
                                         .format = format,
                                         .color = cli->color_out,
                                         .width = cli->width};
    const char *target = NULL;
    if (file) {
        target = mlt_arena_printf(cli->arena, "%s=%s", format ? format : "console", file);
        if (!target) {
            mlt_err_oom(err);
            return -1;
        }
        request.targets = &target;
        request.target_count = 1;
    }
    struct mlt_buf out = MLT_BUF_INIT;
    enum mlt_verdict verdict;
    bool ok = mlt_flow_report(&request, cli->arena, &out, &verdict, err);
    if (ok && !file)
        fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_report = {
    .name = "report",
    .summary = "render a results file",
    .arguments = "RESULTS",
    .examples =
        "  mltest report results.mlt\n"
        "  mltest report results.mlt --format markdown -o comment.md    (with comment.svg beside)\n"
        "  mltest report results.mlt --format json | jq .verdict\n",
    .details = "Exits 0 when the report could be made, whatever it says: `mltest run` and `mltest "
               "gate` decide.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = report,
};

#include "cli/commands.h"

#include "flows/clean.h"

static const struct mlt_opt options[] = {
    {"yes", 'y', MLT_OPT_FLAG, NULL, "remove them; without it nothing is deleted"},
    {"older-than", 0, MLT_OPT_VALUE, "DURATION", "only what did not change since (default: 1h)"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "text (default) or json"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int run(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_registry_clean_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .model = cli->argument_count ? cli->arguments[0] : NULL,
        .older_than = mlt_opt_value(cli, "older-than"),
        .format = mlt_opt_value(cli, "format"),
        .yes = mlt_opt_flag(cli, "yes"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = mlt_flow_registry_clean(&request, cli->arena, &out, err) && mlt_buf_check(&out, err);
    fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_registry_clean = {
    .name = "registry clean",
    .summary = "list, or remove, what a registration left that was cut off",
    .arguments = "[MODEL]",
    .examples = "  mltest registry clean\n  mltest registry clean --yes\n",
    .details =
        "Only temporary files and folders (.tmp-…) that no process is filling. Versions, orphans "
        "and evidence are never\ndeleted; each removal is logged.\n",
    .options = options,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = run,
};

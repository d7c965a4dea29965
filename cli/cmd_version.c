#include "cli/commands.h"

#include "config.h"

static const struct mlt_opt options[] = {{NULL, 0, MLT_OPT_FLAG, NULL, NULL}};

static int version(struct mlt_cli *cli, struct mlt_err *err)
{
    (void)cli;
    (void)err;
    puts("mltest " PACKAGE_VERSION);
    return 0;
}

const struct mlt_command mlt_command_version = {
    .name = "version",
    .summary = "print the version of mltest",
    .arguments = "",
    .examples = "  mltest version\n",
    .options = options,
    .run = version,
};

#include "cli/commands.h"

#include "flows/schema.h"

static const struct mlt_opt options[] = {{NULL, 0, MLT_OPT_FLAG, NULL, NULL}};

static int schema(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = mlt_flow_schema(cli->arguments[0], cli->arena, &out, err);
    if (ok)
        fputs(out.data, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_schema = {
    .name = "schema",
    .summary = "print the JSON Schema of a file, for editors",
    .arguments = "config|gates",
    .examples = "  mltest schema config > mltest.schema.json\n"
                "  mltest schema gates > gates.schema.json\n",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = schema,
};

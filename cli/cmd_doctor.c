#include "cli/commands.h"

#include "flows/doctor.h"

static const struct mlt_opt options[] = {
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry to look at (default: MLTEST_REGISTRY)"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int doctor(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = mlt_flow_doctor(mlt_opt_value(cli, "registry"), cli->arena, &out, err);
    fputs(out.data, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_doctor = {
    .name = "doctor",
    .summary = "say what is missing on this machine",
    .arguments = "",
    .examples = "  mltest doctor\n",
    .options = options,
    .run = doctor,
};

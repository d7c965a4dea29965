#include "flows/judge.h"

#include <string.h>

#include "flows/builtins.h"
#include "gates/decide/decide.h"

/* The defaults of the mltest.yaml that the run carries; its own judge, unlike a gate's. */
static bool own_defaults(const struct mlt_run *run, struct mlt_arena *arena,
                         struct mlt_judge_defaults *out, struct mlt_err *err)
{
    const struct mlt_config_tables *tables = mlt_builtin_config_tables(arena);
    struct mlt_config *config = mlt_arena_alloc(arena, sizeof *config);
    if (!tables || !config)
        return mlt_err_oom(err);
    if (!run->config_text)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "run %s carries no configuration", run->run_id);
    if (!mlt_config_parse(run->config_path, run->config_text, strlen(run->config_text), tables,
                          arena, config, err)) {
        err->kind = MLT_ERR_EVIDENCE;
        return mlt_err_prefix(err, "the configuration that run %s carries", run->run_id);
    }
    *out = config->defaults;
    return true;
}

bool mlt_flow_judge_run(const struct mlt_run *run, struct mlt_arena *arena,
                        struct mlt_findings *findings, enum mlt_verdict *out, struct mlt_err *err)
{
    struct mlt_judge_defaults defaults;
    return own_defaults(run, arena, &defaults, err) &&
           mlt_run_judge(run, NULL, &defaults, arena, findings, out, err);
}

#include "flows/worker.h"

#include "flows/builtins.h"
#include "harness/runner/worker.h"

int mlt_flow_worker(int in_fd, int out_fd)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    const struct mlt_worker_tables tables = {
        .suites = mlt_builtin_suites,
        .adapters = mlt_builtin_adapters,
        .config = mlt_builtin_config_tables(&arena),
    };
    int status = tables.config ? mlt_worker_serve(in_fd, out_fd, &tables) : MLT_ERR_INFRA;
    mlt_arena_free(&arena);
    return status;
}

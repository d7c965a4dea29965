#include <fcntl.h>
#include <unistd.h>

#include "harness/runner/worker.h"
#include "tests/unit/runner/fake_suite.h"

int main(void)
{
    static const struct mlt_suite_ops *const suites[] = {&fake_suite, NULL};
    static const struct mlt_adapter_ops *const adapters[] = {&mlt_adapter_process, NULL};
    static const struct mlt_schema any = {.type = MLT_SCHEMA_ANY};
    static const struct mlt_suite_shape shapes[] = {{"fake", &any}, {NULL, NULL}};
    static const char *const adapter_names[] = {"process", NULL}, *const metrics[] = {NULL};
    static const struct mlt_config_tables config = {shapes, adapter_names, metrics};
    static const struct mlt_worker_tables tables = {suites, adapters, &config};
    int in = fcntl(0, F_DUPFD_CLOEXEC, 3), out = fcntl(1, F_DUPFD_CLOEXEC, 3);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(null, 0);
    dup2(2, 1);
    fake_suite_channel = out;
    return mlt_worker_serve(in, out, &tables);
}

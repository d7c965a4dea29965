/* The worker program: run by the pool, never by people. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "flows/worker.h"
#include "harness/base/cpu.h"

int main(int argc, char **argv)
{
    (void)argv;
    if (argc != 1 || isatty(STDIN_FILENO)) {
        fputs("worker: this program is started by mltest run\n", stderr);
        return 2;
    }
    struct mlt_err err = MLT_ERR_INIT;
    if (!mlt_cpu_choose(getenv("MLTEST_SIMD"), &err)) {
        fprintf(stderr, "worker: %s\n", err.text);
        return 2;
    }
    /* Whatever a model or a library prints to stdout must not reach the frames. */
    int out_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
    int in_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
    int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (out_fd < 0 || in_fd < 0 || null_fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ||
        dup2(null_fd, STDIN_FILENO) < 0) {
        perror("worker");
        return 5;
    }
    close(null_fd);
    return mlt_flow_worker(in_fd, out_fd);
}

/* engine COMMAND ARGUMENT ...: see engine.h. Everything timed runs once and prints one line; the
 * script repeats and compares. MLTEST_SIMD chooses the path, as in mltest. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/cpu.h"
#include "tests/bench/engine/engine.h"

static double wall_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double cpu_seconds(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

void engine_start(struct engine_clock *clock)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    *clock = (struct engine_clock){wall_seconds(), cpu_seconds(&usage), usage.ru_maxrss};
}

void engine_stop(const struct engine_clock *clock, double value)
{
    struct rusage usage;
    double wall = wall_seconds() - clock->wall;
    getrusage(RUSAGE_SELF, &usage);
    printf("%.6f %.6f %ld %ld %.12g\n", wall, cpu_seconds(&usage) - clock->cpu, usage.ru_maxrss,
           usage.ru_maxrss - clock->peak_kib, value);
}

void engine_die(const char *what)
{
    fprintf(stderr, "engine: %s\n", what);
    exit(1);
}

void *engine_need(size_t bytes)
{
    void *memory = malloc(bytes > 0 ? bytes : 1);
    if (memory == NULL)
        engine_die("out of memory");
    return memory;
}

static FILE *open_in(const char *folder, const char *name, const char *mode)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, mode);
    if (file == NULL)
        engine_die(path);
    return file;
}

void engine_write_file(const char *folder, const char *name, const void *values, size_t bytes)
{
    FILE *file = open_in(folder, name, "wb");
    if (fwrite(values, 1, bytes, file) != bytes || fclose(file) != 0)
        engine_die("cannot write");
}

void *engine_read_file(const char *folder, const char *name, size_t bytes)
{
    void *values = engine_need(bytes);
    FILE *file = open_in(folder, name, "rb");
    if (fread(values, 1, bytes, file) != bytes)
        engine_die("a file is too short");
    fclose(file);
    return values;
}

static _Noreturn void become(const char *out, const char *const *command)
{
    int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
        _exit(127);
    execvp(command[0], (char *const *)(uintptr_t)command);
    _exit(127);
}

/* A whole process, from its start to its end. 0, 1 and 3 are a gate's decisions. */
int engine_spawn(const char *const *argument)
{
    struct rusage usage;
    int status;
    double start = wall_seconds();
    pid_t pid = fork();
    if (pid == 0)
        become(argument[0], argument + 1);
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
        engine_die("cannot start or wait for the command");
    double wall = wall_seconds() - start;
    if (!WIFEXITED(status) ||
        (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 1 && WEXITSTATUS(status) != 3))
        engine_die("the command failed");
    printf("%.6f %.6f %ld - exit=%d\n", wall, cpu_seconds(&usage), usage.ru_maxrss,
           WEXITSTATUS(status));
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int arguments; /* at least */
        int (*run)(const char *const *argument);
    } commands[] = {
        {"make-table", 1, engine_make_table},
        {"make-lines", 1, engine_make_lines},
        {"make-gate", 1, engine_make_gate},
        {"make-arrays", 2, engine_make_arrays},
        {"read", 3, engine_read},
        {"cjson", 1, engine_cjson},
        {"order", 4, engine_order},
        {"losses", 4, engine_losses},
        {"spawn", 2, engine_spawn},
    };
    struct mlt_err err = MLT_ERR_INIT;
    if (!mlt_cpu_choose(getenv("MLTEST_SIMD"), &err))
        engine_die(err.text);
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0 && argc - 2 >= commands[i].arguments)
            return commands[i].run((const char *const *)argv + 2);
    engine_die("see tests/bench/engine/engine.h");
}

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/opt.h"
#include "harness/base/buf.h"
#include "harness/base/cpu.h"
#include "reports/cell.h"

/* The one mutable static: a signal handler has nowhere else to write. */
static volatile sig_atomic_t interrupted;

static void note_signal(int signo)
{
    interrupted = signo;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = note_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    /* A reader that went away is an error of the write, not the end of the program. */
    signal(SIGPIPE, SIG_IGN);
}

/* A closed standard stream must not become the number of a file or pipe that is opened later: messages
 * would be written into it. Open for reading only, writing to it stays an error. */
static void occupy_standard_streams(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

static bool wants_color(int fd)
{
    const char *no = getenv("NO_COLOR"), *force = getenv("FORCE_COLOR"), *term = getenv("TERM");
    if (no && *no)
        return false;
    if (force && *force && strcmp(force, "0") != 0)
        return true;
    return isatty(fd) && !(term && strcmp(term, "dumb") == 0);
}

static unsigned terminal_width(void)
{
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        return size.ws_col;
    return 100;
}

/* Dies of the signal that stopped us, so that the shell sees the truth. */
static int die_of(int signo)
{
    signal(signo, SIG_DFL);
    raise(signo);
    return 128 + signo;
}

static int complain(const struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_cell_safe(&text, err->text, sizeof err->text);
    fprintf(stderr, "mltest: %s\n", text.oom ? "out of memory" : text.data);
    mlt_buf_free(&text);
    if (err->kind == MLT_ERR_INTERRUPTED)
        return die_of(err->signal ? err->signal : SIGINT);
    return err->kind == MLT_ERR_NONE ? MLT_ERR_INFRA : (int)err->kind;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int run_command(int argc, char **argv, struct mlt_err *err)
{
    int words = 1;
    const struct mlt_command *command = mlt_command_find(argc, argv, &words, err);
    if (!command)
        return -1;
    if (asks_for_help(argc - words, argv + words)) {
        mlt_command_help(command, stdout);
        return 0;
    }
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_cli cli = {.command = command, .arena = &arena, .interrupted = &interrupted};
    cli.color_out = wants_color(STDOUT_FILENO);
    cli.color_err = wants_color(STDERR_FILENO);
    cli.width = terminal_width();
    int code = mlt_opt_parse(&cli, argc - words, argv + words, err) ? command->run(&cli, err) : -1;
    mlt_arena_free(&arena);
    return code;
}

int main(int argc, char **argv)
{
    struct mlt_err err = MLT_ERR_INIT;
    occupy_standard_streams();
    if (argc < 2) {
        mlt_cli_help(stderr);
        return MLT_ERR_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        (strcmp(argv[1], "help") == 0 && argc == 2)) {
        mlt_cli_help(stdout);
        return 0;
    }
    char version[] = "version";
    if (strcmp(argv[1], "--version") == 0)
        argv[1] = version;
    catch_signals();
    if (!mlt_cpu_choose(getenv("MLTEST_SIMD"), &err))
        return complain(&err);
    int code = run_command(argc - 1, argv + 1, &err);
    if (code < 0)
        return complain(&err);
    /* A verdict that could not be written must not look delivered. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        mlt_err_sys(&err, errno, "cannot write to standard output");
        return complain(&err);
    }
    return code;
}

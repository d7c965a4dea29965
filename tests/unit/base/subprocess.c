#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/subprocess.h"
#include "tests/unit/suite.h"

TCase *subprocess_case(void);

enum { SECOND = 1000000000 };

static struct mlt_buf out, errors;
static struct mlt_subprocess_result result;
static struct mlt_err err;

static void setup(void)
{
    unit_folder_setup();
    out = errors = (struct mlt_buf)MLT_BUF_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_buf_free(&out);
    mlt_buf_free(&errors);
    unit_folder_teardown();
}

static bool run_shell(const char *script, const struct mlt_buf *input, uint64_t timeout_ns,
                      size_t max_bytes)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    const char *env[] = {"MLT_UNIT=yes", NULL};
    const char *dir = unit_path("");
    struct mlt_subprocess_options options = {argv, dir, env};
    return mlt_subprocess_run(&options, input, timeout_ns, max_bytes, &out, &errors, &result, &err);
}

/* Waits up to two seconds for the process named in a file to be gone (a zombie counts as gone). */
static bool is_gone(const char *pid_file)
{
    struct mlt_buf text = MLT_BUF_INIT;
    ck_ok(mlt_fs_read(pid_file, 100, &text, &err));
    char stat_path[64];
    snprintf(stat_path, sizeof stat_path, "/proc/%d/stat", atoi(text.data));
    mlt_buf_free(&text);
    for (int i = 0; i < 200; i++) {
        FILE *file = fopen(stat_path, "r");
        char line[256] = "";
        if (!file)
            return true;
        char *got = fgets(line, sizeof line, file);
        fclose(file);
        const char *state = got ? strrchr(line, ')') : NULL;
        if (!state || state[2] == 'Z')
            return true;
        struct timespec pause = {0, 10000000};
        nanosleep(&pause, NULL);
    }
    return false;
}

START_TEST(subprocess_passes_input_output_environment_and_folder)
{
    struct mlt_buf input = MLT_BUF_INIT;
    mlt_buf_puts(&input, "hello");
    unit_write_text(unit_path("here"), "");
    ck_ok(run_shell("cat; echo \" $MLT_UNIT\"; ls; echo oops >&2; exit 3", &input, 10ull * SECOND,
                    1000));
    ck_assert_str_eq(out.data, "hello yes\nhere\n");
    ck_assert_str_eq(errors.data, "oops\n");
    ck_assert(WIFEXITED(result.status) && WEXITSTATUS(result.status) == 3);
    ck_assert(!result.timed_out && !result.out_truncated);
    mlt_buf_free(&input);
}
END_TEST

START_TEST(subprocess_names_a_program_that_cannot_be_started)
{
    const char *argv[] = {"no-such-program-at-all", NULL};
    struct mlt_subprocess_options options = {argv, NULL, NULL};
    ck_fails(mlt_subprocess_run(&options, NULL, SECOND, 10, NULL, NULL, &result, &err),
             MLT_ERR_USAGE, "no-such-program-at-all");
    const char *shell[] = {"sh", NULL};
    options = (struct mlt_subprocess_options){shell, "/no/such/folder", NULL};
    ck_fails(mlt_subprocess_run(&options, NULL, SECOND, 10, NULL, NULL, &result, &err),
             MLT_ERR_USAGE, "/no/such/folder");
}
END_TEST

START_TEST(subprocess_deadline_kills_a_grandchild_that_ignores_term)
{
    uint64_t start = mlt_clock_monotonic_ns();
    ck_ok(run_shell("trap '' TERM; sh -c 'trap \"\" TERM; echo $$ >pid; while :; do sleep 1; done' & wait",
                    NULL, SECOND / 2, 1000));
    ck_assert(result.timed_out);
    ck_assert_uint_lt(mlt_clock_monotonic_ns() - start, 5ull * SECOND);
    ck_assert(is_gone(unit_path("pid")));
}
END_TEST

START_TEST(subprocess_does_not_wait_for_a_grandchild_that_holds_the_pipe)
{
    uint64_t start = mlt_clock_monotonic_ns();
    ck_ok(run_shell("sleep 60 & echo $! >pid; echo done", NULL, 30ull * SECOND, 1000));
    ck_assert(!result.timed_out);
    ck_assert_str_eq(out.data, "done\n");
    ck_assert_uint_lt(mlt_clock_monotonic_ns() - start, 10ull * SECOND);
    ck_assert(is_gone(unit_path("pid")));
}
END_TEST

START_TEST(subprocess_does_not_listen_to_an_escaped_grandchild)
{
    uint64_t start = mlt_clock_monotonic_ns();
    ck_ok(run_shell("setsid sh -c 'echo $$ >pid; exec timeout 5 yes' & sleep 0.5",
                    NULL, 30ull * SECOND, 1000));
    ck_assert_uint_lt(mlt_clock_monotonic_ns() - start, 4ull * SECOND);
    ck_assert_uint_eq(out.len, 1000);
    ck_assert(result.out_truncated);
}
END_TEST

START_TEST(subprocess_keeps_no_more_than_the_bound)
{
    ck_ok(run_shell("head -c 5000000 /dev/zero; echo x >&2", NULL, 20ull * SECOND, 100));
    ck_assert_uint_eq(out.len, 100);
    ck_assert(result.out_truncated);
    ck_assert_str_eq(errors.data, "x\n");
    ck_assert(WIFEXITED(result.status) && WEXITSTATUS(result.status) == 0);
}
END_TEST

START_TEST(subprocess_survives_a_child_that_does_not_read_its_input)
{
    struct mlt_buf input = MLT_BUF_INIT;
    for (int i = 0; i < 100000; i++)
        mlt_buf_puts(&input, "0123456789");
    signal(SIGPIPE, SIG_DFL);
    ck_ok(run_shell("exec <&-; sleep 0.1; exit 4", &input, 20ull * SECOND, 100));
    ck_assert(WIFEXITED(result.status) && WEXITSTATUS(result.status) == 4);
    mlt_buf_free(&input);
}
END_TEST

START_TEST(subprocess_gives_the_child_default_signals_and_no_descriptors)
{
    sigset_t all;
    sigfillset(&all);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &all, NULL);
    ck_ok(run_shell("awk '/SigBlk|SigIgn/ { print $1, substr($2, 10) }' /proc/self/status; "
                    "ls /proc/self/fd | wc -l", NULL,
                    10ull * SECOND, 1000));
    /* Three streams and the one that ls itself opens. Of the signals the lower 28: 32 and 33 belong
     * to glibc, which resets them for nobody. */
    ck_assert_str_eq(out.data, "SigBlk: 0000000\nSigIgn: 0000000\n4\n");
}
END_TEST

START_TEST(subprocess_stop_is_patient_for_its_grace_and_safe_twice)
{
    const char *argv[] = {"sh", "-c", "trap 'exit 7' TERM; echo up; while :; do sleep 0.05; done", NULL};
    struct mlt_subprocess_options options = {argv, NULL, NULL};
    struct mlt_subprocess child = MLT_SUBPROCESS_INIT;
    char text[64], byte;
    ck_ok(mlt_subprocess_start(&options, &child, &err));
    while (read(child.out_fd, &byte, 1) < 0)
        ck_assert(!mlt_subprocess_poll(&child));
    mlt_subprocess_stop(&child, 5ull * SECOND);
    ck_assert(child.ended && child.in_fd == -1 && child.pid == 0);
    ck_assert_str_eq(mlt_subprocess_status_text(child.status, text), "exit status 7");
    mlt_subprocess_stop(&child, SECOND);
    ck_assert_str_eq(mlt_subprocess_status_text(SIGSEGV, text), "signal 11 (Segmentation fault)");
}
END_TEST

TCase *subprocess_case(void)
{
    TCase *tc = tcase_create("subprocess");
    tcase_set_timeout(tc, 40);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, subprocess_passes_input_output_environment_and_folder);
    tcase_add_test(tc, subprocess_names_a_program_that_cannot_be_started);
    tcase_add_test(tc, subprocess_deadline_kills_a_grandchild_that_ignores_term);
    tcase_add_test(tc, subprocess_does_not_wait_for_a_grandchild_that_holds_the_pipe);
    tcase_add_test(tc, subprocess_does_not_listen_to_an_escaped_grandchild);
    tcase_add_test(tc, subprocess_keeps_no_more_than_the_bound);
    tcase_add_test(tc, subprocess_survives_a_child_that_does_not_read_its_input);
    tcase_add_test(tc, subprocess_gives_the_child_default_signals_and_no_descriptors);
    tcase_add_test(tc, subprocess_stop_is_patient_for_its_grace_and_safe_twice);
    return tc;
}

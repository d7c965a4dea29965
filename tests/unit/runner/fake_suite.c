#include "tests/unit/runner/fake_suite.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fake_suite_channel = -1;

static void hang(void)
{
    for (;;)
        pause();
}

/* A grandchild in a session of its own whose parent is gone; its pid goes to the file that
 * MLTEST_TEST_PIDS names. */
static void detach(void)
{
    if (fork() != 0)
        return;
    if (fork() != 0)
        _exit(0);
    setsid();
    signal(SIGTERM, SIG_IGN);
    char line[32];
    int fd = open(getenv("MLTEST_TEST_PIDS"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    int len = snprintf(line, sizeof line, "%d\n", (int)getpid());
    if (write(fd, line, (size_t)len) != len)
        _exit(1);
    hang();
}

static void await_detached(void)
{
    while (access(getenv("MLTEST_TEST_PIDS"), F_OK) != 0)
        usleep(1000);
}

static bool measures(struct mlt_case_context *c, struct mlt_err *err)
{
    enum { N = 10000 };
    struct mlt_paired_row *rows = mlt_arena_calloc(c->arena, N, sizeof *rows);
    struct mlt_measurement m = mlt_measurement_none();
    m.metric = "rmse";
    m.unit = "";
    m.candidate = 0.25;
    for (int i = 0; rows && i < N; i++)
        rows[i] = (struct mlt_paired_row){.id = mlt_arena_printf(c->arena, "%d", i),
                                          .label = "1",
                                          .candidate = i,
                                          .baseline = -i};
    return rows && c->sink->progress(c->sink, 0.5, err) && c->sink->measurement(c->sink, &m, err) &&
           c->sink->rows(c->sink, rows, N, err) && c->sink->series(c->sink, "latency", 1, 2, err) &&
           c->sink->attachment(c->sink, "log", "text/plain", "a\0b", 3, err);
}

static void break_channel(bool no_frame)
{
    static const char progress[] = "MLT\3\10\0\0\0\0\0\0\0\0\0\xf8\x7f"; /* NaN of the way */
    static const char hello[] = "hello, pool\n";
    if (write(fake_suite_channel, no_frame ? hello : progress,
              no_frame ? sizeof hello - 1 : sizeof progress - 1) < 0)
        _exit(1);
    hang();
}

static bool is(const struct mlt_case_plan *test, const char *name)
{
    return strncmp(test->name, name, strlen(name)) == 0;
}

static void misbehave(const struct mlt_case_plan *test)
{
    if (is(test, "detaches")) {
        detach();
        await_detached();
    }
    if (is(test, "crashes") || is(test, "detaches-crashes")) {
        fprintf(stderr, "the end is near\n");
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would turn it into an exit */
        raise(SIGSEGV);
    } else if (is(test, "exits")) {
        _exit(3);
    } else if (is(test, "hangs") || is(test, "detaches-hangs")) {
        fprintf(stderr, "waiting for ever\n");
        hang();
    } else if (is(test, "deaf")) {
        signal(SIGTERM, SIG_IGN);
        hang();
    } else if (is(test, "broken-frame") || is(test, "bad-progress")) {
        break_channel(is(test, "broken-frame"));
    } else if (is(test, "closes")) {
        close(fake_suite_channel);
        hang();
    } else if (is(test, "sleeps")) {
        usleep(30000);
    } else if (is(test, "noisy")) {
        for (int i = 0; i < 50000; i++)
            fprintf(stderr, "warning %d\n", i);
        printf("MLT this must not reach the pool\n");
        fflush(stdout);
    }
}

static bool run(struct mlt_case_context *c, const struct mlt_case_plan *test,
                struct mlt_outcome *out, struct mlt_err *err)
{
    misbehave(test);
    if (is(test, "measures") && !measures(c, err))
        return false;
    if (is(test, "errors"))
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the data set is gone");
    if (is(test, "forgets"))
        return true;
    if (is(test, "fails"))
        return mlt_outcome_set(c, out, MLT_OUTCOME_FAILED, err, "3 of %d rows differ", 7);
    if (is(test, "skips"))
        return mlt_outcome_set(c, out, MLT_OUTCOME_SKIPPED, err, "no baseline");
    if (is(test, "who"))
        return mlt_outcome_set(c, out, MLT_OUTCOME_PASSED, err, "%d", (int)getpid());
    if (is(test, "asks-nobody"))
        return c->adapter(c, MLT_CANDIDATE, err) ? mlt_err_set(err, MLT_ERR_INFRA, "it opened")
                                                 : false;
    return mlt_outcome_set(c, out, MLT_OUTCOME_PASSED, err, "well");
}

const struct mlt_suite_ops fake_suite = {
    .abi = MLT_SUITE_ABI, .name = "fake", .doc = "for tests", .run = run};

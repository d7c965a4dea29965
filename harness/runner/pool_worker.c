#include "harness/runner/pool_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/rng.h"
#include "harness/base/str.h"
#include "harness/runner/family.h"

enum { READ_BYTES = 64 * 1024, DRAIN_ROUNDS = 64, WORDS_BYTES = 300 };
enum { FD_IN, FD_OUT, FD_ERR, FD_EXIT };

static bool start_program(struct mlt_pool_worker *w, const char *program, struct mlt_err *err)
{
    char variable[64];
    snprintf(w->mark, sizeof w->mark, "%d-%016" PRIx64, (int)getpid(), mlt_rng_fresh_seed());
    snprintf(variable, sizeof variable, "%s=%s", MLT_FAMILY_VARIABLE, w->mark);
    const char *const argv[] = {program, NULL}, *const env[] = {variable, NULL};
    struct mlt_subprocess_options options = {.argv = argv, .env = env};
    if (!mlt_subprocess_start(&options, &w->child, err)) {
        err->kind = MLT_ERR_INFRA;
        return false;
    }
    fcntl(w->child.in_fd, F_SETFL, fcntl(w->child.in_fd, F_GETFL) | O_NONBLOCK);
    w->exit_fd = pidfd_open(w->child.pid, 0);
    if (w->exit_fd >= 0)
        fcntl(w->exit_fd, F_SETFD, FD_CLOEXEC);
    return true;
}

bool mlt_pool_worker_start(struct mlt_pool_worker *w, const char *program,
                           const struct mlt_job_context *job, struct mlt_err *err)
{
    const char *parent = getenv("TMPDIR");
    char *scratch;
    *w = (struct mlt_pool_worker){.child = MLT_SUBPROCESS_INIT, .exit_fd = -1};
    w->in = w->out = w->errors = (struct mlt_buf)MLT_BUF_INIT;
    w->stage = MLT_WORKER_SERVING;
    bool ok = mlt_fs_temp_dir(parent && *parent ? parent : "/tmp", "mltest-", &w->arena, &scratch, err);
    if (ok) {
        w->scratch = scratch;
        ok = mlt_message_put_job(&w->out, job, scratch, err) && start_program(w, program, err);
    }
    if (!ok)
        mlt_pool_worker_bury(w);
    return ok;
}

bool mlt_pool_worker_give(struct mlt_pool_worker *w, const struct mlt_case_plan *test,
                          uint64_t timeout_ns, struct mlt_err *err)
{
    if (!mlt_message_put_case(&w->out, test, err))
        return false;
    mlt_buf_clear(&w->errors);
    w->test = test;
    w->used = true;
    w->reason[0] = '\0';
    w->verdict = MLT_OUTCOME_BROKEN;
    w->began_ns = mlt_clock_monotonic_ns();
    if (__builtin_add_overflow(w->began_ns, timeout_ns, &w->deadline_ns))
        w->deadline_ns = UINT64_MAX;
    return true;
}

void mlt_pool_worker_fill(const struct mlt_pool_worker *w, struct pollfd *fds)
{
    bool there = w->stage != MLT_WORKER_NONE;
    fds[FD_IN] = (struct pollfd){there && w->out.len ? w->child.in_fd : -1, POLLOUT, 0};
    fds[FD_OUT] = (struct pollfd){there && !w->out_ended ? w->child.out_fd : -1, POLLIN, 0};
    fds[FD_ERR] = (struct pollfd){there ? w->child.err_fd : -1, POLLIN, 0};
    fds[FD_EXIT] = (struct pollfd){there ? w->exit_fd : -1, POLLIN, 0};
}

static void close_in(struct mlt_pool_worker *w)
{
    if (w->child.in_fd >= 0)
        close(w->child.in_fd);
    w->child.in_fd = -1;
    mlt_buf_clear(&w->out);
}

static void write_some(struct mlt_pool_worker *w)
{
    if (w->child.in_fd < 0 || w->out.len == 0)
        return;
    ssize_t wrote = mlt_subprocess_write(&w->child, w->out.data, w->out.len);
    if (wrote >= 0)
        mlt_buf_consume(&w->out, (size_t)wrote);
    else if (errno != EAGAIN)
        close_in(w);
}

/* Reads once; false when there was nothing now, or nothing any more. */
static bool read_some(int fd, struct mlt_buf *into, bool *ended)
{
    char *room = fd >= 0 ? mlt_buf_reserve(into, READ_BYTES) : NULL;
    if (!room)
        return false;
    ssize_t got = read(fd, room, READ_BYTES);
    if (got > 0) {
        mlt_buf_wrote(into, (size_t)got);
        return true;
    }
    *ended = got == 0 || (errno != EAGAIN && errno != EINTR);
    return false;
}

static void listen_errors(struct mlt_pool_worker *w)
{
    bool ended = false;
    for (int i = 0; i < DRAIN_ROUNDS && read_some(w->child.err_fd, &w->errors, &ended); i++)
        if (w->errors.len > 4 * MLT_DIAGNOSTICS_BYTES)
            mlt_buf_consume(&w->errors, w->errors.len - MLT_DIAGNOSTICS_BYTES);
    if (ended) {
        close(w->child.err_fd);
        w->child.err_fd = -1;
    }
}

bool mlt_pool_worker_serve(struct mlt_pool_worker *w, const struct pollfd *fds)
{
    bool ended = mlt_subprocess_poll(&w->child);
    if (fds[FD_IN].revents)
        write_some(w);
    /* A program that has ended has left no more than a pipe holds; a descendant of it that goes on
     * writing is not listened to. */
    for (int i = 0; i < (ended ? DRAIN_ROUNDS : 1) && !w->out_ended; i++)
        if ((!ended && !fds[FD_OUT].revents) || !read_some(w->child.out_fd, &w->in, &w->out_ended))
            break;
    if (w->out_ended && w->out_ended_ns == 0)
        w->out_ended_ns = mlt_clock_monotonic_ns();
    if (ended || fds[FD_ERR].revents || fds[FD_OUT].revents)
        listen_errors(w);
    return ended;
}

static uint64_t after(uint64_t ns)
{
    uint64_t at;
    return __builtin_add_overflow(mlt_clock_monotonic_ns(), ns, &at) ? UINT64_MAX : at;
}

void mlt_pool_worker_leave(struct mlt_pool_worker *w, uint64_t grace_ns)
{
    if (w->stage != MLT_WORKER_SERVING)
        return;
    close_in(w);
    w->stage = MLT_WORKER_LEAVING;
    w->stage_deadline_ns = after(grace_ns);
}

void mlt_pool_worker_end(struct mlt_pool_worker *w, uint64_t grace_ns)
{
    if (w->stage != MLT_WORKER_SERVING && w->stage != MLT_WORKER_LEAVING)
        return;
    close_in(w);
    w->stage = MLT_WORKER_TERMINATED;
    w->stage_deadline_ns = after(grace_ns);
    if (w->child.pid > 0 && !w->child.ended) {
        kill(-w->child.pid, grace_ns ? SIGTERM : SIGKILL);
        kill(-w->child.pid, SIGCONT);
    }
}

void mlt_pool_worker_press(struct mlt_pool_worker *w, uint64_t now_ns, uint64_t grace_ns)
{
    if (w->stage < MLT_WORKER_LEAVING || now_ns < w->stage_deadline_ns)
        return;
    if (w->stage == MLT_WORKER_LEAVING) {
        mlt_pool_worker_end(w, grace_ns);
    } else if (w->stage == MLT_WORKER_TERMINATED) {
        w->stage = MLT_WORKER_KILLED;
        w->stage_deadline_ns = UINT64_MAX;
        if (!w->child.ended)
            kill(-w->child.pid, SIGKILL);
    }
}

void mlt_pool_worker_bury(struct mlt_pool_worker *w)
{
    struct mlt_err ignored = MLT_ERR_INIT;
    mlt_subprocess_stop(&w->child, 0);
    if (w->mark[0])
        mlt_family_kill(w->mark);
    if (w->exit_fd >= 0)
        close(w->exit_fd);
    if (w->scratch && !mlt_fs_remove_tree(w->scratch, &ignored)) {
        /* A folder left in the temporary directory changes no result. */
    }
    mlt_arena_free(&w->arena);
    mlt_buf_free(&w->in);
    mlt_buf_free(&w->out);
    mlt_buf_free(&w->errors);
    *w = (struct mlt_pool_worker){.child = MLT_SUBPROCESS_INIT, .exit_fd = -1};
    w->in = w->out = w->errors = (struct mlt_buf)MLT_BUF_INIT;
}

void mlt_pool_worker_last_words(const struct mlt_pool_worker *w, struct mlt_buf *out)
{
    const char *text = w->errors.data;
    size_t end = w->errors.len;
    while (end > 0 && (unsigned char)text[end - 1] <= ' ')
        end--;
    size_t start = end;
    for (int lines = 0; start > 0 && end - start < WORDS_BYTES; start--)
        if (text[start - 1] == '\n' && ++lines == 3)
            break;
    if (end == start)
        return;
    mlt_buf_puts(out, " (its last words: \"");
    mlt_str_append_safe(out, text + start, end - start, WORDS_BYTES);
    mlt_buf_puts(out, "\")");
}

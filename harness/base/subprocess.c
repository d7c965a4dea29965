#include "harness/base/subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"

extern char **environ;

enum { IN, OUT, ERR, N_PIPES };
enum { TICK_MS = 10, READ_BYTES = 64 * 1024, PIPE_BYTES_MAX = 1024 * 1024 };

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A pipe whose ends are above 2: when this program itself was started without its standard streams,
 * the dup2 calls in the child would otherwise overwrite each other. */
static bool make_pipe(int ends[2])
{
    int raw[2];
    if (pipe2(raw, O_CLOEXEC) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        ends[i] = raw[i] > 2 ? raw[i] : fcntl(raw[i], F_DUPFD_CLOEXEC, 3);
        if (ends[i] != raw[i])
            close(raw[i]);
    }
    if (ends[0] >= 0 && ends[1] >= 0)
        return true;
    close_fd(&ends[0]);
    close_fd(&ends[1]);
    return false;
}

static bool same_name(const char *a, const char *b)
{
    size_t len = strcspn(a, "=");
    return strncmp(a, b, len + 1) == 0;
}

/* Our environment with the additions in place of what they replace. The array is the caller's, its
 * strings are lent. */
static char **merge_env(const char *const *added)
{
    size_t ours = 0, extra = 0, count = 0;
    while (environ && environ[ours])
        ours++;
    while (added && added[extra])
        extra++;
    char **merged = calloc(ours + extra + 1, sizeof *merged);
    if (!merged)
        return NULL;
    for (size_t i = 0; i < ours; i++) {
        bool replaced = false;
        for (size_t j = 0; j < extra && !replaced; j++)
            replaced = same_name(added[j], environ[i]);
        if (!replaced)
            merged[count++] = environ[i];
    }
    for (size_t j = 0; j < extra; j++)
        merged[count++] = (char *)(uintptr_t)added[j];
    return merged;
}

static int fill_actions(posix_spawn_file_actions_t *actions, const char *dir,
                        int pipes[N_PIPES][2])
{
    int rc = posix_spawn_file_actions_adddup2(actions, pipes[IN][0], 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(actions, pipes[OUT][1], 1);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(actions, pipes[ERR][1], 2);
    /* A host program that embeds us may have opened others without close-on-exec. */
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(actions, 3);
    if (rc == 0 && dir)
        rc = posix_spawn_file_actions_addchdir_np(actions, dir);
    return rc;
}

static int fill_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    int rc = posix_spawnattr_setflags(attributes, flags);
    if (rc == 0)
        rc = posix_spawnattr_setpgroup(attributes, 0);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(attributes, &none);
    if (rc == 0)
        rc = posix_spawnattr_setsigdefault(attributes, &all);
    return rc;
}

/* errno of the attempt, 0 when the child runs. */
static int spawn(const struct mlt_subprocess_options *options, int pipes[N_PIPES][2], pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char **env = merge_env(options->env);
    if (!env)
        return ENOMEM;
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc != 0) {
        free(env);
        return rc;
    }
    rc = posix_spawnattr_init(&attributes);
    if (rc == 0) {
        rc = fill_actions(&actions, options->dir, pipes);
        if (rc == 0)
            rc = fill_attributes(&attributes);
        if (rc == 0)
            rc = posix_spawnp(pid, options->argv[0], &actions, &attributes,
                              (char *const *)(uintptr_t)options->argv, env);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    free(env);
    return rc;
}

static bool start_error(struct mlt_err *err, int reason, const char *program)
{
    mlt_err_sys(err, reason, "cannot start %s", program);
    if (reason != ENOMEM && reason != EAGAIN && reason != EMFILE && reason != ENFILE)
        err->kind = MLT_ERR_USAGE;
    return false;
}

static bool is_dir(const char *path)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static void set_nonblocking(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

bool mlt_subprocess_start(const struct mlt_subprocess_options *options, struct mlt_subprocess *out,
                          struct mlt_err *err)
{
    int pipes[N_PIPES][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    struct mlt_subprocess child = MLT_SUBPROCESS_INIT;
    if (!options->argv || !options->argv[0] || !options->argv[0][0])
        return mlt_err_set(err, MLT_ERR_USAGE, "cannot start a program: the command is empty");
    /* Said here, because the spawn reports it as if the program were missing. */
    if (options->dir && !is_dir(options->dir))
        return mlt_err_set(err, MLT_ERR_USAGE, "cannot start %s in %s: there is no such folder",
                           options->argv[0], options->dir);
    int reason = 0;
    for (int i = 0; i < N_PIPES && reason == 0; i++)
        if (!make_pipe(pipes[i]))
            reason = errno;
    if (reason == 0)
        reason = spawn(options, pipes, &child.pid);
    close_fd(&pipes[IN][0]);
    close_fd(&pipes[OUT][1]);
    close_fd(&pipes[ERR][1]);
    if (reason != 0) {
        close_fd(&pipes[IN][1]);
        close_fd(&pipes[OUT][0]);
        close_fd(&pipes[ERR][0]);
        return start_error(err, reason, options->argv[0]);
    }
    child.in_fd = pipes[IN][1];
    child.out_fd = pipes[OUT][0];
    child.err_fd = pipes[ERR][0];
    set_nonblocking(child.out_fd);
    set_nonblocking(child.err_fd);
    *out = child;
    return true;
}

static bool reap(struct mlt_subprocess *child, int flags)
{
    if (child->ended || child->pid <= 0)
        return true;
    pid_t got;
    do {
        got = wait4(child->pid, &child->status, flags, &child->usage);
    } while (got < 0 && errno == EINTR);
    /* ECHILD: somebody else reaped it (SIGCHLD ignored); it is gone, how is unknown. */
    child->ended = got != 0;
    if (got < 0)
        child->status = SIGKILL;
    return child->ended;
}

bool mlt_subprocess_poll(struct mlt_subprocess *child)
{
    return reap(child, WNOHANG);
}

static void sleep_ms(long ms)
{
    struct timespec pause = {0, ms * 1000000};
    nanosleep(&pause, NULL);
}

void mlt_subprocess_stop(struct mlt_subprocess *child, uint64_t grace_ns)
{
    if (child->pid > 0) {
        if (!mlt_subprocess_poll(child) && grace_ns > 0) {
            uint64_t deadline = mlt_clock_monotonic_ns() + grace_ns;
            kill(-child->pid, SIGTERM);
            kill(-child->pid, SIGCONT);
            while (!mlt_subprocess_poll(child) && mlt_clock_monotonic_ns() < deadline)
                sleep_ms(2);
        }
        kill(-child->pid, SIGKILL);
        reap(child, 0);
        child->pid = 0;
    }
    close_fd(&child->in_fd);
    close_fd(&child->out_fd);
    close_fd(&child->err_fd);
}

const char *mlt_subprocess_status_text(int status, char out[64])
{
    if (WIFEXITED(status))
        snprintf(out, 64, "exit status %d", WEXITSTATUS(status));
    else if (WIFSIGNALED(status) && sigdescr_np(WTERMSIG(status)))
        snprintf(out, 64, "signal %d (%s)", WTERMSIG(status), sigdescr_np(WTERMSIG(status)));
    else if (WIFSIGNALED(status))
        snprintf(out, 64, "signal %d", WTERMSIG(status));
    else
        snprintf(out, 64, "wait status %d", status);
    return out;
}

ssize_t mlt_subprocess_write(struct mlt_subprocess *child, const void *data, size_t len)
{
    sigset_t pipe_only, before, pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    ssize_t wrote;
    do {
        wrote = write(child->in_fd, data, len);
    } while (wrote < 0 && errno == EINTR);
    int reason = errno;
    /* The signal that this write raised is taken back; one that was waiting before stays. */
    if (wrote < 0 && reason == EPIPE && !was_pending) {
        struct timespec now = {0, 0};
        while (sigtimedwait(&pipe_only, NULL, &now) < 0 && errno == EINTR)
            ;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = reason;
    return wrote;
}

struct collector {
    struct mlt_subprocess child;
    const struct mlt_buf *input;
    size_t written, max_bytes;
    struct mlt_buf *texts[2];
    size_t kept[2];
    char *block;
    bool truncated;
};

static void feed(struct collector *c)
{
    if (c->input && c->written < c->input->len) {
        ssize_t wrote = mlt_subprocess_write(&c->child, c->input->data + c->written,
                                             c->input->len - c->written);
        if (wrote < 0 && errno == EAGAIN)
            return;
        /* A child that does not want its input may say so: its status is the answer. */
        c->written = wrote < 0 ? c->input->len : c->written + (size_t)wrote;
    }
    if (!c->input || c->written >= c->input->len)
        close_fd(&c->child.in_fd);
}

/* Reads once; closes the pipe at its end. False when there was nothing to read now. */
static bool drain(struct collector *c, int which)
{
    int *fd = which ? &c->child.err_fd : &c->child.out_fd;
    if (*fd < 0)
        return false;
    ssize_t got = read(*fd, c->block, READ_BYTES);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return errno == EINTR;
    if (got <= 0) {
        close_fd(fd);
        return false;
    }
    size_t take = (size_t)got, room = c->max_bytes - c->kept[which];
    if (take > room) {
        take = room;
        c->truncated = true;
    }
    c->kept[which] += take;
    if (c->texts[which])
        mlt_buf_append(c->texts[which], c->block, take);
    return true;
}

static int timeout_ms(uint64_t deadline, int exit_fd)
{
    uint64_t now = mlt_clock_monotonic_ns();
    uint64_t ms = deadline > now ? (deadline - now) / 1000000 + 1 : 0;
    if (exit_fd < 0 && ms > TICK_MS)
        return TICK_MS;
    return ms > 60000 ? 60000 : (int)ms;
}

/* Serves the pipes until the child ends; false at the deadline. */
static bool serve(struct collector *c, uint64_t deadline)
{
    int exit_fd = pidfd_open(c->child.pid, 0);
    if (exit_fd >= 0)
        fcntl(exit_fd, F_SETFD, FD_CLOEXEC);
    bool ended;
    while (!(ended = mlt_subprocess_poll(&c->child)) && mlt_clock_monotonic_ns() < deadline) {
        struct pollfd fds[] = {{c->child.in_fd, POLLOUT, 0},
                               {c->child.out_fd, POLLIN, 0},
                               {c->child.err_fd, POLLIN, 0},
                               {exit_fd, POLLIN, 0}};
        if (poll(fds, 4, timeout_ms(deadline, exit_fd)) <= 0)
            continue;
        if (fds[0].revents)
            feed(c);
        for (int i = 0; i < 2; i++)
            if (fds[1 + i].revents)
                drain(c, i);
    }
    close_fd(&exit_fd);
    return ended;
}

bool mlt_subprocess_run(const struct mlt_subprocess_options *options, const struct mlt_buf *input,
                        uint64_t timeout_ns, size_t max_bytes, struct mlt_buf *out_text,
                        struct mlt_buf *err_text, struct mlt_subprocess_result *result,
                        struct mlt_err *err)
{
    struct collector c = {.child = MLT_SUBPROCESS_INIT,
                          .input = input,
                          .max_bytes = max_bytes,
                          .texts = {out_text, err_text},
                          .block = malloc(READ_BYTES)};
    if (!c.block)
        return mlt_err_oom(err);
    uint64_t start = mlt_clock_monotonic_ns(), deadline;
    if (__builtin_add_overflow(start, timeout_ns, &deadline))
        deadline = UINT64_MAX;
    if (!mlt_subprocess_start(options, &c.child, err)) {
        free(c.block);
        return false;
    }
    set_nonblocking(c.child.in_fd);
    bool ended = serve(&c, deadline);
    uint64_t duration = mlt_clock_monotonic_ns() - start;
    kill(-c.child.pid, SIGKILL);
    /* What the child wrote is in the pipes, and a pipe holds no more than this: an escaped
     * grandchild that goes on writing is not listened to. */
    for (int i = 0; i < 2; i++)
        for (size_t n = 0; n < PIPE_BYTES_MAX / READ_BYTES + 1 && drain(&c, i); n++)
            ;
    mlt_subprocess_stop(&c.child, 0);
    free(c.block);
    *result = (struct mlt_subprocess_result){c.child.status, !ended, c.truncated, duration};
    return (!out_text || mlt_buf_check(out_text, err)) && (!err_text || mlt_buf_check(err_text, err));
}

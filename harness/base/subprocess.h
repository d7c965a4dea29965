/* Child programs: posix_spawn in a process group of their own, ended as a group.
 *
 * Never a fork of the caller, which may be threaded or hold gigabytes. All descriptors that this
 * program opens are close-on-exec, so a child gets stdin, stdout, stderr and nothing else. */
#ifndef MLTEST_BASE_SUBPROCESS_H
#define MLTEST_BASE_SUBPROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_subprocess {
    pid_t pid;     /* also its process group; 0 when there is no child */
    int in_fd;     /* we write, the child's stdin; -1 when closed */
    int out_fd;    /* we read, the child's stdout; non-blocking */
    int err_fd;    /* we read, the child's stderr; non-blocking */
    int status;    /* waitpid() status once `ended` */
    bool ended;
    struct rusage usage; /* of the child and what it waited for, once `ended` */
};

#define MLT_SUBPROCESS_INIT {.in_fd = -1, .out_fd = -1, .err_fd = -1}

struct mlt_subprocess_options {
    const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH when it has no '/' */
    const char *dir;         /* working folder, NULL: ours */
    const char *const *env;  /* "NAME=value" added to or replacing ours, NULL-terminated; or NULL */
};

/* Starts the child. Signals that this process blocks or ignores are reset in the child. A program
 * that cannot be started is MLT_ERR_USAGE and names it. */
bool mlt_subprocess_start(const struct mlt_subprocess_options *options, struct mlt_subprocess *out,
                          struct mlt_err *err) MLT_MUST_USE;
/* Reaps the child if it has ended; never blocks. True when it has ended. */
bool mlt_subprocess_poll(struct mlt_subprocess *child);
/* Ends the whole group: TERM, after `grace_ns` KILL, and reaps the child. Safe on an ended child
 * (its group may still hold grandchildren, which are killed). Closes the descriptors. */
void mlt_subprocess_stop(struct mlt_subprocess *child, uint64_t grace_ns);
/* write() to the child's stdin that never raises SIGPIPE: bytes written, or -1 with errno (EPIPE when
 * the child has closed it). */
ssize_t mlt_subprocess_write(struct mlt_subprocess *child, const void *data, size_t len);
/* "exit status 3", "signal 11 (Segmentation fault)", for messages. Static or in `out`. */
const char *mlt_subprocess_status_text(int status, char out[64]);

struct mlt_subprocess_result {
    int status;         /* waitpid() status; meaningless when timed_out */
    bool timed_out;
    bool out_truncated; /* stdout or stderr was longer than max_bytes; the rest was read and dropped */
    uint64_t duration_ns;
};

/* Runs to the end: writes `input` (may be NULL), collects at most `max_bytes` of stdout and of
 * stderr (either may be NULL: dropped), kills the group at the deadline. Grandchildren that keep
 * the pipes open after the child ended are killed too, and never waited for. */
bool mlt_subprocess_run(const struct mlt_subprocess_options *options, const struct mlt_buf *input,
                        uint64_t timeout_ns, size_t max_bytes, struct mlt_buf *out_text,
                        struct mlt_buf *err_text, struct mlt_subprocess_result *result,
                        struct mlt_err *err) MLT_MUST_USE;

#endif

/* The program `git`, called so that a hostile repository cannot make it run anything. */
#ifndef MLTEST_REGISTRY_GIT_PROGRAM_H
#define MLTEST_REGISTRY_GIT_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"
#include "mltest/err.h"

enum { MLT_GIT_ARGUMENTS = 8 };

/* `git ARGUMENT…` (at most MLT_GIT_ARGUMENTS, ended by NULL) in `checkout`, with `input` (may be
 * NULL) on its stdin; its stdout, at most `max_bytes` of it, is appended to `out`, its stderr to
 * `said` (may be NULL).
 * `*status` is its exit status. MLT_ERR_USAGE when there is no git; MLT_ERR_INFRA when it was ended
 * by a signal, took minutes, or printed more. */
bool mlt_git_run(const char *checkout, const char *const *arguments, const struct mlt_buf *input,
                 size_t max_bytes, struct mlt_buf *out, struct mlt_buf *said, int *status,
                 struct mlt_err *err) MLT_MUST_USE;

#endif

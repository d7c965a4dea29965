/* Everything that descends from a worker, found by a mark in its environment.
 *
 * A process group misses a grandchild that called setsid(), and a walk over the children misses one
 * whose parent has died. The mark is inherited by every descendant, so that whoever carries it can be
 * ended when its worker has ended, however it detached itself. (A program that starts another with an
 * emptied environment escapes; only a sandbox stops that one.) */
#ifndef MLTEST_RUNNER_FAMILY_H
#define MLTEST_RUNNER_FAMILY_H

#include <stddef.h>

/* The variable that carries the mark. */
#define MLT_FAMILY_VARIABLE "MLTEST_WORKER_FAMILY"

/* Kills every process that carries the mark, except the caller, until none is left (bounded). Returns
 * how many were killed. */
size_t mlt_family_kill(const char *mark);

#endif

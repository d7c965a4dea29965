/* Independent blocks of work over a few threads. */
#ifndef MLTEST_STATS_BOOTSTRAP_PARALLEL_H
#define MLTEST_STATS_BOOTSTRAP_PARALLEL_H

#include <stddef.h>

enum { MLT_PARALLEL_MAX = 64 };

/* Calls work(context, block, thread) once for each block in [0, blocks), in any order, by up to
 * `threads` threads (0 counts as 1, at most MLT_PARALLEL_MAX); `thread` is below that number and no
 * two calls with the same one overlap. Threads that cannot be started are done without. The calling
 * thread works too; returns when all is done. */
void mlt_parallel_run(unsigned threads, size_t blocks,
                      void (*work)(void *context, size_t block, unsigned thread), void *context);

/* What `threads` means there. */
unsigned mlt_parallel_threads(unsigned threads);

#endif

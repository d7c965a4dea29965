/* The model's program: which one it is, starting it, ending it, and what it said on stderr. */
#ifndef MLTEST_ADAPTER_PROCESS_CHILD_H
#define MLTEST_ADAPTER_PROCESS_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/adapter/adapter.h"
#include "harness/base/subprocess.h"

enum {
    MLT_PROCESS_STDERR_BYTES = 64 * 1024,
    MLT_PROCESS_READ_BYTES = 64 * 1024,
};

struct mlt_process_child {
    const char **argv; /* in the arena of the one who opened */
    const char *dir;
    const char *const *env;
    struct mlt_subprocess process;
    int exit_fd;           /* readable once the program has ended; -1 */
    struct mlt_buf errors; /* what it wrote to stderr, over all its starts; the last part */
};

/* Finds the program and replaces {artifact}, {version_dir} and {settings}; where settings are
 * declared or given, they are also MLTEST_SETTINGS in its environment. A program without '/' is looked for
 * beside the running program, in the folders above it (the worker lives in libexec/) and their
 * examples/, then in PATH; a relative one with '/' is relative to the folder of mltest.yaml, which
 * is also where it runs. */
bool mlt_process_child_init(struct mlt_process_child *child, const struct mlt_adapter_target *target,
                            struct mlt_arena *arena, struct mlt_err *err) MLT_MUST_USE;
bool mlt_process_child_start(struct mlt_process_child *child, struct mlt_err *err) MLT_MUST_USE;
/* Ends the program and its group: gives it `patience_ns` to leave by itself once its input is closed,
 * then TERM, then KILL. Keeps its last words. Safe when nothing runs. */
void mlt_process_child_stop(struct mlt_process_child *child, uint64_t patience_ns);
void mlt_process_child_free(struct mlt_process_child *child);
/* Reads stderr without blocking. */
void mlt_process_child_listen(struct mlt_process_child *child);
/* Appends the last lines of stderr, made safe for one line: ` (its last words: "…")`; nothing when it
 * said nothing. */
void mlt_process_child_last_words(const struct mlt_process_child *child, struct mlt_buf *out);

#endif

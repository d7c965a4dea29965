/* What a process and everything below it uses, from /proc. */
#ifndef MLTEST_SUITES_PROCESS_TREE_H
#define MLTEST_SUITES_PROCESS_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct mlt_tree_usage {
    double cpu_s;        /* user and system time, of ended and awaited children too */
    uint64_t rss_bytes;  /* resident now */
    uint64_t peak_bytes; /* sum of each process's own highest since the last reset */
    unsigned processes;
};

/* False when the root cannot be read (it ended). Processes that end meanwhile are left out. At most
 * 1024 processes are followed. */
bool mlt_process_tree_usage(pid_t root, struct mlt_tree_usage *out);
/* Lets `peak_bytes` start from what is resident now. Best effort. */
void mlt_process_tree_reset_peak(pid_t root);

#endif

#include "suites/process_tree.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MAX_PROCESSES = 1024, FILE_BYTES = 4096 };

struct tree {
    pid_t pid[MAX_PROCESSES];
    unsigned count;
};

/* Reads the head of a small file of /proc. */
static bool read_head(const char *path, char out[FILE_BYTES])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t len = read(fd, out, FILE_BYTES - 1);
    close(fd);
    out[len > 0 ? len : 0] = '\0';
    return len >= 0;
}

static bool holds(const struct tree *tree, pid_t pid)
{
    for (unsigned i = 0; i < tree->count; i++)
        if (tree->pid[i] == pid)
            return true;
    return false;
}

static void add_process(struct tree *tree, pid_t pid)
{
    if (pid > 0 && tree->count < MAX_PROCESSES && !holds(tree, pid))
        tree->pid[tree->count++] = pid;
}

static void add_children(struct tree *tree, pid_t parent)
{
    char path[96], text[FILE_BYTES];
    snprintf(path, sizeof path, "/proc/%d/task", (int)parent);
    DIR *threads = opendir(path);
    if (!threads)
        return;
    for (struct dirent *entry; (entry = readdir(threads));) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        snprintf(path, sizeof path, "/proc/%d/task/%.20s/children", (int)parent, entry->d_name);
        if (!read_head(path, text))
            continue;
        char *next = text;
        for (long pid; (pid = strtol(next, &next, 10)) > 0;)
            add_process(tree, (pid_t)pid);
    }
    closedir(threads);
}

/* The numbers behind the name in /proc/PID/stat, which may itself hold spaces and brackets: field 4
 * (ppid) is the first of `out`. */
static bool read_stat(pid_t pid, unsigned long long *out, unsigned count)
{
    char path[64], text[FILE_BYTES];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (!read_head(path, text))
        return false;
    char *next = strrchr(text, ')');
    if (!next || strlen(next) < 4)
        return false;
    next += 3; /* ") S" */
    for (unsigned i = 0; i < count; i++) {
        char *end;
        out[i] = strtoull(next, &end, 10);
        if (end == next)
            return false;
        next = end;
    }
    return true;
}

/* For kernels without the `children` files: every process whose parent is in the tree, until
 * nothing is added any more. */
static void add_by_parent(struct tree *tree)
{
    for (unsigned before = 0; before != tree->count;) {
        before = tree->count;
        DIR *proc = opendir("/proc");
        if (!proc)
            return;
        for (struct dirent *entry; (entry = readdir(proc));) {
            pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
            unsigned long long parent;
            if (pid > 0 && read_stat(pid, &parent, 1) && holds(tree, (pid_t)parent))
                add_process(tree, pid);
        }
        closedir(proc);
    }
}

static void find_tree(pid_t root, struct tree *tree)
{
    tree->count = 0;
    add_process(tree, root);
    if (root == getpid()) /* a model in this process is this process alone */
        return;
    if (access("/proc/thread-self/children", R_OK) != 0) {
        add_by_parent(tree);
        return;
    }
    for (unsigned i = 0; i < tree->count; i++)
        add_children(tree, tree->pid[i]);
}

static uint64_t kib_after(const char *text, const char *key)
{
    const char *found = strstr(text, key);
    return found ? strtoull(found + strlen(key), NULL, 10) * 1024 : 0;
}

static bool add_usage(pid_t pid, struct mlt_tree_usage *out)
{
    /* ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime cutime cstime */
    enum { UTIME = 10, STIME, CUTIME, CSTIME, FIELDS };
    unsigned long long field[FIELDS];
    char path[64], text[FILE_BYTES];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    if (!read_stat(pid, field, FIELDS) || !read_head(path, text))
        return false;
    unsigned long long ticks = field[UTIME] + field[STIME] + field[CUTIME] + field[CSTIME];
    out->cpu_s += (double)ticks / (double)sysconf(_SC_CLK_TCK);
    out->rss_bytes += kib_after(text, "\nVmRSS:");
    out->peak_bytes += kib_after(text, "\nVmHWM:");
    out->processes++;
    return true;
}

static double own_cpu_s(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

bool mlt_process_tree_usage(pid_t root, struct mlt_tree_usage *out)
{
    struct tree tree;
    *out = (struct mlt_tree_usage){0};
    find_tree(root, &tree);
    if (tree.count == 0 || !add_usage(root, out))
        return false;
    for (unsigned i = 1; i < tree.count; i++)
        (void)add_usage(tree.pid[i], out);
    if (root == getpid())
        out->cpu_s = own_cpu_s(); /* microseconds instead of clock ticks */
    return true;
}

void mlt_process_tree_reset_peak(pid_t root)
{
    struct tree tree;
    find_tree(root, &tree);
    for (unsigned i = 0; i < tree.count; i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/clear_refs", (int)tree.pid[i]);
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        (void)!write(fd, "5", 1); /* proc(5): the peak resident set size */
        close(fd);
    }
}

#include "harness/runner/family.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* The mark was added by us and stands near the end; an environment beyond this is not ours to read. */
enum { ENVIRONMENT_BYTES = 256 * 1024, ROUNDS = 50 };

static bool carries(const char *pid, const char *entry, char *block)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%.20s/environ", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size_t len = 0;
    ssize_t got;
    while (len < ENVIRONMENT_BYTES && (got = read(fd, block + len, ENVIRONMENT_BYTES - len)) > 0)
        len += (size_t)got;
    close(fd);
    size_t size = strlen(entry) + 1;
    for (const char *at = block; (size_t)(at - block) + size <= len;) {
        if (memcmp(at, entry, size) == 0)
            return true;
        const char *end = memchr(at, '\0', len - (size_t)(at - block));
        if (!end)
            break;
        at = end + 1;
    }
    return false;
}

static size_t kill_once(const char *entry, char *block)
{
    size_t killed = 0;
    DIR *dir = opendir("/proc");
    if (!dir)
        return 0;
    for (const struct dirent *found; (found = readdir(dir));) {
        if (!isdigit((unsigned char)found->d_name[0]))
            continue;
        pid_t pid = (pid_t)strtol(found->d_name, NULL, 10);
        if (pid > 1 && pid != getpid() && carries(found->d_name, entry, block) &&
            kill(pid, SIGKILL) == 0)
            killed++;
    }
    closedir(dir);
    return killed;
}

size_t mlt_family_kill(const char *mark)
{
    char entry[128];
    size_t killed = 0;
    char *block = malloc(ENVIRONMENT_BYTES);
    if (!block)
        return 0;
    snprintf(entry, sizeof entry, "%s=%s", MLT_FAMILY_VARIABLE, mark);
    /* Again until two rounds in a row find nobody: one that was forking while we looked, one that has
     * just begun its program and shows no environment yet, and those killed but not gone. */
    for (int round = 0, empty = 0; round < ROUNDS && empty < 2; round++) {
        struct timespec pause = {0, 1000000};
        size_t now = kill_once(entry, block);
        empty = now ? 0 : empty + 1;
        killed += now;
        nanosleep(&pause, NULL);
    }
    free(block);
    return killed;
}

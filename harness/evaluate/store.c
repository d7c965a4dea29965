#include "harness/evaluate/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool reserve(struct mlt_store *store, size_t bytes)
{
    size_t before = atomic_fetch_add(&store->used_bytes, bytes);
    if (before <= store->limit_bytes && bytes <= store->limit_bytes - before)
        return true;
    atomic_fetch_sub(&store->used_bytes, bytes);
    return false;
}

static int open_nameless(struct mlt_err *err)
{
    const char *dir = getenv("TMPDIR");
    if (dir == NULL || dir[0] == '\0')
        dir = "/tmp";
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        mlt_err_sys(err, errno, "cannot make a temporary file in %s", dir);
    return fd;
}

/* posix_fallocate, so that a full disk is an error here and not a signal later. */
static bool map_file(size_t bytes, struct mlt_region *out, struct mlt_err *err)
{
    int fd = open_nameless(err);
    if (fd < 0)
        return false;
    int fault = posix_fallocate(fd, 0, (off_t)bytes);
    void *data =
        fault == 0 ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fault == 0 && data == MAP_FAILED)
        fault = errno;
    close(fd);
    if (data == MAP_FAILED)
        return mlt_err_sys(err, fault, "cannot keep %zu bytes of rows in a temporary file", bytes);
    *out = (struct mlt_region){data, bytes, true};
    return true;
}

bool mlt_region_alloc(struct mlt_store *store, size_t bytes, struct mlt_region *out,
                      struct mlt_err *err)
{
    *out = (struct mlt_region){NULL, 0, false};
    if (bytes == 0)
        return true;
    if (!reserve(store, bytes))
        return map_file(bytes, out, err);
    void *data = malloc(bytes);
    if (data == NULL) {
        atomic_fetch_sub(&store->used_bytes, bytes);
        return mlt_err_oom(err);
    }
    *out = (struct mlt_region){data, bytes, false};
    return true;
}

void mlt_region_free(struct mlt_store *store, struct mlt_region *region)
{
    if (region->mapped) {
        munmap(region->data, region->bytes);
    } else if (region->data != NULL) {
        free(region->data);
        atomic_fetch_sub(&store->used_bytes, region->bytes);
    }
    *region = (struct mlt_region){NULL, 0, false};
}

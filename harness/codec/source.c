#include "harness/codec/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { RAW_BYTES = 128 * 1024 };
/* zlib: a window of 32 KiB and a gzip header. */
enum { GZIP_WINDOW = 15 + 16 };

struct mlt_source {
    char *name;
    int fd;
    enum mlt_source_form form;
    uint64_t done, total;
    struct mlt_hash *hash;
    unsigned char *raw; /* unread: raw[at, end) */
    size_t at, end;
    bool raw_end;
    bool within; /* a member has begun and not ended */
    bool any;    /* one member was whole */
    z_stream gzip;
    bool gzip_open;
    ZSTD_DStream *zstd;
};

/* One read of at most `capacity` bytes, counted and hashed; 0 at the end. */
static bool read_some(struct mlt_source *source, void *to, size_t capacity, size_t *got,
                      struct mlt_err *err)
{
    ssize_t count;
    do
        count = read(source->fd, to, capacity);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return mlt_err_sys(err, errno, "cannot read %s", source->name);
    *got = (size_t)count;
    source->done += (uint64_t)count;
    return source->hash == NULL || mlt_hash_update(source->hash, to, (size_t)count, err);
}

/* More raw bytes when all were taken, or raw_end. */
static bool refill(struct mlt_source *source, struct mlt_err *err)
{
    if (source->at < source->end || source->raw_end)
        return true;
    source->at = source->end = 0;
    if (!read_some(source, source->raw, RAW_BYTES, &source->end, err))
        return false;
    source->raw_end = source->end == 0;
    return true;
}

static uint64_t raw_offset(const struct mlt_source *source)
{
    return source->done - (source->end - source->at);
}

static const char *form_name(const struct mlt_source *source)
{
    return source->form == MLT_SOURCE_GZIP ? "gzip" : "zstd";
}

static bool set_damaged(const struct mlt_source *source, const char *why, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: the %s stream is damaged near byte %llu (%s)",
                       source->name, form_name(source), (unsigned long long)raw_offset(source),
                       why);
}

static bool set_truncated(const struct mlt_source *source, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s: the %s stream is truncated at byte %llu: the file is incomplete",
                       source->name, form_name(source), (unsigned long long)source->done);
}

static bool read_plain(struct mlt_source *source, char *to, size_t capacity, size_t *got,
                       struct mlt_err *err)
{
    /* What was read to recognise the form comes first. */
    size_t first = source->end - source->at;
    *got = first < capacity ? first : capacity;
    memcpy(to, source->raw + source->at, *got);
    source->at += *got;
    while (*got < capacity && !source->raw_end) {
        size_t count;
        if (!read_some(source, to + *got, capacity - *got, &count, err))
            return false;
        *got += count;
        source->raw_end = count == 0;
    }
    return true;
}

/* One step of zlib from raw[at, end) to to[*got, capacity). */
static bool step_gzip(struct mlt_source *source, char *to, size_t capacity, size_t *got,
                      struct mlt_err *err)
{
    z_stream *z = &source->gzip;
    if (!source->within && source->any && inflateReset(z) != Z_OK)
        return mlt_err_oom(err);
    source->within = true;
    z->next_in = source->raw + source->at;
    z->avail_in = (uInt)(source->end - source->at);
    size_t room = capacity - *got;
    z->avail_out = room > UINT32_MAX ? UINT32_MAX : (uInt)room;
    z->next_out = (Bytef *)to + *got;
    int code = inflate(z, Z_NO_FLUSH);
    source->at = source->end - z->avail_in;
    *got = (size_t)((char *)z->next_out - to);
    if (code == Z_STREAM_END) {
        source->within = false;
        source->any = true;
    } else if (code == Z_MEM_ERROR) {
        return mlt_err_oom(err);
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return set_damaged(source, z->msg ? z->msg : "it cannot be decompressed", err);
    }
    return true;
}

static bool step_zstd(struct mlt_source *source, char *to, size_t capacity, size_t *got,
                      struct mlt_err *err)
{
    ZSTD_inBuffer in = {source->raw, source->end, source->at};
    ZSTD_outBuffer out = {to, capacity, *got};
    source->within = true;
    size_t code = ZSTD_decompressStream(source->zstd, &out, &in);
    source->at = in.pos;
    *got = out.pos;
    if (ZSTD_isError(code))
        return set_damaged(source, ZSTD_getErrorName(code), err);
    if (code == 0) {
        source->within = false;
        source->any = true;
    }
    return true;
}

/* Between members: another one, or zero bytes to the end (gzip's own program accepts such padding).
 */
static bool skip_padding(struct mlt_source *source, struct mlt_err *err)
{
    if (!source->any || source->form != MLT_SOURCE_GZIP)
        return true;
    while (!source->raw_end) {
        while (source->at < source->end && source->raw[source->at] == 0)
            source->at++;
        if (source->at < source->end)
            return source->raw[source->at] == 0x1f ||
                   set_damaged(source, "other bytes stand behind it", err);
        if (!refill(source, err))
            return false;
    }
    return true;
}

static bool read_packed(struct mlt_source *source, char *to, size_t capacity, size_t *got,
                        struct mlt_err *err)
{
    *got = 0;
    while (*got < capacity) {
        size_t before = *got;
        if (!refill(source, err) || (!source->within && !skip_padding(source, err)))
            return false;
        if (source->raw_end && !source->within)
            return true;
        bool ended = source->raw_end;
        bool ok = source->form == MLT_SOURCE_GZIP ? step_gzip(source, to, capacity, got, err)
                                                  : step_zstd(source, to, capacity, got, err);
        if (!ok)
            return false;
        if (ended && source->within && *got == before)
            return set_truncated(source, err);
    }
    return true;
}

bool mlt_source_read(struct mlt_source *source, char *to, size_t capacity, size_t *got,
                     struct mlt_err *err)
{
    return source->form == MLT_SOURCE_PLAIN ? read_plain(source, to, capacity, got, err)
                                            : read_packed(source, to, capacity, got, err);
}

static int open_path(const char *path, struct mlt_err *err)
{
    int fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                    : open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    int reason = errno;
    mlt_err_sys(err, reason, "cannot read %s", strcmp(path, "-") == 0 ? "standard input" : path);
    if (reason == ENOENT || reason == ENOTDIR)
        err->kind = MLT_ERR_USAGE;
    return -1;
}

/* The first four bytes, which a pipe may bring one by one, tell the form. */
static bool recognise(struct mlt_source *source, struct mlt_err *err)
{
    static const unsigned char gzip[] = {0x1f, 0x8b}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    static const unsigned char skippable[] = {0x2a, 0x4d, 0x18};
    while (source->end < 4 && !source->raw_end) {
        size_t count;
        if (!read_some(source, source->raw + source->end, RAW_BYTES - source->end, &count, err))
            return false;
        source->end += count;
        source->raw_end = count == 0;
    }
    const unsigned char *first = source->raw;
    if (source->end >= 2 && memcmp(first, gzip, 2) == 0)
        source->form = MLT_SOURCE_GZIP;
    else if (source->end >= 4 &&
             (memcmp(first, zstd, 4) == 0 ||
              ((first[0] & 0xf0) == 0x50 && memcmp(first + 1, skippable, 3) == 0)))
        source->form = MLT_SOURCE_ZSTD;
    if (source->form != MLT_SOURCE_PLAIN)
        source->raw_end = false; /* read again, behind what was taken */
    if (source->form == MLT_SOURCE_GZIP) {
        source->gzip_open = inflateInit2(&source->gzip, GZIP_WINDOW) == Z_OK;
        return source->gzip_open || mlt_err_oom(err);
    }
    if (source->form == MLT_SOURCE_ZSTD) {
        source->zstd = ZSTD_createDStream();
        return source->zstd != NULL || mlt_err_oom(err);
    }
    return true;
}

bool mlt_source_open(const char *path, bool digest, struct mlt_source **out, struct mlt_err *err)
{
    struct stat info;
    int fd = open_path(path, err);
    if (fd < 0)
        return false;
    struct mlt_source *source = calloc(1, sizeof *source);
    if (source == NULL) {
        close(fd);
        return mlt_err_oom(err);
    }
    source->fd = fd;
    source->name = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
    source->raw = malloc(RAW_BYTES);
    source->hash = digest ? mlt_hash_new() : NULL;
    bool ok = source->name != NULL && source->raw != NULL && (source->hash != NULL || !digest);
    if (!ok)
        mlt_err_oom(err);
    else if (fstat(fd, &info) != 0)
        ok = mlt_err_sys(err, errno, "cannot read %s", source->name);
    else if (S_ISDIR(info.st_mode))
        ok = mlt_err_set(err, MLT_ERR_USAGE, "cannot read %s: it is a folder", source->name);
    else
        source->total = S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
    if (!ok || !recognise(source, err)) {
        mlt_source_close(source);
        return false;
    }
    *out = source;
    return true;
}

void mlt_source_close(struct mlt_source *source)
{
    if (source == NULL)
        return;
    if (source->gzip_open)
        inflateEnd(&source->gzip);
    ZSTD_freeDStream(source->zstd);
    mlt_hash_free(source->hash);
    close(source->fd);
    free(source->raw);
    free(source->name);
    free(source);
}

const char *mlt_source_name(const struct mlt_source *source)
{
    return source->name;
}

enum mlt_source_form mlt_source_form(const struct mlt_source *source)
{
    return source->form;
}

uint64_t mlt_source_done(const struct mlt_source *source)
{
    return source->done;
}

uint64_t mlt_source_total(const struct mlt_source *source)
{
    return source->total;
}

bool mlt_source_digest(struct mlt_source *source, char out[MLT_SHA256_HEX], struct mlt_err *err)
{
    if (source->hash == NULL)
        return mlt_err_set(err, MLT_ERR_INFRA, "no digest of %s was kept", source->name);
    return mlt_hash_finish(source->hash, out, err);
}

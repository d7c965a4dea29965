#include "harness/base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_BYTES = 256 * 1024 };

static void to_hex(const unsigned char *digest, unsigned size, char out[MLT_SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (unsigned i = 0; i < size && i < 32; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[MLT_SHA256_HEX - 1] = '\0';
}

/* OpenSSL sets itself up on first use. When memory is out just then every later call would use what
 * is not there, so this is asked in front of each. */
static bool is_set_up(void)
{
    return OSSL_LIB_CTX_get0_global_default() != NULL;
}

bool mlt_hash_bytes(const void *data, size_t len, char out[MLT_SHA256_HEX], struct mlt_err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (!is_set_up())
        return mlt_err_oom(err);
    if (EVP_Digest(data, len, digest, &size, EVP_sha256(), NULL) != 1 || size != 32)
        return mlt_err_set(err, MLT_ERR_INFRA, "cannot compute a SHA-256 digest");
    to_hex(digest, size, out);
    return true;
}

static bool hash_fd(int fd, const char *path, EVP_MD_CTX *context, unsigned char *block,
                    uint64_t *bytes, struct mlt_err *err)
{
    *bytes = 0;
    for (;;) {
        ssize_t got = read(fd, block, BLOCK_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mlt_err_sys(err, errno, "cannot read %s", path);
        if (got == 0)
            return true;
        if (EVP_DigestUpdate(context, block, (size_t)got) != 1)
            return mlt_err_set(err, MLT_ERR_INFRA, "cannot compute a SHA-256 digest");
        *bytes += (uint64_t)got;
    }
}

static int open_regular(const char *path, struct mlt_err *err)
{
    struct stat info;
    /* O_NONBLOCK: a pipe without a writer must not hang us before it is refused. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        int reason = errno;
        mlt_err_sys(err, reason, "cannot read %s", path);
        if (reason == ENOENT || reason == ENOTDIR)
            err->kind = MLT_ERR_USAGE;
        return -1;
    }
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        return fd;
    close(fd);
    mlt_err_set(err, MLT_ERR_INFRA, "cannot read %s: not a regular file", path);
    return -1;
}

bool mlt_hash_file(const char *path, char out[MLT_SHA256_HEX], uint64_t *out_bytes,
                   struct mlt_err *err)
{
    int fd = open_regular(path, err);
    if (fd < 0)
        return false;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    uint64_t bytes = 0;
    EVP_MD_CTX *context = is_set_up() ? EVP_MD_CTX_new() : NULL;
    unsigned char *block = malloc(BLOCK_BYTES);
    bool ok = false;
    if (!context || !block || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
        mlt_err_oom(err);
    else if (hash_fd(fd, path, context, block, &bytes, err)) {
        ok = EVP_DigestFinal_ex(context, digest, &size) == 1 && size == 32;
        if (!ok)
            mlt_err_set(err, MLT_ERR_INFRA, "cannot compute a SHA-256 digest");
    }
    if (ok) {
        to_hex(digest, size, out);
        if (out_bytes)
            *out_bytes = bytes;
    }
    free(block);
    EVP_MD_CTX_free(context);
    close(fd);
    return ok;
}

bool mlt_hash_parts(const struct mlt_hash_part *parts, size_t count, uint8_t out[MLT_SHA256_BYTES],
                    struct mlt_err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_MD_CTX *context = is_set_up() ? EVP_MD_CTX_new() : NULL;
    if (!context)
        return mlt_err_oom(err);
    bool ok = EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    for (size_t i = 0; ok && i < count; i++)
        ok = EVP_DigestUpdate(context, parts[i].data, parts[i].len) == 1;
    ok = ok && EVP_DigestFinal_ex(context, digest, &size) == 1 && size == MLT_SHA256_BYTES;
    EVP_MD_CTX_free(context);
    if (!ok)
        return mlt_err_set(err, MLT_ERR_INFRA, "cannot compute a SHA-256 digest");
    memcpy(out, digest, MLT_SHA256_BYTES);
    return true;
}

void mlt_hash_to_hex(const uint8_t digest[MLT_SHA256_BYTES], char out[MLT_SHA256_HEX])
{
    to_hex(digest, MLT_SHA256_BYTES, out);
}

static uint8_t nibble(char digit)
{
    return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

bool mlt_hash_from_hex(const char *text, uint8_t out[MLT_SHA256_BYTES])
{
    if (!mlt_hash_is_hex(text))
        return false;
    for (size_t i = 0; i < MLT_SHA256_BYTES; i++)
        out[i] = (uint8_t)(nibble(text[2 * i]) << 4 | nibble(text[2 * i + 1]));
    return true;
}

/* Nothing but a context of OpenSSL: the struct only gives it a name outside. */
struct mlt_hash *mlt_hash_new(void)
{
    EVP_MD_CTX *context = is_set_up() ? EVP_MD_CTX_new() : NULL;
    if (context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1)
        return (struct mlt_hash *)context;
    EVP_MD_CTX_free(context);
    return NULL;
}

bool mlt_hash_update(struct mlt_hash *hash, const void *data, size_t len, struct mlt_err *err)
{
    return EVP_DigestUpdate((EVP_MD_CTX *)hash, data, len) == 1 ||
           mlt_err_set(err, MLT_ERR_INFRA, "cannot compute a SHA-256 digest");
}

bool mlt_hash_finish(struct mlt_hash *hash, char out[MLT_SHA256_HEX], struct mlt_err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_DigestFinal_ex((EVP_MD_CTX *)hash, digest, &size) != 1 || size != 32)
        return mlt_err_set(err, MLT_ERR_INFRA, "cannot compute a SHA-256 digest");
    to_hex(digest, size, out);
    return true;
}

void mlt_hash_free(struct mlt_hash *hash)
{
    EVP_MD_CTX_free((EVP_MD_CTX *)hash);
}

bool mlt_hash_is_hex(const char *text)
{
    return strlen(text) == MLT_SHA256_HEX - 1 &&
           strspn(text, "0123456789abcdef") == MLT_SHA256_HEX - 1;
}

#include "harness/ledger/key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "harness/ledger/openssh.h"

enum { FILE_BYTES = 16 * 1024 };

struct mlt_key {
    EVP_PKEY *pair;
    bool is_private;
    char id[MLT_SHA256_HEX];
};

/* OpenSSL sets itself up on first use. When memory is out just then every later call would use what
 * is not there, so this is asked in front of each. */
static bool is_set_up(void)
{
    return OSSL_LIB_CTX_get0_global_default() != NULL;
}

/* Its own words are of no use to anybody who did not write it. */
static bool trouble(struct mlt_err *err, const char *what)
{
    ERR_clear_error();
    return mlt_err_set(err, MLT_ERR_INFRA, "cannot %s: the cryptographic library failed", what);
}

static bool find_id(EVP_PKEY *pair, char id[MLT_SHA256_HEX], struct mlt_err *err)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(pair, &der);
    bool ok =
        len > 0 ? mlt_hash_bytes(der, (size_t)len, id, err) : trouble(err, "encode a public key");
    OPENSSL_free(der);
    return ok;
}

/* Takes the pair over, whatever comes of it. */
static bool wrap(EVP_PKEY *pair, bool is_private, struct mlt_key **out, struct mlt_err *err)
{
    struct mlt_key *key = calloc(1, sizeof *key);
    if (!key || !find_id(pair, key->id, err)) {
        if (!key)
            mlt_err_oom(err);
        EVP_PKEY_free(pair);
        free(key);
        return false;
    }
    key->pair = pair;
    key->is_private = is_private;
    *out = key;
    return true;
}

bool mlt_key_new(struct mlt_key **out, struct mlt_err *err)
{
    EVP_PKEY *pair = NULL;
    if (!is_set_up())
        return mlt_err_oom(err);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, NULL);
    bool ok = context && EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_keygen(context, &pair) == 1;
    EVP_PKEY_CTX_free(context);
    return ok ? wrap(pair, true, out, err) : trouble(err, "make a key");
}

void mlt_key_free(struct mlt_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pair);
    free(key);
}

const char *mlt_key_id(const struct mlt_key *key)
{
    return key->id;
}

/* Reads at most FILE_BYTES of a file that only its owner may read: asked of the opened file, so
 * that nobody changes it in between. */
static bool read_secret(const char *path, char text[FILE_BYTES], size_t *len, struct mlt_err *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        int reason = errno;
        mlt_err_sys(err, reason, "cannot read the key %s", path);
        if (reason == ENOENT || reason == ENOTDIR)
            err->kind = MLT_ERR_USAGE;
        return false;
    }
    bool ok = fstat(fd, &info) == 0;
    if (!ok)
        mlt_err_sys(err, errno, "cannot read the key %s", path);
    else if (!S_ISREG(info.st_mode))
        ok = mlt_err_set(err, MLT_ERR_USAGE, "cannot read the key %s: not a regular file", path);
    else if (info.st_mode & 077)
        ok = mlt_err_set(err, MLT_ERR_USAGE,
                         "the private key %s can be read by others (mode %04o): chmod 600 %s", path,
                         (unsigned)(info.st_mode & 07777), path);
    *len = 0;
    while (ok && *len < FILE_BYTES) {
        ssize_t got = read(fd, text + *len, FILE_BYTES - *len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            ok = mlt_err_sys(err, errno, "cannot read the key %s", path);
        if (got <= 0)
            break;
        *len += (size_t)got;
    }
    close(fd);
    return ok && *len == FILE_BYTES
               ? mlt_err_set(err, MLT_ERR_USAGE, "%s is too large to be a private key", path)
               : ok;
}

/* Nobody types a passphrase during a run. */
static int no_passphrase(char *buf, int size, int writing, void *context)
{
    (void)buf, (void)size, (void)writing;
    *(bool *)context = true;
    return -1;
}

static EVP_PKEY *parse_pem(const char *text, size_t len, bool *encrypted)
{
    BIO *bio = BIO_new_mem_buf(text, (int)len);
    EVP_PKEY *pair = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, encrypted) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return pair;
}

static bool parse_openssh(const char *text, size_t len, EVP_PKEY **out, struct mlt_err *err)
{
    uint8_t seed[MLT_OPENSSH_KEY_BYTES], said[MLT_OPENSSH_KEY_BYTES], is[MLT_OPENSSH_KEY_BYTES];
    size_t got = sizeof is;
    bool ok = mlt_openssh_private(text, len, seed, said, err);
    if (ok) {
        *out = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
        ok = *out && EVP_PKEY_get_raw_public_key(*out, is, &got) == 1
                 ? true
                 : trouble(err, "use a private key");
        if (ok && memcmp(is, said, sizeof is) != 0)
            ok = mlt_err_set(err, MLT_ERR_USAGE, "its public half belongs to another key");
    }
    OPENSSL_cleanse(seed, sizeof seed);
    return ok;
}

static bool parse_private(const char *text, size_t len, struct mlt_key **out, struct mlt_err *err)
{
    EVP_PKEY *pair = NULL;
    bool encrypted = false, ok = true;
    if (!is_set_up())
        return mlt_err_oom(err);
    if (mlt_openssh_is_private(text, len))
        ok = parse_openssh(text, len, &pair, err);
    else {
        pair = parse_pem(text, len, &encrypted);
        if (!pair)
            ok = mlt_err_set(err, MLT_ERR_USAGE, "%s",
                             encrypted ? "it is protected by a passphrase, which nobody could type "
                                         "during a run: use a key without one (mltest keys new)"
                                       : "it is no private key in PEM: make one with "
                                         "`mltest keys new`");
        else if (EVP_PKEY_get_base_id(pair) != EVP_PKEY_ED25519)
            ok = mlt_err_set(err, MLT_ERR_USAGE,
                             "it is no Ed25519 key but one of the kind %s: make one with "
                             "`mltest keys new`",
                             EVP_PKEY_get0_type_name(pair));
    }
    if (ok)
        return wrap(pair, true, out, err);
    EVP_PKEY_free(pair);
    return false;
}

bool mlt_key_load(const char *path, struct mlt_key **out, struct mlt_err *err)
{
    char text[FILE_BYTES];
    size_t len = 0;
    bool ok = read_secret(path, text, &len, err);
    if (ok && !parse_private(text, len, out, err)) {
        ok = false;
        mlt_err_prefix(err, "the private key %s", path);
    }
    OPENSSL_cleanse(text, sizeof text);
    return ok;
}

/* Writes under a temporary name, mode 0600 from the first byte on, and renames. */
static bool write_secret(const char *path, const char *text, size_t len, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    bool existed = false, ok;
    char *temporary = mlt_arena_printf(&arena, "%s.tmp-XXXXXX", path);
    char *folder = temporary ? mlt_fs_dirname(&arena, path) : NULL;
    int fd = folder ? mkostemp(temporary, O_CLOEXEC) : -1;
    if (!folder)
        ok = mlt_err_oom(err);
    else if (fd < 0)
        ok = mlt_err_sys(err, errno, "cannot write the key %s", path);
    else {
        ok = fchmod(fd, 0600) == 0 && mlt_fs_write_all(fd, text, len) && fsync(fd) == 0;
        if (!ok)
            mlt_err_sys(err, errno, "cannot write the key %s", path);
        close(fd);
        if (ok && !mlt_fs_rename_new(temporary, path, &existed, err)) {
            ok = false;
            if (existed)
                mlt_err_set(err, MLT_ERR_USAGE,
                            "%s exists: a private key is never written over another file", path);
        }
        if (ok)
            ok = mlt_fs_sync_dir(folder, err);
        else
            unlink(temporary);
    }
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_key_store(const struct mlt_key *key, const char *path, struct mlt_err *err)
{
    if (!key->is_private)
        return mlt_err_set(err, MLT_ERR_USAGE, "only the public half of key %.12s is known",
                           key->id);
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    bool ok = bio && PEM_write_bio_PKCS8PrivateKey(bio, key->pair, NULL, NULL, 0, NULL, NULL) == 1;
    long len = ok ? BIO_get_mem_data(bio, &text) : 0;
    if (!ok || len <= 0)
        ok = trouble(err, "encode a private key");
    else {
        ok = write_secret(path, text, (size_t)len, err);
        OPENSSL_cleanse(text, (size_t)len);
    }
    BIO_free(bio);
    return ok;
}

bool mlt_key_public_from_bytes(const uint8_t bytes[MLT_PUBLIC_KEY_BYTES], struct mlt_key **out,
                               struct mlt_err *err)
{
    if (!is_set_up())
        return mlt_err_oom(err);
    EVP_PKEY *pair =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, MLT_PUBLIC_KEY_BYTES);
    if (pair)
        return wrap(pair, false, out, err);
    ERR_clear_error();
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "these bytes are no Ed25519 public key");
}

bool mlt_key_public_parse(const char *pem, size_t len, struct mlt_key **out, struct mlt_err *err)
{
    uint8_t bytes[MLT_PUBLIC_KEY_BYTES];
    if (!is_set_up())
        return mlt_err_oom(err);
    if (mlt_openssh_is_public(pem, len))
        return mlt_openssh_public(pem, len, bytes, err) &&
               mlt_key_public_from_bytes(bytes, out, err);
    BIO *bio = len < FILE_BYTES ? BIO_new_mem_buf(pem, (int)len) : NULL;
    EVP_PKEY *pair = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    if (pair && EVP_PKEY_get_base_id(pair) == EVP_PKEY_ED25519)
        return wrap(pair, false, out, err);
    if (pair)
        mlt_err_set(err, MLT_ERR_EVIDENCE,
                    "expected an Ed25519 public key, found one of the kind %s",
                    EVP_PKEY_get0_type_name(pair));
    else
        mlt_err_set(err, MLT_ERR_EVIDENCE,
                    "it is no public key in PEM (-----BEGIN PUBLIC KEY-----)");
    EVP_PKEY_free(pair);
    return false;
}

bool mlt_key_public_pem(const struct mlt_key *key, struct mlt_buf *out, struct mlt_err *err)
{
    char *text = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    long len = bio && PEM_write_bio_PUBKEY(bio, key->pair) == 1 ? BIO_get_mem_data(bio, &text) : 0;
    if (len > 0)
        mlt_buf_append(out, text, (size_t)len);
    BIO_free(bio);
    return len > 0 ? mlt_buf_check(out, err) : trouble(err, "encode a public key");
}

bool mlt_key_public_bytes(const struct mlt_key *key, uint8_t out[MLT_PUBLIC_KEY_BYTES],
                          struct mlt_err *err)
{
    size_t len = MLT_PUBLIC_KEY_BYTES;
    return (EVP_PKEY_get_raw_public_key(key->pair, out, &len) == 1 &&
            len == MLT_PUBLIC_KEY_BYTES) ||
           trouble(err, "encode a public key");
}

bool mlt_key_sign(const struct mlt_key *key, const void *data, size_t len,
                  uint8_t out[MLT_SIGNATURE_BYTES], struct mlt_err *err)
{
    size_t size = MLT_SIGNATURE_BYTES;
    if (!key->is_private)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "only the public half of key %.12s is known: it cannot sign", key->id);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair) == 1 &&
              EVP_DigestSign(context, out, &size, data, len) == 1 && size == MLT_SIGNATURE_BYTES;
    EVP_MD_CTX_free(context);
    return ok || trouble(err, "sign");
}

bool mlt_key_verify(const struct mlt_key *key, const void *data, size_t len,
                    const uint8_t signature[MLT_SIGNATURE_BYTES], bool *good, struct mlt_err *err)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ready = context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pair) == 1;
    if (ready)
        *good = EVP_DigestVerify(context, signature, MLT_SIGNATURE_BYTES, data, len) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return ready || trouble(err, "check a signature");
}

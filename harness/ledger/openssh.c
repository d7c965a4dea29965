#include "harness/ledger/openssh.h"

#include <openssl/crypto.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/codec/base64.h"

#define KIND "ssh-ed25519"
#define PUBLIC_START KIND " "
static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
static const char end[] = "-----END OPENSSH PRIVATE KEY-----\n";
static const char magic[] = "openssh-key-v1"; /* its NUL belongs to it */

/* Where reading stands in the binary form; everything there is counted by lengths of 4 bytes. */
struct cursor {
    const uint8_t *at;
    size_t left;
};

static bool take_number(struct cursor *c, uint32_t *out)
{
    if (c->left < 4)
        return false;
    *out = (uint32_t)c->at[0] << 24 | (uint32_t)c->at[1] << 16 | (uint32_t)c->at[2] << 8 | c->at[3];
    c->at += 4;
    c->left -= 4;
    return true;
}

static bool take_string(struct cursor *c, struct cursor *out)
{
    uint32_t len;
    if (!take_number(c, &len) || len > c->left)
        return false;
    *out = (struct cursor){c->at, len};
    c->at += len;
    c->left -= len;
    return true;
}

static bool is_text(const struct cursor *c, const char *text)
{
    return c->left == strlen(text) && memcmp(c->at, text, c->left) == 0;
}

/* string "ssh-ed25519", string key: the public key's own form. */
static bool take_public(struct cursor *c, uint8_t public_key[MLT_OPENSSH_KEY_BYTES])
{
    struct cursor kind, key;
    if (!take_string(c, &kind) || !is_text(&kind, KIND) || !take_string(c, &key) ||
        key.left != MLT_OPENSSH_KEY_BYTES)
        return false;
    memcpy(public_key, key.at, MLT_OPENSSH_KEY_BYTES);
    return true;
}

/* The private part: a number twice, the key, its comment, and 1, 2, 3… up to a multiple of 8. */
static bool take_private(struct cursor c, uint8_t seed[MLT_OPENSSH_KEY_BYTES],
                         const uint8_t public_key[MLT_OPENSSH_KEY_BYTES])
{
    uint8_t again[MLT_OPENSSH_KEY_BYTES];
    struct cursor both, comment;
    uint32_t check[2];
    if (c.left % 8 != 0 || !take_number(&c, &check[0]) || !take_number(&c, &check[1]) ||
        check[0] != check[1] || !take_public(&c, again) || !take_string(&c, &both) ||
        both.left != 2 * sizeof again || !take_string(&c, &comment) || c.left >= 8)
        return false;
    for (size_t i = 0; i < c.left; i++)
        if (c.at[i] != i + 1)
            return false;
    memcpy(seed, both.at, sizeof again);
    return memcmp(again, public_key, sizeof again) == 0 &&
           memcmp(both.at + sizeof again, public_key, sizeof again) == 0;
}

static bool read_private(struct cursor c, uint8_t seed[MLT_OPENSSH_KEY_BYTES],
                         uint8_t public_key[MLT_OPENSSH_KEY_BYTES], struct mlt_err *err)
{
    struct cursor cipher, derivation, options, outer, inner;
    uint32_t keys = 0;
    if (c.left < sizeof magic || memcmp(c.at, magic, sizeof magic) != 0)
        return mlt_err_set(err, MLT_ERR_USAGE, "it is not in the form openssh-key-v1");
    c.at += sizeof magic;
    c.left -= sizeof magic;
    if (!take_string(&c, &cipher) || !take_string(&c, &derivation) || !take_string(&c, &options) ||
        !take_number(&c, &keys) || keys != 1 || !take_string(&c, &outer) ||
        !take_string(&c, &inner) || c.left != 0)
        return mlt_err_set(err, MLT_ERR_USAGE, "it is cut off, or not one key in OpenSSH's form");
    if (!is_text(&cipher, "none"))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "it is protected by a passphrase, which nobody could type during a run: "
                           "use a key without one (mltest keys new)");
    if (!take_public(&outer, public_key) || outer.left != 0 ||
        !take_private(inner, seed, public_key))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "it is no whole Ed25519 key: make one with `mltest keys new` or "
                           "`ssh-keygen -t ed25519`");
    return true;
}

bool mlt_openssh_is_private(const char *text, size_t len)
{
    return len >= strlen(begin) && memcmp(text, begin, strlen(begin)) == 0;
}

/* The letters between the two lines, without their line ends. */
static bool unwrap(const char *text, size_t len, struct mlt_buf *letters)
{
    size_t head = strlen(begin), tail = strlen(end);
    if (!mlt_openssh_is_private(text, len) || len < head + tail ||
        memcmp(text + len - tail, end, tail) != 0)
        return false;
    for (size_t i = head; i < len - tail; i++)
        if (text[i] != '\n')
            mlt_buf_putc(letters, text[i]);
    return true;
}

/* Leaves nothing of a private key in memory that is given back. */
static void wipe(struct mlt_buf *buf)
{
    if (buf->capacity)
        OPENSSL_cleanse(buf->data, buf->capacity);
    mlt_buf_free(buf);
}

bool mlt_openssh_private(const char *text, size_t len, uint8_t seed[MLT_OPENSSH_KEY_BYTES],
                         uint8_t public_key[MLT_OPENSSH_KEY_BYTES], struct mlt_err *err)
{
    struct mlt_buf letters = MLT_BUF_INIT, bytes = MLT_BUF_INIT;
    /* Room at once: a buffer that grows leaves copies behind. */
    bool ok =
        mlt_buf_reserve(&letters, len) && mlt_buf_reserve(&bytes, len) ? true : mlt_err_oom(err);
    if (ok &&
        (!unwrap(text, len, &letters) || !mlt_base64_decode(letters.data, letters.len, &bytes)))
        ok = mlt_err_set(err, MLT_ERR_USAGE, "it is no whole key in OpenSSH's form");
    ok = ok && read_private((struct cursor){(const uint8_t *)bytes.data, bytes.len}, seed,
                            public_key, err);
    wipe(&letters);
    wipe(&bytes);
    return ok;
}

bool mlt_openssh_is_public(const char *text, size_t len)
{
    return len > strlen(PUBLIC_START) && memcmp(text, PUBLIC_START, strlen(PUBLIC_START)) == 0;
}

bool mlt_openssh_public(const char *text, size_t len, uint8_t public_key[MLT_OPENSSH_KEY_BYTES],
                        struct mlt_err *err)
{
    struct mlt_buf bytes = MLT_BUF_INIT;
    size_t start = strlen(PUBLIC_START), stop = start;
    bool ok = mlt_openssh_is_public(text, len);
    while (ok && stop < len && !strchr(" \r\n", text[stop]))
        stop++;
    ok = ok && mlt_base64_decode(text + start, stop - start, &bytes);
    struct cursor c = {(const uint8_t *)bytes.data, bytes.len};
    ok = ok && take_public(&c, public_key) && c.left == 0;
    mlt_buf_free(&bytes);
    return ok ? true
              : mlt_err_set(err, MLT_ERR_EVIDENCE,
                            "it is no public key of the kind ssh-ed25519 on one line");
}

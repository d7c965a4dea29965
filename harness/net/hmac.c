#include "harness/net/hmac.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK_BYTES = 64, DIGEST_BYTES = 32 };

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void from_hex(const char *hex, uint8_t out[DIGEST_BYTES])
{
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        out[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
}

/* SHA-256 of the key under a mask, then the data. */
static bool keyed(const uint8_t key[BLOCK_BYTES], uint8_t mask, const void *data, size_t len,
                  char out[MLT_SHA256_HEX], struct mlt_err *err)
{
    uint8_t pad[BLOCK_BYTES];
    struct mlt_hash *hash = mlt_hash_new();
    if (!hash)
        return mlt_err_oom(err);
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        pad[i] = key[i] ^ mask;
    bool ok = mlt_hash_update(hash, pad, sizeof pad, err) &&
              mlt_hash_update(hash, data, len, err) && mlt_hash_finish(hash, out, err);
    explicit_bzero(pad, sizeof pad);
    mlt_hash_free(hash);
    return ok;
}

bool mlt_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                     char out[MLT_SHA256_HEX], struct mlt_err *err)
{
    uint8_t block[BLOCK_BYTES] = {0}, inner[DIGEST_BYTES];
    char hex[MLT_SHA256_HEX];
    bool ok = true;
    if (key_len <= BLOCK_BYTES) {
        memcpy(block, key, key_len);
    } else {
        ok = mlt_hash_bytes(key, key_len, hex, err);
        if (ok)
            from_hex(hex, block);
    }
    ok = ok && keyed(block, 0x36, data, len, hex, err);
    if (ok)
        from_hex(hex, inner);
    ok = ok && keyed(block, 0x5c, inner, sizeof inner, out, err);
    explicit_bzero(block, sizeof block);
    return ok;
}

#include "harness/ledger/checkpoint.h"

#include <inttypes.h>
#include <string.h>

#include "harness/base/hash.h"
#include "harness/base/str.h"
#include "harness/codec/base64.h"

/* An em dash and a space, in UTF-8. */
static const char lead[] = "\xe2\x80\x94 ";
enum { ALGORITHM_ED25519 = 1, SIGNATURES_MAX = 100 };

static bool key_hash(const char *name, const struct mlt_key *key,
                     uint8_t out[MLT_CHECKPOINT_KEY_HASH_BYTES], struct mlt_err *err)
{
    const uint8_t algorithm = ALGORITHM_ED25519;
    uint8_t bytes[MLT_PUBLIC_KEY_BYTES], digest[MLT_SHA256_BYTES];
    if (!mlt_key_public_bytes(key, bytes, err))
        return false;
    const struct mlt_hash_part parts[] = {
        {name, strlen(name)}, {"\n", 1}, {&algorithm, 1}, {bytes, sizeof bytes}};
    if (!mlt_hash_parts(parts, 4, digest, err))
        return false;
    memcpy(out, digest, MLT_CHECKPOINT_KEY_HASH_BYTES);
    return true;
}

bool mlt_note_sign(const char *text, size_t len, const char *name, const struct mlt_key *key,
                   struct mlt_buf *out, struct mlt_err *err)
{
    uint8_t signature[MLT_CHECKPOINT_KEY_HASH_BYTES + MLT_SIGNATURE_BYTES];
    if (!name[0] || strpbrk(name, " +\n"))
        return mlt_err_set(err, MLT_ERR_USAGE, "\"%.60s\" cannot be the name under a note", name);
    if (!key_hash(name, key, signature, err) ||
        !mlt_key_sign(key, text, len, signature + MLT_CHECKPOINT_KEY_HASH_BYTES, err))
        return false;
    mlt_buf_append(out, text, len);
    mlt_buf_printf(out, "\n%s%s ", lead, name);
    mlt_base64_encode(signature, sizeof signature, out);
    mlt_buf_putc(out, '\n');
    return mlt_buf_check(out, err);
}

bool mlt_checkpoint_sign(const char *origin, uint64_t size, const struct mlt_merkle_hash *root,
                         const struct mlt_key *key, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "%s\n%" PRIu64 "\n", origin, size);
    mlt_base64_encode(root->bytes, sizeof root->bytes, &text);
    mlt_buf_putc(&text, '\n');
    bool ok =
        mlt_buf_check(&text, err) && mlt_note_sign(text.data, text.len, origin, key, out, err);
    mlt_buf_free(&text);
    return ok;
}

bool mlt_note_verifier(const char *name, const struct mlt_key *key, struct mlt_buf *out,
                       struct mlt_err *err)
{
    uint8_t hash[MLT_CHECKPOINT_KEY_HASH_BYTES], bytes[1 + MLT_PUBLIC_KEY_BYTES];
    bytes[0] = ALGORITHM_ED25519;
    if (!key_hash(name, key, hash, err) || !mlt_key_public_bytes(key, bytes + 1, err))
        return false;
    mlt_buf_printf(out, "%s+%02x%02x%02x%02x+", name, hash[0], hash[1], hash[2], hash[3]);
    mlt_base64_encode(bytes, sizeof bytes, out);
    return mlt_buf_check(out, err);
}

static bool is_clean(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
            return false;
    return mlt_str_utf8_valid(text, len, NULL);
}

/* The line that begins at `*at`, without its newline; NULL at the end. */
static const char *next_line(const char **at, const char *end, struct mlt_arena *arena)
{
    const char *from = *at, *newline = memchr(from, '\n', (size_t)(end - from));
    if (!newline)
        return NULL;
    *at = newline + 1;
    return mlt_arena_strndup(arena, from, (size_t)(newline - from));
}

static bool bad(const char *file, const char *what, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is no checkpoint of a log: %s", file, what);
}

static bool parse_text(const char *file, struct mlt_arena *arena, struct mlt_checkpoint *out,
                       struct mlt_err *err)
{
    const char *at = out->note, *end = out->note + out->text_len;
    struct mlt_buf root = MLT_BUF_INIT;
    out->origin = next_line(&at, end, arena);
    const char *size = next_line(&at, end, arena), *hash = next_line(&at, end, arena);
    if (!out->origin || !out->origin[0] || !size || !hash)
        return bad(file, "its first three lines are not a name, a number and a digest", err);
    if (!mlt_str_parse_uint(size, UINT64_MAX, &out->size) || (size[0] == '0' && size[1]))
        return bad(file, "its second line is not the number of entries", err);
    bool ok = mlt_base64_decode(hash, strlen(hash), &root) && root.len == sizeof out->root.bytes;
    if (ok)
        memcpy(out->root.bytes, root.data, root.len);
    mlt_buf_free(&root);
    return ok || bad(file, "its third line is not the digest of a tree", err);
}

/* "— name base64"; `*ours` when it is as long as a signature that we can judge. */
static bool parse_signature(const char *file, const char *line, struct mlt_arena *arena,
                            struct mlt_checkpoint_signature *out, bool *ours, struct mlt_err *err)
{
    struct mlt_buf bytes = MLT_BUF_INIT;
    const char *name = mlt_str_starts(line, lead) ? line + strlen(lead) : NULL;
    const char *space = name ? strchr(name, ' ') : NULL;
    if (!space || space == name)
        return bad(file, "a line below the blank one is not a signature", err);
    out->name = mlt_arena_strndup(arena, name, (size_t)(space - name));
    if (!out->name)
        return mlt_err_oom(err);
    bool ok = !strchr(out->name, '+') && mlt_base64_decode(space + 1, strlen(space + 1), &bytes) &&
              bytes.len > sizeof out->key_hash;
    *ours = ok && bytes.len == sizeof out->key_hash + sizeof out->bytes;
    if (*ours) {
        memcpy(out->key_hash, bytes.data, sizeof out->key_hash);
        memcpy(out->bytes, bytes.data + sizeof out->key_hash, sizeof out->bytes);
    }
    mlt_buf_free(&bytes);
    return ok || bad(file, "a line below the blank one is not a signature", err);
}

static bool parse_signatures(const char *file, struct mlt_arena *arena, struct mlt_checkpoint *out,
                             struct mlt_err *err)
{
    const char *at = out->note + out->text_len + 1, *end = out->note + out->note_len;
    size_t capacity = 0, lines = 0;
    while (at < end) {
        bool ours;
        const char *line = next_line(&at, end, arena);
        struct mlt_checkpoint_signature *grown =
            mlt_arena_grow(arena, out->signatures, out->signature_count, &capacity, sizeof *grown);
        if (!line)
            return bad(file, "it does not end with a newline", err);
        if (!grown)
            return mlt_err_oom(err);
        if (++lines > SIGNATURES_MAX)
            return bad(file, "it has more than 100 signatures", err);
        out->signatures = grown;
        if (!parse_signature(file, line, arena, &grown[out->signature_count], &ours, err))
            return false;
        if (ours)
            out->signature_count++;
    }
    return lines > 0 || bad(file, "it has no signature", err);
}

bool mlt_checkpoint_parse(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                          struct mlt_checkpoint *out, struct mlt_err *err)
{
    struct mlt_checkpoint checkpoint = {.note_len = len};
    const char *blank = NULL;
    if (len > MLT_CHECKPOINT_MAX_BYTES)
        return bad(file, "it is longer than 64 KiB", err);
    if (!is_clean(text, len))
        return bad(file, "it is no text", err);
    checkpoint.note = mlt_arena_strndup(arena, text, len);
    if (!checkpoint.note)
        return mlt_err_oom(err);
    /* The last blank line: there may be others in a text. */
    for (const char *at = checkpoint.note; (at = strstr(at, "\n\n")); at++)
        blank = at;
    if (!blank)
        return bad(file, "no blank line stands between the text and its signatures", err);
    checkpoint.text_len = (size_t)(blank - checkpoint.note) + 1;
    if (!parse_text(file, arena, &checkpoint, err) ||
        !parse_signatures(file, arena, &checkpoint, err))
        return false;
    *out = checkpoint;
    return true;
}

static bool verify_one(const struct mlt_checkpoint *checkpoint,
                       const struct mlt_checkpoint_signature *signature, const struct mlt_key *key,
                       bool *good, struct mlt_err *err)
{
    uint8_t hash[MLT_CHECKPOINT_KEY_HASH_BYTES];
    *good = false;
    if (!key_hash(signature->name, key, hash, err))
        return false;
    return memcmp(hash, signature->key_hash, sizeof hash) != 0 ||
           mlt_key_verify(key, checkpoint->note, checkpoint->text_len, signature->bytes, good, err);
}

bool mlt_checkpoint_verify(const struct mlt_checkpoint *checkpoint, struct mlt_key *const *keys,
                           size_t key_count, bool *good, size_t *by, struct mlt_err *err)
{
    *good = false;
    for (size_t i = 0; i < checkpoint->signature_count; i++)
        for (size_t k = 0; k < key_count; k++) {
            if (!verify_one(checkpoint, &checkpoint->signatures[i], keys[k], good, err))
                return false;
            if (*good) {
                if (by)
                    *by = k;
                return true;
            }
        }
    return true;
}

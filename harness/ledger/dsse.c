#include "harness/ledger/dsse.h"

#include <string.h>

#include "harness/codec/base64.h"
#include "harness/codec/json.h"

enum { MAX_SIGNATURES = 64 };

void mlt_dsse_pae(const char *type, const void *payload, size_t len, struct mlt_buf *out)
{
    mlt_buf_printf(out, "DSSEv1 %zu %s %zu ", strlen(type), type, len);
    mlt_buf_append(out, payload, len);
}

static bool put_base64(struct mlt_json_out *json, const char *key, const void *data, size_t len,
                       struct mlt_err *err)
{
    struct mlt_buf letters = MLT_BUF_INIT;
    mlt_base64_encode(data, len, &letters);
    bool ok = mlt_buf_check(&letters, err);
    if (ok) {
        mlt_json_out_key(json, key);
        mlt_json_out_string_len(json, letters.data, letters.len);
    }
    mlt_buf_free(&letters);
    return ok;
}

bool mlt_dsse_encode(const struct mlt_dsse *envelope, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "payloadType", envelope->payload_type);
    if (!put_base64(&json, "payload", envelope->payload, envelope->payload_len, err))
        return false;
    mlt_json_out_key(&json, "signatures");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < envelope->signature_count; i++) {
        const struct mlt_dsse_signature *s = &envelope->signatures[i];
        mlt_json_out_object(&json);
        mlt_json_out_kstring(&json, "keyid", s->key_id);
        if (!put_base64(&json, "sig", s->bytes, s->len, err))
            return false;
        mlt_json_out_object_end(&json);
    }
    mlt_json_out_array_end(&json);
    mlt_json_out_object_end(&json);
    return mlt_json_out_finish(&json, err);
}

bool mlt_dsse_sign(const char *type, const void *payload, size_t len, const struct mlt_key *key,
                   struct mlt_buf *out, struct mlt_err *err)
{
    uint8_t bytes[MLT_SIGNATURE_BYTES];
    struct mlt_dsse_signature signature = {mlt_key_id(key), bytes, sizeof bytes};
    const struct mlt_dsse envelope = {type, payload, len, &signature, 1};
    struct mlt_buf pae = MLT_BUF_INIT;
    mlt_dsse_pae(type, payload, len, &pae);
    bool ok = mlt_buf_check(&pae, err) && mlt_key_sign(key, pae.data, pae.len, bytes, err) &&
              mlt_dsse_encode(&envelope, out, err);
    mlt_buf_free(&pae);
    return ok;
}

/* Either alphabet (protocol.md of DSSE: "verifiers MUST accept either"), but not a mix of both. */
static bool decode_letters(const char *letters, struct mlt_arena *arena, const char **out,
                           size_t *out_len, bool *good, struct mlt_err *err)
{
    struct mlt_buf bytes = MLT_BUF_INIT;
    char *plain = mlt_arena_strdup(arena, letters);
    if (!plain)
        return mlt_err_oom(err);
    if (!strpbrk(plain, "+/"))
        for (char *c = plain; *c; c++)
            *c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
    *good = mlt_base64_decode(plain, strlen(plain), &bytes);
    bool ok = mlt_buf_check(&bytes, err);
    if (ok && *good) {
        *out = mlt_arena_memdup(arena, bytes.data, bytes.len);
        *out_len = bytes.len;
        ok = *out ? true : mlt_err_oom(err);
    }
    mlt_buf_free(&bytes);
    return ok;
}

static bool read_signature(const char *file, const struct mlt_json *node, struct mlt_arena *arena,
                           struct mlt_dsse_signature *out, struct mlt_err *err)
{
    const struct mlt_json *key_id = mlt_json_get(node, "keyid");
    const char *sig = mlt_json_string(mlt_json_get(node, "sig"));
    const char *bytes = "";
    bool good = false;
    if (!sig || (key_id && !mlt_json_string(key_id)))
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s: a signature of an envelope has \"sig\" and maybe \"keyid\", both "
                           "text",
                           file);
    out->key_id = key_id ? mlt_arena_strdup(arena, mlt_json_string(key_id)) : "";
    if (!out->key_id)
        return mlt_err_oom(err);
    if (!decode_letters(sig, arena, &bytes, &out->len, &good, err))
        return false;
    out->bytes = (const uint8_t *)bytes;
    return good || mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: a signature is not base64", file);
}

static bool read_signatures(const char *file, const struct mlt_json *list, struct mlt_arena *arena,
                            struct mlt_dsse *out, struct mlt_err *err)
{
    size_t count = mlt_json_count(list);
    if (!list || mlt_json_type(list) != MLT_JSON_ARRAY || count == 0 || count > MAX_SIGNATURES)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s: \"signatures\" of an envelope is a list of 1 to %d", file,
                           MAX_SIGNATURES);
    out->signatures = mlt_arena_calloc(arena, count, sizeof *out->signatures);
    if (!out->signatures)
        return mlt_err_oom(err);
    for (const struct mlt_json *n = mlt_json_first(list); n; n = mlt_json_next(n))
        if (!read_signature(file, n, arena, &out->signatures[out->signature_count++], err))
            return false;
    return true;
}

static bool read_envelope(const char *file, const struct mlt_json *document,
                          struct mlt_arena *arena, struct mlt_dsse *out, struct mlt_err *err)
{
    const char *type = mlt_json_string(mlt_json_get(document, "payloadType"));
    const char *payload = mlt_json_string(mlt_json_get(document, "payload"));
    bool good = false;
    if (!type || !payload)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s: an envelope has \"payloadType\" and \"payload\", both text", file);
    out->payload_type = mlt_arena_strdup(arena, type);
    if (!out->payload_type)
        return mlt_err_oom(err);
    if (!decode_letters(payload, arena, &out->payload, &out->payload_len, &good, err))
        return false;
    if (!good)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: the payload is not base64", file);
    return read_signatures(file, mlt_json_get(document, "signatures"), arena, out, err);
}

bool mlt_dsse_parse(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                    struct mlt_dsse *out, struct mlt_err *err)
{
    struct mlt_dsse envelope = {0};
    struct mlt_json *document;
    if (!mlt_json_parse_kept(file, text, len, &document, err))
        return false;
    bool ok = read_envelope(file, document, arena, &envelope, err);
    mlt_json_free(document);
    if (ok)
        *out = envelope;
    return ok;
}

bool mlt_dsse_verify(const struct mlt_dsse *envelope, struct mlt_key *const *keys, size_t key_count,
                     bool *good, size_t *by, struct mlt_err *err)
{
    struct mlt_buf pae = MLT_BUF_INIT;
    mlt_dsse_pae(envelope->payload_type, envelope->payload, envelope->payload_len, &pae);
    bool ok = mlt_buf_check(&pae, err), found = false;
    for (size_t i = 0; ok && !found && i < envelope->signature_count; i++)
        for (size_t k = 0; ok && !found && k < key_count; k++) {
            if (envelope->signatures[i].len != MLT_SIGNATURE_BYTES)
                break;
            ok = mlt_key_verify(keys[k], pae.data, pae.len, envelope->signatures[i].bytes, &found,
                                err);
            if (ok && found && by)
                *by = k;
        }
    mlt_buf_free(&pae);
    *good = ok && found;
    return ok;
}

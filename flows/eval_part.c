#include "flows/eval_part.h"

#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/hash.h"
#include "harness/domain/field.h"

/* The last byte is the version. */
static const char magic[8] = {'M', 'L', 'T', 'P', 'A', 'R', 'T', '2'};
enum { MAX_HEADER_BYTES = 16 << 20, MAX_SHARDS = 1000000, DIGEST_BYTES = MLT_SHA256_HEX - 1 };
enum { HEAD_BYTES = 8 + 8 };

static void write_header(const struct mlt_eval_part *part, struct mlt_json_out *json)
{
    mlt_json_out_object(json);
    mlt_json_out_kint(json, "mltest_partial", 2);
    mlt_json_out_key(json, "data");
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "sha256", part->sha256);
    mlt_json_out_kint(json, "rows", (int64_t)part->rows);
    mlt_json_out_object_end(json);
    mlt_json_out_kint(json, "shards", part->shards);
    mlt_json_out_key(json, "has");
    mlt_json_out_array(json);
    for (unsigned i = 0; i < part->shards; i++)
        if (part->has[i])
            mlt_json_out_int(json, i + 1);
    mlt_json_out_array_end(json);
    mlt_json_out_key(json, "request");
    mlt_json_out_raw(json, part->request_json, strlen(part->request_json));
    mlt_json_out_object_end(json);
}

bool mlt_eval_part_write(const struct mlt_eval_part *part, struct mlt_err *err)
{
    struct mlt_buf file = MLT_BUF_INIT, header = MLT_BUF_INIT;
    struct mlt_json_out json;
    char digest[MLT_SHA256_HEX];
    mlt_json_out_init(&json, &header, false);
    write_header(part, &json);
    bool ok = mlt_json_out_finish(&json, err);
    unsigned char length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)header.len >> (8 * i));
    mlt_buf_append(&file, magic, sizeof magic);
    mlt_buf_append(&file, length, sizeof length);
    mlt_buf_append(&file, header.data, header.len);
    mlt_buf_append(&file, part->payload, part->payload_bytes);
    ok = ok && mlt_buf_check(&file, err) && mlt_hash_bytes(file.data, file.len, digest, err);
    if (ok) {
        mlt_buf_append(&file, digest, DIGEST_BYTES);
        ok = mlt_buf_check(&file, err) && mlt_fs_write_atomic(part->path, file.data, file.len, err);
    }
    mlt_buf_free(&header);
    mlt_buf_free(&file);
    return ok;
}

bool mlt_eval_part_encode(const struct mlt_evaluation_set *set, struct mlt_eval_part *part,
                          struct mlt_err *err)
{
    struct mlt_buf payload = MLT_BUF_INIT;
    bool ok = mlt_evaluation_set_encode(set, &payload, err);
    part->payload = (const unsigned char *)payload.data;
    part->payload_bytes = payload.len;
    ok = ok && mlt_eval_part_write(part, err);
    mlt_buf_free(&payload);
    return ok;
}

static bool damaged(const char *path, const char *what, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: the partial result is damaged: %s", path, what);
}

static bool read_has(struct mlt_field_reader *in, struct mlt_eval_part *out)
{
    size_t count;
    const double *list = mlt_field_numbers(in, "has", MAX_SHARDS, &count);
    bool *has = mlt_arena_calloc(in->arena, out->shards, sizeof *has);
    if (has == NULL || list == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!(list[i] >= 1 && list[i] <= out->shards) || has[(unsigned)list[i] - 1])
            return false;
        has[(unsigned)list[i] - 1] = true;
    }
    out->has = has;
    return count > 0;
}

static bool read_header(const char *path, const struct mlt_json *node, struct mlt_arena *arena,
                        struct mlt_eval_part *out, struct mlt_err *err)
{
    struct mlt_field_reader in = mlt_field_reader(node, "partial result", arena, err);
    struct mlt_field_reader data =
        mlt_field_reader(mlt_json_get(node, "data"), "data of a partial result", arena, err);
    out->sha256 = mlt_field_text(&data, "sha256");
    out->rows = mlt_field_count(&data, "rows");
    uint64_t shards = mlt_field_count(&in, "shards");
    if (!mlt_field_finish(&in) || !mlt_field_finish(&data))
        return mlt_err_prefix(err, "%s", path);
    if (shards < 1 || shards > MAX_SHARDS)
        return damaged(path, "the number of shards", err);
    out->shards = (unsigned)shards;
    if (!read_has(&in, out))
        return in.failed ? mlt_err_prefix(err, "%s", path)
                         : damaged(path, "the shards it has", err);
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    const struct mlt_json *request = mlt_json_get(node, "request");
    if (request == NULL)
        return damaged(path, "no request", err);
    mlt_json_out_node(&json, request);
    bool ok = mlt_json_out_finish(&json, err);
    if (ok) {
        out->request_json = mlt_arena_strdup(arena, text.data);
        ok = out->request_json != NULL || mlt_err_oom(err);
    }
    mlt_buf_free(&text);
    return ok;
}

/* Where the header ends; false for bytes that are no whole part. */
static bool check_frame(const char *path, const struct mlt_buf *file, size_t *header_bytes,
                        struct mlt_err *err)
{
    char digest[MLT_SHA256_HEX];
    if (file->len < sizeof magic || memcmp(file->data, magic, sizeof magic - 1) != 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is not a partial result (mltest eval --partial makes them)", path);
    if (file->data[sizeof magic - 1] != magic[sizeof magic - 1])
        return mlt_err_set(err, MLT_ERR_USAGE, "%s was written by a newer mltest", path);
    if (file->len < HEAD_BYTES + DIGEST_BYTES)
        return damaged(path, "it is cut short", err);
    size_t body = file->len - DIGEST_BYTES;
    if (!mlt_hash_bytes(file->data, body, digest, err))
        return false;
    if (memcmp(digest, file->data + body, DIGEST_BYTES) != 0)
        return damaged(path, "it is not what was written", err);
    uint64_t length = 0;
    for (int i = 0; i < 8; i++)
        length |= (uint64_t)(unsigned char)file->data[8 + i] << (8 * i);
    if (length > MAX_HEADER_BYTES || length > body - HEAD_BYTES)
        return damaged(path, "the length of its header", err);
    *header_bytes = (size_t)length;
    return true;
}

bool mlt_eval_part_read(const char *path, struct mlt_arena *arena, struct mlt_buf *file,
                        struct mlt_eval_part *out, struct mlt_err *err)
{
    size_t header_bytes = 0;
    struct mlt_json *header;
    if (!mlt_fs_read(path, SIZE_MAX, file, err) || !check_frame(path, file, &header_bytes, err))
        return false;
    *out = (struct mlt_eval_part){.path = path};
    if (!mlt_json_parse(path, file->data + HEAD_BYTES, header_bytes, &header, err)) {
        if (err->kind != MLT_ERR_INFRA)
            err->kind = MLT_ERR_EVIDENCE;
        return false;
    }
    bool ok = read_header(path, header, arena, out, err);
    mlt_json_free(header);
    out->payload = (const unsigned char *)file->data + HEAD_BYTES + header_bytes;
    out->payload_bytes = file->len - DIGEST_BYTES - HEAD_BYTES - header_bytes;
    return ok;
}

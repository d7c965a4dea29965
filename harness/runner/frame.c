#include "harness/runner/frame.h"

#include <string.h>

static const char mark[3] = {'M', 'L', 'T'};

static void put_u32(char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (char)(value >> (8 * i));
}

static uint32_t get_u32(const char *at)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value |= (uint32_t)(unsigned char)at[i] << (8 * i);
    return value;
}

size_t mlt_frame_begin(struct mlt_buf *buf, enum mlt_frame_type type)
{
    size_t begin = buf->len;
    char header[MLT_FRAME_HEADER_BYTES] = {mark[0], mark[1], mark[2], (char)type};
    mlt_buf_append(buf, header, sizeof header);
    return begin;
}

bool mlt_frame_end(struct mlt_buf *buf, size_t begin)
{
    if (buf->oom)
        return false;
    size_t len = buf->len - begin - MLT_FRAME_HEADER_BYTES;
    if (len > MLT_FRAME_MAX_BYTES) {
        buf->len = begin;
        buf->data[begin] = '\0';
        return false;
    }
    put_u32(buf->data + begin + 4, (uint32_t)len);
    return true;
}

enum mlt_frame_found mlt_frame_find(const char *data, size_t len, struct mlt_frame *out,
                                    size_t *taken)
{
    if (memcmp(data, mark, len < sizeof mark ? len : sizeof mark) != 0)
        return MLT_FRAME_BROKEN;
    if (len < MLT_FRAME_HEADER_BYTES)
        return MLT_FRAME_PARTIAL;
    unsigned type = (unsigned char)data[3];
    uint32_t size = get_u32(data + 4);
    if (type < MLT_FRAME_JOB || type > MLT_FRAME_OUTCOME || size > MLT_FRAME_MAX_BYTES)
        return MLT_FRAME_BROKEN;
    if (len - MLT_FRAME_HEADER_BYTES < size)
        return MLT_FRAME_PARTIAL;
    *out = (struct mlt_frame){(enum mlt_frame_type)type, data + MLT_FRAME_HEADER_BYTES, size};
    *taken = MLT_FRAME_HEADER_BYTES + (size_t)size;
    return MLT_FRAME_WHOLE;
}

void mlt_pack_u64(struct mlt_buf *buf, uint64_t value)
{
    char bytes[8];
    put_u32(bytes, (uint32_t)value);
    put_u32(bytes + 4, (uint32_t)(value >> 32));
    mlt_buf_append(buf, bytes, sizeof bytes);
}

void mlt_pack_double(struct mlt_buf *buf, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    mlt_pack_u64(buf, bits);
}

void mlt_pack_bytes(struct mlt_buf *buf, const void *data, size_t len)
{
    char size[4];
    /* Larger than any frame: the frame is refused at its end, whatever stands here. */
    put_u32(size, len >= MLT_FRAME_MAX_BYTES ? UINT32_MAX : (uint32_t)len + 1);
    mlt_buf_append(buf, size, sizeof size);
    mlt_buf_append(buf, data, len);
    mlt_buf_putc(buf, '\0');
}

void mlt_pack_text(struct mlt_buf *buf, const char *text)
{
    static const char null[4] = {0};
    if (text)
        mlt_pack_bytes(buf, text, strlen(text));
    else
        mlt_buf_append(buf, null, sizeof null);
}

/* The next `len` bytes; NULL when there are not so many. */
static const char *take(struct mlt_unpack *in, size_t len)
{
    if (in->broken || in->left < len) {
        in->broken = true;
        return NULL;
    }
    const char *at = in->at;
    in->at += len;
    in->left -= len;
    return at;
}

uint64_t mlt_unpack_u64(struct mlt_unpack *in)
{
    const char *at = take(in, 8);
    return at ? get_u32(at) | (uint64_t)get_u32(at + 4) << 32 : 0;
}

double mlt_unpack_double(struct mlt_unpack *in)
{
    uint64_t bits = mlt_unpack_u64(in);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

const void *mlt_unpack_bytes(struct mlt_unpack *in, size_t *len)
{
    const char *size = take(in, 4);
    uint32_t with_nul = size ? get_u32(size) : 0;
    const char *at = with_nul ? take(in, with_nul) : NULL;
    *len = 0;
    if (!at)
        return NULL;
    if (at[with_nul - 1] != '\0') {
        in->broken = true;
        return NULL;
    }
    *len = with_nul - 1;
    return at;
}

const char *mlt_unpack_text(struct mlt_unpack *in)
{
    size_t len;
    const char *text = mlt_unpack_bytes(in, &len);
    if (text && strlen(text) != len)
        in->broken = true;
    return in->broken ? NULL : text;
}

const char *mlt_unpack_want_text(struct mlt_unpack *in)
{
    const char *text = mlt_unpack_text(in);
    if (!text)
        in->broken = true;
    return text ? text : "";
}

bool mlt_unpack_done(const struct mlt_unpack *in)
{
    return !in->broken && in->left == 0;
}

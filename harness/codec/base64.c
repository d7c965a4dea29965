#include "harness/codec/base64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void mlt_base64_encode(const void *data, size_t len, struct mlt_buf *out)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)bytes[i] << 16;
        if (have > 1)
            group |= (uint32_t)bytes[i + 1] << 8;
        if (have > 2)
            group |= bytes[i + 2];
        const char letters[4] = {
            alphabet[group >> 18],
            alphabet[group >> 12 & 63],
            have > 1 ? alphabet[group >> 6 & 63] : '=',
            have > 2 ? alphabet[group & 63] : '=',
        };
        mlt_buf_append(out, letters, sizeof letters);
    }
}

/* -1 for what is no letter. */
static int value_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A';
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9')
        return letter - '0' + 52;
    return letter == '+' ? 62 : letter == '/' ? 63 : -1;
}

/* Four letters, the last `padding` of them '='. */
static bool decode_group(const char *letters, unsigned padding, uint8_t bytes[3])
{
    uint32_t group = 0;
    for (unsigned i = 0; i < 4; i++) {
        int value = i < 4 - padding ? value_of(letters[i]) : 0;
        if (value < 0)
            return false;
        group = group << 6 | (uint32_t)value;
    }
    bytes[0] = (uint8_t)(group >> 16);
    bytes[1] = (uint8_t)(group >> 8);
    bytes[2] = (uint8_t)group;
    /* One text per run of bytes: nothing may hide behind the last one. */
    return (padding < 1 || bytes[2] == 0) && (padding < 2 || bytes[1] == 0);
}

bool mlt_base64_decode(const char *text, size_t len, struct mlt_buf *out)
{
    if (len % 4 != 0)
        return false;
    if (len == 0)
        return true;
    unsigned padding = text[len - 1] != '=' ? 0 : text[len - 2] != '=' ? 1 : 2;
    char *room = mlt_buf_reserve(out, len / 4 * 3);
    if (!room)
        return true;
    size_t made = 0;
    for (size_t i = 0; i < len; i += 4) {
        uint8_t bytes[3];
        unsigned missing = i + 4 == len ? padding : 0;
        if (!decode_group(text + i, missing, bytes)) {
            mlt_buf_wrote(out, 0);
            return false;
        }
        for (unsigned k = 0; k < 3 - missing; k++)
            room[made++] = (char)bytes[k];
    }
    mlt_buf_wrote(out, made);
    return true;
}

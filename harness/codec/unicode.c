#include "harness/codec/unicode.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>

#include "harness/base/str.h"

struct lookalike {
    uint32_t code;
    char ascii;
};

/* By code. */
static const struct lookalike lookalikes[] = {
    {0x0131, 'i'}, {0x0251, 'a'}, {0x0261, 'g'}, {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'},
    {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'}, {0x039a, 'K'}, {0x039c, 'M'}, {0x039d, 'N'},
    {0x039f, 'O'}, {0x03a1, 'P'}, {0x03a4, 'T'}, {0x03a5, 'Y'}, {0x03a7, 'X'}, {0x03b1, 'a'},
    {0x03b3, 'y'}, {0x03b9, 'i'}, {0x03bd, 'v'}, {0x03bf, 'o'}, {0x03c1, 'p'}, {0x03c3, 'o'},
    {0x03c5, 'u'}, {0x03f2, 'c'}, {0x03f3, 'j'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'},
    {0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'}, {0x0417, '3'}, {0x041a, 'K'}, {0x041c, 'M'},
    {0x041d, 'H'}, {0x041e, 'O'}, {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'},
    {0x0425, 'X'}, {0x0430, 'a'}, {0x0435, 'e'}, {0x043e, 'o'}, {0x0440, 'p'}, {0x0441, 'c'},
    {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x0475, 'v'},
    {0x04ae, 'Y'}, {0x04af, 'y'}, {0x04bb, 'h'}, {0x04c0, 'l'}, {0x04cf, 'l'}, {0x0501, 'd'},
    {0x051b, 'q'}, {0x051d, 'w'}, {0x0555, 'O'}, {0x0566, 'q'}, {0x0570, 'h'}, {0x0578, 'n'},
    {0x057d, 'u'}, {0x0581, 'g'}, {0x0585, 'o'}, {0x2010, '-'}, {0x2012, '-'}, {0x2013, '-'},
    {0x2043, '-'}, {0x2212, '-'},
};
enum { LOOKALIKES = sizeof lookalikes / sizeof *lookalikes };

static int by_code(const void *key, const void *item)
{
    const uint32_t *code = key;
    const struct lookalike *at = item;
    return (*code > at->code) - (*code < at->code);
}

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

static bool is_invisible(uint32_t code)
{
    return uc_is_general_category_withtable(code, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
                                                      UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp) ||
           uc_is_property_default_ignorable_code_point(code) || uc_is_property_bidi_control(code);
}

bool mlt_unicode_find_invisible(const char *text, uint32_t *code)
{
    size_t left = strlen(text), len;
    for (; left && (len = mlt_str_utf8_char(text, left, code)); text += len, left -= len)
        if (is_invisible(*code))
            return true;
    return false;
}

const char *mlt_unicode_skeleton(const char *text, struct mlt_arena *arena)
{
    struct mlt_buf out = MLT_BUF_INIT;
    size_t len = strlen(text), decomposed_len = 0, step;
    uint32_t code;
    if (is_ascii(text))
        return mlt_arena_strdup(arena, text);
    uint8_t *decomposed =
        u8_normalize(UNINORM_NFKD, (const uint8_t *)text, len, NULL, &decomposed_len);
    if (!decomposed)
        return NULL;
    const char *at = (const char *)decomposed;
    for (size_t left = decomposed_len; left; at += step, left -= step) {
        step = mlt_str_utf8_char(at, left, &code);
        if (step == 0)
            break;
        const struct lookalike *found =
            bsearch(&code, lookalikes, LOOKALIKES, sizeof *lookalikes, by_code);
        if (found)
            mlt_buf_putc(&out, found->ascii);
        else
            mlt_buf_append(&out, at, step);
    }
    free(decomposed);
    const char *kept = out.oom ? NULL : mlt_arena_strndup(arena, out.data, out.len);
    mlt_buf_free(&out);
    return kept;
}

void mlt_unicode_append_escaped(struct mlt_buf *out, const char *text, size_t most)
{
    size_t left = strlen(text), len;
    uint32_t code;
    for (; left && (len = mlt_str_utf8_char(text, left, &code)); text += len, left -= len) {
        if (most-- == 0) {
            mlt_buf_puts(out, "…");
            return;
        }
        if (code >= 0x20 && code < 0x7f)
            mlt_buf_putc(out, (char)code);
        else
            mlt_buf_printf(out, "<U+%04X>", (unsigned)code);
    }
}

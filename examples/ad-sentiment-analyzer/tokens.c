#include "examples/ad-sentiment-analyzer/tokens.h"

#include <stdbool.h>

static bool is_word(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'' || c >= 0x80;
}

void mlt_example_tokens(const char *text, size_t len, struct mlt_buf *out)
{
    bool in_word = false, any = false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 'A' && c <= 'Z')
            c = (unsigned char)(c - 'A' + 'a');
        bool word = is_word(c), mark = c == '!' || c == '?';
        if (word || mark) {
            if (any && (!word || !in_word))
                mlt_buf_putc(out, ' ');
            mlt_buf_putc(out, (char)c);
            any = true;
        }
        in_word = word;
    }
    if (!any)
        mlt_buf_putc(out, '.');
}

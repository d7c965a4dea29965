#include "harness/codec/xml.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "harness/base/str.h"

/* XML 1.0, production [2] Char. */
static bool is_char(uint32_t code)
{
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code <= 0xd7ff) ||
           (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}

static const char *reference(uint32_t code, bool attribute)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    case '\r': /* a reader would turn a bare one into a line feed */
        return "&#13;";
    case '\n':
        return attribute ? "&#10;" : NULL;
    case '\t':
        return attribute ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

static void append(struct mlt_buf *out, const char *text, size_t max_bytes, bool attribute)
{
    size_t len = strlen(text);
    for (size_t at = 0; at < len;) {
        uint32_t code = 0;
        size_t size = mlt_str_utf8_char(text + at, len - at, &code);
        size_t step = size ? size : 1;
        if (step > max_bytes - at) {
            mlt_buf_puts(out, "…");
            return;
        }
        const char *escaped = reference(code, attribute);
        if (size == 0 || !is_char(code))
            mlt_buf_puts(out, "\xef\xbf\xbd");
        else if (escaped)
            mlt_buf_puts(out, escaped);
        else
            mlt_buf_append(out, text + at, size);
        at += step;
    }
}

void mlt_xml_append_text(struct mlt_buf *out, const char *text, size_t max_bytes)
{
    append(out, text, max_bytes, false);
}

void mlt_xml_append_attribute(struct mlt_buf *out, const char *text, size_t max_bytes)
{
    append(out, text, max_bytes, true);
}

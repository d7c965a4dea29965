/* XML 1.0 text, for writers. */
#ifndef MLTEST_CODEC_XML_H
#define MLTEST_CODEC_XML_H

#include <stddef.h>

#include "harness/base/buf.h"

/* Appends text as element content or as a double-quoted attribute value: & < > " ' escaped; bytes
 * and code points that XML 1.0 forbids even when escaped (most controls, U+FFFE, U+FFFF, surrogates,
 * invalid UTF-8) become U+FFFD; newlines and tabs in attributes become character references. At most
 * `max_bytes` of input, cut at a character, with "…" behind. */
void mlt_xml_append_text(struct mlt_buf *out, const char *text, size_t max_bytes);
void mlt_xml_append_attribute(struct mlt_buf *out, const char *text, size_t max_bytes);

#endif

/* Jenkins: a properties file, and words on which steps read what. */
#include <string.h>

#include "harness/base/str.h"
#include "reports/cell.h"
#include "reports/ci.h"

enum { VALUE_BYTES = 1000 };

static void put_unit(struct mlt_buf *out, uint32_t unit)
{
    mlt_buf_printf(out, "\\u%04X", (unsigned)unit);
}

/* A value of java.util.Properties: safe text, in ASCII. */
static void put_value(struct mlt_buf *out, const char *text)
{
    struct mlt_buf safe = MLT_BUF_INIT;
    mlt_str_append_safe(&safe, text, strlen(text), VALUE_BYTES);
    for (size_t at = 0; at < safe.len;) {
        uint32_t code = 0;
        size_t len = mlt_str_utf8_char(safe.data + at, safe.len - at, &code);
        if (len == 0)
            break;
        if (code == '\\')
            mlt_buf_puts(out, "\\\\");
        else if (code == ' ' && at == 0)
            mlt_buf_puts(out, "\\ "); /* leading blanks are not part of a value */
        else if (code < 0x80)
            mlt_buf_putc(out, (char)code);
        else if (code < 0x10000)
            put_unit(out, code);
        else {
            put_unit(out, 0xD800 + ((code - 0x10000) >> 10));
            put_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
        }
        at += len;
    }
    out->oom |= safe.oom;
    mlt_buf_free(&safe);
}

static void put(struct mlt_buf *out, const struct mlt_ci_input *in, const char *key,
                const char *value)
{
    if (!value || !*value)
        return;
    mlt_ci_prefix(in->command, out);
    mlt_buf_printf(out, "%s=", key);
    put_value(out, value);
    mlt_buf_putc(out, '\n');
}

void mlt_jenkins_properties(const struct mlt_ci_input *in, struct mlt_buf *out)
{
    put(out, in, "VERDICT", in->verdict);
    put(out, in, "DECISION_DIGEST", in->decision_digest);
    put(out, in, "DECISION", in->decision_path);
    put(out, in, "RESULTS", in->results_path);
    put(out, in, "JUNIT", in->junit_path);
    mlt_ci_prefix(in->command, out);
    mlt_buf_printf(out, "REASONS=%zu\n", in->note_count);
    if (in->note_count > 0)
        put(out, in, "REASON", in->notes[0].text ? in->notes[0].text : in->notes[0].title);
}

void mlt_jenkins_hints(const struct mlt_ci_input *in, const char *file, struct mlt_buf *out)
{
    mlt_buf_puts(out, "mltest: for the pipeline: readProperties(file: '");
    mlt_cell_safe(out, file, VALUE_BYTES);
    mlt_buf_puts(out, "')\n");
    if (in->junit_path) {
        mlt_buf_puts(out, "mltest: for the pipeline: junit '");
        mlt_cell_safe(out, in->junit_path, VALUE_BYTES);
        mlt_buf_puts(out, "'\n");
    }
}

/* GitHub Actions: workflow commands and the file of outputs. */
#include <string.h>

#include "harness/base/str.h"
#include "reports/ci.h"

enum { MOST_OF_A_KIND = 10, TITLE_BYTES = 200, TEXT_BYTES = 1000, REASONS = 50 };

/* Data of a workflow command: safe text with '%' escaped (safe text holds no line ends). In a
 * property ':' and ',' are escaped as well. */
static void put_data(struct mlt_buf *out, const char *text, size_t max_bytes, bool property)
{
    struct mlt_buf safe = MLT_BUF_INIT;
    mlt_str_append_safe(&safe, text ? text : "?", strlen(text ? text : "?"), max_bytes);
    for (const char *at = safe.data; *at; at++) {
        if (*at == '%')
            mlt_buf_puts(out, "%25");
        else if (property && *at == ':')
            mlt_buf_puts(out, "%3A");
        else if (property && *at == ',')
            mlt_buf_puts(out, "%2C");
        else
            mlt_buf_putc(out, *at);
    }
    out->oom |= safe.oom;
    mlt_buf_free(&safe);
}

static bool is_error(const struct mlt_ci_note *note)
{
    return note->verdict != MLT_VERDICT_INCONCLUSIVE;
}

static void annotate(const struct mlt_ci_input *in, bool errors, struct mlt_buf *out)
{
    size_t all = 0, said = 0;
    for (size_t i = 0; i < in->note_count; i++)
        all += is_error(&in->notes[i]) == errors;
    for (size_t i = 0; i < in->note_count && said < MOST_OF_A_KIND; i++) {
        if (is_error(&in->notes[i]) != errors)
            continue;
        mlt_buf_printf(out, "::%s title=", errors ? "error" : "warning");
        put_data(out, "mltest ", TITLE_BYTES, true);
        put_data(out, in->command, TITLE_BYTES, true);
        put_data(out, ": ", TITLE_BYTES, true);
        put_data(out, in->notes[i].title, TITLE_BYTES, true);
        mlt_buf_printf(out, "::%s: ", mlt_verdict_name(in->notes[i].verdict));
        put_data(out, in->notes[i].text, TEXT_BYTES, false);
        if (++said == MOST_OF_A_KIND && all > said)
            mlt_buf_printf(out, " (and %zu more, in the summary)", all - said);
        mlt_buf_putc(out, '\n');
    }
}

void mlt_github_annotations(const struct mlt_ci_input *in, struct mlt_buf *out)
{
    annotate(in, true, out);
    annotate(in, false, out);
}

static void put_line(struct mlt_buf *out, const char *text, size_t max_bytes)
{
    if (text)
        mlt_str_append_safe(out, text, strlen(text), max_bytes);
}

/* NAME<<DELIMITER, the value, DELIMITER: nothing in a value can end it. */
static void put_output(struct mlt_buf *out, const char *name, const char *value,
                       const char *delimiter)
{
    mlt_buf_printf(out, "%s<<%s\n", name, delimiter);
    put_line(out, value, 4096);
    mlt_buf_printf(out, "\n%s\n", delimiter);
}

void mlt_github_outputs(const struct mlt_ci_input *in, const char *delimiter, struct mlt_buf *out)
{
    put_output(out, "verdict", in->verdict, delimiter);
    put_output(out, "decision-digest", in->decision_digest, delimiter);
    put_output(out, "decision", in->decision_path, delimiter);
    put_output(out, "results", in->results_path, delimiter);
    mlt_buf_printf(out, "reasons<<%s\n", delimiter);
    for (size_t i = 0; i < in->note_count && i < REASONS; i++) {
        mlt_buf_printf(out, "%s: ", mlt_verdict_name(in->notes[i].verdict));
        put_line(out, in->notes[i].title, TITLE_BYTES);
        mlt_buf_puts(out, ": ");
        put_line(out, in->notes[i].text, TEXT_BYTES);
        mlt_buf_putc(out, '\n');
    }
    if (in->note_count > REASONS)
        mlt_buf_printf(out, "and %zu more\n", in->note_count - REASONS);
    mlt_buf_printf(out, "%s\n", delimiter);
}

void mlt_github_json(const char *json, size_t len, struct mlt_buf *out)
{
    size_t from = 0;
    for (size_t at = 0; at + 2 < len; at++) {
        if (memcmp(json + at, "##[", 3) != 0)
            continue;
        mlt_buf_append(out, json + from, at + 1 - from);
        mlt_buf_puts(out, "\\u0023");
        from = at + 2;
    }
    mlt_buf_append(out, json + from, len - from);
}

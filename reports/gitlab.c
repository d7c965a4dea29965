/* GitLab: variables for later jobs, sections of the log. */
#include "reports/ci.h"

/* The whole file must stay below 5 KB, with 20 variables at most. */
enum { VALUE_BYTES = 200 };

static void put(struct mlt_buf *out, const struct mlt_ci_input *in, const char *key,
                const char *value)
{
    if (!value || !*value)
        return;
    mlt_ci_prefix(in->command, out);
    mlt_buf_printf(out, "%s=", key);
    mlt_ci_plain(out, value, VALUE_BYTES);
    mlt_buf_putc(out, '\n');
}

void mlt_gitlab_dotenv(const struct mlt_ci_input *in, struct mlt_buf *out)
{
    put(out, in, "VERDICT", in->verdict);
    put(out, in, "DECISION_DIGEST", in->decision_digest);
    put(out, in, "DECISION", in->decision_path);
    put(out, in, "RESULTS", in->results_path);
    mlt_ci_prefix(in->command, out);
    mlt_buf_printf(out, "REASONS=%zu\n", in->note_count);
}

void mlt_gitlab_section_start(const char *command, int64_t unix_s, struct mlt_buf *out)
{
    mlt_buf_printf(out, "\033[0Ksection_start:%lld:mltest_", (long long)unix_s);
    mlt_ci_plain(out, command, VALUE_BYTES);
    mlt_buf_puts(out, "\r\033[0Kmltest ");
    mlt_ci_plain(out, command, VALUE_BYTES);
    mlt_buf_putc(out, '\n');
}

void mlt_gitlab_section_end(const char *command, int64_t unix_s, struct mlt_buf *out)
{
    mlt_buf_printf(out, "\033[0Ksection_end:%lld:mltest_", (long long)unix_s);
    mlt_ci_plain(out, command, VALUE_BYTES);
    mlt_buf_puts(out, "\r\033[0K\n");
}

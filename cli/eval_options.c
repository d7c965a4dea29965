#include "cli/eval_options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/str.h"

bool mlt_eval_option_count(const struct mlt_cli *cli, const char *name, uint64_t max, uint64_t *out,
                           struct mlt_err *err)
{
    const char *text = mlt_opt_value(cli, name);
    if (text == NULL || mlt_str_parse_uint(text, max, out))
        return true;
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "--%s wants a whole number of at most %llu, got \"%.40s\"", name,
                       (unsigned long long)max, text);
}

/* "512MiB", "2GiB", bytes without a unit. */
static bool read_memory(const struct mlt_cli *cli, uint64_t *out, struct mlt_err *err)
{
    static const struct {
        const char *suffix;
        uint64_t bytes;
    } units[] = {{"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}, {"", 1}};
    const char *text = mlt_opt_value(cli, "memory");
    char digits[24];
    if (text == NULL)
        return true;
    size_t len = strspn(text, "0123456789");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        uint64_t count;
        if (len == 0 || len >= sizeof digits || strcmp(text + len, units[i].suffix) != 0)
            continue;
        memcpy(digits, text, len);
        digits[len] = '\0';
        if (mlt_str_parse_uint(digits, UINT64_MAX / units[i].bytes, &count) && count > 0) {
            *out = count * units[i].bytes;
            return true;
        }
    }
    return mlt_err_set(err, MLT_ERR_USAGE, "--memory wants a size such as 512MiB, got \"%.40s\"",
                       text);
}

bool mlt_eval_settings_read(const struct mlt_cli *cli, struct mlt_eval_settings *out,
                            struct mlt_err *err)
{
    uint64_t threads = 0;
    *out = (struct mlt_eval_settings){
        .format = mlt_opt_value(cli, "format"),
        .output = mlt_opt_value(cli, "output"),
        .progress = mlt_opt_flag(cli, "quiet") ? NULL : stderr,
        .progress_live = isatty(STDERR_FILENO) != 0,
        .color = cli->color_out,
        .width = cli->width,
        .interrupted = cli->interrupted,
    };
    if (!mlt_eval_option_count(cli, "threads", 256, &threads, err))
        return false;
    out->threads = (unsigned)threads;
    return read_memory(cli, &out->memory_bytes, err);
}

int mlt_eval_exit(const struct mlt_buf *report, const struct mlt_eval_outcome *outcome)
{
    fwrite(report->data, 1, report->len, stdout);
    return outcome->is_judged ? mlt_verdict_exit_code(outcome->verdict) : 0;
}

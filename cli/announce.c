#include "cli/announce.h"

#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "reports/cell.h"
#include "reports/ci.h"

bool mlt_cli_announce_begin(const struct mlt_cli *cli, const char *command,
                            struct mlt_cli_announce *out, struct mlt_err *err)
{
    size_t count = 0;
    const char **urls = mlt_opt_values(cli, "notify", &count);
    *out = (struct mlt_cli_announce){
        .to = {.github = mlt_opt_flag(cli, "github"),
               .gitlab = mlt_opt_flag(cli, "gitlab"),
               .jenkins = mlt_opt_flag(cli, "jenkins")},
        .announcement = {.command = command},
        .require_publish = mlt_opt_flag(cli, "require-publish"),
        .started_s = mlt_clock_wall_s(),
    };
    if (!urls)
        return mlt_err_oom(err);
    if (!mlt_announce_choose(mlt_opt_flag(cli, "no-ci"), &out->to, err) ||
        !mlt_notify_prepare(urls, count, out->require_publish, cli->arena, &out->notify, err))
        return false;
    out->notify.interrupted = cli->interrupted;
    return true;
}

/* Standard output is the log where a person's report goes to it; a document must stay one. */
static void print_report(const struct mlt_cli *cli, const struct mlt_cli_announce *a,
                         const struct mlt_buf *report)
{
    const char *format = mlt_opt_value(cli, "format");
    struct mlt_buf shown = MLT_BUF_INIT;
    bool section = a->to.gitlab && report->len > 0 && (!format || mlt_str_eq(format, "console"));
    if (section)
        mlt_gitlab_section_start(a->announcement.command, a->started_s, &shown);
    if (a->to.github && mlt_str_eq(format, "json"))
        mlt_github_json(report->data, report->len, &shown);
    else
        mlt_buf_append(&shown, report->data, report->len);
    if (section)
        mlt_gitlab_section_end(a->announcement.command, mlt_clock_wall_s(), &shown);
    const struct mlt_buf *whole = shown.oom ? report : &shown;
    fwrite(whole->data, 1, whole->len, stdout);
    fflush(stdout);
    mlt_buf_free(&shown);
}

static void warn(const char *what, const struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_cell_safe(&text, err->text, sizeof err->text);
    fprintf(stderr, "mltest: %s: %s\n", what, text.data);
    mlt_buf_free(&text);
}

static void print_said(struct mlt_buf *said)
{
    fwrite(said->data, 1, said->len, stderr);
    mlt_buf_free(said);
}

static bool publish(struct mlt_cli *cli, struct mlt_cli_announce *a)
{
    struct mlt_buf said = MLT_BUF_INIT;
    struct mlt_err trouble = MLT_ERR_INIT;
    bool delivered = false;
    bool ok =
        mlt_flow_notify(&a->notify, &a->announcement, cli->arena, &said, &delivered, &trouble);
    print_said(&said);
    if (!ok)
        warn("no event was sent", &trouble);
    return ok && delivered;
}

int mlt_cli_announce_end(struct mlt_cli *cli, struct mlt_cli_announce *a, bool ok,
                         enum mlt_verdict verdict, const struct mlt_buf *report,
                         struct mlt_err *err)
{
    struct mlt_buf said = MLT_BUF_INIT;
    struct mlt_err trouble = MLT_ERR_INIT;
    int code = ok ? mlt_verdict_exit_code(verdict) : -1;
    print_report(cli, a, report);
    a->announcement.verdict = verdict;
    bool told =
        mlt_flow_announce(&a->to, &a->announcement, ok ? NULL : err, cli->arena, &said, &trouble);
    print_said(&said);
    if (!told) {
        warn("the pipeline could not be told", &trouble);
        code = code == 0 ? MLT_ERR_INFRA : code;
    }
    if (ok && !publish(cli, a) && a->require_publish)
        code = MLT_ERR_INFRA;
    return code;
}

#include "flows/report.h"

#include <stdio.h>
#include <string.h>

#include "flows/builtins.h"
#include "flows/judge.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/results/results.h"
#include "reports/plot.h"

static const struct mlt_report_ops *want_format(const char *name, struct mlt_err *err)
{
    const struct mlt_report_ops *ops = mlt_builtin_report(name);
    if (ops)
        return ops;
    const char *names[16];
    struct mlt_buf list = MLT_BUF_INIT;
    size_t n = 0;
    for (size_t i = 0; mlt_builtin_reports[i] && n < 15; i++) {
        names[n++] = mlt_builtin_reports[i]->name;
        mlt_buf_printf(&list, "%s%s", i ? ", " : "", mlt_builtin_reports[i]->name);
    }
    names[n] = NULL;
    const char *near = mlt_str_nearest(name, names);
    mlt_err_set(err, MLT_ERR_USAGE, "there is no report format \"%.40s\"%s%s%s; there are %s", name,
                near ? "; did you mean " : "", near ? near : "", near ? "?" : "", list.data);
    mlt_buf_free(&list);
    return NULL;
}

bool mlt_report_target_parse(const char *text, struct mlt_report_target *out, struct mlt_err *err)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1] || (size_t)(equals - text) >= sizeof out->format)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--report wants FORMAT=FILE (\"junit=junit.xml\"), got \"%.80s\"", text);
    snprintf(out->format, sizeof out->format, "%.*s", (int)(equals - text), text);
    out->file = equals + 1;
    return want_format(out->format, err) != NULL;
}

/* "comment.md" gives "comment.svg". */
static char *plot_file(const char *file, struct mlt_arena *arena)
{
    const char *dot = strrchr(mlt_fs_basename(file), '.');
    size_t stem = dot ? (size_t)(dot - file) : strlen(file);
    return mlt_arena_printf(arena, "%.*s.svg", (int)stem, file);
}

/* Draws the comparisons beside the report. Without gnuplot the report is whole, only plainer. */
static bool write_plot(const struct mlt_report_input *input, const char *file, bool *drawn,
                       struct mlt_err *err)
{
    struct mlt_buf svg = MLT_BUF_INIT;
    char title[256];
    *drawn = false;
    if (mlt_plot_rows(input->findings, input->finding_count) == 0)
        return true;
    snprintf(title, sizeof title, "%s@%s against %s", input->run->candidate.model,
             input->run->candidate.version, input->run->baseline.version);
    bool ok = mlt_plot_svg(input->findings, input->finding_count, title, &svg, err);
    if (!ok && err->kind == MLT_ERR_USAGE) {
        mlt_buf_free(&svg);
        *err = (struct mlt_err)MLT_ERR_INIT;
        return true;
    }
    ok = ok && mlt_fs_write_atomic(file, svg.data, svg.len, err);
    *drawn = ok;
    mlt_buf_free(&svg);
    return ok;
}

static bool write_target(const struct mlt_report_input *base, const char *text,
                         struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_report_target target;
    if (!mlt_report_target_parse(text, &target, err))
        return false;
    struct mlt_report_input input = *base;
    input.color = false;
    if (strcmp(target.format, "markdown") == 0) {
        char *file = plot_file(target.file, arena);
        bool drawn = false;
        if (!file)
            return mlt_err_oom(err);
        if (!write_plot(&input, file, &drawn, err))
            return false;
        input.plot_path = drawn ? mlt_fs_basename(file) : NULL;
    }
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = want_format(target.format, err)->write(&input, &out, err) &&
              mlt_buf_check(&out, err) && mlt_fs_write_atomic(target.file, out.data, out.len, err);
    mlt_buf_free(&out);
    return ok ? true : mlt_err_prefix(err, "report %s", text);
}

bool mlt_flow_report(const struct mlt_report_request *request, struct mlt_arena *arena,
                     struct mlt_buf *out, enum mlt_verdict *verdict, struct mlt_err *err)
{
    const struct mlt_report_ops *format =
        want_format(request->format ? request->format : "console", err);
    struct mlt_run *run = mlt_arena_alloc(arena, sizeof *run);
    struct mlt_findings findings = {0};
    if (!format)
        return false;
    if (!run)
        return mlt_err_oom(err);
    if (!mlt_results_load(request->results, arena, run, err) ||
        !mlt_flow_judge_run(run, arena, &findings, verdict, err))
        return false;
    const struct mlt_report_input input = {
        .run = run,
        .findings = findings.items,
        .finding_count = findings.count,
        .verdict = *verdict,
        .results_path = request->results,
        .color = request->color,
        .width = request->width,
    };
    for (size_t i = 0; i < request->target_count; i++)
        if (!write_target(&input, request->targets[i], arena, err))
            return false;
    return format->write(&input, out, err) && mlt_buf_check(out, err);
}

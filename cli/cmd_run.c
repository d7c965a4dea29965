#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/announce.h"
#include "flows/run.h"
#include "harness/base/str.h"

static const struct mlt_opt options[] = {
    {"suite", 0, MLT_OPT_MANY, "NAME", "only this suite (may be repeated)"},
    {"case", 0, MLT_OPT_VALUE, "GLOB",
     "only cases whose name matches; such a run is never a gate's evidence"},
    {"baseline", 'b', MLT_OPT_VALUE, "REF", "production, latest, a version, a folder, or none"},
    {"jobs", 'j', MLT_OPT_VALUE, "N", "workers at once (default: one per processor)"},
    {"seed", 0, MLT_OPT_VALUE, "N", "repeat a run's random choices (printed by every run)"},
    {"output", 'o', MLT_OPT_VALUE, "FILE", "results file (default: results.mlt)"},
    {"report", 0, MLT_OPT_MANY, "FORMAT=FILE",
     "also write a report: json, junit, markdown, console"},
    {"fail-fast", 0, MLT_OPT_FLAG, NULL, "stop starting cases after the first that fails"},
    {"no-store", 0, MLT_OPT_FLAG, NULL, "do not keep the run with the registry's evidence"},
    {"directory", 'C', MLT_OPT_VALUE, "DIR", "folder of mltest.yaml (default: here or above)"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    {"quiet", 'q', MLT_OPT_FLAG, NULL, "no progress on stderr"},
    MLT_ANNOUNCE_OPTIONS,
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static bool want_uint(const struct mlt_cli *cli, const char *name, uint64_t max, uint64_t *out,
                      struct mlt_err *err)
{
    const char *text = mlt_opt_value(cli, name);
    if (!text || mlt_str_parse_uint(text, max, out))
        return true;
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "--%s wants a whole number of at most %llu, got \"%.40s\"", name,
                       (unsigned long long)max, text);
}

static int run(struct mlt_cli *cli, struct mlt_err *err)
{
    uint64_t jobs = 0, seed = 0;
    if (!want_uint(cli, "jobs", 1024, &jobs, err) ||
        !want_uint(cli, "seed", (1ull << 53) - 1, &seed, err))
        return -1;
    if (mlt_opt_value(cli, "jobs") && jobs == 0) {
        mlt_err_set(err, MLT_ERR_USAGE, "--jobs wants at least 1");
        return -1;
    }
    struct mlt_run_request request = {
        .dir = mlt_opt_value(cli, "directory"),
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->argument_count ? cli->arguments[0] : NULL,
        .baseline = mlt_opt_value(cli, "baseline"),
        .case_glob = mlt_opt_value(cli, "case"),
        .jobs = (unsigned)jobs,
        .output = mlt_opt_value(cli, "output"),
        .fail_fast = mlt_opt_flag(cli, "fail-fast"),
        .no_store = mlt_opt_flag(cli, "no-store"),
        .has_seed = mlt_opt_flag(cli, "seed"),
        .seed = seed,
        .progress = mlt_opt_flag(cli, "quiet") ? NULL : stderr,
        .progress_live = isatty(STDERR_FILENO) != 0,
        .progress_color = cli->color_err,
        .color = cli->color_out,
        .width = cli->width,
        .interrupted = cli->interrupted,
    };
    request.suites = mlt_opt_values(cli, "suite", &request.suite_count);
    request.reports = mlt_opt_values(cli, "report", &request.report_count);
    struct mlt_cli_announce announce;
    if (!mlt_cli_announce_begin(cli, "run", &announce, err))
        return -1;
    struct mlt_buf console = MLT_BUF_INIT, notes = MLT_BUF_INIT;
    request.notes = &notes;
    enum mlt_verdict verdict = MLT_VERDICT_INVALID;
    bool ok = request.suites && request.reports
                  ? mlt_flow_run(&request, cli->arena, &console, &verdict, err)
                  : mlt_err_oom(err);
    if (!ok)
        mlt_buf_clear(&console);
    announce.announcement.results = request.output ? request.output : "results.mlt";
    announce.announcement.reports = request.reports;
    announce.announcement.report_count = request.report_count;
    fwrite(notes.data, 1, notes.len, stderr);
    int code = mlt_cli_announce_end(cli, &announce, ok, verdict, &console, err);
    mlt_buf_free(&console);
    mlt_buf_free(&notes);
    return code;
}

const struct mlt_command mlt_command_run = {
    .name = "run",
    .summary = "test a model version, compared with the version in production",
    .arguments = "[MODEL[@VERSION] | FOLDER]",
    .examples =
        "  mltest run ad-score-predictor@1.1.0\n"
        "  mltest run --suite regression --report markdown=comment.md --report junit=junit.xml\n"
        "  mltest run ./my-model/1.0.0 --baseline none -o first.mlt\n",
    .details = "The run is planned first, every case runs in a worker program of its own, and one "
               "results file\n"
               "(SQLite) keeps everything: any report, and any gate, can be made from it later.",
    .options = options,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = run,
};

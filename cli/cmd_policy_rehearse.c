#include "cli/commands.h"

#include "flows/rehearse.h"
#include "harness/base/str.h"

static const struct mlt_opt options[] = {
    {"env", 'e', MLT_OPT_VALUE, "ENVIRONMENT", "rehearse the gate of this environment"},
    {"to", 0, MLT_OPT_VALUE, "STATE", "rehearse the gate of this state"},
    {"results", 0, MLT_OPT_VALUE, "FILE",
     "a results file (*.mlt) with paired rows (default: the newest stored run)"},
    {"policy", 0, MLT_OPT_VALUE, "FILE", "a gates.yaml (default: the pinned one)"},
    {"replicates", 0, MLT_OPT_VALUE, "N", "how often every sentence is judged (default: 2000)"},
    {"threads", 'j', MLT_OPT_VALUE, "N", "threads (default: as many as there are processors)"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "console (default), json"},
    {"directory", 'C', MLT_OPT_VALUE, "DIR", "folder of mltest.yaml (default: here or above)"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static bool read_count(const struct mlt_cli *cli, const char *name, uint64_t most, uint64_t *out,
                       struct mlt_err *err)
{
    const char *text = mlt_opt_value(cli, name);
    if (text == NULL || mlt_str_parse_uint(text, most, out))
        return true;
    return mlt_err_set(err, MLT_ERR_USAGE, "--%s \"%.60s\" is not a whole number up to %llu", name,
                       text, (unsigned long long)most);
}

static int rehearse(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_rehearse_request request = {
        .dir = mlt_opt_value(cli, "directory"),
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->argument_count ? cli->arguments[0] : NULL,
        .results = mlt_opt_value(cli, "results"),
        .environment = mlt_opt_value(cli, "env"),
        .state = mlt_opt_value(cli, "to"),
        .policy = mlt_opt_value(cli, "policy"),
        .replicates = MLT_REHEARSE_REPLICATES,
        .interrupted = cli->interrupted,
        .format = mlt_opt_value(cli, "format"),
        .color = cli->color_out,
        .width = cli->width,
    };
    uint64_t threads = 0;
    if (!read_count(cli, "replicates", 1000000, &request.replicates, err) ||
        !read_count(cli, "threads", 64, &threads, err))
        return -1;
    request.threads = (unsigned)threads;
    struct mlt_buf out = MLT_BUF_INIT;
    bool sound = false;
    bool ok = mlt_flow_rehearse(&request, cli->arena, &out, &sound, err);
    if (ok)
        fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? !sound : -1;
}

const struct mlt_command mlt_command_policy_rehearse = {
    .name = "policy rehearse",
    .summary = "how often a gate decides wrongly, on rows like these",
    .arguments = "[MODEL[@VERSION]]",
    .examples =
        "  mltest policy rehearse ad-score-predictor@1.1.0 --env staging\n"
        "  mltest policy rehearse --results run.mlt --policy gates.yaml --to beta\n"
        "  mltest policy rehearse ad-score-predictor --env staging --replicates 10000 -f json | "
        "jq .whole\n",
    .details = "Judges every sentence of the gate again and again on resampled rows of worlds in "
               "which the truth is\n"
               "known, and puts faults into good evidence: every rule must go red. Exit code 0; 1 "
               "when a rule cannot.\n"
               "Nothing is decided, stored or logged. docs/rehearsal.md tells how, and what the "
               "rates mean.",
    .options = options,
    .max_arguments = 1,
    .run = rehearse,
};

#include "cli/commands.h"

#include "flows/profile.h"

static const struct mlt_opt options[] = {
    {"columns", 'c', MLT_OPT_VALUE, "NAMES", "only these, such as price1,deal (default: all)"},
    {"like", 'l', MLT_OPT_VALUE, "VERSION",
     "count in the bins of this version's profile, so that the two can be compared"},
    {"limit", 0, MLT_OPT_VALUE, "PSI",
     "above it the next version's data are substantially different (default 0.25)"},
    {"hash", 0, MLT_OPT_VALUE, "HASH",
     "training_dataset_hash, where it is not the SHA-256 of the file"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int run(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_profile_request request = {
        .data = cli->arguments[0],
        .columns = mlt_opt_value(cli, "columns"),
        .like = mlt_opt_value(cli, "like"),
        .registry = mlt_opt_value(cli, "registry"),
        .hash = mlt_opt_value(cli, "hash"),
        .limit = mlt_opt_value(cli, "limit"),
    };
    struct mlt_buf out = MLT_BUF_INIT, notes = MLT_BUF_INIT;
    bool ok = mlt_flow_profile(&request, cli->arena, &out, &notes, err);
    if (ok) {
        fwrite(out.data, 1, out.len, stdout);
        fwrite(notes.data, 1, notes.len, stderr);
    }
    mlt_buf_free(&out);
    mlt_buf_free(&notes);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_registry_profile = {
    .name = "registry profile",
    .summary = "print what training data look like: training_data_profile of metadata.json",
    .arguments = "DATA",
    .examples =
        "  mltest registry profile train.csv.gz >profile.json\n"
        "  mltest registry profile train.csv.gz --like ad-score-predictor@1.1.0 >profile.json\n",
    .details =
        "DATA is CSV, TSV or JSON lines, also .gz or .zst. Numbers are counted between their "
        "deciles,\nother values by their spelling; no row of the data is kept.\n",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};

#include "cli/commands.h"

#include "flows/source.h"
#include "mltest/verdict.h"

static const struct mlt_opt check_options[] = {
    {"checkout", 0, MLT_OPT_VALUE, "DIR", "any folder of a git work tree (default: this one)"},
    {"registry", 0, MLT_OPT_VALUE, "URL", "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "text (default) or json"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};
static const struct mlt_opt make_options[] = {
    {"write", 'w', MLT_OPT_FLAG, NULL, "put it into the folder's metadata.json"},
    {"checkout", 0, MLT_OPT_VALUE, "DIR", "any folder of a git work tree (default: FOLDER)"},
    {"path", 0, MLT_OPT_VALUE, "PATH", "the folder in the repository (default: where it lies)"},
    {"repository", 0, MLT_OPT_VALUE, "URL", "of the repository (default: that of origin)"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static int check(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_source_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .version = cli->arguments[0],
        .checkout = mlt_opt_value(cli, "checkout"),
        .format = mlt_opt_value(cli, "format"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    bool same = false;
    bool ok =
        mlt_flow_source_check(&request, cli->arena, &out, &same, err) && mlt_buf_check(&out, err);
    fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? mlt_verdict_exit_code(same ? MLT_VERDICT_PASS : MLT_VERDICT_FAIL) : -1;
}

static int make(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_source_request request = {
        .version = cli->arguments[0],
        .checkout = mlt_opt_value(cli, "checkout"),
        .path = mlt_opt_value(cli, "path"),
        .repository = mlt_opt_value(cli, "repository"),
        .write = mlt_opt_flag(cli, "write"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = mlt_flow_source_make(&request, cli->arena, &out, err) && mlt_buf_check(&out, err);
    fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_registry_check_source = {
    .name = "registry check-source",
    .summary = "compare a version's configuration, documents and tests with their commit",
    .arguments = "MODEL[@VERSION]|FOLDER",
    .examples = "  mltest registry check-source ad-score-predictor@1.1.0\n"
                "  mltest registry check-source ./1.1.0 --checkout ~/src/models\n",
    .details = "The commit is the one that \"source\" in metadata.json names, read from the "
               "checkout's object store: its work tree\nmay be unclean.\n"
               "Exit code 0: all files are the committed ones; 1: some are not.\n",
    .options = check_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = check,
};
const struct mlt_command mlt_command_registry_source = {
    .name = "registry source",
    .summary = "make the \"source\" of metadata.json from the commit that is checked out",
    .arguments = "FOLDER",
    .examples =
        "  mltest registry source ./models/ad-score-predictor/1.1.0 --write\n"
        "  mltest registry source ./out/1.1.0 --checkout . --path models/ad-score-predictor\n",
    .details = "config.json, docs/ and tests/ of the folder have to be the committed ones.\n",
    .options = make_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = make,
};

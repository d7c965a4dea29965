#include "cli/commands.h"

#include <string.h>
#include <unistd.h>

#include "flows/registry.h"
#include "harness/base/buf.h"

#define REGISTRY_OPTION                                                                            \
    {                                                                                              \
        "registry", 0, MLT_OPT_VALUE, "URL",                                                       \
            "registry (default: MLTEST_REGISTRY, then mltest.yaml)"                                \
    }
#define FORMAT_OPTION                                                                              \
    {                                                                                              \
        "format", 'f', MLT_OPT_VALUE, "FORMAT", "text (default) or json"                           \
    }
#define NO_MORE_OPTIONS                                                                            \
    {                                                                                              \
        NULL, 0, MLT_OPT_FLAG, NULL, NULL                                                          \
    }

static const struct mlt_opt init_options[] = {
    {"policy", 0, MLT_OPT_MANY, "[MODEL=]FILE",
     "pin this gates.yaml (of one model, or of all others)"},
    {"unsigned", 0, MLT_OPT_FLAG, NULL, "allow no key: runs and decisions count unsigned"},
    NO_MORE_OPTIONS};
static const struct mlt_opt plain_options[] = {REGISTRY_OPTION, NO_MORE_OPTIONS};
static const struct mlt_opt shown_options[] = {REGISTRY_OPTION, FORMAT_OPTION, NO_MORE_OPTIONS};
static const struct mlt_opt verify_options[] = {
    REGISTRY_OPTION,
    {"all", 'a', MLT_OPT_FLAG, NULL, "the whole registry (as without a model)"},
    {"quiet", 'q', MLT_OPT_FLAG, NULL, "no progress on stderr"},
    NO_MORE_OPTIONS};
static const struct mlt_opt adopt_options[] = {
    REGISTRY_OPTION,
    {"as", 0, MLT_OPT_VALUE, "production", "what it serves as: production"},
    {"reason", 0, MLT_OPT_VALUE, "TEXT", "why, for the record (required)"},
    NO_MORE_OPTIONS};

static struct mlt_registry_request request_of(const struct mlt_cli *cli)
{
    return (struct mlt_registry_request){
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->argument_count ? cli->arguments[0] : NULL,
        .folder = cli->argument_count > 1 ? cli->arguments[1] : NULL,
        .reason = mlt_opt_value(cli, "reason"),
        .format = mlt_opt_value(cli, "format"),
        .all = mlt_opt_flag(cli, "all"),
        .progress = isatty(STDERR_FILENO) && !mlt_opt_flag(cli, "quiet") ? stderr : NULL,
    };
}

/* Every registry command is one flow that fills a text. */
static int show(struct mlt_cli *cli, struct mlt_err *err,
                bool (*flow)(const struct mlt_registry_request *, struct mlt_arena *,
                             struct mlt_buf *, struct mlt_err *))
{
    struct mlt_registry_request request = request_of(cli);
    struct mlt_buf out = MLT_BUF_INIT, notes = MLT_BUF_INIT;
    request.notes = &notes;
    bool ok = flow(&request, cli->arena, &out, err) && mlt_buf_check(&out, err);
    fwrite(out.data, 1, out.len, stdout);
    fwrite(notes.data, 1, notes.len, stderr);
    mlt_buf_free(&out);
    mlt_buf_free(&notes);
    return ok ? 0 : -1;
}

static int init(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_registry_request request = {.registry = cli->arguments[0],
                                           .unsigned_only = mlt_opt_flag(cli, "unsigned")};
    request.policies = mlt_opt_values(cli, "policy", &request.policy_count);
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = mlt_flow_registry_init(&request, cli->arena, &out, err) && mlt_buf_check(&out, err);
    fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

static int do_register(struct mlt_cli *cli, struct mlt_err *err)
{
    return show(cli, err, mlt_flow_registry_register);
}

static int adopt(struct mlt_cli *cli, struct mlt_err *err)
{
    const char *as = mlt_opt_value(cli, "as");
    if (!as || strcmp(as, "production") != 0) {
        mlt_err_set(err, MLT_ERR_USAGE,
                    "adopt imports a version that already serves: say --as production");
        return -1;
    }
    return show(cli, err, mlt_flow_registry_adopt);
}

static int get(struct mlt_cli *cli, struct mlt_err *err)
{
    return show(cli, err, mlt_flow_registry_get);
}

static int list(struct mlt_cli *cli, struct mlt_err *err)
{
    return show(cli, err, mlt_flow_registry_list);
}

static int show_version(struct mlt_cli *cli, struct mlt_err *err)
{
    return show(cli, err, mlt_flow_registry_show);
}

static int verify(struct mlt_cli *cli, struct mlt_err *err)
{
    return show(cli, err, mlt_flow_registry_verify);
}

static int latest(struct mlt_cli *cli, struct mlt_err *err)
{
    return show(cli, err, mlt_flow_registry_latest);
}

const struct mlt_command mlt_command_registry_init = {
    .name = "registry init",
    .summary = "make a registry",
    .arguments = "FOLDER",
    .examples = "  mltest registry init ./registry --policy gates.yaml\n",
    .options = init_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = init,
};
const struct mlt_command mlt_command_registry_register = {
    .name = "registry register",
    .summary = "register a version's folder; it is immutable from then on",
    .arguments = "MODEL@VERSION FOLDER",
    .examples = "  mltest registry register ad-score-predictor@1.1.0 ./ad-score-predictor/1.1.0\n",
    .options = plain_options,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = do_register,
};
const struct mlt_command mlt_command_registry_adopt = {
    .name = "registry adopt",
    .summary = "import the version that already serves production",
    .arguments = "MODEL@VERSION",
    .examples = "  mltest registry adopt ad-score-predictor@1.0.0 --as production --reason "
                "\"serves since May\"\n",
    .options = adopt_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = adopt,
};
const struct mlt_command mlt_command_registry_get = {
    .name = "registry get",
    .summary = "print the verified folder of a version",
    .arguments = "MODEL[@VERSION]",
    .examples = "  cd \"$(mltest registry get ad-score-predictor@production)\"\n",
    .options = plain_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = get,
};
const struct mlt_command mlt_command_registry_list = {
    .name = "registry list",
    .summary = "list models, or the versions of one",
    .arguments = "[MODEL]",
    .examples = "  mltest registry list\n  mltest registry list ad-score-predictor --format json\n",
    .options = shown_options,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = list,
};
const struct mlt_command mlt_command_registry_show = {
    .name = "registry show",
    .summary = "show everything known of a version",
    .arguments = "MODEL[@VERSION]",
    .examples = "  mltest registry show ad-score-predictor@1.1.0\n",
    .options = shown_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = show_version,
};
const struct mlt_command mlt_command_registry_verify = {
    .name = "registry verify",
    .summary = "check every file against its manifest",
    .arguments = "[MODEL[@VERSION]]",
    .examples = "  mltest registry verify --all\n  mltest registry verify "
                "ad-score-predictor@1.1.0\n",
    .details =
        "Tells altered, missing, surplus and orphaned files apart; changes nothing. Any fault is "
        "exit code 4.\n",
    .options = verify_options,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = verify,
};
const struct mlt_command mlt_command_registry_latest = {
    .name = "registry latest",
    .summary = "print the latest version that reached production",
    .arguments = "MODEL",
    .examples = "  mltest registry latest ad-score-predictor\n",
    .options = plain_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = latest,
};

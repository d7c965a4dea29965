#include "cli/commands.h"

#include "flows/audit.h"

#define REGISTRY_OPTIONS                                                                           \
    {"registry", 0, MLT_OPT_VALUE, "URL",                                                          \
     "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},                                     \
    {                                                                                              \
        "directory", 'C', MLT_OPT_VALUE, "DIR", "folder of mltest.yaml (default: here or above)"   \
    }
#define NO_MORE_OPTIONS                                                                            \
    {                                                                                              \
        NULL, 0, MLT_OPT_FLAG, NULL, NULL                                                          \
    }

static const struct mlt_opt log_options[] = {
    {"what", 0, MLT_OPT_VALUE, "WORD", "only these: register, deploy, run, …"},
    {"by", 0, MLT_OPT_VALUE, "USER", "only what this user did"},
    {"since", 0, MLT_OPT_VALUE, "TIME", "from this day or time on (UTC)"},
    {"until", 0, MLT_OPT_VALUE, "TIME", "up to the end of this day, or this time"},
    {"limit", 0, MLT_OPT_VALUE, "N", "only the newest N"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "console (default), json or csv"},
    REGISTRY_OPTIONS,
    NO_MORE_OPTIONS};
static const struct mlt_opt verify_options[] = {
    {"checkpoint", 0, MLT_OPT_MANY, "FILE", "a checkpoint that was kept elsewhere"},
    {"public-key", 0, MLT_OPT_MANY, "FILE", "only signatures of this key count"},
    {"proof", 0, MLT_OPT_VALUE, "FILE", "check this proof, without any registry"},
    REGISTRY_OPTIONS,
    NO_MORE_OPTIONS};
static const struct mlt_opt prove_options[] = {
    {"from", 0, MLT_OPT_VALUE, "FILE", "prove that the log has only grown since this checkpoint"},
    {"key", 0, MLT_OPT_VALUE, "FILE", "sign a checkpoint for it now (default: the newest kept)"},
    {"output", 'o', MLT_OPT_VALUE, "FILE", "write there instead of standard output"},
    REGISTRY_OPTIONS,
    NO_MORE_OPTIONS};
static const struct mlt_opt checkpoint_options[] = {
    {"key", 0, MLT_OPT_VALUE, "FILE", "the private key that signs (default: this user's own)"},
    {"output", 'o', MLT_OPT_VALUE, "FILE", "write there instead of standard output"},
    REGISTRY_OPTIONS,
    NO_MORE_OPTIONS};
static const struct mlt_opt export_options[] = {REGISTRY_OPTIONS, NO_MORE_OPTIONS};

typedef bool flow(const struct mlt_audit_request *request, struct mlt_arena *arena,
                  struct mlt_buf *out, struct mlt_err *err);

static struct mlt_audit_request request_of(const struct mlt_cli *cli)
{
    struct mlt_audit_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .dir = mlt_opt_value(cli, "directory"),
        .what = mlt_opt_value(cli, "what"),
        .by = mlt_opt_value(cli, "by"),
        .since = mlt_opt_value(cli, "since"),
        .until = mlt_opt_value(cli, "until"),
        .limit = mlt_opt_value(cli, "limit"),
        .format = mlt_opt_value(cli, "format"),
        .from = mlt_opt_value(cli, "from"),
        .key = mlt_opt_value(cli, "key"),
        .proof = mlt_opt_value(cli, "proof"),
        .output = mlt_opt_value(cli, "output"),
    };
    request.checkpoints = mlt_opt_values(cli, "checkpoint", &request.checkpoint_count);
    request.public_keys = mlt_opt_values(cli, "public-key", &request.public_key_count);
    return request;
}

static int show(struct mlt_cli *cli, const struct mlt_audit_request *request, flow *run,
                struct mlt_err *err)
{
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = run(request, cli->arena, &out, err) && mlt_buf_check(&out, err);
    fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

static int show_log(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_audit_request request = request_of(cli);
    request.ref = cli->argument_count ? cli->arguments[0] : NULL;
    return show(cli, &request, mlt_flow_audit_log, err);
}

static int verify(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_audit_request request = request_of(cli);
    if (request.proof && request.checkpoint_count) {
        mlt_err_set(err, MLT_ERR_USAGE,
                    "--proof is checked by itself: --checkpoint belongs to a registry's log");
        return -1;
    }
    return show(cli, &request, request.proof ? mlt_flow_audit_verify_proof : mlt_flow_audit_verify,
                err);
}

static int prove(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_audit_request request = request_of(cli);
    request.entry = cli->argument_count ? cli->arguments[0] : NULL;
    return show(cli, &request, mlt_flow_audit_prove, err);
}

static int checkpoint(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_audit_request request = request_of(cli);
    return show(cli, &request, mlt_flow_audit_checkpoint, err);
}

static int export_log(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_audit_request request = request_of(cli);
    request.output = cli->arguments[0];
    return show(cli, &request, mlt_flow_audit_export, err);
}

const struct mlt_command mlt_command_audit_log = {
    .name = "audit log",
    .summary = "show the registry's log",
    .arguments = "[MODEL[@VERSION]]",
    .examples =
        "  mltest audit log ad-score-predictor --limit 20\n"
        "  mltest audit log --what deploy --since 2026-01-01 --format csv >deployments.csv\n",
    .options = log_options,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = show_log,
};
const struct mlt_command mlt_command_audit_verify = {
    .name = "audit verify",
    .summary = "check the log, or a proof, for anything altered",
    .arguments = "",
    .examples = "  mltest audit verify\n"
                "  mltest audit verify --checkpoint kept-in-march.txt --public-key gate.pub\n"
                "  mltest audit verify --proof proof.json --public-key gate.pub\n",
    .details = "Recomputes the tree from the entries and names each that is missing, altered, out "
               "of place or surplus.\nAny fault is exit code 4.\n",
    .options = verify_options,
    .min_arguments = 0,
    .max_arguments = 0,
    .run = verify,
};
const struct mlt_command mlt_command_audit_prove = {
    .name = "audit prove",
    .summary = "prove that the log holds an entry, or has only grown",
    .arguments = "[ENTRY]",
    .examples = "  mltest audit prove 42 -o proof.json\n"
                "  mltest audit prove --from kept-in-march.txt -o grown.json\n",
    .options = prove_options,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = prove,
};
const struct mlt_command mlt_command_audit_checkpoint = {
    .name = "audit checkpoint",
    .summary = "sign the log as it is now, to be kept elsewhere",
    .arguments = "",
    .examples = "  mltest audit checkpoint --key gate.key -o checkpoint.txt\n",
    .options = checkpoint_options,
    .min_arguments = 0,
    .max_arguments = 0,
    .run = checkpoint,
};
const struct mlt_command mlt_command_audit_export = {
    .name = "audit export",
    .summary = "write the whole log into a folder",
    .arguments = "FOLDER",
    .examples = "  mltest audit export ./audit-2026\n",
    .details = "log.jsonl has the exact bytes of an entry on each line, checkpoint.txt is the "
               "newest checkpoint.\n",
    .options = export_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = export_log,
};

#include "cli/commands.h"

#include "flows/keys.h"
#include "harness/base/buf.h"

#define REGISTRY_OPTION                                                                            \
    {                                                                                              \
        "registry", 0, MLT_OPT_VALUE, "URL",                                                       \
            "registry (default: MLTEST_REGISTRY, then mltest.yaml)"                                \
    }
#define ROLE_OPTION                                                                                \
    {                                                                                              \
        "role", 0, MLT_OPT_VALUE, "ROLE", "what it signs: runner (default), gate or both"          \
    }
#define NO_MORE_OPTIONS                                                                            \
    {                                                                                              \
        NULL, 0, MLT_OPT_FLAG, NULL, NULL                                                          \
    }

static const struct mlt_opt plain_options[] = {REGISTRY_OPTION, NO_MORE_OPTIONS};
static const struct mlt_opt new_options[] = {ROLE_OPTION, REGISTRY_OPTION, NO_MORE_OPTIONS};
static const struct mlt_opt allow_options[] = {
    {"name", 0, MLT_OPT_VALUE, "NAME", "of the key (default: the file's)"},
    ROLE_OPTION,
    REGISTRY_OPTION,
    NO_MORE_OPTIONS};
static const struct mlt_opt list_options[] = {
    REGISTRY_OPTION,
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "text (default) or json"},
    NO_MORE_OPTIONS};

/* Every command is one flow that fills a text. */
static int show(struct mlt_cli *cli, const struct mlt_keys_request *request,
                bool (*flow)(const struct mlt_keys_request *, struct mlt_arena *, struct mlt_buf *,
                             struct mlt_err *),
                struct mlt_err *err)
{
    struct mlt_buf out = MLT_BUF_INIT;
    bool ok = flow(request, cli->arena, &out, err) && mlt_buf_check(&out, err);
    if (ok)
        fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

static struct mlt_keys_request request_of(const struct mlt_cli *cli)
{
    return (struct mlt_keys_request){
        .registry = mlt_opt_value(cli, "registry"),
        .name = cli->argument_count ? cli->arguments[0] : NULL,
        .role = mlt_opt_value(cli, "role"),
        .format = mlt_opt_value(cli, "format"),
    };
}

static int new_key(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_keys_request request = request_of(cli);
    return show(cli, &request, mlt_flow_keys_new, err);
}

static int list(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_keys_request request = request_of(cli);
    return show(cli, &request, mlt_flow_keys_list, err);
}

static int rotate(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_keys_request request = request_of(cli);
    return show(cli, &request, mlt_flow_keys_rotate, err);
}

static int retire(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_keys_request request = request_of(cli);
    return show(cli, &request, mlt_flow_keys_retire, err);
}

static int allow(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_keys_request request = request_of(cli);
    request.file = request.name;
    request.name = mlt_opt_value(cli, "name");
    return show(cli, &request, mlt_flow_keys_allow, err);
}

const struct mlt_command mlt_command_keys_new = {
    .name = "keys new",
    .summary = "make a key that signs runs or decisions",
    .arguments = "NAME",
    .examples = "  mltest keys new ci --role runner\n"
                "  mltest keys new release --role gate --registry /srv/models\n",
    .details =
        "The private half goes to NAME.pem in MLTEST_KEYS (default: ~/.config/mltest/keys), "
        "readable by its\nowner alone; where a registry is named, the public half is allowed "
        "there. MLTEST_KEY names one\nfile, PEM or an OpenSSH Ed25519 key, to sign with "
        "instead.\n",
    .options = new_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = new_key,
};

const struct mlt_command mlt_command_keys_list = {
    .name = "keys list",
    .summary = "list the keys that a registry allows, and the retired ones",
    .arguments = "",
    .examples = "  mltest keys list\n"
                "  mltest keys list --format json\n",
    .options = list_options,
    .run = list,
};

const struct mlt_command mlt_command_keys_rotate = {
    .name = "keys rotate",
    .summary = "put a new key in the place of one that is then retired",
    .arguments = "NAME",
    .examples = "  mltest keys rotate ci\n",
    .details = "What the old key signed goes on counting where it was logged before. Its private "
               "half stays as\nNAME.pem.retired: remove it when nothing needs it.\n",
    .options = plain_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = rotate,
};

const struct mlt_command mlt_command_keys_retire = {
    .name = "keys retire",
    .summary = "let nothing count any more that a key signs from now on",
    .arguments = "NAME",
    .examples = "  mltest keys retire old-runner\n",
    .options = plain_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = retire,
};

const struct mlt_command mlt_command_keys_allow = {
    .name = "keys allow",
    .summary = "let the signatures of a public key count in a registry",
    .arguments = "FILE",
    .examples = "  mltest keys allow ci.pub --role runner\n"
                "  mltest keys allow ~/.ssh/id_ed25519.pub --name alice --role gate\n",
    .details = "FILE is a public Ed25519 key in PEM, or the .pub file of an SSH key.\n",
    .options = allow_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = allow,
};

#include "cli/commands.h"

#include <unistd.h>

#include "flows/docs_publish.h"
#include "flows/docs_store.h"

#define REGISTRY_OPTION                                                                            \
    {                                                                                              \
        "registry", 0, MLT_OPT_VALUE, "URL",                                                       \
            "registry (default: MLTEST_REGISTRY, then mltest.yaml)"                                \
    }
#define NO_MORE_OPTIONS                                                                            \
    {                                                                                              \
        NULL, 0, MLT_OPT_FLAG, NULL, NULL                                                          \
    }

static const struct mlt_opt put_options[] = {
    {"reason", 0, MLT_OPT_VALUE, "TEXT", "why, for the record (required)"},
    {"by", 0, MLT_OPT_VALUE, "NAME", "who signs it off (default: this user)"},
    REGISTRY_OPTION,
    NO_MORE_OPTIONS};
static const struct mlt_opt show_options[] = {
    {"revision", 0, MLT_OPT_VALUE, "N", "as it stood then; 0: as registered (default: the newest)"},
    {"list", 'l', MLT_OPT_FLAG, NULL, "the revisions of the document instead of its text"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "text (default) or json"},
    REGISTRY_OPTION,
    NO_MORE_OPTIONS};

static const struct mlt_opt publish_options[] = {REGISTRY_OPTION, NO_MORE_OPTIONS};

static int print(struct mlt_buf *out, bool ok, struct mlt_err *err)
{
    ok = ok && mlt_buf_check(out, err);
    if (ok)
        fwrite(out->data, 1, out->len, stdout);
    mlt_buf_free(out);
    return ok ? 0 : -1;
}

static int put(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_docs_put_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->arguments[0],
        .paths = cli->arguments + 1,
        .path_count = (size_t)cli->argument_count - 1,
        .reason = mlt_opt_value(cli, "reason"),
        .by = mlt_opt_value(cli, "by"),
    };
    struct mlt_buf out = MLT_BUF_INIT;
    return print(&out, mlt_flow_docs_put(&request, cli->arena, &out, err), err);
}

static int show(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_docs_show_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .ref = cli->arguments[0],
        .document = cli->argument_count > 1 ? cli->arguments[1] : NULL,
        .revision = mlt_opt_value(cli, "revision"),
        .list = mlt_opt_flag(cli, "list"),
        .format = mlt_opt_value(cli, "format"),
        .terminal = isatty(STDOUT_FILENO) == 1,
    };
    struct mlt_buf out = MLT_BUF_INIT;
    return print(&out, mlt_flow_docs_show(&request, cli->arena, &out, err), err);
}

static int publish(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_docs_publish_request request = {
        .registry = mlt_opt_value(cli, "registry"),
        .dir = cli->arguments[0],
        .models = cli->arguments + 1,
        .model_count = (size_t)cli->argument_count - 1,
    };
    struct mlt_buf out = MLT_BUF_INIT;
    return print(&out, mlt_flow_docs_publish(&request, cli->arena, &out, err), err);
}

const struct mlt_command mlt_command_docs_put = {
    .name = "docs put",
    .summary = "correct documents of a registered version: a further revision",
    .arguments = "MODEL@VERSION FILE|DIR...",
    .examples = "  mltest docs put ad-score-predictor@1.1.0 api.md --reason \"price1 is in USD\"\n",
    .details = "The name of a file tells which document it is: model-card.md, api.md, "
               "version-history.md,\nperformance-report.md, limitations.md, "
               "integration-guide.md. Of a folder the files with such names\nare taken. Earlier "
               "revisions stay readable; nothing is ever taken away.\n",
    .options = put_options,
    .min_arguments = 2,
    .max_arguments = -1,
    .run = put,
};
const struct mlt_command mlt_command_docs_show = {
    .name = "docs show",
    .summary = "print a document of a version, or list its documents and revisions",
    .arguments = "MODEL[@VERSION] [DOCUMENT]",
    .examples = "  mltest docs show ad-score-predictor@production\n"
                "  mltest docs show ad-score-predictor@1.0.0 limitations --revision 0\n",
    .details = "DOCUMENT is model-card, api, version-history, performance-report, limitations or "
               "integration-guide.\n",
    .options = show_options,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = show,
};
const struct mlt_command mlt_command_docs_publish = {
    .name = "docs publish",
    .summary = "write the documents of all versions as a static site",
    .arguments = "DIR [MODEL...]",
    .examples = "  mltest docs publish ./site\n",
    .details = "DIR is new, empty, or made by an earlier publish; it is replaced in one step. The "
               "pages need no server\nand no script: open DIR/index.html, or copy DIR to any web "
               "server.\n",
    .options = publish_options,
    .min_arguments = 1,
    .max_arguments = -1,
    .run = publish,
};

#include "cli/commands.h"
#include "cli/sign_options.h"
#include "flows/approvals.h"

#define WHERE_OPTIONS                                                                              \
    {"directory", 'C', MLT_OPT_VALUE, "DIR", "folder of mltest.yaml (default: here or above)"},    \
        {"registry", 0, MLT_OPT_VALUE, "URL",                                                      \
         "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},                                 \
    {                                                                                              \
        NULL, 0, MLT_OPT_FLAG, NULL, NULL                                                          \
    }

static const struct mlt_opt list_options[] = {
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "text (default) or json"}, WHERE_OPTIONS};
static const struct mlt_opt add_options[] = {
    {"file", 0, MLT_OPT_VALUE, "FILE", "the document itself; it is kept with the record"},
    {"outcome", 0, MLT_OPT_VALUE, "OUTCOME", "how it ended (default: the first that its kind has)"},
    MLT_SIGN_OPTIONS};
static const struct mlt_opt show_options[] = {
    {"output", 'o', MLT_OPT_VALUE, "FILE", "write the record's file here"}, WHERE_OPTIONS};

static struct mlt_approvals_request list_request(struct mlt_cli *cli)
{
    return (struct mlt_approvals_request){.dir = mlt_opt_value(cli, "directory"),
                                          .registry = mlt_opt_value(cli, "registry"),
                                          .ref = cli->arguments[0],
                                          .format = mlt_opt_value(cli, "format")};
}

static int approvals(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_approvals_request request = list_request(cli);
    struct mlt_buf out = MLT_BUF_INIT;
    return mlt_sign_print(&out, mlt_flow_approvals(&request, cli->arena, &out, err), err);
}

static int list(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_approvals_request request = list_request(cli);
    struct mlt_buf out = MLT_BUF_INIT;
    return mlt_sign_print(&out, mlt_flow_evidence_list(&request, cli->arena, &out, err), err);
}

static int add(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_evidence_add_request request = {.sign = mlt_sign_options(cli),
                                               .kind = cli->arguments[0],
                                               .ref = cli->arguments[1],
                                               .outcome = mlt_opt_value(cli, "outcome")};
    struct mlt_buf out = MLT_BUF_INIT;
    request.sign.file = mlt_opt_value(cli, "file");
    return mlt_sign_print(&out, mlt_flow_evidence_add(&request, cli->arena, &out, err), err);
}

static int show(struct mlt_cli *cli, struct mlt_err *err)
{
    const struct mlt_evidence_show_request request = {.dir = mlt_opt_value(cli, "directory"),
                                                      .registry = mlt_opt_value(cli, "registry"),
                                                      .digest = cli->arguments[0],
                                                      .output = mlt_opt_value(cli, "output")};
    struct mlt_buf out = MLT_BUF_INIT;
    return mlt_sign_print(&out, mlt_flow_evidence_show(&request, cli->arena, &out, err), err);
}

const struct mlt_command mlt_command_approvals = {
    .name = "approvals",
    .summary = "who approved, rejected or waived what, whether it counts, and what is missing",
    .arguments = "MODEL@VERSION",
    .examples = "  mltest approvals ad-score-predictor@1.1.0\n",
    .details = NULL,
    .options = list_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = approvals,
};
const struct mlt_command mlt_command_evidence_add = {
    .name = "evidence add",
    .summary = "record a review, a rehearsal, a notice or usage figures, signed with your SSH key",
    .arguments = "KIND MODEL@VERSION",
    .examples =
        "  mltest evidence add security-review ad-score-predictor@1.1.0 --file review.pdf "
        "--reason \"no findings\"\n"
        "  mltest evidence add ethics-review ad-score-predictor@1.1.0 --outcome not-applicable "
        "--reason \"no people in the data\"\n"
        "  mltest evidence add usage ad-score-predictor@1.0.0 --file usage.json --reason "
        "\"gateway log\"\n",
    .details =
        "KIND is code-review, security-review, privacy-impact-assessment or ethics-review "
        "(outcome approved,\nrejected; ethics-review also not-applicable), runbook-rehearsal "
        "(passed, failed), design, ab-test-plan,\ndeployment-runbook, migration-path, "
        "deprecation-notice, usage or incident (done).\n",
    .options = add_options,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = add,
};
const struct mlt_command mlt_command_evidence_list = {
    .name = "evidence list",
    .summary = "the records of a version, and whether they count",
    .arguments = "MODEL@VERSION",
    .examples = "  mltest evidence list ad-score-predictor@1.1.0 --format json\n",
    .details = NULL,
    .options = list_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = list,
};
const struct mlt_command mlt_command_evidence_show = {
    .name = "evidence show",
    .summary = "print a signed statement, its signature, and whether it holds",
    .arguments = "DIGEST",
    .examples = "  mltest evidence show 3f5a9c0d17e2 -o review.pdf\n",
    .details = "DIGEST is that of the statement, or its first 8 digits or more.\n",
    .options = show_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = show,
};

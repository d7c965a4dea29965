#include "cli/sign_options.h"

#include <string.h>
#include <unistd.h>

/* What is shown goes to standard error: standard output is for what was done. */
static bool confirm(void *context, const char *shown, struct mlt_err *err)
{
    const struct mlt_cli *cli = context;
    char answer[16] = "";
    fputs(shown, stderr);
    if (mlt_opt_flag(cli, "yes"))
        return true;
    if (isatty(STDIN_FILENO) != 1)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "nothing was signed: there is no terminal to ask on, say --yes");
    fputs("sign this? [y/N] ", stderr);
    fflush(stderr);
    bool yes = fgets(answer, sizeof answer, stdin) &&
               (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0);
    return yes || mlt_err_set(err, MLT_ERR_USAGE, "nothing was signed");
}

struct mlt_sign_request mlt_sign_options(struct mlt_cli *cli)
{
    struct mlt_sign_request request = {
        .dir = mlt_opt_value(cli, "directory"),
        .registry = mlt_opt_value(cli, "registry"),
        .reason = mlt_opt_value(cli, "reason"),
        .person = mlt_opt_value(cli, "as"),
        .key = mlt_opt_value(cli, "key"),
        .statement_only = mlt_opt_flag(cli, "statement-only"),
        .output = mlt_opt_value(cli, "output"),
        .signature = mlt_opt_value(cli, "signature"),
        .confirm = confirm,
        .context = cli,
    };
    request.tickets = mlt_opt_values(cli, "ticket", &request.ticket_count);
    return request;
}

int mlt_sign_print(struct mlt_buf *out, bool ok, struct mlt_err *err)
{
    ok = ok && mlt_buf_check(out, err);
    if (ok)
        fwrite(out->data, 1, out->len, stdout);
    mlt_buf_free(out);
    return ok ? 0 : -1;
}

#include "harness/registry/git_program.h"

#include <string.h>
#include <sys/wait.h>

#include "harness/base/subprocess.h"

enum { TIMEOUT_S = 300, NO_SUCH_PROGRAM = 127 };

/* env(1) takes away what would lead git elsewhere: these are set where a hook calls us. Settings on
 * the command line win over those of the repository. Its owner may be another user, as in
 * containers of pipelines: that is safe, since nothing of it is run. */
static const char *const prefix[] = {"env",
                                     "-u",
                                     "GIT_DIR",
                                     "-u",
                                     "GIT_WORK_TREE",
                                     "-u",
                                     "GIT_INDEX_FILE",
                                     "-u",
                                     "GIT_OBJECT_DIRECTORY",
                                     "-u",
                                     "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                     "-u",
                                     "GIT_COMMON_DIR",
                                     "-u",
                                     "GIT_NAMESPACE",
                                     "-u",
                                     "GIT_CONFIG_PARAMETERS",
                                     "-u",
                                     "GIT_CONFIG_COUNT",
                                     "-u",
                                     "GIT_EXEC_PATH",
                                     "git",
                                     "--no-pager",
                                     "-c",
                                     "core.fsmonitor=false",
                                     "-c",
                                     "core.hooksPath=/dev/null",
                                     "-c",
                                     "core.sshCommand=false",
                                     "-c",
                                     "core.askPass=false",
                                     "-c",
                                     "protocol.allow=never",
                                     "-c",
                                     "safe.directory=*",
                                     "-c",
                                     "core.quotePath=false"};
enum { PREFIX = sizeof prefix / sizeof *prefix };

/* No protocol is allowed: an object that a partial clone lacks is missing, and not fetched. */
static const char *const environment[] = {"GIT_CONFIG_NOSYSTEM=1",
                                          "GIT_CONFIG_GLOBAL=/dev/null",
                                          "GIT_ALLOW_PROTOCOL=none",
                                          "GIT_NO_LAZY_FETCH=1",
                                          "GIT_NO_REPLACE_OBJECTS=1",
                                          "GIT_OPTIONAL_LOCKS=0",
                                          "GIT_TERMINAL_PROMPT=0",
                                          "LC_ALL=C",
                                          NULL};

bool mlt_git_run(const char *checkout, const char *const *arguments, const struct mlt_buf *input,
                 size_t max_bytes, struct mlt_buf *out, struct mlt_buf *said, int *status,
                 struct mlt_err *err)
{
    const char *argv[PREFIX + MLT_GIT_ARGUMENTS + 1] = {NULL};
    struct mlt_subprocess_result result;
    memcpy(argv, prefix, sizeof prefix);
    for (size_t i = 0; arguments[i] && i < MLT_GIT_ARGUMENTS; i++)
        argv[PREFIX + i] = arguments[i];
    const struct mlt_subprocess_options options = {
        .argv = argv, .dir = checkout, .env = environment};
    if (!mlt_subprocess_run(&options, input, TIMEOUT_S * UINT64_C(1000000000), max_bytes, out, said,
                            &result, err))
        return false;
    if (result.timed_out)
        return mlt_err_set(err, MLT_ERR_INFRA, "git %s in %s took more than %d s", arguments[0],
                           checkout, TIMEOUT_S);
    if (!WIFEXITED(result.status)) {
        char text[64];
        return mlt_err_set(err, MLT_ERR_INFRA, "git %s in %s ended by %s", arguments[0], checkout,
                           mlt_subprocess_status_text(result.status, text));
    }
    *status = WEXITSTATUS(result.status);
    if (*status == NO_SUCH_PROGRAM)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "there is no program git here: install it to compare with a checkout");
    if (result.out_truncated)
        return mlt_err_set(err, MLT_ERR_INFRA, "git %s in %s printed more than %zu bytes",
                           arguments[0], checkout, max_bytes);
    return true;
}

#include <string.h>
#include <sys/wait.h>

#include "harness/base/str.h"
#include "harness/base/subprocess.h"
#include "suites/ask.h"
#include "suites/unit_checks.h"

enum { OUTPUT_BYTES = 4 << 20, TAIL_BYTES = 16 << 10, LINE_BYTES = 200 };

/* What the command learns about the version; and Python and pytest must not write into its folder,
 * which is immutable. */
static const char *const *environment(struct mlt_case_context *context)
{
    const struct mlt_subject *subject = context->candidate;
    struct mlt_arena *arena = context->arena;
    const char **env = mlt_arena_calloc(arena, 8, sizeof *env);
    if (!env)
        return NULL;
    env[0] = mlt_arena_printf(arena, "MLTEST_MODEL=%s", subject->model);
    env[1] = mlt_arena_printf(arena, "MLTEST_VERSION=%s", subject->version);
    env[2] = mlt_arena_printf(arena, "MLTEST_VERSION_DIR=%s", subject->dir);
    env[3] = mlt_arena_printf(arena, "MLTEST_ARTIFACT=%s", subject->artifact);
    env[4] = "PYTHONDONTWRITEBYTECODE=1";
    env[5] = "PYTEST_ADDOPTS=-p no:cacheprovider";
    env[6] = context->scratch_dir ? mlt_arena_printf(arena, "TMPDIR=%s", context->scratch_dir)
                                  : "MLTEST=1";
    for (size_t i = 0; i < 7; i++)
        if (!env[i])
            return NULL;
    return env;
}

static const char *const *arguments(const struct mlt_json *list, struct mlt_arena *arena)
{
    const char **argv = mlt_arena_calloc(arena, mlt_json_count(list) + 1, sizeof *argv);
    size_t count = 0;
    for (const struct mlt_json *arg = mlt_json_first(list); argv && arg; arg = mlt_json_next(arg))
        argv[count++] = mlt_json_string(arg);
    return argv;
}

static const char *shown_command(const char *const *argv, struct mlt_arena *arena,
                                 struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    for (size_t i = 0; argv[i]; i++) {
        mlt_buf_puts(&text, i ? " " : "");
        mlt_str_append_safe(&text, argv[i], strlen(argv[i]), LINE_BYTES);
    }
    return mlt_ask_keep(&text, arena, err);
}

static const char *tail_of(const struct mlt_buf *out, const struct mlt_buf *errors,
                           struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    const struct mlt_buf *parts[] = {out, errors};
    for (size_t i = 0; i < 2; i++) {
        size_t skip = parts[i]->len > TAIL_BYTES ? parts[i]->len - TAIL_BYTES : 0;
        mlt_buf_append(&text, parts[i]->data + skip, parts[i]->len - skip);
    }
    return mlt_ask_keep(&text, arena, err);
}

static void append_last_line(struct mlt_buf *out, const char *text)
{
    size_t end = strlen(text);
    while (end > 0 && strchr(" \t\r\n", text[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    if (end > start) {
        mlt_buf_puts(out, ": ");
        mlt_str_append_safe(out, text + start, end - start, LINE_BYTES);
    }
}

/* An exit status is the command's own word; a signal or a deadline leaves the case broken. */
static bool judge(struct mlt_case_context *context, const char *command, const char *tail,
                  const struct mlt_subprocess_result *result, uint64_t timeout_ns,
                  struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_buf last = MLT_BUF_INIT;
    char status[64];
    append_last_line(&last, tail);
    out->diagnostics = tail;
    bool ok = mlt_buf_check(&last, err);
    if (!ok)
        ;
    else if (result->timed_out)
        ok = mlt_err_set(err, MLT_ERR_EVIDENCE, "command `%s` did not end within %.3g s%s", command,
                         (double)timeout_ns / 1e9, last.data);
    else if (!WIFEXITED(result->status))
        ok = mlt_err_set(err, MLT_ERR_EVIDENCE, "command `%s` ended with %s%s", command,
                         mlt_subprocess_status_text(result->status, status), last.data);
    else if (WEXITSTATUS(result->status) != 0)
        ok =
            mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "command `%s` ended with %s%s",
                            command, mlt_subprocess_status_text(result->status, status), last.data);
    else
        out->state = MLT_OUTCOME_PASSED;
    mlt_buf_free(&last);
    return ok;
}

bool mlt_unit_command(struct mlt_case_context *context, const struct mlt_json *spec,
                      struct mlt_outcome *out, struct mlt_err *err)
{
    double timeout_s;
    if (!mlt_json_want_number(spec, "timeout_s", &timeout_s, err))
        return false;
    const char *const *argv = arguments(mlt_json_get(spec, "argv"), context->arena);
    struct mlt_subprocess_options options = {argv, context->candidate->dir, environment(context)};
    if (!argv || !options.env)
        return mlt_err_oom(err);
    if (!argv[0])
        return mlt_err_set(err, MLT_ERR_USAGE, "`command` names no program");
    const char *command = shown_command(argv, context->arena, err);
    if (!command)
        return false;
    uint64_t timeout_ns = (uint64_t)(timeout_s * 1e9);
    struct mlt_buf text = MLT_BUF_INIT, errors = MLT_BUF_INIT;
    struct mlt_subprocess_result result;
    bool ok =
        mlt_subprocess_run(&options, NULL, timeout_ns, OUTPUT_BYTES, &text, &errors, &result, err);
    const char *tail = ok ? tail_of(&text, &errors, context->arena, err) : NULL;
    ok = tail && judge(context, command, tail, &result, timeout_ns, out, err);
    mlt_buf_free(&text);
    mlt_buf_free(&errors);
    return ok;
}

#include "flows/announce.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flows/judge.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/results/results.h"
#include "reports/ci.h"
#include "reports/decision_words.h"
#include "reports/markdown_text.h"
#include "reports/summary.h"

enum { VARIABLES_MAX_BYTES = 1 << 16, SUMMARY_LEAST_BYTES = 10000, SUMMARY_SPARE_BYTES = 1000 };

bool mlt_announcement_decided(struct mlt_announcement *announcement,
                              const struct mlt_decision *decision, bool advisory,
                              struct mlt_arena *arena, struct mlt_err *err)
{
    if (!announcement)
        return true;
    struct mlt_decision *copy = mlt_arena_memdup(arena, decision, sizeof *decision);
    struct mlt_policy *policy = mlt_arena_memdup(arena, decision->policy, sizeof *policy);
    if (!copy || !policy)
        return mlt_err_oom(err);
    copy->policy = policy;
    announcement->decision = copy;
    announcement->verdict = decision->verdict;
    announcement->advisory = advisory;
    return true;
}

bool mlt_announcement_kept(struct mlt_announcement *announcement, const char *path,
                           const char digest[MLT_SHA256_HEX], struct mlt_arena *arena,
                           struct mlt_err *err)
{
    if (!announcement)
        return true;
    announcement->decision_path = mlt_arena_strdup(arena, path);
    memcpy(announcement->decision_digest, digest, MLT_SHA256_HEX);
    return announcement->decision_path || !path ? true : mlt_err_oom(err);
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value && strcmp(value, "false") != 0;
}

bool mlt_announce_choose(bool none, struct mlt_announce_to *to, struct mlt_err *err)
{
    bool asked = to->github || to->gitlab || to->jenkins;
    if (none && asked)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--no-ci and --%s contradict each other: leave one of them out",
                           to->github   ? "github"
                           : to->gitlab ? "gitlab"
                                        : "jenkins");
    if (none || asked)
        return true;
    to->github = is_set("GITHUB_ACTIONS");
    to->gitlab = is_set("GITLAB_CI");
    to->jenkins = is_set("JENKINS_URL");
    return true;
}

/* Everything that the writers show, gathered once. */
struct telling {
    const struct mlt_announcement *what;
    const struct mlt_err *failure;
    struct mlt_arena *arena;
    struct mlt_ci_input in;
    struct mlt_report_input run;
    bool has_run;
};

static bool load_run(struct telling *t, struct mlt_err *err)
{
    struct mlt_run *run = mlt_arena_alloc(t->arena, sizeof *run);
    struct mlt_findings findings = {0};
    enum mlt_verdict verdict;
    if (!run)
        return mlt_err_oom(err);
    if (!mlt_results_load(t->what->results, t->arena, run, err) ||
        !mlt_flow_judge_run(run, t->arena, &findings, &verdict, err))
        return false;
    t->has_run = true;
    t->run = (struct mlt_report_input){.run = run,
                                       .findings = findings.items,
                                       .finding_count = findings.count,
                                       .verdict = verdict,
                                       .results_path = t->what->results};
    return mlt_ci_notes_of_run(&t->run, t->arena, &t->in.notes, &t->in.note_count, err);
}

static bool keep_title(struct telling *t, struct mlt_err *err)
{
    struct mlt_buf title = MLT_BUF_INIT;
    if (t->what->decision)
        mlt_decision_title(t->what->decision, &title);
    else if (t->has_run)
        mlt_report_title(t->run.run, &title);
    else
        mlt_buf_printf(&title, "mltest %s", t->what->command);
    t->in.title = title.oom ? NULL : mlt_arena_strdup(t->arena, title.data);
    mlt_buf_free(&title);
    return t->in.title ? true : mlt_err_oom(err);
}

static const char *junit_path(const struct mlt_announcement *what)
{
    for (size_t i = 0; i < what->report_count; i++)
        if (mlt_str_starts(what->reports[i], "junit="))
            return what->reports[i] + strlen("junit=");
    return NULL;
}

static bool note_failure(struct telling *t, struct mlt_err *err)
{
    struct mlt_ci_note *note = mlt_arena_alloc(t->arena, sizeof *note);
    const char *text = mlt_arena_strdup(t->arena, t->failure->text);
    if (!note || !text)
        return mlt_err_oom(err);
    *note = (struct mlt_ci_note){.title = "no verdict", .text = text};
    t->in.notes = note;
    t->in.note_count = 1;
    return true;
}

static bool gather(struct telling *t, struct mlt_err *err)
{
    const struct mlt_announcement *what = t->what;
    t->in.command = what->command;
    t->in.verdict = t->failure ? "error" : mlt_verdict_name(what->verdict);
    t->in.decision_path = what->decision_path;
    t->in.decision_digest = what->decision_digest[0] ? what->decision_digest : NULL;
    t->in.results_path = what->results;
    t->in.junit_path = junit_path(what);
    bool ok = true;
    if (t->failure)
        ok = note_failure(t, err);
    else if (what->decision)
        ok = mlt_ci_notes_of_decision(what->decision, t->arena, &t->in.notes, &t->in.note_count,
                                      err);
    else if (what->results)
        ok = load_run(t, err);
    return ok && keep_title(t, err);
}

/* Appends to a file that the pipeline's runner made, in one write. */
static bool append(const char *path, const struct mlt_buf *text, struct mlt_err *err)
{
    if (!mlt_buf_check(text, err))
        return false;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);
    if (fd < 0)
        return mlt_err_sys(err, errno, "cannot open %s", path);
    bool ok = mlt_fs_write_all(fd, text->data, text->len);
    int reason = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        reason = errno;
    }
    return ok ? true : mlt_err_sys(err, reason, "cannot write to %s", path);
}

static size_t size_of(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && facts.st_size > 0 ? (size_t)facts.st_size : 0;
}

static bool render_summary(const struct telling *t, size_t max_bytes, struct mlt_buf *out,
                           struct mlt_err *err)
{
    if (t->failure) {
        mlt_buf_printf(out, "## mltest %s: no verdict\n\n", t->in.command);
        mlt_markdown_text(out, t->failure->text, 2000);
        mlt_buf_puts(out, "\n");
    } else if (t->what->decision) {
        const struct mlt_decision_context context = {.advisory = t->what->advisory};
        const struct mlt_report_decision_input in = {.decision = t->what->decision,
                                                     .context = &context,
                                                     .decision_path = t->what->decision_path,
                                                     .acting = t->what->acted,
                                                     .max_bytes = max_bytes};
        return mlt_report_decision_markdown(&in, out, err);
    } else if (t->has_run) {
        struct mlt_report_input in = t->run;
        in.max_bytes = max_bytes;
        return mlt_report_markdown.write(&in, out, err);
    }
    return true;
}

/* What is beyond the limit GitHub would drop without a word, the whole of it. */
static bool write_summary(const struct telling *t, struct mlt_buf *said, struct mlt_err *err)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    if (!path || !*path)
        return true;
    size_t used = size_of(path) + SUMMARY_SPARE_BYTES;
    if (used + SUMMARY_LEAST_BYTES > MLT_GITHUB_SUMMARY_BYTES) {
        mlt_buf_puts(said, "mltest: the step summary is full (1 MiB), nothing was added to it\n");
        return true;
    }
    struct mlt_buf text = MLT_BUF_INIT;
    bool ok = render_summary(t, MLT_GITHUB_SUMMARY_BYTES - used, &text, err);
    mlt_buf_putc(&text, '\n');
    ok = ok && append(path, &text, err);
    mlt_buf_free(&text);
    return ok;
}

static bool write_outputs(const struct telling *t, struct mlt_err *err)
{
    const char *path = getenv("GITHUB_OUTPUT");
    uint64_t bits[2];
    char delimiter[64];
    if (!path || !*path)
        return true;
    if (getrandom(bits, sizeof bits, 0) != (ssize_t)sizeof bits)
        return mlt_err_sys(err, errno, "no random numbers from the system");
    snprintf(delimiter, sizeof delimiter, "mltest_%016llx%016llx", (unsigned long long)bits[0],
             (unsigned long long)bits[1]);
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_github_outputs(&t->in, delimiter, &text);
    bool ok = append(path, &text, err);
    mlt_buf_free(&text);
    return ok;
}

/* Lines of another command in the same file stay; those of this one are replaced. */
static void keep_others(const char *old, const char *prefix, struct mlt_buf *out)
{
    while (*old) {
        size_t len = strcspn(old, "\n");
        if (len > 0 && mlt_str_starts(old, "MLTEST_") && !mlt_str_starts(old, prefix)) {
            mlt_buf_append(out, old, len);
            mlt_buf_putc(out, '\n');
        }
        old += len + (old[len] == '\n');
    }
}

static bool write_variables(const struct telling *t, const char *path,
                            void (*say)(const struct mlt_ci_input *, struct mlt_buf *),
                            struct mlt_err *err)
{
    struct mlt_buf old = MLT_BUF_INIT, prefix = MLT_BUF_INIT, text = MLT_BUF_INIT;
    mlt_ci_prefix(t->in.command, &prefix);
    bool ok =
        mlt_fs_kind(path) == MLT_FS_ABSENT || mlt_fs_read(path, VARIABLES_MAX_BYTES, &old, err);
    keep_others(old.data, prefix.data, &text);
    say(&t->in, &text);
    ok = ok && mlt_buf_check(&prefix, err) && mlt_buf_check(&text, err) &&
         mlt_fs_write_atomic(path, text.data, text.len, err);
    mlt_buf_free(&old);
    mlt_buf_free(&prefix);
    mlt_buf_free(&text);
    return ok;
}

/* Where a pipeline looks for files: its folder, or else this one. */
static char *pipeline_file(const char *variable, const char *name, struct mlt_arena *arena)
{
    const char *dir = getenv(variable);
    return dir && *dir ? mlt_fs_join(arena, dir, name) : mlt_arena_strdup(arena, name);
}

static bool tell_github(const struct telling *t, struct mlt_buf *said, struct mlt_err *err)
{
    mlt_github_annotations(&t->in, said);
    /* The outputs first: a later step may depend on them. */
    return write_outputs(t, err) && write_summary(t, said, err);
}

static bool tell_gitlab(const struct telling *t, struct mlt_err *err)
{
    char *path = pipeline_file("CI_PROJECT_DIR", "mltest.env", t->arena);
    return path ? write_variables(t, path, mlt_gitlab_dotenv, err) : mlt_err_oom(err);
}

static bool tell_jenkins(const struct telling *t, struct mlt_buf *said, struct mlt_err *err)
{
    char *path = pipeline_file("WORKSPACE", "mltest.properties", t->arena);
    if (!path)
        return mlt_err_oom(err);
    mlt_jenkins_hints(&t->in, mlt_fs_basename(path), said);
    return write_variables(t, path, mlt_jenkins_properties, err);
}

bool mlt_flow_announce(const struct mlt_announce_to *to, const struct mlt_announcement *what,
                       const struct mlt_err *failure, struct mlt_arena *arena, struct mlt_buf *said,
                       struct mlt_err *err)
{
    struct telling t = {.what = what, .failure = failure, .arena = arena};
    if (!to->github && !to->gitlab && !to->jenkins)
        return true;
    return gather(&t, err) && (!to->github || tell_github(&t, said, err)) &&
           (!to->gitlab || tell_gitlab(&t, err)) && (!to->jenkins || tell_jenkins(&t, said, err)) &&
           mlt_buf_check(said, err);
}

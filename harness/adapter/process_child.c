#include "harness/adapter/process_child.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/domain/settings.h"

enum { FOLDERS_UP = 3, WORDS_BYTES = 300, LISTEN_ROUNDS = 16 };
/* Linux takes no argument and no line of the environment above 128 KiB. */
enum { MOST_SETTINGS_BYTES = 96 * 1024 };
#define KILL_AFTER_NS 200000000ULL

struct word {
    const char *name, *value;
};
enum { WORDS = 3 };

/* `text` with the words replaced. */
static char *substitute(const char *text, const struct word words[WORDS], struct mlt_arena *arena)
{
    struct mlt_buf buf = MLT_BUF_INIT;
    while (*text) {
        size_t i = 0;
        while (i < WORDS && !mlt_str_starts(text, words[i].name))
            i++;
        if (i == WORDS) {
            mlt_buf_putc(&buf, *text++);
            continue;
        }
        mlt_buf_puts(&buf, words[i].value ? words[i].value : "");
        text += strlen(words[i].name);
    }
    char *out = buf.oom ? NULL : mlt_arena_strndup(arena, buf.data, buf.len);
    mlt_buf_free(&buf);
    return out;
}

static bool is_program(const char *path)
{
    return mlt_fs_kind(path) == MLT_FS_FILE && access(path, X_OK) == 0;
}

static const char *beside_us(const char *name, struct mlt_arena *arena)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len <= 0)
        return NULL;
    self[len] = '\0';
    char *folder = mlt_fs_dirname(arena, self);
    for (int up = 0; folder && up < FOLDERS_UP; up++) {
        char *here = mlt_fs_join(arena, folder, name);
        if (here && is_program(here))
            return here;
        char *example = mlt_arena_printf(arena, "%s/examples/%s", folder, name);
        if (example && is_program(example))
            return example;
        folder = mlt_fs_dirname(arena, folder);
    }
    return NULL;
}

static const char *find_program(const char *name, const char *config_dir, struct mlt_arena *arena)
{
    if (name[0] == '/')
        return name;
    if (strchr(name, '/'))
        return config_dir ? mlt_fs_join(arena, config_dir, name) : name;
    const char *found = beside_us(name, arena);
    return found ? found : name;
}

/* What the program is told to set: "{}" when nothing is declared. NULL with the error set. */
static const char *settings_of(const struct mlt_adapter_target *target, struct mlt_arena *arena,
                               struct mlt_err *err)
{
    static const struct mlt_contract nothing = {0};
    const struct mlt_contract *contract = target->subject->contract;
    const char *text = target->settings ? target->settings
                                        : mlt_settings_encode(contract ? contract : &nothing, NULL,
                                                              arena, err);
    if (text && strlen(text) > MOST_SETTINGS_BYTES) {
        mlt_err_set(err, MLT_ERR_USAGE,
                    "the settings take %zu bytes; a program can be given at most %d", strlen(text),
                    MOST_SETTINGS_BYTES);
        return NULL;
    }
    return text;
}

/* The environment of mltest.yaml and, where there is anything to set, MLTEST_SETTINGS. */
static bool set_environment(struct mlt_process_child *child,
                            const struct mlt_adapter_target *target, const char *settings,
                            struct mlt_arena *arena, struct mlt_err *err)
{
    const char *const *given = target->spec->env;
    const struct mlt_contract *contract = target->subject->contract;
    size_t count = 0;
    child->env = given;
    if (!target->settings && (!contract || contract->setting_count == 0))
        return true;
    while (given && given[count])
        count++;
    const char **env = mlt_arena_calloc(arena, count + 2, sizeof *env);
    const char *line = mlt_arena_printf(arena, "MLTEST_SETTINGS=%s", settings);
    if (!env || !line)
        return mlt_err_oom(err);
    if (count)
        memcpy(env, given, count * sizeof *env);
    env[count] = line;
    child->env = env;
    return true;
}

bool mlt_process_child_init(struct mlt_process_child *child, const struct mlt_adapter_target *target,
                            struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_adapter_spec *spec = target->spec;
    const struct mlt_subject *subject = target->subject;
    const char *artifact = subject->artifact;
    size_t count = 0;
    *child = (struct mlt_process_child){
        .process = MLT_SUBPROCESS_INIT, .exit_fd = -1, .errors = MLT_BUF_INIT};
    if (!spec->command || !spec->command[0])
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "adapter.command is missing: the program that serves the model, such as "
                           "[python3, serve.py, \"{artifact}\"]");
    const char *settings = settings_of(target, arena, err);
    if (!settings)
        return false;
    if (spec->artifact)
        artifact = mlt_fs_join(arena, subject->dir, spec->artifact);
    while (spec->command[count])
        count++;
    child->argv = mlt_arena_calloc(arena, count + 1, sizeof *child->argv);
    if (!child->argv || (spec->artifact && !artifact))
        return mlt_err_oom(err);
    const struct word words[WORDS] = {
        {"{artifact}", artifact}, {"{version_dir}", subject->dir}, {"{settings}", settings}};
    for (size_t i = 0; i < count; i++) {
        child->argv[i] = substitute(spec->command[i], words, arena);
        if (!child->argv[i])
            return mlt_err_oom(err);
    }
    child->argv[0] = find_program(child->argv[0], spec->config_dir, arena);
    child->dir = spec->config_dir;
    if (!child->argv[0])
        return mlt_err_oom(err);
    return set_environment(child, target, settings, arena, err);
}

bool mlt_process_child_start(struct mlt_process_child *child, struct mlt_err *err)
{
    struct mlt_subprocess_options options = {
        .argv = child->argv, .dir = child->dir, .env = child->env};
    if (!mlt_subprocess_start(&options, &child->process, err))
        return false;
    int fd = child->process.in_fd;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    child->exit_fd = pidfd_open(child->process.pid, 0);
    if (child->exit_fd >= 0)
        fcntl(child->exit_fd, F_SETFD, FD_CLOEXEC);
    return true;
}

void mlt_process_child_listen(struct mlt_process_child *child)
{
    char block[4096];
    /* A model that writes faster than this reads must not keep us here. */
    for (int i = 0; child->process.err_fd >= 0 && i < LISTEN_ROUNDS; i++) {
        ssize_t got = read(child->process.err_fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            break;
        if (got <= 0) {
            close(child->process.err_fd);
            child->process.err_fd = -1;
            break;
        }
        mlt_buf_append(&child->errors, block, (size_t)got);
    }
    /* Trimmed when twice the size, so that each byte is moved once. */
    if (child->errors.len > 2 * MLT_PROCESS_STDERR_BYTES)
        mlt_buf_consume(&child->errors, child->errors.len - MLT_PROCESS_STDERR_BYTES);
}

void mlt_process_child_stop(struct mlt_process_child *child, uint64_t patience_ns)
{
    struct mlt_subprocess *process = &child->process;
    if (process->pid <= 0)
        return;
    if (patience_ns > 0 && process->in_fd >= 0) {
        uint64_t deadline = mlt_clock_monotonic_ns() + patience_ns;
        close(process->in_fd);
        process->in_fd = -1;
        while (!mlt_subprocess_poll(process) && mlt_clock_monotonic_ns() < deadline) {
            struct timespec pause = {0, 1000000};
            mlt_process_child_listen(child);
            nanosleep(&pause, NULL);
        }
    }
    mlt_process_child_listen(child);
    mlt_subprocess_stop(process, KILL_AFTER_NS);
    if (child->exit_fd >= 0)
        close(child->exit_fd);
    child->exit_fd = -1;
}

void mlt_process_child_free(struct mlt_process_child *child)
{
    mlt_buf_free(&child->errors);
}

void mlt_process_child_last_words(const struct mlt_process_child *child, struct mlt_buf *out)
{
    const char *text = child->errors.data;
    size_t end = child->errors.len;
    while (end > 0 && strchr("\n\r\t ", text[end - 1]) && text[end - 1])
        end--;
    size_t start = end;
    for (int lines = 0; start > 0 && end - start < WORDS_BYTES; start--)
        if (text[start - 1] == '\n' && ++lines == 3)
            break;
    if (end == start)
        return;
    mlt_buf_puts(out, " (its last words: \"");
    mlt_str_append_safe(out, text + start, end - start, WORDS_BYTES);
    mlt_buf_puts(out, "\")");
}

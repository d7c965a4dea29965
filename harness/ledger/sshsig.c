#include "harness/ledger/sshsig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/base/subprocess.h"
#include "harness/ledger/signers.h"

enum { OUTPUT_BYTES = 64 * 1024, PATH_CHARS = 64, MANY_LINES = 1000 };
/* Somebody may have to touch a key, or to type into a dialog. */
static const uint64_t sign_ns = 180000000000, check_ns = 60000000000;

/* A file that has no name: ssh-keygen opens it through this process, and it goes with it. */
struct memory_file {
    int fd;
    char path[PATH_CHARS];
};

static bool memory_file_open(const char *text, size_t len, struct memory_file *out,
                             struct mlt_err *err)
{
    out->fd = memfd_create("mltest", MFD_CLOEXEC);
    if (out->fd < 0)
        return mlt_err_sys(err, errno, "a file in memory for ssh-keygen");
    if (!mlt_fs_write_all(out->fd, text, len)) {
        mlt_err_sys(err, errno, "a file in memory for ssh-keygen");
        close(out->fd);
        out->fd = -1;
        return false;
    }
    snprintf(out->path, sizeof out->path, "/proc/%ld/fd/%d", (long)getpid(), out->fd);
    return true;
}

static void memory_file_close(struct memory_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

/* One call of an OpenSSH program. */
struct call {
    struct mlt_buf out, said;
    bool succeeded;
};

static void call_free(struct call *call)
{
    mlt_buf_free(&call->out);
    mlt_buf_free(&call->said);
}

static bool run(const char *const *argv, const void *input, size_t len, uint64_t timeout_ns,
                struct call *call, struct mlt_err *err)
{
    static const char *const no_terminal[] = {"SSH_ASKPASS_REQUIRE=force", NULL};
    /* A question on the terminal would stop a program that is in the background there. */
    const struct mlt_subprocess_options options = {
        .argv = argv, .env = getenv("SSH_ASKPASS_REQUIRE") ? NULL : no_terminal};
    struct mlt_subprocess_result result;
    struct mlt_buf copy = MLT_BUF_INIT;
    *call = (struct call){.out = MLT_BUF_INIT, .said = MLT_BUF_INIT};
    mlt_buf_append(&copy, input, len);
    bool ok =
        mlt_buf_check(&copy, err) && mlt_subprocess_run(&options, &copy, timeout_ns, OUTPUT_BYTES,
                                                        &call->out, &call->said, &result, err);
    mlt_buf_free(&copy);
    if (ok && result.timed_out)
        ok = mlt_err_set(err, MLT_ERR_INFRA, "%s did not end within %u seconds", argv[0],
                         (unsigned)(timeout_ns / 1000000000));
    if (ok)
        call->succeeded = WIFEXITED(result.status) && WEXITSTATUS(result.status) == 0;
    else
        call_free(call);
    return ok;
}

static bool is_public_key_text(const char *key)
{
    return mlt_str_starts(key, "ssh-") || mlt_str_starts(key, "ecdsa-") ||
           mlt_str_starts(key, "sk-");
}

/* ssh-keygen's own words without its running commentary, on one line. */
static void cannot_sign(const char *key, const struct call *call, struct mlt_err *err)
{
    static const char commentary[] = "Signing data on standard input\n";
    struct mlt_buf words = MLT_BUF_INIT;
    const char *said = call->said.data;
    if (mlt_str_starts(said, commentary))
        said += sizeof commentary - 1;
    size_t len = strlen(said);
    while (len && said[len - 1] == '\n')
        len--;
    mlt_str_append_safe(&words, said, len, 500);
    mlt_err_set(err, MLT_ERR_USAGE,
                "ssh-keygen cannot sign with %.200s: %s; a key with a passphrase must be in an "
                "agent (ssh-add)",
                key, words.len ? words.data : "it gives no reason");
    mlt_buf_free(&words);
}

bool mlt_sshsig_sign(const char *key, const char *name_space, const void *data, size_t len,
                     struct mlt_buf *out, struct mlt_err *err)
{
    bool is_text = strchr(key, ' ') && is_public_key_text(key);
    struct memory_file file = {.fd = -1};
    struct call call;
    if (is_text && !memory_file_open(key, strlen(key), &file, err))
        return false;
    if (!is_text && mlt_fs_kind(key) != MLT_FS_FILE)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "there is no key %.200s: --key names the file of a private key, or of a "
                           "public one whose private part is in an agent",
                           key);
    const char *const argv[] = {"ssh-keygen", "-Y",       "sign", "-f", is_text ? file.path : key,
                                "-n",         name_space, NULL};
    bool ok = run(argv, data, len, sign_ns, &call, err);
    memory_file_close(&file);
    if (!ok)
        return false;
    ok = call.succeeded && call.out.len > 0;
    if (ok)
        mlt_buf_append(out, call.out.data, call.out.len);
    else
        cannot_sign(is_text ? "the agent's key" : key, &call, err);
    call_free(&call);
    return ok && mlt_buf_check(out, err);
}

/* The second word of a public key: its type and numbers in base64, the same wherever it stands. */
static bool has_key(const char *signers, const char *line, size_t len)
{
    const char *blob = memchr(line, ' ', len);
    const char *end = blob ? memchr(blob + 1, ' ', len - (size_t)(blob + 1 - line)) : NULL;
    size_t size = blob ? (size_t)((end ? end : line + len) - (blob + 1)) : 0;
    return size >= 32 && memmem(signers, strlen(signers), blob + 1, size) != NULL;
}

bool mlt_sshsig_default_key(const char *signers, struct mlt_arena *arena, const char **out,
                            struct mlt_err *err)
{
    static const char *const argv[] = {"ssh-add", "-L", NULL};
    const char *agent = getenv("SSH_AUTH_SOCK"), *home = getenv("HOME");
    struct call call;
    struct mlt_err ignored = MLT_ERR_INIT;
    const char *found = NULL;
    if (agent && *agent && run(argv, "", 0, check_ns, &call, &ignored)) {
        const char *line = call.out.data;
        for (const char *end; call.succeeded && !found && (end = strchr(line, '\n'));
             line = end + 1)
            if (has_key(signers, line, (size_t)(end - line)))
                found = mlt_arena_strndup(arena, line, (size_t)(end - line));
        call_free(&call);
    }
    if (!found && home && *home) {
        found = mlt_arena_printf(arena, "%s/.ssh/id_ed25519", home);
        if (!found)
            return mlt_err_oom(err);
        if (mlt_fs_kind(found) != MLT_FS_FILE)
            found = NULL;
    }
    if (!found)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "no key to sign with: the agent holds none that the signers' file of "
                           "the pinned policy names, and there is no ~/.ssh/id_ed25519; use --key "
                           "FILE");
    *out = found;
    return true;
}

static void format_time(int64_t at_s, char out[64])
{
    time_t when = (time_t)at_s;
    struct tm parts = {0};
    gmtime_r(&when, &parts);
    snprintf(out, 64, "-Overify-time=%04d%02d%02d%02d%02d%02dZ", parts.tm_year + 1900,
             parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/* Why a signature that is not good is not: in words of ours, which name no process. */
static const char *reason(const char *said, bool intact)
{
    static const struct {
        const char *phrase, *words;
    } known[] = {
        {"namespace does not match", "it was signed for another purpose (its namespace differs)"},
        {"not permitted for use in signature namespace",
         "the signers' file does not let this key sign statements (namespaces=)"},
        {"key has expired", "the key had expired (valid-before) when it was signed"},
        {"key is not yet valid", "the key was not valid yet (valid-after) when it was signed"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strstr(said, known[i].phrase))
            return known[i].words;
    return intact ? "the signers' file does not give this key to the person"
                  : "the signature is not one over these words";
}

/* Is it a signature over these bytes at all? */
static bool check_intact(const char *name_space, const char *signature_path, const void *data,
                         size_t len, bool *intact, struct mlt_err *err)
{
    const char *const argv[] = {"ssh-keygen", "-Y", "check-novalidate", "-n",
                                name_space,   "-s", signature_path,     NULL};
    struct call call;
    if (!run(argv, data, len, check_ns, &call, err))
        return false;
    *intact = call.succeeded;
    call_free(&call);
    return true;
}

static bool verify(const char *signers_path, const char *person, const char *name_space,
                   int64_t at_s, const void *data, size_t len, const char *signature_path,
                   const char **fault, bool *intact, struct mlt_err *err)
{
    char when[64];
    format_time(at_s, when);
    const char *const argv[] = {"ssh-keygen",   "-Y",   "verify", "-f",       signers_path,
                                "-I",           person, "-n",     name_space, "-s",
                                signature_path, when,   NULL};
    struct call call;
    if (!run(argv, data, len, check_ns, &call, err))
        return false;
    bool ok = true;
    *intact = call.succeeded;
    *fault = NULL;
    if (!call.succeeded) {
        ok = check_intact(name_space, signature_path, data, len, intact, err);
        *fault = ok ? reason(call.said.data, *intact) : NULL;
    }
    call_free(&call);
    return ok;
}

bool mlt_sshsig_verify(const char *signers, const char *person, const char *name_space,
                       int64_t at_s, const void *data, size_t len, const char *signature,
                       struct mlt_arena *arena, const char **fault, bool *intact,
                       struct mlt_err *err)
{
    struct memory_file signers_file = {.fd = -1}, signature_file = {.fd = -1};
    bool is_intact = false;
    const char *of_person = mlt_signers_of(signers, person, arena);
    if (!of_person)
        return mlt_err_oom(err);
    bool ok = memory_file_open(of_person, strlen(of_person), &signers_file, err) &&
              memory_file_open(signature, strlen(signature), &signature_file, err) &&
              verify(signers_file.path, person, name_space, at_s, data, len, signature_file.path,
                     fault, &is_intact, err);
    memory_file_close(&signers_file);
    memory_file_close(&signature_file);
    if (ok && !*of_person && !*fault)
        *fault = "the signers' file does not name the person";
    if (ok && intact)
        *intact = is_intact;
    return ok;
}

/* The names on the first line that has the key; none are not an error. */
static bool find_line(const char *signers, const char *signature_path, int64_t at_s,
                      struct mlt_buf *out, struct mlt_err *err)
{
    char when[64];
    struct memory_file file;
    struct call call;
    format_time(at_s, when);
    if (!memory_file_open(signers, strlen(signers), &file, err))
        return false;
    const char *const argv[] = {
        "ssh-keygen", "-Y", "find-principals", "-f", file.path, "-s", signature_path, when, NULL};
    bool ok = run(argv, "", 0, check_ns, &call, err);
    memory_file_close(&file);
    if (!ok)
        return false;
    mlt_buf_clear(out);
    if (call.succeeded)
        mlt_buf_append(out, call.out.data, call.out.len);
    call_free(&call);
    return mlt_buf_check(out, err);
}

struct people {
    const char **names;
    size_t count, capacity;
};

static bool add_person(struct people *people, const char *name, size_t len, struct mlt_arena *arena,
                       struct mlt_err *err)
{
    for (size_t i = 0; i < people->count; i++)
        if (strlen(people->names[i]) == len && memcmp(people->names[i], name, len) == 0)
            return true;
    const char **names = mlt_arena_grow(arena, people->names, people->count, &people->capacity,
                                        sizeof *people->names);
    char *copy = mlt_arena_strndup(arena, name, len);
    if (!names || !copy)
        return mlt_err_oom(err);
    people->names = names;
    people->names[people->count++] = copy;
    return true;
}

static bool add_people(struct people *people, const struct mlt_buf *lines, struct mlt_arena *arena,
                       struct mlt_err *err)
{
    for (const char *at = lines->data, *end; (end = strchr(at, '\n')); at = end + 1) {
        char *name = mlt_arena_strndup(arena, at, (size_t)(end - at));
        if (!name)
            return mlt_err_oom(err);
        if (mlt_signers_is_person(name) && !add_person(people, name, strlen(name), arena, err))
            return false;
    }
    return true;
}

/* ssh-keygen tells the first line alone: each found line is taken out until none is found. */
static bool find_people(const char *signers, const char *signature_path, int64_t at_s,
                        struct mlt_arena *arena, struct people *people, struct mlt_err *err)
{
    const char *left = mlt_signers_exact(signers, arena);
    struct mlt_buf found = MLT_BUF_INIT;
    bool ok = left || mlt_err_oom(err), more = true;
    for (int i = 0; ok && more && i < MANY_LINES; i++) {
        ok = find_line(left, signature_path, at_s, &found, err) &&
             add_people(people, &found, arena, err);
        const char *rest = ok && found.len ? mlt_signers_without(left, found.data, arena) : NULL;
        more = rest && strlen(rest) < strlen(left);
        if (ok && found.len && !rest)
            ok = mlt_err_oom(err);
        left = rest;
    }
    mlt_buf_free(&found);
    return ok;
}

bool mlt_sshsig_people(const char *signers, int64_t at_s, const char *signature,
                       struct mlt_arena *arena, const char *const **out, size_t *out_count,
                       struct mlt_err *err)
{
    struct memory_file file;
    struct people people = {0};
    if (!memory_file_open(signature, strlen(signature), &file, err))
        return false;
    bool ok = find_people(signers, file.path, at_s, arena, &people, err);
    memory_file_close(&file);
    if (ok) {
        *out = people.names;
        *out_count = people.count;
    }
    return ok;
}

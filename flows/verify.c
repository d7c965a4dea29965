#include "flows/verify.h"

#include <stdarg.h>
#include <string.h>

#include "flows/decision_file.h"
#include "flows/replay.h"
#include "flows/setting.h"
#include "gates/collect/signature.h"
#include "harness/base/fs.h"
#include "harness/ledger/key.h"
#include "harness/registry/log.h"

enum { PUBLIC_BYTES = 16 * 1024 };

struct verifying {
    const struct mlt_verify_decision_request *request;
    struct mlt_arena *arena;
    struct mlt_buf *out;
    struct mlt_registry *registry; /* NULL: none is at hand */
    struct mlt_decision_file file;
    const char *model, *version, *digest, *artifact_digest; /* of the decision's subject; lent */
    bool holds;                                             /* so far */
};

static void say(struct verifying *v, bool good, const char *fmt, ...) MLT_PRINTF(3, 4);

static void say(struct verifying *v, bool good, const char *fmt, ...)
{
    va_list args;
    mlt_buf_puts(v->out, good ? "holds   " : "FAILS   ");
    va_start(args, fmt);
    mlt_buf_vprintf(v->out, fmt, args);
    va_end(args);
    mlt_buf_putc(v->out, '\n');
    v->holds = v->holds && good;
}

static bool read_subject(struct verifying *v, struct mlt_err *err)
{
    const struct mlt_json *subject = mlt_json_get(v->file.decided, "subject");
    return mlt_json_want_string(subject, "model", &v->model, err) &&
           mlt_json_want_string(subject, "version", &v->version, err) &&
           mlt_json_want_string(subject, "digest", &v->digest, err) &&
           mlt_json_want_string(subject, "artifact_digest", &v->artifact_digest, err);
}

/* When the registry first logged this file: a key that was retired later was still good then. */
struct logged {
    char sha256[MLT_SHA256_HEX];
    struct mlt_arena *arena;
    const char *at;
};

static bool find_entry(void *context, const struct mlt_log_entry *entry, const char *json,
                       struct mlt_err *err)
{
    struct logged *l = context;
    (void)json;
    if (l->at || !entry->decision || strcmp(entry->decision, l->sha256) != 0)
        return true;
    l->at = mlt_arena_strdup(l->arena, entry->at);
    return l->at ? true : mlt_err_oom(err);
}

static bool find_logged(struct verifying *v, const char **at, struct mlt_err *err)
{
    struct logged l = {.arena = v->arena};
    const struct mlt_log_filter filter = {.model = v->model};
    if (!mlt_hash_bytes(v->file.text.data, v->file.text.len, l.sha256, err) ||
        (v->registry && !mlt_registry_log_read(v->registry, &filter, find_entry, &l, err)))
        return false;
    *at = l.at;
    return true;
}

/* The one key that was given, as if a registry allowed it alone. */
static bool given_key(struct verifying *v, struct mlt_signing_keys *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT, pem = MLT_BUF_INIT;
    struct mlt_key *key = NULL;
    struct mlt_registry_key *only = mlt_arena_alloc(v->arena, sizeof *only);
    if (!only)
        return mlt_err_oom(err);
    bool ok = mlt_fs_read(v->request->public_key, PUBLIC_BYTES, &text, err);
    if (ok && !mlt_key_public_parse(text.data, text.len, &key, err)) {
        err->kind = MLT_ERR_USAGE;
        ok = mlt_err_prefix(err, "%s", v->request->public_key);
    }
    ok = ok && mlt_key_public_pem(key, &pem, err);
    if (ok) {
        memcpy(only->id, mlt_key_id(key), sizeof only->id);
        only->name = mlt_fs_basename(v->request->public_key);
        only->roles = MLT_KEY_RUNNER | MLT_KEY_GATE;
        only->public_key = mlt_arena_strdup(v->arena, pem.data);
        ok = only->public_key ? true : mlt_err_oom(err);
    }
    *out = (struct mlt_signing_keys){only, 1};
    mlt_key_free(key);
    mlt_buf_free(&text);
    mlt_buf_free(&pem);
    return ok;
}

static bool trusted_keys(struct verifying *v, struct mlt_signing_keys *out, struct mlt_err *err)
{
    if (v->request->public_key)
        return given_key(v, out, err);
    if (!v->registry)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "whose signature is to be trusted? --public-key FILE, or a registry "
                           "(--registry URL)");
    return mlt_signing_keys_read(v->registry, v->arena, out, err);
}

static bool check_signature(struct verifying *v, struct mlt_err *err)
{
    struct mlt_signing_keys keys;
    struct mlt_signed found;
    const char *at;
    if (!trusted_keys(v, &keys, err) || !find_logged(v, &at, err))
        return false;
    if (!v->file.is_envelope) {
        say(v, false, "signature: the decision is a plain document, signed by nobody");
        return true;
    }
    if (!mlt_registry_key_check(keys.keys, keys.count, "the decision", v->file.text.data,
                                v->file.text.len, MLT_KEY_GATE, at, v->arena, &found, err))
        return false;
    if (found.fault)
        say(v, false, "signature: %s", found.fault);
    else
        say(v, true, "signature: by %s (key %.12s), trusted because %s%s", found.by->name,
            found.by->id, v->request->public_key ? "it was given" : "the registry allows it",
            found.by->retired_at ? "; it was retired after this was logged" : "");
    return true;
}

static bool is_folder(const char *ref)
{
    return ref && mlt_setting_is_folder(ref);
}

static bool compare_subject(struct verifying *v, const struct mlt_version *version,
                            const char *where)
{
    bool same = strcmp(version->digest, v->digest) == 0 &&
                strcmp(version->artifact_digest, v->artifact_digest) == 0;
    if (same)
        say(v, true, "subject: %s@%s, the very files %s (digest %.12s)", v->model, v->version,
            where, v->digest);
    else
        say(v, false,
            "subject: the decision is about %s@%s with digest %.12s, the files %s have %.12s",
            v->model, v->version, v->digest, where, version->digest);
    return true;
}

/* A version that is not there, or was altered, is an answer and no error. */
static bool subject_fault(struct verifying *v, struct mlt_err *found, struct mlt_err *err)
{
    if (found->kind == MLT_ERR_INFRA) {
        *err = *found;
        return false;
    }
    say(v, false, "subject: %s", found->text);
    return true;
}

static bool check_reference(struct verifying *v, struct mlt_err *err)
{
    struct mlt_model_ref ref;
    if (!v->request->ref || is_folder(v->request->ref))
        return true;
    if (!mlt_model_ref_parse(v->request->ref, &ref, err))
        return false;
    if (strcmp(ref.model, v->model) != 0 ||
        (ref.version[0] && strcmp(ref.version, v->version) != 0))
        say(v, false, "subject: the decision is about %s@%s, not %s", v->model, v->version,
            v->request->ref);
    return true;
}

static bool check_subject(struct verifying *v, struct mlt_err *err)
{
    struct mlt_version version;
    struct mlt_err found = MLT_ERR_INIT;
    if (v->file.is_envelope && (!mlt_intoto_is_about(&v->file.statement, v->digest) ||
                                !mlt_intoto_is_about(&v->file.statement, v->artifact_digest)))
        say(v, false, "subject: the statement names other digests than the decision in it");
    if (!check_reference(v, err))
        return false;
    if (is_folder(v->request->ref))
        return mlt_version_from_dir(v->request->ref, v->arena, &version, &found)
                   ? compare_subject(v, &version, "in the folder")
                   : subject_fault(v, &found, err);
    if (v->registry)
        return mlt_registry_get(v->registry, v->model, v->version, v->arena, &version, &found)
                   ? compare_subject(v, &version, "that are registered")
                   : subject_fault(v, &found, err);
    mlt_buf_printf(v->out,
                   "note    subject: %s@%s (digest %.12s); no registry or folder to compare "
                   "it with\n",
                   v->model, v->version, v->digest);
    return true;
}

/* The registry's own copies of the runs, beside the files that were given. */
static bool find_evidence(struct verifying *v, struct mlt_replay_request *out, struct mlt_err *err)
{
    struct mlt_stored_run *runs = NULL;
    struct mlt_err ignored = MLT_ERR_INIT;
    size_t count = 0;
    if (v->registry &&
        !mlt_registry_runs(v->registry, v->model, v->version, v->arena, &runs, &count, &ignored))
        count = 0;
    const char **files =
        mlt_arena_calloc(v->arena, v->request->evidence_count + count + 1, sizeof *files);
    if (!files)
        return mlt_err_oom(err);
    for (size_t i = 0; i < v->request->evidence_count; i++)
        files[out->evidence_count++] = v->request->evidence[i];
    for (size_t i = 0; i < count; i++)
        files[out->evidence_count++] = runs[i].path;
    out->evidence = files;
    out->decision = v->request->decision;
    return true;
}

static bool check_verdict(struct verifying *v, enum mlt_verdict *verdict, struct mlt_err *err)
{
    struct mlt_replay_request request = {0};
    struct mlt_buf said = MLT_BUF_INIT;
    struct mlt_err replay_err = MLT_ERR_INIT;
    enum mlt_verdict again = MLT_VERDICT_INVALID, kept = MLT_VERDICT_INVALID;
    const char *word = mlt_json_string(mlt_json_get(v->file.decided, "verdict"));
    if (!find_evidence(v, &request, err))
        return false;
    bool replayed =
        mlt_replay_document(&request, v->file.document, v->arena, &said, &again, &replay_err);
    if (!replayed && replay_err.kind == MLT_ERR_INFRA) {
        *err = replay_err;
    } else if (!replayed)
        say(v, false, "verdict: %s", replay_err.text);
    else {
        while (said.len && said.data[said.len - 1] == '\n')
            said.data[--said.len] = '\0';
        say(v, word && mlt_verdict_parse(word, &kept) && kept == again, "verdict: %s", said.data);
    }
    *verdict = again;
    mlt_buf_free(&said);
    return replayed || replay_err.kind != MLT_ERR_INFRA;
}

static void check_standing(struct verifying *v)
{
    bool advisory = true;
    const struct mlt_json *context = mlt_json_get(v->file.document, "context");
    if (!mlt_json_bool(mlt_json_get(context, "advisory"), &advisory))
        say(v, false, "standing: the decision does not say whether it is advisory");
    else if (advisory)
        mlt_buf_puts(v->out,
                     "note    standing: it is advisory (another policy than the pinned one, or "
                     "files given by hand): nothing may act on it\n");
}

static bool verify(struct verifying *v, enum mlt_verdict *verdict, struct mlt_err *err)
{
    enum mlt_verdict decided = MLT_VERDICT_INVALID;
    if (!read_subject(v, err) || !check_signature(v, err) || !check_subject(v, err) ||
        !check_verdict(v, &decided, err))
        return false;
    check_standing(v);
    *verdict = v->holds ? decided : MLT_VERDICT_INVALID;
    if (v->holds)
        mlt_buf_printf(v->out, "verified: %s\n", mlt_verdict_name(decided));
    else
        mlt_buf_puts(v->out, "not verified: the decision does not hold\n");
    return mlt_buf_check(v->out, err);
}

bool mlt_flow_verify_decision(const struct mlt_verify_decision_request *request,
                              struct mlt_arena *arena, struct mlt_buf *out,
                              enum mlt_verdict *verdict, struct mlt_err *err)
{
    struct verifying v = {.request = request,
                          .arena = arena,
                          .out = out,
                          .file = {.text = MLT_BUF_INIT},
                          .holds = true};
    bool ok = mlt_setting_registry_if_named(request->registry, request->dir, true, arena,
                                            &v.registry, err);
    if (ok && (!mlt_decision_file_read(request->decision, arena, &v.file, err) ||
               !verify(&v, verdict, err)))
        ok = mlt_err_prefix(err, "%s", request->decision);
    mlt_decision_file_free(&v.file);
    mlt_registry_close(v.registry);
    return ok;
}

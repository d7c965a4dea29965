#include "flows/sign.h"

#include <string.h>

#include "flows/gate.h"
#include "gates/collect/people.h"
#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/hash.h"
#include "harness/base/str.h"
#include "harness/ledger/sshsig.h"
#include "harness/registry/statements.h"

bool mlt_signing_open(const struct mlt_sign_request *request, const char *ref, const char *gate,
                      bool read_only, struct mlt_arena *arena, struct mlt_signing *out,
                      struct mlt_err *err)
{
    const struct mlt_setting_request where = {.dir = request->dir,
                                              .registry = request->registry,
                                              .ref = ref,
                                              .read_only = read_only,
                                              .needs_registry = true};
    bool advisory;
    if (!mlt_setting_open(&where, arena, &out->setting, err))
        return false;
    if (!(out->setting.version.state && *out->setting.version.state))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "people sign for registered versions only: %s is a folder", ref);
    return mlt_gate_policy(&out->setting, NULL, true, arena, &out->policy, &advisory, err) &&
           mlt_gate_gather(&out->setting, &out->policy, "state", gate, NULL, 0, arena,
                           &out->request, &out->evidence, err);
}

bool mlt_signing_start(const struct mlt_signing *signing, enum mlt_statement_kind kind,
                       const char *stage, struct mlt_arena *arena, struct mlt_statement *out,
                       struct mlt_err *err)
{
    const struct mlt_version *version = &signing->setting.version;
    const char **evidence = NULL;
    *out = (struct mlt_statement){.kind = kind,
                                  .model = version->model,
                                  .version = version->version,
                                  .digest = version->digest,
                                  .artifact_digest = version->artifact_digest};
    if (!stage)
        return true;
    if (!mlt_gate_evidence_set(&signing->request, &signing->evidence, stage, arena, &evidence,
                               &out->evidence_count, err))
        return false;
    out->evidence = evidence;
    out->policy = signing->policy.digest;
    if (*stage)
        out->stage = stage;
    return true;
}

static const char *signers_of(const struct mlt_policy *policy, struct mlt_err *err)
{
    const char *signers = policy->people.signers_text;
    if (!signers || !*signers)
        mlt_err_set(err, MLT_ERR_USAGE,
                    "nobody can sign: the pinned policy names no signers' file (approvers: "
                    "allowed_signers)");
    return signers && *signers ? signers : NULL;
}

static bool several(const char *const *people, size_t count, struct mlt_err *err)
{
    struct mlt_buf names = MLT_BUF_INIT;
    for (size_t i = 0; i < count; i++)
        mlt_buf_printf(&names, "%s%s", i ? ", " : "", people[i]);
    mlt_err_set(err, MLT_ERR_USAGE, "this key is that of %s: say as whom (--as PERSON)",
                names.data);
    mlt_buf_free(&names);
    return false;
}

/* The statement names its person and is signed as a whole, so that whose the key is must be known
 * before: a few words that mean nothing are signed first. */
static bool find_person(const char *signers, const char *key, struct mlt_arena *arena,
                        const char **out, struct mlt_err *err)
{
    static const char words[] = "who signs?\n";
    struct mlt_buf signature = MLT_BUF_INIT;
    const char *const *people = NULL;
    size_t count = 0;
    bool ok =
        mlt_sshsig_sign(key, "mltest-who", words, sizeof words - 1, &signature, err) &&
        mlt_sshsig_people(signers, mlt_clock_true_s(), signature.data, arena, &people, &count, err);
    mlt_buf_free(&signature);
    if (!ok)
        return false;
    if (count == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "the signers' file of the pinned policy gives this key to nobody, or it "
                           "is not valid now: use the key that it names (--key FILE)");
    *out = people[0];
    return count == 1 || several(people, count, err);
}

static bool complete(const struct mlt_sign_request *request, struct mlt_arena *arena,
                     struct mlt_statement *s, struct mlt_err *err)
{
    char now[MLT_TIME_CHARS];
    s->reason = request->reason;
    s->tickets = request->tickets;
    s->ticket_count = request->ticket_count;
    s->at = mlt_arena_strdup(arena, mlt_clock_format(mlt_clock_true_s(), now));
    return s->at || mlt_err_oom(err);
}

static bool keep(const struct mlt_sign_request *request, struct mlt_registry *registry,
                 const char *signers, const char *text, size_t len, const char *signature,
                 const struct mlt_statement *s, struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_new_statement add = {.text = text,
                                          .len = len,
                                          .signature = signature,
                                          .signers = signers,
                                          .file = request->file};
    char digest[MLT_SHA256_HEX];
    if (!mlt_registry_add_statement(registry, &add, digest, err))
        return false;
    mlt_buf_printf(out, "recorded: %s of %s%s%s by %s, statement %s\n",
                   mlt_statement_kind_name(s->kind), s->model, *s->version ? "@" : "", s->version,
                   s->person, digest);
    return true;
}

static bool write_down(const struct mlt_sign_request *request, struct mlt_statement *s,
                       const char *shown, struct mlt_arena *arena, struct mlt_buf *out,
                       struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (!request->output)
        return mlt_err_set(err, MLT_ERR_USAGE, "--statement-only needs -o FILE");
    if (!request->person)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--statement-only needs --as PERSON: the statement names who signs it");
    s->person = request->person;
    bool ok = complete(request, arena, s, err) && mlt_statement_encode(s, &text, err) &&
              mlt_fs_write_atomic(request->output, text.data, text.len, err);
    mlt_buf_free(&text);
    if (ok)
        mlt_buf_printf(out,
                       "%s\nwritten to %s, not signed yet:\n"
                       "  ssh-keygen -Y sign -n " MLT_STATEMENT_NAMESPACE " -f KEY %s\n"
                       "then this command again with --signature %s.sig\n",
                       shown, request->output, request->output, request->output);
    return ok;
}

/* What was brought back must be what this command is about. */
static bool check_brought(const struct mlt_statement *asked, const struct mlt_statement *s,
                          const char *path, struct mlt_err *err)
{
    const struct {
        const char *what, *asked, *said;
    } same[] = {
        {"model", asked->model, s->model},    {"version", asked->version, s->version},
        {"stage", asked->stage, s->stage},    {"criterion", asked->criterion, s->criterion},
        {"record", asked->record, s->record}, {"outcome", asked->outcome, s->outcome},
        {"policy", asked->policy, s->policy}, {"revoked statement", asked->revokes, s->revokes}};
    if (asked->kind != s->kind)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is a statement of kind %s, not %s", path,
                           mlt_statement_kind_name(s->kind), mlt_statement_kind_name(asked->kind));
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!mlt_str_eq(same[i].asked, same[i].said))
            return mlt_err_set(err, MLT_ERR_USAGE, "%s has the %s \"%.100s\", asked is \"%.100s\"",
                               path, same[i].what, same[i].said ? same[i].said : "",
                               same[i].asked ? same[i].asked : "");
    return true;
}

static bool bring_back(const struct mlt_sign_request *request, struct mlt_registry *registry,
                       const char *signers, const struct mlt_statement *asked,
                       struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT, signature = MLT_BUF_INIT;
    struct mlt_statement s;
    if (!mlt_str_ends(request->signature, ".sig"))
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "--signature names FILE.sig, beside which lies the statement FILE; found "
            "%.200s",
            request->signature);
    char *path = mlt_arena_strndup(arena, request->signature, strlen(request->signature) - 4);
    bool ok = path || mlt_err_oom(err);
    ok = ok && mlt_fs_read(path, 4 << 20, &text, err) &&
         mlt_fs_read(request->signature, MLT_SIGNATURE_TEXT_BYTES, &signature, err);
    if (ok && !mlt_statement_decode(text.data, text.len, arena, &s, err))
        ok = mlt_err_prefix(err, "%s", path);
    ok = ok && check_brought(asked, &s, path, err) &&
         keep(request, registry, signers, text.data, text.len, signature.data, &s, out, err);
    mlt_buf_free(&text);
    mlt_buf_free(&signature);
    return ok;
}

static bool sign_now(const struct mlt_sign_request *request, struct mlt_registry *registry,
                     const char *signers, struct mlt_statement *s, const char *shown,
                     struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT, signature = MLT_BUF_INIT;
    const char *key = request->key;
    s->person = request->person;
    bool ok = (key || mlt_sshsig_default_key(signers, arena, &key, err)) &&
              (s->person || find_person(signers, key, arena, &s->person, err)) &&
              complete(request, arena, s, err) && mlt_statement_encode(s, &text, err);
    const char *question =
        ok ? mlt_arena_printf(arena, "%sas %s, because: %s\n", shown, s->person, s->reason) : NULL;
    if (ok && !question)
        ok = mlt_err_oom(err);
    ok = ok && request->confirm(request->context, question, err) &&
         mlt_sshsig_sign(key, MLT_STATEMENT_NAMESPACE, text.data, text.len, &signature, err) &&
         keep(request, registry, signers, text.data, text.len, signature.data, s, out, err);
    mlt_buf_free(&text);
    mlt_buf_free(&signature);
    return ok;
}

bool mlt_sign_statement(const struct mlt_sign_request *request, struct mlt_registry *registry,
                        const struct mlt_policy *policy, struct mlt_statement *statement,
                        const char *shown, struct mlt_arena *arena, struct mlt_buf *out,
                        struct mlt_err *err)
{
    const char *signers = signers_of(policy, err);
    if (!signers)
        return false;
    if (request->signature)
        return bring_back(request, registry, signers, statement, arena, out, err);
    if (!request->reason || !*request->reason)
        return mlt_err_set(err, MLT_ERR_USAGE, "say why: --reason TEXT");
    return request->statement_only
               ? write_down(request, statement, shown, arena, out, err)
               : sign_now(request, registry, signers, statement, shown, arena, out, err);
}

#include "harness/registry/statements.h"

#include <inttypes.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/ledger/sshsig.h"
#include "harness/registry/store.h"

static const char policy_part[] = "policy"; /* no version is called so */

/* What a statement is about beside its version, to be known even when its text is altered. */
static const char *about_of(const struct mlt_statement *s)
{
    const char *const said[] = {s->stage, s->criterion, s->record};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i] && *said[i])
            return said[i];
    return "";
}

static enum mlt_statement_kind kind_named(const char *name)
{
    for (int kind = MLT_STATEMENT_APPROVAL; name && kind <= MLT_STATEMENT_POLICY; kind++)
        if (strcmp(mlt_statement_kind_name((enum mlt_statement_kind)kind), name) == 0)
            return (enum mlt_statement_kind)kind;
    return MLT_STATEMENT_NONE;
}

/* Names everything of a record beside the text, which has its own digest. It stands in the log,
 * too. */
static bool seal(const struct mlt_stored_statement *s, char out[MLT_SHA256_HEX],
                 struct mlt_err *err)
{
    struct mlt_buf all = MLT_BUF_INIT;
    mlt_buf_printf(&all, "%s\n%s\n%s\n%s\n%s\n%s", mlt_statement_kind_name(s->kind), s->about,
                   s->digest, s->logged_at, s->by, s->signature);
    bool ok = mlt_buf_check(&all, err) && mlt_hash_bytes(all.data, all.len, out, err);
    mlt_buf_free(&all);
    return ok;
}

static bool copy_text(const struct mlt_json *document, const char *key, struct mlt_arena *arena,
                      const char **out)
{
    *out = mlt_json_text(document, key, arena);
    return *out != NULL;
}

/* The text in the record, held against its digest. */
static bool read_text(struct mlt_stored_statement *out, const char *recorded_seal,
                      struct mlt_arena *arena, struct mlt_err *err)
{
    char found[MLT_SHA256_HEX], sealed[MLT_SHA256_HEX];
    struct mlt_err fault = MLT_ERR_INIT;
    struct mlt_statement s;
    if (!mlt_hash_bytes(out->text, strlen(out->text), found, err) || !seal(out, sealed, err))
        return false;
    if (strcmp(sealed, recorded_seal) != 0) {
        out->fault = "its record was altered: it does not have the seal that was logged";
        return true;
    }
    if (strcmp(found, out->digest) != 0) {
        out->fault = "its text was altered: it does not have the digest that was logged";
        return true;
    }
    if (mlt_statement_decode(out->text, strlen(out->text), arena, &s, &fault)) {
        if (s.kind != out->kind || strcmp(about_of(&s), out->about) != 0)
            out->fault = "its record was altered: its text is about something else";
        else
            out->statement = s;
        return true;
    }
    if (fault.kind != MLT_ERR_EVIDENCE) {
        *err = fault;
        return false;
    }
    out->fault = mlt_arena_strdup(arena, fault.text);
    return out->fault || mlt_err_oom(err);
}

static bool decode(const struct mlt_record *record, struct mlt_arena *arena,
                   struct mlt_stored_statement *out, struct mlt_err *err)
{
    struct mlt_json *document;
    const char *kind = NULL, *digest = "", *sealed = "";
    int64_t when;
    if (!mlt_json_parse_kept(record->key, record->value, strlen(record->value), &document, err))
        return false;
    *out = (struct mlt_stored_statement){.key = record->key};
    bool ok = mlt_json_count(document) == 8 && copy_text(document, "kind", arena, &kind) &&
              copy_text(document, "about", arena, &out->about) &&
              copy_text(document, "sha256", arena, &digest) &&
              copy_text(document, "seal", arena, &sealed) &&
              copy_text(document, "signature", arena, &out->signature) &&
              copy_text(document, "logged_at", arena, &out->logged_at) &&
              copy_text(document, "by", arena, &out->by) &&
              copy_text(document, "text", arena, &out->text) && mlt_hash_is_hex(digest) &&
              mlt_clock_parse(out->logged_at, &when);
    out->kind = ok ? kind_named(kind) : MLT_STATEMENT_NONE;
    mlt_json_free(document);
    if (out->kind == MLT_STATEMENT_NONE)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the record %s of %s is not one of a statement",
                           record->key, record->partition);
    memcpy(out->digest, digest, sizeof out->digest);
    return read_text(out, sealed, arena, err);
}

static bool list(struct mlt_registry *registry, const char *model, const char *part,
                 struct mlt_arena *arena, struct mlt_stored_statement **out, size_t *out_count,
                 struct mlt_err *err)
{
    struct mlt_record *records;
    size_t count;
    char *prefix = mlt_arena_printf(arena, "statement/%s/", part);
    if (!prefix)
        return mlt_err_oom(err);
    if (!mlt_store_query(registry, model, prefix, arena, &records, &count, err))
        return false;
    struct mlt_stored_statement *statements = mlt_arena_calloc(arena, count, sizeof *statements);
    if (!statements)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (!decode(&records[count - 1 - i], arena, &statements[i], err))
            return false;
    *out = statements;
    *out_count = count;
    return true;
}

bool mlt_registry_statements(struct mlt_registry *registry, const char *model, const char *version,
                             struct mlt_arena *arena, struct mlt_stored_statement **out,
                             size_t *out_count, struct mlt_err *err)
{
    struct mlt_semver semver;
    return mlt_model_name_check(model, err) && mlt_semver_parse(version, &semver, err) &&
           list(registry, model, version, arena, out, out_count, err);
}

bool mlt_registry_policy_statements(struct mlt_registry *registry, const char *model,
                                    struct mlt_arena *arena, struct mlt_stored_statement **out,
                                    size_t *out_count, struct mlt_err *err)
{
    return (strcmp(model, "*") == 0 || mlt_model_name_check(model, err)) &&
           list(registry, model, policy_part, arena, out, out_count, err);
}

bool mlt_stored_statement_verify(const struct mlt_stored_statement *stored, const char *model,
                                 const char *signers, struct mlt_arena *arena, const char **fault,
                                 bool *tampered, struct mlt_err *err)
{
    int64_t when = 0;
    bool intact = false;
    *fault = stored->fault;
    *tampered = stored->fault != NULL;
    if (stored->fault)
        return true;
    const struct mlt_statement *s = &stored->statement;
    const char *part = *s->version ? s->version : policy_part;
    size_t part_len = strlen(part), head = strlen("statement/");
    if (strcmp(s->model, model) != 0 || strncmp(stored->key + head, part, part_len) != 0 ||
        stored->key[head + part_len] != '/') {
        *fault = "its record was altered: it stands with another version";
        *tampered = true;
        return true;
    }
    if (!mlt_clock_parse(stored->logged_at, &when))
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s does not say when it was logged",
                           stored->key);
    if (!mlt_sshsig_verify(signers ? signers : "", s->person, MLT_STATEMENT_NAMESPACE, when,
                           stored->text, strlen(stored->text), stored->signature, arena, fault,
                           &intact, err))
        return false;
    *tampered = *fault && !intact;
    return true;
}

/* One statement on its way in. */
struct adding {
    struct mlt_registry *registry;
    const struct mlt_new_statement *add;
    struct mlt_arena *arena;
    struct mlt_statement s;
    char digest[MLT_SHA256_HEX];
    const char *now, *by;
    char seal[MLT_SHA256_HEX];
    char *part;
    bool is_there; /* already */
};

static bool check_signature(const struct adding *a, int64_t now_s, struct mlt_err *err)
{
    const char *fault;
    const char *signature = a->add->signature;
    size_t len = strlen(signature);
    if (len > MLT_SIGNATURE_TEXT_BYTES || !mlt_str_utf8_valid(signature, len, NULL))
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the signature of %s is not one that ssh-keygen makes", a->s.person);
    if (!a->add->signers || !*a->add->signers)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "nobody can sign: the pinned policy names no signers' file (approvers: "
                           "allowed_signers)");
    if (!mlt_sshsig_verify(a->add->signers, a->s.person, MLT_STATEMENT_NAMESPACE, now_s,
                           a->add->text, a->add->len, signature, a->arena, &fault, NULL, err))
        return false;
    return !fault || mlt_err_set(err, MLT_ERR_EVIDENCE, "the signature of %s does not count: %s",
                                 a->s.person, fault);
}

static bool check_version(const struct adding *a, struct mlt_err *err)
{
    struct mlt_version_record version;
    if (!*a->s.version)
        return true;
    if (!mlt_version_record_want(a->registry, a->s.model, a->s.version, a->arena, &version, err))
        return false;
    if (strcmp(version.digest, a->s.digest) != 0 ||
        strcmp(version.artifact_digest, a->s.artifact_digest) != 0)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "the statement is about other files: %s@%s is registered as %.12s… (model "
            "file %.12s…), the statement says %.12s… (%.12s…)",
            a->s.model, a->s.version, version.digest, version.artifact_digest, a->s.digest,
            a->s.artifact_digest);
    return true;
}

/* What stands already: is this one of it, and is what it revokes? */
static bool check_others(struct adding *a, struct mlt_err *err)
{
    struct mlt_stored_statement *others;
    size_t count;
    bool found = !a->s.revokes;
    if (!list(a->registry, a->s.model, a->part, a->arena, &others, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        a->is_there = a->is_there || strcmp(others[i].digest, a->digest) == 0;
        found = found || (strcmp(others[i].digest, a->s.revokes) == 0 &&
                          others[i].kind != MLT_STATEMENT_REVOCATION);
    }
    return found || mlt_err_set(err, MLT_ERR_USAGE,
                                "no statement about %s@%s has the digest %s, or it is a revocation "
                                "itself",
                                a->s.model, a->part, a->s.revokes);
}

static char *file_key(const struct mlt_statement *s, struct mlt_arena *arena)
{
    return mlt_arena_printf(arena, "%s/.evidence/%s/records/%s", s->model, s->version,
                            s->file_sha256);
}

/* The file goes first: a record never names one that is not there. One that no record names stays
 * behind when the process ends here; the same statement again finds it. */
static bool put_file(const struct adding *a, struct mlt_err *err)
{
    struct mlt_blobs *blobs = a->registry->blobs;
    struct mlt_buf again = MLT_BUF_INIT;
    char found[MLT_SHA256_HEX];
    uint64_t bytes;
    bool existed = false;
    if (!a->s.file_name)
        return !a->add->file ||
               mlt_err_set(err, MLT_ERR_USAGE, "the statement names no file, and %s was given",
                           a->add->file);
    if (!a->add->file)
        return mlt_err_set(err, MLT_ERR_USAGE, "the statement names the file %s: give it (--file)",
                           a->s.file_name);
    if (!mlt_hash_file(a->add->file, found, &bytes, err))
        return false;
    if (bytes > MLT_RECORD_FILE_BYTES)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s has %llu bytes: a record's file has at most 64 MiB", a->add->file,
                           (unsigned long long)bytes);
    if (bytes != a->s.file_bytes || strcmp(found, a->s.file_sha256) != 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is not the file that was signed: its SHA-256 is %.12s…, signed was "
                           "%.12s…",
                           a->add->file, found, a->s.file_sha256);
    char *key = file_key(&a->s, a->arena);
    if (!key)
        return mlt_err_oom(err);
    if (!blobs->ops->put_file(blobs, key, a->add->file, &existed, err) && !existed)
        return false;
    bool ok = mlt_registry_record_file(a->registry, &a->s, &again, err);
    mlt_buf_free(&again);
    return ok;
}

static char *encode(const struct adding *a, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "kind", mlt_statement_kind_name(a->s.kind));
    mlt_json_out_kstring(&json, "about", about_of(&a->s));
    mlt_json_out_kstring(&json, "sha256", a->digest);
    mlt_json_out_kstring(&json, "seal", a->seal);
    mlt_json_out_kstring(&json, "signature", a->add->signature);
    mlt_json_out_kstring(&json, "logged_at", a->now);
    mlt_json_out_kstring(&json, "by", a->by);
    mlt_json_out_key(&json, "text");
    mlt_json_out_string_len(&json, a->add->text, a->add->len);
    mlt_json_out_object_end(&json);
    return mlt_store_json(&json, a->arena, err);
}

static void put_if_said(struct mlt_json_out *json, const char *key, const char *text)
{
    if (text && *text)
        mlt_json_out_kstring(json, key, text);
}

static char *details(const struct adding *a, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "person", a->s.person);
    put_if_said(&json, "stage", a->s.stage);
    put_if_said(&json, "criterion", a->s.criterion);
    put_if_said(&json, "expires", a->s.expires);
    put_if_said(&json, "record", a->s.record);
    put_if_said(&json, "outcome", a->s.outcome);
    put_if_said(&json, "revokes", a->s.revokes);
    put_if_said(&json, "policy", a->s.policy);
    mlt_json_out_kstring(&json, "seal", a->seal);
    mlt_json_out_object_end(&json);
    return mlt_store_json(&json, a->arena, err);
}

static bool add_once(struct adding *a, enum mlt_change_end *end, struct mlt_err *err)
{
    static const char *const what[] = {
        [MLT_STATEMENT_APPROVAL] = "approve",  [MLT_STATEMENT_REJECTION] = "reject",
        [MLT_STATEMENT_REVOCATION] = "revoke", [MLT_STATEMENT_WAIVER] = "waive",
        [MLT_STATEMENT_RECORD] = "record",     [MLT_STATEMENT_POLICY] = "approve"};
    bool approves = a->s.kind == MLT_STATEMENT_APPROVAL || a->s.kind == MLT_STATEMENT_WAIVER ||
                    a->s.kind == MLT_STATEMENT_POLICY;
    struct mlt_change change;
    if (!mlt_change_begin(a->registry, a->s.model, a->arena, &change, err) || !check_others(a, err))
        return false;
    if (a->is_there) {
        *end = MLT_CHANGE_DONE;
        return true;
    }
    char *key = mlt_arena_printf(a->arena, "statement/%s/%012" PRIu64, a->part, change.number);
    char *value = encode(a, err), *more = value ? details(a, err) : NULL;
    if (!more)
        return false;
    if (!key)
        return mlt_err_oom(err);
    mlt_change_require(&change, key, 0);
    mlt_change_put(&change, key, value);
    return mlt_change_log(&change,
                          &(struct mlt_log_entry){.at = a->now,
                                                  .by = a->by,
                                                  .what = what[a->s.kind],
                                                  .version = *a->s.version ? a->s.version : NULL,
                                                  .digest = a->digest,
                                                  .reason = a->s.reason,
                                                  .approvers = &a->s.person,
                                                  .approver_count = approves,
                                                  .tickets = a->s.tickets,
                                                  .ticket_count = a->s.ticket_count,
                                                  .details = more},
                          err) &&
           mlt_change_commit(&change, end, err);
}

static bool make_seal(struct adding *a, struct mlt_err *err)
{
    struct mlt_stored_statement s = {.kind = a->s.kind,
                                     .about = about_of(&a->s),
                                     .signature = a->add->signature,
                                     .logged_at = a->now,
                                     .by = a->by};
    memcpy(s.digest, a->digest, sizeof s.digest);
    return seal(&s, a->seal, err);
}

static bool add(struct adding *a, struct mlt_err *err)
{
    char now[MLT_TIME_CHARS];
    const int64_t now_s = mlt_clock_true_s();
    enum mlt_change_end end = MLT_CHANGE_RACED;
    struct mlt_err fault = MLT_ERR_INIT;
    if (!mlt_statement_decode(a->add->text, a->add->len, a->arena, &a->s, &fault))
        return mlt_err_set(err, fault.kind == MLT_ERR_EVIDENCE ? MLT_ERR_USAGE : fault.kind, "%s",
                           fault.text);
    a->now = mlt_arena_strdup(a->arena, mlt_clock_format(now_s, now));
    a->part = mlt_arena_strdup(a->arena, *a->s.version ? a->s.version : policy_part);
    a->by = mlt_store_user(a->arena);
    if (!a->now || !a->part || !a->by)
        return mlt_err_oom(err);
    if (!mlt_hash_bytes(a->add->text, a->add->len, a->digest, err) || !make_seal(a, err) ||
        !check_version(a, err) || !check_signature(a, now_s, err) || !check_others(a, err) ||
        !put_file(a, err))
        return false;
    for (int i = 0; end != MLT_CHANGE_DONE && i < MLT_CHANGE_TRIES; i++)
        if (!add_once(a, &end, err))
            return false;
    return end == MLT_CHANGE_DONE || mlt_change_busy(a->s.model, err);
}

bool mlt_registry_add_statement(struct mlt_registry *registry,
                                const struct mlt_new_statement *request,
                                char digest[MLT_SHA256_HEX], struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct adding a = {.registry = registry, .add = request, .arena = &arena};
    bool ok = mlt_store_writable(registry, err) && add(&a, err);
    if (ok)
        memcpy(digest, a.digest, sizeof a.digest);
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_registry_record_file(struct mlt_registry *registry, const struct mlt_statement *record,
                              struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    char found[MLT_SHA256_HEX];
    char *key = file_key(record, &arena);
    bool ok = (key || mlt_err_oom(err)) &&
              registry->blobs->ops->get(registry->blobs, key, MLT_RECORD_FILE_BYTES, &text, err) &&
              mlt_hash_bytes(text.data, text.len, found, err);
    if (ok && (text.len != record->file_bytes || strcmp(found, record->file_sha256) != 0))
        ok = mlt_err_set(err, MLT_ERR_EVIDENCE,
                         "%s/%s was altered: its SHA-256 is %.12s…, signed was %.12s…",
                         registry->root, key, found, record->file_sha256);
    if (ok) {
        mlt_buf_append(out, text.data, text.len);
        ok = mlt_buf_check(out, err);
    }
    mlt_buf_free(&text);
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_statements_verify(struct mlt_registry *registry, const char *model, const char *version,
                           struct mlt_arena *arena, void (*fault)(void *context, const char *what),
                           void *context, struct mlt_err *err)
{
    struct mlt_stored_statement *all;
    struct mlt_err found = MLT_ERR_INIT;
    size_t count = 0;
    if (!mlt_registry_statements(registry, model, version, arena, &all, &count, &found)) {
        if (found.kind == MLT_ERR_INFRA)
            *err = found;
        else
            fault(context, found.text);
        return found.kind != MLT_ERR_INFRA;
    }
    for (size_t i = 0; i < count; i++) {
        struct mlt_buf text = MLT_BUF_INIT;
        bool ok = true;
        found = (struct mlt_err)MLT_ERR_INIT;
        if (all[i].fault)
            ok = mlt_err_set(&found, MLT_ERR_EVIDENCE, "%s of %s: %s", all[i].key, model,
                             all[i].fault);
        else if (all[i].statement.file_name)
            ok = mlt_registry_record_file(registry, &all[i].statement, &text, &found);
        mlt_buf_free(&text);
        if (!ok && found.kind == MLT_ERR_INFRA) {
            *err = found;
            return false;
        }
        if (!ok)
            fault(context, found.text);
    }
    return true;
}

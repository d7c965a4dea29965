#include "gates/collect/signature.h"

#include <string.h>

#include "harness/ledger/intoto.h"

bool mlt_signing_keys_read(struct mlt_registry *registry, struct mlt_arena *arena,
                           struct mlt_signing_keys *out, struct mlt_err *err)
{
    struct mlt_registry_key *keys;
    if (!mlt_registry_keys(registry, arena, &keys, &out->count, err))
        return false;
    out->keys = keys;
    return true;
}

static bool fault(struct mlt_signature *out, const char *text, bool tampered, struct mlt_err *err)
{
    out->fault = text;
    out->tampered = tampered;
    return text ? true : mlt_err_oom(err);
}

/* Verifies an envelope and reads its statement. The caller frees the statement when there is no
 * fault.
 */
static bool open_envelope(const struct mlt_signing_keys *keys, const char *what, const char *text,
                          size_t len, enum mlt_key_role role, const char *at,
                          const char *predicate_type, struct mlt_arena *arena,
                          struct mlt_intoto *statement, struct mlt_signature *out,
                          struct mlt_err *err)
{
    struct mlt_signed found;
    struct mlt_err read_err = MLT_ERR_INIT;
    if (!mlt_registry_key_check(keys->keys, keys->count, what, text, len, role, at, arena, &found,
                                err))
        return false;
    if (found.fault)
        return fault(out, found.fault, found.broken, err);
    if (!mlt_intoto_parse(what, &found.envelope, arena, statement, &read_err)) {
        if (read_err.kind == MLT_ERR_INFRA) {
            *err = read_err;
            return false;
        }
        return fault(out, mlt_arena_strdup(arena, read_err.text), false, err);
    }
    if (strcmp(statement->predicate_type, predicate_type) != 0) {
        const char *why = mlt_arena_printf(arena, "%s says something else (%.80s)", what,
                                           statement->predicate_type);
        mlt_intoto_free(statement);
        return fault(out, why, false, err);
    }
    out->by = found.by->id;
    return true;
}

bool mlt_signature_of_run(const struct mlt_signing_keys *keys, const struct mlt_stored_run *run,
                          struct mlt_arena *arena, struct mlt_signature *out, struct mlt_err *err)
{
    struct mlt_intoto statement;
    *out = (struct mlt_signature){0};
    if (keys->count == 0)
        return true;
    if (!run->envelope)
        return fault(out, "it is not signed: here only runs count that an allowed key signed",
                     false, err);
    if (!open_envelope(keys, "its envelope", run->envelope, strlen(run->envelope), MLT_KEY_RUNNER,
                       run->stored_at, MLT_PREDICATE_TEST_RESULT, arena, &statement, out, err))
        return false;
    if (out->fault)
        return true;
    bool same = mlt_intoto_is_about(&statement, run->sha256);
    mlt_intoto_free(&statement);
    if (same)
        return true;
    out->by = NULL;
    return fault(out, "its signature is over another file (by digest)", false, err);
}

/* What the decision itself must say; NULL when it does. */
static const char *fault_of_decision(const struct mlt_intoto *statement,
                                     const struct mlt_deployment *deployment)
{
    const struct mlt_json *decided = mlt_json_get(statement->predicate, "decided");
    const struct mlt_json *context = mlt_json_get(statement->predicate, "context");
    const char *verdict = mlt_json_string(mlt_json_get(decided, "verdict"));
    const char *digest = mlt_json_string(mlt_json_get(mlt_json_get(decided, "subject"), "digest"));
    bool advisory = true;
    if (!digest || strcmp(digest, deployment->digest) != 0 ||
        !mlt_intoto_is_about(statement, deployment->digest))
        return "its decision is about other files";
    if (!mlt_json_bool(mlt_json_get(context, "advisory"), &advisory) || advisory)
        return "its decision was advisory: nothing may act on it";
    return verdict && strcmp(verdict, "pass") == 0 ? NULL : "its decision was no pass";
}

bool mlt_signature_of_deployment(struct mlt_registry *registry, const struct mlt_signing_keys *keys,
                                 const struct mlt_deployment *deployment, struct mlt_arena *arena,
                                 struct mlt_signature *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_err read_err = MLT_ERR_INIT;
    struct mlt_intoto statement;
    bool found = false, is_envelope = false, ok = true;
    *out = (struct mlt_signature){0};
    if (keys->count == 0)
        return true;
    if (!deployment->decision_digest)
        return fault(out, "no decision is recorded with it", false, err);
    if (!mlt_registry_decision(registry, deployment->model, deployment->version,
                               deployment->decision_digest, arena, &text, &found, &is_envelope,
                               &read_err)) {
        mlt_buf_free(&text);
        if (read_err.kind == MLT_ERR_EVIDENCE)
            return fault(out, mlt_arena_strdup(arena, read_err.text), true, err);
        *err = read_err;
        return false;
    }
    if (!found)
        ok = fault(out, "its decision is gone from the registry", true, err);
    else if (!is_envelope)
        ok = fault(out, "its decision is not signed", false, err);
    else
        ok = open_envelope(keys, "its decision", text.data, text.len, MLT_KEY_GATE, deployment->at,
                           MLT_PREDICATE_DECISION, arena, &statement, out, err);
    mlt_buf_free(&text);
    if (!ok || out->fault)
        return ok;
    out->fault = fault_of_decision(&statement, deployment);
    mlt_intoto_free(&statement);
    return true;
}

#include "flows/attest.h"

#include <string.h>

#include "flows/gate.h"
#include "flows/keyring.h"
#include "flows/test_result.h"
#include "gates/collect/signature.h"
#include "harness/base/clock.h"
#include "harness/ledger/intoto.h"

#define VERIFICATION_SUMMARY "https://slsa.dev/verification_summary/v1"
#define VERIFIER "https://mltest.dev/gate"

struct attesting {
    const struct mlt_decision *decision;
    const struct mlt_key *key;
    struct mlt_arena *arena;
    struct mlt_intoto_subject subjects[2]; /* the manifest, which names every file, and the model */
};

static bool begin(struct attesting *a, const struct mlt_decision *decision,
                  const struct mlt_key *key, struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_run_side *side = &decision->evidence->subject;
    const char *name = mlt_arena_printf(arena, "%s@%s", side->model, side->version);
    const char *manifest =
        mlt_arena_printf(arena, "%s@%s/MANIFEST.json", side->model, side->version);
    if (!name || !manifest)
        return mlt_err_oom(err);
    *a = (struct attesting){
        decision, key, arena, {{manifest, side->digest}, {name, side->artifact_digest}}};
    return true;
}

/* Finishes a statement, signs it and appends the line. */
static bool sign(const struct attesting *a, struct mlt_json_out *json, struct mlt_buf *text,
                 struct mlt_buf *out, struct mlt_err *err)
{
    mlt_intoto_end(json);
    bool ok = mlt_json_out_finish(json, err) &&
              mlt_dsse_sign(MLT_DSSE_IN_TOTO, text->data, text->len, a->key, out, err);
    if (ok) {
        mlt_buf_putc(out, '\n');
        ok = mlt_buf_check(out, err);
    }
    mlt_buf_free(text);
    return ok;
}

static bool put_decision(const struct attesting *a, const struct mlt_buf *document,
                         struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    struct mlt_json *tree;
    if (!mlt_json_parse_kept("decision", document->data, document->len, &tree, err))
        return false;
    mlt_json_out_init(&json, &text, false);
    mlt_intoto_begin(&json, a->subjects, 2, MLT_PREDICATE_DECISION);
    mlt_json_out_node(&json, tree);
    mlt_json_free(tree);
    return sign(a, &json, &text, out, err);
}

static bool put_test_result(const struct attesting *a, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_intoto_begin(&json, a->subjects, 2, MLT_PREDICATE_TEST_RESULT);
    mlt_test_result_decision(a->decision, &json);
    return sign(a, &json, &text, out, err);
}

static void put_digest(struct mlt_json_out *json, const char *sha256)
{
    mlt_json_out_key(json, "digest");
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "sha256", sha256);
    mlt_json_out_object_end(json);
}

/* slsa.dev/spec/v1.0/verification_summary. No level of SLSA is claimed: verifiedLevels says what
 * was verified in a word of our own, as the specification allows. */
static bool put_summary(const struct attesting *a, const struct mlt_intoto_subject *inputs,
                        size_t input_count, struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_decision *d = a->decision;
    const bool passed = d->verdict == MLT_VERDICT_PASS;
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    char now[MLT_TIME_CHARS];
    char *resource = mlt_arena_printf(a->arena, "urn:mltest:%s@%s", d->evidence->subject.model,
                                      d->evidence->subject.version);
    char *policy = mlt_arena_printf(a->arena, "urn:mltest:policy:%s", d->policy->digest);
    if (!resource || !policy)
        return mlt_err_oom(err);
    mlt_json_out_init(&json, &text, false);
    mlt_intoto_begin(&json, a->subjects, 2, VERIFICATION_SUMMARY);
    mlt_json_out_object(&json);
    mlt_json_out_key(&json, "verifier");
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "id", VERIFIER);
    mlt_json_out_object_end(&json);
    mlt_json_out_kstring(&json, "timeVerified", mlt_clock_format(mlt_clock_wall_s(), now));
    mlt_json_out_kstring(&json, "resourceUri", resource);
    mlt_json_out_key(&json, "policy");
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "uri", policy);
    put_digest(&json, d->policy->digest);
    mlt_json_out_object_end(&json);
    mlt_json_out_key(&json, "inputAttestations");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < input_count; i++) {
        mlt_json_out_object(&json);
        mlt_json_out_kstring(&json, "uri", inputs[i].name);
        put_digest(&json, inputs[i].sha256);
        mlt_json_out_object_end(&json);
    }
    mlt_json_out_array_end(&json);
    mlt_json_out_kstring(&json, "verificationResult", passed ? "PASSED" : "FAILED");
    mlt_json_out_key(&json, "verifiedLevels");
    mlt_json_out_array(&json);
    mlt_json_out_string(&json, passed ? "MLTEST_GATE" : "FAILED");
    mlt_json_out_array_end(&json);
    mlt_json_out_kstring(&json, "slsaVersion", "1.0");
    mlt_json_out_object_end(&json);
    return sign(a, &json, &text, out, err);
}

static const struct mlt_evidence_run *counted(const struct mlt_evidence *evidence,
                                              const struct mlt_stored_run *stored)
{
    for (size_t i = 0; i < evidence->run_count; i++)
        if (strcmp(evidence->runs[i].sha256, stored->sha256) == 0)
            return &evidence->runs[i];
    return NULL;
}

/* What was verified: the decision, and the envelopes of the runs that it counts. */
static bool find_inputs(const struct mlt_setting *setting, const struct mlt_decision *decision,
                        const char *decision_sha256, struct mlt_arena *arena,
                        struct mlt_intoto_subject **out, size_t *out_count, struct mlt_err *err)
{
    struct mlt_stored_run *runs;
    size_t count;
    if (!mlt_registry_runs(setting->registry, setting->version.model, setting->version.version,
                           arena, &runs, &count, err))
        return false;
    struct mlt_intoto_subject *inputs = mlt_arena_calloc(arena, count + 1, sizeof *inputs);
    if (!inputs)
        return mlt_err_oom(err);
    inputs[0].name = mlt_arena_printf(arena, "decisions/%s.dsse.json", decision_sha256);
    inputs[0].sha256 = decision_sha256;
    *out_count = 1;
    for (size_t i = 0; i < count; i++) {
        char *sha256 = mlt_arena_alloc(arena, MLT_SHA256_HEX);
        if (!runs[i].envelope || !counted(decision->evidence, &runs[i]))
            continue;
        if (!sha256)
            return mlt_err_oom(err);
        if (!mlt_hash_bytes(runs[i].envelope, strlen(runs[i].envelope), sha256, err))
            return false;
        inputs[(*out_count)++] = (struct mlt_intoto_subject){
            mlt_arena_printf(arena, "runs/%s.dsse.json", runs[i].run_id), sha256};
    }
    *out = inputs;
    return true;
}

static bool keep_signed(const struct mlt_setting *setting, const struct mlt_decision *decision,
                        const struct mlt_buf *document, const struct mlt_key *key,
                        struct mlt_arena *arena, char **out_path, char out_digest[MLT_SHA256_HEX],
                        struct mlt_err *err)
{
    struct mlt_buf envelope = MLT_BUF_INIT, lines = MLT_BUF_INIT;
    struct attesting a;
    struct mlt_intoto_subject *inputs = NULL;
    size_t count = 0;
    bool ok = begin(&a, decision, key, arena, err) && put_decision(&a, document, &envelope, err) &&
              mlt_hash_bytes(envelope.data, envelope.len, out_digest, err);
    if (ok) {
        mlt_buf_append(&lines, envelope.data, envelope.len);
        ok = put_test_result(&a, &lines, err) &&
             (strcmp(decision->evidence->gate_kind, "environment") != 0 ||
              (find_inputs(setting, decision, out_digest, arena, &inputs, &count, err) &&
               put_summary(&a, inputs, count, &lines, err))) &&
             mlt_buf_check(&lines, err) &&
             mlt_registry_store_signed_decision(setting->registry, setting->version.model,
                                                setting->version.version, &envelope, &lines, arena,
                                                out_path, err);
    }
    mlt_buf_free(&envelope);
    mlt_buf_free(&lines);
    return ok;
}

/* `*key` NULL: the registry allows none, and the document is kept as it is. */
static bool find_key(const struct mlt_setting *setting, struct mlt_arena *arena,
                     struct mlt_key **key, struct mlt_err *err)
{
    bool needed;
    return mlt_keyring_find(setting->registry, MLT_KEY_GATE, arena, &needed, key, err) &&
           (*key || !needed ||
            mlt_err_set(err, MLT_ERR_USAGE,
                        "decisions that %s acts on are signed, and no gate's key that it allows is "
                        "here: make one with `mltest keys new NAME --role gate`, or name one with "
                        "MLTEST_KEY",
                        setting->registry_url));
}

bool mlt_attest_decision(const struct mlt_setting *setting, const struct mlt_decision *decision,
                         struct mlt_arena *arena, char **out_path, char out_digest[MLT_SHA256_HEX],
                         struct mlt_err *err)
{
    struct mlt_buf document = MLT_BUF_INIT;
    struct mlt_key *key = NULL;
    bool ok =
        find_key(setting, arena, &key, err) && mlt_gate_document(decision, false, &document, err);
    if (ok && key)
        ok = keep_signed(setting, decision, &document, key, arena, out_path, out_digest, err);
    else if (ok)
        ok = mlt_hash_bytes(document.data, document.len, out_digest, err) &&
             mlt_registry_store_decision(setting->registry, setting->version.model,
                                         setting->version.version, document.data, document.len,
                                         arena, out_path, err);
    mlt_key_free(key);
    mlt_buf_free(&document);
    return ok;
}

bool mlt_attest_document(const struct mlt_setting *setting, const struct mlt_decision *decision,
                         const struct mlt_buf *document, struct mlt_arena *arena,
                         struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_key *key = NULL;
    struct attesting a;
    if (!setting->registry)
        return mlt_err_set(err, MLT_ERR_USAGE, "--sign needs a registry: it says which keys count");
    if (!find_key(setting, arena, &key, err))
        return false;
    bool ok = key ? begin(&a, decision, key, arena, err) && put_decision(&a, document, out, err)
                  : mlt_err_set(err, MLT_ERR_USAGE,
                                "there is nothing to sign with: %s allows no keys, and MLTEST_KEY "
                                "names none (mltest keys new NAME --role gate)",
                                setting->registry_url);
    mlt_key_free(key);
    return ok;
}

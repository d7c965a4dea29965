#include <string.h>

#include "harness/codec/json.h"
#include "harness/domain/decision.h"
#include "harness/domain/field.h"

static const char *const verdict_names[] = {"invalid", "pass", "inconclusive", "fail"};

enum { VERDICTS = 4 };

struct decoder {
    struct mlt_arena *arena;
    struct mlt_err *err;
};

/* A member of the reader's object that must be an array; `*out` is zeroed room for its elements. */
static bool array(const struct decoder *d, const struct mlt_json *object, const char *key,
                  size_t size, const struct mlt_json **out_list, void **out, size_t *out_count)
{
    const struct mlt_json *list = mlt_json_get(object, key);
    if (!list || mlt_json_type(list) != MLT_JSON_ARRAY)
        return mlt_err_set(d->err, MLT_ERR_EVIDENCE, "decision: \"%s\" must be a list, found %s",
                           key, list ? mlt_json_type_name(mlt_json_type(list)) : "nothing");
    *out_list = list;
    *out_count = mlt_json_count(list);
    *out = mlt_arena_calloc(d->arena, *out_count, size);
    return *out || mlt_err_oom(d->err);
}

static bool texts(const struct decoder *d, const struct mlt_json *object, const char *key,
                  const char *const **out, size_t *out_count)
{
    const struct mlt_json *list;
    void *room;
    if (!array(d, object, key, sizeof(char *), &list, &room, out_count))
        return false;
    const char **items = room;
    size_t i = 0;
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at), i++) {
        if (!mlt_json_string(at))
            return mlt_err_set(d->err, MLT_ERR_EVIDENCE, "decision: \"%s\" must hold texts", key);
        items[i] = mlt_arena_strdup(d->arena, mlt_json_string(at));
        if (!items[i])
            return mlt_err_oom(d->err);
    }
    *out = items;
    return true;
}

static void digest(struct mlt_field_reader *in, const char *key, char out[MLT_SHA256_HEX])
{
    const char *text = mlt_field_text(in, key);
    if (in->failed)
        return;
    if (mlt_hash_is_hex(text)) {
        memcpy(out, text, MLT_SHA256_HEX);
        return;
    }
    in->failed = true;
    mlt_err_set(in->err, MLT_ERR_EVIDENCE, "%s: \"%s\" must be 64 hex digits", in->record, key);
}

static bool decode_side(const struct decoder *d, const struct mlt_json *node, const char *record,
                        struct mlt_run_side *out)
{
    struct mlt_field_reader in = mlt_field_reader(node, record, d->arena, d->err);
    out->model = mlt_field_text(&in, "model");
    out->version = mlt_field_text(&in, "version");
    digest(&in, "digest", out->digest);
    digest(&in, "artifact_digest", out->artifact_digest);
    return mlt_field_finish(&in);
}

static bool decode_subject(const struct decoder *d, const struct mlt_json *decided,
                           struct mlt_evidence *out)
{
    const struct mlt_json *baseline = mlt_json_get(decided, "baseline");
    struct mlt_field_reader gate =
        mlt_field_reader(mlt_json_get(decided, "gate"), "gate", d->arena, d->err);
    out->gate_kind = mlt_field_text(&gate, "kind");
    out->gate = mlt_field_text(&gate, "name");
    if (!mlt_field_finish(&gate) ||
        !decode_side(d, mlt_json_get(decided, "subject"), "subject", &out->subject))
        return false;
    out->has_baseline = !baseline || mlt_json_type(baseline) != MLT_JSON_NULL;
    return !out->has_baseline || decode_side(d, baseline, "baseline", &out->baseline);
}

static bool decode_runs(const struct decoder *d, const struct mlt_json *evidence,
                        struct mlt_decision_document *out)
{
    const struct mlt_json *list;
    void *room;
    if (!array(d, evidence, "runs", sizeof *out->runs, &list, &room, &out->run_count))
        return false;
    struct mlt_decision_run *run = out->runs = room;
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at), run++) {
        struct mlt_field_reader in = mlt_field_reader(at, "run", d->arena, d->err);
        run->run_id = mlt_field_text(&in, "run_id");
        digest(&in, "sha256", run->sha256);
        if (!mlt_field_finish(&in) || !texts(d, at, "suites", &run->suites, &run->suite_count))
            return false;
    }
    return true;
}

static bool decode_rejected(const struct decoder *d, const struct mlt_json *evidence,
                            struct mlt_evidence *out)
{
    const struct mlt_json *list;
    void *room;
    if (!array(d, evidence, "rejected", sizeof *out->rejected, &list, &room, &out->rejected_count))
        return false;
    struct mlt_evidence_rejected *rejected = out->rejected = room;
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at), rejected++) {
        struct mlt_field_reader in = mlt_field_reader(at, "rejected", d->arena, d->err);
        const struct mlt_json *suites = mlt_json_get(at, "suites");
        rejected->what = mlt_field_text(&in, "what");
        rejected->why = mlt_field_text(&in, "why");
        rejected->tampered = mlt_field_bool(&in, "tampered");
        if (!mlt_field_finish(&in))
            return false;
        if (suites && mlt_json_type(suites) == MLT_JSON_NULL)
            continue;
        if (!texts(d, at, "suites", &rejected->suites, &rejected->suite_count))
            return false;
    }
    return true;
}

static bool decode_evidence(const struct decoder *d, const struct mlt_json *node,
                            struct mlt_decision_document *out)
{
    struct mlt_evidence *e = &out->evidence;
    const struct mlt_json *list;
    void *room;
    if (!decode_runs(d, node, out) || !decode_rejected(d, node, e) ||
        !array(d, node, "deployments", sizeof *e->deployments, &list, &room, &e->deployment_count))
        return false;
    struct mlt_evidence_deployment *deployment = e->deployments = room;
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at)) {
        struct mlt_field_reader in = mlt_field_reader(at, "deployment", d->arena, d->err);
        deployment->environment = mlt_field_text(&in, "environment");
        deployment->digest = mlt_field_text(&in, "digest");
        deployment->decision_digest = mlt_field_optional_text(&in, "decision_digest");
        if (!mlt_field_finish(&in))
            return false;
        deployment++;
    }
    return true;
}

static bool decode_findings(const struct decoder *d, const struct mlt_json *node,
                            struct mlt_criterion_result *out)
{
    const struct mlt_json *list;
    void *room;
    if (!array(d, node, "findings", sizeof *out->findings, &list, &room, &out->finding_count))
        return false;
    struct mlt_finding *finding = out->findings = room;
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at), finding++)
        if (!mlt_finding_decode(at, d->arena, finding, d->err))
            return false;
    return true;
}

static bool decode_criteria(const struct decoder *d, const struct mlt_json *decided,
                            struct mlt_decision_document *out)
{
    const struct mlt_json *list;
    void *room;
    if (!array(d, decided, "criteria", sizeof *out->criteria, &list, &room, &out->criterion_count))
        return false;
    struct mlt_criterion_result *c = out->criteria = room;
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at), c++) {
        struct mlt_field_reader in = mlt_field_reader(at, "criterion", d->arena, d->err);
        c->criterion = mlt_field_text(&in, "criterion");
        c->verdict = (enum mlt_verdict)mlt_field_name(&in, "verdict", verdict_names, VERDICTS);
        c->reason = mlt_field_text(&in, "reason");
        if (!mlt_field_finish(&in) || !decode_findings(d, at, c))
            return false;
    }
    return true;
}

static bool decode_decided(const struct decoder *d, const struct mlt_json *decided,
                           struct mlt_decision_document *out)
{
    const char *const *reasons;
    struct mlt_field_reader policy =
        mlt_field_reader(mlt_json_get(decided, "policy"), "policy", d->arena, d->err);
    digest(&policy, "digest", out->policy_digest);
    out->policy_text = mlt_field_text(&policy, "text");
    if (!mlt_field_finish(&policy) || !decode_subject(d, decided, &out->evidence) ||
        !decode_evidence(d, mlt_json_get(decided, "evidence"), out) ||
        !decode_criteria(d, decided, out) ||
        !texts(d, decided, "reasons", &reasons, &out->reason_count))
        return false;
    out->reasons = reasons;
    struct mlt_field_reader in = mlt_field_reader(decided, "decided", d->arena, d->err);
    out->verdict = (enum mlt_verdict)mlt_field_name(&in, "verdict", verdict_names, VERDICTS);
    out->tool_version = mlt_field_text(&in, "tool_version");
    return mlt_field_finish(&in);
}

static bool decode_context(const struct decoder *d, const struct mlt_json *context,
                           struct mlt_decision_document *out)
{
    struct mlt_field_reader in = mlt_field_reader(context, "context", d->arena, d->err);
    out->context.decided_at = mlt_field_optional_text(&in, "decided_at");
    out->context.advisory = mlt_field_bool(&in, "advisory");
    return mlt_field_finish(&in);
}

static bool decode(const struct decoder *d, const struct mlt_json *root, struct mlt_decision_document *out,
                   struct mlt_buf *text)
{
    const struct mlt_json *decided = mlt_json_get(root, "decided");
    struct mlt_json_out print;
    double version;
    if (!mlt_json_number(mlt_json_get(root, "mltest_decision"), &version))
        return mlt_err_set(d->err, MLT_ERR_EVIDENCE, "this is not a decision of mltest");
    if (version != 1)
        return mlt_err_set(d->err, MLT_ERR_EVIDENCE,
                           "this decision has the form %g, and this mltest reads form 1", version);
    if (!decode_decided(d, decided, out) ||
        !decode_context(d, mlt_json_get(root, "context"), out))
        return false;
    if (!text)
        return true;
    mlt_json_out_init(&print, text, true);
    mlt_json_out_node(&print, decided);
    return mlt_json_out_finish(&print, d->err);
}

bool mlt_decision_decode(const char *name, const char *text, size_t len, struct mlt_arena *arena,
                         struct mlt_decision_document *out, struct mlt_buf *decided, struct mlt_err *err)
{
    struct decoder d = {arena, err};
    struct mlt_decision_document decision = {0};
    struct mlt_json *root;
    if (!mlt_json_parse(name, text, len, &root, err)) {
        if (err->kind == MLT_ERR_USAGE)
            err->kind = MLT_ERR_EVIDENCE;
        return false;
    }
    bool ok = decode(&d, root, &decision, decided);
    mlt_json_free(root);
    if (!ok)
        return mlt_err_prefix(err, "%s", name);
    *out = decision;
    return true;
}

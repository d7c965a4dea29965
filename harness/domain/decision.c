#include "harness/domain/decision.h"

#include "harness/codec/json.h"

static void put_side(struct mlt_json_out *out, const char *key, const struct mlt_run_side *side)
{
    mlt_json_out_key(out, key);
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "model", side->model);
    mlt_json_out_kstring(out, "version", side->version);
    mlt_json_out_kstring(out, "digest", side->digest);
    mlt_json_out_kstring(out, "artifact_digest", side->artifact_digest);
    mlt_json_out_object_end(out);
}

static void put_texts(struct mlt_json_out *out, const char *key, const char *const *texts,
                      size_t count)
{
    mlt_json_out_key(out, key);
    mlt_json_out_array(out);
    for (size_t i = 0; i < count; i++)
        mlt_json_out_string(out, texts[i]);
    mlt_json_out_array_end(out);
}

static void put_run(struct mlt_json_out *out, const struct mlt_evidence_run *e)
{
    const struct mlt_run *run = e->run;
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "run_id", run->run_id);
    mlt_json_out_kstring(out, "sha256", e->sha256);
    put_texts(out, "suites", e->suites, e->suite_count);
    mlt_json_out_kstring(out, "started_at", run->started_at);
    mlt_json_out_kstring(out, "config_digest", run->config_digest);
    mlt_json_out_key(out, "datasets");
    mlt_json_out_array(out);
    for (size_t i = 0; i < run->dataset_count; i++) {
        mlt_json_out_object(out);
        mlt_json_out_kstring(out, "name", run->datasets[i].name);
        mlt_json_out_kstring(out, "sha256", run->datasets[i].sha256);
        mlt_json_out_kint(out, "rows", (int64_t)run->datasets[i].rows);
        mlt_json_out_object_end(out);
    }
    mlt_json_out_array_end(out);
    mlt_json_out_object_end(out);
}

static void put_rejected(struct mlt_json_out *out, const struct mlt_evidence_rejected *r)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "what", r->what);
    mlt_json_out_kstring(out, "why", r->why);
    mlt_json_out_kbool(out, "tampered", r->tampered);
    if (r->run_id)
        mlt_json_out_kstring(out, "run_id", r->run_id);
    mlt_json_out_object_end(out);
}

/* Not a word where nobody looked: such a decision reads as it did before there was this. */
static void put_documents(struct mlt_json_out *out, const struct mlt_evidence_documents *d)
{
    if (!d->looked)
        return;
    mlt_json_out_key(out, "documents");
    mlt_json_out_object(out);
    mlt_json_out_kint(out, "revision", d->revision);
    mlt_json_out_kstring(out, "digest", d->digest);
    put_texts(out, "faults", d->faults, d->fault_count);
    mlt_json_out_object_end(out);
}

static void put_evidence(struct mlt_json_out *out, const struct mlt_evidence *e)
{
    mlt_json_out_key(out, "evidence");
    mlt_json_out_object(out);
    mlt_json_out_key(out, "runs");
    mlt_json_out_array(out);
    for (size_t i = 0; i < e->run_count; i++)
        put_run(out, &e->runs[i]);
    mlt_json_out_array_end(out);
    mlt_json_out_key(out, "rejected");
    mlt_json_out_array(out);
    for (size_t i = 0; i < e->rejected_count; i++)
        put_rejected(out, &e->rejected[i]);
    mlt_json_out_array_end(out);
    mlt_json_out_key(out, "deployments");
    mlt_json_out_array(out);
    for (size_t i = 0; i < e->deployment_count; i++) {
        mlt_json_out_object(out);
        mlt_json_out_kstring(out, "environment", e->deployments[i].environment);
        mlt_json_out_kstring(out, "digest", e->deployments[i].digest);
        mlt_json_out_kstring(out, "decision_digest", e->deployments[i].decision_digest);
        mlt_json_out_object_end(out);
    }
    mlt_json_out_array_end(out);
    put_documents(out, &e->documents);
    mlt_json_out_object_end(out);
}

static void put_criterion(struct mlt_json_out *out, const struct mlt_criterion_result *c)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "criterion", c->criterion);
    mlt_json_out_kstring(out, "verdict", mlt_verdict_name(c->verdict));
    mlt_json_out_kstring(out, "reason", c->reason);
    mlt_json_out_key(out, "findings");
    mlt_json_out_array(out);
    for (size_t i = 0; i < c->finding_count; i++)
        mlt_finding_encode(&c->findings[i], out);
    mlt_json_out_array_end(out);
    mlt_json_out_object_end(out);
}

static void put_decided(struct mlt_json_out *out, const struct mlt_decision *d)
{
    const struct mlt_evidence *e = d->evidence;
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "verdict", mlt_verdict_name(d->verdict));
    mlt_json_out_key(out, "gate");
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "kind", e->gate_kind);
    mlt_json_out_kstring(out, "name", e->gate);
    mlt_json_out_object_end(out);
    put_side(out, "subject", &e->subject);
    if (e->has_baseline)
        put_side(out, "baseline", &e->baseline);
    put_texts(out, "reasons", d->reasons, d->reason_count);
    mlt_json_out_key(out, "criteria");
    mlt_json_out_array(out);
    for (size_t i = 0; i < d->criterion_count; i++)
        put_criterion(out, &d->criteria[i]);
    mlt_json_out_array_end(out);
    put_evidence(out, e);
    mlt_json_out_key(out, "policy");
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "sha256", d->policy->digest);
    mlt_json_out_kstring(out, "text", d->policy->text);
    if (d->policy->people.signers_text)
        mlt_json_out_kstring(out, "signers", d->policy->people.signers_text);
    mlt_json_out_object_end(out);
    mlt_json_out_kstring(out, "tool_version", d->tool_version);
    mlt_json_out_object_end(out);
}

bool mlt_decision_encode_decided(const struct mlt_decision *decision, struct mlt_buf *out,
                                 struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, true);
    put_decided(&json, decision);
    return mlt_json_out_finish(&json, err);
}

bool mlt_decision_encode(const struct mlt_decision *decision,
                         const struct mlt_decision_context *context, struct mlt_buf *out,
                         struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, true);
    mlt_json_out_object(&json);
    mlt_json_out_kint(&json, "mltest_decision", 1);
    mlt_json_out_key(&json, "decided");
    put_decided(&json, decision);
    mlt_json_out_key(&json, "context");
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "decided_at", context->decided_at);
    mlt_json_out_kbool(&json, "advisory", context->advisory);
    mlt_json_out_key(&json, "files");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < decision->evidence->run_count; i++) {
        mlt_json_out_object(&json);
        mlt_json_out_kstring(&json, "sha256", decision->evidence->runs[i].sha256);
        mlt_json_out_kstring(&json, "path", decision->evidence->runs[i].path);
        mlt_json_out_object_end(&json);
    }
    mlt_json_out_array_end(&json);
    mlt_json_out_object_end(&json);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err);
}

#include "harness/domain/decision.h"

#include "harness/codec/json.h"

static void put_criterion(struct mlt_json_out *out, const struct mlt_criterion_result *c)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "criterion", c->criterion);
    mlt_json_out_kstring(out, "verdict", mlt_verdict_name(c->verdict));
    if (c->waived)
        mlt_json_out_kbool(out, "waived", true);
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
    mlt_evidence_side_encode("subject", &e->subject, out);
    if (e->has_baseline)
        mlt_evidence_side_encode("baseline", &e->baseline, out);
    mlt_json_out_kstrings(out, "reasons", d->reasons, d->reason_count);
    mlt_json_out_key(out, "criteria");
    mlt_json_out_array(out);
    for (size_t i = 0; i < d->criterion_count; i++)
        put_criterion(out, &d->criteria[i]);
    mlt_json_out_array_end(out);
    mlt_json_out_key(out, "evidence");
    mlt_evidence_encode(e, out);
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

/* Where a replay looks first. */
static void put_file(struct mlt_json_out *out, const struct mlt_evidence_run *e)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "sha256", e->sha256);
    mlt_json_out_kstring(out, "path", e->path);
    mlt_json_out_object_end(out);
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
    for (size_t i = 0; i < decision->evidence->run_count; i++)
        put_file(&json, &decision->evidence->runs[i]);
    if (decision->evidence->anchor_run.run)
        put_file(&json, &decision->evidence->anchor_run);
    mlt_json_out_array_end(&json);
    mlt_json_out_object_end(&json);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err);
}

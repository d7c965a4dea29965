#include "flows/approvals.h"

#include <string.h>

#include "flows/gate.h"
#include "gates/decide/people.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "mltest/verdict.h"

/* A stage that some gate asks an approval for, judged now. */
struct stage {
    const char *gate_kind, *gate, *stage;
    enum mlt_verdict verdict;
    const char *reason;
};

struct stages {
    struct stage *items;
    size_t count, capacity;
};

static bool want_format(const char *format, bool *json, struct mlt_err *err)
{
    *json = mlt_str_eq(format, "json");
    return !format || *json || strcmp(format, "text") == 0 ||
           mlt_err_set(err, MLT_ERR_USAGE, "there is no format \"%.40s\": text or json", format);
}

static bool judge_gate(const struct mlt_signing *signing, const char *kind,
                       const struct mlt_policy_gate *gate, struct stages *out,
                       struct mlt_arena *arena, struct mlt_err *err)
{
    for (size_t i = 0; i < gate->count; i++) {
        const struct mlt_requirement *r = &gate->requirements[i];
        if (!r->stage)
            continue;
        struct mlt_criterion_work work = {.policy = &signing->policy,
                                          .evidence = &signing->evidence,
                                          .gate = gate,
                                          .requirement = r,
                                          .arena = arena};
        struct stage *items =
            mlt_arena_grow(arena, out->items, out->count, &out->capacity, sizeof *items);
        if (!items)
            return mlt_err_oom(err);
        out->items = items;
        if (!mlt_decide_approval(&work, r->stage, r->roles, r->role_count, r->quorum, err))
            return false;
        items[out->count++] = (struct stage){kind, gate->name, r->stage, work.verdict, work.reason};
    }
    return true;
}

static bool judge_stages(const struct mlt_signing *signing, struct stages *out,
                         struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_policy *p = &signing->policy;
    for (size_t i = 0; i < p->transition_count; i++)
        if (!judge_gate(signing, "state", &p->transitions[i], out, arena, err))
            return false;
    for (size_t i = 0; i < p->environment_count; i++)
        if (!judge_gate(signing, "environment", &p->environments[i], out, arena, err))
            return false;
    return true;
}

static void put_safe(struct mlt_buf *out, const char *text)
{
    mlt_str_append_safe(out, text, strlen(text), 2000);
}

static void put_state(struct mlt_buf *out, const char *fault)
{
    mlt_buf_puts(out, fault ? "void: " : "valid");
    if (fault)
        put_safe(out, fault);
    mlt_buf_putc(out, '\n');
}

static void text_approvals(const struct mlt_evidence *e, const struct stages *stages,
                           struct mlt_buf *out)
{
    for (size_t i = 0; i < e->approval_count; i++) {
        const struct mlt_evidence_approval *a = &e->approvals[i];
        mlt_buf_printf(out, "%.12s  %s  %-9s %-12s %s  ", a->digest, a->at,
                       a->is_rejection ? "rejection" : "approval", a->stage, a->person);
        put_state(out, a->fault);
    }
    for (size_t i = 0; i < e->waiver_count; i++) {
        const struct mlt_evidence_waiver *w = &e->waivers[i];
        mlt_buf_printf(out, "%.12s  %s  waiver    until %s %s  \"", w->digest, w->at, w->expires,
                       w->person);
        put_safe(out, w->criterion);
        mlt_buf_printf(out, "\" (%s)  ", w->ticket);
        put_state(out, w->fault);
    }
    if (e->approval_count + e->waiver_count == 0)
        mlt_buf_puts(out, "nobody approved, rejected or waived anything yet\n");
    for (size_t i = 0; i < stages->count; i++) {
        const struct stage *s = &stages->items[i];
        mlt_buf_printf(out, "%s %s asks for %s: %s: ",
                       strcmp(s->gate_kind, "state") == 0 ? "transition" : "environment", s->gate,
                       s->stage,
                       s->verdict == MLT_VERDICT_PASS   ? "there"
                       : s->verdict == MLT_VERDICT_FAIL ? "rejected"
                                                        : "missing");
        put_safe(out, s->reason);
        mlt_buf_putc(out, '\n');
    }
}

static void json_fault(struct mlt_json_out *json, const char *fault)
{
    mlt_json_out_kbool(json, "valid", !fault);
    if (fault)
        mlt_json_out_kstring(json, "why", fault);
}

static void json_approvals(const struct mlt_evidence *e, struct mlt_json_out *json)
{
    mlt_json_out_key(json, "approvals");
    mlt_json_out_array(json);
    for (size_t i = 0; i < e->approval_count; i++) {
        const struct mlt_evidence_approval *a = &e->approvals[i];
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "statement", a->digest);
        mlt_json_out_kstring(json, "kind", a->is_rejection ? "rejection" : "approval");
        mlt_json_out_kstring(json, "stage", a->stage);
        mlt_json_out_kstring(json, "person", a->person);
        mlt_json_out_kstring(json, "at", a->at);
        json_fault(json, a->fault);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
    mlt_json_out_key(json, "waivers");
    mlt_json_out_array(json);
    for (size_t i = 0; i < e->waiver_count; i++) {
        const struct mlt_evidence_waiver *w = &e->waivers[i];
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "statement", w->digest);
        mlt_json_out_kstring(json, "criterion", w->criterion);
        mlt_json_out_kstring(json, "person", w->person);
        mlt_json_out_kstring(json, "reason", w->reason);
        mlt_json_out_kstring(json, "ticket", w->ticket);
        mlt_json_out_kstring(json, "at", w->at);
        mlt_json_out_kstring(json, "expires", w->expires);
        json_fault(json, w->fault);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
}

static void json_stages(const struct stages *stages, struct mlt_json_out *json)
{
    mlt_json_out_key(json, "stages");
    mlt_json_out_array(json);
    for (size_t i = 0; i < stages->count; i++) {
        const struct stage *s = &stages->items[i];
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "gate_kind", s->gate_kind);
        mlt_json_out_kstring(json, "gate", s->gate);
        mlt_json_out_kstring(json, "stage", s->stage);
        mlt_json_out_kstring(json, "verdict", mlt_verdict_name(s->verdict));
        mlt_json_out_kstring(json, "reason", s->reason);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
}

static void json_begin(const struct mlt_signing *signing, struct mlt_json_out *json,
                       struct mlt_buf *out)
{
    mlt_json_out_init(json, out, true);
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "model", signing->setting.version.model);
    mlt_json_out_kstring(json, "version", signing->setting.version.version);
    mlt_json_out_kstring(json, "digest", signing->setting.version.digest);
    mlt_json_out_kstring(json, "policy", signing->policy.digest);
}

static bool json_end(struct mlt_json_out *json, struct mlt_err *err)
{
    mlt_json_out_object_end(json);
    mlt_buf_putc(json->buf, '\n');
    return mlt_json_out_finish(json, err);
}

static bool open_for_reading(const struct mlt_approvals_request *request, struct mlt_arena *arena,
                             struct mlt_signing *out, struct mlt_err *err)
{
    const struct mlt_sign_request where = {.dir = request->dir, .registry = request->registry};
    return mlt_signing_open(&where, request->ref, "", true, arena, out, err);
}

bool mlt_flow_approvals(const struct mlt_approvals_request *request, struct mlt_arena *arena,
                        struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_signing signing = {.setting = {0}};
    struct stages stages = {0};
    struct mlt_json_out json;
    bool as_json;
    bool ok = want_format(request->format, &as_json, err) &&
              open_for_reading(request, arena, &signing, err) &&
              judge_stages(&signing, &stages, arena, err);
    if (ok && as_json) {
        json_begin(&signing, &json, out);
        json_approvals(&signing.evidence, &json);
        json_stages(&stages, &json);
        ok = json_end(&json, err);
    } else if (ok) {
        text_approvals(&signing.evidence, &stages, out);
    }
    mlt_setting_close(&signing.setting);
    return ok;
}

static void json_records(const struct mlt_evidence *e, struct mlt_json_out *json)
{
    mlt_json_out_key(json, "records");
    mlt_json_out_array(json);
    for (size_t i = 0; i < e->record_count; i++) {
        const struct mlt_evidence_record *r = &e->records[i];
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "statement", r->digest);
        mlt_json_out_kstring(json, "kind", r->kind);
        mlt_json_out_kstring(json, "outcome", r->outcome);
        mlt_json_out_kstring(json, "person", r->person);
        mlt_json_out_kstring(json, "at", r->at);
        if (r->active_users >= 0) {
            mlt_json_out_kint(json, "active_users", r->active_users);
            mlt_json_out_kint(json, "idle_days", r->idle_days);
            mlt_json_out_kint(json, "clients", r->clients);
            mlt_json_out_kint(json, "clients_behind", r->clients_behind);
        }
        json_fault(json, r->fault);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
}

static void text_records(const struct mlt_evidence *e, struct mlt_buf *out)
{
    for (size_t i = 0; i < e->record_count; i++) {
        const struct mlt_evidence_record *r = &e->records[i];
        mlt_buf_printf(out, "%.12s  %s  %s: %s by %s  ", r->digest, r->at, r->kind, r->outcome,
                       r->person);
        if (r->active_users >= 0)
            mlt_buf_printf(out,
                           "(%lld active users, %lld days without one, %lld of %lld clients behind)"
                           "  ",
                           r->active_users, r->idle_days, r->clients_behind, r->clients);
        put_state(out, r->fault);
    }
    if (e->record_count == 0)
        mlt_buf_puts(out, "no record is kept: mltest evidence add KIND MODEL@VERSION\n");
}

bool mlt_flow_evidence_list(const struct mlt_approvals_request *request, struct mlt_arena *arena,
                            struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_signing signing = {.setting = {0}};
    struct mlt_json_out json;
    bool as_json;
    bool ok = want_format(request->format, &as_json, err) &&
              open_for_reading(request, arena, &signing, err);
    if (ok && as_json) {
        json_begin(&signing, &json, out);
        json_records(&signing.evidence, &json);
        ok = json_end(&json, err);
    } else if (ok) {
        text_records(&signing.evidence, out);
    }
    mlt_setting_close(&signing.setting);
    return ok;
}

#include "harness/domain/evidence.h"

#include <string.h>
#include <strings.h>

void mlt_evidence_side_encode(const char *key, const struct mlt_run_side *side,
                              struct mlt_json_out *out)
{
    mlt_json_out_key(out, key);
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "model", side->model);
    mlt_json_out_kstring(out, "version", side->version);
    mlt_json_out_kstring(out, "digest", side->digest);
    mlt_json_out_kstring(out, "artifact_digest", side->artifact_digest);
    mlt_json_out_object_end(out);
}

static void put_run(struct mlt_json_out *out, const struct mlt_evidence_run *e)
{
    const struct mlt_run *run = e->run;
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "run_id", run->run_id);
    mlt_json_out_kstring(out, "sha256", e->sha256);
    mlt_json_out_kstring_if(out, "signed_by", e->signed_by);
    mlt_json_out_kstrings(out, "suites", e->suites, e->suite_count);
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
    if (r->config_digest)
        mlt_json_out_kstring(out, "config_digest", r->config_digest);
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
    mlt_json_out_kstrings(out, "faults", d->faults, d->fault_count);
    mlt_json_out_object_end(out);
}

static void put_use(struct mlt_json_out *out, const struct mlt_evidence_use *u)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "dataset", u->dataset);
    mlt_json_out_kstring(out, "sha256", u->sha256);
    mlt_json_out_kint(out, "decided", u->decided);
    mlt_json_out_kint(out, "looks", u->looks);
    mlt_json_out_object_end(out);
}

static void put_deployment(struct mlt_json_out *out, const struct mlt_evidence_deployment *d)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "environment", d->environment);
    mlt_json_out_kstring(out, "digest", d->digest);
    mlt_json_out_kstring(out, "decision_digest", d->decision_digest);
    mlt_json_out_object_end(out);
}

static void put_fault(struct mlt_json_out *out, const char *fault, bool tampered)
{
    if (!fault)
        return;
    mlt_json_out_kstring(out, "fault", fault);
    mlt_json_out_kbool(out, "tampered", tampered);
}

static void put_record(struct mlt_json_out *out, const struct mlt_evidence_record *r)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "kind", r->kind);
    mlt_json_out_kstring(out, "digest", r->digest);
    mlt_json_out_kstring_if(out, "outcome", r->outcome);
    mlt_json_out_kstring_if(out, "person", r->person);
    mlt_json_out_kstring_if(out, "at", r->at);
    put_fault(out, r->fault, r->tampered);
    if (r->active_users >= 0)
        mlt_json_out_kint(out, "active_users", r->active_users);
    if (r->idle_days >= 0)
        mlt_json_out_kint(out, "idle_days", r->idle_days);
    if (r->clients >= 0)
        mlt_json_out_kint(out, "clients", r->clients);
    if (r->clients_behind >= 0)
        mlt_json_out_kint(out, "clients_behind", r->clients_behind);
    mlt_json_out_object_end(out);
}

static void put_approval(struct mlt_json_out *out, const struct mlt_evidence_approval *a)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "digest", a->digest);
    mlt_json_out_kstring_if(out, "stage", a->stage);
    mlt_json_out_kstring_if(out, "person", a->person);
    mlt_json_out_kstring_if(out, "at", a->at);
    mlt_json_out_kbool(out, "rejection", a->is_rejection);
    put_fault(out, a->fault, a->tampered);
    mlt_json_out_object_end(out);
}

static void put_waiver(struct mlt_json_out *out, const struct mlt_evidence_waiver *w)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "digest", w->digest);
    mlt_json_out_kstring_if(out, "criterion", w->criterion);
    mlt_json_out_kstring_if(out, "person", w->person);
    mlt_json_out_kstring_if(out, "reason", w->reason);
    mlt_json_out_kstring_if(out, "ticket", w->ticket);
    mlt_json_out_kstring_if(out, "expires", w->expires);
    mlt_json_out_kstring_if(out, "at", w->at);
    put_fault(out, w->fault, w->tampered);
    mlt_json_out_object_end(out);
}

static void put_lifecycle(struct mlt_json_out *out, const struct mlt_evidence_lifecycle *l)
{
    if (!l->looked)
        return;
    mlt_json_out_key(out, "lifecycle");
    mlt_json_out_object(out);
    mlt_json_out_kstring_if(out, "state", l->state);
    mlt_json_out_kstring_if(out, "created_by", l->created_by);
    mlt_json_out_kstring_if(out, "successor", l->successor);
    mlt_json_out_kint(out, "successor_days", l->successor_days);
    mlt_json_out_object_end(out);
}

static void put_anchor(struct mlt_json_out *out, const struct mlt_evidence *e)
{
    if (e->anchor_run.run) {
        mlt_json_out_key(out, "anchor_run");
        put_run(out, &e->anchor_run);
    }
    mlt_json_out_kstring_if(out, "anchor_fault", e->anchor_fault);
}

#define PUT_LIST(out, key, items, count, put)                                                      \
    do {                                                                                           \
        mlt_json_out_key(out, key);                                                                \
        mlt_json_out_array(out);                                                                   \
        for (size_t i_ = 0; i_ < (count); i_++)                                                    \
            put(out, &(items)[i_]);                                                                \
        mlt_json_out_array_end(out);                                                               \
    } while (0)

void mlt_evidence_encode(const struct mlt_evidence *e, struct mlt_json_out *out)
{
    mlt_json_out_object(out);
    PUT_LIST(out, "runs", e->runs, e->run_count, put_run);
    PUT_LIST(out, "rejected", e->rejected, e->rejected_count, put_rejected);
    PUT_LIST(out, "deployments", e->deployments, e->deployment_count, put_deployment);
    put_documents(out, &e->documents);
    if (e->use_count)
        PUT_LIST(out, "held_out", e->uses, e->use_count, put_use);
    if (e->record_count)
        PUT_LIST(out, "records", e->records, e->record_count, put_record);
    if (e->approval_count)
        PUT_LIST(out, "approvals", e->approvals, e->approval_count, put_approval);
    if (e->waiver_count)
        PUT_LIST(out, "waivers", e->waivers, e->waiver_count, put_waiver);
    put_lifecycle(out, &e->lifecycle);
    put_anchor(out, e);
    mlt_json_out_object_end(out);
}

const struct mlt_evidence_run *mlt_evidence_run_for(const struct mlt_evidence *evidence,
                                                    const char *suite)
{
    for (size_t i = 0; i < evidence->run_count; i++)
        for (size_t k = 0; k < evidence->runs[i].suite_count; k++)
            if (strcmp(evidence->runs[i].suites[k], suite) == 0)
                return &evidence->runs[i];
    return NULL;
}

bool mlt_evidence_is_maker(const struct mlt_evidence *evidence, const char *person)
{
    const char *maker = evidence->lifecycle.created_by;
    return !maker || !*maker || strcasecmp(maker, person) == 0;
}

#include "harness/domain/evidence.h"

#include <string.h>

#include "harness/codec/json.h"

struct reader {
    mlt_evidence_load *load;
    void *context;
    struct mlt_arena *arena;
    struct mlt_evidence *out;
    struct mlt_err *err;
};

static bool want_digest(const struct mlt_json *node, const char *key, char out[MLT_SHA256_HEX],
                        struct mlt_err *err)
{
    const char *digest;
    if (!mlt_json_want_string(node, key, &digest, err))
        return false;
    if (!mlt_hash_is_hex(digest))
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "\"%s\" is not 64 hexadecimal digits", key);
    memcpy(out, digest, MLT_SHA256_HEX);
    return true;
}

/* A text that may be absent, but is nothing else than text. */
static bool may_string(const struct mlt_json *node, const char *key, const char **out,
                       struct mlt_err *err)
{
    const struct mlt_json *value = mlt_json_get(node, key);
    *out = mlt_json_string(value);
    return !value || *out || mlt_err_set(err, MLT_ERR_EVIDENCE, "\"%s\" is not text", key);
}

/* A count, `absent` where there is none. */
static bool may_count(const struct mlt_json *node, const char *key, long long absent,
                      long long *out, struct mlt_err *err)
{
    const struct mlt_json *value = mlt_json_get(node, key);
    double number = 0;
    *out = absent;
    if (!value)
        return true;
    if (!mlt_json_number(value, &number) || !(number >= -1 && number <= 1e15) ||
        number != (double)(long long)number)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "\"%s\" is not a whole number", key);
    *out = (long long)number;
    return true;
}

static bool read_side(const struct mlt_json *node, struct mlt_run_side *out, struct mlt_err *err)
{
    return mlt_json_want_string(node, "model", &out->model, err) &&
           mlt_json_want_string(node, "version", &out->version, err) &&
           want_digest(node, "digest", out->digest, err) &&
           want_digest(node, "artifact_digest", out->artifact_digest, err);
}

static bool read_texts(const struct mlt_json *list, struct mlt_arena *arena,
                       const char *const **out, size_t *out_count, struct mlt_err *err)
{
    const char **texts = mlt_arena_calloc(arena, mlt_json_count(list), sizeof *texts);
    if (!texts)
        return mlt_err_oom(err);
    *out = texts;
    *out_count = 0;
    for (const struct mlt_json *item = mlt_json_first(list); item; item = mlt_json_next(item)) {
        texts[*out_count] = mlt_json_string(item);
        if (!texts[(*out_count)++])
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "a list of names holds something else");
    }
    return true;
}

static bool read_run(struct reader *r, const struct mlt_json *node, struct mlt_evidence_run *out)
{
    const char *run_id;
    return mlt_json_want_string(node, "run_id", &run_id, r->err) &&
           want_digest(node, "sha256", out->sha256, r->err) &&
           may_string(node, "signed_by", &out->signed_by, r->err) &&
           read_texts(mlt_json_get(node, "suites"), r->arena, &out->suites, &out->suite_count,
                      r->err) &&
           r->load(r->context, run_id, out, r->err);
}

static bool read_rejected(struct reader *r, const struct mlt_json *node,
                          struct mlt_evidence_rejected *out)
{
    if (!mlt_json_bool(mlt_json_get(node, "tampered"), &out->tampered))
        return mlt_err_set(r->err, MLT_ERR_EVIDENCE,
                           "rejected evidence does not say whether it is tampered");
    return mlt_json_want_string(node, "what", &out->what, r->err) &&
           mlt_json_want_string(node, "why", &out->why, r->err) &&
           may_string(node, "run_id", &out->run_id, r->err) &&
           may_string(node, "config_digest", &out->config_digest, r->err);
}

static bool read_use(struct reader *r, const struct mlt_json *node, struct mlt_evidence_use *out)
{
    long long decided, looks;
    if (!mlt_json_want_string(node, "dataset", &out->dataset, r->err) ||
        !mlt_json_want_string(node, "sha256", &out->sha256, r->err) ||
        !may_count(node, "decided", 0, &decided, r->err) ||
        !may_count(node, "looks", 0, &looks, r->err))
        return false;
    if (decided < 0 || decided > 1000000000 || looks < 0 || looks > 1000000000)
        return mlt_err_set(r->err, MLT_ERR_EVIDENCE, "a held-out set has no plausible counts");
    out->decided = (unsigned)decided;
    out->looks = (unsigned)looks;
    return true;
}

static bool read_deployment(struct reader *r, const struct mlt_json *node,
                            struct mlt_evidence_deployment *out)
{
    return mlt_json_want_string(node, "environment", &out->environment, r->err) &&
           mlt_json_want_string(node, "digest", &out->digest, r->err) &&
           mlt_json_want_string(node, "decision_digest", &out->decision_digest, r->err);
}

/* `tampered` stands beside a fault and nowhere else. */
static bool read_fault(const struct mlt_json *node, const char **fault, bool *tampered,
                       struct mlt_err *err)
{
    *tampered = false;
    if (!may_string(node, "fault", fault, err))
        return false;
    return !*fault || mlt_json_bool(mlt_json_get(node, "tampered"), tampered) ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "a fault does not say whether it is one of tampering");
}

static bool read_record(struct reader *r, const struct mlt_json *node,
                        struct mlt_evidence_record *out)
{
    return mlt_json_want_string(node, "kind", &out->kind, r->err) &&
           mlt_json_want_string(node, "digest", &out->digest, r->err) &&
           may_string(node, "outcome", &out->outcome, r->err) &&
           may_string(node, "person", &out->person, r->err) &&
           may_string(node, "at", &out->at, r->err) &&
           read_fault(node, &out->fault, &out->tampered, r->err) &&
           may_count(node, "active_users", -1, &out->active_users, r->err) &&
           may_count(node, "idle_days", -1, &out->idle_days, r->err) &&
           may_count(node, "clients", -1, &out->clients, r->err) &&
           may_count(node, "clients_behind", -1, &out->clients_behind, r->err);
}

static bool read_approval(struct reader *r, const struct mlt_json *node,
                          struct mlt_evidence_approval *out)
{
    if (!mlt_json_bool(mlt_json_get(node, "rejection"), &out->is_rejection))
        return mlt_err_set(r->err, MLT_ERR_EVIDENCE,
                           "an approval does not say whether it is a rejection");
    return mlt_json_want_string(node, "digest", &out->digest, r->err) &&
           may_string(node, "stage", &out->stage, r->err) &&
           may_string(node, "person", &out->person, r->err) &&
           may_string(node, "at", &out->at, r->err) &&
           read_fault(node, &out->fault, &out->tampered, r->err);
}

static bool read_waiver(struct reader *r, const struct mlt_json *node,
                        struct mlt_evidence_waiver *out)
{
    return mlt_json_want_string(node, "digest", &out->digest, r->err) &&
           may_string(node, "criterion", &out->criterion, r->err) &&
           may_string(node, "person", &out->person, r->err) &&
           may_string(node, "reason", &out->reason, r->err) &&
           may_string(node, "ticket", &out->ticket, r->err) &&
           may_string(node, "expires", &out->expires, r->err) &&
           may_string(node, "at", &out->at, r->err) &&
           read_fault(node, &out->fault, &out->tampered, r->err);
}

static bool read_documents(struct reader *r, const struct mlt_json *node,
                           struct mlt_evidence_documents *out)
{
    double revision;
    if (!node)
        return true;
    if (!mlt_json_want_number(node, "revision", &revision, r->err) ||
        !want_digest(node, "digest", out->digest, r->err) ||
        !read_texts(mlt_json_get(node, "faults"), r->arena, &out->faults, &out->fault_count,
                    r->err))
        return false;
    if (!(revision >= 0 && revision <= 1e9))
        return mlt_err_set(r->err, MLT_ERR_EVIDENCE, "the documents have no revision");
    out->looked = true;
    out->revision = (long long)revision;
    return true;
}

static bool read_lifecycle(struct reader *r, const struct mlt_json *node,
                           struct mlt_evidence_lifecycle *out)
{
    if (!node)
        return true;
    out->looked = true;
    return may_string(node, "state", &out->state, r->err) &&
           may_string(node, "created_by", &out->created_by, r->err) &&
           may_string(node, "successor", &out->successor, r->err) &&
           may_count(node, "successor_days", -1, &out->successor_days, r->err);
}

static bool read_anchor(struct reader *r, const struct mlt_json *node)
{
    const struct mlt_json *run = mlt_json_get(node, "anchor_run");
    return may_string(node, "anchor_fault", &r->out->anchor_fault, r->err) &&
           (!run || read_run(r, run, &r->out->anchor_run));
}

/* Reads the list under `key`; an absent one is empty. */
#define READ_LIST(key, items, count, read)                                                         \
    do {                                                                                           \
        const struct mlt_json *list_ = mlt_json_get(node, key);                                    \
        e->items = mlt_arena_calloc(r->arena, mlt_json_count(list_), sizeof *e->items);            \
        if (!e->items)                                                                             \
            return mlt_err_oom(r->err);                                                            \
        for (const struct mlt_json *n_ = mlt_json_first(list_); n_; n_ = mlt_json_next(n_))        \
            if (!read(r, n_, &e->items[e->count++]))                                               \
                return false;                                                                      \
    } while (0)

static bool read_lists(struct reader *r, const struct mlt_json *node)
{
    struct mlt_evidence *e = r->out;
    READ_LIST("runs", runs, run_count, read_run);
    READ_LIST("rejected", rejected, rejected_count, read_rejected);
    READ_LIST("held_out", uses, use_count, read_use);
    READ_LIST("deployments", deployments, deployment_count, read_deployment);
    READ_LIST("records", records, record_count, read_record);
    READ_LIST("approvals", approvals, approval_count, read_approval);
    READ_LIST("waivers", waivers, waiver_count, read_waiver);
    return true;
}

static bool read_all(struct reader *r, const struct mlt_json *decided)
{
    const struct mlt_json *gate = mlt_json_get(decided, "gate");
    const struct mlt_json *baseline = mlt_json_get(decided, "baseline");
    const struct mlt_json *evidence = mlt_json_get(decided, "evidence");
    struct mlt_evidence *e = r->out;
    e->has_baseline = baseline != NULL;
    return mlt_json_want_string(gate, "kind", &e->gate_kind, r->err) &&
           mlt_json_want_string(gate, "name", &e->gate, r->err) &&
           read_side(mlt_json_get(decided, "subject"), &e->subject, r->err) &&
           (!baseline || read_side(baseline, &e->baseline, r->err)) && read_lists(r, evidence) &&
           read_documents(r, mlt_json_get(evidence, "documents"), &e->documents) &&
           read_lifecycle(r, mlt_json_get(evidence, "lifecycle"), &e->lifecycle) &&
           read_anchor(r, evidence);
}

bool mlt_evidence_decode(const struct mlt_json *decided, mlt_evidence_load *load, void *context,
                         struct mlt_arena *arena, struct mlt_evidence *out, struct mlt_err *err)
{
    struct reader r = {.load = load, .context = context, .arena = arena, .out = out, .err = err};
    *out = (struct mlt_evidence){0};
    bool ok = read_all(&r, decided);
    /* A field that is not there is the document's fault, not that of whoever asked. */
    if (!ok && err->kind == MLT_ERR_USAGE)
        err->kind = MLT_ERR_EVIDENCE;
    return ok;
}

#include "gates/collect/people.h"

#include <stdlib.h>
#include <string.h>

#include "gates/collect/usage.h"
#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/domain/policy.h"
#include "harness/registry/documents.h"
#include "harness/registry/statements.h"

/* A statement with what is known of it once its signature was looked at. */
struct heard {
    const struct mlt_stored_statement *stored;
    const char *fault;
    bool tampered;
};

struct hearing {
    const struct mlt_collect_request *request;
    struct mlt_arena *arena;
    struct mlt_evidence *out;
    struct heard *all; /* newest first */
    size_t count;
};

static bool says(const char *text)
{
    return text && *text;
}

static bool kept(const char *text, const char **out, struct mlt_err *err)
{
    *out = text;
    return text ? true : mlt_err_oom(err);
}

/* Of the person who said it, and for an altered one of nobody that can be known. */
static const char *person_of(const struct heard *h)
{
    return says(h->stored->statement.person) ? h->stored->statement.person : "somebody";
}

static bool verify(const struct hearing *c, struct heard *h, struct mlt_err *err)
{
    return mlt_stored_statement_verify(h->stored, c->request->subject.model,
                                       c->request->policy->people.signers_text, c->arena, &h->fault,
                                       &h->tampered, err);
}

/* A statement is taken back by who made it, or by the role that owns the policy. */
static bool may_revoke(const struct hearing *c, const struct heard *revocation,
                       const struct heard *target)
{
    const struct mlt_policy_people *people = &c->request->policy->people;
    const char *person = revocation->stored->statement.person;
    return mlt_str_eq(target->stored->statement.person, person) ||
           (people->owner && mlt_policy_holds(people, people->owner, person));
}

/* The fault of a statement that was taken back; NULL when it was not. */
static const struct heard *revocation_of(const struct hearing *c, const struct heard *target)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct heard *h = &c->all[i];
        if (h->stored->kind == MLT_STATEMENT_REVOCATION && !h->fault &&
            strcmp(h->stored->statement.revokes, target->stored->digest) == 0 &&
            may_revoke(c, h, target))
            return h;
    }
    return NULL;
}

static bool apply_revocations(const struct hearing *c, struct mlt_err *err)
{
    for (size_t i = 0; i < c->count; i++) {
        struct heard *h = &c->all[i];
        const struct heard *by =
            h->stored->kind == MLT_STATEMENT_REVOCATION ? NULL : revocation_of(c, h);
        if (!by)
            continue;
        h->tampered = false;
        if (!kept(mlt_arena_printf(c->arena, "it was revoked by %s", person_of(by)), &h->fault,
                  err))
            return false;
    }
    return true;
}

/* It is about the files that are judged. */
static bool check_subject(const struct hearing *c, struct heard *h, struct mlt_err *err)
{
    const struct mlt_statement *s = &h->stored->statement;
    const struct mlt_run_side *subject = &c->request->subject;
    if (h->fault)
        return true;
    if (strcmp(s->digest, subject->digest) == 0 &&
        strcmp(s->artifact_digest, subject->artifact_digest) == 0)
        return true;
    return kept(mlt_arena_printf(c->arena,
                                 "it is about other files (digest %.12s, judged is %.12s)",
                                 s->digest, subject->digest),
                &h->fault, err);
}

static bool hear(struct hearing *c, struct mlt_err *err)
{
    const struct mlt_collect_request *r = c->request;
    struct mlt_stored_statement *stored = NULL;
    if (!r->registry)
        return true;
    if (!mlt_registry_statements(r->registry, r->subject.model, r->subject.version, c->arena,
                                 &stored, &c->count, err))
        return false;
    c->all = mlt_arena_calloc(c->arena, c->count, sizeof *c->all);
    if (!c->all)
        return mlt_err_oom(err);
    for (size_t i = 0; i < c->count; i++) {
        c->all[i].stored = &stored[i];
        if (!verify(c, &c->all[i], err) ||
            (stored[i].kind != MLT_STATEMENT_REVOCATION && !check_subject(c, &c->all[i], err)))
            return false;
    }
    return apply_revocations(c, err);
}

/* From when a version could be used; 0 where the registry does not know it. */
static bool registered_at(const struct hearing *c, int64_t *out, struct mlt_err *err)
{
    const struct mlt_run_side *subject = &c->request->subject;
    struct mlt_version_entry *versions;
    size_t count;
    *out = 0;
    if (!mlt_registry_versions(c->request->registry, subject->model, c->arena, &versions, &count,
                               err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(versions[i].version, subject->version) == 0 &&
            !mlt_clock_parse(versions[i].registered_at, out))
            *out = 0;
    return true;
}

static bool read_usage(const struct hearing *c, const struct mlt_buf *text,
                       struct mlt_evidence_record *out, struct mlt_err *err)
{
    struct mlt_usage_request request = {.version = c->request->subject.version,
                                        .now_s = c->request->now_s,
                                        .max_age_s = c->request->policy->max_age_s};
    struct mlt_usage usage;
    if (!registered_at(c, &request.registered_at_s, err) ||
        !mlt_usage_parse(&request, text->data, text->len, c->arena, &usage, &out->fault, err))
        return false;
    if (out->fault)
        return true;
    out->active_users = usage.active_users;
    out->idle_days = usage.idle_days;
    out->clients = usage.clients;
    out->clients_behind = usage.clients_behind;
    return true;
}

/* The file that a record names is what was signed. */
static bool read_file(const struct hearing *c, const struct heard *h,
                      struct mlt_evidence_record *out, struct mlt_err *err)
{
    const struct mlt_statement *s = &h->stored->statement;
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_err fault = MLT_ERR_INIT;
    bool ok = true;
    if (!s->file_name)
        return true;
    if (!mlt_registry_record_file(c->request->registry, s, &text, &fault)) {
        ok = fault.kind != MLT_ERR_INFRA;
        if (!ok)
            *err = fault;
        out->fault = "its file is gone, or not what was signed";
        out->tampered = true;
    } else if (strcmp(s->record, "usage") == 0) {
        ok = read_usage(c, &text, out, err);
    }
    mlt_buf_free(&text);
    return ok;
}

static bool add_record(struct hearing *c, const struct heard *h, struct mlt_err *err)
{
    struct mlt_evidence_record *r = &c->out->records[c->out->record_count++];
    const struct mlt_statement *s = &h->stored->statement;
    *r = (struct mlt_evidence_record){
        .kind = h->stored->about,
        .digest = h->stored->digest,
        .outcome = says(s->outcome) ? s->outcome : "unknown",
        .person = person_of(h),
        .at = h->stored->logged_at,
        .fault = h->fault,
        .tampered = h->tampered,
        .active_users = -1,
        .idle_days = -1,
        .clients = -1,
        .clients_behind = -1,
    };
    return r->fault || read_file(c, h, r, err);
}

/* A record after which no older one of its kind matters: it counts, whoever made the version. */
static bool is_settled(const struct hearing *c, const char *kind_name)
{
    const struct mlt_record_kind *kind = mlt_record_kind_find(kind_name);
    for (size_t i = 0; i < c->out->record_count; i++) {
        const struct mlt_evidence_record *r = &c->out->records[i];
        bool by_maker = mlt_evidence_is_maker(c->out, r->person);
        if (strcmp(r->kind, kind_name) == 0 && !r->fault &&
            !(kind && kind->independent && by_maker))
            return true;
    }
    return false;
}

static bool collect_records(struct hearing *c, struct mlt_err *err)
{
    c->out->records = mlt_arena_calloc(c->arena, c->count, sizeof *c->out->records);
    if (!c->out->records)
        return mlt_err_oom(err);
    for (size_t i = 0; i < c->count; i++)
        if (c->all[i].stored->kind == MLT_STATEMENT_RECORD &&
            !is_settled(c, c->all[i].stored->about) && !add_record(c, &c->all[i], err))
            return false;
    return true;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The digest of the newest revision of the documents; NULL while they are those of the version. */
static bool documents_digest(const struct mlt_collect_request *r, struct mlt_arena *arena,
                             const char **out, struct mlt_err *err)
{
    struct mlt_document_revision *revisions;
    size_t count;
    *out = NULL;
    if (!r->registry)
        return true;
    if (!mlt_registry_document_revisions(r->registry, r->subject.model, r->subject.version, arena,
                                         &revisions, &count, err))
        return false;
    if (count > 1)
        *out = revisions[count - 1].digest;
    return true;
}

bool mlt_gate_evidence_set(const struct mlt_collect_request *request,
                           const struct mlt_evidence *evidence, const char *stage,
                           struct mlt_arena *arena, const char ***out, size_t *out_count,
                           struct mlt_err *err)
{
    const bool design = strcmp(stage, "design") == 0;
    const char *documents = NULL;
    size_t count = 0, kept_count = 0;
    const char **set =
        mlt_arena_calloc(arena, evidence->run_count + evidence->record_count + 1, sizeof *set);
    if (!set)
        return mlt_err_oom(err);
    if (!design && !documents_digest(request, arena, &documents, err))
        return false;
    for (size_t i = 0; !design && i < evidence->run_count; i++)
        set[count++] = evidence->runs[i].sha256;
    for (size_t i = 0; i < evidence->record_count; i++)
        if (!evidence->records[i].fault &&
            (!design || strcmp(evidence->records[i].kind, "design") == 0))
            set[count++] = evidence->records[i].digest;
    if (documents)
        set[count++] = documents;
    qsort(set, count, sizeof *set, by_text);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(set[kept_count - 1], set[i]) != 0)
            set[kept_count++] = set[i];
    *out = set;
    *out_count = kept_count;
    return true;
}

static bool is_in(const char *const *set, size_t count, const char *digest)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(set[i], digest) == 0)
            return true;
    return false;
}

static const char *describe(const struct hearing *c, const char *digest)
{
    for (size_t i = 0; i < c->out->run_count; i++)
        if (strcmp(c->out->runs[i].sha256, digest) == 0)
            return mlt_arena_printf(c->arena, "run %s", c->out->runs[i].run->run_id);
    for (size_t i = 0; i < c->out->record_count; i++)
        if (strcmp(c->out->records[i].digest, digest) == 0)
            return mlt_arena_printf(c->arena, "the %s of %s", c->out->records[i].kind,
                                    c->out->records[i].person);
    return mlt_arena_printf(c->arena, "a revision of the documents (%.12s)", digest);
}

/* What is other than it was when it was signed: the policy, then what was added, then what went. */
static bool check_basis(const struct hearing *c, struct heard *h, const char *stage,
                        struct mlt_err *err)
{
    const struct mlt_statement *s = &h->stored->statement;
    const char **now;
    size_t count;
    if (h->fault)
        return true;
    if (strcmp(s->policy, c->request->policy->digest) != 0)
        return kept(mlt_arena_printf(c->arena,
                                     "the policy changed since (it was %.12s, it is %.12s)",
                                     s->policy, c->request->policy->digest),
                    &h->fault, err);
    if (!mlt_gate_evidence_set(c->request, c->out, stage, c->arena, &now, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (is_in(s->evidence, s->evidence_count, now[i]))
            continue;
        const char *what = describe(c, now[i]);
        return kept(what ? mlt_arena_printf(c->arena, "the evidence changed since: %s came", what)
                         : NULL,
                    &h->fault, err);
    }
    for (size_t i = 0; i < s->evidence_count; i++)
        if (!is_in(now, count, s->evidence[i]))
            return kept(mlt_arena_printf(c->arena,
                                         "the evidence changed since: %.12s no longer counts",
                                         s->evidence[i]),
                        &h->fault, err);
    return true;
}

/* A word of the same person about the same stage that holds and is newer takes its place. */
static bool is_superseded(const struct hearing *c, const struct heard *h)
{
    for (size_t i = 0; i < c->out->approval_count; i++) {
        const struct mlt_evidence_approval *a = &c->out->approvals[i];
        if (!a->fault && !h->tampered && strcmp(a->stage, h->stored->about) == 0 &&
            strcmp(a->person, person_of(h)) == 0)
            return true;
    }
    return false;
}

/* A rejection stands whatever comes after it, until it is revoked or its author approves: who wants
 * it gone must not reach that with another run. */
static bool collect_approvals(struct hearing *c, struct mlt_err *err)
{
    c->out->approvals = mlt_arena_calloc(c->arena, c->count, sizeof *c->out->approvals);
    if (!c->out->approvals)
        return mlt_err_oom(err);
    for (size_t i = 0; i < c->count; i++) {
        struct heard *h = &c->all[i];
        const struct mlt_stored_statement *s = h->stored;
        bool rejects = s->kind == MLT_STATEMENT_REJECTION;
        if ((s->kind != MLT_STATEMENT_APPROVAL && !rejects) || is_superseded(c, h))
            continue;
        if (!rejects && !check_basis(c, h, s->about, err))
            return false;
        c->out->approvals[c->out->approval_count++] =
            (struct mlt_evidence_approval){.digest = s->digest,
                                           .stage = s->about,
                                           .person = person_of(h),
                                           .at = s->logged_at,
                                           .is_rejection = rejects,
                                           .fault = h->fault,
                                           .tampered = h->tampered};
    }
    return true;
}

static bool check_expiry(const struct hearing *c, struct heard *h, struct mlt_err *err)
{
    int64_t until;
    const char *expires = h->stored->statement.expires;
    if (h->fault || (mlt_clock_parse(expires, &until) && c->request->now_s < until))
        return true;
    return kept(mlt_arena_printf(c->arena, "it expired at %s", expires), &h->fault, err);
}

static bool collect_waivers(struct hearing *c, struct mlt_err *err)
{
    c->out->waivers = mlt_arena_calloc(c->arena, c->count, sizeof *c->out->waivers);
    if (!c->out->waivers)
        return mlt_err_oom(err);
    for (size_t i = 0; i < c->count; i++) {
        struct heard *h = &c->all[i];
        const struct mlt_statement *s = &h->stored->statement;
        if (h->stored->kind != MLT_STATEMENT_WAIVER)
            continue;
        if (!check_expiry(c, h, err) || !check_basis(c, h, "", err))
            return false;
        c->out->waivers[c->out->waiver_count++] =
            (struct mlt_evidence_waiver){.digest = h->stored->digest,
                                         .criterion = h->stored->about,
                                         .person = person_of(h),
                                         .reason = says(s->reason) ? s->reason : "unknown",
                                         .ticket = s->ticket_count ? s->tickets[0] : "unknown",
                                         .expires = says(s->expires) ? s->expires : "unknown",
                                         .at = h->stored->logged_at,
                                         .fault = h->fault,
                                         .tampered = h->tampered};
    }
    return true;
}

bool mlt_gate_collect_people(const struct mlt_collect_request *request, struct mlt_arena *arena,
                             struct mlt_evidence *evidence, struct mlt_err *err)
{
    struct hearing c = {.request = request, .arena = arena, .out = evidence};
    return hear(&c, err) && collect_records(&c, err) && collect_approvals(&c, err) &&
           collect_waivers(&c, err);
}

#include <string.h>

#include "gates/decide/people.h"
#include "harness/base/str.h"

/* One approval while it is judged. */
struct approving {
    struct mlt_criterion_work *w;
    const char *stage;
    const char *const *roles;
    size_t role_count;
    unsigned quorum;
    const struct mlt_evidence_approval **said; /* the newest of each person that counts */
    size_t said_count;
    size_t seats;
    long *seated; /* indices into `said` */
};

static bool settle(struct approving *a, enum mlt_verdict verdict, struct mlt_buf *reason,
                   struct mlt_err *err)
{
    a->w->verdict = verdict;
    a->w->reason = reason->oom ? NULL : mlt_arena_strndup(a->w->arena, reason->data, reason->len);
    mlt_buf_free(reason);
    return a->w->reason || mlt_err_oom(err);
}

static bool holds_one(const struct approving *a, const char *person)
{
    for (size_t i = 0; i < a->role_count; i++)
        if (mlt_policy_holds(&a->w->policy->people, a->roles[i], person))
            return true;
    return false;
}

static bool has_said(const struct approving *a, const char *person)
{
    for (size_t i = 0; i < a->said_count; i++)
        if (strcmp(a->said[i]->person, person) == 0)
            return true;
    return false;
}

/* The list is newest first, so that the first of each person is the one. */
static bool hear(struct approving *a, struct mlt_err *err)
{
    const struct mlt_evidence *e = a->w->evidence;
    a->said = mlt_arena_calloc(a->w->arena, e->approval_count, sizeof *a->said);
    if (!a->said)
        return mlt_err_oom(err);
    for (size_t i = 0; i < e->approval_count; i++) {
        const struct mlt_evidence_approval *approval = &e->approvals[i];
        if (!approval->fault && strcmp(approval->stage, a->stage) == 0 &&
            holds_one(a, approval->person) && !has_said(a, approval->person))
            a->said[a->said_count++] = approval;
    }
    return true;
}

/* An approval or a rejection that was altered may have been any; NULL when there is none. */
static const struct mlt_evidence_approval *altered(const struct approving *a)
{
    const struct mlt_evidence *e = a->w->evidence;
    for (size_t i = 0; i < e->approval_count; i++)
        if (e->approvals[i].tampered && strcmp(e->approvals[i].stage, a->stage) == 0)
            return &e->approvals[i];
    return NULL;
}

static const struct mlt_evidence_approval *rejection(const struct approving *a)
{
    for (size_t i = 0; i < a->said_count; i++)
        if (a->said[i]->is_rejection)
            return a->said[i];
    return NULL;
}

static const char *role_of_seat(const struct approving *a, size_t seat)
{
    return a->roles[seat / a->quorum];
}

static bool take_seats(struct approving *a, size_t *taken, struct mlt_err *err)
{
    bool *may = mlt_arena_calloc(a->w->arena, a->said_count, a->seats * sizeof *may);
    bool *tried = mlt_arena_calloc(a->w->arena, a->seats, sizeof *tried);
    a->seated = mlt_arena_calloc(a->w->arena, a->seats, sizeof *a->seated);
    if (!may || !tried || !a->seated)
        return mlt_err_oom(err);
    for (size_t p = 0; p < a->said_count; p++)
        for (size_t s = 0; s < a->seats; s++)
            may[p * a->seats + s] =
                !mlt_evidence_is_maker(a->w->evidence, a->said[p]->person) &&
                mlt_policy_holds(&a->w->policy->people, role_of_seat(a, s), a->said[p]->person);
    *taken = mlt_seats_fill(may, a->said_count, a->seats, a->seated, tried);
    return true;
}

static bool approved(struct approving *a, struct mlt_err *err)
{
    struct mlt_buf reason = MLT_BUF_INIT;
    mlt_buf_printf(&reason, "approved for %s by", a->stage);
    for (size_t s = 0; s < a->seats; s++)
        mlt_buf_printf(&reason, "%s %s (%s)", s ? "," : "", a->said[a->seated[s]]->person,
                       role_of_seat(a, s));
    return settle(a, MLT_VERDICT_PASS, &reason, err);
}

/* Whoever holds the role, did not make the version and does not count yet. */
static void put_candidates(const struct approving *a, const char *role, struct mlt_buf *out)
{
    const struct mlt_policy_role *r = mlt_policy_role_find(&a->w->policy->people, role);
    size_t count = 0;
    for (size_t i = 0; r && i < r->count; i++)
        if (!has_said(a, r->people[i]) && !mlt_evidence_is_maker(a->w->evidence, r->people[i]))
            mlt_buf_printf(out, "%s%s", count++ ? ", " : " (", r->people[i]);
    mlt_buf_puts(out, count ? " could)" : r ? " (nobody is left who could)" : " (nobody holds it)");
}

static void put_missing(const struct approving *a, struct mlt_buf *out)
{
    bool first = true;
    for (size_t i = 0; i < a->role_count; i++) {
        size_t empty = 0;
        for (size_t k = 0; k < a->quorum; k++)
            empty += a->seated[i * a->quorum + k] == MLT_SEAT_EMPTY;
        if (empty == 0)
            continue;
        mlt_buf_printf(out, "%s %zu more as %s", first ? "" : ",", empty, a->roles[i]);
        put_candidates(a, a->roles[i], out);
        first = false;
    }
}

/* Those whose word does not count, and why: they will ask. */
static void put_void(const struct approving *a, struct mlt_buf *out)
{
    const struct mlt_evidence *e = a->w->evidence;
    for (size_t i = 0; i < e->approval_count; i++) {
        const struct mlt_evidence_approval *v = &e->approvals[i];
        if (v->fault && !v->is_rejection && strcmp(v->stage, a->stage) == 0 &&
            !has_said(a, v->person))
            mlt_buf_printf(out, "; that of %s is void: %s", v->person, v->fault);
    }
    for (size_t i = 0; i < a->said_count; i++)
        if (mlt_evidence_is_maker(e, a->said[i]->person))
            mlt_buf_printf(out, "; %s made the version and does not count", a->said[i]->person);
}

static bool too_few(struct approving *a, size_t taken, struct mlt_err *err)
{
    const struct mlt_run_side *s = &a->w->evidence->subject;
    struct mlt_buf reason = MLT_BUF_INIT;
    mlt_buf_printf(&reason, "%zu of %zu approvals for %s:", taken, a->seats, a->stage);
    put_missing(a, &reason);
    put_void(a, &reason);
    mlt_buf_printf(&reason, ": mltest approve %s@%s --stage %s", s->model, s->version, a->stage);
    return settle(a, MLT_VERDICT_INVALID, &reason, err);
}

static bool say(struct approving *a, enum mlt_verdict verdict, struct mlt_err *err, const char *fmt,
                ...) MLT_PRINTF(4, 5);

static bool say(struct approving *a, enum mlt_verdict verdict, struct mlt_err *err, const char *fmt,
                ...)
{
    struct mlt_buf reason = MLT_BUF_INIT;
    va_list args;
    va_start(args, fmt);
    mlt_buf_vprintf(&reason, fmt, args);
    va_end(args);
    return settle(a, verdict, &reason, err);
}

bool mlt_decide_approval(struct mlt_criterion_work *w, const char *stage, const char *const *roles,
                         size_t role_count, unsigned quorum, struct mlt_err *err)
{
    struct approving a = {
        .w = w, .stage = stage, .roles = roles, .role_count = role_count, .quorum = quorum};
    const char *maker = w->evidence->lifecycle.created_by;
    size_t taken = 0;
    if (role_count == 0 || quorum == 0 || role_count > MLT_SEATS_MAX / quorum)
        return say(&a, MLT_VERDICT_INVALID, err,
                   "an approval needs at least one role and one person, and at most %d in all",
                   MLT_SEATS_MAX);
    a.seats = role_count * quorum;
    if (!maker || !*maker)
        return say(&a, MLT_VERDICT_INVALID, err,
                   "nobody knows who made the version (created_by), so nobody can be known not to "
                   "approve their own");
    if (!hear(&a, err))
        return false;
    const struct mlt_evidence_approval *no = rejection(&a);
    if (no)
        return say(&a, MLT_VERDICT_FAIL, err, "%s rejected it for %s (statement %.12s)", no->person,
                   stage, no->digest);
    const struct mlt_evidence_approval *odd = altered(&a);
    if (odd)
        return say(&a, MLT_VERDICT_INVALID, err,
                   "what people said about %s cannot be trusted: statement %.12s: %s", stage,
                   odd->digest, odd->fault);
    if (!take_seats(&a, &taken, err))
        return false;
    return taken == a.seats ? approved(&a, err) : too_few(&a, taken, err);
}

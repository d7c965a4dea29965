#include <string.h>

#include "gates/decide/people.h"
#include "harness/domain/statement.h"

static bool set(struct mlt_criterion_work *w, enum mlt_verdict verdict, const char *reason,
                struct mlt_err *err)
{
    w->verdict = verdict;
    w->reason = reason;
    return reason ? true : mlt_err_oom(err);
}

/* Why a record that holds by itself does not count for this version; NULL when it does. */
static const char *fault_of(const struct mlt_criterion_work *w, const struct mlt_record_kind *kind,
                            const struct mlt_evidence_record *record)
{
    const char *maker = w->evidence->lifecycle.created_by;
    if (record->fault)
        return record->fault;
    if (!kind->independent || !mlt_evidence_is_maker(w->evidence, record->person))
        return NULL;
    return maker && *maker ? "it is by the person who made the version"
                           : "nobody knows who made the version (created_by)";
}

static bool none_counts(struct mlt_criterion_work *w, const struct mlt_record_kind *kind,
                        const struct mlt_evidence_record *newest, const char *why,
                        struct mlt_err *err)
{
    const struct mlt_run_side *s = &w->evidence->subject;
    if (newest)
        return set(w, MLT_VERDICT_INVALID,
                   mlt_arena_printf(w->arena, "no %s counts: that of %s, statement %.12s: %s",
                                    kind->name, newest->person, newest->digest, why),
                   err);
    return set(w, MLT_VERDICT_INVALID,
               mlt_arena_printf(w->arena,
                                "no %s of %s@%s is kept: mltest evidence add %s %s@%s --reason "
                                "TEXT",
                                kind->name, s->model, s->version, kind->name, s->model, s->version),
               err);
}

bool mlt_decide_record(struct mlt_criterion_work *w, const char *kind_name, struct mlt_err *err)
{
    const struct mlt_record_kind *kind = mlt_record_kind_find(kind_name);
    const struct mlt_evidence *e = w->evidence;
    const struct mlt_evidence_record *newest = NULL;
    const char *why = NULL;
    if (!kind)
        return set(w, MLT_VERDICT_INVALID,
                   mlt_arena_printf(w->arena, "there is no record \"%.80s\"", kind_name), err);
    for (size_t i = 0; i < e->record_count; i++) {
        const struct mlt_evidence_record *r = &e->records[i];
        if (strcmp(r->kind, kind->name) != 0)
            continue;
        const char *fault = fault_of(w, kind, r);
        if (!newest) {
            newest = r;
            why = fault;
        }
        /* One that was altered may have said anything: no older one takes its place. */
        if (r->tampered)
            return none_counts(w, kind, r, fault, err);
        if (fault)
            continue;
        bool bad = strcmp(r->outcome, "rejected") == 0 || strcmp(r->outcome, "failed") == 0;
        return set(w, bad ? MLT_VERDICT_FAIL : MLT_VERDICT_PASS,
                   mlt_arena_printf(w->arena, "%s: %s by %s (statement %.12s)", kind->name,
                                    r->outcome, r->person, r->digest),
                   err);
    }
    return none_counts(w, kind, newest, why, err);
}

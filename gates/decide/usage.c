#include <string.h>

#include "gates/decide/people.h"
#include "gates/decide/words.h"

enum { SUCCESSOR_DAYS = 30, IDLE_DAYS = 90 };

bool mlt_word_successor(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    const struct mlt_evidence_lifecycle *l = &w->evidence->lifecycle;
    const struct mlt_run_side *s = &w->evidence->subject;
    (void)about;
    if (!l->looked)
        return mlt_criterion_set(w, MLT_VERDICT_INVALID,
                                 mlt_arena_printf(w->arena,
                                                  "nobody looked for a successor of %s@%s in a "
                                                  "registry",
                                                  s->model, s->version),
                                 err);
    if (!l->successor)
        return mlt_criterion_set(w, MLT_VERDICT_FAIL,
                                 mlt_arena_printf(w->arena,
                                                  "no version above %s@%s is in Production",
                                                  s->model, s->version),
                                 err);
    if (l->successor_days < 0)
        return mlt_criterion_set(w, MLT_VERDICT_INVALID,
                                 mlt_arena_printf(w->arena,
                                                  "it is not known since when %s is in Production",
                                                  l->successor),
                                 err);
    bool holds = l->successor_days >= SUCCESSOR_DAYS;
    return mlt_criterion_set(
        w, holds ? MLT_VERDICT_PASS : MLT_VERDICT_FAIL,
        mlt_arena_printf(w->arena, "%s has been in Production for %lld whole day%s, of %d",
                         l->successor, l->successor_days, l->successor_days == 1 ? "" : "s",
                         SUCCESSOR_DAYS),
        err);
}

/* The usage figures that count; NULL, with verdict and reason set, when there are none. */
static const struct mlt_evidence_record *usage(struct mlt_criterion_work *w, struct mlt_err *err)
{
    const struct mlt_evidence *e = w->evidence;
    if (!mlt_decide_record(w, "usage", err) || w->verdict != MLT_VERDICT_PASS)
        return NULL;
    for (size_t i = 0; i < e->record_count; i++)
        if (strcmp(e->records[i].kind, "usage") == 0 && !e->records[i].fault)
            return &e->records[i];
    mlt_criterion_set(w, MLT_VERDICT_INVALID, "no usage figures count", err);
    return NULL;
}

static bool unsaid(struct mlt_criterion_work *w, const struct mlt_evidence_record *record,
                   const char *field, struct mlt_err *err)
{
    return mlt_criterion_set(
        w, MLT_VERDICT_INVALID,
        mlt_arena_printf(w->arena,
                         "the usage figures of %s (statement %.12s) do not say "
                         "\"%s\"",
                         record->person, record->digest, field),
        err);
}

bool mlt_word_no_users(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    const struct mlt_evidence_record *r = usage(w, err);
    (void)about;
    if (!r)
        return w->reason != NULL;
    if (r->active_users < 0)
        return unsaid(w, r, "active_users", err);
    if (r->active_users > 0)
        return mlt_criterion_set(w, MLT_VERDICT_FAIL,
                                 mlt_arena_printf(w->arena,
                                                  "%lld still use it, by the figures of %s",
                                                  r->active_users, r->person),
                                 err);
    if (r->idle_days < 0)
        return unsaid(w, r, "last_active_at", err);
    return mlt_criterion_set(
        w, r->idle_days >= IDLE_DAYS ? MLT_VERDICT_PASS : MLT_VERDICT_FAIL,
        mlt_arena_printf(w->arena,
                         "nobody has used it for %lld whole day%s, of %d, by the "
                         "figures of %s",
                         r->idle_days, r->idle_days == 1 ? "" : "s", IDLE_DAYS, r->person),
        err);
}

bool mlt_word_migrated(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    const struct mlt_evidence_record *r = usage(w, err);
    (void)about;
    if (!r)
        return w->reason != NULL;
    if (r->clients_behind < 0)
        return unsaid(w, r, "clients_behind", err);
    if (r->clients < 0)
        return unsaid(w, r, "clients", err);
    return mlt_criterion_set(w, r->clients_behind == 0 ? MLT_VERDICT_PASS : MLT_VERDICT_FAIL,
                             mlt_arena_printf(w->arena,
                                              "%lld of %lld clients are on newer versions, by the "
                                              "figures of %s",
                                              r->clients - r->clients_behind, r->clients,
                                              r->person),
                             err);
}

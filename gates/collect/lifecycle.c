#include "gates/collect/lifecycle.h"

#include <string.h>

#include "harness/base/clock.h"

enum { DAY_S = 86400 };

/* Whole days since then; 0 when it lies ahead, -1 when nobody knows since when. */
static long long days_since(const char *since, int64_t now_s)
{
    int64_t then;
    if (!since || !mlt_clock_parse(since, &then))
        return -1;
    return then > now_s ? 0 : (long long)((now_s - then) / DAY_S);
}

bool mlt_gate_collect_lifecycle(const struct mlt_collect_request *request, const char *created_by,
                                struct mlt_arena *arena, struct mlt_evidence *evidence,
                                struct mlt_err *err)
{
    const struct mlt_run_side *subject = &request->subject;
    struct mlt_evidence_lifecycle *out = &evidence->lifecycle;
    struct mlt_version_entry *versions;
    struct mlt_standing standing;
    const char *since;
    size_t count, at = 0;
    *out = (struct mlt_evidence_lifecycle){.created_by = created_by};
    if (!request->registry)
        return true;
    /* A folder may have the name of a model that is not registered at all, or of a version that is
     * not. */
    if (!mlt_registry_versions(request->registry, subject->model, arena, &versions, &count, err))
        return false;
    while (at < count && strcmp(versions[at].version, subject->version) != 0)
        at++;
    if (at == count || strcmp(versions[at].digest, subject->digest) != 0)
        return true;
    if (!mlt_registry_standing(request->registry, subject->model, subject->version, arena,
                               &standing, err) ||
        !mlt_registry_successor(request->registry, subject->model, subject->version, arena,
                                &out->successor, &since, err))
        return false;
    out->looked = true;
    out->state = mlt_state_name(standing.state);
    out->successor_days = out->successor ? days_since(since, request->now_s) : 0;
    return true;
}

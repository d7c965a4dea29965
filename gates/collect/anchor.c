#include <string.h>

#include "gates/collect/seen.h"
#include "harness/registry/store.h"

static bool is_asked(const struct mlt_collect_request *r)
{
    const struct mlt_policy_gate *gate = mlt_policy_gate_find(r->policy, r->gate_kind, r->gate);
    for (size_t i = 0; gate && i < gate->count; i++)
        if (gate->requirements[i].kind == MLT_REQUIREMENT_ANCHOR)
            return true;
    return false;
}

static bool say(struct mlt_evidence *out, const char *fault, struct mlt_err *err)
{
    out->anchor_fault = fault;
    return fault || mlt_err_oom(err);
}

static void take(const struct mlt_seen_run *a, struct mlt_evidence *out)
{
    out->anchor_run = (struct mlt_evidence_run){.run = a->run,
                                                .path = a->path,
                                                .signed_by = a->signed_by,
                                                .suites = a->run->suites,
                                                .suite_count = a->run->suite_count};
    memcpy(out->anchor_run.sha256, a->sha256, MLT_SHA256_HEX);
}

bool mlt_collect_anchor(const struct mlt_collect_request *request, const struct mlt_seen_run *seen,
                        size_t count, struct mlt_arena *arena, struct mlt_evidence *out,
                        struct mlt_err *err)
{
    const char *version = request->policy->anchor.version;
    const struct mlt_run_side *s = &request->subject;
    struct mlt_version_record anchor;
    bool found = false;
    if (!version || !is_asked(request))
        return true;
    if (!request->registry)
        return say(out, "without a registry nobody knows the files of the anchor", err);
    if (!mlt_version_record_get(request->registry, s->model, version, arena, &found, &anchor, err))
        return false;
    if (!found)
        return say(out,
                   mlt_arena_printf(arena, "the anchor %s@%s is not registered", s->model, version),
                   err);
    if (strcmp(anchor.digest, s->digest) == 0)
        return say(out,
                   mlt_arena_printf(arena,
                                    "%s@%s is the anchor itself: there is nothing to compare it "
                                    "with; name an older one in the policy",
                                    s->model, version),
                   err);
    for (size_t i = 0; i < count; i++) {
        const struct mlt_seen_run *a = &seen[i];
        if (!a->run || !a->run->has_baseline || a->fault ||
            strcmp(a->run->baseline.digest, anchor.digest) != 0)
            continue;
        take(a, out);
        return true;
    }
    return say(
        out,
        mlt_arena_printf(arena,
                         "no whole run of %s@%s against the anchor %s counts: mltest run %s@%s "
                         "--baseline %s",
                         s->model, s->version, version, s->model, s->version, version),
        err);
}

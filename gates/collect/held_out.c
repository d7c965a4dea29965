#include <string.h>

#include "gates/collect/seen.h"
#include "harness/results/results.h"

struct counting {
    const struct mlt_collect_request *request;
    const struct mlt_seen_run *seen;
    size_t seen_count;
    const struct mlt_run **others; /* of other versions of the model */
    size_t other_count, other_capacity;
    struct mlt_arena *arena;
    struct mlt_err *err;
};

static bool measured_on(const struct mlt_run *run, const char *sha256)
{
    for (size_t i = 0; i < run->dataset_count; i++)
        if (strcmp(run->datasets[i].sha256, sha256) == 0)
            return true;
    return false;
}

/* Runs of the model's other versions. One that cannot be read is not counted: what rests on it is
 * another version's decision. */
static bool list_others(struct counting *c)
{
    const struct mlt_collect_request *r = c->request;
    struct mlt_version_entry *versions = NULL;
    size_t version_count = 0;
    if (r->registry && !mlt_registry_versions(r->registry, r->subject.model, c->arena, &versions,
                                              &version_count, c->err))
        return false;
    for (size_t v = 0; v < version_count; v++) {
        struct mlt_stored_run *stored;
        size_t count;
        if (strcmp(versions[v].version, r->subject.version) == 0)
            continue;
        if (!mlt_registry_runs(r->registry, r->subject.model, versions[v].version, c->arena,
                               &stored, &count, c->err))
            return false;
        for (size_t i = 0; i < count; i++) {
            struct mlt_run *run = mlt_arena_alloc(c->arena, sizeof *run);
            struct mlt_err ignored = MLT_ERR_INIT;
            c->others = mlt_arena_grow(c->arena, c->others, c->other_count, &c->other_capacity,
                                       sizeof *c->others);
            if (!run || !c->others)
                return mlt_err_oom(c->err);
            if (mlt_results_load_header(stored[i].path, c->arena, run, &ignored) && run->complete)
                c->others[c->other_count++] = run;
        }
    }
    return true;
}

static unsigned count_decided(const struct counting *c, const struct mlt_run *before,
                              const char *sha256)
{
    unsigned decided = 0;
    for (size_t i = 0; i < c->other_count; i++)
        decided +=
            strcmp(c->others[i]->run_id, before->run_id) < 0 && measured_on(c->others[i], sha256);
    for (size_t i = 0; i < c->seen_count; i++) {
        const struct mlt_run *run = c->seen[i].run;
        decided += run && !c->seen[i].repeated && run->complete && !run->filtered &&
                   strcmp(run->run_id, before->run_id) < 0 && measured_on(run, sha256);
    }
    return decided;
}

/* Data of this name that the candidate was judged on before, other than this, each once. */
static bool count_looks(const struct counting *c, const struct mlt_run *before,
                        const struct mlt_run_dataset *data, unsigned *out)
{
    size_t room = 1;
    for (size_t i = 0; i < c->seen_count; i++)
        room += c->seen[i].run ? c->seen[i].run->dataset_count : 0;
    const char **seen = mlt_arena_calloc(c->arena, room, sizeof *seen);
    *out = 0;
    if (!seen)
        return mlt_err_oom(c->err);
    for (size_t i = 0; i < c->seen_count; i++) {
        const struct mlt_run *run = c->seen[i].run;
        if (!run || !run->complete || run->filtered || strcmp(run->run_id, before->run_id) >= 0 ||
            strcmp(run->candidate.digest, before->candidate.digest) != 0)
            continue;
        for (size_t k = 0; k < run->dataset_count; k++) {
            const struct mlt_run_dataset *d = &run->datasets[k];
            bool known = strcmp(d->name, data->name) != 0 || strcmp(d->sha256, data->sha256) == 0;
            for (unsigned s = 0; s < *out && !known; s++)
                known = strcmp(seen[s], d->sha256) == 0;
            if (!known)
                seen[(*out)++] = d->sha256;
        }
    }
    return true;
}

static bool is_listed(const struct mlt_evidence *out, const struct mlt_run_dataset *data)
{
    for (size_t i = 0; i < out->use_count; i++)
        if (strcmp(out->uses[i].dataset, data->name) == 0 &&
            strcmp(out->uses[i].sha256, data->sha256) == 0)
            return true;
    return false;
}

bool mlt_collect_uses(const struct mlt_collect_request *request, const struct mlt_seen_run *seen,
                      size_t count, struct mlt_arena *arena, struct mlt_evidence *out,
                      struct mlt_err *err)
{
    struct counting c = {
        .request = request, .seen = seen, .seen_count = count, .arena = arena, .err = err};
    size_t room = 0;
    for (size_t i = 0; i < out->run_count; i++)
        room += out->runs[i].run->dataset_count;
    if (room == 0)
        return true;
    out->uses = mlt_arena_calloc(arena, room, sizeof *out->uses);
    if (!out->uses)
        return mlt_err_oom(err);
    if (!list_others(&c))
        return false;
    for (size_t i = 0; i < out->run_count; i++)
        for (size_t k = 0; k < out->runs[i].run->dataset_count; k++) {
            const struct mlt_run *run = out->runs[i].run;
            const struct mlt_run_dataset *data = &run->datasets[k];
            struct mlt_evidence_use *use = &out->uses[out->use_count];
            if (is_listed(out, data))
                continue;
            *use = (struct mlt_evidence_use){.dataset = data->name, .sha256 = data->sha256};
            use->decided = count_decided(&c, run, data->sha256);
            if (!count_looks(&c, run, data, &use->looks))
                return false;
            out->use_count++;
        }
    return true;
}

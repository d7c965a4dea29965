#include "gates/collect/collect.h"

#include <stdlib.h>
#include <string.h>

#include "gates/collect/seen.h"
#include "gates/collect/signature.h"
#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/results/results.h"

/* Suites whose measurements compare two versions: their baseline must be the one that serves now.
 */
static const char *const comparing_suites[] = {"performance", "regression", "ab", NULL};

/* A results file before anybody asked whether it counts. */
struct attempt {
    const char *path;
    const char *run_id; /* as recorded, then as the file says; NULL when the file cannot be read */
    const char *recorded; /* SHA-256 in the registry's index; NULL for a file given by hand */
    char sha256[MLT_SHA256_HEX];
    const struct mlt_stored_run *stored; /* NULL for a file given by hand */
    struct mlt_signature signature;
    const char *fault;         /* why the file is not to be trusted; NULL */
    const struct mlt_run *run; /* NULL with a fault */
};

struct collecting {
    const struct mlt_collect_request *request;
    struct mlt_arena *arena;
    struct mlt_signing_keys keys;
    struct attempt *attempts;
    size_t attempt_count;
    struct mlt_evidence *out;
    struct mlt_seen_run *seen; /* of each attempt */
};

static bool keep(struct mlt_arena *arena, const char **slot, const char *text, struct mlt_err *err)
{
    *slot = mlt_arena_strdup(arena, text);
    return *slot ? true : mlt_err_oom(err);
}

/* The sentence with the file's folder left out wherever it is named: where a file lies is no part
 * of a decision. NULL when memory is out. */
static const char *without_folder(const char *path, const char *text, struct mlt_arena *arena)
{
    size_t folder = strlen(path) - strlen(mlt_fs_basename(path));
    char *copy = mlt_arena_strdup(arena, text);
    if (!copy || folder == 0)
        return copy;
    char *from = copy, *to = copy;
    while (*from) {
        if (strncmp(from, path, folder) == 0)
            from += folder;
        else
            *to++ = *from++;
    }
    *to = '\0';
    return copy;
}

/* Reads one file. What is wrong with the file is a fault of the attempt, not an error. */
static bool read_attempt(struct collecting *c, struct attempt *a, struct mlt_err *err)
{
    struct mlt_err read_err = MLT_ERR_INIT;
    if (!mlt_hash_file(a->path, a->sha256, NULL, &read_err)) {
        if (!a->recorded || read_err.kind == MLT_ERR_INFRA) {
            *err = read_err;
            return false;
        }
        return keep(c->arena, &a->fault, "the file is gone from the registry", err);
    }
    if (a->recorded && strcmp(a->recorded, a->sha256) != 0)
        return keep(c->arena, &a->fault,
                    "the file is not what was recorded when the run was stored", err);
    struct mlt_run *run = mlt_arena_alloc(c->arena, sizeof *run);
    if (!run)
        return mlt_err_oom(err);
    bool loaded = a->recorded ? mlt_results_load_recorded(a->path, c->arena, run, &read_err)
                              : mlt_results_load(a->path, c->arena, run, &read_err);
    if (!loaded) {
        if (read_err.kind == MLT_ERR_INFRA) {
            *err = read_err;
            return false;
        }
        a->fault = without_folder(a->path, read_err.text, c->arena);
        return a->fault ? true : mlt_err_oom(err);
    }
    a->run = run;
    a->run_id = run->run_id;
    if (a->stored && !mlt_signature_of_run(&c->keys, a->stored, c->arena, &a->signature, err))
        return false;
    if (a->signature.tampered)
        a->fault = a->signature.fault;
    return true;
}

static bool list_attempts(struct collecting *c, struct mlt_err *err)
{
    const struct mlt_collect_request *r = c->request;
    struct mlt_stored_run *stored = NULL;
    size_t stored_count = 0;
    if (r->registry && (!mlt_signing_keys_read(r->registry, c->arena, &c->keys, err) ||
                        !mlt_registry_runs(r->registry, r->subject.model, r->subject.version,
                                           c->arena, &stored, &stored_count, err)))
        return false;
    c->attempts = mlt_arena_calloc(c->arena, stored_count + r->file_count, sizeof *c->attempts);
    if (!c->attempts)
        return mlt_err_oom(err);
    for (size_t i = 0; i < stored_count; i++)
        c->attempts[c->attempt_count++] = (struct attempt){.path = stored[i].path,
                                                           .run_id = stored[i].run_id,
                                                           .recorded = stored[i].sha256,
                                                           .stored = &stored[i]};
    for (size_t i = 0; i < r->file_count; i++)
        c->attempts[c->attempt_count++] = (struct attempt){.path = r->files[i]};
    for (size_t i = 0; i < c->attempt_count; i++)
        if (!read_attempt(c, &c->attempts[i], err))
            return false;
    return true;
}

/* Newest first; files that say nothing of themselves come before all. */
static int newest_first(const void *pa, const void *pb)
{
    const struct attempt *a = pa, *b = pb;
    if (!a->run_id || !b->run_id)
        return (a->run_id != NULL) - (b->run_id != NULL);
    int order = strcmp(b->run_id, a->run_id);
    /* The registry's copy before the same run given by hand. */
    return order ? order : (a->recorded == NULL) - (b->recorded == NULL);
}

/* Why the run counts for no suite at all; NULL when it may. */
static const char *fault_of_run(const struct collecting *c, const struct attempt *a)
{
    const struct mlt_collect_request *r = c->request;
    const struct mlt_run *run = a->run;
    int64_t started = 0;
    if (!run->complete)
        return mlt_arena_printf(c->arena, "it did not reach its end%s%s",
                                run->interrupted ? ": " : "",
                                run->interrupted ? run->interrupted : "");
    if (run->filtered)
        return "it left cases out (--case), and never stands for a whole suite";
    if (run->shard != 1 || run->shards != 1)
        return mlt_arena_printf(c->arena, "it is shard %u of %u", run->shard, run->shards);
    if (a->signature.fault)
        return a->signature.fault;
    if (strcmp(run->candidate.digest, r->subject.digest) != 0)
        return mlt_arena_printf(c->arena, "it tested other files (digest %.12s, asked for %.12s)",
                                run->candidate.digest, r->subject.digest);
    if (!run->started_at || !mlt_clock_parse(run->started_at, &started))
        return "it does not say when it started";
    const long long age = r->policy->max_age_s;
    /* No clock in the reason: the same evidence reads the same tomorrow. */
    if (age > 0 && r->now_s - started > age)
        return mlt_arena_printf(c->arena,
                                "it started at %s, longer ago than the policy's max_age of "
                                "%lld %s",
                                run->started_at, age % 86400 ? age / 60 : age / 86400,
                                age % 86400 ? "minutes" : "days");
    if (started - r->now_s > 300)
        return "it claims to have started in the future";
    return NULL;
}

static bool compares(const char *suite)
{
    for (size_t i = 0; comparing_suites[i]; i++)
        if (strcmp(comparing_suites[i], suite) == 0)
            return true;
    return false;
}

/* Why a suite that compares was compared with the wrong version; NULL when it was not. */
static const char *fault_of_baseline(const struct collecting *c, const struct mlt_run *run)
{
    const struct mlt_collect_request *r = c->request;
    if (!r->has_baseline && !run->has_baseline)
        return NULL;
    if (!r->has_baseline)
        return mlt_arena_printf(c->arena, "its baseline %s does not serve: nothing else does",
                                run->baseline.version);
    if (!run->has_baseline)
        return mlt_arena_printf(c->arena, "it compared with nothing, while %s serves",
                                r->baseline.version);
    if (strcmp(run->baseline.digest, r->baseline.digest) != 0)
        return mlt_arena_printf(c->arena, "its baseline %s no longer serves, %s does",
                                run->baseline.version, r->baseline.version);
    return NULL;
}

static bool is_taken(const struct mlt_evidence *evidence, const char *suite)
{
    for (size_t i = 0; i < evidence->run_count; i++)
        for (size_t k = 0; k < evidence->runs[i].suite_count; k++)
            if (strcmp(evidence->runs[i].suites[k], suite) == 0)
                return true;
    return false;
}

static bool reject(struct collecting *c, const struct attempt *a, const char *why, bool tampered,
                   struct mlt_err *err)
{
    struct mlt_evidence_rejected *r = &c->out->rejected[c->out->rejected_count++];
    r->what = a->run_id ? a->run_id : mlt_fs_basename(a->path);
    r->run_id = a->run_id;
    r->why = why;
    r->tampered = tampered;
    r->config_digest = a->run ? a->run->config_digest : NULL;
    return why ? true : mlt_err_oom(err);
}

/* The suites for which this run is the newest that counts. */
static bool take(struct collecting *c, const struct attempt *a, struct mlt_err *err)
{
    const struct mlt_run *run = a->run;
    const char *baseline_fault = fault_of_baseline(c, run);
    const char *why = "a newer run counts for each of its suites";
    const char **suites = mlt_arena_calloc(c->arena, run->suite_count, sizeof *suites);
    size_t count = 0;
    if (!suites)
        return mlt_err_oom(err);
    for (size_t i = 0; i < run->suite_count; i++) {
        if (is_taken(c->out, run->suites[i]))
            continue;
        if (baseline_fault && compares(run->suites[i]))
            why = baseline_fault;
        else
            suites[count++] = run->suites[i];
    }
    if (count == 0 || why == baseline_fault)
        if (!reject(c, a, why, false, err))
            return false;
    if (count == 0)
        return true;
    struct mlt_evidence_run *e = &c->out->runs[c->out->run_count++];
    e->run = run;
    e->path = a->path;
    e->signed_by = a->signature.by;
    memcpy(e->sha256, a->sha256, sizeof e->sha256);
    e->suites = suites;
    e->suite_count = count;
    return true;
}

static bool sift(struct collecting *c, struct mlt_err *err)
{
    c->out->runs = mlt_arena_calloc(c->arena, c->attempt_count, sizeof *c->out->runs);
    c->out->rejected = mlt_arena_calloc(c->arena, c->attempt_count, sizeof *c->out->rejected);
    c->seen = mlt_arena_calloc(c->arena, c->attempt_count, sizeof *c->seen);
    if (!c->out->runs || !c->out->rejected || !c->seen)
        return mlt_err_oom(err);
    qsort(c->attempts, c->attempt_count, sizeof *c->attempts, newest_first);
    for (size_t i = 0; i < c->attempt_count; i++) {
        const struct attempt *a = &c->attempts[i];
        const char *fault = a->fault ? a->fault : fault_of_run(c, a);
        bool repeated = i > 0 && !a->fault && a->run_id && c->attempts[i - 1].run_id &&
                        strcmp(a->run_id, c->attempts[i - 1].run_id) == 0 &&
                        strcmp(a->sha256, c->attempts[i - 1].sha256) == 0;
        c->seen[i] =
            (struct mlt_seen_run){a->run, a->path, a->sha256, a->signature.by, fault, repeated};
        if (repeated)
            continue;
        if (fault ? !reject(c, a, fault, a->fault != NULL, err) : !take(c, a, err))
            return false;
    }
    return true;
}

/* Listed among what does not count; the deployment itself is left out. */
static bool reject_deployment(struct collecting *c, const struct mlt_deployment *d, const char *why,
                              struct mlt_err *err)
{
    struct mlt_evidence_rejected *r = &c->out->rejected[c->out->rejected_count++];
    r->what = mlt_arena_printf(c->arena, "deployment to %s at %s", d->environment, d->at);
    r->why = why;
    return r->what ? true : mlt_err_oom(err);
}

static bool take_deployment(struct collecting *c, const struct mlt_deployment *d,
                            struct mlt_err *err)
{
    struct mlt_signature signature;
    if (!mlt_signature_of_deployment(c->request->registry, &c->keys, d, c->arena, &signature, err))
        return false;
    if (signature.fault)
        return reject_deployment(c, d, signature.fault, err);
    c->out->deployments[c->out->deployment_count++] = (struct mlt_evidence_deployment){
        .environment = d->environment, .digest = d->digest, .decision_digest = d->decision_digest};
    return true;
}

static bool list_deployments(struct collecting *c, struct mlt_err *err)
{
    const struct mlt_collect_request *r = c->request;
    struct mlt_deployment *deployments = NULL;
    size_t count = 0;
    if (r->registry && !mlt_registry_deployments(r->registry, r->subject.model, r->subject.version,
                                                 c->arena, &deployments, &count, err))
        return false;
    c->out->deployments = mlt_arena_calloc(c->arena, count, sizeof *c->out->deployments);
    struct mlt_evidence_rejected *rejected =
        mlt_arena_calloc(c->arena, c->out->rejected_count + count, sizeof *rejected);
    if (!c->out->deployments || !rejected)
        return mlt_err_oom(err);
    for (size_t i = 0; i < c->out->rejected_count; i++)
        rejected[i] = c->out->rejected[i];
    c->out->rejected = rejected;
    for (size_t i = 0; i < count; i++)
        if (!take_deployment(c, &deployments[i], err))
            return false;
    return true;
}

bool mlt_gate_collect(const struct mlt_collect_request *request, struct mlt_arena *arena,
                      struct mlt_evidence *out, struct mlt_err *err)
{
    *out = (struct mlt_evidence){
        .subject = request->subject,
        .has_baseline = request->has_baseline,
        .baseline = request->baseline,
        .gate_kind = request->gate_kind,
        .gate = request->gate,
    };
    struct collecting c = {.request = request, .arena = arena, .out = out};
    return list_attempts(&c, err) && sift(&c, err) && list_deployments(&c, err) &&
           mlt_collect_anchor(request, c.seen, c.attempt_count, arena, out, err) &&
           mlt_collect_uses(request, c.seen, c.attempt_count, arena, out, err);
}

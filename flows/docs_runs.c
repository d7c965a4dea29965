#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flows/docs_facts.h"
#include "harness/criteria/judge.h"
#include "harness/domain/slice.h"
#include "harness/results/results.h"

enum { MOST_RUNS = 16 };

/* NULL in `*out`: the file cannot be trusted, or is no longer there. */
static bool load(const struct mlt_stored_run *stored, struct mlt_arena *arena,
                 const struct mlt_run **out, struct mlt_err *err)
{
    char sha256[MLT_SHA256_HEX];
    struct mlt_err fault = MLT_ERR_INIT;
    struct mlt_run *run = mlt_arena_alloc(arena, sizeof *run);
    *out = NULL;
    if (!run)
        return mlt_err_oom(err);
    if (mlt_hash_file(stored->path, sha256, NULL, &fault) && strcmp(sha256, stored->sha256) == 0 &&
        mlt_results_load_recorded(stored->path, arena, run, &fault))
        *out = run;
    if (fault.kind == MLT_ERR_INFRA || fault.kind == MLT_ERR_INTERRUPTED) {
        *err = fault;
        return false;
    }
    return true;
}

static bool counts(const struct mlt_run *run, const struct mlt_version *version)
{
    return run->complete && !run->filtered && run->shard == 1 && run->shards == 1 &&
           run->started_at && strcmp(run->candidate.digest, version->digest) == 0;
}

/* The interval that the judge itself would use, by having it judge a sentence nobody asked for. */
static bool interval_of(const struct mlt_measurement *m, struct mlt_arena *arena, double *lo,
                        double *hi, struct mlt_err *err)
{
    static const struct mlt_judge_defaults defaults = {.alpha = 0.025};
    const struct mlt_sentence sentence = {.text = "",
                                          .metric = m->metric,
                                          .kind = MLT_SENTENCE_ABSOLUTE,
                                          .upper = true,
                                          .unit = m->unit,
                                          .rule = MLT_RULE_NOT_SHOWN_WORSE,
                                          .alpha = NAN};
    struct mlt_findings findings = {0};
    struct mlt_measurement alone = *m;
    alone.slice_column = alone.slice_value = NULL;
    alone.candidate_missing = 0;
    if (!mlt_judge_sentence(&sentence, m->case_id, &alone, 1, &defaults, arena, &findings, err))
        return false;
    *lo = findings.count ? findings.items[0].lo : NAN;
    *hi = findings.count ? findings.items[0].hi : NAN;
    return true;
}

static bool make_figure(const struct mlt_measurement *m, struct mlt_arena *arena,
                        struct mlt_document_figure *out, struct mlt_err *err)
{
    struct mlt_buf slice = MLT_BUF_INIT;
    if (m->slice_column)
        mlt_slice_print(&slice, m->slice_column, m->slice_value, " = ", ", ");
    *out = (struct mlt_document_figure){
        .case_id = m->case_id,
        .metric = m->metric,
        .slice = mlt_arena_strndup(arena, slice.data, slice.len),
        .value = m->candidate,
        .baseline = m->baseline,
        .rows = (long long)m->rows,
    };
    bool ok = mlt_buf_check(&slice, err) && (out->slice || mlt_err_oom(err)) &&
              interval_of(m, arena, &out->low, &out->high, err);
    mlt_buf_free(&slice);
    return ok;
}

/* What has a unit says as much about the machine; what is invalid says nothing. */
static bool is_figure(const struct mlt_measurement *m)
{
    bool bare = !m->unit || !*m->unit || strcmp(m->unit, "share") == 0;
    return bare && !m->undefined && !m->invalid && isfinite(m->candidate);
}

static bool make_run(const struct mlt_run *run, struct mlt_arena *arena,
                     struct mlt_document_run *out, struct mlt_err *err)
{
    *out = (struct mlt_document_run){
        .run_id = run->run_id,
        .started_at = run->started_at,
        .baseline_version = run->has_baseline ? run->baseline.version : NULL,
        .figures = mlt_arena_calloc(arena, run->measurement_count, sizeof *out->figures),
    };
    if (!out->figures)
        return mlt_err_oom(err);
    for (size_t i = 0; i < run->measurement_count; i++)
        if (is_figure(&run->measurements[i]) &&
            !make_figure(&run->measurements[i], arena, &out->figures[out->count++], err))
            return false;
    return true;
}

bool mlt_docs_runs(struct mlt_registry *registry, const struct mlt_version *version,
                   struct mlt_arena *arena, struct mlt_document_run **out, size_t *out_count,
                   struct mlt_err *err)
{
    struct mlt_stored_run *stored;
    size_t stored_count, count = 0;
    if (!mlt_registry_runs(registry, version->model, version->version, arena, &stored,
                           &stored_count, err))
        return false;
    struct mlt_document_run *runs = mlt_arena_calloc(arena, MOST_RUNS, sizeof *runs);
    if (!runs)
        return mlt_err_oom(err);
    for (size_t i = 0; i < stored_count && count < MOST_RUNS; i++) {
        const struct mlt_run *run;
        if (!load(&stored[i], arena, &run, err) ||
            (run && counts(run, version) && !make_run(run, arena, &runs[count++], err)))
            return false;
    }
    *out = runs;
    *out_count = count;
    return true;
}

#include "flows/test_result.h"

#include <string.h>

#include "flows/judge.h"
#include "gates/collect/signature.h"
#include "harness/ledger/intoto.h"
#include "harness/results/results.h"

/* How one test ended, in the predicate's three words; NULL for one that was not asked. */
static const char *list_of(enum mlt_verdict verdict)
{
    return verdict == MLT_VERDICT_PASS           ? "passedTests"
           : verdict == MLT_VERDICT_INCONCLUSIVE ? "warnedTests"
                                                 : "failedTests";
}

static const char *result_of(enum mlt_verdict verdict)
{
    return verdict == MLT_VERDICT_PASS           ? "PASSED"
           : verdict == MLT_VERDICT_INCONCLUSIVE ? "WARNED"
                                                 : "FAILED";
}

static const char *const lists[] = {"passedTests", "warnedTests", "failedTests"};

static void put_head(struct mlt_json_out *out, enum mlt_verdict verdict, const char *name,
                     const char *sha256)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "result", result_of(verdict));
    mlt_json_out_key(out, "configuration");
    mlt_json_out_array(out);
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "name", name);
    mlt_json_out_key(out, "digest");
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "sha256", sha256);
    mlt_json_out_object_end(out);
    mlt_json_out_object_end(out);
    mlt_json_out_array_end(out);
}

void mlt_test_result_decision(const struct mlt_decision *decision, struct mlt_json_out *out)
{
    put_head(out, decision->verdict, "gates.yaml", decision->policy->digest);
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        mlt_json_out_key(out, lists[k]);
        mlt_json_out_array(out);
        for (size_t i = 0; i < decision->criterion_count; i++)
            if (strcmp(list_of(decision->criteria[i].verdict), lists[k]) == 0)
                mlt_json_out_string(out, decision->criteria[i].criterion);
        mlt_json_out_array_end(out);
    }
    mlt_json_out_object_end(out);
}

/* A case with all that its sentences found. */
static enum mlt_verdict verdict_of(const struct mlt_run_case *test,
                                   const struct mlt_findings *findings)
{
    enum mlt_verdict verdict = test->outcome.state == MLT_OUTCOME_PASSED   ? MLT_VERDICT_PASS
                               : test->outcome.state == MLT_OUTCOME_FAILED ? MLT_VERDICT_FAIL
                                                                           : MLT_VERDICT_INVALID;
    for (size_t i = 0; i < findings->count; i++) {
        const struct mlt_finding *f = &findings->items[i];
        if (f->case_id && strcmp(f->case_id, test->plan.id) == 0)
            verdict = mlt_verdict_worst(verdict, f->verdict);
    }
    return verdict;
}

static void put_run(const struct mlt_run *run, const struct mlt_findings *findings,
                    enum mlt_verdict verdict, struct mlt_json_out *out)
{
    put_head(out, verdict, "mltest.yaml", run->config_digest);
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        mlt_json_out_key(out, lists[k]);
        mlt_json_out_array(out);
        for (size_t i = 0; i < run->case_count; i++)
            if (run->cases[i].outcome.state != MLT_OUTCOME_SKIPPED &&
                strcmp(list_of(verdict_of(&run->cases[i], findings)), lists[k]) == 0)
                mlt_json_out_string(out, run->cases[i].plan.id);
        mlt_json_out_array_end(out);
    }
    mlt_json_out_object_end(out);
}

bool mlt_test_result_sign(const char *results, const struct mlt_key *key, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_run run;
    struct mlt_findings findings = {0};
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    enum mlt_verdict verdict;
    char sha256[MLT_SHA256_HEX];
    if (!mlt_hash_file(results, sha256, NULL, err) ||
        !mlt_results_load(results, arena, &run, err) ||
        !mlt_flow_judge_run(&run, arena, &findings, &verdict, err))
        return false;
    const char *file = mlt_arena_printf(arena, "%s.mlt", run.run_id);
    const char *version =
        mlt_arena_printf(arena, "%s@%s", run.candidate.model, run.candidate.version);
    if (!file || !version)
        return mlt_err_oom(err);
    const struct mlt_intoto_subject subjects[] = {
        {file, sha256}, {version, run.candidate.digest}, {version, run.candidate.artifact_digest}};
    mlt_json_out_init(&json, &text, false);
    mlt_intoto_begin(&json, subjects, 3, MLT_PREDICATE_TEST_RESULT);
    put_run(&run, &findings, verdict, &json);
    mlt_intoto_end(&json);
    bool ok = mlt_json_out_finish(&json, err) &&
              mlt_dsse_sign(MLT_DSSE_IN_TOTO, text.data, text.len, key, out, err);
    mlt_buf_free(&text);
    return ok;
}

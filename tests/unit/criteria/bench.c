#include "tests/unit/criteria/bench.h"

#include <string.h>

struct mlt_arena arena;
struct mlt_err err;

void bench_setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

void bench_teardown(void)
{
    mlt_arena_free(&arena);
}

struct mlt_measurement bench_rmse(void)
{
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = "regression/holdout";
    m.metric = "rmse";
    m.direction = MLT_LOWER_IS_BETTER;
    m.method = MLT_INTERVAL_INFLUENCE;
    m.candidate = 0.70;
    m.baseline = 0.65;
    m.var_candidate = m.var_baseline = 1e-4;
    m.covariance = 0;
    m.df = 999;
    m.rows = m.differing = 1000;
    m.min_rows = 30;
    return m;
}

struct mlt_measurement bench_pair(double candidate, double baseline, double se)
{
    struct mlt_measurement m = bench_rmse();
    m.candidate = candidate;
    m.baseline = baseline;
    m.covariance = 0.5 * (m.var_candidate + m.var_baseline - se * se);
    return m;
}

struct mlt_findings bench_judge_all(const char *text, const struct mlt_measurement *m, size_t count)
{
    struct mlt_sentence sentence;
    struct mlt_judge_defaults defaults = {0};
    struct mlt_findings findings = {0};
    ck_ok(mlt_sentence_parse(text, &arena, &sentence, &err));
    ck_ok(mlt_judge_sentence(&sentence, "regression/holdout", m, count, &defaults, &arena,
                             &findings, &err));
    ck_assert_uint_gt(findings.count, 0);
    return findings;
}

struct mlt_finding bench_judge(const char *text, struct mlt_measurement m)
{
    struct mlt_findings findings = bench_judge_all(text, &m, 1);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_ptr_nonnull(findings.items[0].reason);
    return findings.items[0];
}

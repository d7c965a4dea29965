#include "tests/unit/reports/fixtures.h"

#include <math.h>
#include <string.h>

const char *const fixture_hostile[] = {
    "<script>alert('x')</script>",
    "a\"b'c&d<e>f]]>g<!-- -- -->",
    "control \x01\x02\x1b[31mred\x1b[0m \x07\x7f end",
    "bidi \xe2\x80\xae"
    "evil\xe2\x81\xa6 text",
    "::error file=a,line=1::owned",
    "##vso[task.complete result=Succeeded]",
    "`touch mltest-was-here` $(touch mltest-was-here)",
    "a|b|c\n| forged | row |\n```\n# forged heading",
    "@octocat see #1 and https://evil.example/ www.evil.example [x](javascript:alert(1)) "
    "![i](http://e)",
    "not utf-8 \xff\xfe\xc0\xaf end",
    "\xef\xbf\xbe\xef\xbf\xbf noncharacters",
    "tab\tand\r\nline",
    "MLTEST_END\nMLTEST_END\nset output 'mltest-was-here'",
    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e \xe5\xb9\x85 \xf0\x9f\x98\x80",
    "-rf *?[a] \\ back\\slash !history",
    "</pre></details></testsuite>",
    "",
    NULL,
};

const char *fixture_long_name(void)
{
    static char name[10001];
    memset(name, 'x', 10000);
    return name;
}

struct mlt_finding fixture_comparison(const char *criterion, enum mlt_verdict verdict, double at,
                                      double half_width)
{
    struct mlt_finding f = mlt_finding_none();
    f.criterion = criterion;
    f.case_id = "regression/holdout";
    f.metric = "rmse";
    f.unit = "";
    f.verdict = verdict;
    f.reason = "the difference was held against the margin of 5 % of the baseline";
    f.rule = MLT_RULE_NON_INFERIOR;
    f.is_comparison = true;
    f.lower_is_better = true;
    f.baseline = 100;
    f.admitted = 5;
    f.margin = 0;
    f.candidate = 100 + 5 * at;
    f.harm = 5 * at - 5;
    f.lo = f.harm - 5 * half_width;
    f.hi = f.harm + 5 * half_width;
    f.alpha = 0.05;
    f.p_pass = 0.2;
    f.p_fail = 0.003;
    f.rows = 11586;
    f.clusters = 52;
    f.differing = 11000;
    f.flip = 5 * at - 5;
    return f;
}

static struct mlt_finding limit(const char *criterion, enum mlt_verdict verdict, double candidate,
                                double bound, const char *unit)
{
    struct mlt_finding f = mlt_finding_none();
    f.criterion = criterion;
    f.case_id = "performance/steady";
    f.metric = "latency p99";
    f.unit = unit;
    f.definition = "nearest rank";
    f.verdict = verdict;
    f.reason = "the interval's bad end was held against the limit";
    f.rule = MLT_RULE_NON_INFERIOR;
    f.lower_is_better = true;
    f.candidate = candidate;
    f.harm = candidate - bound;
    f.margin = 0;
    f.lo = f.harm - 0.1 * candidate;
    f.hi = f.harm + 0.1 * candidate;
    f.alpha = 0.05;
    f.rows = 10000;
    f.clusters = 20;
    return f;
}

static struct mlt_run_case test(const char *id, enum mlt_outcome_state state, const char *message,
                                uint64_t duration_ns)
{
    struct mlt_run_case c = {0};
    const char *slash = strchr(id, '/');
    c.plan.id = id;
    c.plan.suite = strncmp(id, "unit/", 5) == 0          ? "unit"
                   : strncmp(id, "regression/", 11) == 0 ? "regression"
                                                         : "performance";
    c.plan.name = slash + 1;
    c.plan.spec = "{}";
    c.outcome.state = state;
    c.outcome.message = message;
    c.outcome.duration_ns = duration_ns;
    return c;
}

static void add_case(struct fixture *f, struct mlt_run_case c)
{
    f->cases[f->run.case_count++] = c;
}

static void add_finding(struct fixture *f, struct mlt_finding finding)
{
    f->findings[f->in.finding_count++] = finding;
}

static void base(struct fixture *f, const char *name)
{
    memset(f, 0, sizeof *f);
    f->name = name;
    f->suites[0] = "unit";
    f->suites[1] = "regression";
    f->suites[2] = "performance";
    f->measurement = mlt_measurement_none();
    f->measurement.case_id = "regression/holdout";
    f->measurement.metric = "rmse";
    f->measurement.unit = "";
    f->measurement.candidate = 100.1;
    f->measurement.rows = 11586;
    f->measurement.excluded = 14;
    f->dataset =
        (struct mlt_run_dataset){.name = "holdout", .path = "data/holdout.csv", .rows = 11600};
    f->run = (struct mlt_run){.run_id = "01HZX3N6Q8W2V4T6R8Y0ABCDEF",
                              .tool_version = "0.1.0",
                              .candidate = {.model = "ad-score-predictor", .version = "1.1.0"},
                              .has_baseline = true,
                              .baseline = {.model = "ad-score-predictor", .version = "1.0.0"},
                              .baseline_ref = "production",
                              .config_path = "mltest.yaml",
                              .config_text = "model: ad-score-predictor\n",
                              .seed = 18446744073709551615u,
                              .shard = 1,
                              .shards = 1,
                              .suites = f->suites,
                              .suite_count = 3,
                              .started_at = "2026-03-01T10:00:00Z",
                              .finished_at = "2026-03-01T10:00:09Z",
                              .complete = true,
                              .datasets = &f->dataset,
                              .dataset_count = 1,
                              .cases = f->cases,
                              .measurements = &f->measurement,
                              .measurement_count = 1};
    f->in = (struct mlt_report_input){
        .run = &f->run, .findings = f->findings, .results_path = "results.mlt", .width = 100};
}

static void add_passing(struct fixture *f)
{
    struct mlt_finding slice =
        fixture_comparison("rmse by brand within 10% of production", MLT_VERDICT_PASS, -0.4, 0.6);
    slice.slice_column = "brand";
    slice.slice_value = "3";
    slice.rule = MLT_RULE_NOT_SHOWN_WORSE;
    add_case(f, test("unit/artifacts", MLT_OUTCOME_PASSED, NULL, 1200000));
    add_case(f, test("unit/metadata", MLT_OUTCOME_PASSED, NULL, 300000));
    add_case(f, test("regression/holdout", MLT_OUTCOME_PASSED, NULL, 1520000000));
    add_case(f, test("performance/steady", MLT_OUTCOME_PASSED, NULL, 20100000000));
    add_finding(f, fixture_comparison("rmse within 5% of production", MLT_VERDICT_PASS, 0.2, 0.3));
    add_finding(f, slice);
    add_finding(f, limit("latency p99 < 50ms", MLT_VERDICT_PASS, 0.0123, 0.05, "s"));
    add_finding(f, limit("rss peak < 512MiB", MLT_VERDICT_PASS, 2.5e8, 536870912, "bytes"));
    add_finding(f, limit("error_rate < 0.1%", MLT_VERDICT_PASS, 0.0002, 0.001, "share"));
}

static void add_blocking(struct fixture *f, bool fail, bool invalid, bool inconclusive)
{
    if (inconclusive) {
        struct mlt_finding weak =
            fixture_comparison("mae within 5% of production", MLT_VERDICT_INCONCLUSIVE, 0.7, 0.9);
        weak.metric = "mae";
        weak.rows_needed = 48000;
        weak.smallest_effect = 2.25;
        add_finding(f, weak);
    }
    if (invalid) {
        struct mlt_finding none = mlt_finding_none();
        none.criterion = "auc within 5% of production";
        none.metric = "auc";
        none.is_comparison = true;
        none.reason = "nobody measured auc: the run has rmse, mae and r2";
        add_finding(f, none);
    }
    if (fail) {
        struct mlt_finding bad =
            fixture_comparison("r2 within 5% of production", MLT_VERDICT_FAIL, 2.4, 0.5);
        bad.metric = "r2";
        bad.p_adjusted = 0.006;
        add_finding(f, bad);
        add_finding(f, limit("latency p95 < 10ms", MLT_VERDICT_FAIL, 0.0312, 0.01, "s"));
    }
}

static void add_troubled(struct fixture *f, enum mlt_outcome_state state)
{
    static const char stderr_text[] =
        "Traceback (most recent call last):\n  File \"model.py\", line 3\n"
        "::error::not a command\nValueError: bad input";
    struct mlt_run_case c =
        test("unit/deterministic", state, "row 17 gave 3.25, then 3.5", 52000000);
    if (state == MLT_OUTCOME_BROKEN)
        c.outcome.message = "the worker ended by signal 11 (Segmentation fault)";
    if (state == MLT_OUTCOME_NOT_RUN)
        c.outcome.message = "fail-fast";
    if (state == MLT_OUTCOME_SKIPPED)
        c.outcome.message = "there is no baseline to compare with";
    else
        c.outcome.diagnostics = stderr_text;
    add_case(f, c);
}

static void make_hostile(struct fixture *f)
{
    const char *first = fixture_hostile[0];
    f->run.candidate.model = fixture_hostile[6];
    f->run.candidate.version = fixture_hostile[2];
    f->run.baseline.version = fixture_hostile[8];
    f->run.baseline_ref = fixture_hostile[4];
    f->run.run_id = fixture_hostile[9];
    f->run.started_at = "2026-03-01T10:00:00+02:00";
    f->in.results_path = fixture_hostile[7];
    f->in.plot_path = "plot) <b> `x`.svg";
    for (size_t i = 0; fixture_hostile[i]; i++) {
        const char *text = fixture_hostile[i];
        struct mlt_run_case c = test("unit/x", MLT_OUTCOME_FAILED, text, 1000);
        c.plan.id = c.plan.name = text;
        c.plan.suite = i % 3 == 0 ? text : first;
        c.outcome.diagnostics = text;
        add_case(f, c);
        struct mlt_finding finding =
            fixture_comparison(text, MLT_VERDICT_FAIL, 1.5 + (double)i / 7, 0.3);
        finding.case_id = i % 2 ? text : NULL;
        finding.metric = finding.unit = finding.definition = finding.reason = text;
        finding.slice_column = finding.slice_value = text;
        if (i % 4 == 3)
            finding.verdict = MLT_VERDICT_PASS;
        add_finding(f, finding);
    }
    struct mlt_finding longest =
        fixture_comparison(fixture_long_name(), MLT_VERDICT_FAIL, INFINITY, 1);
    longest.slice_column = longest.slice_value = longest.reason = fixture_long_name();
    add_finding(f, longest);
    struct mlt_run_case c = test("unit/x", MLT_OUTCOME_BROKEN, fixture_long_name(), UINT64_MAX);
    c.plan.id = c.plan.name = c.plan.suite = c.outcome.diagnostics = fixture_long_name();
    add_case(f, c);
}

static void make_odd(enum fixture_kind kind, struct fixture *f)
{
    if (kind == FIXTURE_NOTHING_RAN || kind == FIXTURE_ALL_SKIPPED)
        f->run.case_count = f->in.finding_count = 0;
    if (kind == FIXTURE_ALL_SKIPPED)
        add_troubled(f, MLT_OUTCOME_SKIPPED);
    if (kind == FIXTURE_INCOMPLETE) {
        f->run.complete = false;
        f->run.interrupted = "SIGINT";
        f->run.finished_at = NULL;
    }
    if (kind == FIXTURE_NO_BASELINE) {
        f->run.has_baseline = false;
        f->run.baseline_ref = "none";
        memmove(f->findings, f->findings + 2, 3 * sizeof *f->findings);
        f->in.finding_count = 3;
    }
}

void fixture_make(enum fixture_kind kind, struct fixture *f)
{
    static const char *const names[FIXTURE_KINDS] = {
        "pass",         "fail-criterion", "fail-case",   "broken",      "invalid-finding",
        "inconclusive", "everything",     "nothing-ran", "all-skipped", "incomplete",
        "not-run",      "no-baseline",    "stricter",    "hostile"};
    bool all = kind == FIXTURE_EVERYTHING;
    base(f, names[kind]);
    if (kind == FIXTURE_HOSTILE)
        make_hostile(f);
    else
        add_passing(f);
    add_blocking(f, all || kind == FIXTURE_FAIL_CRITERION, all || kind == FIXTURE_INVALID_FINDING,
                 all || kind == FIXTURE_INCONCLUSIVE);
    if (all || kind == FIXTURE_FAIL_CASE)
        add_troubled(f, MLT_OUTCOME_FAILED);
    if (all || kind == FIXTURE_BROKEN)
        add_troubled(f, MLT_OUTCOME_BROKEN);
    if (all || kind == FIXTURE_NOT_RUN)
        add_troubled(f, MLT_OUTCOME_NOT_RUN);
    if (all)
        add_troubled(f, MLT_OUTCOME_SKIPPED);
    make_odd(kind, f);
    f->in.verdict = kind == FIXTURE_STRICTER
                        ? MLT_VERDICT_INVALID
                        : mlt_report_shown_verdict(&f->run, f->findings, f->in.finding_count);
}

#include "tests/unit/gates/fixtures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gates/decide/decide.h"
#include "harness/config/gates.h"

const char *const suite_names[SUITES + 1] = {"unit",       "integration", "performance",
                                             "regression", "edge-case",   "compatibility",
                                             "ab",         NULL};
static const char *const ids[SUITES] = {"unit/a", "integration/a", "performance/a", "regression/a",
                                        "edge-case/a", "compatibility/a", "ab/a"};
static const char *const require[] = {"rmse <= 2"};

static void digest(char out[MLT_SHA256_HEX], char c)
{
    memset(out, c, MLT_SHA256_HEX - 1);
    out[MLT_SHA256_HEX - 1] = '\0';
}

static void side(struct mlt_run_side *out, const char *version, char c)
{
    out->model = "m";
    out->version = version;
    digest(out->digest, c);
    digest(out->artifact_digest, c);
}

void fixture_make(struct fixture *f)
{
    mlt_arena_free(&f->arena);
    memset(f, 0, sizeof *f);
    for (size_t i = 0; i < SUITES; i++) {
        f->cases[i].plan = (struct mlt_case_plan){.id = ids[i], .suite = suite_names[i], .name = "a",
                                                  .spec = "{}", .require = require,
                                                  .require_count = 1};
        f->cases[i].outcome.state = MLT_OUTCOME_PASSED;
        fixture_measure(f, i, MLT_VERDICT_PASS);
    }
    f->dataset = (struct mlt_run_dataset){.name = "holdout", .path = "h.csv", .rows = 1000};
    digest(f->dataset.sha256, 'd');
    f->run = (struct mlt_run){
        .run_id = "01J0000000000000000000000A", .tool_version = "0.1.0", .has_baseline = true,
        .baseline_ref = "production", .config_path = "mltest.yaml", .config_text = "model: m\n",
        .shard = 1, .shards = 1, .suites = suite_names, .suite_count = SUITES,
        .started_at = "2026-01-01T00:00:00Z", .finished_at = "2026-01-01T00:01:00Z",
        .complete = true, .datasets = &f->dataset, .dataset_count = 1, .cases = f->cases,
        .case_count = SUITES, .measurements = f->measurements, .measurement_count = SUITES};
    digest(f->run.config_digest, 'c');
    side(&f->run.candidate, "1.1.0", 'a');
    side(&f->run.baseline, "1.0.0", 'b');
    f->evidence_run = (struct mlt_evidence_run){.run = &f->run, .path = "/somewhere/r.mlt",
                                                .suites = suite_names, .suite_count = SUITES};
    digest(f->evidence_run.sha256, 'e');
    f->deployment = (struct mlt_evidence_deployment){.environment = "d", .decision_digest = "5"};
    f->deployment.digest = f->run.candidate.digest;
    f->evidence = (struct mlt_evidence){
        .has_baseline = true, .gate_kind = "environment", .gate = "e", .runs = &f->evidence_run,
        .run_count = 1, .rejected = &f->rejected, .deployments = &f->deployment,
        .deployment_count = 1};
    f->evidence.documents = (struct mlt_evidence_documents){.looked = true, .revision = 2};
    digest(f->evidence.documents.digest, 'f');
    side(&f->evidence.subject, "1.1.0", 'a');
    side(&f->evidence.baseline, "1.0.0", 'b');
}

void fixture_free(struct fixture *f)
{
    mlt_arena_free(&f->arena);
}

void fixture_measure(struct fixture *f, size_t index, enum mlt_verdict wanted)
{
    struct mlt_measurement *m = &f->measurements[index];
    *m = mlt_measurement_none();
    m->case_id = ids[index];
    m->metric = "rmse";
    m->unit = "";
    m->direction = MLT_LOWER_IS_BETTER;
    m->method = MLT_INTERVAL_INFLUENCE;
    m->candidate = wanted == MLT_VERDICT_PASS           ? 1.0
                   : wanted == MLT_VERDICT_FAIL         ? 3.0
                   : wanted == MLT_VERDICT_INCONCLUSIVE ? 1.999
                                                        : NAN;
    m->baseline = 1.0;
    m->var_candidate = m->var_baseline = 1e-4;
    m->covariance = 0.9e-4;
    m->df = 999;
    m->rows = m->differing = 1000;
}

void fixture_policy(struct fixture *f, const char *requirements)
{
    const char *words[64] = {NULL};
    char yaml[1024];
    struct mlt_err err = MLT_ERR_INIT;
    for (size_t i = 0; mlt_requirement_words[i].word && i < 63; i++)
        words[i] = mlt_requirement_words[i].word;
    snprintf(yaml, sizeof yaml,
             "deployment:\n  environments:\n"
             "    - {name: d, requirements: [unit_tests_passed]}\n"
             "    - {name: e, requirements: %s}\n",
             requirements);
    ck_ok(mlt_gates_parse("gates.yaml", yaml, strlen(yaml), NULL, words, &f->arena, &f->policy, &err));
}

/* Everything about a run in one JSON document; docs/schemas/report.schema.json describes it. */
#include "harness/codec/json.h"

#include <inttypes.h>
#include <stdio.h>

#include "reports/summary.h"

static void digest(struct mlt_json_out *json, const char *key, const char *hex)
{
    mlt_json_out_kstring(json, key, hex[0] ? hex : NULL);
}

static void side(struct mlt_json_out *json, const char *key, const struct mlt_run_side *s)
{
    mlt_json_out_key(json, key);
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "model", s->model);
    mlt_json_out_kstring(json, "version", s->version);
    digest(json, "digest", s->digest);
    digest(json, "artifact_digest", s->artifact_digest);
    mlt_json_out_object_end(json);
}

static void run_datasets(struct mlt_json_out *json, const struct mlt_run *run)
{
    mlt_json_out_key(json, "datasets");
    mlt_json_out_array(json);
    for (size_t i = 0; i < run->dataset_count; i++) {
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "name", run->datasets[i].name);
        mlt_json_out_kstring(json, "path", run->datasets[i].path);
        digest(json, "sha256", run->datasets[i].sha256);
        mlt_json_out_kint(json, "rows", (int64_t)run->datasets[i].rows);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
}

static void run_object(struct mlt_json_out *json, const struct mlt_run *run)
{
    char seed[32];
    /* A 64-bit number would lose digits in readers that keep numbers as doubles. */
    snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    mlt_json_out_key(json, "run");
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "id", run->run_id);
    mlt_json_out_kstring(json, "started_at", run->started_at);
    mlt_json_out_kstring(json, "finished_at", run->finished_at);
    mlt_json_out_kbool(json, "complete", run->complete);
    mlt_json_out_kstring(json, "interrupted", run->interrupted);
    mlt_json_out_kbool(json, "filtered", run->filtered);
    mlt_json_out_kint(json, "shard", run->shard);
    mlt_json_out_kint(json, "shards", run->shards);
    mlt_json_out_kstring(json, "seed", seed);
    side(json, "candidate", &run->candidate);
    mlt_json_out_kstring(json, "baseline_ref", run->baseline_ref);
    if (run->has_baseline) {
        side(json, "baseline", &run->baseline);
    } else {
        mlt_json_out_key(json, "baseline");
        mlt_json_out_null(json);
    }
    mlt_json_out_kstring(json, "config_path", run->config_path);
    digest(json, "config_digest", run->config_digest);
    mlt_json_out_kstring(json, "config_text", run->config_text);
    mlt_json_out_kstrings(json, "suites", run->suites, run->suite_count);
    run_datasets(json, run);
    mlt_json_out_object_end(json);
}

static void counts(struct mlt_json_out *json, const struct mlt_report_summary *s)
{
    mlt_json_out_key(json, "counts");
    mlt_json_out_object(json);
    mlt_json_out_key(json, "cases");
    mlt_json_out_object(json);
    for (int i = 0; i < MLT_OUTCOME_STATES; i++)
        mlt_json_out_kint(json, mlt_outcome_state_name((enum mlt_outcome_state)i),
                          (int64_t)s->states[i]);
    mlt_json_out_object_end(json);
    mlt_json_out_key(json, "findings");
    mlt_json_out_object(json);
    for (int i = 0; i < MLT_VERDICTS; i++)
        mlt_json_out_kint(json, mlt_verdict_name((enum mlt_verdict)i), (int64_t)s->verdicts[i]);
    mlt_json_out_object_end(json);
    mlt_json_out_object_end(json);
}

static void one_case(struct mlt_json_out *json, const struct mlt_run *run,
                     const struct mlt_run_case *test)
{
    struct mlt_buf command = MLT_BUF_INIT;
    mlt_report_reproduce(run, &test->plan, &command);
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "id", test->plan.id);
    mlt_json_out_kstring(json, "suite", test->plan.suite);
    mlt_json_out_kstring(json, "name", test->plan.name);
    mlt_json_out_kstring(json, "state", mlt_outcome_state_name(test->outcome.state));
    mlt_json_out_kint(json, "duration_ns", (int64_t)test->outcome.duration_ns);
    mlt_json_out_kstring(json, "message", test->outcome.message);
    mlt_json_out_kstring(json, "diagnostics", test->outcome.diagnostics);
    mlt_json_out_kstrings(json, "require", test->plan.require, test->plan.require_count);
    mlt_json_out_kstring(json, "reproduce", command.data);
    mlt_json_out_object_end(json);
    json->buf->oom |= command.oom;
    mlt_buf_free(&command);
}

static void lists(struct mlt_json_out *json, const struct mlt_run *run,
                  const struct mlt_report_summary *s)
{
    mlt_json_out_key(json, "findings");
    mlt_json_out_array(json);
    for (size_t i = 0; i < s->finding_count; i++)
        mlt_finding_encode(&s->findings[i], json);
    mlt_json_out_array_end(json);
    mlt_json_out_key(json, "cases");
    mlt_json_out_array(json);
    for (size_t i = 0; i < run->case_count; i++)
        one_case(json, run, &run->cases[i]);
    mlt_json_out_array_end(json);
    mlt_json_out_key(json, "measurements");
    mlt_json_out_array(json);
    for (size_t i = 0; i < run->measurement_count; i++)
        mlt_measurement_encode(&run->measurements[i], json);
    mlt_json_out_array_end(json);
}

static bool write_json(const struct mlt_report_input *in, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_report_summary s;
    if (!mlt_report_summary_make(in, &s, err))
        return false;
    struct mlt_buf words = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_report_summary_words(in, &s, &words);
    mlt_json_out_init(&json, out, true);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "report", "mltest.run/1");
    mlt_json_out_kstring(&json, "tool_version", in->run->tool_version);
    mlt_json_out_kstring(&json, "verdict", mlt_verdict_name(in->verdict));
    mlt_json_out_kint(&json, "exit_code", mlt_verdict_exit_code(in->verdict));
    mlt_json_out_kstring(&json, "summary", words.data);
    mlt_json_out_kstring(&json, "results", in->results_path);
    mlt_json_out_kstring(&json, "plot", in->plot_path);
    counts(&json, &s);
    run_object(&json, in->run);
    lists(&json, in->run, &s);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    out->oom |= words.oom;
    mlt_buf_free(&words);
    mlt_report_summary_free(&s);
    return mlt_json_out_finish(&json, err);
}

const struct mlt_report_ops mlt_report_json = {
    .abi = MLT_REPORT_ABI,
    .name = "json",
    .doc = "everything, for programs; described by docs/schemas/report.schema.json",
    .media_type = "application/json",
    .write = write_json,
};

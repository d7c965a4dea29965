/* A decision written and read back. */
#include <stdio.h>
#include <string.h>

#include "harness/domain/kept_decision.h"
#include "tests/unit/suite.h"

TCase *kept_decision_case(void);

static struct mlt_arena arena;
static struct mlt_buf text;
static struct mlt_err err;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    text = (struct mlt_buf)MLT_BUF_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
    mlt_buf_free(&text);
}

static void fill_side(struct mlt_run_side *side)
{
    side->model = "m";
    side->version = "1.1.0";
    memset(side->digest, 'a', MLT_SHA256_HEX - 1);
    memset(side->artifact_digest, 'b', MLT_SHA256_HEX - 1);
}

/* A fail of one criterion, as a gate writes it. */
static void write_document(void)
{
    struct mlt_policy policy = {.text = "policy: 1\n"};
    struct mlt_run_dataset dataset = {.name = "holdout", .rows = 42};
    struct mlt_run run = {.run_id = "01HZX3",
                          .started_at = "2026-03-01T10:00:00Z",
                          .datasets = &dataset,
                          .dataset_count = 1};
    const char *suites[] = {"unit", "regression"};
    struct mlt_evidence_run counted = {
        .run = &run, .path = "r.mlt", .suites = suites, .suite_count = 2};
    struct mlt_evidence_rejected rejected = {.what = "x.mlt", .why = "altered", .tampered = true};
    struct mlt_evidence_deployment deployment = {
        .environment = "development", .digest = "d", .decision_digest = "e"};
    struct mlt_evidence evidence = {.gate_kind = "environment",
                                    .gate = "staging",
                                    .runs = &counted,
                                    .run_count = 1,
                                    .rejected = &rejected,
                                    .rejected_count = 1,
                                    .deployments = &deployment,
                                    .deployment_count = 1};
    struct mlt_finding finding = mlt_finding_none();
    const char *reasons[] = {"worse"};
    struct mlt_criterion_result criterion = {.criterion = "rmse <= 1",
                                             .verdict = MLT_VERDICT_FAIL,
                                             .reason = "worse",
                                             .findings = &finding,
                                             .finding_count = 1};
    struct mlt_decision decision = {.policy = &policy,
                                    .evidence = &evidence,
                                    .criteria = &criterion,
                                    .criterion_count = 1,
                                    .verdict = MLT_VERDICT_FAIL,
                                    .reasons = reasons,
                                    .reason_count = 1,
                                    .tool_version = "0.1.0"};
    struct mlt_decision_context context = {.decided_at = "2026-03-02T10:00:00Z", .advisory = true};
    memset(policy.digest, 'c', MLT_SHA256_HEX - 1);
    memset(dataset.sha256, 'd', MLT_SHA256_HEX - 1);
    memset(run.config_digest, 'e', MLT_SHA256_HEX - 1);
    memset(counted.sha256, 'f', MLT_SHA256_HEX - 1);
    finding.criterion = "rmse <= 1";
    finding.verdict = MLT_VERDICT_FAIL;
    fill_side(&evidence.subject);
    ck_ok(mlt_decision_encode(&decision, &context, &text, &err));
}

/* Reads the document with `from` (NULL: nothing) replaced by `to`. */
static bool read_with(const char *from, const char *to, struct mlt_kept_decision *out)
{
    struct mlt_json *document;
    char *found = from ? strstr(text.data, from) : NULL;
    struct mlt_buf altered = MLT_BUF_INIT;
    ck_assert_msg(!from || found, "%s is not in the document", from);
    size_t head = found ? (size_t)(found - text.data) : text.len;
    mlt_buf_append(&altered, text.data, head);
    if (found)
        mlt_buf_printf(&altered, "%s%s", to, found + strlen(from));
    ck_ok(mlt_json_parse("decision.json", altered.data, altered.len, &document, &err));
    mlt_buf_free(&altered);
    bool ok = mlt_kept_decision_decode(mlt_json_get(document, "decided"),
                                       mlt_json_get(document, "context"), &arena, out, &err);
    mlt_json_free(document);
    return ok;
}

START_TEST(what_was_written_is_read_back)
{
    static struct mlt_kept_decision kept;
    write_document();
    ck_ok(read_with(NULL, NULL, &kept));
    const struct mlt_evidence *e = &kept.evidence;
    ck_assert_int_eq(kept.decision.verdict, MLT_VERDICT_FAIL);
    ck_assert_str_eq(e->gate, "staging");
    ck_assert(!e->has_baseline);
    ck_assert_str_eq(e->subject.version, "1.1.0");
    ck_assert_uint_eq(e->run_count, 1);
    ck_assert_str_eq(e->runs[0].suites[1], "regression");
    ck_assert_uint_eq(e->runs[0].run->datasets[0].rows, 42);
    ck_assert(e->rejected[0].tampered);
    ck_assert_str_eq(e->deployments[0].environment, "development");
    ck_assert_uint_eq(kept.decision.criteria[0].finding_count, 1);
    ck_assert(kept.has_context && kept.context.advisory);
}
END_TEST

START_TEST(lists_that_came_later_are_read)
{
    static struct mlt_kept_decision kept;
    write_document();
    ck_ok(read_with("\"deployments\":",
                    "\"news\": [1], \"approvals\": [{\"stage\": \"beta\", \"person\": \"alice\", "
                    "\"fault\": \"revoked\"}, {\"stage\": \"alpha\", \"rejection\": true}], "
                    "\"held_out\": [{\"dataset\": \"holdout\", \"decided\": 3, \"looks\": 1}], "
                    "\"lifecycle\": {\"state\": \"RC\", \"created_by\": \"bob\", \"successor\": "
                    "\"2.0.0\", \"successor_days\": 31}, \"anchor_fault\": \"no run\", "
                    "\"deployments\":",
                    &kept));
    ck_assert_uint_eq(kept.paper_count, 2);
    ck_assert_str_eq(kept.papers[0].about, "beta");
    ck_assert_str_eq(kept.papers[0].fault, "revoked");
    ck_assert_ptr_null(kept.papers[1].fault);
    ck_assert_str_eq(kept.papers[0].what, "approval");
    ck_assert_str_eq(kept.papers[1].what, "rejection");
    ck_assert_uint_eq(kept.fact_count, 3);
    ck_assert_str_eq(kept.facts[0],
                     "data set holdout, earlier whole runs of this model on it: 3, "
                     "other data of its name this candidate was judged on before: 1");
    ck_assert_str_eq(kept.facts[1],
                     "the version's state is RC, made by bob, its successor 2.0.0 in "
                     "Production for 31 days");
    ck_assert_str_eq(kept.facts[2], "no run compares with the anchor: no run");
}
END_TEST

START_TEST(a_document_that_contradicts_itself_is_refused)
{
    static const struct {
        const char *from, *to, *phrase;
    } rows[] = {
        {"\"verdict\": \"fail\"", "\"verdict\": \"pass\"", "own criteria say fail"},
        {"\"verdict\": \"fail\"", "\"verdict\": \"good\"", "verdict"},
        {"\"rows\": 42", "\"rows\": -1", "rows"},
        {"\"tampered\": true", "\"tampered\": 1", "tampered"},
        {"cccc", "zzzz", "sha256"},
        {"\"gate\": {", "\"fence\": {", "gate"},
        {"\"tool_version\"", "\"tool\"", "tool_version"},
        {"\"advisory\": true", "\"advisory\": null", "advisory"},
    };
    static struct mlt_kept_decision kept;
    write_document();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_fails(read_with(rows[i].from, rows[i].to, &kept), MLT_ERR_EVIDENCE, rows[i].phrase);
}
END_TEST

TCase *kept_decision_case(void)
{
    TCase *test = tcase_create("kept decision");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, what_was_written_is_read_back);
    tcase_add_test(test, lists_that_came_later_are_read);
    tcase_add_test(test, a_document_that_contradicts_itself_is_refused);
    return test;
}

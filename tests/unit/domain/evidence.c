#include <string.h>

#include "harness/domain/evidence.h"
#include "tests/unit/suite.h"

static struct mlt_run run = {.run_id = "01J0000000000000000000000A",
                             .started_at = "2026-01-01T00:00:00Z"};
static const char *const suites[] = {"unit", "regression"};

static void digest(char out[MLT_SHA256_HEX], char c)
{
    memset(out, c, MLT_SHA256_HEX - 1);
    out[MLT_SHA256_HEX - 1] = '\0';
}

static bool load(void *context, const char *run_id, struct mlt_evidence_run *out,
                 struct mlt_err *err)
{
    (void)context, (void)err;
    ck_assert_str_eq(run_id, run.run_id);
    out->run = &run;
    return true;
}

/* A decision's object with this evidence in it; in the arena. */
static char *document(const struct mlt_evidence *e, struct mlt_arena *arena)
{
    struct mlt_buf buf = MLT_BUF_INIT;
    struct mlt_json_out out;
    struct mlt_err err = MLT_ERR_INIT;
    mlt_json_out_init(&out, &buf, false);
    mlt_json_out_object(&out);
    mlt_json_out_key(&out, "gate");
    mlt_json_out_object(&out);
    mlt_json_out_kstring(&out, "kind", e->gate_kind);
    mlt_json_out_kstring(&out, "name", e->gate);
    mlt_json_out_object_end(&out);
    mlt_evidence_side_encode("subject", &e->subject, &out);
    mlt_json_out_key(&out, "evidence");
    mlt_evidence_encode(e, &out);
    mlt_json_out_object_end(&out);
    ck_ok(mlt_json_out_finish(&out, &err));
    char *text = mlt_arena_strdup(arena, buf.data);
    mlt_buf_free(&buf);
    return text;
}

static struct mlt_evidence bare(void)
{
    struct mlt_evidence e = {.gate_kind = "state", .gate = "rc"};
    e.subject.model = "m";
    e.subject.version = "1.1.0";
    digest(e.subject.digest, 'a');
    digest(e.subject.artifact_digest, 'b');
    return e;
}

START_TEST(evidence_does_not_speak_of_what_there_is_none_of)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_evidence e = bare();
    /* As documents read before there were records, approvals and waivers. */
    ck_assert_ptr_nonnull(strstr(document(&e, &arena),
                                 "\"evidence\":{\"runs\":[],\"rejected\":[],\"deployments\":[]}}"));
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(evidence_reads_back_to_the_same_bytes)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_evidence e = bare(), again;
    struct mlt_run_dataset data = {.name = "holdout", .rows = 7};
    digest(data.sha256, 'd');
    digest(run.config_digest, 'c');
    run.datasets = &data;
    run.dataset_count = 1;
    struct mlt_evidence_run counted = {.run = &run, .suites = suites, .suite_count = 2};
    digest(counted.sha256, 'e');
    struct mlt_evidence_rejected rejected[] = {
        {.what = "a.mlt", .why = "altered", .tampered = true},
        {.what = "01H", .why = "old", .run_id = "01H", .config_digest = run.config_digest}};
    struct mlt_evidence_use use = {"holdout", data.sha256, 3, 1};
    struct mlt_evidence_deployment deployment = {"staging", data.sha256, "5"};
    struct mlt_evidence_record records[] = {
        {"usage", "1", "done", "ada", "2026-01-01T00:00:00Z", NULL, false, 0, 120, 4, 1},
        {"security-review", "2", "rejected", "ada", NULL, "revoked", false, -1, -1, -1, -1}};
    struct mlt_evidence_approval approval = {"3", "production", "bob", "t", true, "forged", true};
    struct mlt_evidence_waiver waiver = {"4", "rmse <= 6", "ada", "r",  "T-1",
                                         "x", "t",         NULL,  false};
    const char *faults[] = {"docs/api.md:1: nothing"};
    e.runs = &counted;
    e.rejected = rejected;
    e.uses = &use;
    e.deployments = &deployment;
    e.records = records;
    e.approvals = &approval;
    e.waivers = &waiver;
    e.run_count = e.use_count = e.deployment_count = e.approval_count = e.waiver_count = 1;
    e.rejected_count = e.record_count = 2;
    e.documents = (struct mlt_evidence_documents){true, 2, "", faults, 1};
    digest(e.documents.digest, 'f');
    e.lifecycle = (struct mlt_evidence_lifecycle){true, "RC", "eve", "1.2.0", 29};
    e.anchor_run = counted;
    e.anchor_fault = "said for the test";
    char *text = document(&e, &arena);
    struct mlt_json *json;
    ck_ok(mlt_json_parse("decision", text, strlen(text), &json, &err));
    ck_ok(mlt_evidence_decode(json, load, NULL, &arena, &again, &err));
    ck_assert_str_eq(document(&again, &arena), text);
    ck_assert_int_eq(again.records[1].idle_days, -1);
    ck_assert_int_eq(again.records[0].clients_behind, 1);
    mlt_json_free(json);
    mlt_arena_free(&arena);
}
END_TEST

#define DECIDED(evidence)                                                                          \
    "{\"gate\":{\"kind\":\"state\",\"name\":\"rc\"},\"subject\":{\"model\":\"m\",\"version\":\"1." \
    "1.0\","                                                                                       \
    "\"digest\":\"" HEX "\",\"artifact_digest\":\"" HEX "\"},\"evidence\":{" evidence "}}"
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *const hostile[] = {
    "{}",
    DECIDED("\"runs\":[{\"run_id\":\"x\",\"sha256\":\"zz\"}]"),
    DECIDED("\"rejected\":[{\"what\":\"x\",\"why\":\"y\"}]"),
    DECIDED("\"records\":[{\"kind\":\"usage\"}]"),
    DECIDED("\"records\":[{\"kind\":\"usage\",\"digest\":\"1\",\"idle_days\":1.5}]"),
    DECIDED("\"records\":[{\"kind\":\"usage\",\"digest\":\"1\",\"idle_days\":\"90\"}]"),
    DECIDED("\"records\":[{\"kind\":\"usage\",\"digest\":\"1\",\"fault\":\"x\"}]"),
    DECIDED("\"approvals\":[{\"digest\":\"1\",\"stage\":\"beta\"}]"),
    DECIDED("\"waivers\":[{\"digest\":\"1\",\"criterion\":7}]"),
    DECIDED("\"held_out\":[{\"dataset\":\"h\",\"sha256\":\"1\",\"looks\":-1}]"),
    DECIDED("\"lifecycle\":{\"successor_days\":1e300}"),
    DECIDED("\"anchor_fault\":7"),
};

START_TEST(evidence_refuses_what_it_could_not_have_written)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_evidence e;
    struct mlt_json *json;
    ck_ok(mlt_json_parse("decision", hostile[_i], strlen(hostile[_i]), &json, &err));
    ck_fails(mlt_evidence_decode(json, load, NULL, &arena, &e, &err), MLT_ERR_EVIDENCE, "");
    mlt_json_free(json);
    mlt_arena_free(&arena);
}
END_TEST

TCase *evidence_case(void);
TCase *evidence_case(void)
{
    TCase *tc = tcase_create("evidence");
    tcase_add_test(tc, evidence_does_not_speak_of_what_there_is_none_of);
    tcase_add_test(tc, evidence_reads_back_to_the_same_bytes);
    tcase_add_loop_test(tc, evidence_refuses_what_it_could_not_have_written, 0,
                        sizeof hostile / sizeof *hostile);
    return tc;
}

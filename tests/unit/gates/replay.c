#include <stdio.h>
#include <string.h>

#include "gates/decide/decide.h"
#include "harness/base/rng.h"
#include "harness/config/gates.h"
#include "tests/unit/gates/fixtures.h"

/* Whatever is decided can be decided again from what the decision says of its evidence, to the
 * byte: held on random evidence of every kind. */
enum { DECISIONS = 1000, LIST = 4 };

static struct fixture f;
static struct mlt_rng rng;

static bool coin(void)
{
    return mlt_rng_below(&rng, 2) == 0;
}

static const char *maybe(const char *text)
{
    return coin() ? text : NULL;
}

static const char *word(void)
{
    static const char *const words[] = {
        "ada",        "bob",     "a \"quoted\" word", "na\xc3\xafve",
        "two\nlines", "\\ / \t", "\xf0\x9f\x94\x91",  "{}",
        "x"};
    return words[mlt_rng_below(&rng, sizeof words / sizeof *words)];
}

static const char *digest(void)
{
    char *out = mlt_arena_alloc(&f.arena, MLT_SHA256_HEX);
    ck_assert_ptr_nonnull(out);
    for (int i = 0; i < MLT_SHA256_HEX - 1; i++)
        out[i] = "0123456789abcdef"[mlt_rng_below(&rng, 16)];
    return out;
}

static const char *pick(const char *const *words, size_t count)
{
    return words[mlt_rng_below(&rng, count)];
}
#define PICK(...)                                                                                  \
    pick((const char *const[]){__VA_ARGS__},                                                       \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void *list(size_t *count, size_t size)
{
    void *items = mlt_arena_calloc(&f.arena, LIST, size);
    ck_assert_ptr_nonnull(items);
    *count = (size_t)mlt_rng_below(&rng, LIST + 1);
    return items;
}

/* Half of the runs have one way to end in all their suites: else there would be no pass. */
static void random_run(void)
{
    const bool mixed = coin();
    const enum mlt_verdict all = (enum mlt_verdict)mlt_rng_below(&rng, 4);
    for (size_t i = 0; i < SUITES; i++) {
        fixture_measure(&f, i, mixed ? (enum mlt_verdict)mlt_rng_below(&rng, 4) : all);
        f.measurements[i].candidate += mlt_rng_uniform(&rng) / 700;
        f.cases[i].outcome.state =
            mixed ? (enum mlt_outcome_state)mlt_rng_below(&rng, 5) : MLT_OUTCOME_PASSED;
        f.cases[i].outcome.message = f.cases[i].outcome.state == MLT_OUTCOME_PASSED ? NULL : word();
    }
    f.evidence_run.suite_count = mixed ? (size_t)mlt_rng_below(&rng, SUITES + 1) : SUITES;
    f.evidence_run.signed_by = maybe(digest());
    memcpy(f.evidence_run.sha256, digest(), MLT_SHA256_HEX);
    f.evidence.run_count = !mixed || coin();
    f.evidence.has_baseline = !mixed || coin();
}

static void random_lists(void)
{
    struct mlt_evidence *e = &f.evidence;
    e->rejected = list(&e->rejected_count, sizeof *e->rejected);
    for (size_t i = 0; i < e->rejected_count; i++)
        e->rejected[i] = (struct mlt_evidence_rejected){
            word(), word(), coin(), maybe("01J0000000000000000000000Z"), maybe(digest())};
    e->uses = list(&e->use_count, sizeof *e->uses);
    for (size_t i = 0; i < e->use_count; i++)
        e->uses[i] = (struct mlt_evidence_use){word(), digest(), (unsigned)mlt_rng_below(&rng, 9),
                                               (unsigned)mlt_rng_below(&rng, 9)};
    e->deployments = list(&e->deployment_count, sizeof *e->deployments);
    for (size_t i = 0; i < e->deployment_count; i++)
        e->deployments[i] =
            (struct mlt_evidence_deployment){.environment = PICK("d", "e"),
                                             .digest = coin() ? f.run.candidate.digest : digest(),
                                             .decision_digest = digest()};
    e->documents.looked = coin();
    if (e->documents.looked) {
        static const char *const faults[] = {"docs/api.md:12: \"price\"", "docs/limits.md:1: none"};
        e->documents.revision = (long long)mlt_rng_below(&rng, 5);
        e->documents.faults = faults;
        e->documents.fault_count = (size_t)mlt_rng_below(&rng, 3);
    }
}

static void random_people(void)
{
    struct mlt_evidence *e = &f.evidence;
    e->records = list(&e->record_count, sizeof *e->records);
    for (size_t i = 0; i < e->record_count; i++) {
        bool usage = coin();
        e->records[i] = (struct mlt_evidence_record){
            .kind = usage ? "usage" : PICK("security-review", "ethics-review", "runbook"),
            .digest = digest(),
            .outcome = PICK("approved", "rejected", "not-applicable", "done"),
            .person = word(),
            .at = "2026-01-01T00:00:00Z",
            .fault = maybe(word()),
            .active_users = usage ? (long long)mlt_rng_below(&rng, 3) : -1,
            .idle_days = usage ? (long long)mlt_rng_below(&rng, 200) : -1,
            .clients = usage ? (long long)mlt_rng_below(&rng, 9) : -1,
            .clients_behind = usage ? (long long)mlt_rng_below(&rng, 9) : -1};
        e->records[i].tampered = e->records[i].fault && coin();
    }
    e->approvals = list(&e->approval_count, sizeof *e->approvals);
    for (size_t i = 0; i < e->approval_count; i++) {
        e->approvals[i] =
            (struct mlt_evidence_approval){.digest = digest(),
                                           .stage = PICK("design", "alpha", "beta", "production"),
                                           .person = word(),
                                           .at = "2026-01-01T00:00:00Z",
                                           .is_rejection = coin(),
                                           .fault = maybe(word())};
        e->approvals[i].tampered = e->approvals[i].fault && coin();
    }
    e->waivers = list(&e->waiver_count, sizeof *e->waivers);
    for (size_t i = 0; i < e->waiver_count; i++) {
        e->waivers[i] = (struct mlt_evidence_waiver){
            .digest = digest(),
            .criterion = PICK("unit_tests_passed", "rmse <= 2", "security_review_completed"),
            .person = word(),
            .reason = word(),
            .ticket = word(),
            .expires = "2030-01-01T00:00:00Z",
            .at = "2026-01-01T00:00:00Z",
            .fault = maybe(word())};
        e->waivers[i].tampered = e->waivers[i].fault && coin();
    }
    e->lifecycle.looked = coin();
    if (e->lifecycle.looked) {
        e->lifecycle.state = PICK("Development", "RC", "Production", "Deprecated");
        e->lifecycle.created_by = word();
        e->lifecycle.successor = maybe("1.2.0");
        e->lifecycle.successor_days =
            e->lifecycle.successor ? (long long)mlt_rng_below(&rng, 60) : 0;
    }
}

/* At least one of them, none twice. */
static void random_policy(void)
{
    static const char *const words[] = {"unit_tests_passed",
                                        "regression_tests_passed",
                                        "rmse <= 2",
                                        "\"rmse within 5% of production\"",
                                        "documentation_complete",
                                        "d_deployment_successful",
                                        "security_review_completed",
                                        "deployment_runbook_tested",
                                        "{suites passed: [unit, edge-case]}"};
    enum { WORDS = sizeof words / sizeof *words };
    struct mlt_buf text = MLT_BUF_INIT;
    size_t always = (size_t)mlt_rng_below(&rng, WORDS);
    mlt_buf_printf(&text, "[%s", words[always]);
    for (size_t i = 0; i < WORDS; i++)
        if (i != always && mlt_rng_below(&rng, 5) == 0)
            mlt_buf_printf(&text, ", %s", words[i]);
    mlt_buf_puts(&text, "]");
    fixture_policy(&f, text.data);
    mlt_buf_free(&text);
}

static bool lend_run(void *context, const char *run_id, struct mlt_evidence_run *out,
                     struct mlt_err *err)
{
    (void)context, (void)err;
    ck_assert_str_eq(run_id, f.run.run_id);
    out->run = &f.run;
    return true;
}

static void decide(const struct mlt_evidence *evidence, struct mlt_buf *out)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_decision decision;
    ck_ok(mlt_gate_decide(&f.policy, evidence, "0.1.0", &f.arena, &decision, &err));
    ck_ok(mlt_decision_encode_decided(&decision, out, &err));
    ck_ok(mlt_buf_check(out, &err));
}

/* As `mltest gate --replay` does it, and as the predicate of a statement travels: on one line. */
static void replay(const struct mlt_buf *decided, struct mlt_buf *again)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *document, *line;
    struct mlt_evidence evidence = {0};
    struct mlt_buf compact = MLT_BUF_INIT;
    struct mlt_json_out json;
    ck_ok(mlt_json_parse("decided", decided->data, decided->len, &document, &err));
    mlt_json_out_init(&json, &compact, false);
    mlt_json_out_node(&json, document);
    ck_ok(mlt_json_out_finish(&json, &err));
    ck_ok(mlt_json_parse("line", compact.data, compact.len, &line, &err));
    ck_ok(mlt_evidence_decode(line, lend_run, NULL, &f.arena, &evidence, &err));
    decide(&evidence, again);
    mlt_buf_free(&compact);
    mlt_json_free(document);
    mlt_json_free(line);
}

START_TEST(replay_of_random_decisions_gives_the_same_bytes)
{
    unsigned verdicts[4] = {0};
    mlt_rng_seed(&rng, 20260101);
    for (int i = 0; i < DECISIONS; i++) {
        struct mlt_buf first = MLT_BUF_INIT, again = MLT_BUF_INIT;
        enum mlt_verdict verdict;
        fixture_make(&f);
        random_policy();
        random_run();
        random_lists();
        random_people();
        decide(&f.evidence, &first);
        replay(&first, &again);
        ck_assert_msg(first.len == again.len && memcmp(first.data, again.data, first.len) == 0,
                      "decision %d:\n%s\nagain:\n%s", i, first.data, again.data);
        char name[16] = "";
        ck_assert_int_eq(sscanf(first.data, "{ \"verdict\": \"%15[a-z]", name), 1);
        ck_assert(mlt_verdict_parse(name, &verdict));
        verdicts[verdict]++;
        mlt_buf_free(&first);
        mlt_buf_free(&again);
    }
    fixture_free(&f);
    /* All four were among them. */
    for (int v = 0; v < 4; v++)
        ck_assert_uint_gt(verdicts[v], 0);
}
END_TEST

TCase *case_replay(void)
{
    TCase *tcase = tcase_create("replay");
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, replay_of_random_decisions_gives_the_same_bytes);
    return tcase;
}

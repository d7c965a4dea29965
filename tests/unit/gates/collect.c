#include "gates/collect/collect.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/results/results.h"
#include "tests/unit/gates/fixtures.h"

static struct fixture f;

static void setup(void)
{
    unit_folder_setup();
    fixture_make(&f);
    fixture_policy(&f, "[unit_tests_passed]");
}

static void teardown(void)
{
    fixture_free(&f);
    unit_folder_teardown();
}

/* The fixture's run as a results file; complete when every case has its end. */
static const char *write_run(const char *name, const char *run_id)
{
    const char *path = unit_path(name);
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_plan plan = {0};
    struct mlt_results *results;
    bool complete;
    f.run.run_id = run_id;
    for (size_t i = 0; i < SUITES; i++)
        ck_ok(mlt_plan_add(&plan, &f.cases[i].plan, &f.arena, &err));
    ck_ok(mlt_results_create(path, &f.run, &plan, &results, &err));
    for (size_t i = 0; i < SUITES && !f.run.interrupted; i++) {
        ck_ok(mlt_results_outcome(results, f.cases[i].plan.id, &f.cases[i].outcome, &err));
        ck_ok(mlt_results_measurement(results, &f.measurements[i], &err));
    }
    ck_ok(mlt_results_finish(results, f.run.interrupted, &complete, &err));
    return path;
}

static struct mlt_evidence collect(const char *const *files, size_t count)
{
    struct mlt_evidence evidence;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_collect_request request = {
        .subject = f.evidence.subject, .has_baseline = f.evidence.has_baseline,
        .baseline = f.evidence.baseline, .policy = &f.policy, .gate_kind = "environment",
        .gate = "e", .files = files, .file_count = count};
    ck_assert(mlt_clock_parse("2026-01-02T00:00:00Z", &request.now_s));
    ck_ok(mlt_gate_collect(&request, &f.arena, &evidence, &err));
    return evidence;
}

START_TEST(collect_takes_the_newest_never_the_best)
{
    const char *files[2];
    files[0] = write_run("old.mlt", "01J0000000000000000000000A");
    f.cases[0].outcome = (struct mlt_outcome){.state = MLT_OUTCOME_FAILED, .message = "no"};
    files[1] = write_run("new.mlt", "01J0000000000000000000000B");
    struct mlt_evidence e = collect(files, 2);
    ck_assert_uint_eq(e.run_count, 1);
    ck_assert_str_eq(e.runs[0].run->run_id, "01J0000000000000000000000B");
    ck_assert_uint_eq(e.runs[0].suite_count, SUITES);
    ck_assert_uint_eq(e.rejected_count, 1);
    ck_assert_str_eq(e.rejected[0].what, "01J0000000000000000000000A");
    ck_assert(!e.rejected[0].tampered);
}
END_TEST

/* Counted per name and data, from what stands in the files. */
START_TEST(collect_counts_how_often_a_held_out_set_was_looked_at)
{
    const char *files[4];
    files[0] = write_run("a.mlt", "01J0000000000000000000000A");
    memset(f.dataset.sha256, 'e', 64);
    files[1] = write_run("b.mlt", "01J0000000000000000000000B");
    files[2] = write_run("c.mlt", "01J0000000000000000000000C");
    memset(f.dataset.sha256, 'f', 64);
    f.run.filtered = true;
    files[3] = write_run("d.mlt", "01J0000000000000000000000D");
    struct mlt_evidence e = collect(files, 4);
    ck_assert_uint_eq(e.use_count, 1);
    ck_assert_str_eq(e.uses[0].dataset, "holdout");
    ck_assert_uint_eq(e.uses[0].decided, 1); /* b, before c; d left cases out */
    ck_assert_uint_eq(e.uses[0].looks, 1);   /* the data of a */
    /* An attempt that does not count still says what it ran with. */
    ck_assert_str_eq(e.rejected[0].config_digest, f.run.config_digest);
}
END_TEST

static void interrupt(void) { f.run.interrupted = "SIGINT"; }
static void filter(void) { f.run.filtered = true; }
static void shard(void) { f.run.shard = 1, f.run.shards = 2; }
static void other_files(void) { memset(f.run.candidate.digest, 'f', 64); }
static void stale(void) { f.run.started_at = "2025-11-01T00:00:00Z"; }
static void future(void) { f.run.started_at = "2026-02-01T00:00:00Z"; }

static const struct {
    void (*bend)(void);
    const char *why;
} unfit[] = {
    {interrupt, "did not reach its end"}, {filter, "never stands for a whole suite"},
    {shard, "shard 1 of 2"},              {other_files, "it tested other files"},
    {stale, "max_age of 30 days"},        {future, "in the future"},
};

START_TEST(collect_lists_what_is_unfit_and_an_older_fit_run_counts)
{
    const char *files[2];
    files[0] = write_run("fit.mlt", "01J0000000000000000000000A");
    unfit[_i].bend();
    files[1] = write_run("unfit.mlt", "01J0000000000000000000000B");
    struct mlt_evidence e = collect(files, 2);
    ck_assert_uint_eq(e.run_count, 1);
    ck_assert_str_eq(e.runs[0].run->run_id, "01J0000000000000000000000A");
    ck_assert_uint_eq(e.rejected_count, 1);
    ck_assert_msg(strstr(e.rejected[0].why, unfit[_i].why) != NULL, "%s", e.rejected[0].why);
    ck_assert(!e.rejected[0].tampered);
}
END_TEST

static bool counts_for(const struct mlt_evidence *e, const char *suite)
{
    for (size_t i = 0; i < e->run_count; i++)
        for (size_t k = 0; k < e->runs[i].suite_count; k++)
            if (strcmp(e->runs[i].suites[k], suite) == 0)
                return true;
    return false;
}

START_TEST(collect_wants_suites_that_compare_against_what_serves_now)
{
    const char *file = write_run("run.mlt", "01J0000000000000000000000A");
    memset(f.evidence.baseline.digest, '9', 64);
    struct mlt_evidence e = collect(&file, 1);
    ck_assert(counts_for(&e, "unit") && counts_for(&e, "edge-case"));
    ck_assert(!counts_for(&e, "regression") && !counts_for(&e, "performance"));
    ck_assert_uint_eq(e.rejected_count, 1);
    f.evidence.has_baseline = false;
    e = collect(&file, 1);
    ck_assert(!counts_for(&e, "regression"));
}
END_TEST

START_TEST(collect_takes_a_first_release_only_while_nothing_serves)
{
    f.run.has_baseline = false;
    f.run.baseline_ref = "none";
    const char *file = write_run("run.mlt", "01J0000000000000000000000A");
    struct mlt_evidence e = collect(&file, 1);
    ck_assert(counts_for(&e, "unit") && !counts_for(&e, "regression"));
    f.evidence.has_baseline = false;
    e = collect(&file, 1);
    ck_assert(counts_for(&e, "regression"));
}
END_TEST

START_TEST(collect_marks_a_cut_or_foreign_file_as_not_to_be_trusted)
{
    const char *files[2];
    files[0] = write_run("fit.mlt", "01J0000000000000000000000A");
    files[1] = write_run("cut.mlt", "01J0000000000000000000000B");
    ck_assert_int_eq(truncate(files[1], 5000), 0);
    struct mlt_evidence e = collect(files, 2);
    ck_assert_uint_eq(e.rejected_count, 1);
    ck_assert(e.rejected[0].tampered);
    ck_assert_str_eq(e.rejected[0].what, "cut.mlt");
    /* Where the file lies is no part of what is decided. */
    ck_assert_ptr_null(strstr(e.rejected[0].why, "/mltest-unit-"));
    unit_write_text(files[1], "not a database");
    e = collect(files, 2);
    ck_assert(e.rejected_count == 1 && e.rejected[0].tampered);
}
END_TEST

START_TEST(collect_refuses_a_file_that_is_not_there)
{
    const char *file = unit_path("none.mlt");
    struct mlt_evidence evidence;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_collect_request request = {.subject = f.evidence.subject, .policy = &f.policy,
                                          .gate_kind = "environment", .gate = "e", .files = &file,
                                          .file_count = 1};
    ck_fails(mlt_gate_collect(&request, &f.arena, &evidence, &err), MLT_ERR_USAGE, "none.mlt");
}
END_TEST

TCase *case_collect(void)
{
    TCase *tc = tcase_create("collect");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, collect_takes_the_newest_never_the_best);
    tcase_add_test(tc, collect_counts_how_often_a_held_out_set_was_looked_at);
    tcase_add_loop_test(tc, collect_lists_what_is_unfit_and_an_older_fit_run_counts, 0,
                        sizeof unfit / sizeof *unfit);
    tcase_add_test(tc, collect_wants_suites_that_compare_against_what_serves_now);
    tcase_add_test(tc, collect_takes_a_first_release_only_while_nothing_serves);
    tcase_add_test(tc, collect_marks_a_cut_or_foreign_file_as_not_to_be_trusted);
    tcase_add_test(tc, collect_refuses_a_file_that_is_not_there);
    return tc;
}

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/runner/pool.h"
#include "tests/unit/suite.h"

TCase *frame_cases(void);
TCase *family_cases(void);

enum { MAX_CASES = 32 };
#define SECOND_NS 1000000000ULL

/* What the observer was told. */
static struct {
    const char *names[MAX_CASES];
    enum mlt_outcome_state states[MAX_CASES];
    char messages[MAX_CASES][1024], diagnostics[MAX_CASES][40000];
    size_t count, started, running, most_running, rows, measurements, series, attachments, progress;
    bool exclusive_shared, refuse;
    double row_sum;
} told;

static struct mlt_arena arena;
static struct mlt_plan plan;
static volatile sig_atomic_t stop;

static bool on_started(void *context, const struct mlt_case_plan *test, struct mlt_err *err)
{
    (void)context;
    (void)err;
    told.started++;
    if (++told.running > told.most_running)
        told.most_running = told.running;
    told.exclusive_shared |= test->exclusive && told.running > 1;
    return true;
}

static bool on_progress(void *context, const struct mlt_case_plan *test, double share,
                        struct mlt_err *err)
{
    (void)context;
    (void)test;
    (void)err;
    told.progress += share == 0.5;
    return true;
}

static bool on_measurement(void *context, const struct mlt_case_plan *test,
                           const struct mlt_measurement *m, struct mlt_err *err)
{
    (void)context;
    (void)err;
    ck_assert_str_eq(m->case_id, test->id);
    told.measurements += m->candidate == 0.25;
    return true;
}

static bool on_rows(void *context, const struct mlt_case_plan *test,
                    const struct mlt_paired_row *rows, size_t count, struct mlt_err *err)
{
    (void)context;
    (void)test;
    (void)err;
    for (size_t i = 0; i < count; i++) {
        ck_assert(strtod(rows[i].id, NULL) == rows[i].candidate);
        told.row_sum += rows[i].candidate;
    }
    told.rows += count;
    return true;
}

static bool on_series(void *context, const struct mlt_case_plan *test, const char *name, double x,
                      double y, struct mlt_err *err)
{
    (void)context;
    (void)test;
    (void)err;
    told.series += strcmp(name, "latency") == 0 && x == 1 && y == 2;
    return true;
}

static bool on_attachment(void *context, const struct mlt_case_plan *test, const char *name,
                          const char *media_type, const void *data, size_t len, struct mlt_err *err)
{
    (void)context;
    (void)test;
    (void)err;
    told.attachments += strcmp(name, "log") == 0 && strcmp(media_type, "text/plain") == 0 &&
                        len == 3 && memcmp(data, "a\0b", 3) == 0;
    return true;
}

static bool on_outcome(void *context, const struct mlt_case_plan *test,
                       const struct mlt_outcome *outcome, struct mlt_err *err)
{
    (void)context;
    ck_assert_uint_lt(told.count, MAX_CASES);
    size_t i = told.count++;
    told.names[i] = test->name;
    told.states[i] = outcome->state;
    snprintf(told.messages[i], sizeof told.messages[i], "%s",
             outcome->message ? outcome->message : "");
    snprintf(told.diagnostics[i], sizeof told.diagnostics[i], "%s",
             outcome->diagnostics ? outcome->diagnostics : "");
    if (told.running > 0)
        told.running--;
    return !told.refuse || mlt_err_set(err, MLT_ERR_INFRA, "the disk is full");
}

static const struct mlt_pool_observer observer = {.started = on_started,
                                                  .progress = on_progress,
                                                  .measurement = on_measurement,
                                                  .rows = on_rows,
                                                  .series = on_series,
                                                  .attachment = on_attachment,
                                                  .outcome = on_outcome};

static struct mlt_pool_options options = {.jobs = 2,
                                          .case_timeout_ns = 20 * SECOND_NS,
                                          .grace_ns = SECOND_NS / 5,
                                          .interrupted = &stop};

static void begin(void)
{
    static char worker[4096];
    const char *build = getenv("top_builddir");
    struct mlt_err err = MLT_ERR_INIT;
    snprintf(worker, sizeof worker, "%s/tests/unit/runner/test-worker", build ? build : ".");
    options.worker = worker;
    unit_folder_setup();
    setenv("MLTEST_TEST_PIDS", unit_path("pids"), 1);
    setenv("TMPDIR", unit_path("tmp"), 1);
    ck_ok(mlt_fs_mkdirs(unit_path("tmp"), &err));
}

/* Whatever descends from this test's workers has this file's name in its environment; this program
 * set it too late for its own to show it. */
static bool is_left(const char *pid)
{
    static char block[1 << 18];
    char path[64];
    const char *mark = unit_path("pids");
    snprintf(path, sizeof path, "/proc/%.20s/environ", pid);
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(block, 1, sizeof block, file) : 0;
    if (file)
        fclose(file);
    return memmem(block, len, mark, strlen(mark)) != NULL;
}

static int count_left(void)
{
    int left = 0;
    DIR *dir = opendir("/proc");
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry; (entry = readdir(dir));)
        left += isdigit((unsigned char)entry->d_name[0]) && is_left(entry->d_name);
    closedir(dir);
    return left;
}

static void end(void)
{
    ck_assert_int_eq(count_left(), 0);
    ck_assert_msg(rmdir(unit_path("tmp")) == 0, "scratch folders are left");
    mlt_arena_free(&arena);
    unit_folder_teardown();
}

static struct mlt_case_plan *add(const char *name)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_case_plan test = {.id = mlt_arena_printf(&arena, "fake/%s", name),
                                 .suite = "fake",
                                 .name = name,
                                 .spec = "{}"};
    ck_ok(mlt_plan_add(&plan, &test, &arena, &err));
    return &plan.cases[plan.count - 1];
}

static bool run(struct mlt_err *err)
{
    static const char config[] = "model: m\n"
                                 "adapter: {type: process, command: [/no/such/model]}\n"
                                 "suites: {fake: [a]}\n";
    static const struct mlt_subject candidate = {.model = "m",
                                                 .version = "1.0.0",
                                                 .dir = "/",
                                                 .artifact = "/m",
                                                 .config_json = "{}",
                                                 .metadata_json = "{}"};
    const struct mlt_job_context job = {.config_path = "/mltest.yaml",
                                        .config_text = config,
                                        .config_len = sizeof config - 1,
                                        .candidate = &candidate,
                                        .seed = 1};
    return mlt_pool_run(&plan, &job, &options, &observer, err);
}

static size_t told_of(const char *name)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < told.count; i++)
        if (strcmp(told.names[i], name) == 0) {
            ck_assert_msg(found == SIZE_MAX, "%s ended twice", name);
            found = i;
        }
    ck_assert_msg(found != SIZE_MAX, "nothing was told about %s", name);
    return found;
}

static void expect(const char *name, enum mlt_outcome_state state, const char *phrase)
{
    size_t i = told_of(name);
    ck_assert_msg(told.states[i] == state, "%s is %s: %s", name,
                  mlt_outcome_state_name(told.states[i]), told.messages[i]);
    ck_assert_msg(strstr(told.messages[i], phrase) != NULL, "%s: '%s' is not in '%s'", name, phrase,
                  told.messages[i]);
}

static const struct {
    const char *name;
    enum mlt_outcome_state state;
    const char *phrase;
    double timeout_s;
} ends[] = {
    {"passes", MLT_OUTCOME_PASSED, "well", 0},
    {"fails", MLT_OUTCOME_FAILED, "3 of 7 rows differ", 0},
    {"skips", MLT_OUTCOME_SKIPPED, "no baseline", 0},
    {"errors", MLT_OUTCOME_BROKEN, "the data set is gone", 0},
    {"forgets", MLT_OUTCOME_BROKEN, "without saying how", 0},
    {"asks-nobody", MLT_OUTCOME_BROKEN, "/no/such/model", 0},
    {"crashes", MLT_OUTCOME_BROKEN, "the worker ended with signal 11 (Segmentation fault)", 0},
    {"crashes", MLT_OUTCOME_BROKEN, "the end is near", 0},
    {"exits", MLT_OUTCOME_BROKEN, "exit status 3", 0},
    {"hangs", MLT_OUTCOME_BROKEN, "timed out after 300 ms (its last words: \"waiting for ever\")", 0.3},
    {"deaf", MLT_OUTCOME_BROKEN, "timed out after 300 ms", 0.3},
    {"broken-frame", MLT_OUTCOME_BROKEN, "sent a broken frame (no frame begins so)", 0},
    {"bad-progress", MLT_OUTCOME_BROKEN, "sent a broken frame (progress)", 0},
    {"closes", MLT_OUTCOME_BROKEN, "closed its channel", 0},
    {"noisy", MLT_OUTCOME_PASSED, "", 0},
    {"detaches", MLT_OUTCOME_PASSED, "", 0},
    {"detaches-crashes", MLT_OUTCOME_BROKEN, "the worker ended with", 0},
    {"detaches-hangs", MLT_OUTCOME_BROKEN, "timed out", 0.3},
};
enum { ENDS = sizeof ends / sizeof *ends };

START_TEST(pool_says_how_each_case_ended_and_leaves_nobody_behind)
{
    struct mlt_err err = MLT_ERR_INIT;
    uint64_t start = mlt_clock_monotonic_ns();
    add("before");
    add(ends[_i].name)->timeout_ns = (uint64_t)(ends[_i].timeout_s * 1e9);
    add("behind");
    options.jobs = 1;
    ck_ok(run(&err));
    expect("before", MLT_OUTCOME_PASSED, "well");
    expect(ends[_i].name, ends[_i].state, ends[_i].phrase);
    expect("behind", MLT_OUTCOME_PASSED, "well");
    ck_assert_uint_lt(mlt_clock_monotonic_ns() - start, 10 * SECOND_NS);
}
END_TEST

START_TEST(pool_runs_all_of_them_beside_each_other)
{
    struct mlt_err err = MLT_ERR_INIT;
    size_t count = 0;
    for (int i = 0; i < ENDS; i++) {
        if (i > 0 && strcmp(ends[i].name, ends[i - 1].name) == 0)
            continue;
        add(ends[i].name)->timeout_ns = (uint64_t)(ends[i].timeout_s * 1e9);
        count++;
    }
    options.jobs = 4;
    ck_ok(run(&err));
    ck_assert_uint_eq(told.count, count);
    ck_assert_uint_eq(told.started, count);
    for (int i = 0; i < ENDS; i++)
        expect(ends[i].name, ends[i].state, ends[i].phrase);
}
END_TEST

START_TEST(pool_passes_on_what_a_case_finds)
{
    struct mlt_err err = MLT_ERR_INIT;
    add("measures");
    ck_ok(run(&err));
    expect("measures", MLT_OUTCOME_PASSED, "");
    ck_assert_uint_eq(told.rows, 10000);
    ck_assert(told.row_sum == 9999.0 * 10000 / 2);
    ck_assert_uint_eq(told.measurements, 1);
    ck_assert_uint_eq(told.series, 1);
    ck_assert_uint_eq(told.attachments, 1);
    ck_assert_uint_eq(told.progress, 1);
}
END_TEST

START_TEST(pool_bounds_the_stderr_of_a_case)
{
    struct mlt_err err = MLT_ERR_INIT;
    add("noisy");
    ck_ok(run(&err));
    const char *kept = told.diagnostics[told_of("noisy")];
    ck_assert_uint_le(strlen(kept), 16 * 1024);
    ck_assert_ptr_nonnull(strstr(kept, "warning 49999"));
    ck_assert_ptr_nonnull(strstr(kept, "must not reach the pool"));
}
END_TEST

START_TEST(pool_runs_exclusive_cases_alone_and_fresh_ones_in_new_workers)
{
    struct mlt_err err = MLT_ERR_INIT;
    static const char *const names[] = {"who-1", "sleeps-1", "sleeps-2", "sleeps-3"};
    add("sleeps-alone")->exclusive = true;
    for (int i = 0; i < 4; i++)
        add(names[i]);
    add("who-2")->fresh = true;
    struct mlt_case_plan *both = add("who-3");
    both->fresh = both->exclusive = true;
    ck_ok(run(&err));
    ck_assert(!told.exclusive_shared);
    ck_assert_uint_eq(told.most_running, 2);
    ck_assert_str_ne(told.messages[told_of("who-1")], told.messages[told_of("who-2")]);
    ck_assert_str_ne(told.messages[told_of("who-2")], told.messages[told_of("who-3")]);
}
END_TEST

START_TEST(pool_uses_a_worker_for_case_after_case)
{
    struct mlt_err err = MLT_ERR_INIT;
    add("who-1");
    add("who-2");
    options.jobs = 1;
    ck_ok(run(&err));
    ck_assert_str_eq(told.messages[told_of("who-1")], told.messages[told_of("who-2")]);
}
END_TEST

START_TEST(pool_fails_fast_and_still_ends_every_case)
{
    struct mlt_err err = MLT_ERR_INIT;
    add("hangs-beside");
    add("fails");
    add("later-1");
    add("later-2");
    options.fail_fast = true;
    ck_ok(run(&err));
    ck_assert_uint_eq(told.count, 4);
    expect("fails", MLT_OUTCOME_FAILED, "3 of 7");
    expect("hangs-beside", MLT_OUTCOME_NOT_RUN, "fail-fast");
    expect("later-1", MLT_OUTCOME_NOT_RUN, "fail-fast");
    expect("later-2", MLT_OUTCOME_NOT_RUN, "fail-fast");
}
END_TEST

static void on_alarm(int number)
{
    stop = number;
}

START_TEST(pool_stops_when_it_is_interrupted)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGUSR1, &action, NULL);
    add("passes");
    add("hangs");
    add("detaches-hangs");
    add("deaf");
    options.jobs = 4;
    pid_t parent = getpid(), child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        usleep(600000);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    uint64_t start = mlt_clock_monotonic_ns();
    ck_fails(run(&err), MLT_ERR_INTERRUPTED, "interrupted by");
    ck_assert_int_eq(err.signal, SIGUSR1);
    ck_assert_uint_lt(mlt_clock_monotonic_ns() - start, 5 * SECOND_NS);
    ck_assert_uint_eq(told.count, 1);
    expect("passes", MLT_OUTCOME_PASSED, "");
    waitpid(child, NULL, 0);
}
END_TEST

START_TEST(pool_stops_when_nobody_can_write_down_what_it_says)
{
    struct mlt_err err = MLT_ERR_INIT;
    add("passes");
    add("hangs");
    told.refuse = true;
    ck_fails(run(&err), MLT_ERR_INFRA, "disk is full");
    ck_assert_uint_eq(told.count, 1);
}
END_TEST

START_TEST(pool_names_a_worker_that_is_missing)
{
    struct mlt_err err = MLT_ERR_INIT;
    char *found;
    add("passes");
    options.worker = "/no/such/worker";
    ck_fails(run(&err), MLT_ERR_INFRA, "/no/such/worker");
    setenv("MLTEST_WORKER", "/no/such/worker", 1);
    ck_fails(mlt_pool_find_worker(&arena, &found, &err), MLT_ERR_INFRA, "MLTEST_WORKER");
}
END_TEST

/* The pool itself is killed: nothing that it started may live on. */
START_TEST(pool_that_is_killed_takes_its_workers_with_it)
{
    struct mlt_err err = MLT_ERR_INIT;
    add("detaches-hangs");
    add("hangs");
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(run(&err) ? 0 : 1);
    while (mlt_fs_kind(unit_path("pids")) == MLT_FS_ABSENT)
        usleep(1000);
    ck_assert_int_ge(count_left(), 2);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    uint64_t deadline = mlt_clock_monotonic_ns() + 5 * SECOND_NS;
    while (count_left() > 0 && mlt_clock_monotonic_ns() < deadline)
        usleep(10000);
    ck_assert_int_eq(count_left(), 0);
    /* Its scratch folders are the one thing that a killed pool cannot take with it. */
    ck_ok(mlt_fs_remove_tree(unit_path("tmp"), &err));
    ck_ok(mlt_fs_mkdirs(unit_path("tmp"), &err));
}
END_TEST

static TCase *pool_cases(void)
{
    TCase *tcase = tcase_create("pool");
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, pool_says_how_each_case_ended_and_leaves_nobody_behind, 0, ENDS);
    tcase_add_test(tcase, pool_runs_all_of_them_beside_each_other);
    tcase_add_test(tcase, pool_passes_on_what_a_case_finds);
    tcase_add_test(tcase, pool_bounds_the_stderr_of_a_case);
    tcase_add_test(tcase, pool_runs_exclusive_cases_alone_and_fresh_ones_in_new_workers);
    tcase_add_test(tcase, pool_uses_a_worker_for_case_after_case);
    tcase_add_test(tcase, pool_fails_fast_and_still_ends_every_case);
    tcase_add_test(tcase, pool_stops_when_it_is_interrupted);
    tcase_add_test(tcase, pool_stops_when_nobody_can_write_down_what_it_says);
    tcase_add_test(tcase, pool_names_a_worker_that_is_missing);
    tcase_add_test(tcase, pool_that_is_killed_takes_its_workers_with_it);
    return tcase;
}

static TCase *(*const cases[])(void) = {frame_cases, family_cases, pool_cases, NULL};
const struct unit_suite unit_suite = {"runner", cases};

#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/registry/store.h"
#include "tests/unit/registry/fixture.h"

TCase *move_case(void);

static const char decision[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static struct mlt_standing standing(const char *version)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_standing now;
    ck_ok(mlt_registry_standing(registry, "m", version, &arena, &now, &err));
    return now;
}

static struct mlt_move move_to(const char *version, enum mlt_state to)
{
    return (struct mlt_move){
        .model = "m",
        .version = version,
        .digest = mlt_arena_strdup(&arena, standing(version).digest),
        .to = to,
        .removal_date = to == MLT_STATE_DEPRECATED ? "2999-12-31" : NULL,
        .decision_digest = to == MLT_STATE_DEVELOPMENT ? NULL : decision,
        .reason = "a test",
    };
}

/* As of now. */
static bool moves(const struct mlt_move *move, struct mlt_err *err)
{
    struct mlt_moment moment;
    bool raced = true;
    ck_assert(mlt_registry_moment(registry, "m", &moment, err));
    bool ok = mlt_registry_move(registry, move, &moment, &raced, err);
    ck_assert(!ok || !raced);
    return ok;
}

static void goes(const char *version, enum mlt_state to)
{
    struct mlt_err err = MLT_ERR_INIT;
    const struct mlt_move move = move_to(version, to);
    ck_ok(moves(&move, &err));
    ck_assert_int_eq(standing(version).state, to);
}

/* The record as a version of mltest wrote it that knew no times of states, or with another time. */
static void stands_since(const char *version, const char *since)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version_record record;
    bool found;
    int conflict;
    ck_ok(mlt_version_record_get(registry, "m", version, &arena, &found, &record, &err));
    record.state_since = since;
    const char *value = mlt_version_record_encode(&record, &arena, &err);
    const struct mlt_record_put put = {"m", mlt_arena_printf(&arena, "version/%s", version), value};
    ck_ok(registry->records->ops->transact(registry->records, NULL, 0, &put, 1, &conflict, &err));
}

START_TEST(a_version_walks_from_development_to_archived)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    registered("1.0.0");
    ck_assert_int_eq(standing("1.0.0").state, MLT_STATE_DEVELOPMENT);
    ck_assert_ptr_nonnull(standing("1.0.0").since);
    for (int to = MLT_STATE_ALPHA; to <= MLT_STATE_ARCHIVED; to++) {
        goes("1.0.0", (enum mlt_state)to);
        ck_assert_ptr_nonnull(standing("1.0.0").since);
        ck_assert(!standing("1.0.0").removal_date == (to != MLT_STATE_DEPRECATED));
        if (to == MLT_STATE_PRODUCTION) {
            ck_ok(mlt_registry_get(registry, "m", "latest", &arena, &v, &err));
            /* State and serving are two things. */
            ck_assert(!v.serving);
        }
    }
    ck_assert_str_eq(faults_of(NULL, NULL), "");
    ck_fails(mlt_registry_get(registry, "m", "latest", &arena, &v, &err), MLT_ERR_USAGE,
             "no latest version");
}
END_TEST

START_TEST(steps_that_the_lifecycle_lacks_move_nothing)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_move move;
    registered("1.0.0");
    registered("1.1.0-alpha");
    move = move_to("1.0.0", MLT_STATE_BETA);
    ck_fails(moves(&move, &err), MLT_ERR_USAGE, "its next step is to Alpha");
    move = move_to("1.0.0", MLT_STATE_DEVELOPMENT);
    ck_fails(moves(&move, &err), MLT_ERR_USAGE, "Development already");
    goes("1.1.0-alpha", MLT_STATE_ALPHA);
    move = move_to("1.1.0-alpha", MLT_STATE_BETA);
    ck_fails(moves(&move, &err), MLT_ERR_USAGE, "as far as an -alpha version goes");
    goes("1.1.0-alpha", MLT_STATE_DEVELOPMENT);
    ck_assert_int_eq(standing("1.0.0").state, MLT_STATE_DEVELOPMENT);
}
END_TEST

START_TEST(a_move_says_what_it_lacks)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_move move;
    registered("1.0.0");
    move = move_to("1.0.0", MLT_STATE_ALPHA);
    move.reason = " ";
    ck_fails(moves(&move, &err), MLT_ERR_USAGE, "needs a reason");
    move = move_to("1.0.0", MLT_STATE_ALPHA);
    move.decision_digest = NULL;
    ck_fails(moves(&move, &err), MLT_ERR_USAGE, "the SHA-256 of the version and of the decision");
    move = move_to("1.0.0", MLT_STATE_ALPHA);
    move.digest = decision;
    ck_fails(moves(&move, &err), MLT_ERR_EVIDENCE, "is registered as");
    move = move_to("1.0.0", MLT_STATE_ALPHA);
    move.removal_date = "2999-12-31";
    ck_fails(moves(&move, &err), MLT_ERR_USAGE, "only a version that is deprecated");
    ck_ok(mlt_registry_adopt(registry, "m", "1.0.0", "serves", &err));
    move = move_to("1.0.0", MLT_STATE_DEPRECATED);
    move.removal_date = NULL;
    ck_fails(moves(&move, &err), MLT_ERR_USAGE, "--removal YYYY-MM-DD");
    static const char *const none[] = {"2999-02-30",    "2999-1-1", "tomorrow",
                                       "2999-12-31T00", "",         NULL};
    for (size_t i = 0; none[i]; i++) {
        move.removal_date = none[i];
        ck_fails(moves(&move, &err), MLT_ERR_USAGE, "is not a day");
    }
    move.removal_date = "2023-12-31";
    ck_fails(moves(&move, &err), MLT_ERR_USAGE, "lies in the future");
    goes("1.0.0", MLT_STATE_DEPRECATED);
    move = move_to("1.0.0", MLT_STATE_ARCHIVED);
    ck_fails(moves(&move, &err), MLT_ERR_USAGE, "still serves production");
}
END_TEST

START_TEST(a_day_of_removal_begins_at_midnight_utc)
{
    struct mlt_err err = MLT_ERR_INIT;
    setenv("MLTEST_NOW", "2026-12-30T23:59:59Z", 1);
    ck_ok(mlt_removal_date_check(MLT_STATE_DEPRECATED, "2026-12-31", &err));
    setenv("MLTEST_NOW", "2026-12-31T00:00:00Z", 1);
    ck_fails(mlt_removal_date_check(MLT_STATE_DEPRECATED, "2026-12-31", &err), MLT_ERR_USAGE,
             "lies in the future");
    unsetenv("MLTEST_NOW");
}
END_TEST

START_TEST(the_time_of_a_state_is_not_the_environments)
{
    int64_t since;
    setenv("MLTEST_NOW", "2020-01-01T00:00:00Z", 1);
    registered("1.0.0");
    goes("1.0.0", MLT_STATE_ALPHA);
    unsetenv("MLTEST_NOW");
    ck_assert(mlt_clock_parse(standing("1.0.0").since, &since));
    ck_assert(mlt_clock_true_s() - since < 600);
}
END_TEST

static bool adopts(struct mlt_err *err)
{
    return mlt_registry_adopt(registry, "m", "1.1.0", "it", err);
}
static bool deploys(struct mlt_err *err)
{
    struct mlt_moment moment;
    bool raced;
    const struct mlt_deployment d = {.environment = "staging",
                                     .model = "m",
                                     .version = "1.1.0",
                                     .digest = mlt_arena_strdup(&arena, standing("1.1.0").digest),
                                     .decision_digest = decision,
                                     .reason = "it"};
    return mlt_registry_moment(registry, "m", &moment, err) &&
           mlt_registry_record_deployment(registry, &d, &moment, &raced, err);
}
static bool promotes(struct mlt_err *err)
{
    const struct mlt_move move = move_to("1.1.0", MLT_STATE_ALPHA);
    return moves(&move, err);
}
static bool registers(struct mlt_err *err)
{
    (void)err;
    registered("1.2.0");
    return true;
}
static bool (*const meanwhile[])(struct mlt_err *err) = {adopts, deploys, promotes, registers};

START_TEST(whatever_changed_since_the_moment_stops_the_move)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_moment moment;
    bool raced = false;
    registered("1.0.0");
    registered("1.1.0");
    const struct mlt_move move = move_to("1.0.0", MLT_STATE_ALPHA);
    struct mlt_deployment d = {.environment = "staging",
                               .model = "m",
                               .version = "1.0.0",
                               .digest = move.digest,
                               .decision_digest = decision,
                               .reason = "it"};
    ck_ok(mlt_registry_moment(registry, "m", &moment, &err));
    ck_ok(meanwhile[_i](&err));
    ck_ok(mlt_registry_move(registry, &move, &moment, &raced, &err));
    ck_assert(raced);
    ck_assert_int_eq(standing("1.0.0").state, MLT_STATE_DEVELOPMENT);
    raced = false;
    ck_ok(mlt_registry_record_deployment(registry, &d, &moment, &raced, &err));
    ck_assert(raced);
    goes("1.0.0", MLT_STATE_ALPHA);
}
END_TEST

START_TEST(a_cohort_is_deployed_to_without_moving_the_pointer)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_moment moment;
    struct mlt_deployment *list, d;
    size_t count;
    bool raced;
    registered("1.0.0");
    registered("1.1.0-beta");
    ck_ok(mlt_registry_adopt(registry, "m", "1.0.0", "serves", &err));
    goes("1.1.0-beta", MLT_STATE_ALPHA);
    goes("1.1.0-beta", MLT_STATE_BETA);
    d = (struct mlt_deployment){.environment = "production",
                                .model = "m",
                                .version = "1.1.0-beta",
                                .digest = mlt_arena_strdup(&arena, standing("1.1.0-beta").digest),
                                .decision_digest = decision,
                                .reason = "it"};
    ck_ok(mlt_registry_moment(registry, "m", &moment, &err));
    ck_fails(mlt_registry_record_deployment(registry, &d, &moment, &raced, &err), MLT_ERR_USAGE,
             "--cohort NAME");
    d.cohort = "first-clients";
    ck_ok(mlt_registry_record_deployment(registry, &d, &moment, &raced, &err));
    ck_assert(!raced);
    ck_ok(mlt_registry_moment(registry, "m", &moment, &err));
    ck_assert_str_eq(moment.serving, "1.0.0");
    ck_ok(mlt_registry_deployments(registry, "m", "1.1.0-beta", &arena, &list, &count, &err));
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(list[0].cohort, "first-clients");
    ck_assert_int_eq(standing("1.1.0-beta").state, MLT_STATE_BETA);
}
END_TEST

START_TEST(the_successor_is_the_release_longest_in_production)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *successor, *since;
    registered("1.0.0");
    registered("1.1.0-rc.1");
    registered("1.1.0");
    registered("1.2.0");
    ck_ok(mlt_registry_successor(registry, "m", "1.0.0", &arena, &successor, &since, &err));
    ck_assert_ptr_null(successor);
    ck_ok(mlt_registry_adopt(registry, "m", "1.1.0-rc.1", "it", &err));
    ck_ok(mlt_registry_successor(registry, "m", "1.0.0", &arena, &successor, &since, &err));
    ck_assert_ptr_null(successor);
    ck_ok(mlt_registry_adopt(registry, "m", "1.1.0", "it", &err));
    ck_ok(mlt_registry_adopt(registry, "m", "1.2.0", "it", &err));
    stands_since("1.1.0", "2026-02-01T00:00:00Z");
    stands_since("1.2.0", "2026-01-31T23:59:59Z");
    ck_ok(mlt_registry_successor(registry, "m", "1.0.0", &arena, &successor, &since, &err));
    ck_assert_str_eq(successor, "1.2.0");
    ck_assert_str_eq(since, "2026-01-31T23:59:59Z");
    stands_since("1.2.0", NULL);
    ck_ok(mlt_registry_successor(registry, "m", "1.0.0", &arena, &successor, &since, &err));
    ck_assert_str_eq(successor, "1.1.0");
    ck_ok(mlt_registry_successor(registry, "m", "1.1.0", &arena, &successor, &since, &err));
    ck_assert_str_eq(successor, "1.2.0");
    ck_assert_ptr_null(since);
    ck_ok(mlt_registry_successor(registry, "m", "1.2.0", &arena, &successor, &since, &err));
    ck_assert_ptr_null(successor);
}
END_TEST

START_TEST(adopting_again_dates_a_state_that_nobody_dated)
{
    struct mlt_err err = MLT_ERR_INIT;
    registered("1.0.0");
    ck_ok(mlt_registry_adopt(registry, "m", "1.0.0", "it", &err));
    stands_since("1.0.0", NULL);
    ck_assert_ptr_null(standing("1.0.0").since);
    ck_ok(mlt_registry_adopt(registry, "m", "1.0.0", "it", &err));
    ck_assert_ptr_nonnull(standing("1.0.0").since);
}
END_TEST

TCase *move_case(void)
{
    TCase *tc = tcase_create("move");
    tcase_add_checked_fixture(tc, registry_setup, registry_teardown);
    tcase_add_test(tc, a_version_walks_from_development_to_archived);
    tcase_add_test(tc, steps_that_the_lifecycle_lacks_move_nothing);
    tcase_add_test(tc, a_move_says_what_it_lacks);
    tcase_add_test(tc, a_day_of_removal_begins_at_midnight_utc);
    tcase_add_test(tc, the_time_of_a_state_is_not_the_environments);
    tcase_add_loop_test(tc, whatever_changed_since_the_moment_stops_the_move, 0,
                        sizeof meanwhile / sizeof *meanwhile);
    tcase_add_test(tc, a_cohort_is_deployed_to_without_moving_the_pointer);
    tcase_add_test(tc, the_successor_is_the_release_longest_in_production);
    tcase_add_test(tc, adopting_again_dates_a_state_that_nobody_dated);
    return tc;
}

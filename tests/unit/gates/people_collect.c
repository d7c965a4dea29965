#include "gates/collect/people.h"

#include <string.h>

#include "gates/collect/usage.h"
#include "harness/base/clock.h"
#include "tests/unit/gates/fixtures.h"


static struct fixture f;

static void setup(void)
{
    fixture_make(&f);
    fixture_policy(&f, "[unit_tests_passed]");
}

static void teardown(void)
{
    fixture_free(&f);
}

/* Of version 1.1.0, registered on 1 January 2026, looked at on 1 May (120 days later). */
static const struct {
    const char *text, *fault;
    long long users, idle, clients, behind;
} figures[] = {
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":3,"
     "\"last_active_at\":\"2026-04-30T23:59:59Z\",\"clients\":[]}",
     NULL, 3, 0, 0, 0},
    /* The edge of 90 days; counted by `date -d`. */
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0,"
     "\"last_active_at\":\"2026-01-31T00:00:00Z\",\"clients\":[]}",
     NULL, 0, 90, 0, 0},
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0,"
     "\"last_active_at\":\"2026-01-31T00:00:01Z\",\"clients\":[]}",
     NULL, 0, 89, 0, 0},
    /* What came after as_of nobody knows. */
    {"{\"as_of\":\"2026-04-11T00:00:00Z\",\"active_users\":0,"
     "\"last_active_at\":\"2026-01-31T00:00:00Z\",\"clients\":[]}",
     NULL, 0, 70, 0, 0},
    /* Nobody ever. */
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0,\"last_active_at\":null,"
     "\"clients\":[]}",
     NULL, 0, 120, 0, 0},
    /* A clock that is a little ahead. */
    {"{\"as_of\":\"2026-05-01T00:05:00Z\",\"active_users\":0,"
     "\"last_active_at\":\"2026-05-01T00:00:00Z\",\"clients\":[]}",
     NULL, 0, 0, 0, 0},
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0,\"last_active_at\":null,"
     "\"clients\":[{\"name\":\"a\",\"version\":\"1.0.0\"},{\"name\":\"b\",\"version\":\"1.1.0\"},"
     "{\"name\":\"c\",\"version\":\"1.1.1\"},{\"name\":\"d\",\"version\":\"1.1.0-beta\"}]}",
     NULL, 0, 120, 4, 3},
    {"", "usage figures", 0, 0, 0, 0},
    {"[]", "expected an object", 0, 0, 0, 0},
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0,\"clients\":[]}", "last_active_at", 0,
     0, 0, 0},
    {"{\"as_of\":\"today\",\"active_users\":0,\"last_active_at\":null,\"clients\":[]}", "as_of", 0,
     0, 0, 0},
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0.5,\"last_active_at\":null,"
     "\"clients\":[]}",
     "active_users", 0, 0, 0, 0},
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0,\"last_active_at\":null,"
     "\"clients\":[],\"note\":1}",
     "other fields", 0, 0, 0, 0},
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0,\"last_active_at\":null,"
     "\"clients\":[{\"name\":\"a\",\"version\":\"latest\"}]}",
     "version", 0, 0, 0, 0},
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0,\"last_active_at\":null,"
     "\"clients\":[{\"name\":\"\",\"version\":\"1.0.0\"}]}",
     "name", 0, 0, 0, 0},
    {"{\"as_of\":\"2026-05-01T00:05:01Z\",\"active_users\":0,\"last_active_at\":null,"
     "\"clients\":[]}",
     "in the future", 0, 0, 0, 0},
    {"{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0,"
     "\"last_active_at\":\"2026-05-01T00:00:01Z\",\"clients\":[]}",
     "lies after", 0, 0, 0, 0},
    {"{\"as_of\":\"2026-03-31T23:59:59Z\",\"active_users\":0,\"last_active_at\":null,"
     "\"clients\":[]}",
     "max_age of 30 days", 0, 0, 0, 0},
};

START_TEST(usage_figures_are_read_strictly)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_usage_request request = {.version = "1.1.0", .max_age_s = 30 * 86400};
    struct mlt_usage usage;
    const char *fault;
    ck_assert(mlt_clock_parse("2026-01-01T00:00:00Z", &request.registered_at_s));
    ck_assert(mlt_clock_parse("2026-05-01T00:00:00Z", &request.now_s));
    ck_ok(mlt_usage_parse(&request, figures[_i].text, strlen(figures[_i].text), &f.arena, &usage,
                          &fault, &err));
    if (figures[_i].fault) {
        ck_assert_msg(fault && strstr(fault, figures[_i].fault), "%s", fault);
        return;
    }
    ck_assert_msg(!fault, "%s", fault);
    ck_assert_int_eq(usage.active_users, figures[_i].users);
    ck_assert_int_eq(usage.idle_days, figures[_i].idle);
    ck_assert_int_eq(usage.clients, figures[_i].clients);
    ck_assert_int_eq(usage.clients_behind, figures[_i].behind);
}
END_TEST

/* Nobody ever used it, and nobody knows since when it could be used: that is no 90 days. */
START_TEST(usage_of_a_version_without_a_beginning_shows_nothing)
{
    static const char text[] = "{\"as_of\":\"2026-05-01T00:00:00Z\",\"active_users\":0,"
                               "\"last_active_at\":null,\"clients\":[]}";
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_usage_request request = {.version = "1.1.0"};
    struct mlt_usage usage;
    const char *fault;
    ck_assert(mlt_clock_parse("2026-05-01T00:00:00Z", &request.now_s));
    ck_ok(mlt_usage_parse(&request, text, strlen(text), &f.arena, &usage, &fault, &err));
    ck_assert_msg(fault && strstr(fault, "last_active_at"), "%s", fault);
}
END_TEST

START_TEST(what_an_approval_rests_on)
{
    struct mlt_err err = MLT_ERR_INIT;
    static struct mlt_evidence_record records[] = {{.kind = "security-review", .digest = "d1"},
                                                   {.kind = "design", .digest = "c1"},
                                                   {.kind = "usage", .digest = "b1", .fault = "x"},
                                                   {.kind = "incident", .digest = "c1"}};
    const struct mlt_collect_request request = {.subject = f.evidence.subject,
                                                .policy = &f.policy};
    const char **set;
    size_t count;
    f.evidence.records = records;
    f.evidence.record_count = 4;
    ck_ok(mlt_gate_evidence_set(&request, &f.evidence, "beta", &f.arena, &set, &count, &err));
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(set[0], "c1");
    ck_assert_str_eq(set[1], "d1");
    ck_assert_str_eq(set[2], f.evidence_run.sha256);
    ck_ok(mlt_gate_evidence_set(&request, &f.evidence, "design", &f.arena, &set, &count, &err));
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(set[0], "c1");
}
END_TEST

START_TEST(without_a_registry_nobody_said_anything)
{
    struct mlt_err err = MLT_ERR_INIT;
    const struct mlt_collect_request request = {.subject = f.evidence.subject,
                                                .policy = &f.policy};
    ck_ok(mlt_gate_collect_people(&request, &f.arena, &f.evidence, &err));
    ck_assert_uint_eq(f.evidence.record_count, 0);
    ck_assert_uint_eq(f.evidence.approval_count, 0);
    ck_assert_uint_eq(f.evidence.waiver_count, 0);
}
END_TEST

TCase *case_people_collect(void)
{
    TCase *tc = tcase_create("people, gathered");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, usage_figures_are_read_strictly, 0,
                        (int)(sizeof figures / sizeof *figures));
    tcase_add_test(tc, usage_of_a_version_without_a_beginning_shows_nothing);
    tcase_add_test(tc, what_an_approval_rests_on);
    tcase_add_test(tc, without_a_registry_nobody_said_anything);
    return tc;
}

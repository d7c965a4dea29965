#include "gates/decide/people.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/gates/fixtures.h"

/* Names of people by their first letter: "a" is ann@example.org. */
static const char *const ann = "ann@example.org", *const bob = "bob@example.org",
                         *const cat = "cat@example.org", *const dan = "dan@example.org",
                         *const max = "max@example.org";

static struct fixture f;
static struct mlt_criterion_work w;
static struct mlt_evidence_approval approvals[8];
static struct mlt_evidence_record records[8];
static struct mlt_evidence_waiver waivers[8];

static const char *person_of(char letter)
{
    const char *const all[] = {ann, bob, cat, dan, max};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i][0] == letter)
            return all[i];
    return NULL;
}

/* Lead: ann, bob. Board: ann, bob, cat, max. Security: dan. Owner: max. */
static const char *const leads[] = {"ann@example.org", "bob@example.org"};
static const char *const board[] = {"ann@example.org", "bob@example.org", "cat@example.org",
                                    "max@example.org"};
static const char *const security[] = {"dan@example.org"};
static const struct mlt_policy_role roles[] = {
    {"Lead", leads, 2}, {"Board", board, 4}, {"Security", security, 1}};
static const char *const waiver_roles[] = {"Board"};

static void setup(void)
{
    fixture_make(&f);
    f.policy = (struct mlt_policy){.file = "gates.yaml"};
    f.policy.people.roles = roles;
    f.policy.people.role_count = 3;
    f.policy.people.waiver_roles = waiver_roles;
    f.policy.people.waiver_role_count = 1;
    f.policy.people.max_waiver_s = 30 * 86400;
    f.evidence.lifecycle.looked = true;
    f.evidence.lifecycle.created_by = "Max@Example.org";
    f.evidence.approvals = approvals;
    f.evidence.records = records;
    f.evidence.waivers = waivers;
    w = (struct mlt_criterion_work){
        .policy = &f.policy, .evidence = &f.evidence, .arena = &f.arena};
}

static void teardown(void)
{
    fixture_free(&f);
}

/* What was said, newest first, a word each: a letter for the person, + or -, and for what is void
 * ? or for what was altered !. A word that begins with '.' is about another stage. */
static void say(const char *words)
{
    for (; *words; words += strcspn(words, " "), words += strspn(words, " ")) {
        struct mlt_evidence_approval *a = &approvals[f.evidence.approval_count++];
        const char *at = words + (*words == '.');
        *a = (struct mlt_evidence_approval){
            .digest = "0123456789abcdef", .stage = *words == '.' ? "alpha" : "beta",
            .person = person_of(at[0]), .at = "2026-01-01T00:00:00Z", .is_rejection = at[1] == '-'};
        if (at[2] == '?' || at[2] == '!')
            a->fault = at[2] == '?' ? "the key had expired" : "the signature is not one";
        a->tampered = at[2] == '!';
    }
}

static const char *const lead_role[] = {"Lead"}, *const board_role[] = {"Board"},
                         *const both_roles[] = {"Lead", "Board"}, *const no_role[] = {"Nobody"};

static const struct {
    const char *said;
    const char *const *roles;
    size_t role_count;
    unsigned quorum;
    enum mlt_verdict verdict;
    const char *phrase;
} asked[] = {
    {"a+", lead_role, 1, 1, MLT_VERDICT_PASS, "approved for beta by ann@example.org (Lead)"},
    {"", lead_role, 1, 1, MLT_VERDICT_INVALID, "ann@example.org, bob@example.org could"},
    {".a+", lead_role, 1, 1, MLT_VERDICT_INVALID, "0 of 1 approvals for beta"},
    {"c+", lead_role, 1, 1, MLT_VERDICT_INVALID, "0 of 1"},
    {"a+ b+", lead_role, 1, 2, MLT_VERDICT_PASS, "bob"},
    {"a+", lead_role, 1, 2, MLT_VERDICT_INVALID, "1 more as Lead (bob@example.org could)"},
    {"a+ a+", lead_role, 1, 2, MLT_VERDICT_INVALID, "1 of 2"},
    /* Nobody is counted twice; who sits where is found, not guessed. */
    {"a+", both_roles, 2, 1, MLT_VERDICT_INVALID, "1 of 2"},
    {"a+ c+", both_roles, 2, 1, MLT_VERDICT_PASS, "cat@example.org (Board)"},
    {"c+ a+", both_roles, 2, 1, MLT_VERDICT_PASS, "ann@example.org (Lead)"},
    {"b+ a+", both_roles, 2, 1, MLT_VERDICT_PASS, "approved"},
    {"a+ b+ c+", both_roles, 2, 2, MLT_VERDICT_INVALID, "3 of 4"},
    /* max made it. */
    {"m+", board_role, 1, 1, MLT_VERDICT_INVALID, "max@example.org made the version"},
    {"m+ c+", board_role, 1, 2, MLT_VERDICT_INVALID, "1 of 2"},
    {"a+?", lead_role, 1, 1, MLT_VERDICT_INVALID, "that of ann@example.org is void: the key"},
    {"a+!", lead_role, 1, 1, MLT_VERDICT_INVALID, "cannot be trusted"},
    {"b+ a-!", lead_role, 1, 1, MLT_VERDICT_INVALID, "cannot be trusted"},
    {"b+ .a-!", lead_role, 1, 1, MLT_VERDICT_PASS, "approved"},
    {"a-", lead_role, 1, 1, MLT_VERDICT_FAIL, "ann@example.org rejected it for beta"},
    {"b+ a-", lead_role, 1, 1, MLT_VERDICT_FAIL, "rejected"},
    {"a+ a-", lead_role, 1, 1, MLT_VERDICT_PASS, "approved"},
    {"a- a+", lead_role, 1, 1, MLT_VERDICT_FAIL, "rejected"},
    {"a+? a-", lead_role, 1, 1, MLT_VERDICT_FAIL, "rejected"},
    {"b+ a-?", lead_role, 1, 1, MLT_VERDICT_PASS, "approved"},
    {"a+ d-", lead_role, 1, 1, MLT_VERDICT_PASS, "approved"},
    {"m- a+", board_role, 1, 1, MLT_VERDICT_FAIL, "max@example.org rejected"},
    {"a+", no_role, 1, 1, MLT_VERDICT_INVALID, "nobody holds it"},
    {"a+", lead_role, 0, 1, MLT_VERDICT_INVALID, "at least one role"},
    {"a+", lead_role, 1, 0, MLT_VERDICT_INVALID, "at least one role"},
    {"a+", lead_role, 1, 4000000000u, MLT_VERDICT_INVALID, "at most 1000"},
};

START_TEST(approvals_by_role_and_quorum)
{
    struct mlt_err err = MLT_ERR_INIT;
    say(asked[_i].said);
    ck_ok(mlt_decide_approval(&w, "beta", asked[_i].roles, asked[_i].role_count, asked[_i].quorum,
                              &err));
    ck_assert_msg(w.verdict == asked[_i].verdict && strstr(w.reason, asked[_i].phrase),
                  "%s: %s: %s", asked[_i].said, mlt_verdict_name(w.verdict), w.reason);
}
END_TEST

START_TEST(without_a_maker_nobody_approves_reviews_or_waives)
{
    struct mlt_err err = MLT_ERR_INIT;
    say("a+");
    f.evidence.lifecycle.created_by = _i ? "" : NULL;
    ck_ok(mlt_decide_approval(&w, "beta", lead_role, 1, 1, &err));
    ck_assert_int_eq(w.verdict, MLT_VERDICT_INVALID);
    records[0] = (struct mlt_evidence_record){
        .kind = "code-review", .digest = "0", .outcome = "approved", .person = ann};
    f.evidence.record_count = 1;
    ck_ok(mlt_decide_record(&w, "code-review", &err));
    ck_assert_int_eq(w.verdict, MLT_VERDICT_INVALID);
}
END_TEST

/* Seats that people may take as bits, and how many can be seated: by hand (Hall's theorem). */
static const struct {
    size_t people, seats;
    unsigned may[4];
    size_t seated;
} halls[] = {
    {0, 2, {0}, 0},
    {1, 2, {3}, 1},
    {2, 2, {1, 1}, 1},
    {2, 2, {3, 1}, 2},
    {3, 3, {1, 3, 7}, 3},
    {3, 3, {7, 3, 1}, 3},
    {3, 3, {1, 1, 6}, 2},
    {4, 3, {3, 3, 3, 4}, 3},
    {4, 4, {6, 5, 3, 8}, 4},
    {4, 4, {8, 8, 8, 7}, 2},
};

START_TEST(as_many_people_as_can_be_are_seated)
{
    bool may[16], tried[4];
    long seated[4];
    size_t seats = halls[_i].seats;
    for (size_t p = 0; p < halls[_i].people; p++)
        for (size_t s = 0; s < seats; s++)
            may[p * seats + s] = halls[_i].may[p] >> s & 1;
    size_t count = mlt_seats_fill(may, halls[_i].people, seats, seated, tried), taken = 0;
    ck_assert_uint_eq(count, halls[_i].seated);
    for (size_t s = 0; s < seats; s++) {
        if (seated[s] == MLT_SEAT_EMPTY)
            continue;
        taken++;
        ck_assert(may[(size_t)seated[s] * seats + s]);
        for (size_t other = 0; other < s; other++)
            ck_assert_int_ne(seated[other], seated[s]);
    }
    ck_assert_uint_eq(taken, count);
}
END_TEST

/* Of up to four people and four seats all 65,536 ways, against trying every order of the people. */
static size_t best(unsigned may, unsigned free, int person)
{
    if (person == 4)
        return 0;
    size_t most = best(may, free, person + 1);
    for (int s = 0; s < 4; s++)
        if (free >> s & 1 && may >> (person * 4 + s) & 1) {
            size_t with = 1 + best(may, free & ~(1u << s), person + 1);
            most = with > most ? with : most;
        }
    return most;
}

START_TEST(seating_is_best_in_every_hall_of_four)
{
    for (unsigned bits = 0; bits < 65536; bits++) {
        bool may[16], tried[4];
        long seated[4];
        for (int i = 0; i < 16; i++)
            may[i] = bits >> i & 1;
        ck_assert_uint_eq(mlt_seats_fill(may, 4, 4, seated, tried), best(bits, 15, 0));
    }
}
END_TEST

/* Records, newest first, a word each: person, outcome's first letter, then ? void or ! altered. */
static void file_records(const char *kind, const char *words)
{
    static const char *const outcomes[] = {"approved", "rejected", "not-applicable",
                                           "done",     "passed",   "failed"};
    for (; *words; words += strcspn(words, " "), words += strspn(words, " ")) {
        struct mlt_evidence_record *r = &records[f.evidence.record_count++];
        *r = (struct mlt_evidence_record){.kind = kind, .digest = "0123456789abcdef",
                                          .person = person_of(words[0])};
        for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
            if (outcomes[i][0] == words[1])
                r->outcome = outcomes[i];
        if (words[2] == '?' || words[2] == '!')
            r->fault = words[2] == '?' ? "the key had expired" : "the signature is not one";
        r->tampered = words[2] == '!';
    }
}

static const struct {
    const char *kind, *said;
    enum mlt_verdict verdict;
    const char *phrase;
} reviews[] = {
    {"security-review", "aa", MLT_VERDICT_PASS, "security-review: approved by ann"},
    {"security-review", "ar", MLT_VERDICT_FAIL, "rejected by ann"},
    {"security-review", "aa br", MLT_VERDICT_PASS, "approved by ann"},
    {"security-review", "ar ba", MLT_VERDICT_FAIL, "rejected by ann"},
    {"security-review", "", MLT_VERDICT_INVALID, "mltest evidence add security-review m@1.1.0"},
    {"security-review", "ma", MLT_VERDICT_INVALID, "who made the version"},
    {"security-review", "ma ba", MLT_VERDICT_PASS, "approved by bob"},
    {"security-review", "aa?", MLT_VERDICT_INVALID, "the key had expired"},
    {"security-review", "aa? ba", MLT_VERDICT_PASS, "approved by bob"},
    {"security-review", "aa! ba", MLT_VERDICT_INVALID, "the signature is not one"},
    {"security-review", "ba aa!", MLT_VERDICT_PASS, "approved by bob"},
    {"ethics-review", "an", MLT_VERDICT_PASS, "not-applicable by ann"},
    {"ethics-review", "", MLT_VERDICT_INVALID, "no ethics-review"},
    {"runbook-rehearsal", "mp", MLT_VERDICT_PASS, "passed by max"},
    {"runbook-rehearsal", "af", MLT_VERDICT_FAIL, "failed by ann"},
    {"migration-path", "md", MLT_VERDICT_PASS, "done by max"},
    {"horoscope", "ad", MLT_VERDICT_INVALID, "there is no record"},
};

START_TEST(records_by_the_newest_that_counts)
{
    struct mlt_err err = MLT_ERR_INIT;
    file_records("code-review", "ca");
    file_records(reviews[_i].kind, reviews[_i].said);
    ck_ok(mlt_decide_record(&w, reviews[_i].kind, &err));
    ck_assert_msg(w.verdict == reviews[_i].verdict && strstr(w.reason, reviews[_i].phrase),
                  "%s: %s", mlt_verdict_name(w.verdict), w.reason);
}
END_TEST

static const struct {
    const char *criterion, *person, *expires, *fault;
    enum mlt_verdict was, becomes;
    const char *phrase;
} excuses[] = {
    {"c", "a", "2026-01-31T00:00:00Z", NULL, MLT_VERDICT_FAIL, MLT_VERDICT_PASS,
     "waived by ann@example.org until 2026-01-31T00:00:00Z: why (ML-1, statement 0123456789ab); "
     "without the waiver fail: it was so"},
    {"c", "a", "2026-01-31T00:00:00Z", NULL, MLT_VERDICT_INCONCLUSIVE, MLT_VERDICT_PASS,
     "without the waiver inconclusive"},
    {"c", "a", "2026-01-31T00:00:00Z", NULL, MLT_VERDICT_INVALID, MLT_VERDICT_INVALID, "it was so"},
    {"c", "a", "2026-01-31T00:00:00Z", NULL, MLT_VERDICT_PASS, MLT_VERDICT_PASS, "it was so"},
    {"C", "a", "2026-01-31T00:00:00Z", NULL, MLT_VERDICT_FAIL, MLT_VERDICT_FAIL, "it was so"},
    {"c", "d", "2026-01-31T00:00:00Z", NULL, MLT_VERDICT_FAIL, MLT_VERDICT_FAIL, "no role"},
    {"c", "m", "2026-01-31T00:00:00Z", NULL, MLT_VERDICT_FAIL, MLT_VERDICT_FAIL,
     "they made the version"},
    {"c", "a", "2026-01-31T00:00:01Z", NULL, MLT_VERDICT_FAIL, MLT_VERDICT_FAIL, "for longer"},
    {"c", "a", NULL, NULL, MLT_VERDICT_FAIL, MLT_VERDICT_FAIL, "for longer"},
    {"c", "a", "2026-01-31T00:00:00Z", "it expired", MLT_VERDICT_FAIL, MLT_VERDICT_FAIL,
     "(the waiver of ann@example.org does nothing: it expired)"},
};

START_TEST(waivers_excuse_a_fail_and_never_an_invalid)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_criterion_result result = {
        .criterion = "c", .verdict = excuses[_i].was, .reason = "it was so"};
    waivers[0] = (struct mlt_evidence_waiver){.digest = "0123456789abcdef",
                                              .criterion = excuses[_i].criterion,
                                              .person = person_of(excuses[_i].person[0]),
                                              .reason = "why",
                                              .ticket = "ML-1",
                                              .expires = excuses[_i].expires,
                                              .at = "2026-01-01T00:00:00Z",
                                              .fault = excuses[_i].fault};
    f.evidence.waiver_count = 1;
    ck_ok(mlt_decide_waivers(&f.policy, &f.evidence, &result, &f.arena, &err));
    ck_assert_msg(result.verdict == excuses[_i].becomes && strstr(result.reason, excuses[_i].phrase),
                  "%s: %s", mlt_verdict_name(result.verdict), result.reason);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

TCase *case_people_decide(void)
{
    TCase *tc = tcase_create("people, decided");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, approvals_by_role_and_quorum, 0, COUNT(asked));
    tcase_add_loop_test(tc, without_a_maker_nobody_approves_reviews_or_waives, 0, 2);
    tcase_add_loop_test(tc, as_many_people_as_can_be_are_seated, 0, COUNT(halls));
    tcase_add_test(tc, seating_is_best_in_every_hall_of_four);
    tcase_add_loop_test(tc, records_by_the_newest_that_counts, 0, COUNT(reviews));
    tcase_add_loop_test(tc, waivers_excuse_a_fail_and_never_an_invalid, 0, COUNT(excuses));
    return tc;
}

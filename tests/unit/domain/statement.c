#include "harness/domain/statement.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/suite.h"

/* SHA-256 of "a" and of "b" (FIPS 180-4; sha256sum of GNU coreutils), as any digests. */
#define A "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
#define B "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"

static struct mlt_arena arena;
static struct mlt_buf text;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    text = (struct mlt_buf)MLT_BUF_INIT;
}

static void teardown(void)
{
    mlt_buf_free(&text);
    mlt_arena_free(&arena);
}

static const char *const evidence[] = {B, A};
static const char *const tickets[] = {"ML-12", "ML-13"};

/* One whole statement of each kind, by its number. */
static struct mlt_statement whole(int kind)
{
    struct mlt_statement s = {.kind = (enum mlt_statement_kind)kind,
                              .model = "ad-score-predictor",
                              .version = "1.1.0",
                              .digest = A,
                              .artifact_digest = B,
                              .person = "ann@example.org",
                              .reason = "looks good",
                              .at = "2026-01-02T03:04:05Z"};
    bool judges = kind == MLT_STATEMENT_APPROVAL || kind == MLT_STATEMENT_REJECTION;
    if (judges)
        s.stage = "beta";
    if (judges || kind == MLT_STATEMENT_WAIVER) {
        s.policy = A;
        s.evidence = evidence;
        s.evidence_count = 2;
    }
    if (kind == MLT_STATEMENT_REVOCATION)
        s.revokes = B;
    if (kind == MLT_STATEMENT_WAIVER) {
        s.criterion = "rmse within 5% of production";
        s.expires = "2026-02-01T00:00:00Z";
        s.tickets = tickets;
        s.ticket_count = 2;
    }
    if (kind == MLT_STATEMENT_RECORD) {
        s.record = "security-review";
        s.outcome = "approved";
        s.file_name = "review.pdf";
        s.file_bytes = 1234;
        s.file_sha256 = B;
    }
    if (kind == MLT_STATEMENT_POLICY) {
        s.version = s.digest = s.artifact_digest = "";
        s.policy = B;
    }
    return s;
}

/* Written out by hand from the layout in statement.h. */
static const char *const written[] = {
    [MLT_STATEMENT_APPROVAL] =
        "{\"mltest_statement\":1,\"kind\":\"approval\",\"model\":\"ad-score-predictor\","
        "\"version\":\"1.1.0\",\"digest\":\"" A "\",\"artifact_digest\":\"" B "\","
        "\"stage\":\"beta\",\"policy\":\"" A "\",\"evidence\":[\"" B "\",\"" A "\"],"
        "\"person\":\"ann@example.org\",\"reason\":\"looks good\","
        "\"at\":\"2026-01-02T03:04:05Z\"}\n",
    [MLT_STATEMENT_WAIVER] =
        "{\"mltest_statement\":1,\"kind\":\"waiver\",\"model\":\"ad-score-predictor\","
        "\"version\":\"1.1.0\",\"digest\":\"" A "\",\"artifact_digest\":\"" B "\","
        "\"policy\":\"" A "\",\"evidence\":[\"" B "\",\"" A "\"],"
        "\"criterion\":\"rmse within 5% of production\",\"expires\":\"2026-02-01T00:00:00Z\","
        "\"person\":\"ann@example.org\",\"reason\":\"looks good\","
        "\"tickets\":[\"ML-12\",\"ML-13\"],\"at\":\"2026-01-02T03:04:05Z\"}\n",
    [MLT_STATEMENT_RECORD] =
        "{\"mltest_statement\":1,\"kind\":\"record\",\"model\":\"ad-score-predictor\","
        "\"version\":\"1.1.0\",\"digest\":\"" A "\",\"artifact_digest\":\"" B "\","
        "\"record\":\"security-review\",\"outcome\":\"approved\","
        "\"file\":{\"name\":\"review.pdf\",\"bytes\":1234,\"sha256\":\"" B "\"},"
        "\"person\":\"ann@example.org\",\"reason\":\"looks good\","
        "\"at\":\"2026-01-02T03:04:05Z\"}\n",
    [MLT_STATEMENT_POLICY] =
        "{\"mltest_statement\":1,\"kind\":\"policy\",\"model\":\"ad-score-predictor\","
        "\"policy\":\"" B "\",\"person\":\"ann@example.org\",\"reason\":\"looks good\","
        "\"at\":\"2026-01-02T03:04:05Z\"}\n",
};

START_TEST(statement_reads_back_as_it_was_written)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement s = whole(_i), back;
    ck_ok(mlt_statement_encode(&s, &text, &err));
    if ((size_t)_i < sizeof written / sizeof *written && written[_i])
        ck_assert_str_eq(text.data, written[_i]);
    ck_ok(mlt_statement_decode(text.data, text.len, &arena, &back, &err));
    ck_assert_int_eq(back.kind, _i);
    ck_assert_str_eq(back.version, s.version);
    ck_assert_str_eq(back.person, s.person);
    ck_assert_uint_eq(back.evidence_count, s.evidence_count);
    ck_assert_uint_eq(back.ticket_count, s.ticket_count);
    ck_assert_uint_eq(back.file_bytes, s.file_bytes);
}
END_TEST

START_TEST(statement_is_another_or_none_after_any_bit_is_flipped)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement s = whole(_i), back;
    ck_ok(mlt_statement_encode(&s, &text, &err));
    for (size_t bit = 0; bit < text.len * 8; bit++) {
        struct mlt_buf again = MLT_BUF_INIT;
        text.data[bit / 8] = (char)(text.data[bit / 8] ^ 1 << bit % 8);
        if (mlt_statement_decode(text.data, text.len, &arena, &back, &err)) {
            ck_ok(mlt_statement_encode(&back, &again, &err));
            ck_assert_uint_eq(again.len, text.len);
            ck_assert_int_eq(memcmp(again.data, text.data, text.len), 0);
        } else {
            ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
        }
        text.data[bit / 8] = (char)(text.data[bit / 8] ^ 1 << bit % 8);
        mlt_buf_free(&again);
    }
}
END_TEST

static const char *const twice[] = {A, A};
static const char *const bad_ticket[] = {"ML\n12"};
static char long_reason[2002];

static void no_model(struct mlt_statement *s) { s->model = NULL; }
static void star_model(struct mlt_statement *s) { s->model = "*"; }
static void path_model(struct mlt_statement *s) { s->model = "../m"; }
static void half_version(struct mlt_statement *s) { s->digest = ""; }
static void odd_version(struct mlt_statement *s) { s->version = "1.1"; }
static void short_digest(struct mlt_statement *s) { s->digest = "abc"; }
static void no_stage(struct mlt_statement *s) { s->stage = NULL; }
static void line_stage(struct mlt_statement *s) { s->stage = "be\nta"; }
static void no_policy(struct mlt_statement *s) { s->policy = ""; }
static void evidence_twice(struct mlt_statement *s) { s->evidence = twice; }
static void a_criterion(struct mlt_statement *s) { s->criterion = "c", s->expires = s->at; }
static void a_file(struct mlt_statement *s) { s->file_name = "f", s->file_sha256 = A; }
static void a_revocation(struct mlt_statement *s) { s->revokes = A; }
static void no_person(struct mlt_statement *s) { s->person = ""; }
static void option_person(struct mlt_statement *s) { s->person = "-Overify-time=20200101"; }
static void pattern_person(struct mlt_statement *s) { s->person = "*@example.org"; }
static void two_persons(struct mlt_statement *s) { s->person = "a@b,c@d"; }
static void line_person(struct mlt_statement *s) { s->person = "a@b\nc@d"; }
static void no_reason(struct mlt_statement *s) { s->reason = ""; }
static void blank_reason(struct mlt_statement *s) { s->reason = " "; }
static void escape_reason(struct mlt_statement *s) { s->reason = "\x1b[2J"; }
static void turned_reason(struct mlt_statement *s) { s->reason = "a\xe2\x80\xae" "b"; }
static void broken_reason(struct mlt_statement *s) { s->reason = "\xff"; }
static void endless_reason(struct mlt_statement *s)
{
    memset(long_reason, 'x', sizeof long_reason - 1);
    s->reason = long_reason;
}
static void line_ticket(struct mlt_statement *s) { s->tickets = bad_ticket, s->ticket_count = 1; }
static void odd_time(struct mlt_statement *s) { s->at = "yesterday"; }
static void no_ticket(struct mlt_statement *s) { s->ticket_count = 0; }
static void no_expiry(struct mlt_statement *s) { s->expires = NULL; }
static void odd_expiry(struct mlt_statement *s) { s->expires = "never"; }
static void odd_record(struct mlt_statement *s) { s->record = "horoscope"; }
static void odd_outcome(struct mlt_statement *s) { s->outcome = "passed"; }
static void usage_alone(struct mlt_statement *s)
{
    s->record = "usage", s->outcome = "done", s->file_name = s->file_sha256 = NULL;
    s->file_bytes = 0;
}
static void path_file(struct mlt_statement *s) { s->file_name = "../f"; }
static void dot_file(struct mlt_statement *s) { s->file_name = ".."; }
static void half_file(struct mlt_statement *s) { s->file_sha256 = NULL; }
static void no_revokes(struct mlt_statement *s) { s->revokes = NULL; }
static void version_of_policy(struct mlt_statement *s)
{
    s->version = "1.1.0", s->digest = A, s->artifact_digest = A;
}

enum {
    APPROVAL = MLT_STATEMENT_APPROVAL,
    WAIVER = MLT_STATEMENT_WAIVER,
    RECORD = MLT_STATEMENT_RECORD,
};
static const struct {
    int kind;
    void (*bend)(struct mlt_statement *s);
    const char *phrase;
} refused[] = {
    {APPROVAL, no_model, "\"model\""},
    {APPROVAL, star_model, "\"model\""},
    {APPROVAL, path_model, "\"model\""},
    {APPROVAL, half_version, "\"artifact_digest\""},
    {APPROVAL, odd_version, "\"version\""},
    {APPROVAL, short_digest, "\"digest\""},
    {APPROVAL, no_stage, "lacks \"stage\""},
    {APPROVAL, line_stage, "\"stage\""},
    {APPROVAL, no_policy, "lacks \"policy\""},
    {APPROVAL, evidence_twice, "\"evidence\""},
    {APPROVAL, a_criterion, "says no \"criterion\""},
    {APPROVAL, a_file, "says no \"file\""},
    {APPROVAL, a_revocation, "says no \"revokes\""},
    {APPROVAL, no_person, "\"person\""},
    {APPROVAL, option_person, "\"person\""},
    {APPROVAL, pattern_person, "\"person\""},
    {APPROVAL, two_persons, "\"person\""},
    {APPROVAL, line_person, "\"person\""},
    {APPROVAL, no_reason, "\"reason\""},
    {APPROVAL, blank_reason, "\"reason\""},
    {APPROVAL, escape_reason, "\"reason\""},
    {APPROVAL, turned_reason, "\"reason\""},
    {APPROVAL, broken_reason, "\"reason\""},
    {APPROVAL, endless_reason, "\"reason\""},
    {APPROVAL, line_ticket, "\"tickets\""},
    {APPROVAL, odd_time, "\"at\""},
    {WAIVER, no_ticket, "needs a ticket"},
    {WAIVER, no_expiry, "\"expires\""},
    {WAIVER, odd_expiry, "\"expires\""},
    {RECORD, odd_record, "\"record\""},
    {RECORD, odd_outcome, "\"outcome\""},
    {RECORD, usage_alone, "needs a file"},
    {RECORD, path_file, "\"file\""},
    {RECORD, dot_file, "\"file\""},
    {RECORD, half_file, "\"file\""},
    {MLT_STATEMENT_REVOCATION, no_revokes, "lacks \"revokes\""},
    {MLT_STATEMENT_POLICY, version_of_policy, "says no \"version\""},
    {MLT_STATEMENT_NONE, no_stage, "\"kind\""},
};

START_TEST(statement_with_a_fault_is_not_written)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement s = whole(refused[_i].kind);
    refused[_i].bend(&s);
    ck_fails(mlt_statement_encode(&s, &text, &err), MLT_ERR_USAGE, refused[_i].phrase);
}
END_TEST

static const struct {
    const char *from, *to;
} respelled[] = {
    {"{\"mltest_statement\":1,", "{\"mltest_statement\":2,"},
    {"{\"mltest_statement\":1,", "{\"mltest_statement\":1,\"more\":1,"},
    {"{\"mltest_statement\":1,", "{\"mltest_statement\":1.0,"},
    {"{\"mltest_statement\":1,", "{ \"mltest_statement\":1,"},
    {"\"kind\":\"approval\"", "\"kind\":\"none\""},
    {"\"kind\":\"approval\"", "\"kind\":\"oracle\""},
    {"looks good", "looks g\\u006fod"},
    {"\"reason\"", "\"tickets\":[],\"reason\""},
    {"\"stage\":\"beta\"", "\"stage\":\"\""},
    {"\"stage\":\"beta\"", "\"stage\":1"},
    {"\"evidence\":[", "\"evidence\":[1,"},
    {"Z\"}\n", "Z\"}\n\n"},
    {"Z\"}\n", "Z\"}"},
};

START_TEST(statement_spelled_otherwise_is_not_read)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement back;
    const char *good = written[MLT_STATEMENT_APPROVAL], *at = strstr(good, respelled[_i].from);
    ck_assert_ptr_nonnull(at);
    mlt_buf_append(&text, good, (size_t)(at - good));
    mlt_buf_puts(&text, respelled[_i].to);
    mlt_buf_puts(&text, at + strlen(respelled[_i].from));
    ck_fails(mlt_statement_decode(text.data, text.len, &arena, &back, &err), MLT_ERR_EVIDENCE,
             "a statement");
}
END_TEST

START_TEST(every_kind_of_record_is_found_by_its_name)
{
    size_t count = 0;
    for (const struct mlt_record_kind *kind = mlt_record_kinds; kind->name; kind++, count++) {
        ck_assert_ptr_eq(mlt_record_kind_find(kind->name), kind);
        ck_assert_ptr_nonnull(kind->outcomes[0]);
    }
    ck_assert_uint_eq(count, 12);
    ck_assert_ptr_null(mlt_record_kind_find("Security-Review"));
}
END_TEST

TCase *statement_case(void);
TCase *statement_case(void)
{
    TCase *tc = tcase_create("statement");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, statement_reads_back_as_it_was_written, 1, MLT_STATEMENT_POLICY + 1);
    tcase_add_loop_test(tc, statement_is_another_or_none_after_any_bit_is_flipped, 1,
                        MLT_STATEMENT_POLICY + 1);
    tcase_add_loop_test(tc, statement_with_a_fault_is_not_written, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_loop_test(tc, statement_spelled_otherwise_is_not_read, 0,
                        (int)(sizeof respelled / sizeof *respelled));
    tcase_add_test(tc, every_kind_of_record_is_found_by_its_name);
    return tc;
}

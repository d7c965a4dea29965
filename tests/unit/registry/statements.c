#include "harness/registry/statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "harness/base/fs.h"
#include "harness/ledger/sshsig.h"
#include "harness/registry/log.h"
#include "harness/registry/store.h"
#include "tests/unit/registry/fixture.h"

TCase *statements_case(void);

/* Signatures are made by ssh-keygen; SHA-256 of "x" by sha256sum. */
#define X "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"

static const char *signers;
static struct mlt_version version;

static void setup(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf key = MLT_BUF_INIT;
    char command[1024];
    registry_setup();
    registered("1.0.0");
    ck_ok(mlt_registry_get(registry, "m", "1.0.0", &arena, &version, &err));
    snprintf(command, sizeof command, "ssh-keygen -q -t ed25519 -N '' -f %s", unit_path("key"));
    ck_assert_int_eq(system(command), 0);
    ck_ok(mlt_fs_read(unit_path("key.pub"), 4096, &key, &err));
    signers = mlt_arena_printf(&arena, "ann@example.org %s", key.data);
    mlt_buf_free(&key);
}

static struct mlt_statement statement(enum mlt_statement_kind kind)
{
    struct mlt_statement s = {.kind = kind, .model = "m", .version = "1.0.0",
                              .digest = version.digest, .artifact_digest = version.artifact_digest,
                              .person = "ann@example.org", .reason = "why",
                              .at = "2026-01-02T03:04:05Z"};
    if (kind == MLT_STATEMENT_APPROVAL) {
        s.stage = "beta";
        s.policy = X;
    } else if (kind == MLT_STATEMENT_RECORD) {
        s.record = "design";
        s.outcome = "done";
    } else if (kind == MLT_STATEMENT_POLICY) {
        s.version = s.digest = s.artifact_digest = "";
        s.policy = X;
    }
    return s;
}

/* Signs and adds; the statement's digest, or NULL with `err` set. */
static const char *add(const struct mlt_statement *s, const char *file, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT, signature = MLT_BUF_INIT;
    char *digest = mlt_arena_alloc(&arena, MLT_SHA256_HEX);
    struct mlt_err made = MLT_ERR_INIT;
    ck_assert(mlt_statement_encode(s, &text, &made));
    ck_assert_msg(mlt_sshsig_sign(unit_path("key"), MLT_STATEMENT_NAMESPACE, text.data, text.len,
                                  &signature, &made), "%s", made.text);
    const struct mlt_new_statement new = {.text = text.data, .len = text.len,
                                          .signature = signature.data, .signers = signers,
                                          .file = file};
    bool ok = mlt_registry_add_statement(registry, &new, digest, err);
    mlt_buf_free(&text);
    mlt_buf_free(&signature);
    return ok ? digest : NULL;
}

static struct mlt_stored_statement *list(size_t *count)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_stored_statement *all;
    ck_ok(mlt_registry_statements(registry, "m", "1.0.0", &arena, &all, count, &err));
    return all;
}

static bool count_entry(void *context, const struct mlt_log_entry *entry, const char *json,
                        struct mlt_err *err)
{
    size_t *count = context;
    (void)err;
    ck_assert_ptr_nonnull(strstr(json, "\"seal\""));
    ck_assert_str_eq(entry->version, "1.0.0");
    ck_assert_uint_eq(entry->approver_count, 1);
    ck_assert_str_eq(entry->approvers[0], "ann@example.org");
    ++*count;
    return true;
}

START_TEST(a_statement_is_kept_with_its_log_entry)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement s = statement(MLT_STATEMENT_APPROVAL);
    const struct mlt_log_filter filter = {.model = "m", .what = "approve"};
    const char *digest = add(&s, NULL, &err), *fault;
    size_t count, entries = 0;
    bool tampered;
    ck_assert_msg(digest != NULL, "%s", err.text);
    struct mlt_stored_statement *all = list(&count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(all[0].digest, digest);
    ck_assert_str_eq(all[0].about, "beta");
    ck_assert_ptr_null(all[0].fault);
    ck_ok(mlt_stored_statement_verify(&all[0], "m", signers, &arena, &fault, &tampered, &err));
    ck_assert_ptr_null(fault);
    ck_ok(mlt_stored_statement_verify(&all[0], "m", "", &arena, &fault, &tampered, &err));
    ck_assert(fault && !tampered);
    ck_ok(mlt_stored_statement_verify(&all[0], "n", signers, &arena, &fault, &tampered, &err));
    ck_assert(fault && tampered);
    ck_ok(mlt_registry_log_read(registry, &filter, count_entry, &entries, &err));
    ck_assert_uint_eq(entries, 1);
}
END_TEST

/* A key counts at the time when the statement was logged, whatever the clock says now. */
static const struct {
    const char *logged_at, *options;
    bool good;
} moments[] = {
    {"2019-12-31T23:59:59Z", "valid-before=\"20200101Z\"", true},
    {"2020-01-01T00:00:01Z", "valid-before=\"20200101Z\"", false},
    {"2019-12-31T23:59:59Z", "valid-after=\"20200101Z\"", false},
    {"2020-01-01T00:00:01Z", "valid-after=\"20200101Z\"", true},
};

START_TEST(a_key_is_judged_at_the_time_that_was_logged)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement s = statement(MLT_STATEMENT_APPROVAL);
    const char *fault;
    size_t count;
    bool tampered;
    ck_assert_ptr_nonnull(add(&s, NULL, &err));
    struct mlt_stored_statement stored = list(&count)[0];
    stored.logged_at = moments[_i].logged_at;
    const char *then = mlt_arena_printf(&arena, "ann@example.org %s%s", moments[_i].options,
                                        strchr(signers, ' '));
    ck_ok(mlt_stored_statement_verify(&stored, "m", then, &arena, &fault, &tampered, &err));
    ck_assert_msg(moments[_i].good == (fault == NULL), "%s", fault);
    ck_assert(!tampered);
}
END_TEST

START_TEST(what_is_not_so_is_not_taken)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement s = statement(MLT_STATEMENT_APPROVAL);
    size_t count;
    s.digest = X;
    ck_assert_ptr_null(add(&s, NULL, &err));
    ck_assert(err.kind == MLT_ERR_USAGE && strstr(err.text, "about other files"));
    s = statement(MLT_STATEMENT_APPROVAL);
    s.person = "bob@example.org";
    ck_assert_ptr_null(add(&s, NULL, &err));
    ck_assert(err.kind == MLT_ERR_EVIDENCE && strstr(err.text, "does not count"));
    s = statement(MLT_STATEMENT_APPROVAL);
    s.version = "2.0.0";
    ck_assert_ptr_null(add(&s, NULL, &err));
    ck_assert_int_eq(err.kind, MLT_ERR_USAGE);
    s = statement(MLT_STATEMENT_REVOCATION);
    s.revokes = X;
    ck_assert_ptr_null(add(&s, NULL, &err));
    ck_assert(strstr(err.text, "no statement about m@1.0.0 has the digest"));
    s = statement(MLT_STATEMENT_APPROVAL);
    const char *kept = signers;
    signers = NULL;
    ck_assert_ptr_null(add(&s, NULL, &err));
    ck_assert(strstr(err.text, "nobody can sign"));
    signers = kept;
    list(&count);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(the_same_again_changes_nothing_and_a_revocation_needs_its_target)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement s = statement(MLT_STATEMENT_APPROVAL);
    const char *first = add(&s, NULL, &err);
    size_t count;
    ck_assert_str_eq(add(&s, NULL, &err), first);
    list(&count);
    ck_assert_uint_eq(count, 1);
    s = statement(MLT_STATEMENT_REVOCATION);
    s.revokes = first;
    const char *revocation = add(&s, NULL, &err);
    ck_assert_msg(revocation != NULL, "%s", err.text);
    s.revokes = revocation;
    ck_assert_ptr_null(add(&s, NULL, &err));
    struct mlt_stored_statement *all = list(&count);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(all[0].kind, MLT_STATEMENT_REVOCATION);
}
END_TEST

START_TEST(the_file_of_a_record_is_the_one_that_was_signed)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement s = statement(MLT_STATEMENT_RECORD);
    struct mlt_buf text = MLT_BUF_INIT;
    unit_write_text(unit_path("plan"), "x");
    unit_write_text(unit_path("other"), "y");
    s.file_name = "plan";
    s.file_sha256 = X;
    s.file_bytes = 1;
    ck_assert_ptr_null(add(&s, unit_path("other"), &err));
    ck_assert(strstr(err.text, "is not the file that was signed"));
    ck_assert_ptr_null(add(&s, NULL, &err));
    ck_assert(strstr(err.text, "--file"));
    ck_assert_msg(add(&s, unit_path("plan"), &err) != NULL, "%s", err.text);
    ck_ok(mlt_registry_record_file(registry, &s, &text, &err));
    ck_assert_str_eq(text.data, "x");
    const char *kept = unit_path("registry/m/.evidence/1.0.0/records/" X);
    ck_assert_int_eq(chmod(kept, 0644), 0);
    unit_write_text(kept, "y");
    mlt_buf_clear(&text);
    ck_fails(mlt_registry_record_file(registry, &s, &text, &err), MLT_ERR_EVIDENCE, "was altered");
    mlt_buf_free(&text);
    s = statement(MLT_STATEMENT_RECORD);
    ck_assert_ptr_null(add(&s, unit_path("plan"), &err));
    ck_assert(strstr(err.text, "names no file"));
}
END_TEST

START_TEST(what_approves_a_policy_lies_apart)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement s = statement(MLT_STATEMENT_POLICY);
    struct mlt_stored_statement *all;
    const char *fault;
    size_t count;
    bool tampered;
    s.model = _i ? "*" : "m";
    ck_assert_msg(add(&s, NULL, &err) != NULL, "%s", err.text);
    ck_ok(mlt_registry_policy_statements(registry, s.model, &arena, &all, &count, &err));
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(all[0].statement.policy, X);
    ck_ok(mlt_stored_statement_verify(&all[0], s.model, signers, &arena, &fault, &tampered, &err));
    ck_assert_ptr_null(fault);
    ck_ok(mlt_registry_policy_statements(registry, _i ? "m" : "*", &arena, &all, &count, &err));
    ck_assert_uint_eq(count, 0);
    list(&count);
    ck_assert_uint_eq(count, 0);
}
END_TEST

/* Puts `value` in the place of the statement's record. */
static void exchange(const char *key, const char *value)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_records *records = mlt_store_records(registry, &err);
    const struct mlt_record_put put = {"m", key, value};
    int conflict;
    ck_ok(records->ops->transact(records, NULL, 0, &put, 1, &conflict, &err));
}

START_TEST(no_byte_of_a_record_can_be_another)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_statement s = statement(MLT_STATEMENT_APPROVAL);
    struct mlt_record record;
    size_t count, listed = 0;
    bool found;
    ck_assert_ptr_nonnull(add(&s, NULL, &err));
    const char *key = list(&count)[0].key;
    ck_ok(mlt_store_get(registry, "m", key, &arena, &found, &record, &err));
    char *value = mlt_arena_strdup(&arena, record.value);
    for (size_t at = 0; value[at]; at++)
        for (int bit = 0; bit < 7; bit++) {
            struct mlt_stored_statement *all;
            struct mlt_arena scratch = MLT_ARENA_INIT;
            char was = value[at];
            value[at] = (char)(was ^ 1 << bit);
            if (!value[at]) {
                value[at] = was;
                continue;
            }
            exchange(key, value);
            if (mlt_registry_statements(registry, "m", "1.0.0", &scratch, &all, &count, &err)) {
                ck_assert_uint_eq(count, 1);

                ck_assert_msg(all[0].fault != NULL, "byte %zu (%c), bit %d", at, was, bit);
                listed++;
            } else {
                ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
            }
            value[at] = was;
            mlt_arena_free(&scratch);
        }
    ck_assert_uint_gt(listed, 1000);
}
END_TEST

TCase *statements_case(void)
{
    TCase *tc = tcase_create("statements");
    tcase_set_timeout(tc, 30);
    tcase_add_checked_fixture(tc, setup, registry_teardown);
    tcase_add_test(tc, a_statement_is_kept_with_its_log_entry);
    tcase_add_loop_test(tc, a_key_is_judged_at_the_time_that_was_logged, 0,
                        (int)(sizeof moments / sizeof *moments));
    tcase_add_test(tc, what_is_not_so_is_not_taken);
    tcase_add_test(tc, the_same_again_changes_nothing_and_a_revocation_needs_its_target);
    tcase_add_test(tc, the_file_of_a_record_is_the_one_that_was_signed);
    tcase_add_loop_test(tc, what_approves_a_policy_lies_apart, 0, 2);
    tcase_add_test(tc, no_byte_of_a_record_can_be_another);
    return tc;
}

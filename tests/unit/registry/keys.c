#include "harness/registry/keys.h"

#include <string.h>

#include "harness/base/fs.h"
#include "harness/ledger/key.h"
#include "harness/registry/store.h"
#include "tests/unit/registry/fixture.h"

TCase *keys_case(void);

static struct mlt_key *one, *two;

static void setup(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    registry_setup();
    ck_ok(mlt_key_new(&one, &err));
    ck_ok(mlt_key_new(&two, &err));
}

static void teardown(void)
{
    mlt_key_free(one);
    mlt_key_free(two);
    registry_teardown();
}

static const char *public_of(const struct mlt_key *key)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf pem = MLT_BUF_INIT;
    ck_ok(mlt_key_public_pem(key, &pem, &err));
    const char *text = mlt_arena_strdup(&arena, pem.data);
    mlt_buf_free(&pem);
    return text;
}

static bool allow(const char *name, unsigned roles, const struct mlt_key *key, struct mlt_err *err)
{
    char id[MLT_SHA256_HEX];
    const char *pem = public_of(key);
    if (!mlt_registry_key_allow(registry, name, roles, pem, strlen(pem), id, err))
        return false;
    ck_assert_str_eq(id, mlt_key_id(key));
    return true;
}

static size_t count_keys(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_registry_key *keys;
    size_t count;
    ck_ok(mlt_registry_keys(registry, &arena, &keys, &count, &err));
    return count;
}

START_TEST(keys_are_allowed_once_and_by_one_name)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_assert_uint_eq(count_keys(), 0);
    ck_ok(allow("ci", MLT_KEY_RUNNER, one, &err));
    ck_ok(allow("ci", MLT_KEY_RUNNER, one, &err));
    ck_assert_uint_eq(count_keys(), 1);
    ck_fails(allow("ci", MLT_KEY_GATE, one, &err), MLT_ERR_USAGE, "allowed already");
    ck_fails(allow("other", MLT_KEY_RUNNER, one, &err), MLT_ERR_USAGE, "allowed already as \"ci\"");
    ck_fails(allow("ci", MLT_KEY_RUNNER, two, &err), MLT_ERR_USAGE, "keys rotate");
    ck_fails(allow("../x", MLT_KEY_RUNNER, two, &err), MLT_ERR_USAGE, "no name of a key");
    char id[MLT_SHA256_HEX];
    ck_fails(mlt_registry_key_allow(registry, "x", MLT_KEY_RUNNER, "nonsense", 8, id, &err),
             MLT_ERR_EVIDENCE, "no public key");
    ck_assert_uint_eq(count_keys(), 1);
}
END_TEST

START_TEST(keys_that_are_retired_stay_and_never_come_back)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_registry_key *keys;
    size_t count;
    char id[MLT_SHA256_HEX];
    const char *pem = public_of(two);
    ck_ok(allow("ci", MLT_KEY_RUNNER, one, &err));
    ck_ok(mlt_registry_key_rotate(registry, "ci", pem, strlen(pem), id, &err));
    ck_assert_str_eq(id, mlt_key_id(two));
    ck_ok(mlt_registry_keys(registry, &arena, &keys, &count, &err));
    ck_assert_uint_eq(count, 2);
    for (size_t i = 0; i < count; i++) {
        bool old = strcmp(keys[i].id, mlt_key_id(one)) == 0;
        ck_assert(old == (keys[i].retired_at != NULL));
        ck_assert_str_eq(keys[i].name, "ci");
        ck_assert_uint_eq(keys[i].roles, MLT_KEY_RUNNER);
    }
    ck_fails(allow("ci", MLT_KEY_RUNNER, one, &err), MLT_ERR_USAGE, "stays so");
    ck_fails(allow("new", MLT_KEY_RUNNER, one, &err), MLT_ERR_USAGE, "stays so");
    ck_fails(mlt_registry_key_rotate(registry, "ci", pem, strlen(pem), id, &err), MLT_ERR_USAGE,
             "needs a new one");
    ck_ok(mlt_registry_key_rotate(registry, "ci", NULL, 0, id, &err));
    ck_fails(mlt_registry_key_rotate(registry, "ci", NULL, 0, id, &err), MLT_ERR_USAGE, "no key");
}
END_TEST

START_TEST(keys_are_not_exchanged_behind_the_registrys_back)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_registry_key *keys;
    struct mlt_record record;
    size_t count;
    bool found;
    int conflict;
    ck_ok(allow("ci", MLT_KEY_RUNNER, one, &err));
    char *name = mlt_arena_printf(&arena, "key/%s", mlt_key_id(one));
    ck_ok(mlt_store_get(registry, ".keys", name, &arena, &found, &record, &err));
    ck_assert(found);
    /* One letter of the key in PEM. */
    char *forged = mlt_arena_strdup(&arena, record.value);
    char *letter = strstr(forged, "MCowBQYDK2VwAyEA") + 20;
    *letter = *letter == 'A' ? 'B' : 'A';
    const struct mlt_record_put put = {".keys", name, forged};
    struct mlt_records *records = mlt_store_records(registry, &err);
    ck_ok(records->ops->transact(records, NULL, 0, &put, 1, &conflict, &err));
    ck_fails(mlt_registry_keys(registry, &arena, &keys, &count, &err), MLT_ERR_EVIDENCE, "altered");
}
END_TEST

static struct mlt_signed check(const char *text, size_t len, enum mlt_key_role role, const char *at)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_registry_key *keys;
    struct mlt_signed found;
    size_t count;
    ck_ok(mlt_registry_keys(registry, &arena, &keys, &count, &err));
    ck_ok(mlt_registry_key_check(keys, count, "it", text, len, role, at, &arena, &found, &err));
    return found;
}

static void sign(const struct mlt_key *key, struct mlt_buf *out)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_dsse_sign(MLT_DSSE_IN_TOTO, "{\"a\":1}", 7, key, out, &err));
}

START_TEST(check_tells_strangers_roles_and_retirement)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf mine = MLT_BUF_INIT, theirs = MLT_BUF_INIT;
    char id[MLT_SHA256_HEX];
    ck_ok(allow("ci", MLT_KEY_RUNNER, one, &err));
    sign(one, &mine);
    sign(two, &theirs);
    struct mlt_signed s = check(mine.data, mine.len, MLT_KEY_RUNNER, NULL);
    ck_assert_ptr_null(s.fault);
    ck_assert_str_eq(s.by->id, mlt_key_id(one));
    s = check(mine.data, mine.len, MLT_KEY_GATE, NULL);
    ck_assert_ptr_nonnull(strstr(s.fault, "for the role runner"));
    ck_assert(!s.broken);
    s = check(theirs.data, theirs.len, MLT_KEY_RUNNER, NULL);
    ck_assert_ptr_nonnull(strstr(s.fault, "not allowed here"));
    ck_assert(!s.broken);
    ck_ok(mlt_registry_key_rotate(registry, "ci", NULL, 0, id, &err));
    s = check(mine.data, mine.len, MLT_KEY_RUNNER, "2020-01-01T00:00:00Z");
    ck_assert_ptr_null(s.fault);
    s = check(mine.data, mine.len, MLT_KEY_RUNNER, "2999-01-01T00:00:00Z");
    ck_assert_ptr_nonnull(strstr(s.fault, "retired at"));
    ck_assert(!s.broken);
    s = check(mine.data, mine.len, MLT_KEY_RUNNER, "some day");
    ck_assert_ptr_nonnull(strstr(s.fault, "retired at"));
    mlt_buf_free(&mine);
    mlt_buf_free(&theirs);
}
END_TEST

START_TEST(check_sees_every_flipped_bit)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    ck_ok(allow("ci", MLT_KEY_RUNNER, one, &err));
    sign(one, &text);
    mlt_buf_putc(&text, '\n');
    ck_assert_ptr_null(check(text.data, text.len, MLT_KEY_RUNNER, NULL).fault);
    ck_assert_ptr_null(check(text.data, text.len - 1, MLT_KEY_RUNNER, NULL).fault);
    for (size_t bit = 0; bit < 8 * text.len; bit++) {
        text.data[bit / 8] ^= (char)(1u << bit % 8);
        ck_assert_msg(check(text.data, text.len, MLT_KEY_RUNNER, NULL).fault != NULL, "bit %zu",
                      bit);
        text.data[bit / 8] ^= (char)(1u << bit % 8);
    }
    for (size_t len = 0; len + 1 < text.len; len++)
        ck_assert(check(text.data, len, MLT_KEY_RUNNER, NULL).broken);
    mlt_buf_putc(&text, '\n');
    ck_assert(check(text.data, text.len, MLT_KEY_RUNNER, NULL).broken);
    mlt_buf_free(&text);
}
END_TEST

START_TEST(signed_runs_keep_the_first_envelope)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_stored_run *runs;
    size_t count;
    registered("1.0.0");
    unit_write_text(unit_path("a.mlt"), "run");
    ck_ok(mlt_registry_store_signed_run(registry, "m", "1.0.0", "01A", unit_path("a.mlt"),
                                        "{\"first\":1}", &err));
    ck_ok(mlt_registry_store_signed_run(registry, "m", "1.0.0", "01A", unit_path("a.mlt"),
                                        "{\"second\":1}", &err));
    ck_ok(mlt_registry_runs(registry, "m", "1.0.0", &arena, &runs, &count, &err));
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(runs[0].envelope, "{\"first\":1}");
    ck_assert_str_eq(faults_of(NULL, NULL), "");
    const char *copy = unit_path("registry/m/.evidence/1.0.0/runs/01A.dsse.json");
    ck_ok(mlt_fs_write_atomic(copy, "{}", 2, &err));
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "not the envelope that the index holds"));
    ck_ok(mlt_fs_remove_tree(copy, &err));
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "01A.dsse.json is missing"));
}
END_TEST

START_TEST(signed_decisions_are_found_by_their_digest)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf envelope = MLT_BUF_INIT, lines = MLT_BUF_INIT, got = MLT_BUF_INIT;
    char *path, sha256[MLT_SHA256_HEX];
    bool found, is_envelope;
    registered("1.0.0");
    mlt_buf_puts(&envelope, "{\"e\":1}\n");
    mlt_buf_puts(&lines, "{\"e\":1}\n{\"f\":1}\n");
    ck_ok(mlt_registry_store_signed_decision(registry, "m", "1.0.0", &envelope, &lines, &arena,
                                             &path, &err));
    ck_assert_str_eq(faults_of(NULL, NULL), "");
    ck_ok(mlt_hash_bytes(envelope.data, envelope.len, sha256, &err));
    ck_ok(mlt_registry_decision(registry, "m", "1.0.0", sha256, &arena, &got, &found, &is_envelope,
                                &err));
    ck_assert(found && is_envelope);
    ck_assert_str_eq(got.data, envelope.data);
    mlt_buf_clear(&got);
    ck_ok(mlt_fs_write_atomic(path, "{\"e\":2}\n", 8, &err));
    ck_fails(mlt_registry_decision(registry, "m", "1.0.0", sha256, &arena, &got, &found,
                                   &is_envelope, &err),
             MLT_ERR_EVIDENCE, "was altered");
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "was altered"));
    ck_ok(mlt_fs_remove_tree(path, &err));
    ck_assert_ptr_nonnull(strstr(faults_of(NULL, NULL), "or its decision is gone"));
    mlt_buf_clear(&got);
    ck_ok(mlt_registry_decision(registry, "m", "1.0.0", sha256, &arena, &got, &found, &is_envelope,
                                &err));
    ck_assert(!found);
    mlt_buf_free(&envelope);
    mlt_buf_free(&lines);
    mlt_buf_free(&got);
}
END_TEST

TCase *keys_case(void)
{
    TCase *tcase = tcase_create("keys");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, keys_are_allowed_once_and_by_one_name);
    tcase_add_test(tcase, keys_that_are_retired_stay_and_never_come_back);
    tcase_add_test(tcase, keys_are_not_exchanged_behind_the_registrys_back);
    tcase_add_test(tcase, check_tells_strangers_roles_and_retirement);
    tcase_add_test(tcase, check_sees_every_flipped_bit);
    tcase_add_test(tcase, signed_runs_keep_the_first_envelope);
    tcase_add_test(tcase, signed_decisions_are_found_by_their_digest);
    return tcase;
}

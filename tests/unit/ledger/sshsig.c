#include "harness/ledger/sshsig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/ledger/signers.h"
#include "tests/unit/suite.h"

/* Keys and signatures are made by OpenSSH's ssh-keygen; what is refused is what `ssh-keygen -Y
 * verify` refuses, or what the role table does not name exactly. */

#define NAMESPACE "mltest-statement"
static const char data[] = "the words that are signed\n";
enum { LEN = sizeof data - 1 };

static struct mlt_arena arena;

/* A shell command in the test's folder; "%s" is the folder. */
static void sh(const char *format)
{
    char command[4096];
    snprintf(command, sizeof command, format, unit_path("."));
    int status = system(command);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s", command);
}

static const char *contents(const char *name)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    ck_ok(mlt_fs_read(unit_path(name), 1 << 20, &text, &err));
    char *copy = mlt_arena_strndup(&arena, text.data, text.len);
    mlt_buf_free(&text);
    ck_assert_ptr_nonnull(copy);
    return copy;
}

static void setup(void)
{
    unit_folder_setup();
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    unsetenv("SSH_AUTH_SOCK");
    sh("cd %s && ssh-keygen -q -t ed25519 -N '' -C 'ann at home' -f key");
}

static void teardown(void)
{
    mlt_arena_free(&arena);
    unit_folder_teardown();
}

static const char *sign_with(const char *key, const char *name_space)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf signature = MLT_BUF_INIT;
    ck_ok(mlt_sshsig_sign(unit_path(key), name_space, data, LEN, &signature, &err));
    char *copy = mlt_arena_strndup(&arena, signature.data, signature.len);
    mlt_buf_free(&signature);
    return copy;
}

/* "<before><the public key in the file><newline>". */
static const char *line(const char *before, const char *file)
{
    char *text = mlt_arena_printf(&arena, "%s%s", before, contents(file));
    ck_assert_ptr_nonnull(text);
    return text;
}

/* 2026-01-15T12:00:00Z, unless a test says otherwise. */
enum { AT = 1768478400 };

static const char *verify_at(const char *signers, const char *person, int64_t at_s,
                             const char *words, size_t len, const char *signature, bool *intact)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *fault = "unset";
    ck_ok(mlt_sshsig_verify(signers, person, NAMESPACE, at_s, words, len, signature, &arena, &fault,
                            intact, &err));
    return fault;
}

static const char *verify(const char *signers, const char *person, const char *signature)
{
    return verify_at(signers, person, AT, data, LEN, signature, NULL);
}

static const char *const key_types[] = {"-t ed25519", "-t ecdsa -b 256", "-t ecdsa -b 521",
                                        "-t rsa -b 3072"};

START_TEST(a_signature_by_each_type_of_key_verifies)
{
    char command[256];
    snprintf(command, sizeof command, "cd %%s && ssh-keygen -q %s -N '' -f other", key_types[_i]);
    sh(command);
    const char *signers = line("ann@example.org ", "other.pub");
    const char *ours = sign_with("other", NAMESPACE);
    ck_assert_ptr_null(verify(signers, "ann@example.org", ours));
    /* One that ssh-keygen made by itself, and ours seen by it. */
    unit_write_text(unit_path("words"), data);
    unit_write_text(unit_path("ours.sig"), ours);
    unit_write_text(unit_path("signers"), signers);
    sh("cd %s && ssh-keygen -q -Y sign -n " NAMESPACE " -f other words 2>err");
    ck_assert_ptr_null(verify(signers, "ann@example.org", contents("words.sig")));
    sh("cd %s && ssh-keygen -Y verify -f signers -I ann@example.org -n " NAMESPACE
       " -s ours.sig <words >out");
}
END_TEST

START_TEST(a_signature_is_of_one_purpose_one_text_one_person_and_one_key)
{
    bool intact = false;
    const char *signers = line("ann@example.org ", "key.pub"), *fault;
    const char *good = sign_with("key", NAMESPACE);
    fault = verify(signers, "ann@example.org", sign_with("key", "file"));
    ck_assert_msg(fault && strstr(fault, "another purpose"), "%s", fault);
    fault = verify_at(signers, "ann@example.org", AT, "other words", 11, good, &intact);
    ck_assert_msg(fault && strstr(fault, "not one over these words"), "%s", fault);
    ck_assert(!intact);
    fault = verify_at(signers, "bob@example.org", AT, data, LEN, good, &intact);
    ck_assert_msg(fault && strstr(fault, "does not give this key"), "%s", fault);
    ck_assert(intact);
    sh("cd %s && ssh-keygen -q -t ed25519 -N '' -f other");
    fault = verify_at(line("ann@example.org ", "other.pub"), "ann@example.org", AT, data, LEN, good,
                      &intact);
    ck_assert_msg(fault && strstr(fault, "does not give this key"), "%s", fault);
    ck_assert(intact);
    ck_assert_ptr_nonnull(verify("", "ann@example.org", good));
    ck_assert_ptr_nonnull(verify("# nobody\n\n", "ann@example.org", good));
    ck_assert_ptr_nonnull(verify(signers, "ann@example.org", ""));
    ck_assert_ptr_nonnull(verify(signers, "ann@example.org", "no signature\n"));
}
END_TEST

/* Days as ALLOWED SIGNERS of ssh-keygen(1) has them; Z: UTC. */
static const struct {
    const char *options, *at, *phrase;
} lives[] = {
    {"valid-before=\"20260201Z\" ", "2026-01-15T12:00:00Z", NULL},
    {"valid-before=\"20260201Z\" ", "2026-01-31T23:59:59Z", NULL},
    {"valid-before=\"20260201Z\" ", "2026-02-01T00:00:01Z", "had expired"},
    {"valid-after=\"20260101Z\" ", "2026-01-01T00:00:00Z", NULL},
    {"valid-after=\"20260101Z\" ", "2025-12-31T23:59:59Z", "not valid yet"},
    {"namespaces=\"" NAMESPACE "\" ", "2026-01-15T12:00:00Z", NULL},
    {"namespaces=\"git\" ", "2026-01-15T12:00:00Z", "does not let this key sign statements"},
};

START_TEST(a_key_counts_while_the_signers_file_says_so)
{
    int64_t at;
    bool intact = false;
    char before[128];
    ck_assert(mlt_clock_parse(lives[_i].at, &at));
    snprintf(before, sizeof before, "ann@example.org %s", lives[_i].options);
    const char *fault = verify_at(line(before, "key.pub"), "ann@example.org", at, data, LEN,
                                  sign_with("key", NAMESPACE), &intact);
    ck_assert(intact);
    if (!lives[_i].phrase)
        ck_assert_ptr_null(fault);
    else
        ck_assert_msg(fault && strstr(fault, lives[_i].phrase), "%s", fault);
}
END_TEST

static const struct {
    const char *principals, *person;
    bool good;
} names[] = {
    {"ann@example.org", "ann@example.org", true},
    {"bob@example.org,ann@example.org", "ann@example.org", true},
    {"\"ann@example.org\"", "ann@example.org", true},
    {"*@example.org,ann@example.org", "ann@example.org", true},
    {"ann@example.org,!bob@example.org", "ann@example.org", true},
    {"*@example.org", "ann@example.org", false},
    {"*", "ann@example.org", false},
    {"ann@example.or?", "ann@example.org", false},
    {"*@example.org", "*@example.org", false},
    {"*@example.org,!ann@example.org", "ann@example.org", false},
    {"ann@example.org,!ann@example.org", "ann@example.org", false},
    {"ann@example.org,!*@example.org", "ann@example.org", false},
    {"ann@example.org", "Ann@example.org", false},
    {"ann@example.org", "ann@example.org,bob@example.org", false},
    {"ann@example.org", "ann@example.org\nbob@example.org", false},
    {"ann@example.org", "ann@example.org ", false},
    {"ann@example.org", "", false},
    {"ann@example.org", "-Overify-time=20200101", false},
    {"-Overify-time=20200101", "-Overify-time=20200101", false},
    {"#ann@example.org", "ann@example.org", false},
    {"#ann@example.org", "#ann@example.org", false},
    {"\"ann@example.org", "ann@example.org", false},
    {"\"ann@example.org\"x", "ann@example.org", false},
    {"ann@example.org\"", "ann@example.org", false},
};

START_TEST(a_person_is_who_the_signers_file_names_in_so_many_words)
{
    char before[128];
    const char *const *people;
    size_t count;
    struct mlt_err err = MLT_ERR_INIT;
    snprintf(before, sizeof before, "%s ", names[_i].principals);
    const char *signers = line(before, "key.pub"), *signature = sign_with("key", NAMESPACE);
    const char *fault = verify(signers, names[_i].person, signature);
    ck_assert_msg(names[_i].good == (fault == NULL), "%s: %s", names[_i].principals, fault);
    if (fault)
        return;
    ck_ok(mlt_sshsig_people(signers, AT, signature, &arena, &people, &count, &err));
    ck_assert_uint_ge(count, 1);
}
END_TEST

START_TEST(a_key_tells_whose_it_is_on_every_line)
{
    const char *const *people;
    size_t count;
    struct mlt_err err = MLT_ERR_INIT;
    const char *key = contents("key.pub");
    sh("cd %s && ssh-keygen -q -t ed25519 -N '' -f other");
    char *signers = mlt_arena_printf(
        &arena,
        "# people\neve@example.org %s*@example.org %sann@example.org,bob@example.org %s\n"
        "\"carol@example.org\" valid-before=\"20300101Z\" %sann@example.org %s"
        "dan@example.org valid-before=\"20200101Z\" %s",
        contents("other.pub"), key, key, key, key, key);
    ck_ok(mlt_sshsig_people(signers, AT, sign_with("key", NAMESPACE), &arena, &people, &count,
                            &err));
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(people[0], "ann@example.org");
    ck_assert_str_eq(people[1], "bob@example.org");
    ck_assert_str_eq(people[2], "carol@example.org");
    ck_ok(mlt_sshsig_people("", AT, sign_with("key", NAMESPACE), &arena, &people, &count, &err));
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(no_letter_of_a_signature_can_be_another)
{
    const char *signers = line("ann@example.org ", "key.pub");
    const char *good = sign_with("key", NAMESPACE);
    size_t len = strlen(good), flipped = 0;
    /* One letter in eleven, so that each column has its turn. */
    const char *body = strchr(good, '\n') + 1, *end = strstr(good, "\n-----END");
    for (size_t at = (size_t)(body - good); at < (size_t)(end - good); at += 11) {
        char *bad = mlt_arena_strndup(&arena, good, len);
        ck_assert_ptr_nonnull(bad);
        if (bad[at] == '\n')
            continue;
        bad[at] = bad[at] == 'A' ? 'B' : 'A';
        ck_assert_msg(verify(signers, "ann@example.org", bad) != NULL, "letter %zu", at);
        flipped++;
    }
    ck_assert_uint_gt(flipped, 20);
}
END_TEST

/* An SSHSIG blob (PROTOCOL.sshsig) whose signature is of type "ssh-rsa", with SHA-1, is well formed
 * and true, and yet no signature; the same blob with "rsa-sha2-512" shows that it is for that. */
static const char blob_maker[] =
    "import base64, hashlib, struct, subprocess, sys\n"
    "kind, digest = sys.argv[1:3]\n"
    "def s(b): return struct.pack('>I', len(b)) + b\n"
    "words = open('words', 'rb').read()\n"
    "key = base64.b64decode(open('rsa.pub').read().split()[1])\n"
    "ns = b'" NAMESPACE "'\n"
    "signed = b'SSHSIG' + s(ns) + s(b'') + s(b'sha512') + s(hashlib.sha512(words).digest())\n"
    "sig = subprocess.run(['openssl', 'dgst', '-' + digest, '-sign', 'rsa'], input=signed,\n"
    "                     capture_output=True, check=True).stdout\n"
    "blob = (b'SSHSIG' + struct.pack('>I', 1) + s(key) + s(ns) + s(b'') + s(b'sha512') +\n"
    "        s(s(kind.encode()) + s(sig)))\n"
    "print('-----BEGIN SSH SIGNATURE-----')\n"
    "text = base64.b64encode(blob).decode()\n"
    "print('\\n'.join(text[i:i + 70] for i in range(0, len(text), 70)))\n"
    "print('-----END SSH SIGNATURE-----')\n";

START_TEST(a_signature_with_sha1_is_none)
{
    unit_write_text(unit_path("words"), data);
    unit_write_text(unit_path("blob.py"), blob_maker);
    sh("cd %s && ssh-keygen -q -t rsa -b 3072 -m PEM -N '' -f rsa");
    const char *signers = line("ann@example.org ", "rsa.pub");
    sh("cd %s && /usr/bin/python3 blob.py rsa-sha2-512 sha512 >good.sig");
    ck_assert_ptr_null(verify(signers, "ann@example.org", contents("good.sig")));
    sh("cd %s && /usr/bin/python3 blob.py ssh-rsa sha1 >sha1.sig");
    ck_assert_ptr_nonnull(verify(signers, "ann@example.org", contents("sha1.sig")));
}
END_TEST

START_TEST(a_key_that_cannot_sign_says_why)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf out = MLT_BUF_INIT;
    ck_fails(mlt_sshsig_sign(unit_path("none"), NAMESPACE, data, LEN, &out, &err), MLT_ERR_USAGE,
             "there is no key");
    unit_write_text(unit_path("text"), "no key\n");
    ck_fails(mlt_sshsig_sign(unit_path("text"), NAMESPACE, data, LEN, &out, &err), MLT_ERR_USAGE,
             "ssh-keygen cannot sign");
    sh("cd %s && ssh-keygen -q -t ed25519 -N 'pass phrase' -f locked");
    setenv("SSH_ASKPASS", "/bin/false", 1);
    ck_fails(mlt_sshsig_sign(unit_path("locked"), NAMESPACE, data, LEN, &out, &err), MLT_ERR_USAGE,
             "ssh-add");
    mlt_buf_free(&out);
}
END_TEST

START_TEST(an_agent_signs_with_the_key_that_the_signers_file_has)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf out = MLT_BUF_INIT;
    const char *key;
    sh("cd %s && ssh-keygen -q -t ed25519 -N '' -f other && ssh-agent -a sock >agent && "
       ". ./agent >out && ssh-add -q other key && rm key");
    setenv("SSH_AUTH_SOCK", unit_path("sock"), 1);
    setenv("HOME", unit_path("."), 1);
    const char *signers = line("ann@example.org ", "key.pub");
    ck_ok(mlt_sshsig_default_key(signers, &arena, &key, &err));
    ck_assert_ptr_nonnull(strstr(key, "ann at home"));
    ck_ok(mlt_sshsig_sign(key, NAMESPACE, data, LEN, &out, &err));
    ck_assert_ptr_null(verify(signers, "ann@example.org", out.data));
    mlt_buf_clear(&out);
    ck_ok(mlt_sshsig_sign(unit_path("key.pub"), NAMESPACE, data, LEN, &out, &err));
    ck_assert_ptr_null(verify(signers, "ann@example.org", out.data));
    mlt_buf_free(&out);
    sh("cd %s && . ./agent >out && kill $SSH_AGENT_PID");
    ck_fails(mlt_sshsig_default_key(signers, &arena, &key, &err), MLT_ERR_USAGE, "--key FILE");
    sh("cd %s && mkdir .ssh && cp other .ssh/id_ed25519");
    ck_ok(mlt_sshsig_default_key(signers, &arena, &key, &err));
    ck_assert_ptr_nonnull(strstr(key, "/.ssh/id_ed25519"));
}
END_TEST

START_TEST(nothing_is_left_behind)
{
    setenv("TMPDIR", unit_path("."), 1);
    int before = unit_folder_count();
    const char *signature = sign_with("key", NAMESPACE);
    ck_assert_ptr_null(verify(line("ann@example.org ", "key.pub"), "ann@example.org", signature));
    ck_assert_int_eq(unit_folder_count(), before);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

TCase *sshsig_case(void);
TCase *sshsig_case(void)
{
    TCase *tc = tcase_create("sshsig");
    tcase_set_timeout(tc, 30);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_signature_by_each_type_of_key_verifies, 0, COUNT(key_types));
    tcase_add_test(tc, a_signature_is_of_one_purpose_one_text_one_person_and_one_key);
    tcase_add_loop_test(tc, a_key_counts_while_the_signers_file_says_so, 0, COUNT(lives));
    tcase_add_loop_test(tc, a_person_is_who_the_signers_file_names_in_so_many_words, 0,
                        COUNT(names));
    tcase_add_test(tc, a_key_tells_whose_it_is_on_every_line);
    tcase_add_test(tc, no_letter_of_a_signature_can_be_another);
    tcase_add_test(tc, a_signature_with_sha1_is_none);
    tcase_add_test(tc, a_key_that_cannot_sign_says_why);
    tcase_add_test(tc, an_agent_signs_with_the_key_that_the_signers_file_has);
    tcase_add_test(tc, nothing_is_left_behind);
    return tc;
}

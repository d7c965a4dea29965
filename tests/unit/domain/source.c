#include <string.h>

#include "harness/domain/source.h"
#include "tests/unit/suite.h"

TCase *source_case(void);

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
/* sha256sum of no bytes, and of the two bytes "{}". */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define BRACES "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

static struct mlt_arena arena;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static bool decode(const char *text, struct mlt_source *out, struct mlt_err *err)
{
    struct mlt_json *document;
    ck_assert_msg(mlt_json_parse("x", text, strlen(text), &document, err), "%s", err->text);
    bool ok = mlt_source_decode(document, &arena, out, err);
    mlt_json_free(document);
    return ok;
}

START_TEST(a_source_is_read_and_written_back)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_source s;
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out out;
    ck_ok(decode("{\"repository\": \"git@host:a/b.git\", \"commit\": \"" COMMIT
                 "\", \"path\": \"m/1\","
                 " \"digests\": {\"tests/a\": \"sha256:" EMPTY
                 "\", \"config.json\": \"sha256:" BRACES "\"}}",
                 &s, &err));
    ck_assert_str_eq(s.path, "m/1");
    ck_assert_uint_eq(s.digest_count, 2);
    ck_assert_str_eq(s.digests[0].path, "config.json");
    mlt_json_out_init(&out, &text, false);
    mlt_source_write(&s, &out);
    ck_ok(mlt_json_out_finish(&out, &err));
    struct mlt_source again;
    ck_ok(decode(text.data, &again, &err));
    ck_assert_str_eq(again.digests[1].sha256, EMPTY);
    ck_assert_str_eq(again.repository, "git@host:a/b.git");
    mlt_buf_free(&text);
    ck_ok(decode("{\"repository\": \"https://user@host/a\", \"commit\": \"" COMMIT
                 "0123456789abcdef01234567\"}",
                 &s, &err));
    ck_assert_str_eq(s.path, "");
    ck_assert_uint_eq(s.digest_count, 0);
}
END_TEST

#define WITH(rest) "{\"repository\": \"u\", \"commit\": \"" COMMIT "\", " rest "}"
static const struct {
    const char *text, *phrase;
} wrong[] = {
    {"[]", "expected an object"},
    {"{}", "repository: expected the URL"},
    {"{\"repository\": \" \", \"commit\": \"" COMMIT "\"}", "repository: expected the URL"},
    {"{\"repository\": 1}", "repository: expected text, found a number"},
    {"{\"repository\": \"https://jane:secret@host/a\", \"commit\": \"" COMMIT "\"}",
     "carries a password"},
    {"{\"repository\": \"u\"}", "commit: expected the 40 or 64"},
    {"{\"repository\": \"u\", \"commit\": \"main\"}", "found \"main\""},
    {"{\"repository\": \"u\", \"commit\": \"--upload-pack=x\"}", "commit: expected"},
    {"{\"repository\": \"u\", \"commit\": \"0123456789ABCDEF0123456789ABCDEF01234567\"}",
     "lower-case"},
    {WITH("\"path\": \"/a\""), "path: expected a folder inside"},
    {WITH("\"path\": \"a/../b\""), "path: expected a folder inside"},
    {WITH("\"path\": \"a\\nb\""), "path: has control characters"},
    {WITH("\"digest\": {}"), "unknown field \"digest\"; did you mean \"digests\"?"},
    {WITH("\"digests\": []"), "digests: expected {FILE"},
    {WITH("\"digests\": {\"../a\": \"sha256:" EMPTY "\"}"), "\"../a\" is no file"},
    {WITH("\"digests\": {\"metadata.json\": \"sha256:" EMPTY "\"}"), "metadata.json cannot have"},
    {WITH("\"digests\": {\"docs/a\": \"" EMPTY "\"}"), "docs/a: expected sha256:"},
    {WITH("\"digests\": {\"docs/a\": null}"),
     "docs/a: expected sha256: and 64 lower-case hex digits, found null"},
};

START_TEST(a_wrong_source_is_told)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_source s;
    ck_fails(decode(wrong[_i].text, &s, &err), MLT_ERR_USAGE, wrong[_i].phrase);
}
END_TEST

START_TEST(digests_are_held_against_the_manifest)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_source s;
    struct mlt_manifest_file files[] = {{"config.json", 2, BRACES}, {"tests/a", 0, EMPTY}};
    const struct mlt_manifest manifest = {"m", "1.0.0", files, 2};
    ck_ok(decode(WITH("\"digests\": {\"tests/a\": \"sha256:" EMPTY "\"}"), &s, &err));
    ck_ok(mlt_source_agrees(&s, &manifest, &err));
    ck_ok(
        decode(WITH("\"digests\": {\"tests/a\": \"sha256:" BRACES "\", \"docs/x\": \"sha256:" EMPTY
                    "\", \"config.json\": \"sha256:" BRACES "\"}"),
               &s, &err));
    ck_fails(mlt_source_agrees(&s, &manifest, &err), MLT_ERR_USAGE,
             "docs/x is not in the version's folder; and 1 more");
    ck_ok(decode(WITH("\"digests\": {\"tests/a\": \"sha256:" BRACES "\"}"), &s, &err));
    ck_fails(mlt_source_agrees(&s, &manifest, &err), MLT_ERR_USAGE,
             "tests/a was committed with SHA-256 " BRACES ", and the file here has " EMPTY);
}
END_TEST

TCase *source_case(void)
{
    TCase *tc = tcase_create("source");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_source_is_read_and_written_back);
    tcase_add_loop_test(tc, a_wrong_source_is_told, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(tc, digests_are_held_against_the_manifest);
    return tc;
}

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/domain/manifest.h"
#include "tests/unit/suite.h"

TCase *manifest_case(void);

static struct mlt_arena arena;
static struct mlt_manifest manifest;

static void setup(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    unit_folder_setup();
    ck_assert_int_eq(mkdir(unit_path("docs"), 0755), 0);
    unit_write_text(unit_path("model.bin"), "weights");
    unit_write_text(unit_path("docs/card.md"), "# Card");
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    ck_ok(mlt_manifest_scan(unit_path(""), "m", "1.0.0", &arena, &manifest, &err));
}

static void teardown(void)
{
    mlt_arena_free(&arena);
    unit_folder_teardown();
}

static bool verify(struct mlt_err *err)
{
    return mlt_manifest_verify(unit_path(""), &manifest, err);
}

START_TEST(manifest_survives_encoding_to_the_byte)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf first = MLT_BUF_INIT, second = MLT_BUF_INIT;
    struct mlt_manifest again;
    ck_assert_uint_eq(manifest.count, 2);
    ck_assert_str_eq(manifest.files[0].path, "docs/card.md");
    ck_ok(mlt_manifest_encode(&manifest, &first, &err));
    ck_ok(mlt_manifest_decode("M", first.data, first.len, &arena, &again, &err));
    ck_ok(mlt_manifest_encode(&again, &second, &err));
    ck_assert_str_eq(first.data, second.data);
    unit_write(unit_path("MANIFEST.json"), first.data, first.len);
    ck_ok(verify(&err)); /* the manifest itself is not surplus */
    mlt_buf_free(&first);
    mlt_buf_free(&second);
}
END_TEST

START_TEST(manifest_names_an_altered_file)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(verify(&err));
    unit_write_text(unit_path("model.bin"), "Weights");
    ck_fails(verify(&err), MLT_ERR_EVIDENCE, "model.bin was altered");
}
END_TEST

START_TEST(manifest_names_a_missing_file)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_assert_int_eq(unlink(unit_path("docs/card.md")), 0);
    ck_fails(verify(&err), MLT_ERR_EVIDENCE, "docs/card.md is missing");
}
END_TEST

START_TEST(manifest_names_a_surplus_file_and_counts_the_others)
{
    struct mlt_err err = MLT_ERR_INIT;
    unit_write_text(unit_path("a.txt"), "");
    ck_fails(verify(&err), MLT_ERR_EVIDENCE, "a.txt is surplus");
    unit_write_text(unit_path("z.txt"), "");
    ck_fails(verify(&err), MLT_ERR_EVIDENCE, "and 1 more file differs");
    unit_write_text(unit_path("model.bin"), "");
    ck_fails(verify(&err), MLT_ERR_EVIDENCE, "and 2 more files differ");
}
END_TEST

START_TEST(manifest_takes_a_link_for_tampering)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_manifest scanned;
    ck_assert_int_eq(unlink(unit_path("model.bin")), 0);
    ck_assert_int_eq(symlink("docs/card.md", unit_path("model.bin")), 0);
    ck_fails(verify(&err), MLT_ERR_EVIDENCE, "symbolic link");
    ck_fails(mlt_manifest_scan(unit_path(""), "m", "1.0.0", &arena, &scanned, &err), MLT_ERR_USAGE,
             "symbolic link");
}
END_TEST

START_TEST(manifest_refuses_names_that_cannot_be_shown)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_manifest scanned;
    unit_write_text(unit_path("a\nb"), "");
    ck_fails(mlt_manifest_scan(unit_path(""), "m", "1.0.0", &arena, &scanned, &err), MLT_ERR_USAGE,
             "control characters");
}
END_TEST

#define DIGEST "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define FILE_OF(path, bytes, sha)                                                                  \
    "{\"path\":\"" path "\",\"bytes\":" bytes ",\"sha256\":\"" sha "\"}"
#define MANIFEST_OF(files)                                                                         \
    "{\"manifest\":1,\"model\":\"m\",\"version\":\"1.0.0\",\"files\":[" files "]}"

START_TEST(manifest_refuses_hostile_texts)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "null",
        MANIFEST_OF(FILE_OF("../a", "0", DIGEST)),
        MANIFEST_OF(FILE_OF("/etc/passwd", "0", DIGEST)),
        MANIFEST_OF(FILE_OF("a//b", "0", DIGEST)),
        MANIFEST_OF(FILE_OF("a\\u0007", "0", DIGEST)),
        MANIFEST_OF(FILE_OF("MANIFEST.json", "0", DIGEST)),
        MANIFEST_OF(FILE_OF("a", "-1", DIGEST)),
        MANIFEST_OF(FILE_OF("a", "0.5", DIGEST)),
        MANIFEST_OF(FILE_OF("a", "1e300", DIGEST)),
        MANIFEST_OF(FILE_OF("a", "0", "abc")),
        MANIFEST_OF(FILE_OF("b", "0", DIGEST) "," FILE_OF("a", "0", DIGEST)),
        MANIFEST_OF(FILE_OF("a", "0", DIGEST) "," FILE_OF("a", "0", DIGEST)),
        "{\"manifest\":2,\"model\":\"m\",\"version\":\"1.0.0\",\"files\":[]}",
        "{\"manifest\":1,\"model\":\"../m\",\"version\":\"1.0.0\",\"files\":[]}",
        "{\"manifest\":1,\"model\":\"m\",\"version\":\"..\",\"files\":[]}",
        "{\"manifest\":1,\"model\":\"m\",\"version\":\"1.0.0\",\"files\":{}}",
    };
    struct mlt_manifest out;
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_manifest_decode("M", MANIFEST_OF(FILE_OF("a", "0", DIGEST)),
                              strlen(MANIFEST_OF(FILE_OF("a", "0", DIGEST))), &arena, &out, &err));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_fails(mlt_manifest_decode("M", texts[i], strlen(texts[i]), &arena, &out, &err),
                 MLT_ERR_EVIDENCE, "M");
}
END_TEST

TCase *manifest_case(void)
{
    TCase *tc = tcase_create("manifest");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, manifest_survives_encoding_to_the_byte);
    tcase_add_test(tc, manifest_names_an_altered_file);
    tcase_add_test(tc, manifest_names_a_missing_file);
    tcase_add_test(tc, manifest_names_a_surplus_file_and_counts_the_others);
    tcase_add_test(tc, manifest_takes_a_link_for_tampering);
    tcase_add_test(tc, manifest_refuses_names_that_cannot_be_shown);
    tcase_add_test(tc, manifest_refuses_hostile_texts);
    return tc;
}

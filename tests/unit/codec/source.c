#include "harness/codec/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "harness/base/buf.h"
#include "tests/unit/suite.h"

TCase *source_case(void);

enum { TEXT_BYTES = 700000 };

static struct mlt_err err;
static char *text, *packed, *back;
static size_t packed_len;

static void setup(void)
{
    unit_folder_setup();
    err = (struct mlt_err)MLT_ERR_INIT;
    text = malloc(TEXT_BYTES);
    back = malloc(3 * TEXT_BYTES);
    packed = malloc(3 * TEXT_BYTES);
    for (int i = 0; i < TEXT_BYTES; i++)
        text[i] = (char)('a' + (i * 7 + i / 97) % 26);
}

static void teardown(void)
{
    free(text);
    free(back);
    free(packed);
    unit_folder_teardown();
}

static void pack(enum mlt_source_form form)
{
    if (form == MLT_SOURCE_ZSTD) {
        packed_len = ZSTD_compress(packed, 3 * TEXT_BYTES, text, TEXT_BYTES, 3);
        ck_assert(!ZSTD_isError(packed_len));
        return;
    }
    z_stream z = {0};
    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)text;
    z.avail_in = TEXT_BYTES;
    z.next_out = (Bytef *)packed;
    z.avail_out = 3 * TEXT_BYTES;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    packed_len = z.total_out;
    deflateEnd(&z);
}

/* Reads all in pieces of `piece` bytes; -1 at a fault. */
static long read_file(const char *path, size_t piece, enum mlt_source_form *form, char *digest)
{
    struct mlt_source *source;
    size_t len = 0, got = piece;
    if (!mlt_source_open(path, digest != NULL, &source, &err))
        return -1;
    if (form)
        *form = mlt_source_form(source);
    bool ok = true;
    while (ok && got == piece) {
        ok = mlt_source_read(source, back + len, piece, &got, &err);
        len += ok ? got : 0;
    }
    if (ok && digest) {
        ck_assert_uint_eq(mlt_source_done(source), mlt_source_total(source));
        ok = mlt_source_digest(source, digest, &err);
    }
    mlt_source_close(source);
    return ok ? (long)len : -1;
}

START_TEST(the_first_bytes_tell_the_form_and_not_the_name)
{
    enum mlt_source_form form;
    char digest[MLT_SHA256_HEX], wanted[MLT_SHA256_HEX];
    if (_i == MLT_SOURCE_PLAIN)
        memcpy(packed, text, packed_len = TEXT_BYTES);
    else
        pack((enum mlt_source_form)_i);
    unit_write(unit_path("t.txt"), packed, packed_len);
    ck_ok(mlt_hash_bytes(packed, packed_len, wanted, &err));
    const size_t pieces[] = {TEXT_BYTES * 2, 65536, 1000, 7};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(read_file(unit_path("t.txt"), pieces[i], &form, digest), TEXT_BYTES);
        ck_assert_int_eq(form, _i);
        ck_assert_mem_eq(back, text, TEXT_BYTES);
        ck_assert_str_eq(digest, wanted);
    }
}
END_TEST

START_TEST(members_follow_each_other_and_gzip_may_be_padded_with_zeros)
{
    for (int form = MLT_SOURCE_GZIP; form <= MLT_SOURCE_ZSTD; form++) {
        pack((enum mlt_source_form)form);
        memcpy(packed + packed_len, packed, packed_len);
        unit_write(unit_path("t"), packed, 2 * packed_len);
        ck_assert_int_eq(read_file(unit_path("t"), 4096, NULL, NULL), 2 * TEXT_BYTES);
        ck_assert_mem_eq(back + TEXT_BYTES, text, TEXT_BYTES);
        memset(packed + packed_len, 0, 1000);
        unit_write(unit_path("t"), packed, packed_len + 1000);
        ck_assert_int_eq(read_file(unit_path("t"), 4096, NULL, NULL),
                         form == MLT_SOURCE_GZIP ? TEXT_BYTES : -1);
        memcpy(packed + packed_len, "rest", 4);
        unit_write(unit_path("t"), packed, packed_len + 4);
        ck_assert_int_eq(read_file(unit_path("t"), 4096, NULL, NULL), -1);
        ck_assert_msg(err.kind == MLT_ERR_EVIDENCE &&
                          strstr(err.text, form == MLT_SOURCE_GZIP ? "damaged" : "ed"),
                      "%s", err.text);
    }
}
END_TEST

START_TEST(a_stream_cut_anywhere_is_truncated_and_says_where)
{
    char phrase[64];
    for (int form = MLT_SOURCE_GZIP; form <= MLT_SOURCE_ZSTD; form++) {
        pack((enum mlt_source_form)form);
        size_t cuts[] = {4, 9, 11, 100, packed_len / 2, packed_len - 9, packed_len - 1};
        for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
            unit_write(unit_path("t"), packed, cuts[i]);
            ck_assert_int_eq(read_file(unit_path("t"), 4096, NULL, NULL), -1);
            snprintf(phrase, sizeof phrase, "truncated at byte %zu", cuts[i]);
            ck_assert_msg(err.kind == MLT_ERR_EVIDENCE && strstr(err.text, phrase),
                          "cut at %zu: %s", cuts[i], err.text);
        }
    }
}
END_TEST

START_TEST(a_damaged_stream_is_never_read_as_whole)
{
    pack(MLT_SOURCE_GZIP);
    for (size_t at = 10; at < packed_len; at += packed_len / 50 + 1) {
        packed[at] ^= 0x55;
        unit_write(unit_path("t"), packed, packed_len);
        ck_assert_msg(read_file(unit_path("t"), 4096, NULL, NULL) == -1, "byte %zu", at);
        ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
        packed[at] ^= 0x55;
    }
}
END_TEST

START_TEST(standard_input_is_a_source_like_another)
{
    enum mlt_source_form form;
    pack(MLT_SOURCE_ZSTD);
    unit_write(unit_path("t"), packed, packed_len);
    ck_assert_ptr_nonnull(freopen(unit_path("t"), "r", stdin));
    ck_assert_int_eq(read_file("-", 4096, &form, NULL), TEXT_BYTES);
    ck_assert_int_eq(form, MLT_SOURCE_ZSTD);
    ck_assert_mem_eq(back, text, TEXT_BYTES);
}
END_TEST

START_TEST(small_files_and_missing_ones_are_told_apart)
{
    unit_write(unit_path("t"), "", 0);
    ck_assert_int_eq(read_file(unit_path("t"), 100, NULL, NULL), 0);
    unit_write(unit_path("t"), "(\xb5", 2);
    ck_assert_int_eq(read_file(unit_path("t"), 1, NULL, NULL), 2);
    ck_assert_int_eq(read_file(unit_path("none"), 1, NULL, NULL), -1);
    ck_assert(err.kind == MLT_ERR_USAGE && strstr(err.text, "No such file"));
    ck_assert_int_eq(read_file(unit_path(""), 1, NULL, NULL), -1);
    ck_assert(err.kind == MLT_ERR_USAGE && strstr(err.text, "a folder"));
}
END_TEST

TCase *source_case(void)
{
    TCase *tc = tcase_create("source");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, the_first_bytes_tell_the_form_and_not_the_name, 0, 3);
    tcase_add_test(tc, members_follow_each_other_and_gzip_may_be_padded_with_zeros);
    tcase_add_test(tc, a_stream_cut_anywhere_is_truncated_and_says_where);
    tcase_add_test(tc, a_damaged_stream_is_never_read_as_whole);
    tcase_add_test(tc, standard_input_is_a_source_like_another);
    tcase_add_test(tc, small_files_and_missing_ones_are_told_apart);
    return tc;
}

#include "harness/runner/frame.h"

#include <math.h>
#include <string.h>

#include "tests/unit/suite.h"

TCase *frame_cases(void);

START_TEST(frame_fields_come_back_bit_for_bit)
{
    struct mlt_buf buf = MLT_BUF_INIT;
    struct mlt_frame frame;
    size_t taken, len, begin = mlt_frame_begin(&buf, MLT_FRAME_ROWS);
    mlt_pack_u64(&buf, UINT64_MAX);
    mlt_pack_double(&buf, -0.0);
    mlt_pack_text(&buf, NULL);
    mlt_pack_text(&buf, "");
    mlt_pack_bytes(&buf, "a\0b", 3);
    ck_assert(mlt_frame_end(&buf, begin));
    for (size_t part = 0; part < buf.len; part++)
        ck_assert_int_eq(mlt_frame_find(buf.data, part, &frame, &taken), MLT_FRAME_PARTIAL);
    ck_assert_int_eq(mlt_frame_find(buf.data, buf.len, &frame, &taken), MLT_FRAME_WHOLE);
    ck_assert_uint_eq(taken, buf.len);
    struct mlt_unpack in = {frame.payload, frame.len, false};
    ck_assert(mlt_unpack_u64(&in) == UINT64_MAX);
    ck_assert(signbit(mlt_unpack_double(&in)));
    ck_assert_ptr_null(mlt_unpack_text(&in));
    ck_assert_str_eq(mlt_unpack_text(&in), "");
    const char *bytes = mlt_unpack_bytes(&in, &len);
    ck_assert(len == 3 && memcmp(bytes, "a\0b", 3) == 0);
    ck_assert(mlt_unpack_done(&in));
    mlt_unpack_u64(&in);
    ck_assert(in.broken);
    mlt_buf_free(&buf);
}
END_TEST

START_TEST(frame_reader_trusts_no_length_and_no_mark)
{
    struct mlt_frame frame;
    size_t taken;
    ck_assert_int_eq(mlt_frame_find("hello", 5, &frame, &taken), MLT_FRAME_BROKEN);
    ck_assert_int_eq(mlt_frame_find("MLT\0\0\0\0\0", 8, &frame, &taken), MLT_FRAME_BROKEN);
    ck_assert_int_eq(mlt_frame_find("MLT\x63\0\0\0\0", 8, &frame, &taken), MLT_FRAME_BROKEN);
    ck_assert_int_eq(mlt_frame_find("MLT\3\xff\xff\xff\xff", 8, &frame, &taken), MLT_FRAME_BROKEN);
    struct mlt_unpack huge = {"\xff\xff\xff\xff" "abc", 7, false};
    ck_assert_ptr_null(mlt_unpack_text(&huge));
    ck_assert(huge.broken);
    struct mlt_unpack no_end = {"\3\0\0\0" "abc", 7, false};
    ck_assert_ptr_null(mlt_unpack_text(&no_end));
    ck_assert(no_end.broken);
    struct mlt_unpack inner_nul = {"\3\0\0\0" "a\0\0", 7, false};
    ck_assert_ptr_null(mlt_unpack_text(&inner_nul));
    ck_assert(inner_nul.broken);
}
END_TEST

START_TEST(frame_that_grew_too_large_is_taken_back)
{
    struct mlt_buf buf = MLT_BUF_INIT;
    mlt_buf_puts(&buf, "before");
    size_t begin = mlt_frame_begin(&buf, MLT_FRAME_ATTACHMENT);
    char *room = mlt_buf_reserve(&buf, MLT_FRAME_MAX_BYTES + 1);
    ck_assert_ptr_nonnull(room);
    memset(room, 0, MLT_FRAME_MAX_BYTES + 1);
    mlt_buf_wrote(&buf, MLT_FRAME_MAX_BYTES + 1);
    ck_assert(!mlt_frame_end(&buf, begin));
    ck_assert_str_eq(buf.data, "before");
    mlt_buf_free(&buf);
}
END_TEST

TCase *frame_cases(void)
{
    TCase *tcase = tcase_create("frame");
    tcase_add_test(tcase, frame_fields_come_back_bit_for_bit);
    tcase_add_test(tcase, frame_reader_trusts_no_length_and_no_mark);
    tcase_add_test(tcase, frame_that_grew_too_large_is_taken_back);
    return tcase;
}

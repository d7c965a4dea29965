#include <stdint.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/rng.h"
#include "mltest/verdict.h"
#include "tests/unit/suite.h"

START_TEST(arena_refuses_sizes_that_overflow)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    ck_assert_ptr_null(mlt_arena_calloc(&arena, SIZE_MAX / 2, 4));
    ck_assert_ptr_null(mlt_arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_nonnull(mlt_arena_alloc(&arena, 0));
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(arena_gives_zeroed_aligned_memory_also_behind_large_blocks)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    for (size_t size = 1; size < 200000; size = size * 3 + 1) {
        unsigned char *p = mlt_arena_alloc(&arena, size);
        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
        ck_assert(p[0] == 0 && p[size - 1] == 0);
        memset(p, 0xff, size);
    }
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(buf_stays_terminated_and_reports_memory_once)
{
    struct mlt_buf buf = MLT_BUF_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    mlt_buf_printf(&buf, "%s-%d", "a", 7);
    mlt_buf_putc(&buf, 'x');
    ck_assert_str_eq(buf.data, "a-7x");
    mlt_buf_consume(&buf, 2);
    ck_assert_str_eq(buf.data, "7x");
    ck_assert_ptr_null(mlt_buf_reserve(&buf, SIZE_MAX / 2));
    mlt_buf_puts(&buf, "ignored");
    ck_fails(mlt_buf_check(&buf, &err), MLT_ERR_INFRA, "out of memory");
    mlt_buf_free(&buf);
}
END_TEST

/* First outputs of splitmix64(0), from the reference code's published test values. */
START_TEST(rng_is_seeded_by_splitmix64)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 0);
    ck_assert_uint_eq(rng.s[0], 0xe220a8397b1dcdafu);
    ck_assert_uint_eq(rng.s[1], 0x6e789e6aa1b965f4u);
    ck_assert_uint_eq(rng.s[2], 0x06c45d188009454fu);
}
END_TEST

/* xoshiro256** from the state {1,2,3,4}: 11520, 0, 1509978240 (rand_xoshiro's test vector). */
START_TEST(rng_follows_the_published_generator)
{
    struct mlt_rng rng = {{1, 2, 3, 4}};
    ck_assert_uint_eq(mlt_rng_next(&rng), 11520);
    ck_assert_uint_eq(mlt_rng_next(&rng), 0);
    ck_assert_uint_eq(mlt_rng_next(&rng), 1509978240);
    ck_assert_uint_eq(mlt_rng_next(&rng), 1215971899390074240u);
}
END_TEST

START_TEST(rng_stays_below_its_bound)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 42);
    unsigned seen = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t x = mlt_rng_below(&rng, 6);
        ck_assert_uint_lt(x, 6);
        seen |= 1u << x;
        double u = mlt_rng_uniform(&rng);
        ck_assert(u >= 0 && u < 1);
    }
    ck_assert_uint_eq(seen, 63);
    ck_assert_uint_eq(mlt_rng_below(&rng, 1), 0);
}
END_TEST

START_TEST(verdict_of_nothing_is_invalid_and_fail_is_the_headline)
{
    enum mlt_verdict zero = {0};
    ck_assert_str_eq(mlt_verdict_name(zero), "invalid");
    ck_assert_str_eq(mlt_outcome_state_name((enum mlt_outcome_state)0), "not-run");
    ck_assert_int_eq(mlt_verdict_worst(MLT_VERDICT_INVALID, MLT_VERDICT_FAIL), MLT_VERDICT_FAIL);
    ck_assert_int_eq(mlt_verdict_worst(MLT_VERDICT_INVALID, MLT_VERDICT_INCONCLUSIVE),
                     MLT_VERDICT_INVALID);
    ck_assert_int_eq(mlt_verdict_worst(MLT_VERDICT_PASS, MLT_VERDICT_INCONCLUSIVE),
                     MLT_VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(mlt_verdict_exit_code((enum mlt_verdict)99), 4);
}
END_TEST

TCase *memory_case(void);

TCase *memory_case(void)
{
    TCase *tc = tcase_create("memory");
    tcase_add_test(tc, arena_refuses_sizes_that_overflow);
    tcase_add_test(tc, arena_gives_zeroed_aligned_memory_also_behind_large_blocks);
    tcase_add_test(tc, buf_stays_terminated_and_reports_memory_once);
    tcase_add_test(tc, rng_is_seeded_by_splitmix64);
    tcase_add_test(tc, rng_follows_the_published_generator);
    tcase_add_test(tc, rng_stays_below_its_bound);
    tcase_add_test(tc, verdict_of_nothing_is_invalid_and_fail_is_the_headline);
    return tc;
}

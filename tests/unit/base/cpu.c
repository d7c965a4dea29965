#include "harness/base/cpu.h"

#include "tests/unit/suite.h"

TCase *cpu_case(void);

START_TEST(the_plain_path_can_be_chosen_and_left)
{
    struct mlt_err err = MLT_ERR_INIT;
    bool has = mlt_cpu_avx2();
    ck_ok(mlt_cpu_choose("portable", &err));
    ck_assert(!mlt_cpu_avx2());
    ck_ok(mlt_cpu_choose(NULL, &err));
    ck_assert(mlt_cpu_avx2() == has);
    mlt_cpu_limit(true);
    ck_assert(!mlt_cpu_avx2());
    ck_ok(mlt_cpu_choose("", &err));
    ck_assert(mlt_cpu_avx2() == has);
}
END_TEST

START_TEST(vector_instructions_that_are_not_there_are_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    bool has = mlt_cpu_avx2();
    ck_assert(mlt_cpu_choose("avx2", &err) == has);
    ck_assert(has || err.kind == MLT_ERR_USAGE);
}
END_TEST

START_TEST(another_name_is_refused_and_told)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_assert(!mlt_cpu_choose("AVX2", &err));
    ck_assert_int_eq(err.kind, MLT_ERR_USAGE);
    ck_assert_str_eq(err.text, "MLTEST_SIMD is \"portable\" or \"avx2\", not \"AVX2\"");
}
END_TEST

TCase *cpu_case(void)
{
    TCase *tc = tcase_create("cpu");
    tcase_add_test(tc, the_plain_path_can_be_chosen_and_left);
    tcase_add_test(tc, vector_instructions_that_are_not_there_are_refused);
    tcase_add_test(tc, another_name_is_refused_and_told);
    return tc;
}

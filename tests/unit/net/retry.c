/* Which answers are asked again, and how soon. */
#include "harness/net/retry.h"
#include "tests/unit/suite.h"

TCase *retry_case(void);

START_TEST(only_answers_that_may_change_are_asked_again)
{
    for (long status = 100; status < 600; status++)
        ck_assert_int_eq(mlt_retry_status(status),
                         status == 429 || status == 502 || status == 503 || status == 504);
}
END_TEST

START_TEST(pauses_double_up_to_eight_seconds)
{
    static const uint64_t spans[] = {500, 1000, 2000, 4000, 8000, 8000, 8000};
    for (unsigned i = 0; i < sizeof spans / sizeof *spans; i++) {
        ck_assert_uint_eq(mlt_retry_delay_ms(i + 2, -1, 0.0), 0);
        ck_assert_uint_eq(mlt_retry_delay_ms(i + 2, -1, 0.5), spans[i] / 2);
        ck_assert_uint_lt(mlt_retry_delay_ms(i + 2, -1, 0.999999), spans[i]);
    }
    ck_assert_uint_eq(mlt_retry_delay_ms(4000000000u, -1, 0.5), 4000);
}
END_TEST

START_TEST(no_pause_is_shorter_than_the_server_asks)
{
    ck_assert_uint_eq(mlt_retry_delay_ms(2, 3, 0.999), 3000);
    ck_assert_uint_eq(mlt_retry_delay_ms(7, 3, 0.5), 4000);
    ck_assert_uint_eq(mlt_retry_delay_ms(2, 0, 0.5), 250);
    ck_assert_uint_ge(mlt_retry_delay_ms(2, INT64_MAX, 0.5), (uint64_t)INT32_MAX * 1000);
}
END_TEST

TCase *retry_case(void)
{
    TCase *test = tcase_create("retry");
    tcase_add_test(test, only_answers_that_may_change_are_asked_again);
    tcase_add_test(test, pauses_double_up_to_eight_seconds);
    tcase_add_test(test, no_pause_is_shorter_than_the_server_asks);
    return test;
}

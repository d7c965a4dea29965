#include "harness/runner/family.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/subprocess.h"
#include "tests/unit/suite.h"

TCase *family_cases(void);

START_TEST(family_ends_those_with_the_mark_and_nobody_else)
{
    struct mlt_err err = MLT_ERR_INIT;
    static const char *const argv[] = {"sleep", "60", NULL};
    static const char *const mine[] = {MLT_FAMILY_VARIABLE "=test-mark-1", NULL};
    static const char *const other[] = {MLT_FAMILY_VARIABLE "=test-mark-12", NULL};
    struct mlt_subprocess a = MLT_SUBPROCESS_INIT, b = MLT_SUBPROCESS_INIT;
    const struct mlt_subprocess_options for_a = {.argv = argv, .env = mine};
    const struct mlt_subprocess_options for_b = {.argv = argv, .env = other};
    ck_ok(mlt_subprocess_start(&for_a, &a, &err));
    ck_ok(mlt_subprocess_start(&for_b, &b, &err));
    ck_assert_uint_ge(mlt_family_kill("test-mark-1"), 1);
    ck_assert(mlt_subprocess_poll(&a));
    ck_assert(!mlt_subprocess_poll(&b));
    ck_assert_uint_eq(mlt_family_kill("test-mark-1"), 0);
    mlt_subprocess_stop(&a, 0);
    mlt_subprocess_stop(&b, 0);
}
END_TEST

TCase *family_cases(void)
{
    TCase *tcase = tcase_create("family");
    tcase_add_test(tcase, family_ends_those_with_the_mark_and_nobody_else);
    return tcase;
}

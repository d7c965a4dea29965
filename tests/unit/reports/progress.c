/* The live line is one line, and is gone when anything else is printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cell.h"
#include "reports/console_progress.h"
#include "tests/unit/reports/fixtures.h"
#include "tests/unit/suite.h"

TCase *progress_case(void);

static FILE *stream;
static char *written;
static size_t len;
static struct mlt_progress progress;
static const struct mlt_case_plan first = {.id = "unit/loads"}, second = {.id = "unit/metadata"};
static const struct mlt_outcome passed = {.state = MLT_OUTCOME_PASSED, .duration_ns = 1500000};

static void setup(void)
{
    stream = open_memstream(&written, &len);
    ck_assert_ptr_nonnull(stream);
}

static void teardown(void)
{
    fclose(stream);
    free(written);
}

START_TEST(ci_gets_one_plain_line_per_ended_case)
{
    struct mlt_outcome failed = {
        .state = MLT_OUTCOME_FAILED, .message = "row 3\n::error::x", .duration_ns = 2000000000};
    mlt_progress_start(&progress, stream, false, false, 80, 2, 0);
    mlt_progress_case_started(&progress, &first);
    mlt_progress_tick(&progress, 5);
    mlt_progress_case_ended(&progress, &first, &passed, 10);
    mlt_progress_case_ended(&progress, &second, &failed, 20);
    mlt_progress_stop(&progress);
    ck_assert_str_eq(written, "[1/2] ✓ passed  unit/loads  1.50 ms\n"
                              "[2/2] ✗ failed  unit/metadata  2.00 s  row 3\\n::error::x\n");
}
END_TEST

START_TEST(a_terminal_gets_one_line_that_is_erased)
{
    mlt_progress_start(&progress, stream, true, false, 80, 4, 0);
    mlt_progress_case_started(&progress, &first);
    mlt_progress_case_started(&progress, &second);
    mlt_progress_case_share(&progress, &second, 0.5);
    mlt_progress_tick(&progress, 3000000000u);
    ck_assert_ptr_nonnull(strstr(written, " 0/4  3.00 s  unit/loads, unit/metadata 50 %"));
    mlt_progress_case_ended(&progress, &first, &passed, 4000000000u);
    mlt_progress_stop(&progress);
    ck_assert_ptr_null(strchr(written, '\n'));
    ck_assert(len > 4 && strcmp(written + len - 4, "\r\x1b[K") == 0);
}
END_TEST

START_TEST(the_live_line_never_wraps)
{
    struct mlt_case_plan longest = {.id = fixture_long_name()};
    for (unsigned width = 40; width <= 120; width += 16) {
        long before = ftell(stream);
        mlt_progress_start(&progress, stream, true, false, width, 9, 0);
        for (int i = 0; i < 20; i++)
            mlt_progress_case_started(&progress, &longest);
        mlt_progress_tick(&progress, 1000000000);
        const char *line = written + before + strlen("\r\x1b[K");
        ck_assert_uint_lt(mlt_cell_columns(line, strlen(line)), width);
    }
}
END_TEST

START_TEST(a_live_failure_leaves_its_line_behind)
{
    struct mlt_outcome broken = {.state = MLT_OUTCOME_BROKEN, .message = "signal 11"};
    mlt_progress_start(&progress, stream, true, false, 80, 1, 0);
    mlt_progress_tick(&progress, 1);
    mlt_progress_case_ended(&progress, &first, &broken, 2);
    ck_assert_ptr_nonnull(strstr(written, "\r\x1b[K[1/1] ! broken  unit/loads  0 ns  signal 11\n"));
}
END_TEST

TCase *progress_case(void)
{
    TCase *test = tcase_create("progress");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, ci_gets_one_plain_line_per_ended_case);
    tcase_add_test(test, a_terminal_gets_one_line_that_is_erased);
    tcase_add_test(test, the_live_line_never_wraps);
    tcase_add_test(test, a_live_failure_leaves_its_line_behind);
    return test;
}

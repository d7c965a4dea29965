#include "harness/table/join.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/suite.h"

TCase *join_case(void);

static struct mlt_err err;
static struct mlt_join *join;

static void setup(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
    join = mlt_join_new("cand.csv", "base.csv", 1, 0);
}

static void teardown(void)
{
    mlt_join_free(join);
}

static struct mlt_join_part part(const char *text)
{
    return (struct mlt_join_part){text, strlen(text)};
}

static void left(const char *key, uint32_t row)
{
    struct mlt_join_part one = part(key);
    ck_ok(mlt_join_left(join, &one, row, row + 2, &err));
}

static uint32_t right(const char *key, uint64_t line)
{
    struct mlt_join_part one = part(key);
    uint32_t row = 0;
    ck_ok(mlt_join_right(join, &one, line, &row, &err));
    return row;
}

START_TEST(rows_find_their_partner_in_any_order)
{
    char key[32];
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "row %u", i * 7);
        left(key, i);
    }
    for (uint32_t i = 5000; i-- > 0;) {
        snprintf(key, sizeof key, "row %u", i * 7);
        ck_assert_uint_eq(right(key, i), i);
    }
    ck_ok(mlt_join_finish(join, &err));
}
END_TEST

START_TEST(duplicates_and_orphans_are_counted_and_the_first_are_named)
{
    static const char *const keys[] = {"a", "b", "a", "c", "d", "e", "f"};
    for (uint32_t i = 0; i < 7; i++)
        left(keys[i], i);
    ck_assert_uint_eq(right("b", 2), 1);
    ck_assert_uint_eq(right("b", 3), UINT32_MAX);
    ck_assert_uint_eq(right("z", 4), UINT32_MAX);
    ck_fails(mlt_join_finish(join, &err), MLT_ERR_EVIDENCE,
             "1 row of cand.csv with a key that was there before: a (line 4); 1 row of base.csv "
             "with a key that was there before: b (line 3); 5 rows of cand.csv with no partner "
             "in the other file: a (line 2), c (line 5), d (line 6), …; 1 row of base.csv with "
             "no partner in the other file: z (line 4)");
}
END_TEST

START_TEST(a_key_of_several_columns_is_not_their_text_in_a_row)
{
    mlt_join_free(join);
    join = mlt_join_new("cand.csv", "base.csv", 2, 0);
    struct mlt_join_part one[] = {part("a"), part("bc")}, other[] = {part("ab"), part("c")};
    uint32_t row;
    ck_ok(mlt_join_left(join, one, 0, 2, &err));
    ck_ok(mlt_join_right(join, other, 2, &row, &err));
    ck_assert_uint_eq(row, UINT32_MAX);
    ck_fails(mlt_join_finish(join, &err), MLT_ERR_EVIDENCE,
             "no partner in the other file: ab, c (line 2)");
}
END_TEST

START_TEST(a_missing_key_and_too_many_keys_are_faults)
{
    struct mlt_join_part none = {NULL, 0}, some = part("a key");
    ck_fails(mlt_join_left(join, &none, 0, 9, &err), MLT_ERR_EVIDENCE,
             "cand.csv:9: a key is missing");
    mlt_join_free(join);
    join = mlt_join_new("cand.csv", "base.csv", 1, 50);
    ck_fails(mlt_join_left(join, &some, 0, 2, &err), MLT_ERR_INFRA, "more memory");
}
END_TEST

TCase *join_case(void)
{
    TCase *tc = tcase_create("join");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, rows_find_their_partner_in_any_order);
    tcase_add_test(tc, duplicates_and_orphans_are_counted_and_the_first_are_named);
    tcase_add_test(tc, a_key_of_several_columns_is_not_their_text_in_a_row);
    tcase_add_test(tc, a_missing_key_and_too_many_keys_are_faults);
    return tc;
}

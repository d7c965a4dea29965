#include "harness/table/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/suite.h"

TCase *join_case(void);
TCase *reader_case(void);

static struct mlt_arena arena;
static struct mlt_err err;
static struct mlt_table table;

static void setup(void)
{
    unit_folder_setup();
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
    unit_folder_teardown();
}

static bool read_text(const char *name, const char *text)
{
    unit_write_text(unit_path(name), text);
    return mlt_table_read(unit_path(name), &arena, &table, &err);
}

START_TEST(columns_are_text_and_numbers_where_all_values_are)
{
    ck_ok(read_text("a.csv", "y,brand,mixed\n1.5,b,1\n-2e3,a,x\n"));
    ck_assert_uint_eq(table.rows, 2);
    ck_assert_uint_eq(table.columns, 3);
    const struct mlt_column *y = mlt_table_find(&table, "y");
    ck_assert(y->number[0] == 1.5 && y->number[1] == -2000);
    ck_assert_str_eq(y->text[1], "-2e3");
    ck_assert_ptr_null(mlt_table_find(&table, "brand")->number);
    ck_assert_ptr_null(mlt_table_find(&table, "mixed")->number);
    ck_assert_uint_eq(table.line[0], 2);
    ck_assert_uint_eq(table.line[1], 3);
}
END_TEST

START_TEST(the_words_for_missing_are_missing_and_quoted_ones_are_values)
{
    ck_ok(read_text("a.csv", "y,w\n,NA\nNaN,\"NA\"\nnull,None\n4,v\n"));
    const struct mlt_column *y = mlt_table_find(&table, "y");
    ck_assert_uint_eq(y->missing, 3);
    ck_assert(isnan(y->number[0]) && isnan(y->number[1]) && y->number[3] == 4);
    const struct mlt_column *w = mlt_table_find(&table, "w");
    ck_assert_uint_eq(w->missing, 2);
    ck_assert_ptr_null(w->text[0]);
    ck_assert_str_eq(w->text[1], "NA");
}
END_TEST

START_TEST(infinity_and_hexadecimal_are_not_numbers)
{
    ck_ok(read_text("a.csv", "a,b\ninf,0x10\n"));
    ck_assert_ptr_null(mlt_table_find(&table, "a")->number);
    ck_assert_ptr_null(mlt_table_find(&table, "b")->number);
}
END_TEST

START_TEST(json_lines_are_a_table_too)
{
    ck_ok(read_text("a.jsonl", "{\"y\": 1.5, \"s\": \"a\\tb\", \"p\": [0.1, 0.9]}\n"
                               "{\"s\": \"\", \"y\": null}\n"));
    ck_assert_uint_eq(table.columns, 3);
    const struct mlt_column *y = mlt_table_find(&table, "y");
    ck_assert(y->number[0] == 1.5 && isnan(y->number[1]) && y->missing == 1);
    ck_assert_str_eq(mlt_table_find(&table, "s")->text[0], "a\tb");
    ck_assert_str_eq(mlt_table_find(&table, "s")->text[1], "");
    ck_assert_str_eq(mlt_table_find(&table, "p")->text[0], "[0.1, 0.9]");
    ck_assert_uint_eq(mlt_table_find(&table, "p")->missing, 1);
    ck_assert_uint_eq(table.line[1], 2);
}
END_TEST

START_TEST(many_rows_stay_in_step)
{
    FILE *file = fopen(unit_path("big.tsv"), "w");
    fputs("id\tvalue\n", file);
    for (int i = 0; i < 1000; i++)
        fprintf(file, "r%d\t%d\n", i, i * 3);
    fclose(file);
    ck_ok(mlt_table_read(unit_path("big.tsv"), &arena, &table, &err));
    ck_assert_uint_eq(table.rows, 1000);
    for (int i = 0; i < 1000; i++) {
        ck_assert(table.column[1].number[i] == i * 3);
        ck_assert_uint_eq(table.line[i], (uint64_t)i + 2);
    }
    ck_assert_str_eq(table.column[0].text[999], "r999");
}
END_TEST

START_TEST(the_digest_is_that_of_the_file)
{
    /* coreutils 9.1: printf 'a\n1\n' | sha256sum */
    ck_ok(read_text("a.csv", "a\n1\n"));
    ck_assert_str_eq(table.digest,
                     "309b0e45a73d3fc5325e2b6ed0a01ef8b9cde6b05a5633c1f893f970d52bfddc");
}
END_TEST

START_TEST(an_empty_data_set_is_an_error)
{
    ck_fails(read_text("a.csv", "a,b\n"), MLT_ERR_EVIDENCE, "no rows");
    ck_fails(read_text("b.csv", ""), MLT_ERR_EVIDENCE, "b.csv");
}
END_TEST

START_TEST(a_ragged_row_is_an_error_with_its_line)
{
    ck_fails(read_text("a.csv", "a,b\n1,2\n3\n"), MLT_ERR_EVIDENCE, "a.csv:3");
}
END_TEST

START_TEST(an_unknown_format_is_refused)
{
    ck_fails(read_text("a.parquet", "a\n1\n"), MLT_ERR_USAGE, ".tsv");
}
END_TEST

START_TEST(a_wanted_column_that_is_absent_names_the_nearest)
{
    ck_ok(read_text("a.csv", "label,score\n1,2\n"));
    ck_assert_ptr_nonnull(mlt_table_want(&table, "score", &err));
    ck_fails(mlt_table_want(&table, "scores", &err) != NULL, MLT_ERR_EVIDENCE,
             "did you mean \"score\"");
    ck_fails(mlt_table_want(&table, "zzzzzz", &err) != NULL, MLT_ERR_EVIDENCE, "no column");
}
END_TEST

START_TEST(groups_are_numbered_by_first_appearance)
{
    struct mlt_groups groups;
    ck_ok(read_text("a.csv", "g,k\nb,1\na,2\n,3\nb,4\n,5\na,6\nb,7\n"));
    ck_ok(mlt_table_group(mlt_table_find(&table, "g"), table.rows, &arena, &groups, &err));
    const uint32_t expected[] = {0, 1, 2, 0, 2, 1, 0};
    ck_assert_uint_eq(groups.groups, 3);
    for (int i = 0; i < 7; i++)
        ck_assert_uint_eq(groups.id[i], expected[i]);
    ck_assert_str_eq(groups.value[0], "b");
    ck_assert_str_eq(groups.value[2], "(missing)");
    ck_assert_uint_eq(groups.rows[0], 3);
    ck_assert_uint_eq(groups.rows[2], 2);
}
END_TEST

static TCase *table_case(void)
{
    TCase *tcase = tcase_create("table");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, columns_are_text_and_numbers_where_all_values_are);
    tcase_add_test(tcase, the_words_for_missing_are_missing_and_quoted_ones_are_values);
    tcase_add_test(tcase, infinity_and_hexadecimal_are_not_numbers);
    tcase_add_test(tcase, json_lines_are_a_table_too);
    tcase_add_test(tcase, many_rows_stay_in_step);
    tcase_add_test(tcase, the_digest_is_that_of_the_file);
    tcase_add_test(tcase, an_empty_data_set_is_an_error);
    tcase_add_test(tcase, a_ragged_row_is_an_error_with_its_line);
    tcase_add_test(tcase, an_unknown_format_is_refused);
    tcase_add_test(tcase, a_wanted_column_that_is_absent_names_the_nearest);
    tcase_add_test(tcase, groups_are_numbered_by_first_appearance);
    return tcase;
}

static TCase *(*const cases[])(void) = {table_case, join_case, reader_case, NULL};
const struct unit_suite unit_suite = {"table", cases};

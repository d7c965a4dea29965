#include <string.h>

#include "harness/domain/slice.h"
#include "tests/unit/suite.h"

TCase *slice_case(void);

static struct mlt_arena arena = MLT_ARENA_INIT;

static const char *name2(const char *a, const char *b)
{
    return mlt_slice_name((const char *const[]){a, b}, 2, &arena);
}

START_TEST(one_part_is_as_in_the_data_and_several_are_a_record)
{
    ck_assert_str_eq(mlt_slice_name((const char *const[]){"A, \"B\""}, 1, &arena), "A, \"B\"");
    ck_assert_str_eq(name2("brand", "store"), "brand,store");
    ck_assert_str_eq(name2("net, gross", "s"), "\"net, gross\",s");
    ck_assert_str_eq(name2("A, \"B\"", ""), "\"A, \"\"B\"\"\",");
    mlt_arena_free(&arena);
}
END_TEST

/* Every text of up to three of these characters, in pairs: what is joined comes apart again, and no
 * two pairs give one name. */
START_TEST(no_two_slices_have_one_name)
{
    static const char alphabet[] = ",\"\na";
    static char text[85][4];
    static const char *name[85 * 85];
    size_t texts = 1, pairs = 0;
    for (size_t i = 0; i < 21; i++) {
        for (size_t k = 0; k < 4; k++, texts++) {
            memcpy(text[texts], text[i], sizeof text[i]);
            text[texts][strlen(text[i])] = alphabet[k];
        }
    }
    ck_assert_uint_eq(texts, 85);
    for (size_t i = 0; i < texts; i++) {
        for (size_t k = 0; k < texts; k++) {
            size_t count;
            name[pairs] = name2(text[i], text[k]);
            const char **part = mlt_slice_split(name[pairs++], &arena, &count);
            ck_assert_ptr_nonnull(part);
            ck_assert_uint_eq(count, 2);
            ck_assert_str_eq(part[0], text[i]);
            ck_assert_str_eq(part[1], text[k]);
        }
    }
    for (size_t i = 1; i < 400; i++)
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(name[i * 18], name[k * 18]);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(a_crossing_is_written_with_stars)
{
    static const char *const bad[] = {"", "*", "a*", "*a", "a**b"};
    size_t count;
    const char **part = mlt_slice_uncross("brand*a, \"b\"*store", &arena, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(part[0], "brand");
    ck_assert_str_eq(part[1], "a, \"b\"");
    ck_assert_str_eq(part[2], "store");
    part = mlt_slice_uncross("brand", &arena, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(part[0], "brand");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_ptr_null(mlt_slice_uncross(bad[i], &arena, &count));
        ck_assert_uint_eq(count, 0);
    }
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(the_order_of_columns_does_not_matter)
{
    ck_assert(mlt_slice_same_columns("brand,store", "store,brand"));
    ck_assert(mlt_slice_same("brand,store", "3,5", "store,brand", "5,3"));
    ck_assert(!mlt_slice_same("brand,store", "3,5", "store,brand", "3,5"));
    ck_assert(!mlt_slice_same_columns("brand,store", "brand"));
    ck_assert(!mlt_slice_same_columns("brand,brand", "brand,store"));
    ck_assert(!mlt_slice_same_columns("\"brand,store\"", "brand,store"));
    ck_assert(mlt_slice_same("x", "A, B", "x", "A, B") && !mlt_slice_same("x", "A", "x", NULL));
    ck_assert(mlt_slice_same("a,b", "(other)", "b,a", "(other)"));
    ck_assert(!mlt_slice_same("a,b", "(other)", "b,a", "(other),1"));
    ck_assert(mlt_slice_same(NULL, NULL, NULL, NULL) && !mlt_slice_same_columns(NULL, "a"));
}
END_TEST

START_TEST(hostile_names_are_compared_and_shown_as_they_are)
{
    static const char *const bad[] = {"\"open", "\"a\"b", "\"a\"\"", "a,b,c,d,e,f,g,h,i"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct mlt_buf shown = MLT_BUF_INIT;
        size_t count;
        ck_assert(i == 3 || mlt_slice_split(bad[i], &arena, &count) == NULL);
        ck_assert(mlt_slice_same_columns(bad[i], bad[i]));
        ck_assert(!mlt_slice_same_columns(bad[i], "a"));
        ck_assert(!mlt_slice_same(bad[i], "1", "a", "1"));
        mlt_slice_print(&shown, bad[i], "1", " == ", " and ");
        ck_assert(strncmp(shown.data, bad[i], strlen(bad[i])) == 0);
        mlt_buf_free(&shown);
    }
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(people_read_each_column_with_its_value)
{
    static const char *const known[][3] = {
        {"brand", "3", "brand == 3"},
        {"brand,store", "3,5", "brand == 3 and store == 5"},
        {"\"a,b\",c", "\"x\"\"\",", "a,b == x\" and c == "},
        {"brand,store", "(other)", "brand,store == (other)"},
        {"a", "x,y", "a == x,y"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct mlt_buf shown = MLT_BUF_INIT;
        mlt_slice_print(&shown, known[i][0], known[i][1], " == ", " and ");
        ck_assert_str_eq(shown.data, known[i][2]);
        mlt_buf_free(&shown);
    }
}
END_TEST

TCase *slice_case(void)
{
    TCase *tcase = tcase_create("slice");
    tcase_add_test(tcase, one_part_is_as_in_the_data_and_several_are_a_record);
    tcase_add_test(tcase, no_two_slices_have_one_name);
    tcase_add_test(tcase, a_crossing_is_written_with_stars);
    tcase_add_test(tcase, the_order_of_columns_does_not_matter);
    tcase_add_test(tcase, hostile_names_are_compared_and_shown_as_they_are);
    tcase_add_test(tcase, people_read_each_column_with_its_value);
    return tcase;
}

#include <string.h>

#include "harness/metrics/text.h"
#include "tests/unit/suite.h"

TCase *text_case(void);

static struct mlt_err err;

static void setup(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
}

/* Expected: normalize_answer, exact match and F1 of the official evaluation script of SQuAD 2.0,
 * run by Python 3.11. */
START_TEST(texts_compare_as_in_squad)
{
    static const struct {
        const char *reference, *answer;
        double exact, f1;
    } known[] = {
        {"The Eiffel Tower", "eiffel tower!", 1, 1},
        {"a cat, the hat", "Cat hat cat", 0, 0.8},
        {"the", "an", 1, 1},
        {"the", "", 1, 1},
        {"the", "x", 0, 0},
        {"École Ñandú", "école ñandú", 1, 1},
        {"“The” end", "“ ” end", 1, 1},
        {"a\u00a0b", "b", 1, 1},
        {"don't stop", "dont stop", 1, 1},
        {"New-York city", "NewYork City", 1, 1},
        {"x y z", "z y x", 0, 1},
        {"ΑΒΓ Привет", "αβγ привет", 1, 1},
        {"the theory of a", "theory of", 1, 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        double score[MLT_TEXT_SCORES];
        const char *a = known[i].reference, *b = known[i].answer;
        ck_ok(mlt_text_compare(a, strlen(a), b, strlen(b), score, &err));
        ck_assert_msg(score[MLT_TEXT_EXACT_MATCH] == known[i].exact &&
                          score[MLT_TEXT_TOKEN_F1] == known[i].f1,
                      "%s | %s", a, b);
        ck_ok(mlt_text_compare(b, strlen(b), a, strlen(a), score, &err));
        ck_assert_msg(score[MLT_TEXT_TOKEN_F1] == known[i].f1, "%s | %s", b, a);
    }
}
END_TEST

START_TEST(bytes_that_are_no_text_are_compared_as_they_are)
{
    double score[MLT_TEXT_SCORES];
    ck_ok(mlt_text_compare("\xff x\0y", 5, "\xff  X\0Y", 6, score, &err));
    ck_assert(score[MLT_TEXT_EXACT_MATCH] == 1);
    ck_ok(mlt_text_compare("\xff", 1, "\xfe", 1, score, &err));
    ck_assert(score[MLT_TEXT_EXACT_MATCH] == 0 && score[MLT_TEXT_TOKEN_F1] == 0);
    /* Two wrong answers are two answers. */
    double other[MLT_TEXT_SCORES];
    ck_ok(mlt_text_compare("\xff", 1, "\xfd", 1, other, &err));
    ck_assert(other[MLT_TEXT_EXACT_MATCH] == 0 && other[MLT_TEXT_TOKEN_F1] == 0);
    ck_assert(other[MLT_TEXT_ANSWER] != score[MLT_TEXT_ANSWER]);
    ck_ok(mlt_text_compare("", 0, "", 0, score, &err));
    ck_assert(score[MLT_TEXT_EXACT_MATCH] == 1 && score[MLT_TEXT_TOKEN_F1] == 1);
    ck_ok(mlt_text_compare("word\xe2\x80", 6, "word", 4, score, &err));
    ck_assert(score[MLT_TEXT_EXACT_MATCH] == 0);
}
END_TEST

TCase *text_case(void)
{
    TCase *tcase = tcase_create("text");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, texts_compare_as_in_squad);
    tcase_add_test(tcase, bytes_that_are_no_text_are_compared_as_they_are);
    return tcase;
}

#include "harness/codec/delimited.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/codec/number.h"
#include "tests/unit/suite.h"

TCase *delimited_case(void);

enum { TEXT_MAX = 700 };
static char buffer[TEXT_MAX + 2 * MLT_DELIMITED_PAD];
static char *const text = buffer + MLT_DELIMITED_PAD;
static struct mlt_err err;

static void random_text(struct mlt_rng *rng, size_t len)
{
    static const char bytes[] = "aaaa,,,\n\n\"\"\r.";
    for (size_t i = 0; i < len; i++)
        text[i] = bytes[mlt_rng_below(rng, sizeof bytes - 1)];
    /* What stands behind must not matter. */
    memset(text + len, '\n', MLT_DELIMITED_PAD);
}

/* One byte after the other. */
static struct mlt_delimited_cut cut_slowly(size_t len, bool quotes, bool inside)
{
    struct mlt_delimited_cut cut = {.inside = inside};
    for (size_t i = 0; i < len; i++) {
        cut.inside ^= quotes && text[i] == '"';
        cut.lines += text[i] == '\n';
        if (text[i] == '\n' && !cut.inside) {
            cut.records++;
            cut.end = i + 1;
        }
    }
    return cut;
}

START_TEST(both_paths_cut_as_one_byte_after_the_other_does)
{
    struct mlt_rng rng;
    bool avx2 = _i == 1;
    if (avx2 && !__builtin_cpu_supports("avx2"))
        return;
    mlt_rng_seed(&rng, 3);
    for (int i = 0; i < 5000; i++) {
        size_t len = mlt_rng_below(&rng, TEXT_MAX);
        bool quotes = i % 3 != 0, inside = quotes && i % 2;
        random_text(&rng, len);
        struct mlt_delimited_cut got = {.inside = inside}, wanted = cut_slowly(len, quotes, inside);
        mlt_delimited_cut(text, len, quotes, avx2, &got);
        ck_assert(got.inside == wanted.inside && got.records == wanted.records &&
                  got.lines == wanted.lines && got.end == wanted.end);
    }
}
END_TEST

START_TEST(the_index_holds_what_ends_fields_and_flags_what_is_odd)
{
    struct mlt_rng rng;
    struct mlt_delimited_index index = {0};
    bool avx2 = _i == 1;
    if (avx2 && !__builtin_cpu_supports("avx2"))
        return;
    mlt_rng_seed(&rng, 4);
    for (int i = 0; i < 20000; i++) {
        size_t len = mlt_rng_below(&rng, i % 2 ? 12 : TEXT_MAX), fields = 0, good;
        bool inside = false;
        random_text(&rng, len);
        text[len++] = '\n';
        ck_ok(mlt_delimited_scan(text, len, ',', avx2, &index, &err));
        struct mlt_delimited_text whole = {"t", text, len, 1, ',', 0};
        struct mlt_err fault = MLT_ERR_INIT;
        bool sound = mlt_delimited_check(&whole, false, &good, &fault);
        /* An empty line is the reader's to see. */
        if (!sound && strstr(fault.text, "an empty line") == NULL &&
            strstr(fault.text, "never closed") == NULL)
            ck_assert_msg(index.fault, "%s in %.*s", fault.text, (int)len, text);
        if (sound)
            ck_assert(!index.fault);
        ck_assert_uint_eq(index.bound[0], UINT32_MAX);
        for (size_t at = 0; sound && at < len; at++) {
            inside ^= text[at] == '"';
            if ((text[at] == ',' || text[at] == '\n') && !inside)
                ck_assert_uint_eq(index.bound[++fields], at);
        }
        if (sound)
            ck_assert_uint_eq(index.fields, fields);
    }
    mlt_delimited_index_free(&index);
}
END_TEST

START_TEST(a_nul_byte_is_odd_on_both_paths)
{
    struct mlt_delimited_index index = {0};
    memset(buffer, 'a', sizeof buffer);
    for (size_t at = 0; at < 200; at += 7) {
        text[at] = '\0';
        text[200] = '\n';
        ck_ok(
            mlt_delimited_scan(text, 201, ',', _i && __builtin_cpu_supports("avx2"), &index, &err));
        ck_assert(index.fault);
        text[at] = 'a';
    }
    mlt_delimited_index_free(&index);
}
END_TEST

static double any_number(struct mlt_rng *rng, char *out, size_t size)
{
    static const char *const odd[] = {".5",
                                      "-.5",
                                      "5.",
                                      "+1",
                                      "-0",
                                      "0",
                                      "1e5",
                                      "-0.000",
                                      "1234567890123456",
                                      "9007199254740993",
                                      "0.12345678901234567",
                                      "-123456789.123456"};
    if (mlt_rng_below(rng, 6) == 0)
        snprintf(out, size, "%s", odd[mlt_rng_below(rng, 12)]);
    else
        snprintf(out, size, "%.*f", (int)mlt_rng_below(rng, 14),
                 (mlt_rng_uniform(rng) - 0.5) * 2000);
    return strtod(out, NULL);
}

START_TEST(a_column_is_the_numbers_up_to_the_first_that_is_none)
{
    enum { ROWS = 23 };
    struct mlt_rng rng;
    struct mlt_delimited_index index = {0};
    bool avx2 = _i == 1 && __builtin_cpu_supports("avx2");
    mlt_rng_seed(&rng, 9);
    for (int i = 0; i < 5000; i++) {
        double wanted[ROWS], got[ROWS];
        size_t len = 0, bad = mlt_rng_below(&rng, 2 * ROWS);
        for (size_t row = 0; row < ROWS; row++) {
            char number[40];
            static const char *const none[] = {"",    ".",  "-",  "1x", "1.2.3",
                                               "NaN", "..", "1-", "-."};
            wanted[row] = any_number(&rng, number, sizeof number);
            len += (size_t)sprintf(text + len, "k,%s\n",
                                   row == bad ? none[mlt_rng_below(&rng, 9)] : number);
        }
        ck_ok(mlt_delimited_scan(text, len, ',', avx2, &index, &err));
        size_t rows = mlt_number_column(text, index.bound + 1, 2, ROWS, avx2, got);
        ck_assert_uint_eq(rows, bad < ROWS ? bad : ROWS);
        ck_assert(memcmp(got, wanted, rows * sizeof *got) == 0);
    }
    mlt_delimited_index_free(&index);
}
END_TEST

TCase *delimited_case(void)
{
    TCase *tc = tcase_create("delimited");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, both_paths_cut_as_one_byte_after_the_other_does, 0, 2);
    tcase_add_loop_test(tc, the_index_holds_what_ends_fields_and_flags_what_is_odd, 0, 2);
    tcase_add_loop_test(tc, a_nul_byte_is_odd_on_both_paths, 0, 2);
    tcase_add_loop_test(tc, a_column_is_the_numbers_up_to_the_first_that_is_none, 0, 2);
    return tc;
}

/* Properties of figures: no digit of one can be changed unseen, and order does not matter. */
#include <ctype.h>
#include <string.h>

#include "tests/unit/documents/bench.h"

TCase *figures_case(void);

static size_t count_faults(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_document_fault *faults;
    size_t count;
    ck_ok(mlt_documents_check(&bench.set, &bench.facts, &arena, &faults, &count, &err));
    mlt_arena_free(&arena);
    return count;
}

/* Tables whose first column names metrics or slices: a line that starts with "| `" or "| brand ="
 * below the heading of metrics. Its first cell, and a slice in the second, are no figures. */
static size_t first_figure(const char *line)
{
    const char *at = strchr(line + 1, '|') + 1;
    if (strncmp(at, " brand", 6) == 0)
        at = strchr(at, '|') + 1;
    return (size_t)(at - line);
}

static size_t try_digits(char *text, size_t from, size_t to)
{
    size_t tried = 0;
    for (size_t i = from; i < to; i++) {
        char was = text[i];
        for (char digit = '0'; isdigit((unsigned char)was) && digit <= '9'; digit++) {
            if (digit == was)
                continue;
            text[i] = digit;
            tried++;
            ck_assert_msg(count_faults() > 0, "a digit became %c unseen in: %.*s", digit,
                          (int)(to - from), text + from);
        }
        text[i] = was;
    }
    return tried;
}

START_TEST(no_digit_in_a_table_of_figures_changes_unseen)
{
    static const enum mlt_document_kind kinds[] = {MLT_DOCUMENT_MODEL_CARD,
                                                   MLT_DOCUMENT_PERFORMANCE_REPORT};
    char *text = mlt_arena_strdup(&bench.arena, bench.set.document[kinds[_i]].text);
    size_t tried = 0;
    bench.set.document[kinds[_i]].text = text;
    ck_assert_uint_eq(count_faults(), 0);
    for (char *line = strstr(text, "### Performance Metrics"); line; line = strchr(line, '\n')) {
        line++;
        size_t len = strcspn(line, "\n");
        if (strncmp(line, "### Known", 9) == 0)
            break;
        if (strncmp(line, "| `", 3) == 0 || strncmp(line, "| brand", 7) == 0) {
            size_t at = (size_t)(line - text);
            tried += try_digits(text, at + first_figure(line), at + len);
        }
    }
    ck_assert_uint_ge(tried, _i ? 900 : 300);
}
END_TEST

/* The sections, whole, in the other order. */
START_TEST(the_order_of_sections_does_not_matter)
{
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        const char *text = bench.set.document[kind].text, *start = strstr(text, "### ");
        struct mlt_buf out = MLT_BUF_INIT;
        const char *sections[8], *end = text + strlen(text);
        size_t count = 0;
        for (const char *at = start; at && count < 8; at = strstr(at + 1, "\n### ")) {
            at += *at == '\n';
            sections[count++] = at;
        }
        mlt_buf_append(&out, text, (size_t)(start - text));
        while (count-- > 0) {
            mlt_buf_append(&out, sections[count], (size_t)(end - sections[count]));
            mlt_buf_putc(&out, '\n');
            end = sections[count];
        }
        bench_put(kind, out.data);
        mlt_buf_free(&out);
    }
    bench_check();
    ck_assert_msg(bench.count == 0, "%s", bench_say());
}
END_TEST

TCase *figures_case(void)
{
    TCase *tc = tcase_create("figures");
    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, no_digit_in_a_table_of_figures_changes_unseen, 0, 2);
    tcase_add_test(tc, the_order_of_sections_does_not_matter);
    return tc;
}

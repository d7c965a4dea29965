#include "harness/codec/csv.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "harness/base/buf.h"
#include "tests/unit/suite.h"

TCase *csv_case(void);

static struct mlt_csv *csv;
static const struct mlt_csv_field *row;
static struct mlt_err err;

static void setup(void)
{
    unit_folder_setup();
    csv = NULL;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_csv_close(csv);
    unit_folder_teardown();
}

static bool open_text(const char *text, size_t len)
{
    unit_write(unit_path("t.csv"), text, len);
    return mlt_csv_open(unit_path("t.csv"), ',', &csv, &err);
}

/* Opens and reads to the end; false at the first fault. */
static bool read_all(const char *text, size_t len)
{
    if (!open_text(text, len))
        return false;
    do {
        if (!mlt_csv_next(csv, &row, &err))
            return false;
    } while (row);
    return true;
}

START_TEST(csv_reads_quotes_newlines_crlf_and_a_byte_order_mark)
{
    const char text[] = "\xef\xbb\xbf" "id,\"a \"\"b\"\"\",c\r\n1,\"x\ny, \"\"z\"\"\",\r\n2,plain,\"\"\r\n\r\n\n";
    ck_ok(open_text(text, sizeof text - 1));
    ck_assert_uint_eq(mlt_csv_column_count(csv), 3);
    ck_assert_str_eq(mlt_csv_column_name(csv, 0), "id");
    ck_assert_int_eq(mlt_csv_column_find(csv, "a \"b\""), 1);
    ck_assert_int_eq(mlt_csv_column_find(csv, "nope"), -1);
    ck_ok(mlt_csv_next(csv, &row, &err));
    ck_assert_str_eq(row[1].text, "x\ny, \"z\"");
    ck_assert(row[1].quoted && row[1].column == 3 && row[1].len == 8);
    ck_assert(row[2].len == 0 && !row[2].quoted);
    ck_assert_uint_eq(mlt_csv_line(csv), 2);
    ck_assert(!mlt_csv_fault(csv, &row[2], &err, "bad %d", 7));
    ck_assert_ptr_nonnull(strstr(err.text, "t.csv:3:11: bad 7"));
    ck_ok(mlt_csv_next(csv, &row, &err));
    ck_assert_uint_eq(mlt_csv_line(csv), 4);
    ck_assert_str_eq(row[1].text, "plain");
    ck_assert(row[2].quoted);
    ck_ok(mlt_csv_next(csv, &row, &err));
    ck_assert_ptr_null(row);
    ck_ok(mlt_csv_next(csv, &row, &err));
    ck_assert_ptr_null(row);
}
END_TEST

START_TEST(csv_needs_no_newline_at_the_end)
{
    ck_ok(open_text("a,b\n1,2", 7));
    ck_ok(mlt_csv_next(csv, &row, &err));
    ck_assert_str_eq(row[1].text, "2");
    ck_ok(mlt_csv_next(csv, &row, &err));
    ck_assert_ptr_null(row);
}
END_TEST

#define TEXT(literal) literal, sizeof literal - 1
static const struct {
    const char *text;
    size_t len;
    const char *phrase;
} faults[] = {
    {TEXT(""), "empty"},
    {TEXT("\xef\xbb\xbf"), "empty"},
    {TEXT("\n\n"), "empty"},
    {TEXT("a,b\n1,2\n3\n"), "t.csv:3:1: this row has 1 fields, the header has 2"},
    {TEXT("a,b\n1,2,3\n"), "t.csv:2:5: more fields"},
    {TEXT("a,b\n1,2,\n"), "t.csv:2:5: more fields"},
    {TEXT("a,b\n1,x\"y\n"), "t.csv:2:4: a quote inside"},
    {TEXT("a,b\n1,\"x\"y\n"), "t.csv:2:6: text behind the closing quote"},
    {TEXT("a,b\n1,\"x\ny\n"), "t.csv:2:3: this quote is never closed"},
    {TEXT("a,b\n1,\""), "t.csv:2:3: this quote is never closed"},
    {TEXT("a,b\n1,x\0y\n"), "t.csv:2:3: a NUL byte"},
    {TEXT("a,b\n1,\"\0\"\n"), "a NUL byte"},
    {TEXT("a,a\n"), "t.csv:1:3: the column 'a' is there twice"},
    {TEXT("a,,b\n"), "t.csv:1:3: column 2 has no name"},
    {TEXT("a,b,\n"), "column 3 has no name"},
    {TEXT("a,b\n\n1,2\n"), "t.csv:2:1: an empty line"},
    {TEXT("\na,b\n1,2\n"), "t.csv:1:1: an empty line"},
    {TEXT("a,b\n1\r2,3\n"), "t.csv:2:2: a carriage return"},
};

START_TEST(csv_reports_the_place_of_a_fault)
{
    ck_fails(read_all(faults[_i].text, faults[_i].len), MLT_ERR_EVIDENCE, faults[_i].phrase);
}
END_TEST

START_TEST(csv_tells_a_missing_file_from_a_bad_one)
{
    ck_fails(mlt_csv_open(unit_path("none"), ',', &csv, &err), MLT_ERR_USAGE, "No such file");
    ck_fails(mlt_csv_open(unit_path(""), ',', &csv, &err), MLT_ERR_USAGE, "a folder");
}
END_TEST

START_TEST(csv_bounds_a_field)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "a\n");
    while (text.len <= 1024 * 1024)
        mlt_buf_puts(&text, "0123456789abcdef");
    text.len = 1024 * 1024 + 2;
    ck_ok(read_all(text.data, text.len));
    mlt_csv_close(csv);
    csv = NULL;
    mlt_buf_puts(&text, "x");
    ck_fails(read_all(text.data, text.len), MLT_ERR_EVIDENCE, "more than 1 MiB");
    mlt_buf_free(&text);
}
END_TEST

static void many_rows(struct mlt_buf *text)
{
    mlt_buf_puts(text, "id,note\r\n");
    for (int i = 0; i < 60000; i++)
        mlt_buf_printf(text, "%d,\"n,%d\"\"\r\n\"\r\n", i, i);
}

static void write_gzip(const struct mlt_buf *text)
{
    gzFile gz = gzopen(unit_path("full.gz"), "wb");
    ck_assert_ptr_nonnull(gz);
    ck_assert_int_eq(gzwrite(gz, text->data, (unsigned)text->len), (int)text->len);
    ck_assert_int_eq(gzclose(gz), Z_OK);
}

static int count_rows(const char *name)
{
    int count = 0;
    char note[64];
    if (!mlt_csv_open(unit_path(name), ',', &csv, &err))
        return -1;
    for (;; count++) {
        if (!mlt_csv_next(csv, &row, &err))
            return -1;
        if (!row)
            return count;
        snprintf(note, sizeof note, "n,%d\"\r\n", count);
        ck_assert_str_eq(row[1].text, note);
        ck_assert_uint_eq(mlt_csv_line(csv), 2 + 2 * (unsigned)count);
    }
}

START_TEST(csv_streams_plain_and_gzip_alike)
{
    struct mlt_buf text = MLT_BUF_INIT;
    many_rows(&text);
    unit_write(unit_path("plain"), text.data, text.len);
    ck_assert_int_eq(count_rows("plain"), 60000);
    mlt_csv_close(csv);
    write_gzip(&text);
    ck_assert_int_eq(count_rows("full.gz"), 60000);
    mlt_buf_free(&text);
}
END_TEST

START_TEST(csv_refuses_a_gzip_stream_cut_anywhere)
{
    struct mlt_buf text = MLT_BUF_INIT;
    static char bytes[2000000];
    many_rows(&text);
    write_gzip(&text);
    FILE *file = fopen(unit_path("full.gz"), "rb");
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    size_t cuts[] = {2, 9, 10, 11, 1000, size / 2, size - 9, size - 8, size - 4, size - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        unit_write(unit_path("cut.gz"), bytes, cuts[i]);
        ck_assert_msg(count_rows("cut.gz") == -1, "cut at %zu was accepted", cuts[i]);
        ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
        ck_assert_msg(strstr(err.text, "truncated"), "cut at %zu: %s", cuts[i], err.text);
        mlt_csv_close(csv);
        csv = NULL;
    }
    /* The first byte of the CRC-32: every row reads well, only the end tells. */
    bytes[size - 8] ^= 0x55;
    unit_write(unit_path("cut.gz"), bytes, size);
    ck_assert_int_eq(count_rows("cut.gz"), -1);
    ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
    ck_assert_ptr_nonnull(strstr(err.text, "damaged"));
    mlt_buf_free(&text);
}
END_TEST

TCase *csv_case(void)
{
    TCase *tc = tcase_create("csv");
    tcase_set_timeout(tc, 30);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, csv_reads_quotes_newlines_crlf_and_a_byte_order_mark);
    tcase_add_test(tc, csv_needs_no_newline_at_the_end);
    tcase_add_loop_test(tc, csv_reports_the_place_of_a_fault, 0, sizeof faults / sizeof *faults);
    tcase_add_test(tc, csv_tells_a_missing_file_from_a_bad_one);
    tcase_add_test(tc, csv_bounds_a_field);
    tcase_add_test(tc, csv_streams_plain_and_gzip_alike);
    tcase_add_test(tc, csv_refuses_a_gzip_stream_cut_anywhere);
    return tc;
}

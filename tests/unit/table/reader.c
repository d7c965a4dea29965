#include "harness/table/reader.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "harness/base/buf.h"
#include "harness/base/rng.h"
#include "harness/codec/csv.h"
#include "tests/unit/suite.h"

TCase *reader_case(void);

static struct mlt_err err;
static struct mlt_reader_summary summary;
static struct mlt_buf text;

static void setup(void)
{
    unit_folder_setup();
    err = (struct mlt_err)MLT_ERR_INIT;
    summary = (struct mlt_reader_summary){.arena = MLT_ARENA_INIT};
    text = (struct mlt_buf)MLT_BUF_INIT;
}

static void teardown(void)
{
    mlt_reader_summary_free(&summary);
    mlt_buf_free(&text);
    unit_folder_teardown();
}

/* Every row as one line of text in its place, whatever thread brings it. */
enum { ROWS_MAX = 200000 };
struct rows {
    pthread_mutex_t lock;
    char *row[ROWS_MAX];
    size_t count;
    size_t fail_at; /* the row at which the callback fails, from 1 */
};

static void print_value(struct mlt_buf *out, const struct mlt_reader_block *b, size_t c, size_t i)
{
    const struct mlt_reader_values *v = &b->columns[c];
    if (b->wanted[c].type == MLT_COLUMN_NUMBER)
        mlt_buf_printf(out, "|%.17g", v->number[i]);
    else if (b->wanted[c].type == MLT_COLUMN_CATEGORY)
        mlt_buf_printf(out, "|%d", (int)v->category[i]);
    else if (v->text[i].text == NULL)
        mlt_buf_puts(out, "|(missing)");
    else
        mlt_buf_printf(out, "|%.*s", (int)v->text[i].len, v->text[i].text);
}

static bool keep(void *context, const struct mlt_reader_block *block, struct mlt_err *fault)
{
    struct rows *rows = context;
    bool ok = true;
    pthread_mutex_lock(&rows->lock);
    for (size_t i = 0; i < block->rows && ok; i++) {
        struct mlt_buf out = MLT_BUF_INIT;
        size_t ordinal = block->first_ordinal + i;
        mlt_buf_printf(&out, "%zu@%" PRIu64, ordinal, mlt_reader_line(block, i));
        for (size_t c = 0; c < block->column_count; c++)
            print_value(&out, block, c, i);
        if (ordinal < ROWS_MAX) {
            if (rows->row[ordinal] != NULL)
                ok = mlt_err_set(fault, MLT_ERR_INFRA, "row %zu came twice", ordinal);
            free(rows->row[ordinal]);
            rows->row[ordinal] = strdup(out.data);
        }
        mlt_buf_free(&out);
        rows->count++;
        if (ok && ordinal + 1 == rows->fail_at)
            ok = mlt_reader_fault(block, 0, i, fault, "the caller's fault");
    }
    pthread_mutex_unlock(&rows->lock);
    return ok;
}

static struct rows *rows_new(void)
{
    struct rows *rows = calloc(1, sizeof *rows);
    pthread_mutex_init(&rows->lock, NULL);
    return rows;
}

static void rows_free(struct rows *rows)
{
    for (size_t i = 0; i < ROWS_MAX; i++)
        free(rows->row[i]);
    free(rows);
}

static const struct mlt_reader_column wanted[] = {{"score", MLT_COLUMN_NUMBER, true},
                                                  {"country", MLT_COLUMN_CATEGORY, true},
                                                  {"note", MLT_COLUMN_TEXT, true}};

static bool run(const char *name, struct mlt_reader_options options, struct rows *rows)
{
    mlt_reader_summary_free(&summary);
    options.path = unit_path(name);
    return mlt_reader_run(&options, keep, rows, &summary, &err);
}

/* With the three columns above; the rows joined by spaces. */
static const char *read_three(const char *name, const char *content)
{
    static char joined[4096];
    struct rows *rows = rows_new();
    joined[0] = '\0';
    unit_write_text(unit_path(name), content);
    if (!run(name, (struct mlt_reader_options){.columns = wanted, .column_count = 3}, rows)) {
        rows_free(rows);
        return NULL;
    }
    for (size_t i = 0; i < rows->count; i++) {
        strcat(joined, i ? " " : "");
        strcat(joined, rows->row[i]);
    }
    rows_free(rows);
    return joined;
}

START_TEST(only_wanted_columns_are_parsed_and_keep_their_order)
{
    const char *got = read_three(
        "a.csv", "note,x,country,score\nn1,bad,DE,1.5\n\"a \"\"b\"\"\",,FR,-2\nn3,,DE,NA\n");
    ck_assert_msg(got != NULL, "%s", err.text);
    ck_assert_str_eq(got, "0@2|1.5|0|n1 1@3|-2|1|a \"b\" 2@4|nan|0|n3");
    ck_assert_uint_eq(summary.rows, 3);
    ck_assert_uint_eq(summary.missing[0], 1);
    ck_assert_uint_eq(summary.dictionary[1].count, 2);
    ck_assert_str_eq(summary.dictionary[1].value[1], "FR");
    got = read_three("a.tsv", "score\tnote\tcountry\r\n1\ta,b\t\"x\ty\"\r\n2\t\tNA\r\n\r\n");
    ck_assert_str_eq(got, "0@2|1|0|a,b 1@3|2|-1|(missing)");
    ck_assert_str_eq(summary.dictionary[1].value[0], "x\ty");
    got = read_three("a.jsonl",
                     "{\"score\": 1e3, \"country\":\"\\u0044E\",\"note\":[1, {\"a\":null}]}\r\n"
                     "{\"note\":\"\",\"other\":{\"score\":[]},\"country\":null,\"score\":true}\n"
                     "{\"country\":\"DE\", \"score\":null}\n");
    ck_assert_msg(got != NULL, "%s", err.text);
    ck_assert_str_eq(got, "0@1|1000|0|[1, {\"a\":null}] 1@2|1|-1| 2@3|nan|0|(missing)");
}
END_TEST

START_TEST(missing_is_a_spelling_and_quoted_words_are_values)
{
    const char *got =
        read_three("a.csv", "score,country,note\nNaN,NA,null\n,\"NA\",\"None\"\n\"\",NA,NA\n");
    ck_assert_msg(got != NULL, "%s", err.text);
    ck_assert_str_eq(got, "0@2|nan|-1|(missing) 1@3|nan|0|None 2@4|nan|-1|(missing)");
    static const char *const words[] = {"-999", "?", NULL};
    struct rows *rows = rows_new();
    unit_write_text(unit_path("b.csv"), "score,country,note\n-999,?,NA\n-999.0,NA,x\n");
    ck_ok(run("b.csv",
              (struct mlt_reader_options){.columns = wanted, .column_count = 3, .missing = words},
              rows));
    ck_assert_str_eq(rows->row[0], "0@2|nan|-1|NA");
    ck_assert_str_eq(rows->row[1], "1@3|-999|0|x");
    rows_free(rows);
}
END_TEST

static const struct {
    const char *name, *content, *phrase;
} faults[] = {
    {"a.csv", "", "a.csv: the file is empty; a header row was expected"},
    {"a.csv", "\n\n", "the file is empty"},
    {"a.csv", "score,country,note\n", "a header and no rows"},
    {"a.csv", "score,country,note\n\n\n", "a header and no rows"},
    {"a.csv", "score,country,notes\n1,2,3\n", "no column \"note\"; did you mean \"notes\"?"},
    {"a.csv", "score,country,note\n1,a,b\nx1,a,b\n",
     "a.csv:3:1: column \"score\": x1 is not a number"},
    {"a.csv", "note,country,score\n\"a\nb\",c,1\nd,e,\"0x1\"\n",
     "a.csv:4:5: column \"score\": \"0x1\" is not a number"},
    {"a.csv", "score,country,note\n1,a,b\ninf,a,b\n1,a\n", "a.csv:3:1: column \"score\": inf"},
    {"a.csv", "score,country,note\n1,a,b\n1,a\nx,a,b\n", "a.csv:3:1: this row has 2 fields"},
    {"a.csv", "score,country,note\n1,a,b,c\n", "a.csv:2:7: more fields"},
    {"a.csv", "score,country,note\n1,a,b\n\n2,a,b\n", "a.csv:3:1: an empty line"},
    {"a.csv", "\nscore,country,note\n1,a,b\n", "a.csv:1:1: an empty line"},
    {"a.csv", "score,country,note\n1,a,\"b\n", "a.csv:2:5: this quote is never closed"},
    {"a.csv", "score,\"country,note\n1,a,b\n", "a.csv:1:7: this quote is never closed"},
    {"a.csv", "score,score,note\n1,a,b\n", "a.csv:1:7: the column 'score' is there twice"},
    {"a.jsonl", "", "the file is empty; rows were expected"},
    {"a.jsonl", "{\"score\":1,\"country\":\"a\",\"note\":\"\"}\n\n{}\n",
     "a.jsonl:2:1: an empty line"},
    {"a.jsonl", "{\"score\":\"1\"}\n", "a.jsonl:1:10: column \"score\": \"1\" is not a number"},
    {"a.jsonl", "{\"score\":1}\n{\"score\":NaN}\n", "a.jsonl:2:10: NaN and Infinity are not JSON"},
    {"a.jsonl", "{\"score\":1}\n{\"score\":1,\"score\":1}\n",
     "a.jsonl:2:12: the key \"score\" is there twice"},
    {"a.jsonl", "{\"score\":1,\"country\":[]}\n",
     "a.jsonl:1:22: column \"country\": [] is not a single value"},
    {"a.jsonl", "[1]\n", "a.jsonl:1:1: a line must be one JSON object"},
    {"a.parquet", "PAR1", "cannot tell the format"},
};

START_TEST(a_fault_names_its_place)
{
    const char *got = read_three(faults[_i].name, faults[_i].content);
    ck_assert_msg(got == NULL, "%s", got);
    ck_assert_msg(strstr(err.text, faults[_i].phrase) != NULL, "'%s' is not in '%s'",
                  faults[_i].phrase, err.text);
}
END_TEST

START_TEST(a_value_that_must_be_there_is_a_fault_when_it_is_missing)
{
    const struct mlt_reader_column strict[] = {{"a", MLT_COLUMN_CATEGORY, false},
                                               {"b", MLT_COLUMN_NUMBER, false}};
    struct mlt_reader_options options = {.columns = strict, .column_count = 2};
    struct rows *rows = rows_new();
    unit_write_text(unit_path("a.csv"), "a,b\nx,1\ny,NaN\n,2\n");
    ck_fails(run("a.csv", options, rows), MLT_ERR_EVIDENCE,
             "a.csv:3:3: a value is missing in column \"b\"");
    unit_write_text(unit_path("b.jsonl"), "{\"a\":1,\"b\":1}\n{\"b\":2}\n");
    ck_fails(run("b.jsonl", options, rows), MLT_ERR_EVIDENCE,
             "b.jsonl:2:1: a value is missing in column \"a\"");
    unit_write_text(unit_path("c.jsonl"), "{\"z\":1,\"b\":1}\n");
    ck_fails(run("c.jsonl", options, rows), MLT_ERR_EVIDENCE,
             "no column \"a\" among its 2 columns");
    rows_free(rows);
}
END_TEST

/* Rows of many shapes, several blocks of them. */
static void write_many(const char *name, bool jsonl, bool quotes, size_t rows)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 7);
    mlt_buf_clear(&text);
    if (!jsonl)
        mlt_buf_puts(&text, "id,score,country,note\n");
    for (size_t i = 0; i < rows; i++) {
        unsigned country = (unsigned)mlt_rng_below(&rng, 1 + i / 40);
        double score = (mlt_rng_uniform(&rng) - 0.5) * (double)(1 + mlt_rng_below(&rng, 1000));
        int digits = (int)mlt_rng_below(&rng, 18) + 1;
        if (jsonl)
            mlt_buf_printf(
                &text, "{\"id\":%zu,\"score\":%.*g,\"country\":\"%s%u\",\"note\":\"n%u\"}\n", i,
                digits, score, country % 7 ? "c" : "a longer name of it ", country, country % 3);
        else
            mlt_buf_printf(&text, "%zu,%.*g,%s%u,%s%u%s\n", i, digits, score,
                           country % 7 ? "c" : "a longer name of it ", country,
                           quotes ? "\"x\"\"y\n" : "n", country % 3, quotes ? "\"" : "");
    }
    ck_ok(mlt_buf_check(&text, &err));
    unit_write(unit_path(name), text.data, text.len);
}

static void compare(const struct rows *a, const struct rows *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(a->row[i] && b->row[i] && strcmp(a->row[i], b->row[i]) == 0,
                      "row %zu: %s, %s", i, a->row[i] ? a->row[i] : "absent",
                      b->row[i] ? b->row[i] : "absent");
}

START_TEST(threads_and_instructions_change_nothing)
{
    enum { ROWS = 60000 };
    const char *name = _i == 2 ? "m.jsonl" : "m.csv";
    write_many(name, _i == 2, _i == 1, ROWS);
    struct mlt_reader_options options = {.columns = wanted, .column_count = 3};
    struct rows *one = rows_new();
    ck_ok(run(name, options, one));
    ck_assert_uint_eq(one->count, ROWS);
    uint32_t distinct = summary.dictionary[1].count;
    char digest[65];
    strcpy(digest, summary.sha256);
    for (unsigned threads = 1; threads <= 5; threads += 2) {
        for (int portable = 0; portable < 2; portable++) {
            struct rows *many = rows_new();
            options.threads = threads;
            options.portable = portable;
            ck_ok(run(name, options, many));
            ck_assert_uint_eq(summary.dictionary[1].count, distinct);
            ck_assert_str_eq(summary.sha256, digest);
            ck_assert_uint_eq(summary.bytes, text.len);
            compare(one, many, ROWS);
            rows_free(many);
        }
    }
    rows_free(one);
}
END_TEST

START_TEST(shards_are_the_file_and_keep_its_ordinals)
{
    enum { ROWS = 60000, SHARDS = 3 };
    const struct mlt_reader_column columns[] = {wanted[0], wanted[2]};
    write_many("m.csv", false, true, ROWS);
    struct mlt_reader_options options = {.columns = columns, .column_count = 2};
    struct rows *whole = rows_new(), *parts = rows_new();
    ck_ok(run("m.csv", options, whole));
    uint64_t sum = 0;
    options.shards = SHARDS;
    options.threads = 2;
    for (options.shard = 1; options.shard <= SHARDS; options.shard++) {
        ck_ok(run("m.csv", options, parts));
        ck_assert_uint_eq(summary.file_rows, ROWS);
        ck_assert(summary.rows > 0 && summary.rows < ROWS);
        sum += summary.rows;
    }
    ck_assert_uint_eq(sum, ROWS);
    compare(whole, parts, ROWS);
    options.shard = 4;
    ck_fails(run("m.csv", options, parts), MLT_ERR_USAGE, "no shard 4 of 3");
    rows_free(whole);
    rows_free(parts);
}
END_TEST

START_TEST(compressed_files_give_the_same_rows)
{
    enum { ROWS = 30000 };
    write_many("m.csv", false, true, ROWS);
    struct mlt_reader_options options = {.columns = wanted, .column_count = 3, .threads = 2};
    struct rows *plain = rows_new(), *packed = rows_new();
    ck_ok(run("m.csv", options, plain));
    gzFile gz = gzopen(unit_path("m.csv.gz"), "wb");
    ck_assert_int_eq(gzwrite(gz, text.data, (unsigned)text.len), (int)text.len);
    ck_assert_int_eq(gzclose(gz), Z_OK);
    ck_ok(run("m.csv.gz", options, packed));
    ck_assert(summary.bytes < text.len);
    compare(plain, packed, ROWS);
    rows_free(plain);
    rows_free(packed);
}
END_TEST

START_TEST(the_first_fault_of_the_file_wins_for_any_number_of_threads)
{
    enum { ROWS = 60000 };
    write_many("m.csv", false, false, ROWS);
    struct mlt_reader_options options = {.columns = wanted, .column_count = 3};
    /* Three faults of three kinds; the caller's, in row 1,001, comes first when it is asked for. */
    char *place = strstr(text.data, "\n20000,");
    place[8 + strcspn(place + 8, ",") - 1] = 'x';
    place = strstr(text.data, "\n40000,");
    place[6] = '\n';
    unit_write(unit_path("m.csv"), text.data, text.len);
    for (options.threads = 1; options.threads <= 6; options.threads++) {
        struct rows *rows = rows_new();
        ck_fails(run("m.csv", options, rows), MLT_ERR_EVIDENCE,
                 "m.csv:20002:7: column \"score\": ");
        rows_free(rows);
        rows = rows_new();
        rows->fail_at = 1001;
        ck_fails(run("m.csv", options, rows), MLT_ERR_EVIDENCE, "m.csv:1002:6: the caller's fault");
        rows_free(rows);
    }
}
END_TEST

static bool stop_half_way(void *context, uint64_t done, uint64_t total)
{
    *(uint64_t *)context = total;
    return done * 2 < total;
}

START_TEST(the_progress_callback_sees_the_bytes_and_may_stop)
{
    uint64_t total = 0;
    write_many("m.csv", false, false, 60000);
    struct rows *rows = rows_new();
    struct mlt_reader_options options = {.columns = wanted,
                                         .column_count = 3,
                                         .progress = stop_half_way,
                                         .progress_context = &total};
    ck_fails(run("m.csv", options, rows), MLT_ERR_INTERRUPTED, "was stopped");
    ck_assert_uint_eq(total, text.len);
    rows_free(rows);
}
END_TEST

START_TEST(a_category_with_a_million_values_looks_like_an_id)
{
    const struct mlt_reader_column column = {"id", MLT_COLUMN_CATEGORY, false};
    mlt_buf_puts(&text, "id\n");
    for (int i = 0; i <= MLT_CATEGORY_MAX; i++)
        mlt_buf_printf(&text, "%d\n", i);
    unit_write(unit_path("m.csv"), text.data, text.len);
    struct rows *rows = rows_new();
    ck_fails(run("m.csv",
                 (struct mlt_reader_options){.columns = &column, .column_count = 1, .threads = 2},
                 rows),
             MLT_ERR_EVIDENCE, "column \"id\" has more than 1048576 distinct values");
    rows_free(rows);
}
END_TEST

START_TEST(a_record_may_span_blocks_but_not_grow_without_bound)
{
    struct rows *rows = rows_new();
    mlt_buf_puts(&text, "note\n\"");
    for (int i = 0; i < 1000000; i++)
        mlt_buf_puts(&text, "\n");
    mlt_buf_puts(&text, "\"\nb\n");
    unit_write(unit_path("m.csv"), text.data, text.len);
    ck_ok(run("m.csv",
              (struct mlt_reader_options){.columns = &wanted[2], .column_count = 1, .threads = 2},
              rows));
    ck_assert_str_eq(rows->row[1], "1@1000003|b");
    ck_assert_uint_eq(strlen(rows->row[0]), strlen("0@2|") + 1000000);
    rows_free(rows);
    rows = rows_new();
    mlt_buf_clear(&text);
    mlt_buf_puts(&text, "note\na\"");
    for (int i = 0; i < 1000000; i++)
        mlt_buf_puts(&text, "x\ny");
    unit_write(unit_path("m.csv"), text.data, text.len);
    ck_fails(
        run("m.csv", (struct mlt_reader_options){.columns = &wanted[2], .column_count = 1}, rows),
        MLT_ERR_EVIDENCE, "m.csv:2:2: a quote inside a field");
    rows_free(rows);
}
END_TEST

START_TEST(every_column_comes_as_text_when_none_is_named)
{
    struct rows *rows = rows_new();
    unit_write_text(unit_path("a.jsonl"), "{\"b\":1.50,\"a\":\"x\\n\"}\n{\"a\":true,\"b\":null}\n");
    ck_ok(run("a.jsonl", (struct mlt_reader_options){0}, rows));
    ck_assert_str_eq(rows->row[0], "0@1|1.50|x\n");
    ck_assert_str_eq(rows->row[1], "1@2|(missing)|true");
    ck_assert_str_eq(summary.wanted[0].name, "b");
    unit_write_text(unit_path("a.jsonl"), "{\"b\":1}\n{\"c\":1}\n");
    ck_fails(run("a.jsonl", (struct mlt_reader_options){0}, rows), MLT_ERR_EVIDENCE,
             "a.jsonl:2:2: the key \"c\" is not among those of the first line");
    rows_free(rows);
}
END_TEST

/* What harness/codec/csv.h makes of the file, row by row: the oracle. */
static bool read_slowly(const char *path, struct rows *rows, struct mlt_err *fault)
{
    struct mlt_csv *csv;
    const struct mlt_csv_field *fields;
    if (!mlt_csv_open(path, ',', &csv, fault))
        return false;
    bool ok;
    while ((ok = mlt_csv_next(csv, &fields, fault)) && fields) {
        struct mlt_buf out = MLT_BUF_INIT;
        mlt_buf_printf(&out, "%zu@%" PRIu64, rows->count, mlt_csv_line(csv));
        for (size_t c = 0; c < mlt_csv_column_count(csv); c++)
            mlt_buf_printf(&out, "|%s", fields[c].len ? fields[c].text : "(missing)");
        rows->row[rows->count++] = strdup(out.data);
        mlt_buf_free(&out);
    }
    mlt_csv_close(csv);
    return ok;
}

static void random_file(struct mlt_rng *rng)
{
    static const char *const parts[] = {",",
                                        ",",
                                        ",",
                                        "\n",
                                        "\n",
                                        "\r\n",
                                        "a",
                                        "bc",
                                        "\"x\"",
                                        "\"y,\"\"z\n\"",
                                        "\"\"",
                                        "1.5",
                                        "long text in here"};
    static const char *const odd[] = {"\"", "\r", "\n\n", "\"\"", "x\"", "\r\r\n"};
    size_t count = mlt_rng_below(rng, 60), columns = 1 + mlt_rng_below(rng, 3);
    mlt_buf_clear(&text);
    mlt_buf_puts(&text, columns == 1 ? "a\n" : columns == 2 ? "a,\"b\"\n" : "a,b,c\r\n");
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < columns; c++) {
            mlt_buf_puts(&text, c ? "," : "");
            mlt_buf_puts(&text, parts[6 + mlt_rng_below(rng, 7)]);
        }
        mlt_buf_puts(&text, parts[3 + mlt_rng_below(rng, 3)]);
        if (mlt_rng_below(rng, 200) == 0)
            mlt_buf_puts(&text, odd[mlt_rng_below(rng, 6)]);
        if (mlt_rng_below(rng, 400) == 0)
            mlt_buf_putc(&text, '\0');
        if (mlt_rng_below(rng, 200) == 0)
            mlt_buf_puts(&text, parts[mlt_rng_below(rng, 13)]);
    }
    if (mlt_rng_below(rng, 4) == 0)
        text.len -= text.len > 4 ? mlt_rng_below(rng, 4) : 0;
}

static void compare_with_csv(const char *path, bool portable)
{
    static const char *const none[] = {NULL};
    struct rows *slow = rows_new(), *fast = rows_new();
    struct mlt_err slow_err = MLT_ERR_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
    bool slow_ok = read_slowly(path, slow, &slow_err);
    struct mlt_reader_options options = {
        .path = path, .missing = none, .portable = portable, .no_digest = true};
    mlt_reader_summary_free(&summary);
    bool fast_ok = mlt_reader_run(&options, keep, fast, &summary, &err);
    if (slow_ok && slow->count == 0) {
        ck_fails(fast_ok, MLT_ERR_EVIDENCE, "no rows");
    } else {
        ck_assert_msg(slow_ok == fast_ok && strcmp(slow_err.text, err.text) == 0,
                      "'%s' '%s' for '%s'", slow_err.text, err.text, text.data);
        if (slow_ok) {
            ck_assert_uint_eq(slow->count, fast->count);
            compare(slow, fast, slow->count);
        }
    }
    rows_free(slow);
    rows_free(fast);
}

START_TEST(blocks_say_what_the_row_by_row_reader_says)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, (uint64_t)_i + 1);
    for (int i = 0; i < 300; i++) {
        random_file(&rng);
        unit_write(unit_path("r.csv"), text.data, text.len);
        compare_with_csv(unit_path("r.csv"), i & 1);
    }
}
END_TEST

TCase *reader_case(void)
{
    TCase *tc = tcase_create("reader");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, only_wanted_columns_are_parsed_and_keep_their_order);
    tcase_add_test(tc, missing_is_a_spelling_and_quoted_words_are_values);
    tcase_add_loop_test(tc, a_fault_names_its_place, 0, sizeof faults / sizeof *faults);
    tcase_add_test(tc, a_value_that_must_be_there_is_a_fault_when_it_is_missing);
    tcase_add_loop_test(tc, threads_and_instructions_change_nothing, 0, 3);
    tcase_add_test(tc, shards_are_the_file_and_keep_its_ordinals);
    tcase_add_test(tc, compressed_files_give_the_same_rows);
    tcase_add_test(tc, the_first_fault_of_the_file_wins_for_any_number_of_threads);
    tcase_add_test(tc, the_progress_callback_sees_the_bytes_and_may_stop);
    tcase_add_test(tc, a_category_with_a_million_values_looks_like_an_id);
    tcase_add_test(tc, a_record_may_span_blocks_but_not_grow_without_bound);
    tcase_add_test(tc, every_column_comes_as_text_when_none_is_named);
    tcase_add_loop_test(tc, blocks_say_what_the_row_by_row_reader_says, 0, 4);
    return tc;
}

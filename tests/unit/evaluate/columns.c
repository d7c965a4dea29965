#include <stdlib.h>
#include <string.h>

#include "harness/evaluate/columns.h"
#include "tests/unit/suite.h"

TCase *columns_case(void);

/* More than a segment holds. */
enum { MANY = 150000, GROUPS = 300 };

static struct mlt_evaluation_spec spec;
static struct mlt_slice_spec slices[2];
static struct mlt_store store;
static struct mlt_columns part[2], all;
static struct mlt_err err;
static uint32_t rename_first[GROUPS], rename_second[GROUPS];

/* What row `ordinal` holds: scores of six decimals, later of all digits, so that segments differ.
 */
static double score_of(uint64_t ordinal)
{
    double x = (double)(ordinal * 7919 % 1000000) / 1e6;
    return ordinal < MANY / 2 ? x : x / 3;
}

static uint32_t group_of(uint64_t ordinal, int slice)
{
    return (uint32_t)(ordinal * 2654435761u % (slice == 0 ? GROUPS - 10 : 5));
}

static void setup(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
    slices[0] = (struct mlt_slice_spec){{0}, 1};
    slices[1] = (struct mlt_slice_spec){{1}, 1};
    spec = (struct mlt_evaluation_spec){.task = MLT_TASK_BINARY,
                                        .width = 1,
                                        .has_baseline = true,
                                        .has_keys = true,
                                        .slices = slices,
                                        .slice_count = 2,
                                        .workers = 1};
    store = (struct mlt_store){.limit_bytes = SIZE_MAX};
    /* Ids turn round, as they do when the parts saw the groups in another order. */
    for (uint32_t g = 0; g < GROUPS; g++) {
        rename_first[g] = GROUPS - 1 - g;
        rename_second[g] = g ^ 1;
    }
}

static void teardown(void)
{
    mlt_columns_free(&all);
    ck_assert_uint_eq(store.used_bytes, 0);
}

static void append(struct mlt_columns *columns, uint64_t first, uint64_t count)
{
    enum { STEP = 777 };
    double label[STEP], score[STEP];
    uint64_t ordinal[STEP];
    uint32_t group[2][STEP];
    const void *from[MLT_FIELD_GROUP + 2] = {
        [MLT_FIELD_LABEL] = label,        [MLT_FIELD_CANDIDATE] = score,
        [MLT_FIELD_BASELINE] = score,     [MLT_FIELD_KEY] = ordinal,
        [MLT_FIELD_ORDINAL] = ordinal,    [MLT_FIELD_GROUP] = group[0],
        [MLT_FIELD_GROUP + 1] = group[1],
    };
    for (uint64_t at = first; at < first + count; at += STEP) {
        size_t n = first + count - at < STEP ? (size_t)(first + count - at) : STEP;
        for (size_t i = 0; i < n; i++) {
            ordinal[i] = at + i;
            label[i] = (at + i) % 3 == 0;
            score[i] = score_of(at + i);
            group[0][i] = group_of(at + i, 0);
            group[1][i] = group_of(at + i, 1);
        }
        ck_ok(mlt_columns_append(columns, from, n, &err));
    }
}

static void gather(void)
{
    struct mlt_columns *from[] = {&part[0], &part[1]};
    static uint32_t *const renames[] = {rename_first, rename_second};
    static uint32_t *const *const rename[] = {renames, renames};
    mlt_columns_init(&part[0], &spec, &store);
    mlt_columns_init(&part[1], &spec, &store);
    mlt_columns_init(&all, &spec, &store);
    append(&part[1], 100000, MANY - 100000);
    append(&part[0], 0, 100000);
    ck_ok(mlt_columns_gather(&all, from, 2, rename, &err));
    ck_assert_uint_eq(all.rows, MANY);
    ck_assert_uint_ge(all.segment_count, 3);
}

/* Every field of the selected rows belongs to the row that its ordinal says; returns how often
 * each row came in `seen`. */
static void check_rows(const struct mlt_selection *selection, uint8_t *seen)
{
    const size_t n = selection->rows;
    uint64_t *ordinal = calloc(n + 1, sizeof *ordinal);
    double *label = calloc(n + 1, sizeof *label), *score = calloc(n + 1, sizeof *score);
    uint32_t *group = calloc(n + 1, sizeof *group);
    mlt_columns_read(&all, MLT_FIELD_ORDINAL, selection, ordinal);
    mlt_columns_read(&all, MLT_FIELD_LABEL, selection, label);
    mlt_columns_read(&all, MLT_FIELD_BASELINE, selection, score);
    mlt_columns_read(&all, MLT_FIELD_GROUP + 1, selection, group);
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_lt(ordinal[i], MANY);
        seen[ordinal[i]]++;
        double want = score_of(ordinal[i]);
        ck_assert(label[i] == (ordinal[i] % 3 == 0) && memcmp(&score[i], &want, sizeof want) == 0);
        ck_assert_uint_eq(group[i], rename_second[group_of(ordinal[i], 1)]);
    }
    free(ordinal);
    free(label);
    free(score);
    free(group);
}

static void check_everything(void)
{
    uint8_t *seen = calloc(MANY, 1);
    uint32_t *first = calloc(MANY, sizeof *first), *number = calloc(MANY, sizeof *number);
    const struct mlt_selection whole = {.rows = MANY};
    check_rows(&whole, seen);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(seen[i], 1);
    /* Group by group, the first slice's runs against its column. */
    mlt_columns_read(&all, MLT_FIELD_GROUP, &whole, first);
    for (uint32_t g = 0; g < GROUPS; g += 37) {
        const uint32_t groups[] = {g, (g + 5) % GROUPS};
        struct mlt_selection some = {.group = groups, .groups = 2};
        size_t listed = 0;
        for (uint32_t i = 0; i < MANY; i++)
            if (first[i] == groups[0] || first[i] == groups[1])
                number[listed++] = i;
        some.rows = listed;
        memset(seen, 0, MANY);
        check_rows(&some, seen);
        const struct mlt_selection list = {.row = number, .rows = listed};
        check_rows(&list, seen);
        size_t twice = 0;
        for (uint64_t i = 0; i < MANY; i++)
            twice += seen[i] == 2 && (rename_first[group_of(i, 0)] == groups[0] ||
                                      rename_first[group_of(i, 0)] == groups[1]);
        ck_assert_uint_eq(twice, listed);
    }
    ck_assert_uint_eq(mlt_columns_word(&all, MLT_FIELD_ORDINAL, MANY - 1),
                      mlt_columns_word(&all, MLT_FIELD_KEY, MANY - 1));
    free(seen);
    free(first);
    free(number);
}

START_TEST(rows_come_back_whatever_the_selection)
{
    gather();
    /* 1 bit, twice 4 or 8 bytes, twice 8, 1: far below what came in, 44. */
    ck_assert_uint_lt(store.used_bytes, (size_t)MANY * 32);
    check_everything();
}
END_TEST

START_TEST(rows_in_a_file_come_back_as_well)
{
    store.limit_bytes = 1;
    gather();
    ck_assert(all.segments[0].region.mapped);
    check_everything();
}
END_TEST

START_TEST(a_column_of_many_forms_has_no_keys)
{
    struct mlt_packed_map map;
    gather();
    ck_assert_int_eq(all.segments[0].field[MLT_FIELD_LABEL].form, MLT_PACKED_BITS);
    ck_assert_int_eq(all.segments[0].field[MLT_FIELD_CANDIDATE].form, MLT_PACKED_DECIMAL);
    ck_assert_int_eq(all.segments[2].field[MLT_FIELD_CANDIDATE].form, MLT_PACKED_PLAIN);
    ck_assert(!mlt_columns_map(&all, MLT_FIELD_CANDIDATE, &map));
    ck_assert(mlt_columns_map(&all, MLT_FIELD_LABEL, &map));
}
END_TEST

TCase *columns_case(void)
{
    TCase *tcase = tcase_create("columns");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, rows_come_back_whatever_the_selection);
    tcase_add_test(tcase, rows_in_a_file_come_back_as_well);
    tcase_add_test(tcase, a_column_of_many_forms_has_no_keys);
    return tcase;
}

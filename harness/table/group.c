#include <stdlib.h>
#include <string.h>

#include "harness/table/table.h"

struct keyed_row {
    const char *text;
    size_t row;
};

/* By text, the missing ones first, then by row: the first of each run is the group's first row. */
static int compare_rows(const void *left, const void *right)
{
    const struct keyed_row *a = left, *b = right;
    int order = 0;
    if (a->text == NULL || b->text == NULL)
        order = (a->text != NULL) - (b->text != NULL);
    else
        order = strcmp(a->text, b->text);
    if (order != 0)
        return order;
    return (a->row > b->row) - (a->row < b->row);
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* For every row the first row with the same text. Sorting, and not hashing: a hostile file cannot
 * make it slow. */
static bool find_first(const struct mlt_column *column, size_t rows, size_t *first)
{
    struct keyed_row *order = calloc(rows, sizeof *order);
    if (order == NULL)
        return false;
    for (size_t i = 0; i < rows; i++)
        order[i] = (struct keyed_row){column->text[i], i};
    qsort(order, rows, sizeof *order, compare_rows);
    size_t leader = 0;
    for (size_t i = 0; i < rows; i++) {
        if (!same_text(order[i].text, order[leader].text))
            leader = i;
        first[order[i].row] = order[leader].row;
    }
    free(order);
    return true;
}

bool mlt_table_group(const struct mlt_column *column, size_t rows, struct mlt_arena *arena,
                     struct mlt_groups *out, struct mlt_err *err)
{
    if (rows > UINT32_MAX)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "column \"%s\": %zu rows are more than 2^32",
                           column->name, rows);
    struct mlt_groups groups = {0};
    size_t *first = mlt_arena_calloc(arena, rows, sizeof *first);
    groups.id = mlt_arena_calloc(arena, rows, sizeof *groups.id);
    if (first == NULL || groups.id == NULL || (rows > 0 && !find_first(column, rows, first)))
        return mlt_err_oom(err);
    for (size_t i = 0; i < rows; i++)
        groups.id[i] = first[i] == i ? groups.groups++ : groups.id[first[i]];
    groups.value = mlt_arena_calloc(arena, groups.groups, sizeof *groups.value);
    groups.rows = mlt_arena_calloc(arena, groups.groups, sizeof *groups.rows);
    if (groups.value == NULL || groups.rows == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < rows; i++) {
        if (first[i] == i)
            groups.value[groups.id[i]] = column->text[i] == NULL ? "(missing)" : column->text[i];
        groups.rows[groups.id[i]]++;
    }
    *out = groups;
    return true;
}

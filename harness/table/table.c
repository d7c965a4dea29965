#include "harness/table/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/hash.h"
#include "harness/base/str.h"
#include "harness/codec/csv.h"

static bool is_missing(const struct mlt_csv_field *field)
{
    static const char *const words[] = {"NA", "NaN", "null", "None"};
    if (field->len == 0)
        return true;
    if (field->quoted)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(field->text, words[i]) == 0)
            return true;
    return false;
}

static bool separator_of(const char *path, char *out, struct mlt_err *err)
{
    if (mlt_str_ends(path, ".csv") || mlt_str_ends(path, ".csv.gz"))
        *out = ',';
    else if (mlt_str_ends(path, ".tsv") || mlt_str_ends(path, ".tsv.gz"))
        *out = '\t';
    else
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s: cannot tell the format of this data set from its name, expected "
                           ".csv, .tsv, .csv.gz or .tsv.gz",
                           path);
    return true;
}

/* The columns while they grow; `is_text` once a value was no number. */
struct growing {
    struct mlt_table *table;
    struct mlt_arena *arena;
    bool *is_text;
    size_t capacity;
};

static bool start_columns(const struct mlt_csv *csv, struct growing *to, struct mlt_err *err)
{
    struct mlt_table *table = to->table;
    table->columns = mlt_csv_column_count(csv);
    table->column = mlt_arena_calloc(to->arena, table->columns, sizeof *table->column);
    to->is_text = mlt_arena_calloc(to->arena, table->columns, sizeof *to->is_text);
    if (table->column == NULL || to->is_text == NULL)
        return mlt_err_oom(err);
    for (size_t c = 0; c < table->columns; c++) {
        table->column[c].name = mlt_arena_strdup(to->arena, mlt_csv_column_name(csv, c));
        if (table->column[c].name == NULL)
            return mlt_err_oom(err);
    }
    return true;
}

/* Every array grows in step, so that one capacity serves all. */
static bool make_room(struct growing *to, struct mlt_err *err)
{
    struct mlt_table *table = to->table;
    if (table->rows < to->capacity)
        return true;
    size_t capacity = to->capacity;
    for (size_t c = 0; c < table->columns; c++) {
        struct mlt_column *column = &table->column[c];
        capacity = to->capacity;
        column->text =
            mlt_arena_grow(to->arena, column->text, table->rows, &capacity, sizeof *column->text);
        capacity = to->capacity;
        column->number = mlt_arena_grow(to->arena, column->number, table->rows, &capacity,
                                        sizeof *column->number);
        if (column->text == NULL || column->number == NULL)
            return mlt_err_oom(err);
    }
    capacity = to->capacity;
    table->line =
        mlt_arena_grow(to->arena, table->line, table->rows, &capacity, sizeof *table->line);
    if (table->line == NULL)
        return mlt_err_oom(err);
    to->capacity = capacity;
    return true;
}

static bool add_row(const struct mlt_csv *csv, const struct mlt_csv_field *fields,
                    struct growing *to, struct mlt_err *err)
{
    struct mlt_table *table = to->table;
    if (!make_room(to, err))
        return false;
    for (size_t c = 0; c < table->columns; c++) {
        struct mlt_column *column = &table->column[c];
        column->text[table->rows] = NULL;
        column->number[table->rows] = NAN;
        if (is_missing(&fields[c])) {
            column->missing++;
            continue;
        }
        const char *text = mlt_arena_strndup(to->arena, fields[c].text, fields[c].len);
        if (text == NULL)
            return mlt_err_oom(err);
        column->text[table->rows] = text;
        if (!to->is_text[c] &&
            !mlt_str_parse_double(text, fields[c].len, &column->number[table->rows]))
            to->is_text[c] = true;
    }
    table->line[table->rows++] = mlt_csv_line(csv);
    return true;
}

static bool read_rows(struct mlt_csv *csv, struct growing *to, struct mlt_err *err)
{
    if (!start_columns(csv, to, err))
        return false;
    for (;;) {
        const struct mlt_csv_field *fields;
        if (!mlt_csv_next(csv, &fields, err))
            return false;
        if (fields == NULL)
            break;
        if (!add_row(csv, fields, to, err))
            return false;
    }
    for (size_t c = 0; c < to->table->columns; c++)
        if (to->is_text[c])
            to->table->column[c].number = NULL;
    return true;
}

bool mlt_table_read(const char *path, struct mlt_arena *arena, struct mlt_table *out,
                    struct mlt_err *err)
{
    struct mlt_table table = {.path = mlt_arena_strdup(arena, path)};
    struct growing to = {.table = &table, .arena = arena};
    struct mlt_csv *csv;
    char separator = 0;
    if (table.path == NULL)
        return mlt_err_oom(err);
    if (!separator_of(path, &separator, err) || !mlt_csv_open(path, separator, &csv, err))
        return false;
    bool ok = read_rows(csv, &to, err);
    mlt_csv_close(csv);
    if (!ok)
        return false;
    if (table.rows == 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s: the data set has a header and no rows: nothing can be measured",
                           path);
    if (!mlt_hash_file(path, table.digest, NULL, err))
        return false;
    *out = table;
    return true;
}

const struct mlt_column *mlt_table_find(const struct mlt_table *table, const char *name)
{
    for (size_t c = 0; c < table->columns; c++)
        if (strcmp(table->column[c].name, name) == 0)
            return &table->column[c];
    return NULL;
}

static bool set_absent(const struct mlt_table *table, const char *name, struct mlt_err *err)
{
    const char **names = calloc(table->columns + 1, sizeof *names);
    const char *nearest = NULL;
    for (size_t c = 0; names != NULL && c < table->columns; c++)
        names[c] = table->column[c].name;
    if (names != NULL)
        nearest = mlt_str_nearest(name, names);
    if (nearest != NULL)
        mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: no column \"%s\"; did you mean \"%s\"?",
                    table->path, name, nearest);
    else
        mlt_err_set(err, MLT_ERR_EVIDENCE,
                    "%s: no column \"%s\" among its %zu columns, the first of which is \"%s\"",
                    table->path, name, table->columns,
                    table->columns > 0 ? table->column[0].name : "");
    free(names);
    return false;
}

const struct mlt_column *mlt_table_want(const struct mlt_table *table, const char *name,
                                        struct mlt_err *err)
{
    const struct mlt_column *column = mlt_table_find(table, name);
    if (column == NULL)
        set_absent(table, name, err);
    return column;
}

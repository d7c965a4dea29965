#include "harness/table/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/number.h"
#include "harness/table/reader.h"

/* The columns while they grow; `is_text` once a value was no number. */
struct growing {
    struct mlt_table *table;
    struct mlt_arena *arena;
    bool *is_text;
    size_t capacity;
};

static bool start_columns(const struct mlt_reader_block *block, struct growing *to,
                          struct mlt_err *err)
{
    struct mlt_table *table = to->table;
    table->columns = block->column_count;
    table->column = mlt_arena_calloc(to->arena, table->columns, sizeof *table->column);
    to->is_text = mlt_arena_calloc(to->arena, table->columns, sizeof *to->is_text);
    if (table->column == NULL || to->is_text == NULL)
        return mlt_err_oom(err);
    for (size_t c = 0; c < table->columns; c++) {
        table->column[c].name = mlt_arena_strdup(to->arena, block->wanted[c].name);
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

static bool add_row(const struct mlt_reader_block *block, size_t row, struct growing *to,
                    struct mlt_err *err)
{
    struct mlt_table *table = to->table;
    if (!make_room(to, err))
        return false;
    for (size_t c = 0; c < table->columns; c++) {
        struct mlt_column *column = &table->column[c];
        const struct mlt_reader_text *value = &block->columns[c].text[row];
        column->text[table->rows] = NULL;
        column->number[table->rows] = NAN;
        if (value->text == NULL) {
            column->missing++;
            continue;
        }
        const char *text = mlt_arena_strndup(to->arena, value->text, value->len);
        if (text == NULL)
            return mlt_err_oom(err);
        column->text[table->rows] = text;
        if (!to->is_text[c] && !mlt_number_parse(text, value->len, &column->number[table->rows]))
            to->is_text[c] = true;
    }
    table->line[table->rows++] = mlt_reader_line(block, row);
    return true;
}

static bool add_block(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct growing *to = context;
    if (to->table->column == NULL && !start_columns(block, to, err))
        return false;
    for (size_t row = 0; row < block->rows; row++)
        if (!add_row(block, row, to, err))
            return false;
    return true;
}

bool mlt_table_read(const char *path, struct mlt_arena *arena, struct mlt_table *out,
                    struct mlt_err *err)
{
    struct mlt_table table = {.path = mlt_arena_strdup(arena, path)};
    struct growing to = {.table = &table, .arena = arena};
    struct mlt_reader_options options = {.path = path};
    struct mlt_reader_summary summary;
    if (table.path == NULL)
        return mlt_err_oom(err);
    if (!mlt_reader_run(&options, add_block, &to, &summary, err))
        return false;
    memcpy(table.digest, summary.sha256, sizeof table.digest);
    mlt_reader_summary_free(&summary);
    for (size_t c = 0; c < table.columns; c++)
        if (to.is_text[c])
            table.column[c].number = NULL;
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

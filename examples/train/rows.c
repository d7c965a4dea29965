#include "examples/train/rows.h"

#include <math.h>
#include <string.h>

#include "examples/train/model.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/csv.h"

int mlt_train_rows_column(const struct mlt_train_rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->columns; i++)
        if (strcmp(rows->names[i], name) == 0)
            return (int)i;
    return -1;
}

const char *mlt_train_rows_cell(const struct mlt_train_rows *rows, size_t row, int column)
{
    return column < 0 ? "" : rows->cells[row * rows->columns + (size_t)column];
}

double mlt_train_rows_number(const struct mlt_train_rows *rows, size_t row, int column)
{
    const char *text = mlt_train_rows_cell(rows, row, column);
    double value;
    return mlt_str_parse_double(text, strlen(text), &value) ? value : (double)NAN;
}

double mlt_train_rows_label(const struct mlt_train_rows *rows, const struct mlt_train_model *model,
                            size_t row)
{
    int column = mlt_train_rows_column(rows, model->label);
    if (!model->positive)
        return mlt_train_rows_number(rows, row, column);
    return strcmp(mlt_train_rows_cell(rows, row, column), model->positive) == 0 ? 1.0 : 0.0;
}

/* Where the columns that the model keeps stand in the file. */
static bool find_columns(const struct mlt_csv *csv, const char *path, const char *const *wanted,
                         struct mlt_arena *arena, struct mlt_train_rows *rows, size_t **out_from,
                         struct mlt_err *err)
{
    while (wanted[rows->columns])
        rows->columns++;
    rows->names = mlt_arena_calloc(arena, rows->columns, sizeof *rows->names);
    size_t *from = mlt_arena_calloc(arena, rows->columns, sizeof *from);
    if (!rows->names || !from)
        return mlt_err_oom(err);
    for (size_t i = 0; i < rows->columns; i++) {
        int column = mlt_csv_column_find(csv, wanted[i]);
        if (column < 0)
            return mlt_err_set(err, MLT_ERR_USAGE, "%s has no column %s", path, wanted[i]);
        rows->names[i] = wanted[i];
        from[i] = (size_t)column;
    }
    *out_from = from;
    return true;
}

static bool read_rows(struct mlt_csv *csv, const size_t *from, struct mlt_arena *arena,
                      struct mlt_train_rows *rows, struct mlt_err *err)
{
    const struct mlt_csv_field *fields;
    size_t capacity = 0, width = rows->columns * sizeof *rows->cells;
    for (;;) {
        if (!mlt_csv_next(csv, &fields, err))
            return false;
        if (!fields)
            return true;
        rows->cells = mlt_arena_grow(arena, rows->cells, rows->count, &capacity, width);
        if (!rows->cells)
            return mlt_err_oom(err);
        for (size_t i = 0; i < rows->columns; i++) {
            const struct mlt_csv_field *field = &fields[from[i]];
            const char *text =
                strcmp(field->text, "NA") == 0 ? "" : mlt_arena_strndup(arena, field->text, field->len);
            if (!text)
                return mlt_err_oom(err);
            rows->cells[rows->count * rows->columns + i] = text;
        }
        rows->count++;
    }
}

/* Copies one row behind those of `to`, with its id in front. */
static bool add_row(const struct mlt_train_rows *all, size_t row, const struct mlt_train_model *model,
                    struct mlt_arena *arena, struct mlt_train_rows *to, struct mlt_err *err)
{
    struct mlt_buf id = MLT_BUF_INIT;
    model->make_id(all, row, &id);
    const char **cells = to->cells + to->count * to->columns;
    cells[0] = mlt_arena_strdup(arena, id.data);
    mlt_buf_free(&id);
    if (!cells[0])
        return mlt_err_oom(err);
    memcpy(cells + 1, all->cells + row * all->columns, all->columns * sizeof *cells);
    to->count++;
    return true;
}

static bool split_rows(const struct mlt_train_rows *all, const struct mlt_train_model *model,
                       struct mlt_arena *arena, struct mlt_train_rows *train,
                       struct mlt_train_rows *holdout, struct mlt_err *err)
{
    size_t columns = all->columns + 1;
    const char **names = mlt_arena_calloc(arena, columns, sizeof *names);
    const char **cells[2];
    for (size_t i = 0; i < 2; i++)
        if (!(cells[i] = mlt_arena_calloc(arena, all->count * columns, sizeof *cells[i])))
            return mlt_err_oom(err);
    if (!names)
        return mlt_err_oom(err);
    names[0] = "id";
    memcpy(names + 1, all->names, all->columns * sizeof *names);
    *train = (struct mlt_train_rows){.columns = columns, .names = names, .cells = cells[0]};
    *holdout = (struct mlt_train_rows){.columns = columns, .names = names, .cells = cells[1]};
    for (size_t row = 0; row < all->count; row++)
        if (!add_row(all, row, model, arena, model->is_held_out(all, row) ? holdout : train, err))
            return false;
    return true;
}

bool mlt_train_rows_load(const char *data_dir, const struct mlt_train_model *model,
                         struct mlt_arena *arena, struct mlt_train_rows *train,
                         struct mlt_train_rows *holdout, struct mlt_err *err)
{
    struct mlt_train_rows all = {0};
    struct mlt_csv *csv;
    size_t *from = NULL;
    const char *path = mlt_fs_join(arena, data_dir, model->source);
    if (!path)
        return mlt_err_oom(err);
    if (!mlt_csv_open(path, ',', &csv, err))
        return false;
    bool ok = find_columns(csv, path, model->columns, arena, &all, &from, err) &&
              read_rows(csv, from, arena, &all, err);
    mlt_csv_close(csv);
    return ok && split_rows(&all, model, arena, train, holdout, err);
}

static void print_cell(const char *text, struct mlt_buf *out)
{
    if (!strpbrk(text, ",\"\r\n")) {
        mlt_buf_puts(out, text);
        return;
    }
    mlt_buf_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            mlt_buf_putc(out, '"');
        mlt_buf_putc(out, *text);
    }
    mlt_buf_putc(out, '"');
}

void mlt_train_rows_print(const struct mlt_train_rows *rows, struct mlt_buf *out)
{
    for (size_t i = 0; i < rows->columns; i++) {
        mlt_buf_puts(out, rows->names[i]);
        mlt_buf_putc(out, i + 1 < rows->columns ? ',' : '\n');
    }
    for (size_t row = 0; row < rows->count; row++)
        for (size_t i = 0; i < rows->columns; i++) {
            print_cell(rows->cells[row * rows->columns + i], out);
            mlt_buf_putc(out, i + 1 < rows->columns ? ',' : '\n');
        }
}

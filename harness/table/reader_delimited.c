#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/table/reader_part.h"

/* One column of the piece: where its fields stand. */
struct column {
    const char *text;
    const uint32_t *bound; /* of the first row's field */
    size_t stride;
    bool returns; /* the last column of a file with carriage returns */
};

static struct column column_of(const struct mlt_reader_worker *w, size_t column)
{
    const struct mlt_reader *r = w->reader;
    return (struct column){w->piece.text, w->index.bound + r->field[column], r->field_count,
                           w->index.returns && r->field[column] + 1 == r->field_count};
}

/* The field of a row as it stands, quotes included. */
static inline const char *field_of(const struct column *c, size_t row, size_t *len)
{
    const uint32_t *bound = c->bound + row * c->stride;
    uint32_t start = bound[0] + 1, end = bound[1];
    if (c->returns && end > start && c->text[end - 1] == '\r')
        end--;
    *len = end - start;
    return c->text + start;
}

/* A field that starts with a quote: what stands between, with doubled quotes resolved in the
 * worker's own room, so that lines can still be counted in the text. */
static const char *unquoted(struct mlt_reader_worker *w, const char *field, size_t *len)
{
    field++;
    *len -= 2;
    if (*len == 0 || memchr(field, '"', *len) == NULL)
        return field;
    char *to = w->unquoted + w->unquoted_len;
    memcpy(to, field, *len);
    *len = mlt_delimited_unquote(to, *len);
    /* Eight bytes are read of any value. */
    w->unquoted_len += *len;
    return to;
}

/* What is no plain number: quoted, missing, or wrong. False: the column ends here. */
static bool other_number(struct mlt_reader_worker *w, size_t column, size_t row, const char *field,
                         size_t len)
{
    const struct mlt_reader *r = w->reader;
    struct mlt_column_store *store = &w->store[column];
    bool quoted = len > 0 && *field == '"';
    if (quoted)
        field = unquoted(w, field, &len);
    if (len == 0 || (!quoted && mlt_value_is_missing(r, field, len))) {
        store->number[row] = NAN;
        store->missing++;
        if (!r->wanted[column].may_be_missing)
            mlt_value_note(w, column, row, MLT_VALUE_MISSING);
        return r->wanted[column].may_be_missing;
    }
    if (mlt_number_parse(field, len, &store->number[row]))
        return true;
    mlt_value_note(w, column, row, MLT_VALUE_NO_NUMBER);
    return false;
}

static void take_numbers(struct mlt_reader_worker *w, size_t column, size_t rows)
{
    struct column c = column_of(w, column);
    double *out = w->store[column].number;
    bool one_by_one = c.returns || w->reader->numeric_missing;
    for (size_t row = 0, len;; row++) {
        if (!one_by_one)
            row += mlt_number_column(c.text, c.bound + row * c.stride, c.stride, rows - row,
                                     w->reader->avx2, out + row);
        if (row >= rows)
            return;
        const char *field = field_of(&c, row, &len);
        if (!other_number(w, column, row, field, len))
            return;
    }
}

static bool other_category(struct mlt_reader_worker *w, size_t column, size_t row,
                           const char *field, size_t len)
{
    const struct mlt_reader *r = w->reader;
    struct mlt_column_store *store = &w->store[column];
    bool quoted = len > 0 && *field == '"';
    if (quoted)
        field = unquoted(w, field, &len);
    if (len > 0 && (quoted || !mlt_value_is_missing(r, field, len)))
        return mlt_value_category(w, column, row, field, len);
    store->category[row] = MLT_CATEGORY_MISSING;
    store->missing++;
    if (!r->wanted[column].may_be_missing)
        mlt_value_note(w, column, row, MLT_VALUE_MISSING);
    return true;
}

static bool take_categories(struct mlt_reader_worker *w, size_t column, size_t rows)
{
    struct column c = column_of(w, column);
    const struct mlt_column_store *store = &w->store[column];
    for (size_t row = 0; row < rows; row++) {
        size_t len;
        const char *field = field_of(&c, row, &len);
        if (len - 1 < 8) {
            uint64_t word = mlt_word_load(field, len);
            const struct mlt_word_cache *place = mlt_word_place(store, word, len);
            if (place->word == word && place->len == len && *field != '"') {
                store->category[row] = place->id;
                continue;
            }
        }
        if (!other_category(w, column, row, field, len))
            return false;
    }
    return true;
}

static void take_texts(struct mlt_reader_worker *w, size_t column, size_t rows)
{
    const struct mlt_reader *r = w->reader;
    struct column c = column_of(w, column);
    struct mlt_column_store *store = &w->store[column];
    for (size_t row = 0; row < rows; row++) {
        size_t len;
        const char *field = field_of(&c, row, &len);
        bool quoted = len > 0 && *field == '"';
        if (quoted)
            field = unquoted(w, field, &len);
        if (len == 0 || (!quoted && mlt_value_is_missing(r, field, len))) {
            store->text[row] = (struct mlt_reader_text){NULL, 0, quoted};
            store->missing++;
            if (!r->wanted[column].may_be_missing)
                mlt_value_note(w, column, row, MLT_VALUE_MISSING);
        } else {
            store->text[row] = (struct mlt_reader_text){field, (uint32_t)len, quoted};
        }
    }
}

/* A resolved value is never longer than it was: the text's own length is room enough. */
static bool room_for_quotes(struct mlt_reader_worker *w, struct mlt_err *err)
{
    size_t wanted = w->piece.len + MLT_PIECE_PAD;
    w->unquoted_len = 0;
    if (!w->index.quotes || wanted <= w->unquoted_capacity)
        return true;
    free(w->unquoted);
    w->unquoted_capacity = 0;
    w->unquoted = malloc(wanted);
    if (w->unquoted == NULL)
        return mlt_err_oom(err);
    w->unquoted_capacity = wanted;
    return true;
}

static bool take_values(struct mlt_reader_worker *w, size_t rows, struct mlt_err *err)
{
    const struct mlt_reader *r = w->reader;
    if (!mlt_store_room(w, rows, err) || !room_for_quotes(w, err))
        return false;
    w->rows = rows;
    w->bad = MLT_VALUE_FINE;
    for (size_t c = 0; c < r->column_count; c++) {
        w->store[c].missing = 0;
        w->store[c].unmet_count = 0;
        if (r->wanted[c].type == MLT_COLUMN_NUMBER)
            take_numbers(w, c, rows);
        else if (r->wanted[c].type == MLT_COLUMN_TEXT)
            take_texts(w, c, rows);
        else if (!take_categories(w, c, rows))
            return mlt_err_oom(err);
    }
    return w->bad == MLT_VALUE_FINE || mlt_value_fault_noted(w, err);
}

/* As many fields to every row as the header has, none of them too long. */
static bool is_even(const struct mlt_reader_worker *w)
{
    const struct mlt_piece *piece = &w->piece;
    const uint32_t *bound = w->index.bound;
    size_t columns = w->reader->field_count;
    if (w->index.fault || w->index.fields != piece->records * columns)
        return false;
    for (size_t row = 1; row <= piece->records; row++)
        if (piece->text[bound[row * columns]] != '\n')
            return false;
    for (size_t i = 0; piece->len > MLT_DELIMITED_FIELD_MAX && i < w->index.fields; i++)
        if (bound[i + 1] - (bound[i] + 1) > MLT_DELIMITED_FIELD_MAX)
            return false;
    /* An empty line is no row, and with one column it looks like one. */
    for (size_t row = 0; columns == 1 && row < piece->records; row++) {
        struct column only = {piece->text, bound, 1, w->index.returns};
        size_t len;
        field_of(&only, row, &len);
        if (len == 0)
            return false;
    }
    return true;
}

/* A row is wrong. The values in front of it come first in the file, and one of them may be wrong
 * too. */
static bool explain(struct mlt_reader_worker *w, struct mlt_err *err)
{
    const struct mlt_reader *r = w->reader;
    struct mlt_piece *piece = &w->piece;
    struct mlt_delimited_text text = {mlt_source_name(r->cutter.source),
                                      piece->text,
                                      piece->len,
                                      piece->first_line,
                                      r->separator,
                                      r->field_count};
    struct mlt_err found = MLT_ERR_INIT;
    size_t good;
    if (mlt_delimited_check(&text, false, &good, &found))
        return mlt_err_set(err, MLT_ERR_INFRA, "%s: the rows from line %llu on cannot be read",
                           text.name, (unsigned long long)piece->first_line);
    piece->len = good;
    if (good > 0 &&
        (!mlt_delimited_scan(piece->text, good, r->separator, r->avx2, &w->index, err) ||
         !take_values(w, w->index.fields / r->field_count, err)))
        return false;
    *err = found;
    return false;
}

bool mlt_parse_delimited(struct mlt_reader_worker *w, struct mlt_err *err)
{
    const struct mlt_reader *r = w->reader;
    struct mlt_piece *piece = &w->piece;
    if (piece->blank_line != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:%llu:1: an empty line between rows",
                           mlt_source_name(r->cutter.source),
                           (unsigned long long)piece->blank_line);
    if (!mlt_delimited_scan(piece->text, piece->len, r->separator, r->avx2, &w->index, err))
        return false;
    if (piece->unclosed || !is_even(w))
        return explain(w, err);
    return take_values(w, piece->records, err);
}

bool mlt_place_delimited(struct mlt_reader_worker *w, size_t column, size_t row, size_t *start,
                         size_t *len)
{
    struct column c = column_of(w, column);
    *start = (size_t)(field_of(&c, row, len) - w->piece.text);
    return true;
}

size_t mlt_row_start(const struct mlt_reader_worker *w, size_t row)
{
    const struct mlt_reader *r = w->reader;
    return r->format == MLT_FORMAT_JSONL ? w->row_start[row]
                                         : w->index.bound[row * r->field_count] + (uint32_t)1;
}

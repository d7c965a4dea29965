#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/table/reader_part.h"

/* A string's text, its escapes resolved in the worker's own room. */
static const char *string_of(struct mlt_reader_worker *w, const struct mlt_jsonl_value *value,
                             size_t *len)
{
    *len = value->len;
    if (!value->escaped)
        return value->text;
    char *to = w->unquoted + w->unquoted_len;
    *len = mlt_jsonl_unescape(value->text, value->len, to);
    w->unquoted_len += *len;
    return to;
}

static void take_missing(struct mlt_reader_worker *w, size_t column, size_t row)
{
    w->store[column].missing++;
    if (!w->reader->wanted[column].may_be_missing)
        mlt_value_note(w, column, row, MLT_VALUE_MISSING);
}

static void take_number(struct mlt_reader_worker *w, size_t column, size_t row,
                        const struct mlt_jsonl_value *value)
{
    double *out = &w->store[column].number[row];
    bool ok = true;
    switch (value->kind) {
    case MLT_JSONL_ABSENT:
    case MLT_JSONL_NULL:
        *out = NAN;
        take_missing(w, column, row);
        break;
    case MLT_JSONL_FALSE:
    case MLT_JSONL_TRUE:
        *out = value->kind == MLT_JSONL_TRUE;
        break;
    case MLT_JSONL_NUMBER:
        ok = w->reader->avx2 ? mlt_number_parse_avx2(value->text, value->len, out)
                             : mlt_number_parse(value->text, value->len, out);
        break;
    default:
        ok = false;
    }
    if (!ok)
        mlt_value_note(w, column, row, MLT_VALUE_NO_NUMBER);
}

static bool take_category(struct mlt_reader_worker *w, size_t column, size_t row,
                          const struct mlt_jsonl_value *value)
{
    struct mlt_column_store *store = &w->store[column];
    if (value->kind <= MLT_JSONL_NULL) {
        store->category[row] = MLT_CATEGORY_MISSING;
        take_missing(w, column, row);
        return true;
    }
    if (value->kind >= MLT_JSONL_ARRAY) {
        mlt_value_note(w, column, row, MLT_VALUE_NO_SCALAR);
        return true;
    }
    size_t len;
    const char *text = string_of(w, value, &len);
    if (!value->escaped && len - 1 < 8) {
        uint64_t word = mlt_word_load(text, len);
        const struct mlt_word_cache *place = mlt_word_place(store, word, len);
        if (place->word == word && place->len == len) {
            store->category[row] = place->id;
            return true;
        }
    }
    return mlt_value_category(w, column, row, text, len);
}

static void take_text(struct mlt_reader_worker *w, size_t column, size_t row,
                      const struct mlt_jsonl_value *value)
{
    struct mlt_reader_text *out = &w->store[column].text[row];
    *out = (struct mlt_reader_text){NULL, 0, value->kind == MLT_JSONL_STRING};
    if (value->kind <= MLT_JSONL_NULL) {
        take_missing(w, column, row);
        return;
    }
    size_t len;
    out->text = string_of(w, value, &len);
    out->len = (uint32_t)len;
}

static bool take_row(struct mlt_reader_worker *w, size_t row)
{
    const struct mlt_reader *r = w->reader;
    for (size_t c = 0; c < r->column_count; c++) {
        if (r->wanted[c].type == MLT_COLUMN_NUMBER)
            take_number(w, c, row, &w->cells[c]);
        else if (r->wanted[c].type == MLT_COLUMN_TEXT)
            take_text(w, c, row, &w->cells[c]);
        else if (!take_category(w, c, row, &w->cells[c]))
            return false;
    }
    return true;
}

static bool start_piece(struct mlt_reader_worker *w, struct mlt_err *err)
{
    const struct mlt_piece *piece = &w->piece;
    if (!mlt_store_room(w, piece->records, err))
        return false;
    if (piece->len + MLT_PIECE_PAD > w->unquoted_capacity) {
        free(w->unquoted);
        w->unquoted_capacity = 0;
        w->unquoted = malloc(piece->len + MLT_PIECE_PAD);
        if (w->unquoted == NULL)
            return mlt_err_oom(err);
        w->unquoted_capacity = piece->len + MLT_PIECE_PAD;
    }
    w->unquoted_len = 0;
    w->rows = 0;
    w->bad = MLT_VALUE_FINE;
    for (size_t c = 0; c < w->reader->column_count; c++)
        w->store[c].missing = w->store[c].unmet_count = 0;
    return true;
}

static bool set_line_fault(const struct mlt_reader_worker *w, size_t row,
                           const struct mlt_jsonl_fault *fault, struct mlt_err *err)
{
    return mlt_err_set(
        err, MLT_ERR_EVIDENCE, "%s:%llu:%zu: %s", mlt_source_name(w->reader->cutter.source),
        (unsigned long long)(w->piece.first_line + row), fault->offset + 1, fault->what);
}

static bool is_blank(const char *text, size_t len)
{
    return len == 0 || (len == 1 && *text == '\r');
}

bool mlt_parse_jsonl(struct mlt_reader_worker *w, struct mlt_err *err)
{
    const struct mlt_piece *piece = &w->piece;
    struct mlt_jsonl_fault fault;
    const char *name = mlt_source_name(w->reader->cutter.source);
    if (piece->blank_line != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:%llu:1: an empty line between rows", name,
                           (unsigned long long)piece->blank_line);
    if (!start_piece(w, err))
        return false;
    const char *at = piece->text, *end = at + piece->len;
    for (size_t row = 0; at < end; row++) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)(feed - at);
        w->row_start[row] = (uint32_t)(at - piece->text);
        if (is_blank(at, len))
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:%llu:1: an empty line between rows", name,
                               (unsigned long long)(piece->first_line + row));
        if (!mlt_jsonl_line(w->jsonl, at, len, w->cells, &fault))
            return set_line_fault(w, row, &fault, err);
        w->rows = row + 1;
        if (!take_row(w, row))
            return mlt_err_oom(err);
        if (w->bad != MLT_VALUE_FINE)
            return mlt_value_fault_noted(w, err);
        at = feed + 1;
    }
    return true;
}

/* The line is read once more: places are wanted for faults only. */
bool mlt_place_jsonl(struct mlt_reader_worker *w, size_t column, size_t row, size_t *start,
                     size_t *len)
{
    const struct mlt_piece *piece = &w->piece;
    struct mlt_jsonl_fault fault;
    const char *line = piece->text + w->row_start[row];
    const char *feed = memchr(line, '\n', (size_t)(piece->text + piece->len - line));
    if (!mlt_jsonl_line(w->jsonl, line, (size_t)(feed - line), w->cells, &fault) ||
        w->cells[column].kind == MLT_JSONL_ABSENT)
        return false;
    const struct mlt_jsonl_value *value = &w->cells[column];
    size_t quote = value->kind == MLT_JSONL_STRING;
    *start = (size_t)(value->text - piece->text) - quote;
    *len = value->len + 2 * quote;
    return true;
}

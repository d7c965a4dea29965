#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/table/reader_part.h"

static bool grow_array(void **array, size_t rows, size_t size)
{
    free(*array);
    *array = malloc(rows * size);
    return *array != NULL;
}

static bool grow_store(struct mlt_column_store *store, enum mlt_column_type type, size_t rows)
{
    switch (type) {
    case MLT_COLUMN_NUMBER:
        return grow_array((void **)&store->number, rows, sizeof *store->number);
    case MLT_COLUMN_CATEGORY:
        if (store->words == NULL)
            store->words = calloc(MLT_WORD_PLACES, sizeof *store->words);
        return store->words != NULL &&
               grow_array((void **)&store->category, rows, sizeof *store->category);
    case MLT_COLUMN_TEXT:
        break;
    }
    return grow_array((void **)&store->text, rows, sizeof *store->text);
}

bool mlt_store_room(struct mlt_reader_worker *w, size_t rows, struct mlt_err *err)
{
    const struct mlt_reader *reader = w->reader;
    if (rows <= w->row_capacity)
        return true;
    w->row_capacity = 0;
    rows += rows / 8;
    for (size_t c = 0; c < reader->column_count; c++)
        if (!grow_store(&w->store[c], reader->wanted[c].type, rows))
            return mlt_err_oom(err);
    bool ok = grow_array((void **)&w->line_offset, rows, sizeof *w->line_offset) &&
              grow_array((void **)&w->row_start, rows, sizeof *w->row_start);
    if (!ok)
        return mlt_err_oom(err);
    w->row_capacity = rows;
    return true;
}

void mlt_store_free(struct mlt_reader_worker *w)
{
    for (size_t c = 0; w->store != NULL && c < w->reader->column_count; c++) {
        struct mlt_column_store *store = &w->store[c];
        free(store->number);
        free(store->category);
        free(store->text);
        free(store->words);
        free(store->unmet);
        mlt_dictionary_free(&store->met);
    }
    free(w->line_offset);
    free(w->row_start);
}

bool mlt_value_is_missing(const struct mlt_reader *reader, const char *text, size_t len)
{
    if (len == 0)
        return true;
    for (const char *const *word = reader->missing; *word != NULL; word++)
        if ((*word)[0] == text[0] && strlen(*word) == len && memcmp(*word, text, len) == 0)
            return true;
    return false;
}

void mlt_value_note(struct mlt_reader_worker *w, size_t column, size_t row,
                    enum mlt_value_fault bad)
{
    const size_t *field = w->reader->field;
    if (w->bad != MLT_VALUE_FINE &&
        (w->bad_row < row || (w->bad_row == row && field[w->bad_column] <= field[column])))
        return;
    w->bad = bad;
    w->bad_row = row;
    w->bad_column = column;
}

/* The cache is asked for unquoted values too, so that a quoted NA, which is a value, must not be
 * there. */
static void remember_word(struct mlt_reader_worker *w, size_t column, const char *text, size_t len,
                          uint32_t id)
{
    if (len > 8 || mlt_value_is_missing(w->reader, text, len))
        return;
    uint64_t word = 0;
    memcpy(&word, text, len);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    *mlt_word_place(&w->store[column], word, len) =
        (struct mlt_word_cache){word, (uint32_t)len, id};
}

bool mlt_value_category(struct mlt_reader_worker *w, size_t column, size_t row, const char *text,
                        size_t len)
{
    struct mlt_column_store *store = &w->store[column];
    uint64_t hash = mlt_key_hash(&w->reader->key, text, len);
    const struct mlt_dictionary_entry *entry = mlt_dictionary_find(&store->met, hash, text, len);
    if (entry != NULL) {
        store->category[row] = entry->id;
        remember_word(w, column, text, len, entry->id);
        return true;
    }
    if (store->unmet_count == store->unmet_capacity) {
        size_t capacity = store->unmet_capacity ? store->unmet_capacity * 2 : 256;
        struct mlt_unmet *unmet = realloc(store->unmet, capacity * sizeof *unmet);
        if (unmet == NULL)
            return false;
        store->unmet = unmet;
        store->unmet_capacity = capacity;
    }
    store->unmet[store->unmet_count++] =
        (struct mlt_unmet){hash, text, (uint32_t)len, (uint32_t)row};
    return true;
}

/* The entry of a spelling in the table of all threads, added when it is new. */
static const struct mlt_dictionary_entry *spell(struct mlt_reader *r, size_t column,
                                                const struct mlt_unmet *unmet, struct mlt_err *err)
{
    struct mlt_dictionary *all = &r->spelled[column];
    struct mlt_reader_dictionary *out = &r->dictionary[column];
    const struct mlt_dictionary_entry *entry =
        mlt_dictionary_find(all, unmet->hash, unmet->text, unmet->len);
    if (entry != NULL)
        return entry;
    if (out->count == MLT_CATEGORY_MAX) {
        mlt_err_set(
            err, MLT_ERR_EVIDENCE,
            "%s: column \"%s\" has more than %d distinct values: it looks like an id and not "
            "like a category",
            mlt_source_name(r->cutter.source), r->wanted[column].name, MLT_CATEGORY_MAX);
        return NULL;
    }
    struct mlt_dictionary_entry added = {unmet->hash, NULL, unmet->len, out->count};
    added.text = mlt_arena_strndup(r->arena, unmet->text, unmet->len);
    const char **values = mlt_arena_grow(r->arena, (void *)out->value, out->count,
                                         &r->dictionary_capacity[column], sizeof *values);
    if (added.text == NULL || values == NULL || !mlt_dictionary_add(all, added)) {
        mlt_err_oom(err);
        return NULL;
    }
    values[out->count++] = added.text;
    out->value = values;
    return mlt_dictionary_find(all, unmet->hash, unmet->text, unmet->len);
}

static bool resolve(struct mlt_reader_worker *w, size_t column, struct mlt_err *err)
{
    struct mlt_column_store *store = &w->store[column];
    for (size_t i = 0; i < store->unmet_count; i++) {
        const struct mlt_unmet *unmet = &store->unmet[i];
        const struct mlt_dictionary_entry *entry =
            mlt_dictionary_find(&store->met, unmet->hash, unmet->text, unmet->len);
        if (entry == NULL) {
            entry = spell(w->reader, column, unmet, err);
            if (entry == NULL)
                return false;
            if (!mlt_dictionary_add(&store->met, *entry))
                return mlt_err_oom(err);
        }
        store->category[unmet->row] = entry->id;
        remember_word(w, column, entry->text, entry->len, entry->id);
    }
    return true;
}

static bool resolve_all(struct mlt_reader_worker *w, struct mlt_err *err)
{
    for (size_t c = 0; c < w->reader->column_count; c++)
        if (!resolve(w, c, err))
            return false;
    return true;
}

static bool has_unmet(const struct mlt_reader_worker *w)
{
    for (size_t c = 0; c < w->reader->column_count; c++)
        if (w->store[c].unmet_count > 0)
            return true;
    return false;
}

/* Every piece takes its turn, whatever becomes of it: those behind it wait for nothing else. */
bool mlt_value_turn(struct mlt_reader_worker *w, bool ok, struct mlt_err *err)
{
    struct mlt_reader *r = w->reader;
    uint64_t mine = w->piece.sequence;
    if (!r->has_category)
        return ok;
    pthread_mutex_lock(&r->turn_lock);
    while (mine >= r->next_turn + MLT_TURNS_AHEAD)
        pthread_cond_wait(&r->turn, &r->turn_lock);
    if (ok && has_unmet(w)) {
        while (r->next_turn != mine)
            pthread_cond_wait(&r->turn, &r->turn_lock);
        ok = resolve_all(w, err);
    }
    r->taken[mine % MLT_TURNS_AHEAD] = true;
    while (r->taken[r->next_turn % MLT_TURNS_AHEAD])
        r->taken[r->next_turn++ % MLT_TURNS_AHEAD] = false;
    pthread_cond_broadcast(&r->turn);
    pthread_mutex_unlock(&r->turn_lock);
    return ok;
}

static bool place_of(struct mlt_reader_worker *w, size_t column, size_t row, size_t *start,
                     size_t *len)
{
    return w->reader->format == MLT_FORMAT_JSONL ? mlt_place_jsonl(w, column, row, start, len)
                                                 : mlt_place_delimited(w, column, row, start, len);
}

bool mlt_value_fault(struct mlt_reader_worker *w, size_t column, size_t row, const char *what,
                     struct mlt_err *err)
{
    const struct mlt_piece *piece = &w->piece;
    size_t start = mlt_row_start(w, row), len;
    place_of(w, column, row, &start, &len);
    uint64_t line = piece->first_line;
    const char *line_start = piece->text, *feed;
    while ((feed = memchr(line_start, '\n', (size_t)(piece->text + start - line_start))) != NULL) {
        line++;
        line_start = feed + 1;
    }
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:%llu:%zu: %s",
                       mlt_source_name(w->reader->cutter.source), (unsigned long long)line,
                       (size_t)(piece->text + start - line_start) + 1, what);
}

bool mlt_value_fault_noted(struct mlt_reader_worker *w, struct mlt_err *err)
{
    const char *name = w->reader->wanted[w->bad_column].name;
    struct mlt_buf what = MLT_BUF_INIT;
    size_t start, len;
    if (w->bad == MLT_VALUE_MISSING || !place_of(w, w->bad_column, w->bad_row, &start, &len)) {
        mlt_buf_puts(&what, "a value is missing in column \"");
        mlt_str_append_safe(&what, name, strlen(name), 60);
        mlt_buf_puts(&what, "\"");
    } else {
        mlt_buf_puts(&what, "column \"");
        mlt_str_append_safe(&what, name, strlen(name), 60);
        mlt_buf_puts(&what, "\": ");
        mlt_str_append_safe(&what, w->piece.text + start, len, 60);
        mlt_buf_puts(&what,
                     w->bad == MLT_VALUE_NO_NUMBER ? " is not a number" : " is not a single value");
    }
    mlt_value_fault(w, w->bad_column, w->bad_row, what.data, err);
    mlt_buf_free(&what);
    return false;
}

#include "harness/compat/profiling.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/codec/number.h"
#include "harness/stats/sketch.h"
#include "harness/table/dictionary.h"
#include "harness/table/reader.h"

enum { FEW = 20, DECILES = 10, MOST_SPELLINGS = 4096, LISTED = 50 };
static const double sketch_error = 0.005;

struct spelling {
    const char *text;
    uint64_t count;
};

struct column {
    const char *name;
    const struct mlt_profile_column *like; /* whose bins it is counted in; NULL: its own */
    bool is_number, left_out;
    /* What the first reading learns of numbers. */
    struct mlt_sketch sketch;
    double few[FEW + 1]; /* ascending; more than FEW: there are many */
    size_t few_count;
    /* What the second one counts in. */
    size_t bins;
    const double *edges;
    const char *const *values;
    uint64_t *counts, missing;
    /* Spellings of a column that brings no bins of its own. */
    struct mlt_dictionary spellings;
    struct spelling *seen;
    size_t seen_capacity;
};

struct work {
    const struct mlt_profiling *request;
    struct mlt_arena *arena;
    struct mlt_key key;
    struct column *columns;
    size_t count;
    uint64_t rows;
};

static bool read_number(const struct mlt_reader_text *cell, double *out)
{
    return mlt_number_parse(cell->text, cell->len, out);
}

/* Keeps the different numbers in order while they are few. */
static void note_few(struct column *c, double x)
{
    size_t i = 0;
    while (i < c->few_count && c->few[i] < x)
        i++;
    if (i < c->few_count && c->few[i] == x)
        return;
    memmove(c->few + i + 1, c->few + i, (c->few_count - i) * sizeof *c->few);
    c->few[i] = x;
    c->few_count++;
}

static bool learn(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct work *w = context;
    for (size_t k = 0; k < w->count; k++) {
        struct column *c = &w->columns[k];
        for (size_t r = 0; r < block->rows && c->is_number; r++) {
            const struct mlt_reader_text *cell = &block->columns[k].text[r];
            double x;
            if (!cell->text)
                continue;
            if (!read_number(cell, &x)) {
                c->is_number = false;
            } else if (!c->like) {
                if (c->few_count <= FEW)
                    note_few(c, x + 0.0);
                if (!mlt_sketch_add(&c->sketch, x, 1))
                    return mlt_err_oom(err);
            }
        }
    }
    return true;
}

static size_t bin_of_number(const struct column *c, double x)
{
    size_t low = 0, high = c->bins - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (x <= c->edges[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static size_t bin_of_text(const struct column *c, const struct mlt_reader_text *cell)
{
    for (size_t i = 0; i + 1 < c->bins; i++)
        if (strlen(c->values[i]) == cell->len && memcmp(c->values[i], cell->text, cell->len) == 0)
            return i;
    return c->bins - 1;
}

/* A spelling of a column whose bins are made of what is seen. */
static bool count_spelling(struct work *w, struct column *c, const struct mlt_reader_text *cell,
                           struct mlt_err *err)
{
    uint64_t hash = mlt_key_hash(&w->key, cell->text, cell->len);
    const struct mlt_dictionary_entry *found =
        mlt_dictionary_find(&c->spellings, hash, cell->text, cell->len);
    if (found) {
        c->seen[found->id].count++;
        return true;
    }
    size_t id = c->spellings.count;
    if (id == MOST_SPELLINGS || cell->len > MLT_PROFILE_TEXT) {
        c->left_out = true;
        return true;
    }
    struct spelling *grown =
        mlt_arena_grow(w->arena, c->seen, id, &c->seen_capacity, sizeof *grown);
    const char *text = mlt_arena_strndup(w->arena, cell->text, cell->len);
    if (!grown || !text)
        return mlt_err_oom(err);
    c->seen = grown;
    c->seen[id] = (struct spelling){text, 1};
    const struct mlt_dictionary_entry entry = {hash, text, cell->len, (uint32_t)id};
    return mlt_dictionary_add(&c->spellings, entry) || mlt_err_oom(err);
}

static bool count_column(struct work *w, struct column *c, const struct mlt_reader_block *block,
                         size_t k, struct mlt_err *err)
{
    for (size_t r = 0; r < block->rows && !c->left_out; r++) {
        const struct mlt_reader_text *cell = &block->columns[k].text[r];
        double x;
        if (!cell->text)
            c->missing++;
        else if (c->edges && read_number(cell, &x))
            c->counts[bin_of_number(c, x)]++;
        else if (c->edges)
            return mlt_reader_fault(block, k, r, err, "the file changed while it was read");
        else if (c->values)
            c->counts[bin_of_text(c, cell)]++;
        else if (!count_spelling(w, c, cell, err))
            return false;
    }
    return true;
}

static bool count(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct work *w = context;
    for (size_t k = 0; k < w->count; k++)
        if (!count_column(w, &w->columns[k], block, k, err))
            return false;
    return true;
}

/* Any number near the decile will do: one that can be read. */
static double rounded(double x)
{
    char text[32];
    double short_one;
    int len = snprintf(text, sizeof text, "%.4g", x);
    return len > 0 && mlt_number_parse(text, (size_t)len, &short_one) ? short_one : x;
}

/* Every value of a few has a bin of its own, and so has what lies beyond; of many there are ten. */
static bool make_edges(struct column *c, struct mlt_arena *arena, struct mlt_err *err)
{
    double *edges = mlt_arena_calloc(arena, FEW + 1, sizeof *edges);
    size_t made = 0;
    if (!edges)
        return mlt_err_oom(err);
    if (c->few_count <= FEW) {
        for (size_t i = 0; i < c->few_count; i++)
            edges[made++] = c->few[i];
    } else {
        for (int i = 1; i < DECILES; i++) {
            double edge = rounded(mlt_sketch_quantile(&c->sketch, i / (double)DECILES));
            if (isfinite(edge) && (made == 0 || edge > edges[made - 1]))
                edges[made++] = edge;
        }
    }
    c->edges = edges;
    c->bins = made + 1;
    return true;
}

/* Bins for the second reading. A column that is of another kind than it was takes bins of its own.
 */
static bool prepare(struct work *w, struct mlt_err *err)
{
    for (size_t k = 0; k < w->count; k++) {
        struct column *c = &w->columns[k];
        const struct mlt_profile_column *like = c->like;
        bool follows = like && (like->values || c->is_number);
        if (follows) {
            c->bins = like->bins;
            c->edges = like->edges;
            c->values = like->values;
        } else if (c->is_number && !make_edges(c, w->arena, err)) {
            return false;
        }
        if (c->bins) {
            c->counts = mlt_arena_calloc(w->arena, c->bins, sizeof *c->counts);
            if (!c->counts)
                return mlt_err_oom(err);
        }
    }
    return true;
}

static int by_count(const void *x, const void *y)
{
    const struct spelling *a = x, *b = y;
    return a->count != b->count ? (a->count < b->count) - (a->count > b->count)
                                : strcmp(a->text, b->text);
}

/* The most frequent spellings become the bins. */
static bool list_spellings(struct column *c, struct mlt_arena *arena, struct mlt_err *err)
{
    size_t seen = c->spellings.count, listed = seen < LISTED ? seen : LISTED;
    const char **values = mlt_arena_calloc(arena, LISTED, sizeof *values);
    c->counts = mlt_arena_calloc(arena, LISTED + 1, sizeof *c->counts);
    if (!values || !c->counts)
        return mlt_err_oom(err);
    if (seen)
        qsort(c->seen, seen, sizeof *c->seen, by_count);
    for (size_t i = 0; i < seen; i++) {
        if (i < listed)
            values[i] = c->seen[i].text;
        c->counts[i < listed ? i : listed] += c->seen[i].count;
    }
    c->values = values;
    c->bins = listed + 1;
    return true;
}

static bool finish(struct work *w, struct mlt_data_profile *out, const char *const **out_left_out,
                   size_t *out_left_out_count, struct mlt_err *err)
{
    struct mlt_profile_column *columns = mlt_arena_calloc(w->arena, w->count, sizeof *columns);
    const char **left_out = mlt_arena_calloc(w->arena, w->count, sizeof *left_out);
    size_t kept = 0, left = 0;
    if (!columns || !left_out)
        return mlt_err_oom(err);
    for (size_t k = 0; k < w->count; k++) {
        struct column *c = &w->columns[k];
        if (!c->left_out && !c->bins && !list_spellings(c, w->arena, err))
            return false;
        if (c->left_out)
            left_out[left++] = c->name;
        else
            columns[kept++] = (struct mlt_profile_column){c->name,   c->bins,   c->edges,
                                                          c->values, c->counts, c->missing};
    }
    if (kept == 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s: no column is left: each has more than %d spellings",
                           w->request->path, (int)MOST_SPELLINGS);
    out->columns = columns;
    out->column_count = kept;
    out->rows = w->rows;
    out->limit = w->request->limit;
    *out_left_out = left_out;
    *out_left_out_count = left;
    return true;
}

static bool name_columns(struct work *w, const struct mlt_reader_options *options,
                         struct mlt_err *err)
{
    const char *const *names = w->request->columns;
    w->count = w->request->column_count;
    if (!names && !mlt_reader_names(options, w->arena, &names, &w->count, err))
        return false;
    if (w->count == 0 || w->count > MLT_PROFILE_COLUMNS)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s has %zu columns; a profile has 1 to %d: choose with --columns",
                           options->path, w->count, (int)MLT_PROFILE_COLUMNS);
    w->columns = mlt_arena_calloc(w->arena, w->count, sizeof *w->columns);
    if (!w->columns)
        return mlt_err_oom(err);
    for (size_t k = 0; k < w->count; k++) {
        struct column *c = &w->columns[k];
        c->name = names[k];
        c->is_number = true;
        if (!*c->name || strlen(c->name) > MLT_PROFILE_TEXT)
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "%s: the name of column %zu has %zu bytes; a "
                               "profile takes 1 to %d: choose with --columns",
                               options->path, k + 1, strlen(c->name), (int)MLT_PROFILE_TEXT);
        if (w->request->like)
            c->like = mlt_data_profile_find(w->request->like, c->name);
        if (!mlt_sketch_init(&c->sketch, sketch_error, MLT_SKETCH_BUCKETS))
            return mlt_err_oom(err);
    }
    return true;
}

static bool read_twice(struct work *w, struct mlt_data_profile *out, struct mlt_err *err)
{
    struct mlt_reader_options options = {.path = w->request->path};
    struct mlt_reader_summary first, second;
    if (!name_columns(w, &options, err))
        return false;
    struct mlt_reader_column *wanted = mlt_arena_calloc(w->arena, w->count, sizeof *wanted);
    if (!wanted)
        return mlt_err_oom(err);
    for (size_t k = 0; k < w->count; k++)
        wanted[k] = (struct mlt_reader_column){w->columns[k].name, MLT_COLUMN_TEXT, true};
    options.columns = wanted;
    options.column_count = w->count;
    if (!mlt_reader_run(&options, learn, w, &first, err))
        return false;
    bool ok = prepare(w, err) && mlt_reader_run(&options, count, w, &second, err);
    if (ok) {
        ok = strcmp(first.sha256, second.sha256) == 0 ||
             mlt_err_set(err, MLT_ERR_EVIDENCE, "%s changed while it was read", options.path);
        w->rows = second.rows;
        out->dataset_hash = w->request->dataset_hash
                                ? w->request->dataset_hash
                                : mlt_arena_printf(w->arena, "sha256:%s", second.sha256);
        mlt_reader_summary_free(&second);
    }
    mlt_reader_summary_free(&first);
    return ok && (out->dataset_hash || mlt_err_oom(err));
}

bool mlt_profiling_run(const struct mlt_profiling *request, struct mlt_arena *arena,
                       struct mlt_data_profile *out, const char *const **out_left_out,
                       size_t *out_left_out_count, struct mlt_err *err)
{
    struct work w = {.request = request, .arena = arena, .key = mlt_key_fresh()};
    struct mlt_data_profile profile = {0};
    if (strcmp(request->path, "-") == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a profile reads its data twice: name a file instead of -");
    bool ok = read_twice(&w, &profile, err) &&
              finish(&w, &profile, out_left_out, out_left_out_count, err);
    for (size_t k = 0; w.columns && k < w.count; k++) {
        mlt_sketch_free(&w.columns[k].sketch);
        mlt_dictionary_free(&w.columns[k].spellings);
    }
    if (ok)
        *out = profile;
    return ok;
}

#include "harness/evaluate/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/evaluate/evaluation.h"
#include "harness/evaluate/search_cells.h"

enum { QUANTUM_BITS = 30, CHUNK = 1024 };

bool mlt_search_suits(const struct mlt_metric *metric)
{
    const struct mlt_metric_ops *ops = metric->ops;
    return ops->kind == MLT_METRIC_OF_MEANS && ops->terms[0] != NULL && ops->terms[1] == NULL &&
           !ops->terms[0]->of_label && ops->direction != MLT_DIRECTION_NONE;
}

/* The losses of both versions, more is worse; the baseline's are 0 without one. */
struct losses {
    double candidate[CHUNK], baseline[CHUNK];
};

static void fill_side(const struct mlt_search_spec *spec, const struct mlt_search_block *block,
                      const double *scores, size_t first, size_t n, double *out)
{
    const struct mlt_metric_input in = {.task = spec->task,
                                        .n = n,
                                        .width = spec->width,
                                        .label = block->label + first,
                                        .score = scores + first * spec->width,
                                        .threshold = spec->threshold};
    spec->metric.ops->terms[0]->fill(&in, spec->metric.parameter, out);
    for (size_t i = 0; spec->metric.ops->direction == MLT_HIGHER_IS_BETTER && i < n; i++)
        out[i] = -out[i];
}

static bool is_paired(const struct mlt_search_block *block, size_t i)
{
    return block->state == NULL || block->state[i] == MLT_ROW_PAIRED;
}

/* Rows that are not paired hold anything: only runs of paired ones are looked at. */
static void fill(const struct mlt_search_spec *spec, const struct mlt_search_block *block,
                 size_t first, size_t n, struct losses *out)
{
    for (size_t i = 0, run; i < n; i += run) {
        for (run = 0; i + run < n && is_paired(block, first + i + run);)
            run++;
        fill_side(spec, block, block->candidate, first + i, run, out->candidate + i);
        if (spec->has_baseline)
            fill_side(spec, block, block->baseline, first + i, run, out->baseline + i);
        else
            memset(out->baseline + i, 0, run * sizeof *out->baseline);
        run = run > 0 ? run : 1;
    }
}

static size_t chunk_at(const struct mlt_search_block *block, size_t first)
{
    return block->n - first < CHUNK ? block->n - first : CHUNK;
}

bool mlt_search_largest(const struct mlt_search_spec *spec, const struct mlt_search_block *block,
                        double *largest, uint64_t *undefined, struct mlt_err *err)
{
    struct losses *loss = malloc(sizeof *loss);
    if (loss == NULL)
        return mlt_err_oom(err);
    for (size_t first = 0; first < block->n; first += CHUNK) {
        size_t n = chunk_at(block, first);
        fill(spec, block, first, n, loss);
        for (size_t i = 0; i < n; i++) {
            double c = fabs(loss->candidate[i]), b = fabs(loss->baseline[i]);
            if (!is_paired(block, first + i))
                continue;
            if (!isfinite(c) || !isfinite(b))
                ++*undefined;
            else if (fmax(c, b) > *largest)
                *largest = fmax(c, b);
        }
    }
    free(loss);
    return true;
}

void mlt_search_cell_add(struct mlt_search_cell *into, const struct mlt_search_cell *from)
{
    into->rows += from->rows;
    into->candidate += from->candidate;
    into->baseline += from->baseline;
    into->square += from->square;
    into->cube += from->cube;
}

void mlt_search_cell_subtract(struct mlt_search_cell *from, const struct mlt_search_cell *part)
{
    from->rows -= part->rows;
    from->candidate -= part->candidate;
    from->baseline -= part->baseline;
    from->square -= part->square;
    from->cube -= part->cube;
}

/* A pair of columns, to be searched as far as there is room. */
struct pair {
    int a, b;
    size_t cells;
};

/* Those with the fewest slices first: theirs have the most rows. */
static int by_cells(const void *left, const void *right)
{
    const struct pair *x = left, *y = right;
    if (x->cells != y->cells)
        return x->cells < y->cells ? -1 : 1;
    return x->a != y->a ? x->a - y->a : x->b - y->b;
}

static void put_grid(struct mlt_search *s, int a, int b, size_t cells)
{
    s->grid[s->grid_count++] = (struct mlt_search_grid){a, b, s->cell_count, cells};
    s->cell_count += cells;
}

static bool lay_out(struct mlt_search *s, struct mlt_err *err)
{
    const struct mlt_search_spec *spec = s->spec;
    const size_t n = spec->column_count;
    s->pairs_possible = n > 0 ? n * (n - 1) / 2 : 0;
    s->grid = mlt_arena_calloc(&s->arena, n + MLT_SEARCH_MAX_PAIRS, sizeof *s->grid);
    struct pair *pairs = mlt_arena_calloc(&s->arena, s->pairs_possible, sizeof *pairs);
    if (s->grid == NULL || pairs == NULL)
        return mlt_err_oom(err);
    s->cell_count = 1;
    size_t count = 0;
    for (size_t a = 0; a < n; a++) {
        put_grid(s, (int)a, -1, spec->columns[a].value_count);
        for (size_t b = a + 1; b < n; b++)
            pairs[count++] = (struct pair){
                (int)a, (int)b, spec->columns[a].value_count * spec->columns[b].value_count};
    }
    if (count > 0)
        qsort(pairs, count, sizeof *pairs, by_cells);
    for (size_t i = 0; i < count && i < MLT_SEARCH_MAX_PAIRS; i++)
        if (s->cell_count + pairs[i].cells <= MLT_SEARCH_MAX_CELLS)
            put_grid(s, pairs[i].a, pairs[i].b, pairs[i].cells);
    return true;
}

/* A power of two, so that scaling is free of error. */
static double quanta(double largest)
{
    int exponent = 0;
    if (largest > 0 && isfinite(largest))
        (void)frexp(largest, &exponent);
    /* Losses of less than about 1e-290 are all rounded to 0. */
    int bits = QUANTUM_BITS - exponent;
    return ldexp(1, bits > 1000 ? 1000 : bits);
}

bool mlt_search_open(const struct mlt_search_spec *spec, unsigned workers, struct mlt_search **out,
                     struct mlt_err *err)
{
    struct mlt_search *s = calloc(1, sizeof *s);
    if (s == NULL)
        return mlt_err_oom(err);
    *s = (struct mlt_search){.spec = spec,
                             .arena = MLT_ARENA_INIT,
                             .per_unit = quanta(spec->largest),
                             .workers = workers};
    bool ok = lay_out(s, err);
    s->cells = ok ? mlt_arena_calloc(&s->arena, workers, sizeof *s->cells) : NULL;
    ok = ok && s->cells != NULL;
    for (unsigned w = 0; ok && w < workers; w++) {
        s->cells[w] = calloc(s->cell_count, sizeof **s->cells);
        ok = s->cells[w] != NULL;
    }
    if (!ok) {
        mlt_search_close(s);
        return mlt_err_oom(err);
    }
    *out = s;
    return true;
}

void mlt_search_close(struct mlt_search *s)
{
    if (s == NULL)
        return;
    for (unsigned w = 0; s->cells != NULL && w < s->workers; w++)
        free(s->cells[w]);
    mlt_arena_free(&s->arena);
    free(s);
}

/* The loss in quanta, at most 2^30 of them. */
static int64_t quantised(const struct mlt_search *s, double loss)
{
    const double most = (double)(INT64_C(1) << QUANTUM_BITS);
    double q = nearbyint(loss * s->per_unit);
    if (isnan(q))
        return 0;
    return (int64_t)fmax(-most, fmin(most, q));
}

/* The rows of a chunk that are paired, as what they add. */
struct chunk {
    struct losses loss;
    struct mlt_search_cell row[CHUNK];
    uint32_t index[CHUNK]; /* in the block */
    size_t count;
};

static void take_rows(const struct mlt_search *s, const struct mlt_search_block *block,
                      size_t first, size_t n, struct chunk *out)
{
    fill(s->spec, block, first, n, &out->loss);
    out->count = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_paired(block, first + i))
            continue;
        int64_t c = quantised(s, out->loss.candidate[i]), b = quantised(s, out->loss.baseline[i]);
        __int128 d = c - b;
        out->index[out->count] = (uint32_t)(first + i);
        out->row[out->count++] = (struct mlt_search_cell){1, c, b, d * d, d * d * d};
    }
}

static void add_rows(struct mlt_search *s, struct mlt_search_cell *cells,
                     const struct mlt_search_block *block, const struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++)
        mlt_search_cell_add(&cells[0], &chunk->row[i]);
    for (size_t g = 0; g < s->grid_count; g++) {
        const struct mlt_search_grid *grid = &s->grid[g];
        const uint8_t *a = block->value[grid->a], *b = grid->b < 0 ? NULL : block->value[grid->b];
        size_t step = b == NULL ? 1 : s->spec->columns[grid->b].value_count;
        struct mlt_search_cell *to = cells + grid->first;
        for (size_t i = 0; i < chunk->count; i++) {
            size_t row = chunk->index[i];
            size_t at = a[row] * step + (b == NULL ? 0 : b[row]);
            mlt_search_cell_add(&to[at], &chunk->row[i]);
        }
    }
}

bool mlt_search_add(struct mlt_search *s, unsigned worker, const struct mlt_search_block *block,
                    struct mlt_err *err)
{
    struct chunk *chunk = aligned_alloc(64, (sizeof *chunk + 63) & ~(size_t)63);
    if (chunk == NULL)
        return mlt_err_oom(err);
    for (size_t first = 0; first < block->n; first += CHUNK) {
        take_rows(s, block, first, chunk_at(block, first), chunk);
        add_rows(s, s->cells[worker], block, chunk);
    }
    free(chunk);
    return true;
}

#include "harness/stats/delong_keys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/auc.h"

bool mlt_key_table_open(struct mlt_key_table *table, size_t keys, struct mlt_err *err)
{
    *table = (struct mlt_key_table){.keys = keys};
    table->place = calloc(keys + 1, sizeof *table->place);
    return table->place != NULL || mlt_err_oom(err);
}

void mlt_key_table_free(struct mlt_key_table *table)
{
    free(table->place);
    *table = (struct mlt_key_table){0};
}

void mlt_key_table_count(struct mlt_key_table *table, const uint32_t *key, const uint8_t *positive,
                         size_t n)
{
    uint64_t positives = 0;
    for (size_t i = 0; i < n; i++) {
        table->place[key[i]][positive[i]]++;
        positives += positive[i];
    }
    table->rows[0] += n - positives;
    table->rows[1] += positives;
}

void mlt_key_table_place(struct mlt_key_table *table)
{
    uint64_t below = 0, above = table->rows[1];
    table->pairs = 0;
    for (size_t k = 0; k < table->keys; k++) {
        uint32_t *place = table->place[k];
        uint64_t negative = place[0], positive = place[1];
        above -= positive;
        place[0] = (uint32_t)(2 * above + positive);
        place[1] = (uint32_t)(2 * below + negative);
        table->pairs += (unsigned __int128)positive * place[1];
        below += negative;
    }
}

double mlt_key_table_auc(const struct mlt_key_table *table)
{
    return mlt_auc_quotient(table->pairs, 2 * ((unsigned __int128)table->rows[0] * table->rows[1]));
}

static bool has_third(const struct mlt_delong_keys *all)
{
    return all->a->rows[0] + all->a->rows[1] <= MLT_KEY_THIRD_ROWS;
}

/* Sums that fit 64 bits, of all rows and of the positive ones: without a branch on the class, which
 * would be guessed wrong, and without going through memory. */
struct few_sums {
    uint64_t a, b, aa, ab, bb;
};

static void add_masked(struct few_sums *sum, uint64_t x, uint64_t y, uint64_t mask)
{
    x &= mask;
    y &= mask;
    sum->a += x;
    sum->b += y;
    sum->aa += x * x;
    sum->ab += x * y;
    sum->bb += y * y;
}

static void add_sums(struct mlt_key_sums *into, const struct few_sums *sum,
                     const struct few_sums *less)
{
    into->a += sum->a - less->a;
    into->b += sum->b - less->b;
    into->aa += sum->aa - less->aa;
    into->ab += sum->ab - less->ab;
    into->bb += sum->bb - less->bb;
}

static void add_few(struct mlt_delong_keys *all, const uint32_t *a, const uint32_t *b,
                    const uint8_t *positive, size_t n)
{
    const struct few_sums none = {0};
    struct few_sums both = {0}, positives = {0};
    for (size_t i = 0; i < n; i++) {
        uint64_t x = all->a->place[a[i]][positive[i]], y = 0;
        if (b != NULL)
            y = all->b->place[b[i]][positive[i]];
        add_masked(&both, x, y, UINT64_MAX);
        add_masked(&positives, x, y, 0 - (uint64_t)positive[i]);
    }
    add_sums(&all->sums[1], &positives, &none);
    add_sums(&all->sums[0], &both, &positives);
}

/* Of so few rows a placement has 16 bits, and the sum of its cubes 63. */
static void add_thirds(struct mlt_delong_keys *all, const uint32_t *a, const uint32_t *b,
                       const uint8_t *positive, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct mlt_key_sums *sum = &all->sums[positive[i]];
        uint64_t x = all->a->place[a[i]][positive[i]], y = 0;
        if (b != NULL)
            y = all->b->place[b[i]][positive[i]];
        sum->aaa += x * x * x;
        sum->aab += x * x * y;
        sum->abb += x * y * y;
        sum->bbb += y * y * y;
    }
}

/* How many squares of placements can be added in 64 bits: those of n rows are below 2 n. */
static size_t rows_at_once(const struct mlt_delong_keys *all)
{
    unsigned bits = 1;
    while ((2 * (all->a->rows[0] + all->a->rows[1])) >> bits != 0)
        bits++;
    return 64 - 2 * bits > 12 ? 4096 : (size_t)1 << (64 - 2 * bits);
}

void mlt_delong_keys_add(struct mlt_delong_keys *all, const uint32_t *a, const uint32_t *b,
                         const uint8_t *positive, size_t n)
{
    const size_t few = rows_at_once(all);
    b = all->b == NULL ? NULL : b;
    for (size_t at = 0; at < n; at += few) {
        size_t count = n - at < few ? n - at : few;
        add_few(all, a + at, b == NULL ? NULL : b + at, positive + at, count);
    }
    if (has_third(all))
        add_thirds(all, a, b, positive, n);
}

/* One class: its rows m, those of the other, and m products about the mean: exact below 2^31 rows
 * (second moments, 122 bits) and of up to MLT_KEY_THIRD_ROWS of them (third, 101 bits). */
struct class_of {
    double m, doubled; /* rows; a placement of 1 in doubled counts */
    double correction; /* sqrt(m / (m - 1) (n - 1) / n) of all n rows */
    __int128 rows;
};

static double second_of(const struct class_of *c, unsigned __int128 products, uint64_t a,
                        uint64_t b)
{
    __int128 centred = (__int128)products * c->rows - (__int128)a * b;
    return (double)centred / (c->m * c->m * (c->m - 1)) / (c->doubled * c->doubled);
}

static double third_of(const struct class_of *c, uint64_t abc, const uint64_t sum[3],
                       const unsigned __int128 without[3])
{
    __int128 m = c->rows, pairs = 0;
    for (int i = 0; i < 3; i++)
        pairs += (__int128)sum[i] * (__int128)without[i];
    __int128 centred = m * m * m * abc - m * m * pairs + 2 * m * sum[0] * sum[1] * sum[2];
    double scale = c->m * c->doubled;
    double moment = (double)centred / (scale * scale * scale) / (c->m * c->m * c->m);
    return moment * c->correction * c->correction * c->correction;
}

static void add_seconds(const struct mlt_key_sums *s, const struct class_of *c, bool paired,
                        struct mlt_delong_moments *out)
{
    out->variance[0] += second_of(c, s->aa, s->a, s->a);
    if (!paired)
        return;
    out->variance[1] += second_of(c, s->bb, s->b, s->b);
    out->covariance += second_of(c, s->ab, s->a, s->b);
}

static void add_third_moments(const struct mlt_key_sums *s, const struct class_of *c, bool paired,
                              struct mlt_delong_moments *out)
{
    const uint64_t a = s->a, b = s->b;
    out->third[0] +=
        third_of(c, s->aaa, (uint64_t[]){a, a, a}, (unsigned __int128[]){s->aa, s->aa, s->aa});
    if (!paired)
        return;
    out->third[1] +=
        third_of(c, s->aab, (uint64_t[]){a, a, b}, (unsigned __int128[]){s->ab, s->ab, s->aa});
    out->third[2] +=
        third_of(c, s->abb, (uint64_t[]){a, b, b}, (unsigned __int128[]){s->bb, s->ab, s->ab});
    out->third[3] +=
        third_of(c, s->bbb, (uint64_t[]){b, b, b}, (unsigned __int128[]){s->bb, s->bb, s->bb});
}

struct mlt_delong_moments mlt_delong_keys_moments(const struct mlt_delong_keys *all)
{
    struct mlt_delong_moments out = {{0, 0}, 0, {0, 0, 0, 0}};
    const uint64_t *rows = all->a->rows;
    const bool paired = all->b != NULL;
    if (rows[0] == 0 || rows[1] == 0)
        return (struct mlt_delong_moments){{NAN, NAN}, NAN, {NAN, NAN, NAN, NAN}};
    const double n = (double)(rows[0] + rows[1]);
    for (int k = 0; k < 2; k++) {
        double m = (double)rows[k];
        const struct class_of c = {m, 2 * (double)rows[1 - k], sqrt(m / (m - 1) * ((n - 1) / n)),
                                   (__int128)rows[k]};
        if (rows[k] > 1)
            add_seconds(&all->sums[k], &c, paired, &out);
        if (rows[k] > 1 && has_third(all))
            add_third_moments(&all->sums[k], &c, paired, &out);
    }
    for (int k = 0; k < 4; k++)
        if (!has_third(all) || (k > 0 && !paired))
            out.third[k] = NAN;
    if (!paired)
        out.variance[1] = out.covariance = NAN;
    return out;
}

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* One stable pass by a digit of the keys, which are the upper halves of the words. */
static void sort_digit(const uint64_t *from, uint64_t *to, size_t n, unsigned shift)
{
    uint32_t place[DIGITS] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++)
        place[from[i] >> shift & (DIGITS - 1)]++;
    for (size_t d = 0; d < DIGITS; d++) {
        uint32_t rows = place[d];
        place[d] = sum;
        sum += rows;
    }
    for (size_t i = 0; i < n; i++)
        to[place[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

/* Many keys are ranked slab by slab of their range, so that the room for sorting stays small. */
enum { BUCKETS = 4096, SLAB_ROWS = 1 << 19, SLABS = 16 };

struct compression {
    uint32_t *key; /* less the lowest */
    size_t n;
    unsigned shift; /* of a key to its bucket */
    uint32_t count[BUCKETS];
    size_t largest; /* rows of a slab */
    uint64_t *words;
    uint32_t rank; /* of the next key that is another one */
};

/* False when there is no memory. */
static bool plan_slabs(struct compression *c, uint32_t low, uint32_t high)
{
    if (c->n <= SLAB_ROWS) {
        c->words = malloc(2 * c->n * sizeof *c->words);
        return c->words != NULL;
    }
    while ((high - low) >> c->shift >= BUCKETS)
        c->shift++;
    for (size_t i = 0; i < c->n; i++)
        c->count[(c->key[i] - low) >> c->shift]++;
    c->largest = c->n / SLABS > SLAB_ROWS ? c->n / SLABS : SLAB_ROWS;
    for (size_t b = 0; b < BUCKETS; b++)
        c->largest = c->count[b] > c->largest ? c->count[b] : c->largest;
    size_t room = c->largest < c->n ? c->largest : c->n;
    c->words = malloc(2 * room * sizeof *c->words);
    return c->words != NULL;
}

/* Ranks the keys in [low, end). A rank is at most its key: those that were ranked before are below
 * `low`, and not taken for keys. */
static void rank_slab(struct compression *c, uint64_t low, uint64_t end, size_t rows)
{
    uint64_t *sorted = c->words, *spare = c->words + rows;
    size_t at = 0;
    for (size_t i = 0; i < c->n; i++)
        if (c->key[i] >= low && c->key[i] < end)
            sorted[at++] = (uint64_t)(c->key[i] - low) << 32 | i;
    for (unsigned bit = 0; bit < 32 && (end - low - 1) >> bit != 0; bit += DIGIT_BITS) {
        sort_digit(sorted, spare, rows, 32 + bit);
        uint64_t *swap = sorted;
        sorted = spare;
        spare = swap;
    }
    for (size_t i = 0; i < rows; i++) {
        c->rank += i > 0 && sorted[i] >> 32 != sorted[i - 1] >> 32;
        c->key[(uint32_t)sorted[i]] = c->rank;
    }
    c->rank += rows > 0;
}

static void rank_slabs(struct compression *c)
{
    for (uint64_t first = 0, end; first < BUCKETS; first = end) {
        size_t rows = 0;
        for (end = first; end < BUCKETS && (end == first || rows + c->count[end] <= c->largest);
             end++)
            rows += c->count[end];
        if (rows > 0)
            rank_slab(c, first << c->shift, end << c->shift, rows);
    }
}

size_t mlt_keys_compress(uint32_t *key, size_t n)
{
    uint32_t low = UINT32_MAX, high = 0;
    struct compression *c = n == 0 ? NULL : calloc(1, sizeof *c);
    if (c == NULL)
        return 0;
    for (size_t i = 0; i < n; i++) {
        low = key[i] < low ? key[i] : low;
        high = key[i] > high ? key[i] : high;
    }
    c->key = key;
    c->n = n;
    if (plan_slabs(c, low, high)) {
        for (size_t i = 0; i < n; i++)
            key[i] -= low;
        if (n <= SLAB_ROWS)
            rank_slab(c, 0, (uint64_t)(high - low) + 1, n);
        else
            rank_slabs(c);
    }
    size_t different = c->rank;
    free(c->words);
    free(c);
    return different;
}

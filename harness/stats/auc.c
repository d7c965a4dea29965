#include "harness/stats/auc.h"

#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "harness/stats/auc_order.h"
#include "harness/stats/bootstrap_parallel.h"

/* Sorting is more than is needed: only a positive and a negative that lie close together have to be
 * compared. So scores are dealt into buckets that follow their order, bucket for bucket into
 * smaller ones, until a bucket holds few rows; pairs of different buckets are multiplied, not
 * looked at. */
enum { BUCKETS = 4096, LEVELS = 6, ROWS_PER_CELL = 4 };
/* The first deal is from and to main memory: as many buckets as the cache has room to write to. */
enum { FIRST_BUCKETS = 512, ROWS_PER_BUCKET = 2048 };

/* A monotone function from scores to [0, buckets). */
struct map {
    double half_low, scale;
    uint64_t key_low;
    unsigned shift, buckets;
    bool by_key;
};

/* In the first kind equal widths of score go to a bucket, in the second about equal ratios. */
static inline unsigned map_linear(const struct map *map, double score)
{
    /* Halves: the difference of two finite scores may not be finite. */
    double at = (score * 0.5 - map->half_low) * map->scale;
    at = at < 0 ? 0 : at;
    at = at < map->buckets - 1 ? at : map->buckets - 1;
    return (unsigned)at;
}

static inline unsigned map_score(const struct map *map, double score)
{
    if (map->by_key)
        return (unsigned)((mlt_auc_score_key(score) - map->key_low) >> map->shift);
    return map_linear(map, score);
}

/* False when a linear map cannot tell `low` from `high`. */
static bool make_linear(double low, double high, unsigned buckets, struct map *map)
{
    *map = (struct map){.half_low = low * 0.5, .buckets = buckets};
    map->scale = buckets / (high * 0.5 - low * 0.5);
    return buckets > 1 && isfinite(low) && isfinite(high) && isfinite(map->scale);
}

static void make_by_key(double low, double high, unsigned buckets, struct map *map)
{
    *map = (struct map){.key_low = mlt_auc_score_key(low), .buckets = buckets, .by_key = true};
    uint64_t range = mlt_auc_score_key(high) - map->key_low;
    while (range >> map->shift >= buckets)
        map->shift++;
}

/* Pairs one by one. */
static uint64_t count_each(const double *positive, size_t positives, const double *negative,
                           size_t negatives)
{
    uint64_t doubled = 0;
    for (size_t i = 0; i < positives; i++)
        for (size_t j = 0; j < negatives; j++)
            doubled += (unsigned)(negative[j] < positive[i]) + (negative[j] <= positive[i]);
    return doubled;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* For scores that neither map could part. */
static uint64_t count_sorted(double *positive, size_t positives, double *negative, size_t negatives)
{
    qsort(positive, positives, sizeof *positive, compare);
    qsort(negative, negatives, sizeof *negative, compare);
    uint64_t doubled = 0;
    size_t below = 0, upto = 0;
    for (size_t i = 0; i < positives; i++) {
        while (below < negatives && negative[below] < positive[i])
            below++;
        while (upto < negatives && negative[upto] <= positive[i])
            upto++;
        doubled += below + upto;
    }
    return doubled;
}

/* What a thread works with: where each bucket's positives and negatives end, per level, and room
 * for the values of a bucket. */
struct desk {
    uint32_t end[LEVELS][2 * BUCKETS];
    double *spare;
};

static void count_values(const struct map *map, const double *value, size_t n, uint32_t *end)
{
    for (size_t i = 0; i < n; i++)
        end[2 * map_score(map, value[i])]++;
}

static void deal_values(const struct map *map, const double *value, size_t n, uint32_t *end,
                        double *out)
{
    for (size_t i = 0; i < n; i++)
        out[end[2 * map_score(map, value[i])]++] = value[i];
}

static uint64_t count_span(struct desk *desk, double *value, size_t positives, size_t negatives,
                           double *spare, int level);

/* Deals `value` into buckets in `spare` and counts those, with `value` as their spare room. */
static uint64_t count_buckets(struct desk *desk, const struct map *map, double *value,
                              size_t positives, size_t negatives, double *spare, int level)
{
    uint32_t *end = desk->end[level], place = 0;
    for (unsigned b = 0; b < 2 * map->buckets; b++)
        end[b] = 0;
    count_values(map, value, positives, end);
    count_values(map, value + positives, negatives, end + 1);
    for (unsigned b = 0; b < 2 * map->buckets; b++) {
        uint32_t rows = end[b];
        end[b] = place;
        place += rows;
    }
    deal_values(map, value, positives, end, spare);
    deal_values(map, value + positives, negatives, end + 1, spare);
    uint64_t doubled = 0, below = 0;
    uint32_t start = 0;
    for (unsigned b = 0; b < map->buckets; b++) {
        uint32_t middle = end[2 * b], stop = end[2 * b + 1];
        size_t here = middle - start, others = stop - middle;
        doubled += 2 * below * here;
        if (here * others <= 8 * (here + others))
            doubled += count_each(spare + start, here, spare + middle, others);
        else
            doubled += count_span(desk, spare + start, here, others, value + start, level + 1);
        below += stop - middle;
        start = stop;
    }
    return doubled;
}

static uint64_t count_span(struct desk *desk, double *value, size_t positives, size_t negatives,
                           double *spare, int level)
{
    size_t n = positives + negatives;
    if (positives == 0 || negatives == 0)
        return 0;
    if (positives * negatives <= 8 * n)
        return count_each(value, positives, value + positives, negatives);
    double low = value[0], high = value[0];
    for (size_t i = 1; i < n; i++) {
        low = value[i] < low ? value[i] : low;
        high = value[i] > high ? value[i] : high;
    }
    if (low == high)
        return (uint64_t)positives * negatives;
    if (level == LEVELS)
        return count_sorted(value, positives, value + positives, negatives);
    struct map map;
    unsigned buckets = n / ROWS_PER_CELL < BUCKETS ? (unsigned)(n / ROWS_PER_CELL) : BUCKETS;
    if (level % 2 == 1 || !make_linear(low, high, buckets, &map))
        make_by_key(low, high, buckets, &map);
    return count_buckets(desk, &map, value, positives, negatives, spare, level);
}

/* The first deal goes straight from the rows to the buckets, by threads that each take a part. */
struct part {
    double low, high;
    bool bad;
    uint32_t end[2 * FIRST_BUCKETS];
    uint64_t doubled;
    struct desk desk;
};

struct count_job {
    const double *score;
    const uint8_t *positive;
    size_t n;
    unsigned parts;
    struct part *part;
    struct map map;
    double *dealt;
    uint32_t start[2 * FIRST_BUCKETS + 1];
    uint64_t below[FIRST_BUCKETS];
};

static size_t part_start(const struct count_job *job, size_t part)
{
    return job->n / job->parts * part + (part < job->n % job->parts ? part : job->n % job->parts);
}

static void scan_part(void *context, size_t number, unsigned thread)
{
    (void)thread;
    struct count_job *job = context;
    size_t end = part_start(job, number + 1);
    double low = INFINITY, high = -INFINITY;
    bool bad = false;
    for (size_t i = part_start(job, number); i < end; i++) {
        double x = job->score[i];
        bad |= x != x;
        low = x < low && x != -INFINITY ? x : low;
        high = x > high && x != INFINITY ? x : high;
    }
    job->part[number].low = low;
    job->part[number].high = high;
    job->part[number].bad = bad;
}

static void tally_part(void *context, size_t number, unsigned thread)
{
    (void)thread;
    struct count_job *job = context;
    uint32_t *count = job->part[number].end;
    size_t end = part_start(job, number + 1);
    for (size_t i = part_start(job, number); i < end; i++)
        count[2 * map_linear(&job->map, job->score[i]) + (job->positive[i] == 0)]++;
}

static void deal_part(void *context, size_t number, unsigned thread)
{
    (void)thread;
    struct count_job *job = context;
    uint32_t *place = job->part[number].end;
    size_t end = part_start(job, number + 1);
    for (size_t i = part_start(job, number); i < end; i++)
        job->dealt[place[2 * map_linear(&job->map, job->score[i]) + (job->positive[i] == 0)]++] =
            job->score[i];
}

static void count_bucket(void *context, size_t bucket, unsigned thread)
{
    struct count_job *job = context;
    struct part *part = &job->part[thread];
    const uint32_t *start = job->start + 2 * bucket;
    size_t positives = start[1] - start[0], negatives = start[2] - start[1];
    part->doubled +=
        2 * job->below[bucket] * positives +
        count_span(&part->desk, job->dealt + start[0], positives, negatives, part->desk.spare, 0);
}

/* From counts per part to the places where each part deals to. Returns the largest bucket. */
static size_t place_buckets(struct count_job *job, struct mlt_auc_counts *out)
{
    uint32_t place = 0;
    size_t largest = 0;
    *out = (struct mlt_auc_counts){0};
    for (unsigned b = 0; b < 2 * job->map.buckets; b++) {
        job->start[b] = place;
        for (unsigned p = 0; p < job->parts; p++) {
            uint32_t rows = job->part[p].end[b];
            job->part[p].end[b] = place;
            place += rows;
        }
        if (b % 2 == 0) {
            job->below[b / 2] = out->negatives;
            out->positives += place - job->start[b];
        } else {
            out->negatives += place - job->start[b];
            if (place - job->start[b - 1] > largest)
                largest = place - job->start[b - 1];
        }
    }
    job->start[2 * job->map.buckets] = place;
    return largest;
}

/* Writing to many places at once needs their pages at hand: large ones where the system has
 * them. To be freed. */
static double *allocate_values(size_t n)
{
    size_t page = (size_t)2 << 20, bytes = n * sizeof(double);
    if (bytes < 4 * page)
        return malloc(bytes + 1);
    bytes = (bytes + page - 1) / page * page;
    double *values = aligned_alloc(page, bytes);
    if (values != NULL)
        (void)madvise(values, bytes, MADV_HUGEPAGE);
    return values;
}

static bool count_rows(struct count_job *job, unsigned threads, struct mlt_auc_counts *out,
                       struct mlt_err *err)
{
    mlt_parallel_run(threads, job->parts, scan_part, job);
    double low = INFINITY, high = -INFINITY;
    for (unsigned p = 0; p < job->parts; p++) {
        if (job->part[p].bad)
            return mlt_auc_check_scores(job->score, job->n, err);
        low = job->part[p].low < low ? job->part[p].low : low;
        high = job->part[p].high > high ? job->part[p].high : high;
    }
    size_t buckets = job->n / ROWS_PER_BUCKET;
    if (!make_linear(low, high, buckets < FIRST_BUCKETS ? (unsigned)buckets : FIRST_BUCKETS,
                     &job->map))
        job->map = (struct map){.buckets = 1};
    mlt_parallel_run(threads, job->parts, tally_part, job);
    size_t largest = place_buckets(job, out);
    job->dealt = allocate_values(job->n);
    bool room = job->dealt != NULL;
    for (unsigned p = 0; p < job->parts && room; p++) {
        job->part[p].desk.spare = malloc((largest + 1) * sizeof(double));
        room = job->part[p].desk.spare != NULL;
    }
    if (!room)
        return mlt_err_oom(err);
    mlt_parallel_run(threads, job->parts, deal_part, job);
    mlt_parallel_run(threads, job->map.buckets, count_bucket, job);
    for (unsigned p = 0; p < job->parts; p++)
        out->doubled += job->part[p].doubled;
    return true;
}

bool mlt_auc_count(const double *score, const uint8_t *positive, size_t n, unsigned threads,
                   struct mlt_auc_counts *out, struct mlt_err *err)
{
    if (n >> 32 != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%zu rows are too many to rank (limit 2^32)", n);
    struct count_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return mlt_err_oom(err);
    *job = (struct count_job){.score = score, .positive = positive, .n = n};
    job->parts = mlt_parallel_threads(threads);
    job->part = calloc(job->parts, sizeof *job->part);
    struct mlt_auc_counts counts;
    bool done = job->part != NULL ? count_rows(job, job->parts, &counts, err) : mlt_err_oom(err);
    for (unsigned p = 0; p < job->parts && job->part != NULL; p++)
        free(job->part[p].desk.spare);
    free(job->part);
    free(job->dealt);
    free(job);
    if (done)
        *out = counts;
    return done;
}

double mlt_auc_quotient(unsigned __int128 num, unsigned __int128 den)
{
    if (den == 0)
        return NAN;
    if (num == 0)
        return 0;
    /* Long division, bit by bit: 54 bits from the first one that is set, then whether there is a
     * rest. 2^-54 of the result decides the rounding, the rest breaks the tie. */
    int exponent = 0;
    for (; num < den; exponent--)
        num <<= 1;
    uint64_t bits = 0;
    for (int i = 0; i < 54; i++, num <<= 1) {
        bits = bits << 1 | (num >= den);
        if (num >= den)
            num -= den;
    }
    uint64_t half = bits & 1;
    bits >>= 1;
    bits += half && (num != 0 || (bits & 1));
    return ldexp((double)bits, exponent - 52);
}

double mlt_auc_value(const struct mlt_auc_counts *counts)
{
    if (mlt_auc_undefined(counts) != NULL)
        return NAN;
    return mlt_auc_quotient(counts->doubled,
                            2 * ((unsigned __int128)counts->positives * counts->negatives));
}

const char *mlt_auc_undefined(const struct mlt_auc_counts *counts)
{
    return counts->positives == 0 || counts->negatives == 0 ? "one class only" : NULL;
}

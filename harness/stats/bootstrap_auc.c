#include "harness/stats/bootstrap_auc.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/cpu.h"
#include "harness/stats/auc_order.h"
#include "harness/stats/bootstrap_parallel.h"
#include "harness/stats/resample.h"

/* Sums grow in three storeys. Within a stretch of 40 rows weights add up to at most 320, so that
 * doubled pairs (at most 320^2 / 2) fit 16 bits; within 256 stretches they fit 32; beyond, 64. */
enum { LANES = MLT_RESAMPLE_BLOCK, STRETCH = 40, STRETCHES = 256, WIDE = 16 };

/* What to do with a row; three bits above its number. In a group of equal scores with both classes
 * the negatives come first. They count once before the group's positives and once more after them.
 */
enum step {
    POSITIVE,      /* pairs += weight x negatives */
    NEGATIVE,      /* negatives += 2 weight */
    TIED_NEGATIVE, /* negatives += weight, and remember it */
    LAST_TIED,     /* as POSITIVE, then negatives += what was remembered */
    LAST_OF_MANY,  /* the same for a group longer than the stretch, which ends here */
};
enum { STEP_SHIFT = 29 };

struct walk {
    uint32_t *event;
    uint64_t *key; /* in the order of the events, or NULL */
};

struct mlt_bootstrap_auc {
    size_t n;
    unsigned scores;
    struct walk walk[2];
};

/* Writes the steps of one group of equal scores; `fill` rows of the current stretch are taken.
 * Returns how many are taken afterwards. */
static size_t plan_group(const uint32_t *entry, size_t rows, const uint64_t group[2],
                         uint32_t *event, size_t fill)
{
    bool mixed = group[0] > 0 && group[1] > 0, fits = fill + rows <= STRETCH;
    size_t negative = 0, positive = group[0];
    for (size_t i = 0; i < rows; i++) {
        uint32_t step = entry[i] & MLT_AUC_POSITIVE ? POSITIVE : mixed ? TIED_NEGATIVE : NEGATIVE;
        event[step == POSITIVE ? positive++ : negative++] =
            MLT_AUC_ROW(entry[i]) | step << STEP_SHIFT;
    }
    if (mixed)
        event[rows - 1] |= (uint32_t)(fits ? LAST_TIED : LAST_OF_MANY) << STEP_SHIFT;
    return mixed && !fits ? 0 : (fill + rows) % STRETCH;
}

static bool plan_walk(const double *score, const uint8_t *positive, const uint64_t *key, size_t n,
                      struct walk *out, struct mlt_err *err)
{
    uint32_t *entry = malloc((n + 1) * sizeof *entry);
    out->event = malloc((n + 1) * sizeof *out->event);
    out->key = key != NULL ? malloc((n + 1) * sizeof *out->key) : NULL;
    bool room = entry != NULL && out->event != NULL && (key == NULL || out->key != NULL);
    bool done = room ? mlt_auc_order(score, positive, n, entry, err) : mlt_err_oom(err);
    size_t fill = 0;
    for (size_t first = 0, end; done && first < n; first = end) {
        uint64_t group[2];
        end = mlt_auc_tie_group(entry, n, first, group);
        fill = plan_group(entry + first, end - first, group, out->event + first, fill);
    }
    for (size_t i = 0; done && key != NULL && i < n; i++)
        out->key[i] = key[MLT_AUC_ROW(out->event[i])];
    free(entry);
    return done;
}

bool mlt_bootstrap_auc_new(const double *score, const double *other, const uint8_t *positive,
                           const uint64_t *key, size_t n, struct mlt_bootstrap_auc **out,
                           struct mlt_err *err)
{
    struct mlt_bootstrap_auc *made = calloc(1, sizeof *made);
    if (made == NULL)
        return mlt_err_oom(err);
    made->n = n;
    made->scores = other != NULL ? 2 : 1;
    bool done = plan_walk(score, positive, key, n, &made->walk[0], err) &&
                (other == NULL || plan_walk(other, positive, key, n, &made->walk[1], err));
    if (done)
        *out = made;
    else
        mlt_bootstrap_auc_free(made);
    return done;
}

void mlt_bootstrap_auc_free(struct mlt_bootstrap_auc *bootstrap)
{
    if (bootstrap == NULL)
        return;
    for (int i = 0; i < 2; i++) {
        free(bootstrap->walk[i].event);
        free(bootstrap->walk[i].key);
    }
    free(bootstrap);
}

/* Sums of 64 replicates. Negatives are doubled counts, `tied` those remembered of an open group. */
struct sums {
    uint16_t pairs[LANES], positives[LANES], negatives[LANES], tied[LANES];
    uint32_t pairs32[LANES], positives32[LANES], negatives32[LANES], tied32[LANES];
    uint64_t pairs64[LANES], positives64[LANES], negatives64[LANES], tied64[LANES];
    bool group_carried; /* tied64 may hold something */
};

typedef uint16_t wide __attribute__((vector_size(2 * WIDE)));
typedef uint8_t narrow __attribute__((vector_size(WIDE)));

/* For each step: which weights pair up, how often a weight joins the negatives, which to remember.
 */
static const uint16_t pairs_mask[5] = {0xFFFF, 0, 0, 0xFFFF, 0xFFFF};
static const uint16_t negative_times[5] = {0, 2, 1, 0, 0};
static const uint16_t tied_mask[5] = {0, 0, 0xFFFF, 0, 0};

/* A stretch of `rows` events in 32 of the lanes, from `lane` on. Compiled twice, for any processor
 * and for AVX2. */
static inline __attribute__((always_inline)) void walk_lanes(const uint8_t weight[STRETCH][LANES],
                                                             const uint32_t *event, size_t rows,
                                                             size_t lane, struct sums *sums)
{
    wide pairs[2] = {{0}}, positives[2] = {{0}}, negatives[2] = {{0}}, tied[2] = {{0}};
    for (size_t i = 0; i < rows; i++) {
        unsigned step = event[i] >> STEP_SHIFT;
        for (int half = 0; half < 2; half++) {
            narrow bytes;
            memcpy(&bytes, &weight[i][lane + WIDE * (size_t)half], sizeof bytes);
            wide w = __builtin_convertvector(bytes, wide);
            wide positive = w & pairs_mask[step];
            pairs[half] += positive * negatives[half];
            positives[half] += positive;
            negatives[half] += w * negative_times[step];
            tied[half] += w & tied_mask[step];
        }
        if (step == LAST_TIED)
            for (int half = 0; half < 2; half++) {
                negatives[half] += tied[half];
                tied[half] -= tied[half];
            }
    }
    memcpy(sums->pairs + lane, pairs, sizeof pairs);
    memcpy(sums->positives + lane, positives, sizeof positives);
    memcpy(sums->negatives + lane, negatives, sizeof negatives);
    memcpy(sums->tied + lane, tied, sizeof tied);
}

typedef uint32_t wide32 __attribute__((vector_size(4 * WIDE)));

/* The second storey takes a stretch in; at the end of a long group, what was remembered too. */
static inline __attribute__((always_inline)) void add_stretch(struct sums *sums, bool group_ends)
{
    for (size_t lane = 0; lane < LANES; lane += WIDE) {
        wide in[4];
        wide32 pairs, positives, negatives, tied;
        memcpy(&in[0], sums->pairs + lane, sizeof in[0]);
        memcpy(&in[1], sums->positives + lane, sizeof in[1]);
        memcpy(&in[2], sums->negatives + lane, sizeof in[2]);
        memcpy(&in[3], sums->tied + lane, sizeof in[3]);
        memcpy(&pairs, sums->pairs32 + lane, sizeof pairs);
        memcpy(&positives, sums->positives32 + lane, sizeof positives);
        memcpy(&negatives, sums->negatives32 + lane, sizeof negatives);
        memcpy(&tied, sums->tied32 + lane, sizeof tied);
        wide32 more = __builtin_convertvector(in[1], wide32);
        pairs += __builtin_convertvector(in[0], wide32) + more * negatives;
        positives += more;
        negatives += __builtin_convertvector(in[2], wide32);
        tied += __builtin_convertvector(in[3], wide32);
        if (group_ends) {
            negatives += tied;
            tied -= tied;
        }
        memcpy(sums->pairs32 + lane, &pairs, sizeof pairs);
        memcpy(sums->positives32 + lane, &positives, sizeof positives);
        memcpy(sums->negatives32 + lane, &negatives, sizeof negatives);
        memcpy(sums->tied32 + lane, &tied, sizeof tied);
    }
}

static inline __attribute__((always_inline)) void take_stretch(const uint8_t weight[STRETCH][LANES],
                                                               const uint32_t *event, size_t rows,
                                                               struct sums *sums)
{
    for (size_t lane = 0; lane < LANES; lane += 2 * WIDE)
        walk_lanes(weight, event, rows, lane, sums);
    add_stretch(sums, event[rows - 1] >> STEP_SHIFT == LAST_OF_MANY);
}

static void take_stretch_portable(const uint8_t weight[STRETCH][LANES], const uint32_t *event,
                                  size_t rows, struct sums *sums)
{
    take_stretch(weight, event, rows, sums);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void take_stretch_avx2(const uint8_t weight[STRETCH][LANES],
                                                              const uint32_t *event, size_t rows,
                                                              struct sums *sums)
{
    take_stretch(weight, event, rows, sums);
}
#endif

/* The third storey takes the second in. */
static void add_stretches(struct sums *sums)
{
    for (size_t i = 0; i < LANES; i++) {
        sums->pairs64[i] += sums->pairs32[i] + sums->positives32[i] * sums->negatives64[i];
        sums->positives64[i] += sums->positives32[i];
        sums->negatives64[i] += sums->negatives32[i];
        sums->tied64[i] += sums->tied32[i];
    }
    memset(sums->pairs32, 0, sizeof sums->pairs32);
    memset(sums->positives32, 0, sizeof sums->positives32);
    memset(sums->negatives32, 0, sizeof sums->negatives32);
    memset(sums->tied32, 0, sizeof sums->tied32);
    sums->group_carried = true;
}

/* At the end of a long group that began in stretches already taken in. */
static void close_group(struct sums *sums)
{
    add_stretches(sums);
    for (size_t i = 0; i < LANES; i++) {
        sums->negatives64[i] += sums->tied64[i];
        sums->tied64[i] = 0;
    }
    sums->group_carried = false;
}

static size_t stretch_rows(const uint32_t *event, size_t left)
{
    size_t most = left < STRETCH ? left : STRETCH;
    for (size_t i = 0; i < most; i++)
        if (event[i] >> STEP_SHIFT == LAST_OF_MANY)
            return i + 1;
    return most;
}

struct replicate_job {
    const struct mlt_bootstrap_auc *bootstrap;
    uint64_t seed, first;
    size_t count;
    bool portable;
    struct mlt_auc_counts *counts[2];
};

/* All rows of one score for the 64 replicates from `replicate` on. */
static void walk_score(const struct replicate_job *job, const struct walk *walk, uint64_t replicate,
                       struct sums *sums)
{
    uint8_t weight[STRETCH][LANES];
    uint64_t rows_as_keys[STRETCH];
    size_t n = job->bootstrap->n, stretches = 0;
    void (*take)(const uint8_t[STRETCH][LANES], const uint32_t *, size_t, struct sums *) =
        take_stretch_portable;
#if defined(__x86_64__)
    if (!job->portable && mlt_cpu_avx2())
        take = take_stretch_avx2;
#endif
    memset(sums, 0, sizeof *sums);
    for (size_t at = 0, rows; at < n; at += rows) {
        const uint32_t *event = walk->event + at;
        const uint64_t *key = walk->key != NULL ? walk->key + at : rows_as_keys;
        rows = stretch_rows(event, n - at);
        for (size_t i = 0; walk->key == NULL && i < rows; i++)
            rows_as_keys[i] = MLT_AUC_ROW(event[i]);
        mlt_resample_poisson(job->seed, key, rows, replicate, LANES, job->portable, weight[0]);
        take(weight, event, rows, sums);
        if (event[rows - 1] >> STEP_SHIFT == LAST_OF_MANY && sums->group_carried)
            close_group(sums);
        if (++stretches % STRETCHES == 0)
            add_stretches(sums);
    }
    add_stretches(sums);
}

static void make_replicates(void *context, size_t block, unsigned thread)
{
    (void)thread;
    const struct replicate_job *job = context;
    unsigned scores = job->bootstrap->scores, which = (unsigned)(block % scores);
    uint64_t replicate = (job->first / LANES + block / scores) * LANES;
    struct sums sums;
    walk_score(job, &job->bootstrap->walk[which], replicate, &sums);
    for (size_t i = 0; i < LANES; i++)
        if (replicate + i >= job->first && replicate + i - job->first < job->count)
            job->counts[which][replicate + i - job->first] = (struct mlt_auc_counts){
                sums.pairs64[i], sums.positives64[i], sums.negatives64[i] / 2};
}

bool mlt_bootstrap_auc_run(const struct mlt_bootstrap_auc *bootstrap, uint64_t seed, uint64_t first,
                           size_t count, unsigned threads, bool portable,
                           struct mlt_auc_counts *counts, struct mlt_auc_counts *other_counts,
                           struct mlt_err *err)
{
    if (bootstrap->scores == 2 && other_counts == NULL)
        return mlt_err_set(err, MLT_ERR_USAGE, "two scores were prepared, but one is asked for");
    struct replicate_job job = {bootstrap, seed, first, count, portable, {counts, other_counts}};
    size_t blocks = count == 0 ? 0 : (size_t)((first + count - 1) / LANES - first / LANES + 1);
    mlt_parallel_run(threads, blocks * bootstrap->scores, make_replicates, &job);
    return true;
}

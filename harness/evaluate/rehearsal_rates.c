#include "harness/evaluate/rehearsal_rates.h"

#include <math.h>

#include "harness/stats/interval.h"

/* Which cells of which world count, and how. */
struct counting {
    const struct mlt_rehearsal *r;
    const struct mlt_rehearsal_outcome *o;
    const bool *lenient;
    size_t *blocking; /* [replicates] cells that do not pass in LEVEL */
};

static struct mlt_rate rate_of(size_t k, size_t n, size_t among)
{
    struct mlt_rate out = {k, n, NAN, NAN, NAN, SIZE_MAX};
    if (n == 0)
        return out;
    struct mlt_interval at = mlt_clopper_pearson(k, n, 0.025 / (double)(among > 0 ? among : 1));
    out.share = (double)k / (double)n;
    out.lo = at.lo;
    out.hi = at.hi;
    return out;
}

static bool counts(const struct counting *c, size_t cell, enum mlt_world world)
{
    return c->r->cells[cell].basis != MLT_REHEARSAL_NONE &&
           mlt_rehearsal_has_world(&c->r->cells[cell], world);
}

static bool passes(const struct counting *c, enum mlt_world world, size_t cell, size_t replicate)
{
    return mlt_rehearsal_at(c->o, world, cell)[replicate].verdict == MLT_VERDICT_PASS;
}

/* How often all of the cells pass together. */
static struct mlt_rate all_pass(const struct counting *c, enum mlt_world world, size_t first,
                                size_t count, bool strict)
{
    size_t hits = 0, cells = 0;
    for (size_t i = first; i < first + count; i++)
        cells += counts(c, i, world);
    for (size_t r = 0; cells > 0 && r < c->o->replicates; r++) {
        bool all = true;
        for (size_t i = first; i < first + count && all; i++)
            if (counts(c, i, world))
                all = strict && c->lenient[i] ? mlt_rehearsal_at(c->o, world, i)[r].strict
                                              : passes(c, world, i, r);
        hits += all;
    }
    return rate_of(hits, cells > 0 ? c->o->replicates : 0, 1);
}

static struct mlt_rate any_fails(const struct counting *c, size_t first, size_t count)
{
    size_t hits = 0, cells = 0;
    for (size_t i = first; i < first + count; i++)
        cells += counts(c, i, MLT_WORLD_EQUAL);
    for (size_t r = 0; cells > 0 && r < c->o->replicates; r++) {
        bool any = false;
        for (size_t i = first; i < first + count && !any; i++)
            any = counts(c, i, MLT_WORLD_EQUAL) &&
                  mlt_rehearsal_at(c->o, MLT_WORLD_EQUAL, i)[r].verdict == MLT_VERDICT_FAIL;
        hits += any;
    }
    return rate_of(hits, cells > 0 ? c->o->replicates : 0, 1);
}

static struct mlt_rate complement(struct mlt_rate rate)
{
    return (struct mlt_rate){rate.n - rate.k, rate.n,      1 - rate.share,
                             1 - rate.hi,     1 - rate.lo, rate.cell};
}

/* Which cells a search for the worst one looks at; ALONE: as if the gate had no others. */
enum choice { ANY, LENIENT, FIRM, FIRM_ALONE };

struct search {
    enum mlt_world world;
    size_t first, count;
    bool least;  /* the cell that passes least often; else most often */
    bool whole;  /* passes: with all other cells, which are at LEVEL */
    bool strict; /* lenient cells judged as non-inferior */
    enum choice choice;
};

static bool is_chosen(const struct counting *c, const struct search *s, size_t cell)
{
    double harm = mlt_rehearsal_harm(&c->r->cells[cell], s->world);
    /* Twice the gain that is asked for is no harm: who has it may pass. */
    bool is_gain = s->whole && s->world == MLT_WORLD_DOUBLE && harm < 0;
    if (!counts(c, cell, s->world) || harm == 0 || is_gain)
        return false;
    return s->choice == ANY || c->lenient[cell] == (s->choice == LENIENT);
}

/* Cells that stop the gate at LEVEL beside this one. */
static size_t others_blocking(const struct counting *c, const struct search *s, size_t cell,
                              size_t replicate)
{
    size_t blocking = 0;
    if (!s->strict && s->choice != FIRM_ALONE)
        return c->blocking[replicate] - !passes(c, MLT_WORLD_LEVEL, cell, replicate);
    for (size_t i = 0; i < c->r->cell_count && blocking == 0; i++) {
        if (i == cell || !counts(c, i, MLT_WORLD_LEVEL) ||
            (s->choice == FIRM_ALONE && c->lenient[i]))
            continue;
        blocking += s->strict && c->lenient[i]
                        ? !mlt_rehearsal_at(c->o, MLT_WORLD_LEVEL, i)[replicate].strict
                        : !passes(c, MLT_WORLD_LEVEL, i, replicate);
    }
    return blocking;
}

static size_t count_passes(const struct counting *c, const struct search *s, size_t cell)
{
    const struct mlt_rehearsed *at = mlt_rehearsal_at(c->o, s->world, cell);
    size_t hits = 0;
    for (size_t r = 0; r < c->o->replicates; r++) {
        bool good =
            s->strict && c->lenient[cell] ? at[r].strict : at[r].verdict == MLT_VERDICT_PASS;
        hits += good && (!s->whole || others_blocking(c, s, cell, r) == 0);
    }
    return hits;
}

static struct mlt_rate worst(const struct counting *c, const struct search *s)
{
    size_t among = 0, found = SIZE_MAX, hits = 0;
    for (size_t i = s->first; i < s->first + s->count; i++) {
        if (!is_chosen(c, s, i))
            continue;
        size_t here = count_passes(c, s, i);
        if (among++ == 0 || (s->least ? here < hits : here > hits)) {
            hits = here;
            found = i;
        }
    }
    struct mlt_rate out = rate_of(hits, among > 0 ? c->o->replicates : 0, among);
    out.cell = found;
    return out;
}

static void rate_sentence(const struct counting *c, struct mlt_rehearsal_sentence *s)
{
    const size_t first = s->first, count = s->count;
    s->rehearsed = 0;
    for (size_t i = first; i < first + count; i++)
        s->rehearsed += c->r->cells[i].basis != MLT_REHEARSAL_NONE;
    s->equal_blocked = complement(all_pass(c, MLT_WORLD_EQUAL, first, count, false));
    s->equal_fails = any_fails(c, first, count);
    s->half_passes = worst(c, &(struct search){MLT_WORLD_HALF, first, count, .least = true});
    s->margin_passes = worst(c, &(struct search){MLT_WORLD_MARGIN, first, count, .least = false});
    s->double_passes = worst(c, &(struct search){MLT_WORLD_DOUBLE, first, count, .least = false});
}

static void rate_lenient(const struct counting *c, struct mlt_rehearsal_rates *out)
{
    const size_t all = c->r->cell_count;
    out->lenient_cells = 0;
    for (size_t i = 0; i < all; i++)
        out->lenient_cells += c->lenient[i] && c->r->cells[i].basis != MLT_REHEARSAL_NONE;
    const struct search others = {
        .world = MLT_WORLD_MARGIN, .count = all, .whole = true, .choice = FIRM_ALONE};
    const struct search lenient = {
        .world = MLT_WORLD_MARGIN, .count = all, .whole = true, .choice = LENIENT};
    struct search strict = lenient, twice = lenient;
    strict.strict = true;
    twice.world = MLT_WORLD_DOUBLE;
    out->without_lenient = worst(c, &others);
    out->lenient_passes = worst(c, &lenient);
    out->double_lenient_passes = worst(c, &twice);
    out->strict_passes = worst(c, &strict);
    out->strict_equal_passes = all_pass(c, MLT_WORLD_EQUAL, 0, all, true);
}

static size_t rehearsed_cells(const struct mlt_rehearsal *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->cell_count; i++)
        count += r->cells[i].basis != MLT_REHEARSAL_NONE;
    return count;
}

static size_t count_true(const bool *x, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += x[i];
    return count;
}

bool mlt_rehearsal_rate(const struct mlt_rehearsal *rehearsal,
                        const struct mlt_rehearsal_outcome *outcome, const bool *lenient,
                        struct mlt_rehearsal_rates *rates, struct mlt_arena *arena,
                        struct mlt_err *err)
{
    struct counting c = {rehearsal, outcome, lenient, NULL};
    const size_t all = rehearsal->cell_count;
    c.blocking = mlt_arena_calloc(arena, outcome->replicates, sizeof *c.blocking);
    if (c.blocking == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < all; i++)
        for (size_t r = 0; counts(&c, i, MLT_WORLD_LEVEL) && r < outcome->replicates; r++)
            c.blocking[r] += !passes(&c, MLT_WORLD_LEVEL, i, r);
    for (size_t i = 0; i < rates->sentence_count; i++)
        rate_sentence(&c, &rates->sentences[i]);
    const struct search firm = {
        .world = MLT_WORLD_MARGIN, .count = all, .whole = true, .choice = FIRM};
    const struct search one = {.world = MLT_WORLD_MARGIN, .count = all, .whole = true};
    struct search twice = one;
    twice.world = MLT_WORLD_DOUBLE;
    rates->equal_passes = all_pass(&c, MLT_WORLD_EQUAL, 0, all, false);
    rates->equal_fails = rate_of(count_true(outcome->equal_fails, outcome->replicates),
                                 rehearsed_cells(rehearsal) > 0 ? outcome->replicates : 0, 1);
    rates->half_passes = all_pass(&c, MLT_WORLD_HALF, 0, all, false);
    rates->margin_passes = worst(&c, &one);
    rates->firm_passes = worst(&c, &firm);
    rates->double_passes = worst(&c, &twice);
    rates->margin_everywhere_passes = all_pass(&c, MLT_WORLD_MARGIN, 0, all, false);
    rate_lenient(&c, rates);
    return true;
}

#include "flows/rehearse_good.h"

#include <math.h>
#include <string.h>

#include "harness/criteria/sentence_range.h"

enum { GOOD_ROWS = 1000000, MARGINS_WORSE = 10 };

static struct mlt_measurement *twin_of(const struct mlt_rehearse_bench *bench, size_t cell,
                                       struct mlt_run *run)
{
    return run->measurements + (bench->cells[cell].m - bench->run->measurements);
}

/* As far inside a limit as there is room for, or a tenth of it. */
static double inside(const struct mlt_sentence *s, double now)
{
    double least, most;
    mlt_metric_name_range(s->metric, &least, &most);
    double room = s->upper ? s->limit - least : most - s->limit;
    double step = isfinite(room) ? room / 2 : fmax(fabs(s->limit) / 2, 1e-3);
    double best = s->upper ? s->limit - step : s->limit + step;
    return s->upper ? fmin(now, best) : fmax(now, best);
}

static double worse_way(const struct mlt_rehearsal_cell *cell)
{
    if (cell->sentence->kind == MLT_SENTENCE_ABSOLUTE)
        return cell->sentence->upper ? 1 : -1;
    return cell->m->direction == MLT_HIGHER_IS_BETTER ? -1 : 1;
}

/* Shares are counts: the nearest ones, with as many rows right for one version only as it takes. */
static void set_counts(struct mlt_measurement *m)
{
    double n = (double)m->trials;
    double c = round(m->candidate * n), b = isnan(m->baseline) ? c : round(m->baseline * n);
    c = fmin(fmax(c, 0), n);
    b = fmin(fmax(b, 0), n);
    m->successes = (uint64_t)c;
    m->only_candidate = (uint64_t)(c > b ? c - b : 0);
    m->only_baseline = (uint64_t)(b > c ? b - c : 0);
    m->candidate = c / n;
    if (!isnan(m->baseline))
        m->baseline = b / n;
}

static void set_spread(struct mlt_measurement *m)
{
    double spread = 1e-9 * fmax(fmax(fabs(m->candidate), fabs(m->baseline)), 1e-6);
    m->var_candidate = spread * spread;
    if (!isnan(m->baseline)) {
        m->var_baseline = m->var_candidate;
        m->covariance = m->var_candidate / 2;
    }
    m->df = GOOD_ROWS;
}

/* Everything that could keep a figure from being judged, out of the way. */
static void make_plain(struct mlt_measurement *m)
{
    m->undefined = m->invalid = m->weighting = NULL;
    m->effective_rows = NAN;
    m->rows = m->trials = GOOD_ROWS;
    m->differing = m->method == MLT_INTERVAL_BLOCKS ? 0 : GOOD_ROWS;
    m->positives = m->rarest = GOOD_ROWS / 2;
    if (m->clusters > 0 || m->min_clusters > 0)
        m->clusters = GOOD_ROWS / 10;
    m->candidate_missing = m->excluded = 0;
    m->tail_index = m->tail_share = NAN;
    for (int i = 0; i < MLT_THIRD_MOMENTS; i++)
        m->third[i] = NAN;
    if (m->method == MLT_INTERVAL_BOOTSTRAP)
        m->method = MLT_INTERVAL_INFLUENCE;
    m->replicates = 0;
    m->replicate_candidate = m->replicate_baseline = NULL;
    if (m->method == MLT_INTERVAL_SHARE)
        m->has_pairs = !isnan(m->baseline);
}

/* A value that meets all limits, and a baseline behind it by as much as a gain is asked for. */
static void improve(const struct mlt_rehearse_bench *bench, size_t measurement,
                    struct mlt_measurement *m)
{
    double value = isfinite(m->candidate)  ? m->candidate
                   : isfinite(m->baseline) ? m->baseline
                                           : 0.5;
    double gain = 0, way = m->direction == MLT_HIGHER_IS_BETTER ? -1 : 1;
    for (size_t i = 0; i < bench->cell_count; i++) {
        const struct mlt_sentence *s = bench->cells[i].sentence;
        if (bench->cells[i].m != &bench->run->measurements[measurement])
            continue;
        if (s->kind == MLT_SENTENCE_ABSOLUTE)
            value = inside(s, value);
        else if (s->kind == MLT_SENTENCE_BETTER)
            gain = fmax(gain, 2 * fmax(s->absolute, s->relative * fabs(value)) +
                                  fmax(1e-3 * fabs(value), 1e-9));
    }
    make_plain(m);
    m->candidate = value;
    if (bench->run->has_baseline && (isfinite(m->baseline) || m->undefined))
        m->baseline = value + way * gain;
    set_spread(m);
    if (m->method == MLT_INTERVAL_SHARE)
        set_counts(m);
}

struct mlt_run *mlt_rehearse_good_run(const struct mlt_rehearse_bench *bench,
                                      struct mlt_arena *arena)
{
    const struct mlt_run *from = bench->run;
    struct mlt_run *run = mlt_arena_memdup(arena, from, sizeof *from);
    if (!run)
        return NULL;
    run->cases = mlt_arena_memdup(arena, from->cases, from->case_count * sizeof *from->cases);
    run->measurements = mlt_arena_memdup(arena, from->measurements,
                                         from->measurement_count * sizeof *from->measurements);
    if (!run->cases || !run->measurements)
        return NULL;
    for (size_t i = 0; i < run->case_count; i++) {
        run->cases[i].outcome.state = MLT_OUTCOME_PASSED;
        run->cases[i].outcome.message = run->cases[i].outcome.diagnostics = NULL;
    }
    for (size_t i = 0; i < run->measurement_count; i++)
        improve(bench, i, &run->measurements[i]);
    return run;
}

/* How many margins away ten of them are, in the metric's unit. */
static double far_away(const struct mlt_rehearsal_cell *cell, double value)
{
    const struct mlt_sentence *s = cell->sentence;
    double margin = s->kind == MLT_SENTENCE_ABSOLUTE ? fabs(s->limit - value)
                                                     : fmax(s->relative * fabs(value), s->absolute);
    double spread = sqrt(fmax(cell->m->var_candidate, 0));
    double least = 0.1 * fabs(value) + (isfinite(spread) ? 10 * spread : 0);
    return margin > 0 ? MARGINS_WORSE * margin : least;
}

void mlt_rehearse_make_worse(const struct mlt_rehearse_bench *bench, size_t cell,
                             struct mlt_run *run)
{
    const struct mlt_rehearsal_cell *of = &bench->cells[cell];
    const struct mlt_sentence *s = of->sentence;
    struct mlt_measurement *m = twin_of(bench, cell, run);
    struct mlt_measurement measured = *of->m;
    double least, most, from = m->candidate;
    bool limit = s->kind == MLT_SENTENCE_ABSOLUTE;
    mlt_metric_name_range(s->metric, &least, &most);
    measured.undefined = measured.invalid = NULL;
    measured.candidate_missing = 0;
    if (measured.method == MLT_INTERVAL_BOOTSTRAP)
        measured.method = MLT_INTERVAL_INFLUENCE;
    measured.candidate = m->candidate;
    measured.baseline = m->baseline;
    double to = (limit ? s->limit : m->baseline) + worse_way(of) * far_away(of, from);
    measured.candidate = fmin(fmax(to, least), most);
    *m = measured;
    if (m->method == MLT_INTERVAL_SHARE && m->trials > 0)
        set_counts(m);
}

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/criteria/judgement.h"
#include "harness/domain/slice.h"

struct scale {
    double divide;
    const char *suffix;
};

static struct scale scale_of(double value, const char *unit)
{
    double size = fabs(value);
    if (unit == NULL || unit[0] == '\0')
        return (struct scale){1, ""};
    if (strcmp(unit, "share") == 0 || strcmp(unit, "%") == 0)
        return (struct scale){0.01, " %"};
    if (strcmp(unit, "1/s") == 0)
        return (struct scale){1, "/s"};
    if (strcmp(unit, "s") == 0)
        return size >= 1 || size == 0 ? (struct scale){1, " s"}
               : size >= 1e-3         ? (struct scale){1e-3, " ms"}
               : size >= 1e-6         ? (struct scale){1e-6, " µs"}
                                      : (struct scale){1e-9, " ns"};
    if (strcmp(unit, "bytes") == 0)
        return size >= 1048576 ? (struct scale){1048576, " MiB"}
               : size >= 1024  ? (struct scale){1024, " KiB"}
                               : (struct scale){1, " B"};
    return (struct scale){1, NULL};
}

char *mlt_judgement_figure(double value, const char *unit, int digits, char out[64])
{
    struct scale scale = scale_of(value, unit);
    double shown = value / scale.divide;
    char number[40];
    double size = fabs(shown);
    if (size >= 1000 && size < 1e15 && size >= pow(10, digits))
        snprintf(number, sizeof number, "%.0f", shown);
    else
        snprintf(number, sizeof number, "%.*g", digits, shown);
    if (scale.suffix != NULL)
        snprintf(out, 64, "%s%s", number, scale.suffix);
    else
        snprintf(out, 64, "%s %.20s", number, unit);
    return out;
}

const char *mlt_judgement_unit(const struct mlt_judgement *j)
{
    const char *unit = j->m->unit == NULL ? "" : j->m->unit;
    return unit[0] == '\0' && strcmp(j->sentence->unit, "share") == 0 ? "share" : unit;
}

/* So many digits that two different figures also look different. */
static int digits_apart(double a, double b, const char *unit, int digits)
{
    char first[64], second[64];
    if (!isfinite(a) || !isfinite(b) || a == b)
        return digits;
    for (int d = digits; d < 17; d++)
        if (strcmp(mlt_judgement_figure(a, unit, d, first),
                   mlt_judgement_figure(b, unit, d, second)) != 0)
            return d;
    return 17;
}

bool mlt_judgement_end(struct mlt_judgement *j, struct mlt_err *err, enum mlt_verdict verdict,
                       const char *fmt, ...)
{
    struct mlt_buf text = MLT_BUF_INIT;
    va_list args;
    va_start(args, fmt);
    mlt_buf_vprintf(&text, fmt, args);
    va_end(args);
    bool ok = mlt_buf_check(&text, err);
    if (ok) {
        j->finding.verdict = verdict;
        j->finding.reason = mlt_arena_strdup(j->arena, text.data);
        ok = j->finding.reason != NULL || mlt_err_oom(err);
    }
    mlt_buf_free(&text);
    return ok;
}

static void append_interval(struct mlt_buf *text, const struct mlt_judgement *j, double lo,
                            double hi, int digits, const char *what)
{
    char low[64], high[64];
    const char *unit = mlt_judgement_unit(j);
    if (!isfinite(lo) || !isfinite(hi))
        return;
    mlt_buf_printf(text, " (%.4g %% interval%s %s to %s)", 100 * (1 - 2 * j->alpha), what,
                   mlt_judgement_figure(lo, unit, digits, low),
                   mlt_judgement_figure(hi, unit, digits, high));
}

static void append_subject(struct mlt_buf *text, const struct mlt_judgement *j, int digits)
{
    char figure[64];
    const struct mlt_measurement *m = j->m;
    mlt_buf_puts(text, m->metric);
    if (m->slice_column != NULL) {
        mlt_buf_puts(text, " for ");
        mlt_slice_print(text, m->slice_column, m->slice_value, " == ", " and ");
    }
    mlt_buf_printf(text, " %s",
                   mlt_judgement_figure(m->candidate, mlt_judgement_unit(j), digits, figure));
}

/* "rmse 0.711 (90 % interval 0.69 to 0.73), wanted <= 0.7" */
static void append_absolute(struct mlt_buf *text, const struct mlt_judgement *j)
{
    const struct mlt_sentence *s = j->sentence;
    const struct mlt_finding *f = &j->finding;
    const char *unit = mlt_judgement_unit(j);
    double lo = s->upper ? s->limit + f->lo : s->limit - f->hi;
    double hi = s->upper ? s->limit + f->hi : s->limit - f->lo;
    double bound = s->upper == (f->verdict == MLT_VERDICT_FAIL) ? lo : hi;
    char limit[64];
    int digits = digits_apart(j->m->candidate, s->limit, unit, 4);
    append_subject(text, j, digits);
    append_interval(text, j, lo, hi, digits_apart(bound, s->limit, unit, digits), "");
    mlt_buf_printf(text, ", wanted %s%s %s", s->upper ? "<" : ">", s->strict ? "" : "=",
                   mlt_judgement_figure(s->limit, unit, digits, limit));
}

/* What the sentence admits, and under which of its margins. */
static void append_admitted(struct mlt_buf *text, const struct mlt_judgement *j, int digits)
{
    const struct mlt_sentence *s = j->sentence;
    const char *unit = mlt_judgement_unit(j);
    char figure[64];
    if (s->kind == MLT_SENTENCE_NO_WORSE)
        return;
    mlt_judgement_figure(fabs(j->finding.admitted), unit, digits, figure);
    if (s->kind == MLT_SENTENCE_BETTER && j->finding.admitted == 0)
        mlt_buf_puts(text, ", wanted better");
    else if (s->kind == MLT_SENTENCE_BETTER && j->relative)
        mlt_buf_printf(text, ", wanted better by more than %s (%.4g %%)", figure,
                       100 * s->relative);
    else if (s->kind == MLT_SENTENCE_BETTER)
        mlt_buf_printf(text, ", wanted better by more than %s", figure);
    else if (j->relative)
        mlt_buf_printf(text, ", %.4g %% admits %s%s", 100 * s->relative, figure,
                       s->absolute > 0 ? " (the larger of the two margins)" : "");
    else
        mlt_buf_printf(text, ", the margin is %s%s", figure,
                       s->relative > 0 ? " (the larger of the two)" : "");
    if (j->heavy_tail)
        mlt_buf_printf(
            text,
            "; squared errors fall off slowly (tail index %.2g), so each end has half of alpha",
            j->m->tail_index);
    if (j->close_margins)
        mlt_buf_puts(text, "; which margin is the larger is not sure, so each has half of alpha");
}

/* "worse by", "better by"; for equivalence, where no side is the worse one, "higher by", "lower
 * by". */
static const char *difference_words(const struct mlt_judgement *j)
{
    if (j->finding.rule == MLT_RULE_EQUIVALENT)
        return j->plain.sign > 0 ? "higher by" : "lower by";
    return j->plain.harm > 0 ? "worse by" : "better by";
}

/* "rmse 0.711 against 0.655 in production: worse by 0.0563 (90 % interval 0.049 to 0.063), 5 %
 * admits 0.0327" */
static void append_comparison(struct mlt_buf *text, const struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    const char *unit = mlt_judgement_unit(j);
    /* A relative margin is judged on h - r |b|; people want to see h. */
    double h = j->plain.harm, lo = j->plain.lo, hi = j->plain.hi;
    char figure[64];
    int digits = digits_apart(m->candidate, m->baseline, unit, 4);
    append_subject(text, j, digits);
    mlt_buf_printf(text,
                   " against %s in %s: ", mlt_judgement_figure(m->baseline, unit, digits, figure),
                   j->sentence->reference);
    digits = digits_apart(fabs(h), fabs(j->finding.admitted), unit, 3);
    if (fabs(h) <= j->tolerance)
        mlt_buf_puts(text, "no difference");
    else
        mlt_buf_printf(text, "%s %s", difference_words(j),
                       mlt_judgement_figure(fabs(h), unit, digits, figure));
    double bound = j->finding.verdict == MLT_VERDICT_FAIL ? lo : hi;
    bool plainly = h > 0 || j->finding.rule == MLT_RULE_EQUIVALENT;
    append_interval(text, j, lo, hi, digits_apart(bound, j->finding.admitted, unit, digits),
                    plainly ? "" : " of the harm");
    append_admitted(text, j, digits);
}

static void append_inconclusive(struct mlt_buf *text, const struct mlt_judgement *j)
{
    const struct mlt_finding *f = &j->finding;
    char figure[64];
    const struct mlt_side *open = j->near.pass_open || j->near.fail_open ? &j->near
                                  : j->far.pass_open                     ? &j->far
                                                                         : NULL;
    if (open != NULL) {
        if (open->replicates_needed > MLT_MAX_REPLICATES)
            mlt_buf_printf(text, ": so near to alpha that %d bootstrap replicates could not tell",
                           MLT_MAX_REPLICATES);
        else
            mlt_buf_printf(text,
                           ": %zu bootstrap replicates are too few to tell; about %llu would do",
                           j->m->replicates, (unsigned long long)open->replicates_needed);
        return;
    }
    mlt_buf_puts(text, ": neither is shown; ");
    if (f->rows_needed > 0)
        mlt_buf_printf(text,
                       "about %llu rows instead of %llu would give an 80 %% chance of a "
                       "verdict at this effect",
                       (unsigned long long)f->rows_needed, (unsigned long long)f->rows);
    else
        mlt_buf_puts(text, "rows needed: none: the effect sits at the margin");
    if (isfinite(f->smallest_effect))
        mlt_buf_printf(text, ", and this sample could have shown %s beyond the margin",
                       mlt_judgement_figure(f->smallest_effect, mlt_judgement_unit(j), 3, figure));
}

static void append_verdict(struct mlt_buf *text, const struct mlt_judgement *j)
{
    const struct mlt_finding *f = &j->finding;
    if (f->verdict == MLT_VERDICT_INCONCLUSIVE) {
        append_inconclusive(text, j);
    } else if (f->rule == MLT_RULE_POINT) {
        mlt_buf_puts(text, f->verdict == MLT_VERDICT_PASS
                               ? ": holds by the estimate alone"
                               : ": does not hold by the estimate alone");
    } else if (f->verdict == MLT_VERDICT_FAIL) {
        mlt_buf_puts(text, j->sentence->kind == MLT_SENTENCE_BETTER
                               ? ": shown not to be so much better"
                           : f->rule == MLT_RULE_EQUIVALENT ? ": shown not to be equivalent"
                                                            : ": shown not to hold");
    } else if (f->rule == MLT_RULE_NOT_SHOWN_WORSE) {
        mlt_buf_puts(text, ": not shown worse");
    } else if (j->sentence->kind == MLT_SENTENCE_NO_WORSE) {
        mlt_buf_puts(text, ": not worse, and not shown worse");
    } else {
        mlt_buf_puts(text, j->sentence->kind == MLT_SENTENCE_BETTER ? ": shown to be better"
                           : f->rule == MLT_RULE_EQUIVALENT         ? ": shown to be equivalent"
                                                                    : ": shown to hold");
    }
}

bool mlt_judgement_explain(struct mlt_judgement *j, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (j->finding.is_comparison)
        append_comparison(&text, j);
    else
        append_absolute(&text, j);
    if (j->m->weighting != NULL)
        mlt_buf_printf(&text, "; %llu rows with weights are worth n = %.4g",
                       (unsigned long long)j->m->rows, j->m->effective_rows);
    append_verdict(&text, j);
    bool ok = mlt_buf_check(&text, err);
    if (ok)
        ok = mlt_judgement_end(j, err, j->finding.verdict, "%s", text.data);
    mlt_buf_free(&text);
    return ok;
}

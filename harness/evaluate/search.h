/* A search for slices that nobody named on which the candidate does worse than elsewhere: findings
 * to look at, never to judge by.
 *
 * Searched are the values of every column given and, as far as there is room, of pairs of columns,
 * by one loss per row: the term of a metric of means, turned so that more is worse; against a
 * baseline the candidate's less the baseline's. A slice of enough rows counts as weak when its mean
 * is shown to lie above that of all other rows and, with a baseline, above 0; a slice by two
 * columns also above what is left of either column's slice when it is taken out, so that it does
 * not merely repeat what one column says. Each of these is a one-sided t test (Welch's for two
 * means, the slice's variance not below that of the other rows; corrected for skewness as
 * mlt_cautious_p_above() does), and the largest of the p-values that of the slice (an
 * intersection-union test, Berger 1982). Over all slices tested they become q-values (Benjamini &
 * Hochberg 1995).
 *
 * What a search keeps is a few sums a slice, whatever the number of rows. Losses are rounded to
 * 2^-30 of the next power of two above the largest one; their sums are integers, so that neither
 * the order of rows nor how they were divided over workers changes anything. */
#ifndef MLTEST_EVALUATE_SEARCH_H
#define MLTEST_EVALUATE_SEARCH_H

#include "harness/base/buf.h"
#include "harness/metrics/metric.h"

enum {
    MLT_SEARCH_MAX_COLUMNS = 30,
    MLT_SEARCH_MAX_VALUES = 51, /* of a column */
    MLT_SEARCH_MAX_PAIRS = 120,
    MLT_SEARCH_MAX_CELLS = 50000, /* slices in all, 64 bytes each for every worker */
};

struct mlt_search_column {
    const char *name;
    const char *const *value; /* [value_count]; of ranges "<= 9", "(9, 29]", "> 29" */
    size_t value_count;
    bool has_ranges;
};

struct mlt_search_spec {
    const struct mlt_search_column *columns;
    size_t column_count;
    struct mlt_metric metric; /* mlt_search_suits() */
    enum mlt_task task;
    size_t width; /* scores a row */
    bool has_baseline;
    double threshold;
    double largest;    /* loss of any row, without its sign */
    uint64_t min_rows; /* of a slice, and outside of it; 0: 50, or 0.5 % of the rows if more */
    double rate;       /* false discovery rate, 0 to 1; 0: 5 % */
    size_t most;       /* slices to report */
};

/* Whether a metric has one loss per row whose mean decides: of means, of one term, with a worse
 * side. */
bool mlt_search_suits(const struct mlt_metric *metric);

struct mlt_search_block {
    size_t n;
    const uint8_t *state; /* [n] enum mlt_row_state: only paired rows count; NULL: all are */
    const double *label, *candidate, *baseline; /* as struct mlt_evaluation_block */
    const uint8_t *const *value;                /* [column_count][n] which of the column's values */
};

/* The largest loss of the block's paired rows without its sign, if above `*largest`; how many of
 * them have none that is a finite number is added to `*undefined`. Reads no `value`. */
bool mlt_search_largest(const struct mlt_search_spec *spec, const struct mlt_search_block *block,
                        double *largest, uint64_t *undefined, struct mlt_err *err) MLT_MUST_USE;

struct mlt_search;
/* `spec` and what it points to must outlive the search. Close with mlt_search_close(). */
bool mlt_search_open(const struct mlt_search_spec *spec, unsigned workers, struct mlt_search **out,
                     struct mlt_err *err) MLT_MUST_USE;
void mlt_search_close(struct mlt_search *search);
/* Adds rows. Workers may do so at once, each with its own number in [0, workers). A loss that is no
 * number counts as 0: see mlt_search_largest() first. */
bool mlt_search_add(struct mlt_search *search, unsigned worker,
                    const struct mlt_search_block *block, struct mlt_err *err) MLT_MUST_USE;

/* Everything added so far as bytes, and back, as the rows of a worker that added nothing yet of a
 * search of the same specification. Damaged bytes are MLT_ERR_EVIDENCE. */
bool mlt_search_encode(const struct mlt_search *search, struct mlt_buf *out,
                       struct mlt_err *err) MLT_MUST_USE;
bool mlt_search_decode(struct mlt_search *search, unsigned worker, const unsigned char *data,
                       size_t len, struct mlt_err *err) MLT_MUST_USE;

struct mlt_weak_slice {
    const char *column, *value; /* spelled as domain/slice.h does */
    const char *where;          /* "contract == One year and tenure in (9, 29]" */
    uint64_t rows;
    double candidate, baseline;           /* the metric on these rows; NaN: no baseline */
    double candidate_rest, baseline_rest; /* and on all others */
    /* Mean loss here less elsewhere, and the lower end of its interval at such a level that of all
     * ends reported at most `rate` are expected to lie above the truth (Benjamini & Yekutieli 2005,
     * J. Am. Stat. Assoc. 100:71), though the slices were chosen for being bad. */
    double excess, excess_lo;
    double
        effect; /* excess in standard deviations of both sides (Chung et al. 2019, SliceFinder) */
    double
        impact; /* how much of the mean loss of all rows would go if these were like the others */
    double p, q;
};

struct mlt_search_result {
    const char *metric;
    const char *direction; /* "lower" or "higher" is better */
    double rate, smallest_effect;
    uint64_t rows, min_rows;
    size_t columns, pairs, pairs_possible; /* searched; of how many */
    size_t tested;                         /* slices with enough rows */
    size_t found;                          /* weak ones; more than `count` if `most` was fewer */
    double quantum;                        /* what losses were rounded to */
    const struct mlt_weak_slice *weak;     /* [count], the largest impact first */
    size_t count;
};

/* The weak slices; texts live in the arena. A slice by one column is left out where what its weak
 * slices by two columns leave of it is not shown to be weak, too. */
bool mlt_search_find(const struct mlt_search *search, struct mlt_arena *arena,
                     struct mlt_search_result *out, struct mlt_err *err) MLT_MUST_USE;

#endif

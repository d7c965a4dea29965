#include "examples/train/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct pair {
    double label, score;
};

static void add(struct mlt_train_quality *out, const char *name, double value)
{
    out->metric[out->metrics].name = name;
    out->metric[out->metrics++].value = value;
}

static void measure_numbers(const struct pair *pairs, size_t n, struct mlt_train_quality *out)
{
    double squares = 0, absolutes = 0, errors = 0, mean = 0, spread = 0;
    for (size_t i = 0; i < n; i++) {
        double e = pairs[i].score - pairs[i].label;
        squares += e * e;
        absolutes += fabs(e);
        errors += e;
        mean += pairs[i].label / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        spread += (pairs[i].label - mean) * (pairs[i].label - mean);
    add(out, "rmse", sqrt(squares / (double)n));
    add(out, "mae", absolutes / (double)n);
    add(out, "r2", spread > 0 ? 1 - squares / spread : (double)NAN);
    add(out, "bias", errors / (double)n);
}

static int by_score(const void *a, const void *b)
{
    double x = ((const struct pair *)a)->score, y = ((const struct pair *)b)->score;
    return (x > y) - (x < y);
}

/* The share of (positive, negative) pairs in the right order, counted in sorted order. */
static double auc(struct pair *pairs, size_t n)
{
    double right = 0, negatives = 0, positives = 0;
    qsort(pairs, n, sizeof *pairs, by_score);
    for (size_t i = 0; i < n;) {
        double tied_positives = 0, tied_negatives = 0;
        size_t j = i;
        for (; j < n && pairs[j].score == pairs[i].score; j++)
            pairs[j].label > 0 ? tied_positives++ : tied_negatives++;
        right += tied_positives * (negatives + tied_negatives / 2);
        positives += tied_positives;
        negatives += tied_negatives;
        i = j;
    }
    return positives > 0 && negatives > 0 ? right / (positives * negatives) : (double)NAN;
}

static void measure_classes(struct pair *pairs, size_t n, struct mlt_train_quality *out)
{
    double loss = 0, brier = 0;
    size_t right = 0, true_positives = 0, called_positive = 0;
    for (size_t i = 0; i < n; i++) {
        double p = fmin(fmax(pairs[i].score, 1e-15), 1 - 1e-15);
        bool is_positive = pairs[i].label > 0, called = pairs[i].score >= 0.5;
        loss -= is_positive ? log(p) : log1p(-p);
        brier += (pairs[i].score - pairs[i].label) * (pairs[i].score - pairs[i].label);
        out->positives += is_positive;
        called_positive += called;
        right += called == is_positive;
        true_positives += called && is_positive;
    }
    size_t f1_total = out->positives + called_positive;
    add(out, "auc", auc(pairs, n));
    add(out, "logloss", loss / (double)n);
    add(out, "brier", brier / (double)n);
    add(out, "accuracy", (double)right / (double)n);
    add(out, "f1", f1_total ? 2 * (double)true_positives / (double)f1_total : (double)NAN);
}

bool mlt_train_measure(const struct mlt_train_rows *rows, const struct mlt_train_model *model,
                       const double *scores, int column, const char *value,
                       struct mlt_train_quality *out, struct mlt_err *err)
{
    struct pair *pairs = calloc(rows->count ? rows->count : 1, sizeof *pairs);
    size_t n = 0;
    if (!pairs)
        return mlt_err_oom(err);
    for (size_t i = 0; i < rows->count; i++)
        if (column < 0 || strcmp(mlt_train_rows_cell(rows, i, column), value) == 0)
            pairs[n++] = (struct pair){mlt_train_rows_label(rows, model, i), scores[i]};
    *out = (struct mlt_train_quality){.rows = n};
    if (model->task == MLT_TRAIN_REGRESSION)
        measure_numbers(pairs, n, out);
    else
        measure_classes(pairs, n, out);
    free(pairs);
    return n > 0 || mlt_err_set(err, MLT_ERR_USAGE, "%s has no held-out rows", model->name);
}

/* Numbers by value, everything else by bytes. */
static int by_value(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    double p = strtod(x, NULL), q = strtod(y, NULL);
    return p != q ? (p > q) - (p < q) : strcmp(x, y);
}

bool mlt_train_count_values(const struct mlt_train_rows *rows, const char *column,
                            struct mlt_arena *arena, const char ***out_values, size_t *out_count,
                            struct mlt_err *err)
{
    int from = mlt_train_rows_column(rows, column);
    const char **all = mlt_arena_calloc(arena, rows->count, sizeof *all);
    size_t n = 0;
    if (!all)
        return mlt_err_oom(err);
    for (size_t i = 0; i < rows->count; i++)
        all[i] = mlt_train_rows_cell(rows, i, from);
    qsort(all, rows->count, sizeof *all, by_value);
    for (size_t i = 0; from >= 0 && i < rows->count; i++)
        if (n == 0 || strcmp(all[i], all[n - 1]) != 0)
            all[n++] = all[i];
    *out_values = all;
    *out_count = n;
    return true;
}

bool mlt_train_measure_slices(const struct mlt_train_rows *rows, const struct mlt_train_model *model,
                              const double *scores, struct mlt_arena *arena,
                              struct mlt_train_slice **out, size_t *out_count, struct mlt_err *err)
{
    struct mlt_train_slice *slices = NULL;
    size_t n = 0, capacity = 0;
    for (const char *const *column = model->slices; *column; column++) {
        const char **values;
        size_t count;
        if (!mlt_train_count_values(rows, *column, arena, &values, &count, err))
            return false;
        for (size_t i = 0; i < count; i++, n++) {
            slices = mlt_arena_grow(arena, slices, n, &capacity, sizeof *slices);
            if (!slices)
                return mlt_err_oom(err);
            slices[n].column = *column;
            slices[n].value = values[i];
            if (!mlt_train_measure(rows, model, scores, mlt_train_rows_column(rows, *column), values[i],
                                   &slices[n].quality, err))
                return false;
        }
    }
    *out = slices;
    *out_count = n;
    return true;
}

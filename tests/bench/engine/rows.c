#include <math.h>
#include <stdlib.h>

#include "harness/base/rng.h"
#include "tests/bench/engine/engine.h"

enum { COUNTRIES = 50 };

static const char *const country[] = {"US", "DE", "FR", "GB", "JP", "BR", "IN", "CN"};

static const char *const table_format = "%.6f,%.10g,%.10g,%s%u\n";
static const char *const lines_format =
    "{\"label\": %.6f, \"score\": %.10g, \"baseline\": %.10g, \"country\": \"%s%u\"}\n";

/* A regression: the truth in [0, 10) and two models' scores near it, by country. */
static int make_regression(const char *format, uint64_t rows)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 1);
    for (uint64_t i = 0; i < rows; i++) {
        double label = mlt_rng_uniform(&rng) * 10, noise = mlt_rng_uniform(&rng);
        unsigned which = (unsigned)mlt_rng_below(&rng, COUNTRIES);
        printf(format, label, label + noise - 0.5, label + noise * 0.9 - 0.4, country[which % 8],
               which / 8);
    }
    return ferror(stdout) != 0;
}

int engine_make_table(const char *const *argument)
{
    puts("label,score,baseline,country");
    return make_regression(table_format, strtoull(argument[0], NULL, 10));
}

int engine_make_lines(const char *const *argument)
{
    return make_regression(lines_format, strtoull(argument[0], NULL, 10));
}

struct scored {
    bool label;
    double first, second;
};

/* Three in ten are positive; the second score is the first with noise, rounded to float. */
static struct scored draw(struct mlt_rng *rng)
{
    struct scored row = {.label = mlt_rng_uniform(rng) < 0.3};
    double noise = mlt_rng_uniform(rng) + mlt_rng_uniform(rng) + mlt_rng_uniform(rng) - 1.5;
    row.first = 1 / (1 + exp(-(2 * noise + row.label)));
    row.second = (float)(row.first + 0.04 * (mlt_rng_uniform(rng) - 0.5));
    return row;
}

/* Two classifiers' probabilities, by country. */
int engine_make_gate(const char *const *argument)
{
    uint64_t rows = strtoull(argument[0], NULL, 10);
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 2);
    puts("label,score,baseline,country");
    for (uint64_t i = 0; i < rows; i++) {
        struct scored row = draw(&rng);
        unsigned which = (unsigned)mlt_rng_below(&rng, COUNTRIES);
        printf("%d,%.6f,%.6f,%s%u\n", row.label, row.first, row.second, country[which % 8],
               which / 8);
    }
    return ferror(stdout) != 0;
}

/* The same in memory's own form: label.u8, first.f8, second.f8. */
int engine_make_arrays(const char *const *argument)
{
    size_t n = strtoull(argument[1], NULL, 10);
    uint8_t *label = engine_need(n);
    double *first = engine_need(n * sizeof *first), *second = engine_need(n * sizeof *second);
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 3);
    for (size_t i = 0; i < n; i++) {
        struct scored row = draw(&rng);
        label[i] = row.label;
        first[i] = row.first;
        second[i] = row.second;
    }
    engine_write_file(argument[0], "label.u8", label, n);
    engine_write_file(argument[0], "first.f8", first, n * sizeof *first);
    engine_write_file(argument[0], "second.f8", second, n * sizeof *second);
    return 0;
}

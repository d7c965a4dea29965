/* How often the judge's own interval misses the truth, on either side. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/calibrate.h"

enum { SIZES = 3, MOST_METRICS = 12, MOST_ROWS = 50000, ONE = 0, BOTH = 1 };
static const size_t sizes[SIZES] = {50, 500, 50000};

/* Fewer repetitions where each costs more: a bootstrap, and queries of many rows. A bootstrap of
 * many rows has fewer replicates than the product's 2000, of which only the noise of its ends
 * depends. */
static const int usual[SIZES] = {4000, 2000, 300}, of_costly[SIZES] = {1500, 400, 30};
static const size_t replicates[SIZES] = {2000, 600, 400};

struct misses {
    long low, high, none, all;
};

struct row {
    struct mlt_metric metric;
    double truth[2];
    struct misses misses[SIZES][2];
};

static struct mlt_sentence question(const char *metric, int of)
{
    struct mlt_sentence sentence = {.text = "", .metric = metric, .unit = "", .alpha = NAN};
    sentence.kind = of == ONE ? MLT_SENTENCE_ABSOLUTE : MLT_SENTENCE_NO_WORSE;
    sentence.upper = true;
    sentence.rule = MLT_RULE_NOT_SHOWN_WORSE;
    sentence.reference = "production";
    return sentence;
}

static void count(struct misses *misses, const struct mlt_finding *f, double truth)
{
    misses->all++;
    if (!isfinite(f->lo) || !isfinite(f->hi)) {
        misses->none++;
        return;
    }
    misses->low += f->hi < truth;
    misses->high += f->lo > truth;
}

static bool is_costly(const struct mlt_metric *metric)
{
    return metric->ops->method == MLT_INTERVAL_BOOTSTRAP ||
           metric->ops->kind == MLT_METRIC_OF_QUERIES;
}

static void repeat(struct row *row, const struct sim_data *data, int size, struct mlt_arena *arena)
{
    struct mlt_measurement m = sim_measure(&row->metric, data, arena);
    enum mlt_direction direction = row->metric.ops->direction;
    for (int of = ONE; of <= BOTH; of++) {
        struct mlt_sentence sentence = question(row->metric.name, of);
        if (of == BOTH && direction == MLT_DIRECTION_NONE)
            continue;
        struct mlt_finding f = sim_judge(&sentence, &m, arena);
        double apart = row->truth[0] - row->truth[1];
        double harm = direction == MLT_LOWER_IS_BETTER ? apart : -apart;
        count(&row->misses[size][of], &f, of == ONE ? row->truth[0] : harm);
    }
}

static void simulate(const struct sim_law *law, struct row *rows, size_t n_rows, int size,
                     double effort, struct sim_data *data)
{
    struct mlt_rng rng;
    struct mlt_arena arena = MLT_ARENA_INIT;
    mlt_rng_seed(&rng, 1000 * sizes[size] + 10 * (unsigned)law->task + (unsigned)law->kind +
                           (law->clustered ? 5 : 0));
    int all = sim_repetitions(usual[size], effort);
    int few = sim_repetitions(of_costly[size], effort);
    for (int r = 0; r < all; r++) {
        law->draw(law, &rng, sizes[size], data);
        data->rows.seed = mlt_rng_next(&rng);
        data->rows.replicates = replicates[size];
        for (size_t k = 0; k < n_rows; k++)
            if (rows[k].metric.ops->min_rows <= sizes[size] &&
                (r < few || !is_costly(&rows[k].metric)))
                repeat(&rows[k], data, size, &arena);
        mlt_arena_free(&arena);
    }
}

/* "4.9 5.2": upper end below the truth, lower end above it, in percent. */
static void print_misses(const struct misses *m)
{
    char low[32], high[32];
    long judged = m->all - m->none;
    if (judged < m->all / 20 || judged == 0) {
        printf(" – |");
        return;
    }
    printf(" %s %s", sim_percent(m->low, judged, 0.06, low),
           sim_percent(m->high, judged, 0.06, high));
    if (m->none > m->all / 100)
        printf(" (%.0f %% none)", 100.0 * (double)m->none / (double)m->all);
    printf(" |");
}

static void print_row(const struct sim_law *law, const struct row *row)
{
    printf("| `%s` | %s |", row->metric.name, law->name);
    for (int size = 0; size < SIZES; size++)
        for (int of = ONE; of <= BOTH; of++)
            print_misses(&row->misses[size][of]);
    puts("");
}

static void of_law(const struct sim_law *law, const char *const *metrics, double effort,
                   struct sim_data *data)
{
    struct mlt_arena names = MLT_ARENA_INIT;
    struct row rows[MOST_METRICS];
    size_t n = 0;
    memset(rows, 0, sizeof rows);
    for (; metrics[n] != NULL; n++) {
        rows[n].metric = sim_metric(metrics[n], law->task, &names);
        for (int s = 0; s < 2; s++)
            rows[n].truth[s] = law->truth(law, metrics[n], s);
    }
    for (int size = 0; size < SIZES; size++)
        simulate(law, rows, n, size, effort, data);
    for (size_t k = 0; k < n; k++)
        print_row(law, &rows[k]);
    fflush(stdout);
    mlt_arena_free(&names);
}

static void of_task(const char *heading, const struct sim_law *laws, const char *const *metrics,
                    size_t width, size_t rows_each, double effort)
{
    struct sim_data data = sim_data_new(MOST_ROWS * rows_each, width);
    printf("\n**%s**", heading);
    for (const struct sim_law *law = laws; law->name != NULL; law++)
        printf("%s *%s*: %s", law == laws ? "" : ";", law->name, law->doc);
    puts(".\n\n| metric | data | n = 50, alone | difference | n = 500, alone | difference | "
         "n = 50,000, alone | difference |\n|---|---|---|---|---|---|---|---|");
    for (const struct sim_law *law = laws; law->name != NULL; law++)
        of_law(law, metrics, effort, &data);
    sim_data_free(&data);
}

static void print_legend(double effort)
{
    puts("In percent of the samples: the upper end below the truth, then the lower end above it; "
         "5.0 is meant. `*`: more than 1.2 alpha (6.0); **bold**: and chance would show so many in "
         "less than 1 % of simulations. *none*: no interval, because a minimum is not met or "
         "nothing varies. "
         "Clusters: 25, 50 and 500 of equal size, judged by cluster. `bias` has no worse "
         "direction, so no difference is judged. In rankings n counts queries.");
    printf("Repetitions for the three sizes:");
    for (int size = 0; size < SIZES; size++)
        printf(" %d,", sim_repetitions(usual[size], effort));
    printf(" of bootstraps and rankings");
    for (int size = 0; size < SIZES; size++)
        printf(" %d,", sim_repetitions(of_costly[size], effort));
    printf(" which leaves standard errors of");
    for (int size = 0; size < SIZES; size++)
        printf(" %.1f", 100 * sqrt(0.05 * 0.95 / sim_repetitions(usual[size], effort)));
    printf(" and of");
    for (int size = 0; size < SIZES; size++)
        printf(" %.1f", 100 * sqrt(0.05 * 0.95 / sim_repetitions(of_costly[size], effort)));
    puts(" points.");
}

void sim_coverage(double effort)
{
    static const char *const regression[] = {"rmse",      "mae",      "r2", "bias",
                                             "median_ae", "spearman", NULL};
    static const char *const binary[] = {"auc", "logloss", "brier", "accuracy", "recall", "f1",
                                         "mcc", "pr_auc",  "ks",    "ece",      NULL};
    static const char *const classes[] = {"macro_f1", NULL}, *const ranking[] = {"ndcg@10", NULL};
    puts("\n### How often an interval misses\n");
    print_legend(effort);
    of_task("Regression.", sim_regression_laws, regression, 1, 1, effort);
    of_task("Two classes.", sim_binary_laws, binary, 1, 1, effort);
    of_task("Three classes.", sim_multiclass_laws, classes, SIM_CLASSES, 1, effort);
    of_task("Rankings,", sim_ranking_laws, ranking, 1, SIM_DOCUMENTS, effort);
}

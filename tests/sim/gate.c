/* What the gate decides where the truth is at the margin, and where the candidate is equal. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/calibrate.h"

static const struct {
    const char *metric;
    const struct sim_law *law;
    bool relative;
} cases[] = {
    {"rmse", &sim_regression_laws[0], true}, {"rmse", &sim_regression_laws[3], true},
    {"mae", &sim_regression_laws[1], true},  {"auc", &sim_binary_laws[0], false},
    {"logloss", &sim_binary_laws[0], true},  {"accuracy", &sim_binary_laws[0], false},
    {"accuracy", &sim_binary_laws[0], true}, {"accuracy", &sim_binary_laws[3], false},
    {"f1", &sim_binary_laws[2], false},
};

enum { RULES = 4, OUTCOMES = 4 };
static const enum mlt_rule rules[RULES] = {MLT_RULE_NON_INFERIOR, MLT_RULE_NOT_SHOWN_WORSE,
                                           MLT_RULE_POINT, MLT_RULE_EQUIVALENT};

/* Exchanges the two versions on half of the rows: then both have the same law. */
static void make_equal(struct sim_data *data, struct mlt_rng *rng)
{
    for (size_t i = 0; i < data->rows.n; i++) {
        if (mlt_rng_next(rng) >> 63 != 0)
            continue;
        double candidate = data->score[0][i];
        data->score[0][i] = data->score[1][i];
        data->score[1][i] = candidate;
    }
}

static void simulate(size_t which, size_t n, bool equal, int all, struct sim_data *data,
                     long count[RULES][OUTCOMES])
{
    const struct sim_law *law = cases[which].law;
    struct mlt_arena names = MLT_ARENA_INIT, arena = MLT_ARENA_INIT;
    struct mlt_metric metric = sim_metric(cases[which].metric, law->task, &names);
    double baseline = law->truth(law, metric.name, SIM_BASELINE);
    double margin = fabs(law->truth(law, metric.name, SIM_CANDIDATE) - baseline);
    struct mlt_sentence sentence = {.text = "", .metric = metric.name, .unit = "", .alpha = NAN};
    struct mlt_rng rng;
    sentence.kind = MLT_SENTENCE_WITHIN;
    sentence.reference = "production";
    *(cases[which].relative ? &sentence.relative : &sentence.absolute) =
        cases[which].relative ? margin / baseline : margin;
    mlt_rng_seed(&rng, 1000 * n + 2 * which + equal);
    memset(count, 0, sizeof(long[RULES][OUTCOMES]));
    for (int r = 0; r < all; r++) {
        law->draw(law, &rng, n, data);
        if (equal)
            make_equal(data, &rng);
        struct mlt_measurement m = sim_measure(&metric, data, &arena);
        for (int k = 0; k < RULES; k++) {
            sentence.rule = rules[k];
            count[k][sim_judge(&sentence, &m, &arena).verdict]++;
        }
        mlt_arena_free(&arena);
    }
    mlt_arena_free(&names);
}

static void print_case(size_t which, size_t n, int all, struct sim_data *data)
{
    long at[RULES][OUTCOMES], equal[RULES][OUTCOMES];
    char pass[32], fail[32], equivalent[32];
    simulate(which, n, false, all, data, at);
    simulate(which, n, true, all, data, equal);
    double runs = all / 100.0;
    printf("| `%s`, %s, %s margin | %zu | %s | %s | %.1f | %.1f | %s |", cases[which].metric,
           cases[which].law->name, cases[which].relative ? "relative" : "absolute", n,
           sim_percent(at[0][MLT_VERDICT_PASS], all, 0.06, pass),
           sim_percent(at[0][MLT_VERDICT_FAIL], all, 0.06, fail),
           (double)at[1][MLT_VERDICT_PASS] / runs, (double)at[2][MLT_VERDICT_PASS] / runs,
           sim_percent(at[3][MLT_VERDICT_PASS], all, 0.06, equivalent));
    printf(" %.1f | %.1f | %.1f | %.1f |\n", (double)(all - equal[0][MLT_VERDICT_PASS]) / runs,
           (double)equal[0][MLT_VERDICT_FAIL] / runs,
           (double)(all - equal[1][MLT_VERDICT_PASS]) / runs,
           (double)(all - equal[2][MLT_VERDICT_PASS]) / runs);
    fflush(stdout);
}

void sim_gate(double effort)
{
    const int all = sim_repetitions(1000, effort);
    struct sim_data data = sim_data_new(3000, 1);
    printf("\n### What a gate decides\n\nThe margin is the true difference of the laws above "
           "(`rmse` 10 %%, `auc` 0.02, `accuracy` 0.018). At the margin a pass is false in 5 %% "
           "(`non-inferior`, `equivalent`), 95 %% (`not-shown-worse`) and 50 %% (`point`) by "
           "design. Of an equal candidate, whatever does not pass is blocked; `non-inferior` "
           "blocks for want of rows, not because of a fail. In percent of %d repetitions "
           "(standard error %.1f points at 5 %%).\n\n| criterion | n | at the margin: "
           "non-inferior passes | fails | not-shown-worse passes | point passes | equivalent "
           "passes | equal: non-inferior blocks | of these fails | not-shown-worse blocks | "
           "point blocks |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
           all, 100 * sqrt(0.05 * 0.95 / all));
    for (size_t which = 0; which < sizeof cases / sizeof *cases; which++) {
        print_case(which, 500, all, &data);
        print_case(which, 3000, all, &data);
    }
    sim_data_free(&data);
}

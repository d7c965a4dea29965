/* 200 cells judged together: four metrics in 50 slices. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/calibrate.h"

enum { METRICS = 4, SLICES = 50, CELLS = METRICS * SLICES, ROWS = 200 };

/* With normal errors a candidate whose errors are 1.1 times as large is exactly at these margins.
 */
static const struct {
    const char *name, *within;
} metrics[METRICS] = {{"rmse", "rmse by slice within 10% of production"},
                      {"mae", "mae by slice within 10% of production"},
                      {"pinball@0.9", "pinball@0.9 by slice within 10% of production"},
                      {"r2", "r2 by slice within 0.0525 of production"}};

struct family {
    struct mlt_metric metric[METRICS];
    struct mlt_sentence within[METRICS], no_worse[METRICS];
    char value[SLICES][8];
    struct mlt_measurement cells[CELLS];
};

static void prepare(struct family *family, struct mlt_arena *arena)
{
    struct mlt_err err = MLT_ERR_INIT;
    for (int k = 0; k < METRICS; k++) {
        family->metric[k] = sim_metric(metrics[k].name, MLT_TASK_REGRESSION, arena);
        if (!mlt_sentence_parse(metrics[k].within, arena, &family->within[k], &err))
            sim_die(err.text);
        family->no_worse[k] = family->within[k];
        family->no_worse[k].kind = MLT_SENTENCE_NO_WORSE;
        family->no_worse[k].relative = family->no_worse[k].absolute = 0;
    }
    for (int s = 0; s < SLICES; s++)
        snprintf(family->value[s], sizeof family->value[s], "%d", s);
}

/* The two versions exchanged on half of the rows are equal. */
static void draw_cells(struct family *family, bool equal, struct mlt_rng *rng,
                       struct sim_data *data, struct mlt_arena *arena)
{
    for (int s = 0; s < SLICES; s++) {
        sim_regression_laws[0].draw(&sim_regression_laws[0], rng, ROWS, data);
        for (size_t i = 0; equal && i < ROWS; i++) {
            double candidate = data->score[0][i];
            if (mlt_rng_next(rng) >> 63 != 0)
                continue;
            data->score[0][i] = data->score[1][i];
            data->score[1][i] = candidate;
        }
        for (int k = 0; k < METRICS; k++) {
            struct mlt_measurement *m = &family->cells[s * METRICS + k];
            *m = sim_measure(&family->metric[k], data, arena);
            m->slice_column = "slice";
            m->slice_value = family->value[s];
        }
    }
}

struct outcome {
    bool fails[2]; /* anything: as corrected, and without a correction */
    bool passes;   /* everything */
};

static struct outcome judge(const struct family *family, const struct mlt_sentence *sentences,
                            enum mlt_rule rule, struct mlt_arena *arena)
{
    static const enum mlt_correction corrections[2] = {MLT_CORRECTION_HOLM, MLT_CORRECTION_NONE};
    struct mlt_judge_defaults defaults = {.rule = rule, .slice_rule = rule, .alpha = 0.05};
    struct mlt_err err = MLT_ERR_INIT;
    struct outcome out = {{false, false}, true};
    for (int c = 0; c < 2; c++) {
        struct mlt_findings findings = {0};
        for (int k = 0; k < METRICS; k++)
            if (!mlt_judge_sentence(&sentences[k], NULL, family->cells, CELLS, &defaults, arena,
                                    &findings, &err))
                sim_die(err.text);
        if (!mlt_judge_adjust(&findings, corrections[c], arena, &err))
            sim_die(err.text);
        for (size_t i = 0; i < findings.count; i++) {
            out.fails[c] = out.fails[c] || findings.items[i].verdict == MLT_VERDICT_FAIL;
            if (c == 0)
                out.passes = out.passes && findings.items[i].verdict == MLT_VERDICT_PASS;
        }
    }
    return out;
}

static void print_rule(struct family *family, bool equal, bool within, enum mlt_rule rule, int all,
                       struct sim_data *data)
{
    struct mlt_rng rng;
    struct mlt_arena arena = MLT_ARENA_INIT;
    long holm = 0, none = 0, passes = 0;
    double runs = all / 100.0;
    mlt_rng_seed(&rng, 31 + equal);
    for (int r = 0; r < all; r++) {
        draw_cells(family, equal, &rng, data, &arena);
        struct outcome o = judge(family, within ? family->within : family->no_worse, rule, &arena);
        holm += o.fails[0];
        none += o.fails[1];
        passes += o.passes;
        mlt_arena_free(&arena);
    }
    printf("| %s | %s | %s | %.1f | %.1f | %.1f |\n", equal ? "equal" : "at the margin",
           within ? "within a margin" : "no worse than", mlt_rule_name(rule), (double)holm / runs,
           (double)none / runs, (double)passes / runs);
    fflush(stdout);
}

void sim_family(double effort)
{
    static const enum mlt_rule rules[] = {MLT_RULE_NON_INFERIOR, MLT_RULE_NOT_SHOWN_WORSE,
                                          MLT_RULE_POINT};
    const int all = sim_repetitions(200, effort);
    struct mlt_arena names = MLT_ARENA_INIT;
    struct sim_data data = sim_data_new(ROWS, 1);
    struct family family;
    prepare(&family, &names);
    printf("\n### 200 cells judged together\n\nFour metrics (`rmse`, `mae`, `pinball@0.9`, `r2`) "
           "in %d slices of %d rows, normal errors, in percent of %d repetitions (standard error "
           "%.1f points at 5 %%). A candidate at the margin has it in every cell.\n\n| candidate | "
           "sentences | rule | anything fails, Holm | without correction | everything passes "
           "|\n|---|---|---|---|---|---|\n",
           SLICES, ROWS, all, 100 * sqrt(0.05 * 0.95 / all));
    for (size_t k = 0; k < sizeof rules / sizeof *rules; k++)
        print_rule(&family, true, true, rules[k], all, &data);
    print_rule(&family, true, false, MLT_RULE_NOT_SHOWN_WORSE, all, &data);
    for (size_t k = 0; k < sizeof rules / sizeof *rules; k++)
        print_rule(&family, false, true, rules[k], all, &data);
    sim_data_free(&data);
    mlt_arena_free(&names);
}

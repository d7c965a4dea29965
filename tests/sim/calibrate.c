/* How often intervals, tests and verdicts are wrong where the truth is known.
 *
 * Usage: calibrate [EFFORT [TABLE...]]; EFFORT multiplies the repetitions (default 1: about ten
 * minutes), TABLE is coverage, size, gate, power or family (default: all). Prints Markdown;
 * tests/sim/calibrate.sh puts it into docs/statistics.md. */
#include "tests/sim/calibrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/dist.h"

int sim_repetitions(int usual, double effort)
{
    double wanted = usual * effort;
    return wanted < 20 ? 20 : (int)wanted;
}

char *sim_percent(long count, long all, double most, char out[32])
{
    double share = (double)count / (double)all;
    bool sure = mlt_binomial_sf((double)count - 1, (double)all, most) < 0.01;
    const char *form = sure ? "**%.1f**" : share > most ? "%.1f\\*" : "%.1f";
    if (all == 0)
        snprintf(out, 32, "–");
    else
        snprintf(out, 32, form, 100 * share);
    return out;
}

struct mlt_metric sim_metric(const char *name, enum mlt_task task, struct mlt_arena *arena)
{
    struct mlt_metric metric;
    struct mlt_err err = MLT_ERR_INIT;
    if (!mlt_metric_find(name, task, arena, &metric, &err))
        sim_die(err.text);
    return metric;
}

struct mlt_measurement sim_measure(const struct mlt_metric *metric, const struct sim_data *data,
                                   struct mlt_arena *arena)
{
    struct mlt_measurement m = mlt_measurement_none();
    struct mlt_err err = MLT_ERR_INIT;
    m.case_id = "simulation";
    if (!mlt_metric_measure(metric, &data->rows, arena, &m, &err))
        sim_die(err.text);
    return m;
}

struct mlt_finding sim_judge(const struct mlt_sentence *sentence, const struct mlt_measurement *m,
                             struct mlt_arena *arena)
{
    struct mlt_findings findings = {0};
    struct mlt_judge_defaults defaults = {.alpha = 0.05};
    struct mlt_err err = MLT_ERR_INIT;
    if (!mlt_judge_sentence(sentence, NULL, m, 1, &defaults, arena, &findings, &err))
        sim_die(err.text);
    return findings.items[0];
}

static const struct {
    const char *name;
    void (*print)(double effort);
} tables[] = {{"coverage", sim_coverage},
              {"size", sim_size},
              {"gate", sim_gate},
              {"power", sim_power},
              {"family", sim_family}};

static bool is_asked(const char *name, int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc < 3;
}

int main(int argc, char **argv)
{
    double effort = argc > 1 ? strtod(argv[1], NULL) : 1;
    if (!(effort > 0))
        sim_die("the effort is a number above 0");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (is_asked(tables[i].name, argc, argv))
            tables[i].print(effort);
    return 0;
}

/* Tables of docs/statistics.md, drawn with fixed seeds: the same numbers every time. */
#ifndef MLTEST_TESTS_SIM_CALIBRATE_H
#define MLTEST_TESTS_SIM_CALIBRATE_H

#include "harness/criteria/judge.h"
#include "tests/sim/law.h"

/* Each prints Markdown. `effort` multiplies the number of repetitions; 1 is what the page has. */
void sim_coverage(double effort);
void sim_size(double effort);
void sim_gate(double effort);
void sim_power(double effort);
void sim_family(double effort);

/* Repetitions: at least 20. */
int sim_repetitions(int usual, double effort);
/* A share of repetitions in percent: "4.9"; above `most` with a star, and in bold where so
 * many have a chance below 1 % at `most`. `out` holds 32 bytes; returns it. */
char *sim_percent(long count, long all, double most, char out[32]);

/* What the judge says of one metric on the data; everything lives in the arena. Ends the program
 * where that cannot be known. */
struct mlt_measurement sim_measure(const struct mlt_metric *metric, const struct sim_data *data,
                                   struct mlt_arena *arena);
struct mlt_metric sim_metric(const char *name, enum mlt_task task, struct mlt_arena *arena);
struct mlt_finding sim_judge(const struct mlt_sentence *sentence, const struct mlt_measurement *m,
                             struct mlt_arena *arena);

#endif

/* A stage for the suites: a configuration, two pretended models, and a sink that keeps everything.
 */
#ifndef MLTEST_TESTS_UNIT_SUITES_STAGE_H
#define MLTEST_TESTS_UNIT_SUITES_STAGE_H

#include "suites/suites.h"
#include "tests/unit/suite.h"

/* How a pretended model answers one row. `calls` counts the rows it was asked so far. */
typedef void stage_answer(const struct mlt_batch *batch, size_t row, size_t calls,
                          struct mlt_prediction *out);

struct stage;

struct stage_model {
    struct mlt_adapter base;
    struct stage *stage;
    enum mlt_side side;
    stage_answer *answer;
    size_t calls;
};

struct stage {
    struct mlt_arena arena;
    struct mlt_err err;
    struct mlt_config config;
    struct mlt_subject candidate, baseline;
    struct mlt_plan plan;
    struct stage_model model[2];
    struct mlt_sink sink;
    struct mlt_case_context context;
    struct mlt_outcome outcome;
    struct mlt_measurement measurements[64];
    size_t measurement_count;
    struct mlt_paired_row rows[64];
    size_t row_count, series_count;
    char attachment[512];
    enum mlt_side last_side;
    size_t switches; /* how often the other model was asked next */
    /* Does the model start with these settings? NULL: with any. `settings` keeps the last ones. */
    bool (*starts)(const char *settings);
    bool dies; /* it does not end by itself when it does not start */
    char settings[256];
    size_t starts_count, closes_count;
};

/* `baseline` NULL: there is none. The configuration is written as mltest.yaml into the test's
 * folder, which is also the version's. */
void stage_open(struct stage *stage, const char *yaml, stage_answer *candidate,
                stage_answer *baseline);
void stage_close(struct stage *stage);
/* Plans the suite's section. */
bool stage_plan(struct stage *stage, const struct mlt_suite_ops *suite);
/* Plans (which must work) and runs one case. */
bool stage_run(struct stage *stage, const struct mlt_suite_ops *suite, const char *name);
/* A measurement that was sent; the test fails when there is none. */
const struct mlt_measurement *stage_measured(const struct stage *stage, const char *metric,
                                             const char *slice_value);
const struct mlt_case_plan *stage_case(const struct stage *stage, const char *name);

/* The number in a field of a row. */
double stage_number(const struct mlt_batch *batch, size_t row, const char *field);
const struct mlt_value *stage_cell(const struct mlt_batch *batch, size_t row, const char *field);
/* Answers. */
void stage_say(struct mlt_prediction *out, double number);
void stage_fail(struct mlt_prediction *out, enum mlt_answer answer, const char *words);
stage_answer stage_answers_x; /* answers the input "x", refuses what is no finite number */

/* The configuration all tests begin with: model, adapter, contract (x, s -> score). */
#define STAGE_HEAD                                                                                 \
    "model: demo\nbaseline: 1.0.0\nadapter: {type: process, command: [model]}\n"                   \
    "contract:\n  inputs:\n    - {name: x, type: number, min: -10, max: 10}\n"                     \
    "    - {name: s, type: string, required: false}\n"                                             \
    "  output: {name: score, type: number, min: -100, max: 100}\n"

#endif

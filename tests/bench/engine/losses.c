#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harness/evaluate/evaluation.h"
#include "tests/bench/engine/engine.h"

enum { MAX_THREADS = 64, BLOCK = 2048 };

/* Everything that a confusion matrix holds is in the three before the last, which keeps rows. */
static const char *const metric_names[] = {"logloss",   "brier",    "recall",
                                           "precision", "accuracy", "ece@10"};
enum { METRICS = sizeof metric_names / sizeof *metric_names };

struct worker {
    struct mlt_evaluation *evaluation;
    unsigned number;
    size_t first, last;
    const uint8_t *label;
    const double *score;
    struct mlt_err err;
    bool ok;
};

/* Labels come as bytes, as the peer has them. */
static void *add_rows(void *context)
{
    struct worker *w = context;
    double label[BLOCK];
    w->ok = true;
    for (size_t at = w->first; w->ok && at < w->last; at += BLOCK) {
        size_t n = w->last - at < BLOCK ? w->last - at : BLOCK;
        for (size_t i = 0; i < n; i++)
            label[i] = w->label[at + i];
        const struct mlt_evaluation_block block = {
            .n = n, .first_ordinal = at, .label = label, .candidate = w->score + at};
        w->ok = mlt_evaluation_add(w->evaluation, w->number, &block, &w->err);
    }
    return NULL;
}

static bool keep_log_loss(void *context, const struct mlt_measurement *m, struct mlt_err *err)
{
    (void)err;
    if (strcmp(m->metric, "logloss") == 0)
        *(double *)context = m->candidate;
    return true;
}

static double measure(const struct mlt_evaluation_spec *spec, const uint8_t *label,
                      const double *score, size_t n)
{
    struct worker worker[MAX_THREADS];
    pthread_t thread[MAX_THREADS];
    struct mlt_evaluation *evaluation;
    struct mlt_err err = MLT_ERR_INIT;
    double value = NAN;
    const struct mlt_evaluation_sink sink = {&value, keep_log_loss, NULL};
    if (!mlt_evaluation_open(spec, &evaluation, &err))
        engine_die(err.text);
    for (unsigned w = 0; w < spec->workers; w++) {
        worker[w] = (struct worker){.evaluation = evaluation,
                                    .number = w,
                                    .first = n * w / spec->workers,
                                    .last = n * (w + 1) / spec->workers,
                                    .label = label,
                                    .score = score,
                                    .err = MLT_ERR_INIT};
        if (pthread_create(&thread[w], NULL, add_rows, &worker[w]) != 0)
            engine_die("cannot start a thread");
    }
    for (unsigned w = 0; w < spec->workers; w++) {
        pthread_join(thread[w], NULL);
        if (!worker[w].ok)
            engine_die(worker[w].err.text);
    }
    if (!mlt_evaluation_measure(evaluation, &sink, &err))
        engine_die(err.text);
    mlt_evaluation_close(evaluation);
    return value;
}

int engine_losses(const char *const *argument)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_metric metrics[METRICS];
    struct mlt_err err = MLT_ERR_INIT;
    struct engine_clock clock;
    size_t n = strtoull(argument[2], NULL, 10);
    const uint8_t *label = engine_read_file(argument[1], "label.u8", n);
    const double *score = engine_read_file(argument[1], "first.f8", n * sizeof *score);
    struct mlt_evaluation_spec spec = {.task = MLT_TASK_BINARY,
                                       .width = 1,
                                       .threshold = 0.5,
                                       .metrics = metrics,
                                       .metric_count =
                                           strcmp(argument[0], "four") == 0 ? METRICS : METRICS - 1,
                                       .estimates_only = true,
                                       .seed = 1,
                                       .workers = (unsigned)strtoul(argument[3], NULL, 10)};
    if (spec.workers == 0 || spec.workers > MAX_THREADS)
        engine_die("1 to 64 threads");
    for (size_t m = 0; m < METRICS; m++)
        if (!mlt_metric_find(metric_names[m], MLT_TASK_BINARY, &arena, &metrics[m], &err))
            engine_die(err.text);
    engine_start(&clock);
    engine_stop(&clock, measure(&spec, label, score, n));
    mlt_arena_free(&arena);
    return 0;
}

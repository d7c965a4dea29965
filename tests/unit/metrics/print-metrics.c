/* print-metrics TASK WIDTH THRESHOLD < rows: "name value" for every metric of the task. A row is
 * the label, then WIDTH scores, separated by spaces. For tests/cli/reference-sklearn.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/metrics/metric.h"

enum { MOST_ROWS = 100000, MOST_WIDTH = 16 };

static double label[MOST_ROWS], score[MOST_ROWS * MOST_WIDTH];

static size_t read_rows(size_t width)
{
    size_t n = 0;
    while (n < MOST_ROWS && scanf("%lf", &label[n]) == 1) {
        for (size_t k = 0; k < width; k++)
            if (scanf("%lf", &score[n * width + k]) != 1)
                return 0;
        n++;
    }
    return n;
}

int main(int argc, char **argv)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    if (argc != 4)
        return 2;
    struct mlt_metric_rows rows = {.label = label, .candidate = score};
    rows.task = strcmp(argv[1], "regression") == 0 ? MLT_TASK_REGRESSION
                : strcmp(argv[1], "binary") == 0   ? MLT_TASK_BINARY
                                                   : MLT_TASK_MULTICLASS;
    rows.width = strtoul(argv[2], NULL, 10);
    rows.threshold = strtod(argv[3], NULL);
    if (rows.width == 0 || rows.width > MOST_WIDTH)
        return 2;
    rows.n = read_rows(rows.width);
    for (size_t i = 0; mlt_metrics[i] != NULL; i++) {
        struct mlt_measurement m = mlt_measurement_none();
        if ((mlt_metrics[i]->tasks & rows.task) == 0)
            continue;
        if (!mlt_metric_measure(mlt_metrics[i], &rows, &arena, &m, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        printf("%s %.17g\n", m.metric, m.candidate);
    }
    mlt_arena_free(&arena);
    return 0;
}

#include "tests/unit/metrics/rows.h"

static double label[ROWS], candidate[ROWS * CLASSES], baseline[ROWS * CLASSES];
static uint32_t clusters[ROWS];

static struct mlt_metric_rows rows(enum mlt_task task, size_t width)
{
    return (struct mlt_metric_rows){.task = task,
                                    .n = ROWS,
                                    .width = width,
                                    .label = label,
                                    .candidate = candidate,
                                    .baseline = baseline,
                                    .threshold = 0.5};
}

struct mlt_metric_rows rows_regression(void)
{
    for (int i = 0; i < ROWS; i++) {
        label[i] = (i * 37 % 101) / 10.0;
        candidate[i] = label[i] + (i * 53 % 29 - 14) / 20.0;
        baseline[i] = label[i] + (i * 71 % 31 - 13) / 18.0;
    }
    return rows(MLT_TASK_REGRESSION, 1);
}

struct mlt_metric_rows rows_binary(void)
{
    for (int i = 0; i < ROWS; i++) {
        label[i] = i * 7 % 11 < 5;
        candidate[i] = (i * 29 % 41) / 50.0 + 0.2 * label[i] * (i * 3 % 5) / 4;
        baseline[i] = (i * 17 % 37) / 45.0 + 0.15 * label[i];
    }
    return rows(MLT_TASK_BINARY, 1);
}

static void fill_classes(double *scores, int a, int b)
{
    for (int i = 0; i < ROWS; i++) {
        double sum = 0;
        for (int j = 0; j < CLASSES; j++) {
            double *score = &scores[i * CLASSES + j];
            *score = 1 + (i * a + j * b) % 13 + (label[i] == j && i % 4 ? 6 : 0);
            sum += *score;
        }
        for (int j = 0; j < CLASSES; j++)
            scores[i * CLASSES + j] /= sum;
    }
}

struct mlt_metric_rows rows_multiclass(void)
{
    for (int i = 0; i < ROWS; i++)
        label[i] = (i * i * 5 + i) % 7 % 3;
    fill_classes(candidate, 5, 11);
    fill_classes(baseline, 7, 3);
    return rows(MLT_TASK_MULTICLASS, CLASSES);
}

const uint32_t *rows_clusters(void)
{
    for (uint32_t i = 0; i < ROWS; i++)
        clusters[i] = i / 3;
    return clusters;
}

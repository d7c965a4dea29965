/* print-metrics table: the table of docs/metrics.md.
 * print-metrics TASK WIDTH THRESHOLD EXTRA METRIC… < rows: "name value variance third" for every
 * metric that is named. A row is a run of doubles as they are in memory: the label, WIDTH scores,
 * and one for each letter of EXTRA: f a frequency weight, i an importance weight, q a query, c a
 * cluster ("-": none). For tests/cli/reference-*.sh. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/metrics/metric.h"

enum { MOST_WIDTH = 64 };

static bool read_all(struct mlt_buf *out)
{
    for (;;) {
        char *to = mlt_buf_reserve(out, 1 << 20);
        size_t got = to == NULL ? 0 : fread(to, 1, 1 << 20, stdin);
        if (got == 0)
            return to != NULL && !ferror(stdin);
        mlt_buf_wrote(out, got);
    }
}

static void take_extra(char letter, const double *column, size_t n, struct mlt_arena *arena,
                       struct mlt_metric_rows *rows)
{
    uint32_t *ids = mlt_arena_calloc(arena, n, sizeof *ids), most = 0;
    for (size_t i = 0; letter == 'q' || letter == 'c' ? i < n : false; i++) {
        ids[i] = (uint32_t)column[i];
        most = ids[i] >= most ? ids[i] + 1 : most;
    }
    if (letter == 'q') {
        rows->query = ids;
        rows->n_queries = most;
    } else if (letter == 'c') {
        rows->cluster = ids;
        rows->n_clusters = most;
    } else if (letter != '-') {
        rows->weight = column;
        rows->weighting = letter == 'f' ? MLT_WEIGHT_FREQUENCY : MLT_WEIGHT_IMPORTANCE;
    }
}

/* The rows, as columns in the arena. */
static void take_rows(const double *data, size_t n, const char *extra, struct mlt_arena *arena,
                      struct mlt_metric_rows *rows)
{
    size_t extras = *extra == '-' ? 0 : strlen(extra), stride = 1 + rows->width + extras;
    double *label = mlt_arena_calloc(arena, n, sizeof *label);
    double *score = mlt_arena_calloc(arena, n * rows->width, sizeof *score);
    for (size_t i = 0; i < n; i++) {
        label[i] = data[i * stride];
        for (size_t k = 0; k < rows->width; k++)
            score[i * rows->width + k] = data[i * stride + 1 + k];
    }
    rows->n = n;
    rows->label = label;
    rows->candidate = score;
    for (size_t e = 0; e < extras; e++) {
        double *column = mlt_arena_calloc(arena, n, sizeof *column);
        for (size_t i = 0; i < n; i++)
            column[i] = data[i * stride + 1 + rows->width + e];
        take_extra(extra[e], column, n, arena, rows);
    }
}

static const char *const directions[] = {"none", "lower", "higher"};

static void print_interval(const struct mlt_metric_ops *ops)
{
    static const char *const methods[] = {"none",   "influence", "share",
                                          "blocks", "DeLong",    "bootstrap"};
    printf(" %s: %s |", methods[ops->method], ops->interval);
}

static void print_minima(const struct mlt_metric_ops *ops)
{
    printf(" %llu rows", (unsigned long long)ops->min_rows);
    if (ops->min_positives > 0)
        printf(", %llu positive", (unsigned long long)ops->min_positives);
    if (ops->min_negatives > 0)
        printf(", %llu negative", (unsigned long long)ops->min_negatives);
    if (ops->min_rarest > 0)
        printf(", %llu of each class", (unsigned long long)ops->min_rarest);
    if (ops->kind == MLT_METRIC_OF_QUERIES)
        printf(", %llu queries", (unsigned long long)ops->min_clusters);
    printf(" |");
}

static void print_table(void)
{
    for (size_t i = 0; mlt_metrics[i] != NULL; i++) {
        const struct mlt_metric_ops *ops = mlt_metrics[i];
        const struct mlt_metric_parameter *p = ops->parameter;
        printf("| `%s%s` | %s | %s", ops->name,
               p == NULL            ? ""
               : isnan(p->usual)    ? "@x"
               : isfinite(p->usual) ? "[@x]"
                                    : "[@k]",
               mlt_task_name((enum mlt_task)ops->tasks), ops->doc);
        if (p != NULL)
            printf("; @: %s, %g to %g", p->doc, p->min, p->max);
        if (p != NULL && isfinite(p->usual))
            printf(", usually %g", p->usual);
        if (ops->definition != NULL)
            printf(". *%s*", ops->definition);
        printf(" | %s | %g … %g |", directions[ops->direction], ops->least, ops->most);
        print_interval(ops);
        print_minima(ops);
        printf(" %s |\n", ops->reference);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "table") == 0) {
        print_table();
        return 0;
    }
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf data = MLT_BUF_INIT;
    struct mlt_metric_rows rows = {.replicates = 8};
    if (argc < 6 || !mlt_task_parse(argv[1], &rows.task) || !read_all(&data))
        return 2;
    rows.width = strtoul(argv[2], NULL, 10);
    rows.threshold = strtod(argv[3], NULL);
    size_t extras = *argv[4] == '-' ? 0 : strlen(argv[4]);
    if (rows.width == 0 || rows.width > MOST_WIDTH)
        return 2;
    take_rows((const double *)(const void *)data.data,
              data.len / sizeof(double) / (1 + rows.width + extras), argv[4], &arena, &rows);
    for (int i = 5; i < argc; i++) {
        struct mlt_measurement m = mlt_measurement_none();
        struct mlt_metric metric;
        if (!mlt_metric_find(argv[i], rows.task, &arena, &metric, &err) ||
            !mlt_metric_measure(&metric, &rows, &arena, &m, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        printf("%s %.17g %.17g %.17g\n", m.metric, m.candidate, m.var_candidate, m.third[0]);
    }
    mlt_buf_free(&data);
    mlt_arena_free(&arena);
    return 0;
}

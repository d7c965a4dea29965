/* Makes and reads the table of tests/bench/engine-csv.sh.
 *
 *   engine-csv make ROWS            a table of label, two scores and a slice, to standard output
 *   engine-csv jsonl ROWS           the same as JSON lines
 *   engine-csv read FILE THREADS avx2|portable [digest]
 *   engine-csv cjson FILE           the same lines through cJSON
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cjson/cJSON.h>

#include "harness/base/clock.h"
#include "harness/base/rng.h"
#include "harness/table/reader.h"

static const char *const columns[] = {"label", "score", "baseline", "country"};

static int make(uint64_t rows, bool jsonl)
{
    struct mlt_rng rng;
    static const char *const country[] = {"US", "DE", "FR", "GB", "JP", "BR", "IN", "CN"};
    mlt_rng_seed(&rng, 1);
    if (!jsonl)
        puts("label,score,baseline,country");
    const char *format =
        jsonl ? "{\"label\": %.6f, \"score\": %.*g, \"baseline\": %.*g, \"country\": \"%s%d\"}\n"
              : "%.6f,%.*g,%.*g,%s%d\n";
    for (uint64_t i = 0; i < rows; i++) {
        double label = mlt_rng_uniform(&rng) * 10, noise = mlt_rng_uniform(&rng);
        uint64_t which = mlt_rng_below(&rng, 50);
        printf(format, label, 10, label + noise - 0.5, 10, label + noise * 0.9 - 0.4,
               country[which % 8], (int)which / 8);
    }
    return ferror(stdout) != 0;
}

struct sums {
    double number[3];
    uint64_t slices, rows;
    char apart[32]; /* threads do not share a line of the cache */
};

static bool add(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct sums *sums = (struct sums *)context + block->worker;
    (void)err;
    for (size_t c = 0; c < 3; c++) {
        double sum = 0;
        for (size_t i = 0; i < block->rows; i++)
            sum += block->columns[c].number[i];
        sums->number[c] += sum;
    }
    for (size_t i = 0; i < block->rows; i++)
        sums->slices += block->columns[3].category[i];
    sums->rows += block->rows;
    return true;
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int read_rows(const char *path, unsigned threads, bool portable, bool digest)
{
    struct mlt_reader_column wanted[4];
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_reader_summary summary;
    struct sums sums[64] = {{{0}, 0, 0, {0}}};
    struct rusage usage;
    for (int c = 0; c < 4; c++)
        wanted[c] = (struct mlt_reader_column){
            columns[c], c < 3 ? MLT_COLUMN_NUMBER : MLT_COLUMN_CATEGORY, false};
    struct mlt_reader_options options = {.path = path,
                                         .columns = wanted,
                                         .column_count = 4,
                                         .threads = threads,
                                         .portable = portable,
                                         .no_digest = !digest};
    uint64_t start = mlt_clock_monotonic_ns();
    if (threads > 64 || !mlt_reader_run(&options, add, sums, &summary, &err)) {
        fprintf(stderr, "engine-csv: %s\n", err.text);
        return 1;
    }
    double seconds = (double)(mlt_clock_monotonic_ns() - start) / 1e9;
    for (unsigned i = 1; i < threads; i++) {
        sums[0].number[0] += sums[i].number[0];
        sums[0].slices += sums[i].slices;
    }
    getrusage(RUSAGE_SELF, &usage);
    printf("%.4f s, %.3f s of processor, %.0f MB/s, %ld KiB, %" PRIu64 " rows, sums %.3f, %" PRIu64
           "\n",
           seconds, cpu_seconds(), (double)summary.bytes / 1e6 / seconds, usage.ru_maxrss,
           summary.rows, sums[0].number[0], sums[0].slices);
    mlt_reader_summary_free(&summary);
    return 0;
}

static int read_cjson(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[4096];
    double sum = 0, bytes = 0;
    if (file == NULL)
        return 1;
    uint64_t start = mlt_clock_monotonic_ns();
    while (fgets(line, sizeof line, file) != NULL) {
        cJSON *json = cJSON_Parse(line);
        const cJSON *label = cJSON_GetObjectItemCaseSensitive(json, "label");
        sum += label != NULL ? label->valuedouble : 0;
        bytes += (double)strlen(line);
        cJSON_Delete(json);
    }
    double seconds = (double)(mlt_clock_monotonic_ns() - start) / 1e9;
    fclose(file);
    printf("%.4f s, %.3f s of processor, %.0f MB/s, sum %.3f\n", seconds, cpu_seconds(),
           bytes / 1e6 / seconds, sum);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && (strcmp(argv[1], "make") == 0 || strcmp(argv[1], "jsonl") == 0))
        return make(strtoull(argv[2], NULL, 10), strcmp(argv[1], "jsonl") == 0);
    if (argc >= 5 && strcmp(argv[1], "read") == 0)
        return read_rows(argv[2], (unsigned)strtoul(argv[3], NULL, 10),
                         strcmp(argv[4], "portable") == 0, argc > 5);
    if (argc == 3 && strcmp(argv[1], "cjson") == 0)
        return read_cjson(argv[2]);
    fputs("engine-csv: see its first lines\n", stderr);
    return 2;
}

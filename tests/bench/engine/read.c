#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "harness/base/cpu.h"
#include "harness/table/reader.h"
#include "tests/bench/engine/engine.h"

enum { MAX_THREADS = 64, COLUMNS = 4 };

static const char *const columns[COLUMNS] = {"label", "score", "baseline", "country"};

struct sums {
    double number[3];
    uint64_t slices;
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
    return true;
}

/* The rows as columns, added up so that they are looked at; the value is the labels' sum. */
int engine_read(const char *const *argument)
{
    struct mlt_reader_column wanted[COLUMNS];
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_reader_summary summary;
    static struct sums sums[MAX_THREADS];
    unsigned threads = (unsigned)strtoul(argument[1], NULL, 10);
    for (int c = 0; c < COLUMNS; c++)
        wanted[c] = (struct mlt_reader_column){
            columns[c], c < 3 ? MLT_COLUMN_NUMBER : MLT_COLUMN_CATEGORY, false};
    struct mlt_reader_options options = {.path = argument[0],
                                         .columns = wanted,
                                         .column_count = COLUMNS,
                                         .threads = threads,
                                         .no_digest = strcmp(argument[2], "plain") == 0};
    struct engine_clock clock;
    engine_start(&clock);
    if (threads > MAX_THREADS || !mlt_reader_run(&options, add, sums, &summary, &err))
        engine_die(err.text);
    for (unsigned i = 1; i < threads; i++)
        sums[0].number[0] += sums[i].number[0];
    engine_stop(&clock, sums[0].number[0]);
    mlt_reader_summary_free(&summary);
    return 0;
}

/* The same lines as trees. */
int engine_cjson(const char *const *argument)
{
    FILE *file = fopen(argument[0], "r");
    char line[4096];
    double sum[4] = {0};
    struct engine_clock clock;
    if (file == NULL)
        engine_die(argument[0]);
    engine_start(&clock);
    while (fgets(line, sizeof line, file) != NULL) {
        cJSON *json = cJSON_Parse(line);
        for (int c = 0; c < 3; c++) {
            const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, columns[c]);
            sum[c] += value != NULL ? value->valuedouble : 0;
        }
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(json, columns[3]);
        sum[3] += name != NULL && name->valuestring != NULL ? (double)strlen(name->valuestring) : 0;
        cJSON_Delete(json);
    }
    engine_stop(&clock, sum[0]);
    fclose(file);
    return 0;
}

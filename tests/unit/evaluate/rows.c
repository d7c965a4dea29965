#include "tests/unit/evaluate/rows.h"

#include <math.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/base/siphash.h"
#include "tests/unit/suite.h"

static const char *const columns[] = {"country", "platform"};

void rows_make(struct rows *out, uint64_t seed)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, seed);
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < ROWS; i++) {
        double truth = mlt_rng_uniform(&rng);
        out->label[i] = mlt_rng_uniform(&rng) < truth;
        out->candidate[i] = floor(50 * (0.7 * truth + 0.3 * mlt_rng_uniform(&rng))) / 50;
        out->baseline[i] = 0.6 * truth + 0.4 * mlt_rng_uniform(&rng);
        out->weight[i] = 1 + floor(4 * mlt_rng_uniform(&rng));
        double r = mlt_rng_uniform(&rng);
        out->country[i] = (uint32_t)(VALUES * r * r * r);
        out->platform[i] = (uint32_t)mlt_rng_below(&rng, 3);
        out->cluster[i] = mlt_siphash(&i, sizeof i, 1, mlt_rng_below(&rng, 400)) % 400;
        out->query[i] = i / 8;
        out->key[i] = mlt_siphash(&i, sizeof i, 2, seed);
        out->state[i] = i % 97 == 5 ? MLT_ROW_LEFT_OUT : MLT_ROW_PAIRED;
    }
}

void bench_open(struct bench *bench, const char *metrics, unsigned workers)
{
    struct mlt_err err = MLT_ERR_INIT;
    *bench = (struct bench){.arena = MLT_ARENA_INIT};
    bench->slices[0] = (struct mlt_slice_spec){{0}, 1};
    bench->slices[1] = (struct mlt_slice_spec){{1}, 1};
    bench->slices[2] = (struct mlt_slice_spec){{0, 1}, 2};
    bench->named = (struct mlt_slice_named){"country,platform", "c5,p1"};
    bench->spec = (struct mlt_evaluation_spec){.task = MLT_TASK_BINARY,
                                               .width = 1,
                                               .has_baseline = true,
                                               .threshold = 0.5,
                                               .metrics = bench->metrics,
                                               .columns = columns,
                                               .column_count = 2,
                                               .slices = bench->slices,
                                               .slice_count = 3,
                                               .named = &bench->named,
                                               .named_count = 1,
                                               .seed = 7,
                                               .replicates = 100,
                                               .workers = workers};
    char *list = mlt_arena_strdup(&bench->arena, metrics), *rest = list;
    for (char *name; (name = strtok_r(rest, " ", &rest)) != NULL;)
        ck_ok(mlt_metric_find(name, MLT_TASK_BINARY, &bench->arena,
                              &bench->metrics[bench->spec.metric_count++], &err));
}

void bench_close(struct bench *bench)
{
    mlt_arena_free(&bench->arena);
}

void bench_add(const struct bench *bench, struct mlt_evaluation *e, unsigned worker,
               const struct rows *rows, size_t first, size_t count, size_t block)
{
    struct mlt_err err = MLT_ERR_INIT;
    for (size_t at = first; at < first + count; at += block) {
        const uint32_t *value[] = {rows->country + at, rows->platform + at};
        const struct mlt_evaluation_spec *spec = &bench->spec;
        const struct mlt_evaluation_block rows_of = {
            .n = at + block > first + count ? first + count - at : block,
            .first_ordinal = at,
            .state = rows->state + at,
            .label = rows->label + at,
            .candidate = rows->candidate + at,
            .baseline = rows->baseline + at,
            .weight = spec->weighting != MLT_WEIGHT_NONE ? rows->weight + at : NULL,
            .value = value,
            .cluster = spec->clustered ? rows->cluster + at : NULL,
            .query = spec->task == MLT_TASK_RANKING ? rows->query + at : NULL,
            .key = spec->has_keys ? rows->key + at : NULL,
        };
        ck_ok(mlt_evaluation_add(e, worker, &rows_of, &err));
    }
}

void bench_name(struct mlt_evaluation *e, unsigned worker)
{
    static const char *const countries[] = {"c0", "c1", "c2", "c3", "c4", "c5"};
    static const char *const platforms[] = {"p0", "p1", "p2"};
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_evaluation_name(e, worker, 0, countries, VALUES, &err));
    ck_ok(mlt_evaluation_name(e, worker, 1, platforms, 3, &err));
}

static bool put_measurement(void *context, const struct mlt_measurement *m, struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, context, false);
    mlt_measurement_encode(m, &json);
    mlt_buf_putc(context, '\n');
    return mlt_json_out_finish(&json, err);
}

static bool put_pooled(void *context, const struct mlt_evaluation_pooled *pooled,
                       struct mlt_err *err)
{
    mlt_buf_printf(context, "pooled %s %s %llu\n", pooled->column, pooled->value,
                   (unsigned long long)pooled->rows);
    return mlt_buf_check(context, err);
}

char *bench_text(struct bench *bench, struct mlt_evaluation *e)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    const struct mlt_evaluation_sink sink = {&text, put_measurement, put_pooled};
    ck_ok(mlt_evaluation_measure(e, &sink, &err));
    char *out = mlt_arena_strdup(&bench->arena, text.data);
    mlt_buf_free(&text);
    return out;
}

/* mltest-train: makes the example models from the shipped data, the same bytes every time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examples/train/learn.h"
#include "examples/train/version.h"
#include "harness/base/fs.h"
#include "harness/base/hash.h"

static const char usage[] =
    "usage: mltest-train [-s EXAMPLES_DIR] (MODEL | all) OUT_DIR\n"
    "Trains every version of a model as EXAMPLES_DIR/MODEL/versions/*/config.json say and writes\n"
    "OUT_DIR/MODEL/VERSION/ and OUT_DIR/MODEL/data/. EXAMPLES_DIR is `examples` unless given.\n";

/* What the versions of one model share. */
struct job {
    const struct mlt_train_model *model;
    const char *model_dir, *out_dir;
    struct mlt_train_rows train, holdout;
    char data_sha256[MLT_SHA256_HEX];
    struct mlt_arena arena;
};

static void report(const struct mlt_train_version *v)
{
    printf("%-26s %-28s %6zu rows", v->model->name, v->version, v->quality.rows);
    for (size_t i = 0; i < v->quality.metrics; i++)
        printf("  %s %.5f", v->quality.metric[i].name, v->quality.metric[i].value);
    printf("\n");
    fflush(stdout);
}

static bool copy_file(struct job *job, const char *from, const char *dir, const char *name,
                      struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    bool ok = from ? mlt_fs_read(from, 1 << 20, &text, err) : mlt_err_oom(err);
    ok = ok && mlt_train_write_file(&job->arena, dir, name, &text, err);
    mlt_buf_free(&text);
    return ok;
}

static bool write_static(struct job *job, const struct mlt_train_version *v, const char *from_dir,
                         struct mlt_err *err)
{
    return copy_file(job, mlt_fs_join(&job->arena, from_dir, "config.json"), v->out_dir, "config.json",
                     err) &&
           copy_file(job, mlt_fs_join(&job->arena, job->model_dir, "mltest.yaml"), v->out_dir,
                     "tests/mltest.yaml", err);
}

static bool measure(struct job *job, struct mlt_train_version *v, struct mlt_err *err)
{
    const char **weeks;
    return mlt_train_measure(v->holdout, v->model, v->scores, -1, NULL, &v->quality, err) &&
           mlt_train_measure_slices(v->holdout, v->model, v->scores, &job->arena, &v->slices,
                                    &v->slice_count, err) &&
           mlt_train_count_values(v->holdout, v->model->cluster ? v->model->cluster : "", &job->arena,
                                  &weeks, &v->cluster_count, err);
}

static bool write_all(struct job *job, const struct mlt_train_version *v, const char *from_dir,
                      struct mlt_err *err)
{
    const char *predictions =
        mlt_arena_printf(&job->arena, "%s/data/predictions-%s.csv", job->out_dir, v->version);
    if (!predictions)
        return mlt_err_oom(err);
    return write_static(job, v, from_dir, err) && mlt_train_write_metrics(v, err) &&
           mlt_train_write_metadata(v, err) && mlt_train_write_golden(v, err) &&
           mlt_train_write_predictions(v, predictions, err);
}

/* Trains, measures and writes the folder of a version whose two JSON files are read. */
static bool make_folder(struct job *job, struct mlt_train_version *v, const char *from_dir,
                        struct mlt_err *err)
{
    double *scores = mlt_arena_calloc(&job->arena, job->holdout.count, sizeof *scores);
    const char *tests = mlt_fs_join(&job->arena, v->out_dir, "tests");
    struct mlt_train_task_input input = {
        .model = job->model,
        .config = v->config,
        .train = &job->train,
        .holdout = &job->holdout,
        .artifact = mlt_arena_printf(&job->arena, "%s/%s-%s.%s", v->out_dir, job->model->name,
                                     v->version, job->model->extension),
        .arena = &job->arena,
    };
    if (!scores || !tests || !input.artifact)
        return mlt_err_oom(err);
    v->scores = scores;
    if (!mlt_fs_mkdirs(tests, err))
        return false;
    if (!(job->model->is_text ? mlt_train_sentences(&input, scores, err)
                              : mlt_train_booster(&input, scores, err)))
        return false;
    return measure(job, v, err) && write_all(job, v, from_dir, err);
}

static bool make_version(struct job *job, const char *version, struct mlt_err *err)
{
    const char *from = mlt_arena_printf(&job->arena, "%s/versions/%s", job->model_dir, version);
    struct mlt_train_version v = {
        .model = job->model,
        .version = version,
        .out_dir = mlt_fs_join(&job->arena, job->out_dir, version),
        .holdout = &job->holdout,
        .data_sha256 = job->data_sha256,
        .arena = &job->arena,
    };
    if (!from || !v.out_dir)
        return mlt_err_oom(err);
    struct mlt_json *config = mlt_train_read_json(&job->arena, from, "config.json", err);
    struct mlt_json *metadata =
        config ? mlt_train_read_json(&job->arena, from, "metadata.in.json", err) : NULL;
    v.config = config;
    v.metadata = metadata;
    bool ok = config && metadata && make_folder(job, &v, from, err);
    if (ok)
        report(&v);
    mlt_json_free(config);
    mlt_json_free(metadata);
    return ok || mlt_err_prefix(err, "%s@%s", job->model->name, version);
}

static bool write_holdout(struct job *job, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    const char *dir = mlt_fs_join(&job->arena, job->out_dir, "data");
    mlt_train_rows_print(&job->holdout, &text);
    bool ok = dir ? mlt_fs_mkdirs(dir, err) &&
                        mlt_train_write_file(&job->arena, dir, "holdout.csv", &text, err)
                  : mlt_err_oom(err);
    mlt_buf_free(&text);
    return ok;
}

static bool make_model(const struct mlt_train_model *model, const char *source_dir, const char *out_dir,
                       struct mlt_err *err)
{
    struct job job = {.model = model};
    struct mlt_arena *arena = &job.arena;
    job.model_dir = mlt_fs_join(arena, source_dir, model->name);
    job.out_dir = mlt_fs_join(arena, out_dir, model->name);
    const char *data = mlt_fs_join(arena, source_dir, "data");
    const char *source = data ? mlt_fs_join(arena, data, model->source) : NULL;
    bool ok = job.model_dir && job.out_dir && source ? mlt_hash_file(source, job.data_sha256, NULL, err)
                                                     : mlt_err_oom(err);
    ok = ok && mlt_train_rows_load(data, model, arena, &job.train, &job.holdout, err) &&
         write_holdout(&job, err);
    for (const char *const *version = model->versions; ok && *version; version++)
        ok = make_version(&job, *version, err);
    mlt_arena_free(arena);
    return ok;
}

int main(int argc, char **argv)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *source_dir = "examples";
    int at = 1, made = 0;
    if (argc > 2 && strcmp(argv[1], "-s") == 0) {
        source_dir = argv[2];
        at = 3;
    }
    if (argc - at != 2 || argv[at][0] == '-') {
        fputs(usage, stderr);
        return MLT_ERR_USAGE;
    }
    for (const struct mlt_train_model *model = mlt_train_models; model->name; model++) {
        if (strcmp(argv[at], "all") != 0 && strcmp(argv[at], model->name) != 0)
            continue;
        if (!make_model(model, source_dir, argv[at + 1], &err)) {
            fprintf(stderr, "mltest-train: %s\n", err.text);
            return (int)err.kind;
        }
        made++;
    }
    if (made == 0) {
        fprintf(stderr, "mltest-train: there is no example model %s; there are:", argv[at]);
        for (const struct mlt_train_model *model = mlt_train_models; model->name; model++)
            fprintf(stderr, " %s", model->name);
        fprintf(stderr, "\n");
        return MLT_ERR_USAGE;
    }
    return 0;
}

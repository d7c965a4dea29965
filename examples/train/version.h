/* One version's folder: what is read for it, what was measured, what is written. */
#ifndef MLTEST_TRAIN_VERSION_H
#define MLTEST_TRAIN_VERSION_H

#include "examples/train/measure.h"
#include "harness/codec/json.h"

struct mlt_train_version {
    const struct mlt_train_model *model;
    const char *version;
    const char *out_dir;    /* the version's folder */
    const struct mlt_json *config, *metadata; /* config.json and metadata.in.json */
    const struct mlt_train_rows *holdout;
    const char *data_sha256; /* of the source file in examples/data */
    const double *scores;   /* [holdout->count] */
    struct mlt_train_quality quality;
    struct mlt_train_slice *slices;
    size_t slice_count, cluster_count;
    struct mlt_arena *arena;
};

/* metrics.json, metadata.json, tests/golden.jsonl, and predictions as CSV. */
bool mlt_train_write_metrics(const struct mlt_train_version *v, struct mlt_err *err) MLT_MUST_USE;
bool mlt_train_write_metadata(const struct mlt_train_version *v, struct mlt_err *err) MLT_MUST_USE;
bool mlt_train_write_golden(const struct mlt_train_version *v, struct mlt_err *err) MLT_MUST_USE;
bool mlt_train_write_predictions(const struct mlt_train_version *v, const char *path,
                                 struct mlt_err *err) MLT_MUST_USE;

/* A JSON file of a folder, parsed; NULL on error. */
struct mlt_json *mlt_train_read_json(struct mlt_arena *arena, const char *dir, const char *name,
                                     struct mlt_err *err);
bool mlt_train_write_file(struct mlt_arena *arena, const char *dir, const char *name,
                          const struct mlt_buf *text, struct mlt_err *err) MLT_MUST_USE;

#endif

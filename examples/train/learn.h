/* Training one version, as its config.json says, and asking it for the held-out rows. */
#ifndef MLTEST_TRAIN_LEARN_H
#define MLTEST_TRAIN_LEARN_H

#include "examples/train/model.h"
#include "harness/codec/json.h"

struct mlt_train_task_input {
    const struct mlt_train_model *model;
    const struct mlt_json *config; /* the version's config.json */
    const struct mlt_train_rows *train, *holdout;
    const char *artifact; /* the model file to write */
    struct mlt_arena *arena;
};

/* Writes the artifact and fills scores[holdout->count]. One thread and a fixed seed: the same data and
 * config give the same bytes. */
bool mlt_train_booster(const struct mlt_train_task_input *input, double *scores,
                       struct mlt_err *err) MLT_MUST_USE;  /* XGBoost */
bool mlt_train_sentences(const struct mlt_train_task_input *input, double *scores,
                         struct mlt_err *err) MLT_MUST_USE; /* fastText */

#endif

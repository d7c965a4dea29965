/* What two versions were made of: hyperparameters, framework, training data, dependencies. */
#ifndef MLTEST_COMPAT_LINEAGE_H
#define MLTEST_COMPAT_LINEAGE_H

#include "harness/compat/diff.h"
#include "harness/domain/metadata.h"

/* Everything that differs, in that order; texts in the arena. Another `architecture` among the
 * hyperparameters is another model. Whether another training_dataset_hash means substantially other
 * data is measured where both have a profile (drift.h), and what the newer metadata's
 * `training_data_change` says; where neither says anything, it does. What was measured is never
 * talked down. */
bool mlt_compat_lineage(const struct mlt_metadata *from, const struct mlt_metadata *to,
                        struct mlt_arena *arena, struct mlt_compat_change **out, size_t *out_count,
                        struct mlt_err *err) MLT_MUST_USE;

#endif

/* Threshold sentences about an experiment. */
#ifndef MLTEST_EXPERIMENT_REQUIREMENTS_H
#define MLTEST_EXPERIMENT_REQUIREMENTS_H

#include "harness/experiment/experiment.h"

/* Checks sentences against what the experiment measures, and writes those that hold for every
 * treatment out, once for each ("conversion for arm == B better than control"), where there is more
 * than one. MLT_ERR_USAGE: a sentence that does not parse, an unknown metric, slices, a treatment
 * that is not declared, a comparison of a metric whose direction is not declared although its name
 * makes one doubt it. The texts live in the arena. */
bool mlt_experiment_requirements(const struct mlt_experiment *experiment,
                                 const char *const *sentence, size_t count, struct mlt_arena *arena,
                                 const char *const **out, size_t *out_count,
                                 struct mlt_err *err) MLT_MUST_USE;

#endif

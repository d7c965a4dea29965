/* The checks of the compatibility suite: what the baseline promised its callers, held against the
 * candidate. */
#ifndef MLTEST_SUITES_COMPATIBILITY_H
#define MLTEST_SUITES_COMPATIBILITY_H

#include "harness/compat/release.h"
#include "harness/runner/suite.h"

/* Both versions, read; `report` compares them. */
struct mlt_compatibility {
    struct mlt_contract from, to;
    struct mlt_metadata from_metadata, to_metadata;
    struct mlt_compat_report report;
};

/* Examples of the baseline go to the candidate, which has to answer them within its own contract;
 * in a MAJOR version it may refuse them cleanly (compatibility_golden.c). */
bool mlt_compatibility_golden(struct mlt_case_context *context, const struct mlt_compatibility *c,
                              const char *file, struct mlt_outcome *out, struct mlt_err *err);
/* The candidate's converter is given its golden outputs and has to give the baseline's form
 * (compatibility_converter.c). */
bool mlt_compatibility_converter(struct mlt_case_context *context,
                                 const struct mlt_compatibility *c, const char *file,
                                 struct mlt_outcome *out, struct mlt_err *err);

/* The candidate is started with configurations of the baseline (compatibility_configuration.c): those
 * in `file` of its folder (NULL: tests/settings.jsonl, if it is there), and those made from the
 * declared settings. Each has to start and to answer an example of the candidate. */
bool mlt_compatibility_configuration(struct mlt_case_context *context,
                                     const struct mlt_compatibility *c, const char *file,
                                     struct mlt_outcome *out, struct mlt_err *err);

/* A file of golden examples of a version: each line's `instance` and `prediction`. A fault names
 * file and line. The document of each is lent for the call. */
bool mlt_compatibility_examples(const char *dir, const char *file, struct mlt_arena *arena,
                                bool (*each)(void *self, const char *place,
                                             const struct mlt_json *instance,
                                             const struct mlt_json *prediction,
                                             struct mlt_err *err),
                                void *self, size_t *count, struct mlt_err *err) MLT_MUST_USE;

#endif

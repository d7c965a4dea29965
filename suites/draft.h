/* A case while it is being planned, and what every suite reads from an item of its section. */
#ifndef MLTEST_SUITES_DRAFT_H
#define MLTEST_SUITES_DRAFT_H

#include "harness/codec/json.h"
#include "harness/criteria/sentence.h"
#include "harness/runner/suite.h"

/* Begun with an open JSON object in `spec`, to which the suite adds keys. Must not be moved. */
struct mlt_draft {
    const struct mlt_plan_context *context;
    struct mlt_plan *plan;
    struct mlt_case_plan test;
    struct mlt_json_out spec;
    struct mlt_buf text;
};

void mlt_draft_begin(struct mlt_draft *draft, const struct mlt_plan_context *context,
                     struct mlt_plan *plan, const char *suite);
/* Closes the spec and adds the case as "<suite>/<name>"; a name that is taken gets "-2", "-3", ….
 * The draft is over, whatever the result. */
bool mlt_draft_add(struct mlt_draft *draft, const char *name, struct mlt_err *err) MLT_MUST_USE;
/* Gives up a draft. */
void mlt_draft_drop(struct mlt_draft *draft);

/* The sentences of an item's `require` list, parsed and as text; both live in the arena. */
struct mlt_requires {
    const char *const *text;
    struct mlt_sentence *sentence;
    const struct mlt_yaml *const *node; /* where each was written */
    size_t count;
};
bool mlt_draft_requires(const struct mlt_yaml *item, struct mlt_arena *arena,
                        struct mlt_requires *out, struct mlt_err *err) MLT_MUST_USE;

/* The data set an item names under `dataset` (NULL node: the first one configured, or NULL when
 * there is none). An unknown name is MLT_ERR_USAGE at its place. */
bool mlt_draft_dataset(const struct mlt_plan_context *context, const struct mlt_yaml *node,
                       const struct mlt_dataset_config **out, struct mlt_err *err) MLT_MUST_USE;

/* Shapes that several suites use. */
extern const struct mlt_schema mlt_shape_text;
extern const struct mlt_schema mlt_shape_duration;
extern const struct mlt_schema mlt_shape_texts;     /* a list of text */
extern const struct mlt_schema mlt_shape_sentences; /* a list of sentences */

#endif

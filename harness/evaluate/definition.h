/* Metrics that the user defines, "cost:lower = if(label > score, 3, 1) * abs(label - score)": each
 * the mean over rows of an expression over label, score and columns of numbers. */
#ifndef MLTEST_EVALUATE_DEFINITION_H
#define MLTEST_EVALUATE_DEFINITION_H

#include "harness/evaluate/evaluation.h"
#include "harness/metrics/expression.h"

/* The names that every expression knows; the columns come behind. */
enum { MLT_DEFINITION_LABEL, MLT_DEFINITION_SCORE, MLT_DEFINITION_COLUMNS };

struct mlt_definition {
    struct mlt_metric metric;                /* its name and direction */
    const char *text;                        /* the expression */
    const struct mlt_expression *expression; /* NULL until it is parsed */
};

struct mlt_definitions {
    struct mlt_definition *items;
    size_t count;
    /* What the expressions name beside label and score, each once; set when they are parsed. */
    const char *const *columns;
    size_t column_count;
};

/* NAME = EXPRESSION, NAME:lower = … or NAME:higher = … into name, direction and text; `arena` keeps
 * the result, `text` is lent. A malformed one, or the name of a metric that there is or of one of
 * `others`, is MLT_ERR_USAGE that quotes the text. */
bool mlt_definition_read(const char *text, const struct mlt_definitions *others,
                         struct mlt_arena *arena, struct mlt_definition *out,
                         struct mlt_err *err) MLT_MUST_USE;
/* All of a list. */
bool mlt_definitions_read(const char *const *texts, size_t count, struct mlt_arena *arena,
                          struct mlt_definitions *out, struct mlt_err *err) MLT_MUST_USE;
/* The one of that name; NULL. */
const struct mlt_definition *mlt_definition_find(const struct mlt_definitions *definitions,
                                                 const char *name);

/* MLT_ERR_USAGE where label and score are no numbers: definitions are for regression and binary. */
bool mlt_definitions_check_task(const struct mlt_definitions *definitions, enum mlt_task task,
                                struct mlt_err *err) MLT_MUST_USE;
/* Parses the expressions against names[0..count), the columns there are. An unknown name, a fault
 * of the grammar, an expression without `score` (the same for every model) is MLT_ERR_USAGE; then
 * `*out_faulty` says whose. */
bool mlt_definitions_parse(struct mlt_definitions *definitions, const char *const *names,
                           size_t count, struct mlt_arena *arena,
                           const struct mlt_definition **out_faulty,
                           struct mlt_err *err) MLT_MUST_USE;

#endif

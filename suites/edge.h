/* Inputs at the edge of a contract, family by family. */
#ifndef MLTEST_SUITES_EDGE_H
#define MLTEST_SUITES_EDGE_H

#include "harness/runner/suite.h"

/* One row that differs from a good one in one field (or in one field more). */
struct mlt_edge_probe {
    const char *field;
    struct mlt_value value;
};

struct mlt_edge_probes {
    struct mlt_edge_probe *items;
    size_t count, capacity;
};

struct mlt_edge_family {
    const char *name, *doc;
    /* The probes of a contract, in the arena; none: the family does not apply. NULL: the family
     * sends `batch_rows` good rows at once instead. */
    bool (*probes)(const struct mlt_contract *contract, struct mlt_arena *arena,
                   struct mlt_edge_probes *out, struct mlt_err *err);
    size_t batch_rows;
};

/* Ends with a NULL name. */
extern const struct mlt_edge_family mlt_edge_families[];
const struct mlt_edge_family *mlt_edge_family_find(const char *name);

/* A metamorphic test on rows of a data set, as planned in `spec`: one field is changed, and the
 * answer must move as expected (edge_directional.c). */
bool mlt_edge_directional(struct mlt_case_context *context, const struct mlt_json *spec,
                          struct mlt_outcome *out, struct mlt_err *err);
/* "COLUMN == VALUE": false when it is anything else. Both are copied into the arena. */
bool mlt_edge_parse_where(const char *text, struct mlt_arena *arena, const char **column,
                          const char **value);
/* "+10%", "-5%", "+3", "-0.5": `*relative` says which. False when it is anything else, or 0. */
bool mlt_edge_parse_change(const char *text, double *out, bool *relative);

#endif

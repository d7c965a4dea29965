/* What the files share that read a gates.yaml. */
#ifndef MLTEST_CONFIG_GATES_READER_H
#define MLTEST_CONFIG_GATES_READER_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/codec/yaml.h"
#include "harness/domain/policy.h"
#include "mltest/err.h"

struct mlt_gates_reader {
    const char *const *words; /* that a requirement may be */
    struct mlt_arena *arena;
    struct mlt_policy *out;              /* its people are read before its gates */
    const struct mlt_yaml *anchor;       /* NULL */
    const struct mlt_yaml *environments; /* in force: of the file, or built in */
    bool built_in;                       /* what is being read is not of the file */
    bool compares;                       /* the gate being read compares with production */
    struct mlt_err *err;
};

/* "unknown WHAT 'word'", with the nearest of `words` or all of them. False. */
bool mlt_gates_unknown(const struct mlt_gates_reader *r, const struct mlt_yaml *node,
                       const char *what, const char *word, const char *const *words);

/* A gate from the lists of what is built in and what the file asks for (either may be NULL). Of the
 * environments the first `earlier` stand before it. */
bool mlt_gates_read_gate(struct mlt_gates_reader *r, const char *name,
                         const struct mlt_yaml *built_in, const struct mlt_yaml *own,
                         size_t earlier, struct mlt_policy_gate *out) MLT_MUST_USE;

#endif

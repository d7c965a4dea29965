/* The shape of mltest.yaml, made from one table and the suites and adapters there are. */
#ifndef MLTEST_CONFIG_CONFIG_SHAPE_H
#define MLTEST_CONFIG_CONFIG_SHAPE_H

#include "harness/config/config.h"

/* Words in the order of the enums of harness/domain/contract.h, NULL-terminated. */
extern const char *const mlt_config_input_types[];
extern const char *const mlt_config_output_types[];
extern const char *const mlt_config_stabilities[];

/* NULL when memory is out. */
const struct mlt_schema *mlt_config_shape(const struct mlt_config_tables *tables,
                                          struct mlt_arena *arena);

/* `contract:` as a contract; the node was checked against its shape. */
bool mlt_config_contract(const struct mlt_yaml *node, struct mlt_arena *arena,
                         struct mlt_contract *out, struct mlt_err *err) MLT_MUST_USE;

/* A list of scalars, or one scalar, as texts in the arena; absent gives none. */
bool mlt_config_texts(const struct mlt_yaml *node, struct mlt_arena *arena,
                      const char *const **out, size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

#endif

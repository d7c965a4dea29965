/* The shape of gates.yaml. */
#ifndef MLTEST_CONFIG_GATES_SHAPE_H
#define MLTEST_CONFIG_GATES_SHAPE_H

#include "harness/config/schema.h"

extern const struct mlt_schema mlt_gates_shape;

#endif

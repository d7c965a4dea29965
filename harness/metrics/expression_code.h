/* What parser and evaluator share: postfix code for a stack of columns. */
#ifndef MLTEST_METRICS_EXPRESSION_CODE_H
#define MLTEST_METRICS_EXPRESSION_CODE_H

#include "harness/metrics/expression.h"

enum { MLT_EXPRESSION_MAX_OPS = 1024, MLT_EXPRESSION_MAX_STACK = 32 };

enum mlt_expression_code {
    MLT_CODE_NUMBER,
    MLT_CODE_NAME,
    MLT_CODE_NEGATE,
    MLT_CODE_NOT,
    MLT_CODE_ABS,
    MLT_CODE_LOG,
    MLT_CODE_EXP,
    MLT_CODE_SQRT,
    MLT_CODE_ADD,
    MLT_CODE_SUBTRACT,
    MLT_CODE_MULTIPLY,
    MLT_CODE_DIVIDE,
    MLT_CODE_POWER,
    MLT_CODE_LESS,
    MLT_CODE_LESS_EQUAL,
    MLT_CODE_GREATER,
    MLT_CODE_GREATER_EQUAL,
    MLT_CODE_EQUAL,
    MLT_CODE_UNEQUAL,
    MLT_CODE_AND,
    MLT_CODE_OR,
    MLT_CODE_MIN,
    MLT_CODE_MAX,
    MLT_CODE_IF,
};

struct mlt_expression_op {
    enum mlt_expression_code code;
    size_t name;   /* MLT_CODE_NAME */
    double number; /* MLT_CODE_NUMBER */
};

struct mlt_expression {
    size_t count;
    struct mlt_expression_op op[MLT_EXPRESSION_MAX_OPS];
};

/* How many values an operation takes from the stack; it puts one back. */
static inline int mlt_expression_takes(enum mlt_expression_code code)
{
    if (code <= MLT_CODE_NAME)
        return 0;
    if (code <= MLT_CODE_SQRT)
        return 1;
    return code == MLT_CODE_IF ? 3 : 2;
}

#endif

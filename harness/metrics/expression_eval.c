#include <math.h>
#include <string.h>

#include "harness/metrics/expression_code.h"
#include "harness/stats/elementary.h"

/* Rows at a time: the stack of columns stays in the first-level cache. */
enum { ROWS = 128 };

static double whole_power(double base, int exponent)
{
    double out = 1;
    for (unsigned left = (unsigned)(exponent < 0 ? -exponent : exponent); left > 0; left >>= 1) {
        if (left & 1)
            out *= base;
        base *= base;
    }
    return exponent < 0 ? 1 / out : out;
}

/* Whole exponents by squaring, others by exp and log: those cost about as many digits as the
 * exponent of the result has. */
static double power(double base, double exponent)
{
    if (isnan(base) || isnan(exponent))
        return NAN;
    if (exponent == floor(exponent) && fabs(exponent) <= 1024)
        return whole_power(base, (int)exponent);
    if (exponent == 0.5)
        return sqrt(base);
    if (base == 0)
        return exponent > 0 ? 0 : INFINITY;
    return base > 0 ? mlt_exp(exponent * mlt_log(base)) : NAN;
}

static double apply_unary(enum mlt_expression_code code, double a)
{
    switch (code) {
    case MLT_CODE_NEGATE:
        return -a;
    case MLT_CODE_NOT:
        return isnan(a) ? NAN : a == 0;
    case MLT_CODE_ABS:
        return fabs(a);
    case MLT_CODE_LOG:
        return mlt_log(a);
    case MLT_CODE_EXP:
        return mlt_exp(a);
    case MLT_CODE_SQRT:
        return sqrt(a);
    default:
        return NAN;
    }
}

/* Neither is NaN. */
static double compare(enum mlt_expression_code code, double a, double b)
{
    switch (code) {
    case MLT_CODE_LESS:
        return a < b;
    case MLT_CODE_LESS_EQUAL:
        return a <= b;
    case MLT_CODE_GREATER:
        return a > b;
    case MLT_CODE_GREATER_EQUAL:
        return a >= b;
    case MLT_CODE_EQUAL:
        return a == b;
    case MLT_CODE_UNEQUAL:
        return a != b;
    case MLT_CODE_AND:
        return a != 0 && b != 0;
    case MLT_CODE_OR:
        return a != 0 || b != 0;
    case MLT_CODE_MIN:
        return a < b ? a : b;
    case MLT_CODE_MAX:
        return a > b ? a : b;
    default:
        return NAN;
    }
}

static double apply_binary(enum mlt_expression_code code, double a, double b)
{
    switch (code) {
    case MLT_CODE_ADD:
        return a + b;
    case MLT_CODE_SUBTRACT:
        return a - b;
    case MLT_CODE_MULTIPLY:
        return a * b;
    case MLT_CODE_DIVIDE:
        return a / b;
    case MLT_CODE_POWER:
        return power(a, b);
    default:
        return isnan(a) || isnan(b) ? NAN : compare(code, a, b);
    }
}

static void apply(const struct mlt_expression_op *op, const double *const *inputs, size_t first,
                  size_t n, double *a)
{
    const double *b = a + ROWS, *c = b + ROWS;
    switch (mlt_expression_takes(op->code)) {
    case 0:
        for (size_t i = 0; i < n; i++)
            a[i] = op->code == MLT_CODE_NUMBER ? op->number : inputs[op->name][first + i];
        break;
    case 1:
        for (size_t i = 0; i < n; i++)
            a[i] = apply_unary(op->code, a[i]);
        break;
    case 2:
        for (size_t i = 0; i < n; i++)
            a[i] = apply_binary(op->code, a[i], b[i]);
        break;
    default:
        for (size_t i = 0; i < n; i++)
            a[i] = isnan(a[i]) ? NAN : a[i] != 0 ? b[i] : c[i];
    }
}

size_t mlt_expression_eval(const struct mlt_expression *expression, const double *const *inputs,
                           size_t n, double *out)
{
    double stack[(MLT_EXPRESSION_MAX_STACK + 3) * ROWS];
    size_t bad = n;
    for (size_t first = 0; first < n; first += ROWS) {
        size_t rows = n - first < ROWS ? n - first : ROWS, top = 0;
        for (size_t k = 0; k < expression->count; k++) {
            const struct mlt_expression_op *op = &expression->op[k];
            top -= (size_t)mlt_expression_takes(op->code);
            apply(op, inputs, first, rows, stack + top * ROWS);
            top++;
        }
        for (size_t i = 0; i < rows; i++) {
            out[first + i] = isfinite(stack[i]) ? stack[i] : NAN;
            if (isnan(out[first + i]) && bad == n)
                bad = first + i;
        }
    }
    return bad;
}

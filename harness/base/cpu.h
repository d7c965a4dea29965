/* Which vector instructions this process uses.
 *
 * Every vectorised function has a plain one beside it that gives the same bits; which of them runs
 * is no input of a result. So it is not handed down call by call, through sums and logarithms that
 * have no other reason for an argument: it is one switch of the process, set once by the program at
 * its start (and by tests that compare the two paths). It is the only state of the process in the
 * library, and no number depends on it. */
#ifndef MLTEST_BASE_CPU_H
#define MLTEST_BASE_CPU_H

#include <stdbool.h>

#include "mltest/err.h"

/* Whether the AVX2 paths are taken: the processor has AVX2, BMI1 and POPCNT, and nobody chose the
 * plain paths. May be called from any thread. */
bool mlt_cpu_avx2(void);

/* `portable` true: plain C everywhere from now on; false: what the processor has. A computation
 * that is running meanwhile may take either path for each of its parts. */
void mlt_cpu_limit(bool portable);

/* Sets the limit by name: "portable", or "avx2" (MLT_ERR_USAGE where the processor has none, so
 * that nothing measured says it was); NULL or empty leaves what the processor has. Any other name
 * is MLT_ERR_USAGE. */
bool mlt_cpu_choose(const char *name, struct mlt_err *err) MLT_MUST_USE;

#endif

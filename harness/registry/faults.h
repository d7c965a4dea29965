/* All that is wrong with a version's folder, in one message. */
#ifndef MLTEST_REGISTRY_FAULTS_H
#define MLTEST_REGISTRY_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_faults {
    const char *dir;     /* lent; left out of the texts of more than one fault */
    struct mlt_buf text; /* each ended by NUL; MLT_BUF_INIT */
    size_t count;
};

/* A fault in words that name the file within the folder. */
void mlt_faults_add(struct mlt_faults *faults, const char *fmt, ...) MLT_PRINTF(2, 3);
/* For `call(…, err) || mlt_faults_take(&faults, err)`: what the user wrote wrong is a fault, `err`
 * is cleared and the result true; any other error stays one. */
bool mlt_faults_take(struct mlt_faults *faults, struct mlt_err *err) MLT_MUST_USE;
/* True when there was none. Otherwise MLT_ERR_USAGE with every fault, long ones shortened, and what
 * is to be done about it. */
bool mlt_faults_report(const struct mlt_faults *faults, struct mlt_err *err) MLT_MUST_USE;
void mlt_faults_free(struct mlt_faults *faults);

#endif

/* The stable C API of libmltest: a deliberate subset of what the program does.
 *
 * Every call is complete in itself: it opens what it needs and leaves nothing open. Not thread-safe
 * on the same results file; otherwise calls are independent. */
#ifndef MLTEST_MLTEST_H
#define MLTEST_MLTEST_H

#include <stdbool.h>

#include "mltest/err.h"
#include "mltest/verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0". Static storage. */
MLT_API const char *mlt_version_text(void);

/* The verdict of a results file, judged as `mltest run` judged it. Errors: no such file
 * (MLT_ERR_USAGE); a file that is truncated, foreign or inconsistent (MLT_ERR_EVIDENCE). */
MLT_API bool mlt_results_verdict(const char *results_path, enum mlt_verdict *out,
                                 struct mlt_err *err) MLT_MUST_USE;

/* Renders a results file as "json", "junit", "markdown" or "console" into *out, a NUL-terminated
 * text that the caller releases with free(). */
MLT_API bool mlt_results_render(const char *results_path, const char *format, char **out,
                                struct mlt_err *err) MLT_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif

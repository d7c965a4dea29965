/* The choice of --format that most commands offer. */
#ifndef MLTEST_FLOWS_FORMAT_H
#define MLTEST_FLOWS_FORMAT_H

#include <stdbool.h>

#include "mltest/err.h"

/* `*json` for "json"; not for "text" or NULL. Any other word is MLT_ERR_USAGE. */
bool mlt_format_is_json(const char *format, bool *json, struct mlt_err *err) MLT_MUST_USE;

#endif

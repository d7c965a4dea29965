/* The strict check that every JSON text passes before cJSON sees it. */
#ifndef MLTEST_CODEC_JSON_CHECK_H
#define MLTEST_CODEC_JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "mltest/err.h"

/* cJSON reads at most 63 characters of a number and takes what follows for the next token. */
enum { MLT_JSON_NUMBER_CHARS = 63 };

struct mlt_json_facts {
    size_t long_numbers; /* numbers of more than MLT_JSON_NUMBER_CHARS characters */
};

bool mlt_json_check_facts(const char *name, const char *text, size_t len,
                          struct mlt_json_facts *facts, struct mlt_err *err) MLT_MUST_USE;

#endif

/* The tables of a results file; documented for readers in docs/results.md. */
#ifndef MLTEST_RESULTS_SCHEMA_H
#define MLTEST_RESULTS_SCHEMA_H

#include "harness/db/sqlite.h"

extern const struct mlt_db_schema mlt_results_schema;

#endif

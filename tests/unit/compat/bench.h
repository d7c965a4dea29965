/* Contracts and metadata from short texts. */
#ifndef MLTEST_TESTS_UNIT_COMPAT_BENCH_H
#define MLTEST_TESTS_UNIT_COMPAT_BENCH_H

#include "harness/compat/release.h"
#include "tests/unit/suite.h"

extern struct mlt_arena bench_arena;
void bench_setup(void);
void bench_teardown(void);

/* A contract of an input `keep`, an output `score` and no settings, with the text put in the place
 * of `part`: more inputs, the output, or settings. */
struct mlt_contract bench_contract(const char *part, const char *text);
/* A whole config.json. */
struct mlt_contract bench_config(const char *json);
/* The word for the part in bench_contract(): "input". */
enum mlt_part bench_part(const char *part);

#endif

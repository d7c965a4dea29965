/* mltest.yaml: what is tested and how. */
#ifndef MLTEST_CONFIG_CONFIG_H
#define MLTEST_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/config/schema.h"
#include "harness/criteria/judge.h"
#include "harness/domain/contract.h"
#include "harness/domain/subject.h"
#include "mltest/err.h"

struct mlt_dataset_config {
    const char *name;
    const char *path;    /* absolute */
    const char *label;
    const char *id;      /* column, or columns joined by "," ("store,week"); NULL: the row's ordinal */
    const char *cluster; /* NULL: rows are independent */
    const char *query;   /* rows of equal value are ranked against each other; NULL: no ranking */
    const char *weights, *frequencies; /* columns of importance weights, of counts; at most one */
    const char *positive; /* the label's text that means 1 ("Yes"); NULL: labels are numbers */
    const char *const *slices;
    size_t slice_count;
    bool drop_missing;   /* missing: drop (counted); default is an error */
    double max_candidate_missing; /* share of rows that only the candidate may fail to answer; 0 */
    char sha256[MLT_SHA256_HEX];  /* of the file when the run was planned; "" outside of a run */
};

/* A suite's section: its name and the list of its items, checked against the suite's own shape. */
struct mlt_suite_section {
    const char *suite;
    const struct mlt_yaml *items; /* sequence */
};

struct mlt_config {
    const char *path, *dir; /* absolute */
    const char *text;
    size_t len;
    char digest[MLT_SHA256_HEX]; /* of the text */
    const char *model;
    const char *registry;        /* as written, a relative folder made absolute; NULL */
    const char *baseline;        /* "production", "latest", a version, "none"; default "production" */
    struct mlt_adapter_spec adapter;
    bool has_contract;
    struct mlt_contract contract;
    struct mlt_dataset_config *datasets;
    size_t dataset_count;
    struct mlt_suite_section *suites;
    size_t suite_count;
    struct mlt_judge_defaults defaults; /* `defaults: {rule, alpha, correction}` */
    double threshold;            /* binary decisions; default 0.5 */
};

/* What the configuration may hold, given by the caller so that this floor needs no higher one. Both
 * tables end with a NULL name. */
struct mlt_suite_shape {
    const char *name;
    const struct mlt_schema *item; /* of each entry of `suites.<name>` */
};
struct mlt_config_tables {
    const struct mlt_suite_shape *suites;
    const char *const *adapters;
    const char *const *metrics;
};

/* Parses text that was read from `path` (which need not exist any more). */
bool mlt_config_parse(const char *path, const char *text, size_t len,
                      const struct mlt_config_tables *tables, struct mlt_arena *arena,
                      struct mlt_config *out, struct mlt_err *err) MLT_MUST_USE;
/* Reads and parses a file, and checks that the files it names are there. */
bool mlt_config_load(const char *path, const struct mlt_config_tables *tables,
                     struct mlt_arena *arena, struct mlt_config *out,
                     struct mlt_err *err) MLT_MUST_USE;
/* `mltest.yaml` in `dir` or the nearest folder above; NULL when there is none. */
char *mlt_config_find(const char *dir, struct mlt_arena *arena);
/* The JSON Schema of mltest.yaml for these tables. */
bool mlt_config_schema_print(const struct mlt_config_tables *tables, struct mlt_buf *out,
                             struct mlt_err *err) MLT_MUST_USE;

const struct mlt_dataset_config *mlt_config_dataset(const struct mlt_config *config,
                                                    const char *name);

#endif

/* One run: what was planned, how every case ended, what was measured. */
#ifndef MLTEST_DOMAIN_RUN_H
#define MLTEST_DOMAIN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/domain/measurement.h"
#include "mltest/verdict.h"

/* A case before it runs. The spec is JSON text that only its suite reads. */
struct mlt_case_plan {
    const char *id;    /* "<suite>/<name>", unique in the run */
    const char *suite, *name;
    const char *spec;  /* JSON object */
    const char *const *require; /* sentences judged on its measurements */
    size_t require_count;
    uint64_t timeout_ns; /* 0: the runner's default */
    bool exclusive;    /* nothing else may run beside it (performance) */
    bool fresh;        /* in a worker that has run nothing before */
};

struct mlt_plan {
    struct mlt_case_plan *cases;
    size_t count, capacity;
};

/* How a case ended. */
struct mlt_outcome {
    enum mlt_outcome_state state;
    const char *message;     /* one sentence for a failed, broken or skipped case; NULL when passed */
    const char *diagnostics; /* the model's or the command's own stderr, bounded; NULL */
    uint64_t duration_ns;
};

struct mlt_run_case {
    struct mlt_case_plan plan;
    struct mlt_outcome outcome; /* NOT_RUN for a case that never ended */
};

struct mlt_run_side {
    const char *model, *version;
    char digest[MLT_SHA256_HEX], artifact_digest[MLT_SHA256_HEX];
};

struct mlt_run_dataset {
    const char *name, *path;
    char sha256[MLT_SHA256_HEX];
    uint64_t rows;
};

struct mlt_run {
    const char *run_id;          /* 26 characters, sorts by start time */
    const char *tool_version;
    struct mlt_run_side candidate;
    bool has_baseline;
    struct mlt_run_side baseline;
    const char *baseline_ref;    /* as asked: "production", "1.0.0", "none" */
    const char *config_path;     /* for people */
    char config_digest[MLT_SHA256_HEX];
    const char *config_text;     /* mltest.yaml as it was */
    uint64_t seed;
    uint32_t shard, shards;      /* 1 of 1 when not sharded */
    bool filtered;               /* --case or --rerun-failed left cases out: never stands for a suite */
    const char *const *suites;   /* suites that were planned whole (unless filtered) */
    size_t suite_count;
    const char *started_at, *finished_at; /* RFC 3339; finished_at NULL while running */
    bool complete;               /* every planned case reached an end state and the file was closed */
    const char *interrupted;     /* why it is not complete ("SIGINT"); NULL */
    struct mlt_run_dataset *datasets;
    size_t dataset_count;
    struct mlt_run_case *cases;  /* in plan order */
    size_t case_count;
    struct mlt_measurement *measurements; /* in plan order, then as measured */
    size_t measurement_count;
};

/* Appends a case; strings are the caller's arena's. A duplicate id is MLT_ERR_USAGE. */
bool mlt_plan_add(struct mlt_plan *plan, const struct mlt_case_plan *test, struct mlt_arena *arena,
                  struct mlt_err *err) MLT_MUST_USE;
const struct mlt_run_case *mlt_run_case_find(const struct mlt_run *run, const char *id);

/* One paired row of a held-out set, as kept in the results. */
struct mlt_paired_row {
    const char *id;        /* the row's id, or its ordinal as text */
    const char *cluster;   /* NULL */
    const char *slices;    /* JSON object {"brand":"3"}; NULL */
    const char *label;     /* as in the data set */
    double candidate, baseline; /* NaN: none; for vectors NaN, see the text forms */
    const char *candidate_text, *baseline_text; /* label or vector as JSON; NULL for numbers */
    double weight;         /* importance or frequency; NaN: rows have no weights */
    const char *query;     /* rows of one query are ranked against each other; NULL */
    const char *numbers;   /* JSON object of the columns that own metrics name; NULL: none does */
};

#endif

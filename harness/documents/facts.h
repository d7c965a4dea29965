/* What is known about a version, that its documents are rendered from and held against. Plain
 * values, lent: gathered by flows/docs_facts, so that rendering and checking never open anything.
 */
#ifndef MLTEST_DOCUMENTS_FACTS_H
#define MLTEST_DOCUMENTS_FACTS_H

#include <stddef.h>

#include "harness/compat/release.h"
#include "harness/domain/contract.h"
#include "harness/domain/metadata.h"
#include "harness/domain/metrics_file.h"

struct mlt_document_side {
    const char *version;
    const struct mlt_metadata *metadata;
    const struct mlt_contract *contract;
    const struct mlt_metrics_file *metrics; /* NULL: its metrics.json has no readable figures */
};

/* One metric on one slice, as a run measured it. Figures with a unit (latency, memory) are not
 * among them: they are of the machine as much as of the version. */
struct mlt_document_figure {
    const char *case_id; /* "regression/holdout" */
    const char *metric;  /* "rmse" */
    const char *slice;   /* "brand = 3"; "": all rows */
    double value;        /* of this version */
    double low, high;    /* its 95 % interval; NaN: none */
    double baseline;     /* of the version it was compared with; NaN: none */
    long long rows;      /* -1: not said */
};
struct mlt_document_run {
    const char *run_id, *started_at; /* RFC 3339 */
    const char *baseline_version;    /* NULL: there was none */
    struct mlt_document_figure *figures;
    size_t count;
};

struct mlt_document_past {
    const char *version, *created_at, *changelog;
    const char *state; /* "Production"; "": not registered */
};

struct mlt_document_facts {
    const char *model;
    const char *artifact; /* file name of the model file; "": there is none */
    const char *adapter;  /* how it is asked, by config.json: "xgboost", "process"; "": not said */
    const char *const
        *command; /* of a process, NULL-terminated, "{artifact}" as written; or NULL */
    struct mlt_document_side now;
    const struct mlt_document_side *before;  /* the release before it; NULL: this is the first */
    const struct mlt_compat_report *changes; /* between the two; NULL with `before` */
    const struct mlt_document_run *runs;     /* whole runs of these very files, newest first */
    size_t run_count;
    struct mlt_document_past *history; /* this version, then the lower ones, highest first */
    size_t history_count;
    const char *instance, *prediction; /* a golden example, each as JSON on one line; NULL: none */
};

#endif

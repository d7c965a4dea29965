/* `mltest eval` and `mltest merge`: scores in a file, measured and judged without registry or
 * configuration; and partial results put together again. */
#ifndef MLTEST_FLOWS_EVAL_H
#define MLTEST_FLOWS_EVAL_H

#include <signal.h>
#include <stdio.h>

#include "flows/eval_plan.h"
#include "mltest/verdict.h"

/* How an evaluation is run and shown; nothing here changes a number. */
struct mlt_eval_settings {
    unsigned threads;       /* 0: one per processor */
    uint64_t memory_bytes;  /* of kept columns; 0: 1 GiB */
    unsigned shard, shards; /* i of n; 0, 0: all */
    const char *partial;    /* write a partial result there instead of a report; NULL */
    const char *output;     /* where the report goes; NULL: into `out` */
    const char *format;     /* of the report: "console" (default) or "json" */
    FILE *progress;         /* NULL: none */
    bool progress_live;     /* it is a terminal */
    bool color;
    unsigned width;
    const volatile sig_atomic_t *interrupted;
};

/* What came out. Without sentences nothing is judged, and nothing of a part of the shards. */
struct mlt_eval_outcome {
    bool is_judged;
    enum mlt_verdict verdict;
};

/* Reads, measures, judges, renders into `out` (or the files that the settings name). A file without
 * a single scored row is MLT_ERR_EVIDENCE. */
bool mlt_flow_eval(const struct mlt_eval_request *request, const struct mlt_eval_settings *settings,
                   struct mlt_arena *arena, struct mlt_buf *out, struct mlt_eval_outcome *outcome,
                   struct mlt_err *err) MLT_MUST_USE;

/* Merges partial results of one evaluation. All shards together are reported like an evaluation of
 * the whole file, to the byte; fewer can only be written to settings->partial. Shards that are
 * there twice, or of different data, requests or numbers of shards, are MLT_ERR_EVIDENCE. */
bool mlt_flow_merge(const char *const *parts, size_t count,
                    const struct mlt_eval_settings *settings, struct mlt_arena *arena,
                    struct mlt_buf *out, struct mlt_eval_outcome *outcome,
                    struct mlt_err *err) MLT_MUST_USE;

#endif

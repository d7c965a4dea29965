/* What an evaluation of a file is to do: plain data, made from a request, kept in partial results.
 */
#ifndef MLTEST_FLOWS_EVAL_PLAN_H
#define MLTEST_FLOWS_EVAL_PLAN_H

#include "harness/codec/json.h"
#include "harness/criteria/judge.h"
#include "harness/evaluate/definition.h"
#include "harness/evaluate/search.h"
#include "harness/metrics/threshold.h"

enum { MLT_EVAL_MAX_CLASSES = 1000 };

struct mlt_texts {
    const char *const *items;
    size_t count;
};

/* As a person asks. NULL, 0 and NaN: not said. */
struct mlt_eval_request {
    const char *file;          /* "-": standard input */
    const char *format;        /* of the file: "csv", "tsv", "jsonl"; NULL: by its name */
    const char *baseline_file; /* the baseline's predictions, by --id; NULL: in `file` */
    const char *task, *label, *positive, *weights, *frequencies, *cluster, *query, *id;
    struct mlt_texts scores, baselines, classes, slices, metrics, requires, defines;
    const char *threshold_rule; /* "best-f1", "best-j": chosen on the baseline, unless `threshold`
                                   says it */
    const char *missing;        /* "error" (default) or "drop" */
    double threshold, alpha, max_candidate_missing;
    uint64_t min_rows, replicates;
    const char *rule, *correction;
    bool estimates_only;
    uint64_t find_slices; /* weak ones that nobody named, at most so many; 0: not searched for */
    /* What a first reading of the file found to search: per column its name, "values" or "ranges",
     * and the values or the ranges' ends; what is not searched, each with the reason; the largest
     * loss. */
    struct mlt_texts searched, not_searched;
    double largest_loss;
};

/* A column that is searched for weak slices. */
struct mlt_eval_searched {
    const char *const *value; /* [value_count] as the file spells them; NULL: ranges */
    const double *end;        /* [end_count], ascending: range i holds what is above end[i - 1] and
                                 at most end[i] */
    size_t value_count, end_count;
};

struct mlt_eval_search {
    size_t most; /* 0: no search */
    struct mlt_search_spec spec;
    const struct mlt_eval_searched *columns; /* [spec.column_count] */
    struct mlt_texts not_searched; /* in words: what and why */
};

struct mlt_eval_plan {
    const char *file, *baseline_file, *format, *label, *positive, *weight, *cluster, *query, *id;
    struct mlt_texts scores, baselines, classes;
    bool drop_missing;
    struct mlt_evaluation_spec spec; /* seed and workers are set by whoever runs it */
    struct mlt_texts metrics, requires;
    const struct mlt_sentence *sentences; /* [requires.count] */
    struct mlt_judge_defaults defaults;
    enum mlt_threshold_rule threshold_rule; /* how spec.threshold is, or was, chosen */
    const char *threshold_name;             /* of the rule that was asked for; NULL */
    struct mlt_definitions definitions;     /* parsed by mlt_eval_definitions_parse() */
    struct mlt_eval_search search;
    const char *const *search_columns; /* of the file, that are looked at */
    size_t search_column_count;
};

/* Fills the plan, everything in the arena. Without a task it is told by the metrics; where these
 * fit more than one, `*out_undecided` is set and nothing else: look at the labels and ask again.
 * Faults are MLT_ERR_USAGE and name the nearest right word. */
bool mlt_eval_plan_make(const struct mlt_eval_request *request, struct mlt_arena *arena,
                        struct mlt_eval_plan *out, bool *out_undecided,
                        struct mlt_err *err) MLT_MUST_USE;

/* The one encoding; two plans are the same when their bytes are. */
void mlt_eval_request_encode(const struct mlt_eval_request *request, enum mlt_task task,
                             struct mlt_json_out *out);
/* As text in the arena. */
bool mlt_eval_request_text(const struct mlt_eval_request *request, enum mlt_task task,
                           struct mlt_arena *arena, const char **out,
                           struct mlt_err *err) MLT_MUST_USE;
bool mlt_eval_request_decode(const struct mlt_json *node, struct mlt_arena *arena,
                             struct mlt_eval_request *out, struct mlt_err *err) MLT_MUST_USE;

#endif

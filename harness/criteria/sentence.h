/* Threshold sentences: what a person writes, parsed.
 *
 *   METRIC [by COLUMNS | for COLUMN == VALUE {and COLUMN == VALUE}] CONDITION
 *          [, rule RULE] [, alpha NUMBER]
 *
 *   METRIC     rmse | latency p95 | rss peak | ndcg@10 | pinball@0.9 | …   (one or two words)
 *   COLUMNS    COLUMN {, COLUMN}
 *   CONDITION  (<= | < | >= | >) NUMBER[UNIT]
 *            | within PERCENT [or NUMBER[UNIT]] of REFERENCE
 *            | within NUMBER[UNIT] of REFERENCE
 *            | no worse than REFERENCE
 *            | better than REFERENCE [by (PERCENT | NUMBER[UNIT])]
 *   REFERENCE  production | baseline | control   (of a margin under `anchor:`: anchor, and nothing else)
 *   RULE       non-inferior | not-shown-worse | point | equivalent
 *
 * "within" takes every rule; `equivalent` holds it on both sides and is for "within" only. "better
 * than" has its own rule, superior, for which only `point` can stand. Several columns name crossed
 * slices, as harness/domain/slice.h spells them; in a sentence their order does not matter, and what
 * holds a blank, a comma or a sign stands in quotes.
 *
 * Units: ns us ms s m h; B KiB MiB GiB KB MB GB; /s; %. Numbers are kept in the base unit (s,
 * bytes, 1/s, share): "50ms" is 0.05 s, "0.1%" is 0.001. */
#ifndef MLTEST_CRITERIA_SENTENCE_H
#define MLTEST_CRITERIA_SENTENCE_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/domain/finding.h"
#include "mltest/err.h"

enum mlt_sentence_kind {
    MLT_SENTENCE_ABSOLUTE,
    MLT_SENTENCE_WITHIN,
    MLT_SENTENCE_NO_WORSE,
    MLT_SENTENCE_BETTER,
};

struct mlt_sentence {
    const char *text;   /* as written */
    const char *metric; /* "latency p95" */
    enum mlt_sentence_kind kind;
    bool upper;         /* ABSOLUTE: the metric must stay below (< or <=) */
    bool strict;        /* ABSOLUTE: < or > */
    double limit;       /* ABSOLUTE, in the base unit */
    /* WITHIN: the harm admitted, BETTER: the gain wanted, as a share of the baseline's absolute value
     * and in the metric's unit; 0 when none. */
    double relative, absolute;
    const char *unit;   /* unit class of the numbers: "", "s", "bytes", "1/s", "share" */
    const char *reference;  /* "production", "baseline", "control" or "anchor"; NULL for ABSOLUTE */
    const char *by_column;  /* one finding per value of this slice_column (slice.h); NULL */
    const char *for_column, *for_value; /* one named slice, slice_column and slice_value; NULL */
    enum mlt_rule rule;     /* MLT_RULE_DEFAULT when not said; never SUPERIOR, which is not said */
    double alpha;           /* NaN when not said */
};

/* Parses; strings live in the arena. A fault is MLT_ERR_USAGE, says where in the sentence, what was
 * expected, and the nearest right word. Refused: a margin that is zero, negative or not a number
 * (use "no worse than"), a rule that does not go with the condition, a limit that is not a number, a percentage above 1000 %, alpha outside
 * (0, 0.5), and what no value of the metric could fail or none could meet ("auc within 5 of
 * production", "accuracy >= 95"). */
bool mlt_sentence_parse(const char *text, struct mlt_arena *arena, struct mlt_sentence *out,
                        struct mlt_err *err) MLT_MUST_USE;

/* A margin against a policy's anchor, "rmse within 10% of anchor": nothing else has one. */
bool mlt_sentence_parse_anchored(const char *text, struct mlt_arena *arena,
                                 struct mlt_sentence *out, struct mlt_err *err) MLT_MUST_USE;

#endif

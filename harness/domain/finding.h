/* One judged criterion with all its numbers: what reports show and decisions keep. */
#ifndef MLTEST_DOMAIN_FINDING_H
#define MLTEST_DOMAIN_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/codec/json.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

/* How the interval decides: non-inferior is the default of gates; not-shown-worse that of slices found
 * by column; point is the estimate alone; equivalent holds to a margin on both sides; superior is what
 * "better than" asks for. */
enum mlt_rule {
    MLT_RULE_DEFAULT = 0, /* not said: the policy's default applies */
    MLT_RULE_NON_INFERIOR,
    MLT_RULE_NOT_SHOWN_WORSE,
    MLT_RULE_POINT,
    MLT_RULE_EQUIVALENT,
    MLT_RULE_SUPERIOR,
};

/* "non-inferior", "not-shown-worse", "point", "equivalent", "superior"; "default" when not said. */
const char *mlt_rule_name(enum mlt_rule rule);
bool mlt_rule_parse(const char *name, enum mlt_rule *out);

struct mlt_finding {
    const char *criterion; /* the sentence or requirement as written */
    const char *case_id;   /* where it was measured; NULL when it is not about a case */
    const char *metric, *unit;
    const char *slice_column, *slice_value; /* NULL: all rows; see slice.h */
    const char *definition;
    const char *method;    /* how lo and hi were found ("Tango", "t (time blocks)"); NULL: no interval */
    enum mlt_verdict verdict;
    const char *reason;    /* plain words, one sentence, with the numbers that decided */
    enum mlt_rule rule;
    bool is_comparison;    /* against a baseline; else against a constant */
    bool lower_is_better;
    double candidate, baseline; /* NaN when there is none */
    /* How much worse than the reference, in the metric's unit (or d for a relative margin). EQUIVALENT:
     * how far apart, in whichever direction the estimates lie. */
    double harm;
    double lo, hi;         /* (1 - 2 alpha) interval of harm; NaN: none */
    double margin;         /* what harm is held against, same unit; 0 for a relative margin on d */
    /* The largest harm the sentence admits at the observed baseline, metric's unit; below 0 where it asks
     * for an improvement. */
    double admitted;
    double alpha;
    double p_pass;         /* p-value of "harm >= margin": small shows a pass */
    double p_fail;         /* p-value of "harm <= margin": small shows a fail */
    double p_adjusted;     /* p_fail after the family's correction; NaN: not adjusted */
    /* p_fail by Benjamini & Hochberg in a family of ten cells or more: told, never judged by; NaN: none. */
    double q_value;
    uint64_t rows, positives, clusters, differing;
    double effective_rows; /* of weighted rows (Kish 1965); NaN: rows have no weights */
    uint64_t rows_needed;  /* for an 80 % chance of a verdict; 0: none, or not applicable */
    double smallest_effect;/* the smallest harm beyond the margin this sample could have shown; NaN */
    double flip;           /* how far harm is from the other verdict: signed, metric's unit; NaN */
};

struct mlt_finding mlt_finding_none(void);
void mlt_finding_encode(const struct mlt_finding *f, struct mlt_json_out *out);
bool mlt_finding_decode(const struct mlt_json *node, struct mlt_arena *arena,
                        struct mlt_finding *out, struct mlt_err *err) MLT_MUST_USE;

/* The headline verdict of many findings; no findings is MLT_VERDICT_INVALID: nothing was shown. */
enum mlt_verdict mlt_findings_verdict(const struct mlt_finding *findings, size_t count);
/* Orders findings for people: fail, invalid, inconclusive, pass; within each the worst relative
 * distance to the margin first, whole data before slices, then by name. A stable total order. */
void mlt_findings_sort(struct mlt_finding *findings, size_t count);

#endif

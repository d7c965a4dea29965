#include "harness/domain/finding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/domain/field.h"

static const char *const rule_names[] = {"default", "non-inferior", "not-shown-worse",
                                         "point",   "equivalent",   "superior"};
static const char *const verdict_names[] = {"invalid", "pass", "inconclusive", "fail"};

enum { RULES = 6, VERDICTS = 4 };

const char *mlt_rule_name(enum mlt_rule rule)
{
    return (unsigned)rule < RULES ? rule_names[rule] : "default";
}

bool mlt_rule_parse(const char *name, enum mlt_rule *out)
{
    for (int i = MLT_RULE_NON_INFERIOR; i < RULES; i++) {
        if (name != NULL && strcmp(name, rule_names[i]) == 0) {
            *out = (enum mlt_rule)i;
            return true;
        }
    }
    return false;
}

struct mlt_finding mlt_finding_none(void)
{
    struct mlt_finding f = {0};
    f.verdict = MLT_VERDICT_INVALID;
    f.unit = "";
    f.candidate = f.baseline = f.harm = f.lo = f.hi = f.margin = f.admitted = NAN;
    f.effective_rows = NAN;
    f.alpha = f.p_pass = f.p_fail = f.p_adjusted = f.q_value = f.smallest_effect = f.flip = NAN;
    return f;
}

void mlt_finding_encode(const struct mlt_finding *f, struct mlt_json_out *out)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "criterion", f->criterion);
    mlt_json_out_kstring(out, "verdict", mlt_verdict_name(f->verdict));
    mlt_json_out_kstring(out, "reason", f->reason);
    mlt_json_out_kstring(out, "case", f->case_id);
    mlt_json_out_kstring(out, "metric", f->metric);
    mlt_json_out_kstring(out, "unit", f->unit);
    mlt_json_out_kstring(out, "slice_column", f->slice_column);
    mlt_json_out_kstring(out, "slice_value", f->slice_value);
    mlt_json_out_kstring(out, "definition", f->definition);
    mlt_json_out_kstring(out, "method", f->method);
    mlt_json_out_kstring(out, "rule", mlt_rule_name(f->rule));
    mlt_json_out_kbool(out, "is_comparison", f->is_comparison);
    mlt_json_out_kbool(out, "lower_is_better", f->lower_is_better);
    mlt_json_out_koptional(out, "candidate", f->candidate);
    mlt_json_out_koptional(out, "baseline", f->baseline);
    mlt_json_out_koptional(out, "harm", f->harm);
    mlt_json_out_koptional(out, "lo", f->lo);
    mlt_json_out_koptional(out, "hi", f->hi);
    mlt_json_out_koptional(out, "margin", f->margin);
    mlt_json_out_koptional(out, "admitted", f->admitted);
    mlt_json_out_koptional(out, "alpha", f->alpha);
    mlt_json_out_koptional(out, "p_pass", f->p_pass);
    mlt_json_out_koptional(out, "p_fail", f->p_fail);
    mlt_json_out_koptional(out, "p_adjusted", f->p_adjusted);
    if (!isnan(f->q_value))
        mlt_json_out_knumber(out, "q_value", f->q_value);
    mlt_json_out_kint(out, "rows", (int64_t)f->rows);
    mlt_json_out_kint(out, "positives", (int64_t)f->positives);
    mlt_json_out_kint(out, "clusters", (int64_t)f->clusters);
    mlt_json_out_kint(out, "differing", (int64_t)f->differing);
    mlt_json_out_koptional(out, "effective_rows", f->effective_rows);
    mlt_json_out_kint(out, "rows_needed", (int64_t)f->rows_needed);
    mlt_json_out_koptional(out, "smallest_effect", f->smallest_effect);
    mlt_json_out_koptional(out, "flip", f->flip);
    mlt_json_out_object_end(out);
}

static void decode_numbers(struct mlt_field_reader *in, struct mlt_finding *f)
{
    f->candidate = mlt_field_number(in, "candidate");
    f->baseline = mlt_field_number(in, "baseline");
    f->harm = mlt_field_number(in, "harm");
    f->lo = mlt_field_number(in, "lo");
    f->hi = mlt_field_number(in, "hi");
    f->margin = mlt_field_number(in, "margin");
    f->admitted = mlt_field_number(in, "admitted");
    f->alpha = mlt_field_number(in, "alpha");
    f->p_pass = mlt_field_number(in, "p_pass");
    f->p_fail = mlt_field_number(in, "p_fail");
    f->p_adjusted = mlt_field_number(in, "p_adjusted");
    if (mlt_field_has(in, "q_value"))
        f->q_value = mlt_field_number(in, "q_value");
    f->rows = mlt_field_count(in, "rows");
    f->positives = mlt_field_count(in, "positives");
    f->clusters = mlt_field_count(in, "clusters");
    f->differing = mlt_field_count(in, "differing");
    if (mlt_field_has(in, "effective_rows"))
        f->effective_rows = mlt_field_number(in, "effective_rows");
    f->rows_needed = mlt_field_count(in, "rows_needed");
    f->smallest_effect = mlt_field_number(in, "smallest_effect");
    f->flip = mlt_field_number(in, "flip");
}

bool mlt_finding_decode(const struct mlt_json *node, struct mlt_arena *arena,
                        struct mlt_finding *out, struct mlt_err *err)
{
    struct mlt_field_reader in = mlt_field_reader(node, "finding", arena, err);
    struct mlt_finding f = mlt_finding_none();
    f.criterion = mlt_field_text(&in, "criterion");
    f.verdict = (enum mlt_verdict)mlt_field_name(&in, "verdict", verdict_names, VERDICTS);
    f.reason = mlt_field_optional_text(&in, "reason");
    f.case_id = mlt_field_optional_text(&in, "case");
    f.metric = mlt_field_optional_text(&in, "metric");
    f.unit = mlt_field_optional_text(&in, "unit");
    f.slice_column = mlt_field_optional_text(&in, "slice_column");
    f.slice_value = mlt_field_optional_text(&in, "slice_value");
    f.definition = mlt_field_optional_text(&in, "definition");
    if (mlt_field_has(&in, "method"))
        f.method = mlt_field_optional_text(&in, "method");
    f.rule = (enum mlt_rule)mlt_field_name(&in, "rule", rule_names, RULES);
    f.is_comparison = mlt_field_bool(&in, "is_comparison");
    f.lower_is_better = mlt_field_bool(&in, "lower_is_better");
    decode_numbers(&in, &f);
    if (!mlt_field_finish(&in))
        return false;
    *out = f;
    return true;
}

enum mlt_verdict mlt_findings_verdict(const struct mlt_finding *findings, size_t count)
{
    if (count == 0)
        return MLT_VERDICT_INVALID;
    enum mlt_verdict worst = findings[0].verdict;
    for (size_t i = 1; i < count; i++)
        worst = mlt_verdict_worst(worst, findings[i].verdict);
    return worst;
}

static int verdict_order(enum mlt_verdict verdict)
{
    switch (verdict) {
    case MLT_VERDICT_FAIL:
        return 0;
    case MLT_VERDICT_INVALID:
        return 1;
    case MLT_VERDICT_INCONCLUSIVE:
        return 2;
    case MLT_VERDICT_PASS:
        break;
    }
    return 3;
}

/* How far beyond what is admitted, as a share of it; what has no such number comes last. */
static double severity(const struct mlt_finding *f)
{
    double distance = f->harm - f->margin;
    double scale = fabs(f->admitted);
    if (!(scale > 0))
        scale = fabs(f->baseline);
    if (!(scale > 0))
        scale = fabs(f->candidate - f->harm); /* an absolute sentence: the limit */
    double share = scale > 0 ? distance / scale : distance;
    return isnan(share) ? -INFINITY : share;
}

static int compare_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

struct ordered {
    struct mlt_finding finding;
    size_t index;
};

static int compare_findings(const void *left, const void *right)
{
    const struct mlt_finding *a = &((const struct ordered *)left)->finding;
    const struct mlt_finding *b = &((const struct ordered *)right)->finding;
    int order = verdict_order(a->verdict) - verdict_order(b->verdict);
    if (order != 0)
        return order;
    double x = severity(a), y = severity(b);
    if (x != y)
        return x > y ? -1 : 1;
    order = (a->slice_column != NULL) - (b->slice_column != NULL);
    const char *const pairs[][2] = {
        {a->metric, b->metric},
        {a->case_id, b->case_id},
        {a->slice_column, b->slice_column},
        {a->slice_value, b->slice_value},
        {a->criterion, b->criterion},
    };
    for (size_t i = 0; order == 0 && i < sizeof pairs / sizeof pairs[0]; i++)
        order = compare_text(pairs[i][0], pairs[i][1]);
    if (order != 0)
        return order;
    size_t i = ((const struct ordered *)left)->index, j = ((const struct ordered *)right)->index;
    return (i > j) - (i < j);
}

/* Without memory for a copy: insertion sort, slower and the same order. */
static void sort_in_place(struct mlt_finding *findings, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j > 0; j--) {
            struct ordered before = {findings[j - 1], 0}, here = {findings[j], 1};
            if (compare_findings(&before, &here) <= 0)
                break;
            findings[j - 1] = here.finding;
            findings[j] = before.finding;
        }
    }
}

void mlt_findings_sort(struct mlt_finding *findings, size_t count)
{
    if (count < 2)
        return;
    struct ordered *order = calloc(count, sizeof *order);
    if (order == NULL) {
        sort_in_place(findings, count);
        return;
    }
    for (size_t i = 0; i < count; i++)
        order[i] = (struct ordered){findings[i], i};
    qsort(order, count, sizeof *order, compare_findings);
    for (size_t i = 0; i < count; i++)
        findings[i] = order[i].finding;
    free(order);
}

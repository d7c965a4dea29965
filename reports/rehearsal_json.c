/* Everything about a rehearsal in one JSON document. */
#include <inttypes.h>
#include <stdio.h>

#include "harness/codec/json.h"
#include "reports/rehearsal.h"

static const char *basis_name(enum mlt_rehearsal_basis basis)
{
    switch (basis) {
    case MLT_REHEARSAL_SUMS:
        return "influence sums";
    case MLT_REHEARSAL_COUNTS:
        return "counts";
    case MLT_REHEARSAL_LAW:
        return "normal law";
    case MLT_REHEARSAL_REPLICATES:
        return "bootstrap replicates";
    case MLT_REHEARSAL_NONE:
        break;
    }
    return "none";
}

static void put_cell(struct mlt_json_out *json, const struct mlt_rehearsal_report *r, size_t cell)
{
    if (cell >= r->rehearsal->cell_count)
        return;
    const struct mlt_rehearsal_cell *at = &r->rehearsal->cells[cell];
    mlt_json_out_kstring(json, "sentence", at->sentence->text);
    mlt_json_out_kstring(json, "case_id", at->m->case_id);
    mlt_json_out_kstring(json, "slice_column", at->m->slice_column);
    mlt_json_out_kstring(json, "slice_value", at->m->slice_value);
}

/* null where it does not exist. */
static void put_rate(struct mlt_json_out *json, const struct mlt_rehearsal_report *r,
                     const char *key, const struct mlt_rate *rate)
{
    mlt_json_out_key(json, key);
    if (rate->n == 0) {
        mlt_json_out_null(json);
        return;
    }
    mlt_json_out_object(json);
    mlt_json_out_kint(json, "count", (int64_t)rate->k);
    mlt_json_out_kint(json, "of", (int64_t)rate->n);
    mlt_json_out_knumber(json, "share", rate->share);
    mlt_json_out_knumber(json, "lo", rate->lo);
    mlt_json_out_knumber(json, "hi", rate->hi);
    put_cell(json, r, rate->cell);
    mlt_json_out_object_end(json);
}

static void put_cells(struct mlt_json_out *json, const struct mlt_rehearsal_report *r,
                      const struct mlt_rehearsal_sentence *s)
{
    mlt_json_out_key(json, "figures");
    mlt_json_out_array(json);
    for (size_t i = s->first; i < s->first + s->count; i++) {
        const struct mlt_rehearsal_cell *at = &r->rehearsal->cells[i];
        mlt_json_out_object(json);
        put_cell(json, r, i);
        mlt_json_out_kstring(json, "basis", basis_name(at->basis));
        mlt_json_out_kint(json, "units", (int64_t)at->n);
        mlt_json_out_koptional(json, "margin", mlt_rehearsal_harm(at, MLT_WORLD_MARGIN));
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
}

static void put_sentences(struct mlt_json_out *json, const struct mlt_rehearsal_report *r)
{
    mlt_json_out_key(json, "sentences");
    mlt_json_out_array(json);
    for (size_t i = 0; i < r->rates->sentence_count; i++) {
        const struct mlt_rehearsal_sentence *s = &r->rates->sentences[i];
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "requirement", r->lines[i].requirement);
        mlt_json_out_kstring(json, "sentence", r->lines[i].sentence);
        mlt_json_out_kstring(json, "case_id", r->lines[i].case_id);
        mlt_json_out_kstring(json, "rule", mlt_rule_name(r->lines[i].rule));
        mlt_json_out_kint(json, "rehearsed", (int64_t)s->rehearsed);
        mlt_json_out_kstring(json, "why", r->lines[i].why);
        put_rate(json, r, "equal_blocked", &s->equal_blocked);
        put_rate(json, r, "equal_fails", &s->equal_fails);
        put_rate(json, r, "half_margin_passes", &s->half_passes);
        put_rate(json, r, "margin_passes", &s->margin_passes);
        put_rate(json, r, "double_margin_passes", &s->double_passes);
        put_cells(json, r, s);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
}

static void put_whole(struct mlt_json_out *json, const struct mlt_rehearsal_report *r)
{
    const struct mlt_rehearsal_rates *all = r->rates;
    mlt_json_out_key(json, "whole");
    mlt_json_out_object(json);
    put_rate(json, r, "equal_passes", &all->equal_passes);
    put_rate(json, r, "equal_fails", &all->equal_fails);
    put_rate(json, r, "half_margin_everywhere_passes", &all->half_passes);
    put_rate(json, r, "margin_passes", &all->margin_passes);
    put_rate(json, r, "firm_margin_passes", &all->firm_passes);
    put_rate(json, r, "double_margin_passes", &all->double_passes);
    put_rate(json, r, "margin_everywhere_passes", &all->margin_everywhere_passes);
    mlt_json_out_object_end(json);
    mlt_json_out_key(json, "not_shown_worse");
    mlt_json_out_object(json);
    mlt_json_out_kint(json, "figures", (int64_t)all->lenient_cells);
    put_rate(json, r, "margin_passes", &all->lenient_passes);
    put_rate(json, r, "double_margin_passes", &all->double_lenient_passes);
    put_rate(json, r, "margin_passes_without", &all->without_lenient);
    put_rate(json, r, "margin_passes_if_non_inferior", &all->strict_passes);
    put_rate(json, r, "equal_passes_if_non_inferior", &all->strict_equal_passes);
    mlt_json_out_object_end(json);
}

static void put_list(struct mlt_json_out *json, const char *key,
                     const struct mlt_rehearsal_green *items, size_t count)
{
    mlt_json_out_key(json, key);
    mlt_json_out_array(json);
    for (size_t i = 0; i < count; i++) {
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "rule", items[i].rule);
        if (items[i].fault != NULL)
            mlt_json_out_kstring(json, "fault", items[i].fault);
        mlt_json_out_kstring(json, "why", items[i].why);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
}

static void put_self_test(struct mlt_json_out *json, const struct mlt_rehearsal_report *r)
{
    mlt_json_out_key(json, "self_test");
    mlt_json_out_object(json);
    mlt_json_out_key(json, "faults");
    mlt_json_out_array(json);
    for (size_t i = 0; i < r->fault_count; i++) {
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "fault", r->faults[i].name);
        mlt_json_out_kint(json, "rules", (int64_t)r->faults[i].rules);
        mlt_json_out_kint(json, "red", (int64_t)r->faults[i].red);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
    put_list(json, "cannot_go_red", r->greens, r->green_count);
    put_list(json, "too_small", r->weak, r->weak_count);
    put_list(json, "not_tested", r->untested, r->untested_count);
    mlt_json_out_object_end(json);
}

static void put_head(struct mlt_json_out *json, const struct mlt_rehearsal_report *r)
{
    char seed[17];
    snprintf(seed, sizeof seed, "%016" PRIx64, r->rehearsal->seed);
    mlt_json_out_kint(json, "mltest_rehearsal", 1);
    mlt_json_out_key(json, "gate");
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "kind", r->gate_kind);
    mlt_json_out_kstring(json, "name", r->gate);
    mlt_json_out_kstring(json, "policy_digest", r->policy_digest);
    mlt_json_out_object_end(json);
    mlt_json_out_kstring(json, "model", r->model);
    mlt_json_out_kstring(json, "version", r->version);
    mlt_json_out_kstring(json, "baseline", r->baseline_version);
    mlt_json_out_kstring(json, "run_id", r->run_id);
    mlt_json_out_kint(json, "rows", (int64_t)r->rows);
    mlt_json_out_kint(json, "replicates", (int64_t)r->rehearsal->replicates);
    mlt_json_out_kstring(json, "seed", seed);
    mlt_json_out_knumber(json, "alpha", r->alpha);
}

bool mlt_rehearsal_report_json(const struct mlt_rehearsal_report *report, struct mlt_buf *out,
                               struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, true);
    mlt_json_out_object(&json);
    put_head(&json, report);
    put_whole(&json, report);
    put_sentences(&json, report);
    mlt_json_out_key(&json, "taken_to_hold");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < report->assumed_count; i++) {
        mlt_json_out_object(&json);
        mlt_json_out_kstring(&json, "requirement", report->assumed[i].requirement);
        mlt_json_out_kstring(&json, "why", report->assumed[i].why);
        mlt_json_out_object_end(&json);
    }
    mlt_json_out_array_end(&json);
    put_self_test(&json, report);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err) && mlt_buf_check(out, err);
}

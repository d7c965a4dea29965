/* Everything about an experiment's analysis in one JSON document. */
#include "harness/codec/json.h"
#include "reports/experiment.h"

static void arms(struct mlt_json_out *json, const struct mlt_experiment_result *r)
{
    mlt_json_out_key(json, "arms");
    mlt_json_out_array(json);
    for (size_t a = 0; a < r->experiment->arms; a++) {
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "name", r->arm[a].name);
        mlt_json_out_kint(json, "units", (int64_t)r->arm[a].units);
        mlt_json_out_kint(json, "events", (int64_t)r->arm[a].events);
        mlt_json_out_knumber(json, "planned_share", r->arm[a].share);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
    mlt_json_out_key(json, "sample_ratio");
    mlt_json_out_object(json);
    mlt_json_out_koptional(json, "chi_squared", r->allocation.statistic);
    mlt_json_out_knumber(json, "df", r->allocation.df);
    mlt_json_out_koptional(json, "p", r->allocation.p);
    mlt_json_out_knumber(json, "alpha", MLT_ALLOCATION_ALPHA);
    mlt_json_out_kbool(json, "mismatch", r->allocation.mismatch);
    mlt_json_out_object_end(json);
}

static void cuped(struct mlt_json_out *json, const struct mlt_experiment_effect *e)
{
    mlt_json_out_key(json, "cuped");
    if (e->metric->covariate == NULL) {
        mlt_json_out_null(json);
        return;
    }
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "covariate", e->metric->covariate);
    mlt_json_out_koptional(json, "theta", e->theta);
    mlt_json_out_koptional(json, "rho_squared", e->rho2);
    mlt_json_out_koptional(json, "variance_reduction", e->saved);
    mlt_json_out_koptional(json, "balance_p", e->balance_p);
    mlt_json_out_koptional(json, "unadjusted_control", e->plain_control);
    mlt_json_out_koptional(json, "unadjusted_treatment", e->plain_treatment);
    mlt_json_out_object_end(json);
}

static void effect(struct mlt_json_out *json, const struct mlt_experiment_result *r,
                   const struct mlt_experiment_effect *e)
{
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "metric", e->metric->name);
    mlt_json_out_kstring(json, "kind", mlt_experiment_kind_name(e->metric->kind));
    mlt_json_out_kstring(json, "better", mlt_direction_name(e->metric->direction));
    mlt_json_out_kstring(json, "treatment_arm", r->arm[e->arm].name);
    mlt_json_out_koptional(json, "control", e->m.baseline);
    mlt_json_out_koptional(json, "treatment", e->m.candidate);
    mlt_json_out_koptional(json, "difference", e->difference);
    mlt_json_out_koptional(json, "lo", e->lo);
    mlt_json_out_koptional(json, "hi", e->hi);
    mlt_json_out_koptional(json, "standard_error", e->se);
    mlt_json_out_koptional(json, "df", e->m.df);
    mlt_json_out_koptional(json, "p", e->p);
    mlt_json_out_koptional(json, "lift", e->lift);
    mlt_json_out_koptional(json, "lift_lo", e->lift_lo);
    mlt_json_out_koptional(json, "lift_hi", e->lift_hi);
    mlt_json_out_koptional(json, "skewness", e->skewness);
    cuped(json, e);
    mlt_json_out_key(json, "warnings");
    mlt_json_out_array(json);
    for (size_t i = 0; i < e->warnings; i++)
        mlt_json_out_string(json, e->warning[i]);
    mlt_json_out_array_end(json);
    mlt_json_out_key(json, "measurement");
    mlt_measurement_encode(&e->m, json);
    mlt_json_out_object_end(json);
}

bool mlt_experiment_report_json(const struct mlt_experiment_report *in, struct mlt_buf *out,
                                struct mlt_err *err)
{
    const struct mlt_experiment_result *r = in->result;
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, true);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "events", r->experiment->events);
    mlt_json_out_kstring(&json, "sha256", r->sha256);
    mlt_json_out_kstring(&json, "unit", r->experiment->unit);
    mlt_json_out_kstring(&json, "variant", r->experiment->variant);
    mlt_json_out_kstring(&json, "verdict", in->judged ? mlt_verdict_name(in->verdict) : NULL);
    mlt_json_out_kstring(&json, "invalid", r->invalid);
    mlt_json_out_knumber(&json, "alpha", r->alpha);
    mlt_json_out_knumber(&json, "interval", 1 - 2 * r->alpha);
    mlt_json_out_kint(&json, "rows", (int64_t)r->rows);
    mlt_json_out_kint(&json, "units", (int64_t)r->units);
    mlt_json_out_kint(&json, "units_in_two_arms", (int64_t)r->mixed);
    mlt_json_out_kint(&json, "missing_as_zero", (int64_t)r->missing);
    arms(&json, r);
    mlt_json_out_key(&json, "effects");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < r->effects; i++)
        effect(&json, r, &r->effect[i]);
    mlt_json_out_array_end(&json);
    mlt_json_out_key(&json, "findings");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < in->finding_count; i++)
        mlt_finding_encode(&in->findings[i], &json);
    mlt_json_out_array_end(&json);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err);
}

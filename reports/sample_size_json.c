/* An experiment's plan in one JSON document. */
#include <math.h>

#include "harness/codec/json.h"
#include "reports/sample_size.h"

static void rows(struct mlt_json_out *json, const struct mlt_sample_report *in)
{
    mlt_json_out_key(json, "plans");
    mlt_json_out_array(json);
    for (size_t i = 0; i < in->rows; i++) {
        const struct mlt_sample_row *r = &in->row[i];
        mlt_json_out_object(json);
        mlt_json_out_koptional(json, "effect", r->effect);
        mlt_json_out_koptional(json, "effect_relative", r->effect / fabs(in->question.baseline));
        mlt_json_out_koptional(json, "margin", r->margin > 0 ? r->margin : NAN);
        mlt_json_out_koptional(json, "units", r->units);
        mlt_json_out_key(json, "units_per_arm");
        mlt_json_out_array(json);
        for (size_t a = 0; a < in->arms && isfinite(r->units); a++)
            mlt_json_out_number(json, ceil(r->units * in->share[a]));
        mlt_json_out_array_end(json);
        mlt_json_out_koptional(json, "days", in->per_day > 0 ? ceil(r->units / in->per_day) : NAN);
        mlt_json_out_koptional(json, "power", r->power);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
}

bool mlt_sample_report_json(const struct mlt_sample_report *in, struct mlt_buf *out,
                            struct mlt_err *err)
{
    const struct mlt_sample_question *q = &in->question;
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, true);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "kind", q->is_share ? "rate" : "mean");
    mlt_json_out_knumber(&json, "baseline", q->baseline);
    mlt_json_out_koptional(&json, "deviation", q->is_share ? NAN : q->deviation);
    mlt_json_out_knumber(&json, "alpha", in->alpha);
    mlt_json_out_kbool(&json, "two_sided", in->two_sided);
    mlt_json_out_kint(&json, "metrics", (int64_t)in->metrics);
    mlt_json_out_knumber(&json, "alpha_of_one_tail", q->alpha);
    mlt_json_out_knumber(&json, "power", q->power);
    mlt_json_out_knumber(&json, "variance_factor", q->factor);
    rows(&json, in);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err);
}

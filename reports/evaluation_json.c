#include <string.h>

#include "harness/codec/json.h"
#include "reports/evaluation.h"
#include "reports/evaluation_search.h"

static void write_data(const struct mlt_evaluation_report *r, struct mlt_json_out *json)
{
    mlt_json_out_key(json, "data");
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "path", r->data);
    mlt_json_out_kstring(json, "sha256", r->sha256);
    if (r->baseline_data != NULL) {
        mlt_json_out_kstring(json, "baseline_path", r->baseline_data);
        mlt_json_out_kstring(json, "baseline_sha256", r->baseline_sha256);
    }
    mlt_json_out_kint(json, "rows", (int64_t)r->rows);
    mlt_json_out_kint(json, "scored", (int64_t)r->counts.paired);
    mlt_json_out_kint(json, "left_out", (int64_t)r->counts.left_out);
    mlt_json_out_kint(json, "candidate_missing", (int64_t)r->counts.candidate_missing);
    mlt_json_out_kint(json, "baseline_missing", (int64_t)r->counts.baseline_missing);
    mlt_json_out_object_end(json);
}

static void write_figure(const struct mlt_evaluation_figure *f, struct mlt_json_out *json)
{
    mlt_json_out_object(json);
    mlt_json_out_koptional(json, "lo", f->lo);
    mlt_json_out_koptional(json, "hi", f->hi);
    mlt_json_out_koptional(json, "worse", f->worse);
    mlt_json_out_koptional(json, "worse_lo", f->worse_lo);
    mlt_json_out_koptional(json, "worse_hi", f->worse_hi);
    mlt_json_out_kstring(json, "method", f->method);
    mlt_json_out_key(json, "measurement");
    mlt_measurement_encode(&f->m, json);
    mlt_json_out_object_end(json);
}

static void write_pooled(const struct mlt_evaluation_report *r, struct mlt_json_out *json)
{
    mlt_json_out_key(json, "pooled");
    mlt_json_out_array(json);
    for (size_t i = 0; i < r->pooled_count; i++) {
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "column", r->pooled[i].column);
        mlt_json_out_kstring(json, "value", r->pooled[i].value);
        mlt_json_out_kint(json, "rows", (int64_t)r->pooled[i].rows);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
}

bool mlt_evaluation_write_json(const struct mlt_evaluation_report *r, struct mlt_buf *out,
                               struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, true);
    mlt_json_out_object(&json);
    mlt_json_out_kint(&json, "mltest_evaluation", 1);
    mlt_json_out_kstring(&json, "verdict", r->is_judged ? mlt_verdict_name(r->verdict) : NULL);
    write_data(r, &json);
    mlt_json_out_kstring(&json, "task", r->task);
    mlt_json_out_kstring(&json, "label", r->label);
    mlt_json_out_kstring(&json, "candidate", r->candidate);
    mlt_json_out_kstring(&json, "baseline", r->baseline);
    mlt_json_out_koptional(&json, "threshold", r->threshold);
    mlt_json_out_knumber(&json, "alpha", r->alpha);
    mlt_json_out_key(&json, "findings");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < r->finding_count; i++)
        mlt_finding_encode(&r->findings[i], &json);
    mlt_json_out_array_end(&json);
    mlt_json_out_key(&json, "figures");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < r->figure_count; i++)
        write_figure(&r->figures[i], &json);
    mlt_json_out_array_end(&json);
    write_pooled(r, &json);
    mlt_evaluation_search_json(r, &json);
    mlt_json_out_key(&json, "request");
    mlt_json_out_raw(&json, r->request_json, strlen(r->request_json));
    mlt_json_out_object_end(&json);
    if (!mlt_json_out_finish(&json, err))
        return false;
    mlt_buf_putc(out, '\n');
    return mlt_buf_check(out, err);
}

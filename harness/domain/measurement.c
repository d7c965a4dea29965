#include "harness/domain/measurement.h"

#include <math.h>

#include "harness/domain/field.h"

static const char *const direction_names[] = {"none", "lower", "higher"};
static const char *const method_names[] = {"none", "influence", "clopper-pearson", "blocks"};

enum { DIRECTIONS = 3, METHODS = 4 };

struct mlt_measurement mlt_measurement_none(void)
{
    struct mlt_measurement m = {0};
    m.unit = "";
    m.candidate = m.baseline = NAN;
    m.var_candidate = m.var_baseline = m.covariance = m.df = NAN;
    return m;
}

const char *mlt_direction_name(enum mlt_direction direction)
{
    return (unsigned)direction < DIRECTIONS ? direction_names[direction] : "none";
}

const char *mlt_interval_method_name(enum mlt_interval_method method)
{
    return (unsigned)method < METHODS ? method_names[method] : "none";
}

void mlt_measurement_encode(const struct mlt_measurement *m, struct mlt_json_out *out)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "case", m->case_id);
    mlt_json_out_kstring(out, "metric", m->metric);
    mlt_json_out_kstring(out, "unit", m->unit);
    mlt_json_out_kstring(out, "slice_column", m->slice_column);
    mlt_json_out_kstring(out, "slice_value", m->slice_value);
    mlt_json_out_kstring(out, "definition", m->definition);
    mlt_json_out_kstring(out, "undefined", m->undefined);
    mlt_json_out_kstring(out, "direction", mlt_direction_name(m->direction));
    mlt_json_out_kstring(out, "method", mlt_interval_method_name(m->method));
    mlt_json_out_koptional(out, "candidate", m->candidate);
    mlt_json_out_koptional(out, "baseline", m->baseline);
    mlt_json_out_koptional(out, "var_candidate", m->var_candidate);
    mlt_json_out_koptional(out, "var_baseline", m->var_baseline);
    mlt_json_out_koptional(out, "covariance", m->covariance);
    mlt_json_out_koptional(out, "df", m->df);
    mlt_json_out_kint(out, "rows", (int64_t)m->rows);
    mlt_json_out_kint(out, "positives", (int64_t)m->positives);
    mlt_json_out_kint(out, "clusters", (int64_t)m->clusters);
    mlt_json_out_kint(out, "differing", (int64_t)m->differing);
    mlt_json_out_kint(out, "successes", (int64_t)m->successes);
    mlt_json_out_kint(out, "min_rows", (int64_t)m->min_rows);
    mlt_json_out_kint(out, "min_positives", (int64_t)m->min_positives);
    mlt_json_out_kint(out, "min_clusters", (int64_t)m->min_clusters);
    mlt_json_out_kint(out, "excluded", (int64_t)m->excluded);
    mlt_json_out_kint(out, "candidate_missing", (int64_t)m->candidate_missing);
    mlt_json_out_object_end(out);
}

bool mlt_measurement_decode(const struct mlt_json *node, struct mlt_arena *arena,
                            struct mlt_measurement *out, struct mlt_err *err)
{
    struct mlt_field_reader in = mlt_field_reader(node, "measurement", arena, err);
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = mlt_field_optional_text(&in, "case");
    m.metric = mlt_field_text(&in, "metric");
    m.unit = mlt_field_text(&in, "unit");
    m.slice_column = mlt_field_optional_text(&in, "slice_column");
    m.slice_value = mlt_field_optional_text(&in, "slice_value");
    m.definition = mlt_field_optional_text(&in, "definition");
    m.undefined = mlt_field_optional_text(&in, "undefined");
    m.direction = (enum mlt_direction)mlt_field_name(&in, "direction", direction_names, DIRECTIONS);
    m.method = (enum mlt_interval_method)mlt_field_name(&in, "method", method_names, METHODS);
    m.candidate = mlt_field_number(&in, "candidate");
    m.baseline = mlt_field_number(&in, "baseline");
    m.var_candidate = mlt_field_number(&in, "var_candidate");
    m.var_baseline = mlt_field_number(&in, "var_baseline");
    m.covariance = mlt_field_number(&in, "covariance");
    m.df = mlt_field_number(&in, "df");
    m.rows = mlt_field_count(&in, "rows");
    m.positives = mlt_field_count(&in, "positives");
    m.clusters = mlt_field_count(&in, "clusters");
    m.differing = mlt_field_count(&in, "differing");
    m.successes = mlt_field_count(&in, "successes");
    m.min_rows = mlt_field_count(&in, "min_rows");
    m.min_positives = mlt_field_count(&in, "min_positives");
    m.min_clusters = mlt_field_count(&in, "min_clusters");
    m.excluded = mlt_field_count(&in, "excluded");
    m.candidate_missing = mlt_field_count(&in, "candidate_missing");
    if (!mlt_field_finish(&in))
        return false;
    *out = m;
    return true;
}

#include "harness/domain/measurement.h"

#include <math.h>

#include "harness/domain/field.h"

static const char *const direction_names[] = {"none", "lower", "higher"};
/* The last one is what "share" was called when it had no paired counts. */
static const char *const method_names[] = {"none",   "influence", "share",          "blocks",
                                           "delong", "bootstrap", "clopper-pearson"};
static const char *const third_names[] = {"third_ccc", "third_ccb", "third_cbb", "third_bbb"};

enum { DIRECTIONS = 3, METHODS = 6 };

struct mlt_measurement mlt_measurement_none(void)
{
    struct mlt_measurement m = {0};
    m.unit = "";
    m.candidate = m.baseline = NAN;
    m.var_candidate = m.var_baseline = m.covariance = m.df = m.effective_rows = NAN;
    m.tail_index = m.tail_share = NAN;
    for (int i = 0; i < MLT_THIRD_MOMENTS; i++)
        m.third[i] = NAN;
    return m;
}

static bool copy_text(const char **text, struct mlt_arena *arena)
{
    if (*text == NULL)
        return true;
    *text = mlt_arena_strdup(arena, *text);
    return *text != NULL;
}

static bool copy_numbers(const double **numbers, size_t count, struct mlt_arena *arena)
{
    if (*numbers == NULL)
        return true;
    *numbers = mlt_arena_memdup(arena, *numbers, count * sizeof **numbers);
    return *numbers != NULL;
}

bool mlt_measurement_copy(const struct mlt_measurement *m, struct mlt_arena *arena,
                          struct mlt_measurement *out, struct mlt_err *err)
{
    struct mlt_measurement copy = *m;
    const char **const texts[] = {&copy.case_id,      &copy.metric,      &copy.unit,
                                  &copy.slice_column, &copy.slice_value, &copy.definition,
                                  &copy.undefined,    &copy.invalid,     &copy.weighting};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!copy_text(texts[i], arena))
            return mlt_err_oom(err);
    if (!copy_numbers(&copy.replicate_candidate, m->replicates, arena) ||
        !copy_numbers(&copy.replicate_baseline, m->replicates, arena))
        return mlt_err_oom(err);
    *out = copy;
    return true;
}

const char *mlt_direction_name(enum mlt_direction direction)
{
    return (unsigned)direction < DIRECTIONS ? direction_names[direction] : "none";
}

const char *mlt_interval_method_name(enum mlt_interval_method method)
{
    return (unsigned)method < METHODS ? method_names[method] : "none";
}

static void encode_replicates(struct mlt_json_out *out, const char *key, const double *values,
                              size_t count)
{
    mlt_json_out_key(out, key);
    mlt_json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i]))
            mlt_json_out_number(out, values[i]);
        else
            mlt_json_out_null(out);
    }
    mlt_json_out_array_end(out);
}

/* What most measurements do not have. */
static void encode_extras(const struct mlt_measurement *m, struct mlt_json_out *out)
{
    if (m->invalid != NULL)
        mlt_json_out_kstring(out, "invalid", m->invalid);
    if (m->min_negatives > 0)
        mlt_json_out_kint(out, "min_negatives", (int64_t)m->min_negatives);
    if (m->min_rarest > 0) {
        mlt_json_out_kint(out, "rarest", (int64_t)m->rarest);
        mlt_json_out_kint(out, "min_rarest", (int64_t)m->min_rarest);
    }
    if (m->method == MLT_INTERVAL_SHARE)
        mlt_json_out_kint(out, "trials", (int64_t)m->trials);
    if (m->has_pairs) {
        mlt_json_out_kint(out, "only_candidate", (int64_t)m->only_candidate);
        mlt_json_out_kint(out, "only_baseline", (int64_t)m->only_baseline);
    }
    for (int i = 0; i < MLT_THIRD_MOMENTS; i++)
        if (!isnan(m->third[i]))
            mlt_json_out_knumber(out, third_names[i], m->third[i]);
    if (m->tail_rows > 0) {
        mlt_json_out_koptional(out, "tail_index", m->tail_index);
        mlt_json_out_koptional(out, "tail_share", m->tail_share);
        mlt_json_out_kint(out, "tail_rows", (int64_t)m->tail_rows);
    }
    if (m->weighting != NULL) {
        mlt_json_out_kstring(out, "weighting", m->weighting);
        mlt_json_out_koptional(out, "effective_rows", m->effective_rows);
    }
    if (m->replicates == 0)
        return;
    encode_replicates(out, "replicate_candidate", m->replicate_candidate, m->replicates);
    if (m->replicate_baseline != NULL)
        encode_replicates(out, "replicate_baseline", m->replicate_baseline, m->replicates);
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
    encode_extras(m, out);
    mlt_json_out_object_end(out);
}

static void decode_extras(struct mlt_field_reader *in, struct mlt_measurement *m)
{
    if (mlt_field_has(in, "invalid"))
        m->invalid = mlt_field_text(in, "invalid");
    if (mlt_field_has(in, "min_negatives"))
        m->min_negatives = mlt_field_count(in, "min_negatives");
    if (mlt_field_has(in, "min_rarest")) {
        m->rarest = mlt_field_count(in, "rarest");
        m->min_rarest = mlt_field_count(in, "min_rarest");
    }
    if (m->method == MLT_INTERVAL_SHARE)
        m->trials = mlt_field_has(in, "trials") ? mlt_field_count(in, "trials") : m->rows;
    m->has_pairs = mlt_field_has(in, "only_candidate");
    if (m->has_pairs) {
        m->only_candidate = mlt_field_count(in, "only_candidate");
        m->only_baseline = mlt_field_count(in, "only_baseline");
    }
    for (int i = 0; i < MLT_THIRD_MOMENTS; i++)
        if (mlt_field_has(in, third_names[i]))
            m->third[i] = mlt_field_number(in, third_names[i]);
    if (mlt_field_has(in, "tail_rows")) {
        m->tail_index = mlt_field_number(in, "tail_index");
        m->tail_share = mlt_field_number(in, "tail_share");
        m->tail_rows = mlt_field_count(in, "tail_rows");
    }
    if (mlt_field_has(in, "weighting")) {
        m->weighting = mlt_field_text(in, "weighting");
        m->effective_rows = mlt_field_number(in, "effective_rows");
    }
    if (!mlt_field_has(in, "replicate_candidate"))
        return;
    size_t other = 0;
    m->replicate_candidate =
        mlt_field_numbers(in, "replicate_candidate", MLT_MAX_REPLICATES, &m->replicates);
    if (!mlt_field_has(in, "replicate_baseline"))
        return;
    m->replicate_baseline = mlt_field_numbers(in, "replicate_baseline", MLT_MAX_REPLICATES, &other);
    if (other != m->replicates)
        mlt_field_fault(in, "replicate_baseline", "as many numbers as \"replicate_candidate\"");
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
    int method = mlt_field_name(&in, "method", method_names, METHODS + 1);
    m.method = method == METHODS ? MLT_INTERVAL_SHARE : (enum mlt_interval_method)method;
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
    decode_extras(&in, &m);
    if (!mlt_field_finish(&in))
        return false;
    *out = m;
    return true;
}

#include "harness/experiment/analysis.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/experiment/effect.h"
#include "harness/experiment/events.h"

/* Third moments of the influences: a second look at the units, which are in memory anyway. A cube
 * is rounded, always in the same way; their sum is not. */
static void set_third(const struct mlt_events *events, size_t metric, struct mlt_exact *cubes,
                      struct mlt_metric_arms *arms)
{
    double value[MLT_ARM_VALUES];
    bool needed[MLT_EXPERIMENT_MAX_ARMS], any = false;
    for (size_t a = 0; a < arms->arms; a++) {
        cubes[a] = (struct mlt_exact)MLT_EXACT_INIT;
        needed[a] = arms->undefined[a] == NULL && isnan(arms->third[a]);
        any = any || needed[a];
    }
    if (!any)
        return;
    for (size_t u = 0; u < mlt_units_count(events->units); u++) {
        uint32_t a = mlt_units_arm(events->units, u);
        if (mlt_units_mixed(events->units, u) || !needed[a])
            continue;
        mlt_events_values(events, metric, u, value);
        double influence = 0;
        for (int i = 0; i < MLT_ARM_VALUES; i++)
            influence += arms->weight[a][i] * (value[i] - arms->moments[a].mean[i]);
        mlt_exact_add_product(&cubes[a], influence * influence, influence);
    }
    for (size_t a = 0; a < arms->arms; a++) {
        if (!needed[a])
            continue;
        double n = (double)arms->moments[a].units;
        arms->third[a] = mlt_exact_value(&cubes[a]) / n / n / n;
    }
}

static bool analyze_metric(const struct mlt_experiment_result *result,
                           const struct mlt_events *events, size_t metric, const char *case_id,
                           struct mlt_arm_sums *sums, struct mlt_arena *arena,
                           struct mlt_experiment_effect *out, struct mlt_err *err)
{
    const struct mlt_experiment *experiment = result->experiment;
    struct mlt_exact *cubes = calloc(experiment->arms, sizeof *cubes);
    struct mlt_metric_arms arms;
    bool ok = cubes != NULL || mlt_err_oom(err);
    if (ok) {
        mlt_events_add_up(events, metric, sums);
        mlt_metric_arms_of(&experiment->metric[metric], sums, experiment->arms, &arms);
        set_third(events, metric, cubes, &arms);
    }
    for (size_t a = 1; ok && a < experiment->arms; a++)
        ok = mlt_effect_of(result, &arms, a, case_id, arena, &out[a - 1], err);
    free(cubes);
    return ok;
}

static void set_arms(const struct mlt_experiment *experiment, const struct mlt_events *events,
                     struct mlt_experiment_result *out)
{
    uint64_t units[MLT_EXPERIMENT_MAX_ARMS] = {0};
    for (size_t u = 0; u < mlt_units_count(events->units); u++)
        if (!mlt_units_mixed(events->units, u))
            units[mlt_units_arm(events->units, u)]++;
    for (size_t a = 0; a < experiment->arms; a++) {
        out->arm[a] = (struct mlt_experiment_arm){
            experiment->arm[a], units[a], events->arm_events[a],
            mlt_allocation_share(experiment->allocation, experiment->arms, a)};
        out->units += units[a];
    }
    memcpy(out->sha256, events->sha256, sizeof out->sha256);
    out->rows = events->rows;
    out->mixed = mlt_units_mix(events->units).count;
    out->missing = events->missing;
    out->allocation = mlt_allocation_check(units, experiment->allocation, experiment->arms);
}

/* An arm without units, and shares that were not planned, spoil every comparison. */
static bool set_invalid(struct mlt_experiment_result *out, struct mlt_arena *arena,
                        struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    size_t arms = out->experiment->arms;
    for (size_t a = 0; a < arms && text.len == 0; a++)
        if (out->arm[a].units == 0)
            mlt_buf_printf(&text, "arm \"%.80s\" has no units", out->arm[a].name);
    if (text.len == 0 && out->allocation.mismatch) {
        mlt_buf_puts(&text, "sample ratio mismatch: ");
        for (size_t a = 0; a < arms; a++)
            mlt_buf_printf(&text, "%s%.40s %" PRIu64 " units (%.4g %%, planned %.4g %%)",
                           a == 0 ? "" : ", ", out->arm[a].name, out->arm[a].units,
                           100 * (double)out->arm[a].units / (double)out->units,
                           100 * out->arm[a].share);
        mlt_buf_printf(&text, ", p = %.2g", out->allocation.p);
    }
    if (text.len > 0)
        out->invalid = mlt_arena_strndup(arena, text.data, text.len);
    bool ok =
        mlt_buf_check(&text, err) && (text.len == 0 || out->invalid != NULL || mlt_err_oom(err));
    mlt_buf_free(&text);
    return ok;
}

static bool analyze(const struct mlt_experiment *experiment, const struct mlt_events *events,
                    const char *case_id, struct mlt_arena *arena, struct mlt_experiment_result *out,
                    struct mlt_err *err)
{
    size_t treatments = experiment->arms - 1;
    set_arms(experiment, events, out);
    out->effects = experiment->metrics * treatments;
    out->effect = mlt_arena_calloc(arena, out->effects, sizeof *out->effect);
    if (out->effect == NULL)
        return mlt_err_oom(err);
    if (!set_invalid(out, arena, err))
        return false;
    for (size_t i = 0; i < experiment->metrics; i++) {
        struct mlt_arm_sums *sums = calloc(experiment->arms, sizeof *sums);
        bool ok = sums != NULL ? analyze_metric(out, events, i, case_id, sums, arena,
                                                &out->effect[i * treatments], err)
                               : mlt_err_oom(err);
        free(sums);
        if (!ok)
            return false;
    }
    return true;
}

bool mlt_experiment_analyze(const struct mlt_experiment *experiment, const char *case_id,
                            double alpha, struct mlt_arena *arena,
                            struct mlt_experiment_result *out, struct mlt_err *err)
{
    struct mlt_experiment_result result = {.experiment = experiment, .alpha = alpha};
    struct mlt_events events;
    if (!(alpha > 0 && alpha < 0.5))
        return mlt_err_set(err, MLT_ERR_USAGE, "alpha must be between 0 and 0.5");
    if (!mlt_experiment_check(experiment, err) || !mlt_events_read(experiment, &events, err))
        return false;
    bool ok = analyze(experiment, &events, case_id, arena, &result, err);
    mlt_events_free(&events);
    if (ok)
        *out = result;
    return ok;
}

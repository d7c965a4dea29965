#include "flows/ab.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/criteria/judge.h"
#include "harness/experiment/requirements.h"
#include "reports/experiment.h"

static const char case_id[] = "ab/analyze";

static bool declare(const struct mlt_ab_request *request, struct mlt_arena *arena,
                    struct mlt_experiment *out, struct mlt_err *err)
{
    struct mlt_experiment e = {.events = request->events,
                               .unit = request->unit,
                               .variant = request->variant,
                               .arms = request->treatments + 1,
                               .metrics = request->metrics,
                               .exclude_mixed = request->exclude_mixed,
                               .missing_is_zero = request->missing_is_zero};
    const char **arm = mlt_arena_calloc(arena, e.arms, sizeof *arm);
    struct mlt_experiment_metric *metric = mlt_arena_calloc(arena, e.metrics, sizeof *metric);
    if (arm == NULL || metric == NULL)
        return mlt_err_oom(err);
    arm[0] = request->control;
    for (size_t i = 0; i < request->treatments; i++)
        arm[i + 1] = request->treatment[i];
    for (size_t i = 0; i < e.metrics; i++)
        if (!mlt_experiment_metric_parse(request->metric[i], arena, &metric[i], err))
            return false;
    e.arm = arm;
    e.metric = metric;
    if (!mlt_experiment_check(&e, err))
        return false;
    if (request->allocation != NULL &&
        !mlt_experiment_allocation_parse(request->allocation, e.arms, arena, &e.allocation, err))
        return false;
    *out = e;
    return true;
}

static bool judge(const struct mlt_experiment_result *result, const char *const *sentence,
                  size_t count, struct mlt_arena *arena, struct mlt_findings *out,
                  struct mlt_err *err)
{
    struct mlt_judge_defaults defaults = {.alpha = result->alpha};
    struct mlt_measurement *m = mlt_arena_calloc(arena, result->effects, sizeof *m);
    if (m == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < result->effects; i++)
        m[i] = result->effect[i].m;
    for (size_t i = 0; i < count; i++) {
        struct mlt_sentence parsed;
        if (!mlt_sentence_parse(sentence[i], arena, &parsed, err) ||
            !mlt_judge_sentence(&parsed, case_id, m, result->effects, &defaults, arena, out, err))
            return false;
    }
    if (!mlt_judge_adjust(out, MLT_CORRECTION_HOLM, arena, err))
        return false;
    mlt_findings_sort(out->items, out->count);
    return true;
}

static bool known_format(const char *format, struct mlt_err *err)
{
    static const char *const formats[] = {"console", "json", NULL};
    if (format == NULL || strcmp(format, formats[0]) == 0 || strcmp(format, formats[1]) == 0)
        return true;
    const char *near = mlt_str_nearest(format, formats);
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "ab knows the formats console and json, not \"%.40s\"%s%s%s", format,
                       near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

bool mlt_flow_ab_analyze(const struct mlt_ab_request *request, struct mlt_arena *arena,
                         struct mlt_buf *out, int *exit_code, struct mlt_err *err)
{
    struct mlt_experiment experiment;
    struct mlt_experiment_result result;
    struct mlt_findings findings = {NULL, 0, 0};
    const char *const *sentence = NULL;
    size_t sentences = 0;
    /* Everything that a person may have mistyped comes before the data is read. */
    if (!known_format(request->format, err) || !declare(request, arena, &experiment, err) ||
        !mlt_experiment_requirements(&experiment, request->require, request->requires, arena,
                                     &sentence, &sentences, err) ||
        !mlt_experiment_analyze(&experiment, case_id, request->alpha, arena, &result, err) ||
        !judge(&result, sentence, sentences, arena, &findings, err))
        return false;
    struct mlt_experiment_report report = {.result = &result,
                                           .findings = findings.items,
                                           .finding_count = findings.count,
                                           .judged = request->requires > 0,
                                           .color = request->color,
                                           .width = request->width};
    report.verdict = mlt_findings_verdict(findings.items, findings.count);
    *exit_code = report.judged            ? mlt_verdict_exit_code(report.verdict)
                 : result.invalid != NULL ? mlt_verdict_exit_code(MLT_VERDICT_INVALID)
                                          : 0;
    bool json = request->format != NULL && strcmp(request->format, "json") == 0;
    return json ? mlt_experiment_report_json(&report, out, err)
                : mlt_experiment_report_console(&report, out, err);
}

#include <stdlib.h>
#include <string.h>

#include "gates/decide/decide.h"
#include "gates/decide/judging.h"

bool mlt_judging_append(struct mlt_findings *out, const struct mlt_finding *finding,
                        struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_finding *items =
        mlt_arena_grow(arena, out->items, out->count, &out->capacity, sizeof *items);
    if (!items)
        return mlt_err_oom(err);
    out->items = items;
    out->items[out->count++] = *finding;
    return true;
}

bool mlt_judging_plain(struct mlt_findings *out, const char *criterion, const char *case_id,
                         enum mlt_verdict verdict, const char *reason, struct mlt_arena *arena,
                         struct mlt_err *err)
{
    struct mlt_finding finding = mlt_finding_none();
    finding.criterion = criterion;
    finding.case_id = case_id;
    finding.verdict = verdict;
    finding.reason = reason;
    return reason ? mlt_judging_append(out, &finding, arena, err) : mlt_err_oom(err);
}

static bool judge_sentences(const struct mlt_run *run, const struct mlt_run_case *test,
                            const struct mlt_judge_defaults *defaults, struct mlt_arena *arena,
                            struct mlt_findings *out, struct mlt_err *err)
{
    for (size_t i = 0; i < test->plan.require_count; i++) {
        const char *text = test->plan.require[i];
        struct mlt_sentence *sentence = mlt_arena_alloc(arena, sizeof *sentence);
        struct mlt_err parse_err = MLT_ERR_INIT;
        if (!sentence)
            return mlt_err_oom(err);
        /* Checked when it was planned; a file that was changed since is judged by nobody. */
        if (!mlt_sentence_parse(text, arena, sentence, &parse_err)) {
            if (!mlt_judging_plain(out, text, test->plan.id, MLT_VERDICT_INVALID,
                              mlt_arena_strdup(arena, parse_err.text), arena, err))
                return false;
            continue;
        }
        if (!mlt_judge_sentence(sentence, test->plan.id, run->measurements, run->measurement_count,
                                defaults, arena, out, err))
            return false;
    }
    return true;
}

bool mlt_judging_outcome(const struct mlt_run_case *test, struct mlt_arena *arena,
                          struct mlt_findings *out, struct mlt_err *err)
{
    const struct mlt_outcome *outcome = &test->outcome;
    const char *message = outcome->message ? outcome->message : "";
    enum mlt_verdict verdict = MLT_VERDICT_INVALID;
    const char *format = "%s did not run%s%s";
    switch (outcome->state) {
    case MLT_OUTCOME_PASSED:
    case MLT_OUTCOME_SKIPPED:
        return true;
    case MLT_OUTCOME_FAILED:
        verdict = MLT_VERDICT_FAIL;
        format = "%s failed%s%s";
        break;
    case MLT_OUTCOME_BROKEN:
        format = "%s broke and shows nothing%s%s";
        break;
    case MLT_OUTCOME_NOT_RUN:
        break;
    }
    const char *reason =
        mlt_arena_printf(arena, format, test->plan.id, *message ? ": " : "", message);
    return mlt_judging_plain(out, test->plan.id, test->plan.id, verdict, reason, arena, err);
}

static bool judge_case(const struct mlt_run *run, const struct mlt_run_case *test,
                       const struct mlt_judge_defaults *defaults, struct mlt_arena *arena,
                       struct mlt_findings *out, struct mlt_err *err)
{
    const enum mlt_outcome_state state = test->outcome.state;
    if (!mlt_judging_outcome(test, arena, out, err))
        return false;
    /* A case that broke or never ran measured nothing that could be trusted. */
    if (state == MLT_OUTCOME_BROKEN || state == MLT_OUTCOME_NOT_RUN)
        return true;
    return judge_sentences(run, test, defaults, arena, out, err);
}

bool mlt_judging_run(const struct mlt_run *run, const char *suite,
                     const struct mlt_judge_defaults *defaults, struct mlt_arena *arena,
                     struct mlt_findings *out, struct mlt_judging_count *count, struct mlt_err *err)
{
    const size_t before = out->count;
    memset(count, 0, sizeof *count);
    for (size_t i = 0; i < run->case_count; i++) {
        const struct mlt_run_case *test = &run->cases[i];
        if (suite && strcmp(test->plan.suite, suite) != 0)
            continue;
        count->cases++;
        count->passed += test->outcome.state == MLT_OUTCOME_PASSED;
        count->skipped += test->outcome.state == MLT_OUTCOME_SKIPPED;
        if (!judge_case(run, test, defaults, arena, out, err))
            return false;
    }
    const char *fault = NULL;
    if (!run->complete)
        fault = run->interrupted ? mlt_arena_printf(arena, "the run did not reach its end (%s)",
                                                    run->interrupted)
                                 : "the run did not reach its end";
    else if (count->cases == 0)
        fault = suite ? mlt_arena_printf(arena, "the run has no case of suite %s", suite)
                      : "the run has no cases: nothing was tested";
    else if (count->skipped == count->cases)
        fault = "every case was skipped: nothing was tested";
    if (fault &&
        !mlt_judging_plain(out, suite ? suite : "run", NULL, MLT_VERDICT_INVALID, fault, arena, err))
        return false;
    count->findings = out->count - before;
    return true;
}

enum mlt_verdict mlt_judging_verdict(const struct mlt_finding *findings, size_t count,
                                     const struct mlt_judging_count *cases)
{
    enum mlt_verdict verdict = cases->passed > 0 ? MLT_VERDICT_PASS : MLT_VERDICT_INVALID;
    for (size_t i = 0; i < count; i++)
        verdict = mlt_verdict_worst(verdict, findings[i].verdict);
    return verdict;
}

bool mlt_run_judge(const struct mlt_run *run, const char *suite,
                   const struct mlt_judge_defaults *defaults, struct mlt_arena *arena,
                   struct mlt_findings *out, enum mlt_verdict *verdict, struct mlt_err *err)
{
    struct mlt_findings own = {0};
    struct mlt_judging_count count;
    if (!mlt_judging_run(run, suite, defaults, arena, &own, &count, err) ||
        !mlt_judge_adjust(&own, defaults->correction, arena, err))
        return false;
    mlt_findings_sort(own.items, own.count);
    *verdict = mlt_judging_verdict(own.items, own.count, &count);
    for (size_t i = 0; i < own.count; i++)
        if (!mlt_judging_append(out, &own.items[i], arena, err))
            return false;
    return true;
}

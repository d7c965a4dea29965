#include "flows/eval_report.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "flows/eval_read.h"
#include "harness/base/fs.h"
#include "harness/base/siphash.h"
#include "harness/base/str.h"
#include "reports/evaluation.h"

static const char case_id[] = "eval";
enum { MAX_THREADS = 256 };

unsigned mlt_eval_threads(const struct mlt_eval_settings *settings)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = settings->threads > 0 ? settings->threads
                       : online > 0          ? (unsigned)online
                                             : 1;
    return threads > MAX_THREADS ? MAX_THREADS : threads;
}

bool mlt_eval_check_format(const struct mlt_eval_settings *settings, struct mlt_err *err)
{
    if (settings->format == NULL || strcmp(settings->format, "console") == 0 ||
        strcmp(settings->format, "json") == 0)
        return true;
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "there is no format \"%.40s\" for an evaluation; there are console and json",
                       settings->format);
}

bool mlt_eval_choose_seed(struct mlt_eval_plan *plan, const struct mlt_evaluation_set *set,
                          const struct mlt_eval_data *data, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (plan->id != NULL)
        return mlt_evaluation_digest(set->task, &plan->spec.seed, err);
    mlt_buf_printf(&text, "%s\n%s", data->sha256, plan->label);
    for (size_t i = 0; i < plan->scores.count; i++)
        mlt_buf_printf(&text, "\n%s", plan->scores.items[i]);
    for (size_t i = 0; i < plan->baselines.count; i++)
        mlt_buf_printf(&text, "\n%s", plan->baselines.items[i]);
    bool ok = mlt_buf_check(&text, err);
    if (ok)
        plan->spec.seed = mlt_siphash_name(text.data, text.len);
    mlt_buf_free(&text);
    return ok;
}

/* What the evaluation sends, copied into the arena. */
struct collected {
    struct mlt_arena *arena;
    struct mlt_measurement *m;
    size_t count, capacity;
    struct mlt_evaluation_pooled *pooled;
    size_t pooled_count, pooled_capacity;
};

static bool collect(void *context, const struct mlt_measurement *m, struct mlt_err *err)
{
    struct collected *to = context;
    struct mlt_measurement *items =
        mlt_arena_grow(to->arena, to->m, to->count, &to->capacity, sizeof *items);
    if (items == NULL)
        return mlt_err_oom(err);
    to->m = items;
    if (!mlt_measurement_copy(m, to->arena, &items[to->count], err))
        return false;
    items[to->count++].case_id = case_id;
    return true;
}

static bool collect_pooled(void *context, const struct mlt_evaluation_pooled *pooled,
                           struct mlt_err *err)
{
    struct collected *to = context;
    struct mlt_evaluation_pooled *items = mlt_arena_grow(to->arena, to->pooled, to->pooled_count,
                                                         &to->pooled_capacity, sizeof *items);
    if (items == NULL)
        return mlt_err_oom(err);
    to->pooled = items;
    items[to->pooled_count] = *pooled;
    items[to->pooled_count].column = mlt_arena_strdup(to->arena, pooled->column);
    items[to->pooled_count++].value = mlt_arena_strdup(to->arena, pooled->value);
    return true;
}

/* The interval that the judge itself would use, by having it judge a sentence nobody asked for. */
static bool interval_of(const struct mlt_measurement *m, const struct mlt_sentence *sentence,
                        const struct mlt_judge_defaults *defaults, struct mlt_arena *arena,
                        struct mlt_finding *out, struct mlt_err *err)
{
    struct mlt_findings findings = {0};
    struct mlt_measurement alone = *m;
    alone.slice_column = alone.slice_value = NULL;
    alone.candidate_missing = 0;
    if (!mlt_judge_sentence(sentence, case_id, &alone, 1, defaults, arena, &findings, err))
        return false;
    *out = findings.items[0];
    return true;
}

static bool make_figure(const struct mlt_measurement *m, const struct mlt_judge_defaults *defaults,
                        struct mlt_arena *arena, struct mlt_evaluation_figure *out,
                        struct mlt_err *err)
{
    struct mlt_finding found;
    struct mlt_sentence sentence = {.text = "", .metric = m->metric, .unit = "", .alpha = NAN};
    *out = (struct mlt_evaluation_figure){*m, NAN, NAN, NAN, NAN, NAN, NULL};
    sentence.kind = MLT_SENTENCE_ABSOLUTE;
    sentence.upper = true;
    sentence.unit = m->unit;
    sentence.rule = MLT_RULE_NOT_SHOWN_WORSE;
    if (!interval_of(m, &sentence, defaults, arena, &found, err))
        return false;
    out->lo = found.lo;
    out->hi = found.hi;
    out->method = found.method;
    if (isnan(m->baseline) || m->direction == MLT_DIRECTION_NONE)
        return true;
    sentence.kind = MLT_SENTENCE_NO_WORSE;
    sentence.reference = "baseline";
    if (!interval_of(m, &sentence, defaults, arena, &found, err))
        return false;
    out->worse = found.harm;
    out->worse_lo = found.lo;
    out->worse_hi = found.hi;
    out->method = found.method;
    return true;
}

/* Rows that only the candidate dropped fail every sentence about all rows; where there is none, say
 * it by itself: a sentence about one slice must not hide it. */
static bool judge_missing(const struct mlt_eval_plan *plan, const struct mlt_measurement *all,
                          struct mlt_arena *arena, struct mlt_findings *out, struct mlt_err *err)
{
    bool said = all->candidate_missing == 0 || plan->requires.count == 0;
    for (size_t i = 0; i < plan->requires.count; i++)
        said =
            said || (plan->sentences[i].by_column == NULL && plan->sentences[i].for_column == NULL);
    if (said)
        return true;
    struct mlt_finding *items =
        mlt_arena_grow(arena, out->items, out->count, &out->capacity, sizeof *items);
    struct mlt_finding finding = mlt_finding_none();
    finding.criterion = "max-candidate-missing";
    finding.case_id = case_id;
    finding.verdict = MLT_VERDICT_FAIL;
    finding.rows = all->rows;
    finding.reason =
        mlt_arena_printf(arena,
                         "the candidate gave no usable prediction for %llu rows that can be scored "
                         "(%llu were), more than the %g %% of --max-candidate-missing: a model "
                         "must not drop the hard rows",
                         (unsigned long long)all->candidate_missing, (unsigned long long)all->rows,
                         100 * plan->spec.max_candidate_missing);
    if (items == NULL || finding.reason == NULL)
        return mlt_err_oom(err);
    out->items = items;
    out->items[out->count++] = finding;
    return true;
}

static bool judge(const struct mlt_eval_plan *plan, const struct collected *c,
                  struct mlt_arena *arena, struct mlt_findings *out, struct mlt_err *err)
{
    for (size_t i = 0; i < plan->requires.count; i++)
        if (!mlt_judge_sentence(&plan->sentences[i], case_id, c->m, c->count, &plan->defaults,
                                arena, out, err))
            return false;
    if (!judge_missing(plan, &c->m[0], arena, out, err) ||
        !mlt_judge_adjust(out, plan->defaults.correction, arena, err))
        return false;
    mlt_findings_sort(out->items, out->count);
    return true;
}

static const char *join(const struct mlt_texts *texts, struct mlt_arena *arena)
{
    const char *out = texts->count == 0 ? NULL : texts->items[0];
    for (size_t i = 1; out != NULL && i < texts->count; i++)
        out = mlt_arena_printf(arena, "%s, %s", out, texts->items[i]);
    return out;
}

static bool render(const struct mlt_evaluation_report *report,
                   const struct mlt_eval_settings *settings, struct mlt_buf *out,
                   struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    const char *format = settings->format == NULL ? "console" : settings->format;
    bool ok = true;
    if (strcmp(format, "json") == 0)
        ok = mlt_evaluation_write_json(report, &text, err);
    else
        mlt_evaluation_write_console(report, &text);
    ok = ok && mlt_buf_check(&text, err);
    if (ok && settings->output != NULL)
        ok = mlt_fs_write_atomic(settings->output, text.data, text.len, err);
    else if (ok)
        mlt_buf_append(out, text.data, text.len);
    mlt_buf_free(&text);
    return ok;
}

/* Nothing scored is no evidence, whatever was asked. */
static bool check_rows(const struct mlt_evaluation_counts *counts, const char *path,
                       struct mlt_err *err)
{
    if (counts->paired > 0)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s: no row could be scored: %llu lack a label, weight, cluster or query, "
                       "%llu the baseline's prediction, %llu only the candidate's",
                       path, (unsigned long long)counts->left_out,
                       (unsigned long long)counts->baseline_missing,
                       (unsigned long long)counts->candidate_missing);
}

/* With a misspelt --positive every row would be a negative one, and a model that always says no
 * perfect. `all` is the first measurement: of all rows. */
static bool check_positive(const struct mlt_eval_plan *plan, const struct mlt_measurement *all,
                           struct mlt_err *err)
{
    if (plan->spec.task != MLT_TASK_BINARY || plan->positive == NULL || all->rows == 0 ||
        all->positives > 0)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s: none of the %llu scored rows has the label \"%s\" in column \"%s\" "
                       "(--positive)",
                       plan->file, (unsigned long long)all->rows, plan->positive, plan->label);
}

bool mlt_eval_report(const struct mlt_eval_plan *plan, const struct mlt_evaluation_set *set,
                     const struct mlt_eval_data *data, const struct mlt_eval_settings *settings,
                     struct mlt_arena *arena, struct mlt_buf *out, struct mlt_eval_outcome *outcome,
                     struct mlt_err *err)
{
    struct collected c = {.arena = arena};
    const struct mlt_evaluation_sink sink = {&c, collect, collect_pooled};
    struct mlt_findings findings = {0};
    struct mlt_search_result search;
    struct mlt_evaluation_counts counts = mlt_evaluation_counts(set->task);
    if (!check_rows(&counts, data->path, err) || !mlt_evaluation_set_measure(set, &sink, err))
        return false;
    if (!check_positive(plan, &c.m[0], err)) {
        mlt_eval_explain_positive(plan, arena, err);
        return false;
    }
    if (!judge(plan, &c, arena, &findings, err))
        return false;
    struct mlt_evaluation_figure *figures = mlt_arena_calloc(arena, c.count, sizeof *figures);
    if (figures == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < c.count; i++)
        if (!make_figure(&c.m[i], &plan->defaults, arena, &figures[i], err))
            return false;
    if (set->search != NULL && !mlt_search_find(set->search, arena, &search, err))
        return false;
    outcome->is_judged = plan->requires.count > 0;
    outcome->verdict = mlt_findings_verdict(findings.items, findings.count);
    const struct mlt_evaluation_report report = {
        .data = data->path,
        .sha256 = data->sha256,
        .baseline_data = plan->baseline_file,
        .baseline_sha256 = data->baseline_sha256,
        .rows = data->rows,
        .task = mlt_task_name(plan->spec.task),
        .label = plan->label,
        .candidate = join(&plan->scores, arena),
        .baseline = join(&plan->baselines, arena),
        .counts = counts,
        .threshold = plan->spec.task == MLT_TASK_BINARY ? plan->spec.threshold : NAN,
        .threshold_rule = plan->threshold_name,
        .alpha = plan->defaults.alpha > 0 ? plan->defaults.alpha : 0.05,
        .figures = figures,
        .figure_count = c.count,
        .pooled = c.pooled,
        .pooled_count = c.pooled_count,
        .findings = findings.items,
        .finding_count = findings.count,
        .search = set->search != NULL ? &search : NULL,
        .not_searched = plan->search.not_searched.items,
        .not_searched_count = plan->search.not_searched.count,
        .is_judged = outcome->is_judged,
        .verdict = outcome->verdict,
        .request_json = data->request_json,
        .color = settings->color && settings->output == NULL,
        .width = settings->width,
    };
    return render(&report, settings, out, err);
}

#include "flows/rehearse.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "flows/builtins.h"
#include "flows/gate.h"
#include "flows/rehearse_faults.h"
#include "flows/rehearse_rows.h"
#include "gates/decide/decide.h"
#include "harness/base/str.h"
#include "harness/domain/slice.h"
#include "harness/results/results.h"
#include "harness/stats/resample.h"

#include "config.h"

/* What is rehearsed, gathered step by step. */
struct rehearsing {
    const struct mlt_rehearse_request *request;
    struct mlt_arena *arena;
    struct mlt_setting setting;
    bool has_setting;
    const char *path;
    struct mlt_run run;
    struct mlt_config config;
    bool has_config;
    struct mlt_policy policy;
    struct mlt_rehearse_bench bench;
    struct mlt_evidence evidence;
    struct mlt_decision decision; /* on the run as it is */
    struct mlt_rehearsal_cell *cells;
    const char **why; /* [cell_count] */
    bool *lenient;    /* [cell_count] */
    size_t cell_count, cell_capacity;
    struct mlt_rehearsal_line *lines;
    struct mlt_rehearsal_sentence *sentences; /* [line_count] */
    size_t line_count, line_capacity, sentence_capacity;
    struct mlt_rehearsal_assumed *assumed;
    size_t assumed_count, assumed_capacity;
    struct mlt_judge_defaults defaults;
    struct mlt_rehearsal rehearsal;
};

static bool check_request(const struct mlt_rehearse_request *r, struct mlt_err *err)
{
    if (!r->environment == !r->state)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "say which gate to rehearse: --env ENVIRONMENT or --to STATE");
    if (r->format && strcmp(r->format, "console") != 0 && strcmp(r->format, "json") != 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a rehearsal has no format \"%.40s\"; there are console and json",
                           r->format);
    if (r->replicates < 100 || r->replicates > MLT_MAX_REPLICATES)
        return mlt_err_set(err, MLT_ERR_USAGE, "%llu replicates: give 100 to %d",
                           (unsigned long long)r->replicates, MLT_MAX_REPLICATES);
    return true;
}

static bool newest_run(struct rehearsing *x, struct mlt_err *err)
{
    struct mlt_stored_run *runs;
    size_t count = 0;
    const struct mlt_version *v = &x->setting.version;
    if (x->setting.registry &&
        !mlt_registry_runs(x->setting.registry, v->model, v->version, x->arena, &runs, &count, err))
        return false;
    if (count == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "no run of %s@%s is stored, so there are no rows to rehearse on: mltest "
                           "run %s@%s, or give a results file with --results",
                           v->model, v->version, v->model, v->version);
    x->path = runs[0].path;
    return true;
}

static bool open_setting(struct rehearsing *x, const char *ref, struct mlt_err *err)
{
    const struct mlt_setting_request where = {
        .dir = x->request->dir, .registry = x->request->registry, .ref = ref, .read_only = true};
    x->has_setting = true;
    return mlt_setting_open(&where, x->arena, &x->setting, err);
}

/* The run, and the policy that judges it; a results file with --policy needs no registry. */
static bool find_all(struct rehearsing *x, struct mlt_err *err)
{
    const struct mlt_rehearse_request *r = x->request;
    bool advisory;
    x->path = r->results;
    if (!r->results && (!open_setting(x, r->ref, err) || !newest_run(x, err)))
        return false;
    if (!mlt_results_load(x->path, x->arena, &x->run, err))
        return false;
    if (r->results && r->policy)
        return mlt_gate_policy_file(r->policy, x->arena, &x->policy, err);
    if (!x->has_setting) {
        char *ref =
            mlt_arena_printf(x->arena, "%s@%s", x->run.candidate.model, x->run.candidate.version);
        if (!ref)
            return mlt_err_oom(err);
        if (!open_setting(x, r->ref ? r->ref : ref, err))
            return mlt_err_prefix(err, "the policy for %s", x->path);
    }
    return mlt_gate_policy(&x->setting, r->policy, false, x->arena, &x->policy, &advisory, err);
}

static bool read_config(struct rehearsing *x, struct mlt_err *err)
{
    const struct mlt_config_tables *tables = mlt_builtin_config_tables(x->arena);
    struct mlt_err unfit = MLT_ERR_INIT;
    if (!tables)
        return mlt_err_oom(err);
    x->has_config = x->run.config_text &&
                    mlt_config_parse(x->run.config_path ? x->run.config_path : "mltest.yaml",
                                     x->run.config_text, strlen(x->run.config_text), tables,
                                     x->arena, &x->config, &unfit);
    return true;
}

static bool find_gate(struct rehearsing *x, struct mlt_err *err)
{
    const struct mlt_rehearse_request *r = x->request;
    const struct mlt_policy *p = &x->policy;
    const struct mlt_policy_gate *gates = r->environment ? p->environments : p->transitions;
    size_t count = r->environment ? p->environment_count : p->transition_count;
    const char *name = r->environment ? r->environment : r->state;
    static const struct mlt_policy_gate none = {.name = ""};
    x->bench = (struct mlt_rehearse_bench){.policy = p,
                                           .gate = &none,
                                           .gate_kind = r->environment ? "environment" : "state",
                                           .path = x->path,
                                           .run = &x->run};
    for (size_t i = 0; i < count; i++)
        if (strcmp(gates[i].name, name) == 0)
            x->bench.gate = &gates[i];
    if (!mlt_rehearse_evidence(&x->bench, x->arena, &x->evidence, err))
        return false;
    x->evidence.gate = name;
    if (x->evidence.run_count == 0 && x->bench.gate->count > 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s cannot be rehearsed on: %s", x->path,
                           x->evidence.rejected_count ? x->evidence.rejected[0].why
                                                      : "it counts for no suite");
    return mlt_gate_decide(p, &x->evidence, PACKAGE_VERSION, x->arena, &x->decision, err);
}

static bool same_cell(const struct mlt_finding *f, const char *sentence,
                      const struct mlt_measurement *m)
{
    return mlt_str_eq(f->criterion, sentence) && mlt_str_eq(f->case_id, m->case_id) &&
           mlt_str_eq(f->metric, m->metric) && mlt_str_eq(f->slice_column, m->slice_column) &&
           mlt_str_eq(f->slice_value, m->slice_value);
}

static bool add_cell(struct rehearsing *x, const struct mlt_sentence *sentence,
                     const struct mlt_measurement *m, struct mlt_err *err)
{
    struct mlt_rehearsal_cell *cells =
        mlt_arena_grow(x->arena, x->cells, x->cell_count, &x->cell_capacity, sizeof *cells);
    if (!cells)
        return mlt_err_oom(err);
    x->cells = cells;
    cells[x->cell_count++] = (struct mlt_rehearsal_cell){.sentence = sentence, .m = m};
    return true;
}

static bool add_assumed(struct rehearsing *x, const char *requirement, const char *why,
                        struct mlt_err *err)
{
    struct mlt_rehearsal_assumed *all =
        mlt_arena_grow(x->arena, x->assumed, x->assumed_count, &x->assumed_capacity, sizeof *all);
    if (!all)
        return mlt_err_oom(err);
    x->assumed = all;
    all[x->assumed_count++] = (struct mlt_rehearsal_assumed){requirement, why};
    return true;
}

static bool is_listed(const struct rehearsing *x, const char *sentence, const char *case_id)
{
    for (size_t i = 0; i < x->line_count; i++)
        if (mlt_str_eq(x->lines[i].sentence, sentence) && mlt_str_eq(x->lines[i].case_id, case_id))
            return true;
    return false;
}

/* A sentence of a criterion on the measurements of one case that it judged. */
static bool add_line(struct rehearsing *x, const struct mlt_criterion_result *criterion,
                     const struct mlt_finding *first, struct mlt_err *err)
{
    struct mlt_sentence *sentence = mlt_arena_alloc(x->arena, sizeof *sentence);
    struct mlt_err unfit = MLT_ERR_INIT;
    if (!sentence)
        return mlt_err_oom(err);
    if (!first->metric || is_listed(x, first->criterion, first->case_id) ||
        !mlt_sentence_parse(first->criterion, x->arena, sentence, &unfit))
        return true;
    const size_t begin = x->cell_count;
    for (size_t i = 0; i < x->run.measurement_count; i++)
        for (size_t k = 0; k < criterion->finding_count; k++)
            if (mlt_str_eq(x->run.measurements[i].case_id, first->case_id) &&
                same_cell(&criterion->findings[k], first->criterion, &x->run.measurements[i]) &&
                !add_cell(x, sentence, &x->run.measurements[i], err))
                return false;
    struct mlt_rehearsal_line *lines =
        mlt_arena_grow(x->arena, x->lines, x->line_count, &x->line_capacity, sizeof *lines);
    struct mlt_rehearsal_sentence *sentences = mlt_arena_grow(
        x->arena, x->sentences, x->line_count, &x->sentence_capacity, sizeof *sentences);
    if (!lines || !sentences)
        return mlt_err_oom(err);
    x->lines = lines;
    x->sentences = sentences;
    lines[x->line_count] =
        (struct mlt_rehearsal_line){.requirement = criterion->criterion,
                                    .sentence = first->criterion,
                                    .case_id = first->case_id,
                                    .rule = first->rule,
                                    .why = first->case_id ? NULL : first->reason};
    sentences[x->line_count++] =
        (struct mlt_rehearsal_sentence){.first = begin, .count = x->cell_count - begin};
    return true;
}

/* The sentences of the gate in the order of the policy, those of a suite in that of the run. */
static bool list_sentences(struct rehearsing *x, struct mlt_err *err)
{
    for (size_t i = 0; i < x->decision.criterion_count; i++) {
        const struct mlt_criterion_result *c = &x->decision.criteria[i];
        size_t before = x->line_count;
        bool judged = false;
        for (size_t t = 0; t < x->run.case_count; t++)
            for (size_t s = 0; s < x->run.cases[t].plan.require_count; s++)
                for (size_t k = 0; k < c->finding_count; k++)
                    if (mlt_str_eq(c->findings[k].criterion, x->run.cases[t].plan.require[s]) &&
                        mlt_str_eq(c->findings[k].case_id, x->run.cases[t].plan.id) &&
                        !add_line(x, c, &c->findings[k], err))
                        return false;
        for (size_t k = 0; k < c->finding_count; k++) {
            judged = judged || c->findings[k].metric;
            if (!add_line(x, c, &c->findings[k], err))
                return false;
        }
        if (x->line_count == before && !judged &&
            !add_assumed(x, c->criterion, c->verdict == MLT_VERDICT_PASS ? "it holds" : c->reason,
                         err))
            return false;
    }
    return true;
}

static bool choose_seed(struct rehearsing *x, struct mlt_err *err)
{
    const char **text = mlt_arena_calloc(x->arena, x->run.dataset_count + 2, sizeof *text);
    if (!text)
        return mlt_err_oom(err);
    text[0] = x->run.candidate.artifact_digest;
    text[1] = x->run.has_baseline ? x->run.baseline.artifact_digest : "";
    for (size_t i = 0; i < x->run.dataset_count; i++)
        text[i + 2] = x->run.datasets[i].sha256;
    return mlt_resample_seed(text, x->run.dataset_count + 2, &x->rehearsal.seed, err);
}

/* Which rule judges a cell: that of its finding. */
static void mark_lenient(struct rehearsing *x)
{
    for (size_t i = 0; i < x->line_count; i++)
        for (size_t k = 0; k < x->sentences[i].count; k++)
            x->lenient[x->sentences[i].first + k] = x->lines[i].rule == MLT_RULE_NOT_SHOWN_WORSE;
}

static unsigned count_threads(unsigned asked)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return asked > 0 ? asked : online > 0 ? (unsigned)online : 1;
}

static bool make_units(struct rehearsing *x, struct mlt_err *err)
{
    struct mlt_rehearsal_pool *pools = NULL;
    const struct mlt_rehearse_source source = {
        x->path, &x->run, x->has_config ? &x->config : NULL,
        x->has_setting && strcmp(x->setting.version.digest, x->run.candidate.digest) == 0
            ? &x->setting.version.contract
            : NULL};
    x->why = mlt_arena_calloc(x->arena, x->cell_count, sizeof *x->why);
    x->lenient = mlt_arena_calloc(x->arena, x->cell_count, sizeof *x->lenient);
    if (!x->why || !x->lenient)
        return mlt_err_oom(err);
    if (!mlt_rehearse_units(&source, x->cells, x->why, x->cell_count, x->arena, &pools,
                            &x->rehearsal.pool_count, err))
        return false;
    mark_lenient(x);
    x->defaults = (struct mlt_judge_defaults){
        .rule = x->policy.rule,
        .slice_rule = x->policy.slice_rule,
        .alpha = x->policy.alpha,
        .correction = x->policy.no_correction ? MLT_CORRECTION_NONE : MLT_CORRECTION_HOLM,
    };
    x->rehearsal.pools = pools;
    x->rehearsal.cells = x->cells;
    x->rehearsal.cell_count = x->cell_count;
    x->rehearsal.defaults = &x->defaults;
    x->rehearsal.replicates = (size_t)x->request->replicates;
    x->rehearsal.threads = count_threads(x->request->threads);
    x->rehearsal.interrupted = x->request->interrupted;
    return choose_seed(x, err);
}

/* The reason of the first cell that has one stands for its sentence. */
static void explain_lines(struct rehearsing *x)
{
    for (size_t i = 0; i < x->line_count; i++)
        for (size_t k = 0; k < x->sentences[i].count && !x->lines[i].why; k++)
            x->lines[i].why = x->why[x->sentences[i].first + k];
}

static uint64_t most_rows(const struct rehearsing *x)
{
    uint64_t most = 0;
    for (size_t i = 0; i < x->cell_count; i++)
        if (x->cells[i].basis != MLT_REHEARSAL_NONE && x->cells[i].basis != MLT_REHEARSAL_LAW &&
            x->cells[i].m->rows > most)
            most = x->cells[i].m->rows;
    return most;
}

static bool report(struct rehearsing *x, struct mlt_rehearsal_rates *rates, struct mlt_buf *out,
                   bool *sound, struct mlt_err *err)
{
    const struct mlt_rehearse_request *r = x->request;
    struct mlt_rehearsal_report report = {
        .model = x->run.candidate.model,
        .version = x->run.candidate.version,
        .baseline_version = x->run.has_baseline ? x->run.baseline.version : NULL,
        .gate_kind = x->bench.gate_kind,
        .gate = x->bench.gate->name,
        .policy = x->policy.file,
        .policy_digest = x->policy.digest,
        .run_id = x->run.run_id,
        .rows = most_rows(x),
        .alpha = x->policy.alpha > 0 ? x->policy.alpha : 0.05,
        .rehearsal = &x->rehearsal,
        .lines = x->lines,
        .rates = rates,
        .assumed = x->assumed,
        .assumed_count = x->assumed_count,
        .color = r->color,
        .width = r->width,
    };
    x->bench.cells = x->cells;
    x->bench.cell_count = x->cell_count;
    x->bench.lines = x->lines;
    x->bench.sentences = x->sentences;
    x->bench.line_count = x->line_count;
    if (!mlt_rehearse_faults(&x->bench, x->arena, &report, err))
        return false;
    *sound = report.green_count == 0;
    return mlt_str_eq(r->format, "json") ? mlt_rehearsal_report_json(&report, out, err)
                                         : mlt_rehearsal_report_console(&report, out, err);
}

bool mlt_flow_rehearse(const struct mlt_rehearse_request *request, struct mlt_arena *arena,
                       struct mlt_buf *out, bool *sound, struct mlt_err *err)
{
    struct rehearsing *x = mlt_arena_alloc(arena, sizeof *x);
    struct mlt_rehearsal_outcome outcome;
    if (!x)
        return mlt_err_oom(err);
    x->request = request;
    x->arena = arena;
    bool ok = check_request(request, err) && find_all(x, err) && read_config(x, err) &&
              find_gate(x, err) && list_sentences(x, err) && make_units(x, err) &&
              mlt_rehearsal_run(&x->rehearsal, arena, &outcome, err);
    struct mlt_rehearsal_rates rates = {.sentences = x->sentences, .sentence_count = x->line_count};
    ok = ok && mlt_rehearsal_rate(&x->rehearsal, &outcome, x->lenient, &rates, arena, err);
    if (ok) {
        explain_lines(x);
        ok = report(x, &rates, out, sound, err);
    }
    if (x->has_setting)
        mlt_setting_close(&x->setting);
    return ok;
}

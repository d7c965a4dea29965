#include "flows/rehearse_faults.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "flows/rehearse_good.h"
#include "gates/collect/collect.h"
#include "gates/decide/decide.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/domain/slice.h"

static const char deployed[] = "_deployment_successful";
enum { TRUNCATED_BYTES = 65536 };

/* Evidence while it is being spoilt. */
struct bent {
    const struct mlt_rehearse_bench *bench;
    struct mlt_arena *arena;
    struct mlt_collect_request request;
    struct mlt_evidence evidence;
    struct mlt_run *run; /* what the results file is taken to say */
    const char *file[2];
    char *folder; /* of files that are made for a fault; NULL: none yet */
    size_t cell;  /* of a fault that is put into one cell after the other */
    /* As the file itself gives it, before anything is done to it. */
    struct mlt_evidence collected;
};

/* What a fault concerns. */
enum concern {
    OF_FIGURES,     /* requirements that judge figures */
    OF_SLICES,      /* figures of slices */
    OF_COMPARISONS, /* figures held against a baseline */
    OF_RUNS,        /* requirements that ask for a run */
    OF_FILES,       /* runs and deployments: whatever names the version's files */
    OF_DOCUMENTS,
};

struct fault {
    const char *name;
    enum concern concern;
    bool (*collect)(struct bent *b, struct mlt_err *err); /* before the file is looked at */
    void (*spoil)(struct bent *b);                        /* after it */
    bool by_cell;                                         /* spoils the cell b->cell alone */
};

/* The bench's file as gates/collect sees it. */
static struct mlt_collect_request ask(const struct mlt_rehearse_bench *bench,
                                      const char *const *files)
{
    const struct mlt_run *run = bench->run;
    struct mlt_collect_request out = {
        .subject = run->candidate,
        .has_baseline = run->has_baseline,
        .baseline = run->baseline,
        .policy = bench->policy,
        .gate_kind = bench->gate_kind,
        .gate = bench->gate->name,
        .files = files,
        .file_count = 1,
    };
    if (!run->started_at || !mlt_clock_parse(run->started_at, &out.now_s))
        out.now_s = 0;
    return out;
}

bool mlt_rehearse_evidence(const struct mlt_rehearse_bench *bench, struct mlt_arena *arena,
                           struct mlt_evidence *out, struct mlt_err *err)
{
    const char **files = mlt_arena_calloc(arena, 1, sizeof *files);
    if (!files)
        return mlt_err_oom(err);
    files[0] = bench->path;
    struct mlt_collect_request request = ask(bench, files);
    return mlt_gate_collect(&request, arena, out, err);
}

/* Deployments and documents as the gate would like them. */
static bool add_good_records(struct bent *b, struct mlt_err *err)
{
    struct mlt_evidence *e = &b->evidence;
    const struct mlt_policy_gate *gate = b->bench->gate;
    e->deployments = mlt_arena_calloc(b->arena, gate->count, sizeof *e->deployments);
    if (!e->deployments)
        return mlt_err_oom(err);
    e->deployment_count = 0;
    for (size_t i = 0; i < gate->count; i++) {
        const char *text = gate->requirements[i].text;
        if (gate->requirements[i].kind != MLT_REQUIREMENT_WORD || !mlt_str_ends(text, deployed))
            continue;
        char *name = mlt_arena_strndup(b->arena, text, strlen(text) - strlen(deployed));
        if (!name)
            return mlt_err_oom(err);
        e->deployments[e->deployment_count++] = (struct mlt_evidence_deployment){
            name, b->bench->run->candidate.digest, b->bench->run->candidate.digest};
    }
    e->documents = (struct mlt_evidence_documents){.looked = true};
    memset(e->documents.digest, '0', sizeof e->documents.digest - 1);
    return true;
}

/* Collects, puts the good run in the place of the one that was read, spoils it, decides. */
static bool decide(struct bent *b, const struct fault *fault, struct mlt_decision *out,
                   struct mlt_err *err)
{
    b->file[0] = b->file[1] = b->bench->path;
    b->request = ask(b->bench, b->file);
    b->run = mlt_rehearse_good_run(b->bench, b->arena);
    if (!b->run)
        return mlt_err_oom(err);
    b->evidence = b->collected;
    if (fault && fault->collect &&
        (!fault->collect(b, err) || !mlt_gate_collect(&b->request, b->arena, &b->evidence, err)))
        return false;
    b->evidence.runs = mlt_arena_memdup(b->arena, b->evidence.runs,
                                        b->evidence.run_count * sizeof *b->evidence.runs);
    if (!b->evidence.runs)
        return mlt_err_oom(err);
    if (!add_good_records(b, err))
        return false;
    for (size_t i = 0; i < b->evidence.run_count; i++)
        b->evidence.runs[i].run = b->run;
    if (fault && fault->spoil)
        fault->spoil(b);
    return mlt_gate_decide(b->bench->policy, &b->evidence, PACKAGE_VERSION, b->arena, out, err);
}

static void spoil_nan(struct bent *b)
{
    for (size_t i = 0; i < b->run->measurement_count; i++)
        b->run->measurements[i].candidate = NAN;
}

static void spoil_dropped_rows(struct bent *b)
{
    for (size_t i = 0; i < b->run->measurement_count; i++)
        b->run->measurements[i].candidate_missing = 1;
}

static void drop_measurements(struct bent *b, bool slices_only)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->run->measurement_count; i++)
        if (slices_only && !b->run->measurements[i].slice_column)
            b->run->measurements[kept++] = b->run->measurements[i];
    b->run->measurement_count = kept;
}

static void spoil_slices(struct bent *b)
{
    drop_measurements(b, true);
}

static void spoil_figures(struct bent *b)
{
    drop_measurements(b, false);
}

static void spoil_sign(struct bent *b)
{
    mlt_rehearse_make_worse(b->bench, b->cell, b->run);
}

static void spoil_suite(struct bent *b)
{
    b->run->case_count = 0;
    b->run->measurement_count = 0;
}

static void spoil_skipped(struct bent *b)
{
    for (size_t i = 0; i < b->run->case_count; i++)
        b->run->cases[i].outcome.state = MLT_OUTCOME_SKIPPED;
    b->run->measurement_count = 0;
}

static void spoil_end(struct bent *b)
{
    for (size_t i = 0; i < b->run->case_count; i++)
        b->run->cases[i].outcome.state = MLT_OUTCOME_NOT_RUN;
    b->run->complete = false;
}

/* The run's file again, as one that is not what was recorded. */
static void spoil_recorded(struct bent *b)
{
    struct mlt_evidence *e = &b->evidence;
    struct mlt_evidence_rejected *rejected =
        mlt_arena_calloc(b->arena, e->rejected_count + 1, sizeof *rejected);
    if (!rejected)
        return;
    if (e->rejected_count)
        memcpy(rejected + 1, e->rejected, e->rejected_count * sizeof *rejected);
    rejected[0] = (struct mlt_evidence_rejected){
        .what = b->run->run_id,
        .why = "the file is not what was recorded when the run was stored",
        .tampered = true,
        .run_id = b->run->run_id};
    e->rejected = rejected;
    e->rejected_count++;
}

static void spoil_documents(struct bent *b)
{
    static const char *const faults[] = {"docs/api.md:1: this document is empty"};
    b->evidence.documents.faults = faults;
    b->evidence.documents.fault_count = 1;
}

/* Another digest than that of the files that were tested. */
static void turn_digest(char *digest)
{
    digest[0] = digest[0] == '0' ? '1' : '0';
}

static bool collect_stale_baseline(struct bent *b, struct mlt_err *err)
{
    (void)err;
    b->request.has_baseline = true;
    if (!b->bench->run->has_baseline)
        b->request.baseline = b->request.subject;
    b->request.baseline.version = "another";
    turn_digest(b->request.baseline.digest);
    return true;
}

/* The same file twice, for a candidate that it did not test. */
static bool collect_other_candidate(struct bent *b, struct mlt_err *err)
{
    (void)err;
    b->request.file_count = 2;
    turn_digest(b->request.subject.digest);
    return true;
}

static bool collect_too_old(struct bent *b, struct mlt_err *err)
{
    (void)err;
    b->request.now_s += b->bench->policy->max_age_s + 86400;
    return true;
}

static bool write_beginning(const char *from, const char *to, struct mlt_err *err)
{
    char *bytes = NULL;
    FILE *in = fopen(from, "rbe");
    size_t count = 0;
    bool good = in != NULL && (bytes = malloc(TRUNCATED_BYTES)) != NULL;
    if (good)
        count = fread(bytes, 1, TRUNCATED_BYTES, in);
    if (in)
        fclose(in);
    good = good && mlt_fs_write_atomic(to, bytes, count / 2, err);
    free(bytes);
    return good;
}

static bool collect_truncated(struct bent *b, struct mlt_err *err)
{
    const char *parent = getenv("TMPDIR");
    if (!mlt_fs_temp_dir(parent && *parent ? parent : "/tmp", "mltest-rehearse-", b->arena,
                         &b->folder, err))
        return false;
    char *path = mlt_fs_join(b->arena, b->folder, "truncated.mlt");
    if (!path)
        return mlt_err_oom(err);
    b->file[0] = path;
    return write_beginning(b->bench->path, path, err) ||
           mlt_err_set(err, MLT_ERR_INFRA, "%s: the first half of %s cannot be written", path,
                       b->bench->path);
}

static const struct fault faults[] = {
    {"a prediction is NaN", OF_FIGURES, NULL, spoil_nan, false},
    {"the candidate drops a row", OF_FIGURES, NULL, spoil_dropped_rows, false},
    {"the sign is swapped: ten margins worse", OF_FIGURES, NULL, spoil_sign, true},
    {"the slices are missing", OF_SLICES, NULL, spoil_slices, false},
    {"nothing was measured", OF_FIGURES, NULL, spoil_figures, false},
    {"the suite is empty", OF_RUNS, NULL, spoil_suite, false},
    {"every case is skipped", OF_RUNS, NULL, spoil_skipped, false},
    {"the run did not reach its end", OF_RUNS, NULL, spoil_end, false},
    {"the results file is cut off", OF_RUNS, collect_truncated, NULL, false},
    {"the file is not what was recorded", OF_RUNS, NULL, spoil_recorded, false},
    {"the file, twice, is another candidate's", OF_FILES, collect_other_candidate, NULL, false},
    {"the baseline no longer serves", OF_COMPARISONS, collect_stale_baseline, NULL, false},
    {"the run is older than max_age", OF_RUNS, collect_too_old, NULL, false},
    {"a document is empty", OF_DOCUMENTS, NULL, spoil_documents, false},
};
enum { FAULTS = sizeof faults / sizeof *faults };

static bool asks_for_a_run(const struct mlt_requirement *r)
{
    return r->kind == MLT_REQUIREMENT_SENTENCE || r->kind == MLT_REQUIREMENT_SUITES ||
           (r->kind == MLT_REQUIREMENT_WORD && mlt_str_ends(r->text, "_tests_passed"));
}

static bool judges(const struct mlt_criterion_result *c, enum concern concern)
{
    for (size_t i = 0; i < c->finding_count; i++)
        if (c->findings[i].metric &&
            (concern == OF_FIGURES || (concern == OF_SLICES && c->findings[i].slice_column) ||
             (concern == OF_COMPARISONS && c->findings[i].is_comparison)))
            return true;
    return false;
}

static bool concerns(const struct fault *fault, const struct mlt_requirement *r,
                     const struct mlt_criterion_result *good)
{
    switch (fault->concern) {
    case OF_FIGURES:
    case OF_SLICES:
    case OF_COMPARISONS:
        return judges(good, fault->concern);
    case OF_RUNS:
        return asks_for_a_run(r);
    case OF_FILES:
        return asks_for_a_run(r) ||
               (r->kind == MLT_REQUIREMENT_WORD && mlt_str_ends(r->text, deployed));
    case OF_DOCUMENTS:
        return r->kind == MLT_REQUIREMENT_WORD && mlt_str_eq(r->text, "documentation_complete");
    }
    return false;
}

static bool note(struct mlt_arena *arena, const struct mlt_rehearsal_green **list, size_t *count,
                 size_t *capacity, struct mlt_rehearsal_green item, struct mlt_err *err)
{
    struct mlt_rehearsal_green *items = mlt_arena_grow(
        arena, (struct mlt_rehearsal_green *)(uintptr_t)*list, *count, capacity, sizeof *items);
    if (!items)
        return mlt_err_oom(err);
    items[(*count)++] = item;
    *list = items;
    return true;
}

struct testing {
    struct bent bent;
    struct mlt_decision good;
    struct mlt_rehearsal_report *report;
    size_t green_capacity, untested_capacity, weak_capacity;
};

static bool add_green(struct testing *t, const struct fault *fault, const char *rule,
                      const char *why, struct mlt_err *err)
{
    return note(t->bent.arena, &t->report->greens, &t->report->green_count, &t->green_capacity,
                (struct mlt_rehearsal_green){rule, fault->name, why}, err);
}

/* A fault that is everywhere: each rule that it concerns must be red. */
static bool test_rules(struct testing *t, const struct fault *fault,
                       struct mlt_rehearsal_fault *result, struct mlt_err *err)
{
    struct mlt_decision decision;
    if (!decide(&t->bent, fault, &decision, err))
        return false;
    for (size_t i = 0; i < t->good.criterion_count; i++) {
        const struct mlt_criterion_result *good = &t->good.criteria[i];
        if (good->verdict != MLT_VERDICT_PASS ||
            !concerns(fault, &t->bent.bench->gate->requirements[i], good))
            continue;
        result->rules++;
        result->red += decision.criteria[i].verdict != MLT_VERDICT_PASS;
        if (decision.criteria[i].verdict == MLT_VERDICT_PASS &&
            !add_green(t, fault, good->criterion, decision.criteria[i].reason, err))
            return false;
    }
    return true;
}

/* The finding of a cell in a decision; NULL. */
static const struct mlt_finding *finding_of(const struct mlt_decision *decision,
                                            const struct mlt_rehearsal_cell *cell)
{
    const struct mlt_measurement *m = cell->m;
    for (size_t i = 0; i < decision->criterion_count; i++)
        for (size_t k = 0; k < decision->criteria[i].finding_count; k++) {
            const struct mlt_finding *f = &decision->criteria[i].findings[k];
            if (mlt_str_eq(f->criterion, cell->sentence->text) &&
                mlt_str_eq(f->case_id, m->case_id) && mlt_str_eq(f->metric, m->metric) &&
                mlt_str_eq(f->slice_column, m->slice_column) &&
                mlt_str_eq(f->slice_value, m->slice_value))
                return f;
        }
    return NULL;
}

static const char *rule_of(const struct testing *t, size_t line)
{
    const struct mlt_rehearsal_line *l = &t->bent.bench->lines[line];
    return mlt_str_eq(l->sentence, l->requirement)
               ? l->sentence
               : mlt_arena_printf(t->bent.arena, "%s (%s): %s", l->requirement, l->case_id,
                                  l->sentence);
}

/* A slice that stays green where others of its sentence do not is weak: told, and no error. */
static bool add_weak(struct testing *t, const struct fault *fault, size_t line, size_t cell,
                     struct mlt_err *err)
{
    const struct mlt_measurement *m = t->bent.bench->cells[cell].m;
    struct mlt_buf where = MLT_BUF_INIT;
    mlt_buf_printf(&where, "%s, ", rule_of(t, line));
    mlt_slice_print(&where, m->slice_column, m->slice_value, " == ", " and ");
    const char *rule = mlt_arena_strdup(t->bent.arena, where.data);
    const char *why = mlt_arena_printf(t->bent.arena, "%llu rows are too few to show it",
                                       (unsigned long long)m->rows);
    bool good = mlt_buf_check(&where, err);
    mlt_buf_free(&where);
    if (!good || !rule || !why)
        return good ? mlt_err_oom(err) : false;
    return note(t->bent.arena, &t->report->weak, &t->report->weak_count, &t->weak_capacity,
                (struct mlt_rehearsal_green){rule, fault->name, why}, err);
}

/* A fault that is put into one figure after the other: each sentence must go red for one of its
 * own at least. */
static bool test_sentences(struct testing *t, const struct fault *fault,
                           struct mlt_rehearsal_fault *result, struct mlt_err *err)
{
    const struct mlt_rehearse_bench *bench = t->bent.bench;
    for (size_t i = 0; i < bench->line_count; i++) {
        const struct mlt_rehearsal_sentence *s = &bench->sentences[i];
        size_t tried = 0, red = 0, before = t->report->weak_count;
        const char *why = NULL;
        for (size_t k = s->first; k < s->first + s->count; k++) {
            struct mlt_decision decision;
            const struct mlt_finding *good = finding_of(&t->good, &bench->cells[k]), *f;
            if (!good || good->verdict != MLT_VERDICT_PASS)
                continue;
            t->bent.cell = k;
            if (!decide(&t->bent, fault, &decision, err))
                return false;
            f = finding_of(&decision, &bench->cells[k]);
            tried++;
            red += !f || f->verdict != MLT_VERDICT_PASS;
            why = f ? f->reason : NULL;
            if (f && f->verdict == MLT_VERDICT_PASS && !add_weak(t, fault, i, k, err))
                return false;
        }
        if (tried == 0)
            continue;
        result->rules++;
        result->red += red > 0;
        if (red > 0)
            continue;
        t->report->weak_count = before;
        const char *rule = rule_of(t, i);
        if (!rule || !add_green(t, fault, rule, why, err))
            return rule ? false : mlt_err_oom(err);
    }
    return true;
}

static bool list_untested(struct testing *t, struct mlt_err *err)
{
    for (size_t i = 0; i < t->good.criterion_count; i++) {
        const struct mlt_criterion_result *c = &t->good.criteria[i];
        if (c->verdict != MLT_VERDICT_PASS &&
            !note(t->bent.arena, &t->report->untested, &t->report->untested_count,
                  &t->untested_capacity,
                  (struct mlt_rehearsal_green){c->criterion, NULL, c->reason}, err))
            return false;
    }
    return true;
}

/* A rule of no kind that any fault concerns would pass by silence. */
static bool check_concerned(struct testing *t, struct mlt_err *err)
{
    static const struct fault none = {.name = "no fault that is known concerns it"};
    for (size_t i = 0; i < t->good.criterion_count; i++) {
        bool concerned = t->good.criteria[i].verdict != MLT_VERDICT_PASS;
        for (size_t f = 0; f < FAULTS && !concerned; f++)
            concerned =
                concerns(&faults[f], &t->bent.bench->gate->requirements[i], &t->good.criteria[i]);
        if (!concerned &&
            !note(t->bent.arena, &t->report->untested, &t->report->untested_count,
                  &t->untested_capacity,
                  (struct mlt_rehearsal_green){t->good.criteria[i].criterion, NULL, none.name},
                  err))
            return false;
    }
    return true;
}

static bool inject(struct testing *t, struct mlt_rehearsal_fault *results, struct mlt_err *err)
{
    for (size_t i = 0; i < FAULTS; i++) {
        const struct fault *fault = &faults[i];
        struct mlt_rehearsal_fault result = {.name = fault->name};
        if (fault->collect == collect_too_old && t->bent.bench->policy->max_age_s == 0)
            continue;
        if (fault->by_cell ? !test_sentences(t, fault, &result, err)
                           : !test_rules(t, fault, &result, err))
            return false;
        if (result.rules > 0)
            results[t->report->fault_count++] = result;
    }
    return true;
}

bool mlt_rehearse_faults(const struct mlt_rehearse_bench *bench, struct mlt_arena *arena,
                         struct mlt_rehearsal_report *report, struct mlt_err *err)
{
    struct testing t = {.bent = {.bench = bench, .arena = arena}, .report = report};
    struct mlt_rehearsal_fault *results = mlt_arena_calloc(arena, FAULTS, sizeof *results);
    struct mlt_err ignored = MLT_ERR_INIT;
    if (!results)
        return mlt_err_oom(err);
    report->faults = results;
    bool good = mlt_rehearse_evidence(bench, arena, &t.bent.collected, err) &&
                decide(&t.bent, NULL, &t.good, err) && list_untested(&t, err) &&
                check_concerned(&t, err) && inject(&t, results, err);
    if (t.bent.folder && !mlt_fs_remove_tree(t.bent.folder, &ignored) && good)
        return mlt_err_set(err, MLT_ERR_INFRA, "%s", ignored.text);
    return good;
}

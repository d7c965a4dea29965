#include "flows/eval_plan.h"

#include <math.h>
#include <string.h>

#include "flows/eval_search.h"
#include "harness/base/str.h"
#include "harness/domain/slice.h"
#include "harness/evaluate/evaluation_set.h"
#include "harness/metrics/text.h"

/* The plan while it is made. */
struct making {
    const struct mlt_eval_request *request;
    struct mlt_arena *arena;
    struct mlt_eval_plan *plan;
    struct mlt_err *err;
};

/* A list that grows in the arena, each text once. */
struct list {
    const char **items;
    size_t count, capacity;
};

static bool add_text(struct making *m, struct list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    const char **items =
        mlt_arena_grow(m->arena, list->items, list->count, &list->capacity, sizeof *items);
    if (items == NULL)
        return mlt_err_oom(m->err);
    list->items = items;
    list->items[list->count++] = text;
    return true;
}

/* The tasks that have a metric of this name. */
static unsigned tasks_of(const char *name)
{
    size_t len = strcspn(name, "@");
    unsigned tasks = 0;
    for (size_t i = 0; mlt_metrics[i] != NULL; i++)
        if (strlen(mlt_metrics[i]->name) == len && strncmp(mlt_metrics[i]->name, name, len) == 0)
            tasks |= mlt_metrics[i]->tasks;
    return tasks;
}

static bool parse_sentences(struct making *m)
{
    const struct mlt_texts *texts = &m->request->requires;
    struct mlt_sentence *sentences = mlt_arena_calloc(m->arena, texts->count, sizeof *sentences);
    if (sentences == NULL)
        return mlt_err_oom(m->err);
    for (size_t i = 0; i < texts->count; i++) {
        if (!mlt_sentence_parse(texts->items[i], m->arena, &sentences[i], m->err))
            return mlt_err_prefix(m->err, "--require");
        if (sentences[i].kind != MLT_SENTENCE_ABSOLUTE && m->request->baselines.count == 0)
            return mlt_err_set(m->err, MLT_ERR_USAGE,
                               "--require \"%s\" compares with a baseline: name its column with "
                               "--baseline",
                               texts->items[i]);
    }
    m->plan->sentences = sentences;
    m->plan->requires = *texts;
    return true;
}

static bool read_definitions(struct making *m)
{
    const struct mlt_texts *texts = &m->request->defines;
    return mlt_definitions_read(texts->items, texts->count, m->arena, &m->plan->definitions,
                                m->err) ||
           mlt_err_prefix(m->err, "--define");
}

/* What the metrics asked for, and the columns named, leave of the tasks. */
static bool find_task(struct making *m, bool *undecided)
{
    const struct mlt_eval_request *r = m->request;
    enum mlt_task *task = &m->plan->spec.task;
    *undecided = false;
    if (r->task != NULL) {
        static const char *const names[] = {"regression", "binary", "multiclass",
                                            "ranking",    "text",   NULL};
        if (mlt_task_parse(r->task, task))
            return true;
        const char *nearest = mlt_str_nearest(r->task, names);
        return mlt_err_set(m->err, MLT_ERR_USAGE,
                           "there is no task \"%.40s\"%s%s%s; there are regression, binary, "
                           "multiclass, ranking and text",
                           r->task, nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                           nearest ? "\"?" : "");
    }
    unsigned tasks = MLT_TASK_REGRESSION | MLT_TASK_BINARY | MLT_TASK_MULTICLASS |
                     MLT_TASK_RANKING | MLT_TASK_TEXT;
    for (size_t i = 0; i < r->metrics.count; i++)
        if (tasks_of(r->metrics.items[i]) != 0)
            tasks &= tasks_of(r->metrics.items[i]);
    for (size_t i = 0; i < r->requires.count; i++)
        if (tasks_of(m->plan->sentences[i].metric) != 0)
            tasks &= tasks_of(m->plan->sentences[i].metric);
    /* What the other options speak of. */
    tasks &= r->query != NULL ? (unsigned)MLT_TASK_RANKING : ~(unsigned)MLT_TASK_RANKING;
    if (r->classes.count > 0 || r->scores.count > 1)
        tasks &= MLT_TASK_MULTICLASS;
    else
        tasks &= ~(unsigned)MLT_TASK_MULTICLASS;
    if (r->positive != NULL)
        tasks &= MLT_TASK_BINARY;
    if (tasks == 0)
        return mlt_err_set(m->err, MLT_ERR_USAGE,
                           "the metrics asked for belong to different tasks, or not to the columns "
                           "named: say which with --task regression, binary, multiclass (with "
                           "--classes), ranking (with --query) or text");
    *undecided = (tasks & (tasks - 1)) != 0;
    *task = (enum mlt_task)tasks;
    return true;
}

static bool make_metrics(struct making *m)
{
    const struct mlt_eval_request *r = m->request;
    struct mlt_evaluation_spec *spec = &m->plan->spec;
    struct list names = {0};
    const char *const *usual = mlt_metric_usual(spec->task);
    for (size_t i = 0; i < r->metrics.count; i++)
        if (!add_text(m, &names, r->metrics.items[i]))
            return false;
    for (size_t i = 0; r->metrics.count == 0 && usual[i] != NULL; i++)
        if (!add_text(m, &names, usual[i]))
            return false;
    for (size_t i = 0; i < r->requires.count; i++)
        if (!mlt_definition_find(&m->plan->definitions, m->plan->sentences[i].metric) &&
            !add_text(m, &names, m->plan->sentences[i].metric))
            return false;
    struct mlt_metric *metrics = mlt_arena_calloc(m->arena, names.count, sizeof *metrics);
    if (metrics == NULL)
        return mlt_err_oom(m->err);
    for (size_t i = 0; i < names.count; i++)
        if (!mlt_metric_find(names.items[i], spec->task, m->arena, &metrics[i], m->err))
            return false;
    spec->metrics = metrics;
    spec->metric_count = names.count;
    m->plan->metrics = (struct mlt_texts){names.items, names.count};
    return true;
}

/* Slices, and the columns that they are made of. */
struct slicing {
    struct list columns, names;
    struct mlt_slice_spec *slices;
    size_t count, capacity;
};

static bool add_slice(struct making *m, struct slicing *to, const char *const *part, size_t parts)
{
    struct mlt_slice_spec slice = {.column_count = parts};
    if (parts > MLT_SLICE_MAX_COLUMNS)
        return mlt_err_set(m->err, MLT_ERR_USAGE, "a slice of more than %d columns",
                           (int)MLT_SLICE_MAX_COLUMNS);
    const char *name = mlt_slice_name(part, parts, m->arena);
    if (name == NULL)
        return mlt_err_oom(m->err);
    /* "a*b" and "b*a" are one: measured and judged twice it would count twice among the judged. */
    for (size_t i = 0; i < to->names.count; i++)
        if (mlt_slice_same_columns(to->names.items[i], name))
            return true;
    size_t before = to->names.count;
    if (!add_text(m, &to->names, name))
        return false;
    if (to->names.count == before)
        return true;
    for (size_t i = 0; i < parts; i++) {
        for (size_t k = 0; k < i; k++)
            if (strcmp(part[i], part[k]) == 0)
                return mlt_err_set(m->err, MLT_ERR_USAGE,
                                   "slices by \"%s\": the column \"%s\" is named twice", name,
                                   part[i]);
        if (!add_text(m, &to->columns, part[i]))
            return false;
        for (size_t c = 0; c < to->columns.count; c++)
            if (strcmp(to->columns.items[c], part[i]) == 0)
                slice.column[i] = c;
    }
    if (to->count == MLT_EVALUATION_MAX_SLICES)
        return mlt_err_set(m->err, MLT_ERR_USAGE, "more than %d slices",
                           (int)MLT_EVALUATION_MAX_SLICES);
    struct mlt_slice_spec *slices =
        mlt_arena_grow(m->arena, to->slices, to->count, &to->capacity, sizeof *slices);
    if (slices == NULL)
        return mlt_err_oom(m->err);
    to->slices = slices;
    to->slices[to->count++] = slice;
    return true;
}

/* "country" or "country*platform". */
static bool add_asked_slice(struct making *m, struct slicing *to, const char *text)
{
    size_t parts;
    const char **part = mlt_slice_uncross(text, m->arena, &parts);
    if (part == NULL)
        return mlt_err_set(m->err, MLT_ERR_USAGE, "--slices: a column without a name in \"%s\"",
                           text);
    return add_slice(m, to, part, parts);
}

/* A sentence's columns are spelled as mlt_slice_name() does; a column of that very name is one. */
static bool add_named_slice(struct making *m, struct slicing *to, const char *name)
{
    size_t parts;
    const char **part = mlt_slice_split(name, m->arena, &parts);
    if (part == NULL)
        return mlt_err_set(m->err, MLT_ERR_USAGE, "\"%s\": a quote is not closed", name);
    return add_slice(m, to, part, parts);
}

static bool make_slices(struct making *m)
{
    const struct mlt_eval_request *r = m->request;
    struct mlt_evaluation_spec *spec = &m->plan->spec;
    struct slicing to = {0};
    struct mlt_slice_named *named = mlt_arena_calloc(m->arena, r->requires.count, sizeof *named);
    if (named == NULL)
        return mlt_err_oom(m->err);
    for (size_t i = 0; i < r->slices.count; i++)
        if (!add_asked_slice(m, &to, r->slices.items[i]))
            return false;
    for (size_t i = 0; i < r->requires.count; i++) {
        const struct mlt_sentence *s = &m->plan->sentences[i];
        const char *column = s->by_column != NULL ? s->by_column : s->for_column;
        if (column != NULL && !add_named_slice(m, &to, column))
            return false;
        if (s->for_column != NULL)
            named[spec->named_count++] = (struct mlt_slice_named){s->for_column, s->for_value};
    }
    spec->columns = to.columns.items;
    spec->column_count = to.columns.count;
    spec->slices = to.slices;
    spec->slice_count = to.count;
    spec->named = named;
    return true;
}

static bool refuse(struct making *m, const char *words)
{
    return mlt_err_set(m->err, MLT_ERR_USAGE, "%s", words);
}

static bool set_width(struct making *m)
{
    const struct mlt_eval_request *r = m->request;
    struct mlt_evaluation_spec *spec = &m->plan->spec;
    spec->width = 1;
    if (spec->task == MLT_TASK_TEXT)
        spec->width = MLT_TEXT_SCORES;
    if (spec->task != MLT_TASK_MULTICLASS) {
        if (r->scores.count > 1 || r->baselines.count > 1)
            return refuse(m,
                          "several score columns are class probabilities: give --task multiclass");
        return true;
    }
    if (r->classes.count < 2)
        return refuse(m, "--task multiclass wants --classes A,B,…: the labels, in the order of the "
                         "score columns");
    if (r->classes.count > MLT_EVAL_MAX_CLASSES)
        return refuse(m, "more than 1,000 classes");
    for (size_t i = 0; i < r->classes.count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(r->classes.items[i], r->classes.items[k]) == 0)
                return mlt_err_set(m->err, MLT_ERR_USAGE, "--classes names \"%s\" twice",
                                   r->classes.items[i]);
    if (r->scores.count != 1 && r->scores.count != r->classes.count)
        return mlt_err_set(
            m->err, MLT_ERR_USAGE,
            "%zu score columns for %zu classes: give one per class, or one that holds "
            "the predicted class (or a JSON list of probabilities)",
            r->scores.count, r->classes.count);
    if (r->baselines.count > 0 && r->baselines.count != r->scores.count)
        return refuse(m, "--baseline wants as many columns as --score");
    spec->width = r->classes.count;
    return true;
}

static bool check_baseline_file(struct making *m)
{
    const struct mlt_eval_request *r = m->request;
    if (r->baseline_file == NULL)
        return true;
    if (r->id == NULL)
        return refuse(m, "--baseline-file wants --id: the column that says which rows belong "
                         "together");
    if (m->plan->spec.task == MLT_TASK_TEXT)
        return refuse(m, "--baseline-file is not for --task text: put both answers into one file");
    if (strcmp(r->baseline_file, r->file) == 0)
        return refuse(m, "--baseline-file names the file itself: the baseline must not be the "
                         "candidate");
    return true;
}

static bool check_columns(struct making *m)
{
    const struct mlt_eval_request *r = m->request;
    if (r->label == NULL)
        return refuse(m, "which column holds the truth? name it with --label");
    if (r->scores.count == 0)
        return refuse(m, "which column holds the candidate's predictions? name it with --score");
    if (r->weights != NULL && r->frequencies != NULL)
        return refuse(m, "--weights (importance) and --frequencies are two things: give one");
    if (m->plan->spec.task == MLT_TASK_RANKING && r->query == NULL)
        return refuse(m, "--task ranking wants --query: the column that says which rows are ranked "
                         "against each other");
    if (m->plan->spec.task != MLT_TASK_RANKING && r->query != NULL)
        return refuse(m,
                      "--query is for --task ranking; rows that belong together are a --cluster");
    for (size_t i = 0; i < r->scores.count; i++) {
        if (strcmp(r->scores.items[i], r->label) == 0)
            return refuse(m, "--score and --label name the same column: nothing would be measured");
        for (size_t k = 0; r->baseline_file == NULL && k < r->baselines.count; k++)
            if (strcmp(r->scores.items[i], r->baselines.items[k]) == 0)
                return mlt_err_set(m->err, MLT_ERR_USAGE,
                                   "--score and --baseline name the same column \"%s\": the "
                                   "baseline must not be the candidate",
                                   r->scores.items[i]);
    }
    for (size_t k = 0; r->baseline_file == NULL && k < r->baselines.count; k++)
        if (strcmp(r->baselines.items[k], r->label) == 0)
            return refuse(m, "--baseline and --label name the same column");
    return check_baseline_file(m);
}

static bool set_threshold(struct making *m)
{
    const struct mlt_eval_request *r = m->request;
    m->plan->spec.threshold = isnan(r->threshold) ? 0.5 : r->threshold;
    m->plan->threshold_name = r->threshold_rule;
    if (r->threshold_rule == NULL)
        return true;
    if (!mlt_threshold_rule_parse(r->threshold_rule, &m->plan->threshold_rule))
        return mlt_err_set(m->err, MLT_ERR_USAGE,
                           "--threshold wants a number, best-f1 or best-j, got \"%.40s\"",
                           r->threshold_rule);
    if (m->plan->spec.task != MLT_TASK_BINARY || r->baselines.count == 0 ||
        r->baseline_file != NULL || strcmp(r->file, "-") == 0)
        return mlt_err_set(m->err, MLT_ERR_USAGE,
                           "--threshold %s is chosen on the baseline of a binary task, in a first "
                           "reading of the file: it wants --baseline, in the same file, and no "
                           "standard input",
                           r->threshold_rule);
    if (!isnan(r->threshold)) /* chosen already, by whoever made this request */
        m->plan->threshold_rule = MLT_THRESHOLD_FIXED;
    return true;
}

static bool set_judge(struct making *m)
{
    const struct mlt_eval_request *r = m->request;
    struct mlt_judge_defaults *d = &m->plan->defaults;
    d->alpha = r->alpha;
    if (!isnan(r->alpha) && !(r->alpha > 0 && r->alpha < 0.5))
        return refuse(m, "--alpha must be between 0 and 0.5");
    if (r->rule != NULL && !mlt_rule_parse(r->rule, &d->rule))
        return refuse(m, "--rule is non-inferior, not-shown-worse, equivalent or point");
    if (r->correction == NULL || strcmp(r->correction, "holm") == 0)
        d->correction = MLT_CORRECTION_HOLM;
    else if (strcmp(r->correction, "none") == 0)
        d->correction = MLT_CORRECTION_NONE;
    else
        return refuse(m, "--correction is holm or none");
    return true;
}

static bool set_rest(struct making *m)
{
    const struct mlt_eval_request *r = m->request;
    struct mlt_eval_plan *plan = m->plan;
    struct mlt_evaluation_spec *spec = &plan->spec;
    plan->file = r->file;
    plan->baseline_file = r->baseline_file;
    plan->format = r->format;
    plan->label = r->label;
    plan->positive = r->positive;
    plan->weight = r->weights != NULL ? r->weights : r->frequencies;
    plan->cluster = r->cluster;
    plan->query = r->query;
    plan->id = r->id;
    plan->scores = r->scores;
    plan->baselines = r->baselines;
    plan->classes = r->classes;
    if (r->missing != NULL && strcmp(r->missing, "drop") != 0 && strcmp(r->missing, "error") != 0)
        return refuse(m, "--missing is error (default) or drop");
    plan->drop_missing = r->missing != NULL && strcmp(r->missing, "drop") == 0;
    spec->has_baseline = r->baselines.count > 0;
    spec->weighting = r->weights != NULL       ? MLT_WEIGHT_IMPORTANCE
                      : r->frequencies != NULL ? MLT_WEIGHT_FREQUENCY
                                               : MLT_WEIGHT_NONE;
    spec->clustered = r->cluster != NULL;
    spec->has_keys = r->id != NULL;
    spec->min_rows = r->min_rows;
    spec->min_rows = mlt_evaluation_set_min_rows(spec, &plan->definitions);
    spec->max_candidate_missing = isnan(r->max_candidate_missing) ? 0 : r->max_candidate_missing;
    spec->estimates_only = r->estimates_only;
    spec->replicates = (size_t)r->replicates;
    return true;
}

bool mlt_eval_plan_make(const struct mlt_eval_request *request, struct mlt_arena *arena,
                        struct mlt_eval_plan *out, bool *out_undecided, struct mlt_err *err)
{
    *out = (struct mlt_eval_plan){0};
    struct making m = {request, arena, out, err};
    if (!parse_sentences(&m) || !read_definitions(&m) || !find_task(&m, out_undecided))
        return false;
    if (*out_undecided)
        return true;
    return check_columns(&m) && set_width(&m) && make_metrics(&m) && make_slices(&m) &&
           set_judge(&m) && set_threshold(&m) && set_rest(&m) &&
           mlt_eval_search_ask(request, arena, out, err) &&
           mlt_eval_search_settle(request, arena, out, err);
}

#include "harness/documents/known.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "harness/base/str.h"

/* Metrics that are known by name even where nobody measured them. */
static const struct {
    const char *name;
    int direction;
} vocabulary[] = {
    {"rmse", -1},  {"mae", -1},        {"mse", -1},        {"mape", -1},  {"smape", -1},
    {"wape", -1},  {"rmsle", -1},      {"logloss", -1},    {"brier", -1}, {"ece", -1},
    {"r2", 1},     {"auc", 1},         {"accuracy", 1},    {"f1", 1},     {"precision", 1},
    {"recall", 1}, {"ndcg", 1},        {"mcc", 1},         {"map", 1},    {"mrr", 1},
    {"prauc", 1},  {"specificity", 1}, {"sensitivity", 1},
};

static const struct {
    const char *other, *name;
} synonyms[] = {
    {"rocauc", "auc"},
    {"aucroc", "auc"},
    {"auroc", "auc"},
    {"rsquared", "r2"},
    {"r2score", "r2"},
    {"f1score", "f1"},
    {"brierscore", "brier"},
    {"acc", "accuracy"},
    {"rootmeansquarederror", "rmse"},
    {"meanabsoluteerror", "mae"},
    {"meansquarederror", "mse"},
    {"averageprecision", "prauc"},
    {"aucpr", "prauc"},
};

/* What says on which data a metric was measured, where the figures do not differ by it. */
static const char *const on_which[] = {"validation", "heldout", "holdout", "evaluation",
                                       "test",       "eval",    "val"};

static const char *const everything[] = {"all",   "all=rows", "overall",  "total", "everything",
                                         "whole", "all=data", "test=set", "(all)", "held-out=rows"};

int mlt_metric_direction(const char *folded)
{
    for (size_t i = 0; i < sizeof vocabulary / sizeof *vocabulary; i++)
        if (strcmp(vocabulary[i].name, folded) == 0)
            return vocabulary[i].direction;
    return 0;
}

bool mlt_fold_name(const char *text, char out[MLT_FOLD_CHARS])
{
    size_t len = 0;
    for (; *text; text++) {
        bool squared = mlt_str_starts(text, "\xc2\xb2");
        if (!isalnum((unsigned char)*text) && !squared)
            continue;
        if (len + 1 >= MLT_FOLD_CHARS)
            return false;
        out[len++] = (char)(squared ? '2' : tolower((unsigned char)*text));
    }
    out[len] = '\0';
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
        if (strcmp(out, synonyms[i].other) == 0)
            strcpy(out, synonyms[i].name);
    return len > 0;
}

bool mlt_fold_slice(const char *text, char out[MLT_FOLD_CHARS])
{
    size_t len = 0;
    bool between = false;
    for (; *text; text++) {
        if (strchr(" \t\n=:`", *text)) {
            between = true;
            continue;
        }
        if (len + 2 >= MLT_FOLD_CHARS)
            return false;
        if (between && len > 0)
            out[len++] = '=';
        between = false;
        out[len++] = (char)tolower((unsigned char)*text);
    }
    out[len] = '\0';
    for (size_t i = 0; i < sizeof everything / sizeof *everything; i++)
        if (strcmp(out, everything[i]) == 0)
            out[0] = '\0';
    return true;
}

/* The key without what says on which data: a part of it, or the key itself. */
static void strip(const char *key, char out[MLT_FOLD_CHARS])
{
    size_t len = strlen(key);
    memmove(out, key, len + 1);
    for (size_t i = 0; i < sizeof on_which / sizeof *on_which; i++) {
        size_t n = strlen(on_which[i]);
        if (len > n && memcmp(key, on_which[i], n) == 0) {
            memmove(out, key + n, len - n + 1);
            return;
        }
        if (len > n && memcmp(key + len - n, on_which[i], n) == 0) {
            out[len - n] = '\0';
            return;
        }
    }
}

struct gathering {
    struct mlt_arena *arena;
    struct mlt_known *out;
    size_t capacity, row_capacity;
    bool oom;
};

static void add(struct gathering *g, const struct mlt_known_figure *figure, const char *slice)
{
    char key[MLT_FOLD_CHARS], bare[MLT_FOLD_CHARS], folded[MLT_FOLD_CHARS];
    if (!isfinite(figure->value))
        return;
    if (!mlt_fold_name(figure->metric, key) || !mlt_fold_slice(slice, folded)) {
        if (figure->required && !g->out->nameless)
            g->out->nameless = figure->metric;
        return;
    }
    strip(key, bare);
    struct mlt_known_figure *figures =
        mlt_arena_grow(g->arena, g->out->figures, g->out->count, &g->capacity, sizeof *figures);
    struct mlt_known_figure kept = *figure;
    kept.key = mlt_arena_strdup(g->arena, key);
    kept.bare = mlt_arena_strdup(g->arena, bare);
    kept.slice = mlt_arena_strdup(g->arena, folded);
    if (!figures || !kept.key || !kept.bare || !kept.slice || !figure->where) {
        g->oom = true;
        return;
    }
    g->out->figures = figures;
    g->out->figures[g->out->count++] = kept;
}

/* `rows` of what the figure was measured on. */
static void add_rows(struct gathering *g, const struct mlt_known_figure *figure, const char *slice,
                     long long rows)
{
    char folded[MLT_FOLD_CHARS];
    if (rows < 0 || !mlt_fold_slice(slice, folded))
        return;
    struct mlt_known_rows *grown =
        mlt_arena_grow(g->arena, g->out->rows, g->out->row_count, &g->row_capacity, sizeof *grown);
    const char *kept = mlt_arena_strdup(g->arena, folded);
    if (!grown || !kept || !figure->where) {
        g->oom = true;
        return;
    }
    g->out->rows = grown;
    g->out->rows[g->out->row_count++] =
        (struct mlt_known_rows){kept, figure->case_id, figure->version, figure->where, rows};
}

static void add_side(struct gathering *g, const struct mlt_document_side *side, bool now)
{
    const struct mlt_metadata *m = side->metadata;
    const char *meta =
        now ? "metadata.json" : mlt_arena_printf(g->arena, "metadata.json of %s", side->version);
    const char *file =
        now ? "metrics.json" : mlt_arena_printf(g->arena, "metrics.json of %s", side->version);
    struct mlt_known_figure f = {
        .version = side->version, .case_id = "", .where = meta, .low = NAN, .high = NAN};
    f.required = now;
    for (size_t i = 0; m && i < m->performance_metric_count; i++) {
        f.metric = m->performance_metrics[i].name;
        f.value = m->performance_metrics[i].value;
        add(g, &f, "");
    }
    if (!side->metrics)
        return;
    f.required = false;
    f.where = file;
    add_rows(g, &f, "", side->metrics->rows);
    for (size_t i = 0; i < side->metrics->count; i++) {
        f.metric = side->metrics->metrics[i].name;
        f.value = side->metrics->metrics[i].value;
        add(g, &f, "");
    }
    for (size_t i = 0; i < side->metrics->slice_count; i++) {
        const struct mlt_metrics_slice *s = &side->metrics->slices[i];
        const char *slice = mlt_arena_printf(g->arena, "%s = %s", s->column, s->value);
        if (!slice) {
            g->oom = true;
            return;
        }
        add_rows(g, &f, slice, s->rows);
        for (size_t k = 0; k < s->count; k++) {
            f.metric = s->metrics[k].name;
            f.value = s->metrics[k].value;
            add(g, &f, slice);
        }
    }
}

static void add_run(struct gathering *g, const struct mlt_document_run *run, const char *version)
{
    const char *where = mlt_arena_printf(g->arena, "run %s", run->run_id);
    for (size_t i = 0; i < run->count; i++) {
        const struct mlt_document_figure *r = &run->figures[i];
        struct mlt_known_figure f = {.metric = r->metric,
                                     .case_id = r->case_id ? r->case_id : "",
                                     .version = version,
                                     .where = where,
                                     .value = r->value,
                                     .low = r->low,
                                     .high = r->high};
        add(g, &f, r->slice);
        add_rows(g, &f, r->slice, r->rows);
        f.version = run->baseline_version;
        f.value = r->baseline;
        f.low = f.high = NAN;
        if (f.version)
            add(g, &f, r->slice);
    }
}

bool mlt_known_gather(const struct mlt_document_facts *facts, struct mlt_arena *arena,
                      struct mlt_known *out, struct mlt_err *err)
{
    struct gathering g = {.arena = arena, .out = out};
    *out = (struct mlt_known){0};
    add_side(&g, &facts->now, true);
    if (facts->before)
        add_side(&g, facts->before, false);
    for (size_t i = 0; i < facts->run_count; i++)
        add_run(&g, &facts->runs[i], facts->now.version);
    return !g.oom || mlt_err_oom(err);
}

static bool find(const struct mlt_known *known, const char *key, struct mlt_metric_name *out)
{
    for (size_t i = 0; i < known->count; i++) {
        if (strcmp(known->figures[i].key, key) == 0 || strcmp(known->figures[i].bare, key) == 0) {
            strcpy(out->key, key);
            return true;
        }
    }
    return false;
}

/* "RMSE (log units)", "Accuracy score" and "test RMSE" are tried without what is around. */
bool mlt_known_metric(const struct mlt_known *known, const char *text, struct mlt_metric_name *out)
{
    char key[MLT_FOLD_CHARS], head[MLT_FOLD_CHARS];
    size_t plain = strcspn(text, "([");
    out->bare = false;
    if (!mlt_fold_name(text, key))
        return false;
    if (find(known, key, out))
        return true;
    if (text[plain] && plain < sizeof head) {
        memcpy(head, text, plain);
        head[plain] = '\0';
        if (!mlt_fold_name(head, key))
            return false;
        if (find(known, key, out))
            return true;
    }
    if (mlt_str_ends(key, "score")) {
        key[strlen(key) - strlen("score")] = '\0';
        if (*key && find(known, key, out))
            return true;
    }
    out->bare = true;
    strip(key, head);
    return strcmp(head, key) != 0 && find(known, head, out);
}

bool mlt_known_means(const struct mlt_metric_name *name, const struct mlt_known_figure *figure)
{
    return strcmp(figure->bare, name->key) == 0 ||
           (!name->bare && strcmp(figure->key, name->key) == 0);
}

bool mlt_known_slice(const struct mlt_known *known, const char *folded)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->figures[i].slice, folded) == 0)
            return true;
    return false;
}

bool mlt_known_slice_column(const struct mlt_known *known, const char *folded)
{
    size_t len = strlen(folded);
    for (size_t i = 0; len > 0 && i < known->count; i++) {
        const char *slice = known->figures[i].slice;
        if (strncmp(slice, folded, len) == 0 && slice[len] == '=')
            return true;
    }
    return false;
}

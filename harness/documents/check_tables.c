/* Tables of figures: what their columns and rows say, and each figure in them. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "harness/base/str.h"
#include "harness/documents/check_part.h"
#include "harness/documents/shown.h"

enum role {
    ROLE_FREE,   /* not looked at: limits, units, notes */
    ROLE_METRIC, /* names of metrics */
    ROLE_SLICE,  /* names of slices */
    ROLE_SLICE_COLUMN,
    ROLE_SLICE_VALUE,
    ROLE_VALUE_OF_COLUMN, /* below the name of a slice's column: "brand" */
    ROLE_VERSION,
    ROLE_CASE,
    ROLE_LABEL, /* the first column, which says nothing of itself */
    ROLE_ROWS,
    ROLE_INTERVAL,
    ROLE_LOW,
    ROLE_HIGH,
    ROLE_CHANGE,
    ROLE_FIGURE,
};

struct column {
    enum role role;
    const char *head;
    bool has_metric; /* the figures below are of this metric */
    struct mlt_metric_name metric;
    const char *version; /* whose they are; NULL: not said */
    bool others;         /* of another version than this one, which is not said */
};

struct table {
    struct mlt_check *c;
    const struct mlt_block *block;
    struct column *columns;
    size_t count;
    bool rows_are_metrics, columns_are_metrics;
    bool says_metric;  /* a heading says that metrics are named below */
    const char *other; /* the first other version in a heading */
    const char *where; /* the run that the sentence above names */
    bool in_metrics;   /* stands in the section of metrics */
};

static const struct {
    const char *word;
    enum role role;
} heads[] = {
    {"metric", ROLE_METRIC},
    {"metrics", ROLE_METRIC},
    {"measure", ROLE_METRIC},
    {"performancemetric", ROLE_METRIC},
    {"slice", ROLE_SLICE},
    {"slices", ROLE_SLICE},
    {"segment", ROLE_SLICE},
    {"group", ROLE_SLICE},
    {"subset", ROLE_SLICE},
    {"column", ROLE_SLICE_COLUMN},
    {"version", ROLE_VERSION},
    {"release", ROLE_VERSION},
    {"modelversion", ROLE_VERSION},
    {"case", ROLE_CASE},
    {"rows", ROLE_ROWS},
    {"n", ROLE_ROWS},
    {"count", ROLE_ROWS},
    {"rowcount", ROLE_ROWS},
    {"testrows", ROLE_ROWS},
    {"examples", ROLE_ROWS},
    {"instances", ROLE_ROWS},
    {"interval", ROLE_INTERVAL},
    {"95interval", ROLE_INTERVAL},
    {"ci", ROLE_INTERVAL},
    {"95ci", ROLE_INTERVAL},
    {"confidenceinterval", ROLE_INTERVAL},
    {"95confidenceinterval", ROLE_INTERVAL},
    {"low", ROLE_LOW},
    {"lower", ROLE_LOW},
    {"high", ROLE_HIGH},
    {"upper", ROLE_HIGH},
    {"change", ROLE_CHANGE},
    {"difference", ROLE_CHANGE},
    {"delta", ROLE_CHANGE},
    {"limit", ROLE_FREE},
    {"limits", ROLE_FREE},
    {"threshold", ROLE_FREE},
    {"requirement", ROLE_FREE},
    {"required", ROLE_FREE},
    {"target", ROLE_FREE},
    {"goal", ROLE_FREE},
    {"unit", ROLE_FREE},
    {"direction", ROLE_FREE},
    {"better", ROLE_FREE},
    {"note", ROLE_FREE},
    {"notes", ROLE_FREE},
    {"comment", ROLE_FREE},
    {"meaning", ROLE_FREE},
    {"description", ROLE_FREE},
    {"source", ROLE_FREE},
    {"dataset", ROLE_FREE},
    {"data", ROLE_FREE},
    {"verdict", ROLE_FREE},
    {"status", ROLE_FREE},
    {"share", ROLE_FREE},
    {"madeon", ROLE_FREE},
    {"date", ROLE_FREE},
};

static const struct {
    const char *word;
    bool other;
} sides[] = {
    {"thisversion", false},  {"previous", true},    {"previousversion", true}, {"before", true},
    {"versionbefore", true}, {"lastversion", true}, {"baseline", true},        {"production", true},
};

/* The version that a heading names, cut out of it: "rmse (1.0.0)" leaves "rmse ()". */
static const char *cut_version(struct mlt_check *c, char *head)
{
    for (char *at = head; *at; at++) {
        size_t len = at == head || !isalnum((unsigned char)at[-1]) ||
                             ((at[-1] == 'v' || at[-1] == 'V') &&
                              (at - 1 == head || !isalnum((unsigned char)at[-2])))
                         ? mlt_check_version(at)
                         : 0;
        if (len == 0)
            continue;
        const char *version = mlt_arena_strndup(c->arena, at, len);
        c->oom = c->oom || !version;
        bool v = at > head && (at[-1] == 'v' || at[-1] == 'V');
        memmove(at - v, at + len, strlen(at + len) + 1);
        return version;
    }
    return NULL;
}

static void read_head(struct table *t, struct column *column, const char *text, bool first)
{
    struct mlt_check *c = t->c;
    char word[MLT_FOLD_CHARS] = "";
    char *head = mlt_arena_strdup(c->arena, text);
    if (!head) {
        c->oom = true;
        return;
    }
    column->head = text;
    column->version = cut_version(c, head);
    bool named = mlt_fold_name(head, word) && strcmp(word, "version") != 0;
    column->role = first ? ROLE_LABEL : ROLE_FIGURE;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        if (strcmp(word, sides[i].word) == 0) {
            column->others = sides[i].other && !column->version;
            if (!sides[i].other && !column->version)
                column->version = c->facts->now.version;
            return;
        }
    }
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        if (strcmp(word, heads[i].word) == 0 && !column->version) {
            column->role = heads[i].role;
            return;
        }
    }
    char slice[MLT_FOLD_CHARS];
    if (named && mlt_known_metric(c->known, head, &column->metric)) {
        column->has_metric = true;
        column->role = ROLE_FIGURE;
    } else if (named && mlt_fold_slice(head, slice) && mlt_known_slice_column(c->known, slice)) {
        column->role = ROLE_VALUE_OF_COLUMN;
    }
}

static void read_heads(struct table *t)
{
    const struct mlt_table_row *head = &t->block->rows[0];
    t->columns = mlt_arena_calloc(t->c->arena, head->count, sizeof *t->columns);
    if (!t->columns) {
        t->c->oom = true;
        return;
    }
    t->count = head->count;
    for (size_t i = 0; i < t->count; i++) {
        struct column *column = &t->columns[i];
        read_head(t, column, head->cells[i].text, i == 0);
        t->columns_are_metrics = t->columns_are_metrics || column->has_metric;
        t->says_metric = t->says_metric || column->role == ROLE_METRIC;
        if (!t->other && column->version && strcmp(column->version, t->c->facts->now.version) != 0)
            t->other = column->version;
    }
}

/* "Column" and "value" beside metrics name slices; elsewhere a column called so says nothing. */
static void settle_slices(struct table *t)
{
    struct column *names = NULL;
    for (size_t i = 0; i < t->count; i++)
        if (t->columns[i].role == ROLE_SLICE_COLUMN)
            names = &t->columns[i];
    for (size_t i = 0; i < t->count; i++)
        if (names && strcasecmp(t->columns[i].head, "value") == 0)
            t->columns[i].role = ROLE_SLICE_VALUE;
}

/* A table that does not say so names metrics where its first column has a known one. */
static void settle_metrics(struct table *t)
{
    struct mlt_metric_name name;
    t->rows_are_metrics = t->says_metric;
    if (t->says_metric || t->columns_are_metrics || t->count < 2 ||
        (t->columns[0].role != ROLE_LABEL))
        return;
    for (size_t i = 1; i < t->block->row_count; i++)
        if (mlt_known_metric(t->c->known, t->block->rows[i].cells[0].text, &name))
            t->rows_are_metrics = true;
    if (t->rows_are_metrics)
        t->columns[0].role = ROLE_METRIC;
}

static const char *cell(const struct table *t, const struct mlt_table_row *row, size_t i)
{
    char *plain = mlt_shown_plain(t->c->arena, row->cells[i].text);
    t->c->oom = t->c->oom || !plain;
    return plain ? plain : "";
}

/* What the row says of all its figures. */
struct row {
    struct mlt_figure_place place;
    bool has_metric, metric_unknown, is_rows;
    bool slice_unknown;
    const char *version; /* that the row is of; NULL: not said */
};

static void set_slice(struct table *t, struct row *row, const char *text)
{
    row->place.slice_text = text;
    if (!mlt_fold_slice(text, row->place.slice) ||
        (*row->place.slice && !mlt_known_slice(t->c->known, row->place.slice)))
        row->slice_unknown = true;
}

static void set_metric(struct table *t, struct row *row, const char *text)
{
    char folded[MLT_FOLD_CHARS];
    row->place.metric_text = text;
    row->has_metric = mlt_known_metric(t->c->known, text, &row->place.metric);
    row->is_rows = !row->has_metric && mlt_fold_name(text, folded) &&
                   (strcmp(folded, "rows") == 0 || strcmp(folded, "testrows") == 0);
    row->metric_unknown = !row->has_metric && !row->is_rows && *text;
}

static void set_version(struct table *t, struct row *row, const char *text)
{
    size_t v = *text == 'v' || *text == 'V', len = mlt_check_version(text + v);
    if (len > 0)
        row->version = mlt_arena_strndup(t->c->arena, text + v, len);
    t->c->oom = t->c->oom || (len > 0 && !row->version);
}

static void set_label(struct table *t, struct row *row, const char *text)
{
    char slice[MLT_FOLD_CHARS];
    set_version(t, row, text);
    if (row->version || !mlt_fold_slice(text, slice))
        return;
    /* Another label than a slice's says of which data the row is. */
    if (strchr(text, '=') || mlt_known_slice(t->c->known, slice))
        set_slice(t, row, text);
}

static void read_row(struct table *t, const struct mlt_table_row *from, struct row *row)
{
    const char *column = NULL, *value = NULL;
    *row = (struct row){.place = {.line = from->line,
                                  .metric_text = "",
                                  .slice_text = "",
                                  .case_text = "",
                                  .where = t->where}};
    for (size_t i = 0; i < t->count && i < from->count; i++) {
        const char *text = from->cells[i].text;
        if (t->columns[i].role == ROLE_METRIC)
            set_metric(t, row, text);
        else if (t->columns[i].role == ROLE_SLICE)
            set_slice(t, row, text);
        else if (t->columns[i].role == ROLE_VERSION)
            set_version(t, row, text);
        else if (t->columns[i].role == ROLE_LABEL)
            set_label(t, row, text);
        else if (t->columns[i].role == ROLE_CASE)
            row->place.case_text = text;
        if (t->columns[i].role == ROLE_SLICE_COLUMN || t->columns[i].role == ROLE_VALUE_OF_COLUMN)
            column = t->columns[i].role == ROLE_SLICE_COLUMN ? text : t->columns[i].head;
        if (t->columns[i].role == ROLE_SLICE_VALUE || t->columns[i].role == ROLE_VALUE_OF_COLUMN)
            value = text;
    }
    char slice[MLT_FOLD_CHARS];
    if (!column || !value || !mlt_fold_slice(value, slice) || !*slice)
        return;
    if (mlt_known_slice(t->c->known, slice)) {
        set_slice(t, row, value);
        return;
    }
    const char *joined = mlt_arena_printf(t->c->arena, "%s = %s", column, value);
    if (joined)
        set_slice(t, row, joined);
    else
        t->c->oom = true;
}

/* Nobody is there whom the figure could be of. */
static void refuse(struct table *t, const struct row *row, const char *text, const char *why)
{
    mlt_check_fault(t->c, row->place.line, "%s is %s here, but nothing at hand shows it: %s",
                    mlt_check_safe(t->c, *row->place.metric_text ? row->place.metric_text
                                                                 : row->place.slice_text),
                    mlt_check_safe(t->c, text), why);
}

static bool is_metric_word(const char *head)
{
    char folded[MLT_FOLD_CHARS];
    return mlt_fold_name(head, folded) && mlt_metric_direction(folded) != 0;
}

static void check_figure_cell(struct table *t, const struct row *row, const struct column *column,
                              const char *text)
{
    struct mlt_figure_place place = row->place;
    const char *now = t->c->facts->now.version;
    if (!mlt_shown_any(text))
        return;
    if (column->has_metric) {
        place.metric = column->metric;
        place.metric_text = column->head;
    } else if (row->is_rows) {
        place.version = column->version ? column->version : now;
        mlt_check_rows(t->c, &place, text);
        return;
    } else if (!row->has_metric) {
        /* A table that says nothing of metrics may hold other things among them. */
        if (row->metric_unknown && t->says_metric)
            refuse(t, row, text, "nobody measured such a metric");
        else if (t->columns_are_metrics && column->role == ROLE_FIGURE &&
                 (t->in_metrics || is_metric_word(column->head)))
            mlt_check_fault(t->c, place.line,
                            "%s is %s here, but nothing at hand shows it: nobody measured such a "
                            "metric",
                            mlt_check_safe(t->c, column->head), mlt_check_safe(t->c, text));
        return;
    }
    if (row->slice_unknown) {
        mlt_check_fault(t->c, place.line,
                        "%s of `%s` is %s here, but nothing at hand shows it: nobody measured that "
                        "slice",
                        mlt_check_safe(t->c, place.metric_text),
                        mlt_check_safe(t->c, place.slice_text), mlt_check_safe(t->c, text));
        return;
    }
    place.version = column->version ? column->version : row->version ? row->version : now;
    if (column->others) {
        place.version = NULL;
        place.or_others = true;
    }
    mlt_check_figure(t->c, &place, text, true);
}

/* Cells that belong to the row's one metric. */
static void check_side_cell(struct table *t, const struct row *row, const struct column *column,
                            const char *text)
{
    struct mlt_figure_place place = row->place;
    if (!mlt_shown_any(text) && column->role != ROLE_CHANGE)
        return;
    place.version = row->version ? row->version : t->c->facts->now.version;
    if (column->role == ROLE_ROWS) {
        if (row->slice_unknown || (row->metric_unknown && !row->has_metric))
            return;
        mlt_check_rows(t->c, &place, text);
        return;
    }
    for (size_t i = 0; !row->has_metric && i < t->count; i++) {
        if (t->columns[i].has_metric) {
            place.metric = t->columns[i].metric;
            place.metric_text = t->columns[i].head;
        }
    }
    if (!*place.metric_text || row->metric_unknown || row->slice_unknown)
        return;
    if (column->role == ROLE_INTERVAL)
        mlt_check_interval(t->c, &place, text);
    else if (column->role == ROLE_CHANGE)
        mlt_check_change(t->c, &place, t->other, text);
    else
        mlt_check_end(t->c, &place, text, column->role == ROLE_LOW);
}

static void check_row(struct table *t, const struct mlt_table_row *from)
{
    struct row row;
    read_row(t, from, &row);
    for (size_t i = 0; i < t->count && i < from->count; i++) {
        const struct column *column = &t->columns[i];
        if (column->role == ROLE_FIGURE)
            check_figure_cell(t, &row, column, cell(t, from, i));
        else if (column->role >= ROLE_ROWS)
            check_side_cell(t, &row, column, cell(t, from, i));
    }
}

/* The run that the sentence in front of a table names. */
static const char *run_above(struct mlt_check *c, size_t at)
{
    const struct mlt_block *above = at > 0 ? &c->text.blocks[at - 1] : NULL;
    if (!above || above->kind != MLT_BLOCK_PARAGRAPH)
        return NULL;
    for (size_t i = 0; i < c->facts->run_count; i++) {
        if (!mlt_check_names(above->text, c->facts->runs[i].run_id))
            continue;
        const char *where = mlt_arena_printf(c->arena, "run %s", c->facts->runs[i].run_id);
        c->oom = c->oom || !where;
        return where;
    }
    return NULL;
}

/* Tables of the API have fields by the names of metrics at times. */
static bool is_of_fields(const struct mlt_block *block)
{
    static const char *const words[] = {"input", "field",     "output",         "setting",
                                        "name",  "parameter", "hyperparameter", "what"};
    const char *head = block->rows[0].count ? block->rows[0].cells[0].text : "";
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(head, words[i]) == 0)
            return true;
    return false;
}

void mlt_check_figures(struct mlt_check *c)
{
    for (size_t i = 0; i < c->text.count && !c->oom; i++) {
        struct table t = {.c = c, .block = &c->text.blocks[i]};
        if (t.block->kind != MLT_BLOCK_TABLE || t.block->row_count == 0)
            continue;
        read_heads(&t);
        if (c->oom)
            return;
        settle_slices(&t);
        t.in_metrics = mlt_check_section_of(c, i) == MLT_SECTION_METRICS;
        if (t.in_metrics || !is_of_fields(t.block))
            settle_metrics(&t);
        if (!t.rows_are_metrics && !t.columns_are_metrics)
            continue;
        t.where = run_above(c, i);
        for (size_t k = 1; k < t.block->row_count && !c->oom; k++)
            check_row(&t, &t.block->rows[k]);
    }
}

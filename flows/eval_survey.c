#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flows/eval_join.h"
#include "flows/eval_search.h"
#include "harness/base/str.h"
#include "harness/codec/number.h"
#include "harness/domain/slice.h"

enum {
    MAX_LOOKED_AT = 100, /* columns */
    MAX_VALUES = MLT_SEARCH_MAX_VALUES - 1,
    FEW_NUMBERS = 12, /* so many different ones are names rather than quantities */
    MAX_VALUE_BYTES = 200,
    RANGES = 10,
    SAMPLE = 1 << 16
};

/* What is known of a column. */
struct seen {
    const char *name;
    struct mlt_eval_searched values; /* in the order of their bytes */
    bool many, odd;                  /* too many different values; one that is no short text */
    bool numeric;                    /* all of them are numbers */
    bool missing;
    double *sample; /* [samples] every stride-th number */
    size_t samples;
    uint64_t numbers, stride;
};

struct mlt_eval_survey {
    const struct mlt_eval_plan *plan;
    struct mlt_arena *arena;
    struct seen *seen;
    size_t count;
    double largest;
    uint64_t undefined;
};

static bool add_value(struct mlt_eval_survey *survey, struct seen *seen,
                      const struct mlt_reader_text *text, struct mlt_err *err)
{
    struct mlt_eval_searched *values = &seen->values;
    uint8_t at;
    if (seen->many || seen->odd || mlt_eval_search_value(values, text, &at))
        return true;
    if (text->len > MAX_VALUE_BYTES || memchr(text->text, 0, text->len) != NULL) {
        seen->odd = true;
        return true;
    }
    if (values->value_count == MAX_VALUES) {
        seen->many = true;
        return true;
    }
    const char *copy = mlt_arena_strndup(survey->arena, text->text, text->len);
    if (copy == NULL)
        return mlt_err_oom(err);
    const char **list = (const char **)(uintptr_t)values->value;
    size_t i = values->value_count++;
    for (; i > 0 && strcmp(list[i - 1], copy) > 0; i--)
        list[i] = list[i - 1];
    list[i] = copy;
    return true;
}

/* Every stride-th number; when there are too many, every second one of them. */
static void sample(struct seen *seen, double x)
{
    if (seen->numbers++ % seen->stride != 0)
        return;
    if (seen->samples == SAMPLE) {
        for (size_t i = 0; i < SAMPLE / 2; i++)
            seen->sample[i] = seen->sample[2 * i];
        seen->samples = SAMPLE / 2;
        seen->stride *= 2;
        if ((seen->numbers - 1) % seen->stride != 0)
            return;
    }
    seen->sample[seen->samples++] = x;
}

static bool look_at(struct mlt_eval_survey *survey, struct seen *seen,
                    const struct mlt_reader_text *text, size_t n, struct mlt_err *err)
{
    for (size_t i = 0; i < n && (seen->numeric || !(seen->many || seen->odd)); i++) {
        double x;
        if (text[i].text == NULL) {
            seen->missing = true;
            continue;
        }
        if (seen->numeric && mlt_number_parse(text[i].text, text[i].len, &x))
            sample(seen, x);
        else
            seen->numeric = false;
        if (!add_value(survey, seen, &text[i], err))
            return false;
    }
    return true;
}

bool mlt_eval_survey_add(struct mlt_eval_survey *survey, const struct mlt_reader_block *block,
                         const struct mlt_search_block *rows, size_t first_column,
                         struct mlt_err *err)
{
    for (size_t c = 0; c < survey->count; c++)
        if (!look_at(survey, &survey->seen[c], block->columns[first_column + c].text, block->rows,
                     err))
            return false;
    return mlt_search_largest(&survey->plan->search.spec, rows, &survey->largest,
                              &survey->undefined, err);
}

static bool is_among(const char *name, const struct mlt_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i], name) == 0)
            return true;
    return false;
}

/* Columns that have a part in the evaluation themselves. */
static bool has_part(const struct mlt_eval_plan *plan, const char *name)
{
    const char *const parts[] = {plan->label, plan->query, plan->id};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (mlt_str_eq(parts[i], name))
            return true;
    return is_among(name, &plan->scores) ||
           (plan->baseline_file == NULL && is_among(name, &plan->baselines));
}

/* A list that grows in the arena. */
struct list {
    const char **items;
    size_t count, capacity;
};

static bool append(struct list *list, const char *text, struct mlt_arena *arena,
                   struct mlt_err *err)
{
    const char **items = text == NULL ? NULL
                                      : mlt_arena_grow(arena, list->items, list->count,
                                                       &list->capacity, sizeof *items);
    if (items == NULL)
        return mlt_err_oom(err);
    list->items = items;
    list->items[list->count++] = text;
    return true;
}

static bool list_columns(const struct mlt_eval_plan *plan, struct mlt_arena *arena,
                         struct list *out, size_t *beyond, struct mlt_err *err)
{
    struct mlt_reader_options options = {.path = plan->file};
    const char *const *names;
    size_t count;
    *beyond = 0;
    if (!mlt_eval_format(plan->format, &options.format, err) ||
        !mlt_reader_names(&options, arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (has_part(plan, names[i]))
            continue;
        if (out->count == MAX_LOOKED_AT)
            ++*beyond;
        else if (!append(out, names[i], arena, err))
            return false;
    }
    return true;
}

static bool open_survey(struct mlt_eval_survey *survey, const struct list *columns,
                        struct mlt_err *err)
{
    survey->seen = mlt_arena_calloc(survey->arena, columns->count, sizeof *survey->seen);
    if (survey->seen == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < columns->count; i++) {
        struct seen *seen = &survey->seen[survey->count++];
        *seen = (struct seen){.name = columns->items[i], .numeric = true, .stride = 1};
        seen->values.value = mlt_arena_calloc(survey->arena, MAX_VALUES, sizeof(const char *));
        seen->sample = malloc(SAMPLE * sizeof *seen->sample);
        if (seen->values.value == NULL || seen->sample == NULL)
            return mlt_err_oom(err);
    }
    return true;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The ends of ranges of about equally many rows, each once, behind the column's name. */
static const char *describe_ranges(struct seen *seen, struct mlt_arena *arena)
{
    const char *part[2 + RANGES] = {seen->name, "ranges"};
    size_t count = 2;
    double before = NAN;
    qsort(seen->sample, seen->samples, sizeof *seen->sample, ascending);
    for (size_t k = 1; k < RANGES; k++) {
        double end = seen->sample[(k * seen->samples + RANGES - 1) / RANGES - 1];
        char text[MLT_DOUBLE_CHARS];
        if (end == before)
            continue;
        before = end;
        part[count] = mlt_arena_strdup(arena, mlt_str_format_double(end, text));
        if (part[count++] == NULL)
            return NULL;
    }
    return mlt_slice_name(part, count, arena);
}

static const char *describe_values(const struct seen *seen, struct mlt_arena *arena)
{
    const char *part[2 + MAX_VALUES] = {seen->name, "values"};
    size_t count = 2;
    for (size_t i = 0; i < seen->values.value_count; i++)
        part[count++] = seen->values.value[i];
    return mlt_slice_name(part, count, arena);
}

/* Why a column is not searched; NULL when it is. */
static const char *why_not(const struct seen *seen)
{
    if (seen->odd && !seen->numeric)
        return "texts of more than 200 bytes are no property of rows";
    if (seen->many && !seen->numeric)
        return "more than 50 different values, not all of them numbers: it looks like an id or "
               "free text";
    if (seen->values.value_count == 0)
        return "no row has a value";
    if (seen->values.value_count == 1 && !seen->missing)
        return "every row has the same value";
    return NULL;
}

static bool choose_column(struct seen *seen, struct list *searched, struct list *refused,
                          struct mlt_arena *arena, struct mlt_err *err)
{
    const char *why = why_not(seen);
    if (why == NULL && searched->count == MLT_SEARCH_MAX_COLUMNS)
        why = "more than 30 columns";
    if (why != NULL)
        return append(refused, mlt_arena_printf(arena, "%s: %s", seen->name, why), arena, err);
    bool ranges = seen->numeric && seen->values.value_count > FEW_NUMBERS;
    return append(searched, ranges ? describe_ranges(seen, arena) : describe_values(seen, arena),
                  arena, err);
}

static bool choose(struct mlt_eval_survey *survey, size_t beyond, struct mlt_eval_request *settled,
                   struct mlt_err *err)
{
    struct mlt_arena *arena = survey->arena;
    struct list searched = {0}, refused = {0};
    if (beyond > 0 &&
        !append(&refused, mlt_arena_printf(arena, "%zu more columns: beyond the first 100", beyond),
                arena, err))
        return false;
    for (size_t i = 0; i < survey->count && survey->undefined == 0; i++)
        if (!choose_column(&survey->seen[i], &searched, &refused, arena, err))
            return false;
    if (survey->undefined > 0 &&
        !append(&refused,
                mlt_arena_printf(arena, "nothing: %s is not defined for %llu of the rows",
                                 survey->plan->search.spec.metric.name,
                                 (unsigned long long)survey->undefined),
                arena, err))
        return false;
    settled->searched = (struct mlt_texts){searched.items, searched.count};
    settled->not_searched = (struct mlt_texts){refused.items, refused.count};
    settled->largest_loss = survey->largest;
    return true;
}

/* The baseline's own file is read once more for the survey: a join is done with at its end. */
static bool look(struct mlt_eval_survey *survey, const struct mlt_eval_reading *reading,
                 const struct mlt_eval_plan *plan, struct mlt_err *err)
{
    struct mlt_eval_reading here = {.progress = reading->progress,
                                    .progress_context = reading->progress_context};
    char sha256[65];
    if (plan->baseline_file != NULL && !mlt_eval_join_open(plan, &here.join, sha256, err))
        return false;
    bool ok = mlt_eval_look(plan, &here, survey, err);
    mlt_eval_join_close(here.join);
    return ok;
}

/* What cannot be read is told by the evaluation itself, as without a search; where it can do
 * without what could not be read, it goes on. */
static bool search_nothing(struct mlt_eval_request *settled, struct mlt_arena *arena,
                           struct mlt_err *err)
{
    struct list refused = {0};
    struct mlt_err fault = *err;
    *err = (struct mlt_err)MLT_ERR_INIT;
    if (!append(&refused, mlt_arena_printf(arena, "nothing: %s", fault.text), arena, err))
        return false;
    settled->searched = (struct mlt_texts){0};
    settled->not_searched = (struct mlt_texts){refused.items, refused.count};
    settled->largest_loss = 0;
    return true;
}

bool mlt_eval_search_survey(struct mlt_eval_plan *plan, const struct mlt_eval_reading *reading,
                            struct mlt_eval_request *settled, struct mlt_arena *arena,
                            struct mlt_err *err)
{
    struct mlt_eval_survey survey = {.plan = plan, .arena = arena};
    struct mlt_eval_plan looking = *plan;
    struct list columns = {0};
    size_t beyond;
    if (plan->search.most == 0)
        return true;
    bool ok =
        list_columns(plan, arena, &columns, &beyond, err) && open_survey(&survey, &columns, err);
    looking.spec.column_count = looking.definitions.column_count = 0;
    looking.search_columns = columns.items;
    looking.search_column_count = columns.count;
    ok = ok && look(&survey, reading, &looking, err) && choose(&survey, beyond, settled, err);
    if (!ok && err->kind == MLT_ERR_EVIDENCE)
        ok = search_nothing(settled, arena, err);
    ok = ok && mlt_eval_search_settle(settled, arena, plan, err);
    for (size_t i = 0; i < survey.count; i++)
        free(survey.seen[i].sample);
    return ok;
}

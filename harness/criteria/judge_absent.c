#include <string.h>

#include "harness/base/str.h"
#include "harness/criteria/judgement.h"
#include "harness/domain/slice.h"

enum name_of { NAME_METRIC, NAME_COLUMN, NAME_VALUE };

/* The distinct names that the case's measurements have, NULL-terminated: metrics, or the slice
 * columns of the sentence's metric, or the values of its column. NULL when memory is out. */
static const char **collect(const struct mlt_sentence *s, const char *case_id, enum name_of which,
                            const struct mlt_measurement *measurements, size_t count,
                            struct mlt_arena *arena)
{
    const char **names = mlt_arena_calloc(arena, count + 1, sizeof *names);
    size_t used = 0;
    for (size_t i = 0; names != NULL && i < count; i++) {
        const struct mlt_measurement *m = &measurements[i];
        if (case_id != NULL && !mlt_str_eq(m->case_id, case_id))
            continue;
        if (which != NAME_METRIC && !mlt_str_eq(m->metric, s->metric))
            continue;
        if (which == NAME_VALUE && !mlt_slice_same_columns(m->slice_column, s->for_column))
            continue;
        const char *name = which == NAME_METRIC   ? m->metric
                           : which == NAME_COLUMN ? m->slice_column
                                                  : m->slice_value;
        bool seen = name == NULL;
        for (size_t k = 0; !seen && k < used; k++)
            seen = strcmp(names[k], name) == 0;
        if (!seen)
            names[used++] = name;
    }
    return names;
}

/* "; did you mean …?" or "; there are a, b and 3 more", in the arena. */
static const char *suggest(const char *word, const char *const *names, struct mlt_arena *arena)
{
    enum { MOST = 6 };
    const char *nearest = mlt_str_nearest(word, names);
    if (nearest != NULL)
        return mlt_arena_printf(arena, "; did you mean \"%s\"?", nearest);
    const char *text = names[0] == NULL ? "" : "; there is ";
    size_t i = 0;
    for (; names[i] != NULL && i < MOST && text != NULL; i++)
        text = mlt_arena_printf(arena, "%s%s%s", text, i == 0 ? "" : ", ", names[i]);
    size_t rest = 0;
    while (names[i + rest] != NULL)
        rest++;
    return rest == 0 || text == NULL ? text
                                     : mlt_arena_printf(arena, "%s and %zu more", text, rest);
}

bool mlt_judgement_absent(const struct mlt_sentence *s, const char *case_id,
                          const struct mlt_measurement *measurements, size_t count,
                          struct mlt_judgement *j, struct mlt_err *err)
{
    const char *where = case_id == NULL ? "" : " in ", *name = case_id == NULL ? "" : case_id;
    const char **metrics = collect(s, case_id, NAME_METRIC, measurements, count, j->arena);
    const char **columns = collect(s, case_id, NAME_COLUMN, measurements, count, j->arena);
    const char **values = collect(s, case_id, NAME_VALUE, measurements, count, j->arena);
    if (metrics == NULL || columns == NULL || values == NULL)
        return mlt_err_oom(err);
    j->finding.case_id = case_id;
    bool measured = false;
    for (size_t i = 0; metrics[i] != NULL; i++)
        measured = measured || strcmp(metrics[i], s->metric) == 0;
    const char *hint = !measured      ? suggest(s->metric, metrics, j->arena)
                       : s->by_column ? suggest(s->by_column, columns, j->arena)
                       : values[0] == NULL
                           ? suggest(s->for_column ? s->for_column : "", columns, j->arena)
                           : suggest(s->for_value, values, j->arena);
    if (hint == NULL)
        return mlt_err_oom(err);
    if (metrics[0] == NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "nothing was measured%s%s", where,
                                 name);
    if (!measured)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "nobody measured \"%s\"%s%s%s",
                                 s->metric, where, name, hint);
    if (s->by_column != NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "%s was not measured by \"%s\"%s%s%s",
                                 s->metric, s->by_column, where, name, hint);
    if (s->for_column != NULL && values[0] == NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID, "%s was not measured by \"%s\"%s%s%s",
                                 s->metric, s->for_column, where, name, hint);
    if (s->for_column != NULL)
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID,
                                 "the data has no slice %s == %s%s%s%s", s->for_column,
                                 s->for_value, where, name, hint);
    return mlt_judgement_end(j, err, MLT_VERDICT_INVALID,
                             "%s was measured on slices only, not on all rows%s%s", s->metric,
                             where, name);
}

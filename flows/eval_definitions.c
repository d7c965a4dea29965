#include "flows/eval_definitions.h"

#include <string.h>

#include "flows/eval_read.h"

static bool names_of(const struct mlt_eval_plan *plan, struct mlt_arena *arena,
                     const char *const **out, size_t *count, struct mlt_err *err)
{
    struct mlt_reader_options options = {.path = plan->file};
    *out = NULL;
    *count = 0;
    return strcmp(plan->file, "-") == 0 || (mlt_eval_format(plan->format, &options.format, err) &&
                                            mlt_reader_names(&options, arena, out, count, err));
}

bool mlt_eval_definitions_parse(struct mlt_eval_plan *plan, struct mlt_arena *arena,
                                struct mlt_err *err)
{
    const char *const *names;
    size_t count;
    const struct mlt_definition *faulty;
    if (plan->definitions.count == 0)
        return true;
    if (!mlt_definitions_check_task(&plan->definitions, plan->spec.task, err))
        return mlt_err_prefix(err, "--define");
    if (!names_of(plan, arena, &names, &count, err))
        return false;
    if (mlt_definitions_parse(&plan->definitions, names, count, arena, &faulty, err))
        return true;
    return faulty == NULL ? false : mlt_err_prefix(err, "--define %s", faulty->metric.name);
}

#include "flows/builtins.h"

#include <string.h>

#include "gates/decide/decide.h"
#include "harness/metrics/metric.h"
#include "suites/suites.h"

const struct mlt_suite_ops *const mlt_builtin_suites[] = {
    &mlt_suite_unit,
    &mlt_suite_integration,
    &mlt_suite_performance,
    &mlt_suite_regression,
    &mlt_suite_edge_case,
    &mlt_suite_ab,
    &mlt_suite_compatibility,
    NULL,
};

const struct mlt_adapter_ops *const mlt_builtin_adapters[] = {
    &mlt_adapter_xgboost,
    &mlt_adapter_process,
    &mlt_adapter_predictions,
    NULL,
};

const struct mlt_report_ops *const mlt_builtin_reports[] = {
    &mlt_report_console, &mlt_report_json, &mlt_report_junit, &mlt_report_markdown, NULL,
};

const struct mlt_suite_ops *mlt_builtin_suite(const char *name)
{
    for (size_t i = 0; mlt_builtin_suites[i]; i++)
        if (strcmp(mlt_builtin_suites[i]->name, name) == 0)
            return mlt_builtin_suites[i];
    return NULL;
}

const struct mlt_report_ops *mlt_builtin_report(const char *name)
{
    for (size_t i = 0; mlt_builtin_reports[i]; i++)
        if (strcmp(mlt_builtin_reports[i]->name, name) == 0)
            return mlt_builtin_reports[i];
    return NULL;
}

const struct mlt_config_tables *mlt_builtin_config_tables(struct mlt_arena *arena)
{
    enum { N_SUITES = sizeof mlt_builtin_suites / sizeof *mlt_builtin_suites };
    enum { N_ADAPTERS = sizeof mlt_builtin_adapters / sizeof *mlt_builtin_adapters };
    struct mlt_config_tables *tables = mlt_arena_alloc(arena, sizeof *tables);
    struct mlt_suite_shape *suites = mlt_arena_calloc(arena, N_SUITES, sizeof *suites);
    const char **adapters = mlt_arena_calloc(arena, N_ADAPTERS, sizeof *adapters);
    if (!tables || !suites || !adapters)
        return NULL;
    for (size_t i = 0; mlt_builtin_suites[i]; i++) {
        suites[i].name = mlt_builtin_suites[i]->name;
        suites[i].item = mlt_builtin_suites[i]->item;
    }
    for (size_t i = 0; mlt_builtin_adapters[i]; i++)
        adapters[i] = mlt_builtin_adapters[i]->name;
    tables->suites = suites;
    tables->adapters = adapters;
    tables->metrics = mlt_metric_names();
    return tables;
}

const char *const *mlt_builtin_requirement_words(struct mlt_arena *arena)
{
    size_t count = 0;
    while (mlt_requirement_words[count].word)
        count++;
    const char **words = mlt_arena_calloc(arena, count + 1, sizeof *words);
    for (size_t i = 0; words && i < count; i++)
        words[i] = mlt_requirement_words[i].word;
    return words;
}

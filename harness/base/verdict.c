#include "mltest/verdict.h"

#include <string.h>

static const char *const verdict_names[] = {
    [MLT_VERDICT_INVALID] = "invalid",
    [MLT_VERDICT_PASS] = "pass",
    [MLT_VERDICT_INCONCLUSIVE] = "inconclusive",
    [MLT_VERDICT_FAIL] = "fail",
};

static const char *const state_names[] = {
    [MLT_OUTCOME_NOT_RUN] = "not-run", [MLT_OUTCOME_PASSED] = "passed",
    [MLT_OUTCOME_FAILED] = "failed",   [MLT_OUTCOME_BROKEN] = "broken",
    [MLT_OUTCOME_SKIPPED] = "skipped",
};

enum { N_VERDICTS = sizeof verdict_names / sizeof *verdict_names };
enum { N_STATES = sizeof state_names / sizeof *state_names };

static int name_index(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *mlt_verdict_name(enum mlt_verdict verdict)
{
    return (unsigned)verdict < N_VERDICTS ? verdict_names[verdict] : "invalid";
}

bool mlt_verdict_parse(const char *name, enum mlt_verdict *out)
{
    int i = name_index(verdict_names, N_VERDICTS, name);
    if (i < 0)
        return false;
    *out = (enum mlt_verdict)i;
    return true;
}

int mlt_verdict_exit_code(enum mlt_verdict verdict)
{
    switch (verdict) {
    case MLT_VERDICT_PASS:
        return 0;
    case MLT_VERDICT_FAIL:
        return 1;
    case MLT_VERDICT_INCONCLUSIVE:
        return 3;
    case MLT_VERDICT_INVALID:
        break;
    }
    return 4;
}

static int precedence(enum mlt_verdict verdict)
{
    switch (verdict) {
    case MLT_VERDICT_FAIL:
        return 3;
    case MLT_VERDICT_INVALID:
        return 2;
    case MLT_VERDICT_INCONCLUSIVE:
        return 1;
    case MLT_VERDICT_PASS:
        return 0;
    }
    return 2;
}

enum mlt_verdict mlt_verdict_worst(enum mlt_verdict a, enum mlt_verdict b)
{
    return precedence(a) >= precedence(b) ? a : b;
}

const char *mlt_outcome_state_name(enum mlt_outcome_state state)
{
    return (unsigned)state < N_STATES ? state_names[state] : "not-run";
}

bool mlt_outcome_state_parse(const char *name, enum mlt_outcome_state *out)
{
    int i = name_index(state_names, N_STATES, name);
    if (i < 0)
        return false;
    *out = (enum mlt_outcome_state)i;
    return true;
}

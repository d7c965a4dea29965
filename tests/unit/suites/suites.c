#include "tests/unit/suites/cases.h"

static TCase *(*const cases[])(void) = {
    ab_cases,
    unit_suite_cases,
    compatibility_cases,
    configuration_cases,
    dependencies_cases,
    performance_cases,
    regression_cases,
    regression_asked_cases,
    edge_cases,
    planning_cases,
    NULL,
};

const struct unit_suite unit_suite = {"suites", cases};

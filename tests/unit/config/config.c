#include "tests/unit/suite.h"

TCase *case_schema(void);
TCase *case_mltest_yaml(void);
TCase *case_gates_yaml(void);

static TCase *(*const cases[])(void) = {case_schema, case_mltest_yaml, case_gates_yaml, NULL};
const struct unit_suite unit_suite = {"config", cases};

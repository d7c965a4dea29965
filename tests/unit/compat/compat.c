#include "tests/unit/suite.h"

TCase *changes_case(void);
TCase *drift_case(void);
TCase *profiling_case(void);
TCase *properties_case(void);
TCase *release_case(void);

static TCase *(*const cases[])(void) = {changes_case, drift_case,   profiling_case,
                                        properties_case, release_case, NULL};
const struct unit_suite unit_suite = {"compat", cases};

#include "tests/unit/suite.h"

TCase *measure_case(void);
TCase *references_case(void);

static TCase *(*const cases[])(void) = {references_case, measure_case, NULL};
const struct unit_suite unit_suite = {"metrics", cases};

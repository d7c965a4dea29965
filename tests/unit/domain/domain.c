#include "tests/unit/suite.h"

TCase *figures_case(void);

static TCase *(*const cases[])(void) = {figures_case, NULL};
const struct unit_suite unit_suite = {"domain", cases};

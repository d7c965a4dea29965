#include "tests/unit/suite.h"

TCase *evaluation_case(void);
TCase *partial_case(void);
TCase *search_case(void);

static TCase *(*const cases[])(void) = {evaluation_case, partial_case, search_case, NULL};
const struct unit_suite unit_suite = {"evaluate", cases};

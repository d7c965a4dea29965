#include "tests/unit/suite.h"

TCase *edits_case(void);
TCase *figures_case(void);
TCase *honest_case(void);
TCase *shown_case(void);

static TCase *(*const cases[])(void) = {edits_case, figures_case, honest_case, shown_case, NULL};
const struct unit_suite unit_suite = {"documents", cases};

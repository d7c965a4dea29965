#include "tests/unit/suite.h"

TCase *key_case(void);

static TCase *(*const cases[])(void) = {key_case, NULL};
const struct unit_suite unit_suite = {"ledger", cases};

#include "tests/unit/suite.h"

TCase *dsse_case(void);
TCase *key_case(void);

static TCase *(*const cases[])(void) = {dsse_case, key_case, NULL};
const struct unit_suite unit_suite = {"ledger", cases};

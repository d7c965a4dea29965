#include "tests/unit/suite.h"

TCase *merkle_case(void);
TCase *merkle_properties_case(void);

static TCase *(*const cases[])(void) = {merkle_case, merkle_properties_case, NULL};
const struct unit_suite unit_suite = {"ledger", cases};

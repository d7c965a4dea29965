#include "tests/unit/suite.h"

TCase *sshsig_case(void);

static TCase *(*const cases[])(void) = {sshsig_case, NULL};
const struct unit_suite unit_suite = {"ledger", cases};

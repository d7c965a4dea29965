#include "tests/unit/suite.h"

TCase *dist_case(void);
TCase *interval_case(void);
TCase *order_case(void);
TCase *resample_case(void);

static TCase *(*const cases[])(void) = {dist_case, interval_case, order_case, resample_case, NULL};
const struct unit_suite unit_suite = {"stats", cases};

#include "tests/unit/suite.h"

TCase *dist_case(void);
TCase *interval_case(void);
TCase *multiplicity_case(void);
TCase *order_case(void);
TCase *proportion_case(void);

static TCase *(*const cases[])(void) = {dist_case,  interval_case,   multiplicity_case,
                                        order_case, proportion_case, NULL};
const struct unit_suite unit_suite = {"stats", cases};

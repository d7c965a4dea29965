#include "tests/unit/suite.h"

TCase *auc_case(void);
TCase *bootstrap_auc_case(void);
TCase *delong_case(void);
TCase *dist_case(void);
TCase *exact_case(void);
TCase *interval_case(void);
TCase *order_case(void);
TCase *resample_case(void);

static TCase *(*const cases[])(void) = {dist_case,     exact_case, interval_case,      order_case,
                                        resample_case, auc_case,   bootstrap_auc_case, delong_case,
                                        NULL};
const struct unit_suite unit_suite = {"stats", cases};

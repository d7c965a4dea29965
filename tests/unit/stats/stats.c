#include "tests/unit/suite.h"

TCase *auc_case(void);
TCase *bootstrap_auc_case(void);
TCase *delong_case(void);
TCase *dist_case(void);
TCase *exact_case(void);
TCase *families_case(void);
TCase *interval_case(void);
TCase *moments_case(void);
TCase *order_case(void);
TCase *resample_case(void);
TCase *sketch_case(void);
TCase *sort_case(void);

static TCase *(*const cases[])(void) = {
    dist_case,          exact_case,  families_case, interval_case, moments_case,
    order_case,         sketch_case, sort_case,     resample_case, auc_case,
    bootstrap_auc_case, delong_case, NULL};
const struct unit_suite unit_suite = {"stats", cases};

#include "tests/unit/suite.h"

TCase *auc_case(void);
TCase *bootstrap_auc_case(void);
TCase *bootstrap_case(void);
TCase *bootstrap_interval_case(void);
TCase *bootstrap_sums_case(void);
TCase *delong_case(void);
TCase *dist_case(void);
TCase *exact_case(void);
TCase *families_case(void);
TCase *interval_case(void);
TCase *margin_case(void);
TCase *moments_case(void);
TCase *multiplicity_case(void);
TCase *order_case(void);
TCase *paired_case(void);
TCase *power_case(void);
TCase *proportion_case(void);
TCase *resample_case(void);
TCase *sketch_case(void);
TCase *skewness_case(void);
TCase *sort_case(void);
TCase *tail_case(void);
TCase *unpaired_case(void);

static TCase *(*const cases[])(void) = {auc_case,
                                        bootstrap_auc_case,
                                        bootstrap_case,
                                        bootstrap_interval_case,
                                        bootstrap_sums_case,
                                        delong_case,
                                        dist_case,
                                        exact_case,
                                        families_case,
                                        interval_case,
                                        margin_case,
                                        moments_case,
                                        multiplicity_case,
                                        order_case,
                                        paired_case,
                                        power_case,
                                        proportion_case,
                                        resample_case,
                                        sketch_case,
                                        skewness_case,
                                        sort_case,
                                        tail_case,
                                        unpaired_case,
                                        NULL};
const struct unit_suite unit_suite = {"stats", cases};

#include "tests/unit/suite.h"

TCase *expression_case(void);
TCase *find_case(void);
TCase *influence_case(void);
TCase *measure_case(void);
TCase *properties_case(void);
TCase *references_case(void);
TCase *tails_case(void);
TCase *text_case(void);
TCase *threshold_case(void);

static TCase *(*const cases[])(void) = {find_case,       references_case, measure_case,
                                        properties_case, influence_case,  tails_case,
                                        text_case,       expression_case, threshold_case,
                                        NULL};
const struct unit_suite unit_suite = {"metrics", cases};

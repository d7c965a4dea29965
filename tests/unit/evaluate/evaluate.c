#include "tests/unit/suite.h"

TCase *columns_case(void);
TCase *evaluation_case(void);
TCase *forms_case(void);
TCase *packed_case(void);
TCase *partial_case(void);
TCase *rehearsal_case(void);
TCase *search_case(void);

static TCase *(*const cases[])(void) = {columns_case, evaluation_case, forms_case,  packed_case,
                                        partial_case, rehearsal_case,  search_case, NULL};
const struct unit_suite unit_suite = {"evaluate", cases};

#include "tests/unit/suite.h"

TCase *predictions_cases(void);
TCase *process_cases(void);
TCase *xgboost_cases(void);

static TCase *(*const cases[])(void) = {predictions_cases, process_cases, xgboost_cases, NULL};
const struct unit_suite unit_suite = {"adapter", cases};

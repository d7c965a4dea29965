#include "tests/unit/suite.h"

TCase *allocation_case(void);
TCase *analysis_case(void);
TCase *declaration_case(void);
TCase *evidence_case(void);
TCase *sample_size_case(void);
TCase *simulation_case(void);
TCase *units_case(void);

static TCase *(*const cases[])(void) = {
    allocation_case,  analysis_case,   declaration_case, evidence_case,
    sample_size_case, simulation_case, units_case,       NULL};
const struct unit_suite unit_suite = {"experiment", cases};

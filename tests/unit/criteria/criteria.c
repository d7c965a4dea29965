#include "tests/unit/suite.h"

TCase *adjust_case(void);
TCase *claims_case(void);
TCase *evidence_case(void);
TCase *replicates_case(void);
TCase *sentence_case(void);
TCase *shares_case(void);
TCase *simulation_case(void);
TCase *tails_case(void);
TCase *verdicts_case(void);

static TCase *(*const cases[])(void) = {
    sentence_case, verdicts_case, claims_case,     shares_case, replicates_case,
    evidence_case, adjust_case,   simulation_case, tails_case,  NULL};
const struct unit_suite unit_suite = {"criteria", cases};

#include "tests/unit/suite.h"

TCase *batch_case(void);
TCase *contract_case(void);
TCase *evidence_case(void);
TCase *figures_case(void);
TCase *kept_decision_case(void);
TCase *lifecycle_case(void);
TCase *manifest_case(void);
TCase *metadata_case(void);
TCase *metrics_file_case(void);
TCase *schemas_case(void);
TCase *semver_case(void);
TCase *slice_case(void);
TCase *source_case(void);
TCase *statement_case(void);

static TCase *(*const cases[])(void) = {
    batch_case,     contract_case, evidence_case, figures_case,      kept_decision_case,
    lifecycle_case, manifest_case, metadata_case, metrics_file_case, schemas_case,
    semver_case,    slice_case,    source_case,   statement_case,    NULL};
const struct unit_suite unit_suite = {"domain", cases};

#include "tests/unit/suite.h"

TCase *checkpoint_case(void);
TCase *dsse_case(void);
TCase *key_case(void);
TCase *merkle_case(void);
TCase *merkle_properties_case(void);
TCase *sshsig_case(void);

static TCase *(*const cases[])(void) = {checkpoint_case, dsse_case, key_case, merkle_case,
                                        merkle_properties_case, sshsig_case, NULL};
const struct unit_suite unit_suite = {"ledger", cases};

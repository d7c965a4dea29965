#include "tests/unit/suite.h"

TCase *hmac_case(void);
TCase *http_case(void);
TCase *retry_case(void);

static TCase *(*const cases[])(void) = {hmac_case, http_case, retry_case, NULL};
const struct unit_suite unit_suite = {"net", cases};

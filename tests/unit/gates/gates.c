#include "tests/unit/gates/fixtures.h"

static TCase *(*const cases[])(void) = {case_decide, case_run_judge, case_collect, case_replay,
                                        NULL};
const struct unit_suite unit_suite = {"gates", cases};

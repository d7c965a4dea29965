#include "tests/unit/gates/fixtures.h"

static TCase *(*const cases[])(void) = {
    case_decide, case_run_judge,      case_collect,       case_words,
    case_replay, case_people_collect, case_people_decide, NULL};
const struct unit_suite unit_suite = {"gates", cases};

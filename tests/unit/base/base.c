#include "tests/unit/suite.h"

TCase *clock_case(void);
TCase *cpu_case(void);
TCase *fs_case(void);
TCase *hash_case(void);
TCase *lines_case(void);
TCase *memory_case(void);
TCase *str_case(void);
TCase *subprocess_case(void);

static TCase *(*const cases[])(void) = {clock_case, cpu_case,        fs_case,
                                        hash_case,  lines_case,      memory_case,
                                        str_case,   subprocess_case, NULL};
const struct unit_suite unit_suite = {"base", cases};

#include "tests/unit/suite.h"

TCase *agreement_case(void);
TCase *ci_case(void);
TCase *decision_case(void);
TCase *event_case(void);
TCase *explain_case(void);
TCase *hostile_case(void);
TCase *figures_case(void);
TCase *progress_case(void);
TCase *plot_case(void);
TCase *site_case(void);

static TCase *(*const cases[])(void) = {agreement_case, ci_case,      decision_case, event_case,
                                        explain_case,   hostile_case, figures_case,  progress_case,
                                        plot_case,      site_case,    NULL};
const struct unit_suite unit_suite = {"reports", cases};

#include <string.h>

#include "harness/domain/statement.h"

static const char *const reviewed[] = {"approved", "rejected", NULL};
static const char *const reviewed_where_it_applies[] = {"approved", "rejected", "not-applicable",
                                                        NULL};
static const char *const rehearsed[] = {"passed", "failed", NULL};
static const char *const done[] = {"done", NULL};

const struct mlt_record_kind mlt_record_kinds[] = {
    {"code-review", "somebody else read the code", reviewed, true, false},
    {"security-review", "somebody else looked for ways to abuse it", reviewed, true, false},
    {"privacy-impact-assessment", "what it does with personal data was assessed", reviewed, true,
     false},
    {"ethics-review", "whom it may harm was assessed, or that the question does not arise",
     reviewed_where_it_applies, true, false},
    {"ab-test-plan", "the plan of the A/B test", done, false, false},
    {"design", "the planned architecture and approach", done, false, false},
    {"deployment-runbook", "how it is deployed, watched and taken back", done, false, false},
    {"runbook-rehearsal", "the runbook was followed from end to end", rehearsed, false, false},
    {"migration-path", "how clients get to the successor", done, false, false},
    {"deprecation-notice", "its users were told that it ends, and when", done, false, false},
    {"usage", "who still uses it: a JSON file of figures", done, false, true},
    {"incident", "what went wrong with it in use", done, false, false},
    {NULL, NULL, NULL, false, false},
};

const struct mlt_record_kind *mlt_record_kind_find(const char *name)
{
    for (const struct mlt_record_kind *kind = mlt_record_kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

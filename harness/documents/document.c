#include "harness/documents/document.h"

#include <string.h>
#include <strings.h>

#define S(NAME) (1u << MLT_SECTION_##NAME)

const struct mlt_document_form mlt_document_forms[MLT_DOCUMENT_KINDS] = {
    [MLT_DOCUMENT_MODEL_CARD] = {"model-card", "model-card.md", "model_card.md", "Model card",
                                 "what the model is for, how good it is and where it ends",
                                 S(OVERVIEW) | S(CHANGES) | S(API) | S(METRICS) | S(LIMITATIONS) |
                                     S(EXAMPLES)},
    [MLT_DOCUMENT_API] = {"api", "api.md", "api_documentation.md", "API documentation",
                          "what goes in, what comes out, with an example", S(API) | S(EXAMPLES)},
    [MLT_DOCUMENT_VERSION_HISTORY] = {"version-history", "version-history.md", "version_history.md",
                                      "Version history", "what changed from version to version",
                                      S(CHANGES) | S(HISTORY)},
    [MLT_DOCUMENT_PERFORMANCE_REPORT] = {"performance-report", "performance-report.md",
                                         "performance_report.md", "Performance report",
                                         "figures on test data, beside those of the version before",
                                         S(OVERVIEW) | S(METRICS)},
    [MLT_DOCUMENT_LIMITATIONS] = {"limitations", "limitations.md", "limitations_document.md",
                                  "Limitations", "where the model must not be trusted",
                                  S(LIMITATIONS) | S(EDGE_CASES)},
    [MLT_DOCUMENT_INTEGRATION_GUIDE] = {"integration-guide", "integration-guide.md",
                                        "integration_guide.md", "Integration guide",
                                        "how to call this version", S(OVERVIEW) | S(EXAMPLES)},
};

static const char *const titles[MLT_SECTIONS] = {
    [MLT_SECTION_OVERVIEW] = "Overview",
    [MLT_SECTION_CHANGES] = "Changes from Previous Version",
    [MLT_SECTION_API] = "API Specification",
    [MLT_SECTION_METRICS] = "Performance Metrics",
    [MLT_SECTION_LIMITATIONS] = "Known Limitations",
    [MLT_SECTION_EXAMPLES] = "Integration Examples",
    [MLT_SECTION_HISTORY] = "History",
    [MLT_SECTION_EDGE_CASES] = "Edge Cases",
};

const char *mlt_section_title(enum mlt_section section)
{
    return titles[section];
}

int mlt_section_find(const char *heading)
{
    for (int i = 0; i < MLT_SECTIONS; i++)
        if (strcasecmp(titles[i], heading) == 0)
            return i;
    return -1;
}

int mlt_document_find(const char *word)
{
    for (int i = 0; i < MLT_DOCUMENT_KINDS; i++) {
        const struct mlt_document_form *form = &mlt_document_forms[i];
        if (strcmp(form->word, word) == 0 || strcmp(form->file, word) == 0 ||
            strcmp(form->other, word) == 0)
            return i;
    }
    return -1;
}

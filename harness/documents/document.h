/* The six documents that every version has, and what each must say. */
#ifndef MLTEST_DOCUMENTS_DOCUMENT_H
#define MLTEST_DOCUMENTS_DOCUMENT_H

#include <stddef.h>

enum mlt_document_kind {
    MLT_DOCUMENT_MODEL_CARD,
    MLT_DOCUMENT_API,
    MLT_DOCUMENT_VERSION_HISTORY,
    MLT_DOCUMENT_PERFORMANCE_REPORT,
    MLT_DOCUMENT_LIMITATIONS,
    MLT_DOCUMENT_INTEGRATION_GUIDE,
    MLT_DOCUMENT_KINDS,
};

enum mlt_section {
    MLT_SECTION_OVERVIEW,
    MLT_SECTION_CHANGES,     /* "Changes from Previous Version" */
    MLT_SECTION_API,         /* "API Specification" */
    MLT_SECTION_METRICS,     /* "Performance Metrics" */
    MLT_SECTION_LIMITATIONS, /* "Known Limitations" */
    MLT_SECTION_EXAMPLES,    /* "Integration Examples" */
    MLT_SECTION_HISTORY,     /* "History" */
    MLT_SECTION_EDGE_CASES,  /* "Edge Cases" */
    MLT_SECTIONS,
};

struct mlt_document_form {
    const char *word;  /* as the command line and a site's address name it: "model-card" */
    const char *file;  /* in docs/: "model-card.md" */
    const char *other; /* also accepted: "model_card.md" */
    const char *title; /* for people: "Model card" */
    const char *about; /* one line: what it is for */
    unsigned sections; /* the required ones: bits 1u << enum mlt_section */
};
extern const struct mlt_document_form mlt_document_forms[MLT_DOCUMENT_KINDS];

const char *mlt_section_title(enum mlt_section section);
/* The section with this heading (letters of either case); -1: none. */
int mlt_section_find(const char *heading);
/* By word or file name; -1: none. */
int mlt_document_find(const char *word);

/* The text of the six; NULL where one is missing. */
struct mlt_document_set {
    struct {
        const char *text;
        size_t len;
        const char *path; /* for messages: "docs/api.md" */
    } document[MLT_DOCUMENT_KINDS];
};

#endif

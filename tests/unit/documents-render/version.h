/* A small version with everything that documents can tell, and its release before. */
#ifndef MLTEST_TESTS_UNIT_DOCUMENTS_RENDER_VERSION_H
#define MLTEST_TESTS_UNIT_DOCUMENTS_RENDER_VERSION_H

#include "reports/documents/documents.h"
#include "tests/unit/suite.h"

struct version {
    struct mlt_arena arena;
    struct mlt_contract contracts[2]; /* of the release before, and of the version */
    struct mlt_metadata metadata[2];
    struct mlt_metrics_file metrics;
    struct mlt_document_side before;
    struct mlt_compat_report changes;
    struct mlt_document_run run;
    struct mlt_document_facts facts;
    struct mlt_document_set old,
        last; /* the version's own documents; those of the release before */
};

extern struct version version;
void version_setup(void);
void version_teardown(void);
/* The version is the first: nothing is known of a release before. */
void version_make_first(void);

/* The document as it is rendered; it then is the version's own. Rendering it once more must give
 * the same. In the arena. */
const char *version_render(enum mlt_document_kind kind);
/* What was carried over and what is open, of the last one rendered. */
extern unsigned version_carried, version_open;
void version_give(struct mlt_document_set *set, enum mlt_document_kind kind, const char *text);

#endif

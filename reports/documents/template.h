/* What each of the documents is made of: sections in their order, and what is generated in them. */
#ifndef MLTEST_REPORTS_DOCUMENTS_TEMPLATE_H
#define MLTEST_REPORTS_DOCUMENTS_TEMPLATE_H

#include <stdbool.h>

#include "reports/documents/documents.h"
#include "reports/documents/outline.h"

/* A generated part: appends whole lines of Markdown, without a heading; nothing where there is
 * nothing to say. */
typedef bool mlt_block_print(const struct mlt_document_source *source, struct mlt_arena *arena,
                             struct mlt_buf *out, struct mlt_err *err);

struct mlt_template_block {
    const char *name;
    mlt_block_print *print;
    bool unless_written; /* only where no person wrote the section */
};

enum { MLT_TEMPLATE_BLOCKS = 4 };

struct mlt_template_section {
    int section;       /* enum mlt_section; -1: another, with this title */
    const char *title; /* NULL: that of the section */
    bool by_hand;      /* only a person can write it */
    struct mlt_template_block blocks[MLT_TEMPLATE_BLOCKS]; /* up to the first without a name */
};

struct mlt_template {
    const struct mlt_template_section *sections;
    size_t count;
};
extern const struct mlt_template mlt_template_model_card, mlt_template_api,
    mlt_template_version_history, mlt_template_performance_report, mlt_template_limitations,
    mlt_template_integration_guide;

mlt_block_print mlt_block_about;       /* made when, by whom, of what */
mlt_block_print mlt_block_changes;     /* the changelog, and what differs from the release before */
mlt_block_print mlt_block_api;         /* inputs, output, settings */
mlt_block_print mlt_block_metrics;     /* the maker's figures beside those of the release before */
mlt_block_print mlt_block_slices;      /* the maker's figures by slice */
mlt_block_print mlt_block_run;         /* the last run, all rows, with intervals */
mlt_block_print mlt_block_run_slices;  /* and by slice */
mlt_block_print mlt_block_measured;    /* where the figures are from */
mlt_block_print mlt_block_training;    /* hyperparameters */
mlt_block_print mlt_block_history;     /* this version and the lower ones */
mlt_block_print mlt_block_limitations; /* what the limitations document says */
mlt_block_print mlt_block_how_to_ask;  /* the model file and its adapter, dependencies */
mlt_block_print mlt_block_for_callers; /* what callers of the release before have to change */
mlt_block_print mlt_block_example;     /* an instance and its answer */
mlt_block_print mlt_block_code;        /* a program that asks */
mlt_block_print mlt_block_verify;      /* the proof that it was integrated rightly */

/* What a section says by the version's own document, or where nobody wrote it there, by that of the
 * release before (`*carried`); an empty section where neither does. */
bool mlt_template_read(const struct mlt_document_source *source, enum mlt_document_kind kind,
                       int section, const char *title, struct mlt_arena *arena,
                       const struct mlt_outline_section **out, bool *carried,
                       struct mlt_err *err) MLT_MUST_USE;

#endif

/* What the parts of the check share: the document at hand, what is known, and the faults so far. */
#ifndef MLTEST_DOCUMENTS_CHECK_PART_H
#define MLTEST_DOCUMENTS_CHECK_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/codec/json.h"
#include "harness/codec/markdown.h"
#include "harness/documents/check.h"
#include "harness/documents/known.h"

struct mlt_check_section {
    bool found;
    int line;        /* of its heading */
    size_t from, to; /* its blocks, those of sections below it included */
};

struct mlt_check {
    const struct mlt_document_facts *facts;
    const struct mlt_known *known;
    struct mlt_arena *arena;
    enum mlt_document_kind kind;
    const char *path;
    struct mlt_markdown text;
    struct mlt_check_section section[MLT_SECTIONS];
    bool *shown;      /* per known figure: the document shows one of its metric, of all rows */
    size_t confirmed; /* figures that were right */
    struct mlt_document_fault *faults;
    size_t count, capacity;
    size_t first; /* of this document */
    size_t left_off;
    bool oom;
};

/* Adds a fault. What comes from outside must be made safe by mlt_check_safe(). */
void mlt_check_fault(struct mlt_check *c, int line, const char *fmt, ...) MLT_PRINTF(3, 4);
/* Text as it may be shown, cut; "" with `oom` set when memory is out. */
const char *mlt_check_safe(struct mlt_check *c, const char *text);
/* The section that a block stands in; -1: none that is known. */
int mlt_check_section_of(const struct mlt_check *c, size_t block);
/* The line of a byte of a block's text. */
int mlt_check_line(const struct mlt_block *block, const char *at);
/* Whether text has the name as a word of its own. */
bool mlt_check_names(const char *text, const char *name);
/* Whether a section has the name as a word of its own, in a table too. */
bool mlt_check_section_names(const struct mlt_check *c, enum mlt_section section, const char *name);
/* A version number at the start of text ("1.1.0", "1.1.0-beta.2"), its bytes; 0: none. */
size_t mlt_check_version(const char *text);
/* The text without markup signs and with one blank for each run of blanks. */
char *mlt_check_squeeze(struct mlt_check *c, const char *text);
bool mlt_check_is_nothing(const char *cell); /* "", "-", "none", "n/a" */

/* The parts. Each adds its faults; none needs another one. */
void mlt_check_sections(struct mlt_check *c); /* fills `section` */
void mlt_check_words(struct mlt_check *c);
void mlt_check_changes(struct mlt_check *c);
void mlt_check_api(struct mlt_check *c);
void mlt_check_figures(struct mlt_check *c);
void mlt_check_prose(struct mlt_check *c);
void mlt_check_history(struct mlt_check *c);
void mlt_check_examples(struct mlt_check *c);
void mlt_check_making(struct mlt_check *c);

/* Where a figure stands and whose it is said to be. */
struct mlt_figure_place {
    int line;
    struct mlt_metric_name metric;
    const char *metric_text, *slice_text, *case_text; /* as written; "" */
    char slice[MLT_FOLD_CHARS];
    const char *version;    /* NULL: of any other than this one */
    const char *or_version; /* this one's too; NULL */
    const char *in_column;  /* a slice of the column with this folded name does as well; NULL */
    bool or_others;         /* any other one's too */
    const char *where;      /* only from this source; NULL */
};
bool mlt_figure_place_has(const struct mlt_figure_place *place,
                          const struct mlt_known_figure *figure);
/* A cell, or the rest of a sentence: "5.82", "about 78 %", "0.41 [0.40, 0.43]", "<= 6". With `cell`
 * nothing else may stand there but a unit. */
void mlt_check_figure(struct mlt_check *c, const struct mlt_figure_place *place, const char *text,
                      bool cell);
void mlt_check_interval(struct mlt_check *c, const struct mlt_figure_place *place,
                        const char *text);
/* `low` false: the upper end. */
void mlt_check_end(struct mlt_check *c, const struct mlt_figure_place *place, const char *text,
                   bool low);
void mlt_check_rows(struct mlt_check *c, const struct mlt_figure_place *place, const char *text);
/* `other`: the version it is a change from; NULL: any. */
void mlt_check_change(struct mlt_check *c, const struct mlt_figure_place *place, const char *other,
                      const char *text);

#endif

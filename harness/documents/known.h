/* Every figure that is known of a version and those before it, found by the names that documents
 * call it by. */
#ifndef MLTEST_DOCUMENTS_KNOWN_H
#define MLTEST_DOCUMENTS_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/documents/facts.h"
#include "mltest/err.h"

enum { MLT_FOLD_CHARS = 160 };

struct mlt_known_figure {
    const char *metric;  /* as its source writes it: "validation_rmse" */
    const char *key;     /* folded: "validationrmse" */
    const char *bare;    /* without what says on which data: "rmse" */
    const char *slice;   /* folded: "brand=3"; "": all rows */
    const char *case_id; /* of a run; else "" */
    const char *version; /* of whom */
    const char *where;   /* "metadata.json", "metrics.json of 1.0.0", "run 01H..." */
    bool required;       /* metadata.json of this version has it */
    double value;        /* finite */
    double low, high;    /* NaN: no interval */
};

struct mlt_known_rows {
    const char *slice, *case_id, *version, *where;
    long long rows;
};

struct mlt_known {
    struct mlt_known_figure *figures;
    size_t count;
    struct mlt_known_rows *rows;
    size_t row_count;
    const char *nameless; /* a required metric whose name no document can be searched for; NULL */
};

bool mlt_known_gather(const struct mlt_document_facts *facts, struct mlt_arena *arena,
                      struct mlt_known *out, struct mlt_err *err) MLT_MUST_USE;

/* Small letters and digits only, synonyms as one ("ROC AUC" is "auc"). False: too long, or nothing
 * is left. */
bool mlt_fold_name(const char *text, char out[MLT_FOLD_CHARS]);
/* Small letters, with one "=" for every run of blanks, "=" and ":"; "" for "all rows", "overall"
 * and the like. False: too long. */
bool mlt_fold_slice(const char *text, char out[MLT_FOLD_CHARS]);

/* What a document means by a metric's name. */
struct mlt_metric_name {
    char key[MLT_FOLD_CHARS];
    bool bare; /* only without what says on which data it is a known one */
};
/* False: no figure of such a metric is known. */
bool mlt_known_metric(const struct mlt_known *known, const char *text, struct mlt_metric_name *out);
bool mlt_known_means(const struct mlt_metric_name *name, const struct mlt_known_figure *figure);

bool mlt_known_slice(const struct mlt_known *known, const char *folded);
/* Whether slices of a column with this folded name are known. */
bool mlt_known_slice_column(const struct mlt_known *known, const char *folded);

/* Direction of a metric that everybody knows: 1 higher is better, -1 lower is, 0 no such metric. */
int mlt_metric_direction(const char *folded);

#endif

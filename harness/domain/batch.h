/* Rows for a model and its answers, as any adapter takes and gives them. */
#ifndef MLTEST_DOMAIN_BATCH_H
#define MLTEST_DOMAIN_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/codec/json.h"

/* A cell. ABSENT (the field is not there) and NULL (there, but null) are different things. NaN and
 * infinities are numbers here: an edge case may send them. */
enum mlt_value_kind {
    MLT_VALUE_ABSENT = 0,
    MLT_VALUE_NULL,
    MLT_VALUE_NUMBER,
    MLT_VALUE_TEXT,
    MLT_VALUE_BOOL,
    MLT_VALUE_JSON, /* any other JSON (a list, an object), as text */
};

struct mlt_value {
    enum mlt_value_kind kind;
    bool boolean;
    double number;
    const char *text; /* TEXT: may hold any bytes but NUL; JSON: JSON text */
    size_t len;
};

/* Rows x fields, row-major: cell (r, f) is cells[r * field_count + f]. Lent to the adapter for the
 * call. */
struct mlt_batch {
    size_t rows, field_count;
    const char *const *ids; /* [rows] ids of the data set's rows, or NULL: for the predictions adapter */
    const char *const *fields;
    const struct mlt_value *cells;
};

enum mlt_prediction_kind {
    MLT_PREDICTION_NONE = 0, /* no answer for this row; `error` says why */
    MLT_PREDICTION_NUMBER,
    MLT_PREDICTION_LABEL,
    MLT_PREDICTION_VECTOR, /* class probabilities */
};

/* How one row was answered. Everything but OK leaves kind NONE. */
enum mlt_answer {
    MLT_ANSWER_NONE = 0,   /* not answered yet */
    MLT_ANSWER_OK,
    MLT_ANSWER_REFUSED,    /* the model said no, cleanly, with a reason */
    MLT_ANSWER_MALFORMED,  /* not JSON, wrong shape, NaN spelled out, wrong number of predictions */
    MLT_ANSWER_WRONG_ID,   /* an id that was never asked */
    MLT_ANSWER_DUPLICATE,  /* an id answered twice */
    MLT_ANSWER_MISSING,    /* the stream ended or went silent without it */
    MLT_ANSWER_TIMEOUT,
    MLT_ANSWER_TOO_LARGE,  /* an answer above the bound, or endless output */
    MLT_ANSWER_DIED,       /* the model's process ended in mid-answer */
};
const char *mlt_answer_name(enum mlt_answer answer); /* "ok", "refused", "timed out", … */

struct mlt_prediction {
    enum mlt_answer answer;
    enum mlt_prediction_kind kind;
    double number;
    const char *label;    /* lent by the arena of the call */
    const double *vector; /* [vector_len] */
    size_t vector_len;
    const char *error;    /* the model's own words, or ours; NULL when OK */
};

/* Identical to the last bit: same kind and same number, label or vector. Two NONE are not. */
bool mlt_prediction_same(const struct mlt_prediction *a, const struct mlt_prediction *b);
/* An instance as JSON object text (for process and http adapters). NaN and infinities cannot be
 * written in JSON: they are written as the strings "NaN", "Infinity", "-Infinity". ABSENT fields are
 * left out. */
void mlt_batch_encode_row(const struct mlt_batch *batch, size_t row, struct mlt_json_out *out);
/* A batch of one row from a JSON object; strings copied into the arena. */
bool mlt_batch_decode_row(const struct mlt_json *object, struct mlt_arena *arena,
                          struct mlt_batch *out, struct mlt_err *err) MLT_MUST_USE;
/* A prediction from a JSON value: number, text (label), list of numbers (probabilities), or an object
 * of named outputs from which `output_name` is taken. */
bool mlt_prediction_decode(const struct mlt_json *node, const char *output_name,
                           struct mlt_arena *arena, struct mlt_prediction *out,
                           struct mlt_err *err) MLT_MUST_USE;

#endif

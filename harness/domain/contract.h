/* What a model takes and gives, and what can be set: declared inputs, output and settings. From
 * config.json, or (without settings) mltest.yaml. */
#ifndef MLTEST_DOMAIN_CONTRACT_H
#define MLTEST_DOMAIN_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/codec/json.h"
#include "harness/domain/batch.h"
#include "mltest/err.h"

enum mlt_input_type { MLT_INPUT_NUMBER, MLT_INPUT_INTEGER, MLT_INPUT_STRING, MLT_INPUT_CATEGORY,
                      MLT_INPUT_BOOLEAN };

struct mlt_input {
    const char *name;
    enum mlt_input_type type;
    const char *unit;      /* NULL */
    double min, max;       /* NaN: no bound */
    bool nullable;         /* null and missing are values the model accepts */
    bool required;
    const char *const *categories; /* enum as text ("1", "Month-to-month"); NULL: open */
    size_t category_count;
    const char *stability; /* "stable", "beta", "experimental" */
    const char *fallback;  /* `default`, as text: what an absent value counts as; NULL: none */
    const char *fallback_json; /* the same as JSON: "0.5", "\"mean\""; NULL: none */
};

enum mlt_output_type {
    MLT_OUTPUT_NUMBER,      /* a real number in [min, max] */
    MLT_OUTPUT_PROBABILITY, /* of the positive class, in [0, 1] */
    MLT_OUTPUT_LABEL,       /* one of `labels` */
    MLT_OUTPUT_PROBABILITIES, /* one per label, summing to 1 within 1e-3 */
    MLT_OUTPUT_TEXT,          /* any text */
};

struct mlt_output {
    const char *name;
    enum mlt_output_type type;
    const char *unit; /* NULL */
    double min, max; /* NaN: no bound */
    const char *const *labels;
    size_t label_count;
    const char *stability; /* "stable", "beta", "experimental"; NULL: stable */
};

struct mlt_contract {
    struct mlt_input *inputs;
    size_t input_count;
    struct mlt_output output;
    struct mlt_input *settings; /* what who runs the model may set; often none */
    size_t setting_count;
    /* `converter: {command: […]}`: brings answers of this version into the form of the one before
     * it, a JSON line in, a JSON line out. NULL-terminated; NULL: none is declared. */
    const char *const *converter;
};

/* From the members `inputs`, `output`, `settings` and `converter` of a config.json. */
bool mlt_contract_decode(const char *file, const struct mlt_json *config, struct mlt_arena *arena,
                         struct mlt_contract *out, struct mlt_err *err) MLT_MUST_USE;
const struct mlt_input *mlt_contract_find(const struct mlt_contract *contract, const char *name);

/* Is this value one the contract admits for the input? If not, `why` (256 bytes) says what was
 * expected and what was seen. */
bool mlt_contract_admits(const struct mlt_input *input, const struct mlt_value *value, char why[256]);
/* Is this prediction within the contract? NaN and infinities never are. */
bool mlt_contract_output_ok(const struct mlt_output *output, const struct mlt_prediction *prediction,
                            char why[256]);

#endif

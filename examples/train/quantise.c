#include "examples/train/quantise.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/json.h"

/* XGBoost's reader takes "1" for an integer and refuses it where it wants a real. */
static void print_real(double value, struct mlt_json_out *out)
{
    char text[MLT_DOUBLE_CHARS + 2];
    mlt_str_format_double(value, text);
    if (!strpbrk(text, ".en"))
        strcat(text, "E0");
    mlt_json_out_raw(out, text, strlen(text));
}

static bool is_list_of_reals(const char *key)
{
    static const char *const keys[] = {"split_conditions", "base_weights", "loss_changes",
                                       "sum_hessian"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (mlt_str_eq(key, keys[i]))
            return true;
    return false;
}

/* XGBoost keeps the leaves' values among the thresholds: a node without a left child is a leaf.
 * `left_children` NULL: no leaf is among these numbers. */
static bool print_reals(const struct mlt_json *list, const struct mlt_json *left_children, double step,
                        struct mlt_json_out *out)
{
    const struct mlt_json *left = mlt_json_first(left_children);
    mlt_json_out_array(out);
    for (const struct mlt_json *n = mlt_json_first(list); n; n = mlt_json_next(n)) {
        double value, child = 0;
        bool is_leaf = left && mlt_json_number(left, &child) && child < 0;
        if (!mlt_json_number(n, &value))
            return false;
        print_real(is_leaf ? round(value / step) * step : value, out);
        left = left ? mlt_json_next(left) : NULL;
    }
    mlt_json_out_array_end(out);
    return true;
}

/* Recursion is bounded by the parser's own depth. False: a number was expected and not found. */
static bool print_node(const struct mlt_json *node, double step, struct mlt_json_out *out)
{
    enum mlt_json_type type = mlt_json_type(node);
    bool is_object = type == MLT_JSON_OBJECT, ok = true;
    if (!is_object && type != MLT_JSON_ARRAY) {
        mlt_json_out_node(out, node);
        return true;
    }
    is_object ? mlt_json_out_object(out) : mlt_json_out_array(out);
    for (const struct mlt_json *n = mlt_json_first(node); n && ok; n = mlt_json_next(n)) {
        const char *key = is_object ? mlt_json_key(n) : "";
        const struct mlt_json *left =
            mlt_str_eq(key, "split_conditions") ? mlt_json_get(node, "left_children") : NULL;
        if (is_object)
            mlt_json_out_key(out, key);
        ok = is_list_of_reals(key) && mlt_json_type(n) == MLT_JSON_ARRAY
                 ? print_reals(n, left, step, out)
                 : print_node(n, step, out);
    }
    if (ok)
        is_object ? mlt_json_out_object_end(out) : mlt_json_out_array_end(out);
    return ok;
}

bool mlt_train_quantise(const char *json, size_t len, double step, struct mlt_buf *out,
                        struct mlt_err *err)
{
    struct mlt_json *document;
    struct mlt_json_out printed;
    if (!(step > 0))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "config.json: parameters.quantize_leaves is %g, expected a step above 0", step);
    if (!mlt_json_parse("the booster", json, len, &document, err))
        return false;
    mlt_json_out_init(&printed, out, false);
    bool ok = print_node(document, step, &printed);
    mlt_json_free(document);
    if (!ok)
        return mlt_err_set(err, MLT_ERR_INFRA, "the booster's JSON form has text where numbers belong");
    return mlt_json_out_finish(&printed, err);
}

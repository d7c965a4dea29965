/* The part of semver.h that splits MODEL@VERSION. */
#include <string.h>

#include "harness/base/str.h"
#include "harness/domain/semver.h"

bool mlt_model_name_check(const char *name, struct mlt_err *err)
{
    size_t len = strlen(name);
    if (mlt_str_is_name(name))
        return true;
    if (len == 0)
        return mlt_err_set(err, MLT_ERR_USAGE, "the model name is empty");
    if (len > 128)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a model name of %zu characters is too long: at most "
                           "128 are accepted",
                           len);
    return mlt_err_set(
        err, MLT_ERR_USAGE,
        "\"%s\" is not a model name: expected letters, digits, '.', '_' and '-', not "
        "starting with '.' or '-'",
        name);
}

bool mlt_model_ref_parse(const char *text, struct mlt_model_ref *out, struct mlt_err *err)
{
    struct mlt_model_ref ref = {{0}, {0}};
    const char *at = strchr(text, '@');
    size_t len = at ? (size_t)(at - text) : strlen(text);
    if (at && at == text)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%.60s\" names no model: expected MODEL%.60s, for "
                           "example ad-score-predictor%.60s",
                           text, text, text);
    if (len >= sizeof ref.model)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a model name of %zu characters is too long: at most "
                           "128 are accepted",
                           len);
    memcpy(ref.model, text, len);
    if (!mlt_model_name_check(ref.model, err))
        return false;
    if (at && at[1] == '\0')
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%.140s\" has nothing behind '@': expected a "
                           "version, latest or production",
                           text);
    if (at && strlen(at + 1) >= sizeof ref.version)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a version of %zu characters is too long: at most %d "
                           "are accepted",
                           strlen(at + 1), MLT_SEMVER_CHARS - 1);
    if (at)
        strcpy(ref.version, at + 1);
    *out = ref;
    return true;
}

#include "flows/format.h"

#include <string.h>

bool mlt_format_is_json(const char *format, bool *json, struct mlt_err *err)
{
    *json = format && strcmp(format, "json") == 0;
    return !format || *json || strcmp(format, "text") == 0 ||
           mlt_err_set(err, MLT_ERR_USAGE, "--format here is text or json, got \"%.40s\"", format);
}

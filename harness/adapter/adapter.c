#include "harness/adapter/adapter.h"

#include <string.h>

const struct mlt_adapter_ops *mlt_adapter_find(const struct mlt_adapter_ops *const *table,
                                               const char *name)
{
    for (; table && *table; table++)
        if (strcmp((*table)->name, name) == 0)
            return *table;
    return NULL;
}

bool mlt_adapter_without_settings(const struct mlt_adapter_target *target, struct mlt_err *err)
{
    return !target->settings ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "config.json declares settings, and the adapter %s has no way to hand them to "
                       "the model: serve it through the adapter process, or declare none",
                       target->spec->type);
}

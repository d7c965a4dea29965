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

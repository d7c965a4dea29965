/* Memory for columns: on the heap up to a bound, beyond it in files without a name, which the
 * kernel writes out when it needs the room. */
#ifndef MLTEST_EVALUATE_STORE_H
#define MLTEST_EVALUATE_STORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "mltest/err.h"

struct mlt_store {
    size_t limit_bytes;
    _Atomic size_t used_bytes; /* on the heap, by all threads */
};

struct mlt_region {
    void *data; /* NULL: nothing */
    size_t bytes;
    bool mapped; /* in a file */
};

/* `bytes` of memory, content undefined. No space on the disk is MLT_ERR_INFRA. */
bool mlt_region_alloc(struct mlt_store *store, size_t bytes, struct mlt_region *out,
                      struct mlt_err *err) MLT_MUST_USE;
/* Gives the memory back; a region of nothing is fine. */
void mlt_region_free(struct mlt_store *store, struct mlt_region *region);

#endif

/* Small facts that change: states, pointers, deployments, indexes. Three operations, so that SQLite
 * and DynamoDB differ in one file each.
 *
 * A record is (partition, key) -> value text, with a revision that grows by 1 at every put. */
#ifndef MLTEST_RECORDS_RECORDS_H
#define MLTEST_RECORDS_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

struct mlt_records;

struct mlt_record {
    const char *partition, *key, *value;
    uint64_t revision; /* from 1 */
};

struct mlt_record_condition {
    const char *partition, *key;
    uint64_t revision; /* the record must be at this revision; 0: it must not exist */
};

struct mlt_record_put {
    const char *partition, *key, *value; /* value NULL: delete */
};

struct mlt_records_ops {
    uint32_t abi; /* MLT_RECORDS_ABI */
    const char *name;
    /* `*found` false when there is none. Strings live in the arena. */
    bool (*get)(struct mlt_records *self, const char *partition, const char *key,
                struct mlt_arena *arena, bool *found, struct mlt_record *out, struct mlt_err *err);
    /* Records of a partition whose key starts with `prefix` and is greater than `after` (NULL: from
     * the start), in key order (bytewise), at most `limit`. */
    bool (*query)(struct mlt_records *self, const char *partition, const char *prefix,
                  const char *after, size_t limit, struct mlt_arena *arena, struct mlt_record **out,
                  size_t *out_count, struct mlt_err *err);
    /* All conditions hold and all puts are durable, or nothing happens. `*conflict` (0-based index,
     * -1 none) names the first condition that did not hold; that is not an error: the result is true
     * and nothing was written. */
    bool (*transact)(struct mlt_records *self, const struct mlt_record_condition *conditions,
                     size_t condition_count, const struct mlt_record_put *puts, size_t put_count,
                     int *conflict, struct mlt_err *err);
    void (*close)(struct mlt_records *self);
};
enum { MLT_RECORDS_ABI = 1 };

struct mlt_records {
    const struct mlt_records_ops *ops;
};

/* The SQLite store in one file; made when missing if `create`. Read-only otherwise tolerated: a store
 * on a read-only disk can be read. */
bool mlt_records_sqlite_open(const char *path, bool create, bool read_only,
                             struct mlt_records **out, struct mlt_err *err) MLT_MUST_USE;

#endif

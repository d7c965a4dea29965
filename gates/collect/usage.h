/* Usage figures of a version, as a record of kind "usage" brings them:
 *
 *   {"as_of": time, "active_users": n, "last_active_at": time or null,
 *    "clients": [{"name": text, "version": the version that it uses}]} */
#ifndef MLTEST_GATES_USAGE_H
#define MLTEST_GATES_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

struct mlt_usage {
    long long active_users;
    /* Whole days without a user, up to `as_of`: what came after it nobody knows. */
    long long idle_days;
    long long clients, clients_behind; /* all; those at the subject's version or below */
};

struct mlt_usage_request {
    const char *version;     /* the subject's */
    int64_t registered_at_s; /* from when nobody used it, where nobody ever did */
    int64_t now_s;
    int64_t max_age_s; /* of as_of; 0: any */
};

/* Strict: unknown or missing fields, a time in the future, figures that contradict each other or
 * are older than max_age are a fault, in the arena; false only for trouble. */
bool mlt_usage_parse(const struct mlt_usage_request *request, const char *text, size_t len,
                     struct mlt_arena *arena, struct mlt_usage *out, const char **fault,
                     struct mlt_err *err) MLT_MUST_USE;

#endif

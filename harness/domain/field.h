/* Members of an encoded record, read one after another; the first fault stays.
 *
 * Evidence is hostile: a member that is absent, of another type, negative or fractional where a
 * count belongs is MLT_ERR_EVIDENCE and names the record and the member. After a fault every
 * further read gives NULL, NaN or 0 and changes nothing. */
#ifndef MLTEST_DOMAIN_FIELD_H
#define MLTEST_DOMAIN_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/codec/json.h"
#include "mltest/err.h"

struct mlt_field_reader {
    const struct mlt_json *object;
    const char *record; /* "measurement", for messages */
    struct mlt_arena *arena;
    struct mlt_err *err;
    bool failed;
};

/* A reader of `node`; anything but an object is a fault already. */
struct mlt_field_reader mlt_field_reader(const struct mlt_json *node, const char *record,
                                         struct mlt_arena *arena, struct mlt_err *err);
/* A text copied into the arena; null is a fault for _text and NULL for _optional_text. */
const char *mlt_field_text(struct mlt_field_reader *reader, const char *key);
const char *mlt_field_optional_text(struct mlt_field_reader *reader, const char *key);
/* A number; null is NaN. */
double mlt_field_number(struct mlt_field_reader *reader, const char *key);
/* A whole number in [0, 2^53]. */
uint64_t mlt_field_count(struct mlt_field_reader *reader, const char *key);
/* The numbers of a list (null is NaN), in the arena; more than `most` is a fault. */
const double *mlt_field_numbers(struct mlt_field_reader *reader, const char *key, size_t most,
                                size_t *count);
bool mlt_field_bool(struct mlt_field_reader *reader, const char *key);
/* The position of a text in `names` (`count` of them); any other text is a fault. */
int mlt_field_name(struct mlt_field_reader *reader, const char *key, const char *const *names,
                   int count);
/* Whether the member is there, null included: for members that came later than the record. */
bool mlt_field_has(const struct mlt_field_reader *reader, const char *key);
/* Says that a member must be something else; the first fault stays. */
void mlt_field_fault(struct mlt_field_reader *reader, const char *key, const char *expected);
/* True when nothing was wrong. */
bool mlt_field_finish(const struct mlt_field_reader *reader) MLT_MUST_USE;

#endif

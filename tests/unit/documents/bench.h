/* A small model with two releases behind it, and six documents that are true of it. */
#ifndef MLTEST_TESTS_UNIT_DOCUMENTS_BENCH_H
#define MLTEST_TESTS_UNIT_DOCUMENTS_BENCH_H

#include "harness/documents/check.h"
#include "tests/unit/suite.h"

#define RUN_ID "01HZXW5E3M8Q2V7K4T6N9P0RSA"

struct bench {
    struct mlt_arena arena;
    struct mlt_document_facts facts;
    struct mlt_document_set set; /* tests/data/documents */
    struct mlt_document_fault *faults;
    size_t count;
};
extern struct bench bench;

void bench_setup(void);
void bench_teardown(void);
/* Checks the set into `faults`. */
void bench_check(void);
/* Gives a document another text. */
void bench_put(enum mlt_document_kind kind, const char *text);
/* Replaces `from`, which must be there once (or, with `place`, behind that text), and says on which
 * line it was. */
int bench_edit(enum mlt_document_kind kind, const char *place, const char *from, const char *to);
/* All faults, a line each, for messages. */
const char *bench_say(void);

#endif

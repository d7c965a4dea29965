/* The four verdicts of a judgement and the end states of a test case.
 *
 * Order of precedence when criteria differ: fail > invalid > inconclusive >
 * pass. No missing evidence could undo a fail, so a fail is the headline. */
#ifndef MLTEST_VERDICT_H
#define MLTEST_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "mltest/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zero is deliberately not PASS: a zeroed struct must never read as a pass. */
enum mlt_verdict {
    MLT_VERDICT_INVALID = 0,  /* evidence missing, incomplete, stale, tampered with, not a number */
    MLT_VERDICT_PASS = 1,     /* shown to hold */
    MLT_VERDICT_INCONCLUSIVE, /* valid evidence, too weak to show either */
    MLT_VERDICT_FAIL,         /* shown not to hold */
};

/* How one planned case ended. Zero is NOT_RUN: a case nobody finished. */
enum mlt_outcome_state {
    MLT_OUTCOME_NOT_RUN = 0, /* never reached an end (or: fail-fast) */
    MLT_OUTCOME_PASSED,      /* every assertion held; measurements are judged apart */
    MLT_OUTCOME_FAILED,      /* an assertion did not hold */
    MLT_OUTCOME_BROKEN,      /* crash, signal, timeout, lost worker: said by the parent */
    MLT_OUTCOME_SKIPPED,     /* could not apply here; says why; never counts as a pass */
};

/* "pass", "fail", "inconclusive", "invalid". Static storage. */
MLT_API const char *mlt_verdict_name(enum mlt_verdict verdict);
/* The reverse; false when the word is none of the four. */
MLT_API bool mlt_verdict_parse(const char *name, enum mlt_verdict *out);
/* 0 pass, 1 fail, 3 inconclusive, 4 invalid. */
MLT_API int mlt_verdict_exit_code(enum mlt_verdict verdict);
/* The headline of two verdicts, by precedence. Associative and commutative. */
MLT_API enum mlt_verdict mlt_verdict_worst(enum mlt_verdict a, enum mlt_verdict b);

/* "not-run", "passed", "failed", "broken", "skipped". Static storage. */
MLT_API const char *mlt_outcome_state_name(enum mlt_outcome_state state);
MLT_API bool mlt_outcome_state_parse(const char *name, enum mlt_outcome_state *out);

#ifdef __cplusplus
}
#endif
#endif

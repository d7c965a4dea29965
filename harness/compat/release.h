/* Two versions of a model side by side: everything that changed, the version number it needs, and
 * whether the newer version has it. */
#ifndef MLTEST_COMPAT_RELEASE_H
#define MLTEST_COMPAT_RELEASE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/compat/diff.h"
#include "harness/domain/contract.h"
#include "harness/domain/metadata.h"
#include "harness/domain/semver.h"
#include "mltest/err.h"

struct mlt_release {
    const char *version; /* of the newer one NULL: it has no number yet */
    const struct mlt_contract *contract;
    const struct mlt_metadata *metadata;
};

struct mlt_compat_report {
    struct mlt_semver from, to;
    struct mlt_compat_change *changes; /* the contract's, then hyperparameters, framework, data,
                                          dependencies */
    size_t count;
    enum mlt_bump needs; /* at least PATCH: no two versions have one number */
    enum mlt_bump given; /* by the two numbers */
    /* The older one is a pre-release: what it said was no promise, and every change is accepted. */
    bool no_promise;
    struct mlt_semver next; /* the lowest release that would do */
    bool accepted;
    const char *denied; /* one of the reasons, in any version: the metadata deny what was measured;
                           NULL: they do not */
    const char *const *reasons; /* why not: one sentence each, the gravest first */
    size_t reason_count;
    const char *const *notices; /* the last of them: what the changelog keeps silent about */
    size_t notice_count;
};

/* Compares; `from` must be the lower version (MLT_ERR_USAGE). A newer one without a number is not
 * accepted, with what it needs as the reasons. While MAJOR is 0 what breaks needs a
 * MINOR version (semver.org 2.0.0, section 4: anything may change; we ask for as much as that).
 * Accepted when the number is high enough and the changelog of `to` names every field whose change
 * callers have to be told. Texts live in the arena. */
bool mlt_compat_compare(const struct mlt_release *from, const struct mlt_release *to,
                        struct mlt_arena *arena, struct mlt_compat_report *out,
                        struct mlt_err *err) MLT_MUST_USE;

/* The version that follows `from` by this bump, without a qualifier. A pre-release is followed by
 * its release. */
struct mlt_semver mlt_compat_next(const struct mlt_semver *from, enum mlt_bump bump);

#endif

/* Semantic versions (semver.org 2.0.0) with the protocol's qualifiers, and ranges over them.
 *
 *   MAJOR.MINOR.PATCH[-QUALIFIER]
 *   QUALIFIER  alpha | beta | rc, each with an optional .N;  experiment[-NAME]
 *
 * Nothing outside the grammar is accepted: no "v", no leading zeros, no build metadata. A stage is
 * read from the qualifier's word, never from precedence (1.2.0-experiment-x sorts above 1.2.0-beta
 * and below 1.2.0-rc). */
#ifndef MLTEST_DOMAIN_SEMVER_H
#define MLTEST_DOMAIN_SEMVER_H

#include <stdbool.h>
#include <stdint.h>

#include "mltest/err.h"

enum mlt_version_stage {
    MLT_STAGE_RELEASE,
    MLT_STAGE_ALPHA,
    MLT_STAGE_BETA,
    MLT_STAGE_RC,
    MLT_STAGE_EXPERIMENT,
};

struct mlt_semver {
    uint32_t major, minor, patch;
    enum mlt_version_stage stage;
    char qualifier[64]; /* "" or "beta", "rc.1", "experiment-attention" */
};

enum { MLT_SEMVER_CHARS = 100 };

/* MLT_ERR_USAGE says what is wrong (what semver.org admits and the protocol does not is told apart from
 * what is no version), which qualifiers there are and, where it is plain, the version that was meant. */
bool mlt_semver_parse(const char *text, struct mlt_semver *out, struct mlt_err *err) MLT_MUST_USE;
char *mlt_semver_format(const struct mlt_semver *v, char out[MLT_SEMVER_CHARS]);
/* Precedence, semver.org 2.0.0 section 11: < 0, 0, > 0. */
int mlt_semver_compare(const struct mlt_semver *a, const struct mlt_semver *b);

/* Does `version` satisfy the range? Ranges: "1.2.0" and "=1.2.0" (exactly), "^1.2.0" (same major; for
 * 0.x the same minor), "~1.2.0" (same minor), ">=1.0.0 <2.0.0" (all must hold), "1.2.x", "1.x",
 * "*". A qualified version satisfies only an exact range, or a comparison that names a qualifier of the same
 * MAJOR.MINOR.PATCH. */
bool mlt_semver_satisfies(const struct mlt_semver *version, const char *range, bool *out,
                          struct mlt_err *err) MLT_MUST_USE;

/* A model's name: a safe name (mlt_str_is_name). MLT_ERR_USAGE says what is wrong with it. */
bool mlt_model_name_check(const char *name, struct mlt_err *err) MLT_MUST_USE;

/* "MODEL[@VERSION]" split: version is NULL when absent. The model name must be a safe name
 * (mlt_str_is_name); the version part is not interpreted ("latest", "production", "1.1.0"). */
struct mlt_model_ref {
    char model[129];
    char version[MLT_SEMVER_CHARS]; /* "" when absent */
};
bool mlt_model_ref_parse(const char *text, struct mlt_model_ref *out,
                         struct mlt_err *err) MLT_MUST_USE;

#endif

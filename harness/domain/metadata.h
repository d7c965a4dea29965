/* metadata.json of the protocol: every field checked, and the few that the program uses. */
#ifndef MLTEST_DOMAIN_METADATA_H
#define MLTEST_DOMAIN_METADATA_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/domain/metrics_file.h"
#include "harness/domain/source.h"
#include "mltest/err.h"

struct mlt_dependency {
    const char *name, *version; /* version: a range of harness/domain/semver.h */
};

struct mlt_metadata {
    const char *model_name, *version, *created_at, *created_by;
    const char *framework, *framework_version;
    const char *training_dataset, *training_dataset_hash;
    const char *changelog, *documentation_url;
    const char *hyperparameters; /* the object, as JSON on one line */
    /* `training_data_change`: how the data differ from the last version's. NULL: not said. */
    const char *data_change_because;
    bool data_change_substantial;
    const struct mlt_source *source; /* NULL: not said, or in words only */
    struct mlt_metrics_value *performance; /* performance_metrics, in their order */
    size_t performance_count;
    struct mlt_dependency *dependencies;
    size_t dependency_count;
};

/* Parses and validates the text of a metadata.json (`file` names it in messages) for exactly this
 * model and version (either NULL: any). Checked: required fields (model_name, version, created_at as RFC 3339,
 * created_by, framework, framework_version, python_version, training_dataset, training_dataset_hash
 * as sha256:HEX, hyperparameters an object, performance_metrics an object of finite numbers,
 * dependencies [{name, version range}], tags [text], changelog) and optional ones (approval_status,
 * approval_date, approved_by, deployment_environments, documentation_url, source as text or as
 * harness/domain/source.h says, training_data_change as {substantial, because}); an unknown field
 * is an error with the nearest right word. All faults are collected in one error: the first in full,
 * then "and N more: …". */
bool mlt_metadata_parse(const char *file, const char *text, size_t len, const char *model,
                        const char *version, struct mlt_arena *arena, struct mlt_metadata *out,
                        struct mlt_err *err) MLT_MUST_USE;

#endif

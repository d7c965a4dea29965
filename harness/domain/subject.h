/* A version under test, as suites and adapters see it: plain data, no registry behind it. */
#ifndef MLTEST_DOMAIN_SUBJECT_H
#define MLTEST_DOMAIN_SUBJECT_H

#include <stddef.h>

#include "harness/base/hash.h"
#include "harness/domain/contract.h"
#include "harness/domain/metadata.h"

enum mlt_side { MLT_CANDIDATE = 0, MLT_BASELINE = 1 };

struct mlt_subject {
    const char *model, *version;
    const char *dir;      /* folder with the version's files, absolute */
    const char *artifact; /* the model file, absolute */
    char digest[MLT_SHA256_HEX];          /* of the manifest */
    char artifact_digest[MLT_SHA256_HEX]; /* of the model file */
    const char *config_json;              /* text of config.json */
    const char *metadata_json;            /* text of metadata.json */
    const struct mlt_contract *contract;
};

/* The `adapter:` section of mltest.yaml. */
struct mlt_adapter_spec {
    const char *type;              /* "xgboost", "process", "predictions" */
    const char *artifact;          /* file in the version's folder; NULL: the version's model file */
    const char *const *command;    /* process: argv, NULL-terminated; {artifact}, {version_dir}, {settings} replaced */
    const char *const *env;        /* process: "NAME=value", NULL-terminated; or NULL */
    const char *candidate_file, *baseline_file; /* predictions: absolute paths; NULL */
    const char *id_column, *score_column;       /* predictions: default "id", "score" */
    const char *config_dir;        /* folder of mltest.yaml: where relative programs are looked up */
    double request_timeout_s;      /* per request; default 30 */
    double start_timeout_s;        /* until the model says hello; default 60 */
    size_t max_batch;              /* rows per request; 0: the adapter's own */
};

#endif

/* The files of many versions against their manifests, over threads. */
#ifndef MLTEST_REGISTRY_VERIFY_FILES_H
#define MLTEST_REGISTRY_VERIFY_FILES_H

#include "harness/registry/store.h"

/* A version whose files are read. */
struct mlt_verify_job {
    const char *prefix; /* "<model>/<version>" */
    const char *digest; /* of the manifest, as registered */
};

/* Reads the files of all jobs. Faults are told by this thread, in the order of the jobs whatever
 * the number of threads, and progress whenever a job ends. False only for infrastructure trouble.
 */
bool mlt_verify_files(struct mlt_registry *registry, const struct mlt_verify_job *jobs,
                      size_t count, const struct mlt_verify_request *request,
                      struct mlt_err *err) MLT_MUST_USE;

#endif

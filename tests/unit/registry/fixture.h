/* A registry in a fresh folder, and folders of versions to register. */
#ifndef MLTEST_TESTS_UNIT_REGISTRY_FIXTURE_H
#define MLTEST_TESTS_UNIT_REGISTRY_FIXTURE_H

#include "harness/registry/registry.h"
#include "tests/unit/suite.h"

extern struct mlt_registry *registry;
extern struct mlt_arena arena;

void registry_setup(void);
void registry_teardown(void);
/* The folder "<name>" with all six artifacts of m@version; `weights` is the model file's content.
 */
const char *version_folder(const char *name, const char *version, const char *weights);
/* Registers m@version from a folder made for it. */
void registered(const char *version);

/* What verify has found, joined by newlines; "" when nothing. */
const char *faults_of(const char *model, const char *version);

#endif

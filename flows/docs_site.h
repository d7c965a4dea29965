/* Gathers a registry for its documentation site, and writes the site's files. */
#ifndef MLTEST_FLOWS_DOCS_SITE_H
#define MLTEST_FLOWS_DOCS_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"
#include "reports/documents/site.h"

/* The named models, or all of them; everything lives in the arena. */
bool mlt_docs_site_gather(struct mlt_registry *registry, const char *const *models, size_t count,
                          struct mlt_arena *arena, struct mlt_site *out,
                          struct mlt_err *err) MLT_MUST_USE;

/* Writes all pages below the existing empty folder, unsynced. `*out_paths`: relative, in the order
 * written. */
bool mlt_docs_site_write(struct mlt_registry *registry, const struct mlt_site *site,
                         const char *dir, struct mlt_arena *arena, const char ***out_paths,
                         size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

#endif
